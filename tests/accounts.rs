//! A new home set up by keys alone, against the stand-ins: the vault, SAP Concur, the ledger by its consent page, the book
//! as a preview, then live by its ledger's name. What was typed stands nowhere.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod vault_common;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use tieout::engine::clock::SystemClock;
use tieout::engine::connect::{Accounts, Field};
use tieout::engine::connect_lead::Next;
use tieout::engine::house::{House, Opening, Paths};
use tieout::engine::wiring::Tuning;
use tieout::engine::{Door, host};
use tieout::model::Mode;
use tieout::model::ids::ConnectionId;
use tieout::model::people::Actor;
use tieout::sandbox::stand_in::StandIn as _;
use tieout::tui::{Headless, Look, Readers, Theme};
use tieout::vault::{Given, Patience, Way};
use vault_common::{Place, QBO, Systems, aside, get};

const PASSPHRASE: &str = "a-long-canary-passphrase";

fn opening(home: &Path, systems: &Systems) -> Opening {
    std::fs::create_dir_all(home.join("locks")).unwrap();
    let tuning = |system: &str| Tuning {
        base_url: Some(systems.of(system, "base_url")),
        token_url: Some(systems.of(system, "token_url")),
        pace: Some(None),
        ..Tuning::default()
    };
    Opening {
        paths: Paths {
            database: home.join("tieout.db"),
            engine_lock: home.join("engine.lock"),
            key_file: home.join("vault.key"),
            locks: home.join("locks"),
        },
        tunings: [("concur", "concur"), ("qbo", QBO)]
            .map(|(id, system)| (ConnectionId::from(id), tuning(system)))
            .into(),
        clock: Arc::new(SystemClock),
        actor: Actor { name: "grace".into(), employee: None, via: "test".into(), single_person: false },
        environment: String::new(),
    }
}

async fn attended(home: &Path, systems: &Systems) -> Arc<dyn House> {
    host::open_attended(opening(home, systems), Given::default(), Patience::Start).await.unwrap()
}

async fn console(house: &Arc<dyn House>) -> Headless {
    let look = Look { theme: Theme::mono(), ..Look::default() };
    Headless::open(house.office(), Readers::default(), look, (120, 40)).await.unwrap()
}

/// Concur's questions, answered.
async fn answer_concur(c: &mut Headless, systems: &Systems, token: &str) {
    c.wait_for("Client id").await.unwrap();
    for value in [systems.of("concur", "client_id"), systems.of("concur", "client_secret")] {
        c.paste(&value);
        c.press("enter");
    }
    c.paste(&systems.of("concur", "company_uuid"));
    c.press("enter");
    c.paste(token);
    c.press("ctrl-s");
}

/// The way through the wizard to the ledger's consent, and back with its address pasted.
async fn signed_in(c: &mut Headless, systems: &Systems) {
    c.wait_for("Which system").await.unwrap();
    c.press("right ctrl-s");
    c.wait_for("Client id").await.unwrap();
    c.paste(&systems.of(QBO, "client_id"));
    c.press("enter");
    c.paste(&systems.of(QBO, "client_secret"));
    c.press("ctrl-s");
    c.wait_for("waiting for the browser").await.unwrap();
    let page = address(c);
    let back = aside(|| get(&page).1.unwrap()).await;
    c.paste(&back);
    c.press("enter");
    c.wait_for("Is this your company?").await.unwrap();
}

/// The address on the screen: whole, at the left edge.
fn address(c: &Headless) -> String {
    let screen = c.screen();
    let rows: Vec<&str> = screen.lines().skip_while(|l| !l.starts_with("http")).collect();
    rows.iter().take_while(|l| !l.is_empty()).copied().collect()
}

