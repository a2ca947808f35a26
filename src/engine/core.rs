//! What the engine's parts share: store, clock, clients, events, progress.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;
use tokio::sync::{broadcast, watch};

use crate::engine::hints::{Hints, Listener};
use crate::engine::wiring::Wires;
use crate::engine::{EngineError, Event, Progress, What};
use crate::model::book::Book;
use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::model::ledger::RecentRecord;
use crate::model::{Clock, LedgerFacts};
use crate::store::{ConnectionRow, Health, Store};
use crate::systems::CallError;

/// Shared by all parts of the engine, and by the desk of every process.
pub struct Core {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The business clock.
    pub clock: Arc<dyn Clock>,
    /// The clients.
    pub wires: Wires,
    /// Facts.
    pub events: broadcast::Sender<Event>,
    /// Progress.
    pub progress: watch::Sender<Progress>,
    /// A stop of the posting run was asked for.
    pub stop: AtomicBool,
    /// Rises when the store changed, by whichever process.
    pub changed: watch::Sender<u64>,
    /// Wakes the engine of this process: a request was left, or a document approved.
    pub wake: tokio::sync::Notify,
    /// What events hinted at.
    pub hints: Hints,
    /// What listens while this process holds the engine.
    pub listener: OnceLock<Arc<dyn Listener>>,
    /// What fetches saw, for the control totals.
    pub ledgering: crate::engine::totals::Ledgering,
    /// What the engine does now.
    pub(crate) account: crate::engine::activity::Account,
    /// What this process said and tried before.
    pub(crate) memory: crate::engine::memory::Memory,
    /// Visits of ledgers that call us.
    pub(crate) visiting: crate::engine::visit::Visiting,
    facts: Mutex<HashMap<ConnectionId, Arc<LedgerFacts>>>,
    posting_paused: Mutex<HashMap<ConnectionId, String>>,
    /// When each system's answers were noted last.
    contacts: Mutex<HashMap<ConnectionId, Timestamp>>,
}

impl Core {
    /// Over a store, a clock and clients.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, wires: Wires) -> Arc<Self> {
        let (events, _) = broadcast::channel(1024);
        let (progress, _) = watch::channel(Progress::default());
        let (changed, _) = watch::channel(0);
        Arc::new(Self {
            store,
            clock,
            wires,
            events,
            progress,
            stop: AtomicBool::new(false),
            changed,
            wake: tokio::sync::Notify::new(),
            hints: Hints::default(),
            listener: OnceLock::new(),
            ledgering: crate::engine::totals::Ledgering::default(),
            account: crate::engine::activity::Account::default(),
            memory: crate::engine::memory::Memory::default(),
            visiting: crate::engine::visit::Visiting::default(),
            facts: Mutex::default(),
            posting_paused: Mutex::default(),
            contacts: Mutex::default(),
        })
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Says what happened. Nobody listening is fine: the audit trail has it.
    pub fn tell(
        &self,
        event: What,
        book: Option<&BookId>,
        document: Option<(DocumentId, &str)>,
        text: String,
    ) {
        tracing::info!(event = ?event, book = book.map(BookId::as_str), document = document.map(|d| d.0.to_string()), "{text}");
        let (id, number) = document.map_or((None, String::new()), |(d, n)| (Some(d), n.to_string()));
        let _ = self.events.send(Event {
            time: self.now(),
            event,
            book: book.cloned(),
            document: id,
            number,
            text,
        });
    }

    /// Alarms about a document, once for each reason in the life of this process.
    pub fn alarm_once(&self, id: DocumentId, text: String) {
        if self.memory.alarms(id, &text) {
            self.tell(What::Alarm, None, Some((id, "")), text);
        }
    }

    /// Something changed here: screens look again.
    pub fn touch(&self) {
        self.changed.send_modify(|n| *n += 1);
    }

