//! Bills, vendor credits, purchases and journal entries as they are read (contract 7.2 to 7.5): for look-ups and for
//! the recent records.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

use crate::model::clock::calendar_date;
use crate::model::entry::EntryKind;
use crate::model::ledger::RecentRecord;
use crate::model::money::Currency;
use crate::model::reference::Reference;
use crate::systems::CallError;

use super::query::Entity;
use super::wire::{Ref, text, truth};
use super::wire_lists::{currency, id_of, missing, typed};

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
        self.txn_date.as_deref().and_then(calendar_date)
    }

    /// Our reference, when the memo ends with our marker.
    pub fn marker(&self) -> Option<Reference> {
        self.private_note.as_deref().and_then(Reference::in_memo)
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

    /// The currency's reference, where there is one.
    pub fn currency(&self) -> Option<&Ref> {
        self.currency_ref.as_ref()
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
