//! A transaction as QuickBooks holds it (contract 7.4 to 7.6), read by names.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use crate::model::clock::calendar_date;
use crate::model::entry::{EntryKind, Named, Side};
use crate::model::money::Currency;
use crate::model::reference::Reference;
use crate::systems::{CallError, LedgerLine, LedgerRecord};

use super::queries::word_of;
use super::xml::Element;

/// The currencies of a company: QuickBooks names them by id and by name, not by code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Currencies {
    /// Home.
    pub home: Currency,
    /// Codes by ListID and by name (lower case).
    pub others: BTreeMap<String, Currency>,
}

impl Currencies {
    /// One currency.
    pub fn only(home: Currency) -> Self {
        Self { home, others: BTreeMap::new() }
    }

    /// The currency that a record names; home where it names none, or where there is only one.
    ///
    /// # Errors
    /// It names one that is not in the list.
    pub fn of(&self, record: &Element) -> Result<Currency, CallError> {
        let Some(reference) = record.child("CurrencyRef").filter(|_| !self.others.is_empty()) else {
            return Ok(self.home);
        };
        let known = |key: Option<&str>| key.and_then(|k| self.others.get(&k.to_lowercase())).copied();
        let name = reference.text("FullName");
        known(reference.text("ListID")).or_else(|| known(name)).ok_or_else(|| {
            CallError::Shape(format!(
                "{}: the currency {:?} is not known",
                record.name,
                name.unwrap_or_default()
            ))
        })
    }
}

/// The kind of a record, by the name of its element.
pub fn kind_of(element: &str) -> Option<EntryKind> {
    let word = element.strip_suffix("Ret")?;
    EntryKind::ALL.into_iter().find(|k| word_of(*k) == word)
}

/// A reference to a list's element, where it is there.
pub fn named(reference: Option<&Element>) -> Option<Named> {
    let reference = reference?;
    let id = reference.text("ListID")?;
    Some(Named::new(id, reference.text("FullName").unwrap_or(id)))
}

/// An amount.
///
/// # Errors
/// It is no number.
pub fn amount(element: &Element, field: &str) -> Result<Option<Decimal>, CallError> {
    let read = |t: &str| {
        Decimal::from_str_exact(t)
            .map_err(|_| CallError::Shape(format!("{}.{field} is no amount: {t:?}", element.name)))
    };
    element.text(field).map(read).transpose()
}

/// An instant as QuickBooks tells it. Its offset may be an hour wrong in summer (contract 4.1), so it is never used for
/// a decision that an hour would turn.
pub fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let local: DateTime = text.parse().ok()?;
    local.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp())
}

