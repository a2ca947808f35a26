//! Looking records up by RefNumber and verifying what is there (contract 6.3; reliability.md, 4.2 and 4.4). A number
//! proves nothing: the marker in a memo does, and then party, amount, date and lines have to agree.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::model::entry::{Entry, EntryKind, Named, Side};
use crate::model::money;
use crate::systems::{CallError, LedgerRecord, Seen, Wanted};

use super::answer::Answer;
use super::call::Query;
use super::classify::made;
use super::queries::{self, Depth, KEYS_MAX, Walk, Which};
use super::recent::recent;
use super::record::{Currencies, kind_of, record};
use super::status::{self, Class};
use super::{Client, encode};

impl Client {
    /// One answer for each wanted record: all kinds in one message set, 100 numbers to a query.
    pub(super) async fn look_up_all(&self, wanted: Vec<Wanted>) -> Result<Vec<(i64, Seen)>, CallError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let currencies = self.currencies().await?;
        let mut numbers: BTreeMap<EntryKind, Vec<String>> = BTreeMap::new();
        for w in &wanted {
            let list = numbers.entry(w.kind).or_default();
            let number = number(w);
            if !list.iter().any(|n| same_number(n, number)) {
                list.push(number.into());
            }
        }
        let mut asked: Vec<(EntryKind, Query)> = Vec::new();
        for (kind, list) in &numbers {
            for chunk in list.chunks(KEYS_MAX) {
                let id = format!("look-{}-{}", kind.short(), asked.len());
                let depth = Depth { lines: true, linked: false };
                let xml = queries::records(*kind, &id, Which::Numbers(chunk), depth, Walk::Whole);
                asked.push((*kind, Query::new(&id, xml)?.or(&[Class::Partial])));
            }
        }
        let (kinds, queries): (Vec<EntryKind>, Vec<Query>) = asked.into_iter().unzip();
        let mut found: Vec<LedgerRecord> = Vec::new();
        self.ask(&queries, |at, element| {
            if let Some(kind) = kinds.get(at).copied().filter(|k| kind_of(&element.name) == Some(*k)) {
                found.push(record(kind, &element, &currencies, false)?);
            }
            Ok(())
        })
        .await?;
        Ok(wanted.iter().map(|w| (w.handle, verify(w, &found))).collect())
    }

    /// What an answer that came too late says of these: a record that it names exists, whenever that is told.
    pub(super) fn told_late(&self, wanted: &[Wanted], answer: &[u8]) -> Vec<(i64, Seen)> {
        let Ok(answer) = Answer::read(answer) else { return Vec::new() };
        let mut out = Vec::new();
        for response in &answer.responses {
            let done = response.head.status.is_some_and(|c| {
                matches!(
                    status::class(c, &response.head.message),
                    Class::Success | Class::Warning | Class::DataLost | Class::Partial
                )
            });
            let of = |w: &&Wanted| {
                // reference and generation: an earlier generation that was carried out counts as well
                let request = response.head.request.as_str();
                request.strip_prefix(w.reference.as_str()).is_some_and(|g| g.len() == 3)
            };
            let (true, Some(made), Some(w)) = (done, made(response), wanted.iter().find(of)) else {
                continue;
            };
            let full = response.records.iter().find(|r| kind_of(&r.name) == Some(w.kind));
            let currencies = self.known().currencies.clone().unwrap_or(Currencies::only(w.entry.currency));
            let differs = full
                .and_then(|e| record(w.kind, e, &currencies, false).ok())
                .and_then(|r| Some((difference(&w.entry, &r)?, r)));
            out.push((
                w.handle,
                match differs {
                    Some((what, r)) => Seen::Different {
                        why: format!("{} carries our reference but {what}", describe(&r)),
                        records: vec![recent(&r, w.entry.party.as_ref())],
                    },
                    None => {
                        Seen::Found { id: made.id, number: made.number.unwrap_or_else(|| number(w).into()) }
                    }
                },
            ));
        }
        out
    }
}

/// The number by which an intent is looked up: the terms that were kept before it was sent.
fn number(wanted: &Wanted) -> &str {
    let kept = wanted.lookup.get("ref_number").and_then(serde_json::Value::as_str);
    kept.filter(|n| !n.is_empty()).unwrap_or(wanted.entry.number.as_str())
}

/// Numbers are equal without regard to case (contract 4.2).
pub fn same_number(a: &str, b: &str) -> bool {
    a.trim().to_uppercase() == b.trim().to_uppercase()
}

/// What the records say about one wanted record. Those with another number are others' affairs.
pub fn verify(wanted: &Wanted, records: &[LedgerRecord]) -> Seen {
    let number = number(wanted);
    let numbered: Vec<&LedgerRecord> =
        records.iter().filter(|r| r.kind == wanted.kind && same_number(&r.number, number)).collect();
    let ours: Vec<&LedgerRecord> =
        numbered.iter().copied().filter(|r| r.marker.as_deref() == Some(wanted.reference.as_str())).collect();
    match ours.as_slice() {
        [one] => match difference(&wanted.entry, one) {
            None => Seen::Found { id: one.id.clone(), number: one.number.clone() },
            Some(what) => different(wanted, &ours, &format!("carries our reference but {what}")),
        },
        [] => {
            // a supplier's number is another vendor's affair too: only the same vendor's record stands in the way
            let own = same_number(number, wanted.reference.as_str());
            let vendor = wanted.entry.party.as_ref().map(|p| p.id.as_str());
            let others: Vec<&LedgerRecord> = numbered
                .into_iter()
                .filter(|r| own || vendor.is_none() || r.party.as_ref().map(|p| p.id.as_str()) == vendor)
                .collect();
            let has = if others.len() == 1 { "has" } else { "have" };
            match others.as_slice() {
                [] => Seen::Absent,
                _ => different(
                    wanted,
                    &others,
                    &format!("{has} this number but not our marker: made or changed by somebody else"),
                ),
            }
        }
        several => different(wanted, several, &format!("carry our reference {}", wanted.reference)),
    }
}

