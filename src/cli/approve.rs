//! `tieout approve`: freezes and approves documents as they stand now.

use std::collections::HashMap;

use crate::cli::args::ApproveArgs;
use crate::cli::context::Context;
use crate::cli::decide::{of_one, report, said, sentence};
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::queue;
use crate::model::state::State;
use crate::store::{ApproveOne, Query};

/// Runs it.
pub async fn run(ctx: &mut Context, args: ApproveArgs) -> Result<ExitCode, CliError> {
    if args.rest {
        return rest(ctx, args).await;
    }
    let rows = if args.ready {
        let book = ctx.book_id(args.book.as_deref()).await?;
        let query = Query { book, states: vec![State::Ready], limit: 500, ..Query::default() };
        queue::all(ctx, query).await?
    } else {
        ctx.documents(&args.ids).await?
    };
    if rows.is_empty() {
        ctx.out.note("Nothing is ready.")?;
    }
    let mut ones = Vec::with_capacity(rows.len());
    for row in &rows {
        let card = ctx.store.card(row.id).await?;
        // what is approved is what is derived at this moment; a change in between is refused by version and digest
        let digest = card.derived.map(|d| d.digest).unwrap_or_default();
        ones.push(ApproveOne { id: row.id, version: card.row.version, digest, as_delta: args.as_delta });
    }
    let mut answers: HashMap<_, _> = ctx.office.approve(ones).await?.into_iter().collect();
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        let answer = match answers.remove(&row.id) {
            Some(Ok(())) => Ok(State::Approved.name().to_string()),
            Some(Err(error)) => Err(sentence(&row.number, &error)),
            None => Err("no answer: try again".into()),
        };
        told.push((row, answer));
    }
    report(ctx, &told)
}

/// What the ledger refused of half-posted sets, as it is with today's rules.
async fn rest(ctx: &mut Context, args: ApproveArgs) -> Result<ExitCode, CliError> {
    let note = said("--note", args.note.unwrap_or_default())?;
    let mut told = Vec::new();
    for row in ctx.documents(&args.ids).await? {
        let answer = match ctx.office.approve_rest(row.id, note.clone()).await {
            Ok(state) => Ok(state.name().to_string()),
            Err(error) => Err(of_one(&row.number, error.into())?),
        };
        told.push((row, answer));
    }
    report(ctx, &told)
}