/// A record. What is open of a bill or credit is told only where its links were asked for.
///
/// # Errors
/// [`CallError::Shape`]: a field that has to be there is not.
pub fn record(
    kind: EntryKind,
    element: &Element,
    currencies: &Currencies,
    linked: bool,
) -> Result<LedgerRecord, CallError> {
    let id = element.text("TxnID").unwrap_or_default().to_string();
    let missing = |field: &str| CallError::Shape(format!("{} {id}: {field} is missing", element.name));
    if id.is_empty() {
        return Err(missing("TxnID"));
    }
    let date = element.text("TxnDate").and_then(calendar_date).ok_or_else(|| missing("TxnDate"))?;
    let changed = element.text("TimeModified").and_then(instant).ok_or_else(|| missing("TimeModified"))?;
    let lines = lines(kind, element)?;
    let debits = || lines.iter().filter(|l| l.side == Side::Debit).map(|l| l.amount).sum::<Decimal>();
    let (total, home_total) = match kind {
        EntryKind::Bill => ("AmountDue", "AmountDueInHomeCurrency"),
        EntryKind::VendorCredit => ("CreditAmount", "CreditAmountInHomeCurrency"),
        EntryKind::CardPurchase | EntryKind::CardRefund => ("Amount", "AmountInHomeCurrency"),
        EntryKind::Journal => ("", ""),
    };
    let total = match kind {
        EntryKind::Journal => debits(),
        _ => amount(element, total)?.ok_or_else(|| missing(total))?,
    };
    let currency = currencies.of(element)?;
    let home_total = match kind {
        EntryKind::Journal => None,
        _ => amount(element, home_total)?,
    };
    let memo = element.text("Memo");
    let texts = || memo.into_iter().chain(lines.iter().map(|l| l.text.as_str()));
    let marker = texts().find_map(Reference::in_memo).map(|r| r.to_string());
    let memo = match kind {
        EntryKind::Journal => memo.or(lines.first().map(|l| l.text.as_str())),
        _ => memo,
    };
    let (party, offset) = match kind {
        EntryKind::Bill | EntryKind::VendorCredit => ("VendorRef", "APAccountRef"),
        _ => ("PayeeEntityRef", "AccountRef"),
    };
    let party = match kind {
        EntryKind::Journal => lines.iter().find_map(|l| l.party.clone()),
        _ => named(element.child(party)),
    };
    Ok(LedgerRecord {
        kind,
        number: element.text("RefNumber").unwrap_or_default().into(),
        date,
        party,
        currency,
        rate: amount(element, "ExchangeRate")?,
        total,
        home_total: home_total.or((currency == currencies.home).then_some(total)),
        open: open(kind, element, total, linked)?,
        marker,
        memo: memo.unwrap_or_default().into(),
        offset_account: named(element.child(offset)).filter(|_| kind != EntryKind::Journal),
        lines,
        // QuickBooks keeps no drafts of these kinds
        not_final: None,
        changed_at: changed,
        id,
    })
}

/// What is open of a bill or credit: its total without what was linked to it. `OpenAmount` was seen to be wrong
/// (contract 7.4). The sign of a link's amount is not told, so its size counts.
fn open(
    kind: EntryKind,
    element: &Element,
    total: Decimal,
    linked: bool,
) -> Result<Option<Decimal>, CallError> {
    if !matches!(kind, EntryKind::Bill | EntryKind::VendorCredit) || !linked {
        return Ok(None);
    }
    if element.text("IsPaid").is_some_and(super::greeting::truth) {
        return Ok(Some(Decimal::ZERO));
    }
    let mut open = total;
    for link in element.all("LinkedTxn").filter(|l| l.text("LinkType").is_none_or(|t| t == "AMTTYPE")) {
        open -= amount(link, "Amount")?.unwrap_or_default().abs();
    }
    Ok(Some(open))
}

fn lines(kind: EntryKind, element: &Element) -> Result<Vec<LedgerLine>, CallError> {
    let positive = match kind {
        EntryKind::VendorCredit | EntryKind::CardRefund => Side::Credit,
        _ => Side::Debit,
    };
    let mut out = Vec::new();
    for line in element.children() {
        let (side, field) = match line.name.as_str() {
            "ExpenseLineRet" | "ItemLineRet" => (positive, "Amount"),
            "ItemGroupLineRet" => (positive, "TotalAmount"),
            "JournalDebitLine" => (Side::Debit, "Amount"),
            "JournalCreditLine" => (Side::Credit, "Amount"),
            _ => continue,
        };
        // a line that is only text
        let Some(amount) = amount(line, field)? else { continue };
        // a line by item names its item: which account that books to is not told
        let item = || named(line.child("ItemRef").or_else(|| line.child("ItemGroupRef")));
        let account = named(line.child("AccountRef")).unwrap_or_else(|| {
            Named::new("", item().map_or_else(|| line.name.clone(), |i| format!("item {}", i.name)))
        });
        out.push(LedgerLine {
            side: if amount.is_sign_negative() { side.flipped() } else { side },
            account,
            amount: amount.abs(),
            class: named(line.child("ClassRef")),
            department: None,
            customer: named(line.child("CustomerRef")),
            party: named(line.child("EntityRef")),
            text: line.text("Memo").or_else(|| line.text("Desc")).unwrap_or_default().into(),
        });
    }
    Ok(out)
}