/// All of these stand in the way, and each is named.
fn different(wanted: &Wanted, records: &[&LedgerRecord], what: &str) -> Seen {
    let named: Vec<String> = records.iter().map(|r| describe(r)).collect();
    Seen::Different {
        why: format!("{} {what}", named.join(" and ")),
        records: records.iter().map(|r| recent(r, wanted.entry.party.as_ref())).collect(),
    }
}

/// `the bill LX-5540 of 2026-10-29 over 1,480.00 USD from Lexham (1F6-1700000001)`
fn describe(record: &LedgerRecord) -> String {
    let party = record.party.as_ref().map_or_else(String::new, |p| format!(" from {}", p.name));
    format!(
        "the {} {} of {} over {} {}{party} ({})",
        record.kind.words(),
        record.number,
        record.date,
        money::shown(record.total, record.currency),
        record.currency,
        record.id
    )
}

/// What differs between the frozen entry and the record.
pub fn difference(entry: &Entry, record: &LedgerRecord) -> Option<String> {
    if record.date != entry.date {
        return Some(format!("its date is {}, ours {}", record.date, entry.date));
    }
    if record.currency != entry.currency {
        return Some(format!("its currency is {}, ours {}", record.currency, entry.currency));
    }
    let minor = |d: Decimal| money::to_minor(d, entry.currency).ok();
    if minor(record.total).is_none() || minor(record.total) != minor(entry.total()) {
        let shown = |d| money::shown(d, entry.currency);
        return Some(format!("its amount is {}, ours {}", shown(record.total), shown(entry.total())));
    }
    let id = |n: Option<&Named>| n.map(|n| n.id.clone());
    if entry.kind != EntryKind::Journal {
        if id(record.party.as_ref()) != id(entry.party.as_ref()) {
            let name = |n: Option<&Named>| n.map_or("none".to_string(), |n| n.name.clone());
            return Some(format!(
                "its vendor is {}, ours {}",
                name(record.party.as_ref()),
                name(entry.party.as_ref())
            ));
        }
        if let (Some(there), Some(ours)) = (&record.offset_account, &entry.offset_account)
            && there.id != ours.id
        {
            return Some(format!("its account is {}, ours {}", there.name, ours.name));
        }
    }
    lines(entry, record)
}

/// Lines by account and amount, and by class and name: the order does not count.
fn lines(entry: &Entry, record: &LedgerRecord) -> Option<String> {
    let journal = entry.kind == EntryKind::Journal;
    let id = |n: Option<&Named>| n.map_or_else(String::new, |n| n.id.clone());
    // the name on a journal's line is a vendor or a customer, as its account wants it: judged below
    let name = |n: Option<&Named>| if journal { String::new() } else { id(n) };
    let mut ours: Vec<[String; 4]> = encode::sent(entry)
        .map(|l| {
            let d = &l.dimensions;
            [l.account.id.clone(), key(l.side, l.amount), id(d.class.as_ref()), name(d.customer.as_ref())]
        })
        .collect();
    let mut theirs: Vec<[String; 4]> = record
        .lines
        .iter()
        .map(|l| {
            [l.account.id.clone(), key(l.side, l.amount), id(l.class.as_ref()), name(l.customer.as_ref())]
        })
        .collect();
    ours.sort();
    theirs.sort();
    if ours == theirs {
        return (journal && !names_agree(entry, record)).then(|| "its lines have other names".into());
    }
    let money = |lines: &[[String; 4]]| -> Vec<[String; 2]> {
        lines.iter().map(|[account, amount, ..]| [account.clone(), amount.clone()]).collect()
    };
    Some(if ours.len() != theirs.len() {
        format!("it has {} lines, ours {}", theirs.len(), ours.len())
    } else if money(&ours) != money(&theirs) {
        "its lines have other accounts or amounts".into()
    } else {
        "its lines have other classes or customers".into()
    })
}

/// A journal's names are ours, and each customer of ours is on it.
fn names_agree(entry: &Entry, record: &LedgerRecord) -> bool {
    let there: BTreeSet<&str> =
        record.lines.iter().filter_map(|l| l.party.as_ref()).map(|n| n.id.as_str()).collect();
    let customers = || entry.lines.iter().filter_map(|l| l.dimensions.customer.as_ref());
    let ours: BTreeSet<&str> = (entry.lines.iter().filter_map(|l| l.party.as_ref()))
        .chain(&entry.party)
        .chain(customers())
        .map(|n| n.id.as_str())
        .collect();
    there.is_subset(&ours) && customers().all(|c| there.contains(c.id.as_str()))
}

/// Debit positive, without trailing zeros. A line of nothing has no side.
fn key(side: Side, amount: Decimal) -> String {
    let signed = if side == Side::Debit { amount } else { -amount };
    if signed.is_zero() { "0".into() } else { signed.normalize().to_string() }
}
