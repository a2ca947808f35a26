//! The stand-ins of these tests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::engine::visit::{Admission, Brought, Hold, Holding, Step};
use crate::engine::wiring::{Connector, Tuning, Wires};
use crate::model::clock::ManualClock;
use crate::model::entry::{Entry, EntryKind, Slot};
use crate::model::ids::{ConnectionId, DocumentId};
use crate::model::intent::Outcome;
use crate::model::ledger::*;
use crate::model::money::Currency;
use crate::model::state::State;
use crate::store::sqlite::tests::{self as stored, BOOK, Home, at, book, connection, go, theo};
use crate::store::{Card, ConnectionRow, Store as _};
use crate::systems::*;
use crate::transport::mailbox::{Mailbox, Mailboxes};
use crate::transport::{Fut, Method, NetError, Reply, Request};

/// The ledger's connection; the fixtures of the store know it under this name.
pub const LEDGER: &str = "qbo";
pub const COMPANY: &str = "{COMPANY-A}";

/// A company file: what is in it, what it remembers of sets, and what was asked of it.
#[derive(Default)]
pub struct File {
    /// Records by number: id and whether they are as ours would be.
    pub records: BTreeMap<String, (String, bool)>,
    /// Outcomes of sets by their id, with the bytes.
    pub sets: BTreeMap<String, (String, String)>,
    /// What was asked, in its order.
    pub log: Vec<String>,
    /// Answers that the next sets get instead of being carried out, by reference.
    pub instead: BTreeMap<String, String>,
    made: u32,
}

impl File {
    /// What QuickBooks does with one request.
    pub fn answer(&mut self, body: &str) -> String {
        self.log.push(body.to_string());
        let mut words = body.split_whitespace();
        match words.next() {
            Some("lookup") => words
                .map(|number| match self.records.get(number) {
                    None => format!("{number} absent\n"),
                    Some((id, true)) => format!("{number} found {id}\n"),
                    Some((id, false)) => format!("{number} different {id}\n"),
                })
                .collect(),
            Some("set") => {
                let (key, reference) = (words.next().unwrap().to_string(), words.next().unwrap().to_string());
                if let Some(other) = self.instead.remove(&reference) {
                    return format!("{key} {other}");
                }
                if let Some((bytes, said)) = self.sets.get(&key) {
                    return if bytes == body { said.clone() } else { format!("{key} refused 9001") };
                }
                self.made += 1;
                let said = format!("{key} done id{}", self.made);
                self.records.insert(reference, (format!("id{}", self.made), true));
                self.sets.insert(key, (body.to_string(), said.clone()));
                said
            }
            _ => "ok".into(),
        }
    }

    pub fn made(&self) -> u32 {
        self.made
    }
}

/// What a test can change about the client.
#[derive(Default)]
pub struct Dials {
    pub close_date: Option<Date>,
    pub company: Option<String>,
    pub unusable: Option<String>,
    /// Part of the encoding of today.
    pub encoding: String,
    /// What the client was told to be recorded.
    pub recorded: Vec<Option<String>>,
    /// References of each look-up.
    pub looked: Vec<usize>,
}

/// A client of few words.
pub struct Client {
    net: Arc<Mailbox>,
    pub dials: Mutex<Dials>,
}

impl Client {
    async fn ask(&self, body: String) -> Result<String, CallError> {
        let request = Request {
            method: Method::Post,
            url: String::new(),
            headers: Vec::new(),
            body: body.into_bytes(),
            timeout: Duration::from_mins(30),
        };
        match crate::transport::Net::exchange(&*self.net, request).await {
            Ok(reply) if reply.headers.is_empty() => Ok(String::from_utf8(reply.body).unwrap()),
            Ok(reply) => Err(CallError::Shape(format!("{:?}", reply.headers))),
            Err(NetError::NotSent(reason)) => Err(CallError::Offline { reason, timed_out: false }),
            Err(NetError::MaybeSent { reason, timed_out }) => Err(CallError::Offline { reason, timed_out }),
        }
    }
}

