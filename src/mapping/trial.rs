//! The trial of a preview book: what would be posted beside what people posted by hand (accounting.md, section 13).

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::mapping::dates::days_between;
use crate::model::entry::{EntryKind, Named};
use crate::model::ids::DocumentId;
use crate::model::ledger::RecentRecord;
use crate::model::money::Currency;

/// Days between our date and the date that a person typed.
const NEAR: i32 = 7;

/// One entry that would be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialEntry {
    /// Its document.
    pub document: DocumentId,
    /// The document's number.
    pub number: String,
    /// The number that the record would carry.
    pub entry_number: String,
    /// Kind.
    pub kind: EntryKind,
    /// Vendor; none for journals.
    pub party: Option<Named>,
    /// Date.
    pub date: Date,
    /// Total.
    pub amount: Decimal,
    /// Currency.
    pub currency: Currency,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differs {
    /// `payee`, `amount`, `date`, `kind`.
    pub field: &'static str,
    /// What tieout would post.
    pub here: String,
    /// What was typed.
    pub there: String,
}

/// What the comparison says of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrialVerdict {
    /// Typed by hand just so.
    Same(RecentRecord),
    /// Typed by hand, but not just so.
    Different(RecentRecord, Vec<Differs>),
    /// Nobody typed it.
    OnlyHere,
}

/// The comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    /// Every entry, in the order given.
    pub entries: Vec<(TrialEntry, TrialVerdict)>,
    /// Typed by hand, and no document asks for it.
    pub only_there: Vec<RecentRecord>,
}

/// Compares entries with records that do not carry our marker. Each record answers for one entry; the nearest wins.
pub fn trial(entries: &[TrialEntry], records: &[RecentRecord]) -> Trial {
    let mut free: Vec<Option<&RecentRecord>> =
        records.iter().filter(|r| r.marker.is_none()).map(Some).collect();
    let mut verdicts: Vec<Option<TrialVerdict>> = vec![None; entries.len()];
    // what agrees in everything first, then the payee's, then the amount's
    let rounds: [fn(&TrialEntry, &RecentRecord) -> bool; 3] = [
        |e, r| same_party(e, r) && same_amount(e, r) && e.kind == r.kind,
        |e, r| same_amount(e, r) && (same_party(e, r) || e.kind == r.kind),
        |e, r| {
            e.party.is_some() && same_party(e, r) && e.currency == r.currency && sign(e.kind) == sign(r.kind)
        },
    ];
    for fits in rounds {
        for (e, verdict) in entries.iter().zip(&mut verdicts) {
            if verdict.is_some() {
                continue;
            }
            let near = |r: &RecentRecord| days_between(r.date, e.date).abs();
            let best = free
                .iter_mut()
                .filter(|slot| slot.is_some_and(|r| fits(e, r) && near(r) <= NEAR))
                .min_by_key(|slot| slot.map_or(i32::MAX, near));
            if let Some(record) = best.and_then(Option::take) {
                *verdict = Some(judge(e, record));
            }
        }
    }
    Trial {
        entries: entries
            .iter()
            .cloned()
            .zip(verdicts.into_iter().map(|v| v.unwrap_or(TrialVerdict::OnlyHere)))
            .collect(),
        only_there: free.into_iter().flatten().cloned().collect(),
    }
}

fn judge(e: &TrialEntry, r: &RecentRecord) -> TrialVerdict {
    let mut differs = Vec::new();
    let mut add = |field, same: bool, here: String, there: String| {
        if !same {
            differs.push(Differs { field, here, there });
        }
    };
    let payee = e.party.as_ref().map_or("none", |p| p.name.as_str());
    add("payee", same_party(e, r), payee.into(), r.vendor.clone().unwrap_or_else(|| "none".into()));
    add("amount", e.amount == r.amount.abs(), e.amount.to_string(), r.amount.to_string());
    add("date", e.date == r.date, e.date.to_string(), r.date.to_string());
    add("kind", e.kind == r.kind, e.kind.words().into(), r.kind.words().into());
    if differs.is_empty() {
        TrialVerdict::Same(r.clone())
    } else {
        TrialVerdict::Different(r.clone(), differs)
    }
}

fn same_party(e: &TrialEntry, r: &RecentRecord) -> bool {
    e.party.as_ref().map(|p| p.id.as_str()) == r.vendor.as_deref()
}

fn same_amount(e: &TrialEntry, r: &RecentRecord) -> bool {
    e.amount == r.amount.abs() && e.currency == r.currency && sign(e.kind) == sign(r.kind)
}

/// Credits and refunds are never taken for their opposites.
fn sign(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::VendorCredit | EntryKind::CardRefund)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: &str, vendor: &str, day: i8, amount: i64) -> TrialEntry {
        TrialEntry {
            document: DocumentId(ulid::Ulid::nil()),
            number: number.into(),
            entry_number: number.into(),
            kind: EntryKind::Bill,
            party: Some(Named::new(vendor, vendor)),
            date: jiff::civil::date(2026, 10, day),
            amount: Decimal::new(amount, 2),
            currency: Currency::USD,
        }
    }

    fn record(id: &str, vendor: &str, day: i8, amount: i64) -> RecentRecord {
        RecentRecord {
            kind: EntryKind::Bill,
            id: id.into(),
            vendor: Some(vendor.into()),
            number: id.into(),
            date: jiff::civil::date(2026, 10, day),
            amount: Decimal::new(amount, 2),
            currency: Currency::USD,
            marker: None,
        }
    }

    #[test]
    fn each_record_answers_for_one_entry_and_the_fields_are_named() {
        let ours = [
            entry("A", "7", 10, 100),
            entry("B", "7", 12, 100),
            entry("C", "8", 10, 5_000),
            entry("D", "9", 10, 700),
            entry("E", "9", 28, 900),
        ];
        let mut marked = record("m", "9", 28, 900);
        marked.marker = Some("TO000000000".into());
        let theirs = [
            record("1", "7", 12, 100),
            record("2", "7", 10, 100),
            record("3", "8", 11, 5_027),
            record("4", "4", 10, 700),
            record("5", "6", 2, 1),
            marked,
        ];
        let got = trial(&ours, &theirs);
        let said: Vec<String> = got
            .entries
            .iter()
            .map(|(e, v)| match v {
                TrialVerdict::Same(r) => format!("{} same {}", e.number, r.id),
                TrialVerdict::Different(r, d) => {
                    format!(
                        "{} {} {}",
                        e.number,
                        r.id,
                        d.iter().map(|d| d.field).collect::<Vec<_>>().join("+")
                    )
                }
                TrialVerdict::OnlyHere => format!("{} only here", e.number),
            })
            .collect();
        assert_eq!(said, ["A same 2", "B same 1", "C 3 amount+date", "D 4 payee", "E only here"]);
        assert_eq!(got.only_there.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(), ["5"]);
    }

    #[test]
    fn a_credit_is_never_taken_for_a_bill() {
        let mut credit = record("1", "7", 10, 100);
        credit.kind = EntryKind::VendorCredit;
        let got = trial(&[entry("A", "7", 10, 100)], &[credit]);
        assert_eq!(got.entries[0].1, TrialVerdict::OnlyHere);
        assert_eq!(got.only_there.len(), 1);
    }
}
