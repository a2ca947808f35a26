//! The sample firm: its people, its book and its rules.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use ulid::Ulid;

use super::data::ACCOUNTS;
pub use super::ledger::facts;
use crate::mapping::{Derivation, Identity, Inputs, Surroundings, derive};
use crate::model::book::*;
use crate::model::document::{Document, DocumentKind};
use crate::model::entry::Named;
use crate::model::ids::DocumentId;
use crate::model::ledger::LedgerFacts;
use crate::model::money::Currency;
use crate::model::rule::{DimensionKind, Gives, Key, Rule, RuleKind, RuleSet};

pub fn d(s: &str) -> Decimal {
    if s.is_empty() { Decimal::ZERO } else { s.parse().unwrap() }
}

/// id | first name | last name | location | currency | method | vendor's code, mail, nothing
pub const EMPLOYEES: &[(&str, &str, &str, &str, &str, &str, &str)] = &[
    ("E1001", "Amara", "Okafor", "Boston", "USD", "APCHECK", "code"),
    ("E1002", "Ben", "Castellano", "Chicago", "USD", "APCHECK", "code"),
    ("E1003", "Chloé", "Lindqvist", "Boston", "USD", "APCHECK", "mail"),
    ("E1004", "Dev", "Raman", "Chicago", "USD", "APCHECK", "code"),
    ("E1005", "Farid", "Haddad", "Boston", "USD", "APCHECK", "code"),
    ("E1006", "Grace", "Müller", "Dublin", "EUR", "APCHECK", "code"),
    ("E1007", "Sinéad", "O'Brien", "Dublin", "EUR", "APCHECK", "name"),
    ("E1008", "Lucia", "Romero", "Boston", "USD", "CNQRPAY", "code"),
    ("E1009", "Theo", "Okonkwo", "Boston", "USD", "ADPPAYR", "code"),
    ("E1010", "Iris", "Tan", "Boston", "USD", "APCHECK", ""),
    ("E9999", "Test", "Traveler", "Boston", "USD", "APCHECK", ""),
];

pub fn mail(first: &str) -> String {
    format!("{}@fernhillquay.example", first.replace('é', "e").to_lowercase())
}

pub fn account_id(number: &str) -> String {
    format!("a{number}")
}

pub fn account(number: &str) -> Named {
    let line = ACCOUNTS.lines().find(|l| l.starts_with(number)).unwrap();
    Named::new(account_id(number), format!("{number} {}", line.split('|').nth(1).unwrap()))
}

pub fn now() -> Timestamp {
    "2026-11-04T14:30:00Z".parse().unwrap()
}

pub fn book() -> Book {
    let dimension = |dimension, field: &str, required| DimensionSetting {
        dimension,
        field: field.into(),
        required,
        invoice_field: None,
    };
    let pay = |list: &[(&str, &str)]| -> BTreeMap<Currency, Named> {
        list.iter().map(|(c, n)| (c.parse().unwrap(), account(n))).collect()
    };
    Book {
        id: "fq-us".into(),
        source: "concur".into(),
        ledger: "qbo-us".into(),
        mode: Mode::Live,
        paused: false,
        settings: BookSettings {
            company: "Fernhill Quay Advisory, Inc.".into(),
            time_zone: "America/New_York".into(),
            home_currency: Currency::USD,
            ledger_codes: vec!["FQUS".into()],
            flows: BTreeMap::from([(
                DocumentKind::ExpenseReport,
                Flow::new(Flow::BILL, DatePolicy::Approval),
            )]),
            who_pays: BTreeMap::from([
                ("APCHECK".into(), WhoPays::Ledger),
                ("CNQRPAY".into(), WhoPays::Concur),
                ("ADPPAYR".into(), WhoPays::Payroll),
            ]),
            card_programmes: BTreeMap::from([(
                "*".into(),
                CardProgramme { policy: CardPolicy::CardAccount, account: account("2110"), issuer: None },
            )]),
            individual_cards: Some(CardProgramme {
                policy: CardPolicy::IssuerBill,
                account: account("2000"),
                issuer: Some(Named::new("v2015", "Crescent Card Services")),
            }),
            individual_cards_paid_by: WhoPays::Ledger,
            accounts: RoleAccounts {
                employee_payable: pay(&[("USD", "2010"), ("EUR", "2015")]),
                supplier_payable: pay(&[("USD", "2000"), ("EUR", "2005")]),
                paid_by_concur: pay(&[("USD", "2020")]),
                expense_pay_clearing: Some(account("2140")),
                payroll_clearing: Some(account("2150")),
                company_paid_clearing: Some(account("2130")),
                advances: Some(account("1250")),
                advance_returns: Some(account("1010")),
                due_from_employees: Some(account("1260")),
                due_from_affiliates: Some(account("1350")),
                rounding: Some(account("6905")),
                accrued: None,
                also_allowed: vec![account("2130")],
            },
            dimensions: vec![
                dimension(DimensionKind::Class, "custom1", true),
                dimension(DimensionKind::Customer, "custom2", false),
                dimension(DimensionKind::Department, "employeeOrgUnit2", false),
            ],
            employee_due_days: 7,
            lock_date: Some("2026-09-30".parse().unwrap()),
            rate: RatePolicy::LedgerDecides,
            rate_table: BTreeMap::new(),
            intercompany: IntercompanyPolicy::Block,
            personal_offset: false,
            card_payee: Some(Named::new("vCards", "Card merchants")),
            match_merchants: false,
            opening_advances: vec![OpeningAdvance {
                id: "CA-old".into(),
                employee: String::new(),
                amount: None,
                currency: None,
            }],
            accept_unlisted_advances: false,
            second_approver_above: Some(d("10000")),
            old_expense_days: 90,
            memo: "{number} {name}, {title}".into(),
            approvers: BTreeMap::new(),
            fiscal_year_start: 1,
            fiscal_year_named_by_end: false,
            invoices: Default::default(),
            home_lines: Default::default(),
            receipts: Default::default(),
            reference: Default::default(),
            payments_to_source: false,
            poll_minutes: 10,
        },
    }
}

