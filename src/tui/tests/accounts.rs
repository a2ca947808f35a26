//! Connections and books: what the keys make of answers, step by step, and what stands on the screen.

use jiff::Timestamp;
use secrecy::SecretString;

use crate::engine::connect::{Connected, Consent, Field, Question};
use crate::engine::connect_lead::{Next, Stuck};
use crate::engine::connect_look::{BookLook, ConnectionLook, Quota};
use crate::engine::{Door, Tried, VaultWay, WayOffer};
use crate::model::book::{AutoApproval, DatePolicy, Flow, Mode, Policy};
use crate::model::document::DocumentKind;
use crate::model::ids::{BookId, ConnectionId};
use crate::model::money::Currency;
use crate::model::state::State;
use crate::store::{RunTotal, SignInNote};
use crate::tieout::Stage as Counted;
use crate::tui::app::Screen;
use crate::tui::effect::Effect;
use crate::tui::layers::Layer;
use crate::tui::layers::wizard::Stage;
use crate::tui::msg::{Facts, Msg};
use crate::tui::screens::connections::effect::{ConnectionEffect as E, ConnectionMsg as M, Looked};
use crate::tui::theme::Theme;

use super::desk::Desk;
use super::{sample, snap};

const SECRET: &str = "canary-7f3e9a";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn ways() -> Vec<WayOffer> {
    vec![
        WayOffer {
            way: VaultWay::Keyring,
            title: "this computer's keyring",
            help: "Opens by itself at a desk.",
        },
        WayOffer { way: VaultWay::Passphrase, title: "a passphrase", help: "You type it at every start." },
        WayOffer { way: VaultWay::KeyFile, title: "a key file", help: "A file for your user alone." },
    ]
}

fn look(id: &str, name: &str, ends: &str) -> ConnectionLook {
    let signed_in = SignInNote {
        connection: ConnectionId::from(id),
        company_name: name.into(),
        region: "us2.api.concursolutions.com".into(),
        scopes: vec!["FISVC".into(), "openid".into()],
        signed_in_by: "Theo Okonkwo".into(),
        signed_in_at: at("2026-08-12T13:00:00Z"),
        sign_in_until: at(ends),
    };
    ConnectionLook {
        id: ConnectionId::from(id),
        sign_in: Some(signed_in),
        answered_at: Some(at("2026-11-04T14:28:00Z")),
        lifetimes: Some((at("2026-11-04T15:02:00Z"), at(ends))),
        warning: None,
        quota: Some(Quota {
            calls: 1_204,
            last_minute: 120,
            per_minute: Some(500),
            throttled_for: None,
            learned_percent: 100,
            in_flight: 1,
            breaker_open: false,
        }),
        next_read: Some(at("2026-11-04T14:40:00Z")),
        subscriptions: Some((2, 2)),
        waiting: 3,
        visit: None,
        rested: Vec::new(),
    }
}

pub(super) fn looked(door: Door) -> Looked {
    let total = |stage, count, minor| RunTotal {
        book: Some(BookId::from("fq-us")),
        connection: ConnectionId::from("concur"),
        kind: None,
        currency: Some(Currency::USD),
        stage,
        count,
        minor,
    };
    Looked {
        door,
        connections: vec![
            look("concur", "Fernhill Quay Group", "2027-02-12T13:00:00Z"),
            look("qbo-us", "Fernhill Quay Advisory, Inc.", "2026-11-20T13:00:00Z"),
        ],
        books: vec![BookLook {
            id: BookId::from("fq-us"),
            policy: Policy {
                version: 2,
                auto: AutoApproval::Off,
                signed_off_by: "Theo Okonkwo".into(),
                limit: None,
            },
            fetched: Some((
                at("2026-11-04T14:28:00Z"),
                vec![total(Counted::Listed, 12, 1_240_050), total(Counted::Stored, 3, 81_200)],
            )),
            posted: None,
            next_read: Some(at("2026-11-04T14:38:00Z")),
            states: vec![(State::Ready, 27), (State::Blocked, 11), (State::Confirmed, 12)],
        }],
    }
}

