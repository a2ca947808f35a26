//! What of the audit trail is listed, how far its chain was verified, and what the holder of the engine does.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::ids::ConnectionId;

/// What of the audit trail to list. Answers come newest first.
///
/// Words are looked for from their beginning, in any order, all of them; what is neither letter nor digit separates
/// words, so that no text is an error. A word of one letter is looked for whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only this subject (a document's id).
    pub subject: Option<String>,
    /// Older than this seq.
    pub before: Option<u64>,
    /// Newer than this seq.
    pub after: Option<u64>,
    /// The oldest that fit instead of the newest: the page above a row.
    pub forward: bool,
    /// At most.
    pub limit: u32,
    /// Words of person, document, payee, action, connection and text.
    pub search: Vec<String>,
    /// Words of the person's name.
    pub who: Vec<String>,
    /// The beginning of a document's number or id.
    pub document: Vec<String>,
    /// Words of the action.
    pub action: Vec<String>,
    /// The beginning of a connection's or book's name.
    pub connection: Vec<String>,
    /// At this instant or later.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub to: Option<Timestamp>,
}

/// The words of a search that count; more are left out.
pub const MOST_WORDS: usize = 16;

/// What a verification of the chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditCheck {
    /// When.
    pub at: Timestamp,
    /// Events that are whole, counted from the first.
    pub rows: u64,
    /// The first bad event, and what is wrong with it.
    pub broken: Option<(u64, String)>,
}

/// What the engine does with one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// Reads the source's documents.
    Fetch,
    /// Reads the ledger's lists and records.
    ReadLedger,
    /// Tells the source that documents arrived.
    Acknowledge,
    /// Looks up what became of a call.
    LookUp,
    /// Posts.
    Post,
    /// Tells the source what was posted.
    Confirm,
    /// Attaches receipts, tells payments.
    Papers,
}

impl Doing {
    /// For people, after "is": `reading documents`.
    pub fn words(self) -> &'static str {
        match self {
            Doing::Fetch => "reading documents",
            Doing::ReadLedger => "reading the ledger's lists",
            Doing::Acknowledge => "acknowledging documents",
            Doing::LookUp => "looking up lost calls",
            Doing::Post => "posting",
            Doing::Confirm => "confirming what was posted",
            Doing::Papers => "attaching receipts",
        }
    }
}

/// A published limit and how much of it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// Calls within the span that ends now.
    pub used: u32,
    /// Calls that the system allows in it.
    pub limit: u32,
    /// Length of the span in seconds.
    pub seconds: u64,
}

/// What the holder of the engine does with a connection, as it was last written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionActivity {
    /// Connection.
    pub connection: ConnectionId,
    /// What runs, and since when.
    pub doing: Option<(Doing, Timestamp)>,
    /// Calls of the hour that `counted_at` is in (UTC).
    pub calls_hour: u64,
    /// Calls of the day that `counted_at` is in (UTC).
    pub calls_day: u64,
    /// The instant of the counts.
    pub counted_at: Timestamp,
    /// The tightest published limit.
    pub quota: Option<Quota>,
    /// Nothing goes out until then (none: until a person acts), and why.
    pub waits: Option<(Option<Timestamp>, String)>,
    /// The next reading on the schedule.
    pub next: Option<Timestamp>,
    /// The last error, and when.
    pub error: Option<(Timestamp, String)>,
    /// The process that wrote this.
    pub pid: u32,
}

impl ConnectionActivity {
    /// Nothing is known yet.
    pub fn new(connection: ConnectionId, pid: u32, now: Timestamp) -> Self {
        Self {
            connection,
            doing: None,
            calls_hour: 0,
            calls_day: 0,
            counted_at: now,
            quota: None,
            waits: None,
            next: None,
            error: None,
            pid,
        }
    }
}

/// Who took the engine last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineHolder {
    /// Process.
    pub pid: u32,
    /// Machine.
    pub host: String,
    /// The person who started it.
    pub person: String,
    /// How: `console`, `auto` …
    pub via: String,
    /// Since when.
    pub since: Timestamp,
}
