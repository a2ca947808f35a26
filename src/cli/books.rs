//! `tieout books`: list, add, edit, live, preview, pause, resume, lock.

use jiff::civil::Date;
use serde_json::json;

use crate::cli::args::{BooksArgs, BooksCommand};
use crate::cli::context::Context;
use crate::cli::environment::can_ask;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::table::{Table, left};
use crate::cli::{book_settings, prompt};
use crate::engine::books::{self, BookChange};
use crate::model::book::{AutoApproval, Book, Policy};

/// Runs it.
pub async fn run(ctx: &mut Context, args: BooksArgs) -> Result<ExitCode, CliError> {
    match args.command {
        None | Some(BooksCommand::List) => list(ctx).await,
        Some(BooksCommand::Add(args)) => book_settings::add(ctx, args).await,
        Some(BooksCommand::Edit(args)) => book_settings::edit(ctx, args).await,
        Some(BooksCommand::Live { name, confirm }) => live(ctx, &name, confirm).await,
        Some(BooksCommand::Preview { name }) => change(ctx, &name, BookChange::Preview, "is a preview").await,
        Some(BooksCommand::Pause { name }) => change(ctx, &name, BookChange::Pause, "is paused").await,
        Some(BooksCommand::Resume { name }) => change(ctx, &name, BookChange::Resume, "goes on").await,
        Some(BooksCommand::Trial { name, from, to }) => {
            crate::cli::trial::run(ctx, name.as_deref(), from, to).await
        }
        Some(BooksCommand::Lock { words }) => lock(ctx, &words).await,
    }
}

async fn list(ctx: &mut Context) -> Result<ExitCode, CliError> {
    let books = ctx.store.books().await?;
    let mut rows = Vec::with_capacity(books.len());
    for book in books {
        let policy = ctx.store.policy(book.id.clone()).await?;
        rows.push((book, policy));
    }
    if ctx.out.is_json() {
        let all: Vec<_> = rows.iter().map(|(b, p)| value(b, p)).collect();
        ctx.out.json(&json!({ "books": all }))?;
    } else {
        ctx.out.table(&table(&rows), "No books yet.")?;
    }
    Ok(ExitCode::Done)
}

/// The word for a policy.
pub fn policy_word(policy: &Policy) -> &'static str {
    match policy.auto {
        AutoApproval::Off => "off",
        AutoApproval::Clean => "clean",
    }
}

/// A book as JSON.
pub fn value(book: &Book, policy: &Policy) -> serde_json::Value {
    json!({
        "book": book.id,
        "company": book.settings.company,
        "source": book.source,
        "ledger": book.ledger,
        "mode": book.mode.name(),
        "paused": book.paused,
        "lock_date": book.settings.lock_date.map(|d| d.to_string()),
        "home_currency": book.settings.home_currency,
        "time_zone": book.settings.time_zone,
        "policy": {"version": policy.version, "auto": policy_word(policy)},
    })
}

/// Books for people.
pub fn table(rows: &[(Book, Policy)]) -> Table {
    let mut table = Table::new(&[
        left("book"),
        left("company"),
        left("mode"),
        left("paused"),
        left("source"),
        left("ledger"),
        left("currency"),
        left("closed through"),
        left("policy"),
    ]);
    for (book, policy) in rows {
        table.row([
            book.id.to_string(),
            book.settings.company.clone(),
            book.mode.name().into(),
            if book.paused { "paused".into() } else { String::new() },
            book.source.to_string(),
            book.ledger.to_string(),
            book.settings.home_currency.to_string(),
            book.settings.lock_date.map(|d| d.to_string()).unwrap_or_default(),
            policy_word(policy).into(),
        ]);
    }
    table
}

async fn change(ctx: &mut Context, name: &str, what: BookChange, became: &str) -> Result<ExitCode, CliError> {
    let book = ctx.book(name).await?;
    let book = books::change(&*ctx.office, &book.id, what).await?;
    if ctx.out.is_json() {
        let policy = ctx.store.policy(book.id.clone()).await?;
        ctx.out.json(&value(&book, &policy))?;
    } else {
        ctx.out.line(&format!("{} {became}", book.id))?;
    }
    Ok(ExitCode::Done)
}

/// A book goes live only after the ledger's name was typed: as the company is called, or as the connection is.
async fn live(ctx: &mut Context, name: &str, confirm: Option<String>) -> Result<ExitCode, CliError> {
    let book = ctx.book(name).await?;
    let company = book.settings.company.clone();
    let typed = match confirm {
        Some(typed) => typed,
        None if can_ask() => {
            let question = format!(
                "{name} will acknowledge documents and post into {company} ({}). Type the ledger's name: ",
                book.ledger
            );
            prompt::line(&question).await?
        }
        None => {
            return Err(CliError::Usage(format!(
                "going live asks for the ledger's name: give --confirm \"{company}\""
            )));
        }
    };
    let company = company.trim();
    if typed.trim() != company && typed.trim() != book.ledger.as_str() {
        // what was typed is an argument
        return Err(CliError::Usage(format!(
            "{:?} is not the name of the ledger behind {name}: nothing was changed",
            typed.trim()
        )));
    }
    change(ctx, name, BookChange::Live { typed }, "is live").await
}

async fn lock(ctx: &mut Context, words: &[String]) -> Result<ExitCode, CliError> {
    let (name, date) = match words {
        [date] => (None, date),
        [name, date] => (Some(name.as_str()), date),
        _ => return Err(CliError::Usage("give the book's name and the last closed day".into())),
    };
    let day = match date.as_str() {
        "none" => None,
        text => Some(text.parse::<Date>().map_err(|_| {
            CliError::Usage(format!("{text:?} is no date: write for instance 2026-10-31, or `none`"))
        })?),
    };
    let book = ctx.book_or_only(name).await?;
    let became = day.map_or_else(|| "has no closed period".into(), |d| format!("is closed through {d}"));
    change(ctx, book.id.as_str(), BookChange::Lock(day), &became).await
}
