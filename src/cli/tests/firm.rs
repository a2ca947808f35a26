//! A small firm: one book, two connections, three documents.

use rust_decimal::Decimal;

use crate::cli::fake::Cards;
use crate::engine::Candidate;
use crate::model::book::*;
use crate::model::document::DocumentKind;
use crate::model::entry::*;
use crate::model::finding::{Finding, FindingCode, Mend};
use crate::model::ids::{ConnectionId, DocumentId};
use crate::model::money::Currency;
use crate::model::state::State;
use crate::store::*;

pub const ID_A: &str = "01JBX0000000000000000000A1";
pub const ID_B: &str = "01JBX0000000000000000000B2";
pub const ID_C: &str = "01JBX0000000000000000000C3";

fn book() -> Book {
    let settings = serde_json::json!({
        "company": "Fernhill Quay Advisory, Inc.",
        "time_zone": "America/New_York",
        "home_currency": "USD",
        "ledger_codes": [],
        "flows": {},
        "who_pays": {},
        "card_programmes": {},
        "individual_cards": null,
        "individual_cards_paid_by": "nobody",
        "accounts": {
            "employee_payable": {}, "supplier_payable": {}, "paid_by_concur": {}, "also_allowed": [],
        },
        "dimensions": [],
        "employee_due_days": 7,
        "lock_date": "2026-09-30",
        "rate": "ledger_decides",
        "rate_table": {},
        "intercompany": "block",
        "personal_offset": false,
        "card_payee": null,
        "match_merchants": false,
        "opening_advances": [],
        "accept_unlisted_advances": false,
        "second_approver_above": null,
        "old_expense_days": 90,
        "memo": "{number}",
        "approvers": {},
        "fiscal_year_start": 1,
        "fiscal_year_named_by_end": false,
    });
    Book {
        id: "fq-us".into(),
        source: "concur".into(),
        ledger: "qbo-us".into(),
        mode: Mode::Preview,
        paused: false,
        settings: serde_json::from_value(settings).unwrap(),
    }
}

fn connection(id: &str, system: &str, health: Health, reason: &str) -> ConnectionRow {
    ConnectionRow {
        id: ConnectionId::from(id),
        system: system.into(),
        company: "4620816365000001".into(),
        fingerprint: "f".into(),
        system_id: String::new(),
        settings: serde_json::Value::Null,
        health,
        health_reason: reason.into(),
        health_since: "2026-11-04T14:00:00Z".parse().unwrap(),
    }
}

fn card(id: &str, state: State, number: &str, payee: &str, minor: Option<i64>) -> Card {
    let row = Row {
        id: id.parse::<DocumentId>().unwrap(),
        version: 4,
        book: Some("fq-us".into()),
        kind: DocumentKind::ExpenseReport,
        state,
        source_id: format!("fis-{number}"),
        family: format!("family-{number}"),
        number: number.into(),
        title: "Merrow Health rollout, Denver".into(),
        payee: payee.into(),
        payee_code: "E1001".into(),
        posting_date: minor.map(|_| "2026-10-28".parse().unwrap()),
        currency: minor.map(|_| Currency::USD),
        minor,
        will_post: "bill".into(),
        finding: None,
        finding_brief: String::new(),
        findings: 0,
        reason: String::new(),
        revisions: 1,
        cost_centres: "CC100".into(),
        receipts: (4, 4),
        arrived_at: "2026-10-28T15:00:00Z".parse().unwrap(),
        changed_at: "2026-10-28T15:00:01Z".parse().unwrap(),
        ledger_number: String::new(),
        concur_pays: 0,
        approver: String::new(),
        reference: String::new(),
    };
    Card {
        row,
        connection: "concur".into(),
        revision: "r1".into(),
        bytes: Vec::new(),
        sha256: "00".into(),
        unreadable: None,
        derived: None,
        approval: None,
        intents: Vec::new(),
        acknowledged: Acknowledged::Accepted,
        held_approved: false,
        outbox: Vec::new(),
    }
}

