//! What the source is told, requests to the holder of the engine, sealed secrets.

use crate::model::DocumentKind;
use crate::model::ids::{ConnectionId, DocumentId};
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

/// What the source has to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxKind {
    /// We have it.
    Acknowledge,
    /// It is in the ledger.
    Confirm,
    /// A person turned it down.
    Refuse,
}

impl OutboxKind {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            OutboxKind::Acknowledge => "acknowledge",
            OutboxKind::Confirm => "confirm",
            OutboxKind::Refuse => "refuse",
        }
    }
}

/// A row of the outbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Row id.
    pub id: i64,
    /// Kind.
    pub kind: OutboxKind,
    /// Document.
    pub document: DocumentId,
    /// The source's id of the document.
    pub source_id: String,
    /// Its kind.
    pub document_kind: DocumentKind,
    /// What is to be told (confirm: records with number, date, remote id; refuse: reason).
    pub payload: serde_json::Value,
    /// Sent and accepted.
    pub done: bool,
    /// Attempts.
    pub attempts: u32,
    /// Not before.
    pub due_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// Last refusal, for people.
    pub detail: String,
}

/// The source's answer to one outbox row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Accepted.
    Accepted,
    /// Try again at this time; nothing is known to be wrong with the document.
    Later {
        /// When.
        at: Timestamp,
        /// Why.
        why: String,
    },
    /// Recalled in the source (acknowledge 102: `recalled`; confirm 112: `confirm_failed`).
    Recalled,
    /// Another consumer has it (acknowledge 101): blocks.
    Taken {
        /// By whom, for display.
        by: String,
    },
    /// Refused for good: a person.
    Refused {
        /// Code and text.
        why: String,
    },
}

/// A request of another process to the holder of the engine lock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequestRow {
    /// Row id.
    pub id: i64,
    /// `fetch`, `post`, `retry`, `test`
    pub kind: String,
    /// Book, documents …
    pub args: serde_json::Value,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// Answer, once given.
    pub answer: Option<serde_json::Value>,
}

/// A sealed secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Rises with each rotation.
    pub generation: u64,
    /// Nonce.
    pub nonce: Vec<u8>,
    /// Ciphertext.
    pub ciphertext: Vec<u8>,
}

/// The vault's data key, wrapped one way (`keyring`, `key_file`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrap {
    /// Way.
    pub way: String,
    /// Nonce.
    pub nonce: Vec<u8>,
    /// Wrapped key.
    pub ciphertext: Vec<u8>,
}

/// A secret that is sealed again under a new data key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resealed {
    /// Connection.
    pub connection: ConnectionId,
    /// Field.
    pub field: String,
    /// The generation that was read.
    pub expected: u64,
    /// What takes its place.
    pub sealed: Sealed,
}

/// A new data key of the vault: all secrets and all wraps at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rekey {
    /// The wraps that were read.
    pub expected: Vec<Wrap>,
    /// All secrets.
    pub secrets: Vec<Resealed>,
    /// The wraps from now on.
    pub wraps: Vec<Wrap>,
}
