//! `tieout lists`: what would make the vendor and cost lists of the two systems agree; nothing is made unasked.

use serde_json::json;

use crate::cli::args::{ListsArgs, ListsCommand};
use crate::cli::context::Context;
use crate::cli::decide::said;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::table::{Table, left};
use crate::model::ids::BookId;
use crate::store::{ProposalRow, ProposalStep};

/// Runs it.
pub async fn run(ctx: &mut Context, args: ListsArgs) -> Result<ExitCode, CliError> {
    let book = ctx.book_or_only(args.book.as_deref()).await?.id;
    match args.command {
        None | Some(ListsCommand::List { all: false }) => list(ctx, book, false).await,
        Some(ListsCommand::List { all: true }) => list(ctx, book, true).await,
        Some(ListsCommand::Compare) => {
            let (n, new) = ctx.office.compare_lists(book.clone()).await?;
            ctx.out.note(&format!("{n} proposals, {new} of them new."))?;
            list(ctx, book, false).await
        }
        Some(ListsCommand::Apply { ids, clear }) => apply(ctx, book, ids, clear).await,
        Some(ListsCommand::Dismiss { id, reason }) => {
            let why = said("--reason", reason)?;
            ctx.office.proposal_step(id, ProposalStep::Dismissed(why)).await?;
            ctx.out.text("Dismissed; it comes back when something about it changes.")?;
            Ok(ExitCode::Done)
        }
    }
}

async fn list(ctx: &mut Context, book: BookId, all: bool) -> Result<ExitCode, CliError> {
    let rows = ctx.store.proposals(book, all).await?;
    if ctx.out.is_json() {
        let values: Vec<_> = rows.iter().map(value).collect();
        ctx.out.json(&json!({ "proposals": values }))?;
        return Ok(ExitCode::Done);
    }
    let mut table = Table::new(&[
        left("id"),
        left("in"),
        left("list"),
        left("action"),
        left("what"),
        left("fields"),
        left("why"),
        left("caution"),
        left("state"),
    ]);
    for r in &rows {
        let p = &r.proposal;
        let fields: Vec<String> =
            p.fields
                .iter()
                .map(|(f, before, after)| {
                    if before.is_empty() {
                        format!("{f} {after}")
                    } else {
                        format!("{f} {before} -> {after}")
                    }
                })
                .collect();
        let state = if r.detail.is_empty() { r.state.clone() } else { format!("{}: {}", r.state, r.detail) };
        table.row([
            r.id.to_string(),
            p.end.name().into(),
            p.list.clone(),
            p.action.name().into(),
            p.subject.clone(),
            fields.join(", "),
            p.why.clone(),
            p.caution.clone().unwrap_or_default(),
            state,
        ]);
    }
    ctx.out.list(&table, "Nothing is proposed. `tieout lists compare` reads both systems.")?;
    Ok(ExitCode::Done)
}

fn value(r: &ProposalRow) -> serde_json::Value {
    let p = &r.proposal;
    json!({
        "id": r.id, "system": p.end.name(), "list": p.list, "action": p.action.name(), "subject": p.subject,
        "fields": p.fields.iter().map(|(f, b, a)| json!({"field": f, "before": b, "after": a})).collect::<Vec<_>>(),
        "why": p.why, "caution": p.caution, "possible": !p.impossible, "state": r.state, "detail": r.detail,
        "record": r.remote_id, "decided_by": r.decided.as_ref().map(|(by, _)| by),
    })
}

async fn apply(ctx: &mut Context, book: BookId, ids: Vec<i64>, clear: bool) -> Result<ExitCode, CliError> {
    let ids = if clear {
        let rows = ctx.store.proposals(book.clone(), false).await?;
        rows.into_iter()
            .filter(|r| r.proposal.caution.is_none() && !r.proposal.impossible)
            .map(|r| r.id)
            .collect()
    } else {
        ids
    };
    if ids.is_empty() {
        ctx.out.note("Nothing to apply.")?;
        return Ok(ExitCode::Done);
    }
    let answers = ctx.office.apply_proposals(book, ids).await?;
    let failed = answers.iter().any(|(_, a)| a.is_err());
    if ctx.out.is_json() {
        let all: Vec<_> = answers
            .iter()
            .map(|(key, a)| match a {
                Ok(id) => json!({"proposal": key, "record": id}),
                Err(why) => json!({"proposal": key, "error": why}),
            })
            .collect();
        ctx.out.json(&json!({ "applied": all }))?;
    } else {
        let mut table = Table::new(&[left("proposal"), left("result")]);
        for (key, a) in &answers {
            let said = match a {
                Ok(id) => format!("done, id {id}"),
                Err(why) => format!("not done: {why}"),
            };
            table.row([key.clone(), said]);
        }
        ctx.out.table(&table, "")?;
    }
    Ok(if failed { ExitCode::Failed } else { ExitCode::Done })
}
