//! Who answers: what the first call of a visit brings (contract 3). Nothing is written before it is the right company.
//!
//! Tax identifiers that the answer may hold are not looked at and end with it (accounting.md, 4.4).

use jiff::civil::Date;

use crate::model::clock::calendar_date;
use crate::model::money::Currency;
use crate::model::text::harmless;
use crate::systems::{Answering, CallError, Greeting, Link, RemoteCompany};

use super::answer::{Part, walk};
use super::call::{Query, not_read, raised};
use super::queries;
use super::write::{request, text, written};
use super::xml::Element;
use super::{Client, OWNER_ID, assemble};

/// The version in which we write.
const LANGUAGE: &str = "13.0";

/// What a greeting told, as the rest of this folder needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// For the engine.
    pub answering: Answering,
    /// `US`
    pub country: String,
    /// Classes are kept.
    pub classes: bool,
    /// Several currencies are switched on.
    pub multicurrency: bool,
    /// The home currency's name in QuickBooks, where it told: `US Dollar`.
    pub home_name: Option<String>,
    /// First month of the fiscal year.
    pub fiscal_year_start: i8,
}

impl Told {
    /// The home currency, as far as the country and its name tell.
    pub fn home(&self) -> Option<Currency> {
        let code = match (self.home_name.as_deref(), self.country.as_str()) {
            (Some("US Dollar"), _) => "USD",
            (Some("Canadian Dollar"), _) => "CAD",
            (Some("British Pound Sterling"), _) => "GBP",
            (Some("Euro"), _) => "EUR",
            (Some("Australian Dollar"), _) => "AUD",
            (Some(_), _) => return None,
            (None, "CA") => "CAD",
            (None, "UK" | "GB") => "GBP",
            (None, "AU") => "AUD",
            (None, "US") => "USD",
            (None, _) => return None,
        };
        code.parse().ok()
    }
}

/// Fields of the company that are asked for: tax identifiers are not (accounting.md, 4.4).
const COMPANY: &[&str] = &["CompanyName", "FirstMonthFiscalYear", "AccountantCopy", "DataExtRet"];

impl Client {
    /// Asks for what a greeting brings.
    pub(super) async fn ask_who_answers(&self) -> Result<Told, CallError> {
        let owner = setting(&self.link, "owner_id").unwrap_or(OWNER_ID);
        let mut company: Vec<_> = COMPANY.iter().map(|f| text("IncludeRetElement", *f)).collect();
        company.push(text("OwnerID", owner));
        let queries = [
            Query::new("host", queries::host("host", false))?,
            Query::new("company", written(&request("CompanyQueryRq", "company", company)))?,
            Query::new("preferences", queries::preferences("preferences"))?,
        ];
        let requests = queries.map(|q| q.xml);
        let reply = self.carried(assemble::reads(&requests)).await.map_err(not_read)?;
        raised(&reply)?;
        let answer = String::from_utf8(reply.body)
            .map_err(|_| CallError::Shape("QuickBooks' answer: it is not UTF-8".into()))?;
        let greeting =
            Greeting { answer, company_file: String::new(), country: String::new(), version: (0, 0) };
        read(&self.link, &greeting)
    }
}

/// A setting of the connection that is not empty.
fn setting<'a>(link: &'a Link, key: &str) -> Option<&'a str> {
    link.settings.get(key).and_then(|v| v.as_str()).filter(|v| !v.trim().is_empty())
}

#[derive(Default)]
struct Parts {
    host: Option<Element>,
    company: Option<Element>,
    preferences: Option<Element>,
}

/// Reads a greeting and compares the company with the connection's.
///
/// # Errors
/// [`CallError::WrongCompany`]: another company file is open, or one that was never paired. [`CallError::Shape`]: the
/// greeting does not say who answers.
pub fn read(link: &Link, greeting: &Greeting) -> Result<Told, CallError> {
    let mut parts = Parts::default();
    walk(greeting.answer.as_bytes(), |part| {
        if let Part::Record(_, record) = part {
            let place = match record.name.as_str() {
                "HostRet" => &mut parts.host,
                "CompanyRet" => &mut parts.company,
                "PreferencesRet" => &mut parts.preferences,
                _ => return Ok(()),
            };
            place.get_or_insert(record);
        }
        Ok(())
    })?;
    let missing = |what: &str| CallError::Shape(format!("who answers is not told: {what} is missing"));
    let company = parts.company.ok_or_else(|| missing("CompanyRet"))?;
    let name = harmless(company.text("CompanyName").unwrap_or_default()).into_owned();
    let file_id = paired(link, &company, &name, &greeting.company_file)?;
    let host = parts.host.ok_or_else(|| missing("HostRet"))?;
    let preferences = parts.preferences.ok_or_else(|| missing("PreferencesRet"))?;
    let accounting = preferences.child("AccountingPreferences");
    let currencies = preferences.child("MultiCurrencyPreferences");
    let on = |group: Option<&Element>, name: &str| group.and_then(|g| g.text(name)).is_some_and(truth);
    let product = harmless(host.text("ProductName").unwrap_or_default()).into_owned();
    let versions: Vec<&str> = host.all("SupportedQBXMLVersion").map(Element::own_text).collect();
    let answering = Answering {
        company: RemoteCompany { id: file_id.clone(), name, fingerprint: file_id },
        unusable: unusable(&product, &versions),
        language: newest(&versions)
            .unwrap_or_else(|| format!("{}.{}", greeting.version.0, greeting.version.1)),
        product,
        file_mode: harmless(host.text("QBFileMode").unwrap_or_default()).into_owned(),
        close_date: closed_through(accounting, &company)?,
    };
    let country = host.text("Country").unwrap_or(&greeting.country).to_uppercase();
    let home = currencies.and_then(|c| c.child("HomeCurrencyRef")).and_then(|r| r.text("FullName"));
    Ok(Told {
        answering,
        country,
        classes: on(accounting, "IsUsingClassTracking"),
        multicurrency: on(currencies, "IsMultiCurrencyOn"),
        home_name: home.map(Into::into),
        fiscal_year_start: month(company.text("FirstMonthFiscalYear").unwrap_or_default()),
    })
}

