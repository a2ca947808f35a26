//! Rows of the store and answers of systems as the plain values of the tie-out.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use crate::model::clock;
use crate::model::entry::{Entry, EntryKind, EntrySet, Line, LineRole, Side};
use crate::model::intent::IntentState;
use crate::model::money::{Currency, to_minor};
use crate::model::state::State;
use crate::store::PeriodRow;
use crate::systems::{LedgerRecord, Reading};
use crate::tieout::{CostLine, Held, Movement, OpenItem, PeriodDocument, Record, RecordLine, Slotted};

/// Stems from the document (accounting.md, 1.3).
fn own(l: &Line) -> bool {
    match l.role {
        LineRole::Cost | LineRole::Tax | LineRole::Intercompany => true,
        LineRole::Clearing | LineRole::Advance => l.source.is_some(),
        LineRole::Payable | LineRole::Card | LineRole::Receivable | LineRole::Rounding => false,
    }
}

/// Amounts of an entry are exact minor units: its digest was made from them.
fn exact(amount: Decimal, currency: Currency) -> i64 {
    to_minor(amount, currency).unwrap_or(0)
}

fn entry(e: &Entry) -> Record {
    let line = |l: &Line| RecordLine {
        account: l.account.clone(),
        minor: exact(l.signed(), e.currency),
        own: own(l),
        rounding: l.role == LineRole::Rounding,
        tax: l.role == LineRole::Tax,
        offset: l.is_offset(),
        class: l.dimensions.class.clone(),
        department: l.dimensions.department.clone().or_else(|| e.location.clone()),
        customer: l.dimensions.customer.clone(),
        party: None,
    };
    Record {
        kind: e.kind,
        id: String::new(),
        number: e.number.clone(),
        date: e.date,
        party: e.party.clone(),
        currency: e.currency,
        rate: e.rate,
        offset_account: if e.kind == EntryKind::Journal { None } else { e.offset_account.clone() },
        lines: e.lines.iter().map(line).collect(),
        marker: None,
        not_final: None,
        changed_at: None,
    }
}

/// A stored document.
pub fn document(r: &PeriodRow, zone: &TimeZone) -> PeriodDocument {
    let arrived = clock::date_in(r.row.arrived_at, zone);
    let entry_of =
        |slot: &crate::model::entry::Slot| r.set.entries.iter().find(|e| e.slot == *slot).map(entry);
    let live = r.intents.iter().filter(|i| i.state != IntentState::Withdrawn);
    let slots = live
        .map(|i| Slotted {
            slot: i.slot.to_string(),
            kind: i.kind,
            reference: i.reference.to_string(),
            state: i.state,
            adopted: i.adopted,
            remote_id: i.remote_id.clone(),
            number: i.number.clone(),
            date: i.date,
            entry: entry_of(&i.slot),
        })
        .collect();
    let cost = |e: &Entry, l: &Line| CostLine {
        account: l.account.name.clone(),
        object: l.dimensions.class.as_ref().map(|c| c.name.clone()).unwrap_or_default(),
        spent: None,
        minor: exact(l.signed(), e.currency),
    };
    let costs = r.set.entries.iter().flat_map(|e| e.lines.iter().filter(|l| own(l)).map(move |l| cost(e, l)));
    let original = r.original.unwrap_or(arrived);
    let mut document = PeriodDocument {
        id: r.row.id.to_string(),
        number: if r.row.number.is_empty() { r.row.id.to_string() } else { r.row.number.clone() },
        kind: r.row.kind,
        state: r.row.state,
        source_id: r.row.source_id.clone(),
        family: r.row.family.clone(),
        party: r.row.payee.clone(),
        currency: r.row.currency,
        minor: r.row.minor.unwrap_or(0),
        original,
        posting: r.row.posting_date.unwrap_or(original),
        finding: r.finding.clone(),
        brief: brief(r),
        arrived,
        acknowledged: r.acknowledged,
        slots,
        costs: costs.collect(),
    };
    if let Some(words) = to_do(&document) {
        document.brief = words;
    }
    document
}

fn brief(r: &PeriodRow) -> String {
    match r.row.state {
        State::Failed
        | State::NeedsHuman
        | State::Held
        | State::Rejected
        | State::Closed
        | State::Ambiguous
            if !r.row.reason.is_empty() =>
        {
            r.row.reason.clone()
        }
        State::Unreadable => r.row.reason.clone(),
        _ => r.row.finding_brief.clone(),
    }
}

