//! A scripted engine, a service on loopback, and a caller that writes what the Web Connector writes.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::engine::visit::{Admission, Brought, Caller, Step, password, ticket};
use crate::engine::wiring::{Connector, Tuning, Wires};
use crate::inbound::accept;
use crate::inbound::refusals::Refusals;
use crate::inbound::settings::Limits;
use crate::inbound::web_connector::service::Service;
use crate::inbound::web_connector::visited::Visited;
use crate::model::clock::ManualClock;
use crate::model::ids::ConnectionId;
use crate::store::sqlite::{Executor, Options, SqliteStore};
use crate::store::{ConnectionRow, Health};
use crate::systems::{Greeting, Push, Source};
use crate::transport::Fut;

/// Nothing here takes that long; what does hangs.
pub const PATIENCE: Duration = Duration::from_mins(1);
pub const USER: &str = "tieout-northwind";

/// What the engine was asked, in order, and what it answers next.
#[derive(Default)]
pub struct Script {
    pub heard: Vec<String>,
    pub admissions: VecDeque<Result<Admission, EngineError>>,
    pub steps: VecDeque<Step>,
    pub percents: VecDeque<Result<u8, String>>,
    pub brought: Vec<Brought>,
    pub late: Vec<Brought>,
    pub greetings: Vec<Greeting>,
    pub stopped: Option<String>,
    pub farewell: String,
    pub company_file: String,
    pub lookup_fails: bool,
    /// An answer that is not the one to what is out.
    pub not_this: Option<Vec<u8>>,
}

#[derive(Clone)]
pub struct Scripted {
    pub script: Arc<Mutex<Script>>,
    /// Steps wait until a permit is there.
    pub gate: Arc<tokio::sync::Semaphore>,
    pub row: ConnectionRow,
    pub stored: SecretString,
}

impl Scripted {
    fn note(&self, text: impl Into<String>) {
        self.script.lock().unwrap().heard.push(text.into());
    }

    async fn step(&self) -> Step {
        self.gate.acquire().await.unwrap().forget();
        self.script.lock().unwrap().steps.pop_front().unwrap_or(Step::Done)
    }
}

impl Visited for Scripted {
    fn caller<'a>(&'a self, user: &'a str) -> Fut<'a, Result<Option<Caller>, EngineError>> {
        Box::pin(async move {
            if self.script.lock().unwrap().lookup_fails {
                return Err(EngineError::Refused("/secret/path/tieout.db is locked".into()));
            }
            let password = Some(self.stored.clone());
            Ok((user == USER).then(|| Caller { row: self.row.clone(), password }))
        })
    }

    fn arrived<'a>(
        &'a self,
        _: &'a ConnectionRow,
        connector: &'a str,
    ) -> Fut<'a, Result<Admission, EngineError>> {
        self.note(format!("arrived {connector}"));
        let next = self.script.lock().unwrap().admissions.pop_front();
        Box::pin(async move { next.unwrap_or(Ok(Admission::Work(1))) })
    }

    fn company_file<'a>(&'a self, _: &'a ConnectionRow) -> Fut<'a, Result<String, EngineError>> {
        let file = self.script.lock().unwrap().company_file.clone();
        Box::pin(async move { Ok(file) })
    }

    fn greeted<'a>(&'a self, _: &'a ConnectionRow, visit: u64, greeting: Greeting) -> Fut<'a, Step> {
        self.note(format!("greeted {visit}"));
        self.script.lock().unwrap().greetings.push(greeting);
        Box::pin(self.step())
    }

    fn next_step<'a>(&'a self, _: &'a ConnectionRow, visit: u64, _: Duration) -> Fut<'a, Step> {
        self.note(format!("next {visit}"));
        Box::pin(self.step())
    }

    fn brought<'a>(
        &'a self,
        _: &'a ConnectionRow,
        visit: u64,
        brought: Brought,
        _: Duration,
    ) -> Fut<'a, Result<Option<u8>, String>> {
        self.note(format!("brought {visit}"));
        let mut script = self.script.lock().unwrap();
        if script.not_this.as_ref().is_some_and(|n| *n == brought.answer) {
            script.late.push(brought);
            return Box::pin(async { Ok(None) });
        }
        script.brought.push(brought);
        let next = script.percents.pop_front().unwrap_or(Ok(100));
        Box::pin(async move { next.map(Some) })
    }

    fn whose<'a>(&'a self, ticket: &'a str) -> Fut<'a, Result<Option<ConnectionRow>, EngineError>> {
        let ours = ticket::is_of(ticket, &self.stored, &self.row.id);
        Box::pin(async move { Ok(ours.then(|| self.row.clone())) })
    }

    fn brought_late<'a>(
        &'a self,
        row: &'a ConnectionRow,
        brought: Brought,
    ) -> Fut<'a, Result<(), EngineError>> {
        assert_eq!(row.id, self.row.id);
        self.note("late");
        self.script.lock().unwrap().late.push(brought);
        Box::pin(async { Ok(()) })
    }

    fn could_not_open<'a>(&'a self, _: &'a ConnectionRow, visit: u64, why: String) -> Fut<'a, ()> {
        self.note(format!("could not open {visit}: {why}"));
        Box::pin(async {})
    }

    fn left<'a>(&'a self, _: &'a ConnectionRow, visit: u64, why: &'a str) -> Fut<'a, String> {
        self.note(format!("left {visit}: {why}"));
        let text = self.script.lock().unwrap().farewell.clone();
        Box::pin(async move { text })
    }

    fn why_stopped(&self, _: &ConnectionRow, _: u64) -> Option<String> {
        self.script.lock().unwrap().stopped.clone()
    }
}