fn nowhere(c: &Headless, secrets: &[String]) {
    let (model, screen) = (format!("{:?}", c.model()), c.screen());
    for secret in secrets {
        assert!(!model.contains(secret.as_str()), "in the model");
        assert!(!screen.contains(secret.as_str()), "{screen}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_home_is_set_up_by_keys_alone() {
    let (place, systems) = (Place::new(), Systems::open().await);
    let home = place.home();
    std::fs::create_dir_all(&home).unwrap();
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o700)).unwrap();
    let house = attended(&home, &systems).await;
    let mut c = console(&house).await;
    let secrets = vec![
        PASSPHRASE.to_string(),
        systems.of("concur", "client_secret"),
        systems.of("concur", "request_token"),
        systems.of(QBO, "client_secret"),
    ];
    c.wait_for("part 1 of 4").await.unwrap();

    // the vault, by a passphrase typed twice
    c.walk("n right enter").await.unwrap();
    c.type_text(PASSPHRASE);
    c.press("enter");
    c.type_text(PASSPHRASE);
    c.press("enter");
    c.wait_for("Which system").await.unwrap();
    assert_eq!(house.office().door(), Door::Open);

    // Concur: a wrong token first, then the right one
    c.press("ctrl-s");
    answer_concur(&mut c, &systems, "not-the-token").await;
    c.wait_for("! ").await.unwrap();
    assert!(house.office().store().connections().await.unwrap().is_empty(), "nothing was stored");
    nowhere(&c, &secrets);
    c.press("ctrl-u");
    c.paste(&systems.of("concur", "request_token"));
    c.press("ctrl-s");
    c.wait_for("Is this your company?").await.unwrap();
    assert!(
        house.office().store().connections().await.unwrap().is_empty(),
        "nothing is stored before the answer"
    );
    c.press("y");
    c.wait_for("concur is connected").await.unwrap();
    nowhere(&c, &secrets);

    // the ledger, by its consent page and the page of this machine
    c.press("n");
    c.wait_for("QuickBooks Online").await.unwrap();
    c.press("ctrl-s");
    c.wait_for("Client id").await.unwrap();
    c.paste(&systems.of(QBO, "client_id"));
    c.press("enter");
    c.paste(&systems.of(QBO, "client_secret"));
    c.press("ctrl-s");
    c.wait_for("waiting for the browser").await.unwrap();
    // a wrong address is said, and a new page is waited for
    c.paste("https://elsewhere.example/?code=x&state=y");
    c.press("enter");
    c.wait_for("not the address that the consent page leads to").await.unwrap();
    c.press("y");
    let page = address(&c);
    assert_eq!(c.copied().last(), Some(&page), "{}", c.screen());
    let back = aside(|| get(&page).1.unwrap()).await;
    aside(|| get(&back.replace("http://localhost:", "http://127.0.0.1:"))).await;
    c.wait_for("Is this your company?").await.unwrap();
    let screen = c.screen();
    assert!(screen.contains(&systems.of(QBO, "realm_id")), "{screen}");
    c.press("y");
    c.wait_for("qbo is connected").await.unwrap();
    nowhere(&c, &secrets);

    // the two become a book, which begins as a preview
    c.press("p");
    c.wait_for("A new book").await.unwrap();
    for _ in 0..3 {
        c.press("enter");
    }
    c.type_text("Nowhere/At_All");
    c.press("enter");
    c.type_text("FQUS");
    c.press("ctrl-s");
    c.wait_for("no time zone").await.unwrap();
    // the keys are at the field that is wrong
    c.press("ctrl-u");
    c.type_text("America/New_York");
    c.press("ctrl-s");
    c.wait_for("books is a preview").await.unwrap();
    c.settle().await.unwrap();
    let book = house.office().store().books().await.unwrap().remove(0);
    assert_eq!(
        (book.mode, book.settings.ledger_codes.as_slice()),
        (Mode::Preview, &["FQUS".to_string()][..])
    );

    // live by the ledger's name, and by nothing else
    c.press("L");
    c.wait_for("Go live").await.unwrap();
    c.type_text("another company");
    c.press("enter");
    c.wait_for("is not the name of the ledger").await.unwrap();
    c.press("ctrl-u");
    c.type_text(&book.settings.company);
    c.press("enter");
    c.wait_for("books is live").await.unwrap();
    c.settle().await.unwrap();
    assert_eq!(house.office().store().books().await.unwrap().remove(0).mode, Mode::Live);

    // the connections tell what is known of them
    c.walk("tab r").await.unwrap();
    let screen = c.screen();
    assert!(screen.contains("answered") || screen.contains("no answer was noted yet"), "{screen}");
    assert!(screen.contains("until 20") && screen.contains("days left"), "{screen}");
    nowhere(&c, &secrets);
    house.office().store().verify_audit().await.unwrap().unwrap();
    drop(c);
    drop(house);

    // the next start: locked until its passphrase is typed, and everything is shown meanwhile
    let house = attended(&home, &systems).await;
    let mut c = console(&house).await;
    c.press("3");
    c.wait_for("VAULT LOCKED").await.unwrap();
    c.press("T");
    c.wait_for("the vault is locked").await.unwrap();
    c.press("u");
    c.type_text("not the passphrase");
    c.press("enter");
    c.wait_for("does not open this vault").await.unwrap();
    c.press("ctrl-u");
    c.type_text(PASSPHRASE);
    c.press("enter");
    c.wait_gone("VAULT LOCKED").await.unwrap();
    nowhere(&c, &secrets);
    // no file of the home holds what was typed
    for (path, bytes) in place.everything() {
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "a secret stands in {}", path.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_company_is_refused_and_a_wizard_that_is_left_stores_nothing() {
    let (place, systems) = (Place::new(), Systems::open().await);
    let home = place.home();
    std::fs::create_dir_all(&home).unwrap();
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o700)).unwrap();
    let house = attended(&home, &systems).await;
    let mut c = console(&house).await;
    // a key file this time
    c.walk("n right right enter").await.unwrap();
    signed_in(&mut c, &systems).await;
    c.press("n");
    c.settle().await.unwrap();
    assert!(house.office().store().connections().await.unwrap().is_empty(), "it was not wanted");

    // connected, then signed in again with another company
    c.press("n");
    signed_in(&mut c, &systems).await;
    c.press("y");
    c.wait_for("qbo is connected").await.unwrap();
    c.press("esc");
    c.wait_for("1 ·").await.unwrap();
    c.press("R");
    c.wait_for("Redirect address").await.unwrap();
    c.press("ctrl-s");
    c.wait_for("waiting for the browser").await.unwrap();
    let page = address(&c);
    let back = aside(|| get(&page).1.unwrap()).await;
    let realm = systems.of(QBO, "realm_id");
    c.paste(&back.replace(&realm, "9999999999999999"));
    c.press("enter");
    c.wait_for("nothing was changed").await.unwrap();
    let screen = c.screen();
    assert!(screen.contains(&realm) && screen.contains("9999999999999999"), "{screen}");
    c.press("esc");
    // disconnected by its name
    c.wait_for("sign in").await.unwrap();
    c.press("D");
    c.type_text("qbo");
    c.press("enter");
    c.wait_for("is disconnected").await.unwrap();
    c.settle().await.unwrap();
    let row = house.office().store().connections().await.unwrap().remove(0);
    assert!(row.health.needs_person(), "{row:?}");
}

