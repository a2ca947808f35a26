//! Company information, preferences and exchange rates (contract section 7.10).

use std::str::FromStr;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::api::Answer;
use super::fault::ApiFault;
use super::server::Call;
use super::state::State;
use super::wire;

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
    Ok(json!({"ExchangeRate": {
        "SyncToken": "0", "domain": "QBO", "sparse": false,
        "SourceCurrencyCode": source, "TargetCurrencyCode": state.company.home_currency,
        "Rate": wire::number(rate), "AsOfDate": date.to_string(),
    }}))
}
