//! The expense document in the API's own names (contract of Concur, 2.6). Unknown keys are kept beside the known ones,
//! since customs and organisation units are numbered keys.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::lenient::{Amount, Day, Flag, Instant, Iso, Text, Whole};
use super::shapes::{Many, One};

/// Keys that have no field of their own.
pub type Rest = BTreeMap<String, Value>;

/// The `document` object.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ExpenseDocument {
    pub report: One<Report>,
    pub employee: One<Employee>,
    pub expense_entry: Many<Entry>,
    pub cash_advance_application: Many<Application>,
}

/// `report`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Report {
    pub report_id: Text,
    pub report_number: Text,
    pub report_name: Text,
    pub policy_id: Text,
    pub ledger_code: Text,
    pub employee_currency_alpha_code: Iso,
    pub total_approved_amount: Amount,
    pub is_test: Flag,
    pub revision_number: Whole,
    pub report_submit_date: Instant,
    pub report_payment_processing_date: Instant,
    pub report_user_defined_date: Day,
    pub payroll_pay_indicator: Flag,
    pub payroll_payment_clearing_account_code: Text,
    pub cash_advance_returns_amount: Amount,
    pub last_approver_id: Text,
    #[serde(flatten)]
    pub rest: Rest,
}

/// `employee`, and the people of the other kinds.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Employee {
    pub employee_id: Text,
    pub employee_first_name: Text,
    pub employee_last_name: Text,
    pub login_id: Text,
    pub email_address: Text,
    pub employee_reimbursement_method_code: Text,
    #[serde(flatten)]
    pub rest: Rest,
}

/// `expenseEntry[]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Entry {
    pub entry_id: Text,
    pub legacy_entry_id: Text,
    pub expense_type_code: Text,
    pub expense_type_name: Text,
    pub entry_date: Day,
    pub entry_description: Text,
    pub report_entry_transaction_amount: Amount,
    pub entry_curr_alpha_code: Iso,
    pub entry_exchange_rate: Text,
    pub entry_exchange_rate_direction: Text,
    pub entry_approved_amount: Amount,
    pub entry_is_personal: Flag,
    pub entry_is_billable: Flag,
    pub entry_receipt_type: Text,
    pub entry_receipt_id: Text,
    pub entry_electronic_receipt_id: Text,
    pub entry_vendor_code: Text,
    pub entry_vendor_description: Text,
    pub entry_location_name: Text,
    pub entry_location_city_name: Text,
    pub entry_location_country_code: Text,
    pub entry_country_code: Text,
    pub report_entry_pat_key: Text,
    pub clearing_account_code: Text,
    pub liability_account_code: Text,
    pub offset_pay_type: Flag,
    pub card_program_type_code: Text,
    #[serde(rename = "cardAccountID")]
    pub card_account_id: Text,
    #[serde(rename = "cardTransactionID")]
    pub card_transaction_id: Text,
    pub card_transaction_amount: Amount,
    pub card_transaction_currency: Iso,
    pub card_transaction_posted_amount: Amount,
    pub card_transaction_posted_currency: Iso,
    pub allocation: Many<Allocation>,
    #[serde(flatten)]
    pub rest: Rest,
}

/// `expenseEntry[].allocation[]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Allocation {
    pub allocation_id: Text,
    pub allocation_percentage: Amount,
    pub journal: Many<Journal>,
    pub tax: Many<Tax>,
    #[serde(flatten)]
    pub rest: Rest,
}

/// `expenseEntry[].allocation[].journal[]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Journal {
    pub journal_account_code: Text,
    pub journal_payer: Text,
    pub journal_payee: Text,
    pub amount_gross: Amount,
    pub tax_guid: Guids,
}

/// `taxGuid`: a list in the examples, one text in the schema table.
#[derive(Debug, Default)]
pub struct Guids(pub Vec<String>);

impl<'de> Deserialize<'de> for Guids {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let value = Value::deserialize(d)?;
        let items = match &value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        let texts: Result<Vec<String>, String> = items.iter().map(super::lenient::text_of).collect();
        texts.map(|t| Self(t.into_iter().filter(|s| !s.is_empty()).collect())).map_err(D::Error::custom)
    }
}

/// `expenseEntry[].allocation[].tax[]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Tax {
    pub tax_guid: Text,
    pub tax_code: Text,
    pub tax_reclaim_code: Text,
    pub tax_authority_label: Text,
    pub amount_tax: Amount,
    pub amount_reclaim: Amount,
    pub location_country_code: Text,
}

/// `cashAdvanceApplication[]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Application {
    pub cash_advance_id: Text,
    pub cash_advance_application_amount: Amount,
}
