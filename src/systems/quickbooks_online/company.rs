//! The company at the other end: who it is and what it can do (contract 7.10).

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::model::clock::calendar_date;
use crate::model::ledger::Company;
use crate::model::money::Currency;
use crate::systems::{CallError, RemoteCompany};

use super::query::Entity;
use super::wire::{Answer, Ref, rows, text, truth};
use super::wire_lists::typed;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Info {
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    company_name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    legal_name: Option<String>,
    #[serde(default, deserialize_with = "text")]
    country: Option<String>,
    #[serde(default, deserialize_with = "text")]
    company_start_date: Option<String>,
    #[serde(default, deserialize_with = "text")]
    fiscal_year_start_month: Option<String>,
    meta_data: Option<MetaData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetaData {
    #[serde(default, deserialize_with = "text")]
    create_time: Option<String>,
}

impl Info {
    fn name(&self) -> Option<String> {
        self.company_name.clone().or_else(|| self.legal_name.clone()).filter(|n| !n.trim().is_empty())
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Preferences {
    currency_prefs: Option<CurrencyPrefs>,
    accounting_info_prefs: Option<AccountingPrefs>,
    vendor_and_purchases_prefs: Option<PurchasePrefs>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CurrencyPrefs {
    #[serde(default, deserialize_with = "truth")]
    multi_currency_enabled: Option<bool>,
    home_currency: Option<Ref>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AccountingPrefs {
    #[serde(default, deserialize_with = "truth")]
    class_tracking_per_txn: Option<bool>,
    #[serde(default, deserialize_with = "truth")]
    class_tracking_per_txn_line: Option<bool>,
    #[serde(default, deserialize_with = "truth")]
    track_departments: Option<bool>,
    #[serde(default, deserialize_with = "text")]
    book_close_date: Option<String>,
    #[serde(default, deserialize_with = "text")]
    first_month_of_fiscal_year: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PurchasePrefs {
    #[serde(default, deserialize_with = "truth")]
    tracking_by_customer: Option<bool>,
    #[serde(default, deserialize_with = "truth")]
    billable_expense_tracking: Option<bool>,
}

/// The company and what it can do; keys that are missing mean "off" (contract 7.10).
pub fn company(realm: &str, info: &Value, preferences: &Value, used: &[Value]) -> Result<Company, CallError> {
    let info: Info = typed(Entity::CompanyInfo, info)?;
    same_company(&info, realm)?;
    let p: Preferences = typed(Entity::Preferences, preferences)?;
    let (money, books) = (p.currency_prefs.unwrap_or_default(), p.accounting_info_prefs.unwrap_or_default());
    let home = home_currency(preferences)?;
    let multicurrency = money.multi_currency_enabled.unwrap_or(false);
    let mut currencies = vec![home];
    for row in used.iter().filter(|_| multicurrency) {
        let active = row.get("Active").and_then(Value::as_bool).unwrap_or(true);
        let code = row.get("Code").and_then(Value::as_str).unwrap_or_default();
        match code.parse::<Currency>() {
            Ok(c) if active && !currencies.contains(&c) => currencies.push(c),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "a currency of the company is not known here"),
        }
    }
    let close_date = books.book_close_date.as_deref().filter(|d| !d.is_empty());
    let close_date = close_date.map(|d| {
        calendar_date(d)
            .ok_or_else(|| CallError::Shape(format!("Preferences.AccountingInfoPrefs.BookCloseDate: {d:?}")))
    });
    let (per_record, per_line) =
        (books.class_tracking_per_txn.unwrap_or(false), books.class_tracking_per_txn_line.unwrap_or(false));
    let purchases = p.vendor_and_purchases_prefs.unwrap_or_default();
    let fiscal = info.fiscal_year_start_month.as_deref().or(books.first_month_of_fiscal_year.as_deref());
    Ok(Company {
        id: realm.into(),
        name: info.name().unwrap_or_else(|| realm.into()),
        country: info
            .country
            .as_deref()
            .map(country)
            .ok_or_else(|| CallError::Shape("CompanyInfo.Country is missing".into()))?,
        home_currency: home,
        multicurrency,
        currencies,
        classes: per_record || per_line,
        class_per_record: per_record && !per_line,
        departments: books.track_departments.unwrap_or(false),
        billable: purchases.billable_expense_tracking.unwrap_or(false),
        // only what is said to be off is off: the key is missing in many answers
        customers_on_lines: purchases.tracking_by_customer.unwrap_or(true),
        negative_lines: true,
        close_date: close_date.transpose()?,
        fiscal_year_start: fiscal.map_or(Some(1), month).ok_or_else(|| {
            CallError::Shape(format!("CompanyInfo.FiscalYearStartMonth: {:?}", fiscal.unwrap_or_default()))
        })?,
    })
}

/// Two letters; three are seen as well (contract 7.10).
fn country(text: &str) -> String {
    match text.trim().to_ascii_uppercase().as_str() {
        "USA" => "US".into(),
        "CAN" => "CA".into(),
        "GBR" | "UK" => "GB".into(),
        "AUS" => "AU".into(),
        "IND" => "IN".into(),
        "FRA" => "FR".into(),
        other => other.into(),
    }
}

/// `January`, `Jan` or `1`.
fn month(text: &str) -> Option<i8> {
    const NAMES: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let text = text.trim().to_ascii_lowercase();
    if let Ok(n) = text.parse::<i8>() {
        return (1..=12).contains(&n).then_some(n);
    }
    let at = NAMES.iter().position(|n| text.starts_with(n))?;
    i8::try_from(at + 1).ok()
}

/// The home currency, from the preferences alone.
pub fn home_currency(preferences: &Value) -> Result<Currency, CallError> {
    let p: Preferences = typed(Entity::Preferences, preferences)?;
    let money = p.currency_prefs.unwrap_or_default();
    let code = Ref::id(money.home_currency.as_ref());
    let code =
        code.ok_or_else(|| CallError::Shape("Preferences.CurrencyPrefs.HomeCurrency is missing".into()))?;
    code.parse().map_err(|e| CallError::Shape(format!("Preferences.CurrencyPrefs.HomeCurrency: {e}")))
}

/// Whether several currencies are switched on.
pub fn multicurrency(preferences: &Value) -> Result<bool, CallError> {
    let p: Preferences = typed(Entity::Preferences, preferences)?;
    Ok(p.currency_prefs.and_then(|c| c.multi_currency_enabled).unwrap_or(false))
}

/// The answer's own id is `1` or the realm (contract 7.10); another realm there is another company.
fn same_company(info: &Info, realm: &str) -> Result<(), CallError> {
    match info.id.as_deref() {
        Some(id) if id.len() >= 15 && id != realm => Err(CallError::WrongCompany(format!(
            "another QuickBooks company answered: {} ({id} instead of {realm})",
            info.name().unwrap_or_default()
        ))),
        _ => Ok(()),
    }
}

/// Who answers. The fingerprint is made of what a rename does not change: the realm and when the company was made.
pub fn remote_company(answer: &Answer, realm: &str) -> Result<RemoteCompany, CallError> {
    let one = |v: &Value| rows(v, "CompanyInfo").first().cloned();
    let info =
        answer.body.get("CompanyInfo").cloned().or_else(|| answer.body.get("QueryResponse").and_then(one));
    let info = info.ok_or_else(|| CallError::Shape("CompanyInfo is missing".into()))?;
    let info: Info = typed(Entity::CompanyInfo, &info)?;
    same_company(&info, realm)?;
    // the offset of a time changes with daylight saving, the instant does not (contract 2)
    let made = info.meta_data.as_ref().and_then(|m| m.create_time.as_deref());
    let made = made.and_then(|t| t.parse::<Timestamp>().ok()).map(|t| t.to_string());
    let fact = made.or_else(|| info.company_start_date.clone()).unwrap_or_default();
    Ok(RemoteCompany {
        id: realm.into(),
        name: info.name().unwrap_or_else(|| realm.into()),
        fingerprint: format!("{realm}|{fact}"),
    })
}
