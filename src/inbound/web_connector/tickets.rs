//! Tickets and the visits behind them (contract 1.3, 1.4, 9): random, of one connection, ended after a silence, and
//! remembered for a day, so that an answer that comes late is still known as ours.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;

use crate::engine::visit::ticket;
use crate::model::ids::ConnectionId;
use crate::store::ConnectionRow;
use crate::vault::SealError;

/// A visit ends after this silence.
pub const SILENCE: Duration = Duration::from_mins(45);
/// A visit that was heard of within this time is not superseded.
pub const BUSY: Duration = Duration::from_mins(1);
/// How long a visit is remembered after its end.
const MEMORY: Duration = Duration::from_hours(24);
/// Ended visits that are remembered.
const REMEMBERED: usize = 4096;

/// Where a conversation stands. Held for the whole of a call: the calls of one visit come one after the other.
#[derive(Default)]
pub struct Talk {
    /// The first `sendRequestXML` came.
    pub greeted: bool,
    /// A message set is out.
    pub out: bool,
    /// A message set was handed out at some time.
    pub asked: bool,
    /// What the engine gave and nobody was there any more to take: it goes with the next call.
    pub kept: Option<Vec<u8>>,
    /// What the last answer was answered with.
    pub last: Option<i32>,
    /// The percentage, which never falls.
    pub percent: u8,
}

/// What is said about a visit.
struct Said {
    heard: Instant,
    ended: Option<Instant>,
    error: String,
    farewell: String,
    /// How long the caller was told to wait, in all.
    waited: Duration,
    /// How often QuickBooks was tried again.
    tries: u8,
}

/// One visit.
pub struct Session {
    /// Whose.
    pub row: ConnectionRow,
    /// Its number.
    pub visit: u64,
    /// Where the conversation stands.
    pub talk: Arc<tokio::sync::Mutex<Talk>>,
    said: Mutex<Said>,
}

impl Session {
    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `getLastError` answers.
    pub fn error(&self) -> String {
        self.said().error.clone()
    }

    /// Sets what `getLastError` answers.
    pub fn set_error(&self, text: impl Into<String>) {
        self.said().error = text.into();
    }

    /// What `closeConnection` answers.
    pub fn farewell(&self) -> String {
        self.said().farewell.clone()
    }

    /// Sets what `closeConnection` answers.
    pub fn set_farewell(&self, text: String) {
        self.said().farewell = text;
    }

    /// The caller is told to wait; how long it was in all.
    pub fn waits(&self, more: Duration) -> Duration {
        let mut said = self.said();
        said.waited += more;
        said.waited
    }

    /// How often QuickBooks was tried again.
    pub fn tries(&self) -> u8 {
        self.said().tries
    }

    /// QuickBooks is tried again.
    pub fn try_again(&self) {
        self.said().tries += 1;
    }

    /// Ends it. False: it had ended before.
    pub fn end(&self, now: Instant) -> bool {
        let mut said = self.said();
        let first = said.ended.is_none();
        said.ended.get_or_insert(now);
        first
    }

    /// Whether it goes on.
    pub fn is_open(&self) -> bool {
        self.said().ended.is_none()
    }

    /// Whether it was heard of a moment ago.
    pub fn is_busy(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.said().heard) < BUSY
    }
}

/// What a ticket stands for.
pub enum Found {
    /// An open visit; its silence begins anew.
    Open(Arc<Session>),
    /// A visit that is over.
    Over(Arc<Session>),
    /// Nothing that this process knows of: [`crate::engine::visit::ticket`] says whether it is ours all the same.
    Unknown,
}

/// The visits of this process.
#[derive(Default)]
pub struct Tickets(Mutex<HashMap<String, Arc<Session>>>);

impl Tickets {
    fn held(&self) -> MutexGuard<'_, HashMap<String, Arc<Session>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A ticket for a visit, sealed with what the connection's password is compared with.
    pub fn issue(
        &self,
        row: ConnectionRow,
        stored: &SecretString,
        visit: u64,
        now: Instant,
    ) -> Result<String, SealError> {
        let ticket = ticket::make(stored, &row.id)?;
        let said = Said {
            heard: now,
            ended: None,
            error: String::new(),
            farewell: String::new(),
            waited: Duration::ZERO,
            tries: 0,
        };
        let session = Session { row, visit, talk: Arc::default(), said: Mutex::new(said) };
        let mut held = self.held();
        if held.len() >= REMEMBERED
            && let Some(oldest) = oldest(&held)
        {
            held.remove(&oldest);
        }
        held.insert(ticket.clone(), Arc::new(session));
        Ok(ticket)
    }

    /// What stands behind a ticket.
    pub fn find(&self, ticket: &str, now: Instant) -> Found {
        let Some(session) = self.held().get(ticket.trim()).cloned() else { return Found::Unknown };
        let mut said = session.said();
        let silent = now.saturating_duration_since(said.heard) >= SILENCE;
        if said.ended.is_some() || silent {
            drop(said);
            return Found::Over(session);
        }
        said.heard = now;
        drop(said);
        Found::Open(session)
    }

    /// The visits of a connection that were not ended.
    pub fn of(&self, id: &ConnectionId) -> Vec<Arc<Session>> {
        self.held().values().filter(|s| s.row.id == *id && s.is_open()).cloned().collect()
    }

    /// The visits whose silence is over: each is given once, ended. What ended a day ago is forgotten.
    pub fn expire(&self, now: Instant) -> Vec<Arc<Session>> {
        let mut held = self.held();
        held.retain(|_, s| s.said().ended.is_none_or(|ended| now.saturating_duration_since(ended) < MEMORY));
        let silent = |s: &&Arc<Session>| now.saturating_duration_since(s.said().heard) >= SILENCE;
        held.values().filter(|s| s.is_open()).filter(silent).filter(|s| s.end(now)).cloned().collect()
    }

    /// Ends all visits.
    pub fn end_all(&self, now: Instant) -> Vec<Arc<Session>> {
        self.held().values().filter(|s| s.end(now)).cloned().collect()
    }
}

fn oldest(held: &HashMap<String, Arc<Session>>) -> Option<String> {
    let ended = held.iter().filter_map(|(t, s)| s.said().ended.map(|at| (at, t)));
    ended.min().map(|(_, t)| t.clone())
}
