//! The list of reports, for titles, completeness and accruals (contract of Concur, 3.2).
//!
//! Offsets are opaque and taken out of `NextPage`; its address is not followed. Times carry no zone, so the scan starts
//! a day early and doubles are dropped.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Concur;
use super::call::{Call, decoded, encoded};
use super::lenient::{Amount, Instant, Iso, Text};
use super::read_expense::money;
use super::shapes::Many;
use crate::systems::{CallError, ListedReport};

/// Pages of one list: a list that is longer is broken.
const PAGES: usize = 10_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Page {
    pub items: Many<Report>,
    next_page: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Report {
    #[serde(rename = "ID")]
    pub id: Text,
    pub name: Text,
    #[serde(rename = "OwnerLoginID")]
    pub owner_login: Text,
    pub owner_name: Text,
    pub approval_status_code: Text,
    pub payment_status_code: Text,
    pub total: Amount,
    pub total_claimed_amount: Amount,
    pub total_approved_amount: Amount,
    pub currency_code: Iso,
    pub ledger_name: Text,
    pub submit_date: Instant,
    pub processing_payment_date: Text,
    pub last_modified_date: Instant,
}

impl Concur {
    /// Reports of all people that were processed since a day.
    pub(super) async fn processed_since(&self, since: Date) -> Result<Vec<ListedReport>, CallError> {
        let from = since.yesterday().unwrap_or(since);
        let first = format!("user=ALL&limit=100&processingPaymentDateAfter={from}");
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        for page in self.pages::<Page>("v3", "/api/v3.0/expense/reports", &first, true).await? {
            for r in page.items.0 {
                if r.id.0.is_empty() || !seen.insert(r.id.0.clone()) {
                    continue;
                }
                out.push(ListedReport {
                    approved: money(r.total_approved_amount, r.currency_code),
                    id: r.id.0,
                    name: r.name.0,
                    owner: r.owner_name.0,
                    owner_login: r.owner_login.0,
                    approval: r.approval_status_code.0,
                    payment: r.payment_status_code.0,
                    processed: r.processing_payment_date.some(),
                });
            }
        }
        Ok(out)
    }

    /// All pages of a list with opaque offsets. Stops at an offset that was seen before.
    pub(super) async fn pages<T: Next>(
        &self,
        kind: &'static str,
        path: &str,
        query: &str,
        legacy: bool,
    ) -> Result<Vec<T>, CallError> {
        let mut out: Vec<T> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut more = String::new();
        while out.len() < PAGES {
            let mut call = Call::get(kind, format!("{path}?{query}{more}"));
            call.legacy = legacy;
            let reply = self.call(call).await?;
            let shape = |e: serde_json::Error| CallError::Shape(format!("{path}: {e}"));
            let keys: BTreeMap<String, &RawValue> = serde_json::from_slice(&reply.body).map_err(shape)?;
            if !T::KEYS.iter().any(|k| keys.contains_key(*k)) {
                return Err(CallError::Shape(format!("{path}: the answer is no page of a list")));
            }
            let page: T = serde_json::from_slice(&reply.body).map_err(shape)?;
            let next = offset(page.next());
            out.push(page);
            match next {
                Some(offset) if seen.insert(offset.clone()) => more = format!("&offset={}", encoded(&offset)),
                _ => return Ok(out),
            }
        }
        Err(CallError::Shape(format!("{path}: the list does not end")))
    }
}

/// A page that says where to go on.
pub trait Next: serde::de::DeserializeOwned {
    /// A page has one of these: an answer of another shape is no empty list.
    const KEYS: &'static [&'static str];
    /// An address with an offset, an offset alone, or nothing.
    fn next(&self) -> &str;
}

impl Next for Page {
    const KEYS: &'static [&'static str] = &["Items", "NextPage"];

    fn next(&self) -> &str {
        &self.next_page.0
    }
}

/// The offset in an address, or a bare one.
fn offset(next: &str) -> Option<String> {
    if next.is_empty() {
        return None;
    }
    let Some((_, query)) = next.split_once('?') else {
        return (!next.contains("://")).then(|| decoded(next));
    };
    let found = query.split('&').find_map(|p| p.strip_prefix("offset="));
    found.map(decoded).filter(|o| !o.is_empty())
}

#[cfg(test)]
#[path = "reports_tests.rs"]
mod tests;
