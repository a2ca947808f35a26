//! Odd shapes in which real tenants send payloads (contract section 10), by switch; the facts stay the same.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Number, Value};

/// How what is not there is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Empty {
    /// As the sample writes it: mostly null.
    #[default]
    Sample,
    /// As null.
    Null,
    /// As an empty text.
    Blank,
    /// By leaving the key out.
    Absent,
}

/// How amounts and rates are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Decimals {
    /// As the sample writes them: every third document with eight.
    #[default]
    Sample,
    /// All with eight, a zero as `0E-8`.
    Eight,
    /// Without zeros at the end.
    Short,
}

/// How dates of invoices are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Dates {
    /// By turns.
    #[default]
    Sample,
    /// `MM/DD/YYYY`.
    American,
    /// `YYYY-MM-DD`.
    Iso,
}

/// How payloads are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shape {
    pub(super) empty: Empty,
    pub(super) decimals: Decimals,
    pub(super) dates: Dates,
    /// Codes are padded with blanks to eight signs.
    pub(super) padded_codes: bool,
    /// Payment types are digits.
    pub(super) digit_payment_types: bool,
}

impl Shape {
    /// The payload in this shape.
    pub(super) fn of(self, document: &Value) -> Value {
        if self == Self::default() { document.clone() } else { self.walk("", document) }
    }

    fn walk(self, name: &str, value: &Value) -> Value {
        match value {
            Value::Object(fields) => Value::Object(
                fields
                    .iter()
                    .filter(|(_, field)| self.empty != Empty::Absent || !is_empty(field))
                    .map(|(key, field)| (key.clone(), self.walk(key, field)))
                    .collect(),
            ),
            Value::Array(all) => all.iter().map(|one| self.walk(name, one)).collect(),
            Value::Null if self.empty == Empty::Blank && !name.starts_with("amount") => "".into(),
            Value::String(text) if text.is_empty() && self.empty == Empty::Null => Value::Null,
            Value::String(text) => self.text(name, text),
            Value::Number(number) => self.number(number),
            _ => value.clone(),
        }
    }

    fn text(self, name: &str, text: &str) -> Value {
        const DATES: [&str; 4] = ["invoiceDate", "paymentDueDate", "invoiceReceivedDate", "postingDate"];
        if DATES.contains(&name) && self.dates != Dates::Sample {
            let day = Date::strptime("%m/%d/%Y", text).or_else(|_| text.parse::<Date>());
            let pattern = if self.dates == Dates::American { "%m/%d/%Y" } else { "%Y-%m-%d" };
            return day.map_or_else(|_| text.into(), |day| day.strftime(pattern).to_string().into());
        }
        let is_code = matches!(name, "expenseTypeCode")
            || name.starts_with("allocationCustom") && name.ends_with("Code");
        if is_code && self.padded_codes && !text.is_empty() {
            return format!("{text:<8}").into();
        }
        if name == "reportEntryPatKey" && self.digit_payment_types {
            let digits = match text {
                "CASH" => "1000",
                "CBCP" => "1001",
                "IBCP" => "1002",
                _ => "1003",
            };
            return digits.into();
        }
        text.into()
    }

    fn number(self, number: &Number) -> Value {
        let text = number.to_string();
        // keys and counts have no point
        let amount = text.contains(['.', 'e', 'E']);
        let parsed = text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(&text));
        let (Ok(mut value), true) = (parsed, amount) else { return Value::Number(number.clone()) };
        let written = match self.decimals {
            Decimals::Sample => return Value::Number(number.clone()),
            Decimals::Eight if value.is_zero() => "0E-8".to_owned(),
            Decimals::Eight => {
                value.rescale(8);
                value.to_string()
            }
            Decimals::Short => value.normalize().to_string(),
        };
        written.parse().map_or_else(|_| Value::Number(number.clone()), Value::Number)
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        _ => false,
    }
}
