//! The cash advance document in the API's own names (contract of Concur, 2.8).

use serde::Deserialize;

use super::lenient::{Amount, DayOrInstant, Flag, Iso, Text};
use super::shapes::{Many, One};
use super::wire_expense::Employee;

/// The `document` object.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AdvanceDocument {
    pub employee_data: One<Employee>,
    pub cash_advance_data: One<Advance>,
    pub journal_data: Many<Journal>,
}

/// `cashAdvanceData`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Advance {
    pub cash_advance_id: Text,
    pub name: Text,
    pub purpose: Text,
    pub request_amount: Amount,
    pub currency_alpha_code: Iso,
    pub exchange_rate: Text,
    pub employee_currency_alpha_code: Iso,
    pub request_date: DayOrInstant,
    pub issued_date: DayOrInstant,
    pub transaction_type: Text,
    pub payment_method: Text,
    pub expense_pay_indicator: Flag,
    pub is_test: Flag,
    pub ledger_code: Text,
    pub clearing_account_code: Text,
}

/// `journalData[]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Journal {
    pub account_code: Text,
    pub amount: Amount,
    pub debit_or_credit: Text,
    pub payer: Text,
    pub payee: Text,
}
