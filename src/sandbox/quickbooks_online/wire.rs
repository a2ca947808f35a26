//! JSON as QuickBooks writes it: exact money, string ids, dates, timestamps with the company's offset.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Value};

use super::fault::ApiFault;

/// A JSON object.
pub type Object = Map<String, Value>;

/// A number as JSON, digit by digit.
pub fn number(value: Decimal) -> Value {
    serde_json::from_str(&value.to_string()).unwrap_or(Value::Null)
}

/// Money as JSON with two decimals.
pub fn money(value: Decimal) -> Value {
    let mut value = cents(value);
    value.rescale(2);
    number(value)
}

/// Rounded to cents, halves away from zero.
pub fn cents(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// An exact decimal from a JSON number or a numeric text.
pub fn decimal(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text)).ok()
}

/// An amount of the request: at most ten digits before and five after the point; 2090 otherwise.
pub fn amount(value: &Value, element: &str) -> Result<Decimal, ApiFault> {
    let amount =
        decimal(value).ok_or_else(|| ApiFault::of("2090", format!("Invalid Number : {value}"), element))?;
    if amount.normalize().scale() > 5 || amount.abs() >= Decimal::from(10_000_000_000_i64) {
        return Err(ApiFault::of("2090", format!("Invalid Number : {value} has too many digits"), element));
    }
    Ok(cents(amount))
}

/// Drops what means "not given": null and empty texts, at every depth.
pub fn clean(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::Object(object) => Some(Value::Object(clean_object(object))),
        Value::Array(items) => Some(Value::Array(items.iter().filter_map(clean).collect())),
        other => Some(other.clone()),
    }
}

/// [`clean`] for a whole object.
pub fn clean_object(object: &Object) -> Object {
    object.iter().filter_map(|(key, value)| Some((key.clone(), clean(value)?))).collect()
}

/// A text property; numbers are taken as their digits, and 0 as not given. Another type is 2010.
pub fn text(body: &Object, key: &str) -> Result<Option<String>, ApiFault> {
    match body.get(key) {
        None => Ok(None),
        Some(zero) if is_zero(zero) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(ApiFault::unsupported(key)),
    }
}

/// The number 0, which some clients send for "not given".
pub fn is_zero(value: &Value) -> bool {
    value.is_number() && decimal(value).is_some_and(|number| number.is_zero())
}

/// A text property with its longest length in characters; longer is 2050.
pub fn text_within(body: &Object, key: &str, min: usize, max: usize) -> Result<Option<String>, ApiFault> {
    let text = text(body, key)?;
    if let Some(text) = &text {
        let length = text.chars().count();
        if length < min || length > max {
            return Err(ApiFault::length(key, min, max, length));
        }
    }
    Ok(text)
}

/// A truth value, also as the text `true` or `false`. Anything else is 2010.
pub fn boolean(body: &Object, key: &str) -> Result<Option<bool>, ApiFault> {
    match body.get(key) {
        None => Ok(None),
        Some(Value::Bool(value)) => Ok(Some(*value)),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        Some(_) => Err(ApiFault::unsupported(key)),
    }
}

/// A date property `YYYY-MM-DD`; anything else is 2060.
pub fn date(body: &Object, key: &str) -> Result<Option<Date>, ApiFault> {
    let Some(text) = text(body, key)? else { return Ok(None) };
    if text.len() != 10 {
        return Err(ApiFault::of("2060", format!("Invalid Date : {text}"), key));
    }
    Date::from_str(&text).map(Some).map_err(|_| ApiFault::of("2060", format!("Invalid Date : {text}"), key))
}

/// The text as a US company stores it: characters outside of Windows-1252 become `?`.
pub fn latin(text: &str) -> String {
    const BEYOND: &str = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";
    text.chars().map(|c| if c <= '\u{ff}' || BEYOND.contains(c) { c } else { '?' }).collect()
}

/// An instant with the company's offset, to the second.
pub fn instant(at: Timestamp, zone: &TimeZone) -> String {
    at.display_with_offset(zone.to_offset(at)).to_string().replacen(fraction(at).as_str(), "", 1)
}

fn fraction(at: Timestamp) -> String {
    let text = at.to_string();
    text.find('.').and_then(|dot| text.get(dot..text.len() - 1)).unwrap_or("").to_owned()
}

/// An instant with the company's offset and milliseconds, as in `time`.
pub fn instant_millis(at: Timestamp, zone: &TimeZone) -> String {
    format!("{:.3}", at.display_with_offset(zone.to_offset(at)))
}

/// An instant of a query or URL: with offset or `Z`, or a date alone (midnight UTC).
pub fn parse_instant(text: &str) -> Option<Timestamp> {
    if let Ok(at) = Timestamp::from_str(text) {
        return Some(at);
    }
    // A plus sign that was not escaped in a URL arrives as a blank.
    if let Ok(at) = Timestamp::from_str(&text.replace(' ', "+")) {
        return Some(at);
    }
    let date = Date::from_str(text).ok()?;
    date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// An instant some time ago.
pub fn before(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}

/// `{"value": id, "name": name}`.
pub fn reference(id: &str, name: &str) -> Value {
    serde_json::json!({"value": id, "name": name})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_exact() {
        let value: Value = serde_json::from_str("90071992547409.93").unwrap();
        assert_eq!(decimal(&value).unwrap().to_string(), "90071992547409.93");
        assert_eq!(money(Decimal::from(5)).to_string(), "5.00");
        assert_eq!(amount(&serde_json::from_str("1.005").unwrap(), "Amount").unwrap().to_string(), "1.01");
        assert_eq!(amount(&serde_json::from_str("0E-8").unwrap(), "Amount").unwrap(), Decimal::ZERO);
        assert_eq!(amount(&Value::from("x"), "Amount").unwrap_err().code, "2090");
        assert_eq!(amount(&Value::from("1.0000001"), "Amount").unwrap_err().code, "2090");
    }

    #[test]
    fn instants_carry_the_companys_offset() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let at: Timestamp = "2026-11-04T14:30:00.25Z".parse().unwrap();
        assert_eq!(instant(at, &zone), "2026-11-04T09:30:00-05:00");
        assert_eq!(instant_millis(at, &zone), "2026-11-04T09:30:00.250-05:00");
        let summer: Timestamp = "2026-10-04T14:30:00Z".parse().unwrap();
        assert_eq!(instant(summer, &zone), "2026-10-04T10:30:00-04:00");
    }

    #[test]
    fn a_us_company_keeps_latin_letters_alone() {
        assert_eq!(latin("Müller — Ł 😀"), "Müller — ? ?");
    }
}
