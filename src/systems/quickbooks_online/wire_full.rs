//! A record with its lines, as the tie-out reads it (contract 7.2 to 7.5).

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

use crate::model::entry::{EntryKind, Named, Side};
use crate::model::money::Currency;
use crate::systems::{CallError, LedgerLine, LedgerRecord};

use super::query::Entity;
use super::wire::{Ref, text};
use super::wire_lists::{missing, typed};
use super::wire_records::Transaction;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Full {
    vendor_ref: Option<Ref>,
    entity_ref: Option<Ref>,
    #[serde(rename = "APAccountRef")]
    payable: Option<Ref>,
    account_ref: Option<Ref>,
    department_ref: Option<Ref>,
    exchange_rate: Option<Decimal>,
    home_total_amt: Option<Decimal>,
    balance: Option<Decimal>,
    #[serde(default, deserialize_with = "text")]
    private_note: Option<String>,
    meta_data: Option<MetaData>,
    line: Option<Vec<FullLine>>,
    txn_tax_detail: Option<TaxDetail>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetaData {
    #[serde(default, deserialize_with = "text")]
    last_updated_time: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TaxDetail {
    tax_line: Option<Vec<TaxLine>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TaxLine {
    amount: Option<Decimal>,
    tax_line_detail: Option<TaxLineDetail>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TaxLineDetail {
    tax_rate_ref: Option<Ref>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FullLine {
    amount: Option<Decimal>,
    #[serde(default, deserialize_with = "text")]
    description: Option<String>,
    #[serde(default, deserialize_with = "text")]
    detail_type: Option<String>,
    #[serde(alias = "ItemBasedExpenseLineDetail")]
    account_based_expense_line_detail: Option<Detail>,
    journal_entry_line_detail: Option<Detail>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Detail {
    account_ref: Option<Ref>,
    item_ref: Option<Ref>,
    class_ref: Option<Ref>,
    customer_ref: Option<Ref>,
    department_ref: Option<Ref>,
    #[serde(default, deserialize_with = "text")]
    posting_type: Option<String>,
    entity: Option<LineEntity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LineEntity {
    #[serde(default, alias = "type", deserialize_with = "text")]
    r#type: Option<String>,
    entity_ref: Option<Ref>,
}

/// The instant of the last change, where the row tells it.
pub fn changed_at(row: &Value) -> Option<Timestamp> {
    let text = row.pointer("/MetaData/LastUpdatedTime").and_then(Value::as_str)?;
    text.parse().ok()
}

/// A record as it is now. `home` is the currency where the row names none.
pub fn record(entity: Entity, row: &Value, home: Currency) -> Result<LedgerRecord, CallError> {
    let base = Transaction::read(entity, row)?;
    let full: Full = typed(entity, row)?;
    let kind = match entity {
        Entity::VendorCredit => EntryKind::VendorCredit,
        Entity::Purchase if base.is_credit() => EntryKind::CardRefund,
        Entity::Purchase => EntryKind::CardPurchase,
        Entity::JournalEntry => EntryKind::Journal,
        _ => EntryKind::Bill,
    };
    let need = |field: &str| missing(entity, &base.id, field);
    let currency = super::wire_lists::currency(entity, &base.id, base.currency())?.unwrap_or(home);
    let total = if kind == EntryKind::Journal { base.debits() } else { base.total() };
    let total = total.ok_or_else(|| need("TotalAmt"))?;
    let changed = full.meta_data.as_ref().and_then(|m| m.last_updated_time.as_deref());
    let lines = lines(kind, &full)?;
    let party = match kind {
        EntryKind::Journal => lines.iter().find_map(|l| l.party.clone()),
        _ => named(full.vendor_ref.as_ref().or(full.entity_ref.as_ref())),
    };
    Ok(LedgerRecord {
        kind,
        number: base.number().unwrap_or_default().into(),
        date: base.date().ok_or_else(|| need("TxnDate"))?,
        party,
        currency,
        rate: full.exchange_rate,
        total,
        home_total: full
            .home_total_amt
            .filter(|_| kind != EntryKind::Journal)
            .or((currency == home).then_some(total)),
        open: full.balance.filter(|_| matches!(kind, EntryKind::Bill | EntryKind::VendorCredit)),
        marker: base.marker().map(|m| m.to_string()),
        memo: full.private_note.unwrap_or_default(),
        offset_account: named(full.payable.as_ref().or(full.account_ref.as_ref())),
        lines,
        // QuickBooks keeps no drafts of these kinds
        not_final: None,
        changed_at: changed.and_then(|t| t.parse().ok()).ok_or_else(|| need("MetaData.LastUpdatedTime"))?,
        id: base.id,
    })
}

fn named(reference: Option<&Ref>) -> Option<Named> {
    let id = Ref::id(reference)?;
    let name = reference.and_then(|r| r.name.clone()).filter(|n| !n.is_empty());
    Some(Named::new(id, name.unwrap_or_else(|| id.to_string())))
}

fn lines(kind: EntryKind, full: &Full) -> Result<Vec<LedgerLine>, CallError> {
    let positive = super::tax::positive_side(kind);
    let mut out = Vec::new();
    let empty = Detail::default();
    for line in full.line.iter().flatten() {
        // a line that is only text
        let Some(amount) = line.amount else { continue };
        let journal = line.journal_entry_line_detail.as_ref();
        let detail = journal.or(line.account_based_expense_line_detail.as_ref()).unwrap_or(&empty);
        let side = match (kind, detail.posting_type.as_deref()) {
            (EntryKind::Journal, Some(p)) if p.eq_ignore_ascii_case("debit") => Side::Debit,
            (EntryKind::Journal, Some(p)) if p.eq_ignore_ascii_case("credit") => Side::Credit,
            (EntryKind::Journal, _) => {
                return Err(CallError::Shape("JournalEntry.Line: PostingType is missing".into()));
            }
            _ => positive,
        };
        let word = line.detail_type.clone().unwrap_or_default();
        // a line by item names its item: which account that books to is not told
        let account = named(detail.account_ref.as_ref()).unwrap_or_else(|| {
            let item = named(detail.item_ref.as_ref()).map(|n| n.name);
            Named::new("", item.map_or(word, |i| format!("item {i}")))
        });
        let is = |e: &LineEntity, what: &str| {
            e.r#type.as_deref().map_or(what == "vendor", |t| t.eq_ignore_ascii_case(what))
        };
        let entity = detail.entity.as_ref();
        let of_entity = |customer: bool| {
            let e = entity.filter(|e| is(e, "customer") == customer)?;
            named(e.entity_ref.as_ref())
        };
        let department = detail.department_ref.as_ref().or(full.department_ref.as_ref());
        out.push(LedgerLine {
            side: if amount.is_sign_negative() { side.flipped() } else { side },
            account,
            amount: amount.abs(),
            class: named(detail.class_ref.as_ref()),
            department: named(department),
            customer: named(detail.customer_ref.as_ref()).or_else(|| of_entity(true)),
            party: of_entity(false),
            text: line.description.clone().unwrap_or_default(),
        });
    }
    let taxes = full.txn_tax_detail.iter().filter_map(|d| d.tax_line.as_ref()).flatten();
    for tax in taxes.filter(|_| kind != EntryKind::Journal) {
        let amount = tax.amount.filter(|a| !a.is_zero());
        let Some(amount) = amount else { continue };
        let rate = tax.tax_line_detail.as_ref().and_then(|d| Ref::id(d.tax_rate_ref.as_ref()));
        out.push(LedgerLine {
            side: if amount.is_sign_negative() { positive.flipped() } else { positive },
            // the account of the tax agency, which the record does not name
            account: Named::new("", format!("tax rate {}", rate.unwrap_or("unknown"))),
            amount: amount.abs(),
            class: None,
            department: None,
            customer: None,
            party: None,
            text: String::new(),
        });
    }
    Ok(out)
}
