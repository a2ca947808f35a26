//! The list of invoices (contract of Concur, 4.2).
//!
//! A digest has no date of final approval: `ExtractedDate` is when the invoice left Concur, which with the Financial
//! Integration Service is after our own confirmation (2.2), and what was approved and lost has none. So the list is
//! asked for by what changed: an approval in the span changes the invoice in the span or later. `processed` is the
//! earlier of extraction and last change, and never before the approval; a reader that knows an invoice uses its own
//! date.
//!
//! What waits for approval may not have changed for long, and codes of invoice states are not published, so the list
//! reaches back a year and the rest is decided here.

use jiff::Timestamp;
use jiff::ToSpan as _;
use serde::Deserialize;

use super::Concur;
use super::lenient::{Amount, DayOrInstant, Flag, Iso, Text};
use super::listed::{APPROVED, Newest, Span};
use super::reports::Next;
use super::shapes::Many;
use crate::model::Money;
use crate::model::document::DocumentKind;
use crate::systems::{CallError, ListedDocument};

/// How far back something may wait for approval without a change, days.
const WAITING: i32 = 366;
/// Not filed, and sent back.
const NOT_SUBMITTED: [&str; 2] = ["A_NOTF", "A_RESU"];

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Page {
    payment_request_digest: Many<Digest>,
    items: Many<Digest>,
    next_page: Text,
}

impl Next for Page {
    const KEYS: &'static [&'static str] = &["PaymentRequestDigest", "Items", "NextPage", "TotalCount"];

    fn next(&self) -> &str {
        &self.next_page.0
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Digest {
    #[serde(rename = "ID")]
    id: Text,
    payment_request_id: Text,
    vendor_name: Text,
    invoice_number: Text,
    approval_status_code: Text,
    total: Amount,
    currency_code: Iso,
    is_deleted: Flag,
    submit_date: DayOrInstant,
    extracted_date: DayOrInstant,
    last_modified_date: DayOrInstant,
}

impl Concur {
    pub(super) async fn listed_invoices(&self, span: Span) -> Result<Vec<ListedDocument>, CallError> {
        // filters go by day, and whether "after" holds the day itself is not told: one day more on both sides
        let since = span.from.checked_sub((WAITING + 1).days()).unwrap_or(span.from);
        let before = span.end.tomorrow().unwrap_or(span.end);
        let query = format!("limit=1000&lastModifiedDateAfter={since}&createDateBefore={before}");
        let pages = self.pages::<Page>("v3", "/api/v3.0/invoice/paymentrequestdigests", &query, true).await?;
        let mut newest = Newest::new();
        for digest in pages.into_iter().flat_map(|p| p.payment_request_digest.0.into_iter().chain(p.items.0))
        {
            if let Some((modified, one)) = listed(digest)? {
                newest.keep(modified, one);
            }
        }
        Ok(newest.into_documents().filter(|one| concerns(one, span)).collect())
    }
}

/// Approved before the span, or never submitted: not in this list.
fn concerns(one: &ListedDocument, span: Span) -> bool {
    let first = span.from.at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).map(|z| z.timestamp());
    match one.processed {
        Some(at) => first.is_ok_and(|first| at >= first),
        None => !NOT_SUBMITTED.iter().any(|s| one.status.eq_ignore_ascii_case(s)),
    }
}

fn listed(d: Digest) -> Result<Option<(Option<Timestamp>, ListedDocument)>, CallError> {
    // both names of the id occur; the longer one is the invoice's own where both are there
    let Some(family) = d.payment_request_id.some().or_else(|| d.id.some()) else { return Ok(None) };
    let (extracted, modified) = (d.extracted_date.0, d.last_modified_date.0);
    let approved = d.approval_status_code.0.eq_ignore_ascii_case(APPROVED) || extracted.is_some();
    let money = d.total.0.zip(d.currency_code.0).map(|(amount, currency)| Money::new(amount, currency));
    let amount =
        money.ok_or_else(|| CallError::Shape(format!("the invoice {family} has no total or no currency")))?;
    let processed = extracted.into_iter().chain(modified).min().filter(|_| approved);
    let one = ListedDocument {
        kind: DocumentKind::Invoice,
        family,
        number: d.invoice_number.0.clone(),
        title: d.invoice_number.0,
        owner: d.vendor_name.0,
        ledger: String::new(),
        amount,
        processed,
        submitted: d.submit_date.0,
        status: d.approval_status_code.0,
        approved,
        excluded: d.is_deleted.0,
    };
    Ok(Some((modified, one)))
}

#[cfg(test)]
#[path = "digests_tests.rs"]
mod tests;
