//! Completeness against the source's own lists (accounting.md, section 11).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::document::DocumentKind;
use crate::model::intent::IntentState;
use crate::model::money::{Currency, from_minor, shown};
use crate::model::state::State;
use crate::tieout::input::{Listed, Period, PeriodDocument};

/// One kind: listed by the source against stored here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedRow {
    /// Kind.
    pub kind: DocumentKind,
    /// How many the source lists; none: it has no such list.
    pub listed: Option<u64>,
    /// Of them by currency: count and amount.
    pub listed_by: BTreeMap<Currency, (u64, i64)>,
    /// How many are stored.
    pub stored: u64,
    /// Of them by currency.
    pub stored_by: BTreeMap<Currency, (u64, i64)>,
    /// Listed less stored, by currency; zero ones left out.
    pub difference: BTreeMap<Currency, i64>,
    /// In the list, not in the store: number and amount.
    pub missing: Vec<String>,
    /// In the store, not in the list.
    pub surplus: Vec<String>,
    /// Of another amount in the list.
    pub differing: Vec<String>,
}

impl ListedRow {
    /// Both sides are the same, document by document.
    pub fn agrees(&self) -> bool {
        self.difference.is_empty()
            && self.missing.is_empty()
            && self.surplus.is_empty()
            && self.differing.is_empty()
    }
}

/// One document that the two sides do not agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Kind.
    pub kind: DocumentKind,
    /// Id in the store; empty: it is not there.
    pub document: String,
    /// Number or title.
    pub number: String,
    /// Owner, vendor or payee.
    pub party: String,
    /// Currency; none for what is unreadable and in no list.
    pub currency: Option<Currency>,
    /// What the store has more than the list.
    pub minor: i64,
    /// Day it belongs to.
    pub day: Date,
    /// What differs, and what to do.
    pub what: String,
}

/// What arrived on a day, and what became of it, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrivalDay {
    /// Day of arrival, in the book's zone.
    pub day: Date,
    /// Currency.
    pub currency: Currency,
    /// Stored: count and amount.
    pub stored: (u64, i64),
    /// Acknowledged.
    pub acknowledged: u64,
    /// Recorded by tieout.
    pub recorded: (u64, i64),
    /// Adopted.
    pub adopted: (u64, i64),
    /// Rejected to the source.
    pub rejected: (u64, i64),
    /// Recalled.
    pub recalled: (u64, i64),
    /// Still open.
    pub open: (u64, i64),
}

/// The part before the bridge is trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completeness {
    /// The source's lists were read.
    pub read: bool,
    /// By kind.
    pub rows: Vec<ListedRow>,
    /// Each document that is missing, surplus or of another amount.
    pub gaps: Vec<Gap>,
    /// Sentences: reopened reports, amounts taken from the list.
    pub notes: Vec<String>,
    /// Counted apart: what, how many (none: the source does not list it).
    pub apart: Vec<(String, Option<u64>)>,
    /// Documents by day of arrival.
    pub arrivals: Vec<ArrivalDay>,
}

impl Completeness {
    /// Every list that exists agrees.
    pub fn agrees(&self) -> bool {
        self.read && self.rows.iter().all(ListedRow::agrees)
    }
}

/// Compares the source's lists with the stored documents of the period. A listed document that is stored belongs to the
/// period of its own posting date; one that is not, to the day of its processing.
pub fn completeness(
    period: Period,
    documents: &[PeriodDocument],
    arrived: &[PeriodDocument],
    listing: Option<(&[Listed], &[DocumentKind])>,
    payroll: u64,
) -> Completeness {
    let mut out = Completeness {
        read: listing.is_some(),
        rows: Vec::new(),
        gaps: Vec::new(),
        notes: Vec::new(),
        apart: vec![
            ("payroll documents".into(), Some(payroll)),
            ("reports from before FIS".into(), Some(0)),
            ("central reconciliation".into(), None),
        ],
        arrivals: arrivals(arrived),
    };
    let (listed, unlisted) = listing.unwrap_or((&[], &[]));
    for kind in [DocumentKind::ExpenseReport, DocumentKind::Invoice, DocumentKind::CashAdvance] {
        let none = listing.is_none() || unlisted.contains(&kind);
        let row = row(period, kind, documents, listed, none, &mut out);
        if !none || row.stored > 0 {
            out.rows.push(row);
        }
    }
    out
}

