//! What the store's operations take and give.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::DocumentKind;
use crate::model::entry::{EntryKind, EntrySet, Slot};
use crate::model::finding::{Finding, FindingCode};
use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::model::intent::{IntentState, Outcome};
use crate::model::money::Currency;
use crate::model::reference::Reference;
use crate::model::state::State;

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

/// A document that a source delivered.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// From where.
    pub connection: ConnectionId,
    /// The book that owns it, by the routing rules; none: `no_book`.
    pub book: Option<BookId>,
    /// Its kind.
    pub kind: DocumentKind,
    /// The source's id.
    pub source_id: String,
    /// Verbatim.
    pub bytes: Vec<u8>,
    /// Hash of what is material (reliability.md, section 1); of the bytes when unreadable.
    pub revision: String,
    /// What was read, or where reading failed.
    pub header: Result<ArrivalHeader, Unreadable>,
    /// The source's word for its status (`READY`).
    pub source_status: String,
}

/// Where and why a payload could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// Path of the field: `expenseEntry[0].allocation[0].journal[0].amountGross`.
    pub path: String,
    /// What was wrong.
    pub message: String,
    /// Number, when it could be read.
    pub number: String,
}

/// What of a readable document the list needs before it is derived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrivalHeader {
    /// Business id.
    pub family: String,
    /// Number for people.
    pub number: String,
    /// Title.
    pub title: String,
    /// Employee number or vendor code.
    pub payee_code: String,
    /// The payee is an employee.
    pub payee_is_employee: bool,
    /// Name.
    pub payee: String,
    /// Currency.
    pub currency: Currency,
    /// Approved amount in minor units.
    pub minor: i64,
    /// Keys for look-alikes (`mapping::duplicate_keys`).
    pub duplicate_keys: Vec<String>,
    /// The source says that it holds only the differences to a posted document (Concur: `revisionNumber` above 1).
    pub delta: bool,
}

/// What became of an arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrived {
    /// A new document, `stored` or `unreadable`.
    New(DocumentId),
    /// Known, same revision: counted, nothing changed.
    Known(DocumentId),
    /// A new revision before posting: derive again; an approval was taken back.
    Revised(DocumentId),
    /// A new revision after posting began: kept, `changed_after_posting`; nothing else changes.
    RevisedLater(DocumentId),
}

/// The result of deriving, as the store keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Derived {
    /// Source revision that was derived.
    pub revision: String,
    /// Version of the rules that were used.
    pub rules_version: u32,
    /// The entry set.
    pub set: EntrySet,
    /// Digest of the set for the ledger; empty when it has none (nothing to post, or not exact).
    pub digest: String,
    /// Findings.
    pub findings: Vec<Finding>,
    /// What was verified: (fine, sentence).
    pub checks: Vec<(bool, String)>,
    /// Where it should stand: ready, blocked or held.
    pub state: State,
    /// Posting date.
    pub posting_date: Option<Date>,
    /// Posting date before any move.
    pub original_date: Option<Date>,
    /// Payee as the list shows it.
    pub payee: String,
    /// What would be posted: `bill + 2 card`, `adopt`, `nothing`.
    pub will_post: String,
    /// Cost centre codes, joined.
    pub cost_centres: String,
    /// Receipts: have, of.
    pub receipts: (u16, u16),
    /// Who pays, in a word.
    pub who_pays: String,
    /// What Concur pays once confirmed, minor units.
    pub concur_pays: i64,
}

