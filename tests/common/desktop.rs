//! A home whose ledger is QuickBooks Desktop: the company file, its PC and the Web Connector stand in this process and
//! come when a test says so; the engine runs here, or as the real program beside it.
#![allow(dead_code, reason = "each test uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is not there")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::str::FromStr as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tieout::cli::config::{Config, Connection, WebConnector};
use tieout::cli::home::{Home, HomeKind, Mark};
use tieout::cli::seed::{self, CONCUR, DESKTOP, Seed, TAX_BOOK};
use tieout::engine::clock::ScenarioClock;
use tieout::engine::host;
use tieout::engine::house::{House, Opening, RunOptions};
use tieout::engine::qwc::Qwc;
use tieout::inbound::{Inbound, Settings};
use tieout::model::book::AutoApproval;
use tieout::model::entry::{Entry, EntryKind, Line, LineRole};
use tieout::model::intent::IntentState;
use tieout::model::{BookId, ConnectionId, State};
use tieout::sandbox::assembly::{Cast, Pc, Stage};
use tieout::sandbox::faults::Faults;
use tieout::sandbox::firm::Firm;
use tieout::sandbox::quickbooks_desktop::{CompanyFile, QuickBooks, Session, fq_tax};
use tieout::sandbox::stand_in::StandIn as _;
use tieout::sandbox::web_connector::{
    Answer, Caller, Desktop, Got, Greeting, Http, Operation, Raised, Report, Sent, Tempo, Wire, read_answer,
};
use tieout::store::sqlite::{Executor, Options, SqliteStore};
use tieout::store::{ApproveOne, Card, Query, Store, StoreError};
use tokio_util::sync::CancellationToken;

/// Nothing here takes that long; what does hangs.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// One second of the Web Connector.
const SECOND: Duration = Duration::from_millis(2);
/// The company's name.
pub const COMPANY: &str = "Fernhill Quay Tax LLC";

const PROGRAM: &str = env!("CARGO_BIN_EXE_tieout");

/// What crossed the way between the service and QuickBooks, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// A message set reached QuickBooks, and what it answered: an HRESULT where it raised one.
    Processed(String, Result<String, String>),
    /// The service handed this message set out.
    Handed(String),
    /// A `receiveResponseXML` was sent to the service, with what the service said; none: no answer was read.
    Brought(String, Option<u16>),
}

/// What was seen.
#[derive(Clone, Default)]
pub struct Journal(Arc<Mutex<Vec<Seen>>>);

impl Journal {
    fn add(&self, seen: Seen) {
        self.0.lock().unwrap().push(seen);
    }

    /// Everything so far.
    pub fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap().clone()
    }

    /// Forgets what was seen.
    pub fn clear(&self) {
        self.0.lock().unwrap().clear();
    }

    /// Message sets that QuickBooks was given.
    pub fn sets(&self) -> Vec<String> {
        let all = self.all();
        all.into_iter()
            .filter_map(|s| match s {
                Seen::Processed(set, _) => Some(set),
                Seen::Handed(_) | Seen::Brought(..) => None,
            })
            .collect()
    }
}

/// QuickBooks on the PC, seen by a test.
struct Watched {
    quickbooks: QuickBooks,
    session: Mutex<Option<Session>>,
    journal: Journal,
}

fn raised(from: tieout::sandbox::quickbooks_desktop::Raised) -> Raised {
    Raised { hresult: from.hresult.to_owned(), message: from.message }
}

impl Desktop for Watched {
    fn open(&self, _path: &str) -> Result<(), Raised> {
        let session = self.quickbooks.begin().map_err(raised)?;
        *self.session.lock().unwrap() = Some(session);
        Ok(())
    }

    fn pair(&self, _owner_id: &str, _file_id: &str) -> Result<(), String> {
        // it was paired when the home was made
        Ok(())
    }

    fn greeting(&self, _owner_id: &str) -> Result<Greeting, Raised> {
        Ok(Greeting {
            answer: self.quickbooks.hcp(),
            company_file: self.quickbooks.path(),
            country: self.quickbooks.country().to_owned(),
            version: self.quickbooks.version(),
        })
    }

