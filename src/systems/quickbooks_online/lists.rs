//! Reference data in full (contract 7.1 and 7.8).
//! Bank details, tax identifiers and 1099 marks have no field here and end with the answer (accounting.md, 4.4 and 4.5).

use serde::Deserialize;
use serde_json::Value;

use crate::systems::{CallError, ItemRecord, ListHead, VendorRecord};

use super::Client;
use super::query::{Entity, Query};
use super::wire::{Ref, text, truth};
use super::wire_lists::{currency, id_of, is_deleted, typed};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct VendorRow {
    #[serde(default, deserialize_with = "text")]
    display_name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    acct_num: Option<String>,
    #[serde(default, deserialize_with = "text")]
    sync_token: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    active: Option<bool>,
    primary_email_addr: Option<Email>,
    currency_ref: Option<Ref>,
    term_ref: Option<Ref>,
    bill_addr: Option<Address>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Email {
    #[serde(default, deserialize_with = "text")]
    address: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Address {
    #[serde(default, deserialize_with = "text")]
    line1: Option<String>,
    #[serde(default, deserialize_with = "text")]
    line2: Option<String>,
    #[serde(default, deserialize_with = "text")]
    line3: Option<String>,
    #[serde(default, deserialize_with = "text")]
    line4: Option<String>,
    #[serde(default, deserialize_with = "text")]
    line5: Option<String>,
    #[serde(default, deserialize_with = "text")]
    city: Option<String>,
    #[serde(default, deserialize_with = "text")]
    country_sub_division_code: Option<String>,
    #[serde(default, deserialize_with = "text")]
    postal_code: Option<String>,
    #[serde(default, deserialize_with = "text")]
    country: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ItemRow {
    #[serde(default, deserialize_with = "text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    display_name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    sync_token: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    active: Option<bool>,
    parent_ref: Option<Ref>,
}

/// The lists that hold cost objects, by the name under which they are asked for.
const LISTS: [(&str, Entity); 3] =
    [("class", Entity::Class), ("department", Entity::Department), ("customer", Entity::Customer)];

/// An inactive name reads with a suffix (contract 2).
fn shown(name: Option<String>, active: bool) -> String {
    let name = name.unwrap_or_default();
    if active { name } else { name.strip_suffix(" (deleted)").unwrap_or(&name).to_string() }
}

fn vendor(row: &Value, terms: &[Value]) -> Result<VendorRecord, CallError> {
    let id = id_of(Entity::Vendor, row)?;
    let r: VendorRow = typed(Entity::Vendor, row)?;
    let active = r.active.unwrap_or(true);
    let address = r.bill_addr.unwrap_or_default();
    let term = Ref::id(r.term_ref.as_ref());
    let days = terms.iter().find(|t| t.get("Id").and_then(Value::as_str) == term).filter(|_| term.is_some());
    let days = days.and_then(|t| t.get("DueDays")).and_then(Value::as_u64);
    let lines = [address.line1, address.line2, address.line3, address.line4, address.line5];
    Ok(VendorRecord {
        code: r.acct_num.unwrap_or_default().trim().into(),
        address_code: String::new(),
        name: shown(r.display_name, active),
        email: r.primary_email_addr.and_then(|e| e.address).filter(|e| !e.trim().is_empty()),
        currency: currency(Entity::Vendor, &id, r.currency_ref.as_ref())?,
        country: address.country.unwrap_or_default(),
        lines: lines.into_iter().flatten().filter(|l| !l.is_empty()).collect(),
        city: address.city.unwrap_or_default(),
        region: address.country_sub_division_code.unwrap_or_default(),
        postal_code: address.postal_code.unwrap_or_default(),
        terms_days: days.and_then(|d| u16::try_from(d).ok()),
        active,
        version: r.sync_token.unwrap_or_default(),
        id,
    })
}

fn item(list: &str, entity: Entity, row: &Value) -> Result<ItemRecord, CallError> {
    let id = id_of(entity, row)?;
    let r: ItemRow = typed(entity, row)?;
    let active = r.active.unwrap_or(true);
    let name = shown(r.display_name.or(r.name), active);
    Ok(ItemRecord {
        list: list.into(),
        code: name.clone(),
        name,
        parent: Ref::id(r.parent_ref.as_ref()).map(Into::into),
        active,
        version: r.sync_token.unwrap_or_default(),
        id,
    })
}

impl Client {
    /// All vendors, inactive ones too, with the days of their terms: one batch for each 1000, at first all at once.
    pub(super) async fn all_vendors(&self) -> Result<Vec<VendorRecord>, CallError> {
        let queries = vec![Query::list(Entity::Vendor), Query::optional(Entity::Term)];
        let mut lists = self.read_all(queries).await?.lists.into_iter();
        let (vendors, terms) = (lists.next().unwrap_or_default(), lists.next().unwrap_or_default());
        vendors.rows.iter().filter(|r| !is_deleted(r)).map(|r| vendor(r, &terms.rows)).collect()
    }

    /// The lists that this company keeps: one call.
    pub(super) async fn list_heads(&self) -> Result<Vec<ListHead>, CallError> {
        let preferences = self.preferences().await?;
        let prefs = preferences.get("AccountingInfoPrefs").cloned().unwrap_or_default();
        let on = |name: &str| match prefs.get(name) {
            Some(Value::Bool(b)) => *b,
            Some(Value::String(s)) => s.eq_ignore_ascii_case("true"),
            _ => false,
        };
        let term = |name: &str, otherwise: &str| {
            let said = prefs.get(name).and_then(Value::as_str).filter(|t| !t.trim().is_empty());
            said.unwrap_or(otherwise).to_string()
        };
        let mut heads = Vec::new();
        let mut add = |id: &str, name: String| heads.push(ListHead { id: id.into(), name, read_only: false });
        if on("ClassTrackingPerTxn") || on("ClassTrackingPerTxnLine") {
            add("class", "Class".into());
        }
        if on("TrackDepartments") {
            add("department", term("DepartmentTerminology", "Location"));
        }
        add("customer", term("CustomerTerminology", "Customer"));
        Ok(heads)
    }

    /// The items of one list, inactive ones too.
    pub(super) async fn list_items(&self, list: String) -> Result<Vec<ItemRecord>, CallError> {
        let entity = entity_of_list(&list)?;
        let lists = self.read_all(vec![Query::list(entity)]).await?.lists;
        let rows = lists.into_iter().flat_map(|l| l.rows).filter(|r| !is_deleted(r));
        rows.map(|r| item(&list, entity, &r)).collect()
    }
}

/// The kind of the items of a list.
pub fn entity_of_list(list: &str) -> Result<Entity, CallError> {
    let found = LISTS.iter().find(|(name, _)| *name == list).map(|(_, entity)| *entity);
    found.ok_or_else(|| {
        CallError::Refused(format!("QuickBooks has no list {list:?}: class, department or customer"))
    })
}
