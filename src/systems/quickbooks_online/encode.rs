//! An entry as the exact bytes of one batch item (contract 7.2 to 7.5). The key order is fixed, so that the same entry
//! gives the same bytes for ever.

use rust_decimal::Decimal;
use serde_json::Number;

use crate::model::entry::{Dimensions, Entry, EntryKind, Line, Named, Side};
use crate::model::ledger::{AccountType, LedgerFacts};
use crate::model::money;
use crate::systems::{ItemKey, Prepared};

use super::wire_sent::{
    ExpenseDetail, JournalDetail, LineEntity, PartyRef, Record, RecordLine, Ref, TaxDetail, TaxLine,
    TaxLineDetail,
};
use super::{entity_of, tax};

/// The item of one entry. An error is a sentence: the entry cannot be said in this API, or a figure is not exact.
pub fn encode(entry: &Entry, key: &ItemKey, facts: &LedgerFacts) -> Result<Prepared, String> {
    if key.reference != entry.reference {
        return Err(format!("the key {} is not that of {}", key.reference, entry.reference));
    }
    let entity = entity_of(entry.kind).name();
    let record = match entry.kind {
        EntryKind::Journal => journal(entry, facts)?,
        _ => expense(entry, facts)?,
    };
    let body = serde_json::to_string(&record).map_err(|e| e.to_string())?;
    let item_key = key.reference.item_id().to_string();
    // reference and entity name are plain letters and digits: nothing to escape
    let bytes = format!(r#"{{"bId":"{item_key}","operation":"create","{entity}":{body}}}"#).into_bytes();
    let mut lookup = serde_json::json!({ "entity": entity, "doc_number": entry.number });
    // a supplier's number says something together with its vendor only (reliability.md, 4.2)
    if let (false, Some(party)) = (entry.number == entry.reference.as_str(), &entry.party)
        && let Some(terms) = lookup.as_object_mut()
    {
        terms.insert("vendor".into(), party.id.clone().into());
    }
    Ok(Prepared { item_key, bytes, lookup })
}

fn header<'a>(entry: &'a Entry, facts: &LedgerFacts) -> Result<Record<'a>, String> {
    let foreign = facts.company.multicurrency && entry.currency != facts.company.home_currency;
    if !facts.company.multicurrency && entry.currency != facts.company.home_currency {
        return Err(format!(
            "{} is not the home currency, and several currencies are not switched on",
            entry.currency
        ));
    }
    Ok(Record {
        vendor: None,
        payable: None,
        payment_type: None,
        account: None,
        entity: None,
        credit: None,
        date: entry.date.to_string(),
        due: None,
        number: &entry.number,
        memo: &entry.memo,
        location: None,
        currency: facts.company.multicurrency.then(|| Ref { value: entry.currency.code() }),
        rate: entry.rate.filter(|_| foreign).map(rate).transpose()?,
        tax: tax_model(entry, facts),
        tax_detail: None,
        lines: Vec::new(),
    })
}

/// Left out in the US; required elsewhere (contract 7.9): net amounts with tax codes, or no tax at all.
fn tax_model(entry: &Entry, facts: &LedgerFacts) -> Option<&'static str> {
    match entry.kind {
        _ if facts.company.country == "US" => None,
        _ if tax::computed(entry, facts) => Some("TaxExcluded"),
        EntryKind::Journal => None,
        _ => Some("NotApplicable"),
    }
}

fn tax_detail<'a>(entry: &Entry, facts: &'a LedgerFacts) -> Result<Option<TaxDetail<'a>>, String> {
    if !tax::computed(entry, facts) {
        return Ok(None);
    }
    let line = |t: tax::RateTotal<'a>| {
        Ok(TaxLine {
            amount: amount(t.amount, entry)?,
            detail_type: "TaxLineDetail",
            tax_line_detail: TaxLineDetail {
                tax_rate_ref: Ref { value: t.rate },
                percent_based: false,
                net_amount_taxable: amount(t.net, entry)?,
            },
        })
    };
    let tax_line = tax::overrides(entry, facts)?.into_iter().map(line).collect::<Result<Vec<_>, String>>()?;
    Ok(Some(TaxDetail { tax_line }))
}

/// The one class of a record whose company keeps classes per record: it stands on every line (contract 7.10).
fn class_of_record<'a>(entry: &'a Entry, facts: &LedgerFacts) -> Option<&'a Named> {
    let mut classes = tax::sent(entry).filter_map(|l| l.dimensions.class.as_ref());
    let one = classes.next().filter(|_| facts.company.class_per_record)?;
    classes.all(|c| c.id == one.id).then_some(one)
}

