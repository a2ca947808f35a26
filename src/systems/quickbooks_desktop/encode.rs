//! An entry as the exact bytes of its request (contract 7.4 to 7.6). The order of elements is fixed, so that the same
//! entry gives the same bytes for ever.

use rust_decimal::Decimal;

use crate::model::entry::{Entry, EntryKind, Line, Named, Side};
use crate::model::ledger::{AccountType, LedgerFacts};
use crate::systems::{ItemKey, Prepared};

use super::assemble::key_of;
use super::queries::query_of;
use super::write::{Element, group, reference, request, text, written};

/// The request of one entry. An error is a sentence: the entry cannot be said in qbXML, or a figure is not exact.
pub fn encode(entry: &Entry, key: &ItemKey, facts: &LedgerFacts) -> Result<Prepared, String> {
    if key.reference != entry.reference {
        return Err(format!("the key {} is not that of {}", key.reference, entry.reference));
    }
    let item_key = key_of(key);
    let record = match entry.kind {
        EntryKind::Bill => bill(entry, facts)?,
        EntryKind::VendorCredit => credit(entry, facts)?,
        EntryKind::CardPurchase => card("CreditCardChargeAdd", entry, facts)?,
        EntryKind::CardRefund => card("CreditCardCreditAdd", entry, facts)?,
        EntryKind::Journal => journal(entry, facts)?,
    };
    let bytes = written(&request(request_of(entry.kind), &item_key, vec![record]))?.into_bytes();
    let query = query_of(entry.kind);
    let query = query.strip_suffix("Rq").unwrap_or(query);
    let mut lookup = serde_json::json!({ "request": query, "ref_number": entry.number });
    // a supplier's number says something together with its vendor only (reliability.md, 4.2)
    if let (false, Some(party)) = (entry.number == entry.reference.as_str(), &entry.party)
        && let Some(terms) = lookup.as_object_mut()
    {
        terms.insert("vendor".into(), party.id.clone().into());
    }
    Ok(Prepared { item_key, bytes, lookup })
}

fn request_of(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Bill => "BillAddRq",
        EntryKind::VendorCredit => "VendorCreditAddRq",
        EntryKind::CardPurchase => "CreditCardChargeAddRq",
        EntryKind::CardRefund => "CreditCardCreditAddRq",
        EntryKind::Journal => "JournalEntryAddRq",
    }
}

/// The lines that go out as lines of the record: all of a journal's, else those beside the header's own.
pub fn sent(entry: &Entry) -> impl Iterator<Item = &Line> {
    let journal = entry.kind == EntryKind::Journal;
    entry.lines.iter().filter(move |l| journal || !l.is_offset())
}

/// The side on which an amount of the record is positive.
pub fn positive_side(kind: EntryKind) -> Side {
    match kind {
        EntryKind::VendorCredit | EntryKind::CardRefund => Side::Credit,
        _ => Side::Debit,
    }
}

/// The memo of a journal's line: its text and our marker, because a journal has no header memo (contract 7.5).
pub fn line_memo(entry: &Entry, line: &Line) -> String {
    let marker = entry.reference.marker();
    if line.text.trim().is_empty() { marker } else { format!("{} · {marker}", line.text) }
}

/// The name on a journal's line, one at most: the vendor where the account is payable, the customer where the line has
/// one, else the name that the line has (contract 7.5).
pub fn line_entity<'a>(entry: &'a Entry, line: &'a Line, facts: &LedgerFacts) -> Option<&'a Named> {
    let vendor = || line.party.as_ref();
    match facts.account(&line.account.id).map(|a| a.kind) {
        Some(AccountType::AccountsPayable) => vendor().or(entry.party.as_ref()),
        _ => line.dimensions.customer.as_ref().or_else(vendor),
    }
}

fn bill(entry: &Entry, facts: &LedgerFacts) -> Result<Element, String> {
    let mut children = vec![vendor(entry)?];
    children.extend(offset(entry, "APAccountRef"));
    children.push(text("TxnDate", entry.date.to_string()));
    children.extend(entry.due.map(|d| text("DueDate", d.to_string())));
    children.extend([text("RefNumber", &entry.number), text("Memo", &entry.memo)]);
    children.extend(rate(entry, facts));
    children.extend(expense_lines(entry, facts)?);
    Ok(group("BillAdd", children))
}

/// A credit has no due date and no terms (contract 7.6).
fn credit(entry: &Entry, facts: &LedgerFacts) -> Result<Element, String> {
    let mut children = vec![vendor(entry)?];
    children.extend(offset(entry, "APAccountRef"));
    children.push(text("TxnDate", entry.date.to_string()));
    children.extend([text("RefNumber", &entry.number), text("Memo", &entry.memo)]);
    children.extend(rate(entry, facts));
    children.extend(expense_lines(entry, facts)?);
    Ok(group("VendorCreditAdd", children))
}

