//! Vendors in both directions (contract of Concur, 4.3).
//!
//! Bank details, payment methods, account numbers and tax numbers are in Concur's answers too. No field of this file
//! reads them, so they are dropped at parsing, and none is written (accounting.md, 4.4).
//!
//! A vendor's key is its code and its address code together. `Approved` is the approval of the vendor in Concur: it is
//! read as "usable" and never written, since approving is a person's act there.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Concur;
use super::call::Call;
use super::errors::short;
use super::lenient::Text;
use super::put::{Written, not_offered, unreadable};
use super::reports::Next;
use super::shapes::Many;
use crate::systems::{CallError, Change, Put, VendorRecord};
use crate::transport::Method;

const PATH: &str = "/api/v3.1/invoice/vendors";

/// A page, or the answer to a write.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Page {
    vendor: Many<Wire>,
    items: Many<Wire>,
    next_page: Text,
}

impl Next for Page {
    const KEYS: &'static [&'static str] = &["Vendor", "Items", "NextPage", "TotalCount"];

    fn next(&self) -> &str {
        &self.next_page.0
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Wire {
    vendor_code: Text,
    address_code: Text,
    vendor_name: Text,
    contact_email: Text,
    currency_code: Text,
    country_code: Text,
    address1: Text,
    address2: Text,
    address3: Text,
    city: Text,
    state: Text,
    postal_code: Text,
    payment_terms: Text,
    approved: Text,
    status_list: Many<Status>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Status {
    code: Text,
    message: Text,
    r#type: Text,
}

impl Concur {
    pub(super) async fn read_vendors(&self) -> Result<Vec<VendorRecord>, CallError> {
        let pages = self.pages::<Page>("v3", PATH, "limit=1000", true).await?;
        let mut seen = BTreeSet::new();
        let all = pages.into_iter().flat_map(|p| p.vendor.0.into_iter().chain(p.items.0)).map(record);
        Ok(all.filter(|v| !v.code.is_empty() && seen.insert(v.id.clone())).collect())
    }

    pub(super) async fn write_vendor(&self, change: Change<VendorRecord>) -> Result<Put, CallError> {
        let (method, vendor) = match change {
            Change::Create(v) => (Method::Post, v),
            Change::Update(v) if v.id != key_of(&v.code, &v.address_code) => {
                return Ok(not_offered(
                    "Concur knows a vendor by its code and address code, so they cannot be changed; make a new \
                     vendor and let a person retire the old one",
                ));
            }
            Change::Update(v) => (Method::Put, v),
            Change::SetActive(_, true) => {
                return Ok(not_offered("a vendor is approved by a person in Concur's vendor manager"));
            }
            Change::SetActive(_, false) => {
                return Ok(not_offered(
                    "Concur can only delete a vendor, which tieout never does; retire it in Concur's vendor manager",
                ));
            }
        };
        let body = match body(&vendor) {
            Ok(body) => body,
            Err(why) => return Ok(not_offered(why)),
        };
        match self.write(Call::send("vendors_write", method, PATH.to_owned(), &body)).await? {
            Written::Ended(put) => Ok(put),
            Written::Answered(reply) => Ok(answer(&reply.body, &vendor)),
        }
    }
}

/// The id of a vendor.
fn key_of(code: &str, address: &str) -> String {
    format!("{code}|{address}")
}

fn record(w: Wire) -> VendorRecord {
    let word = w.approved.0.to_ascii_uppercase();
    VendorRecord {
        id: key_of(&w.vendor_code.0, &w.address_code.0),
        email: w.contact_email.some(),
        currency: w.currency_code.0.parse().ok(),
        lines: [&w.address1, &w.address2, &w.address3].into_iter().filter_map(Text::some).collect(),
        terms_days: w.payment_terms.0.parse().ok().filter(|d| (1..=999).contains(d)),
        // not told: usable
        active: !matches!(word.as_str(), "N" | "NO" | "FALSE" | "0" | "UNAPPROVED" | "NOT APPROVED"),
        code: w.vendor_code.0,
        address_code: w.address_code.0,
        name: w.vendor_name.0,
        country: w.country_code.0,
        city: w.city.0,
        region: w.state.0,
        postal_code: w.postal_code.0,
        version: String::new(),
    }
}

/// What is sent: never bank, payment or tax fields, and no empty ones.
fn body(v: &VendorRecord) -> Result<Value, &'static str> {
    let currency = v.currency.map(|c| c.code()).unwrap_or_default();
    for (value, why) in [
        (v.code.as_str(), "a vendor in Concur needs a code"),
        (v.address_code.as_str(), "a vendor in Concur needs an address code"),
        (v.country.as_str(), "a vendor in Concur needs a country code"),
        (currency, "a vendor in Concur needs a currency"),
    ] {
        if value.trim().is_empty() {
            return Err(why);
        }
    }
    if v.lines.len() > 3 {
        return Err("Concur holds three address lines of a vendor; shorten the address");
    }
    let line = |at: usize| v.lines.get(at).map_or("", String::as_str);
    let terms = v.terms_days.filter(|d| (1..=999).contains(d)).map(|d| d.to_string()).unwrap_or_default();
    let fields = [
        ("VendorCode", v.code.as_str()),
        ("AddressCode", v.address_code.as_str()),
        ("VendorName", v.name.as_str()),
        ("CountryCode", v.country.as_str()),
        ("CurrencyCode", currency),
        ("Address1", line(0)),
        ("Address2", line(1)),
        ("Address3", line(2)),
        ("City", v.city.as_str()),
        ("State", v.region.as_str()),
        ("PostalCode", v.postal_code.as_str()),
        ("ContactEmail", v.email.as_deref().unwrap_or_default()),
        ("PaymentTerms", terms.as_str()),
    ];
    let kept: Map<String, Value> = fields
        .into_iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(name, value)| (name.to_owned(), Value::from(value.trim())))
        .collect();
    Ok(json!({ "Vendor": [kept] }))
}

/// A 200 may hold a failure: the vendor's own states decide.
fn answer(body: &[u8], sent: &VendorRecord) -> Put {
    let page: Page = match serde_json::from_slice(body) {
        Ok(page) => page,
        Err(e) => return unreadable("a vendor", &e),
    };
    let (code, address) = (sent.code.trim(), sent.address_code.trim());
    let row = page.vendor.0.into_iter().chain(page.items.0).find(|w| {
        w.vendor_code.0.eq_ignore_ascii_case(code) && w.address_code.0.eq_ignore_ascii_case(address)
    });
    let Some(row) = row else { return Put::Unknown("Concur's answer does not name the vendor".into()) };
    for status in &row.status_list.0 {
        let message = short(&status.message.0);
        match status.r#type.0.to_ascii_lowercase().as_str() {
            "error" => return Put::Refused { code: status.code.0.clone(), message },
            "warning" | "success" | "info" | "information" => {
                tracing::info!(code = %short(&status.code.0), %message, "concur said about a vendor");
            }
            other => {
                let other = short(other);
                return Put::Unknown(format!(
                    "Concur answered with a state that is not known: {other}: {message}"
                ));
            }
        }
    }
    Put::Done { id: key_of(&row.vendor_code.0, &row.address_code.0) }
}

#[cfg(test)]
#[path = "vendors_tests.rs"]
mod tests;
