//! An expense report's meaning (contract of Concur, 2.6).

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::lenient::{Amount, Iso};
use super::read::{coded, employee, employee_fields, parse, unread};
use super::wire_expense::{self as wire, ExpenseDocument};
use crate::model::Money;
use crate::model::document::{
    AdvanceApplication, Allocation, CardFacts, Document, DocumentKind, Expense, Journal, Party, Tax,
};
use crate::model::money::Currency;
use crate::systems::Unread;

/// Reads the bytes of a `document` object of the type `expense`.
pub fn read(source_id: &str, bytes: &[u8]) -> Result<Document, Unread> {
    let d: ExpenseDocument = parse(bytes)?;
    let report = d.report.0.ok_or_else(|| unread("report", "the document has no report"))?;
    let person = d.employee.0.ok_or_else(|| unread("employee", "the document has no employee"))?;
    let family = report.report_id.some().ok_or_else(|| unread("report.reportId", "the report has no id"))?;
    let currency = report
        .employee_currency_alpha_code
        .0
        .ok_or_else(|| unread("report.employeeCurrencyAlphaCode", "the report has no currency"))?;
    let mut fields = BTreeMap::new();
    coded(&report.rest, "reportOrgUnit", "orgUnit", &mut fields);
    coded(&report.rest, "reportCustom", "custom", &mut fields);
    employee_fields(&person, &mut fields);
    let expenses = d.expense_entry.0.iter().enumerate().map(|(i, e)| expense(i, e, currency));
    let advances = d.cash_advance_application.0.iter().enumerate().map(|(i, a)| {
        let path = format!("cashAdvanceApplication[{i}].cashAdvanceApplicationAmount");
        let amount = need(a.cash_advance_application_amount, path)?;
        Ok(AdvanceApplication { id: a.cash_advance_id.0.clone(), amount })
    });
    Ok(Document {
        kind: DocumentKind::ExpenseReport,
        source_id: source_id.to_owned(),
        number: report.report_number.some().unwrap_or_else(|| family.clone()),
        family,
        title: report.report_name.0.clone(),
        ledger_code: report.ledger_code.0.clone(),
        policy: report.policy_id.0.clone(),
        revision_number: report.revision_number.0.unwrap_or(1),
        is_test: report.is_test.0,
        currency,
        stated_total: report.total_approved_amount.0,
        payee: employee(&person),
        pay_method: person.employee_reimbursement_method_code.0.clone(),
        payroll: report.payroll_pay_indicator.0,
        payroll_clearing_account: report.payroll_payment_clearing_account_code.some(),
        submitted_at: report.report_submit_date.0,
        processed_at: report.report_payment_processing_date.0,
        report_date: report.report_user_defined_date.0,
        invoice_date: None,
        due_date: None,
        posting_date: None,
        approver: report.last_approver_id.some(),
        fields,
        expenses: expenses.collect::<Result<_, _>>()?,
        advances: advances.collect::<Result<_, Unread>>()?,
        advance_returned: report.cash_advance_returns_amount.0.unwrap_or_default(),
        purchase_order: None,
    })
}

/// An amount that has to be there.
pub fn need(amount: Amount, path: impl Into<String>) -> Result<Decimal, Unread> {
    amount.0.ok_or_else(|| unread(path, "the amount is missing"))
}

/// An amount with its currency; none unless both are there.
pub fn money(amount: Amount, currency: Iso) -> Option<Money> {
    amount.0.zip(currency.0).map(|(a, c)| Money::new(a, c))
}