struct Nothing;

impl Connector for Nothing {
    fn source(&self, row: &ConnectionRow) -> Result<Arc<dyn Source>, EngineError> {
        Err(EngineError::Refused(row.id.to_string()))
    }
    fn push(&self, row: &ConnectionRow) -> Result<Arc<dyn Push>, EngineError> {
        Err(EngineError::Refused(row.id.to_string()))
    }
    fn tuning(&self, _: &ConnectionId) -> Tuning {
        Tuning::default()
    }
}

pub struct Rig {
    pub at: SocketAddr,
    pub engine: Scripted,
    pub service: Arc<Service<Scripted>>,
    pub password: String,
    pub spool: PathBuf,
    pub core: Arc<Core>,
    /// How far the monotonic clock was put on.
    ahead: Arc<Mutex<Duration>>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
    counting: tokio::task::JoinHandle<()>,
    _dir: tempfile::TempDir,
}

impl Rig {
    pub async fn new() -> Self {
        Self::limited(Limits::web_connector()).await
    }

    pub async fn limited(limits: Limits) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let now = "2026-11-04T14:30:00Z".parse().unwrap();
        let options = Options { executor: Executor::Thread, instance_kind: "demo", now };
        let store = Arc::new(SqliteStore::open(dir.path().join("db").join("t.db"), options).unwrap());
        let core = Core::new(store, Arc::new(ManualClock::new(now)), Wires::new(Arc::new(Nothing)));
        let refusals = Refusals::new(core.clone());
        let made = password::make().unwrap();
        let row = ConnectionRow {
            id: "qbd-tax".into(),
            system: "quickbooks_desktop".into(),
            company: "{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}".into(),
            fingerprint: "{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}".into(),
            system_id: "tieout".into(),
            settings: serde_json::json!({ "user": USER }),
            health: Health::Ok,
            health_reason: String::new(),
            health_since: now,
        };
        let engine = Scripted {
            script: Arc::default(),
            gate: Arc::new(tokio::sync::Semaphore::new(10_000)),
            row,
            stored: made.stored,
        };
        let spool = dir.path().join("spool");
        std::fs::create_dir(&spool).unwrap();
        let ahead = Arc::new(Mutex::new(Duration::ZERO));
        let ticks = {
            let (ahead, start) = (ahead.clone(), Instant::now());
            Box::new(move || start + start.elapsed() + *ahead.lock().unwrap())
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let address = format!("http://localhost:{}/qbwc", at.port());
        let service = Service::new(engine.clone(), refusals.clone(), limits, spool.clone(), address, ticks);
        let stop = CancellationToken::new();
        let task = tokio::spawn(accept::run(listener, service.clone(), None, stop.clone()));
        let counting = tokio::spawn(refusals.run(stop.clone()));
        let password = made.password.expose_secret().to_string();
        Self { at, engine, service, password, spool, core, ahead, stop, task, counting, _dir: dir }
    }

    /// Puts the monotonic clock on.
    pub fn wait(&self, time: Duration) {
        *self.ahead.lock().unwrap() += time;
    }

    pub fn script<T>(&self, change: impl FnOnce(&mut Script) -> T) -> T {
        change(&mut self.engine.script.lock().unwrap())
    }

    /// What the engine was asked since the last time.
    pub fn heard(&self) -> Vec<String> {
        self.script(|s| std::mem::take(&mut s.heard))
    }

    /// Calls an operation as the Web Connector does, and gives status and body.
    pub async fn call(&self, operation: &str, inside: &str) -> (u16, String) {
        self.send(&post(operation, &envelope(operation, inside))).await
    }

    /// The text of the result of a call that goes well.
    pub async fn result(&self, operation: &str, inside: &str) -> String {
        let (status, body) = self.call(operation, inside).await;
        assert_eq!(status, 200, "{body}");
        let begin = format!("<{operation}Result>");
        let end = format!("</{operation}Result>");
        let from = body.find(&begin).expect(&body) + begin.len();
        body[from..body.find(&end).unwrap()].to_string()
    }

