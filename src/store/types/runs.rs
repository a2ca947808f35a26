//! Runs, periods and sign-offs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::document::DocumentKind;
use crate::model::entry::EntrySet;
use crate::model::ids::{BookId, ConnectionId};
use crate::model::money::Currency;
use crate::store::types::{Intent, Row};
use crate::tieout::Stage;

/// One figure of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunTotal {
    /// Book; none: nobody's.
    pub book: Option<BookId>,
    /// Connection.
    pub connection: ConnectionId,
    /// Kind; empty where a source does not say.
    pub kind: Option<DocumentKind>,
    /// Currency, where there is one.
    pub currency: Option<Currency>,
    /// Stage.
    pub stage: Stage,
    /// How many.
    pub count: i64,
    /// Minor units.
    pub minor: i64,
}

/// A pass that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// `fetch` or `post`.
    pub pass: &'static str,
    /// When it began.
    pub started_at: Timestamp,
    /// What a fetch saw: listed, known, stored, unreadable, out of scope.
    pub seen: Vec<RunTotal>,
}

/// A run as it was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Number.
    pub id: i64,
    /// `fetch` or `post`.
    pub pass: String,
    /// Began.
    pub started_at: Timestamp,
    /// Ended.
    pub ended_at: Timestamp,
    /// Its figures: what a fetch saw, and all that stood at its end.
    pub totals: Vec<RunTotal>,
}

/// An equation that did not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlBreak {
    /// Number.
    pub id: i64,
    /// Run.
    pub run: i64,
    /// Book.
    pub book: Option<BookId>,
    /// The sentence with both figures.
    pub text: String,
    /// Found.
    pub opened_at: Timestamp,
    /// Closed, by whom, with what note.
    pub closed: Option<(Timestamp, String, String)>,
}

/// Which documents a period concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodAsk {
    /// Book.
    pub book: BookId,
    /// Its ledger.
    pub ledger: ConnectionId,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Also what arrived from this instant on.
    pub arrived_from: Timestamp,
}

/// A document with what the tie-out needs of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodRow {
    /// Its row.
    pub row: Row,
    /// Posting date before any move.
    pub original: Option<Date>,
    /// The approved set, else the derived one.
    pub set: EntrySet,
    /// Its intents.
    pub intents: Vec<Intent>,
    /// The source has our acknowledgement.
    pub acknowledged: bool,
    /// First finding of the derivation, as code: also of documents that ended.
    pub finding: String,
}

/// That both sides of a period were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodReading {
    /// Book.
    pub book: BookId,
    /// `2026-10`
    pub period: String,
    /// When the source was read.
    pub source_at: Option<Timestamp>,
    /// When the ledger was read.
    pub ledger_at: Option<Timestamp>,
    /// Hash of the documents.
    pub documents_hash: String,
    /// Hash of the ledger's side.
    pub ledger_hash: String,
    /// Hash of the report.
    pub report_hash: String,
    /// What may be said of it.
    pub checked: String,
}

/// A sign-off to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSignOff {
    /// Book.
    pub book: BookId,
    /// `2026-10`
    pub period: String,
    /// True: reviewer; false: preparer.
    pub reviewer: bool,
    /// Hashes that it binds to.
    pub documents_hash: String,
    /// Of the ledger's side.
    pub ledger_hash: String,
    /// Of the report.
    pub report_hash: String,
    /// The documents as they stood: id, and number with state, amount and dates.
    pub documents: BTreeMap<String, String>,
    /// Comments by item.
    pub comments: BTreeMap<String, String>,
}

/// A sign-off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// `preparer` or `reviewer`.
    pub role: String,
    /// Who.
    pub person: String,
    /// In single-person mode.
    pub single_person: bool,
    /// When.
    pub signed_at: Timestamp,
    /// Hash of the documents.
    pub documents_hash: String,
    /// Hash of the ledger's side.
    pub ledger_hash: String,
    /// Hash of the report.
    pub report_hash: String,
    /// The documents as they stood.
    pub documents: BTreeMap<String, String>,
    /// Comments by item.
    pub comments: BTreeMap<String, String>,
    /// Its audit event.
    pub audit_seq: u64,
    /// Taken back: when, by whom, why.
    pub reopened: Option<(Timestamp, String, String)>,
}

/// A comment to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItemComment {
    /// Book.
    pub book: BookId,
    /// `2026-10`
    pub period: String,
    /// The item: `blocked:DOI-7802`.
    pub item: String,
    /// The figures that it is said of: with other figures it does not count any more.
    pub figures: String,
    /// What is said.
    pub text: String,
}

/// A comment on a reconciling item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemComment {
    /// The item.
    pub item: String,
    /// The figures that it was said of.
    pub figures: String,
    /// What was said.
    pub text: String,
    /// Who.
    pub person: String,
    /// When.
    pub at: Timestamp,
}

/// The end of the audit chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    /// Number of the last event.
    pub seq: u64,
    /// Its hash.
    pub hash: Vec<u8>,
    /// The last anchor: its event and when it was exported.
    pub anchored: Option<(u64, Timestamp)>,
}
