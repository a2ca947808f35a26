//! References of requests to list elements, and the checks that go with them (contract, 8).

use super::books::Books;
use super::lists::{ListKind, well_formed};
use super::texts::{self, Status};
use super::xml::Node;

/// Where a reference stands, for the words of a refusal.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The element's name, as `VendorRef`.
    pub field: &'static str,
    /// The kinds that may be named.
    pub kinds: &'static [ListKind],
    /// The kind as the message says it.
    pub what: &'static str,
}

impl Place {
    /// A reference to one list.
    pub const fn new(field: &'static str, kinds: &'static [ListKind], what: &'static str) -> Self {
        Self { field, kinds, what }
    }
}

/// The target of an optional reference. A target that is not there, or that is not active, is 3140; an id that no
/// object can have 3000.
pub fn reference(books: &Books, node: &Node, place: Place, holder: &str) -> Result<Option<usize>, Status> {
    let Some(reference) = node.child(place.field) else { return Ok(None) };
    let value = |name: &str| reference.value(name).map(str::trim).filter(|text| !text.is_empty());
    let (named, found) = match (value("ListID"), value("FullName")) {
        (Some(id), _) if !well_formed(id) => return Err(texts::bad_id(id, "list id")),
        (Some(id), _) => {
            (id, books.lists.by_id(id).filter(|at| place.kinds.contains(&books.lists.get(*at).kind)))
        }
        (None, Some(name)) => (name, books.lists.by_name(place.kinds, name)),
        (None, None) => return Ok(None),
    };
    match found.filter(|at| books.lists.get(*at).active) {
        Some(at) => Ok(Some(at)),
        None => Err(texts::bad_reference(place.what, named, holder)),
    }
}

/// A reference to an account.
pub const ACCOUNT: Place = Place::new("AccountRef", &[ListKind::Account], "Account");
/// A reference to a payable.
pub const PAYABLE: Place = Place::new("APAccountRef", &[ListKind::Account], "Account");
/// A reference to a vendor.
pub const VENDOR: Place = Place::new("VendorRef", &[ListKind::Vendor], "Vendor");
/// A reference to a payee.
pub const PAYEE: Place = Place::new("PayeeEntityRef", super::lists::NAMES, "Entity");
/// A reference to any name.
pub const ENTITY: Place = Place::new("EntityRef", super::lists::NAMES, "Entity");
/// A reference to a customer or job.
pub const CUSTOMER: Place = Place::new("CustomerRef", &[ListKind::Customer], "Customer");
/// A reference to terms.
pub const TERMS: Place = Place::new("TermsRef", &[ListKind::Terms], "Terms");
/// A reference to a currency.
pub const CURRENCY: Place = Place::new("CurrencyRef", &[ListKind::Currency], "Currency");

/// A reference to a class; with class tracking off the feature is not there.
pub fn class(books: &Books, node: &Node, holder: &str) -> Result<Option<usize>, Status> {
    const CLASS: Place = Place::new("ClassRef", &[ListKind::Class], "Class");
    if node.child("ClassRef").is_some_and(|reference| !reference.children.is_empty())
        && !books.file.class_tracking
    {
        return Err(texts::feature_off());
    }
    reference(books, node, CLASS, holder)
}

/// References to lists on which the company has nothing: whatever they name is not there.
pub fn nowhere(node: &Node, fields: &[(&'static str, &str)], holder: &str) -> Result<(), Status> {
    for (field, what) in fields {
        let reference = node.child(field);
        if let Some(named) = reference.and_then(|r| r.value("ListID").or_else(|| r.value("FullName"))) {
            return Err(texts::bad_reference(what, named, holder));
        }
    }
    Ok(())
}

/// `ListID` and full name of an element, as references in answers show them.
pub fn shown(books: &Books, at: Option<usize>) -> Option<(&str, &str)> {
    at.map(|at| books.lists.get(at)).map(|element| (element.id.as_str(), element.full_name.as_str()))
}

/// All list elements that a request names, by id, path or name.
pub fn named(books: &Books, node: &Node) -> Vec<usize> {
    let mut found = Vec::new();
    collect(books, node, &mut found);
    found
}

fn collect(books: &Books, node: &Node, found: &mut Vec<usize>) {
    let text = node.text.trim();
    match node.name.as_str() {
        "ListID" => found.extend(books.lists.by_id(text)),
        "FullName" => {
            found.extend(books.lists.by_name(&[ListKind::Account], text));
            found.extend(books.lists.by_name(super::lists::NAMES, text));
        }
        _ => node.children.iter().for_each(|child| collect(books, child, found)),
    }
}
