//! The shapes of JSON that several commands print: amounts are texts with the currency's decimals, times RFC 3339 in
//! UTC, ids as commands accept them (interface.md, "JSON").

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::cli::context::Waits;
use crate::model::finding::Finding;
use crate::model::money::{Currency, from_minor, plain};
use crate::model::state::State;
use crate::store::{ConnectionRow, Row, Total};

/// An amount: `"1290.15"`.
pub fn amount(amount: Decimal, currency: Currency) -> Value {
    Value::String(plain(amount, currency))
}

/// An amount of minor units; `null` without a currency.
pub fn minor(minor: Option<i64>, currency: Option<Currency>) -> Value {
    match (minor, currency) {
        (Some(m), Some(c)) => amount(from_minor(m, c), c),
        _ => Value::Null,
    }
}

/// Text, or `null` when it is empty.
pub fn text(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::String(text.into()) }
}

/// A row of the queue.
pub fn row(row: &Row) -> Value {
    json!({
        "id": row.id.to_string(),
        "version": row.version,
        "book": row.book,
        "kind": row.kind,
        "state": row.state,
        "group": row.state.group().word(),
        "number": row.number,
        "title": row.title,
        "payee": row.payee,
        "payee_code": row.payee_code,
        "posting_date": row.posting_date.map(|d| d.to_string()),
        "currency": row.currency,
        "amount": minor(row.minor, row.currency),
        "will_post": row.will_post,
        "finding": row.finding,
        "finding_brief": text(&row.finding_brief),
        "findings": row.findings,
        "reason": text(&row.reason),
        "revisions": row.revisions,
        "cost_centres": text(&row.cost_centres),
        "receipts": {"have": row.receipts.0, "of": row.receipts.1},
        "concur_pays": minor(Some(row.concur_pays), row.currency),
        "ledger_number": text(&row.ledger_number),
        "source_id": row.source_id,
        "family": row.family,
        "arrived_at": row.arrived_at.to_string(),
        "changed_at": row.changed_at.to_string(),
    })
}

/// A row of the queue, with why it waits where its ledger is away.
pub fn waiting_row(row: &Row, waits: &Waits) -> Value {
    let mut value = self::row(row);
    if let (Some(map), Some(why)) = (value.as_object_mut(), waits.of(row)) {
        map.insert("waits_for".into(), text(why));
    }
    value
}

/// Totals by state and currency.
pub fn totals(totals: &[Total]) -> Value {
    let one = |t: &Total| {
        json!({
            "book": t.book,
            "state": t.state,
            "group": t.state.group().word(),
            "currency": t.currency,
            "count": t.count,
            "amount": minor(t.currency.map(|_| t.minor), t.currency),
        })
    };
    totals.iter().map(one).collect()
}

/// `{STATE: n}` in the order of the states.
pub fn by_state(counts: impl IntoIterator<Item = (State, u64)>) -> Value {
    let mut sums: Vec<(State, u64)> = Vec::new();
    for (state, n) in counts {
        match sums.iter_mut().find(|(s, _)| *s == state) {
            Some((_, sum)) => *sum += n,
            None => sums.push((state, n)),
        }
    }
    sums.sort_unstable_by_key(|(s, _)| *s);
    let pairs = sums.into_iter().map(|(s, n)| (s.name().to_string(), Value::from(n)));
    Value::Object(pairs.collect::<Map<_, _>>())
}

/// A connection.
pub fn connection(row: &ConnectionRow) -> Value {
    json!({
        "connection": row.id,
        "system": row.system,
        "company": row.company,
        "health": row.health.name(),
        "reason": text(&row.health_reason),
        "since": row.health_since.to_string(),
    })
}

/// A finding.
pub fn finding(finding: &Finding) -> Value {
    json!({
        "code": finding.code,
        "level": finding.code.level(),
        "value": text(&finding.value),
        "message": finding.sentence,
        "mend": finding.mend,
    })
}