fn row(
    period: Period,
    kind: DocumentKind,
    documents: &[PeriodDocument],
    listed: &[Listed],
    none: bool,
    out: &mut Completeness,
) -> ListedRow {
    let mut row = ListedRow {
        kind,
        listed: None,
        listed_by: BTreeMap::new(),
        stored: 0,
        stored_by: BTreeMap::new(),
        difference: BTreeMap::new(),
        missing: Vec::new(),
        surplus: Vec::new(),
        differing: Vec::new(),
    };
    let live = |d: &&PeriodDocument| d.kind == kind && d.state != State::Recalled;
    let mut families: BTreeMap<&str, Vec<&PeriodDocument>> = BTreeMap::new();
    for d in documents.iter().filter(live) {
        families.entry(d.family.as_str()).or_default().push(d);
        if period.has(d.original) {
            row.stored += 1;
            if let Some(c) = d.currency {
                let sum = row.stored_by.entry(c).or_default();
                *sum = (sum.0 + 1, sum.1 + d.minor);
            }
        }
    }
    if none {
        return row;
    }
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut count = 0;
    let (mut reopened, mut unreadable): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for l in listed.iter().filter(|l| l.kind == kind && l.approved) {
        let stored = families.get(l.family.as_str()).filter(|_| !l.family.is_empty());
        let here = match stored {
            Some(docs) => docs.iter().any(|d| period.has(d.original)),
            None => !l.excluded && l.processed.is_some_and(|p| period.has(p)),
        };
        if !here {
            continue;
        }
        count += 1;
        // a reopened report is one in the list, and its documents may belong to several periods
        let of = |here: bool| -> i64 {
            let docs = stored.into_iter().flatten().filter(|d| period.has(d.original) == here);
            docs.filter(|d| d.currency == Some(l.currency)).map(|d| d.minor).sum()
        };
        let (mine, listed) = (of(true), l.minor - of(false));
        let sum = row.listed_by.entry(l.currency).or_default();
        *sum = (sum.0 + 1, sum.1 + listed);
        seen.insert(l.family.as_str());
        let gap = |document: &str, what: &str| Gap {
            kind,
            document: document.into(),
            number: l.number.clone(),
            party: l.owner.clone(),
            currency: Some(l.currency),
            minor: mine - listed,
            day: l.processed.unwrap_or(period.to),
            what: what.into(),
        };
        let Some(docs) = stored else {
            row.missing.push(l.number.clone());
            out.gaps.push(gap("", "in Concur's list and not here: fetch, or find out why it does not come"));
            continue;
        };
        if mine != listed {
            row.differing.push(docs[0].number.clone());
            let amount = shown(from_minor(listed, l.currency), l.currency);
            let what = format!("Concur's list has {amount}: compare the report with what was fetched");
            out.gaps.push(Gap { number: docs[0].number.clone(), ..gap(&docs[0].id, &what) });
        }
        if docs.len() > 1 {
            reopened.push(docs[0].number.clone());
        }
        for d in docs.iter().filter(|d| d.state == State::Unreadable) {
            let amount = shown(from_minor(l.minor, l.currency), l.currency);
            unreadable.push(format!("{} is unreadable: its {amount} is taken from the list.", d.number));
        }
    }
    row.listed = Some(count);
    if let [_, ..] = reopened.as_slice() {
        let what = if kind == DocumentKind::ExpenseReport { "reports" } else { "documents" };
        let verb = if reopened.len() == 1 { "was" } else { "were" };
        let (names, stored) = (reopened.join(", "), row.stored);
        out.notes.push(format!("{count} {what} are {stored} documents: {names} {verb} reopened."));
    }
    out.notes.append(&mut unreadable);
    for (family, docs) in &families {
        if seen.contains(family) {
            continue;
        }
        for (n, d) in docs.iter().filter(|d| period.has(d.original)).enumerate() {
            // without a business id each is one by itself
            if n == 0 || family.is_empty() {
                row.surplus.push(d.number.clone());
            }
            out.gaps.push(Gap {
                kind,
                document: d.id.clone(),
                number: d.number.clone(),
                party: d.party.clone(),
                currency: d.currency,
                minor: d.minor,
                day: d.original,
                what: "here and not in Concur's list: look it up there".into(),
            });
        }
    }
    let currencies: BTreeSet<Currency> = row.listed_by.keys().chain(row.stored_by.keys()).copied().collect();
    for c in currencies {
        let of = |m: &BTreeMap<Currency, (u64, i64)>| m.get(&c).map_or(0, |s| s.1);
        let by = of(&row.listed_by) - of(&row.stored_by);
        if by != 0 {
            row.difference.insert(c, by);
        }
    }
    row
}

fn arrivals(documents: &[PeriodDocument]) -> Vec<ArrivalDay> {
    let mut days: BTreeMap<(Date, Currency), ArrivalDay> = BTreeMap::new();
    for d in documents {
        let Some(currency) = d.currency else { continue };
        // what cannot be read has no amount of its own
        let minor = if d.state == State::Unreadable { 0 } else { d.minor };
        let day = days.entry((d.arrived, currency)).or_insert_with(|| ArrivalDay {
            day: d.arrived,
            currency,
            stored: (0, 0),
            acknowledged: 0,
            recorded: (0, 0),
            adopted: (0, 0),
            rejected: (0, 0),
            recalled: (0, 0),
            open: (0, 0),
        });
        let add = |cell: &mut (u64, i64)| *cell = (cell.0 + 1, cell.1 + minor);
        add(&mut day.stored);
        day.acknowledged += u64::from(d.acknowledged);
        let done: Vec<_> = d.slots.iter().filter(|s| s.state == IntentState::Done).collect();
        match d.state {
            State::Posted | State::ConfirmFailed | State::Confirmed | State::Reversed
                if done.iter().all(|s| s.adopted) && !done.is_empty() =>
            {
                add(&mut day.adopted);
            }
            State::Posted | State::ConfirmFailed | State::Confirmed | State::Reversed => {
                add(&mut day.recorded);
            }
            State::Rejected | State::Closed => add(&mut day.rejected),
            State::Recalled => add(&mut day.recalled),
            _ => add(&mut day.open),
        }
    }
    days.into_values().collect()
}