/// A sign-in to the ledger that only has to be proved.
async fn consented(accounts: &Arc<Accounts>, systems: &Systems, serial: u64) {
    accounts.lead(serial, "quickbooks-online", "qbo").await.unwrap();
    let answers = vec![
        (Field::ClientId, systems.of(QBO, "client_id").into()),
        (Field::ClientSecret, systems.of(QBO, "client_secret").into()),
        (Field::Redirect, "loopback".into()),
    ];
    let Next::Consent { consent, .. } = accounts.lead_answer(serial, answers).await.unwrap() else {
        panic!("no consent is asked");
    };
    let back = aside(|| get(&consent.url).1.unwrap()).await;
    assert_eq!(accounts.lead_return(serial, &back.into()).await.unwrap(), Next::Ready);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_of_a_sign_in_that_was_left_or_replaced_are_given_back() {
    let (place, systems) = (Place::new(), Systems::open().await);
    let home = place.home();
    std::fs::create_dir_all(&home).unwrap();
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o700)).unwrap();
    let opening = opening(&home, &systems);
    let house = host::open_or_create(opening, Way::KeyFile, Given::default()).await.unwrap();
    let accounts = house.office().accounts().unwrap();
    let given_back = || systems.0.ledger.calls().get("revoke").copied().unwrap_or(0);
    consented(&accounts, &systems, 1).await;
    // left while the system is asked
    tokio::task::yield_now().await;
    let (proved, ()) = tokio::join!(accounts.lead_prove(1), accounts.lead_leave(1));
    // whichever came first, nobody keeps them
    assert_eq!(given_back(), 1, "proved: {}", proved.is_ok());
    // another sign-in takes the place of one that was proved
    consented(&accounts, &systems, 2).await;
    accounts.lead_prove(2).await.unwrap();
    assert_eq!(given_back(), 1);
    accounts.lead(3, "quickbooks-online", "qbo").await.unwrap();
    assert_eq!(given_back(), 2);
    assert!(house.office().store().connections().await.unwrap().is_empty(), "nothing was stored");
}
