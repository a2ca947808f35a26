//! `tieout policy`: when a book approves without a person, and within which limits.

use serde_json::json;

use crate::cli::args::{PolicyArgs, PolicyCommand};
use crate::cli::books::policy_word;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::table::{Table, left, right};
use crate::engine::EngineError;
use crate::engine::books;
use crate::model::book::{Book, Policy};
use crate::model::money::{plain, shown};

/// Runs it.
pub async fn run(ctx: &mut Context, args: PolicyArgs) -> Result<ExitCode, CliError> {
    match args.command {
        PolicyCommand::List => {
            let mut rows = Vec::new();
            for book in ctx.store.books().await? {
                let policy = ctx.store.policy(book.id.clone()).await?;
                rows.push((book, policy));
            }
            print(ctx, &rows)
        }
        PolicyCommand::Set { book, auto, limit } => {
            let book = ctx.book(&book).await?;
            let set = books::set_policy(&*ctx.office, &book.id, auto.into(), limit).await;
            let policy = set.map_err(|e| match e {
                EngineError::Refused(why) => CliError::Usage(why),
                other => other.into(),
            })?;
            print(ctx, &[(book, policy)])
        }
    }
}

fn print(ctx: &mut Context, rows: &[(Book, Policy)]) -> Result<ExitCode, CliError> {
    if ctx.out.is_json() {
        let all: Vec<_> = rows
            .iter()
            .map(|(book, p)| {
                json!({
                    "book": book.id,
                    "version": p.version,
                    "auto": policy_word(p),
                    "limit": p.limit.map(|l| plain(l, book.settings.home_currency)),
                    "currency": book.settings.home_currency,
                    "signed_off_by": crate::cli::json::text(&p.signed_off_by),
                })
            })
            .collect();
        ctx.out.json(&json!({ "policies": all }))?;
        return Ok(ExitCode::Done);
    }
    let mut table = Table::new(&[
        left("book"),
        left("approves"),
        right("limit"),
        left("ccy"),
        right("version"),
        left("signed off by"),
    ]);
    for (book, p) in rows {
        let currency = book.settings.home_currency;
        table.row([
            book.id.to_string(),
            policy_word(p).into(),
            p.limit.map(|l| shown(l, currency)).unwrap_or_default(),
            p.limit.map(|_| currency.to_string()).unwrap_or_default(),
            p.version.to_string(),
            p.signed_off_by.clone(),
        ]);
    }
    ctx.out.table(&table, "No books yet.")?;
    Ok(ExitCode::Done)
}
