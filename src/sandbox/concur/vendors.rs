//! Suppliers v3.1, reading (contract section 4.3).

use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::state::State;
use crate::sandbox::firm::{VENDORS, Vendor, VendorTerms};

/// Most suppliers of a page.
const MOST: usize = 1000;

/// `GET /api/v3.1/invoice/vendors`.
pub(super) fn list(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let limit = call.count("limit", 25, 1)?.min(MOST);
    let from = call.count("offset", 0, 0)?;
    let kind = call.query("searchType").unwrap_or("exact");
    if !["exact", "begins", "contains", "ends"].contains(&kind) {
        return Err(Reply::refuse(400, "searchType is not valid."));
    }
    let passes = |name: &str, text: &str| {
        call.query(name).is_none_or(|wanted| {
            let (text, wanted) = (text.to_lowercase(), wanted.to_lowercase());
            match kind {
                "begins" => text.starts_with(&wanted),
                "contains" => text.contains(&wanted),
                "ends" => text.ends_with(&wanted),
                _ => text == wanted,
            }
        })
    };
    let mut found: Vec<&Vendor> = VENDORS
        .iter()
        .filter(|v| {
            passes("vendorCode", v.code)
                && passes("vendorName", v.name)
                && passes("addressCode", &address(v))
                && passes("country", v.country())
                && call.query("approved").is_none_or(|flag| flag.eq_ignore_ascii_case("true"))
        })
        .collect();
    if call.query("sortBy").is_some_and(|by| by.eq_ignore_ascii_case("vendorName")) {
        found.sort_by_key(|v| v.name);
    }
    if call.query("sortDirection").is_some_and(|way| way.to_lowercase().starts_with("desc")) {
        found.reverse();
    }
    let page: Vec<Value> = found.iter().skip(from).take(limit).map(|v| written(v)).collect();
    let next = from.saturating_add(limit);
    let next_page = (next < found.len()).then(|| {
        let base = state.url(state.switches.home);
        format!("{base}/api/v3.1/invoice/vendors?limit={limit}&offset={next}")
    });
    Ok(Reply::ok(json!({
        "Vendor": page, "TotalCount": found.len(), "NextPage": next_page, "RequestRunSummary": null,
    })))
}

fn address(vendor: &Vendor) -> String {
    format!("{}-1", vendor.code)
}

fn written(vendor: &Vendor) -> Value {
    let terms = match vendor.terms {
        VendorTerms::Net(days) => days.max(1),
        VendorTerms::DayOfMonth(_) => 30,
    };
    json!({
        "VendorCode": vendor.code, "VendorName": vendor.name, "AddressCode": address(vendor),
        "Address1": "1 Harbour Road", "City": "Boston", "CountryCode": vendor.country(),
        "CurrencyCode": vendor.currency, "PaymentTerms": terms.to_string(), "Approved": "true",
        "PaymentMethodType": if vendor.code == "V2012" { "ACH" } else { "CLIENT" },
        "Custom1": null, "StatusList": [],
    })
}
