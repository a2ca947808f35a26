//! Clients by connection: built once, lazily, from the connection's row, its tuning and the vault.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::engine::EngineError;
use crate::model::ids::ConnectionId;
use crate::model::people::Actor;
use crate::store::ConnectionRow;
use crate::systems::{Limits, Lists, Push, Source, Subscriptions};
use crate::transport::Fut;
use crate::transport::mailbox::Mailbox;
use crate::transport::pace::PaceHealth;

/// What this machine says about one connection (config.toml; interface.md, "Home").
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tuning {
    /// Where the API is reached.
    pub base_url: Option<String>,
    /// Where tokens come from.
    pub token_url: Option<String>,
    /// Share of the published rate in percent; `None`: 97; `Some(None)`: off.
    pub pace: Option<Option<u8>>,
    /// How long after the last byte sent a look-up may prove absence.
    pub settle: Option<Duration>,
    /// Time between two such look-ups.
    pub lookup_gap: Option<Duration>,
    /// Pause after a real time-out.
    pub timeout_pause: Option<Duration>,
    /// How long one request may take.
    pub request_timeout: Option<Duration>,
}

/// Builds clients. Life and simulation differ in it alone.
pub trait Connector: Send + Sync {
    /// The connection as a source of documents.
    fn source(&self, row: &ConnectionRow) -> Result<Arc<dyn Source>, EngineError>;
    /// The connection as a ledger that is called.
    fn push(&self, row: &ConnectionRow) -> Result<Arc<dyn Push>, EngineError>;
    /// The connection's reference data, to be read in full and written.
    fn lists(&self, row: &ConnectionRow) -> Result<Arc<dyn Lists>, EngineError> {
        Err(EngineError::Refused(format!("{} has no lists that can be written", row.id)))
    }
    /// The connection's subscriptions to events.
    fn subscriptions(&self, row: &ConnectionRow) -> Result<Arc<dyn Subscriptions>, EngineError> {
        Err(EngineError::Refused(format!("{} sends no events that can be subscribed to", row.id)))
    }
    /// A secret of a connection, by the name of its field.
    fn secret(
        &self,
        id: &ConnectionId,
        field: &'static str,
    ) -> Fut<'_, Result<Option<secrecy::SecretString>, EngineError>> {
        let _ = (id, field);
        Box::pin(async { Ok(None) })
    }
    /// Puts a secret in its field, and the one that it replaces in the field `before`.
    fn replace_secret(
        &self,
        id: &ConnectionId,
        field: &'static str,
        before: &'static str,
        secret: secrecy::SecretString,
        by: Actor,
    ) -> Fut<'_, Result<(), EngineError>> {
        let _ = (id, field, before, secret, by);
        Box::pin(async { Err(EngineError::Refused("there is no vault here".into())) })
    }
    /// Where requests to a connection wait whose system calls us; none: nothing of that kind is wired here.
    fn mailbox(&self, id: &ConnectionId) -> Option<Arc<Mailbox>> {
        let _ = id;
        None
    }
    /// The tuning of a connection.
    fn tuning(&self, id: &ConnectionId) -> Tuning;
    /// When the sign-in of a connection ends, as far as this process knows.
    fn sign_in_ends(&self, id: &ConnectionId) -> Option<Timestamp> {
        let _ = id;
        None
    }
    /// Whether the breaker of a connection lets nothing but probes out.
    fn breaker_open(&self, id: &ConnectionId) -> bool {
        let _ = id;
        false
    }
    /// The pace of a connection's calls; none: this process made no call.
    fn pace(&self, id: &ConnectionId) -> Option<PaceHealth> {
        let _ = id;
        None
    }
}

/// Clients by connection, with the settings that they were built from: a changed connection gets a new one.
type Held<C> = HashMap<ConnectionId, (serde_json::Value, Arc<C>)>;

/// The clients of one process.
pub struct Wires {
    connector: Arc<dyn Connector>,
    sources: Mutex<Held<dyn Source>>,
    pushes: Mutex<Held<dyn Push>>,
}

impl Wires {
    /// Over a connector.
    pub fn new(connector: Arc<dyn Connector>) -> Self {
        Self { connector, sources: Mutex::default(), pushes: Mutex::default() }
    }

    /// The source behind a connection.
    pub fn source(&self, row: &ConnectionRow) -> Result<Arc<dyn Source>, EngineError> {
        let mut held = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, s)) = held.get(&row.id).filter(|(from, _)| *from == row.settings) {
            return Ok(s.clone());
        }
        let made = self.connector.source(row)?;
        held.insert(row.id.clone(), (row.settings.clone(), made.clone()));
        Ok(made)
    }

    /// The ledger behind a connection.
    pub fn push(&self, row: &ConnectionRow) -> Result<Arc<dyn Push>, EngineError> {
        let mut held = self.pushes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, p)) = held.get(&row.id).filter(|(from, _)| *from == row.settings) {
            return Ok(p.clone());
        }
        let made = self.connector.push(row)?;
        held.insert(row.id.clone(), (row.settings.clone(), made.clone()));
        Ok(made)
    }

    /// Where requests to a connection wait whose system calls us.
    pub fn mailbox(&self, id: &ConnectionId) -> Option<Arc<Mailbox>> {
        self.connector.mailbox(id)
    }

    /// The reference data behind a connection, to be read in full and written. Rarely used: built each time.
    pub fn lists(&self, row: &ConnectionRow) -> Result<Arc<dyn Lists>, EngineError> {
        self.connector.lists(row)
    }

    /// The subscriptions behind a connection.
    pub fn subscriptions(&self, row: &ConnectionRow) -> Result<Arc<dyn Subscriptions>, EngineError> {
        self.connector.subscriptions(row)
    }

    /// When the sign-in of a connection ends, as far as this process knows.
    pub fn sign_in_ends(&self, id: &ConnectionId) -> Option<Timestamp> {
        self.connector.sign_in_ends(id)
    }

    /// Whether the breaker of a connection lets nothing but probes out.
    pub fn breaker_open(&self, id: &ConnectionId) -> bool {
        self.connector.breaker_open(id)
    }

    /// The pace of a connection's calls; none: this process made no call.
    pub fn pace(&self, id: &ConnectionId) -> Option<PaceHealth> {
        self.connector.pace(id)
    }

    /// A secret of a connection, by the name of its field.
    pub fn secret(
        &self,
        id: &ConnectionId,
        field: &'static str,
    ) -> Fut<'_, Result<Option<secrecy::SecretString>, EngineError>> {
        self.connector.secret(id, field)
    }

    /// Puts a secret in its field, and the one that it replaces in the field `before`.
    pub fn replace_secret(
        &self,
        id: &ConnectionId,
        field: &'static str,
        before: &'static str,
        secret: secrecy::SecretString,
        by: Actor,
    ) -> Fut<'_, Result<(), EngineError>> {
        self.connector.replace_secret(id, field, before, secret, by)
    }

    /// A ledger's limits with this machine's waiting times.
    pub fn limits(&self, id: &ConnectionId, push: &dyn Push) -> Limits {
        let tuning = self.connector.tuning(id);
        let own = push.limits();
        Limits {
            settle: tuning.settle.unwrap_or(own.settle),
            lookup_gap: tuning.lookup_gap.unwrap_or(own.lookup_gap),
            ..own
        }
    }

    /// The pause after a real time-out (Concur: five minutes).
    pub fn timeout_pause(&self, id: &ConnectionId) -> Duration {
        self.connector.tuning(id).timeout_pause.unwrap_or(Duration::from_mins(5))
    }
}
