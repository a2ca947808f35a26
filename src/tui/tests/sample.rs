//! The firm of the plan, as much of it as the screens of the plan show, with their figures.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::engine::{BatchPreview, PreviewLine};
use crate::model::book::*;
use crate::model::document::*;
use crate::model::entry::*;
use crate::model::finding::{Finding, FindingCode, Mend};
use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::model::money::Currency;
use crate::model::people::Actor;
use crate::model::rule::{DimensionKind, Gives, Key, Rule, RuleKind, RuleSet};
use crate::model::state::State;
use crate::store::*;
use crate::tui::msg::{Facts, Opened, Sheet};

pub use super::sample_set::{document, named, posted, set};

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// 09:30 in New York.
pub fn now() -> Timestamp {
    at("2026-11-04T14:30:00Z")
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn opened() -> Opened {
    Opened {
        environment: "DEMO".into(),
        actor: Actor {
            name: "Theo Okonkwo".into(),
            employee: Some("E1011".into()),
            via: "console".into(),
            single_person: true,
        },
    }
}

pub fn book() -> Book {
    Book {
        id: BookId::from("fq-us"),
        source: ConnectionId::from("concur"),
        ledger: ConnectionId::from("qbo-us"),
        mode: Mode::Live,
        paused: false,
        settings: BookSettings {
            company: "Fernhill Quay Advisory".into(),
            time_zone: "America/New_York".into(),
            home_currency: Currency::USD,
            ledger_codes: vec![],
            flows: BTreeMap::new(),
            who_pays: BTreeMap::new(),
            card_programmes: BTreeMap::new(),
            individual_cards: None,
            individual_cards_paid_by: WhoPays::Nobody,
            accounts: RoleAccounts::default(),
            dimensions: vec![],
            employee_due_days: 7,
            lock_date: Some(date("2026-09-30")),
            rate: RatePolicy::LedgerDecides,
            rate_table: BTreeMap::new(),
            intercompany: IntercompanyPolicy::Block,
            personal_offset: true,
            card_payee: None,
            match_merchants: true,
            opening_advances: vec![],
            accept_unlisted_advances: false,
            second_approver_above: None,
            old_expense_days: 60,
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

pub fn facts() -> Facts {
    let connection = |id: &str, system: &str, company: &str, health, reason: &str| ConnectionRow {
        id: ConnectionId::from(id),
        system: system.into(),
        company: company.into(),
        fingerprint: "f".into(),
        system_id: "tieout".into(),
        settings: serde_json::Value::Null,
        health,
        health_reason: reason.into(),
        health_since: at("2026-11-04T14:02:00Z"),
    };
    Facts {
        books: vec![book()],
        connections: vec![
            connection("concur", "concur", "7b1c0e8a-company", Health::Ok, ""),
            connection(
                "qbo-us",
                "quickbooks_online",
                "4620816365000001",
                Health::Expiring,
                "The refresh token ends on 2026-11-20.",
            ),
        ],
    }
}

pub fn id(n: u128) -> DocumentId {
    DocumentId(ulid::Ulid::from(0x0192_0000_0000_0000_0000_0000_0000_0000_u128 + n))
}

struct Raw(
    State,
    &'static str,
    DocumentKind,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Currency,
    i64,
);

const BAD_PATH: &str = "expenseEntry[0].allocation[0].journal[0].amountGross";
const BAD_TEXT: &str = "\"12,5O\" is not a number";

pub fn rows() -> Vec<Row> {
    use DocumentKind::{CashAdvance as Adv, ExpenseReport as Exp, Invoice as Inv};
    use State::{Blocked, Held, Ready};
    let (usd, eur) = (Currency::USD, Currency::EUR);
    let closed = "period_closed|closed through 09-30";
    let raw = [
        Raw(Held, "2026-09-30", Inv, "Foxglove Print Co.", "FP-3390", "bill", closed, usd, 108_600),
        Raw(Held, "2026-09-30", Exp, "Castellano, Ben", "D8MS6K", "bill", closed, usd, 17_430),
        Raw(
            Blocked,
            "2026-10-20",
            Inv,
            "Candor Legal LLP",
            "CL-2217",
            "adopt",
            "maybe_in_ledger|in ledger: CL 2217",
            usd,
            390_000,
        ),
        Raw(
            Ready,
            "2026-10-22",
            Adv,
            "Lindqvist, Chloé",
            "CA-0117",
            "bill",
            "cash_advance|cash advance",
            usd,
            60_000,
        ),
        Raw(
            Blocked,
            "2026-10-23",
            Inv,
            "Candor Legal LLP",
            "CL2188",
            "nothing",
            "duplicate_invoice|same as CL-2188",
            usd,
            475_000,
        ),
        Raw(Ready, "2026-10-26", Exp, "Castellano, Ben", "N2HF5R", "bill", "", usd, 45_150),
        Raw(
            Blocked,
            "2026-10-26",
            Exp,
            "Test Traveler",
            "TEST01",
            "nothing",
            "test_document|test user",
            usd,
            1_000,
        ),
        Raw(
            Ready,
            "2026-10-27",
            Inv,
            "Foxglove Print Co.",
            "FP-3402",
            "credit",
            "negative_document|negative",
            usd,
            -24_000,
        ),
        Raw(Ready, "2026-10-27", Exp, "Raman, Dev", "J7LD4P", "bill", "", usd, 11_875),
        Raw(Ready, "2026-10-27", Inv, "Inkwell Research Ltd", "IR-2026-071", "bill", "", eur, 320_000),
        Raw(
            Blocked,
            "2026-10-27",
            Exp,
            "Okafor, Amara",
            "Q4A7RM",
            "bill",
            "reopened_delta|reopened: delta",
            usd,
            2_500,
        ),
        Raw(Ready, "2026-10-28", Exp, "Okafor, Amara", "B4Q7TN", "bill + 2 card", "", usd, 129_015),
        Raw(Ready, "2026-10-28", Exp, "Haddad, Farid", "X3GW8V", "2 card", "", usd, 157_180),
        Raw(Ready, "2026-10-28", Inv, "Delmar Office Interiors Inc.", "DOI-7719", "bill", "", usd, 317_875),
        Raw(
            Blocked,
            "2026-10-28",
            Inv,
            "Estuary Staffing Inc.",
            "ES-90412",
            "bill",
            "cost_object_unmapped|CC450 has no class",
            usd,
            528_000,
        ),
        Raw(
            Blocked,
            "2026-10-29",
            Exp,
            "Raman, Dev",
            "K8CN1X",
            "bill",
            "cost_object_unmapped|CC450 has no class",
            usd,
            31_800,
        ),
        Raw(State::Unreadable, "", Exp, "", "B9VT2G", "nothing", "", usd, 0),
    ];
    raw.into_iter()
        .enumerate()
        .map(|(i, Raw(state, day, kind, payee, number, will_post, finding, currency, minor))| {
            let (code, brief) = finding.split_once('|').unwrap_or_default();
            let readable = state != State::Unreadable;
            Row {
                id: id(i as u128),
                version: 3,
                book: Some(BookId::from("fq-us")),
                kind,
                state,
                source_id: format!("src-{i}"),
                family: number.into(),
                number: number.into(),
                title: match number {
                    "B4Q7TN" => "Merrow Health rollout, Denver".into(),
                    _ if readable => "Sample".into(),
                    _ => String::new(),
                },
                payee: payee.into(),
                payee_code: match payee {
                    "Okafor, Amara" => "E1001".into(),
                    "" => String::new(),
                    _ => "V1".into(),
                },
                posting_date: day.parse().ok(),
                currency: readable.then_some(currency),
                minor: readable.then_some(minor),
                will_post: will_post.into(),
                finding: code.parse().ok(),
                finding_brief: brief.into(),
                findings: u32::from(!finding.is_empty()),
                reason: if readable { String::new() } else { format!("{BAD_PATH}: {BAD_TEXT}") },
                revisions: 1,
                cost_centres: "CC100, CC200".into(),
                receipts: (4, 4),
                arrived_at: at("2026-11-02T14:29:00Z"),
                changed_at: at("2026-11-04T14:29:00Z"),
                ledger_number: String::new(),
                concur_pays: 0,
                approver: if readable && kind == Exp { "Romero, Lucia".into() } else { String::new() },
                reference: String::new(),
            }
        })
        .collect()
}

/// Totals that give the tabs of the plan: Open 47, Blocked 18, Ready 27, Waiting 2, Confirmed 12, Closed 1.
pub fn totals() -> Vec<Total> {
    let t = |state, currency, count, minor| Total {
        book: Some(BookId::from("fq-us")),
        state,
        currency,
        count,
        minor,
    };
    let (usd, eur) = (Some(Currency::USD), Some(Currency::EUR));
    vec![
        t(State::Blocked, usd, 15, 2_080_300),
        t(State::Blocked, eur, 2, 227_720),
        t(State::Unreadable, None, 1, 0),
        t(State::Ready, usd, 23, 4_233_411),
        t(State::Ready, eur, 4, 390_350),
        t(State::Held, usd, 2, 126_030),
        t(State::Confirmed, usd, 11, 2_895_600),
        t(State::Confirmed, eur, 1, 26_430),
        t(State::Recalled, usd, 1, 31_200),
    ]
}

pub fn groups() -> Vec<FindingGroup> {
    let g = |code, value: &str, brief: &str, count, sums: &[(Currency, i64)]| FindingGroup {
        code,
        value: value.into(),
        brief: brief.into(),
        count,
        sums: sums.to_vec(),
    };
    use FindingCode::*;
    let (usd, eur) = (Currency::USD, Currency::EUR);
    vec![
        g(CostObjectUnmapped, "CC450", "cost centre CC450 has no class", 3, &[(usd, 586_290)]),
        g(PeriodClosed, "2026-09-30", "closed through 2026-09-30", 2, &[(usd, 126_030)]),
        g(PartyUnmapped, "E1010", "no vendor for E1010 Lindqvist", 2, &[(eur, 12_720), (usd, 9_130)]),
        g(MaybeInLedger, "CL 2217", "in ledger: CL 2217", 1, &[(usd, 390_000)]),
        g(FlowMissing, "invoice", "no flow", 1, &[(usd, 317_875)]),
        g(FlowMissing, "cash_advance", "no flow", 1, &[(usd, 60_000)]),
        g(CashAdvance, "", "cash advance", 1, &[(usd, 60_000)]),
    ]
}

fn checks() -> Vec<(bool, String)> {
    [
        "period open",
        "vendor active",
        "6 accounts active",
        "class on every line",
        "project open",
        "currency USD = vendor",
        "card total = card transactions",
        "no duplicate found",
        "receipts 4 of 4",
        "text uncut, unchanged",
        "you are not the payee",
    ]
    .map(|s| (true, s.to_string()))
    .to_vec()
}

/// The sheet of a row: B4Q7TN in full, others with their finding.
pub fn sheet(row: &Row) -> Sheet {
    let full = row.number == "B4Q7TN";
    let findings = row.finding.map(finding).into_iter().collect();
    let unreadable = (row.state == State::Unreadable).then(|| Unreadable {
        path: BAD_PATH.into(),
        message: BAD_TEXT.into(),
        number: row.number.clone(),
    });
    let derived = Derived {
        revision: "r1".into(),
        rules_version: 7,
        set: if full { set() } else { EntrySet::default() },
        digest: "d".into(),
        findings,
        checks: checks(),
        state: row.state,
        posting_date: row.posting_date,
        original_date: row.posting_date,
        payee: row.payee.clone(),
        will_post: row.will_post.clone(),
        cost_centres: String::new(),
        receipts: (4, 4),
        who_pays: "ledger".into(),
        approver: "Romero, Lucia".into(),
        concur_pays: 0,
    };
    Sheet {
        card: Card {
            row: row.clone(),
            connection: ConnectionId::from("concur"),
            revision: "r1".into(),
            bytes: br#"{"documentId":"b4","amount":1290.15000000,"name":"bad \u001b[2J name"}"#.to_vec(),
            sha256: "91c4".into(),
            unreadable: unreadable.clone(),
            derived: unreadable.is_none().then_some(derived),
            approval: None,
            intents: vec![],
            acknowledged: Acknowledged::Accepted,
            held_approved: false,
            outbox: vec![],
        },
        source: full.then(document),
        history: if full { audit() } else { vec![] },
        receipts: vec![],
    }
}

pub fn finding(code: FindingCode) -> Finding {
    let of = |value: &str, sentence: &str, mend| Finding::new(code, value, code.label(), sentence, mend);
    match code {
        FindingCode::CostObjectUnmapped => of(
            "CC450",
            "Cost centre CC450 Sustainability has no class in QuickBooks Online.",
            Mend::MapDimension {
                dimension: DimensionKind::Class,
                field: "custom1".into(),
                code: "CC450".into(),
                value: "Sustainability".into(),
            },
        ),
        FindingCode::PeriodClosed => of(
            "2026-09-30",
            "The posting date 2026-09-30 is in a period that is closed.",
            Mend::Period { next_open: date("2026-10-01") },
        ),
        FindingCode::MaybeInLedger => of(
            "CL 2217",
            "Bill CL 2217 of Candor Legal LLP over 3,900.00 USD is in the ledger already.",
            Mend::Adopt { kind: EntryKind::Bill, id: "145".into(), number: "CL 2217".into() },
        ),
        FindingCode::ReopenedDelta => {
            of("", "The report was reopened after posting: this is the difference.", Mend::AcceptDelta)
        }
        FindingCode::TestDocument => of("", "A test user's document is never posted.", Mend::Reject),
        FindingCode::DuplicateInvoice => of("CL-2188", "It is the same invoice as CL-2188.", Mend::Close),
        _ => of("", "Read this before you approve.", Mend::Accept),
    }
}

pub fn audit() -> Vec<AuditRow> {
    let row = |seq, when: &str, actor: &str, action: &str, text: &str| AuditRow {
        seq,
        at: at(when),
        actor: actor.into(),
        via: "engine".into(),
        action: action.into(),
        subject: id(11).to_string(),
        text: text.into(),
        fields: vec![
            ("number".into(), "B4Q7TN".into()),
            ("state".into(), "ready".into()),
            ("digest".into(), "91c4".into()),
            ("note".into(), String::new()),
        ],
        hash: "07be".into(),
    };
    vec![
        row(1204, "2026-11-04T14:29:10Z", "tieout", "derived", "derived with mappings version 7: ready"),
        row(1203, "2026-11-04T14:29:05Z", "tieout", "acknowledged", "Concur accepted the acknowledgement"),
        row(1202, "2026-11-04T14:29:00Z", "tieout", "stored", "fetched and stored, revision 1"),
    ]
}

pub fn rules() -> RuleSet {
    let rule = |id, kind, field: &str, code: &str, gives: &str| Rule {
        id,
        kind,
        document: None,
        party: None,
        keys: [(Key::Field(field.into()), code.to_string())].into(),
        gives: Gives::Record(named(gives, gives)),
        author: "Theo Okonkwo".into(),
        reason: None,
        billable: false,
    };
    RuleSet {
        guards: vec![],
        last: 0,
        version: 7,
        rules: vec![
            rule(11, RuleKind::Class, "custom1", "CC100", "100 Strategy"),
            rule(12, RuleKind::Class, "custom1", "CC200", "200 Operations"),
            rule(31, RuleKind::Customer, "custom2", "P2602", "Merrow Health:Rollout"),
        ],
    }
}

/// The figures of the plan's approve dialog.
pub fn preview(ids: &[DocumentId], type_total: bool) -> BatchPreview {
    let line =
        |side, words: &str, usd, eur| PreviewLine { side, words: words.into(), amounts: vec![usd, eur] };
    BatchPreview {
        ledger: "QuickBooks Online · Fernhill Quay Advisory, Inc.".into(),
        currencies: vec![Currency::USD, Currency::EUR],
        documents: ids.iter().map(|i| (*i, 3, "digest".to_string())).collect(),
        counts: vec![24, 4],
        totals: vec![2_160_971, 390_350],
        records: vec![29, 4],
        lines: vec![
            line("debit", "cost and recoverable tax", 2_100_971, 390_350),
            line("debit", "due from employees 1260", 30_000, 0),
            line("credit", "employee advances 1250 (net)", 20_000, 0),
            line("credit", "payable by us: employees", 295_871, 70_350),
            line("credit", "payable by us: suppliers, issuer", 1_119_295, 320_000),
            line("credit", "card 2110, clearing 2130", 512_750, 0),
            line("credit", "Concur pays once confirmed", 183_055, 0),
        ],
        left_out: vec![
            ("Q9BK2L".into(), "you are the payee".into()),
            ("MT-3051".into(), "second approver: Joy Lin".into()),
        ],
        warnings: vec![("CA-0117".into(), "cash advance".into()), ("FP-3402".into(), "negative".into())],
        effect: vec![
            (0, "5010 Client Airfare".into(), 62_440, 0),
            (0, "2010 Employee Payables USD".into(), 0, 295_871),
            (1, "2005 Accounts Payable EUR".into(), 0, 320_000),
        ],
        type_total,
    }
}
