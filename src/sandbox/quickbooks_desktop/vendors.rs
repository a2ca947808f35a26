//! Vendors: additions and modifications (contract, 7.3).

use super::books::Books;
use super::lists::{ListKind, well_formed};
use super::refs::{self, Place};
use super::ret::{cents, stored};
use super::spending::block;
use super::texts::{self, Status};
use super::xml::Node;

/// Plain fields that a vendor keeps, in the order of its answer.
pub const FIELDS: &[&str] = &[
    "CompanyName",
    "Salutation",
    "FirstName",
    "MiddleName",
    "LastName",
    "JobTitle",
    "Phone",
    "AltPhone",
    "Fax",
    "Email",
    "Cc",
    "Contact",
    "AltContact",
    "NameOnCheck",
    "AccountNumber",
    "Notes",
    "CreditLimit",
    "VendorTaxIdent",
    "IsVendorEligibleFor1099",
    "ExternalGUID",
];
const BLOCKS: &[&str] = &["VendorAddress", "ShipAddress"];
const PREFILL: Place = Place::new("PrefillAccountRef", &[ListKind::Account], "Account");

/// `VendorAdd`.
pub fn add(books: &mut Books, node: &Node) -> Result<usize, Status> {
    let name = stored(node.value("Name").unwrap_or_default());
    // References are looked at first: an addition that fails leaves nothing behind.
    let links = links(books, node)?;
    if node.value("OpenBalance").and_then(cents).is_some_and(|amount| amount != 0) {
        return Err(texts::not_saved("Vendor", "An opening balance cannot be entered here."));
    }
    let at = books.lists.add(ListKind::Vendor, name.trim(), None, books.now)?;
    if books.multicurrency() && !links.iter().any(|(field, _)| *field == "CurrencyRef") {
        let home = books.currency(None);
        books.lists.all[at].links.extend(home.map(|home| ("CurrencyRef", home)));
    }
    fill(books, at, node, links);
    Ok(at)
}

/// `VendorMod`.
pub fn change(books: &mut Books, node: &Node) -> Result<usize, Status> {
    let id = node.value("ListID").unwrap_or_default();
    if !well_formed(id) {
        return Err(texts::bad_id(id, "list id"));
    }
    let found = books.lists.by_id(id).filter(|at| books.lists.get(*at).kind == ListKind::Vendor);
    let at = found.ok_or_else(|| texts::not_found(id))?;
    let sequence = node.value("EditSequence").unwrap_or_default();
    if sequence != books.lists.get(at).edit.to_string() {
        return Err(texts::stale(sequence));
    }
    let links = links(books, node)?;
    let used = books.txns.live().any(|txn| books.txns.all[txn].entity == Some(at));
    let currency = links.iter().find(|(field, _)| *field == "CurrencyRef").map(|(_, target)| *target);
    if used && currency.is_some() && currency != books.lists.get(at).link("CurrencyRef") {
        return Err(Status::new(
            3170,
            "There was an error when modifying a Vendor.  QuickBooks error message: The currency of a vendor that has \
             transactions cannot be changed.",
        ));
    }
    let now = books.now;
    if let Some(name) = node.value("Name") {
        books.lists.rename(at, &stored(name), now)?;
    }
    fill(books, at, node, links);
    books.lists.all[at].touch(now);
    Ok(at)
}

fn links(books: &Books, node: &Node) -> Result<Vec<(&'static str, usize)>, Status> {
    refs::nowhere(node, &[("VendorTypeRef", "Vendor Type"), ("BillingRateRef", "Billing Rate")], "Vendor")?;
    let mut links = Vec::new();
    for place in [refs::TERMS, refs::CURRENCY] {
        links.extend(refs::reference(books, node, place, "Vendor")?.map(|at| (place.field, at)));
    }
    links.extend(refs::class(books, node, "Vendor")?.map(|at| ("ClassRef", at)));
    for prefill in node.all("PrefillAccountRef") {
        // Each one by itself: a reference is looked for among the children of its holder.
        let holder = Node { children: vec![prefill.clone()], ..Node::default() };
        links.extend(refs::reference(books, &holder, PREFILL, "Vendor")?.map(|at| (PREFILL.field, at)));
    }
    if !books.multicurrency() && links.iter().any(|(field, _)| *field == "CurrencyRef") {
        return Err(texts::feature_off());
    }
    Ok(links)
}

fn fill(books: &mut Books, at: usize, node: &Node, links: Vec<(&'static str, usize)>) {
    let element = &mut books.lists.all[at];
    for field in FIELDS {
        match node.value(field) {
            Some("") => {
                element.fields.remove(field);
            }
            Some(text) => {
                element.fields.insert(field, stored(text));
            }
            None => {}
        }
    }
    for name in BLOCKS {
        if let Some(address) = node.child(name) {
            element.blocks.retain(|(known, _)| known != name);
            element.blocks.push((name, block(address)));
        }
    }
    for name in ["TermsRef", "CurrencyRef", "ClassRef", "PrefillAccountRef"] {
        if links.iter().any(|(field, _)| *field == name) {
            element.links.retain(|(known, _)| *known != name);
        }
    }
    element.links.extend(links);
    match node.value("IsActive") {
        Some("true" | "1") => element.active = true,
        Some("false" | "0") => element.active = false,
        _ => {}
    }
}
