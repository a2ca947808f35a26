//! The entries of one document: debits and credits, findings, checks, and why everything is as it is.

use std::collections::BTreeSet;
use std::io;

use serde_json::{Value, json};

use crate::cli::json;
use crate::cli::out::Out;
use crate::cli::table::{Table, left, right};
use crate::model::entry::{Entry, EntrySet, Line, Side};
use crate::model::finding::Level;
use crate::model::money::{Currency, shown};
use crate::store::{Card, Intent};

/// What counts: the frozen set once approved, else the derived one.
fn entries(card: &Card) -> Option<&EntrySet> {
    card.approval.as_ref().map(|a| &a.set).or_else(|| card.derived.as_ref().map(|d| &d.set))
}

/// The entries as JSON.
pub fn value(card: &Card) -> Value {
    let set = entries(card);
    let derived = card.derived.as_ref();
    let one = |e: &Entry| entry(e, card.intents.iter().find(|i| i.slot == e.slot));
    json!({
        "id": card.row.id.to_string(),
        "state": card.row.state,
        "digest": card.approval.as_ref().map(|a| &a.digest).or(derived.map(|d| &d.digest)),
        "rules_version": derived.map(|d| d.rules_version),
        "balanced": set.is_some_and(EntrySet::balanced),
        "entries": set.map(|s| s.entries.iter().map(one).collect::<Vec<_>>()).unwrap_or_default(),
        "findings": derived.map(|d| d.findings.iter().map(json::finding).collect::<Vec<_>>()).unwrap_or_default(),
        "checks": derived
            .map(|d| d.checks.iter().map(|(ok, text)| json!({"ok": ok, "text": text})).collect::<Vec<_>>())
            .unwrap_or_default(),
    })
}

fn entry(e: &Entry, intent: Option<&Intent>) -> Value {
    json!({
        "slot": e.slot,
        "kind": e.kind,
        "date": e.date.to_string(),
        "due": e.due.map(|d| d.to_string()),
        "currency": e.currency,
        "rate": e.rate.map(|r| r.to_string()),
        "party": e.party,
        "account": e.offset_account,
        "location": e.location,
        "number": e.number,
        "reference": e.reference,
        "memo": e.memo,
        "total": json::amount(e.total(), e.currency),
        "balanced": e.balanced(),
        "lines": e.lines.iter().map(|l| line(l, e.currency)).collect::<Vec<_>>(),
        "why": e.why,
        "record": intent.map(|i| json!({
            "state": i.state,
            "id": json::text(&i.remote_id),
            "number": json::text(&i.number),
            "adopted": i.adopted,
            "detail": json::text(&i.detail),
        })),
    })
}

fn line(l: &Line, currency: Currency) -> Value {
    json!({
        "role": l.role,
        "side": l.side,
        "account": l.account,
        "amount": json::amount(l.amount, currency),
        "class": l.dimensions.class,
        "department": l.dimensions.department,
        "customer": l.dimensions.customer,
        "billable": l.billable,
        "tax_code": l.tax_code,
        "text": l.text,
        "why": l.why,
    })
}

/// The entries for people.
pub fn print(out: &mut Out, card: &Card) -> io::Result<()> {
    let adopted: Vec<String> = card.intents.iter().filter(|i| i.adopted).map(|i| adopted(card, i)).collect();
    if !adopted.is_empty() {
        let rest = if adopted.len() == card.intents.len() {
            "nothing was posted by tieout"
        } else {
            "the rest is tieout's"
        };
        out.line(&format!("adopted: {}; {rest}", adopted.join(", ")))?;
    }
    match entries(card) {
        Some(set) if !set.entries.is_empty() => {
            for e in &set.entries {
                print_entry(out, e, card.intents.iter().find(|i| i.slot == e.slot))?;
            }
        }
        _ => out.line("no entries")?,
    }
    let Some(derived) = &card.derived else { return Ok(()) };
    for finding in &derived.findings {
        let level = match finding.code.level() {
            // whoever linked it to the record has answered what was open
            Level::Blocks if !adopted.is_empty() => "decided",
            Level::Blocks => "blocks",
            Level::Warns => "warns",
        };
        out.line(&format!("{level}  {}  {}", finding.code, finding.sentence))?;
    }
    for (fine, text) in &derived.checks {
        out.line(&format!("{}  {text}", if *fine { "ok    " } else { "not ok" }))?;
    }
    Ok(())
}

/// What an adopted record is called: `bill OKAFOR OCT`.
fn adopted(card: &Card, intent: &Intent) -> String {
    let entry = entries(card).and_then(|s| s.entries.iter().find(|e| e.slot == intent.slot));
    let kind = entry.map_or("record", |e| e.kind.words());
    let name = if intent.number.is_empty() { &intent.remote_id } else { &intent.number };
    format!("{kind} {name}")
}

fn print_entry(out: &mut Out, e: &Entry, intent: Option<&Intent>) -> io::Result<()> {
    let party = e.party.as_ref().map(|p| format!(" · {}", p.name)).unwrap_or_default();
    let due = e.due.map(|d| format!(" · due {d}")).unwrap_or_default();
    out.line(&format!("{} {} · {}{party} · dated {}{due}", e.slot, e.reference, e.kind.words(), e.date))?;
    let mut table = Table::new(&[
        left("account"),
        left("class"),
        left("location"),
        left("project"),
        left("text"),
        right("debit"),
        right("credit"),
        left("ccy"),
    ]);
    let name = |n: &Option<crate::model::Named>| n.as_ref().map(|n| n.name.clone()).unwrap_or_default();
    for l in &e.lines {
        let amount = shown(l.amount, e.currency);
        let (debit, credit) = match l.side {
            Side::Debit => (amount, String::new()),
            Side::Credit => (String::new(), amount),
        };
        table.row([
            l.account.name.clone(),
            name(&l.dimensions.class),
            name(&l.dimensions.department),
            name(&l.dimensions.customer),
            l.text.clone(),
            debit,
            credit,
            e.currency.to_string(),
        ]);
    }
    let word = if e.balanced() { "balanced" } else { "NOT BALANCED" };
    let sums = (shown(e.debits(), e.currency), shown(e.credits(), e.currency));
    let blank = String::new;
    table.row([word.into(), blank(), blank(), blank(), blank(), sums.0, sums.1, e.currency.to_string()]);
    out.table(&table, "no lines")?;
    let mut said = BTreeSet::new();
    for why in e.why.iter().chain(e.lines.iter().flat_map(|l| &l.why)) {
        let line = format!("  why {}: {}", why.what, why.because);
        // lines that share a reason say it once
        if !said.contains(&line) {
            out.line(&line)?;
            said.insert(line);
        }
    }
    if let Some(i) = intent {
        let record = if i.remote_id.is_empty() {
            String::new()
        } else {
            format!(" {} (id {})", i.number, i.remote_id)
        };
        let how = if i.adopted { ", adopted" } else { "" };
        let detail = if i.detail.is_empty() { String::new() } else { format!(": {}", i.detail) };
        out.line(&format!("  in the ledger: {}{record}{how}{detail}", i.state.name()))?;
    }
    Ok(())
}
