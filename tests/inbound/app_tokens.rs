//! Tokens of the application: one request however many ask, and nothing of them is stored.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use tieout::engine::app_tokens::{ApplicationTokens, ApplicationTokensOf};
use tieout::engine::life;
use tieout::model::book::AutoApproval;
use tieout::model::clock::ManualClock;
use tieout::store::sqlite::{Executor, Options, SqliteStore};
use tieout::store::{AuditQuery, Store};
use tieout::systems::{ClientKeys, Grant, SignIn, SignedIn};
use tieout::transport::{Bearer, Fut, Method, Net, NetError, Reply, Request, TokenError, Tokens};
use tieout::vault::Vault;

use crate::extra::Home;
use crate::kit::start;

/// Counts what is sent, and answers after others had time to ask too.
#[derive(Default)]
struct Wire {
    sent: AtomicU64,
    urls: Mutex<Vec<String>>,
}

impl Net for Wire {
    fn exchange(&self, request: Request) -> Fut<'_, Result<Reply, NetError>> {
        self.urls.lock().unwrap().push(request.url);
        let n = self.sent.fetch_add(1, Ordering::SeqCst) + 1;
        Box::pin(async move {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            Ok(Reply { status: 200, headers: Vec::new(), body: n.to_string().into_bytes() })
        })
    }
}

struct Gate;

impl SignIn for Gate {
    fn refresh(&self, client: &ClientKeys, _: &SecretString) -> Request {
        request(client)
    }
    fn first(&self, client: &ClientKeys, _: &Grant) -> Request {
        request(client)
    }
    fn read(&self, _: Result<Reply, NetError>, _: Timestamp) -> SignedIn {
        SignedIn::Reauthorise("the company's answer is read elsewhere".into())
    }
    fn application(&self, client: &ClientKeys) -> Option<Request> {
        assert!(!client.client_secret.expose_secret().is_empty(), "the secret comes from the vault");
        Some(request(client))
    }
    fn read_application(&self, heard: Result<Reply, NetError>, now: Timestamp) -> SignedIn {
        let until = now.checked_add(SignedDuration::from_hours(1)).unwrap();
        let text = String::from_utf8(heard.unwrap().body).unwrap();
        SignedIn::Tokens {
            access: format!("application-token-{text}").into(),
            access_until: until,
            refresh: SecretString::default(),
            refresh_until: until,
            base_url: None,
        }
    }
}

fn request(client: &ClientKeys) -> Request {
    Request {
        method: Method::Post,
        url: client.token_url.clone(),
        headers: Vec::new(),
        body: Vec::new(),
        timeout: Duration::from_secs(1),
    }
}

struct Company;

impl Tokens for Company {
    fn bearer(&self) -> Fut<'_, Result<Bearer, TokenError>> {
        Box::pin(async { Ok(Bearer { token: "company".into(), generation: 1 }) })
    }
    fn after_refusal(&self, _: &Bearer) -> Fut<'_, Result<Bearer, TokenError>> {
        self.bearer()
    }
    fn base_url(&self) -> String {
        "https://emea.example".into()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_serves_all_and_nothing_is_stored() {
    let home = Home::generated(0, AutoApproval::Off).await;
    let options = Options { executor: Executor::Thread, instance_kind: "demo", now: start() };
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&home.paths.database, options).unwrap());
    let places = life::places(&home.paths, &store.instance().await.unwrap());
    let vault = Arc::new(Vault::unlock(store.clone(), &places).await.unwrap());
    let rows = store.connections().await.unwrap();
    let connection = rows.iter().find(|r| r.system == "concur").unwrap().id.clone();
    let audited = store.audit(AuditQuery { limit: 500, ..AuditQuery::default() }).await.unwrap().len();
    let (wire, clock) = (Arc::new(Wire::default()), Arc::new(ManualClock::new(start())));
    let tokens = Arc::new(ApplicationTokens::new(ApplicationTokensOf {
        connection,
        vault,
        net: wire.clone(),
        sign_in: Arc::new(Gate),
        keys: ClientKeys {
            token_url: "https://us.example/oauth2/v0/token".into(),
            client_id: "app".into(),
            client_secret: SecretString::default(),
        },
        clock: clock.clone(),
        company: Arc::new(Company),
        configured_base: "https://us.example".into(),
    }));
    let ask = |stale: Option<Bearer>| {
        let tokens = tokens.clone();
        async move {
            let mut asking = tokio::task::JoinSet::new();
            for _ in 0..20 {
                let (tokens, stale) = (tokens.clone(), stale.clone());
                asking.spawn(async move {
                    let bearer = match &stale {
                        None => tokens.bearer().await,
                        Some(stale) => tokens.after_refusal(stale).await,
                    };
                    bearer.map(|b| (b.generation, b.token.expose_secret().to_string())).unwrap()
                });
            }
            let mut all = asking.join_all().await;
            all.dedup();
            assert_eq!(all.len(), 1, "all have the same: {all:?}");
            all.remove(0)
        }
    };
    let first = ask(None).await;
    assert_eq!((wire.sent.load(Ordering::SeqCst), first.1.as_str()), (1, "application-token-1"));
    let second = ask(Some(Bearer { token: first.1.into(), generation: first.0 })).await;
    assert_eq!((wire.sent.load(Ordering::SeqCst), second.1.as_str()), (2, "application-token-2"));
    clock.advance(Duration::from_mins(54));
    assert_eq!(ask(None).await.0, second.0, "it holds for an hour");
    clock.advance(Duration::from_mins(2));
    assert_eq!(ask(None).await.1, "application-token-3", "and is asked for anew before it ends");
    // the company lives in another data centre than the one that was configured
    assert!(wire.urls.lock().unwrap().iter().all(|u| u == "https://emea.example/oauth2/v0/token"));
    let after = store.audit(AuditQuery { limit: 500, ..AuditQuery::default() }).await.unwrap().len();
    assert_eq!(after, audited, "nothing was kept");
}
