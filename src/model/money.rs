//! Money: a decimal with an ISO 4217 currency in memory, integer minor units in tables, never a float.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What can be wrong with an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not an ISO 4217 code.
    #[error("{0:?} is not an ISO 4217 currency")]
    UnknownCurrency(String),
    /// More decimals than the currency has.
    #[error("{0} has more decimals than {1} allows")]
    TooPrecise(Decimal, Currency),
    /// Does not fit into 64 bits of minor units.
    #[error("{0} {1} is too large")]
    TooLarge(Decimal, Currency),
    /// No amount as people write it.
    #[error("{0:?} is no amount: write for instance 4,961.70")]
    Unreadable(String),
    /// Two currencies in one sum.
    #[error("cannot add {0} to {1}")]
    Mixed(Currency, Currency),
}

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// US dollar; the home currency of many tests.
    pub const USD: Self = Self(iso_currency::Currency::USD);
    /// Euro.
    pub const EUR: Self = Self(iso_currency::Currency::EUR);

    /// The three letters.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Decimals of the minor unit: 2 for USD, 0 for JPY, 3 for KWD.
    pub fn exponent(self) -> u32 {
        self.0.exponent().unwrap_or(2).into()
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(code: &str) -> Result<Self, MoneyError> {
        iso_currency::Currency::from_code(code)
            .map(Self)
            .ok_or_else(|| MoneyError::UnknownCurrency(code.into()))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// An amount of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// The amount, signed.
    pub amount: Decimal,
    /// Its currency.
    pub currency: Currency,
}

impl Money {
    /// `amount` of `currency`.
    pub fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing of `currency`.
    pub fn zero(currency: Currency) -> Self {
        Self::new(Decimal::ZERO, currency)
    }

    /// Minor units, exactly: an amount with more decimals than the currency has is refused, never rounded.
    pub fn minor(self) -> Result<i64, MoneyError> {
        to_minor(self.amount, self.currency)
    }

    /// From minor units.
    pub fn from_minor(minor: i64, currency: Currency) -> Self {
        Self::new(from_minor(minor, currency), currency)
    }

    /// The sum, within one currency.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(other.currency, self.currency));
        }
        let amount = self.amount.checked_add(other.amount);
        amount.map(|a| Self::new(a, self.currency)).ok_or(MoneyError::TooLarge(self.amount, self.currency))
    }
}

impl fmt::Display for Money {
    /// `1,290.15 USD`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", shown(self.amount, self.currency), self.currency)
    }
}

/// Exact minor units of an amount; see [`Money::minor`].
pub fn to_minor(amount: Decimal, currency: Currency) -> Result<i64, MoneyError> {
    let e = currency.exponent();
    let normal = amount.normalize();
    if normal.scale() > e {
        return Err(MoneyError::TooPrecise(normal, currency));
    }
    let scaled = Decimal::TEN.powi_checked(e).and_then(|f| normal.checked_mul(f));
    scaled
        .and_then(|d| i64::try_from(d.trunc().mantissa() / 10i128.pow(d.trunc().scale())).ok())
        .ok_or(MoneyError::TooLarge(normal, currency))
}

/// The amount of minor units, with the currency's decimals.
pub fn from_minor(minor: i64, currency: Currency) -> Decimal {
    Decimal::new(minor, currency.exponent())
}

/// An amount with the currency's decimals and thousands separators: `-1,290.15`. Source decimals beyond the currency's
/// are shown, never hidden.
pub fn shown(amount: Decimal, currency: Currency) -> String {
    grouped(&plain(amount, currency))
}

/// An amount with the currency's decimals, without separators, as JSON and CSV carry it: `-1290.15`.
pub fn plain(amount: Decimal, currency: Currency) -> String {
    let e = currency.exponent();
    let mut a = amount.normalize();
    if a.scale() < e {
        a.rescale(e);
    }
    if a.is_zero() {
        a.set_sign_positive(true);
    }
    a.to_string()
}

fn grouped(text: &str) -> String {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |r| ("-", r));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
    let mut out = String::from(sign);
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if let Some(f) = fraction {
        out.push('.');
        out.push_str(f);
    }
    out
}

/// Ten to a small power, as a decimal.
trait Powi {
    fn powi_checked(self, e: u32) -> Option<Decimal>;
}