    pub async fn send(&self, request: &[u8]) -> (u16, String) {
        let stream = TcpStream::connect(self.at).await.unwrap();
        let (status, _, body) = exchange(stream, request).await;
        (status, body)
    }

    pub async fn authenticate(&self) -> String {
        self.authenticate_as(USER, &self.password).await
    }

    pub async fn authenticate_as(&self, user: &str, password: &str) -> String {
        let inside = format!("<strUserName>{user}</strUserName><strPassword>{password}</strPassword>");
        self.result("authenticate", &inside).await
    }

    /// The ticket of a new visit.
    pub async fn ticket(&self) -> String {
        let answer = self.authenticate().await;
        let ticket = answer.strip_prefix("<string>").and_then(|t| t.split("</string>").next()).unwrap();
        assert!(answer.ends_with("<string></string>"), "{answer}");
        assert!(ticket::looks_like_one(ticket), "{ticket}");
        ticket.to_string()
    }

    /// A ticket that another process of ours made, before this one began.
    pub fn ticket_of_before(&self) -> String {
        ticket::make(&self.engine.stored, &self.engine.row.id).unwrap()
    }

    pub async fn send_request(&self, ticket: &str) -> String {
        self.result("sendRequestXML", &sending(ticket)).await
    }

    pub async fn receive(&self, ticket: &str, response: &str) -> String {
        let inside = format!(
            "<ticket>{ticket}</ticket><response>{response}</response><hresult></hresult><message></message>"
        );
        self.result("receiveResponseXML", &inside).await
    }

    pub async fn last_error(&self, ticket: &str) -> String {
        self.result("getLastError", &format!("<ticket>{ticket}</ticket>")).await
    }

    pub async fn close(&self, ticket: &str) -> String {
        self.result("closeConnection", &format!("<ticket>{ticket}</ticket>")).await
    }

    /// Ends the listener; what was turned away, by reason.
    pub async fn end(self) -> Vec<(String, u64)> {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.task).await.unwrap().unwrap();
        tokio::time::timeout(PATIENCE, self.counting).await.unwrap().unwrap();
        self.service.close().await;
        let rows = self.core.store.refusals().await.unwrap();
        rows.into_iter().map(|r| (r.reason, r.count)).collect()
    }
}

/// The parameters of `sendRequestXML`.
pub fn sending(ticket: &str) -> String {
    format!(
        "<ticket>{ticket}</ticket><strHCPResponse>&lt;?xml version=\"1.0\" ?&gt;&lt;QBXML/&gt;</strHCPResponse>\
         <strCompanyFileName>C:\\QB\\Northwind.qbw</strCompanyFileName><qbXMLCountry>US</qbXMLCountry>\
         <qbXMLMajorVers>16</qbXMLMajorVers><qbXMLMinorVers>0</qbXMLMinorVers>"
    )
}

/// An envelope as the Web Connector writes it.
pub fn envelope(operation: &str, inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope \
         xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><soap:Body><{operation} \
         xmlns=\"http://developer.intuit.com/\">{inside}</{operation}></soap:Body></soap:Envelope>"
    )
}

/// A request with the headers of the Web Connector.
pub fn post(operation: &str, body: &str) -> Vec<u8> {
    let mut head = head(operation, body.len());
    head.push_str("\r\n");
    head.push_str(body);
    head.into_bytes()
}

pub fn head(operation: &str, length: usize) -> String {
    format!(
        "POST /qbwc HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml; charset=utf-8\r\n\
         SOAPAction: \"http://developer.intuit.com/{operation}\"\r\nUser-Agent: Mozilla/4.0 (compatible; MSIE 6.0; MS \
         Web Services Client Protocol 4.0.30319.42000)\r\nContent-Length: {length}\r\n"
    )
}

/// Writes a request and reads one answer: status, headers, body.
pub async fn exchange(mut stream: TcpStream, request: &[u8]) -> (u16, String, String) {
    let talking = async {
        let wrote = stream.write_all(request).await;
        drop(wrote);
        answer(&mut stream).await
    };
    tokio::time::timeout(PATIENCE, talking).await.expect("the service lets a caller hang")
}

/// Reads one answer with its length.
pub async fn answer(stream: &mut TcpStream) -> (u16, String, String) {
    let mut got = Vec::new();
    let mut chunk = vec![0_u8; 64 * 1024];
    loop {
        if let Some(end) = got.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8(got[..end + 4].to_vec()).unwrap();
            let status: u16 = head[9..12].parse().unwrap();
            let length = head
                .lines()
                .find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned))
                .map_or(0, |l| l.parse::<usize>().unwrap());
            if got.len() >= end + 4 + length {
                let body = String::from_utf8(got[end + 4..end + 4 + length].to_vec()).unwrap();
                return (status, head, body);
            }
        }
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return (0, String::new(), String::new()),
            Ok(n) => got.extend_from_slice(&chunk[..n]),
        }
    }
}