/// The FileID that our pairing left in the company file; another program's data of the same name is not ours.
fn paired(link: &Link, company: &Element, name: &str, file: &str) -> Result<String, CallError> {
    let owner = setting(link, "owner_id").unwrap_or(OWNER_ID);
    let ours = company.all("DataExtRet").find(|d| {
        let is = |field: &str, value: &str| d.text(field).is_some_and(|t| t.eq_ignore_ascii_case(value));
        is("OwnerID", owner) && is("DataExtName", "FileID")
    });
    let told = ours.and_then(|d| d.text("DataExtValue"));
    if let Some(told) = told.filter(|t| t.eq_ignore_ascii_case(&link.company)) {
        return Ok(told.to_uppercase());
    }
    let wanted = setting(link, "company_name")
        .map_or_else(|| "the connected company".to_string(), |n| format!("{n:?}"));
    let file = if file.trim().is_empty() { String::new() } else { format!(" ({})", harmless(file.trim())) };
    let why = if told.is_some() {
        "it belongs to another connection"
    } else {
        "it was never connected: add the .qwc file while it is open, if it is the right one"
    };
    Err(CallError::WrongCompany(format!(
        "QuickBooks has {name:?}{file} open, and this connection is for {wanted}; {why}. Nothing was written: open the right company file on that machine"
    )))
}

/// Why nothing can be done with this QuickBooks.
fn unusable(product: &str, versions: &[&str]) -> Option<String> {
    if versions.contains(&LANGUAGE) {
        return None;
    }
    let product = if product.is_empty() { "this QuickBooks" } else { product };
    Some(if versions.is_empty() {
        format!(
            "{product} cannot be connected: this edition has no interface for other programs; Pro, Premier or Enterprise of 2014 or later is needed"
        )
    } else {
        let newest = newest(versions).unwrap_or_default();
        format!(
            "{product} knows qbXML up to {newest}, and tieout needs {LANGUAGE}: install QuickBooks 2014 or later on that machine"
        )
    })
}

fn newest(versions: &[&str]) -> Option<String> {
    let number = |v: &str| {
        let (major, minor) = v.trim().split_once('.')?;
        Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?))
    };
    let (major, minor) = versions.iter().filter_map(|v| number(v)).max()?;
    Some(format!("{major}.{minor}"))
}

/// The last closed day: the closing date, or the dividing date of an accountant's copy where that is later. QuickBooks
/// refuses what is dated on or before the latter (contract 3, assumed), so it is treated as closed as well.
fn closed_through(accounting: Option<&Element>, company: &Element) -> Result<Option<Date>, CallError> {
    let day = |text: Option<&str>, field: &str| {
        let read = |t| calendar_date(t).ok_or_else(|| CallError::Shape(format!("{field} is no date: {t:?}")));
        text.map(read).transpose()
    };
    let closing = day(accounting.and_then(|a| a.text("ClosingDate")), "ClosingDate")?;
    let copy = company.child("AccountantCopy").filter(|c| c.text("AccountantCopyExists").is_some_and(truth));
    let dividing = day(copy.and_then(|c| c.text("DividingDate")), "DividingDate")?;
    Ok(closing.max(dividing))
}

/// QuickBooks answers `true` and `false`; `1` is in the schema too.
pub fn truth(text: &str) -> bool {
    text == "1" || text.eq_ignore_ascii_case("true")
}

fn month(name: &str) -> i8 {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let at = MONTHS.iter().position(|m| m.eq_ignore_ascii_case(name));
    at.and_then(|n| i8::try_from(n + 1).ok()).unwrap_or(1)
}
