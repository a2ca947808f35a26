//! One document in full, approvals, and what a person does to it.

use crate::model::entry::EntryKind;
use crate::model::entry::EntrySet;
use crate::model::entry::Slot;
use crate::model::ids::ConnectionId;
use crate::model::ids::DocumentId;
use crate::model::state::State;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::Serialize;

use crate::store::types::{Derived, Intent, OutboxRow, Row, Unreadable};

/// All that is known of one document.
#[derive(Debug, Clone)]
pub struct Card {
    /// Its row.
    pub row: Row,
    /// The connection it came from.
    pub connection: ConnectionId,
    /// Latest revision's hash.
    pub revision: String,
    /// Latest source bytes; empty once purged.
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes.
    pub sha256: String,
    /// Unreadable: where.
    pub unreadable: Option<Unreadable>,
    /// The latest derivation.
    pub derived: Option<Derived>,
    /// The approval in force.
    pub approval: Option<Approval>,
    /// Intents by slot.
    pub intents: Vec<Intent>,
    /// Acknowledged by the source: none asked, `asked`, `accepted`, or the refusal.
    pub acknowledged: Acknowledged,
    /// Held while approved: the approval stands.
    pub held_approved: bool,
    /// Outbox rows.
    pub outbox: Vec<OutboxRow>,
}

/// Whether the source has our acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acknowledged {
    /// Not asked: preview book, or not ours.
    No,
    /// In the outbox.
    Asked,
    /// Accepted: posting may begin.
    Accepted,
    /// Refused, with the code and text.
    Refused(String),
}

/// An approval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// Row id.
    pub id: i64,
    /// Document.
    pub document: DocumentId,
    /// Revision approved.
    pub revision: String,
    /// The frozen set.
    pub set: EntrySet,
    /// Its digest.
    pub digest: String,
    /// Who: a person, or `policy clean v1`.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A request to approve one document as it was seen.
#[derive(Debug, Clone)]
pub struct ApproveOne {
    /// Which.
    pub id: DocumentId,
    /// The version that the person saw.
    pub version: u64,
    /// The digest that the person saw.
    pub digest: String,
    /// A person accepts this delta by name.
    pub as_delta: bool,
}

/// What a person (or the engine) does to a document outside the posting protocol.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// approved -> ready
    Withdraw,
    /// -> held, with the reason; remembers whether the approval stands.
    Hold {
        /// Why.
        reason: String,
    },
    /// held -> approved if the approval stands, else derived again.
    Release,
    /// -> rejected; an acknowledged document sends `refuse` with the reason.
    Reject {
        /// What Concur and the employee will read.
        reason: String,
    },
    /// -> closed with a note; an acknowledged document sends `refuse`.
    Close {
        /// Note.
        note: String,
    },
    /// -> recalled
    Recall {
        /// What the source said.
        reason: String,
    },
    /// -> posted by adoption: every slot is linked to a record that is there.
    Adopt {
        /// The records: slot, kind, id, number, date.
        records: Vec<AdoptedRecord>,
    },
    /// failed -> derived again (ready or blocked), the approval is gone.
    Retry,
    /// needs_human: a person says how it goes on (approve the rest, failed, closed), with a note.
    Decide {
        /// Next state: approved, failed or closed.
        to: State,
        /// Note.
        note: String,
    },
}

/// A record that is linked by adoption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdoptedRecord {
    /// Slot.
    pub slot: Slot,
    /// Kind there.
    pub kind: EntryKind,
    /// Id.
    pub remote_id: String,
    /// Number.
    pub number: String,
    /// Date.
    pub date: Date,
}
