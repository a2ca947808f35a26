//! QuickBooks Desktop as people see it: the wizard, the connection in each situation, documents that wait.

use jiff::Timestamp;
use secrecy::SecretString;

use crate::engine::Door;
use crate::engine::connect::{Connected, Field, Question};
use crate::engine::connect_desktop::{FIRST_VISIT, Handed, NEW_PASSWORD, ShownOnce, steps};
use crate::engine::connect_lead::{Next, Stuck};
use crate::engine::connect_look::ConnectionLook;
use crate::engine::visit_look::VisitLook;
use crate::model::ids::ConnectionId;
use crate::model::money::Currency;
use crate::model::state::State;
use crate::store::{ConnectionRow, Health, VisitNote};
use crate::tui::effect::Effect;
use crate::tui::layers::Layer;
use crate::tui::layers::wizard::Stage;
use crate::tui::msg::Msg;
use crate::tui::screens::connections::effect::{ConnectionEffect as E, ConnectionMsg as M};

use super::accounts::{looked, open};
use super::desk::Desk;
use super::sample;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 34), (200, 60)];
const PASSWORD: &str = "7K3M9-Q2WXD-H5RT8-Z1PNC-4FJ6V";
const FILE_ID: &str = "{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}";

fn snap(name: &str, desk: &Desk) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, desk.screen().backend()));
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn row(health: Health, reason: &str, since: &str) -> ConnectionRow {
    ConnectionRow {
        id: ConnectionId::from("fq-tax"),
        system: "quickbooks_desktop".into(),
        company: FILE_ID.into(),
        fingerprint: FILE_ID.into(),
        system_id: "TIEOUT".into(),
        settings: serde_json::json!({
            "user": "tieout-fernhill-quay-tax-llc",
            "company_name": "Fernhill Quay Tax LLC",
            "owner_id": crate::systems::quickbooks_desktop::OWNER_ID,
            "file_id": FILE_ID,
            "url": "https://books.fernhillquay.example:8077/qbwc",
            "minutes": 5,
        }),
        health,
        health_reason: reason.into(),
        health_since: at(since),
    }
}

fn note() -> VisitNote {
    VisitNote {
        came_at: Some(at("2026-11-04T14:27:00Z")),
        served_at: Some(at("2026-11-04T14:27:00Z")),
        expected_at: Some(at("2026-11-04T14:32:00Z")),
        connector: "34.0.0.58".into(),
        product: "QuickBooks Enterprise Solutions 24.0".into(),
        qbxml: "16.0".into(),
        company: "Fernhill Quay Tax LLC".into(),
        company_file: r"C:\Users\Public\Documents\Intuit\fq-tax.qbw".into(),
        file_mode: "MultiUser".into(),
        ..VisitNote::default()
    }
}

fn waiting(note: VisitNote) -> VisitLook {
    VisitLook {
        note,
        documents: 12,
        amounts: vec![(Currency::USD, 841_000)],
        asked: 3,
        readings: 1,
        outstanding: None,
    }
}

