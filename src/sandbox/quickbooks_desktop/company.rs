//! What a company file holds at the start.

use jiff::civil::Date;

/// An account of the chart.
#[derive(Debug, Clone)]
pub struct Account {
    /// The number; empty when it has none. At most 7 characters.
    pub number: String,
    /// The name on its own level, at most 31 characters.
    pub name: String,
    /// The full name of the account above it.
    pub parent: Option<String>,
    /// `AccountType` as on the wire, for instance `AccountsPayable`.
    pub kind: String,
    /// ISO currency; none for the home currency.
    pub currency: Option<String>,
    /// Whether it can be used.
    pub active: bool,
}

/// What kind of name it is. All four share one name space (contract, 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// A vendor.
    Vendor,
    /// A customer, or with a parent a job.
    Customer,
    /// An employee.
    Employee,
    /// An other name.
    OtherName,
}

/// A vendor, customer, job, employee or other name.
#[derive(Debug, Clone)]
pub struct Name {
    /// Its kind.
    pub kind: NameKind,
    /// The name, at most 41 characters, without a colon.
    pub name: String,
    /// The customer above a job, by full name.
    pub parent: Option<String>,
    /// `AccountNumber`: the code of a vendor.
    pub code: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The terms by name.
    pub terms: Option<String>,
    /// ISO currency; none for the home currency.
    pub currency: Option<String>,
    /// A tax identifier, which nobody should read.
    pub tax_id: Option<String>,
    /// Whether it can be used.
    pub active: bool,
}

impl Name {
    /// An active name of a kind with nothing else known.
    pub fn new(kind: NameKind, name: &str) -> Self {
        Self {
            kind,
            name: name.to_owned(),
            parent: None,
            code: None,
            email: None,
            terms: None,
            currency: None,
            tax_id: None,
            active: true,
        }
    }
}

/// Made-up vendors and bills in numbers, always the same from one seed.
#[derive(Debug, Clone, Copy)]
pub struct Volume {
    /// The seed.
    pub seed: u64,
    /// How many vendors.
    pub vendors: usize,
    /// How many bills, spread over the vendors. They name the first payable and the expense accounts.
    pub bills: usize,
    /// The date of the first bill; later ones are spread over the year after it.
    pub from: Date,
}

/// A company file as it is opened.
#[derive(Debug, Clone)]
pub struct CompanyFile {
    /// The path on the Windows machine.
    pub path: String,
    /// `CompanyName`.
    pub name: String,
    /// `LegalCompanyName`.
    pub legal_name: String,
    /// `ProductName`.
    pub product: String,
    /// Program version, for instance 34 and 0.
    pub program: (u32, u32),
    /// Highest version of qbXML, for instance 16 and 0; all from 1.0 on are known.
    pub qbxml: (u32, u32),
    /// IANA zone of the machine.
    pub time_zone: String,
    /// Home currency, ISO.
    pub home_currency: String,
    /// Other currencies; with any, multi-currency is on. ISO code and name.
    pub currencies: Vec<(String, String)>,
    /// Whether classes are tracked.
    pub class_tracking: bool,
    /// Whether accounts have numbers.
    pub account_numbers: bool,
    /// Whether QuickBooks numbers journal entries that come without a number.
    pub journal_numbers: bool,
    /// Last closed day.
    pub closing_date: Option<Date>,
    /// Dividing date of an accountant's copy, when there is one.
    pub dividing_date: Option<Date>,
    /// Accounts, parents first.
    pub accounts: Vec<Account>,
    /// Classes by full name (`Parent:Child`), parents first.
    pub classes: Vec<String>,
    /// Vendors, customers, jobs, employees and other names, parents first.
    pub names: Vec<Name>,
    /// Terms by name.
    pub terms: Vec<String>,
    /// Made-up records on top.
    pub volume: Option<Volume>,
}

impl CompanyFile {
    /// A company without anything but a home currency: a start for tests.
    pub fn empty(name: &str) -> Self {
        Self {
            path: format!("C:\\QuickBooks\\{name}.qbw"),
            name: name.to_owned(),
            legal_name: name.to_owned(),
            product: "QuickBooks Enterprise Solutions 24.0".to_owned(),
            program: (34, 0),
            qbxml: (16, 0),
            time_zone: "America/New_York".to_owned(),
            home_currency: "USD".to_owned(),
            currencies: Vec::new(),
            class_tracking: true,
            account_numbers: true,
            journal_numbers: false,
            closing_date: None,
            dividing_date: None,
            accounts: Vec::new(),
            classes: Vec::new(),
            names: Vec::new(),
            terms: Vec::new(),
            volume: None,
        }
    }

    /// The company of the sample firm's book `fq-tax` with made-up vendors and bills on top.
    pub fn generated(seed: u64, vendors: usize, bills: usize) -> Self {
        let mut file = super::fq_tax::company();
        file.name = "Volume Test Company".to_owned();
        file.legal_name = file.name.clone();
        file.volume = Some(Volume { seed, vendors, bills, from: jiff::civil::date(2026, 1, 1) });
        file.closing_date = None;
        file
    }
}
