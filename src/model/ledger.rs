//! Reference data of a ledger as checks and mappings need it: a snapshot with the instant at which it was read.
//!
//! Bank details, payment instructions and tax identifiers have no field here (accounting.md, section 4.4).

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::entry::{EntryKind, Named};
use crate::model::money::Currency;

/// What kind of account it is, in the words of the ledgers' common ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountType {
    /// Bank or cash.
    Bank,
    /// Accounts receivable.
    AccountsReceivable,
    /// Other current asset.
    CurrentAsset,
    /// Fixed or other long-term asset.
    FixedAsset,
    /// Accounts payable.
    AccountsPayable,
    /// Credit card.
    CreditCard,
    /// Other current liability.
    CurrentLiability,
    /// Long-term liability.
    LongTermLiability,
    /// Equity.
    Equity,
    /// Income.
    Income,
    /// Cost of goods sold.
    CostOfSales,
    /// Expense.
    Expense,
    /// Other income.
    OtherIncome,
    /// Other expense.
    OtherExpense,
}

impl AccountType {
    /// A profit-and-loss account: dimensions may be required on it.
    pub fn is_profit_and_loss(self) -> bool {
        use AccountType::*;
        matches!(self, Income | CostOfSales | Expense | OtherIncome | OtherExpense)
    }

    /// May take cost without being listed by name.
    pub fn takes_cost(self) -> bool {
        use AccountType::*;
        matches!(self, CostOfSales | Expense | OtherExpense)
    }

    /// In a sentence.
    pub fn words(self) -> &'static str {
        use AccountType::*;
        match self {
            Bank => "bank",
            AccountsReceivable => "accounts receivable",
            CurrentAsset => "other current asset",
            FixedAsset => "fixed asset",
            AccountsPayable => "accounts payable",
            CreditCard => "credit card",
            CurrentLiability => "other current liability",
            LongTermLiability => "long-term liability",
            Equity => "equity",
            Income => "income",
            CostOfSales => "cost of goods sold",
            Expense => "expense",
            OtherIncome => "other income",
            OtherExpense => "other expense",
        }
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Id.
    pub id: String,
    /// Account number; empty where the company uses none.
    pub number: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: AccountType,
    /// Currency, where the account has its own.
    pub currency: Option<Currency>,
    /// Usable.
    pub active: bool,
}

impl Account {
    /// `5010 Client Airfare`
    pub fn label(&self) -> String {
        if self.number.is_empty() { self.name.clone() } else { format!("{} {}", self.number, self.name) }
    }

    /// As a line names it.
    pub fn named(&self) -> Named {
        Named::new(&self.id, self.label())
    }
}

/// A vendor record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vendor {
    /// Id.
    pub id: String,
    /// Our code for it (QuickBooks: `AcctNum`): employee number or vendor code.
    pub code: String,
    /// Display name.
    pub name: String,
    /// E-mail, lower case.
    pub email: Option<String>,
    /// The one currency it has.
    pub currency: Option<Currency>,
    /// Usable.
    pub active: bool,
    /// Payment term's id.
    pub term: Option<String>,
}

/// A payment term: when a bill falls due, counted from the invoice date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// Id.
    pub id: String,
    /// Name: `Net 30`.
    pub name: String,
    /// When.
    pub due: Due,
}

/// When something falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// So many days after the invoice date.
    Days(u16),
    /// On that day of the month, 1 to 31; the month's last day where it has fewer.
    DayOfMonth(i8),
}

impl Term {
    /// The due date of an invoice.
    pub fn due(&self, invoice: Date) -> Date {
        match self.due {
            Due::Days(days) => invoice.checked_add(jiff::ToSpan::days(i64::from(days))).unwrap_or(invoice),
            Due::DayOfMonth(day) => {
                let on = |month: Date| {
                    let day = day.clamp(1, month.days_in_month());
                    month.with().day(day).build().unwrap_or(month)
                };
                let this = on(invoice.first_of_month());
                let next = invoice.last_of_month().tomorrow().map_or(this, on);
                if this >= invoice { this } else { next }
            }
        }
    }
}

/// A class, department, customer or project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DimensionValue {
    /// Id.
    pub id: String,
    /// Full name: `Aldgate Bank:Core review`.
    pub name: String,
    /// Usable.
    pub active: bool,
}