fn expense<'a>(entry: &'a Entry, facts: &'a LedgerFacts) -> Result<Record<'a>, String> {
    let mut record = header(entry, facts)?;
    record.location = entry.location.as_ref().map(by_id);
    let offset = entry.offset_account.as_ref().map(by_id);
    match entry.kind {
        EntryKind::CardPurchase | EntryKind::CardRefund => {
            record.payment_type = Some("CreditCard");
            record.account = Some(offset.ok_or("the card account is missing")?);
            record.entity = entry.party.as_ref().map(|p| PartyRef { value: &p.id, r#type: "Vendor" });
            record.credit = (entry.kind == EntryKind::CardRefund).then_some(true);
        }
        _ => {
            record.vendor = Some(entry.party.as_ref().map(by_id).ok_or("the vendor is missing")?);
            record.payable = offset;
            record.due = entry.due.filter(|_| entry.kind == EntryKind::Bill).map(|d| d.to_string());
        }
    }
    record.tax_detail = tax_detail(entry, facts)?;
    let class_of_record = class_of_record(entry, facts);
    // a credit is written with the sides swapped: what is positive there is what we get back
    let positive = tax::positive_side(entry.kind);
    for line in tax::sent(entry) {
        let signed = if line.side == positive { line.amount } else { -line.amount };
        record.lines.push(RecordLine {
            amount: amount(signed, entry)?,
            description: &line.text,
            detail_type: "AccountBasedExpenseLineDetail",
            account_based_expense_line_detail: Some(ExpenseDetail {
                account_ref: by_id(&line.account),
                class_ref: line.dimensions.class.as_ref().or(class_of_record).map(by_id),
                customer_ref: line.dimensions.customer.as_ref().map(by_id),
                billable_status: billable(line)?,
                tax_code_ref: line.tax_code.as_deref().map(|value| Ref { value }),
            }),
            journal_entry_line_detail: None,
        });
    }
    if record.lines.is_empty() { Err("there is no line".into()) } else { Ok(record) }
}

fn journal<'a>(entry: &'a Entry, facts: &LedgerFacts) -> Result<Record<'a>, String> {
    let mut record = header(entry, facts)?;
    for line in tax::sent(entry) {
        let entity = line_entity(entry, line, facts)?;
        let negative = line.amount.is_sign_negative() && !line.amount.is_zero();
        let debit = (line.side == Side::Debit) != negative;
        // each taxed line of a journal carries its own tax (contract 7.9); in the US there is none
        let taxed = tax::of_line(entry, line).filter(|_| tax::computed(entry, facts));
        let taxed = taxed.map(|t| amount(t, entry)).transpose()?;
        record.lines.push(RecordLine {
            amount: amount(line.amount.abs(), entry)?,
            description: &line.text,
            detail_type: "JournalEntryLineDetail",
            account_based_expense_line_detail: None,
            journal_entry_line_detail: Some(JournalDetail {
                posting_type: if debit { "Debit" } else { "Credit" },
                account_ref: by_id(&line.account),
                entity,
                class_ref: line.dimensions.class.as_ref().map(by_id),
                department_ref: line.dimensions.department.as_ref().map(by_id),
                billable_status: billable(line)?,
                tax_code_ref: taxed.as_ref().and(line.tax_code.as_deref()).map(|value| Ref { value }),
                tax_applicable_on: taxed.as_ref().map(|_| "Purchase"),
                tax_amount: taxed,
            }),
        });
    }
    if record.lines.len() < 2 { Err("a journal needs two lines".into()) } else { Ok(record) }
}

/// The name on a journal's line: a vendor where the account is payable, a customer where it is receivable or the cost
/// is somebody's, else the name that the line has (contract 7.4: one name a line).
fn line_entity<'a>(
    entry: &'a Entry,
    line: &'a Line,
    facts: &LedgerFacts,
) -> Result<Option<LineEntity<'a>>, String> {
    let vendor = |p: &'a Named| LineEntity { r#type: "Vendor", entity_ref: by_id(p) };
    let kind = facts.account(&line.account.id).map(|a| a.kind);
    if kind == Some(AccountType::AccountsPayable) {
        let party = line.party.as_ref().or(entry.party.as_ref());
        return Ok(Some(vendor(party.ok_or("a payable line of a journal needs a vendor")?)));
    }
    let Dimensions { customer, .. } = &line.dimensions;
    match customer {
        Some(c) => Ok(Some(LineEntity { r#type: "Customer", entity_ref: by_id(c) })),
        None if kind == Some(AccountType::AccountsReceivable) => {
            Err("a receivable line of a journal needs a customer".into())
        }
        None => Ok(line.party.as_ref().map(vendor)),
    }
}

fn by_id(named: &Named) -> Ref<'_> {
    Ref { value: &named.id }
}

fn billable(line: &Line) -> Result<Option<&'static str>, String> {
    match (line.billable, &line.dimensions.customer) {
        (false, _) => Ok(None),
        (true, Some(_)) => Ok(Some("Billable")),
        (true, None) => Err("a billable line needs a customer".into()),
    }
}

/// An exact amount with the currency's decimals, two at most (contract 2).
fn amount(value: Decimal, entry: &Entry) -> Result<Number, String> {
    let exponent = entry.currency.exponent().min(2);
    if value.normalize().scale() > exponent {
        return Err(format!("the amount {value} has more than {exponent} decimals"));
    }
    number(&money::plain(value, entry.currency), value)
}

/// A rate with seven decimals at most; it is never rounded, because it is part of what was approved.
fn rate(value: Decimal) -> Result<Number, String> {
    let value = value.normalize();
    if value.scale() > 7 || value <= Decimal::ZERO {
        return Err(format!("the exchange rate {value} is not above zero with at most 7 decimals"));
    }
    number(&value.to_string(), value)
}

fn number(text: &str, value: Decimal) -> Result<Number, String> {
    text.parse().map_err(|_| format!("{value} cannot be written as a number"))
}