/// A row of the queue, formatted by the screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Id.
    pub id: DocumentId,
    /// Version for compare-and-set.
    pub version: u64,
    /// Book.
    pub book: Option<BookId>,
    /// Kind.
    pub kind: DocumentKind,
    /// State.
    pub state: State,
    /// The source's id.
    pub source_id: String,
    /// Business id.
    pub family: String,
    /// Number.
    pub number: String,
    /// Title.
    pub title: String,
    /// Payee.
    pub payee: String,
    /// Employee number or vendor code.
    pub payee_code: String,
    /// Posting date.
    pub posting_date: Option<Date>,
    /// Currency; none for what is unreadable.
    pub currency: Option<Currency>,
    /// Approved amount in minor units; none for what is unreadable.
    pub minor: Option<i64>,
    /// What would be posted.
    pub will_post: String,
    /// The first finding, blocking ones before warnings.
    pub finding: Option<FindingCode>,
    /// Its brief text.
    pub finding_brief: String,
    /// How many findings there are.
    pub findings: u32,
    /// Why it waits: `QuickBooks offline 3 h`, a hold's reason, an unreadable field.
    pub reason: String,
    /// Revisions seen.
    pub revisions: u32,
    /// Cost centres.
    pub cost_centres: String,
    /// Receipts.
    pub receipts: (u16, u16),
    /// Arrived.
    pub arrived_at: Timestamp,
    /// Last change.
    pub changed_at: Timestamp,
    /// The ledger's number of the first record, once posted.
    pub ledger_number: String,
    /// What Concur pays once confirmed, minor units.
    pub concur_pays: i64,
}

/// Columns to sort the queue by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Sort {
    /// Posting date.
    #[default]
    PostingDate,
    /// Approved amount.
    Amount,
    /// Payee.
    Payee,
    /// Number.
    Number,
    /// State.
    State,
    /// Arrival.
    Arrived,
}

/// A page of the queue, by key.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Book; none: all.
    pub book: Option<BookId>,
    /// States; empty: all.
    pub states: Vec<State>,
    /// Words that payee, number, title, state, finding or reason must contain (every one of them).
    pub search: Vec<String>,
    /// Only documents with this finding and value.
    pub finding: Option<(FindingCode, String)>,
    /// Sort column.
    pub sort: Sort,
    /// Descending.
    pub descending: bool,
    /// Continue after this row (its sort key is looked up), or before it when `backwards`.
    pub from: Option<DocumentId>,
    /// Read towards the start.
    pub backwards: bool,
    /// At most this many.
    pub limit: u32,
}

/// A page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Rows in display order.
    pub rows: Vec<Row>,
    /// There are more in the direction of reading.
    pub more: bool,
}

/// One row of the totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// Book.
    pub book: Option<BookId>,
    /// State.
    pub state: State,
    /// Currency; none: documents without an amount.
    pub currency: Option<Currency>,
    /// Documents.
    pub count: u64,
    /// Minor units.
    pub minor: i64,
}

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

/// A group of one finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingGroup {
    /// Code.
    pub code: FindingCode,
    /// Value.
    pub value: String,
    /// Brief of one of them.
    pub brief: String,
    /// Documents.
    pub count: u64,
    /// Sums by currency.
    pub sums: Vec<(Currency, i64)>,
}

/// One audit event, decoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Gapless.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// How they came.
    pub via: String,
    /// What: `approved`, `posted`, `rule_set` …
    pub action: String,
    /// On what: document id, book, connection.
    pub subject: String,
    /// A sentence for people, from the event's fields.
    pub text: String,
    /// All fields.
    pub fields: Vec<(String, String)>,
    /// The chain's hash, hex.
    pub hash: String,
}

/// What of the audit trail to list.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// Only this subject (a document's id).
    pub subject: Option<String>,
    /// Older than this seq.
    pub before: Option<u64>,
    /// At most.
    pub limit: u32,
    /// Words that actor, action, subject or text contain.
    pub search: Vec<String>,
}

/// What a person must look at (summary of a run).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attention {
    /// The document.
    pub row: Row,
    /// The finding's code, or the state's name.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

/// What the store knows around a document when it is derived.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// Other members of the family.
    pub family: Vec<(DocumentId, State, String)>,
    /// Other live documents (other family, not ended) that share a duplicate key: (key, id, number).
    pub same_expense: Vec<(String, DocumentId, String)>,
    /// References of other documents in this ledger among the given ones.
    pub used_references: Vec<String>,
    /// Ids of advances that stored cash-advance documents issued.
    pub known_advances: Vec<String>,
}

/// A home currency amount that a limit compares.
pub type HomeAmount = Decimal;
