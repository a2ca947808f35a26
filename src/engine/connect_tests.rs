//! The steps of a sign-in without a network: what is asked, what is refused, when a consent counts.

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::engine::clock::ScenarioClock;
use crate::engine::host;
use crate::engine::house::{Opening, Paths};
use crate::systems::{SignIn, SignedIn};
use crate::transport::{Method, NetError, Reply, Request};
use crate::vault::{Given, Way};

/// A system that a person consents to on a page.
struct Page;

fn request(client: &ClientKeys) -> Request {
    Request {
        method: Method::Post,
        url: client.token_url.clone(),
        headers: Vec::new(),
        body: Vec::new(),
        timeout: std::time::Duration::from_secs(1),
    }
}

impl SignIn for Page {
    fn refresh(&self, client: &ClientKeys, _: &SecretString) -> Request {
        request(client)
    }
    fn first(&self, client: &ClientKeys, _: &Grant) -> Request {
        request(client)
    }
    fn read(&self, _: Result<Reply, NetError>, _: Timestamp) -> SignedIn {
        SignedIn::Later("nobody is there".into())
    }
    fn came_back(&self, address: &str, state: &str) -> Result<CameBack, String> {
        if !address.contains(&format!("&state={state}&")) {
            return Err("another state".into());
        }
        let company = address.rsplit_once("realmId=").map(|(_, c)| c.to_string());
        Ok(CameBack { code: "c-1".into(), company: company.ok_or("no company")? })
    }
    fn consent_url(&self, client: &ClientKeys, ask: &ConsentAsk) -> Option<String> {
        Some(format!(
            "https://page.example/?client={}&back={}&state={}",
            client.client_id, ask.redirect, ask.state
        ))
    }
}

fn page() -> &'static Entry {
    let real = registry::named("quickbooks_online").unwrap();
    Box::leak(Box::new(Entry {
        sign_in: Some(|| Arc::new(Page)),
        name: real.name,
        title: real.title,
        hosts: real.hosts,
        limits: real.limits,
        writes: real.writes,
        concurrency: 1,
        base_url: real.base_url,
        token_url: real.token_url,
        read: None,
        source: None,
        push: real.push,
        lists: None,
        subscriptions: None,
    }))
}

struct Home {
    accounts: Arc<Accounts>,
    clock: Arc<ScenarioClock>,
    _dir: tempfile::TempDir,
}

async fn home() -> Home {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let clock = Arc::new(ScenarioClock::new("2026-11-04T14:30:00Z".parse().unwrap()));
    let opening = opening(dir.path(), clock.clone());
    let house = host::open_or_create(opening, Way::KeyFile, Given::default()).await.unwrap();
    Home { accounts: house.office().accounts().unwrap(), clock, _dir: dir }
}

