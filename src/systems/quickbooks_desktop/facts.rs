//! Reference data (contract 7.1 and 7.2). What has no pages goes together in one message set, then vendors and customers
//! come page by page, and a page is gone when its rows are kept.
//!
//! Only the named fields are asked for, so that bank details, tax identifiers and notes never leave QuickBooks
//! (accounting.md, 4.4). Recent records come last ([`super::recent`]).

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::ledger::{Account, AccountType, Company, DimensionValue, LedgerFacts, Vendor};
use crate::model::money::Currency;
use crate::systems::CallError;

use super::Client;
use super::call::{PAGE, Query};
use super::greeting::{Told, truth};
use super::queries::{self, List, Narrow, Walk};
use super::record::Currencies;
use super::status::Class;
use super::xml::Element;

/// Fields of an account.
pub const ACCOUNT: &[&str] =
    &["ListID", "Name", "FullName", "IsActive", "AccountType", "AccountNumber", "CurrencyRef"];
/// Fields of a class.
pub const CLASS: &[&str] = &["ListID", "Name", "FullName", "IsActive", "ParentRef", "EditSequence"];
/// Fields of an employee.
pub const EMPLOYEE: &[&str] = &["ListID", "Name", "IsActive"];
/// Fields of a currency.
pub const CURRENCY: &[&str] = &["ListID", "Name", "IsActive", "CurrencyCode"];
/// Fields of a vendor. `AccountNumber` is our code for it, not a bank account (contract 7.2).
pub const VENDOR: &[&str] =
    &["ListID", "Name", "IsActive", "Email", "AccountNumber", "TermsRef", "CurrencyRef"];
/// Fields of a customer or job.
pub const CUSTOMER: &[&str] = &["ListID", "Name", "FullName", "IsActive", "ParentRef", "EditSequence"];

/// A list's fields.
pub fn asked(fields: &'static [&'static str]) -> Narrow<'static> {
    Narrow { fields, ..Narrow::default() }
}

/// What the queries without pages gave.
#[derive(Default)]
struct Together {
    accounts: Vec<Element>,
    classes: Vec<DimensionValue>,
    employees: Vec<String>,
    currencies: Vec<Element>,
}

impl Client {
    pub(super) async fn read_facts(
        &self,
        before: Option<LedgerFacts>,
        now: Timestamp,
    ) -> Result<LedgerFacts, CallError> {
        let told = self.told().await?;
        let whole = |list: List, id: &str, fields: &'static [&'static str]| {
            Query::new(id, queries::list(list, id, &asked(fields), Walk::Whole))
        };
        let mut queries = vec![whole(List::Account, "accounts", ACCOUNT)?];
        if told.classes {
            // switched off since the greeting: there are none
            queries.push(whole(List::Class, "classes", CLASS)?.or(&[Class::Configuration]));
        }
        queries.push(whole(List::Employee, "employees", EMPLOYEE)?);
        if told.multicurrency {
            queries.push(whole(List::Currency, "currencies", CURRENCY)?);
        }
        let ids: Vec<String> = queries.iter().map(|q| q.id.clone()).collect();
        let mut got = Together::default();
        self.ask(&queries, |at, element| {
            match ids.get(at).map(String::as_str) {
                Some("accounts") => got.accounts.push(element),
                Some("classes") => got.classes.push(dimension(&element)?),
                Some("employees") => got.employees.push(need(&element, "Name")?.into()),
                Some("currencies") => got.currencies.push(element),
                _ => {}
            }
            Ok(())
        })
        .await?;
        let currencies = currencies(&told, &got.currencies)?;
        self.known().currencies = Some(currencies.clone());
        let accounts = got.accounts.iter().map(|a| account(a, &currencies, told.multicurrency));
        let accounts = accounts.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        let vendors = self
            .pages(
                |walk| queries::list(List::Vendor, "page", &asked(VENDOR), walk),
                PAGE,
                |e| vendor(e, &currencies, told.multicurrency).map(Some),
            )
            .await?;
        let customers = self
            .pages(
                |walk| queries::list(List::Customer, "page", &asked(CUSTOMER), walk),
                PAGE,
                |e| dimension(e).map(Some),
            )
            .await?;
        let recent = self.read_recent(before.as_ref(), &currencies, &vendors, now).await?;
        let facts = LedgerFacts {
            company: company(&told, &currencies, &got.currencies),
            accounts,
            vendors,
            classes: got.classes,
            departments: Vec::new(),
            customers,
            employees: got.employees,
            tax_codes: Vec::new(),
            // the direction of a rate is not documented well enough to send one (contract 8): QuickBooks decides
            rates: BTreeMap::new(),
            // the rules of terms are not read; a vendor names its own
            terms: Vec::new(),
            recent,
            read_at: now,
            index: Default::default(),
        };
        Ok(facts.indexed())
    }

    /// The currencies of the company: from the greeting, or by one call where several are switched on.
    pub(super) async fn currencies(&self) -> Result<Currencies, CallError> {
        if let Some(known) = self.known().currencies.clone() {
            return Ok(known);
        }
        let told = self.told().await?;
        let mut rows = Vec::new();
        if told.multicurrency {
            let xml = queries::list(List::Currency, "currencies", &asked(CURRENCY), Walk::Whole);
            self.ask(&[Query::new("currencies", xml)?], |_, element| {
                rows.push(element);
                Ok(())
            })
            .await?;
        }
        let read = currencies(&told, &rows)?;
        self.known().currencies = Some(read.clone());
        Ok(read)
    }
}

