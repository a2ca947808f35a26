//! A made home whose parts can be reached: waiting times, paths for a second process, and a wire that can be tampered
//! with.
#![allow(dead_code, reason = "each test uses its part")]

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tieout::cli::seed::{self, BOOK, CONCUR, LEDGER, Seed};
use tieout::engine::clock::ScenarioClock;
use tieout::engine::house::{House, OpenError, Opening, Paths, RunOptions, Summary};
use tieout::engine::life::{self, LifeConnector};
use tieout::engine::wiring::{Connector, Tuning};
use tieout::engine::{Ask, EngineError, Office, host};
use tieout::model::book::AutoApproval;
use tieout::model::intent::Outcome;
use tieout::model::ledger::LedgerFacts;
use tieout::model::{Actor, BookId, Clock as _, ConnectionId, Entry, EntryKind, State};
use tieout::sandbox::assembly::Stage;
use tieout::sandbox::faults::{Fault, Faults, What, When};
use tieout::sandbox::firm::Firm;
use tieout::sandbox::stand_in::StandIn as _;
use tieout::store::sqlite::{Executor, Options, SqliteStore};
use tieout::store::{Act, ApproveOne, AuditQuery, Card, ConnectionRow, Health, Query, Row, Store};
use tieout::systems::{
    CallError, ItemKey, Limits, Prepared, PreparedCall, Push, RemoteCompany, Seen, SendError, Source, System,
    Target, Wanted,
};
use tieout::transport::{Fut, NetError, Reply};
use tieout::vault::Vault;

/// The ledger's name in the fault plan.
pub const QBO: &str = "quickbooks_online";

/// A home, its stand-ins and its clock.
pub struct Home {
    pub stage: Stage,
    pub house: Arc<dyn House>,
    pub clock: Arc<ScenarioClock>,
    pub paths: Paths,
    pub tunings: HashMap<ConnectionId, Tuning>,
    /// For a twisted house: the ledger answers as another company.
    pub answers_as: Arc<Mutex<Option<String>>>,
    _dir: tempfile::TempDir,
}

/// Waiting times of the connections.
#[derive(Clone, Copy)]
pub struct Waits {
    pub settle: Duration,
    pub gap: Duration,
    pub request: Option<Duration>,
}

impl Waits {
    pub fn none() -> Self {
        Self { settle: Duration::ZERO, gap: Duration::from_millis(20), request: None }
    }
}

fn tuning(given: &Value, waits: Waits) -> Tuning {
    let text = |k: &str| given.get(k).and_then(|v| v.as_str()).map(str::to_string);
    Tuning {
        base_url: text("base_url"),
        token_url: text("token_url"),
        pace: Some(None),
        settle: Some(waits.settle),
        lookup_gap: Some(waits.gap),
        timeout_pause: Some(Duration::ZERO),
        request_timeout: waits.request,
    }
}

impl Home {
    /// The sample firm with its history; a person approves.
    pub async fn sample() -> Self {
        Self::of(Firm::sample().unwrap(), AutoApproval::Off, true, Waits::none()).await
    }

    /// `n` generated documents of one entry each, and no history.
    pub async fn generated(n: u64, auto: AutoApproval) -> Self {
        Self::waiting(n, auto, Waits::none()).await
    }

    /// The same with waiting times of the look-up.
    pub async fn waiting(n: u64, auto: AutoApproval, waits: Waits) -> Self {
        let home = Self::of(Firm::empty(), auto, false, waits).await;
        home.more(n);
        home
    }

