//! The ledger of the sample firm, as its reference data.

use std::collections::BTreeMap;

use super::data::ACCOUNTS;
use super::firm::{EMPLOYEES, account_id, d, mail, now};
use crate::model::entry::EntryKind;
use crate::model::ledger::*;
use crate::model::money::Currency;

fn kind(words: &str) -> AccountType {
    match words.split(',').next().unwrap() {
        "Bank" => AccountType::Bank,
        "Accounts Receivable" => AccountType::AccountsReceivable,
        "Other Current Asset" => AccountType::CurrentAsset,
        "Accounts Payable" => AccountType::AccountsPayable,
        "Credit Card" => AccountType::CreditCard,
        "Other Current Liability" => AccountType::CurrentLiability,
        "Equity" => AccountType::Equity,
        "Income" => AccountType::Income,
        "Cost of Goods Sold" => AccountType::CostOfSales,
        "Expense" => AccountType::Expense,
        "Other Expense" => AccountType::OtherExpense,
        other => panic!("{other}"),
    }
}

fn vendor(id: &str, code: &str, name: &str, currency: &str) -> Vendor {
    Vendor {
        id: id.into(),
        code: code.into(),
        name: name.into(),
        email: None,
        currency: Some(currency.parse().unwrap()),
        active: true,
        term: None,
    }
}

fn values(list: &[(&str, &str)]) -> Vec<DimensionValue> {
    list.iter().map(|(id, n)| DimensionValue { id: (*id).into(), name: (*n).into(), active: true }).collect()
}

pub fn facts() -> LedgerFacts {
    let accounts = ACCOUNTS.lines().map(|l| {
        let c: Vec<&str> = l.split('|').collect();
        Account {
            id: account_id(c[0]),
            number: c[0].into(),
            name: c[1].into(),
            kind: kind(c[2]),
            currency: (!c[3].is_empty()).then(|| c[3].parse().unwrap()),
            active: !c[2].contains("inactive"),
        }
    });
    let mut vendors: Vec<Vendor> = EMPLOYEES
        .iter()
        .filter(|e| !e.6.is_empty())
        .map(|e| {
            let mut v = vendor(&format!("v{}", e.0), e.0, &format!("{}, {}", e.2, e.1), e.4);
            if e.6 != "code" {
                v.code = String::new();
            }
            v.email = (e.6 == "mail").then(|| mail(e.1));
            v
        })
        .collect();
    let mut old = vendor("vOld", "E1004", "Raman, Dev (old)", "USD");
    old.active = false;
    vendors.push(old);
    vendors.push(vendor("vCards", "", "Card merchants", "USD"));
    vendors.push(vendor("v2014", "V2014", "Pier Nine Couriers LLC", "USD"));
    for (code, name, currency, term) in [
        ("V2001", "Hollis Property Trust", "USD", "first"),
        ("V2002", "Brightwater Hosting LLC", "USD", "net30"),
        ("V2003", "Candor Legal LLP", "USD", "net30"),
        ("V2005", "Foxglove Print Co.", "USD", ""),
        ("V2012", "Orchard Catering LLC", "USD", "receipt"),
    ] {
        let mut v = vendor(&code.to_lowercase(), code, name, currency);
        v.term = (!term.is_empty()).then(|| term.into());
        vendors.push(v);
    }
    vendors.push(vendor("v2015", "V2015", "Crescent Card Services", "USD"));
    vendors.push(vendor("v2016", "V2016", "Harbor Union Bank Card Center", "USD"));
    let mut customers = values(&[
        ("P2599", "Tidewater Utilities:Wharf close-out"),
        ("P2601", "Aldgate Bank:Core review"),
        ("P2602", "Merrow Health:Rollout"),
        ("P2603", "Ostrava Rail:Timetable"),
        ("P2604", "Tidewater Utilities:Assessment"),
        ("P2605", "Fernhill Quay:Green practice"),
        ("c1", "Merrow Health"),
        ("c2", "Iris Tan"),
    ]);
    customers[0].active = false;
    let eur = [("2026-10-16", "1.0815"), ("2026-10-28", "1.0842"), ("2026-10-30", "1.0850")];
    LedgerFacts {
        company: Company {
            id: "realm-1".into(),
            name: "Fernhill Quay Advisory, Inc.".into(),
            country: "US".into(),
            home_currency: Currency::USD,
            multicurrency: true,
            currencies: vec![Currency::USD, Currency::EUR],
            classes: true,
            class_per_record: false,
            departments: true,
            billable: true,
            customers_on_lines: true,
            negative_lines: true,
            close_date: Some("2026-09-30".parse().unwrap()),
            fiscal_year_start: 1,
        },
        accounts: accounts.collect(),
        vendors,
        classes: values(&[
            ("k100", "100 Strategy"),
            ("k200", "200 Operations"),
            ("k300", "300 Technology"),
            ("k400", "400 People and Change"),
            ("k800", "800 Business Development"),
            ("k900", "900 Administration"),
        ]),
        departments: values(&[("l1", "Boston"), ("l2", "Chicago"), ("l3", "Dublin")]),
        customers,
        employees: vec!["Theo Okonkwo".into()],
        rates: BTreeMap::from([(
            Currency::EUR,
            eur.iter().map(|(day, r)| (day.parse().unwrap(), d(r))).collect(),
        )]),
        terms: [("net30", Due::Days(30)), ("receipt", Due::Days(0)), ("first", Due::DayOfMonth(1))]
            .map(|(id, due)| Term { id: id.into(), name: id.into(), due })
            .into(),
        tax_codes: Vec::new(),
        recent: vec![RecentRecord {
            kind: EntryKind::Bill,
            id: "77".into(),
            vendor: Some("vE1001".into()),
            number: "OKAFOR OCT".into(),
            date: "2026-10-29".parse().unwrap(),
            amount: d("146.20"),
            currency: Currency::USD,
            marker: None,
        }],
        read_at: now(),
        index: Index::default(),
    }
    .indexed()
}
