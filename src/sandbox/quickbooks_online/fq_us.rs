//! Fernhill Quay Advisory, Inc.: the company behind the book `fq-us` of the sample firm.

use jiff::civil::date;
use rust_decimal::Decimal;

use super::company::{Account, Company, Customer, Due, Rate, Term, Vendor};
use super::fq_us_diary;

/// The company at the start of the demo.
pub fn company() -> Company {
    Company {
        name: "Fernhill Quay Advisory, Inc.".to_owned(),
        realm: "4620816365000001".to_owned(),
        country: "US".to_owned(),
        time_zone: "America/New_York".to_owned(),
        home_currency: "USD".to_owned(),
        multicurrency: true,
        class_tracking: true,
        location_tracking: true,
        book_close_date: Some(date(2026, 9, 30)),
        currencies: vec![("EUR".to_owned(), "Euro".to_owned())],
        accounts: ACCOUNTS.iter().map(account).collect(),
        terms: TERMS.iter().map(|(name, due)| Term { name: (*name).to_owned(), due: *due }).collect(),
        vendors: EMPLOYEES.iter().map(employee).chain(SUPPLIERS.iter().map(supplier)).collect(),
        customers: CUSTOMERS.iter().map(customer).collect(),
        classes: owned(&[
            "100 Strategy",
            "200 Operations",
            "300 Technology",
            "400 People and Change",
            "800 Business Development",
            "900 Administration",
        ]),
        departments: owned(&["Boston", "Chicago", "Dublin"]),
        rates: RATES.iter().map(rate).collect(),
        transactions: Vec::new(),
        diary: fq_us_diary::events(),
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Number, name, type, sub-type, currency. An empty currency is the home currency.
const ACCOUNTS: &[(&str, &str, &str, &str, &str)] = &[
    ("1010", "Operating Bank USD", "Bank", "Checking", ""),
    ("1015", "Operating Bank EUR", "Bank", "Checking", "EUR"),
    ("1020", "Expense Pay Funding", "Bank", "Checking", ""),
    ("1100", "Accounts Receivable", "Accounts Receivable", "AccountsReceivable", ""),
    ("1250", "Employee Advances", "Other Current Asset", "EmployeeCashAdvances", ""),
    ("1260", "Due from Employees", "Other Current Asset", "OtherCurrentAssets", ""),
    ("1310", "Recoverable Foreign VAT", "Other Current Asset", "OtherCurrentAssets", ""),
    ("1350", "Due from Affiliates", "Other Current Asset", "OtherCurrentAssets", ""),
    ("2000", "Accounts Payable USD", "Accounts Payable", "AccountsPayable", ""),
    ("2005", "Accounts Payable EUR", "Accounts Payable", "AccountsPayable", "EUR"),
    ("2010", "Employee Payables USD", "Accounts Payable", "AccountsPayable", ""),
    ("2015", "Employee Payables EUR", "Accounts Payable", "AccountsPayable", "EUR"),
    ("2020", "Payables Paid by Concur", "Accounts Payable", "AccountsPayable", ""),
    ("2110", "Corporate Visa", "Credit Card", "CreditCard", ""),
    ("2130", "Company-Paid Travel Clearing", "Other Current Liability", "OtherCurrentLiabilities", ""),
    ("2140", "Expense Pay Clearing", "Other Current Liability", "OtherCurrentLiabilities", ""),
    ("2150", "Payroll Reimbursement Clearing", "Other Current Liability", "OtherCurrentLiabilities", ""),
    ("2200", "Accrued Expenses", "Other Current Liability", "OtherCurrentLiabilities", ""),
    ("3900", "Retained Earnings", "Equity", "RetainedEarnings", ""),
    ("4000", "Consulting Fees", "Income", "ServiceFeeIncome", ""),
    ("4100", "Reimbursed Client Expenses", "Income", "OtherPrimaryIncome", ""),
    ("5010", "Client Airfare", "Cost of Goods Sold", "OtherCostsOfServiceCOS", ""),
    ("5020", "Client Lodging", "Cost of Goods Sold", "OtherCostsOfServiceCOS", ""),
    ("5030", "Client Ground Travel", "Cost of Goods Sold", "OtherCostsOfServiceCOS", ""),
    ("5040", "Client Meals", "Cost of Goods Sold", "OtherCostsOfServiceCOS", ""),
    ("5100", "Subcontractors", "Cost of Goods Sold", "CostOfLaborCOS", ""),
    ("6010", "Airfare", "Expense", "Travel", ""),
    ("6020", "Lodging", "Expense", "Travel", ""),
    ("6030", "Ground Travel and Mileage", "Expense", "Travel", ""),
    ("6110", "Meals, 50 % Deductible", "Expense", "TravelMeals", ""),
    ("6120", "Entertainment, Not Deductible", "Expense", "Entertainment", ""),
    ("6210", "Software and Subscriptions", "Expense", "DuesSubscriptions", ""),
    ("6220", "Hosting", "Expense", "OfficeGeneralAdministrativeExpenses", ""),
    ("6310", "Office Supplies and Small Equipment", "Expense", "SuppliesMaterials", ""),
    ("6320", "Postage and Courier", "Expense", "ShippingFreightDelivery", ""),
    ("6330", "Printing", "Expense", "OfficeGeneralAdministrativeExpenses", ""),
    ("6340", "Books and Periodicals", "Expense", "DuesSubscriptions", ""),
    ("6410", "Rent", "Expense", "RentOrLeaseOfBuildings", ""),
    ("6420", "Telephone and Internet", "Expense", "Utilities", ""),
    ("6510", "Legal and Professional Fees", "Expense", "LegalProfessionalFees", ""),
    ("6530", "Training and Conferences", "Expense", "OtherMiscellaneousServiceCost", ""),
    ("6610", "Insurance", "Expense", "Insurance", ""),
    ("6710", "Marketing and Events", "Expense", "AdvertisingPromotional", ""),
    ("6905", "Rounding Differences", "Expense", "OtherMiscellaneousServiceCost", ""),
    ("6910", "Exchange Gain or Loss", "Other Expense", "ExchangeGainOrLoss", ""),
];

fn account(row: &(&str, &str, &str, &str, &str)) -> Account {
    let (number, name, kind, subtype, currency) = *row;
    Account {
        number: number.to_owned(),
        name: name.to_owned(),
        kind: kind.to_owned(),
        subtype: subtype.to_owned(),
        currency: (!currency.is_empty()).then(|| currency.to_owned()),
        active: number != "6340",
    }
}

const TERMS: &[(&str, Due)] = &[
    ("Due on receipt", Due::Days(0)),
    ("Net 10", Due::Days(10)),
    ("Net 14", Due::Days(14)),
    ("Net 15", Due::Days(15)),
    ("Net 20", Due::Days(20)),
    ("Net 30", Due::Days(30)),
    ("Due on 1st", Due::DayOfMonth(1)),
    ("Due on 15th", Due::DayOfMonth(15)),
];

/// Name, code in `AcctNum`, e-mail name, currency. E1003 is known by e-mail alone, E1007 by name alone.
const EMPLOYEES: &[(&str, &str, &str, &str)] = &[
    ("Okafor, Amara", "E1001", "amara.okafor", "USD"),
    ("Castellano, Ben", "E1002", "ben.castellano", "USD"),
    ("Lindqvist, Chloé", "", "chloe.lindqvist", "USD"),
    ("Raman, Dev", "E1004", "dev.raman", "USD"),
    ("Haddad, Farid", "E1005", "farid.haddad", "USD"),
    ("Müller, Grace", "E1006", "grace.muller", "EUR"),
    ("O'Brien, Sinéad", "", "", "EUR"),
    ("Romero, Lucia", "E1008", "lucia.romero", "USD"),
    ("Okonkwo, Theo", "E1009", "theo.okonkwo", "USD"),
    ("Raman, Dev (old)", "", "", "USD"),
];

fn employee(row: &(&str, &str, &str, &str)) -> Vendor {
    let (name, code, email, currency) = *row;
    Vendor {
        name: name.to_owned(),
        code: (!code.is_empty()).then(|| code.to_owned()),
        currency: Some(currency.to_owned()),
        email: (!email.is_empty()).then(|| format!("{email}@fernhillquay.example")),
        term: None,
        is_1099: false,
        active: !name.ends_with("(old)"),
    }
}

/// Code in `AcctNum`, name, currency in the ledger, term, 1099. Nordlys is kept in USD although it invoices in EUR.
const SUPPLIERS: &[(&str, &str, &str, &str, bool)] = &[
    ("V2001", "Hollis Property Trust", "USD", "Due on 1st", true),
    ("V2002", "Brightwater Hosting LLC", "USD", "Net 30", false),
    ("V2003", "Candor Legal LLP", "USD", "Net 30", true),
    ("V2004", "Estuary Staffing Inc.", "USD", "Net 15", false),
    ("V2005", "Foxglove Print Co.", "USD", "Net 30", false),
    ("V2006", "Delmar Office Interiors", "USD", "Net 30", false),
    ("V2007", "Kestrel Travel Agency", "USD", "Net 10", false),
    ("V2008", "Gablewood Insurance Brokers", "USD", "Net 30", false),
    ("V2009", "Larch Telecom Inc.", "USD", "Net 20", false),
    ("V2010", "Mosaic Training Co.", "USD", "Net 30", false),
    ("V2011", "Inkwell Research Ltd", "EUR", "Net 30", false),
    ("V2012", "Orchard Catering LLC", "USD", "Due on receipt", false),
    ("V2013", "Nordlys Analytics GmbH", "USD", "Net 14", false),
    ("V2014", "Pier Nine Couriers LLC", "USD", "Net 30", false),
    ("V2015", "Crescent Card Services", "USD", "Due on receipt", false),
    ("V2016", "Harbor Union Bank Card Center", "USD", "Due on 15th", false),
    ("", "Card merchants", "USD", "", false),
];

fn supplier(row: &(&str, &str, &str, &str, bool)) -> Vendor {
    let (code, name, currency, term, is_1099) = *row;
    Vendor {
        name: name.to_owned(),
        code: (!code.is_empty()).then(|| code.to_owned()),
        currency: Some(currency.to_owned()),
        email: None,
        term: (!term.is_empty()).then(|| term.to_owned()),
        is_1099,
        active: true,
    }
}

/// Parent, name. With a parent it is a project.
const CUSTOMERS: &[(&str, &str)] = &[
    ("", "Aldgate Bank"),
    ("", "Merrow Health"),
    ("", "Ostrava Rail"),
    ("", "Tidewater Utilities"),
    ("", "Iris Tan"),
    ("", "Fernhill Quay"),
    ("Tidewater Utilities", "Wharf close-out"),
    ("Aldgate Bank", "Core review"),
    ("Merrow Health", "Rollout"),
    ("Ostrava Rail", "Timetable"),
    ("Tidewater Utilities", "Assessment"),
    ("Fernhill Quay", "Green practice"),
];

fn customer(row: &(&str, &str)) -> Customer {
    let (parent, name) = *row;
    Customer {
        name: name.to_owned(),
        parent: (!parent.is_empty()).then(|| parent.to_owned()),
        project: !parent.is_empty(),
        active: name != "Wharf close-out",
    }
}

/// Month, day and home units for one EUR in ten-thousandths.
const RATES: &[(i8, i8, i64)] = &[
    (10, 16, 10_815),
    (10, 27, 10_838),
    (10, 28, 10_842),
    (10, 29, 10_848),
    (10, 30, 10_850),
    (11, 2, 10_861),
    (11, 3, 10_870),
    (11, 4, 10_868),
];

fn rate(row: &(i8, i8, i64)) -> Rate {
    let (month, day, rate) = *row;
    Rate { currency: "EUR".to_owned(), date: date(2026, month, day), rate: Decimal::new(rate, 4) }
}