fn opening(dir: &std::path::Path, clock: Arc<ScenarioClock>) -> Opening {
    Opening {
        paths: Paths {
            database: dir.join("tieout.db"),
            engine_lock: dir.join("engine.lock"),
            key_file: dir.join("vault.key"),
            locks: dir.into(),
        },
        tunings: HashMap::new(),
        clock,
        actor: Actor::engine(),
        environment: String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_without_a_vault_gets_one_and_two_at_once_share_it() {
    use crate::store::Store as _;
    use crate::store::sqlite::{Executor, Options, SqliteStore};
    let dir = tempfile::tempdir().unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let clock = Arc::new(ScenarioClock::new("2026-11-04T14:30:00Z".parse().unwrap()));
    let options = Options { executor: Executor::Thread, instance_kind: "real", now: clock.now() };
    let left = SqliteStore::open(dir.path().join("tieout.db"), options).unwrap();
    assert!(host::open(opening(dir.path(), clock.clone())).await.is_err(), "it has no vault yet");
    let make = || {
        let opening = opening(dir.path(), clock.clone());
        tokio::spawn(host::open_or_create(opening, Way::KeyFile, Given::default()))
    };
    let (a, b) = (make(), make());
    a.await.unwrap().unwrap();
    b.await.unwrap().unwrap();
    assert_eq!(left.wraps().await.unwrap().len(), 1);
    host::open(opening(dir.path(), clock)).await.unwrap();
}

#[tokio::test]
async fn a_token_from_elsewhere_is_only_stored_once_its_company_answered() {
    use crate::systems::CallError;
    let home = home().await;
    let silent = || Err(CallError::Throttled(None));
    let mut connect = consenting(&home).await;
    let row = connect.row.clone();
    assert!(connect.same_company(&row, silent(), &mut Vec::new()).is_ok_and(|c| c.is_none()));
    connect.import("rt-1".into()).unwrap();
    let later = connect.same_company(&row, silent(), &mut Vec::new());
    assert!(matches!(&later, Err(ConnectError::Later(why)) if why.contains("nothing was stored")));
}

fn fields(connect: &Connect) -> Vec<Field> {
    connect.questions().iter().map(|q| q.field).collect()
}

async fn consenting(home: &Home) -> Connect {
    let mut connect = home.accounts.begin("quickbooks-online", "qbo-us").await.unwrap();
    connect.entry = page();
    for (field, text) in [
        (Field::ClientId, "AB1"),
        (Field::ClientSecret, "s-1"),
        (Field::Redirect, "https://firm.example/qbo"),
    ] {
        connect.answer(field, &text.into()).unwrap();
    }
    connect
}

fn consent(connect: &mut Connect) -> Consent {
    match connect.step().unwrap() {
        Step::Consent(consent) => consent,
        other => panic!("{other:?}"),
    }
}

fn state_of(consent: &Consent) -> String {
    consent.url.rsplit_once("state=").unwrap().1.to_string()
}

fn back(state: &str, realm: &str) -> SecretString {
    format!("https://firm.example/qbo?code=c-1&state={state}&realmId={realm}").into()
}

#[tokio::test]
async fn concur_asks_for_the_company_and_its_token_and_the_system_id_once() {
    let home = home().await;
    let mut connect = home.accounts.begin("concur", "concur").await.unwrap();
    let all = [Field::ClientId, Field::ClientSecret, Field::Company, Field::RequestToken, Field::SystemId];
    assert_eq!(fields(&connect), all);
    for question in connect.questions() {
        assert_eq!(question.secret, matches!(question.field, Field::ClientSecret | Field::RequestToken));
    }
    assert!(connect.questions()[3].help.contains("24 hours"));
    connect.answer(Field::SystemId, &"TIEOUT-7".into()).unwrap();
    // until it is kept it may be corrected; afterwards it stays (see signing in again)
    assert!(connect.answer(Field::SystemId, &"no spaces".into()).is_err());
    connect.answer(Field::SystemId, &"TIEOUT-8".into()).unwrap();
    assert!(connect.answer(Field::Company, &"  ".into()).is_err());
    assert!(connect.answer(Field::ClientId, &"a\u{1b}[2J".into()).is_err());
    for (field, text) in [
        (Field::ClientId, "i"),
        (Field::ClientSecret, "s"),
        (Field::Company, "c"),
        (Field::RequestToken, "t"),
    ] {
        assert!(matches!(connect.step().unwrap(), Step::Ask(_)));
        connect.answer(field, &text.into()).unwrap();
    }
    assert_eq!(connect.step().unwrap(), Step::Ready);
}

#[tokio::test]
async fn names_and_systems_are_checked_before_anything_is_asked() {
    let home = home().await;
    for (system, name) in [("sage", "sage"), ("concur", "Con cur"), ("concur", ""), ("concur", "a/b")] {
        assert!(home.accounts.begin(system, name).await.is_err(), "{system} {name}");
    }
    assert!(home.accounts.again("concur").await.is_err());
    assert!(home.accounts.disconnect("concur").await.is_err());
}

#[tokio::test]
async fn a_consent_counts_once_for_ten_minutes_and_for_our_state_alone() {
    let home = home().await;
    let mut connect = consenting(&home).await;
    let (first, again) = (consent(&mut connect), consent(&mut connect));
    assert_eq!(first.url, again.url, "asked twice, it is the same consent");
    let state = state_of(&first);
    assert!(state.len() >= 43, "256 bits: {state}");
    // another state: refused, and the right one is used up with it
    assert!(matches!(connect.returned(&back("other", "4620")), Err(ConnectError::Consent(Refusal::Said(_)))));
    assert!(matches!(connect.returned(&back(&state, "4620")), Err(ConnectError::Consent(Refusal::NotAsked))));
    let next = consent(&mut connect);
    assert_ne!(state_of(&next), state);
    home.clock.set(home.clock.now().checked_add(CONSENT_FOR).unwrap());
    let late = connect.returned(&back(&state_of(&next), "4620"));
    assert!(matches!(late, Err(ConnectError::Consent(Refusal::TooLate))));
    let last = consent(&mut connect);
    connect.returned(&back(&state_of(&last), "4620")).unwrap();
    assert_eq!(connect.step().unwrap(), Step::Ready);
    let later = connect.finish().await.unwrap_err().to_string();
    assert!(later.contains("not") || later.contains("later"), "{later}");
    assert!(
        home.accounts.store.connections().await.unwrap().is_empty(),
        "nothing is stored before it worked"
    );
    assert!(home.accounts.store.secrets().await.unwrap().is_empty());
}

#[tokio::test]
async fn another_company_is_refused_before_anything_is_stored() {
    let home = home().await;
    let mut connect = consenting(&home).await;
    connect.again = true;
    connect.row.company = "4620".into();
    let asked = consent(&mut connect);
    let said = connect.returned(&back(&state_of(&asked), "9999")).unwrap_err();
    assert!(
        matches!(&said, ConnectError::WrongCompany(why) if why.contains("nothing was changed")),
        "{said}"
    );
    let said = connect.answer(Field::Company, &"9999".into()).unwrap_err();
    assert!(matches!(said, ConnectError::WrongCompany(_)));
}

#[test]
fn warnings_begin_thirty_days_ahead() {
    let (id, now): (ConnectionId, Timestamp) = ("concur".into(), "2026-11-04T14:30:00Z".parse().unwrap());
    let after = |days: i64| now.checked_add(SignedDuration::from_hours(24 * days)).unwrap();
    assert_eq!(warning(&id, after(31), now), None);
    let month = warning(&id, after(30), now).unwrap();
    assert!(month.contains("2026-12-04") && month.contains("before"), "{month}");
    assert!(warning(&id, after(7), now).unwrap().contains("this week"));
}