/// What a finding asks for, where its label alone does not say so.
fn to_do(d: &PeriodDocument) -> Option<String> {
    match d.finding.as_str() {
        "purchase_order" => Some(format!("purchase {}: decide", d.brief)),
        "party_currency" => d.brief.strip_prefix("vendor is").map(|rest| format!("vendor record is{rest}")),
        "intercompany" => {
            let (_, book) = d.brief.split_once(": ")?;
            // what belongs to another book has no cost object here
            let theirs: i64 = d.costs.iter().filter(|c| c.object.is_empty()).map(|c| c.minor).sum();
            let currency = d.currency.filter(|_| theirs != 0)?;
            let amount =
                crate::model::money::shown(crate::model::money::from_minor(theirs, currency), currency);
            Some(format!("{amount} belongs to {book}: decide"))
        }
        _ => None,
    }
}

/// Gives the costs their dates of spend, line by line as the set has them.
pub fn spent(d: &mut PeriodDocument, set: &EntrySet, date: &dyn Fn(usize) -> Option<Date>) {
    let lines = set.entries.iter().flat_map(|e| e.lines.iter().filter(|l| own(l)));
    for (cost, line) in d.costs.iter_mut().zip(lines) {
        cost.spent = line.source.and_then(|s| date(s.expense));
    }
}

fn record(r: &LedgerRecord) -> Result<Record, String> {
    let minor =
        |a: Decimal| to_minor(a, r.currency).map_err(|e| format!("{} {}: {e}", r.kind.words(), r.number));
    let mut lines = Vec::with_capacity(r.lines.len());
    for l in &r.lines {
        let amount = minor(l.amount)?;
        lines.push(RecordLine {
            account: l.account.clone(),
            minor: if l.side == Side::Debit { amount } else { -amount },
            own: false,
            rounding: false,
            tax: false,
            offset: false,
            class: l.class.clone(),
            department: l.department.clone(),
            customer: l.customer.clone(),
            party: l.party.clone(),
        });
    }
    Ok(Record {
        kind: r.kind,
        id: r.id.clone(),
        number: r.number.clone(),
        date: r.date,
        party: r.party.clone(),
        currency: r.currency,
        rate: r.rate,
        offset_account: r.offset_account.clone(),
        lines,
        marker: r.marker.clone(),
        not_final: r.not_final.clone(),
        changed_at: Some(r.changed_at),
    })
}

/// A ledger's answer, and balances by account: before and after the period.
#[allow(clippy::type_complexity, reason = "one map of two figures")]
pub fn held(
    reading: Reading,
    home: Currency,
) -> Result<(Held, BTreeMap<String, (Option<i64>, Option<i64>)>), String> {
    let amount = |a: Decimal, what: &str| to_minor(a, home).map_err(|e| format!("{what}: {e}"));
    let mut held = Held { gone: reading.gone, ..Held::default() };
    for r in &reading.records {
        held.records.push(record(r)?);
    }
    for m in reading.movements {
        let minor = amount(m.amount, &m.number)?;
        held.movements.push(Movement {
            account: m.account,
            date: m.date,
            word: m.word,
            id: m.id,
            number: m.number,
            party: m.party,
            minor,
        });
    }
    for r in &reading.open_items {
        let (Some(open), Some(account)) = (r.open, r.offset_account.as_ref()) else { continue };
        if r.currency != home {
            continue;
        }
        let minor = amount(open.abs(), &r.number)?;
        held.open_items.push(OpenItem {
            account: account.id.clone(),
            number: r.number.clone(),
            party: r.party.as_ref().map(|p| p.name.clone()).unwrap_or_default(),
            date: r.date,
            minor: if r.kind == EntryKind::VendorCredit { minor } else { -minor },
        });
    }
    let mut balances: BTreeMap<String, (Option<i64>, Option<i64>)> = BTreeMap::new();
    for (account, a) in &reading.opening {
        balances.entry(account.clone()).or_default().0 = Some(amount(*a, account)?);
    }
    for (account, a) in &reading.closing {
        balances.entry(account.clone()).or_default().1 = Some(amount(*a, account)?);
    }
    Ok((held, balances))
}
