//! The invoice document (payment request) in the API's own names (contract of Concur, 2.7).

use serde::Deserialize;

use super::lenient::{Amount, Day, DayOrInstant, Flag, Iso, Text, Whole};
use super::shapes::{Many, One};
use super::wire_expense::{Employee, Rest};

/// The `document` object.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct InvoiceDocument {
    pub request_header: One<Header>,
    pub owner_employee: One<Employee>,
    pub vendor: One<Vendor>,
    pub line_item: Many<Line>,
}

/// `requestHeader`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Header {
    pub request_id: Text,
    pub vendor_invoice_number: Text,
    pub request_title: Text,
    pub request_description: Text,
    pub external_policy_id: Text,
    pub revision_number: Whole,
    pub is_test: Flag,
    pub invoice_date: Day,
    pub payment_due_date: Day,
    pub posting_date: Day,
    pub submit_date: DayOrInstant,
    pub process_complete_date: DayOrInstant,
    pub currency_alpha_code: Iso,
    pub request_total: Amount,
    pub net_payment_term_days: Whole,
    pub ledger_code: Text,
    pub clearing_account_code: Text,
    pub po_number: Text,
    pub multiple_purchase_order: Flag,
    pub pay_method_type: Text,
    #[serde(flatten)]
    pub rest: Rest,
}

/// `vendor`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Vendor {
    pub vendor_code: Text,
    pub vendor_name: Text,
    pub vendor_remit_to_address_code: Text,
}

/// `lineItem[]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Line {
    pub line_item_sequence_order: Text,
    pub line_item_description: Text,
    pub expense_type_code: Text,
    pub expense_type_name: Text,
    pub line_item_purchase_order_number: Text,
    pub allocation: Many<Allocation>,
    #[serde(flatten)]
    pub rest: Rest,
}

/// `lineItem[].allocation[]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Allocation {
    pub allocation_key: Text,
    pub allocation_percentage: Amount,
    pub allocation_account_code: Text,
    pub journal: Many<Journal>,
    #[serde(flatten)]
    pub rest: Rest,
}

/// `lineItem[].allocation[].journal`: one object, where an expense has a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Journal {
    pub account_code: Text,
    pub amount_net: Amount,
    pub amount_shipping: Amount,
    pub amount_gross: Amount,
    pub tax: Many<Tax>,
}

/// `lineItem[].allocation[].journal.tax[]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Tax {
    pub amount_tax: Amount,
    pub tax_code: Text,
    pub tax_field: Text,
}