impl System for Client {
    fn name(&self) -> &'static str {
        "quickbooks_desktop"
    }
    fn company(&self) -> Fut<'_, Result<RemoteCompany, CallError>> {
        Box::pin(async { Err(CallError::Refused("not asked here".into())) })
    }
}

impl Target for Client {
    fn limits(&self) -> Limits {
        Limits {
            batch: 1,
            lookup: 100,
            settle: Duration::ZERO,
            lookup_gap: Duration::ZERO,
            number: 20,
            memo: 100,
        }
    }
    fn proof(&self) -> Proof {
        Proof::Replay
    }
    fn preflight(&self) -> usize {
        100
    }
    fn check(&self, _: &Entry, _: &LedgerFacts) -> Vec<String> {
        Vec::new()
    }
    fn encode(&self, entry: &Entry, key: &ItemKey, _: &LedgerFacts) -> Result<Prepared, String> {
        let item_key = format!("{}{:03}", key.reference, key.generation);
        let encoding = self.dials.lock().unwrap().encoding.clone();
        let bytes = format!("set {item_key} {} {} {encoding}", entry.number, entry.slot).into_bytes();
        Ok(Prepared { item_key, bytes, lookup: serde_json::json!({ "number": entry.number }) })
    }
    fn assemble(&self, items: &[Prepared], _: &[ItemKey], key: Option<&str>) -> PreparedCall {
        let item = &items[0];
        let recorded = self.dials.lock().unwrap().recorded.last().cloned().flatten().unwrap_or_default();
        let bytes = [item.bytes.clone(), format!(" old={recorded}").into_bytes()].concat();
        PreparedCall { request_key: key.unwrap_or(&item.item_key).to_string(), bytes }
    }
    fn classify(&self, keys: &[String], heard: &Result<Reply, SendError>, _: &LedgerFacts) -> Vec<Outcome> {
        let one = match heard {
            Err(SendError::Net(NetError::NotSent(reason))) => Outcome::NotSent { reason: reason.clone() },
            Err(e) => Outcome::Ambiguous { reason: e.to_string() },
            Ok(r) if !r.headers.is_empty() => Outcome::Ambiguous { reason: format!("{:?}", r.headers) },
            Ok(r) => {
                let text = String::from_utf8_lossy(&r.body).into_owned();
                let words: Vec<&str> = text.split_whitespace().collect();
                match words[..] {
                    [key, "done", id] if key == keys[0] => {
                        Outcome::Done { id: id.into(), number: key[..11].into() }
                    }
                    [_, "refused", code] => {
                        Outcome::Refused { code: code.into(), message: "no".into(), closed_period: false }
                    }
                    [_, "busy"] => Outcome::Busy { reason: "the list is in use".into() },
                    [_, "lost"] => Outcome::Lost { reason: "no stored response (9002)".into() },
                    _ => Outcome::Ambiguous { reason: "unreadable".into() },
                }
            }
        };
        keys.iter().map(|_| one.clone()).collect()
    }
}

