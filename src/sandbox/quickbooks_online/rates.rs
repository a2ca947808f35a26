//! Company information, preferences and exchange rates (contract section 7.10).

use std::str::FromStr;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::api::Answer;
use super::company::Rate;
use super::fault::ApiFault;
use super::server::Call;
use super::state::State;
use super::wire::{self, Object};

/// Rates are below this.
pub const MOST: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// `CompanyInfo`.
pub fn company_info(state: &State) -> Value {
    let company = &state.company;
    let country = if company.country == "UK" { "GB" } else { &company.country };
    json!({
        "Id": "1", "SyncToken": "0", "domain": "QBO", "sparse": false,
        "CompanyName": company.name, "LegalName": company.name, "Country": country,
        "FiscalYearStartMonth": "January", "SupportedLanguages": "en",
        "DefaultTimeZone": company.time_zone,
        "NameValue": [
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
            {"Name": "SubscriptionStatus", "Value": if state.switches.subscription_ended { "EXPIRED" } else { "PAID" }},
        ],
    })
}

/// `Preferences`.
pub fn preferences(state: &State) -> Value {
    let company = &state.company;
    let mut accounting = json!({
        "ClassTrackingPerTxn": false,
        "ClassTrackingPerTxnLine": company.class_tracking,
        "TrackDepartments": company.location_tracking,
        "DepartmentTerminology": "Location",
        "UseAccountNumbers": true,
        "CustomerTerminology": "Customers",
        "FirstMonthOfFiscalYear": "January",
    });
    if let (Some(close), Some(prefs)) = (company.book_close_date, accounting.as_object_mut()) {
        prefs.insert("BookCloseDate".to_owned(), json!(close.to_string()));
    }
    let mut tax = json!({"UsingSalesTax": !state.is_us()});
    if let Some(tax) = tax.as_object_mut().filter(|_| state.is_us()) {
        tax.insert("PartnerTaxEnabled".to_owned(), json!(false));
    }
    json!({
        "Id": "1", "SyncToken": "0", "domain": "QBO", "sparse": false,
        "AccountingInfoPrefs": accounting,
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": company.multicurrency,
            "HomeCurrency": {"value": company.home_currency},
        },
        "VendorAndPurchasesPrefs": {
            "BillableExpenseTracking": true, "TrackingByCustomer": true, "EnableBills": true,
        },
        "TaxPrefs": tax,
        "OtherPrefs": {"NameValue": [
            {"Name": "VendorAndPurchasesPrefs.UseCustomTxnNumbers", "Value": "true"},
            {"Name": "VendorAndPurchasesPrefs.WarnDuplicateBillNumber",
             "Value": (!state.switches.duplicate_bill_number).to_string()},
        ]},
    })
}

/// The rate of a currency to the home currency on a date: the nearest earlier one.
pub fn rate_on(state: &State, currency: &str, date: Date) -> Option<Decimal> {
    if currency == state.company.home_currency {
        return Some(Decimal::ONE);
    }
    let known = state.company.rates.iter().filter(|rate| rate.currency == currency && rate.date <= date);
    known.max_by_key(|rate| rate.date).map(|rate| rate.rate)
}

/// `GET /exchangerate?sourcecurrencycode=…&asofdate=…`.
pub fn exchange_rate(state: &State, call: &Call) -> Answer {
    let source = call.param("sourcecurrencycode").ok_or_else(|| ApiFault::missing("sourcecurrencycode"))?;
    let source = source.to_uppercase();
    let date = match call.param("asofdate") {
        Some(text) => Date::from_str(text)
            .map_err(|_| ApiFault::of("2060", format!("Invalid Date : {text}"), "asofdate"))?,
        None => state.now.to_zoned(state.zone.clone()).date(),
    };
    let known = source == state.company.home_currency
        || state.company.multicurrency && state.company.currencies.iter().any(|(code, _)| *code == source);
    let rate = if known { rate_on(state, &source, date) } else { None };
    let rate = rate.ok_or_else(|| ApiFault::of("2220", format!("Invalid Currency : {source}"), ""))?;
    Ok(json!({"ExchangeRate": rate_entity(state, &source, date, rate)}))
}

/// `POST /exchangerate`: sets the rate of a currency from a date on.
pub fn set_exchange_rate(state: &mut State, call: &Call) -> Answer {
    let body: Value = serde_json::from_slice(&call.body)
        .map_err(|error| ApiFault::of("2000", format!("Invalid object : {error}"), ""))?;
    let body = body.as_object().ok_or_else(|| ApiFault::of("2000", "Invalid object : not an object", ""))?;
    let source =
        wire::text(body, "SourceCurrencyCode")?.ok_or_else(|| ApiFault::missing("SourceCurrencyCode"))?;
    let date = wire::date(body, "AsOfDate")?.ok_or_else(|| ApiFault::missing("AsOfDate"))?;
    let rate = body.get("Rate").ok_or_else(|| ApiFault::missing("Rate"))?;
    let rate = wire::decimal(rate)
        .filter(|rate| *rate > Decimal::ZERO && *rate < MOST && rate.normalize().scale() <= 7)
        .ok_or_else(|| ApiFault::of("2090", format!("Invalid Number : {rate}"), "Rate"))?;
    if !state.company.multicurrency || !state.company.currencies.iter().any(|(code, _)| *code == source) {
        return Err(ApiFault::of("2220", format!("Invalid Currency : {source}"), ""));
    }
    state.company.rates.retain(|one| one.currency != source || one.date != date);
    state.company.rates.push(Rate { currency: source.clone(), date, rate });
    Ok(json!({"ExchangeRate": rate_entity(state, &source, date, rate)}))
}

/// The rates of all currencies in use on the given dates, or today.
pub fn rows(state: &State, dates: &[Date]) -> Vec<Object> {
    let today = [state.now.to_zoned(state.zone.clone()).date()];
    let dates = if dates.is_empty() { &today } else { dates };
    let currencies = state.company.currencies.iter().filter(|_| state.company.multicurrency);
    let each = currencies.flat_map(|(code, _)| dates.iter().map(move |date| (code, *date)));
    each.filter_map(|(code, date)| Some(rate_entity(state, code, date, rate_on(state, code, date)?)))
        .collect()
}

fn rate_entity(state: &State, source: &str, date: Date, rate: Decimal) -> Object {
    Map::from_iter([
        ("SyncToken".to_owned(), json!("0")),
        ("domain".to_owned(), json!("QBO")),
        ("sparse".to_owned(), json!(false)),
        ("SourceCurrencyCode".to_owned(), json!(source)),
        ("TargetCurrencyCode".to_owned(), json!(state.company.home_currency)),
        ("Rate".to_owned(), wire::number(rate)),
        ("AsOfDate".to_owned(), json!(date.to_string())),
    ])
}
