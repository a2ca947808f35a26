//! The book `fq-tax` of the sample firm, its company file and documents.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use tieout::mapping::{Derivation, Identity, Inputs, Surroundings, derive};
use tieout::model::book::*;
use tieout::model::document::*;
use tieout::model::ids::DocumentId;
use tieout::model::ledger::{Account, AccountType, Company, DimensionValue, LedgerFacts, Vendor};
use tieout::model::rule::{DimensionKind, Gives, Key, Rule, RuleKind, RuleSet};
use tieout::model::{Currency, Named};

/// The company file.
pub const FILE: &str = "{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}";

fn d(s: &str) -> Decimal {
    s.parse().unwrap()
}

const ACCOUNTS: [(&str, &str, AccountType); 8] = [
    ("2000", "Accounts Payable", AccountType::AccountsPayable),
    ("2110", "Corporate Visa", AccountType::CreditCard),
    ("2130", "Company-paid Clearing", AccountType::CurrentLiability),
    ("6010", "Air Fare", AccountType::Expense),
    ("6020", "Lodging", AccountType::Expense),
    ("6110", "Meals", AccountType::Expense),
    ("6210", "Software and Data", AccountType::Expense),
    ("6530", "Training", AccountType::Expense),
];

fn account(number: &str) -> Named {
    let name = ACCOUNTS.iter().find(|a| a.0 == number).unwrap().1;
    Named::new(format!("8000{number}-1600000001"), format!("{number} {name}"))
}

pub fn facts() -> LedgerFacts {
    let vendor = |id: &str, code: &str, name: &str| Vendor {
        id: id.into(),
        code: code.into(),
        name: name.into(),
        email: None,
        currency: None,
        active: true,
        term: None,
    };
    let value =
        |id: &str, name: &str| vec![DimensionValue { id: id.into(), name: name.into(), active: true }];
    LedgerFacts {
        company: Company {
            id: FILE.into(),
            name: "Fernhill Quay Tax LLC".into(),
            country: "US".into(),
            home_currency: Currency::USD,
            multicurrency: false,
            currencies: vec![Currency::USD],
            classes: true,
            class_per_record: false,
            departments: false,
            billable: true,
            customers_on_lines: true,
            negative_lines: true,
            close_date: Some("2026-09-30".parse().unwrap()),
            fiscal_year_start: 1,
        },
        accounts: ACCOUNTS
            .map(|(number, name, kind)| Account {
                id: account(number).id,
                number: number.into(),
                name: name.into(),
                kind,
                currency: None,
                active: true,
            })
            .into(),
        vendors: vec![
            vendor("80000012-1", "E3001", "Feld, Nora"),
            vendor("80000013-1", "E3002", "Iverson, Paul"),
            vendor("80000014-1", "V3001", "Lexham Tax Data Inc."),
            vendor("80000015-1", "", "Card merchants"),
        ],
        classes: value("80000700-1", "700 Tax"),
        departments: vec![],
        customers: value("80000118-1", "Harbor Bakery:JOB-118"),
        employees: vec![],
        tax_codes: vec![],
        rates: BTreeMap::new(),
        terms: vec![],
        recent: vec![],
        read_at: "2026-11-04T14:00:00Z".parse().unwrap(),
        index: Default::default(),
    }
    .indexed()
}