impl Push for Client {
    fn send(&self, call: PreparedCall) -> Fut<'_, Result<Reply, SendError>> {
        let request = Request {
            method: Method::Post,
            url: String::new(),
            headers: Vec::new(),
            body: call.bytes,
            timeout: Duration::from_mins(30),
        };
        Box::pin(async move { Ok(crate::transport::Net::exchange(&*self.net, request).await?) })
    }
    fn look_up(&self, wanted: Vec<Wanted>) -> Fut<'_, Result<Vec<(i64, Seen)>, CallError>> {
        Box::pin(async move {
            self.dials.lock().unwrap().looked.push(wanted.len());
            let number = |w: &Wanted| w.lookup["number"].as_str().unwrap().to_string();
            let numbers: Vec<String> = wanted.iter().map(number).collect();
            let text = self.ask(format!("lookup {}", numbers.join(" "))).await?;
            let seen = wanted.iter().filter_map(|w| {
                let line = text.lines().find(|l| l.split(' ').next() == Some(number(w).as_str()))?;
                let words: Vec<&str> = line.split(' ').collect();
                Some(match words[..] {
                    [n, "found", id] => (w.handle, Seen::Found { id: id.into(), number: n.into() }),
                    [n, "different", id] => {
                        (w.handle, Seen::Different { why: format!("bill {n} (id {id}) is there") })
                    }
                    _ => (w.handle, Seen::Absent),
                })
            });
            Ok(seen.collect())
        })
    }
    fn facts(&self, _: Option<LedgerFacts>, now: Timestamp) -> Fut<'_, Result<LedgerFacts, CallError>> {
        Box::pin(async move {
            self.ask("facts".into()).await?;
            let mut facts = facts(self.dials.lock().unwrap().close_date);
            facts.read_at = now;
            Ok(facts)
        })
    }
    fn greeted(&self, greeting: &Greeting) -> Result<Answering, CallError> {
        let dials = self.dials.lock().unwrap();
        let id = dials.company.clone().unwrap_or_else(|| greeting.answer.clone());
        Ok(Answering {
            company: RemoteCompany { id: id.clone(), name: format!("Company {id}"), fingerprint: id },
            product: "QuickBooks Enterprise".into(),
            language: "16.0".into(),
            file_mode: "MultiUser".into(),
            close_date: dials.close_date,
            unusable: dials.unusable.clone(),
        })
    }
    fn recorded(&self, request_key: Option<String>) {
        self.dials.lock().unwrap().recorded.push(request_key);
    }
    fn wind_up(&self) -> Fut<'_, Result<Option<String>, CallError>> {
        Box::pin(async move {
            let last = self.dials.lock().unwrap().recorded.last().cloned().flatten();
            let Some(key) = last else { return Ok(None) };
            self.ask(format!("clear {key}")).await?;
            Ok(Some(key))
        })
    }
    fn late(&self, wanted: &[Wanted], answer: &[u8]) -> Vec<(i64, Seen)> {
        let text = String::from_utf8_lossy(answer).into_owned();
        let words: Vec<&str> = text.split_whitespace().collect();
        let [key, "done", id] = words[..] else { return Vec::new() };
        let of = wanted.iter().filter(|w| key.starts_with(w.reference.as_str()));
        of.map(|w| (w.handle, Seen::Found { id: id.into(), number: key[..11].into() })).collect()
    }
    fn deep_link(&self, _: EntryKind, _: &str) -> Option<String> {
        None
    }
    fn reading(&self, _: ReadingAsk) -> Fut<'_, Result<Reading, CallError>> {
        Box::pin(async move {
            self.ask("reading".into()).await?;
            Ok(Reading {
                read_at: at(0),
                records: Vec::new(),
                gone: Vec::new(),
                opening: BTreeMap::new(),
                closing: BTreeMap::new(),
                movements: Vec::new(),
                open_items: Vec::new(),
            })
        })
    }
}

pub fn facts(close_date: Option<Date>) -> LedgerFacts {
    let vendor = Vendor {
        id: "56".into(),
        code: "E1001".into(),
        name: "Okafor, Amara".into(),
        email: None,
        currency: None,
        active: true,
        term: None,
    };
    let account = Account {
        id: "58".into(),
        number: "5010".into(),
        name: "Airfare".into(),
        kind: AccountType::Expense,
        currency: None,
        active: true,
    };
    LedgerFacts {
        company: Company {
            id: COMPANY.into(),
            name: "Fennel & Quince Tax".into(),
            country: "US".into(),
            home_currency: Currency::USD,
            multicurrency: false,
            currencies: vec![Currency::USD],
            classes: true,
            class_per_record: false,
            departments: false,
            billable: false,
            customers_on_lines: true,
            negative_lines: true,
            close_date,
            fiscal_year_start: 1,
        },
        accounts: vec![account],
        vendors: vec![vendor],
        classes: Vec::new(),
        departments: Vec::new(),
        customers: Vec::new(),
        employees: Vec::new(),
        tax_codes: Vec::new(),
        rates: BTreeMap::new(),
        terms: Vec::new(),
        recent: Vec::new(),
        read_at: at(0),
        index: Index::default(),
    }
    .indexed()
}

