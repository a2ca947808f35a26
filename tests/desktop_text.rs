//! From a document to the bytes that QuickBooks Desktop gets: the book `fq-tax` of the sample firm, and texts that would
//! kill a message set or be lost in it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking and reports by printing"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rust_decimal::Decimal;
use tieout::mapping::{Derivation, Identity, Inputs, Surroundings, derive};
use tieout::model::book::*;
use tieout::model::document::*;
use tieout::model::ids::DocumentId;
use tieout::model::ledger::{Account, AccountType, Company, DimensionValue, LedgerFacts, Vendor};
use tieout::model::rule::{DimensionKind, Gives, Key, Rule, RuleKind, RuleSet};
use tieout::model::{Currency, Named};
use tieout::systems::{ItemKey, Link, Push, registry};
use tieout::transport::{
    Bearer, Fut, Heard, Net, NetError, Pace, PaceError, Reply, Request, TokenError, Tokens,
};

/// Nothing is called here.
struct Nowhere;

impl Net for Nowhere {
    fn exchange(&self, _: Request) -> Fut<'_, Result<Reply, NetError>> {
        panic!("a call")
    }
}

impl Tokens for Nowhere {
    fn bearer(&self) -> Fut<'_, Result<Bearer, TokenError>> {
        panic!("a token")
    }
    fn after_refusal(&self, _: &Bearer) -> Fut<'_, Result<Bearer, TokenError>> {
        panic!("a token")
    }
    fn base_url(&self) -> String {
        String::new()
    }
}

