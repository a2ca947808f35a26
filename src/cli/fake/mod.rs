//! A house of cards for tests of commands: what a store would answer, and what a command asked for.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, broadcast, watch};
use tokio_util::sync::CancellationToken;

use crate::cli::context::Context;
use crate::cli::out::tests::Sink;
use crate::cli::out::{Form, Out};
use crate::engine::house::{House, OpenError, RunOptions, Summary};
use crate::engine::*;
use crate::model::book::{AutoApproval, Book, Policy};
use crate::model::finding::Mend;
use crate::model::rule::{Rule, RuleSet};
use crate::model::state::State;
use crate::model::{Actor, BookId, DocumentId};
use crate::store::*;
use crate::transport::Fut;

mod store;

/// What the house holds and what it was asked.
pub struct Cards {
    pub instance: Instance,
    pub books: Vec<Book>,
    pub policy: Policy,
    pub connections: Vec<ConnectionRow>,
    pub cards: Vec<Card>,
    pub attention: Vec<Attention>,
    pub events: Vec<AuditRow>,
    pub chain: Result<u64, (u64, String)>,
    pub rules: RuleSet,
    pub candidates: Vec<Candidate>,
    pub summary: Result<Summary, String>,
    pub asked: Vec<String>,
    pub refuse: Option<DocumentId>,
    pub endless: bool,
    /// Runs when an event is noted; false: it cannot be kept.
    pub on_note: Option<Box<dyn FnMut() -> bool + Send>>,
}

/// The fake.
#[derive(Clone)]
pub struct Fake {
    cards: Arc<Mutex<Cards>>,
    bus: broadcast::Sender<Event>,
    progress: Arc<watch::Sender<Progress>>,
    stop: Arc<Notify>,
}

impl Fake {
    pub fn new(cards: Cards) -> Self {
        let cards = Arc::new(Mutex::new(cards));
        Self { cards, bus: broadcast::channel(16).0, progress: Arc::default(), stop: Arc::default() }
    }

    /// A context over it, with what it writes to stdout and stderr.
    pub fn context(&self, form: Form) -> (Context, Sink, Sink) {
        let (result, notes) = (Sink::default(), Sink::default());
        let out = Out::to(form, Box::new(result.clone()), Box::new(notes.clone()));
        (Context::over(Arc::new(self.clone()), out, "/home/t".into()), result, notes)
    }

    pub fn asked(&self) -> Vec<String> {
        self.with(|c| c.asked.clone())
    }

    /// A run goes on until it is asked to stop; while it is posting it does not hear.
    pub fn never_ends(&self) {
        self.with(|c| c.endless = true);
    }

    /// What happens when an event is noted; false: it cannot be kept.
    pub fn on_note(&self, does: impl FnMut() -> bool + Send + 'static) {
        self.with(|c| c.on_note = Some(Box::new(does)));
    }

    /// Something is on the wire.
    pub fn posting(&self) {
        self.progress.send_modify(|p| p.running = true);
    }

    fn with<T>(&self, f: impl FnOnce(&mut Cards) -> T) -> T {
        f(&mut self.cards.lock().unwrap())
    }
}

fn now<T: Send + 'static, E: Send + 'static>(answer: Result<T, E>) -> Fut<'static, Result<T, E>> {
    Box::pin(std::future::ready(answer))
}

impl House for Fake {
    fn office(&self) -> Arc<dyn Office> {
        Arc::new(self.clone())
    }
    fn run_once(&self, options: RunOptions, patience: Duration) -> Fut<'_, Result<Summary, OpenError>> {
        let event = Event {
            time: "2026-11-04T14:30:00Z".parse().unwrap(),
            event: What::Fetched,
            book: Some("fq-us".into()),
            document: None,
            number: String::new(),
            text: "60 documents read".into(),
        };
        drop(self.bus.send(event));
        if self.with(|c| c.endless) {
            return Box::pin(async {
                self.stop.notified().await;
                Ok(Summary::default())
            });
        }
        now(self.with(|c| {
            c.asked.push(format!("run {:?} {:?} {patience:?}", options.books, options.wait));
            c.summary.clone().map_err(OpenError::Held)
        }))
    }
    fn run_until(&self, _: RunOptions, stop: CancellationToken) -> Fut<'_, Result<Summary, OpenError>> {
        Box::pin(async move {
            stop.cancelled().await;
            self.with(|c| c.summary.clone().map_err(OpenError::Held))
        })
    }
    fn vault_way(&self) -> String {
        "key_file".into()
    }
    fn engine_holder(&self) -> Option<String> {
        Some("4711".into())
    }
}