/// The connections screen with all that is known.
pub(super) fn open(w: u16, h: u16) -> Desk {
    let mut desk = Desk::open(w, h);
    desk.press("3");
    answer_look(&mut desk, looked(Door::Open));
    for b in &mut desk.model.books {
        b.settings.ledger_codes = vec!["FQUS".into()];
        b.settings.flows.insert(DocumentKind::ExpenseReport, Flow::new(Flow::BILL, DatePolicy::Approval));
        b.settings.flows.insert(DocumentKind::Invoice, Flow::new(Flow::BILL, DatePolicy::InvoiceDate));
    }
    desk
}

fn answer_look(desk: &mut Desk, looked: Looked) {
    let asked = desk.effects.iter().rev().find_map(|e| match e {
        Effect::ConnectionRoom(E::Look { generation }) => Some(*generation),
        _ => None,
    });
    desk.send(Msg::ConnectionRoom(M::Look(asked.unwrap(), Box::new(looked))));
}

/// A new home: no book, no connection, no vault.
pub(super) fn fresh(w: u16, h: u16) -> Desk {
    let mut desk = Desk::closed(w, h);
    desk.send(Msg::Opened(sample::opened()));
    desk.model.books.clear();
    desk.model.book = None;
    desk.model.connections.clear();
    desk.model.connection_list = Default::default();
    desk.model.screen = Screen::Queue;
    // the desk's engine answers with the sample: a new home has none of it
    crate::tui::app::update(
        &mut desk.model,
        Msg::Facts(Ok(Facts::default())),
        crate::tui::msg::Now { at: Some(sample::now()), since: desk.since },
    );
    let look = crate::tui::screens::connections::room::look(&mut desk.model);
    desk.effects.push(look);
    answer_look(&mut desk, Looked { door: Door::NotMade(ways()), connections: vec![], books: vec![] });
    desk
}

fn serial(desk: &Desk) -> u64 {
    let w = desk.model.layers.iter().find_map(|l| match l {
        Layer::Wizard(w) => Some(w.serial),
        _ => None,
    });
    w.expect("a wizard")
}

fn stage(desk: &Desk) -> &Stage {
    match desk.model.layers.last() {
        Some(Layer::Wizard(w)) => &w.stage,
        other => panic!("no wizard on top: {other:?}"),
    }
}

fn tell(desk: &mut Desk, msg: M) -> Vec<Effect> {
    desk.send(Msg::ConnectionRoom(msg))
}

fn room(effects: &[Effect], f: impl Fn(&E) -> bool) -> bool {
    effects.iter().any(|e| matches!(e, Effect::ConnectionRoom(e) if f(e)))
}

fn question(field: Field, label: &'static str, secret: bool) -> Question {
    Question { field, label, help: "Of the application.".into(), secret, default: None, option: "--x" }
}

pub(super) fn concur() -> Next {
    Next::Ask(vec![
        question(Field::ClientId, "Client id", false),
        question(Field::ClientSecret, "Client secret", true),
        question(Field::Company, "Company id", false),
        question(Field::RequestToken, "Company request token", true),
    ])
}

pub(super) fn consent() -> Next {
    let url = format!("https://appcenter.intuit.com/connect/oauth2?client_id=ABc&state={}", "s".repeat(180));
    let until = at("2026-11-04T14:45:00Z");
    let redirect = "http://localhost:8765/signed-in".into();
    Next::Consent { consent: Consent { url, redirect, until }, listens: true }
}

pub(super) fn connected(name: &str) -> Connected {
    Connected {
        connection: ConnectionId::from("qbo"),
        system: "QuickBooks Online".into(),
        company_name: Some(name.into()),
        company: "4620816365000001".into(),
        region: "quickbooks.api.intuit.com".into(),
        scopes: vec!["com.intuit.quickbooks.accounting".into()],
        access_until: Some(at("2026-11-04T15:30:00Z")),
        sign_in_until: Some(at("2027-02-12T14:30:00Z")),
        handed: None,
        notes: vec![],
    }
}