    /// Whether a stop was asked for.
    pub fn stopping(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Too many equal refusals: posting to this ledger rests until a person asks for it, or the ledger's lists change.
    pub fn pause_posting(&self, id: &ConnectionId, why: String) {
        self.posting_paused.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), why);
    }

    /// Posting goes on: to one ledger, or to all.
    pub fn resume_posting(&self, id: Option<&ConnectionId>) {
        let mut paused = self.posting_paused.lock().unwrap_or_else(PoisonError::into_inner);
        match id {
            Some(id) => drop(paused.remove(id)),
            None => paused.clear(),
        }
    }

    /// Why posting to this ledger rests.
    pub fn posting_pause(&self, id: &ConnectionId) -> Option<String> {
        self.posting_paused.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// A connection's row.
    pub async fn connection(&self, id: &ConnectionId) -> Result<ConnectionRow, EngineError> {
        let rows = self.store.connections().await?;
        rows.into_iter()
            .find(|r| r.id == *id)
            .ok_or_else(|| EngineError::Refused(format!("there is no connection {id}")))
    }

    /// A book.
    pub async fn book(&self, id: &BookId) -> Result<Book, EngineError> {
        let books = self.store.books().await?;
        books
            .into_iter()
            .find(|b| b.id == *id)
            .ok_or_else(|| EngineError::Refused(format!("there is no book {id}")))
    }

    /// A ledger's cached reference data, from memory when it is the newest.
    pub async fn facts(&self, ledger: &ConnectionId) -> Result<Option<Arc<LedgerFacts>>, EngineError> {
        if let Some(f) = self.facts.lock().unwrap_or_else(PoisonError::into_inner).get(ledger) {
            return Ok(Some(f.clone()));
        }
        let read = self.store.facts(ledger.clone()).await?.map(Arc::new);
        if let Some(f) = &read {
            self.facts.lock().unwrap_or_else(PoisonError::into_inner).insert(ledger.clone(), f.clone());
        }
        Ok(read)
    }

    /// Forgets the facts in memory: another process may have read newer ones.
    pub fn forget_facts(&self) {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Reads a ledger's reference data and keeps it. The answer says whether anything in it changed.
    pub async fn read_ledger(&self, row: &ConnectionRow) -> Result<bool, EngineError> {
        let push = self.wires.push(row)?;
        let before = self.facts(&row.id).await?;
        let now = self.now();
        let read = push.facts(before.as_deref().cloned(), now).await;
        let facts = self.heard(row, read).await?.indexed();
        let changed = before.is_none_or(|b| {
            let mut b = (*b).clone();
            b.read_at = facts.read_at;
            b != facts
        });
        self.is_company(row, &facts.company.id).await?;
        if changed {
            self.resume_posting(Some(&row.id));
        }
        self.keep_facts(row, facts).await?;
        Ok(changed)
    }

    /// Keeps reference data in the store and in memory.
    pub(crate) async fn keep_facts(
        &self,
        row: &ConnectionRow,
        facts: LedgerFacts,
    ) -> Result<(), EngineError> {
        self.store.put_facts(row.id.clone(), facts.clone()).await?;
        self.facts.lock().unwrap_or_else(PoisonError::into_inner).insert(row.id.clone(), Arc::new(facts));
        Ok(())
    }

    /// Keeps records that a look-up saw among the recent ones, so that a person can link one of them.
    pub(crate) async fn remember(
        &self,
        row: &ConnectionRow,
        seen: Vec<RecentRecord>,
    ) -> Result<(), EngineError> {
        let Some(before) = self.facts(&row.id).await? else { return Ok(()) };
        let new: Vec<RecentRecord> = seen.into_iter().filter(|r| !before.recent.contains(r)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let mut facts = (*before).clone();
        for r in new {
            facts.recent.retain(|old| (old.kind, &old.id) != (r.kind, &r.id));
            facts.recent.push(r);
        }
        self.keep_facts(row, facts.indexed()).await
    }

    /// A connection that answers is well, unless its sign-in ends soon.
    fn sign_in_health(&self, id: &ConnectionId, now: Timestamp) -> (Health, String) {
        let ends = self.wires.sign_in_ends(id);
        match ends.and_then(|at| crate::engine::connect::warning(id, at, now)) {
            Some(why) => (Health::Expiring, why),
            None => (Health::Ok, String::new()),
        }
    }

    /// Notes that a system answered, at most once a minute. A note that cannot be kept stops nothing.
    async fn contacted(&self, id: &ConnectionId, now: Timestamp) {
        {
            let mut contacts = self.contacts.lock().unwrap_or_else(PoisonError::into_inner);
            let soon = |at: &Timestamp| now.duration_since(*at).abs() < jiff::SignedDuration::from_mins(1);
            if contacts.get(id).is_some_and(soon) {
                return;
            }
            contacts.insert(id.clone(), now);
        }
        if let Err(error) = self.store.put_contact(id.clone(), now).await {
            tracing::debug!(connection = %id, %error, "the last contact could not be noted");
        }
    }

    /// Compares who answers with whom the connection was made for.
    pub async fn is_company(&self, row: &ConnectionRow, answers: &str) -> Result<(), EngineError> {
        if answers.eq_ignore_ascii_case(&row.company) {
            return self.right_company(row).await;
        }
        let why = format!("{} answers as company {answers}, not {}", row.id, row.company);
        self.store.set_health(row.id.clone(), Health::WrongCompany, why.clone(), self.now()).await?;
        Err(EngineError::of_system(row, CallError::WrongCompany(why)))
    }

    /// The company was seen to be the right one: a guard that an answer of another company raised comes down.
    pub async fn right_company(&self, row: &ConnectionRow) -> Result<(), EngineError> {
        if row.health == Health::WrongCompany {
            self.store.set_health(row.id.clone(), Health::Ok, String::new(), self.now()).await?;
        }
        Ok(())
    }

    /// Turns a call's result into the connection's health: a connection's trouble moves no document.
    pub async fn heard<T>(
        &self,
        row: &ConnectionRow,
        result: Result<T, CallError>,
    ) -> Result<T, EngineError> {
        let now = self.now();
        if !matches!(result, Err(CallError::Offline { .. })) {
            self.contacted(&row.id, now).await;
        }
        match result {
            // whose company it is has to be seen first: nothing but that ends this
            Ok(v) if row.health == Health::WrongCompany => Ok(v),
            Ok(v) => {
                // that it answers does not end a pause that refusals brought
                let (health, why) = match self.posting_pause(&row.id) {
                    Some(why) => (Health::Paused, why),
                    None => self.sign_in_health(&row.id, now),
                };
                self.store.set_health(row.id.clone(), health, why, now).await?;
                Ok(v)
            }
            Err(error) => {
                let health = match health_of(&error) {
                    Health::Offline if self.wires.breaker_open(&row.id) => Health::BreakerOpen,
                    other => other,
                };
                self.failed(&row.id, &error.to_string());
                self.store.set_health(row.id.clone(), health, error.to_string(), now).await?;
                self.tell(What::Connection, None, None, format!("{}: {error}", row.id));
                Err(EngineError::of_system(row, error))
            }
        }
    }
}

/// What an error says about the connection.
fn health_of(error: &CallError) -> Health {
    match error {
        CallError::Reauthorise(_) => Health::Reauthorise,
        CallError::WrongCompany(_) => Health::WrongCompany,
        CallError::Throttled(_) => Health::Throttled,
        CallError::Offline { .. } => Health::Offline,
        // an answer that we do not understand, or a refusal of the call itself: a person has to look
        CallError::Shape(_) | CallError::Refused(_) => Health::Paused,
    }
}
