//! What arrives and what deriving gives.

use crate::model::DocumentKind;
use crate::model::entry::EntrySet;
use crate::model::finding::Finding;
use crate::model::ids::BookId;
use crate::model::ids::ConnectionId;
use crate::model::ids::DocumentId;
use crate::model::money::Currency;
use crate::model::state::State;
use jiff::civil::Date;
use serde::Deserialize;
use serde::Serialize;

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
    /// Who approved it in the source last: a name, or the employee number where the ledger knows no name.
    #[serde(default)]
    pub approver: String,
}