#[test]
fn a_new_home_begins_with_a_welcome_and_every_empty_screen_points_there() {
    for (w, h) in [(80, 24), (120, 34), (200, 60)] {
        let desk = fresh(w, h);
        assert_eq!(desk.model.screen, Screen::Connections);
        snap(&format!("welcome_{w}x{h}"), &desk);
    }
    let mut desk = fresh(80, 24);
    for key in ["1", "2", "5"] {
        desk.press(key);
        let text = desk.text();
        assert!(text.contains("part 1 of 4") && text.contains("3 opens the connections"), "{key}: {text}");
    }
    snap("nothing_yet_80x24", &desk);
    // what needs a vault says why it is not done
    let effects = desk.press("F");
    assert!(effects.is_empty() && desk.text().contains("nothing is connected yet"), "{}", desk.text());
}

#[test]
fn the_first_wizard_makes_the_vault_with_a_passphrase_typed_twice() {
    let mut desk = fresh(80, 24);
    desk.press("n");
    snap("wizard_way_80x24", &desk);
    desk.press("right enter");
    assert!(matches!(stage(&desk), Stage::Passphrase(_)));
    desk.type_text("short");
    desk.press("enter");
    desk.type_text("short");
    assert!(desk.press("enter").is_empty() && desk.text().contains("12 characters or more"));
    desk.press("ctrl-u");
    desk.type_text(&format!("{SECRET}-pass"));
    desk.press("enter ctrl-u");
    desk.type_text("another-one-altogether");
    assert!(desk.press("enter").is_empty() && desk.text().contains("not the same"), "{}", desk.text());
    desk.press("ctrl-u");
    desk.type_text(&format!("{SECRET}-pass"));
    let effects = desk.press("enter");
    assert!(room(&effects, |e| matches!(
        e,
        E::MakeVault { way: VaultWay::Passphrase, passphrase: Some(p), .. }
            if secrecy::ExposeSecret::expose_secret(p).ends_with("-pass")
    )));
    snap("wizard_passphrase_80x24", &desk);
    let n = serial(&desk);
    tell(&mut desk, M::VaultMade(n, Err("the keyring cannot be used".into())));
    assert!(desk.text().contains("the keyring cannot be used"));
    tell(&mut desk, M::VaultMade(n, Ok(())));
    assert!(matches!(stage(&desk), Stage::System(_)));
    nowhere(&desk);
}

#[test]
fn concur_is_asked_only_what_it_needs_and_errors_stand_at_the_field() {
    let mut desk = open(80, 24);
    desk.press("n");
    snap("wizard_system_80x24", &desk);
    let effects = desk.press("right enter enter");
    assert!(room(&effects, |e| matches!(e, E::Begin { name, .. } if !name.is_empty())), "{effects:?}");
    let n = serial(&desk);
    let said = Stuck { field: None, why: "there is a connection of that name already".into(), next: None };
    tell(&mut desk, M::Next(n, None, Err(said)));
    assert!(desk.text().contains("of that name already"));
    desk.press("enter");
    tell(&mut desk, M::Next(n, Some("SAP Concur"), Ok(concur())));
    desk.type_text("the-app");
    desk.press("enter");
    desk.type_text(SECRET);
    desk.press("enter");
    desk.type_text("5b1c");
    desk.press("enter");
    let effects = [desk.type_text(SECRET), desk.press("enter")].concat();
    assert!(room(&effects, |e| matches!(e, E::Answer { answers, .. } if answers.len() == 4)), "{effects:?}");
    snap("wizard_questions_80x24", &desk);
    let effects = tell(&mut desk, M::Next(n, None, Ok(Next::Ready)));
    assert!(room(&effects, |e| matches!(e, E::Prove { .. })));
    // a wrong code: asked again, with everything that was typed still there
    let again = Some(Next::Ask(vec![question(Field::RequestToken, "Company request token", true)]));
    let wrong = Stuck {
        field: Some(Field::RequestToken),
        why: "the company request token is not valid".into(),
        next: again,
    };
    tell(&mut desk, M::Proved(n, Err(wrong)));
    let text = desk.text();
    assert!(text.contains("request token is not valid") && text.contains("the-app"), "{text}");
    let effects = desk.press("enter");
    assert!(room(&effects, |e| matches!(e, E::Answer { answers, .. } if answers.len() == 4)));
    // another company
    tell(&mut desk, M::Next(n, None, Ok(Next::Ready)));
    let again = Some(concur());
    let other = Stuck {
        field: Some(Field::Company),
        why: "company B answers, and not 5b1c: nothing was stored".into(),
        next: again,
    };
    tell(&mut desk, M::Proved(n, Err(other)));
    assert!(desk.text().contains("company B answers, and not 5b1c"));
    nowhere(&desk);
    // cancel
    let effects = desk.press("esc");
    assert!(room(&effects, |e| matches!(e, E::Leave { .. })) && desk.model.layers.is_empty());
}

