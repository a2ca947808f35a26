//! `tieout accrue`: the accrual journals of a month, to be approved and posted like any document.

use serde_json::json;

use crate::cli::args::AccrueArgs;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;

/// Makes them and names what was left out.
pub async fn run(ctx: &mut Context, args: AccrueArgs) -> Result<ExitCode, CliError> {
    let book = ctx.book_or_only(args.book.as_deref()).await?;
    let done = ctx.office.accrue(book.id.clone(), args.period).await?;
    if ctx.out.is_json() {
        let amount = |m: &crate::model::Money| crate::model::money::plain(m.amount, m.currency);
        let made: Vec<_> = done
            .made
            .iter()
            .map(|m| {
                json!({
                    "document": m.document.to_string(), "number": m.number, "amount": amount(&m.amount),
                    "currency": m.amount.currency, "documents": m.documents,
                })
            })
            .collect();
        let there: Vec<_> = done
            .there
            .iter()
            .map(|(number, state)| json!({ "number": number, "state": state.name() }))
            .collect();
        let left: Vec<_> = done
            .left_out
            .iter()
            .map(|l| {
                json!({
                    "number": l.number, "amount": amount(&l.amount), "currency": l.amount.currency, "why": l.why,
                })
            })
            .collect();
        ctx.out.json(&json!({
            "book": book.id.as_str(), "period": args.period.to_string(), "made": made, "there": there,
            "left_out": left,
        }))?;
        return Ok(ExitCode::Done);
    }
    for m in &done.made {
        ctx.out.line(&format!(
            "{} accrues {} of {} documents, and takes it back on the first day of the next month. Look at it with \
             `tieout show {} --entry`; somebody else approves it, and it is posted like any document.",
            m.number, m.amount, m.documents, m.number
        ))?;
    }
    for (number, state) in &done.there {
        ctx.out.line(&format!("{number} is there already and is {state}."))?;
    }
    for l in &done.left_out {
        ctx.out.line(&format!("Left out: {} {}: {}.", l.number, l.amount, l.why))?;
    }
    Ok(ExitCode::Done)
}
