//! `tieout reverse`, `repost`, `corrections`: what is in the ledger is corrected by documents of their own, approved and
//! posted like any other.

use serde_json::json;

use crate::cli::args::{CorrectionsArgs, CorrectionsCommand, RepostArgs, ReverseArgs};
use crate::cli::context::Context;
use crate::cli::decide::said;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::table::{Table, left};
use crate::model::ids::DocumentId;

/// Makes a reversal.
pub async fn reverse(ctx: &mut Context, args: ReverseArgs) -> Result<ExitCode, CliError> {
    let row = ctx.document(&args.id).await?;
    let id = ctx.office.reverse(row.id, args.on, said("--reason", args.reason)?).await?;
    made(ctx, id, &row.number).await
}

/// Makes a repost.
pub async fn repost(ctx: &mut Context, args: RepostArgs) -> Result<ExitCode, CliError> {
    let row = ctx.document(&args.id).await?;
    let id = ctx.office.repost(row.id, said("--reason", args.reason)?).await?;
    made(ctx, id, &row.number).await
}

async fn made(ctx: &mut Context, id: DocumentId, of: &str) -> Result<ExitCode, CliError> {
    let row = ctx.store.card(id).await?.row;
    if ctx.out.is_json() {
        let value = json!({
            "document": id.to_string(), "number": row.number, "state": row.state.name(), "corrects": of,
            "will_post": row.will_post,
        });
        ctx.out.json(&value)?;
    } else {
        let text = format!(
            "{} is {}: {}. Look at it with `tieout show {} --entry`; it is approved and posted like any document.",
            row.number, row.state, row.will_post, row.number
        );
        ctx.out.text(&text)?;
    }
    Ok(ExitCode::Done)
}

/// Lists what reversals left to be done in the source, or ticks one.
pub async fn corrections(ctx: &mut Context, args: CorrectionsArgs) -> Result<ExitCode, CliError> {
    match args.command {
        None | Some(CorrectionsCommand::List { of: None }) => list(ctx, None).await,
        Some(CorrectionsCommand::List { of: Some(of) }) => {
            let row = ctx.document(&of).await?;
            list(ctx, Some(row.id)).await
        }
        Some(CorrectionsCommand::Done { id, note }) => {
            let row = ctx.document(&id).await?;
            ctx.office.tick_correction(row.id, said("--note", note)?).await?;
            ctx.out.text(&format!("{}: done in the source.", row.number))?;
            Ok(ExitCode::Done)
        }
    }
}

async fn list(ctx: &mut Context, of: Option<DocumentId>) -> Result<ExitCode, CliError> {
    let rows = ctx.store.corrections(of).await?;
    if ctx.out.is_json() {
        let all: Vec<_> = rows
            .iter()
            .map(|r| {
                json!({
                    "document": r.document.to_string(), "number": r.number, "what": r.what,
                    "corrects": r.of_number, "state": r.state.name(), "task_in_source": r.task,
                    "done_by": r.ticked.as_ref().map(|(by, _)| by),
                    "done_at": r.ticked.as_ref().map(|(_, at)| at.to_string()),
                })
            })
            .collect();
        ctx.out.json(&json!({ "corrections": all }))?;
        return Ok(ExitCode::Done);
    }
    let mut table =
        Table::new(&[left("number"), left("what"), left("corrects"), left("state"), left("left to be done")]);
    for r in &rows {
        let left = match (&r.ticked, r.task) {
            (Some((by, at)), _) => format!("done by {by}, {}", at.strftime("%Y-%m-%d")),
            (None, true) => format!("correct {} in the source", r.of_number),
            (None, false) => String::new(),
        };
        table.row([r.number.clone(), r.what.clone(), r.of_number.clone(), r.state.to_string(), left]);
    }
    let empty =
        if of.is_some() { "It has no corrections." } else { "Nothing is left to be done in the source." };
    ctx.out.table(&table, empty)?;
    Ok(ExitCode::Done)
}
