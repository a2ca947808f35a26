//! Reference data in full (contract 7.1 and 7.2). Bank details, tax identifiers and 1099 marks are never asked for
//! (accounting.md, 4.4 and 4.5).

use crate::systems::{CallError, ItemRecord, ListHead, VendorRecord};

use super::Client;
use super::call::{PAGE, Query};
use super::facts::{ACCOUNT, CLASS, CUSTOMER, account_type, active, asked, need};
use super::queries::{self, List, Narrow, Walk};
use super::record::{Currencies, named};
use super::status::Class;
use super::xml::Element;

/// Fields of a vendor that is compared with the source's.
pub const VENDOR: &[&str] = &[
    "ListID",
    "EditSequence",
    "Name",
    "IsActive",
    "VendorAddress",
    "Email",
    "AccountNumber",
    "TermsRef",
    "CurrencyRef",
];

impl Client {
    /// All vendors, inactive ones too.
    pub(super) async fn all_vendors(&self) -> Result<Vec<VendorRecord>, CallError> {
        let currencies = self.currencies().await?;
        let page = |walk: Walk<'_>| queries::list(List::Vendor, "page", &asked(VENDOR), walk);
        self.pages(page, PAGE, |e| vendor(e, &currencies).map(Some)).await
    }

    /// One vendor, as it is now.
    pub(super) async fn one_vendor(&self, id: &str) -> Result<Option<VendorRecord>, CallError> {
        let currencies = self.currencies().await?;
        let ids = [id.to_string()];
        let narrow = Narrow { ids: &ids, fields: VENDOR, ..Narrow::default() };
        let query = Query::new("vendor", queries::list(List::Vendor, "vendor", &narrow, Walk::Whole))?.or(&[
            Class::Partial,
            Class::Stale,
            Class::Permanent,
        ]);
        let mut found = None;
        self.ask(&[query], |_, element| {
            if element.text("ListID") == Some(id) {
                found = Some(vendor(&element, &currencies)?);
            }
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// The lists that the company keeps; none of them is written.
    pub(super) async fn list_heads(&self) -> Result<Vec<ListHead>, CallError> {
        let told = self.told().await?;
        let head = |id: &str, name: &str| ListHead { id: id.into(), name: name.into(), read_only: true };
        let mut heads = Vec::new();
        if told.classes {
            heads.push(head("class", "Class"));
        }
        heads.extend([head("customer", "Customer:Job"), head("account", "Account")]);
        Ok(heads)
    }

    /// The items of one list, inactive ones too.
    pub(super) async fn list_items(&self, list: String) -> Result<Vec<ItemRecord>, CallError> {
        let whole = |of: List, fields: &'static [&'static str]| {
            Query::new("items", queries::list(of, "items", &asked(fields), Walk::Whole))
        };
        let query = match list.as_str() {
            "class" => whole(List::Class, CLASS)?,
            "account" => whole(List::Account, ACCOUNT)?,
            "customer" => {
                let page = |walk: Walk<'_>| queries::list(List::Customer, "page", &asked(CUSTOMER), walk);
                return self.pages(page, PAGE, |e| item(&list, e)).await;
            }
            _ => {
                let why = format!("QuickBooks has no list {list:?}: class, customer or account");
                return Err(CallError::Refused(why));
            }
        };
        let mut out = Vec::new();
        self.ask(&[query], |_, element| {
            out.extend(item(&list, &element)?);
            Ok(())
        })
        .await?;
        Ok(out)
    }
}

fn item(list: &str, element: &Element) -> Result<Option<ItemRecord>, CallError> {
    if element.text("AccountType").is_some_and(|t| account_type(t).is_none()) {
        return Ok(None);
    }
    let full = element.text("FullName").or_else(|| element.text("Name")).unwrap_or_default();
    Ok(Some(ItemRecord {
        id: need(element, "ListID")?.into(),
        list: list.into(),
        code: element.text("AccountNumber").unwrap_or(full).into(),
        name: full.into(),
        parent: named(element.child("ParentRef")).map(|p| p.id),
        active: active(element),
        version: element.text("EditSequence").unwrap_or_default().into(),
    }))
}

/// A vendor as both ends know it.
pub fn vendor(element: &Element, currencies: &Currencies) -> Result<VendorRecord, CallError> {
    let address = element.child("VendorAddress");
    let part = |name: &str| address.and_then(|a| a.text(name)).unwrap_or_default().to_string();
    let lines = ["Addr1", "Addr2", "Addr3", "Addr4", "Addr5"].map(part);
    let currency = element.child("CurrencyRef").map(|_| currencies.of(element)).transpose()?;
    Ok(VendorRecord {
        id: need(element, "ListID")?.into(),
        code: element.text("AccountNumber").unwrap_or_default().into(),
        address_code: String::new(),
        name: need(element, "Name")?.into(),
        email: element.text("Email").map(Into::into),
        currency,
        country: part("Country"),
        lines: lines.into_iter().filter(|l| !l.is_empty()).collect(),
        city: part("City"),
        region: part("State"),
        postal_code: part("PostalCode"),
        // the rules of terms are not read
        terms_days: None,
        active: active(element),
        version: element.text("EditSequence").unwrap_or_default().into(),
    })
}
