//! An office in memory: what the runner's questions read, with a store of rows that answers pages by key.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use jiff::Timestamp;
use tokio::sync::{broadcast, watch};

use crate::engine::*;
use crate::model::book::{Book, Policy};
use crate::model::finding::Mend;
use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::model::ledger::LedgerFacts;
use crate::model::people::Actor;
use crate::model::rule::{Rule, RuleSet};
use crate::model::state::State;
use crate::store::operations::Answer;
use crate::store::*;
use crate::transport::Fut;

use super::sample;

pub struct FakeStore {
    pub rows: Vec<Row>,
    pub pages: AtomicUsize,
    /// Another program works in the store: at every page it has changed, and a row has moved on.
    pub restless: AtomicBool,
}

fn ok<'a, T: Send + 'a>(value: T) -> Answer<'a, T> {
    Box::pin(std::future::ready(Ok(value)))
}

fn no<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(std::future::ready(Err(StoreError::Missing("such thing in this test".into()))))
}

macro_rules! refuse {
    ($($name:ident($($arg:ty),*) -> $out:ty;)*) => {
        $(fn $name(&self, $(_: $arg),*) -> Answer<'_, $out> { no() })*
    };
}

impl Runs for FakeStore {}
impl Inbox for FakeStore {}
impl Papers for FakeStore {}
impl Corrections for FakeStore {}
impl Proposals for FakeStore {}
impl Trail for FakeStore {}
impl Views for FakeStore {}
impl AccountNotes for FakeStore {}
impl crate::store::operations::Visits for FakeStore {}
impl Mappings for FakeStore {}

impl Store for FakeStore {
    fn connections(&self) -> Answer<'_, Vec<ConnectionRow>> {
        ok(sample::facts().connections)
    }
    fn books(&self) -> Answer<'_, Vec<Book>> {
        ok(sample::facts().books)
    }
    fn rules(&self, _: BookId) -> Answer<'_, RuleSet> {
        ok(sample::rules())
    }
    fn totals(&self, _: Option<BookId>) -> Answer<'_, Vec<Total>> {
        ok(sample::totals())
    }
    fn page(&self, q: Query) -> Answer<'_, Page> {
        self.pages.fetch_add(1, Ordering::SeqCst);
        let n = q.limit as usize;
        let found: Vec<Row> = self
            .rows
            .iter()
            .filter(|r| q.states.is_empty() || q.states.contains(&r.state))
            .cloned()
            .collect();
        let (rows, more) = if q.backwards {
            let end = q.from.map_or(found.len(), |id| found.partition_point(|r| r.id < id));
            let start = end.saturating_sub(n);
            (found[start..end].to_vec(), start > 0)
        } else {
            let start = q.from.map_or(0, |id| found.partition_point(|r| r.id <= id));
            let start = start.saturating_sub(usize::from(self.restless.load(Ordering::SeqCst)));
            let end = (start + n).min(found.len());
            (found[start..end].to_vec(), end < found.len())
        };
        ok(Page { rows, more })
    }
    fn count(&self, _: Query) -> Answer<'_, u64> {
        ok(self.rows.len() as u64)
    }
    fn data_version(&self) -> Answer<'_, u64> {
        let pages = self.pages.load(Ordering::SeqCst) as u64;
        ok(if self.restless.load(Ordering::SeqCst) { pages } else { 0 })
    }
    fn note(&self, _: String, _: String, _: Vec<(String, String)>, _: Actor, _: Timestamp) -> Answer<'_, ()> {
        ok(())
    }
    fn card(&self, id: DocumentId) -> Answer<'_, Card> {
        match self.rows.iter().find(|r| r.id == id) {
            Some(r) => ok(sample::sheet(r).card),
            None => no(),
        }
    }
    fn finding_groups(&self, _: Option<BookId>) -> Answer<'_, Vec<FindingGroup>> {
        ok(sample::groups())
    }
    fn audit(&self, _: AuditQuery) -> Answer<'_, Vec<AuditRow>> {
        ok(sample::audit())
    }
    refuse! {
        instance() -> Instance;
        put_connection(ConnectionRow, Actor, Timestamp) -> ();
        set_health(ConnectionId, Health, String, Timestamp) -> ();
        put_book(Book, Actor, Timestamp) -> ();
        put_rules(BookId, u32, RuleSet, Actor, Timestamp) -> u32;
        policy(BookId) -> Policy;
        put_policy(BookId, Policy, Actor, Timestamp) -> u32;
        put_facts(ConnectionId, LedgerFacts) -> ();
        facts(ConnectionId) -> Option<LedgerFacts>;
        arrive(Vec<Arrival>, Vec<bool>, Timestamp) -> Vec<Arrived>;
        to_derive(Option<BookId>, bool, u32) -> Vec<DocumentId>;
        around(DocumentId, Vec<String>, Vec<String>) -> Around;
        derived(Vec<(DocumentId, u64, Derived)>, Timestamp) -> Vec<DocumentId>;
        approve(Vec<ApproveOne>, Actor, Timestamp) -> Vec<(DocumentId, Result<(), StoreError>)>;
        act(DocumentId, u64, Act, Actor, Timestamp) -> State;
        hold_before_posting(DocumentId, u64, Vec<crate::model::Finding>, Timestamp) -> ();
        recalled(ConnectionId, String, Timestamp) -> ();
        postable(ConnectionId, Vec<DocumentId>, u32) -> Vec<Postable>;
        plan(Plan, Timestamp) -> Planned;
        record(i64, Vec<ItemOutcome>, Timestamp, Timestamp) -> ();
        recover(Timestamp) -> u64;
        in_doubt(ConnectionId, u32) -> Vec<(Intent, crate::model::Entry)>;
        looked_up(Vec<(i64, LookedUp)>, Timestamp) -> ();
        ours(ConnectionId) -> std::collections::BTreeSet<String>;
        outbox(ConnectionId, OutboxKind, Timestamp, u32) -> Vec<OutboxRow>;
        telling(Vec<i64>, Timestamp) -> ();
        pending_request(String) -> Option<RequestRow>;
        told(Vec<(i64, Told)>, Timestamp) -> ();
        next_due() -> Option<Timestamp>;
        ask(String, serde_json::Value, Actor, Timestamp) -> i64;
        next_request() -> Option<RequestRow>;
        answer(i64, serde_json::Value, Timestamp) -> ();
        request(i64) -> Option<RequestRow>;
        raise_epoch(String, Timestamp) -> u64;
        secret(ConnectionId, String) -> Option<Sealed>;
        rotate_secret(ConnectionId, String, u64, Sealed, Actor, Timestamp) -> ();
        wraps() -> Vec<Wrap>;
        put_wrap(Wrap, Actor, Timestamp) -> ();
        find(String) -> Vec<Row>;
        attention(Option<BookId>, Timestamp, u32) -> Vec<Attention>;
        verify_audit() -> Result<u64, (u64, String)>;
    }
}