fn card(name: &'static str, entry: &Entry, facts: &LedgerFacts) -> Result<Element, String> {
    let mut children = vec![offset(entry, "AccountRef").ok_or("the card account is missing")?];
    children.extend(entry.party.as_ref().map(|p| reference("PayeeEntityRef", &p.id)));
    children.push(text("TxnDate", entry.date.to_string()));
    children.extend([text("RefNumber", &entry.number), text("Memo", &entry.memo)]);
    children.extend(rate(entry, facts));
    children.extend(expense_lines(entry, facts)?);
    Ok(group(name, children))
}

fn vendor(entry: &Entry) -> Result<Element, String> {
    let party = entry.party.as_ref().ok_or("the vendor is missing")?;
    Ok(reference("VendorRef", &party.id))
}

fn offset(entry: &Entry, name: &'static str) -> Option<Element> {
    entry.offset_account.as_ref().map(|a| reference(name, &a.id))
}

/// The rate of a record in another currency than home; it is never rounded, because it is part of what was approved.
fn rate(entry: &Entry, facts: &LedgerFacts) -> Option<Element> {
    let company = &facts.company;
    let foreign = company.multicurrency && entry.currency != company.home_currency;
    entry.rate.filter(|_| foreign).map(|r| text("ExchangeRate", r.normalize().to_string()))
}

fn expense_lines(entry: &Entry, facts: &LedgerFacts) -> Result<Vec<Element>, String> {
    // a credit is written with the sides swapped: what is positive there is what we get back
    let positive = positive_side(entry.kind);
    let mut lines = Vec::new();
    for line in sent(entry) {
        let signed = if line.side == positive { line.amount } else { -line.amount };
        let mut children = vec![reference("AccountRef", &line.account.id), text("Amount", amount(signed)?)];
        children.extend(memo(&line.text));
        children.extend(line.dimensions.customer.as_ref().map(|c| reference("CustomerRef", &c.id)));
        children.extend(class(line, facts)?);
        children.extend(billable(line, line.dimensions.customer.is_some())?);
        lines.push(group("ExpenseLineAdd", children));
    }
    if lines.is_empty() { Err("there is no line".into()) } else { Ok(lines) }
}

fn journal(entry: &Entry, facts: &LedgerFacts) -> Result<Element, String> {
    let mut children = vec![text("TxnDate", entry.date.to_string()), text("RefNumber", &entry.number)];
    for line in sent(entry) {
        let negative = line.amount.is_sign_negative() && !line.amount.is_zero();
        let debit = (line.side == Side::Debit) != negative;
        let mut parts =
            vec![reference("AccountRef", &line.account.id), text("Amount", amount(line.amount.abs())?)];
        parts.push(text("Memo", line_memo(entry, line)));
        let entity = line_entity(entry, line, facts);
        parts.extend(entity.map(|e| reference("EntityRef", &e.id)));
        parts.extend(class(line, facts)?);
        let customer = line.dimensions.customer.as_ref();
        let receivable =
            facts.account(&line.account.id).is_some_and(|a| a.kind == AccountType::AccountsReceivable);
        let owed = customer.is_some() && entity == customer && !receivable;
        parts.extend(billable(line, owed)?);
        children.push(group(if debit { "JournalDebitLine" } else { "JournalCreditLine" }, parts));
    }
    if children.len() < 4 {
        Err("a journal needs two lines".into())
    } else {
        Ok(group("JournalEntryAdd", children))
    }
}

fn memo(line: &str) -> Option<Element> {
    Some(line).filter(|t| !t.trim().is_empty()).map(|t| text("Memo", t))
}

fn class(line: &Line, facts: &LedgerFacts) -> Result<Option<Element>, String> {
    match &line.dimensions.class {
        Some(_) if !facts.company.classes => Err("classes are not switched on in QuickBooks".into()),
        class => Ok(class.as_ref().map(|c| reference("ClassRef", &c.id))),
    }
}

/// Said on every line with a customer, because QuickBooks would take such a line for billable by itself.
fn billable(line: &Line, customer: bool) -> Result<Option<Element>, String> {
    match (line.billable, customer) {
        (true, false) => Err("a billable line needs a customer".into()),
        (_, false) => Ok(None),
        (yes, true) => Ok(Some(text("BillableStatus", if yes { "Billable" } else { "NotBillable" }))),
    }
}

/// Two decimals exactly; nothing is rounded.
fn amount(value: Decimal) -> Result<String, String> {
    let mut value = value.normalize();
    if value.scale() > 2 {
        return Err(format!("the amount {value} has more than two decimals"));
    }
    value.rescale(2);
    if value.is_zero() {
        value.set_sign_positive(true);
    }
    Ok(value.to_string())
}
