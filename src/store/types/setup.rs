//! The store itself: errors, the instance, connections and their health.

use crate::model::ids::ConnectionId;
use crate::model::state::State;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The document changed since it was read: read again, decide again.
    #[error("the document changed meanwhile: expected {expected}, found {found}")]
    Stale {
        /// State and version that the caller saw.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A move that the state table does not have: logged, audited, the row untouched.
    #[error("a document cannot go from {from} to {to}")]
    IllegalMove {
        /// From.
        from: State,
        /// To.
        to: State,
    },
    /// A rule of the firm forbids it; the sentence says which and what to do.
    #[error("{0}")]
    Refused(String),
    /// Nothing under this id or name.
    #[error("there is no {0}")]
    Missing(String),
    /// The store was written by a newer version, or is older than this SQLite allows.
    #[error("the store cannot be used: {0}")]
    Unusable(String),
    /// The database failed. A failed write is fatal: stop posting, end the process.
    #[error("the store failed: {0}")]
    Fatal(String),
}

impl StoreError {
    /// What [`StoreError::Stale`] expected where the latest revision was not checked yet.
    pub const UNCHECKED: &str = "a check of the latest revision";
}

/// The store's own facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Random id, bound into the audit chain's genesis row.
    pub id: String,
    /// `real`, `sandbox` or `demo`.
    pub kind: String,
    /// The single person of single-person mode, with their employee number.
    pub single_person: Option<(String, Option<String>)>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Health of a connection (interface.md, "JSON").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Works.
    Ok,
    /// A token or certificate ends soon.
    Expiring,
    /// The quota answers.
    Throttled,
    /// Paused by a person, or by 20 equal refusals in a row.
    Paused,
    /// Cannot be reached.
    Offline,
    /// Too many failures: probing.
    BreakerOpen,
    /// A person has to sign in again.
    Reauthorise,
    /// Another company answers.
    WrongCompany,
}

impl Health {
    /// All.
    pub const ALL: [Health; 8] = [
        Health::Ok,
        Health::Expiring,
        Health::Throttled,
        Health::Paused,
        Health::Offline,
        Health::BreakerOpen,
        Health::Reauthorise,
        Health::WrongCompany,
    ];

    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Health::Ok => "ok",
            Health::Expiring => "expiring",
            Health::Throttled => "throttled",
            Health::Paused => "paused",
            Health::Offline => "offline",
            Health::BreakerOpen => "breaker_open",
            Health::Reauthorise => "reauthorise",
            Health::WrongCompany => "wrong_company",
        }
    }

    /// Nothing works until a person acts: exit code 3.
    pub fn needs_person(self) -> bool {
        matches!(self, Health::Reauthorise | Health::WrongCompany)
    }
}

/// A connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectionRow {
    /// Its name.
    pub id: ConnectionId,
    /// `concur`, `quickbooks_online` …
    pub system: String,
    /// Remote company id: company UUID, realm.
    pub company: String,
    /// What tells the company apart from any other; never changes.
    pub fingerprint: String,
    /// The name that we carry at the source (Concur's `systemId`), fixed at connect.
    pub system_id: String,
    /// Settings that the system's folder understands (region, addresses learned), no secrets.
    pub settings: serde_json::Value,
    /// Health.
    pub health: Health,
    /// Why it is not ok.
    pub health_reason: String,
    /// Since when.
    pub health_since: Timestamp,
}
