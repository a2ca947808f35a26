//! Records as they are sent (contract 7.2 to 7.5). The order of the fields is the order of the keys.

use serde::Serialize;
use serde_json::Number;

#[derive(Serialize)]
pub struct Ref<'a> {
    pub value: &'a str,
}

/// `Purchase.EntityRef` spells `type` in lower case (contract 7.5).
#[derive(Serialize)]
pub struct PartyRef<'a> {
    pub value: &'a str,
    pub r#type: &'static str,
}

/// A journal line's `Entity` spells `Type` with a capital (contract 7.4).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LineEntity<'a> {
    pub r#type: &'static str,
    pub entity_ref: Ref<'a>,
}

#[derive(Serialize)]
pub struct Record<'a> {
    #[serde(rename = "VendorRef", skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Ref<'a>>,
    #[serde(rename = "APAccountRef", skip_serializing_if = "Option::is_none")]
    pub payable: Option<Ref<'a>>,
    #[serde(rename = "PaymentType", skip_serializing_if = "Option::is_none")]
    pub payment_type: Option<&'static str>,
    #[serde(rename = "AccountRef", skip_serializing_if = "Option::is_none")]
    pub account: Option<Ref<'a>>,
    #[serde(rename = "EntityRef", skip_serializing_if = "Option::is_none")]
    pub entity: Option<PartyRef<'a>>,
    #[serde(rename = "Credit", skip_serializing_if = "Option::is_none")]
    pub credit: Option<bool>,
    #[serde(rename = "TxnDate")]
    pub date: String,
    #[serde(rename = "DueDate", skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    #[serde(rename = "DocNumber")]
    pub number: &'a str,
    #[serde(rename = "PrivateNote")]
    pub memo: &'a str,
    #[serde(rename = "DepartmentRef", skip_serializing_if = "Option::is_none")]
    pub location: Option<Ref<'a>>,
    #[serde(rename = "CurrencyRef", skip_serializing_if = "Option::is_none")]
    pub currency: Option<Ref<'a>>,
    #[serde(rename = "ExchangeRate", skip_serializing_if = "Option::is_none")]
    pub rate: Option<Number>,
    #[serde(rename = "GlobalTaxCalculation", skip_serializing_if = "Option::is_none")]
    pub tax: Option<&'static str>,
    #[serde(rename = "TxnTaxDetail", skip_serializing_if = "Option::is_none")]
    pub tax_detail: Option<TaxDetail<'a>>,
    #[serde(rename = "Line")]
    pub lines: Vec<RecordLine<'a>>,
}

/// The override of the tax that QuickBooks computes, one line for each rate (contract 7.9).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaxDetail<'a> {
    pub tax_line: Vec<TaxLine<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaxLine<'a> {
    pub amount: Number,
    pub detail_type: &'static str,
    pub tax_line_detail: TaxLineDetail<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaxLineDetail<'a> {
    pub tax_rate_ref: Ref<'a>,
    pub percent_based: bool,
    pub net_amount_taxable: Number,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RecordLine<'a> {
    pub amount: Number,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub description: &'a str,
    pub detail_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_based_expense_line_detail: Option<ExpenseDetail<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal_entry_line_detail: Option<JournalDetail<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ExpenseDetail<'a> {
    pub account_ref: Ref<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_ref: Option<Ref<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_ref: Option<Ref<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billable_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_code_ref: Option<Ref<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct JournalDetail<'a> {
    pub posting_type: &'static str,
    pub account_ref: Ref<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<LineEntity<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_ref: Option<Ref<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department_ref: Option<Ref<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billable_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_code_ref: Option<Ref<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_applicable_on: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_amount: Option<Number>,
}