    async fn of(firm: Firm, auto: AutoApproval, history: bool, waits: Waits) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path().join("home");
        let paths = Paths {
            database: at.join("tieout.db"),
            engine_lock: at.join("engine.lock"),
            key_file: at.join("vault.key"),
            locks: at.join("locks"),
        };
        for d in [&at, &paths.locks] {
            std::fs::create_dir_all(d).unwrap();
            std::fs::set_permissions(d, std::fs::Permissions::from_mode(0o700)).unwrap();
        }
        let begins = seed::begins(history);
        let stage = Stage::open(firm, IpAddr::V4(Ipv4Addr::LOCALHOST), begins).await.unwrap();
        let clock = Arc::new(ScenarioClock::new(begins));
        let tunings: HashMap<_, _> = [(CONCUR, "concur"), (LEDGER, QBO)]
            .map(|(id, system)| (ConnectionId::from(id), tuning(&stage.sandbox.systems()[system], waits)))
            .into();
        let seeding = seed::make(Seed {
            paths: paths.clone(),
            kind: "demo",
            stage: &stage,
            clock: clock.clone(),
            tunings: tunings.clone(),
            auto,
            history,
        });
        seeding.await.unwrap();
        let house = host::open(opening(&paths, &tunings, &clock)).await.unwrap();
        Self { stage, house, clock, paths, tunings, answers_as: Arc::default(), _dir: dir }
    }

    /// A further process on the same home.
    pub async fn again(&self) -> Arc<dyn House> {
        host::open(opening(&self.paths, &self.tunings, &self.clock)).await.unwrap()
    }

    fn waiting_times(&self, waits: Waits) -> HashMap<ConnectionId, Tuning> {
        let mut tunings = self.tunings.clone();
        for t in tunings.values_mut() {
            t.settle = Some(waits.settle);
            t.lookup_gap = Some(waits.gap);
            t.request_timeout = waits.request;
        }
        tunings
    }

    /// A further process with other waiting times.
    pub async fn waits(&self, waits: Waits) -> Arc<dyn House> {
        host::open(opening(&self.paths, &self.waiting_times(waits), &self.clock)).await.unwrap()
    }

    /// A further process whose answers of posting calls go through `twist`, which may also act before they are read.
    pub async fn twisted(
        &self,
        twist: impl Fn(&PreparedCall, Reply) -> Result<Reply, SendError> + Send + Sync + 'static,
    ) -> Arc<dyn House> {
        self.twisted_waiting(Waits::none(), twist).await
    }

    /// The same with other waiting times.
    pub async fn twisted_waiting(
        &self,
        waits: Waits,
        twist: impl Fn(&PreparedCall, Reply) -> Result<Reply, SendError> + Send + Sync + 'static,
    ) -> Arc<dyn House> {
        let opening = opening(&self.paths, &self.waiting_times(waits), &self.clock);
        let options = Options { executor: Executor::Thread, instance_kind: "demo", now: self.clock.now() };
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&self.paths.database, options).unwrap());
        let places = life::places(&self.paths, &store.instance().await.unwrap());
        let vault = Arc::new(Vault::unlock(store.clone(), &places).await.unwrap());
        let real = LifeConnector::new(vault, &opening);
        let connector = Arc::new(Twisting { real, twist: Arc::new(twist), company: self.answers_as.clone() });
        Arc::new(host::assemble(store, connector, opening, "key_file".into()))
    }

    pub fn faults(&self) -> Faults {
        self.stage.sandbox.control().faults().clone()
    }

    /// Arms a fault.
    pub fn arm(&self, fault: Fault) {
        self.faults().arm(fault).unwrap();
    }

    /// How often a fault fired: `quickbooks_online/batch/reset`.
    pub fn fired(&self, key: &str) -> u64 {
        self.faults().fired().get(key).copied().unwrap_or(0)
    }

    pub fn office(&self) -> Arc<dyn Office> {
        self.house.office()
    }

    pub fn store(&self) -> Arc<dyn Store> {
        self.office().store()
    }

    /// `n` more generated documents at Concur.
    pub fn more(&self, n: u64) {
        if n > 0 {
            self.stage.concur.add_documents(&json!({ "documents": n, "seed": 7 })).unwrap();
        }
    }

    /// One headless run that waits for what falls due within `wait`.
    pub async fn run(&self, wait: Duration) -> Summary {
        run(&self.house, wait).await.unwrap()
    }

    /// One headless run that waits for nothing.
    pub async fn once(&self) -> Summary {
        self.run(Duration::ZERO).await
    }

    /// A person asks to post what is approved: nothing is read before.
    pub async fn post(&self) -> String {
        self.office().ask(post_all()).await.unwrap()
    }

    /// Documents by state.
    pub async fn states(&self) -> BTreeMap<String, u64> {
        let mut states: BTreeMap<String, u64> = BTreeMap::new();
        for t in self.store().totals(None).await.unwrap() {
            *states.entry(t.state.to_string()).or_default() += t.count;
        }
        states.retain(|_, n| *n > 0);
        states
    }

    /// All documents, oldest first.
    pub async fn rows(&self) -> Vec<Row> {
        let mut rows = self.store().page(Query { limit: 500, ..Query::default() }).await.unwrap().rows;
        rows.sort_by_key(|r| r.id);
        rows
    }

    /// The card of the document with this number, the newest of several.
    pub async fn card(&self, number: &str) -> Card {
        let rows = self.rows().await;
        let row = rows.iter().rev().find(|r| r.number == number);
        self.store().card(row.unwrap_or_else(|| panic!("no document {number}")).id).await.unwrap()
    }

    pub async fn state(&self, number: &str) -> State {
        self.card(number).await.row.state
    }

    /// A person approves what is ready, among `numbers` when there are any.
    pub async fn approve(&self, numbers: &[&str]) {
        let mut ones = Vec::new();
        for row in self.rows().await {
            let wanted = numbers.is_empty() || numbers.contains(&row.number.as_str());
            if row.state == State::Ready && wanted {
                let card = self.store().card(row.id).await.unwrap();
                let digest = card.derived.unwrap().digest;
                ones.push(ApproveOne { id: row.id, version: row.version, digest, as_delta: false });
            }
        }
        assert!(!ones.is_empty(), "nothing is ready");
        for (id, answer) in self.office().approve(ones).await.unwrap() {
            answer.unwrap_or_else(|e| panic!("{id}: {e}"));
        }
    }

    /// The reference of the only entry of a document.
    pub async fn reference(&self, number: &str) -> String {
        self.card(number).await.derived.unwrap().set.entries[0].reference.to_string()
    }

    /// A document's payload at Concur.
    pub async fn payload(&self, number: &str) -> Value {
        let id = self.card(number).await.row.source_id;
        self.at_concur(&id)["document"].clone()
    }

    /// Concur offers a document again under the same id, with another amount everywhere.
    pub async fn revise(&self, number: &str, amount: &str) {
        let card = self.card(number).await;
        let payload = self.payload(number).await;
        let was = payload["report"]["totalApprovedAmount"].to_string();
        let text = payload.to_string().replace(&format!(":{was}"), &format!(":{amount}"));
        let document: Value = serde_json::from_str(&text).unwrap();
        assert_ne!(document, payload);
        let body = json!({"docType": "expense", "id": card.row.source_id, "document": document});
        self.stage.concur.add_documents(&body).unwrap();
    }

    /// Moves all clocks on.
    pub fn later(&self, seconds: i64) {
        let to = self.clock.now().checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
        self.stage.set_clock(to);
        self.clock.set(to);
    }

    /// A person acts on a document.
    pub async fn act(&self, number: &str, act: Act) -> Result<State, EngineError> {
        let id = self.card(number).await.row.id;
        self.office().act(id, 0, act).await
    }

    /// The transactions in the ledger that carry our marker: how many records have each reference.
    pub fn marked(&self) -> BTreeMap<String, u64> {
        let mut found = BTreeMap::new();
        for (_, body) in self.transactions() {
            let memo = body["PrivateNote"].as_str().unwrap_or_default().to_string();
            if let Some((_, reference)) = memo.rsplit_once("tieout:") {
                *found.entry(reference.to_string()).or_default() += 1;
            }
        }
        found
    }

    /// Transactions of the ledger: kind and body.
    pub fn transactions(&self) -> Vec<(String, Value)> {
        let kinds = ["Bill", "VendorCredit", "Purchase", "JournalEntry"];
        self.records().into_iter().filter(|(kind, _)| kinds.contains(&kind.as_str())).collect()
    }

    /// Records of the ledger: kind and body.
    pub fn records(&self) -> Vec<(String, Value)> {
        let all = self.stage.ledger.records();
        all.into_iter()
            .filter_map(|r| r.as_object().and_then(|o| o.iter().next()).map(|(k, v)| (k.clone(), v.clone())))
            .collect()
    }

    /// A record of the ledger by kind and id.
    pub fn record(&self, kind: &str, id: &str) -> Value {
        let found = self.records().into_iter().find(|(k, v)| k == kind && v["Id"] == id);
        found.unwrap_or_else(|| panic!("no {kind} {id}")).1
    }

    /// A person at the ledger changes fields of a record.
    pub fn edit(&self, kind: &str, id: &str, fields: Value) {
        let mut body = json!({"Id": id, "SyncToken": self.record(kind, id)["SyncToken"], "sparse": true});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        self.stage.ledger.by_hand("update", kind, &body).unwrap();
    }

    /// Calls to the ledger of one kind.
    pub fn calls(&self, kind: &str) -> u64 {
        self.stage.ledger.calls().get(kind).copied().unwrap_or(0)
    }

    /// Calls to Concur of one kind.
    pub fn concur_calls(&self, kind: &str) -> u64 {
        self.stage.concur.calls().get(kind).copied().unwrap_or(0)
    }

    /// Concur's truth of a document by its FIS id.
    pub fn at_concur(&self, source_id: &str) -> Value {
        let found = self.stage.concur.records().into_iter().find(|r| r["id"] == source_id);
        found.unwrap_or_else(|| panic!("Concur has no {source_id}"))
    }

    /// Health and its reason.
    pub async fn health(&self, connection: &str) -> (Health, String) {
        let rows = self.store().connections().await.unwrap();
        let row = rows.into_iter().find(|r| r.id.as_str() == connection).unwrap();
        (row.health, row.health_reason)
    }

    /// What the trail says of a document, oldest first.
    pub async fn trail(&self, number: &str) -> Vec<String> {
        let id = self.card(number).await.row.id.to_string();
        let query = AuditQuery { subject: Some(id), limit: 200, ..AuditQuery::default() };
        let mut rows = self.store().audit(query).await.unwrap();
        rows.sort_by_key(|r| r.seq);
        rows.into_iter().map(|r| r.action).collect()
    }

    /// Documents that are read, acknowledged and approved by a person: the next call is the posting call.
    pub async fn approved(n: u64, waits: Waits) -> Self {
        let home = Self::waiting(n, AutoApproval::Off, waits).await;
        home.once().await;
        home.approve(&[]).await;
        home
    }

    /// Changes the book's settings as an administrator does.
    pub async fn book(&self, change: impl FnOnce(&mut tieout::model::Book)) {
        let mut books = self.store().books().await.unwrap();
        let mut book = books.pop().unwrap();
        assert_eq!(book.id, BookId::from(BOOK));
        change(&mut book);
        self.store().put_book(book, seed::theo(), self.clock.now()).await.unwrap();
    }

    /// Every document ends confirmed, each of its records stands once, and Concur knows it once.
    pub async fn all_confirmed_once(&self, n: u64) {
        assert_eq!(self.states().await, states(&[("confirmed", n)]));
        assert_eq!(self.marked().len() as u64, n);
        assert!(self.marked().values().all(|n| *n == 1), "a reference stands twice: {:?}", self.marked());
        let told = self.stage.concur.records().iter().all(|r| r["confirmations"] == 1);
        assert!(told, "a document was confirmed twice, or never");
        assert_eq!(self.store().verify_audit().await.unwrap().map(|n| n > 0), Ok(true));
    }
}