#[test]
fn the_sign_in_address_is_whole_copied_opened_and_answered_by_browser_or_paste() {
    for (w, h) in [(80, 24), (120, 34), (200, 60)] {
        let desk = consenting(w, h);
        snap(&format!("wizard_consent_{w}x{h}"), &desk);
        let joined: String = desk.text().replace("\"\n\"", "");
        assert!(joined.contains(&"s".repeat(180)), "{}", desk.text());
    }
    let mut desk = consenting(80, 24);
    assert!(matches!(&desk.press("y")[..], [Effect::Copy(t)] if t.starts_with("https://appcenter")));
    assert!(desk.press("o").is_empty() && desk.text().contains("No browser can be opened"));
    let n = serial(&desk);
    assert!(desk.press("enter").is_empty() && desk.text().contains("Paste the address first"));
    desk.send(Msg::Paste(format!("http://localhost:8765/signed-in?code={SECRET}&state=x\n").into()));
    let effects = desk.press("enter");
    assert!(room(&effects, |e| matches!(e, E::Return { .. })));
    nowhere(&desk);
    // a wrong address: a new page, and the reason beside it
    let stuck = Stuck {
        field: None,
        why: "this is not the address that the consent page leads to".into(),
        next: Some(consent()),
    };
    let effects = tell(&mut desk, M::Next(n, None, Err(stuck)));
    assert!(room(&effects, |e| matches!(e, E::Listen { .. })) && desk.text().contains("not the address"));
    // the browser comes back by itself
    let effects = tell(&mut desk, M::Next(n, None, Ok(Next::Ready)));
    assert!(room(&effects, |e| matches!(e, E::Prove { .. })));
    snap("wizard_proving_80x24", &desk);
    let effects = desk.press("esc");
    assert!(room(&effects, |e| matches!(e, E::Leave { .. })) && desk.model.layers.is_empty());
    // what comes for a wizard that was left is dropped
    assert!(tell(&mut desk, M::Proved(n, Ok(connected("x")))).is_empty());
    // over the network nothing waits for a browser of this machine
    let mut desk = consenting(80, 24);
    if let Some(Layer::Wizard(w)) = desk.model.layers.last_mut() {
        w.setting.remote = true;
    }
    snap("wizard_consent_remote_80x24", &desk);
}

fn consenting(w: u16, h: u16) -> Desk {
    let mut desk = open(w, h);
    desk.press("n enter enter");
    let n = serial(&desk);
    let effects = tell(&mut desk, M::Next(n, Some("QuickBooks Online"), Ok(consent())));
    assert!(room(&effects, |e| matches!(e, E::Listen { .. })));
    desk
}

#[test]
fn nothing_is_kept_before_a_person_said_that_it_is_the_company() {
    let mut desk = consenting(80, 24);
    let n = serial(&desk);
    tell(&mut desk, M::Next(n, None, Ok(Next::Ready)));
    tell(&mut desk, M::Proved(n, Ok(connected("Fernhill \u{1b}[31mQuay Advisory, Inc."))));
    snap("wizard_company_80x24", &desk);
    assert!(desk.press("enter").is_empty(), "Enter alone keeps nothing");
    let left = desk.clone_of();
    let effects = desk.press("y");
    assert!(room(&effects, |e| matches!(e, E::Keep { .. })));
    tell(&mut desk, M::Kept(n, Ok(connected("Fernhill Quay Advisory, Inc."))));
    snap("wizard_done_80x24", &desk);
    desk.press("p");
    assert!(matches!(desk.model.layers.last(), Some(Layer::Form(f)) if f.title == "A new book"));
    // or it is not
    let mut desk = left;
    let effects = desk.press("n");
    assert!(
        room(&effects, |e| matches!(e, E::Leave { .. })) && !room(&effects, |e| matches!(e, E::Keep { .. }))
    );
}