fn line(side: Side, role: LineRole, account: Named, minor: i64, source: Option<LineSource>) -> Line {
    let why = Why { what: "account".into(), because: "5040: Concur sent 5040, exact".into(), rule: None };
    Line {
        role,
        side,
        account,
        amount: Decimal::new(minor, 2),
        dimensions: Dimensions {
            class: source.map(|_| Named::new("1", "100 Strategy")),
            ..Dimensions::default()
        },
        billable: false,
        tax_code: None,
        party: None,
        text: String::new(),
        source,
        why: source.map(|_| why).into_iter().collect(),
    }
}

fn derived() -> Derived {
    let payable = Named::new("20", "2010 Employee Payables USD");
    let source = Some(LineSource { expense: 0, allocation: 0, journal: 0 });
    let entry = Entry {
        slot: Slot::Bill,
        kind: EntryKind::Bill,
        date: "2026-10-28".parse().unwrap(),
        due: Some("2026-11-04".parse().unwrap()),
        currency: Currency::USD,
        rate: None,
        party: Some(Named::new("77", "Okafor, Amara")),
        offset_account: Some(payable.clone()),
        location: None,
        number: "TO8KX2M4Q7R".into(),
        reference: "TO8KX2M4Q7R".parse().unwrap(),
        memo: "B4Q7TN tieout:TO8KX2M4Q7R".into(),
        taxes: vec![],
        lines: vec![
            line(Side::Debit, LineRole::Cost, Named::new("40", "5040 Client Meals"), 8625, source),
            line(Side::Credit, LineRole::Payable, payable, 8625, None),
        ],
        why: Vec::new(),
    };
    let finding = Finding::new(
        FindingCode::PaidByConcur,
        "",
        "Concur pays",
        "Concur pays 86.25 USD once this is confirmed",
        Mend::Accept,
    );
    Derived {
        revision: "r1".into(),
        rules_version: 7,
        set: EntrySet { entries: vec![entry] },
        digest: "digest-1".into(),
        findings: vec![finding],
        checks: vec![(true, "period open".into())],
        state: State::Ready,
        posting_date: Some("2026-10-28".parse().unwrap()),
        original_date: None,
        payee: "Okafor, Amara".into(),
        will_post: "bill".into(),
        cost_centres: "CC100".into(),
        receipts: (4, 4),
        who_pays: "ledger".into(),
        approver: String::new(),
        concur_pays: 0,
    }
}

fn event(seq: u64) -> AuditRow {
    AuditRow {
        seq,
        at: "2026-11-04T14:30:00Z".parse().unwrap(),
        actor: "Theo Okonkwo".into(),
        via: "command".into(),
        action: "held".into(),
        subject: if seq == 1 { ID_B.into() } else { "fq-us".into() },
        text: format!("event {seq}"),
        fields: vec![("reason".into(), format!("because {seq}"))],
        hash: "00ff".into(),
    }
}

pub fn cards() -> Cards {
    let mut unreadable = card(ID_A, State::Unreadable, "BAD1", "", None);
    unreadable.row.reason = "expenseEntry[0].approvedAmount is no number".into();
    let mut ready = card(ID_B, State::Ready, "B4Q7TN", "Okafor, Amara", Some(8625));
    ready.bytes = br#"{"reportId":"R1"}"#.to_vec();
    ready.derived = Some(derived());
    let mut blocked = card(ID_C, State::Blocked, "X3GW8V", "Haddad, Farid", Some(157_180));
    blocked.row.finding = Some(FindingCode::CostObjectUnmapped);
    blocked.row.finding_brief = "CC450 has no class".into();
    blocked.row.findings = 2;
    let attention = Attention {
        row: blocked.row.clone(),
        code: "cost_object_unmapped".into(),
        message: "CC450 has no class".into(),
        remedy: "choose a class for CC450".into(),
    };
    let candidate =
        |id: &str, name: &str| Candidate { record: Named::new(id, name), score: 90, note: String::new() };
    Cards {
        books: vec![book()],
        connections: vec![
            connection("concur", "concur", Health::Ok, ""),
            connection("qbo-us", "quickbooks_online", Health::Reauthorise, "the refresh token has ended"),
        ],
        cards: vec![unreadable, ready, blocked],
        attention: vec![attention],
        events: (1..=3).map(event).collect(),
        chain: Ok(3),
        candidates: vec![candidate("450", "450 Research"), candidate("451", "451 Research, Field")],
        ..Cards::default()
    }
}
