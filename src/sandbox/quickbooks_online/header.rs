//! What all transactions share: number, date, memo, currency, rate, closed books, tax of the header.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::books::Row;
use super::fault::ApiFault;
use super::rates;
use super::refs;
use super::state::State;
use super::wire::{self, Object};

/// The part of a transaction that every type has.
pub struct Header {
    /// `TxnDate`.
    pub date: Date,
    /// The transaction's currency.
    pub currency: String,
    /// Home units for one unit.
    pub rate: Decimal,
}

impl Header {
    /// An amount in home currency.
    pub fn home(&self, amount: Decimal) -> Decimal {
        wire::cents(amount * self.rate)
    }
}

/// Checks the shared part of a request and writes it to `out`.
pub fn read(state: &State, body: &Object, old: Option<&Row>, out: &mut Object) -> Result<Header, ApiFault> {
    if let Some(number) = wire::text_within(body, "DocNumber", 1, 21)? {
        out.insert("DocNumber".to_owned(), json!(wire::latin(&number)));
    }
    if let Some(note) = wire::text_within(body, "PrivateNote", 0, 4000)? {
        out.insert("PrivateNote".to_owned(), json!(wire::latin(&note)));
    }
    let date = match wire::date(body, "TxnDate")? {
        Some(date) => date,
        None => pacific_today(state)?,
    };
    if let Some(old) = old {
        open_books(state, old.text("TxnDate").parse().ok())?;
    }
    open_books(state, Some(date))?;
    out.insert("TxnDate".to_owned(), json!(date.to_string()));
    let (currency, rate) = currency(state, body, date)?;
    let name = state.company.currencies.iter().find(|(code, _)| *code == currency);
    let name = name.map_or_else(|| currency_name(&currency), |(_, name)| name.as_str());
    out.insert("CurrencyRef".to_owned(), wire::reference(&currency, name));
    if state.company.multicurrency {
        out.insert("ExchangeRate".to_owned(), wire::number(rate));
    }
    Ok(Header { date, currency, rate })
}

/// `LinkedTxn` of a bill, credit or purchase: payments write it, a request can only repeat it (620).
pub fn links(body: &Object, old: Option<&Row>, out: &mut Object) -> Result<(), ApiFault> {
    let kept = old.and_then(|old| old.value.get("LinkedTxn")).cloned().unwrap_or_else(|| json!([]));
    let given = body.get("LinkedTxn").and_then(Value::as_array);
    if given.is_some_and(|given| !given.is_empty() && Some(given) != kept.as_array()) {
        let detail = "Transaction cannot be linked : there is nothing of that id to link to";
        return Err(ApiFault::of("620", detail, ""));
    }
    out.insert("LinkedTxn".to_owned(), kept);
    Ok(())
}

/// 6210 when the books are closed on that date.
pub fn open_books(state: &State, date: Option<Date>) -> Result<(), ApiFault> {
    match (state.company.book_close_date, date) {
        (Some(close), Some(date)) if date <= close => Err(ApiFault::of(
            "6210",
            "The account period has closed and the account books cannot be updated through the QBO Services API. \
             Please use the QBO website to make these changes.",
            "",
        )),
        _ => Ok(()),
    }
}

/// 6140 when the number is taken by another transaction of the type.
pub fn free_number(taken: Option<&Row>, number: &str, type_name: &str) -> Result<(), ApiFault> {
    match taken {
        None => Ok(()),
        Some(row) => Err(ApiFault::of(
            "6140",
            format!(
                "Duplicate Document Number Error : You must specify a different number. This number has already been \
                 used. DocNumber={number} is assigned to TxnType={type_name} with TxnId={}",
                row.id
            ),
            "",
        )),
    }
}

fn pacific_today(state: &State) -> Result<Date, ApiFault> {
    let zone = TimeZone::get("America/Los_Angeles").map_err(|_| ApiFault::missing("TxnDate"))?;
    Ok(state.now.to_zoned(zone).date())
}

fn currency(state: &State, body: &Object, date: Date) -> Result<(String, Decimal), ApiFault> {
    let company = &state.company;
    let given = refs::id_of(body, "CurrencyRef")?;
    let rate = match body.get("ExchangeRate") {
        None => None,
        Some(value) => {
            let bad = || ApiFault::of("2090", format!("Invalid Number : {value}"), "ExchangeRate");
            let rate = wire::decimal(value).ok_or_else(bad)?;
            if rate.normalize().scale() > 7 || rate < Decimal::ZERO || rate >= rates::MOST {
                return Err(bad());
            }
            (!rate.is_zero()).then_some(rate)
        }
    };
    if !company.multicurrency {
        if given.is_some_and(|code| code != company.home_currency)
            || rate.is_some_and(|rate| rate != Decimal::ONE)
        {
            return Err(ApiFault::business("Multicurrency is not turned on for this company."));
        }
        return Ok((company.home_currency.clone(), Decimal::ONE));
    }
    let code = given.ok_or_else(|| ApiFault::missing("CurrencyRef"))?;
    if code != company.home_currency && !company.currencies.iter().any(|(known, _)| *known == code) {
        return Err(ApiFault::of("2220", format!("Invalid Currency : {code}"), "CurrencyRef"));
    }
    let known = rates::rate_on(state, &code, date);
    if code == company.home_currency && rate.is_some_and(|rate| rate != Decimal::ONE) {
        return Err(ApiFault::business("The exchange rate of the home currency must be 1."));
    }
    let rate = rate.or(known).ok_or_else(|| {
        ApiFault::business(&format!("There is no exchange rate for {code} on {date}; supply ExchangeRate."))
    })?;
    Ok((code, rate))
}

/// The English name of the currencies that companies here use at home.
pub fn currency_name(code: &str) -> &str {
    match code {
        "USD" => "United States Dollar",
        "EUR" => "Euro",
        "GBP" => "British Pound Sterling",
        "CAD" => "Canadian Dollar",
        "AUD" => "Australian Dollar",
        other => other,
    }
}