/// What a person asks to post all that is approved.
pub fn post_all() -> Ask {
    Ask::Post { documents: Vec::new(), book: None }
}

/// One headless run of a house.
pub async fn run(house: &Arc<dyn House>, wait: Duration) -> Result<Summary, OpenError> {
    let options = RunOptions { wait: Some(wait), ..RunOptions::default() };
    house.run_once(options, Duration::from_secs(10)).await
}

fn opening(paths: &Paths, tunings: &HashMap<ConnectionId, Tuning>, clock: &Arc<ScenarioClock>) -> Opening {
    Opening {
        paths: paths.clone(),
        tunings: tunings.clone(),
        clock: clock.clone(),
        actor: seed::theo(),
        environment: "DEMO".into(),
    }
}

/// A fault of the wire that fires `count` times.
pub fn fault(system: &str, operation: &str, what: What, when: When, count: u64) -> Fault {
    let mut fault = Fault::once(system, operation, what, when);
    fault.count = Some(count);
    fault
}

/// An answer that stands for the real one.
pub fn answers(system: &str, operation: &str, when: When, status: u16, body: Value, count: u64) -> Fault {
    let mut fault = fault(system, operation, What::Status, when, count);
    fault.status = Some(status);
    fault.body = Some(body);
    fault
}

/// A map of states for comparison.
pub fn states(list: &[(&str, u64)]) -> BTreeMap<String, u64> {
    list.iter().map(|(s, n)| ((*s).to_string(), *n)).collect()
}