    fn process(&self, request: &str) -> Result<String, Raised> {
        let session = self.session.lock().unwrap();
        let open = session.as_ref().ok_or_else(|| Raised {
            hresult: "0x8004040D".to_owned(),
            message: "The session ticket is not valid.".to_owned(),
        })?;
        let answer = self.quickbooks.process(open, request).map_err(raised);
        let kept = answer.clone().map_err(|r| r.hresult.clone());
        self.journal.add(Seen::Processed(request.to_owned(), kept));
        answer
    }

    fn close(&self) {
        if let Some(session) = self.session.lock().unwrap().take() {
            self.quickbooks.end(&session);
        }
    }
}

/// Called around each call of the Web Connector: the operation, and whether the call is over.
pub type Hook = Box<dyn FnMut(Operation, bool) + Send>;

/// The way to the service, seen by a test; it may call something before a call leaves.
struct Way {
    http: Http,
    journal: Journal,
    before: Mutex<Option<Hook>>,
}

impl Wire for Way {
    fn post(&self, sent: Sent) -> BoxFuture<'_, Result<Got, String>> {
        Box::pin(async move {
            let (operation, body) = (sent.operation, sent.body.clone());
            self.around(operation, false);
            let got = self.http.post(sent).await;
            if let (Operation::SendRequest, Ok(got)) = (operation, &got)
                && let Ok(Answer::Text(set)) =
                    read_answer(operation, got.status, &got.content_type, &got.body)
                && !set.is_empty()
            {
                self.journal.add(Seen::Handed(set));
            }
            if operation == Operation::ReceiveResponse {
                self.journal.add(Seen::Brought(body, got.as_ref().ok().map(|g| g.status)));
            }
            self.around(operation, true);
            got
        })
    }

    fn get(&self, url: String) -> BoxFuture<'_, Result<u16, String>> {
        self.http.get(url)
    }
}

impl Way {
    fn around(&self, operation: Operation, after: bool) {
        if let Some(hook) = self.before.lock().unwrap().as_mut() {
            hook(operation, after);
        }
    }
}

/// The home, the stand-ins, and the Web Connector that a test sends.
pub struct Office {
    dir: tempfile::TempDir,
    pub stage: Stage,
    pub clock: Arc<ScenarioClock>,
    pub home: Home,
    pub config: Config,
    pub caller: Arc<Caller>,
    pub journal: Journal,
    way: Arc<Way>,
    port: u16,
    /// Documents that were made so far.
    pub made: u64,
    /// Where a person sits, beside whatever else runs.
    person: tokio::sync::OnceCell<Arc<dyn House>>,
}

impl Office {
    /// The company file of the sample firm, with no document.
    pub async fn empty() -> Self {
        Self::of(fq_tax::company(), Firm::empty(), AutoApproval::Clean).await
    }