fn expense(i: usize, e: &wire::Entry, currency: Currency) -> Result<Expense, Unread> {
    let path = format!("expenseEntry[{i}]");
    let id = e.entry_id.or(&e.legacy_entry_id).some();
    let spend =
        money(e.report_entry_transaction_amount, e.entry_curr_alpha_code).filter(|m| m.currency != currency);
    let mut fields = BTreeMap::new();
    coded(&e.rest, "entryOrgUnit", "orgUnit", &mut fields);
    coded(&e.rest, "entryCustom", "custom", &mut fields);
    let allocations = e.allocation.0.iter().enumerate().map(|(k, a)| allocation(&path, k, a));
    Ok(Expense {
        id: id.ok_or_else(|| unread(format!("{path}.entryId"), "the entry has no id"))?,
        type_code: e.expense_type_code.0.clone(),
        type_name: e.expense_type_name.0.clone(),
        date: e.entry_date.0,
        description: e.entry_description.0.clone(),
        merchant: e.entry_vendor_description.or(&e.entry_vendor_code).0.clone(),
        place: place(e),
        rate: spend.and_then(|_| rate(e)),
        spend,
        approved: e.entry_approved_amount.0,
        personal: e.entry_is_personal.0,
        billable: e.entry_is_billable.0,
        receipt_type: e.entry_receipt_type.0.clone(),
        receipt: e.entry_receipt_id.or(&e.entry_electronic_receipt_id).some(),
        payment_type: e.report_entry_pat_key.0.clone(),
        clearing_account: e.clearing_account_code.some(),
        liability_account: e.liability_account_code.some(),
        offset: e.offset_pay_type.0,
        card: card(e),
        fields,
        allocations: allocations.collect::<Result<_, _>>()?,
    })
}

/// City or place, and the country: `Berlin, DE`.
fn place(e: &wire::Entry) -> String {
    let name = &e.entry_location_city_name.or(&e.entry_location_name).0;
    let country = &e.entry_location_country_code.or(&e.entry_country_code).0;
    match (name.is_empty(), country.is_empty()) {
        (false, false) => format!("{name}, {country}"),
        _ => format!("{name}{country}"),
    }
}

/// What the spend was multiplied with, as text: `1.1`, or `1/0.89294902` where Concur divided.
fn rate(e: &wire::Entry) -> Option<String> {
    let rate = e.entry_exchange_rate.some()?;
    Some(if e.entry_exchange_rate_direction.0 == "D" { format!("1/{rate}") } else { rate })
}

fn card(e: &wire::Entry) -> Option<CardFacts> {
    Some(CardFacts {
        transaction: e.card_transaction_id.some()?,
        programme: e.card_program_type_code.or(&e.card_account_id).0.clone(),
        charge: money(e.card_transaction_posted_amount, e.card_transaction_posted_currency)
            .or_else(|| money(e.card_transaction_amount, e.card_transaction_currency)),
    })
}

fn allocation(path: &str, k: usize, a: &wire::Allocation) -> Result<Allocation, Unread> {
    let path = format!("{path}.allocation[{k}]");
    let mut fields = BTreeMap::new();
    coded(&a.rest, "allocationOrgUnit", "orgUnit", &mut fields);
    coded(&a.rest, "allocationCustom", "custom", &mut fields);
    let journals = a.journal.0.iter().enumerate().map(|(n, j)| {
        Ok(Journal {
            account_code: j.journal_account_code.0.clone(),
            payer: Party::of(&j.journal_payer.0),
            payee: Party::of(&j.journal_payee.0),
            gross: need(j.amount_gross, format!("{path}.journal[{n}].amountGross"))?,
            taxes: j.tax_guid.0.clone(),
        })
    });
    let taxes = a.tax.0.iter().map(|t| Tax {
        id: t.tax_guid.0.clone(),
        code: t.tax_code.0.clone(),
        reclaim_code: t.tax_reclaim_code.0.clone(),
        authority: t.tax_authority_label.0.clone(),
        country: t.location_country_code.0.clone(),
        amount: t.amount_tax.0.unwrap_or_default(),
        reclaim: t.amount_reclaim.0.unwrap_or_default(),
    });
    Ok(Allocation {
        id: a.allocation_id.0.clone(),
        percentage: a.allocation_percentage.0,
        fields,
        journals: journals.collect::<Result<_, Unread>>()?,
        taxes: taxes.collect(),
    })
}
