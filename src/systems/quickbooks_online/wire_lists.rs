//! Rows of lists, and what they are in our words (contract 7). Fields that are not ours to know (bank
//! details, tax identifiers) have no place here, so they end with the answer (accounting.md, section 4.4).

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::model::ledger::{Account, AccountType, DimensionValue, Due, Term, Vendor};
use crate::model::money::Currency;
use crate::systems::CallError;

use super::query::Entity;
use super::wire::{Ref, text, truth};

/// Reads a row, naming the field that cannot be read.
pub fn typed<T: DeserializeOwned>(entity: Entity, row: &Value) -> Result<T, CallError> {
    serde_path_to_error::deserialize(row)
        .map_err(|e| CallError::Shape(format!("{}.{}: {}", entity.name(), e.path(), e.inner())))
}

/// A field that has to be there is not.
pub fn missing(entity: Entity, id: &str, field: &str) -> CallError {
    CallError::Shape(format!("{} {id}: {field} is missing", entity.name()))
}

/// A currency code; absent: none.
pub fn currency(entity: Entity, id: &str, reference: Option<&Ref>) -> Result<Option<Currency>, CallError> {
    let parse = |c: &str| {
        c.parse().map_err(|e| CallError::Shape(format!("{} {id}: CurrencyRef: {e}", entity.name())))
    };
    Ref::id(reference).map(parse).transpose()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListRow {
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    display_name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    fully_qualified_name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    acct_num: Option<String>,
    #[serde(default, deserialize_with = "text")]
    account_type: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    active: Option<bool>,
    currency_ref: Option<Ref>,
    term_ref: Option<Ref>,
    primary_email_addr: Option<Email>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Email {
    #[serde(default, deserialize_with = "text")]
    address: Option<String>,
}

/// The id of a row.
pub fn id_of(entity: Entity, row: &Value) -> Result<String, CallError> {
    match row.get("Id") {
        Some(Value::String(id)) if !id.is_empty() => Ok(id.clone()),
        Some(Value::Number(n)) => Ok(n.to_string()),
        _ => Err(missing(entity, "?", "Id")),
    }
}

/// A stub of something that is gone (contract 3.2).
pub fn is_deleted(row: &Value) -> bool {
    row.get("status").and_then(Value::as_str).is_some_and(|s| s.eq_ignore_ascii_case("deleted"))
}

impl ListRow {
    fn read(entity: Entity, row: &Value) -> Result<(String, Self), CallError> {
        let this: Self = typed(entity, row)?;
        let id = this.id.clone().filter(|i| !i.is_empty()).ok_or_else(|| missing(entity, "?", "Id"))?;
        Ok((id, this))
    }

    fn is_active(&self) -> bool {
        self.active.unwrap_or(true)
    }

    /// An inactive name reads with a suffix, but keeps its place among the names (contract 2).
    fn shown(&self, name: Option<&String>) -> String {
        let name = name.map(String::as_str).unwrap_or_default();
        if self.is_active() { name.into() } else { name.strip_suffix(" (deleted)").unwrap_or(name).into() }
    }
}

/// A vendor.
pub fn vendor(row: &Value) -> Result<Vendor, CallError> {
    let (id, r) = ListRow::read(Entity::Vendor, row)?;
    let email = r.primary_email_addr.as_ref().and_then(|e| e.address.as_deref());
    Ok(Vendor {
        code: r.acct_num.as_deref().unwrap_or_default().trim().into(),
        name: r.shown(r.display_name.as_ref()),
        email: email.map(|e| e.trim().to_lowercase()).filter(|e| !e.is_empty()),
        currency: currency(Entity::Vendor, &id, r.currency_ref.as_ref())?,
        active: r.is_active(),
        term: Ref::id(r.term_ref.as_ref()).map(Into::into),
        id,
    })
}

/// An account; none for a kind that this version does not know, which then can be used nowhere.
pub fn account(row: &Value) -> Result<Option<Account>, CallError> {
    let (id, r) = ListRow::read(Entity::Account, row)?;
    let Some(kind) = account_type(r.account_type.as_deref().unwrap_or_default()) else {
        tracing::warn!(id, kind = r.account_type.as_deref().unwrap_or(""), "account of an unknown kind");
        return Ok(None);
    };
    Ok(Some(Account {
        number: r.acct_num.as_deref().unwrap_or_default().trim().into(),
        name: r.shown(r.name.as_ref().or(r.fully_qualified_name.as_ref())),
        kind,
        currency: currency(Entity::Account, &id, r.currency_ref.as_ref())?,
        active: r.is_active(),
        id,
    }))
}

fn account_type(text: &str) -> Option<AccountType> {
    use AccountType::*;
    Some(match text.to_ascii_lowercase().as_str() {
        "bank" => Bank,
        "accounts receivable" => AccountsReceivable,
        "other current asset" => CurrentAsset,
        "fixed asset" | "other asset" => FixedAsset,
        "accounts payable" => AccountsPayable,
        "credit card" => CreditCard,
        "other current liability" => CurrentLiability,
        "long term liability" => LongTermLiability,
        "equity" => Equity,
        "income" => Income,
        "cost of goods sold" => CostOfSales,
        "expense" => Expense,
        "other income" => OtherIncome,
        "other expense" => OtherExpense,
        _ => return None,
    })
}

/// A payment term (contract 7.8), inactive ones too, since vendors keep them; none for one without days, which then
/// says nothing about a due date.
pub fn term(row: &Value) -> Result<Option<Term>, CallError> {
    let (id, r) = ListRow::read(Entity::Term, row)?;
    let number = |field: &str| match row.get(field) {
        Some(Value::Number(n)) => n.as_u64(),
        Some(Value::String(s)) => s.trim().parse().ok(),
        _ => None,
    };
    let days = number("DueDays").and_then(|d| u16::try_from(d).ok()).map(Due::Days);
    let day = number("DayOfMonthDue").and_then(|d| i8::try_from(d).ok()).filter(|d| (1..=31).contains(d));
    let by_date =
        row.get("Type").and_then(Value::as_str).is_some_and(|t| t.eq_ignore_ascii_case("DATE_DRIVEN"));
    let due = if by_date { day.map(Due::DayOfMonth) } else { days.or(day.map(Due::DayOfMonth)) };
    if due.is_none() {
        tracing::warn!(id, "payment term without days");
    }
    Ok(due.map(|due| Term { name: r.shown(r.name.as_ref()), due, id }))
}

/// A class, department or customer.
pub fn dimension(entity: Entity, row: &Value) -> Result<DimensionValue, CallError> {
    let (id, r) = ListRow::read(entity, row)?;
    let name = r.fully_qualified_name.as_ref().or(r.display_name.as_ref()).or(r.name.as_ref());
    Ok(DimensionValue { name: r.shown(name), active: r.is_active(), id })
}

/// An employee's name.
pub fn employee(row: &Value) -> Result<String, CallError> {
    let (_, r) = ListRow::read(Entity::Employee, row)?;
    Ok(r.shown(r.display_name.as_ref().or(r.name.as_ref())))
}
