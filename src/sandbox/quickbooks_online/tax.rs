//! Purchase tax outside of the United States (contract section 7.9).

use rust_decimal::Decimal;
use serde_json::Value;

use super::postings;
use super::state::State;
use super::wire::{self, Object};

/// `SubType` of the account that tax is posted to.
pub const ACCOUNT: &str = "GlobalTaxPayable";

/// `TotalTax` of a document.
pub fn total(value: &Object) -> Decimal {
    let detail = value.get("TxnTaxDetail").and_then(Value::as_object);
    detail.and_then(|detail| wire::decimal(detail.get("TotalTax")?)).unwrap_or_default()
}

/// The account that tax is posted to.
pub fn account(state: &State) -> String {
    postings::subtyped(state, ACCOUNT).unwrap_or_default()
}