/// A field that has to be there.
pub fn need<'a>(element: &'a Element, field: &str) -> Result<&'a str, CallError> {
    element.text(field).ok_or_else(|| {
        let id = element.text("ListID").or_else(|| element.text("TxnID")).unwrap_or("?");
        CallError::Shape(format!("{} {id}: {field} is missing", element.name))
    })
}

/// Usable; absent counts as yes.
pub fn active(element: &Element) -> bool {
    element.text("IsActive").is_none_or(truth)
}

fn currencies(told: &Told, rows: &[Element]) -> Result<Currencies, CallError> {
    let mut others = BTreeMap::new();
    for row in rows {
        // a currency that somebody invented has no ISO code, and no entry of ours can have it
        let Some(code) = row.text("CurrencyCode").and_then(|c| c.parse::<Currency>().ok()) else { continue };
        for key in [row.text("ListID"), row.text("Name")].into_iter().flatten() {
            others.insert(key.to_lowercase(), code);
        }
    }
    let by_name = told.home_name.as_ref().and_then(|n| others.get(&n.to_lowercase())).copied();
    let home = by_name.or_else(|| told.home()).ok_or_else(|| {
        CallError::Shape(format!(
            "the home currency of QuickBooks is not known: country {:?}, name {:?}",
            told.country, told.home_name
        ))
    })?;
    Ok(Currencies { home, others })
}

fn company(told: &Told, currencies: &Currencies, rows: &[Element]) -> Company {
    let mut used: Vec<Currency> = rows
        .iter()
        .filter(|r| active(r))
        .filter_map(|r| r.text("CurrencyCode").and_then(|c| c.parse().ok()))
        .chain([currencies.home])
        .collect();
    used.sort();
    used.dedup();
    Company {
        id: told.answering.company.id.clone(),
        name: told.answering.company.name.clone(),
        country: told.country.clone(),
        home_currency: currencies.home,
        multicurrency: told.multicurrency,
        currencies: used,
        classes: told.classes,
        class_per_record: false,
        departments: false,
        billable: true,
        customers_on_lines: true,
        negative_lines: true,
        close_date: told.answering.close_date,
        fiscal_year_start: told.fiscal_year_start,
    }
}

/// The currency of a list's element, where several are switched on and it names one that is known.
fn own_currency(
    element: &Element,
    currencies: &Currencies,
    several: bool,
) -> Result<Option<Currency>, CallError> {
    if !several || element.child("CurrencyRef").is_none() {
        return Ok(None);
    }
    currencies.of(element).map(Some)
}

fn account(element: &Element, currencies: &Currencies, several: bool) -> Result<Option<Account>, CallError> {
    let id = need(element, "ListID")?;
    let word = need(element, "AccountType")?;
    let Some(kind) = account_type(word) else {
        if word != "NonPosting" {
            tracing::warn!(id, kind = word, "account of an unknown kind");
        }
        return Ok(None);
    };
    Ok(Some(Account {
        id: id.into(),
        number: element.text("AccountNumber").unwrap_or_default().into(),
        name: element.text("FullName").or_else(|| element.text("Name")).unwrap_or_default().into(),
        kind,
        currency: own_currency(element, currencies, several)?,
        active: active(element),
    }))
}

/// The kinds of contract 7.1, without `NonPosting`.
pub fn account_type(word: &str) -> Option<AccountType> {
    use AccountType::*;
    Some(match word {
        "AccountsPayable" => AccountsPayable,
        "AccountsReceivable" => AccountsReceivable,
        "Bank" => Bank,
        "CostOfGoodsSold" => CostOfSales,
        "CreditCard" => CreditCard,
        "Equity" => Equity,
        "Expense" => Expense,
        "FixedAsset" | "OtherAsset" => FixedAsset,
        "Income" => Income,
        "LongTermLiability" => LongTermLiability,
        "OtherCurrentAsset" => CurrentAsset,
        "OtherCurrentLiability" => CurrentLiability,
        "OtherExpense" => OtherExpense,
        "OtherIncome" => OtherIncome,
        _ => return None,
    })
}

fn vendor(element: &Element, currencies: &Currencies, several: bool) -> Result<Vendor, CallError> {
    let term = element.child("TermsRef").and_then(|t| t.text("FullName").or_else(|| t.text("ListID")));
    Ok(Vendor {
        id: need(element, "ListID")?.into(),
        code: element.text("AccountNumber").unwrap_or_default().into(),
        name: need(element, "Name")?.into(),
        email: element.text("Email").map(str::to_lowercase),
        currency: own_currency(element, currencies, several)?,
        active: active(element),
        term: term.map(Into::into),
    })
}

/// A class, customer or job, by its whole name.
fn dimension(element: &Element) -> Result<DimensionValue, CallError> {
    let name = element.text("FullName").or_else(|| element.text("Name"));
    Ok(DimensionValue {
        id: need(element, "ListID")?.into(),
        name: name.unwrap_or_default().into(),
        active: active(element),
    })
}