impl Powi for Decimal {
    fn powi_checked(self, e: u32) -> Option<Decimal> {
        (0..e).try_fold(Decimal::ONE, |acc, _| acc.checked_mul(self))
    }
}

/// An amount as people write it: digits, a point before the cents, commas or apostrophes between thousands.
///
/// # Errors
/// [`MoneyError::Unreadable`]: anything else, above all a decimal comma, which would make `500,00` fifty thousand.
pub fn typed(text: &str) -> Result<Decimal, MoneyError> {
    let bad = || MoneyError::Unreadable(text.chars().take(40).collect());
    let body = text.strip_prefix('-').unwrap_or(text);
    let (whole, cents) = match body.split_once('.') {
        Some((whole, cents)) => (whole, Some(cents)),
        None => (body, None),
    };
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let groups: Vec<&str> = whole.split([',', '\'']).collect();
    let grouped = match groups.as_slice() {
        [one] => digits(one) && !(one.is_empty() && cents.is_none_or(str::is_empty)),
        // "0,500" is half of something, and no five hundred
        [first, rest @ ..] => {
            matches!(first.len(), 1..=3)
                && !first.starts_with('0')
                && digits(first)
                && rest.iter().all(|g| g.len() == 3 && digits(g))
        }
        [] => false,
    };
    if !grouped || !cents.is_none_or(digits) {
        return Err(bad());
    }
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | '\'')).collect();
    // more digits than any sum of minor units has
    if plain.len() > 21 {
        return Err(bad());
    }
    plain.parse().map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(s: &str) -> Decimal {
        s.parse().unwrap()
    }

    #[test]
    fn a_decimal_comma_is_refused_and_never_multiplies() {
        for (text, want) in [
            ("500", "500"),
            ("500.00", "500.00"),
            ("-12.5", "-12.5"),
            (".50", "0.50"),
            ("4,961.70", "4961.70"),
            ("1'234'567.89", "1234567.89"),
            ("123,456", "123456"),
        ] {
            assert_eq!(typed(text), Ok(d(want)), "{text}");
        }
        for text in [
            "500,00",
            "12,5",
            ",50",
            "0,500",
            "1234,567",
            "1.234,56",
            "1,234,56",
            "12.3.4",
            "1,2.50",
            "",
            "-",
            ".",
            "4,961.7O",
            "1e5",
            "+5",
            "5 000",
            "1_000",
            "--5",
            "1,234.567,8",
        ] {
            assert!(matches!(typed(text), Err(MoneyError::Unreadable(_))), "{text}: {:?}", typed(text));
        }
    }

    #[test]
    fn minor_units_are_exact_or_refused() {
        assert_eq!(to_minor(d("26.88000000"), Currency::USD), Ok(2688));
        assert_eq!(to_minor(d("-0.01"), Currency::USD), Ok(-1));
        assert_eq!(to_minor(d("90071992547409.93"), Currency::USD), Ok(9_007_199_254_740_993));
        assert!(matches!(to_minor(d("0.001"), Currency::USD), Err(MoneyError::TooPrecise(..))));
        assert!(matches!(to_minor(d("99999999999999999999"), Currency::USD), Err(MoneyError::TooLarge(..))));
        assert_eq!(to_minor(d("150"), "JPY".parse().unwrap()), Ok(150));
        assert_eq!(to_minor(d("1.5"), "KWD".parse().unwrap()), Ok(1500));
    }

    #[test]
    fn amounts_are_shown_with_all_their_digits() {
        assert_eq!(shown(d("1234567.5"), Currency::USD), "1,234,567.50");
        assert_eq!(shown(d("-999.00000000"), Currency::USD), "-999.00");
        assert_eq!(shown(d("-0.00"), Currency::USD), "0.00");
        assert_eq!(shown(d("1000"), "JPY".parse().unwrap()), "1,000");
        assert_eq!(shown(d("0.005"), Currency::USD), "0.005");
    }

    #[test]
    fn json_amounts_keep_every_digit() {
        #[derive(Deserialize)]
        struct T {
            a: Decimal,
        }
        for (json, want) in [
            (r#"{"a":90071992547409.93}"#, "90071992547409.93"),
            (r#"{"a":"12.30"}"#, "12.30"),
            (r#"{"a":0E-8}"#, "0"),
            (r#"{"a":125.50000000}"#, "125.50"),
        ] {
            let t: T = serde_json::from_str(json).unwrap();
            assert_eq!(t.a, d(want), "{json}");
        }
    }
}
