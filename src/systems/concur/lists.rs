//! Vendors (contract of Concur, 4.3) and list items such as cost centres (5.1), read only.
//!
//! Bank details and tax numbers are in these answers too. They are not read into anything (accounting.md, 4.4).

use serde::Deserialize;

use super::Concur;
use super::call::{Call, encoded};
use super::lenient::{Flag, Text, Whole};
use super::reports::Next;
use super::shapes::{Many, One};
use crate::systems::CallError;

/// Pages of one list: a list that is longer is broken.
const PAGES: u32 = 10_000;

/// A vendor; its key is code and address code together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vendor {
    /// Code.
    pub code: String,
    /// Code of the remit-to address.
    pub address: String,
    /// Name.
    pub name: String,
    /// Currency code, as sent.
    pub currency: String,
    /// Country code, as sent.
    pub country: String,
    /// Approved for use.
    pub approved: bool,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListItem {
    /// UUID.
    pub id: String,
    /// Path of short codes, joined by hyphens.
    pub code: String,
    /// Its own code.
    pub short_code: String,
    /// The text that people see.
    pub value: String,
    /// Its parent, none at the top.
    pub parent: Option<String>,
    /// It was removed.
    pub deleted: bool,
    /// It has items below it, in the list that was asked.
    pub has_children: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct VendorPage {
    vendor: Many<WireVendor>,
    next_page: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct WireVendor {
    vendor_code: Text,
    address_code: Text,
    vendor_name: Text,
    currency_code: Text,
    country_code: Text,
    approved: Flag,
}

impl Next for VendorPage {
    fn next(&self) -> &str {
        &self.next_page.0
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ItemPage {
    content: Many<WireItem>,
    page: One<Totals>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Totals {
    total_pages: Whole,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WireItem {
    id: Text,
    code: Text,
    short_code: Text,
    value: Text,
    parent_id: Text,
    is_deleted: Flag,
    lists: Many<Membership>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Membership {
    id: Text,
    has_children: Flag,
}

impl Concur {
    /// All vendors. One that comes twice, because a page repeats, is kept once.
    pub async fn vendors(&self) -> Result<Vec<Vendor>, CallError> {
        let pages = self.pages::<VendorPage>("v3", "/api/v3.1/invoice/vendors", "limit=1000", true).await?;
        let mut seen = std::collections::BTreeSet::new();
        let all = pages.into_iter().flat_map(|p| p.vendor.0).map(|v| Vendor {
            code: v.vendor_code.0,
            address: v.address_code.0,
            name: v.vendor_name.0,
            currency: v.currency_code.0,
            country: v.country_code.0,
            approved: v.approved.0,
        });
        Ok(all.filter(|v| seen.insert((v.code.clone(), v.address.clone()))).collect())
    }

    /// The items of a list: its first level, or what is below an item.
    pub async fn list_items(&self, list: &str, below: Option<&str>) -> Result<Vec<ListItem>, CallError> {
        let path = match below {
            None => format!("/list/v4/lists/{}/children", encoded(list)),
            Some(item) => format!("/list/v4/lists/{}/items/{}/children", encoded(list), encoded(item)),
        };
        let mut out = Vec::new();
        for number in 1..=PAGES {
            let reply = self.call(Call::get("lists", format!("{path}?page={number}"))).await?;
            let page: ItemPage = serde_json::from_slice(&reply.body)
                .map_err(|e| CallError::Shape(format!("the items of a list: {e}")))?;
            let empty = page.content.0.is_empty();
            out.extend(page.content.0.into_iter().map(|i| item(i, list)));
            let pages = page.page.0.and_then(|p| p.total_pages.0).unwrap_or(1);
            if empty || number >= pages {
                return Ok(out);
            }
        }
        Err(CallError::Shape("the items of a list do not end".into()))
    }
}

fn item(i: WireItem, list: &str) -> ListItem {
    ListItem {
        has_children: i.lists.0.iter().any(|l| l.id.0 == list && l.has_children.0),
        id: i.id.0,
        code: i.code.0,
        short_code: i.short_code.0,
        value: i.value.0,
        parent: i.parent_id.some(),
        deleted: i.is_deleted.0,
    }
}

#[cfg(test)]
#[path = "lists_tests.rs"]
mod tests;
