//! The listener of the Web Connector as the program starts it: TLS, its own refusals, and the engine behind it.

use std::net::SocketAddr;
use std::sync::Arc;

use secrecy::ExposeSecret as _;
use tieout::engine::core::Core;
use tieout::engine::hints::Listener as _;
use tieout::engine::visit::{CALLER_PASSWORD, password, ticket};
use tieout::engine::wiring::Wires;
use tieout::inbound::{Inbound, Limits, Port, Settings, Tls};
use tieout::model::Actor;
use tieout::model::clock::ManualClock;
use tieout::store::sqlite::{Executor, Options, SqliteStore};
use tieout::store::{ListenerState, Store};
use tokio_util::sync::CancellationToken;

use crate::kit::{
    Authority, Heard, PATIENCE, Secrets, connection, connector, plain, request, server_names, start, tls,
};

struct Home {
    core: Arc<Core>,
    inbound: Arc<Inbound>,
    at: SocketAddr,
    password: String,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

fn port(address: &str, tls: Option<Tls>, endpoint: Option<&str>) -> Settings {
    let port = Port {
        address: address.parse().unwrap(),
        tls,
        endpoint: endpoint.map(str::to_owned),
        limits: Limits::web_connector(),
    };
    Settings { web_connector: Some(port), ..Settings::default() }
}

impl Home {
    async fn new(dir: &std::path::Path, settings: Settings) -> Self {
        let options = Options { executor: Executor::Thread, instance_kind: "demo", now: start() };
        let database = dir.join("store").join("tieout.db");
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&database, options).unwrap());
        let mut row = connection("qbd-tax", "quickbooks_desktop", "{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}");
        row.settings = serde_json::json!({ "user": "tieout-northwind" });
        store.put_connection(row, Actor::engine(), start()).await.unwrap();
        let made = password::make().unwrap();
        let secrets = Secrets::default();
        let stored = made.stored.expose_secret().to_string();
        secrets.0.lock().unwrap().insert(("qbd-tax".into(), CALLER_PASSWORD), stored);
        let core = Core::new(store, Arc::new(ManualClock::new(start())), Wires::new(Arc::new(secrets)));
        let inbound = Inbound::new(settings).unwrap();
        let mut bound = inbound.bound();
        let stop = CancellationToken::new();
        let task = tokio::spawn({
            let (core, stop, inbound) = (core.clone(), stop.clone(), inbound.clone());
            async move { inbound.listen(core, stop).await }
        });
        let there = bound.wait_for(|b| b.web_connector.is_some());
        let at = tokio::time::timeout(PATIENCE, there).await.unwrap().unwrap().web_connector.unwrap();
        let password = made.password.expose_secret().to_string();
        Self { core, inbound, at, password, stop, task }
    }

    async fn end(self) -> ListenerState {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.task).await.unwrap().unwrap();
        let rows = self.core.store.listeners().await.unwrap();
        rows.iter().find(|r| r.name == "web connector").unwrap().state
    }
}

fn authenticate(password: &str) -> Vec<u8> {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope \
         xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><authenticate \
         xmlns=\"http://developer.intuit.com/\"><strUserName>tieout-northwind</strUserName>\
         <strPassword>{password}</strPassword></authenticate></soap:Body></soap:Envelope>"
    );
    let length = format!("Content-Length: {}", body.len());
    let headers = [
        length.as_str(),
        "Connection: close",
        "Content-Type: text/xml; charset=utf-8",
        "SOAPAction: \"http://developer.intuit.com/authenticate\"",
    ];
    request("POST /qbwc HTTP/1.1", &headers, body.as_bytes())
}