impl Office for Fake {
    fn store(&self) -> Arc<dyn Store> {
        Arc::new(self.clone())
    }
    fn now(&self) -> Timestamp {
        "2026-11-04T14:30:00Z".parse().unwrap()
    }
    fn actor(&self) -> Actor {
        Actor { name: "Theo Okonkwo".into(), employee: None, via: "command".into(), single_person: true }
    }
    fn approve(
        &self,
        ones: Vec<ApproveOne>,
    ) -> Fut<'_, Result<Vec<(DocumentId, Result<(), StoreError>)>, EngineError>> {
        now(Ok(self.with(|c| {
            let mut one = |o: ApproveOne| {
                c.asked.push(format!("approve {} v{} {} {}", o.id, o.version, o.digest, o.as_delta));
                let refused = c.refuse == Some(o.id);
                let answer = if refused { Err(StoreError::Refused("blocked".into())) } else { Ok(()) };
                (o.id, answer)
            };
            ones.into_iter().map(&mut one).collect()
        })))
    }
    fn act(&self, id: DocumentId, version: u64, act: Act) -> Fut<'_, Result<State, EngineError>> {
        now(self.with(|c| {
            c.asked.push(format!("{id} v{version} {}", serde_json::to_string(&act).unwrap()));
            if c.refuse == Some(id) {
                Err(StoreError::Refused("it is confirmed".into()).into())
            } else {
                Ok(State::Held)
            }
        }))
    }
    fn set_rule(&self, _: BookId, rule: Rule) -> Fut<'_, Result<Freed, EngineError>> {
        now(Ok(self.with(|c| {
            c.asked.push(format!("rule {} {} {}", rule.kind.name(), rule.condition(), rule.gives));
            Freed { version: 8, derived: 3, ready: vec![] }
        })))
    }
    fn put_rules(
        &self,
        _: BookId,
        edit: crate::engine::mapping::Edit,
    ) -> Fut<'_, Result<Freed, EngineError>> {
        now(Ok(self.with(|c| {
            c.asked.push(format!("edit of version {}: {:?}", edit.expected, edit.what));
            Freed { version: edit.expected + 1, derived: 3, ready: vec![] }
        })))
    }
    fn candidates(
        &self,
        _: BookId,
        mend: Mend,
        typed: String,
    ) -> Fut<'_, Result<Vec<Candidate>, EngineError>> {
        now(Ok(self.with(|c| {
            c.asked.push(format!("{typed}: {}", serde_json::to_string(&mend).unwrap()));
            c.candidates.clone()
        })))
    }
    fn preview(&self, _: Vec<DocumentId>) -> Fut<'_, Result<BatchPreview, EngineError>> {
        now(Ok(BatchPreview::default()))
    }
    fn adopt(&self, _: DocumentId, record: String) -> Fut<'_, Result<State, EngineError>> {
        let missing = format!("the ledger has no record {record}");
        now(if record == "151" { Ok(State::Posted) } else { Err(EngineError::Refused(missing)) })
    }
    fn request_text(&self, _: DocumentId) -> Fut<'_, Result<String, EngineError>> {
        now(Ok("POST /v3/company/1/batch\nauthorization: [redacted]".into()))
    }
    fn replay(&self, _: DocumentId, dry: bool) -> Fut<'_, Result<String, EngineError>> {
        now(Ok(format!("the same; dry {dry}")))
    }
    fn ask(&self, ask: Ask) -> Fut<'_, Result<String, EngineError>> {
        if ask == Ask::Stop && !self.progress.borrow().running {
            self.stop.notify_one();
        }
        now(Ok(self.with(|c| {
            c.asked.push(serde_json::to_string(&ask).unwrap());
            "1 document posted".into()
        })))
    }
    fn events(&self) -> broadcast::Receiver<Event> {
        self.bus.subscribe()
    }
    fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }
    fn changed(&self) -> watch::Receiver<u64> {
        watch::Sender::new(0).subscribe()
    }
    fn environment(&self) -> String {
        "DEMO".into()
    }
}

impl Default for Cards {
    fn default() -> Self {
        Self {
            instance: Instance {
                id: "01".into(),
                kind: "demo".into(),
                single_person: Some(("Theo Okonkwo".into(), None)),
                created_at: "2026-11-04T14:00:00Z".parse().unwrap(),
            },
            books: Vec::new(),
            policy: Policy { version: 1, auto: AutoApproval::Off, signed_off_by: String::new(), limit: None },
            connections: Vec::new(),
            cards: Vec::new(),
            attention: Vec::new(),
            events: Vec::new(),
            chain: Ok(0),
            rules: RuleSet::default(),
            candidates: Vec::new(),
            summary: Ok(Summary::default()),
            asked: Vec::new(),
            refuse: None,
            endless: false,
            on_note: None,
        }
    }
}
