//! The stand-ins of these tests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::civil::Date;

use super::{Client, Dials, File, facts};
use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::engine::visit::{Admission, Brought, Hold, Holding, Step};
use crate::engine::wiring::{Connector, Tuning, Wires};
use crate::model::clock::ManualClock;
use crate::model::document::{Document, DocumentKind};
use crate::model::entry::Slot;
use crate::model::ids::{ConnectionId, DocumentId};
use crate::model::state::State;
use crate::store::sqlite::tests::{self as stored, BOOK, Home, at, book, connection, go, theo};
use crate::store::{Card, ConnectionRow, Store as _};
use crate::systems::*;
use crate::transport::Fut;
use crate::transport::mailbox::{Mailbox, Mailboxes};

/// The ledger's connection; the fixtures of the store know it under this name.
pub const LEDGER: &str = "qbo";
pub const COMPANY: &str = "{COMPANY-A}";

/// A source without news, which believes what it is told.
struct Silent;

impl System for Silent {
    fn name(&self) -> &'static str {
        "concur"
    }
    fn company(&self) -> Fut<'_, Result<RemoteCompany, CallError>> {
        Box::pin(async { Err(CallError::Refused("not asked here".into())) })
    }
}

impl Source for Silent {
    fn changes(&self, _: Option<String>) -> Fut<'_, Result<Changes, CallError>> {
        Box::pin(async { Ok(Changes::default()) })
    }
    fn fetch(&self, _: DocumentKind, _: String) -> Fut<'_, Result<Option<Incoming>, CallError>> {
        Box::pin(async { Ok(None) })
    }
    fn read(&self, _: DocumentKind, _: &str, _: &[u8]) -> Result<Document, Unread> {
        Err(Unread {
            path: String::new(),
            message: "not read here".into(),
            number: String::new(),
            ledger_code: String::new(),
        })
    }
    fn material(&self, _: DocumentKind, bytes: &[u8]) -> String {
        crate::model::canonical::sha256_hex(bytes)
    }
    fn acknowledge_chunk(&self) -> usize {
        100
    }
    fn acknowledge(
        &self,
        _: DocumentKind,
        ids: Vec<String>,
    ) -> Fut<'_, Result<Vec<(String, Heard)>, CallError>> {
        Box::pin(async { Ok(ids.into_iter().map(|i| (i, Heard::Accepted)).collect()) })
    }
    fn confirm(&self, verdicts: Vec<Verdict>) -> Fut<'_, Result<Vec<(String, Heard)>, CallError>> {
        Box::pin(async { Ok(verdicts.into_iter().map(|v| (v.source_id, Heard::Accepted)).collect()) })
    }
    fn refuse(&self, verdicts: Vec<Verdict>) -> Fut<'_, Result<Vec<(String, Heard)>, CallError>> {
        self.confirm(verdicts)
    }
    fn reports(&self, _: Date) -> Fut<'_, Result<Vec<ListedReport>, CallError>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

struct Wired {
    mailboxes: Mailboxes,
    client: Arc<Client>,
}

impl Connector for Wired {
    fn source(&self, _: &ConnectionRow) -> Result<Arc<dyn Source>, EngineError> {
        Ok(Arc::new(Silent))
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
        let home = Self::connected();
        go(home.store.put_book(book(BOOK), theo(), at(0))).unwrap();
        go(home.store.put_facts(LEDGER.into(), facts(None))).unwrap();
        Self::over(home, attended).await
    }

    /// Right after the connection was made: no lists were read, and there is no book.
    pub async fn bare() -> Self {
        Self::over(Self::connected(), false).await
    }

    fn connected() -> Home {
        let dir = tempfile::tempdir().unwrap();
        let store = stored::open(&dir).unwrap();
        let home = Home { store, file: dir.path().join("tieout.db"), dir };
        go(home.store.put_connection(connection("concur", "concur"), theo(), at(0))).unwrap();
        go(home.store.put_connection(Self::row(), theo(), at(0))).unwrap();
        home
    }

    fn row() -> ConnectionRow {
        let mut row = connection(LEDGER, "quickbooks_desktop");
        row.company = COMPANY.into();
        row.settings = serde_json::json!({ "minutes": 5, "company_name": "Fennel & Quince Tax" });
        row
    }

    async fn over(home: Home, attended: bool) -> Self {
        let row = Self::row();
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

    pub async fn come(&self) -> Admission {
        self.core.arrived(&self.row, "34.0.0.58").await.unwrap()
    }

    /// Comes and is let in, up to the first request.
    pub async fn enter(&self) -> (u64, Step) {
        let Admission::Work(visit) = self.come().await else { panic!("there is no work") };
        let step = self.core.greeted(&self.row, visit, greeting()).await;
        (visit, step)
    }

    pub async fn bring(&self, visit: u64, answer: &str) -> Result<u8, String> {
        let brought =
            Brought { answer: answer.as_bytes().to_vec(), hresult: String::new(), message: String::new() };
        let percent = self.core.brought(&self.row, visit, brought, Duration::from_mins(1)).await?;
        Ok(percent.expect("the answer to what is out"))
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
            step = self.core.next_step(&self.row, visit, Duration::from_mins(1)).await;
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

/// What one process is made of.
pub fn parts(home: &Home) -> (Arc<dyn crate::store::Store>, Arc<dyn Connector>, Arc<Client>) {
    let store = Arc::new(stored::open(&home.dir).unwrap());
    let mailboxes = Mailboxes::default();
    let client = Arc::new(Client { net: mailboxes.of(&LEDGER.into()), dials: Mutex::default() });
    (store, Arc::new(Wired { mailboxes, client: client.clone() }), client)
}

fn process(home: &Home, clock: &Arc<ManualClock>) -> (Arc<Core>, Arc<Client>) {
    let (store, connector, client) = parts(home);
    (Core::new(store, clock.clone(), Wires::new(connector)), client)
}

/// The request of a step.
pub fn body(step: Step) -> String {
    let Step::Ask(bytes) = step else { panic!("{step:?}") };
    String::from_utf8(bytes).unwrap()
}

/// What a visitor tells first.
pub fn greeting() -> Greeting {
    Greeting {
        answer: COMPANY.into(),
        company_file: r"C:\books\fq-tax.qbw".into(),
        country: "US".into(),
        version: (16, 0),
    }
}
