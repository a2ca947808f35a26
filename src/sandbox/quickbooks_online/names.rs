//! Vendors, customers and employees (contract sections 7.1, 7.8).

use serde_json::{Map, json};

use super::books::Row;
use super::fault::ApiFault;
use super::kind::Kind;
use super::lists::{GONE, active, bare, free_name, known_currency, parent};
use super::refs;
use super::state::State;
use super::wire::{self, Object};

/// A vendor, customer or employee out of a request.
pub fn name(state: &State, kind: Kind, body: &Object, old: Option<&Row>) -> Result<Object, ApiFault> {
    let mut out = Map::new();
    let mut parts = Vec::new();
    for (key, most) in [
        ("Title", 16),
        ("GivenName", 100),
        ("MiddleName", 100),
        ("FamilyName", 100),
        ("Suffix", 16),
        ("CompanyName", 100),
        ("PrintOnCheckName", 110),
        ("DisplayName", 500 + GONE.len()),
    ] {
        if let Some(text) = wire::text_within(body, key, 0, most)? {
            if text.contains([':', '\t', '\n']) {
                return Err(ApiFault::of("2040", format!("Invalid String : {text:?}"), key));
            }
            let text = text.trim().to_owned();
            if most <= 100 && key != "CompanyName" && !text.is_empty() {
                parts.push(text.clone());
            }
            out.insert(key.to_owned(), json!(text));
        }
    }
    let display =
        match out.get("DisplayName").and_then(|value| value.as_str()).filter(|name| !name.is_empty()) {
            Some(name) => bare(name).to_owned(),
            None if parts.is_empty() => return Err(ApiFault::missing("DisplayName")),
            None => parts.join(" "),
        };
    free_name(state, kind, &display, old)?;
    let active = active(body, old, &mut out)?;
    let shown = if active { display.clone() } else { format!("{display}{GONE}") };
    out.entry("PrintOnCheckName").or_insert_with(|| json!(display));
    contact(body, &mut out)?;
    match kind {
        Kind::Vendor => {
            name_currency(state, body, old, &mut out)?;
            vendor(state, body, &mut out)?;
        }
        Kind::Employee => {
            if !["GivenName", "FamilyName"].iter().any(|key| out.contains_key(*key)) {
                return Err(ApiFault::missing("GivenName"));
            }
        }
        _ => {
            name_currency(state, body, old, &mut out)?;
            customer(state, body, old, &shown, &mut out)?;
        }
    }
    out.insert("DisplayName".to_owned(), json!(shown));
    Ok(out)
}

/// Kept and answered as they come.
const PASSED: &[&str] = &[
    "AlternatePhone",
    "Mobile",
    "Fax",
    "WebAddr",
    "OtherAddr",
    "ShipAddr",
    "OtherContactInfo",
    "BusinessNumber",
];

fn contact(body: &Object, out: &mut Object) -> Result<(), ApiFault> {
    if let Some(email) = body.get("PrimaryEmailAddr").and_then(|value| value.as_object())
        && let Some(address) = wire::text_within(email, "Address", 0, 100)?
    {
        if !address.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.')) {
            return Err(ApiFault::of(
                "2210",
                format!("Invalid Email Address format : {address}"),
                "PrimaryEmailAddr",
            ));
        }
        out.insert("PrimaryEmailAddr".to_owned(), json!({"Address": address}));
    }
    if let Some(phone) = body.get("PrimaryPhone").and_then(|value| value.as_object())
        && let Some(number) = wire::text_within(phone, "FreeFormNumber", 0, 30)?
    {
        out.insert("PrimaryPhone".to_owned(), json!({"FreeFormNumber": number}));
    }
    for key in PASSED {
        if let Some(value) = body.get(*key) {
            out.insert((*key).to_owned(), value.clone());
        }
    }
    if let Some(address) = body.get("BillAddr").and_then(|value| value.as_object()) {
        for key in ["Line1", "Line2", "Line3", "Line4", "Line5"] {
            wire::text_within(address, key, 0, 500)?;
        }
        for key in ["City", "CountrySubDivisionCode", "Country"] {
            wire::text_within(address, key, 0, 255)?;
        }
        wire::text_within(address, "PostalCode", 0, 30)?;
        out.insert("BillAddr".to_owned(), json!(address));
    }
    Ok(())
}

/// The currency is given at creation alone.
fn name_currency(state: &State, body: &Object, old: Option<&Row>, out: &mut Object) -> Result<(), ApiFault> {
    let home = &state.company.home_currency;
    let given = refs::id_of(body, "CurrencyRef")?;
    let code = match old {
        Some(old) => {
            let have = refs::currency_of(state, old).to_owned();
            if given.is_some_and(|code| code != have) {
                return Err(ApiFault::business("The currency of a name cannot be changed."));
            }
            have
        }
        None => given.unwrap_or_else(|| home.clone()),
    };
    known_currency(state, &code)?;
    out.insert("CurrencyRef".to_owned(), json!({"value": code}));
    Ok(())
}

fn vendor(state: &State, body: &Object, out: &mut Object) -> Result<(), ApiFault> {
    for (key, most) in [("AcctNum", 100), ("TaxIdentifier", 20), ("Notes", 4000)] {
        if let Some(text) = wire::text_within(body, key, 0, most)? {
            out.insert(key.to_owned(), json!(text));
        }
    }
    if let Some(term) = refs::optional(state, body, "TermRef", Kind::Term)? {
        out.insert("TermRef".to_owned(), refs::to(term));
    }
    out.insert("Vendor1099".to_owned(), json!(wire::boolean(body, "Vendor1099")?.unwrap_or(false)));
    Ok(())
}

fn customer(
    state: &State,
    body: &Object,
    old: Option<&Row>,
    shown: &str,
    out: &mut Object,
) -> Result<(), ApiFault> {
    let parent = parent(state, Kind::Customer, body, old)?;
    let job = wire::boolean(body, "Job")?.unwrap_or(parent.is_some());
    if job && parent.is_none() {
        return Err(ApiFault::missing("ParentRef"));
    }
    let full =
        parent.map_or_else(|| shown.to_owned(), |row| format!("{}:{shown}", row.text("FullyQualifiedName")));
    out.insert("FullyQualifiedName".to_owned(), json!(full));
    out.insert("Job".to_owned(), json!(job));
    out.insert("Level".to_owned(), json!(full.matches(':').count()));
    out.insert("IsProject".to_owned(), json!(wire::boolean(body, "IsProject")?.unwrap_or(false)));
    out.insert("BillWithParent".to_owned(), json!(wire::boolean(body, "BillWithParent")?.unwrap_or(false)));
    if let Some(parent) = parent {
        out.insert("ParentRef".to_owned(), json!({"value": parent.id}));
    }
    Ok(())
}