fn book() -> Book {
    let dimension = |dimension, field: &str| DimensionSetting {
        dimension,
        field: field.into(),
        required: false,
        invoice_field: None,
    };
    let payable = BTreeMap::from([(Currency::USD, account("2000"))]);
    let flow = || Flow::new(Flow::BILL, DatePolicy::Approval);
    Book {
        id: "fq-tax".into(),
        source: "concur".into(),
        ledger: "qbd-tax".into(),
        mode: Mode::Live,
        paused: false,
        settings: BookSettings {
            company: "Fernhill Quay Tax LLC".into(),
            time_zone: "America/New_York".into(),
            home_currency: Currency::USD,
            ledger_codes: vec!["FQTAX".into()],
            flows: BTreeMap::from([(DocumentKind::ExpenseReport, flow()), (DocumentKind::Invoice, flow())]),
            who_pays: BTreeMap::from([("APCHECK".into(), WhoPays::Ledger)]),
            card_programmes: BTreeMap::from([(
                "*".into(),
                CardProgramme { policy: CardPolicy::CardAccount, account: account("2110"), issuer: None },
            )]),
            individual_cards: None,
            individual_cards_paid_by: WhoPays::Ledger,
            accounts: RoleAccounts {
                employee_payable: payable.clone(),
                supplier_payable: payable,
                company_paid_clearing: Some(account("2130")),
                ..RoleAccounts::default()
            },
            dimensions: vec![
                dimension(DimensionKind::Class, "custom1"),
                dimension(DimensionKind::Customer, "custom2"),
            ],
            employee_due_days: 7,
            lock_date: Some("2026-09-30".parse().unwrap()),
            rate: RatePolicy::LedgerDecides,
            rate_table: BTreeMap::new(),
            intercompany: IntercompanyPolicy::Block,
            personal_offset: false,
            card_payee: Some(Named::new("80000015-1", "Card merchants")),
            match_merchants: false,
            opening_advances: vec![],
            accept_unlisted_advances: false,
            second_approver_above: None,
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

fn rules() -> RuleSet {
    let mut set = RuleSet { version: 1, ..RuleSet::default() };
    for (kind, field, code, id, name) in [
        (RuleKind::Class, "custom1", "CC700", "80000700-1", "700 Tax"),
        (RuleKind::Customer, "custom2", "JOB-118", "80000118-1", "Harbor Bakery:JOB-118"),
    ] {
        set.set(Rule {
            id: 0,
            kind,
            document: None,
            party: None,
            keys: [(Key::Field(field.into()), code.to_string())].into(),
            gives: Gives::Record(Named::new(id, name)),
            author: "Maya Wells".into(),
            reason: None,
            billable: false,
        });
    }
    set
}

fn coded(code: &str) -> Coded {
    Coded { code: code.into(), value: code.into() }
}

/// `10-20|Hotel, Worcester|6020|job|COMP>EMPL|198.40|card`
fn expense(n: usize, row: &str) -> Expense {
    let c: Vec<&str> = row.split('|').collect();
    let (payer, payee) = c[4].split_once('>').unwrap();
    let party = |p: &str| if p == "SUPP" { Party::Other(Party::SUPPLIER.into()) } else { Party::of(p) };
    let mut fields = BTreeMap::from([("custom1".to_string(), coded("CC700"))]);
    if !c[3].is_empty() {
        fields.insert("custom2".into(), coded(c[3]));
    }
    Expense {
        id: n.to_string(),
        type_code: "X".into(),
        type_name: "Expense".into(),
        date: Some(format!("2026-{}", c[0]).parse().unwrap()),
        description: c[1].into(),
        merchant: String::new(),
        place: String::new(),
        spend: None,
        rate: None,
        approved: None,
        personal: false,
        billable: !c[3].is_empty(),
        receipt_type: "R".into(),
        receipt: Some(format!("r-{n}")),
        payment_type: String::new(),
        clearing_account: None,
        liability_account: None,
        offset: false,
        card: (!c[6].is_empty()).then(|| CardFacts {
            transaction: c[6].into(),
            programme: String::new(),
            charge: None,
        }),
        fields: BTreeMap::new(),
        allocations: vec![Allocation {
            id: "al".into(),
            percentage: None,
            fields,
            journals: vec![Journal {
                account_code: c[2].into(),
                payer: party(payer),
                payee: party(payee),
                gross: d(c[5]),
                taxes: vec![],
            }],
            taxes: vec![],
        }],
    }
}

pub fn document(
    kind: DocumentKind,
    who: (&str, &str, &str),
    number: &str,
    day: &str,
    rows: &[&str],
) -> Document {
    let employee = kind == DocumentKind::ExpenseReport;
    let (code, name, spoken) = who;
    Document {
        kind,
        source_id: format!("FIS-{number}"),
        family: format!("FAM-{number}"),
        number: number.into(),
        title: "October".into(),
        ledger_code: "FQTAX".into(),
        policy: String::new(),
        revision_number: 1,
        is_test: false,
        currency: Currency::USD,
        stated_total: None,
        payee: Payee {
            employee,
            code: code.into(),
            name: name.into(),
            spoken_name: spoken.into(),
            email: None,
        },
        pay_method: if employee { "APCHECK" } else { "CLIENT" }.into(),
        payroll: false,
        payroll_clearing_account: None,
        submitted_at: Some("2026-10-26T15:00:00Z".parse().unwrap()),
        processed_at: Some(format!("{day}T15:00:00Z").parse().unwrap()),
        report_date: None,
        invoice_date: Some("2026-10-25".parse().unwrap()),
        due_date: Some("2026-11-24".parse().unwrap()).filter(|_| !employee),
        posting_date: None,
        approver: None,
        fields: BTreeMap::new(),
        expenses: rows.iter().enumerate().map(|(n, r)| expense(n, r)).collect(),
        advances: vec![],
        advance_returned: Decimal::ZERO,
        purchase_order: None,
    }
}

pub const NORA: (&str, &str, &str) = ("E3001", "Feld, Nora", "Nora Feld");
const LEXHAM: (&str, &str, &str) = ("V3001", "Lexham Tax Data Inc.", "Lexham Tax Data Inc.");

pub fn invoice(text: &str) -> Document {
    let row = format!("10-25|{text}|6210||COMP>SUPP|1480.00|");
    document(DocumentKind::Invoice, LEXHAM, "LX-5540", "2026-10-29", &[&row])
}

pub fn derived(document: &Document) -> Derivation {
    derive(&Inputs {
        id: DocumentId(ulid::Ulid::from_parts(1, 1)),
        document,
        book: &book(),
        rules: &rules(),
        facts: &facts(),
        identity: &Identity {
            source_system: "concur".into(),
            source_company: "11111111-2222-4333-8444-555555555555".into(),
            target_system: "quickbooks_desktop".into(),
            target_company: FILE.into(),
        },
        around: &Surroundings::default(),
        now: "2026-11-04T14:30:00Z".parse().unwrap(),
    })
}

pub fn codes(derivation: &Derivation) -> Vec<&'static str> {
    let mut codes: Vec<&str> = derivation.findings.iter().map(|f| f.code.name()).collect();
    codes.dedup();
    codes
}
