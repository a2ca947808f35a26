//! Concur's own lists of a span: reports (contract of Concur, 3.2) and invoices (4.2, in `digests`). Cash advances have
//! none.
//!
//! Reports come from three lists: processed in the span; submitted and not approved; approved and not paid, since such
//! a report may have no processing date yet. Each is asked for twice, without and with test users, because a report
//! does not say whose it is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Concur;
use super::call::encoded;
use super::lenient::{instant, shortened};
use super::reports::{Page, Report};
use crate::model::Money;
use crate::model::document::DocumentKind;
use crate::systems::{CallError, ListAsk, ListedDocument, Listing};

/// Submitted, and neither approved nor sent back.
const PENDING: &str = "A_FILE,A_PEND,A_ACCO,A_AAFH,A_EXTV,A_PBDG,A_PECO,A_PVAL,A_RHLD,A_TEXP";
/// Finally approved.
pub const APPROVED: &str = "A_APPR";
/// Not sent for payment yet: approved ones of these states may have no processing date.
const UNPAID: &str = "P_NOTP,P_HOLD,P_PROC";

/// The days that are asked for: times carry no zone, so a day more on both sides.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The first day, at its start.
    pub from: Date,
    /// The day after the last one, at its start.
    pub end: Date,
}

impl Span {
    /// The widened span of a question.
    pub fn of(ask: &ListAsk) -> Self {
        let later = |d: Date| d.tomorrow().unwrap_or(d);
        Self { from: ask.from.yesterday().unwrap_or(ask.from), end: later(later(ask.to)) }
    }

    /// Whether an instant is within.
    pub fn holds(self, at: Timestamp) -> bool {
        let day = at.to_zoned(TimeZone::UTC).date();
        self.from <= day && day < self.end
    }
}

/// What was seen of one document: the newest state, and when that was written.
pub struct Newest(BTreeMap<String, (Option<Timestamp>, ListedDocument)>);

impl Newest {
    pub fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Keeps one. An older state never takes the place of a newer one (section 10, row 22).
    pub fn keep(&mut self, modified: Option<Timestamp>, one: ListedDocument) {
        match self.0.get(&one.family) {
            Some((known, _)) if *known > modified => {}
            _ => drop(self.0.insert(one.family.clone(), (modified, one))),
        }
    }

    pub fn into_documents(self) -> impl Iterator<Item = ListedDocument> {
        self.0.into_values().map(|(_, one)| one)
    }
}

impl Concur {
    /// The lists of a span.
    pub(super) async fn listing(&self, ask: ListAsk) -> Result<Listing, CallError> {
        let span = Span::of(&ask);
        let wanted = |word: &str| self.settings.doc_types.iter().any(|t| t == word);
        let mut listing = Listing { documents: Vec::new(), unlisted: vec![DocumentKind::CashAdvance] };
        if wanted("expense") {
            listing.documents.extend(self.listed_reports(span).await?);
        } else {
            listing.unlisted.push(DocumentKind::ExpenseReport);
        }
        if !wanted("invoice") {
            listing.unlisted.push(DocumentKind::Invoice);
            return Ok(listing);
        }
        match self.listed_invoices(span).await {
            Ok(invoices) => listing.documents.extend(invoices),
            // a company without Concur Invoice, or an application without its scope: the report says so
            Err(CallError::Refused(why)) if why.starts_with("403") || why.starts_with("404") => {
                tracing::warn!(%why, "the list of invoices is not to be had");
                listing.unlisted.push(DocumentKind::Invoice);
            }
            Err(e) => return Err(e),
        }
        Ok(listing)
    }

    async fn listed_reports(&self, span: Span) -> Result<Vec<ListedDocument>, CallError> {
        let Span { from, end } = span;
        let queries = [
            format!("processingPaymentDateAfter={from}&processingPaymentDateBefore={end}"),
            format!("approvalStatusCode={}&submitDateBefore={end}", encoded(PENDING)),
            format!(
                "approvalStatusCode={APPROVED}&paymentStatusCode={}&submitDateBefore={end}",
                encoded(UNPAID)
            ),
        ];
        let mut newest = Newest::new();
        let (mut real, mut tests) = (BTreeSet::new(), BTreeSet::new());
        for (is_test, seen) in [(false, &mut real), (true, &mut tests)] {
            for query in &queries {
                let query = format!("user=ALL&limit=100&{query}&isTestUser={is_test}");
                for page in self.pages::<Page>("v3", "/api/v3.0/expense/reports", &query, true).await? {
                    for report in page.items.0 {
                        let Some((modified, one)) = listed(report)? else { continue };
                        seen.insert(one.family.clone());
                        newest.keep(modified, one);
                    }
                }
            }
        }
        let mut out: Vec<_> = newest.into_documents().collect();
        // approved and unpaid, and processed in another span
        out.retain(|d| d.processed.is_none_or(|at| span.holds(at)));
        for one in &mut out {
            // in both lists: the filter is not known there, and nobody is taken for a test user
            one.excluded = tests.contains(&one.family) && !real.contains(&one.family);
        }
        Ok(out)
    }
}

/// A report of the list. One without an id is nothing; one without an amount or currency makes the list unusable.
fn listed(r: Report) -> Result<Option<(Option<Timestamp>, ListedDocument)>, CallError> {
    if r.id.0.is_empty() {
        return Ok(None);
    }
    let approved = r.approval_status_code.0.eq_ignore_ascii_case(APPROVED);
    let claimed = r.total_claimed_amount.0.or(r.total.0);
    let amount =
        if approved { r.total_approved_amount.0.or(claimed) } else { claimed.or(r.total_approved_amount.0) };
    let money = amount.zip(r.currency_code.0).map(|(amount, currency)| Money::new(amount, currency));
    let amount = money
        .ok_or_else(|| CallError::Shape(format!("the report {} has no amount or no currency", r.id.0)))?;
    let processed = match r.processing_payment_date.some() {
        None => None,
        Some(text) => Some(instant(&text).ok_or_else(|| {
            CallError::Shape(format!(
                "the report {} was processed at {:?}, which is no date",
                r.id.0,
                shortened(&text)
            ))
        })?),
    };
    let one = ListedDocument {
        kind: DocumentKind::ExpenseReport,
        family: r.id.0,
        number: String::new(),
        title: r.name.0,
        owner: r.owner_name.0,
        ledger: r.ledger_name.0,
        amount,
        processed,
        submitted: r.submit_date.0,
        status: r.approval_status_code.0,
        approved,
        excluded: false,
    };
    Ok(Some((r.last_modified_date.0, one)))
}

#[cfg(test)]
#[path = "listed_tests.rs"]
pub(super) mod tests;
