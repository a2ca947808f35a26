//! Intents, calls, outcomes and look-ups (reliability.md, section 4).

use crate::model::DocumentKind;
use crate::model::entry::EntryKind;
use crate::model::entry::Slot;
use crate::model::ids::BookId;
use crate::model::ids::ConnectionId;
use crate::model::ids::DocumentId;
use crate::model::intent::IntentState;
use crate::model::intent::Outcome;
use crate::model::reference::Reference;
use crate::model::state::State;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::Serialize;

use crate::store::types::Approval;

/// An intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Row id.
    pub id: i64,
    /// Document.
    pub document: DocumentId,
    /// Ledger connection.
    pub ledger: ConnectionId,
    /// Slot.
    pub slot: Slot,
    /// Kind of record.
    pub kind: EntryKind,
    /// Reference.
    pub reference: Reference,
    /// Rises when the payload changes.
    pub generation: u32,
    /// Key of the call that carries it (`requestid`).
    pub request_key: String,
    /// Key of the item within it.
    pub item_key: String,
    /// Terms of the look-up, as the target's `lookup_plan` understands them.
    pub lookup: serde_json::Value,
    /// SHA-256 of the item's prepared bytes.
    pub payload_hash: String,
    /// Where it stands.
    pub state: IntentState,
    /// Remote id, written once.
    pub remote_id: String,
    /// Number in the ledger.
    pub number: String,
    /// When the last byte of the last call was sent.
    pub sent_at: Option<Timestamp>,
    /// Valid negative look-ups since then, and when the last one was.
    pub negatives: u32,
    /// When the last negative look-up was.
    pub negative_at: Option<Timestamp>,
    /// Its outcome was unknown once, and nothing newer was planned since.
    pub doubted: bool,
    /// Sending the same again cannot tell: one more look-up, then a person decides.
    pub lost: bool,
    /// It was not found and goes again with the same bytes: until its outcome is recorded the ledger may hold it.
    pub replay: bool,
    /// The record was linked, not made.
    pub adopted: bool,
    /// Last refusal or doubt, for people.
    pub detail: String,
    /// Posting date of the record.
    pub date: Date,
}

/// An intent to be written before its call.
#[derive(Debug, Clone)]
pub struct NewIntent {
    /// Slot.
    pub slot: Slot,
    /// Kind.
    pub kind: EntryKind,
    /// Reference.
    pub reference: Reference,
    /// Generation.
    pub generation: u32,
    /// Item key.
    pub item_key: String,
    /// Look-up terms.
    pub lookup: serde_json::Value,
    /// SHA-256 of the item's bytes.
    pub payload_hash: String,
    /// Posting date of the record.
    pub date: Date,
    /// Whether this call carries it; else it stays planned for a later one.
    pub in_this_call: bool,
}

/// One document of a planned call: `approved -> posting`, or already posting with intents left.
#[derive(Debug, Clone)]
pub struct PlanDocument {
    /// Which.
    pub id: DocumentId,
    /// Expected version.
    pub version: u64,
    /// All intents of the set. Those that exist keep their reference, keys and remote id.
    pub intents: Vec<NewIntent>,
}

/// A call about to be made: one commit before the first byte.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Ledger connection.
    pub ledger: ConnectionId,
    /// `requestid`
    pub request_key: String,
    /// Exact bytes of the body.
    pub bytes: Vec<u8>,
    /// Documents.
    pub documents: Vec<PlanDocument>,
    /// Fencing token of the engine lock.
    pub epoch: u64,
}

/// A call that was planned.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Batch id.
    pub batch: i64,
    /// Its intents, in the order of the members.
    pub intents: Vec<Intent>,
}

/// The outcome of one item.
#[derive(Debug, Clone)]
pub struct ItemOutcome {
    /// Intent.
    pub intent: i64,
    /// Outcome.
    pub outcome: Outcome,
}

/// The result of looking one intent up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookedUp {
    /// Found, verified equal.
    Found {
        /// Id.
        id: String,
        /// Number.
        number: String,
    },
    /// Found, but amount, party or date differ, or there are two: a person decides.
    Different {
        /// What differs.
        why: String,
    },
    /// A complete look-up did not find it. `proved`: the conditions of reliability.md 4.4 are met with this one.
    Absent {
        /// The intent goes back to `planned`.
        proved: bool,
    },
    /// A complete look-up did not find it, and the ledger answers the identical call with what became of it, or carries
    /// it out now (QuickBooks Desktop: contract 6.2): it goes again with the same bytes under the same key.
    Replay,
}

/// A document ready for a posting call.
#[derive(Debug, Clone)]
pub struct Postable {
    /// Id.
    pub id: DocumentId,
    /// Version.
    pub version: u64,
    /// approved, or posting with intents left.
    pub state: State,
    /// Book.
    pub book: BookId,
    /// The source's id.
    pub source_id: String,
    /// Kind.
    pub kind: DocumentKind,
    /// The approval in force.
    pub approval: Approval,
    /// Intents that exist already.
    pub intents: Vec<Intent>,
}
