//! The accrual list of a period end (accounting.md, section 3). Nothing on it posts by itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::document::DocumentKind;
use crate::model::intent::IntentState;
use crate::model::money::Currency;
use crate::model::state::State;
use crate::tieout::controls::ControlAccount;
use crate::tieout::input::{Listed, Period, PeriodDocument};

/// One document, or one account's share, of an accrual.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccrualLine {
    /// Number, or the account.
    pub number: String,
    /// Party.
    pub party: String,
    /// Currency.
    pub currency: Currency,
    /// Account; empty: not mapped.
    pub account: String,
    /// Cost object; empty: none.
    pub object: String,
    /// Amount.
    pub minor: i64,
}

/// A part of the list: by currency the count and the sum, and its lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accrual {
    /// `approved_not_posted`, `spent_before`, `submitted`, `card_not_reported`.
    pub part: String,
    /// Its words.
    pub label: String,
    /// Documents and amounts by currency.
    pub sums: BTreeMap<Currency, (u64, i64)>,
    /// Lines by document, account and cost object.
    pub lines: Vec<AccrualLine>,
    /// False: its source was not read.
    pub read: bool,
}

impl Accrual {
    fn new(part: &str, label: &str, read: bool) -> Self {
        Self { part: part.into(), label: label.into(), read, ..Self::default() }
    }

    fn add(&mut self, currency: Currency, minor: i64) {
        let sum = self.sums.entry(currency).or_default();
        *sum = (sum.0 + 1, sum.1 + minor);
    }
}

/// Part (a): what of a document is approved in the source and not in the ledger; none where it is not on the list. What
/// was made here (corrections, accruals themselves) no source approved.
pub fn not_posted(period: Period, d: &PeriodDocument) -> Option<i64> {
    let nobody = matches!(
        d.finding.as_str(),
        "test_document" | "other_ledger" | "no_book" | "before_cutover" | "out_of_scope"
    );
    let settled = matches!(d.state, State::Posted | State::ConfirmFailed | State::Confirmed);
    let nobodys = nobody && d.state == State::Blocked;
    let listed = period.has(d.original) && !(ended(d) || settled || nobodys);
    let done = d.slots.iter().filter(|s| s.state == IntentState::Done);
    let posted: i64 = done.map(|s| s.entry.as_ref().map_or(d.minor, crate::tieout::side::own)).sum();
    listed.then_some(d.minor - posted)
}

/// Part (b): what of a document was spent in the period, though it is dated after it; none where nothing was.
pub fn spent_before(period: Period, d: &PeriodDocument) -> Option<i64> {
    let inside = d.costs.iter().filter(|c| c.spent.is_some_and(|s| s <= period.to));
    let minor: i64 = inside.map(|c| c.minor).sum();
    (d.original > period.to && !ended(d) && minor != 0).then_some(minor)
}

fn ended(d: &PeriodDocument) -> bool {
    d.kind == DocumentKind::Correction
        || matches!(d.state, State::Rejected | State::Recalled | State::Closed | State::Reversed)
}

/// The four parts.
pub fn accruals(
    period: Period,
    home: Currency,
    documents: &[PeriodDocument],
    listing: Option<&[Listed]>,
    controls: &[ControlAccount],
) -> Vec<Accrual> {
    let mut a = Accrual::new("approved_not_posted", "approved in Concur, not in the ledger", true);
    let mut b = Accrual::new("spent_before", "spent in the period, posting date after it", true);
    for d in documents {
        let Some(currency) = d.currency else { continue };
        if let Some(minor) = not_posted(period, d) {
            a.add(currency, minor);
            a.lines.extend(lines(d, currency, minor, &|_| true));
        }
        if let Some(minor) = spent_before(period, d) {
            let inside = |c: &crate::tieout::CostLine| c.spent.is_some_and(|s| s <= period.to);
            b.add(currency, minor);
            b.lines.extend(lines(d, currency, minor, &inside));
        }
    }
    let mut c = Accrual::new("submitted", "submitted, not approved", listing.is_some());
    for l in listing.unwrap_or_default() {
        if !l.approved && !l.excluded && l.submitted.is_some_and(|s| s <= period.to) {
            c.add(l.currency, l.minor);
            c.lines.push(AccrualLine {
                number: l.number.clone(),
                party: l.owner.clone(),
                currency: l.currency,
                account: String::new(),
                object: String::new(),
                minor: l.minor,
            });
        }
    }
    let mut d =
        Accrual::new("card_not_reported", "card charges not reported yet (statement less account)", false);
    for k in controls {
        let Some(minor) = k.not_reported else { continue };
        d.read = true;
        d.add(home, minor);
        d.lines.push(AccrualLine {
            number: k.account.clone(),
            party: String::new(),
            currency: home,
            account: k.account.clone(),
            object: String::new(),
            minor,
        });
    }
    vec![a, b, c, d]
}

/// By account and cost object; what is not mapped stands without.
fn lines(
    d: &PeriodDocument,
    currency: Currency,
    minor: i64,
    of: &dyn Fn(&crate::tieout::CostLine) -> bool,
) -> Vec<AccrualLine> {
    let mut sums: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for c in d.costs.iter().filter(|c| of(c)) {
        *sums.entry((c.account.as_str(), c.object.as_str())).or_default() += c.minor;
    }
    let rest = minor - sums.values().sum::<i64>();
    if rest != 0 {
        *sums.entry(("", "")).or_default() += rest;
    }
    let line = |((account, object), minor): ((&str, &str), i64)| AccrualLine {
        number: d.number.clone(),
        party: d.party.clone(),
        currency,
        account: account.into(),
        object: object.into(),
        minor,
    };
    sums.into_iter().filter(|(_, m)| *m != 0).map(line).collect()
}
