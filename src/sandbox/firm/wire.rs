//! How amounts and dates are written in payloads.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

/// How one document writes its amounts: every third one with eight decimals, zero always as `0E-8` (the
/// writer of answers restores the capital, which JSON values do not keep).
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    long: bool,
}

impl Style {
    pub(super) const fn of(ordinal: u64) -> Self {
        Self { long: ordinal.is_multiple_of(3) }
    }

    /// The amount as a JSON number with exactly these digits.
    pub(super) fn amount(self, amount: Decimal) -> Value {
        if amount.is_zero() {
            return number("0E-8");
        }
        let mut written = amount;
        written.rescale(if self.long { 8 } else { amount.scale().max(2) });
        number(&written.to_string())
    }
}

/// A JSON number as it is written; a text that is no number stays a string.
pub(super) fn number(text: &str) -> Value {
    text.parse::<serde_json::Number>().map_or_else(|_| Value::String(text.to_owned()), Value::Number)
}

/// `YYYY-MM-DDTHH:mm:ss.SSSZ`.
pub(super) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// A calendar date dressed as midnight UTC.
pub(super) fn midnight(date: Date) -> String {
    format!("{date}T00:00:00.000Z")
}

/// An object from names and values.
pub(super) fn object<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Puts `prefixCode` and `prefixValue`; both null for an empty code.
pub(super) fn coded(into: &mut Map<String, Value>, prefix: &str, code: &str, value: &str) {
    let cell = |text: &str| if code.is_empty() { Value::Null } else { Value::from(text) };
    into.insert(format!("{prefix}Code"), cell(code));
    into.insert(format!("{prefix}Value"), cell(value));
}
