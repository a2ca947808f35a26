//! What people are told in each situation of a ledger that calls us.

use serde_json::json;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn row(health: Health, reason: &str) -> ConnectionRow {
    ConnectionRow {
        id: "fq-tax".into(),
        system: "quickbooks_desktop".into(),
        company: "{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}".into(),
        fingerprint: "{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}".into(),
        system_id: "TIEOUT".into(),
        settings: json!({
            "user": "tieout-fq", "company_name": "Fernhill Quay Tax LLC", "url": "https://b.example/qbwc", "minutes": 5,
        }),
        health,
        health_reason: reason.into(),
        health_since: at("2026-11-04T14:12:00Z"),
    }
}

fn served() -> VisitLook {
    VisitLook {
        note: VisitNote {
            came_at: Some(at("2026-11-04T11:30:00Z")),
            served_at: Some(at("2026-11-04T11:25:00Z")),
            expected_at: Some(at("2026-11-04T11:35:00Z")),
            connector: "34.0.0.58".into(),
            product: "QuickBooks Enterprise Solutions 24.0".into(),
            qbxml: "16.0".into(),
            company: "Fernhill Quay Tax LLC".into(),
            company_file: r"C:\QB\fq-tax.qbw".into(),
            file_mode: "MultiUser".into(),
            ..VisitNote::default()
        },
        documents: 12,
        amounts: vec![(Currency::USD, 841_000)],
        asked: 3,
        readings: 1,
        outstanding: None,
    }
}

fn said(row: &ConnectionRow, look: &VisitLook) -> String {
    let when = |t: Timestamp| t.strftime("%H:%M").to_string();
    let facts = facts(row, look, at("2026-11-04T14:30:00Z"), &when);
    let lines: Vec<String> =
        facts.into_iter().map(|(label, value, _)| format!("{label}: {value}\n")).collect();
    lines.concat()
}

#[test]
fn everything_that_is_known_is_said_once() {
    let text = said(&row(Health::Ok, ""), &served());
    for part in [
        "waiting: 12 approved documents, 8,410.00 USD, 3 of them asked to post; 1 reading\n",
        "last came: 3 h ago (11:30) · last served 11:25\n",
        "next visit: it was expected at 11:35 · every 5 min\n",
        "company: Fernhill Quay Tax LLC\n",
        "company file: C:\\QB\\fq-tax.qbw · multi-user mode\n",
        "program: QuickBooks Enterprise Solutions 24.0 · qbXML 16.0 · Web Connector 34.0.0.58\n",
        "calls: https://b.example/qbwc as tieout-fq\n",
    ] {
        assert_eq!(text.matches(part).count(), 1, "{part}\n{text}");
    }
    assert!(!text.contains("trouble") && !text.contains("outstanding"), "{text}");
    assert_eq!(to_do(&row(Health::Ok, ""), &served()), None);
}

#[test]
fn who_never_came_is_told_how_to_come() {
    let row = row(Health::Offline, FIRST_VISIT);
    let text = said(&row, &VisitLook::default());
    assert!(text.contains("it has not come yet") && text.contains("nothing waits for it"), "{text}");
    let todo = to_do(&row, &VisitLook::default()).unwrap();
    assert!(
        todo.contains("Fernhill Quay Tax LLC") && todo.contains("Auto-Run") && todo.contains("QBWC1039"),
        "{todo}"
    );
    let words = test_words(&row, &VisitLook::default(), at("2026-11-04T14:30:00Z"));
    assert!(
        words.contains("has not come yet") && words.contains(FIRST_VISIT) && words.contains(&todo),
        "{words}"
    );
}

#[test]
fn another_company_is_told_with_both_names() {
    let mut look = served();
    look.note.company = "Harbour Dental PC".into();
    look.note.company_file = r"C:\QB\dental.qbw".into();
    let row = row(Health::WrongCompany, "another company file answers");
    let text = said(&row, &look);
    let both = "answers: Harbour Dental PC (C:\\QB\\dental.qbw), in place of Fernhill Quay Tax LLC";
    assert!(text.starts_with(both), "{text}");
    let todo = to_do(&row, &look).unwrap();
    assert!(todo.starts_with("Open Fernhill Quay Tax LLC in QuickBooks"), "{todo}");
}

#[test]
fn trouble_and_an_outstanding_set_are_told_with_what_follows() {
    let mut look = served();
    look.note.trouble = "a dialog is open in QuickBooks: close it".into();
    look.note.trouble_since = Some(at("2026-11-04T14:12:00Z"));
    look.outstanding = Some("TO7F3K2Q9D4001".into());
    let row = row(Health::Offline, "a dialog is open in QuickBooks: close it");
    let text = said(&row, &look);
    assert!(text.contains("trouble: a dialog is open in QuickBooks: close it · since 14:12\n"), "{text}");
    assert!(text.contains("outstanding: the answer to the write set TO7F3K2Q9D4001"), "{text}");
    assert!(to_do(&row, &look).unwrap().contains("Update Selected"));
    let words = test_words(&row, &look, at("2026-11-04T14:30:00Z"));
    assert_eq!(words.matches("a dialog is open").count(), 1, "{words}");
}

#[test]
fn a_document_that_waits_says_for_whom_since_when_and_why() {
    let when = |t: Timestamp| t.strftime("%H:%M").to_string();
    let away = row(Health::Offline, "the Web Connector has not come");
    assert_eq!(
        waits_for(&away, &when).unwrap(),
        "waits for QuickBooks since 14:12: the Web Connector has not come"
    );
    assert_eq!(waits_briefly(&away, &when).unwrap(), "away since 14:12");
    assert_eq!(waits_for(&row(Health::Ok, ""), &when).unwrap(), "waits for the next visit of QuickBooks");
    let online = |health| ConnectionRow { system: "quickbooks_online".into(), ..row(health, "") };
    assert_eq!(waits_for(&online(Health::Ok), &when), None, "it is called at once");
    let quota = waits_for(&online(Health::Throttled), &when).unwrap();
    assert_eq!(quota, "waits for QuickBooks Online since 14:12: throttled");
}