pub struct FakeOffice {
    pub store: Arc<FakeStore>,
    pub changed: watch::Sender<u64>,
    pub progress: watch::Sender<Progress>,
    pub events: broadcast::Sender<Event>,
}

impl FakeOffice {
    pub fn with(rows: Vec<Row>) -> Self {
        Self {
            store: Arc::new(FakeStore { rows, pages: AtomicUsize::new(0), restless: AtomicBool::new(false) }),
            changed: watch::channel(0).0,
            progress: watch::channel(Progress::default()).0,
            events: broadcast::channel(8).0,
        }
    }
}

fn refused<'a, T: Send + 'a>() -> Fut<'a, Result<T, EngineError>> {
    Box::pin(std::future::ready(Err(EngineError::Refused("not in this \u{1b}[2Jtest".into()))))
}

impl Office for FakeOffice {
    fn store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }
    fn now(&self) -> Timestamp {
        sample::now()
    }
    fn actor(&self) -> Actor {
        sample::opened().actor
    }
    fn approve(
        &self,
        ones: Vec<ApproveOne>,
    ) -> Fut<'_, Result<Vec<(DocumentId, Result<(), StoreError>)>, EngineError>> {
        Box::pin(std::future::ready(Ok(ones.into_iter().map(|o| (o.id, Ok(()))).collect())))
    }
    fn act(&self, _: DocumentId, _: u64, _: Act) -> Fut<'_, Result<State, EngineError>> {
        Box::pin(std::future::ready(Ok(State::Held)))
    }
    fn set_rule(&self, _: BookId, _: Rule) -> Fut<'_, Result<Freed, EngineError>> {
        refused()
    }
    fn candidates(&self, _: BookId, _: Mend, _: String) -> Fut<'_, Result<Vec<Candidate>, EngineError>> {
        Box::pin(std::future::ready(Ok(vec![])))
    }
    fn preview(&self, ids: Vec<DocumentId>) -> Fut<'_, Result<BatchPreview, EngineError>> {
        Box::pin(std::future::ready(Ok(sample::preview(&ids, false))))
    }
    fn adopt(&self, _: DocumentId, _: String) -> Fut<'_, Result<State, EngineError>> {
        refused()
    }
    fn request_text(&self, _: DocumentId) -> Fut<'_, Result<String, EngineError>> {
        Box::pin(std::future::ready(Ok("POST".into())))
    }
    fn replay(&self, _: DocumentId, _: bool) -> Fut<'_, Result<String, EngineError>> {
        refused()
    }
    fn ask(&self, _: Ask) -> Fut<'_, Result<String, EngineError>> {
        Box::pin(std::future::ready(Ok("done".into())))
    }
    fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
    fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }
    fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
    fn environment(&self) -> String {
        "DEMO".into()
    }
}