type Twist = Arc<dyn Fn(&PreparedCall, Reply) -> Result<Reply, SendError> + Send + Sync>;

struct Twisting {
    real: LifeConnector,
    twist: Twist,
    company: Arc<Mutex<Option<String>>>,
}

impl Connector for Twisting {
    fn source(&self, row: &ConnectionRow) -> Result<Arc<dyn Source>, EngineError> {
        self.real.source(row)
    }
    fn push(&self, row: &ConnectionRow) -> Result<Arc<dyn Push>, EngineError> {
        let (twist, company) = (self.twist.clone(), self.company.clone());
        Ok(Arc::new(Twisted { real: self.real.push(row)?, twist, company }))
    }
    fn tuning(&self, id: &ConnectionId) -> Tuning {
        self.real.tuning(id)
    }
}

/// The real client with its posting answers twisted.
struct Twisted {
    real: Arc<dyn Push>,
    twist: Twist,
    company: Arc<Mutex<Option<String>>>,
}

impl System for Twisted {
    fn name(&self) -> &'static str {
        self.real.name()
    }
    fn company(&self) -> Fut<'_, Result<RemoteCompany, CallError>> {
        self.real.company()
    }
}

impl Target for Twisted {
    fn limits(&self) -> Limits {
        self.real.limits()
    }
    fn check(&self, entry: &Entry, facts: &LedgerFacts) -> Vec<String> {
        self.real.check(entry, facts)
    }
    fn encode(&self, entry: &Entry, key: &ItemKey, facts: &LedgerFacts) -> Result<Prepared, String> {
        self.real.encode(entry, key, facts)
    }
    fn assemble(&self, items: &[Prepared], keys: &[ItemKey], request_key: Option<&str>) -> PreparedCall {
        self.real.assemble(items, keys, request_key)
    }
    fn classify(
        &self,
        item_keys: &[String],
        heard: &Result<Reply, SendError>,
        facts: &LedgerFacts,
    ) -> Vec<Outcome> {
        self.real.classify(item_keys, heard, facts)
    }
}

