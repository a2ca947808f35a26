//! Vendors made and changed (contract 7.3). Bank details, tax identifiers and the 1099 flag are never written.

use crate::systems::VendorRecord;

use super::write::{Element, flag, group, request, text, written};

/// `VendorAdd`: name, address, e-mail, our code as account number. A currency other than home needs the ListID of the
/// ledger's currency, because it cannot be changed later.
///
/// # Errors
/// A sentence: a name with a colon, too long or beyond Latin-1 (names are never cut).
pub fn vendor_add(id: &str, vendor: &VendorRecord, currency: Option<&str>) -> Result<String, String> {
    name_holds(&vendor.name)?;
    let mut children = vec![text("Name", &vendor.name), flag("IsActive", true)];
    children.extend(address(vendor));
    children.extend(vendor.email.as_deref().filter(|e| !e.is_empty()).map(|e| text("Email", e)));
    children.extend(Some(vendor.code.as_str()).filter(|c| !c.is_empty()).map(|c| text("AccountNumber", c)));
    children.extend(currency.map(|c| group("CurrencyRef", vec![text("ListID", c)])));
    written(&request("VendorAddRq", id, vec![group("VendorAdd", children)]))
}

/// What is changed of a vendor; what is none stays as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct VendorChange<'a> {
    /// Its ListID.
    pub list_id: &'a str,
    /// The sequence that was read just now.
    pub edit_sequence: &'a str,
    /// Name.
    pub name: Option<&'a str>,
    /// Usable.
    pub active: Option<bool>,
    /// E-mail; empty clears it.
    pub email: Option<&'a str>,
    /// Our code; empty clears it.
    pub account_number: Option<&'a str>,
}

/// `VendorMod`.
///
/// # Errors
/// A sentence, as [`vendor_add`].
pub fn vendor_mod(id: &str, change: &VendorChange<'_>) -> Result<String, String> {
    let mut children = vec![text("ListID", change.list_id), text("EditSequence", change.edit_sequence)];
    if let Some(name) = change.name {
        name_holds(name)?;
        children.push(text("Name", name));
    }
    children.extend(change.active.map(|a| flag("IsActive", a)));
    children.extend(change.email.map(|e| text("Email", e)));
    children.extend(change.account_number.map(|n| text("AccountNumber", n)));
    written(&request("VendorModRq", id, vec![group("VendorMod", children)]))
}

fn name_holds(name: &str) -> Result<(), String> {
    if name.trim().is_empty() {
        return Err("a vendor needs a name".into());
    }
    if name.contains(':') {
        return Err(format!("{name:?} cannot be a vendor's name: a colon parts a customer from its job"));
    }
    Ok(())
}

/// The address, none where the record has none.
fn address(vendor: &VendorRecord) -> Option<Element> {
    const LINES: [&str; 5] = ["Addr1", "Addr2", "Addr3", "Addr4", "Addr5"];
    let mut parts: Vec<Element> = LINES.into_iter().zip(&vendor.lines).map(|(n, l)| text(n, l)).collect();
    for (name, value) in [
        ("City", &vendor.city),
        ("State", &vendor.region),
        ("PostalCode", &vendor.postal_code),
        ("Country", &vendor.country),
    ] {
        if !value.is_empty() {
            parts.push(text(name, value));
        }
    }
    (!parts.is_empty()).then(|| group("VendorAddress", parts))
}
