//! The sample firm: its ledger, its book, and documents from the tables.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use ulid::Ulid;

use super::data::{ACCOUNTS, LINES, REPORTS};
use crate::mapping::{Derivation, Identity, Inputs, Surroundings, derive};
use crate::model::book::*;
use crate::model::document::*;
use crate::model::entry::{EntryKind, Named};
use crate::model::ids::DocumentId;
use crate::model::ledger::*;
use crate::model::money::{Currency, Money};
use crate::model::rule::{DimensionKind, Gives, Key, Rule, RuleKind, RuleSet};

pub fn d(s: &str) -> Decimal {
    if s.is_empty() { Decimal::ZERO } else { s.parse().unwrap() }
}

/// id | first name | last name | location | currency | method | vendor's code, mail, nothing
const EMPLOYEES: &[(&str, &str, &str, &str, &str, &str, &str)] = &[
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

fn mail(first: &str) -> String {
    format!("{}@fernhillquay.example", first.replace('é', "e").to_lowercase())
}

pub fn account_id(number: &str) -> String {
    format!("a{number}")
}

pub fn account(number: &str) -> Named {
    let line = ACCOUNTS.lines().find(|l| l.starts_with(number)).unwrap();
    Named::new(account_id(number), format!("{number} {}", line.split('|').nth(1).unwrap()))
}

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
            departments: true,
            billable: true,
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

pub fn now() -> Timestamp {
    "2026-11-04T14:30:00Z".parse().unwrap()
}

pub fn book() -> Book {
    let dimension =
        |dimension, field: &str, required| DimensionSetting { dimension, field: field.into(), required };
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
                Flow { recipe: "bill".into(), date: DatePolicy::Approval, cut_over: None },
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
            opening_advances: vec!["CA-old".into()],
            accept_unlisted_advances: false,
            second_approver_above: Some(d("10000")),
            old_expense_days: 90,
            memo: "{number} {name}, {title}".into(),
            approvers: BTreeMap::new(),
            fiscal_year_start: 1,
            fiscal_year_named_by_end: false,
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
    let mut set = RuleSet { version: 7, rules: vec![] };
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

pub fn coded(code: &str) -> Coded {
    Coded { code: code.into(), value: code.into() }
}

/// An expense of one allocation and one journal line; amounts in the document's currency.
pub fn expense(id: &str, account: &str, parties: (&str, &str), gross: &str) -> Expense {
    Expense {
        id: id.into(),
        type_code: "TAXIX".into(),
        type_name: "Taxi".into(),
        date: Some("2026-10-20".parse().unwrap()),
        description: "Taxi".into(),
        merchant: String::new(),
        place: String::new(),
        spend: None,
        rate: None,
        approved: None,
        personal: false,
        billable: false,
        receipt_type: "R".into(),
        receipt: Some(format!("r-{id}")),
        payment_type: String::new(),
        clearing_account: None,
        liability_account: None,
        offset: false,
        card: None,
        fields: BTreeMap::new(),
        allocations: vec![allocation(account, "CC100", "", parties, gross)],
    }
}

pub fn allocation(account: &str, cc: &str, project: &str, parties: (&str, &str), gross: &str) -> Allocation {
    let mut fields = BTreeMap::new();
    for (name, code) in [("custom1", cc), ("custom2", project)] {
        if !code.is_empty() {
            fields.insert(name.to_string(), coded(code));
        }
    }
    Allocation {
        id: "al".into(),
        percentage: None,
        fields,
        journals: vec![journal(account, parties, gross)],
        taxes: vec![],
    }
}

pub fn journal(account: &str, parties: (&str, &str), gross: &str) -> Journal {
    Journal {
        account_code: account.into(),
        payer: Party::of(parties.0),
        payee: Party::of(parties.1),
        gross: d(gross),
        taxes: vec![],
    }
}

/// A report of one of the employees.
pub fn report(employee: &str, expenses: Vec<Expense>) -> Document {
    let (_, first, last, place, currency, method, _) = EMPLOYEES.iter().find(|e| e.0 == employee).unwrap();
    Document {
        kind: DocumentKind::ExpenseReport,
        source_id: "FIS-0".into(),
        family: "FAM-0".into(),
        number: "ABC123".into(),
        title: "Merrow Health rollout, Denver".into(),
        ledger_code: "FQUS".into(),
        policy: String::new(),
        revision_number: 1,
        is_test: false,
        currency: currency.parse().unwrap(),
        stated_total: None,
        payee: Payee {
            employee: true,
            code: employee.into(),
            name: format!("{last}, {first}"),
            spoken_name: format!("{first} {last}"),
            email: Some(mail(first)),
        },
        pay_method: (*method).into(),
        payroll: false,
        payroll_clearing_account: None,
        submitted_at: Some("2026-10-26T15:00:00Z".parse().unwrap()),
        processed_at: Some("2026-10-28T15:00:00Z".parse().unwrap()),
        report_date: Some("2026-10-25".parse().unwrap()),
        invoice_date: None,
        due_date: None,
        posting_date: None,
        approver: Some("E1008".into()),
        fields: BTreeMap::from([("employeeOrgUnit2".to_string(), coded(place))]),
        expenses,
        advances: vec![],
        advance_returned: Decimal::ZERO,
        purchase_order: None,
    }
}

/// A document of the tables and what is expected of it.
pub struct Case {
    pub id: String,
    pub document: Document,
    pub entries: Vec<String>,
    pub state: String,
    pub findings: Vec<String>,
}

pub fn cases() -> Vec<Case> {
    REPORTS.lines().map(case).collect()
}

/// The document `D13` of the tables.
pub fn sample(id: &str) -> Document {
    cases().into_iter().find(|c| c.id == id).unwrap().document
}

fn case(row: &str) -> Case {
    let c: Vec<&str> = row.split('|').collect();
    let mut doc = report(c[1], expenses(c[0], c[1]));
    doc.source_id = format!("FIS-{}", c[0]);
    doc.family = format!("FAM-{}", c[3]);
    doc.number = c[3].into();
    doc.currency = c[4].parse().unwrap();
    doc.stated_total = Some(d(c[5]));
    let at = if c[0] == "D51" { "2026-10-01T02:41:00Z".into() } else { format!("{}T15:00:00Z", c[2]) };
    doc.processed_at = Some(at.parse().unwrap());
    doc.revision_number = if c[0] == "D54" { 2 } else { 1 };
    doc.is_test = c[0] == "D55";
    let advance = match c[0] {
        "D25" => Some("-500"),
        "D26" => Some("-300"),
        _ => None,
    };
    doc.advances =
        advance.map(|a| AdvanceApplication { id: "CA-old".into(), amount: d(a) }).into_iter().collect();
    let split = |s: &str, by: &str| s.split(by).filter(|x| !x.is_empty()).map(Into::into).collect();
    Case {
        id: c[0].into(),
        document: doc,
        entries: split(c[6], "; "),
        state: c[7].into(),
        findings: split(c[8], " "),
    }
}

fn expenses(id: &str, employee: &str) -> Vec<Expense> {
    let mut out: Vec<Expense> = Vec::new();
    let mut last = "";
    let mut key = String::new();
    for line in LINES.lines().filter(|l| l.starts_with(id)) {
        let c: Vec<&str> = line.split('|').collect();
        let is_card = c[11].starts_with("CT-");
        let personal = c[7].contains(" and ");
        let (payer, payee) = c[7].split(" and ").next().unwrap().split_once('>').unwrap();
        let mut al = allocation(c[4], c[5], c[6], (payer, payee), c[8]);
        if personal {
            al.journals.push(journal(c[4], ("EMPL", "COMP"), &format!("-{}", c[8])));
        }
        if !c[9].is_empty() {
            let (code, reclaim) = c[11].split_once('/').unwrap();
            al.journals[0].taxes = vec!["t1".into()];
            al.taxes = vec![Tax {
                id: "t1".into(),
                code: code.into(),
                reclaim_code: reclaim.into(),
                authority: "VAT".into(),
                country: code[..2].into(),
                amount: d(c[9]),
                reclaim: d(c[10]),
            }];
        }
        let is = [c[1], c[2], c[3], if is_card { c[11] } else { "" }].join("|");
        if is == key && !out.is_empty() {
            out.last_mut().unwrap().allocations.push(al);
        } else {
            let mut e = expense(&format!("{id}-{}", out.len()), "", ("COMP", "EMPL"), "0");
            e.allocations = vec![al];
            e.type_code = c[2].into();
            e.description = c[3].into();
            e.date = Some(format!("2026-{}", c[1]).parse().unwrap());
            e.personal = personal;
            e.billable = ["P2599", "P2601", "P2602", "P2603", "P2604"].contains(&c[6]);
            let claimed = !d(c[10]).is_zero();
            let none = c[3] == "Dinner, 3 persons";
            e.receipt_type = if claimed && employee == "E1006" && id != "D34" || claimed && id == "D47" {
                "T".into()
            } else if none {
                "N".into()
            } else {
                "R".into()
            };
            e.receipt = (!none).then(|| format!("receipt-{}", e.id));
            e.card = is_card.then(|| CardFacts {
                transaction: c[11].into(),
                programme: String::new(),
                charge: None,
            });
            if let Some(amount) = c[11].strip_prefix("GBP ") {
                e.description = "Hotel, London".into();
                e.spend = Some(Money::new(d(amount), "GBP".parse().unwrap()));
                e.rate = Some("1.31502".into());
            }
            out.push(e);
        }
        (last, key) = (c[7], is);
    }
    assert!(!last.is_empty(), "{id} has no lines");
    let charges: BTreeMap<String, Decimal> = out.iter().fold(BTreeMap::new(), |mut m, e| {
        if let Some(card) = &e.card {
            *m.entry(card.transaction.clone()).or_default() +=
                e.allocations.iter().filter_map(|a| a.journals.first()).map(|j| j.gross).sum::<Decimal>();
        }
        m
    });
    for e in &mut out {
        e.approved = Some(e.allocations.iter().flat_map(|a| &a.journals).map(|j| j.gross).sum());
        if let Some(card) = &mut e.card {
            card.charge = charges.get(&card.transaction).map(|a| Money::new(*a, Currency::USD));
        }
    }
    out
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
