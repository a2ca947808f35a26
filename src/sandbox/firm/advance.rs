//! Payloads of cash advances and of payroll documents (contract section 2.8).

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::expense;
use super::ids::Ids;
use super::tables::Document;
use super::wire::{Style, coded, instant, number, object};
use super::{facts, people};

/// A cash advance: one debit line, the credit side is the reader's.
pub(super) fn cash_advance(ids: &Ids, document: &Document) -> Value {
    let style = Style::of(document.ordinal());
    let issued = document.processed;
    let requested = issued.checked_sub(SignedDuration::from_hours(48)).unwrap_or(issued);
    let journal: Vec<Value> = document
        .lines
        .iter()
        .map(|line| {
            json!({
                "accountCode": line.account, "amount": style.amount(line.gross), "debitOrCredit": "DR",
                "payer": "COMP", "payee": "EMPL", "paymentCode": "CASH",
            })
        })
        .collect();
    let ledger_code = document.employee().map(|e| e.ledger_code);
    json!({
        "employeeData": document.employee().map(|e| expense::employee(ids, e)),
        "cashAdvanceData": {
            "cashAdvanceId": ids.business(document),
            "name": document.number,
            "purpose": document.lines.first().map(|line| line.text.as_str()),
            "requestAmount": style.amount(document.approved),
            "currencyAlphaCode": document.currency,
            "currencyNumCode": currency_number(&document.currency),
            "exchangeRate": number("1.00000000"),
            "employeeCurrencyAlphaCode": document.currency,
            "requestDate": instant(requested),
            "issuedDate": instant(issued),
            "transactionType": 1, "paymentMethod": 0, "expensePayIndicator": "N",
            "isTest": if facts::is_test(document) { "Y" } else { "N" },
            "ledgerCode": ledger_code,
        },
        "journalData": journal,
    })
}

/// A travel allowance that payroll is to pay: listed by Concur, of no book.
pub(super) fn payroll(ids: &Ids, document: &Document) -> Value {
    let style = Style::of(document.ordinal());
    let entries: Vec<Value> = document
        .lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            json!({
                "entryId": ids.hex("entry", &format!("{}/{at}", document.id), 32).to_uppercase(),
                "expenseTypeCode": line.expense_type,
                "entryDescription": line.text,
                "payrollData": {
                    "taxableType": "TAXABLE", "wageType": "TA01", "entryApprovedAmount": style.amount(line.gross),
                },
            })
        })
        .collect();
    let mut report = object([
        ("reportId", ids.business(document).into()),
        ("reportKey", ids.key("report", &document.number).into()),
        ("reportNumber", document.number.as_str().into()),
        ("reportName", expense::report_name(document).into()),
        ("ledgerCode", document.employee().map(|e| e.ledger_code).into()),
        ("employeeCurrencyAlphaCode", document.currency.as_str().into()),
        ("totalApprovedAmount", style.amount(document.approved)),
        ("isTest", "N".into()),
        ("reportPaymentProcessingDate", instant(document.processed).into()),
    ]);
    coded(&mut report, "reportOrgUnit1", people::BOOKS[0].ledger_code, people::BOOKS[0].company);
    json!({
        "report": report,
        "employee": document.employee().map(|e| expense::employee(ids, e)),
        "cashAdvanceApplication": [],
        "expenseEntry": entries,
        "travelAllowances": [],
    })
}

/// The number of a currency in ISO 4217, as text.
fn currency_number(code: &str) -> &'static str {
    match code {
        "EUR" => "978",
        "GBP" => "826",
        "CAD" => "124",
        _ => "840",
    }
}
