//! `tieout books trial`: what a book would post, beside what people posted by hand.

use jiff::civil::Date;
use serde_json::json;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::table::{Table, left, right};
use crate::mapping::TrialVerdict;
use crate::model::money::Money;

/// Runs it for one month.
pub async fn run(ctx: &mut Context, book: Option<&str>, from: Date, to: Date) -> Result<ExitCode, CliError> {
    let book = ctx.book_or_only(book).await?;
    let facts = ctx.store.facts(book.ledger.clone()).await?;
    let vendor = |id: &Option<String>| match id {
        Some(id) => facts
            .as_ref()
            .and_then(|f| f.vendor(id))
            .map_or_else(|| format!("vendor {id}"), |v| v.name.clone()),
        None => "none".into(),
    };
    let trial = ctx.office.trial(book.id.clone(), from, to).await?;
    let mut table = Table::new(&[
        left("verdict"),
        left("document"),
        left("kind"),
        left("payee"),
        left("date"),
        right("amount"),
        left("by hand"),
        left("differs"),
    ]);
    let mut all = Vec::new();
    for (e, verdict) in &trial.entries {
        let (word, record, differs) = match verdict {
            TrialVerdict::Same(r) => ("same", Some(r), Vec::new()),
            TrialVerdict::Different(r, d) => ("different", Some(r), d.clone()),
            TrialVerdict::OnlyHere => ("only here", None, Vec::new()),
        };
        let said: Vec<String> = differs
            .iter()
            .map(|d| match d.field {
                "payee" => format!("payee {} / {}", d.here, vendor(&record.and_then(|r| r.vendor.clone()))),
                field => format!("{field} {} / {}", d.here, d.there),
            })
            .collect();
        let payee = e.party.as_ref().map(|p| p.name.clone()).unwrap_or_default();
        let amount = Money::new(e.amount, e.currency).to_string();
        let by_hand = record.map(|r| if r.number.is_empty() { r.id.clone() } else { r.number.clone() });
        all.push(json!({
            "verdict": word, "document": e.document.to_string(), "number": e.number, "kind": e.kind.name(),
            "payee": payee, "date": e.date.to_string(), "amount": e.amount.to_string(),
            "currency": e.currency.code(), "record": record.map(|r| r.id.clone()),
            "differs": differs.iter().map(|d| json!({"field": d.field, "here": d.here, "there": d.there})).collect::<Vec<_>>(),
        }));
        table.row([
            word.into(),
            e.number.clone(),
            e.kind.words().into(),
            payee,
            e.date.to_string(),
            amount,
            by_hand.unwrap_or_default(),
            said.join("; "),
        ]);
    }
    for r in &trial.only_there {
        let number = if r.number.is_empty() { r.id.clone() } else { r.number.clone() };
        all.push(json!({
            "verdict": "only there", "record": r.id, "number": number, "kind": r.kind.name(),
            "payee": vendor(&r.vendor), "date": r.date.to_string(), "amount": r.amount.to_string(),
            "currency": r.currency.code(),
        }));
        table.row([
            "only there".into(),
            String::new(),
            r.kind.words().into(),
            vendor(&r.vendor),
            r.date.to_string(),
            Money::new(r.amount, r.currency).to_string(),
            number,
            String::new(),
        ]);
    }
    if ctx.out.is_json() {
        ctx.out.json(&json!({ "book": book.id.as_str(), "from": from.to_string(), "to": to.to_string(), "trial": all }))?;
    } else {
        ctx.out.table(&table, "Nothing to compare in these days.")?;
    }
    Ok(ExitCode::Done)
}
