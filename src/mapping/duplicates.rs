//! Look-alikes: in the ledger (reliability.md, 2.5) and among the store's documents (accounting.md, section 6).

use crate::mapping::dates::days_between;
use crate::mapping::party;
use crate::mapping::rules::decided;
use crate::mapping::scope::countable;
use crate::mapping::work::Work;
use crate::model::document::Document;
use crate::model::entry::{Entry, EntryKind, EntrySet, Slot};
use crate::model::finding::{FindingCode, Mend};
use crate::model::ledger::RecentRecord;
use crate::model::money;

/// Days between a look-alike's date and ours.
const NEAR: i32 = 10;

/// How a ledger record is named in [`crate::mapping::Surroundings::our_records`]: `bill:151`.
pub fn record_key(kind: EntryKind, id: &str) -> String {
    format!("{}:{id}", kind.name())
}

/// One key for each expense of a report: employee, date, spend amount and currency, expense type. Two live reports that
/// share one hold the same expense, perhaps. Expenses without a date or amount have none; other kinds have none.
pub fn duplicate_keys(document: &Document) -> Vec<String> {
    if !document.payee.employee || !countable(document) {
        return Vec::new();
    }
    let mut keys: Vec<String> = document
        .expenses
        .iter()
        .filter(|e| !e.personal)
        .filter_map(|e| {
            let approved = || {
                let gross = e.allocations.iter().flat_map(|a| &a.journals).map(|j| j.gross).sum();
                e.approved.unwrap_or(gross)
            };
            let (amount, currency) =
                e.spend.map_or_else(|| (approved(), document.currency), |s| (s.amount, s.currency));
            let date = e.date.filter(|_| !amount.is_zero())?;
            let amount = money::plain(amount, currency);
            Some(format!("{}|{date}|{amount}|{currency}|{}", document.payee.code, e.type_code))
        })
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

/// The same expense on another live document.
pub(super) fn documents(w: &mut Work<'_>) {
    let keys = duplicate_keys(w.doc());
    let around = w.i.around;
    for same in around.same_expense.iter().filter(|s| s.other_id != w.i.id && keys.contains(&s.key)) {
        let mut parts = same.key.split('|').skip(1);
        let date = parts.next().unwrap_or_default();
        let amount = parts.next().unwrap_or_default();
        let sentence = format!(
            "Report {} of the same employee holds an expense of {date} over {amount}, too.",
            same.other
        );
        w.add(
            FindingCode::PossibleDuplicate,
            &same.other,
            format!("same as on {}", same.other),
            sentence,
            Mend::Accept,
        );
    }
}

/// Records of the ledger that look like the payee's entry: same vendor, amount and currency within ten days, or the
/// number that people know. Ours, those with our reference, and those that a person called another one are left out.
pub(super) fn ledger(w: &mut Work<'_>, set: &EntrySet) {
    let facts = w.facts();
    let number = w.doc().number.trim().to_string();
    let bill = set.entries.iter().find(|e| e.slot == Slot::Bill);
    let vendor = party::find(w).map(|f| f.vendor.id.clone());
    let mut alike: Vec<&RecentRecord> = Vec::new();
    if let Some((entry, party)) = bill.and_then(|e| e.party.as_ref().map(|p| (e, p))) {
        alike.extend(facts.recent_of(&party.id).filter(|r| like(r, entry)));
    }
    if !number.is_empty() {
        // a number is unique to its vendor; a record without one (a journal) may be anybody's
        let same = facts.recent_numbered(&number);
        alike.extend(same.filter(|r| r.vendor.is_none() || vendor.is_none() || r.vendor == vendor));
    }
    for r in alike {
        let ours = w.i.around.our_records.contains(&record_key(r.kind, &r.id));
        // a marker says whose it is: this document's (the program adopts it) or another one's
        let marked = r.marker.as_ref().is_some_and(|m| {
            w.i.around.used_references.contains(m) || set.entries.iter().any(|e| e.reference.as_str() == m)
        });
        if ours || marked {
            continue;
        }
        if let Some(rule) = decided(w.i, &format!("maybe_in_ledger:{}", r.id)) {
            w.take(rule);
            continue;
        }
        let shown = if r.number.is_empty() { format!("of {}", r.date) } else { r.number.clone() };
        let sentence = format!(
            "{} holds {} {shown} of {}, {}: adopt it, or say that it is another one.",
            w.ledger(),
            r.kind.words(),
            r.date,
            money::Money::new(r.amount, r.currency)
        );
        let mend = Mend::Adopt { kind: r.kind, id: r.id.clone(), number: r.number.clone() };
        w.add(FindingCode::MaybeInLedger, &r.id, format!("in ledger: {shown}"), sentence, mend);
    }
}

fn like(r: &RecentRecord, entry: &Entry) -> bool {
    let opposite = |k| matches!(k, EntryKind::VendorCredit | EntryKind::CardRefund);
    r.amount.abs() == entry.total()
        && r.currency == entry.currency
        && opposite(r.kind) == opposite(entry.kind)
        && days_between(r.date, entry.date).abs() <= NEAR
}
