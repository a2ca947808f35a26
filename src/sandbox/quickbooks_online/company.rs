//! The company that a stand-in starts with, as plain data. Things refer to each other by name or number.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

/// A QuickBooks Online company.
#[derive(Debug, Clone, Default)]
pub struct Company {
    /// `CompanyName` and `LegalName`.
    pub name: String,
    /// The company id, digits.
    pub realm: String,
    /// `US`, `CA`, `UK` (answered as `GB`) or `AU`.
    pub country: String,
    /// The IANA time zone of the company, which gives timestamps their offset.
    pub time_zone: String,
    /// ISO 4217.
    pub home_currency: String,
    /// Whether other currencies than the home currency can be used.
    pub multicurrency: bool,
    /// Whether lines can carry a class.
    pub class_tracking: bool,
    /// Whether transactions can carry a location.
    pub location_tracking: bool,
    /// Books are closed up to and with this date.
    pub book_close_date: Option<Date>,
    /// Other currencies in use: code and name.
    pub currencies: Vec<(String, String)>,
    /// The chart of accounts.
    pub accounts: Vec<Account>,
    /// Payment terms.
    pub terms: Vec<Term>,
    /// Vendors, employees' ones included.
    pub vendors: Vec<Vendor>,
    /// Customers; a parent stands before its children.
    pub customers: Vec<Customer>,
    /// Classes by name.
    pub classes: Vec<String>,
    /// Locations by name.
    pub departments: Vec<String>,
    /// Exchange rates to the home currency.
    pub rates: Vec<Rate>,
    /// Transactions that are there at the start.
    pub transactions: Vec<Transaction>,
    /// What people do in the product as time goes by, in the order of instants.
    pub diary: Vec<Event>,
}

/// A deed and its moment.
#[derive(Debug, Clone)]
pub struct Event {
    /// When it is done.
    pub at: Timestamp,
    /// What is done.
    pub deed: Deed,
}

/// What a person does in the product.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Enters a transaction.
    Enter(Transaction),
    /// Pays a vendor's open bill over that amount in full by cheque, if there is one.
    Pay {
        /// The vendor's name.
        vendor: String,
        /// The bill's total.
        amount: Decimal,
        /// The date of the payment.
        on: Date,
        /// The number of the bank account.
        from: String,
        /// `DocNumber` of the payment.
        number: String,
    },
    /// Changes the amount of one line of a vendor's unpaid bill over that total, if there is one.
    Retype {
        /// The vendor's name.
        vendor: String,
        /// The bill's total before the change.
        total: Decimal,
        /// The line's amount.
        from: Decimal,
        /// The amount that is typed instead.
        to: Decimal,
    },
}

/// An account.
#[derive(Debug, Clone)]
pub struct Account {
    /// `AcctNum`.
    pub number: String,
    /// `Name`.
    pub name: String,
    /// `AccountType`, for instance `Other Current Asset`.
    pub kind: String,
    /// `AccountSubType`, for instance `AccountsPayable`.
    pub subtype: String,
    /// The currency; the home currency where absent.
    pub currency: Option<String>,
    /// Whether it can be used.
    pub active: bool,
}

/// When a bill falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// So many days after the transaction.
    Days(u16),
    /// On that day of the month.
    DayOfMonth(u8),
}

/// A payment term.
#[derive(Debug, Clone)]
pub struct Term {
    /// `Name`.
    pub name: String,
    /// When it falls due.
    pub due: Due,
}

/// A vendor.
#[derive(Debug, Clone)]
pub struct Vendor {
    /// `DisplayName`.
    pub name: String,
    /// `AcctNum`: the code of the employee or supplier.
    pub code: Option<String>,
    /// The currency; the home currency where absent.
    pub currency: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The term's name.
    pub term: Option<String>,
    /// Whether a form 1099 is due.
    pub is_1099: bool,
    /// Whether it can be used.
    pub active: bool,
}

/// A customer or, with a parent, a sub-customer.
#[derive(Debug, Clone)]
pub struct Customer {
    /// `DisplayName`.
    pub name: String,
    /// The parent's `FullyQualifiedName`.
    pub parent: Option<String>,
    /// Whether it is a project.
    pub project: bool,
    /// Whether it can be used.
    pub active: bool,
}

/// Home units for one unit of a currency, valid from a date until the next one.
#[derive(Debug, Clone)]
pub struct Rate {
    /// ISO 4217.
    pub currency: String,
    /// The first date.
    pub date: Date,
    /// Home units for one unit.
    pub rate: Decimal,
}

/// A transaction of the start.
#[derive(Debug, Clone)]
pub struct Transaction {
    /// The entity's name, for instance `Bill`.
    pub kind: String,
    /// The entity as a create request has it, but references carry `name` instead of `value`: an account's number,
    /// the full name of anything else.
    pub body: Value,
}
