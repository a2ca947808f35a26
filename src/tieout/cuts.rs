//! The same two sides by account and cost object, and by party: a cut that does not tie is a difference too.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::entry::{EntryKind, Named};
use crate::model::intent::IntentState;
use crate::model::money::Currency;
use crate::tieout::input::{Held, Period, PeriodDocument, Record, RecordLine, Slotted};

/// One key on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// Account, or empty.
    pub account: String,
    /// Cost object or party.
    pub key: String,
    /// Currency.
    pub currency: Currency,
    /// As posted by tieout or derived for what was adopted, debit positive.
    pub store: i64,
    /// As the ledger has it.
    pub ledger: i64,
}

type Sums = BTreeMap<(String, String, String), (Currency, i64, i64)>;

fn pairs<'a>(
    period: Period,
    documents: &'a [PeriodDocument],
    held: &'a Held,
) -> impl Iterator<Item = (&'a PeriodDocument, &'a Slotted, &'a Record)> {
    documents.iter().flat_map(move |d| {
        d.slots.iter().filter(move |s| s.state == IntentState::Done && period.has(s.date)).filter_map(
            move |s| {
                let now = held.records.iter().find(|r| r.kind == s.kind && r.id == s.remote_id);
                now.map(|r| (d, s, r))
            },
        )
    })
}

fn name(n: Option<&Named>) -> String {
    n.map(|n| n.name.clone()).unwrap_or_default()
}

fn body(r: &Record) -> impl Iterator<Item = &RecordLine> {
    r.lines.iter().filter(|l| r.kind == EntryKind::Journal || !l.offset)
}

fn finish(sums: Sums) -> Vec<Cut> {
    let one =
        |((account, key, _), (currency, store, ledger)): ((String, String, String), (Currency, i64, i64))| {
            Cut { account, key, currency, store, ledger }
        };
    sums.into_iter().filter(|(_, s)| s.1 != 0 || s.2 != 0).map(one).collect()
}

/// By account and class.
pub fn by_cost_centre(period: Period, documents: &[PeriodDocument], held: &Held) -> Vec<Cut> {
    let mut sums = Sums::new();
    for (_, s, now) in pairs(period, documents, held) {
        for (r, ledger) in s.entry.iter().map(|e| (e, false)).chain([(now, true)]) {
            for l in body(r) {
                let key = (l.account.name.clone(), name(l.class.as_ref()), r.currency.code().to_string());
                let sum = sums.entry(key).or_insert((r.currency, 0, 0));
                if ledger {
                    sum.2 += l.minor;
                } else {
                    sum.1 += l.minor;
                }
            }
        }
    }
    finish(sums)
}

/// By party: the records' own totals.
pub fn by_party(period: Period, documents: &[PeriodDocument], held: &Held) -> Vec<Cut> {
    let mut sums = Sums::new();
    for (d, s, now) in pairs(period, documents, held) {
        for (r, ledger) in s.entry.iter().map(|e| (e, false)).chain([(now, true)]) {
            let party = r.party.as_ref().map_or_else(|| d.party.clone(), |p| p.name.clone());
            let key = (String::new(), party, r.currency.code().to_string());
            let lines = body(r).map(|l| l.minor);
            let total: i64 =
                if r.kind == EntryKind::Journal { lines.filter(|m| *m > 0).sum() } else { lines.sum() };
            let sum = sums.entry(key).or_insert((r.currency, 0, 0));
            if ledger {
                sum.2 += total;
            } else {
                sum.1 += total;
            }
        }
    }
    finish(sums)
}
