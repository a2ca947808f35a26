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

/// Sums by the ids of account and cost object or party, and the currency: the two sides may call the same thing by
/// different names (`5010 Client Airfare`, `Client Airfare`).
#[derive(Default)]
struct Sums {
    sums: BTreeMap<(String, String, String), (Currency, i64, i64)>,
    names: BTreeMap<String, (bool, String)>,
}

impl Sums {
    /// Our own name stays: the other side's stands in where there is none.
    fn call(&mut self, id: &str, name: &str, ledger: bool) {
        let known = self.names.entry(id.to_string()).or_insert_with(|| (ledger, name.to_string()));
        if known.0 && !ledger && !name.is_empty() {
            *known = (ledger, name.to_string());
        }
    }

    fn add(&mut self, account: &str, key: &str, currency: Currency, minor: i64, ledger: bool) {
        let at = (account.to_string(), key.to_string(), currency.code().to_string());
        let sum = self.sums.entry(at).or_insert((currency, 0, 0));
        *(if ledger { &mut sum.2 } else { &mut sum.1 }) += minor;
    }
}

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

/// What tells it from others: its id, else its name.
fn id<'a>(n: &'a Named, what: &str) -> (String, &'a str) {
    let id = if n.id.is_empty() { n.name.as_str() } else { n.id.as_str() };
    (format!("{what} {id}"), n.name.as_str())
}

fn body(r: &Record) -> impl Iterator<Item = &RecordLine> {
    r.lines.iter().filter(|l| r.kind == EntryKind::Journal || !l.offset)
}

fn finish(all: Sums) -> Vec<Cut> {
    let Sums { sums, names } = all;
    let name = |id: &str| names.get(id).map(|n| n.1.clone()).unwrap_or_default();
    // a payee of journals and the vendor of the same name are one to people
    let mut shown: BTreeMap<(String, String, Currency), (i64, i64)> = BTreeMap::new();
    for ((account, key, _), (currency, store, ledger)) in sums {
        let sum = shown.entry((name(&account), name(&key), currency)).or_default();
        *sum = (sum.0 + store, sum.1 + ledger);
    }
    let one = |((account, key, currency), (store, ledger))| Cut { account, key, currency, store, ledger };
    shown.into_iter().filter(|(_, s)| s.0 != 0 || s.1 != 0).map(one).collect()
}

/// By account and class.
pub fn by_cost_centre(period: Period, documents: &[PeriodDocument], held: &Held) -> Vec<Cut> {
    let mut sums = Sums::default();
    for (_, s, now) in pairs(period, documents, held) {
        for (r, ledger) in s.entry.iter().map(|e| (e, false)).chain([(now, true)]) {
            for l in body(r) {
                let (account, called) = id(&l.account, "account");
                sums.call(&account, called, ledger);
                let class = l.class.as_ref().map(|c| id(c, "class"));
                if let Some((class, called)) = &class {
                    sums.call(class, called, ledger);
                }
                let class = class.map(|c| c.0).unwrap_or_default();
                sums.add(&account, &class, r.currency, l.minor, ledger);
            }
        }
    }
    finish(sums)
}

/// By party: the records' own totals.
pub fn by_party(period: Period, documents: &[PeriodDocument], held: &Held) -> Vec<Cut> {
    let mut sums = Sums::default();
    for (d, s, now) in pairs(period, documents, held) {
        for (r, ledger) in s.entry.iter().map(|e| (e, false)).chain([(now, true)]) {
            // a journal has no party of its own: the document's stands in on both sides
            let party = match &r.party {
                Some(p) => {
                    let (party, called) = id(p, "party");
                    sums.call(&party, called, ledger);
                    party
                }
                None => {
                    let party = format!("payee {}", d.party);
                    sums.call(&party, &d.party, ledger);
                    party
                }
            };
            let lines = body(r).map(|l| l.minor);
            let total: i64 =
                if r.kind == EntryKind::Journal { lines.filter(|m| *m > 0).sum() } else { lines.sum() };
            sums.add("", &party, r.currency, total, ledger);
        }
    }
    finish(sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tieout::tests::data;

    /// The ledger calls its accounts without their numbers, and somebody renamed a class and a vendor there.
    #[test]
    fn what_is_called_otherwise_in_the_ledger_is_the_same_all_the_same() {
        let mut documents = data::documents();
        let mut held = data::held(&documents);
        for r in &mut held.records {
            for l in &mut r.lines {
                l.account.name = format!("there {}", l.account.id);
                if let Some(c) = &mut l.class {
                    c.name = "Strategy, renamed".into();
                }
            }
            if let Some(p) = &mut r.party {
                p.name.push_str(" (new)");
            }
        }
        let cuts = by_cost_centre(data::october(), &documents, &held);
        let differ: Vec<i64> = cuts.iter().map(|c| c.ledger - c.store).filter(|m| *m != 0).collect();
        assert_eq!(differ, [2_700], "only the line that was changed by hand");
        assert!(cuts.iter().all(|c| !c.account.starts_with("there") && !c.key.contains("renamed")));
        let parties = by_party(data::october(), &documents, &held);
        assert_eq!(parties.iter().filter(|c| c.ledger != c.store).count(), 1);
        assert!(parties.iter().all(|c| !c.key.ends_with("(new)")));
        documents.clear();
        assert!(by_party(data::october(), &documents, &held).is_empty());
    }
}
