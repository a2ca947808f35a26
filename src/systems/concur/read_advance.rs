//! A cash advance's meaning (contract of Concur, 2.8): one expense with one allocation that holds the debit lines.
//!
//! The samples hold the debit line alone and the flow adds the other side, so a credit line has no place here and is
//! refused rather than counted. Only an issue is a document for the ledger: an application stands in its report, and a
//! balance carried forward moves no money. Payment method 1 is Expense Pay; 0 is the firm's own payment, which is what
//! `APCHECK` says of an employee.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::read::{employee, employee_fields, parse, unread};
use super::read_expense::{money, need};
use super::wire_advance::{self as wire, AdvanceDocument};
use super::wire_expense::Employee;
use crate::model::document::{Allocation, Document, DocumentKind, Expense, Journal, Party};
use crate::systems::Unread;

/// Reads the bytes of a `document` object of the type `cashadvance`.
pub fn read(source_id: &str, bytes: &[u8]) -> Result<Document, Unread> {
    let d: AdvanceDocument = parse(bytes)?;
    let advance =
        d.cash_advance_data.0.ok_or_else(|| unread("cashAdvanceData", "the document has no cash advance"))?;
    let person = d.employee_data.0.ok_or_else(|| unread("employeeData", "the document has no employee"))?;
    let family = advance
        .cash_advance_id
        .some()
        .ok_or_else(|| unread("cashAdvanceData.cashAdvanceId", "the advance has no id"))?;
    if !matches!(advance.transaction_type.0.as_str(), "" | "1") {
        let message = format!("transaction type {:?} is no issue of an advance", advance.transaction_type.0);
        return Err(unread("cashAdvanceData.transactionType", message));
    }
    let currency =
        advance.employee_currency_alpha_code.0.or(advance.currency_alpha_code.0).ok_or_else(|| {
            unread("cashAdvanceData.employeeCurrencyAlphaCode", "the advance has no currency")
        })?;
    let mut fields = BTreeMap::new();
    employee_fields(&person, &mut fields);
    let journals = d.journal_data.0.iter().enumerate().map(|(n, j)| journal(n, j));
    let journals: Vec<Journal> = journals.collect::<Result<_, _>>()?;
    let requested = money(advance.request_amount, advance.currency_alpha_code);
    let same = |m: &crate::model::Money| m.currency == currency;
    let spend = requested.filter(|m| !same(m));
    let stated_total = match advance.currency_alpha_code.0 {
        Some(c) if c != currency => None,
        _ => advance.request_amount.0,
    };
    Ok(Document {
        kind: DocumentKind::CashAdvance,
        source_id: source_id.to_owned(),
        number: advance.name.some().unwrap_or_else(|| family.clone()),
        title: advance.purpose.or(&advance.name).0.clone(),
        ledger_code: advance.ledger_code.0.clone(),
        policy: String::new(),
        revision_number: 1,
        is_test: advance.is_test.0,
        currency,
        stated_total,
        payee: employee(&person),
        pay_method: pay_method(&advance, &person),
        payroll: false,
        payroll_clearing_account: None,
        submitted_at: advance.request_date.0,
        processed_at: advance.issued_date.0,
        report_date: None,
        invoice_date: None,
        due_date: None,
        posting_date: None,
        approver: None,
        fields,
        expenses: vec![expense(&advance, spend, &family, journals)],
        family,
        advances: Vec::new(),
        advance_returned: Decimal::ZERO,
        purchase_order: None,
    })
}

fn pay_method(a: &wire::Advance, person: &Employee) -> String {
    if a.expense_pay_indicator.0 || a.payment_method.0 == "1" {
        return "CNQRPAY".into();
    }
    match (person.employee_reimbursement_method_code.some(), a.payment_method.0.as_str()) {
        (Some(code), _) => code,
        (None, "0") => "APCHECK".into(),
        (None, _) => String::new(),
    }
}

fn journal(n: usize, j: &wire::Journal) -> Result<Journal, Unread> {
    if !matches!(j.debit_or_credit.0.to_ascii_uppercase().as_str(), "DR" | "") {
        let message = format!("expected the debit line alone, found {:?}", j.debit_or_credit.0);
        return Err(unread(format!("journalData[{n}].debitOrCredit"), message));
    }
    Ok(Journal {
        account_code: j.account_code.0.clone(),
        payer: Party::of(&j.payer.0),
        payee: Party::of(&j.payee.0),
        gross: need(j.amount, format!("journalData[{n}].amount"))?,
        taxes: Vec::new(),
    })
}

fn expense(
    a: &wire::Advance,
    spend: Option<crate::model::Money>,
    family: &str,
    journals: Vec<Journal>,
) -> Expense {
    Expense {
        id: family.to_owned(),
        type_code: String::new(),
        type_name: "Cash advance".into(),
        date: a.issued_date.0.map(|t| t.to_zoned(jiff::tz::TimeZone::UTC).date()),
        description: a.purpose.or(&a.name).0.clone(),
        merchant: String::new(),
        place: String::new(),
        rate: spend.and_then(|_| a.exchange_rate.some()),
        spend,
        approved: Some(journals.iter().map(|j| j.gross).sum()),
        personal: false,
        billable: false,
        receipt_type: String::new(),
        receipt: None,
        payment_type: String::new(),
        clearing_account: a.clearing_account_code.some(),
        liability_account: None,
        offset: false,
        card: None,
        fields: BTreeMap::new(),
        allocations: vec![Allocation {
            id: String::new(),
            percentage: None,
            fields: BTreeMap::new(),
            journals,
            taxes: Vec::new(),
        }],
    }
}