struct Wired {
    mailboxes: Mailboxes,
    client: Arc<Client>,
}

impl Connector for Wired {
    fn source(&self, _: &ConnectionRow) -> Result<Arc<dyn Source>, EngineError> {
        Err(EngineError::Refused("no source is asked here".into()))
    }
    fn push(&self, _: &ConnectionRow) -> Result<Arc<dyn Push>, EngineError> {
        Ok(self.client.clone())
    }
    fn mailbox(&self, id: &ConnectionId) -> Option<Arc<Mailbox>> {
        Some(self.mailboxes.of(id))
    }
    fn tuning(&self, _: &ConnectionId) -> Tuning {
        Tuning::default()
    }
}

/// A home with one ledger that calls, and a process that works on it.
pub struct Firm {
    pub home: Home,
    pub core: Arc<Core>,
    pub client: Arc<Client>,
    pub clock: Arc<ManualClock>,
    pub file: Arc<Mutex<File>>,
    pub row: ConnectionRow,
    pub holding: Option<Holding>,
}

impl Firm {
    /// The lists were read, and the last set was cleared long ago.
    pub async fn new(attended: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = stored::open(&dir).unwrap();
        let home = Home { store, file: dir.path().join("tieout.db"), dir };
        go(home.store.put_connection(connection("concur", "concur"), theo(), at(0))).unwrap();
        let mut row = connection(LEDGER, "quickbooks_desktop");
        row.company = COMPANY.into();
        row.settings = serde_json::json!({ "minutes": 5, "company_name": "Fennel & Quince Tax" });
        go(home.store.put_connection(row.clone(), theo(), at(0))).unwrap();
        go(home.store.put_book(book(BOOK), theo(), at(0))).unwrap();
        go(home.store.put_facts(LEDGER.into(), facts(None))).unwrap();
        let clock = Arc::new(ManualClock::new(at(100)));
        let file = Arc::new(Mutex::new(File::default()));
        let (core, client) = process(&home, &clock);
        let mut firm = Self { home, core, client, clock, file, row, holding: None };
        firm.hold(attended).await;
        firm
    }

    /// This process takes the engine.
    pub async fn hold(&mut self, attended: bool) {
        let now = self.core.now();
        let epoch = self.core.store.raise_epoch("test".into(), now).await.unwrap();
        self.core.store.recover(now).await.unwrap();
        self.holding = Some(self.core.hold_visits(Hold { epoch, attended }).await.unwrap());
    }

    /// The process dies where it stands, and another one takes over.
    pub async fn killed(&mut self, attended: bool) {
        drop(self.holding.take());
        tokio::task::yield_now().await;
        let dials = std::mem::take(&mut *self.client.dials.lock().unwrap());
        (self.core, self.client) = process(&self.home, &self.clock);
        let kept = Dials { recorded: Vec::new(), looked: Vec::new(), ..dials };
        *self.client.dials.lock().unwrap() = kept;
        self.hold(attended).await;
    }

    pub fn approved(&self, n: usize) -> Vec<DocumentId> {
        (0..n).map(|i| self.home.approved(&format!("d{i}"), &[Slot::Bill])).collect()
    }

    pub fn reference(&self, id: DocumentId) -> String {
        self.card(id).approval.unwrap().set.entries[0].reference.to_string()
    }

    pub fn card(&self, id: DocumentId) -> Card {
        self.home.card(id)
    }