/// The ledger's company and what it can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// Company id at the ledger (realm).
    pub id: String,
    /// Its name.
    pub name: String,
    /// `US`, `CA` …
    pub country: String,
    /// Home currency.
    pub home_currency: Currency,
    /// Several currencies are switched on.
    pub multicurrency: bool,
    /// Currencies in use, home included.
    pub currencies: Vec<Currency>,
    /// Classes are kept, per line or per record.
    pub classes: bool,
    /// A record has one class for all its lines.
    #[serde(default)]
    pub class_per_record: bool,
    /// Locations.
    pub departments: bool,
    /// Billable expenses.
    pub billable: bool,
    /// Customers on the lines of bills and purchases.
    #[serde(default = "yes")]
    pub customers_on_lines: bool,
    /// Bills and purchases may have negative lines; where not, they go into a vendor credit beside the bill
    /// (accounting.md, 1.6).
    #[serde(default = "yes")]
    pub negative_lines: bool,
    /// Books are closed through this day.
    pub close_date: Option<Date>,
    /// First month of the fiscal year.
    pub fiscal_year_start: i8,
}

fn yes() -> bool {
    true
}

/// A tax code of a ledger that computes tax, with what it computes on purchases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxCode {
    /// Id.
    pub id: String,
    /// Name: `20.0% S`.
    pub name: String,
    /// Usable.
    pub active: bool,
    /// Its purchase rates in their order; empty: not for purchases. A group code has several.
    pub purchase: Vec<TaxRate>,
}

/// A rate of a tax code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRate {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Percent, where the ledger tells.
    pub percent: Option<Decimal>,
}

/// A recent record of the ledger, for `maybe_in_ledger` (reliability.md, 2.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentRecord {
    /// Kind.
    pub kind: EntryKind,
    /// Id.
    pub id: String,
    /// Vendor id.
    pub vendor: Option<String>,
    /// Number.
    pub number: String,
    /// Date.
    pub date: Date,
    /// Total.
    pub amount: Decimal,
    /// Currency.
    pub currency: Currency,
    /// Our reference, when it carries our marker.
    pub marker: Option<String>,
}

/// A snapshot of one ledger's reference data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerFacts {
    /// The company.
    pub company: Company,
    /// Chart of accounts.
    pub accounts: Vec<Account>,
    /// Vendors.
    pub vendors: Vec<Vendor>,
    /// Names of customers that are no projects, for name clashes; ids and projects are in `customers`.
    pub classes: Vec<DimensionValue>,
    /// Departments or locations.
    pub departments: Vec<DimensionValue>,
    /// Customers and projects.
    pub customers: Vec<DimensionValue>,
    /// Names of employees in the ledger, for name clashes.
    pub employees: Vec<String>,
    /// Tax codes that a line may have, where the ledger computes tax; empty in the US.
    #[serde(default)]
    pub tax_codes: Vec<TaxCode>,
    /// Rates to home currency by currency and date.
    pub rates: BTreeMap<Currency, BTreeMap<Date, Decimal>>,
    /// Payment terms of the vendors.
    #[serde(default)]
    pub terms: Vec<Term>,
    /// Records of the last 120 days.
    pub recent: Vec<RecentRecord>,
    /// When it was read.
    pub read_at: Timestamp,
    /// Look-up tables, rebuilt after reading.
    #[serde(skip)]
    pub index: Index,
}

/// Positions by key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Index {
    accounts_by_id: HashMap<String, usize>,
    accounts_by_number: HashMap<String, usize>,
    vendors_by_id: HashMap<String, usize>,
    vendors_by_code: HashMap<String, Vec<usize>>,
    vendors_by_email: HashMap<String, Vec<usize>>,
    vendors_by_name: HashMap<String, Vec<usize>>,
    recent_by_vendor: HashMap<String, Vec<usize>>,
    recent_by_number: HashMap<String, Vec<usize>>,
}