/// The situations: name, row, look, and what has to stand on the screen.
fn situations() -> Vec<(&'static str, ConnectionRow, VisitLook, &'static [&'static str])> {
    let long_ago = || VisitNote {
        came_at: Some(at("2026-11-04T11:27:00Z")),
        served_at: Some(at("2026-11-04T11:22:00Z")),
        expected_at: Some(at("2026-11-04T11:32:00Z")),
        ..note()
    };
    let other = VisitNote {
        company: "Harbour Dental PC".into(),
        company_file: r"C:\Users\Public\Documents\Intuit\dental.qbw".into(),
        served_at: Some(at("2026-11-04T14:22:00Z")),
        ..note()
    };
    let dialog = VisitNote {
        trouble: "a dialog is open in QuickBooks: close it".into(),
        trouble_since: Some(at("2026-11-04T13:02:00Z")),
        ..long_ago()
    };
    let away = "QuickBooks has not come since 06:27 (expected every 5 min)";
    vec![
        (
            "first_visit",
            row(Health::Offline, FIRST_VISIT, "2026-11-04T14:20:00Z"),
            VisitLook::default(),
            &["waits for the first visit", "Auto-Run", "Fernhill Quay Tax LLC"],
        ),
        (
            "served",
            row(Health::Ok, "", "2026-11-04T12:00:00Z"),
            waiting(note()),
            &["8,410.00 USD", "3 min ago"],
        ),
        (
            "away",
            row(Health::Offline, away, "2026-11-04T11:37:00Z"),
            VisitLook { outstanding: Some("TO7F3K2Q9D4001".into()), ..waiting(long_ago()) },
            &["has not come since", "8,410.00 USD", "TO7F3K2Q9D4001", "What waits is not lost"],
        ),
        (
            "wrong_company",
            row(
                Health::WrongCompany,
                "another company file answers: nothing was written",
                "2026-11-04T14:27:00Z",
            ),
            waiting(other),
            &["Harbour Dental PC", "in place of Fernhill Quay Tax LLC", "Open Fernhill Quay Tax LLC"],
        ),
        (
            "dialog",
            row(Health::Offline, "a dialog is open in QuickBooks: close it", "2026-11-04T13:02:00Z"),
            waiting(dialog),
            &["a dialog is open in QuickBooks: close it", "Update Selected"],
        ),
    ]
}

fn shown(w: u16, h: u16, row: ConnectionRow, visit: VisitLook) -> Desk {
    let mut desk = open(w, h);
    desk.model.connections.push(row);
    let mut all = looked(Door::Open);
    all.connections.push(ConnectionLook {
        rested: Vec::new(),
        id: ConnectionId::from("fq-tax"),
        sign_in: None,
        answered_at: None,
        lifetimes: None,
        warning: None,
        quota: None,
        next_read: None,
        subscriptions: None,
        waiting: visit.documents,
        visit: Some(visit),
    });
    let asked = desk.effects.iter().rev().find_map(|e| match e {
        Effect::ConnectionRoom(E::Look { generation }) => Some(*generation),
        _ => None,
    });
    desk.send(Msg::ConnectionRoom(M::Look(asked.unwrap(), Box::new(all))));
    desk.press("G");
    desk
}

#[test]
fn a_connection_of_quickbooks_desktop_says_what_is_known_and_what_to_do() {
    for (name, row, visit, parts) in situations() {
        for (w, h) in SIZES {
            let desk = shown(w, h, row.clone(), visit.clone());
            snap(&format!("desktop_{name}_{w}x{h}"), &desk);
        }
        let text = shown(200, 60, row, visit).text();
        for part in parts {
            assert!(text.contains(part), "{name}: {part}\n{text}");
        }
        for never in ["its tokens", "signed in", "renewed by itself", "rights"] {
            assert!(!text.contains(never), "{name}: {never}\n{text}");
        }
    }
}

fn tell(desk: &mut Desk, msg: M) -> Vec<Effect> {
    desk.send(Msg::ConnectionRoom(msg))
}

fn serial(desk: &Desk) -> u64 {
    let w = desk.model.layers.iter().find_map(|l| match l {
        Layer::Wizard(w) => Some(w.serial),
        _ => None,
    });
    w.expect("a wizard")
}

fn question(
    field: Field,
    label: &'static str,
    help: &'static str,
    default: Option<&'static str>,
) -> Question {
    Question {
        field,
        label,
        help: help.into(),
        secret: false,
        default: default.map(Into::into),
        option: "--x",
    }
}

fn connected(password: Option<&str>) -> Connected {
    Connected {
        connection: ConnectionId::from("fq-tax"),
        system: "QuickBooks Desktop".into(),
        company_name: Some("Fernhill Quay Tax LLC".into()),
        company: FILE_ID.into(),
        region: "books.fernhillquay.example:8077".into(),
        scopes: vec![],
        access_until: None,
        sign_in_until: None,
        notes: vec![],
        handed: Some(Box::new(Handed {
            user: "tieout-fernhill-quay-tax-llc".into(),
            url: "https://books.fernhillquay.example:8077/qbwc".into(),
            minutes: 5,
            file: Some("/home/theo/fq-tax.qwc".into()),
            password: password.map(|p| ShownOnce::of(SecretString::from(p))),
            steps: steps("Fernhill Quay Tax LLC", "/home/theo/fq-tax.qwc"),
        })),
    }
}

#[test]
fn the_wizard_asks_without_a_call_and_shows_the_password_once() {
    for (w, h) in SIZES {
        let mut desk = open(w, h);
        desk.press("n");
        let n = serial(&desk);
        let company =
            question(Field::CompanyName, "Company name", "As the file of QuickBooks Desktop has it.", None);
        desk.press("left enter enter");
        tell(&mut desk, M::Next(n, Some("QuickBooks Desktop"), Ok(Next::Ask(vec![company]))));
        desk.type_text("Fernhill Quay Tax LLC");
        snap(&format!("desktop_wizard_company_{w}x{h}"), &desk);
        let effects = desk.press("enter");
        assert!(
            effects.iter().any(
                |e| matches!(e, Effect::ConnectionRoom(E::Answer { answers, .. }) if answers.len() == 1)
            )
        );
        let rest = vec![
            question(
                Field::User,
                "User name",
                "Under this name the Web Connector comes: one for each company file.",
                Some("tieout-fernhill-quay-tax-llc"),
            ),
            question(Field::Minutes, "Minutes between visits", "It can be changed there.", Some("5")),
            question(Field::File, "File for the Web Connector", "It holds no password.", Some("fq-tax.qwc")),
        ];
        tell(&mut desk, M::Next(n, None, Ok(Next::Ask(rest))));
        snap(&format!("desktop_wizard_rest_{w}x{h}"), &desk);
        assert!(desk.text().contains("tieout-fernhill-quay-tax-llc"), "other questions, another form");
        let effects = desk.press("ctrl-s");
        assert!(
            effects.iter().any(
                |e| matches!(e, Effect::ConnectionRoom(E::Answer { answers, .. }) if answers.len() == 3)
            )
        );
        // the file is there already: one more question, in a form of its own
        let replace = question(
            Field::Replace,
            "Replace the file",
            "/home/theo/fq-tax.qwc is there already.",
            Some("no"),
        );
        tell(&mut desk, M::Next(n, None, Ok(Next::Ask(vec![replace]))));
        assert!(desk.text().contains("is there already") && !desk.text().contains("Minutes between"));
        let effects = tell(&mut desk, M::Next(n, None, Ok(Next::Ready)));
        assert!(effects.iter().any(|e| matches!(e, Effect::ConnectionRoom(E::Prove { .. }))));
        tell(&mut desk, M::Proved(n, Ok(connected(None))));
        snap(&format!("desktop_wizard_keep_{w}x{h}"), &desk);
        assert!(desk.press("enter").is_empty(), "only a plain yes makes it");
        let effects = desk.press("y");
        assert!(effects.iter().any(|e| matches!(e, Effect::ConnectionRoom(E::Keep { .. }))));
        tell(&mut desk, M::Kept(n, Ok(connected(Some(PASSWORD)))));
        let facts = Msg::Facts(Ok(crate::tui::msg::Facts {
            books: desk.model.books.clone(),
            connections: desk.model.connections.clone(),
        }));
        desk.send(facts);
        let text = desk.text();
        assert!(text.contains(PASSWORD), "{text}");
        for step in ["1. ", "2. ", "3. ", "4. ", "Auto-Run"] {
            assert!(text.contains(step), "{w}x{h} {step}\n{text}");
        }
        snap(&format!("desktop_wizard_password_{w}x{h}"), &desk);
        assert!(!format!("{:?}", desk.model).contains(PASSWORD), "it prints nowhere");
        desk.press("enter esc");
        assert!(desk.text().contains(PASSWORD), "no stray key takes it away");
        desk.press("y");
        assert!(desk.model.layers.is_empty() && !desk.text().contains(PASSWORD));
    }
}

#[test]
fn without_a_listener_the_wizard_says_which_lines_are_missing() {
    let mut desk = open(80, 24);
    desk.press("n");
    let n = serial(&desk);
    desk.press("left enter enter");
    let why = crate::engine::connect_desktop::listen_first();
    tell(&mut desk, M::Next(n, None, Err(Stuck { field: None, why, next: None })));
    snap("desktop_wizard_listen_80x24", &desk);
    let text = desk.text();
    assert!(text.contains("[listen.web_connector]") && text.contains("127.0.0.1:8077"), "{text}");
}

#[test]
fn a_new_password_is_asked_for_by_the_same_key_and_the_file_by_its_own() {
    let mut desk = shown(120, 34, row(Health::Ok, "", "2026-11-04T12:00:00Z"), waiting(note()));
    desk.press("R");
    let n = serial(&desk);
    tell(&mut desk, M::Next(n, Some("QuickBooks Desktop"), Ok(Next::Ready)));
    tell(&mut desk, M::Proved(n, Ok(connected(None))));
    assert!(desk.text().contains("Make a new password?") && desk.text().contains("New password: fq-tax"));
    assert!(
        matches!(desk.model.layers.last(), Some(Layer::Wizard(w)) if matches!(w.stage, Stage::Company(_)))
    );
    desk.press("n w");
    let effects = desk.press("enter enter");
    let written = |e: &Effect| matches!(e, Effect::ConnectionRoom(E::Qwc { file, replace: false, .. }) if file == "fq-tax.qwc");
    assert!(effects.iter().any(written), "{effects:?}");
    tell(&mut desk, M::Qwc(Err("there is a file /home/theo/fq-tax.qwc already".into())));
    assert!(desk.text().contains("already"));
    let offline = row(Health::Offline, NEW_PASSWORD, "2026-11-04T14:20:00Z");
    let text = shown(120, 34, offline, waiting(note())).text();
    assert!(text.contains("Type the new password into the Web Connector"), "{text}");
}

#[test]
fn an_approved_document_says_for_whom_it_waits_and_since_when() {
    let mut desk = Desk::open(120, 34);
    let ledger = desk.model.books[0].ledger.clone();
    let reason = "the Web Connector has not come";
    let mut away = row(Health::Offline, reason, "2026-11-04T14:12:00Z");
    away.id = ledger.clone();
    desk.model.connections.retain(|c| c.id != ledger);
    desk.model.connections.push(away);
    let mut one = sample::rows()[0].clone();
    one.state = State::Approved;
    let said = desk.model.waits_for(&one).unwrap();
    assert_eq!(said, "waits for QuickBooks since 09:12: the Web Connector has not come");
    one.state = State::Ready;
    assert_eq!(desk.model.waits_for(&one), None, "it waits for a person");
    desk.press("tab tab tab");

    for r in &mut desk.model.queue.rows {
        r.row.state = State::Approved;
    }
    assert!(desk.text().contains("away since 09:12"), "{}", desk.text());
    assert!(desk.text().contains("waits for QuickBooks since 09:12: the Web Connector"), "{}", desk.text());
}
