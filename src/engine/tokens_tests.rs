//! Tokens while the vault gets a new key, and while whoever waited goes away.

use secrecy::ExposeSecret as _;
use tokio::sync::Notify;

use super::*;
use crate::model::clock::ManualClock;
use crate::store::sqlite::{Executor, Options, SqliteStore};
use crate::transport::{Method, NetError, Reply, Request};
use crate::vault::{Change, Given, Patience, Places, Way};

const START: &str = "2026-11-04T14:30:00Z";

/// Answers with the next pair of tokens, after the vault got a new key or after it was let go.
struct Wire {
    vault: Arc<Vault<dyn Store>>,
    rekeys: bool,
    held: Option<Arc<(Notify, Notify)>>,
    sent: Mutex<u32>,
}

impl Net for Wire {
    fn exchange(&self, _: Request) -> Fut<'_, Result<Reply, NetError>> {
        let n = {
            let mut sent = self.sent.lock().unwrap();
            *sent += 1;
            *sent
        };
        Box::pin(async move {
            if self.rekeys {
                let now = START.parse().unwrap();
                self.vault.rekey(&Change::default(), Actor::engine(), now).await.unwrap();
            }
            if let Some(held) = &self.held {
                held.0.notify_one();
                held.1.notified().await;
            }
            Ok(Reply { status: 200, headers: Vec::new(), body: n.to_string().into_bytes() })
        })
    }
}

/// Every answer is a new pair: `access-1`, `refresh-1`.
struct Gate;

impl SignIn for Gate {
    fn refresh(&self, client: &ClientKeys, _: &SecretString) -> Request {
        Request {
            method: Method::Post,
            url: client.token_url.clone(),
            headers: Vec::new(),
            body: Vec::new(),
            timeout: Duration::from_secs(1),
        }
    }
    fn first(&self, client: &ClientKeys, _: &Grant) -> Request {
        self.refresh(client, &SecretString::default())
    }
    fn read(&self, heard: Result<Reply, NetError>, now: Timestamp) -> SignedIn {
        let n = String::from_utf8(heard.unwrap().body).unwrap();
        let until = now.checked_add(SignedDuration::from_hours(1)).unwrap();
        SignedIn::Tokens {
            access: format!("access-{n}").into(),
            access_until: until,
            refresh: format!("refresh-{n}").into(),
            refresh_until: until,
            base_url: None,
        }
    }
}

struct Home {
    _dir: tempfile::TempDir,
    vault: Arc<Vault<dyn Store>>,
    wire: Arc<Wire>,
    tokens: Arc<ConnectionTokens>,
}

async fn home(rekeys: bool, held: Option<Arc<(Notify, Notify)>>) -> Home {
    let dir = tempfile::tempdir().unwrap();
    let now: Timestamp = START.parse().unwrap();
    let options = Options { executor: Executor::Thread, instance_kind: "demo", now };
    let store: Arc<dyn Store> =
        Arc::new(SqliteStore::open(dir.path().join("data/tieout.db"), options).unwrap());
    let places = Places {
        key_file: dir.path().join("keys/vault.key"),
        account: "tokens".into(),
        patience: Patience::Start,
        given: Given::default(),
    };
    let by = Actor::engine();
    let vault = Arc::new(Vault::create(store, Way::KeyFile, &places, by, now).await.unwrap());
    let wire = Arc::new(Wire { vault: vault.clone(), rekeys, held, sent: Mutex::default() });
    let tokens = Arc::new(ConnectionTokens::new(TokensOf {
        connection: "qbo".into(),
        vault: vault.clone(),
        net: wire.clone(),
        sign_in: Arc::new(Gate),
        keys: ClientKeys {
            token_url: "https://qbo.example/token".into(),
            client_id: "app".into(),
            client_secret: SecretString::default(),
        },
        client_secret_field: CLIENT_SECRET.into(),
        clock: Arc::new(ManualClock::new(now)),
        lock: dir.path().join("token.lock"),
        base_url: "https://qbo.example".into(),
    }));
    tokens.adopt_refresh_token(&"refresh-0".into()).await.unwrap();
    Home { _dir: dir, vault, wire, tokens }
}

impl Home {
    fn sent(&self) -> u32 {
        *self.wire.sent.lock().unwrap()
    }

    async fn stored(&self) -> String {
        self.tokens.refresh_token().await.unwrap().unwrap().expose_secret().to_string()
    }
}

#[tokio::test]
async fn tokens_that_come_while_the_vault_gets_a_new_key_are_kept() {
    let home = home(true, None).await;
    let bearer = home.tokens.bearer().await.unwrap();
    assert_eq!(bearer.token.expose_secret(), "access-1");
    assert_eq!((home.stored().await.as_str(), home.sent()), ("refresh-1", 1));
}

#[tokio::test]
async fn a_refused_token_is_not_handed_out_again_after_a_new_key() {
    let home = home(false, None).await;
    let refused = home.tokens.bearer().await.unwrap();
    let now = START.parse().unwrap();
    home.vault.rekey(&Change::default(), Actor::engine(), now).await.unwrap();
    let next = home.tokens.after_refusal(&refused).await.unwrap();
    assert_eq!((next.token.expose_secret(), home.sent()), ("access-2", 2));
    // whoever was refused the older one takes the newer one, without a further call
    let same = home.tokens.after_refusal(&refused).await.unwrap();
    assert_eq!((same.token.expose_secret(), home.sent()), ("access-2", 2));
}

#[tokio::test]
async fn tokens_are_kept_when_nobody_waits_for_them_any_more() {
    let held = Arc::new((Notify::new(), Notify::new()));
    let home = home(false, Some(held.clone())).await;
    let tokens = home.tokens.clone();
    let caller = tokio::spawn(async move { tokens.bearer().await.map(|_| ()) });
    held.0.notified().await;
    caller.abort();
    assert!(caller.await.is_err());
    held.1.notify_one();
    // its turn ends when they are stored
    let next = home.tokens.bearer().await.unwrap();
    assert_eq!((next.token.expose_secret(), home.sent()), ("access-1", 1));
    assert_eq!(home.stored().await, "refresh-1");
}
