//! The firm's books, employees, suppliers, cost centres, projects and tax codes.

/// One company of the group and its ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Book {
    /// Id such as `fq-us`.
    pub id: &'static str,
    /// Name of the company.
    pub company: &'static str,
    /// What Concur sends as `ledgerCode`.
    pub ledger_code: &'static str,
    /// Home currency, ISO 4217.
    pub currency: &'static str,
    /// IANA time zone.
    pub time_zone: &'static str,
}

/// The five books.
pub const BOOKS: [Book; 5] = [
    book("fq-us", "Fernhill Quay Advisory, Inc.", "FQUS", "USD", "America/New_York"),
    book("fq-tax", "Fernhill Quay Tax LLC", "FQTAX", "USD", "America/New_York"),
    book("fq-studio", "Fernhill Quay Studio LLC", "FQSTU", "USD", "America/New_York"),
    book("fq-uk", "Fernhill Quay UK Ltd", "FQUK", "GBP", "Europe/London"),
    book("fq-eng", "Fernhill Quay Engineering Inc.", "FQENG", "CAD", "America/Toronto"),
];

const fn book(
    id: &'static str,
    company: &'static str,
    ledger_code: &'static str,
    currency: &'static str,
    time_zone: &'static str,
) -> Book {
    Book { id, company, ledger_code, currency, time_zone }
}

/// Somebody who hands in reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Employee {
    /// Employee number, such as `E1001`.
    pub id: &'static str,
    /// First name, with its accents.
    pub first: &'static str,
    /// Last name, with its accents and apostrophes.
    pub last: &'static str,
    /// First and last name in ASCII letters, as in the address.
    pub mailbox: &'static str,
    /// What they do.
    pub role: &'static str,
    /// Office.
    pub location: &'static str,
    /// Home cost centre: master data of the person, not the cost object of a line.
    pub cost_center: &'static str,
    /// Reimbursement currency.
    pub currency: &'static str,
    /// `employeeReimbursementMethodCode` of the contract, section 2.6.
    pub reimbursement: &'static str,
    /// `ledgerCode` of their book.
    pub ledger_code: &'static str,
}

impl Employee {
    /// Login, which is the e-mail address too.
    #[must_use]
    pub fn login(&self) -> String {
        format!("{}@fernhillquay.example", self.mailbox)
    }

    /// `Last, First`, as the reports list shows it.
    #[must_use]
    pub fn list_name(&self) -> String {
        format!("{}, {}", self.last, self.first)
    }

    /// ISO code of the country of the office.
    #[must_use]
    pub fn country(&self) -> &'static str {
        match self.location {
            "Dublin" => "IE",
            "London" => "GB",
            "Ottawa" => "CA",
            _ => "US",
        }
    }
}

#[rustfmt::skip]
const fn person(
    id: &'static str, first: &'static str, last: &'static str, mailbox: &'static str, role: &'static str,
    location: &'static str, cost_center: &'static str, currency: &'static str, reimbursement: &'static str,
    ledger_code: &'static str,
) -> Employee {
    Employee { id, first, last, mailbox, role, location, cost_center, currency, reimbursement, ledger_code }
}

/// Everybody of the group, and the test user E9999.
#[rustfmt::skip]
pub const EMPLOYEES: [Employee; 18] = [
    person("E1001", "Amara", "Okafor", "amara.okafor", "Partner", "Boston", "CC100", "USD", "APCHECK", "FQUS"),
    person("E1002", "Ben", "Castellano", "ben.castellano", "Manager", "Chicago", "CC200", "USD", "APCHECK", "FQUS"),
    person("E1003", "Chloé", "Lindqvist", "chloe.lindqvist", "Senior consultant", "Boston", "CC300", "USD", "APCHECK", "FQUS"),
    person("E1004", "Dev", "Raman", "dev.raman", "Consultant", "Chicago", "CC200", "USD", "APCHECK", "FQUS"),
    person("E1005", "Farid", "Haddad", "farid.haddad", "Director, business development", "Boston", "CC800", "USD", "APCHECK", "FQUS"),
    person("E1006", "Grace", "Müller", "grace.muller", "Consultant", "Dublin", "CC300", "EUR", "APCHECK", "FQUS"),
    person("E1007", "Sinéad", "O'Brien", "sinead.obrien", "Manager", "Dublin", "CC100", "EUR", "APCHECK", "FQUS"),
    person("E1008", "Lucia", "Romero", "lucia.romero", "Partner", "Boston", "CC100", "USD", "CNQRPAY", "FQUS"),
    person("E1009", "Theo", "Okonkwo", "theo.okonkwo", "Controller", "Boston", "CC900", "USD", "ADPPAYR", "FQUS"),
    person("E1010", "Iris", "Tan", "iris.tan", "Analyst", "Boston", "CC300", "USD", "APCHECK", "FQUS"),
    person("E9999", "Test", "Traveler", "test.traveler", "Test user", "Boston", "CC900", "USD", "APCHECK", "FQUS"),
    person("E3001", "Nora", "Feld", "nora.feld", "Bookkeeper", "Worcester", "CC700", "USD", "APCHECK", "FQTAX"),
    person("E3002", "Paul", "Iverson", "paul.iverson", "Tax adviser", "Worcester", "CC700", "USD", "APCHECK", "FQTAX"),
    person("E4001", "Mina", "Duarte", "mina.duarte", "Designer", "Providence", "CC600", "USD", "APCHECK", "FQSTU"),
    person("E5001", "Owen", "Price", "owen.price", "Consultant", "London", "UK210", "GBP", "APCHECK", "FQUK"),
    person("E5002", "Hana", "Sato", "hana.sato", "Consultant", "London", "UK210", "GBP", "APCHECK", "FQUK"),
    person("E6001", "Claire", "Fortin", "claire.fortin", "Engineer", "Ottawa", "CC510", "CAD", "APCHECK", "FQENG"),
    person("E6002", "Raj", "Mehta", "raj.mehta", "Engineer", "Ottawa", "CC520", "CAD", "APCHECK", "FQENG"),
];