pub fn rule(kind: RuleKind, keys: &[(Key, &str)], gives: Gives) -> Rule {
    Rule {
        id: 0,
        kind,
        document: None,
        party: None,
        keys: keys.iter().map(|(k, v)| (k.clone(), (*v).to_string())).collect(),
        gives,
        author: "Maya Wells".into(),
        reason: None,
        billable: false,
    }
}

pub fn field(f: &str) -> Key {
    Key::Field(f.into())
}

pub fn rules() -> RuleSet {
    let mut set = RuleSet { version: 7, ..RuleSet::default() };
    for (code, id, name) in [
        ("CC100", "k100", "100 Strategy"),
        ("CC200", "k200", "200 Operations"),
        ("CC300", "k300", "300 Technology"),
        ("CC400", "k400", "400 People and Change"),
        ("CC800", "k800", "800 Business Development"),
        ("CC900", "k900", "900 Administration"),
    ] {
        set.set(rule(RuleKind::Class, &[(field("custom1"), code)], Gives::Record(Named::new(id, name))));
    }
    set.set(rule(RuleKind::Class, &[(field("custom1"), "UK210")], Gives::OtherBook("fq-uk".into())));
    for p in facts().customers.iter().filter(|c| c.id.starts_with('P')) {
        let gives = Gives::Record(Named::new(&p.id, &p.name));
        set.set(rule(RuleKind::Customer, &[(field("custom2"), &p.id)], gives));
    }
    for l in facts().departments {
        let gives = Gives::Record(Named::new(&l.id, &l.name));
        set.set(rule(RuleKind::Department, &[(field("employeeOrgUnit2"), &l.name)], gives));
    }
    for (code, reclaim) in [("IE-23", "R"), ("DE-7", "R"), ("DE-19", "R")] {
        let keys = [(Key::TaxCode, code), (Key::ReclaimCode, reclaim)];
        set.set(rule(RuleKind::Tax, &keys, Gives::Record(account("1310"))));
    }
    set.set(rule(RuleKind::Tax, &[(Key::TaxCode, "IE-23"), (Key::ReclaimCode, "N")], Gives::Cost));
    set
}

/// Everything that a derivation needs; tests change what they are about.
pub struct Firm {
    pub id: DocumentId,
    pub book: Book,
    pub rules: RuleSet,
    pub facts: LedgerFacts,
    pub identity: Identity,
    pub around: Surroundings,
    pub now: Timestamp,
}

pub fn firm() -> Firm {
    Firm {
        id: DocumentId(Ulid::from_parts(1, 1)),
        book: book(),
        rules: rules(),
        facts: facts(),
        identity: Identity {
            source_system: "concur".into(),
            source_company: "11111111-2222-4333-8444-555555555555".into(),
            target_system: "quickbooks_online".into(),
            target_company: "realm-1".into(),
        },
        around: Surroundings {
            acting: Some(("Theo Okonkwo".into(), Some("E1009".into()))),
            ..Surroundings::default()
        },
        now: now(),
    }
}

impl Firm {
    pub fn derive(&self, document: &Document) -> Derivation {
        derive(&Inputs {
            id: self.id,
            document,
            book: &self.book,
            rules: &self.rules,
            facts: &self.facts,
            identity: &self.identity,
            around: &self.around,
            now: self.now,
        })
    }

    /// Adds a rule; returns its id.
    pub fn rule(&mut self, rule: Rule) -> u32 {
        self.rules.set(rule)
    }

    /// A decision or override for the document under test.
    pub fn for_document(&mut self, mut rule: Rule) -> u32 {
        rule.document = Some(self.id);
        rule.reason = Some("because".into());
        self.rules.set(rule)
    }
}

/// `bill 2010 127.75`, `card_purchase CT-9101 2110 624.40`: the form of the tables.
pub fn shown(derivation: &Derivation) -> Vec<String> {
    let rows = derivation.set.entries.iter().map(|e| {
        let slot = e.slot.to_string();
        let transaction = slot.strip_prefix("card:").map(|t| format!("{t} ")).unwrap_or_default();
        let offset = e.offset_account.as_ref().map_or("none", |a| a.name.split(' ').next().unwrap());
        format!("{} {transaction}{offset} {:.2}", e.kind.name(), e.total())
    });
    rows.collect()
}

/// The codes of the findings.
pub fn codes(derivation: &Derivation) -> Vec<&'static str> {
    derivation.findings.iter().map(|f| f.code.name()).collect()
}
