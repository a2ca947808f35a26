//! Fernhill Quay Tax LLC: the company file behind the book `fq-tax` of the sample firm.
//!
//! Employees are in the employee list as `Feld, Nora`, so that their names are taken: their vendor records carry the
//! employee number behind the name.

use jiff::civil::date;

use super::company::{Account, CompanyFile, Name, NameKind};

/// The company at the start of the demo.
pub fn company() -> CompanyFile {
    CompanyFile {
        path: "C:\\QuickBooks\\Fernhill Quay Tax LLC.qbw".to_owned(),
        closing_date: Some(date(2026, 9, 30)),
        accounts: ACCOUNTS.iter().map(account).collect(),
        classes: CLASSES.iter().map(|name| (*name).to_owned()).collect(),
        names: EMPLOYEES
            .iter()
            .map(employee)
            .chain(EMPLOYEES.iter().map(employee_vendor))
            .chain(SUPPLIERS.iter().map(supplier))
            .chain(CUSTOMERS.iter().map(customer))
            .collect(),
        terms: ["Due on receipt", "Net 15", "Net 30"].iter().map(|name| (*name).to_owned()).collect(),
        ..CompanyFile::empty("Fernhill Quay Tax LLC")
    }
}

/// Number, name, parent's full name, `AccountType`.
const ACCOUNTS: &[(&str, &str, &str, &str)] = &[
    ("1010", "Operating Bank", "", "Bank"),
    ("1100", "Accounts Receivable", "", "AccountsReceivable"),
    ("1250", "Employee Advances", "", "OtherCurrentAsset"),
    ("1260", "Due from Employees", "", "OtherCurrentAsset"),
    ("1350", "Due from Affiliates", "", "OtherCurrentAsset"),
    ("2000", "Accounts Payable", "", "AccountsPayable"),
    ("2010", "Employee Payables", "", "AccountsPayable"),
    ("2020", "Payables Paid by Concur", "", "AccountsPayable"),
    ("2110", "Corporate Visa", "", "CreditCard"),
    ("2130", "Company-Paid Travel Clearing", "", "OtherCurrentLiability"),
    ("2140", "Expense Pay Clearing", "", "OtherCurrentLiability"),
    ("2150", "Payroll Reimbursement Clearing", "", "OtherCurrentLiability"),
    ("2200", "Accrued Expenses", "", "OtherCurrentLiability"),
    ("3900", "Retained Earnings", "", "Equity"),
    ("4000", "Tax and Bookkeeping Fees", "", "Income"),
    ("6000", "Travel", "", "Expense"),
    ("6010", "Airfare", "Travel", "Expense"),
    ("6020", "Lodging", "Travel", "Expense"),
    ("6030", "Ground Travel and Mileage", "Travel", "Expense"),
    ("6110", "Meals, 50 % Deductible", "", "Expense"),
    ("6120", "Entertainment, Not Deductible", "", "Expense"),
    ("6210", "Software and Subscriptions", "", "Expense"),
    ("6310", "Office Supplies", "", "Expense"),
    ("6320", "Postage and Courier", "", "Expense"),
    ("6340", "Books and Periodicals", "", "Expense"),
    ("6410", "Rent", "", "Expense"),
    ("6420", "Telephone and Internet", "", "Expense"),
    ("6510", "Legal and Professional Fees", "", "Expense"),
    ("6530", "Training and Conferences", "", "Expense"),
    ("6905", "Rounding Differences", "", "Expense"),
];

fn account(row: &(&str, &str, &str, &str)) -> Account {
    let (number, name, parent, kind) = *row;
    Account {
        number: number.to_owned(),
        name: name.to_owned(),
        parent: (!parent.is_empty()).then(|| parent.to_owned()),
        kind: kind.to_owned(),
        currency: None,
        active: number != "6340",
    }
}

/// `700` is the cost centre CC700 of Concur.
const CLASSES: &[&str] = &["700", "900"];

/// Name in the employee list, employee number, e-mail name.
const EMPLOYEES: &[(&str, &str, &str)] =
    &[("Feld, Nora", "E3001", "nora.feld"), ("Iverson, Paul", "E3002", "paul.iverson")];

fn employee(row: &(&str, &str, &str)) -> Name {
    Name { email: Some(address(row.2)), ..Name::new(NameKind::Employee, row.0) }
}

fn employee_vendor(row: &(&str, &str, &str)) -> Name {
    let (name, number, email) = *row;
    Name {
        code: Some(number.to_owned()),
        email: Some(address(email)),
        ..Name::new(NameKind::Vendor, &format!("{name} ({number})"))
    }
}

fn address(name: &str) -> String {
    format!("{name}@fernhillquay.example")
}

/// Name, code, terms, tax identifier.
const SUPPLIERS: &[(&str, &str, &str, &str)] =
    &[("Lexham Tax Data Inc.", "V3001", "Net 30", "00-0000001"), ("Card merchants", "", "", "")];

fn supplier(row: &(&str, &str, &str, &str)) -> Name {
    let (name, code, terms, tax_id) = *row;
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Name { code: some(code), terms: some(terms), tax_id: some(tax_id), ..Name::new(NameKind::Vendor, name) }
}

/// Customer above, name. With a customer above it is a job.
const CUSTOMERS: &[(&str, &str)] = &[
    ("", "Wachusett Mills"),
    ("Wachusett Mills", "JOB-118"),
    ("", "Blackstone Canal Trust"),
    ("Blackstone Canal Trust", "JOB-121"),
];

fn customer(row: &(&str, &str)) -> Name {
    let (parent, name) = *row;
    Name { parent: (!parent.is_empty()).then(|| parent.to_owned()), ..Name::new(NameKind::Customer, name) }
}
