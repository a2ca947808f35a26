//! `tieout post`, `fetch`, `retry`, `connections test`: asked of whoever holds the engine. A document that ends where
//! only a person can help makes the exit code 3.

use serde_json::json;

use crate::cli::args::{FetchArgs, OneId, PostArgs};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::engine::Ask;
use crate::model::ids::DocumentId;
use crate::model::state::Group;

/// `tieout post`
pub async fn post(ctx: &mut Context, args: PostArgs) -> Result<ExitCode, CliError> {
    let documents: Vec<DocumentId> = ctx.documents(&args.ids).await?.iter().map(|r| r.id).collect();
    let book = ctx.book_id(args.book.as_deref()).await?;
    ask(ctx, Ask::Post { documents: documents.clone(), book }, &documents).await
}

/// `tieout fetch`
pub async fn fetch(ctx: &mut Context, args: FetchArgs) -> Result<ExitCode, CliError> {
    let book = ctx.book_id(args.book.as_deref()).await?;
    ask(ctx, Ask::Fetch { book }, &[]).await
}

/// `tieout retry`
pub async fn retry(ctx: &mut Context, args: OneId) -> Result<ExitCode, CliError> {
    let document = ctx.document(&args.id).await?.id;
    ask(ctx, Ask::Retry { document }, &[document]).await
}

/// Asks, prints the answer, and looks at where the documents stand afterwards.
pub async fn ask(ctx: &mut Context, ask: Ask, documents: &[DocumentId]) -> Result<ExitCode, CliError> {
    let answer = ctx.office.ask(ask).await?;
    let mut rows = Vec::with_capacity(documents.len());
    for id in documents {
        rows.push(ctx.store.card(*id).await?.row);
    }
    if ctx.out.is_json() {
        let after: Vec<_> = rows.iter().map(crate::cli::json::row).collect();
        ctx.out.json(&json!({"answer": answer, "documents": after}))?;
    } else {
        ctx.out.text(&answer)?;
        for row in &rows {
            let why = if row.reason.is_empty() { &row.finding_brief } else { &row.reason };
            let why = if why.is_empty() { String::new() } else { format!(": {why}") };
            ctx.out.line(&format!("{}  {}  {}{why}", row.number, row.payee, row.state))?;
        }
    }
    let person = rows.iter().any(|r| r.state.group() == Group::Blocked);
    Ok(if person { ExitCode::NeedsPerson } else { ExitCode::Done })
}