    /// A company file, documents, and a policy.
    pub async fn of(company: CompanyFile, firm: Firm, auto: AutoApproval) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::under(&dir.path().join("home"));
        home.prepare().unwrap();
        let free = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let mut config = Config::default();
        config.listen.web_connector = Some(WebConnector::on(address));
        let enrolment = seed::desktop::enrolment(address.port(), 5).unwrap();
        let tempo = Tempo { second: SECOND, ..Tempo::default() };
        let pc = Pc { company, enrolment, tempo };
        let begins = seed::begins(false);
        let documents = u64::try_from(firm.documents.len()).unwrap();
        let cast = Cast { online: false, pc: Some(pc) };
        let stage = Stage::open_with(firm, IpAddr::V4(Ipv4Addr::LOCALHOST), begins, cast).await.unwrap();
        let given = &stage.sandbox.systems()["concur"];
        let text = |key: &str| given[key].as_str().unwrap_or_default().to_string();
        config
            .connections
            .insert(CONCUR.into(), Connection::of_stand_in(&text("base_url"), &text("token_url")));
        config.write(&home.config_file()).unwrap();
        let clock = Arc::new(ScenarioClock::new(begins));
        let seeding = seed::make(Seed {
            paths: home.paths(),
            kind: "sandbox",
            stage: &stage,
            clock: clock.clone(),
            tunings: config.tunings(),
            auto,
            history: false,
        });
        seeding.await.unwrap();
        home.mark(HomeKind::Sandbox, Mark::now_is(begins)).unwrap();
        let journal = Journal::default();
        let way = Arc::new(Way {
            http: Http::new(None).unwrap(),
            journal: journal.clone(),
            before: Mutex::default(),
        });
        let desktop = stage.desktop.as_ref().unwrap();
        let watched = Arc::new(Watched {
            quickbooks: desktop.quickbooks().clone(),
            session: Mutex::default(),
            journal: journal.clone(),
        });
        let caller = Caller::new(watched, way.clone(), Faults::new(), tempo, begins);
        let office = Self {
            dir,
            stage,
            clock,
            home,
            config,
            caller,
            journal,
            way,
            port: address.port(),
            made: documents,
            person: tokio::sync::OnceCell::new(),
        };
        office.enrol().await;
        office
    }

    /// The Web Connector is given the file and the password.
    async fn enrol(&self) {
        let one = self.stage.desktop.as_ref().unwrap().enrolment().clone();
        let qwc = Qwc {
            connection: DESKTOP,
            company: COMPANY,
            url: &one.app_url,
            user: &one.user,
            owner_id: &one.owner_id,
            file_id: &one.file_id,
            minutes: one.minutes,
        };
        let text = String::from_utf8(qwc.bytes().unwrap()).unwrap();
        // adding it asks the support page: somebody has to listen
        let here = self.here().await;
        self.caller.add(&text, &one.password).await.unwrap();
        here.end().await;
    }

    pub fn password(&self) -> String {
        self.stage.desktop.as_ref().unwrap().enrolment().password.clone()
    }

    pub fn quickbooks(&self) -> &QuickBooks {
        self.stage.desktop.as_ref().unwrap().quickbooks()
    }

    /// Sets a switch of QuickBooks.
    pub fn switch(&self, name: &str, value: Value) {
        self.quickbooks().switch(name, &value).unwrap();
    }

    /// More plain reports of one bill each.
    pub fn more(&mut self, count: u64, seed: u64) {
        let body = json!({ "documents": count, "seed": seed, "book": TAX_BOOK });
        self.stage.concur.add_documents(&body).unwrap();
        self.made += count;
    }

    /// One more report like a document of the sample firm, under an id and number of its own.
    pub fn like(&mut self, document: &str, number: &str) {
        let firm = Firm::of_book(TAX_BOOK).unwrap();
        let found = firm.documents.iter().find(|d| d.id == document).unwrap();
        let mut payload = firm.payload(found);
        let report = payload.pointer_mut("/report").unwrap().as_object_mut().unwrap();
        report.insert("reportNumber".into(), number.into());
        report.insert("reportId".into(), format!("{number}00000000000000").into());
        let body = json!({ "docType": "expense", "document": payload });
        self.stage.concur.add_documents(&body).unwrap();
        self.made += 1;
    }

    fn opening(&self) -> Opening {
        Opening {
            paths: self.home.paths(),
            tunings: self.config.tunings(),
            clock: self.clock.clone(),
            actor: seed::theo(),
            environment: "SANDBOX".into(),
        }
    }

    /// The house, without an engine.
    pub async fn house(&self) -> Arc<dyn House> {
        let house = host::open(self.opening()).await.unwrap();
        let listen = self.config.listen.settings().unwrap();
        let listen = Settings { spool: Some(self.home.state.clone()), ..listen };
        house.attach(Inbound::new(listen).unwrap());
        house
    }

    /// The engine, unattended, in this process.
    pub async fn here(&self) -> Here {
        self.here_as(false).await
    }

    /// The engine in this process, with a person before it or without.
    pub async fn here_as(&self, attended: bool) -> Here {
        let house = self.house().await;
        let stop = CancellationToken::new();
        let running = {
            let (house, stop) = (house.clone(), stop.clone());
            let options = RunOptions { attended, ..RunOptions::default() };
            tokio::spawn(
                async move { house.run_until(options, stop).await.map(drop).map_err(|e| e.to_string()) },
            )
        };
        self.listens().await;
        Here { house, stop, running }
    }

    /// Waits until somebody listens for the Web Connector.
    pub async fn listens(&self) {
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            assert!(Instant::now() < until, "nobody listens");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The real program, unattended; `fail_at` ends it at a fail point.
    pub fn program(&self, fail_at: Option<&str>) -> Program {
        let errors = self.dir.path().join("program.err");
        let mut command = Command::new(PROGRAM);
        command.arg("--home").arg(&self.home.data).args(["--auto", "--json"]);
        if let Some(point) = fail_at {
            command.args(["--fail-at", point]);
        }
        let out = self.dir.path().join("program.out");
        let child = command
            .env_remove("TIEOUT_HOME")
            .stdin(Stdio::null())
            .stdout(File::create(&out).unwrap())
            .stderr(File::create(&errors).unwrap())
            .spawn()
            .unwrap();
        Program { child: Arc::new(Mutex::new(child)), port: self.port, errors, out }
    }

    /// A hook around each call of the Web Connector: the operation, and whether the call is over.
    pub fn hook(&self, hook: Option<Hook>) {
        *self.way.before.lock().unwrap() = hook;
    }

    /// One visit.
    pub async fn visit(&self) -> Report {
        self.visit_for(PATIENCE).await
    }

    /// One visit that may take so long.
    pub async fn visit_for(&self, time: Duration) -> Report {
        tokio::time::timeout(time, self.caller.visit()).await.unwrap_or_else(|_| panic!("a visit hangs"))
    }

    /// The store, for reading beside whoever works on it.
    pub fn store(&self) -> SqliteStore {
        let now = seed::begins(false);
        let options = Options { executor: Executor::Thread, instance_kind: "sandbox", now };
        SqliteStore::open(self.home.paths().database, options).unwrap()
    }

    /// All that is known of each document.
    pub async fn cards(&self) -> Vec<Card> {
        let store = self.store();
        let mut cards = Vec::new();
        let mut from = None;
        loop {
            let page = store.page(Query { from, limit: 500, ..Query::default() }).await.unwrap();
            from = page.rows.last().map(|r| r.id);
            for row in &page.rows {
                cards.push(store.card(row.id).await.unwrap());
            }
            if !page.more {
                return cards;
            }
        }
    }

    /// Documents by state.
    pub async fn states(&self) -> BTreeMap<String, u64> {
        states_of(&self.store()).await.unwrap()
    }

    /// Documents by state, after a person approved whatever is ready.
    pub async fn approved_by_now(&self) -> BTreeMap<String, u64> {
        let house = self.person.get_or_init(|| self.house()).await;
        let office = house.office();
        let query = Query { states: vec![State::Ready], limit: 1000, ..Query::default() };
        let rows = office.store().page(query).await.unwrap().rows;
        let mut ones = Vec::new();
        for row in rows {
            let derived = office.store().card(row.id).await.unwrap().derived;
            if let Some(d) = derived {
                ones.push(ApproveOne { id: row.id, version: row.version, digest: d.digest, as_delta: false });
            }
        }
        if !ones.is_empty() {
            // somebody else may have been faster: the next look tells
            drop(office.approve(ones).await);
        }
        let mut states: BTreeMap<String, u64> = BTreeMap::new();
        for t in office.store().totals(Some(BookId::from(TAX_BOOK))).await.unwrap() {
            *states.entry(t.state.to_string()).or_default() += t.count;
        }
        states.retain(|_, n| *n > 0);
        states
    }

    /// Waits until the store shows what is wanted of the documents by state.
    pub async fn until(&self, what: &str, wanted: impl Fn(&BTreeMap<String, u64>) -> bool) {
        let store = self.store();
        let until = Instant::now() + PATIENCE;
        loop {
            // the store is another process's
            let states = states_of(&store).await.unwrap();
            if wanted(&states) {
                return;
            }
            if Instant::now() >= until {
                let stand: Vec<String> = self
                    .cards()
                    .await
                    .iter()
                    .map(|c| format!("{} {}: {}", c.row.number, c.row.state, c.row.reason))
                    .collect();
                panic!("{what}: {states:?}: {stand:#?}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

pub async fn states_of(store: &SqliteStore) -> Result<BTreeMap<String, u64>, StoreError> {
    let mut states: BTreeMap<String, u64> = BTreeMap::new();
    for t in store.totals(Some(BookId::from(TAX_BOOK))).await? {
        *states.entry(t.state.to_string()).or_default() += t.count;
    }
    states.retain(|_, n| *n > 0);
    Ok(states)
}

/// A map of states for comparison.
pub fn states(list: &[(&str, u64)]) -> BTreeMap<String, u64> {
    list.iter().filter(|(_, n)| *n > 0).map(|(s, n)| ((*s).to_string(), *n)).collect()
}

/// The engine in this process.
pub struct Here {
    pub house: Arc<dyn House>,
    stop: CancellationToken,
    running: tokio::task::JoinHandle<Result<(), String>>,
}

impl Here {
    /// Ends in order.
    pub async fn end(self) {
        self.stop.cancel();
        self.running.await.unwrap().unwrap();
    }

    pub fn store(&self) -> Arc<dyn Store> {
        self.house.office().store()
    }
}

/// The real program.
#[derive(Clone)]
pub struct Program {
    child: Arc<Mutex<Child>>,
    port: u16,
    errors: std::path::PathBuf,
    out: std::path::PathBuf,
}

impl Program {
    /// Waits until it listens; false: it has ended.
    pub async fn listens(&self) -> bool {
        let until = Instant::now() + PATIENCE;
        loop {
            if self.ended().is_some() {
                return false;
            }
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return true;
            }
            assert!(Instant::now() < until, "it does not listen: {}", self.said());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// How it ended, when it has.
    pub fn ended(&self) -> Option<ExitStatus> {
        self.child.lock().unwrap().try_wait().unwrap()
    }

    /// SIGKILL.
    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        // it may have ended by itself meanwhile
        drop(child.kill());
        child.wait().unwrap();
    }

    /// SIGTERM, and it ends in order; how. A run that aborted already keeps its status.
    pub async fn end(&self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        let id = i32::try_from(self.child.lock().unwrap().id()).unwrap();
        if self.ended().is_none() {
            let pid = rustix::process::Pid::from_raw(id).unwrap();
            let _gone = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            assert!(Instant::now() < until, "it does not end: {}", self.said());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The most memory that it had so far, in kB.
    #[cfg(target_os = "linux")]
    pub fn peak(&self) -> usize {
        let id = self.child.lock().unwrap().id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// What it wrote.
    pub fn said(&self) -> String {
        [&self.out, &self.errors].map(|p| std::fs::read_to_string(p).unwrap_or_default()).concat()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if Arc::strong_count(&self.child) == 1
            && let Ok(mut child) = self.child.lock()
        {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// It ended by itself at a fail point.
pub fn aborted(status: ExitStatus) -> bool {
    status.signal() == Some(6)
}

/// A record of the company file that carries our marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    pub kind: String,
    pub id: String,
    pub number: String,
    pub total: Decimal,
}

fn amount(value: &Value) -> Decimal {
    Decimal::from_str(value.as_str().unwrap_or_default()).unwrap_or_else(|e| panic!("{value}: {e}"))
}

fn marker(text: &str) -> Option<String> {
    text.rsplit_once("tieout:").map(|(_, r)| r.trim().to_string())
}

/// The records with our marker by reference, from the truth of the company file. One that stands twice is a violation.
pub fn marked(quickbooks: &QuickBooks, run: &str) -> BTreeMap<String, Marked> {
    let mut found: BTreeMap<String, Marked> = BTreeMap::new();
    for record in quickbooks.records() {
        let kind = record["kind"].as_str().unwrap_or_default().to_string();
        let debits: Vec<Value> = record["JournalDebitLine"].as_array().cloned().unwrap_or_default();
        let text = match kind.as_str() {
            "JournalEntry" => debits.first().map(|l| l["Memo"].clone()).unwrap_or_default(),
            _ => record["Memo"].clone(),
        };
        let Some(reference) = marker(text.as_str().unwrap_or_default()) else { continue };
        let total = match kind.as_str() {
            "JournalEntry" => debits.iter().map(|l| amount(&l["Amount"])).sum(),
            "Bill" => amount(&record["AmountDue"]),
            "VendorCredit" => amount(&record["CreditAmount"]),
            _ => amount(&record["Amount"]),
        };
        let text = |key: &str| record[key].as_str().unwrap_or_default().to_string();
        let one = Marked { kind, id: text("TxnID"), number: text("RefNumber"), total };
        let twice = found.insert(reference.clone(), one);
        assert_eq!(twice, None, "{run}: {reference} stands twice in the company file");
    }
    found
}

/// The kind and total that an entry has in the company file.
fn expected(entry: &Entry) -> (&'static str, Decimal) {
    let of = |role| entry.lines.iter().filter(|l| l.role == role).map(Line::signed).sum::<Decimal>().abs();
    match entry.kind {
        EntryKind::Bill => ("Bill", of(LineRole::Payable)),
        EntryKind::VendorCredit => ("VendorCredit", of(LineRole::Payable)),
        EntryKind::CardPurchase => ("CreditCardCharge", of(LineRole::Card)),
        EntryKind::CardRefund => ("CreditCardCredit", of(LineRole::Card)),
        EntryKind::Journal => ("JournalEntry", entry.debits()),
    }
}

/// Every document is confirmed: each of its entries stands once in the company file with its kind and to the cent, the
/// document is confirmed once with just these records, nothing else there is ours, and the trail holds. How many sets
/// had several entries.
pub async fn assert_settled(office: &Office, run: &str) -> u64 {
    let mut ledger = marked(office.quickbooks(), run);
    let records = office.stage.concur.records();
    let cards = office.cards().await;
    assert_eq!(cards.len() as u64, office.made, "{run}: documents");
    let mut several = 0;
    for card in cards {
        let number = &card.row.number;
        assert_eq!(card.row.state, State::Confirmed, "{run}: {number}: {}", card.row.reason);
        let entries = card.approval.unwrap().set.entries;
        several += u64::from(entries.len() > 1);
        let mut ours = Vec::new();
        for entry in &entries {
            let reference = entry.reference.to_string();
            let place = format!("{run}: {number}, slot {}, {reference}", entry.slot);
            let one =
                ledger.remove(&reference).unwrap_or_else(|| panic!("{place} is not in the company file"));
            assert_eq!((one.kind.as_str(), one.total), expected(entry), "{place}");
            let intent = card.intents.iter().find(|i| i.slot == entry.slot).unwrap();
            assert_eq!((intent.state, &intent.remote_id), (IntentState::Done, &one.id), "{place}");
            ours.push(entry.number.clone());
        }
        assert_eq!(card.intents.len(), entries.len(), "{run}: intents of {number}");
        let record = records.iter().find(|r| r["id"] == card.row.source_id.as_str()).unwrap();
        assert_eq!(record["confirmations"], 1, "{run}: {number} is confirmed that often");
        assert_eq!(record["acknowledgements"], 1, "{run}: {number} is acknowledged that often");
        let posted = record.pointer("/postingConfirmation/postingDocs").and_then(Value::as_array).unwrap();
        let mut told: Vec<&str> = posted.iter().map(|p| p["documentNumber"].as_str().unwrap()).collect();
        told.sort_unstable();
        ours.sort_unstable();
        assert_eq!(told, ours, "{run}: the records confirmed for {number}");
    }
    assert!(ledger.is_empty(), "{run}: in the company file and of no document: {ledger:?}");
    let verified = office.store().verify_audit().await.unwrap();
    assert!(verified.is_ok(), "{run}: {verified:?}");
    several
}

/// An attribute of a message set: `newMessageSetID`.
pub fn attribute<'a>(set: &'a str, name: &str) -> Option<&'a str> {
    let at = set.find(&format!(" {name}=\""))? + name.len() + 3;
    set[at..].split('"').next()
}

/// Whether a message set writes.
pub fn writes(set: &str) -> bool {
    set.contains("AddRq") || set.contains("ModRq") || set.contains("TxnDelRq") || set.contains("TxnVoidRq")
}

/// The course of a journal in short, for whoever has to understand a violation.
fn course(journal: &Journal) -> String {
    let mut lines = Vec::new();
    for seen in journal.all() {
        let line = match &seen {
            Seen::Handed(set) => {
                format!("handed    {}", attribute(set, "newMessageSetID").unwrap_or("a query"))
            }
            Seen::Processed(set, answer) => format!(
                "processed {} after {}: {}",
                attribute(set, "newMessageSetID").unwrap_or("a query"),
                attribute(set, "oldMessageSetID").unwrap_or("nothing"),
                match answer {
                    Ok(text) => format!("statusCode {}", attribute(text, "statusCode").unwrap_or("none")),
                    Err(hresult) => hresult.clone(),
                }
            ),
            Seen::Brought(body, status) => {
                let id = body.split("requestID=\"").nth(1).and_then(|t| t.split('"').next());
                format!("brought   {} and read {status:?}", id.unwrap_or("no answer"))
            }
        };
        lines.push(line);
    }
    lines.join("\n")
}

/// One posting a set, exact repetition under one id, and no second write before the first is known. Gives how many sets
/// were handed out again.
pub fn assert_one_at_a_time(journal: &Journal, run: &str) -> u64 {
    let mut bytes: BTreeMap<String, String> = BTreeMap::new();
    let mut open: Option<String> = None;
    let mut again = 0;
    let mut known: BTreeSet<String> = BTreeSet::new();
    for seen in journal.all() {
        match seen {
            Seen::Handed(set) if writes(&set) => {
                let id = attribute(&set, "newMessageSetID").unwrap_or_else(|| panic!("{run}: no id: {set}"));
                assert!(id.len() <= 20, "{run}: {id}");
                assert_eq!(set.matches("AddRq ").count(), 1, "{run}: one posting a set: {set}");
                if let Some(first) = bytes.get(id) {
                    assert_eq!(first, &set, "{run}: {id} was handed out again with other bytes");
                    again += 1;
                }
                bytes.insert(id.to_string(), set.clone());
            }
            Seen::Handed(_) => {}
            Seen::Processed(set, answer) => {
                let told = answer.as_deref().unwrap_or_default();
                if !writes(&set) {
                    // a look-up that shows the record ends the doubt
                    if let Some(id) = &open
                        && told.contains(&format!(">{}<", &id[..11]))
                    {
                        known.insert(id.clone());
                    }
                    continue;
                }
                let id = attribute(&set, "newMessageSetID").unwrap_or_else(|| panic!("{run}: no id: {set}"));
                if let Some(before) = open.take()
                    && before != id
                {
                    let cleared = attribute(&set, "oldMessageSetID").is_none_or(|old| old == before);
                    assert!(
                        known.contains(&before) && cleared,
                        "{run}: {id} went out while {before} was not known:\n{}",
                        course(journal)
                    );
                }
                assert!(!told.contains("messageSetStatusCode=\"9001\""), "{run}: {told}");
                open = Some(id.to_string());
                if answer.as_ref().is_err_and(|h| h.eq_ignore_ascii_case("0x80040400")) {
                    // it proves that nothing ran
                    known.insert(id.to_string());
                }
            }
            // what was brought may have been recorded, although nobody read what the service said to it
            Seen::Brought(body, _) => {
                if let Some(id) = &open
                    && body.contains(id.as_str())
                {
                    known.insert(id.clone());
                }
            }
        }
    }
    again
}

/// The connection's id.
pub fn desktop() -> ConnectionId {
    ConnectionId::from(DESKTOP)
}
