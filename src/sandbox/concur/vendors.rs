//! Suppliers v3.1, reading (contract section 4.3), and where they are kept.

use serde_json::{Map, Value, json};

use super::call::{Call, Reply};
use super::state::State;
use super::switches::NextPage;
use crate::sandbox::firm::{VENDORS, Vendor, VendorTerms};

/// Most suppliers of a page.
const MOST: usize = 1000;

/// The suppliers of the company, in the order in which they came.
pub(super) struct Vendors {
    pub(super) all: Vec<Map<String, Value>>,
}

impl Vendors {
    pub(super) fn new() -> Self {
        Self { all: VENDORS.iter().map(written).collect() }
    }

    /// Place of the supplier with this code and address.
    pub(super) fn place(&self, code: &str, address: &str) -> Option<usize> {
        self.all.iter().position(|v| field(v, "VendorCode") == code && field(v, "AddressCode") == address)
    }
}

/// A field as text; empty when there is none.
pub(super) fn field<'a>(vendor: &'a Map<String, Value>, name: &str) -> &'a str {
    vendor.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Filters of the query and the fields that they look at.
const FILTERS: [(&str, &str); 13] = [
    ("vendorCode", "VendorCode"),
    ("vendorName", "VendorName"),
    ("taxID", "TaxID"),
    ("buyerAccountNumber", "AccountNumber"),
    ("addressCode", "AddressCode"),
    ("paymentMethodType", "PaymentMethodType"),
    ("address1", "Address1"),
    ("address2", "Address2"),
    ("city", "City"),
    ("state", "State"),
    ("postalCode", "PostalCode"),
    ("country", "CountryCode"),
    ("approved", "Approved"),
];

/// `GET /api/v3.1/invoice/vendors`.
pub(super) fn list(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let limit = call.count("limit", 25, 1)?.min(MOST);
    let from = call.count("offset", 0, 0)?;
    let kind = call.query("searchType").unwrap_or("exact");
    if !["exact", "begins", "contains", "ends"].contains(&kind) {
        return Err(Reply::refuse(400, "searchType is not valid."));
    }
    let passes = |query: &str, text: &str| {
        call.query(query).is_none_or(|wanted| {
            let (text, wanted) = (text.to_lowercase(), wanted.to_lowercase());
            match kind {
                "begins" => text.starts_with(&wanted),
                "contains" => text.contains(&wanted),
                "ends" => text.ends_with(&wanted),
                _ => text == wanted,
            }
        })
    };
    let customs: Vec<(String, String)> =
        (1..=20).map(|n| (format!("custom{n}"), format!("Custom{n}"))).collect();
    let mut found: Vec<&Map<String, Value>> = state
        .vendors
        .all
        .iter()
        .filter(|v| {
            FILTERS.iter().all(|(query, name)| passes(query, field(v, name)))
                && customs.iter().all(|(query, name)| passes(query, field(v, name)))
        })
        .collect();
    if let Some(by) = call.query("sortBy") {
        let name = FILTERS.iter().find(|(query, _)| by.eq_ignore_ascii_case(query)).map(|(_, name)| *name);
        let name = name.ok_or_else(|| Reply::refuse(400, "sortBy is not valid."))?;
        found.sort_by_key(|v| field(v, name));
    }
    if call.query("sortDirection").is_some_and(|way| way.to_lowercase().starts_with("desc")) {
        found.reverse();
    }
    let page: Vec<&Map<String, Value>> = found.iter().skip(from).take(limit).copied().collect();
    let next = from.saturating_add(limit);
    let address = |offset: usize| {
        let base = state.url(state.switches.home);
        format!("{base}/api/v3.1/invoice/vendors?limit={limit}&offset={offset}")
    };
    let next_page = match (next < found.len(), state.switches.next_page) {
        (true, NextPage::Offset) => Value::from(next.to_string()),
        (true, _) => address(next).into(),
        (false, NextPage::Repeating) => address(from).into(),
        (false, _) => Value::Null,
    };
    Ok(Reply::ok(json!({
        "Vendor": page, "TotalCount": found.len(), "NextPage": next_page, "RequestRunSummary": null,
    })))
}

fn written(vendor: &Vendor) -> Map<String, Value> {
    let terms = match vendor.terms {
        VendorTerms::Net(days) => days.max(1),
        VendorTerms::DayOfMonth(_) => 30,
    };
    let pairs = [
        ("VendorCode", vendor.code.into()),
        ("VendorName", vendor.name.into()),
        ("AddressCode", format!("{}-1", vendor.code).into()),
        ("Address1", "1 Harbour Road".into()),
        ("City", "Boston".into()),
        ("PostalCode", "02110".into()),
        ("CountryCode", vendor.country().into()),
        ("CurrencyCode", vendor.currency.into()),
        ("PaymentTerms", terms.to_string().into()),
        ("Approved", "true".into()),
        ("PaymentMethodType", if vendor.code == "V2012" { "ACH" } else { "CLIENT" }.into()),
        ("Custom1", Value::Null),
        ("StatusList", json!([])),
    ];
    pairs.into_iter().map(|(name, value): (&str, Value)| (name.to_owned(), value)).collect()
}