impl Push for Twisted {
    fn send(&self, call: PreparedCall) -> Fut<'_, Result<Reply, SendError>> {
        Box::pin(async move {
            let reply = self.real.send(call.clone()).await?;
            (self.twist)(&call, reply)
        })
    }
    fn look_up(&self, wanted: Vec<Wanted>) -> Fut<'_, Result<Vec<(i64, Seen)>, CallError>> {
        self.real.look_up(wanted)
    }
    fn facts(
        &self,
        before: Option<LedgerFacts>,
        now: jiff::Timestamp,
    ) -> Fut<'_, Result<LedgerFacts, CallError>> {
        Box::pin(async move {
            let mut facts = self.real.facts(before, now).await?;
            if let Some(other) = self.company.lock().unwrap().clone() {
                facts.company.id = other;
            }
            Ok(facts)
        })
    }
    fn deep_link(&self, kind: EntryKind, id: &str) -> Option<String> {
        self.real.deep_link(kind, id)
    }
}

/// The answer never came.
pub fn lost() -> SendError {
    SendError::Net(NetError::MaybeSent { reason: "the connection was cut".into(), timed_out: false })
}

/// Nobody in particular: for tests that need another person than the one of single-person mode.
pub fn somebody(name: &str) -> Actor {
    Actor { name: name.into(), employee: None, via: "test".into(), single_person: false }
}
