//! Values for the scenarios.

use super::*;

pub fn connection(id: &str, system: &str) -> ConnectionRow {
    ConnectionRow {
        id: id.into(),
        system: system.into(),
        company: format!("company of {id}"),
        fingerprint: format!("print of {id}"),
        system_id: "tieout".into(),
        settings: serde_json::json!({"region": "us"}),
        health: Health::Ok,
        health_reason: String::new(),
        health_since: at(0),
    }
}

pub fn book(id: &str) -> Book {
    Book {
        id: id.into(),
        source: "concur".into(),
        ledger: "qbo".into(),
        mode: Mode::Live,
        paused: false,
        settings: BookSettings {
            company: "Fennel & Quince".into(),
            time_zone: "America/New_York".into(),
            home_currency: Currency::USD,
            ledger_codes: vec!["FQUS".into()],
            flows: Default::default(),
            who_pays: Default::default(),
            card_programmes: Default::default(),
            individual_cards: None,
            individual_cards_paid_by: WhoPays::Ledger,
            accounts: RoleAccounts::default(),
            dimensions: vec![],
            employee_due_days: 7,
            lock_date: None,
            rate: RatePolicy::LedgerDecides,
            rate_table: Default::default(),
            intercompany: IntercompanyPolicy::Block,
            personal_offset: true,
            card_payee: None,
            match_merchants: false,
            opening_advances: vec![],
            accept_unlisted_advances: false,
            second_approver_above: None,
            old_expense_days: 60,
            memo: "{number}".into(),
            approvers: Default::default(),
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

pub fn arrival(source_id: &str, minor: i64) -> Arrival {
    Arrival {
        connection: "concur".into(),
        book: Some(BookId::from(BOOK)),
        kind: crate::model::DocumentKind::ExpenseReport,
        source_id: source_id.into(),
        bytes: format!("bytes of {source_id}").into_bytes(),
        revision: "r1".into(),
        header: Ok(ArrivalHeader {
            family: format!("family {source_id}"),
            number: format!("N-{source_id}"),
            title: format!("Trip {source_id}"),
            payee_code: "E1001".into(),
            payee_is_employee: true,
            payee: "Okafor, Amara".into(),
            currency: Currency::USD,
            minor,
            duplicate_keys: vec![],
            delta: false,
        }),
        source_status: "READY".into(),
    }
}

pub fn new_id(a: &Arrived) -> DocumentId {
    match a {
        Arrived::New(id) => *id,
        other => panic!("not new: {other:?}"),
    }
}

pub fn entry(source_id: &str, slot: &Slot, minor: i64) -> Entry {
    let reference = Reference::of(&ReferenceParts {
        source_system: "concur",
        source_company: "company of concur",
        kind: "expense_report",
        source_id,
        target_system: "quickbooks_online",
        target_company: "company of qbo",
        slot,
        draw: 0,
    });
    let line = |side, role| Line {
        role,
        side,
        account: Named::new("58", "5010 Airfare"),
        amount: from_minor(minor, Currency::USD),
        dimensions: Dimensions::default(),
        billable: false,
        tax_code: None,
        party: None,
        text: "Taxi".into(),
        source: None,
        why: vec![Why { what: "account".into(), because: "rule 1".into(), rule: Some(1) }],
    };
    Entry {
        slot: slot.clone(),
        kind: if *slot == Slot::Bill { EntryKind::Bill } else { EntryKind::CardPurchase },
        date: "2026-10-28".parse().unwrap(),
        due: None,
        currency: Currency::USD,
        rate: None,
        party: Some(Named::new("56", "Okafor, Amara")),
        offset_account: None,
        location: None,
        number: reference.to_string(),
        memo: reference.marker(),
        reference,
        lines: vec![line(Side::Debit, LineRole::Cost), line(Side::Credit, LineRole::Payable)],
        taxes: vec![],
        why: vec![],
    }
}

pub fn derived(source_id: &str, revision: &str, slots: &[Slot], findings: &[FindingCode]) -> Derived {
    let set = EntrySet { entries: slots.iter().map(|s| entry(source_id, s, 1_000)).collect() };
    let findings: Vec<Finding> = findings
        .iter()
        .map(|c| Finding::new(*c, "CC450", format!("{c} brief"), format!("{c} sentence"), Mend::Accept))
        .collect();
    let state = if findings.iter().any(|f| f.code == FindingCode::PeriodClosed) {
        State::Held
    } else if findings.iter().any(Finding::blocks) {
        State::Blocked
    } else {
        State::Ready
    };
    Derived {
        revision: revision.into(),
        rules_version: 1,
        digest: digest(&set, "qbo").unwrap(),
        will_post: set.will_post(),
        set,
        findings,
        checks: vec![(true, "debits equal credits".into())],
        state,
        posting_date: Some("2026-10-28".parse().unwrap()),
        original_date: None,
        payee: "Okafor, Amara".into(),
        cost_centres: "CC100".into(),
        receipts: (1, 2),
        who_pays: "ledger".into(),
        approver: "Romero, Lucia".into(),
        concur_pays: 0,
    }
}

pub fn new_intent(e: &Entry, in_this_call: bool) -> NewIntent {
    NewIntent {
        slot: e.slot.clone(),
        kind: e.kind,
        reference: e.reference.clone(),
        generation: 0,
        item_key: e.reference.item_id().into(),
        lookup: serde_json::json!({"number": e.number}),
        payload_hash: "hash".into(),
        date: e.date,
        in_this_call,
    }
}

pub fn done(n: u32) -> Outcome {
    Outcome::Done { id: format!("id{n}"), number: format!("TO{n}") }
}

pub fn refused() -> Outcome {
    Outcome::Refused { code: "6000".into(), message: "account 5010 is inactive".into(), closed_period: false }
}

pub fn unclear() -> Outcome {
    Outcome::Ambiguous { reason: "time-out".into() }
}

pub fn not_sent() -> Outcome {
    Outcome::NotSent { reason: "no connection".into() }
}