#[test]
fn signing_in_again_with_another_company_is_refused_with_both_names() {
    let mut desk = open(120, 34);
    desk.press("j R");
    let n = serial(&desk);
    tell(&mut desk, M::Next(n, Some("QuickBooks Online"), Ok(consent())));
    let why = "qbo-us belongs to company 4620816365000001, and this sign-in is for 999: nothing was changed";
    let stuck = Stuck { field: None, why: why.into(), next: Some(consent()) };
    tell(&mut desk, M::Next(n, None, Err(stuck)));
    let text = desk.text();
    assert!(text.contains("4620816365000001") && text.contains("999: nothing was changed"), "{text}");
}

#[test]
fn all_that_is_known_of_a_connection_stands_there() {
    for (w, h) in [(80, 24), (120, 34), (200, 60)] {
        let mut desk = open(w, h);
        desk.press("j");
        snap(&format!("accounts_{w}x{h}"), &desk);
        desk.press("tab");
        snap(&format!("books_{w}x{h}"), &desk);
    }
    let mut desk = open(80, 24);
    desk.model.look.theme = Theme::mono();
    desk.press("j");
    snap("accounts_mono_80x24", &desk);
    let mut desk = Desk::open(80, 24);
    desk.press("3");
    assert!(desk.text().contains("being read"), "{}", desk.text());
}

#[test]
fn a_locked_vault_is_told_and_opened_on_the_screen() {
    let mut desk = Desk::open(80, 24);
    desk.press("3");
    let why = "The vault is locked. Its passphrase opens it.".to_string();
    answer_look(&mut desk, looked(Door::Locked { why, passphrase: true }));
    snap("accounts_locked_80x24", &desk);
    for key in ["T", "R", "1", "a", "p", "F"] {
        let effects = desk.press(key);
        assert!(!effects.iter().any(Effect::changes), "{key}: {effects:?}");
    }
    assert!(
        desk.text().contains("the vault is locked") && desk.text().contains("VAULT LOCKED"),
        "{}",
        desk.text()
    );
    desk.press("3 u");
    desk.type_text(SECRET);
    let effects = desk.press("enter");
    assert!(room(&effects, |e| matches!(e, E::Unlock { passphrase: Some(_) })));
    nowhere(&desk);
    tell(&mut desk, M::Unlocked(Err("the passphrase does not open this vault".into())));
    assert!(desk.text().contains("does not open this vault"));
    tell(&mut desk, M::Unlocked(Ok(())));
    answer_look(&mut desk, looked(Door::Open));
    assert!(desk.model.layers.is_empty() && !desk.text().contains("VAULT LOCKED"));
}

#[test]
fn settings_are_compared_and_tried_before_they_are_saved() {
    let mut desk = open(120, 34);
    desk.press("tab f enter");
    snap("flow_form_120x34", &desk);
    // down to the lines, and by expense
    desk.press("down down down down down right");
    let effects = desk.press("ctrl-s");
    let question = effects.iter().find_map(|e| match e {
        Effect::ConnectionRoom(E::Try { question, .. }) => Some(*question),
        _ => None,
    });
    let tried = Tried {
        documents: 38,
        changed: 9,
        records: (41, 41),
        lines: (120, 97),
        ready: (27, 27),
        capped: false,
    };
    tell(&mut desk, M::Tried(question.unwrap(), Ok(tried)));
    snap("flow_differences_120x34", &desk);
    assert!(desk.press("enter").is_empty(), "Enter alone saves nothing");
    let effects = desk.press("y");
    assert!(room(&effects, |e| matches!(
        e,
        E::Change { change: crate::engine::books::BookChange::Settings { .. }, .. }
    )));
    // what is no number is said at its field
    desk.press("e down down ctrl-u x y ctrl-s");
    assert!(desk.text().contains("is no whole number"), "{}", desk.text());
    desk.press("esc a");
    assert!(desk.text().contains("Approval in fq-us"));
    // a decimal comma is no comma of thousands: the limit would be a hundred times as much
    desk.press("right enter 5 0 0 , 0 0 enter");
    assert!(desk.text().contains("is no amount"), "{}", desk.text());
    desk.press("ctrl-u 5 0 0 enter");
    snap("policy_differences_120x34", &desk);
    let effects = desk.press("y");
    assert!(room(&effects, |e| matches!(e, E::Policy { auto: AutoApproval::Clean, limit: Some(_), .. })));
}