impl Pace for Nowhere {
    fn acquire(&self, _: &'static str) -> Fut<'_, Result<(), PaceError>> {
        panic!("a call")
    }
    fn report(&self, _: &'static str, _: Heard) {}
}

const FILE: &str = "{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}";

fn client() -> Arc<dyn Push> {
    let connect = registry::named("quickbooks_desktop").unwrap().push.unwrap();
    connect(Link {
        net: Arc::new(Nowhere),
        tokens: Arc::new(Nowhere),
        pace: Arc::new(Nowhere),
        company: FILE.into(),
        system_id: String::new(),
        request_timeout: Duration::from_mins(1),
        settings: serde_json::json!({}),
    })
}

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

fn facts() -> LedgerFacts {
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

fn document(kind: DocumentKind, who: (&str, &str, &str), number: &str, day: &str, rows: &[&str]) -> Document {
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

const NORA: (&str, &str, &str) = ("E3001", "Feld, Nora", "Nora Feld");
const LEXHAM: (&str, &str, &str) = ("V3001", "Lexham Tax Data Inc.", "Lexham Tax Data Inc.");

fn invoice(text: &str) -> Document {
    let row = format!("10-25|{text}|6210||COMP>SUPP|1480.00|");
    document(DocumentKind::Invoice, LEXHAM, "LX-5540", "2026-10-29", &[&row])
}

fn derived(document: &Document) -> Derivation {
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

fn codes(derivation: &Derivation) -> Vec<&'static str> {
    let mut codes: Vec<&str> = derivation.findings.iter().map(|f| f.code.name()).collect();
    codes.dedup();
    codes
}

/// Every entry's message set, each accepted by the check before.
fn sets(derivation: &Derivation) -> Vec<String> {
    let client = client();
    let encoded = derivation.set.entries.iter().map(|entry| {
        assert_eq!(client.check(entry, &facts()), Vec::<String>::new(), "{entry:?}");
        let key = ItemKey { reference: entry.reference.clone(), generation: 1 };
        let item = client.encode(entry, &key, &facts()).unwrap();
        let call = client.assemble(&[item], &[key], None);
        assert!(call.bytes.is_ascii());
        String::from_utf8(call.bytes).unwrap()
    });
    encoded.collect()
}

/// The texts of all elements of this name, as a parser reads them.
fn texts(set: &str, name: &str) -> Vec<String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(set);
    let (mut out, mut inside) = (Vec::new(), None::<String>);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(e) if e.name().as_ref() == name => inside = Some(String::new()),
            Event::End(e) if e.name().as_ref() == name => out.extend(inside.take()),
            Event::Text(t) => inside.iter_mut().for_each(|s| s.push_str(&t)),
            Event::GeneralRef(r) => {
                let c = match &*r {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    code => char::from_u32(code.strip_prefix('#').unwrap().parse().unwrap()).unwrap(),
                };
                inside.iter_mut().for_each(|s| s.push(c));
            }
            Event::Eof => return out,
            _ => {}
        }
    }
}

fn amounts(set: &str) -> Vec<String> {
    texts(set, "Amount")
}

#[test]
fn the_documents_of_the_sample_become_their_requests() {
    let report =
        |who, number, day, rows: &[&str]| document(DocumentKind::ExpenseReport, who, number, day, rows);
    let d61 = derived(&report(
        NORA,
        "T1QW6C",
        "2026-10-27",
        &[
            "10-20|Hotel, Worcester|6020||COMP>EMPL|198.40|",
            "10-20|Air fare BOS-PHL|6010||COMP>CBCP|243.10|CT-9301",
        ],
    ));
    assert_eq!(codes(&d61), Vec::<&str>::new());
    let sent = sets(&d61);
    assert!(sent[0].contains("<BillAdd>") && sent[1].contains("<CreditCardChargeAdd>"), "{sent:?}");
    assert_eq!((amounts(&sent[0]), amounts(&sent[1])), (vec!["198.40".into()], vec!["243.10".into()]));

    let d62 = derived(&invoice("Research service Łódź edition"));
    assert_eq!(codes(&d62), ["text_substituted"]);
    let sent = sets(&d62);
    assert!(
        sent[0].contains("<RefNumber>LX-5540</RefNumber>") && amounts(&sent[0]) == ["1480.00"],
        "{sent:?}"
    );
    assert!(texts(&sent[0], "Memo")[1].contains("Research service Lodz edition"));

    let row = "10-28|Refund of course|6530||CBCP>COMP|-95.00|CT-9302";
    let d63 = derived(&report(NORA, "H5NB2V", "2026-10-30", &[row]));
    assert_eq!(codes(&d63), ["negative_document"]);
    let sent = sets(&d63);
    assert!(sent.len() == 1 && sent[0].contains("<CreditCardCreditAdd>") && amounts(&sent[0]) == ["95.00"]);

    let paul = ("E3002", "Iverson, Paul", "Paul Iverson");
    let d64 = derived(&report(
        paul,
        "Z3KD8M",
        "2026-10-30",
        &[
            "10-26|Fare, direct bill|6010|JOB-118|COMP>COPD|402.60|",
            "10-27|Lunch|6110|JOB-118|COMP>EMPL|31.75|",
        ],
    ));
    assert_eq!(codes(&d64), Vec::<&str>::new());
    let sent = sets(&d64);
    let journal = sent.iter().find(|s| s.contains("<JournalEntryAdd>")).unwrap();
    assert_eq!(amounts(journal), ["402.60", "402.60"]);
    assert!(texts(journal, "RefNumber").iter().all(|n| n.len() == 11));
    assert!(
        texts(journal, "Memo")
            .iter()
            .all(|m| m.ends_with(&format!("tieout:{}", texts(journal, "RefNumber")[0])))
    );
    let bill = sent.iter().find(|s| s.contains("<BillAdd>")).unwrap();
    assert_eq!(amounts(bill), ["31.75"]);
    for set in [journal, bill] {
        assert!(set.contains("80000118-1") && set.contains("80000700-1"), "{set}");
    }
}

/// What came, and what has to be read in the ledger; none: what came.
fn hostile() -> Vec<(&'static str, String, Option<&'static str>)> {
    let of = |name, text: &str, shown| (name, text.to_string(), shown);
    vec![
        of("markup", "AT&T <Bill/> ]]> <!-- x --> &#55357; \"q\" 'a'", None),
        of("a processing line", "<?qbxml version=\"16.0\"?>", None),
        of("Latin letters", "Müller, Chloé, Åsa, ½ £ ÿ", None),
        of("rows", "a\tb\r\nc\u{85}d\u{2028}e", Some("a b c d e")),
        of("control characters", "a\u{0}b\u{1b}[2Jc\u{7f}\u{9b}31m", Some("a b [2Jc 31m")),
        of("a Polish word", "Łódź café", Some("Lodz café")),
        of("apart accents", "Cafe\u{301}", Some("Café")),
        of("typographic signs", "“Q” – ‘x’ … € 5", Some("\"Q\" - 'x' ... EUR 5")),
        of("Russian", "Гостиница", Some("Gostinitsa")),
        of("Greek", "Αθήνα", Some("Athina")),
        of("Chinese", "出差 hotel", Some("[U+51FA U+5DEE] hotel")),
        of("pictures", "ok 👩\u{200d}🚀 ok", Some("ok [U+1F469 U+1F680] ok")),
        of("Hebrew", "של", Some("[U+05E9 U+05DC]")),
        of("turned", "gpj\u{202e}exe\u{200b}", Some("gpjexe")),
        of("private and none", "\u{e000}\u{fffe}", Some("[U+E000 U+FFFE]")),
    ]
}

#[test]
fn hostile_texts_are_shown_substituted_or_told_and_never_lost() {
    for (name, text, shown) in hostile() {
        let mut document = invoice("x");
        document.expenses[0].description = text.clone();
        document.title = text.clone();
        let derivation = derived(&document);
        let want = shown.unwrap_or(&text);
        for set in sets(&derivation) {
            let memos = texts(&set, "Memo");
            assert_eq!(memos.len(), 2, "{name}");
            assert!(memos.iter().all(|m| m.contains(want)), "{name}: {want:?} is not in {memos:?}");
            assert!(!memos.iter().any(|m| m.contains('?') && !text.contains('?')), "{name}: {memos:?}");
            assert_eq!(set.matches("<BillAdd>").count(), 1, "{name}");
        }
        let beyond = text.chars().any(|c| c > 'ÿ' && c != '\u{301}' && c != '\u{2028}');
        assert_eq!(codes(&derivation).contains(&"text_substituted"), beyond, "{name}");
        for finding in derivation.findings.iter().filter(|f| f.code.name() == "text_substituted") {
            assert!(finding.sentence.contains(want), "{name}: {}", finding.sentence);
            assert_eq!(finding.sentence.contains("code points"), want.contains("[U+"), "{name}");
        }
    }
}

#[test]
fn long_texts_are_cut_with_a_finding_and_keep_the_marker() {
    for long in ["x".repeat(5000), "日".repeat(5000), "&".repeat(5000)] {
        let mut document = invoice("x");
        (document.title, document.expenses[0].description) = (long.clone(), long.clone());
        let derivation = derived(&document);
        assert!(codes(&derivation).contains(&"text_cut"), "{:?}", codes(&derivation));
        let memos = texts(&sets(&derivation)[0], "Memo");
        assert_eq!(memos[0].chars().count(), 4095);
        assert!(memos[0].ends_with(&derivation.set.entries[0].reference.marker()));
        assert_eq!(memos[1].chars().count(), 4000);
    }
    // a journal's line has room for the marker
    let row = format!("10-26|{}|6010||COMP>COPD|402.60|", "y".repeat(5000));
    let paul = ("E3002", "Iverson, Paul", "Paul Iverson");
    let report = document(DocumentKind::ExpenseReport, paul, "Z3KD8M", "2026-10-30", &[&row]);
    let memos = texts(&sets(&derived(&report))[0], "Memo");
    assert!(memos.iter().all(|m| m.chars().count() <= 4095 && m.contains("tieout:TO")), "{memos:?}");
}

#[test]
fn a_suppliers_number_is_kept_whole_or_replaced_with_a_finding() {
    for (number, kept) in [
        ("12345678901234567890", true),
        ("A&B <7>", true),
        ("123456789012345678901", false),
        ("№ 7", false),
        ("Łódź 7", false),
        ("日本-1", false),
        ("7\u{202e}1", false),
        ("7\u{0}1", false),
    ] {
        let document = Document { number: number.into(), ..invoice("x") };
        let derivation = derived(&document);
        let entry = &derivation.set.entries[0];
        assert_eq!(codes(&derivation).contains(&"number_replaced"), !kept, "{number:?}");
        assert_eq!(entry.number, if kept { number.to_string() } else { entry.reference.to_string() });
        assert_eq!(texts(&sets(&derivation)[0], "RefNumber"), [entry.number.clone()]);
    }
}
