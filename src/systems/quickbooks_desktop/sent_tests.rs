//! What goes out: the order of elements, entries, message sets, queries. Answers are tested elsewhere.

mod check;
mod encode;
mod order;
mod properties;
mod sets;
mod write;

use jiff::civil::Date;
use quick_xml::events::Event;
use rust_decimal::Decimal;

use crate::model::entry::{Dimensions, Entry, EntryKind, Line, LineRole, LineSource, Named, Side, Slot};
use crate::model::ledger::{Account, AccountType, Company, DimensionValue, LedgerFacts, Vendor};
use crate::model::money::Currency;
use crate::model::reference::Reference;
use crate::systems::ItemKey;

pub fn reference() -> Reference {
    "TO7F3A91C2K".parse().unwrap()
}

pub fn key() -> ItemKey {
    ItemKey { reference: reference(), generation: 1 }
}

pub fn d(s: &str) -> Decimal {
    s.parse().unwrap()
}

pub fn day(s: &str) -> Date {
    s.parse().unwrap()
}

pub fn eur() -> Currency {
    "EUR".parse().unwrap()
}

/// Accounts of the book `fq-tax`: number, name, kind, currency.
const ACCOUNTS: [(&str, &str, AccountType, Option<&str>); 11] = [
    ("1250", "Employee Advances", AccountType::CurrentAsset, None),
    ("1200", "Accounts Receivable", AccountType::AccountsReceivable, None),
    ("2000", "Accounts Payable", AccountType::AccountsPayable, None),
    ("2005", "Accounts Payable EUR", AccountType::AccountsPayable, Some("EUR")),
    ("2110", "Corporate Visa", AccountType::CreditCard, None),
    ("2130", "Company-paid Clearing", AccountType::CurrentLiability, None),
    ("6010", "Air Fare", AccountType::Expense, None),
    ("6020", "Lodging", AccountType::Expense, None),
    ("6110", "Meals", AccountType::Expense, None),
    ("6210", "Software and Data", AccountType::Expense, None),
    ("6530", "Training", AccountType::Expense, None),
];

pub fn account_id(number: &str) -> String {
    format!("8000{number}-1600000001")
}

pub fn account(number: &str) -> Named {
    let name = ACCOUNTS.iter().find(|a| a.0 == number).unwrap().1;
    Named::new(account_id(number), format!("{number} {name}"))
}

pub const NORA: &str = "80000012-1600000001";
pub const LEXHAM: &str = "80000013-1600000001";
pub const ADA: &str = "80000014-1600000001";
pub const CLASS: &str = "80000700-1600000001";
pub const JOB: &str = "80000118-1600000001";

/// A US company with classes, billable expenses and two currencies.
pub fn facts() -> LedgerFacts {
    let vendor = |id: &str, name: &str, currency: Option<Currency>| Vendor {
        id: id.into(),
        code: String::new(),
        name: name.into(),
        email: None,
        currency,
        active: true,
        term: None,
    };
    let value = |id: &str, name: &str, active| DimensionValue { id: id.into(), name: name.into(), active };
    let accounts = ACCOUNTS.map(|(number, name, kind, currency)| Account {
        id: account_id(number),
        number: number.into(),
        name: name.into(),
        kind,
        currency: currency.map(|c| c.parse().unwrap()),
        active: true,
    });
    LedgerFacts {
        company: Company {
            id: "{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}".into(),
            name: "Fernhill Quay Tax LLC".into(),
            country: "US".into(),
            home_currency: Currency::USD,
            multicurrency: true,
            currencies: vec![Currency::USD, eur()],
            classes: true,
            class_per_record: false,
            departments: false,
            billable: true,
            customers_on_lines: true,
            negative_lines: true,
            close_date: None,
            fiscal_year_start: 1,
        },
        accounts: accounts.into(),
        vendors: vec![
            vendor(NORA, "Feld, Nora", None),
            vendor(LEXHAM, "Lexham Tax Data Inc.", Some(Currency::USD)),
            vendor(ADA, "Quill, Ada", Some(eur())),
        ],
        classes: vec![value(CLASS, "700 Tax", true), value("80000701-1600000001", "Old", false)],
        departments: vec![],
        customers: vec![value(JOB, "Harbor Bakery:JOB-118", true)],
        employees: vec![],
        tax_codes: vec![],
        rates: Default::default(),
        terms: vec![],
        recent: vec![],
        read_at: "2026-11-02T09:00:00Z".parse().unwrap(),
        index: Default::default(),
    }
    .indexed()
}

