//! Rows of lists and transactions, and what they are in our words (contract 7). Fields that are not ours to know (bank
//! details, tax identifiers) have no place here, so they end with the answer (accounting.md, section 4.4).

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::model::entry::EntryKind;
use crate::model::ledger::{Account, AccountType, DimensionValue, RecentRecord, Vendor};
use crate::model::money::Currency;
use crate::model::reference::Reference;
use crate::systems::CallError;

use super::lookup::marker_of;
use super::query::Entity;
use super::wire::{Ref, text, truth};

/// Reads a row, naming the field that cannot be read.
pub fn typed<T: DeserializeOwned>(entity: Entity, row: &Value) -> Result<T, CallError> {
    serde_path_to_error::deserialize(row)
        .map_err(|e| CallError::Shape(format!("{}.{}: {}", entity.name(), e.path(), e.inner())))
}

fn missing(entity: Entity, id: &str, field: &str) -> CallError {
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

/// A bill, vendor credit, purchase or journal entry, as far as it concerns us.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Transaction {
    /// Its id.
    #[serde(default)]
    pub id: String,
    #[serde(default, deserialize_with = "text")]
    doc_number: Option<String>,
    #[serde(default, deserialize_with = "text")]
    txn_date: Option<String>,
    #[serde(default, deserialize_with = "text")]
    private_note: Option<String>,
    total_amt: Option<Decimal>,
    currency_ref: Option<Ref>,
    vendor_ref: Option<Ref>,
    entity_ref: Option<PartyRef>,
    #[serde(default, deserialize_with = "text")]
    payment_type: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    credit: Option<bool>,
    line: Option<Vec<TransactionLine>>,
}

#[derive(Debug, Clone, Deserialize)]
struct PartyRef {
    #[serde(default, deserialize_with = "text")]
    value: Option<String>,
    #[serde(default, alias = "Type", deserialize_with = "text")]
    r#type: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TransactionLine {
    amount: Option<Decimal>,
    journal_entry_line_detail: Option<JournalDetail>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct JournalDetail {
    #[serde(default, deserialize_with = "text")]
    posting_type: Option<String>,
    entity: Option<LineEntity>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LineEntity {
    #[serde(default, alias = "type", deserialize_with = "text")]
    r#type: Option<String>,
    entity_ref: Option<Ref>,
}

impl Transaction {
    /// Reads a row.
    pub fn read(entity: Entity, row: &Value) -> Result<Self, CallError> {
        let mut this: Self = typed(entity, row)?;
        this.id = id_of(entity, row)?;
        Ok(this)
    }

    /// The visible number.
    pub fn number(&self) -> Option<&str> {
        self.doc_number.as_deref()
    }

    /// The posting date.
    pub fn date(&self) -> Option<Date> {
        self.txn_date.as_deref().and_then(crate::model::clock::calendar_date)
    }

    /// Our reference, when the memo ends with our marker.
    pub fn marker(&self) -> Option<Reference> {
        marker_of(self.private_note.as_deref())
    }

    /// The record's own total; Σ lines where it is absent.
    pub fn total(&self) -> Option<Decimal> {
        self.total_amt.or_else(|| {
            let lines = self.line.as_ref()?;
            Some(lines.iter().filter_map(|l| l.amount).sum())
        })
    }

    /// Σ debits of a journal, whose `TotalAmt` says nothing (contract 7.4).
    pub fn debits(&self) -> Option<Decimal> {
        let debit = |l: &&TransactionLine| {
            let detail = l.journal_entry_line_detail.as_ref();
            detail.and_then(|d| d.posting_type.as_deref()).is_some_and(|p| p.eq_ignore_ascii_case("debit"))
        };
        self.line.as_ref().map(|lines| lines.iter().filter(debit).filter_map(|l| l.amount).sum())
    }

    /// The currency's code, where there is one.
    pub fn currency_code(&self) -> Option<&str> {
        Ref::id(self.currency_ref.as_ref())
    }

    /// A refund to a card.
    pub fn is_credit(&self) -> bool {
        self.credit.unwrap_or(false)
    }

    /// The vendor's id.
    pub fn party(&self, entity: Entity) -> Option<&str> {
        let is_vendor = |t: Option<&str>| t.is_none_or(|t| t.eq_ignore_ascii_case("vendor"));
        match entity {
            Entity::Purchase => {
                let party = self.entity_ref.as_ref().filter(|e| is_vendor(e.r#type.as_deref()))?;
                party.value.as_deref().filter(|v| !v.is_empty())
            }
            Entity::JournalEntry => self.line.iter().flatten().find_map(|l| {
                let party = l.journal_entry_line_detail.as_ref()?.entity.as_ref()?;
                Ref::id(party.entity_ref.as_ref()).filter(|_| is_vendor(party.r#type.as_deref()))
            }),
            _ => Ref::id(self.vendor_ref.as_ref()),
        }
    }

    /// As a recent record; none for what is no entry of ours by kind (a cheque, cash).
    pub fn recent(&self, entity: Entity, home: Currency) -> Result<Option<RecentRecord>, CallError> {
        let card = self.payment_type.as_deref().is_some_and(|p| p.eq_ignore_ascii_case("creditcard"));
        let kind = match entity {
            Entity::Bill => EntryKind::Bill,
            Entity::VendorCredit => EntryKind::VendorCredit,
            Entity::Purchase if card && self.is_credit() => EntryKind::CardRefund,
            Entity::Purchase if card => EntryKind::CardPurchase,
            Entity::JournalEntry => EntryKind::Journal,
            _ => return Ok(None),
        };
        let amount = if kind == EntryKind::Journal { self.debits() } else { self.total() };
        Ok(Some(RecentRecord {
            kind,
            id: self.id.clone(),
            vendor: self.party(entity).map(Into::into),
            number: self.number().unwrap_or_default().into(),
            date: self.date().ok_or_else(|| missing(entity, &self.id, "TxnDate"))?,
            amount: amount.ok_or_else(|| missing(entity, &self.id, "TotalAmt"))?,
            currency: currency(entity, &self.id, self.currency_ref.as_ref())?.unwrap_or(home),
            marker: self.marker().map(|m| m.to_string()),
        }))
    }
}