/// A name as it is compared: trimmed, lower case, blanks collapsed.
pub fn normal_name(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl LedgerFacts {
    /// Builds the look-up tables; call after reading or changing the lists.
    #[must_use]
    pub fn indexed(mut self) -> Self {
        let mut ix = Index::default();
        for (i, a) in self.accounts.iter().enumerate() {
            ix.accounts_by_id.insert(a.id.clone(), i);
            if !a.number.is_empty() {
                ix.accounts_by_number.insert(a.number.clone(), i);
            }
        }
        for (i, v) in self.vendors.iter().enumerate() {
            ix.vendors_by_id.insert(v.id.clone(), i);
            if !v.code.is_empty() {
                ix.vendors_by_code.entry(v.code.clone()).or_default().push(i);
            }
            if let Some(e) = &v.email {
                ix.vendors_by_email.entry(e.to_lowercase()).or_default().push(i);
            }
            ix.vendors_by_name.entry(normal_name(&v.name)).or_default().push(i);
        }
        for (i, r) in self.recent.iter().enumerate() {
            if let Some(v) = &r.vendor {
                ix.recent_by_vendor.entry(v.clone()).or_default().push(i);
            }
            ix.recent_by_number.entry(r.number.to_uppercase()).or_default().push(i);
        }
        self.index = ix;
        self
    }

    /// The account with this id.
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.index.accounts_by_id.get(id).and_then(|i| self.accounts.get(*i))
    }

    /// The account whose number equals the code.
    pub fn account_numbered(&self, number: &str) -> Option<&Account> {
        self.index.accounts_by_number.get(number).and_then(|i| self.accounts.get(*i))
    }

    /// The vendor with this id.
    pub fn vendor(&self, id: &str) -> Option<&Vendor> {
        self.index.vendors_by_id.get(id).and_then(|i| self.vendors.get(*i))
    }

    /// Vendors with this code.
    pub fn vendors_coded(&self, code: &str) -> Vec<&Vendor> {
        self.pick(self.index.vendors_by_code.get(code))
    }

    /// Vendors with this e-mail.
    pub fn vendors_mailed(&self, email: &str) -> Vec<&Vendor> {
        self.pick(self.index.vendors_by_email.get(&email.to_lowercase()))
    }

    /// Vendors with exactly this name (case and blanks aside).
    pub fn vendors_named(&self, name: &str) -> Vec<&Vendor> {
        self.pick(self.index.vendors_by_name.get(&normal_name(name)))
    }

    /// The term of a vendor.
    pub fn term_of(&self, vendor: &Vendor) -> Option<&Term> {
        vendor.term.as_ref().and_then(|id| self.terms.iter().find(|t| t.id == *id))
    }

    /// Recent records of a vendor.
    pub fn recent_of(&self, vendor: &str) -> impl Iterator<Item = &RecentRecord> {
        self.index.recent_by_vendor.get(vendor).into_iter().flatten().filter_map(|i| self.recent.get(*i))
    }

    /// Recent records with a number (case aside).
    pub fn recent_numbered(&self, number: &str) -> impl Iterator<Item = &RecentRecord> {
        self.index
            .recent_by_number
            .get(&number.to_uppercase())
            .into_iter()
            .flatten()
            .filter_map(|i| self.recent.get(*i))
    }

    /// Home units for one unit of `currency` on `date`; another date takes the nearest earlier one.
    pub fn rate(&self, currency: Currency, date: Date) -> Option<Decimal> {
        self.rates.get(&currency).and_then(|m| m.range(..=date).next_back().map(|(_, r)| *r))
    }

    /// The tax code with this id.
    pub fn tax_code(&self, id: &str) -> Option<&TaxCode> {
        self.tax_codes.iter().find(|t| t.id == id)
    }

    /// A dimension value by id.
    pub fn dimension(&self, kind: crate::model::rule::DimensionKind, id: &str) -> Option<&DimensionValue> {
        self.dimension_list(kind).iter().find(|d| d.id == id)
    }

    /// The list of a dimension.
    pub fn dimension_list(&self, kind: crate::model::rule::DimensionKind) -> &[DimensionValue] {
        match kind {
            crate::model::rule::DimensionKind::Class => &self.classes,
            crate::model::rule::DimensionKind::Department => &self.departments,
            crate::model::rule::DimensionKind::Customer => &self.customers,
        }
    }

    fn pick(&self, at: Option<&Vec<usize>>) -> Vec<&Vendor> {
        at.into_iter().flatten().filter_map(|i| self.vendors.get(*i)).collect()
    }
}