    pub fn state(&self, id: DocumentId) -> State {
        self.home.state(id)
    }

    pub fn log(&self) -> Vec<String> {
        self.file.lock().unwrap().log.clone()
    }

    /// What was asked, by its first word.
    pub fn asked(&self) -> Vec<String> {
        self.log().iter().map(|l| l.split(' ').next().unwrap_or_default().to_string()).collect()
    }

    pub fn sets(&self) -> Vec<String> {
        self.log().into_iter().filter(|l| l.starts_with("set ")).collect()
    }

    pub fn greeting(&self) -> Greeting {
        Greeting {
            answer: COMPANY.into(),
            company_file: r"C:\books\fq-tax.qbw".into(),
            country: "US".into(),
            version: (16, 0),
        }
    }

    pub async fn come(&self) -> Admission {
        self.core.arrived(&self.row, "34.0.0.58").await.unwrap()
    }

    /// Comes and is let in, up to the first request.
    pub async fn enter(&self) -> (u64, Step) {
        let Admission::Work(visit) = self.come().await else { panic!("there is no work") };
        let step = self.core.greeted(&self.row, visit, self.greeting()).await;
        (visit, step)
    }

    pub async fn bring(&self, visit: u64, answer: &str) -> Result<u8, String> {
        let brought =
            Brought { answer: answer.as_bytes().to_vec(), hresult: String::new(), message: String::new() };
        self.core.brought(&self.row, visit, brought, Duration::from_secs(60)).await
    }

    /// Carries on with a visit until nothing is left. Gives the percentages and how it ended.
    pub async fn carry_on(&self, visit: u64, mut step: Step) -> (Vec<u8>, Result<(), String>) {
        let mut told = Vec::new();
        loop {
            match step {
                Step::Ask(bytes) => {
                    let body = String::from_utf8(bytes).unwrap();
                    let answer = self.file.lock().unwrap().answer(&body);
                    match self.bring(visit, &answer).await {
                        Ok(percent) => told.push(percent),
                        Err(why) => return (told, Err(why)),
                    }
                    if told.last() == Some(&100) {
                        return (told, Ok(()));
                    }
                }
                Step::Wait => {}
                Step::Done => return (told, Ok(())),
                Step::Stop(why) => return (told, Err(why)),
            }
            step = self.core.next_step(&self.row, visit, Duration::from_secs(60)).await;
        }
    }

    /// A whole visit without an incident; its sentence for the status column.
    pub async fn visit(&self) -> (Vec<u8>, Result<(), String>, String) {
        let (visit, step) = self.enter().await;
        let (told, ended) = self.carry_on(visit, step).await;
        let said = self.core.left(&self.row, visit, "the update ended").await;
        (told, ended, said)
    }

    pub async fn connection(&self) -> ConnectionRow {
        self.core.connection(&self.row.id).await.unwrap()
    }

    pub async fn note(&self) -> crate::store::VisitNote {
        self.core.visit_note(&self.row.id).await.unwrap()
    }

    pub async fn ask_posting(&self, ids: Vec<DocumentId>) -> u64 {
        self.core.store.ask_posting(ids, theo(), self.core.now()).await.unwrap()
    }
}

fn process(home: &Home, clock: &Arc<ManualClock>) -> (Arc<Core>, Arc<Client>) {
    let store = Arc::new(stored::open(&home.dir).unwrap());
    let mailboxes = Mailboxes::default();
    let client = Arc::new(Client { net: mailboxes.of(&LEDGER.into()), dials: Mutex::default() });
    let wired = Wired { mailboxes, client: client.clone() };
    (Core::new(store, clock.clone(), Wires::new(Arc::new(wired))), client)
}

/// The request of a step.
pub fn body(step: Step) -> String {
    let Step::Ask(bytes) = step else { panic!("{step:?}") };
    String::from_utf8(bytes).unwrap()
}