/// A line from the document; its class is `700 Tax`.
pub fn line(number: &str, side: Side, amount: &str, text: &str) -> Line {
    Line {
        role: LineRole::Cost,
        side,
        account: account(number),
        amount: d(amount),
        dimensions: Dimensions { class: Some(Named::new(CLASS, "700 Tax")), ..Dimensions::default() },
        billable: false,
        tax_code: None,
        party: None,
        text: text.into(),
        source: Some(LineSource { expense: 0, allocation: 0, journal: 0 }),
        why: vec![],
    }
}

/// The line of the record's own account.
pub fn offset(role: LineRole, number: &str, side: Side, amount: &str, text: &str) -> Line {
    Line { role, dimensions: Dimensions::default(), source: None, ..line(number, side, amount, text) }
}

/// An entry whose last line is the offsetting one.
pub fn entry(kind: EntryKind, date: &str, party: Option<Named>, lines: Vec<Line>) -> Entry {
    let slot = match kind {
        EntryKind::Bill | EntryKind::VendorCredit => Slot::Bill,
        EntryKind::CardPurchase | EntryKind::CardRefund => Slot::Card("CT-9301".into()),
        EntryKind::Journal => Slot::CompanyPaid,
    };
    Entry {
        slot,
        kind,
        date: day(date),
        due: (kind == EntryKind::Bill).then(|| day(date)),
        currency: Currency::USD,
        rate: None,
        party,
        offset_account: lines.last().map(|l| l.account.clone()),
        location: None,
        number: reference().to_string(),
        reference: reference(),
        memo: format!("T1QW6C Feld, Worcester · {}", reference().marker()),
        lines,
        taxes: vec![],
        why: vec![],
    }
}

pub fn nora() -> Named {
    Named::new(NORA, "Feld, Nora")
}

/// D61: the bill of 198.40.
pub fn bill() -> Entry {
    let lines = vec![
        line("6020", Side::Debit, "198.40", "2026-10-20 Hotel, Worcester"),
        offset(LineRole::Payable, "2000", Side::Credit, "198.40", "T1QW6C Feld, Nora"),
    ];
    Entry { due: Some(day("2026-11-03")), ..entry(EntryKind::Bill, "2026-10-27", Some(nora()), lines) }
}

/// D64: the journal of 402.60, with a job.
pub fn journal() -> Entry {
    let mut fare = line("6010", Side::Debit, "402.60", "2026-10-26 Fare, direct bill");
    fare.dimensions.customer = Some(Named::new(JOB, "Harbor Bakery:JOB-118"));
    fare.billable = true;
    let lines =
        vec![fare, offset(LineRole::Clearing, "2130", Side::Credit, "402.60", "Z3KD8M Iverson, Paul")];
    let memo = format!("Z3KD8M Iverson · {}", reference().marker());
    Entry { memo, ..entry(EntryKind::Journal, "2026-10-30", None, lines) }
}

/// An element as it was parsed back by other code than the writer's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    pub children: Vec<Node>,
}

impl Node {
    /// The first element of this path.
    pub fn at(&self, path: &str) -> Option<&Node> {
        path.split('/').try_fold(self, |n, name| n.children.iter().find(|c| c.name == name))
    }

    /// Its text, empty where it is absent.
    pub fn get(&self, path: &str) -> &str {
        self.at(path).map_or("", |n| n.text.as_str())
    }

    pub fn names(&self) -> Vec<&str> {
        self.children.iter().map(|c| c.name.as_str()).collect()
    }
}

/// Parses with quick-xml; every byte has to be ASCII, as it goes over the wire.
pub fn parsed(bytes: &[u8]) -> Node {
    assert!(bytes.is_ascii(), "{}", String::from_utf8_lossy(bytes));
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(e) => {
                let attributes = e.attributes().map(|a| {
                    let a = a.unwrap();
                    let name = a.key.as_ref().to_string();
                    (name, a.value.to_string())
                });
                open.push(Node {
                    name: e.name().as_ref().to_string(),
                    attributes: attributes.collect(),
                    ..Node::default()
                });
            }
            Event::End(_) => {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().children.push(done);
            }
            Event::Text(t) => open.last_mut().unwrap().text.push_str(&t),
            Event::GeneralRef(r) => {
                let name = r.to_string();
                let c = match name.as_str() {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    code => {
                        let n = code.strip_prefix('#').unwrap().parse().unwrap();
                        char::from_u32(n).unwrap()
                    }
                };
                open.last_mut().unwrap().text.push(c);
            }
            Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(open.len(), 1, "all closed");
    open.pop().unwrap().children.pop().unwrap()
}
