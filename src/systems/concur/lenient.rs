//! Values as Concur really sends them (contract of Concur, 2.6 and 10): absent, null and `""` are one thing, codes are
//! text or numbers and may be padded with blanks, flags are letters, amounts have up to eight decimals or an exponent.
//!
//! Tolerance ends where a guess would begin: an amount that is no plain decimal, a date that is none, an unknown
//! currency is an error with its path.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::model::money::Currency;

/// Amounts are below this: Concur's fields hold 23 digits, eight of them decimals.
const LARGEST: i64 = 1_000_000_000_000_000;
/// More decimals than this are no amount.
const DECIMALS: u32 = 12;

/// Text or a number, without blanks around it; empty when absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub String);

impl Text {
    /// The text, none when empty.
    pub fn some(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.clone())
    }

    /// This text, or the other when this is empty.
    pub fn or<'a>(&'a self, other: &'a Text) -> &'a Text {
        if self.0.is_empty() { other } else { self }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        text_of(&Value::deserialize(d)?).map(Self).map_err(D::Error::custom)
    }
}

/// The text of a scalar; an empty list counts as nothing.
pub fn text_of(value: &Value) -> Result<String, String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(s) => Ok(s.trim().to_owned()),
        Value::Number(n) => Ok(n.to_string()),
        Value::Bool(b) => Ok(if *b { "Y" } else { "N" }.to_owned()),
        Value::Array(a) if a.is_empty() => Ok(String::new()),
        Value::Array(_) => Err("expected text, found a list".into()),
        Value::Object(_) => Err("expected text, found an object".into()),
    }
}

/// `Y` or `N`; absent is no.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flag(pub bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(d)?.0;
        match text.to_ascii_uppercase().as_str() {
            "Y" | "YES" | "TRUE" | "1" => Ok(Self(true)),
            "" | "N" | "NO" | "FALSE" | "0" => Ok(Self(false)),
            _ => Err(D::Error::custom(format!("expected Y or N, found {text:?}"))),
        }
    }
}

/// A decimal: a JSON number in any form, or text that is a plain decimal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amount(pub Option<Decimal>);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(d)?;
        let read = match &value {
            Value::Number(n) => number(&n.to_string()).map(Some),
            Value::String(s) if s.trim().is_empty() => Ok(None),
            Value::String(s) => plain(s.trim()).map(Some),
            Value::Null => Ok(None),
            _ => Err("expected an amount".to_owned()),
        };
        read.map(Self).map_err(D::Error::custom)
    }
}

/// A whole number, as a number or as text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Whole(pub Option<u32>);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let Some(n) = Amount::deserialize(d)?.0 else { return Ok(Self(None)) };
        let whole = n.normalize();
        if whole.scale() == 0
            && let Ok(v) = u32::try_from(whole.mantissa())
        {
            return Ok(Self(Some(v)));
        }
        Err(D::Error::custom(format!("expected a whole number, found {n}")))
    }
}

/// A calendar date: the first ten characters of an ISO form, or `MM/DD/YYYY` (never day first).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Day(pub Option<Date>);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(d)?.0;
        if text.is_empty() {
            return Ok(Self(None));
        }
        day(&text)
            .map(|v| Self(Some(v)))
            .ok_or_else(|| D::Error::custom(format!("expected a date, found {text:?}")))
    }
}

/// An instant; without a zone it is UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Instant(pub Option<Timestamp>);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(d)?.0;
        if text.is_empty() {
            return Ok(Self(None));
        }
        instant(&text)
            .map(|v| Self(Some(v)))
            .ok_or_else(|| D::Error::custom(format!("expected a date with a time, found {text:?}")))
    }
}

/// An instant that may be a calendar date (bare, or dressed as midnight UTC). A date becomes noon UTC, which is on that
/// date in every zone from −12 to +11 hours: a book in America does not see the day before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayOrInstant(pub Option<Timestamp>);

impl<'de> Deserialize<'de> for DayOrInstant {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(d)?.0;
        if text.is_empty() {
            return Ok(Self(None));
        }
        let noon = |date: Date| date.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp());
        let read = match instant(&text) {
            Some(at) if at.as_nanosecond() % 86_400_000_000_000 == 0 => {
                noon(at.to_zoned(TimeZone::UTC).date())
            }
            Some(at) => Some(at),
            None if text.len() == 10 => day(&text).and_then(noon),
            None => None,
        };
        read.map(|v| Self(Some(v)))
            .ok_or_else(|| D::Error::custom(format!("expected a date, found {text:?}")))
    }
}

/// An ISO 4217 code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Iso(pub Option<Currency>);

impl<'de> Deserialize<'de> for Iso {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(d)?.0;
        if text.is_empty() {
            return Ok(Self(None));
        }
        text.parse().map(|c| Self(Some(c))).map_err(D::Error::custom)
    }
}

fn day(text: &str) -> Option<Date> {
    if let Some(date) = crate::model::clock::calendar_date(text) {
        return Some(date);
    }
    let mut parts = text.split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
    if parts.next().is_some() || !digits(month, 2) || !digits(day, 2) || !digits(year, 4) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// An instant; without a zone it is UTC.
pub fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    if !text.contains(['T', ' ']) {
        return None;
    }
    let local: jiff::civil::DateTime = text.parse().ok()?;
    local.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp())
}

/// A plain decimal: digits, at most one point, an optional sign.
pub fn plain(text: &str) -> Result<Decimal, String> {
    let bare = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = bare.split_once('.').unwrap_or((bare, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return Err(format!("expected a plain decimal number, found {:?}", shortened(text)));
    }
    let fraction = fraction.trim_end_matches('0');
    let sign = if text.starts_with('-') { "-" } else { "" };
    let kept =
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") };
    Decimal::from_str_exact(&kept).map_err(|_| too_long(text)).and_then(|d| within(d, text))
}

/// A JSON number, exponent included.
pub fn number(text: &str) -> Result<Decimal, String> {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return plain(text) };
    let mantissa = plain(mantissa)?;
    if mantissa.is_zero() {
        return Ok(Decimal::ZERO);
    }
    let exponent: i32 = exponent.parse().map_err(|_| too_long(text))?;
    let shift =
        (0..exponent.unsigned_abs().min(60)).try_fold(Decimal::ONE, |p, _| p.checked_mul(Decimal::TEN));
    let shift = shift.ok_or_else(|| too_long(text))?;
    let shifted = if exponent < 0 { mantissa.checked_div(shift) } else { mantissa.checked_mul(shift) };
    shifted.ok_or_else(|| too_long(text)).and_then(|d| within(d.normalize(), text))
}

fn within(d: Decimal, text: &str) -> Result<Decimal, String> {
    if d.abs() >= Decimal::from(LARGEST) || d.normalize().scale() > DECIMALS {
        return Err(too_long(text));
    }
    Ok(d)
}

fn too_long(text: &str) -> String {
    format!("{:?} is out of the range of an amount", shortened(text))
}

/// The start of a text, for a message.
pub fn shortened(text: &str) -> String {
    let mut out: String = text.chars().take(60).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

#[cfg(test)]
#[path = "lenient_tests.rs"]
mod tests;