/// The employee with this number.
#[must_use]
pub fn employee(id: &str) -> Option<&'static Employee> {
    EMPLOYEES.iter().find(|e| e.id == id)
}

/// When a supplier is to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VendorTerms {
    /// So many days after the invoice date.
    Net(i64),
    /// The next such day of a month, on or after the invoice date.
    DayOfMonth(i8),
}

/// A supplier as Concur knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vendor {
    /// Concur's vendor code.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
    /// ISO 4217.
    pub currency: &'static str,
    /// Payment terms.
    pub terms: VendorTerms,
    /// What they deliver.
    pub purpose: &'static str,
    /// Whether the US tax form 1099 is due.
    pub form_1099: bool,
    /// `ledgerCode` of the book.
    pub ledger_code: &'static str,
}

impl Vendor {
    /// ISO code of the country of the address.
    #[must_use]
    pub fn country(&self) -> &'static str {
        match self.code {
            "V2011" => "IE",
            "V2013" => "DE",
            "V5001" | "V5002" => "GB",
            "V6001" => "CA",
            _ => "US",
        }
    }
}

#[rustfmt::skip]
const fn supplier(
    code: &'static str, name: &'static str, currency: &'static str, terms: VendorTerms, purpose: &'static str,
    form_1099: bool, ledger_code: &'static str,
) -> Vendor {
    Vendor { code, name, currency, terms, purpose, form_1099, ledger_code }
}

use VendorTerms::{DayOfMonth, Net};

/// The suppliers that Concur knows.
#[rustfmt::skip]
pub const VENDORS: [Vendor; 23] = [
    supplier("V2001", "Hollis Property Trust", "USD", DayOfMonth(1), "rent", true, "FQUS"),
    supplier("V2002", "Brightwater Hosting LLC", "USD", Net(30), "hosting", false, "FQUS"),
    supplier("V2003", "Candor Legal LLP", "USD", Net(30), "legal fees", true, "FQUS"),
    supplier("V2004", "Estuary Staffing Inc.", "USD", Net(15), "subcontractors", false, "FQUS"),
    supplier("V2005", "Foxglove Print Co.", "USD", Net(30), "printing", false, "FQUS"),
    supplier("V2006", "Delmar Office Interiors", "USD", Net(30), "furniture", false, "FQUS"),
    supplier("V2007", "Kestrel Travel Agency", "USD", Net(10), "company-paid air fares", false, "FQUS"),
    supplier("V2008", "Gablewood Insurance Brokers", "USD", Net(30), "insurance", false, "FQUS"),
    supplier("V2009", "Larch Telecom Inc.", "USD", Net(20), "telephone", false, "FQUS"),
    supplier("V2010", "Mosaic Training Co.", "USD", Net(30), "training", false, "FQUS"),
    supplier("V2011", "Inkwell Research Ltd", "EUR", Net(30), "market studies, Dublin", false, "FQUS"),
    supplier("V2012", "Orchard Catering LLC", "USD", Net(0), "events; paid by Concur", false, "FQUS"),
    supplier("V2013", "Nordlys Analytics GmbH", "EUR", Net(14), "data", false, "FQUS"),
    supplier("V2014", "Pier Nine Couriers LLC", "USD", Net(30), "courier", false, "FQUS"),
    supplier("V2015", "Crescent Card Services", "USD", Net(0), "issuer of the individually billed cards", false, "FQUS"),
    supplier("V2016", "Harbor Union Bank Card Center", "USD", DayOfMonth(15), "issuer of the Corporate Visa", false, "FQUS"),
    supplier("V2114", "PIER 9 COURIERS", "USD", Net(30), "courier", false, "FQUS"),
    supplier("V3001", "Lexham Tax Data Inc.", "USD", Net(30), "tax data", false, "FQTAX"),
    supplier("V4001", "Clearshot Stock Ltd", "USD", Net(30), "pictures", false, "FQSTU"),
    supplier("V4002", "Ada Quill Illustration", "USD", Net(30), "illustrations", false, "FQSTU"),
    supplier("V5001", "Swiftwell Cleaning Ltd", "GBP", Net(30), "cleaning", false, "FQUK"),
    supplier("V5002", "Bramley Telecom plc", "GBP", Net(30), "telephone", false, "FQUK"),
    supplier("V6001", "Groundtruth Surveys Inc.", "CAD", Net(30), "surveys", false, "FQENG"),
];

