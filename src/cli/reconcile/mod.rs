//! `tieout reconcile`: the tie-out of a month, its sign-off, statements, control breaks.

pub mod export;
mod table;
mod value;

use std::collections::BTreeMap;

use crate::cli::args::{Format, Part, ReconcileArgs, ReconcileCommand, Role};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::out::Form;
use crate::engine::evidence;
use crate::engine::reconcile::{Reconciled, SignAsk};
use crate::model::money;

pub use table::lines;
pub use value::value;

/// Runs it.
pub async fn run(ctx: &mut Context, args: ReconcileArgs) -> Result<ExitCode, CliError> {
    match args.command {
        None => {
            let period =
                args.period.ok_or_else(|| CliError::Usage("say which month: --period YYYY-MM".into()))?;
            let book = ctx.book_or_only(args.book.as_deref()).await?;
            // nobody listens to the steps
            let (tell, _) = tokio::sync::mpsc::unbounded_channel();
            let done = ctx.office.reconcile_telling(book.id, period, !ctx.read_only, tell).await?;
            show(ctx, &done, args.part, args.format)?;
            Ok(code(&done))
        }
        Some(ReconcileCommand::Sign { period, book, role, comments, lock }) => {
            let book = ctx.book_or_only(book.as_deref()).await?;
            let comments: BTreeMap<String, String> = comments.into_iter().collect();
            let ask = SignAsk { reviewer: role == Role::Reviewer, comments, lock, seen: None };
            let (done, seq) = ctx.office.sign(book.id.clone(), period, ask).await?;
            if ctx.out.is_json() {
                ctx.out.json(&value(&done, None))?;
                return Ok(ExitCode::Done);
            }
            ctx.out.line(&format!(
                "{period} of {}: {} (report {}, audit event {seq})",
                book.id, done.signed.text, done.hash
            ))?;
            if !lock && done.lock.0.is_none_or(|d| d < done.lock.1) {
                let now = done.lock.0.map_or_else(|| "not set".into(), |d| d.to_string());
                ctx.out.note(&format!(
                    "tieout's lock date is {now} and can move to {}: `tieout books lock {} {}`, or --lock with the sign-off",
                    done.lock.1, book.id, done.lock.1
                ))?;
            }
            Ok(ExitCode::Done)
        }
        Some(ReconcileCommand::Reopen { period, book, reason }) => {
            let book = ctx.book_or_only(book.as_deref()).await?;
            let n = ctx.office.reopen(book.id.clone(), period, reason).await?;
            said(ctx, &format!("{period} of {} is open again: {n} sign-offs were taken back", book.id))
        }
        Some(ReconcileCommand::Statement { account, date, amount, book }) => {
            let book = ctx.book_or_only(book.as_deref()).await?;
            let home = book.settings.home_currency;
            ctx.office.statement(book.id.clone(), account.clone(), date, amount).await?;
            said(
                ctx,
                &format!(
                    "{}: the statement of {account} at {date} says {} {home}",
                    book.id,
                    money::shown(amount, home)
                ),
            )
        }
        Some(ReconcileCommand::Close { id, note }) => {
            let (by, now) = (ctx.office.actor(), ctx.office.now());
            ctx.store.close_break(id, note, by, now).await?;
            said(ctx, &format!("control break {id} is closed"))
        }
    }
}

fn said(ctx: &mut Context, text: &str) -> Result<ExitCode, CliError> {
    if ctx.out.is_json() {
        ctx.out.json(&serde_json::json!({ "text": text }))?;
    } else {
        ctx.out.line(text)?;
    }
    Ok(ExitCode::Done)
}

/// 3 while something of it needs a person for more than a comment.
fn code(done: &Reconciled) -> ExitCode {
    if done.report.troubles().is_empty() { ExitCode::Done } else { ExitCode::NeedsPerson }
}

fn show(ctx: &mut Context, done: &Reconciled, part: Option<Part>, format: Format) -> Result<(), CliError> {
    let r = &done.report;
    match format {
        _ if ctx.out.form() == Form::Json || format == Format::Json => ctx.out.json(&value(done, part))?,
        Format::Csv => {
            let sheets = match part {
                None | Some(Part::Bridge) => vec![evidence::bridge(r)],
                Some(Part::Completeness) => vec![evidence::completeness(r)],
                Some(Part::Controls) => vec![evidence::controls(r)],
                Some(Part::Accruals) => vec![evidence::accruals(r)],
            };
            for s in sheets {
                ctx.out.raw(s.csv().as_bytes())?;
            }
        }
        Format::Json | Format::Table => {
            let wide = ctx.out.room().is_none_or(|w| w >= 100);
            for line in lines(done, part, wide) {
                ctx.out.line(&line)?;
            }
        }
    }
    Ok(())
}