#[test]
fn a_book_goes_live_by_the_typed_name_of_its_ledger_alone() {
    let mut desk = open(80, 24);
    for b in &mut desk.model.books {
        b.mode = Mode::Preview;
    }
    desk.press("tab L");
    snap("live_80x24", &desk);
    assert!(desk.press("enter").is_empty(), "nothing was typed");
    desk.type_text("Fernhill");
    let effects = desk.press("enter");
    assert!(effects.iter().any(Effect::is_dangerous));
    tell(&mut desk, M::Live(Err("\"Fernhill\" is not the name of the ledger behind fq-us".into())));
    assert!(desk.text().contains("is not the name of the ledger"));
    desk.press("esc V");
    assert!(desk.text().contains("is a preview already"));
}

#[test]
fn pausing_a_connection_names_its_books_and_lets_only_those_go_on() {
    let mut desk = open(80, 24);
    desk.press("P");
    assert!(desk.text().contains("These books rest: fq-us"), "{}", desk.text());
    assert!(room(&desk.press("y"), |e| matches!(e, E::Rest { resting: true, .. })));
    let id = desk.model.connections[desk.model.connection_list.cursor.at].id.clone();
    for b in &mut desk.model.books {
        b.paused = true;
    }
    desk.press("P");
    assert!(
        desk.text().contains("were paused one by one") && desk.model.layers.is_empty(),
        "{}",
        desk.text()
    );
    let looked = desk.model.connection_list.looked.as_mut().unwrap();
    let look = looked.connections.iter_mut().find(|l| l.id == id).unwrap();
    look.rested = vec![BookId::from("fq-us")];
    desk.press("P");
    assert!(desk.text().contains("These books go on: fq-us"), "{}", desk.text());
    assert!(room(&desk.press("y"), |e| matches!(e, E::Rest { resting: false, .. })));
}

#[test]
fn read_only_offers_nothing_that_changes() {
    let mut desk = open(120, 34);
    desk.model.look.read_only = true;
    for keys in ["n", "R", "D", "P", "S", "tab n", "e", "L", "P", "K"] {
        let effects = desk.press(keys);
        assert!(!effects.iter().any(Effect::changes) && desk.model.layers.is_empty(), "{keys}");
    }
}

/// What was typed as a secret stands nowhere: not in the model, not in an effect, not on the screen.
fn nowhere(desk: &Desk) {
    assert!(!format!("{:?}", desk.model).contains(SECRET), "in the model");
    assert!(!format!("{:?}", desk.effects).contains(SECRET), "in an effect");
    assert!(!desk.text().contains(SECRET), "on the screen");
    let toasts: Vec<_> = desk.model.toasts.all().map(|t| t.text.clone()).collect();
    assert!(!toasts.join(" ").contains(SECRET), "in a message");
}

#[test]
fn messages_about_a_sign_in_print_no_secret() {
    let answers = vec![(Field::ClientSecret, SecretString::from(SECRET))];
    let all = [
        E::Answer { serial: 1, answers },
        E::Return { serial: 1, address: SECRET.into() },
        E::Unlock { passphrase: Some(SECRET.into()) },
        E::MakeVault { serial: 1, way: VaultWay::Passphrase, passphrase: Some(SECRET.into()) },
    ];
    assert!(!format!("{all:?}").contains(SECRET));
    let paste = Msg::Paste(SECRET.into());
    assert!(matches!(&paste, Msg::Paste(p) if p.text() == SECRET));
    assert!(!format!("{paste:?} {paste:#?}").contains(SECRET));
}