fn said(heard: &Heard, word: &str) -> bool {
    let end = format!("<authenticateResult><string></string><string>{word}</string></authenticateResult>");
    matches!(heard, Heard::Status(200, text) if text.contains(&end))
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_whoever_has_the_password_is_let_in() {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new("Web Connector Test Authority");
    let pair = authority.leaf(|p| p.subject_alt_names = server_names());
    let (certificate, key) = pair.write(dir.path(), "server");
    let tls_files = Some(Tls { certificate, key, clients: None });
    let settings = port("127.0.0.1:0", tls_files, Some("https://books.example.com:8077"));
    let home = Home::new(dir.path(), settings).await;
    assert_eq!(home.inbound.web_connector().as_deref(), Some("https://books.example.com:8077/qbwc"));
    let client = connector(&authority.pem, None);
    let heard = tls(home.at, &client, &authenticate("wrong")).await;
    assert!(said(&heard, "nvu"), "{heard:?}");
    // the engine is not held here: there is nothing to do
    let heard = tls(home.at, &client, &authenticate(&home.password)).await;
    assert!(said(&heard, "none"), "{heard:?}");
    let close = ["Connection: close"];
    let wsdl = tls(home.at, &client, &request("GET /qbwc?wsdl HTTP/1.1", &close, b"")).await;
    let Heard::Status(200, text) = &wsdl else { panic!("{wsdl:?}") };
    assert!(text.contains("location=\"https://books.example.com:8077/qbwc\""), "{text}");
    assert_eq!(
        tls(home.at, &client, &request("GET /support HTTP/1.1", &close, b"")).await.status(),
        Some(200)
    );
    // whoever does not trust our certificate is no caller, and plain HTTP is none
    let other = connector(&Authority::new("Another").pem, None);
    assert_eq!(tls(home.at, &other, &authenticate(&home.password)).await, Heard::Closed);
    assert_eq!(plain(home.at, &authenticate(&home.password)).await.status(), None);
    assert_eq!(home.end().await, ListenerState::Closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_is_for_this_machine_and_tells_its_own_address() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::new(dir.path(), port("127.0.0.1:0", None, None)).await;
    let want = format!("http://localhost:{}/qbwc", home.at.port());
    assert_eq!(home.inbound.web_connector(), Some(want));
    let heard = plain(home.at, &authenticate(&home.password)).await;
    assert!(said(&heard, "none"), "{heard:?}");
    home.end().await;
    for (address, want) in [("0.0.0.0:0", "beyond this machine"), ("[::]:0", "beyond this machine")] {
        let why = Inbound::new(port(address, None, None)).err().unwrap().to_string();
        assert!(why.contains(want), "{why}");
    }
    for endpoint in ["https://10.1.2.3", "https://[::1]:1", "http://books.example.com", "https://h/x", "h"] {
        assert!(Inbound::new(port("127.0.0.1:0", None, Some(endpoint))).is_err(), "{endpoint}");
    }
    for (endpoint, want) in [
        ("https://books.example.com", "https://books.example.com/qbwc"),
        ("https://books.example.com:8443/", "https://books.example.com:8443/qbwc"),
        ("https://books.example.com/qbwc", "https://books.example.com/qbwc"),
    ] {
        let inbound = Inbound::new(port("127.0.0.1:0", None, Some(endpoint))).unwrap();
        assert_eq!(inbound.web_connector().as_deref(), Some(want));
    }
    assert_eq!(Inbound::new(Settings::default()).unwrap().web_connector(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_and_users_are_in_no_record_of_what_was_turned_away() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::new(dir.path(), port("127.0.0.1:0", None, None)).await;
    plain(home.at, &authenticate("hunter2-hunter2")).await;
    let core = home.core.clone();
    home.end().await;
    let rows = core.store.refusals().await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].source.as_str(), rows[0].reason.as_str()),
        ("web connector", "a wrong user or password")
    );
    for file in std::fs::read_dir(dir.path().join("store")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(15).any(|w| w == b"hunter2-hunter2"));
    }
}

#[tokio::test]
async fn a_ticket_names_its_connection_also_to_the_next_process() {
    let dir = tempfile::tempdir().unwrap();
    let options = || Options { executor: Executor::Thread, instance_kind: "demo", now: start() };
    let database = dir.path().join("tieout.db");
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&database, options()).unwrap());
    let ids = ["qbd-uk", "qbd-us"];
    let mut held = Vec::new();
    for id in ids {
        let row = connection(id, "quickbooks_desktop", id);
        store.put_connection(row, Actor::engine(), start()).await.unwrap();
        held.push(password::make().unwrap().stored.expose_secret().to_string());
    }
    // a ledger that is called has no such password, and a connection may have none yet
    store
        .put_connection(connection("qbo", "quickbooks_online", "1"), Actor::engine(), start())
        .await
        .unwrap();
    store
        .put_connection(connection("qbd-new", "quickbooks_desktop", "x"), Actor::engine(), start())
        .await
        .unwrap();
    let process = || {
        let secrets = Secrets::default();
        for (id, stored) in ids.iter().zip(&held) {
            secrets.0.lock().unwrap().insert(((*id).into(), CALLER_PASSWORD), stored.clone());
        }
        Core::new(store.clone(), Arc::new(ManualClock::new(start())), Wires::new(Arc::new(secrets)))
    };
    let tickets: Vec<String> = ids
        .iter()
        .zip(&held)
        .map(|(id, s)| ticket::make(&s.clone().into(), &(*id).into()).unwrap())
        .collect();
    let crossed = ticket::make(&held[0].clone().into(), &"qbd-us".into()).unwrap();
    for core in [process(), process()] {
        for (id, ticket) in ids.iter().zip(&tickets) {
            assert_eq!(core.whose(ticket).await.unwrap().map(|r| r.id), Some((*id).into()));
        }
        let forged = format!("{}{}", &tickets[0][..38], &tickets[1][38..]);
        for forged in [forged.as_str(), crossed.as_str(), &tickets[0][..38], ""] {
            assert_eq!(core.whose(forged).await.unwrap().map(|r| r.id), None, "{forged}");
        }
    }
}