/// The supplier with this Concur code.
#[must_use]
pub fn vendor(code: &str) -> Option<&'static Vendor> {
    VENDORS.iter().find(|v| v.code == code)
}

/// Cost centres as list items: code and value.
pub const COST_CENTERS: [(&str, &str); 12] = [
    ("CC100", "Strategy"),
    ("CC200", "Operations"),
    ("CC300", "Technology"),
    ("CC400", "People and Change"),
    ("CC800", "Business Development"),
    ("CC900", "Administration"),
    ("CC450", "Sustainability"),
    ("UK210", "London"),
    ("CC510", "Engineering"),
    ("CC520", "Engineering support"),
    ("CC600", "Studio"),
    ("CC700", "Tax"),
];

/// A client or internal project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Project {
    /// Concur's code.
    pub code: &'static str,
    /// The client.
    pub customer: &'static str,
    /// The project's name.
    pub name: &'static str,
    /// Whether spend on it is charged on.
    pub billable: bool,
}

/// The projects of `fq-us` and the jobs of the other books.
#[rustfmt::skip]
pub const PROJECTS: [Project; 9] = [
    Project { code: "P2599", customer: "Tidewater Utilities", name: "Wharf close-out", billable: true },
    Project { code: "P2601", customer: "Aldgate Bank", name: "Core review", billable: true },
    Project { code: "P2602", customer: "Merrow Health", name: "Rollout", billable: true },
    Project { code: "P2603", customer: "Ostrava Rail", name: "Timetable", billable: true },
    Project { code: "P2604", customer: "Tidewater Utilities", name: "Assessment", billable: true },
    Project { code: "P2605", customer: "Fernhill Quay", name: "Green practice", billable: false },
    Project { code: "JOB-118", customer: "Fernhill Quay Tax", name: "Job 118", billable: false },
    Project { code: "PR-88/DESIGN", customer: "Fernhill Quay Engineering", name: "PR-88 design", billable: false },
    Project { code: "PR-88/SURVEY", customer: "Fernhill Quay Engineering", name: "PR-88 survey", billable: false },
];

/// The project with this code.
pub(super) fn project(code: &str) -> Option<&'static Project> {
    PROJECTS.iter().find(|p| p.code == code)
}

/// A tax code of Concur with its reclaim code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxCode {
    /// `taxCode`/`taxReclaimCode`, as in the table of lines.
    pub key: &'static str,
    /// `taxAuthorityLabel`.
    pub label: &'static str,
    /// `locationCountryCode`.
    pub country: &'static str,
    /// `locationCountrySubCode`.
    pub region: Option<&'static str>,
}

/// The tax codes that occur.
#[rustfmt::skip]
pub const TAX_CODES: [TaxCode; 10] = [
    TaxCode { key: "IE-23/R", label: "VAT", country: "IE", region: None },
    TaxCode { key: "DE-7/R", label: "VAT", country: "DE", region: None },
    TaxCode { key: "DE-19/R", label: "VAT", country: "DE", region: None },
    TaxCode { key: "IE-23/N", label: "VAT", country: "IE", region: None },
    TaxCode { key: "MA-6.25/N", label: "Sales tax", country: "US", region: Some("US-MA") },
    TaxCode { key: "PT-6/R", label: "VAT", country: "PT", region: None },
    TaxCode { key: "GB-20/R", label: "VAT", country: "GB", region: None },
    TaxCode { key: "GB-20/N", label: "VAT", country: "GB", region: None },
    TaxCode { key: "CA-HST13/R", label: "HST", country: "CA", region: Some("CA-ON") },
    TaxCode { key: "CA-HST13/H", label: "HST", country: "CA", region: Some("CA-ON") },
];
