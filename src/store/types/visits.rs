//! Ledgers that call us: their visits, and what waits for the next one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::ids::ConnectionId;

/// What is known of the visits of one connection (QuickBooks Desktop: contract 9.7). Empty texts: not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitNote {
    /// When it last came, whether or not there was work.
    pub came_at: Option<Timestamp>,
    /// When it last opened the company and was served.
    pub served_at: Option<Timestamp>,
    /// When it is expected again.
    pub expected_at: Option<Timestamp>,
    /// The caller's own version: `34.0.0.58`.
    pub connector: String,
    /// `QuickBooks Enterprise Solutions 24.0`
    pub product: String,
    /// The newest qbXML version that it speaks.
    pub qbxml: String,
    /// Name of the company that answered.
    pub company: String,
    /// Path of its file.
    pub company_file: String,
    /// `SingleUser` or `MultiUser`.
    pub file_mode: String,
    /// Why the last visit brought nothing; empty: it did.
    pub trouble: String,
    /// Since when.
    pub trouble_since: Option<Timestamp>,
    /// The last write set whose outcome is recorded here and whose memory at the ledger was cleared.
    pub cleared: String,
    /// Another file that answered last under the same identity and that no person has confirmed; empty: none.
    #[serde(default)]
    pub other_file: String,
    /// When a backup was restored last, in the ledger's own words; empty: never. None: it was not asked yet.
    #[serde(default)]
    pub restored: Option<String>,
    /// A later restoration that no person has confirmed.
    #[serde(default)]
    pub other_restored: Option<String>,
}

/// A call that was planned, as it stands in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastCall {
    /// Its key.
    pub request_key: String,
    /// The outcomes of all its members are known: none is on the wire or in doubt.
    pub settled: bool,
}

/// A reading that was asked for, and what came of it. `ask` and `reading` are JSON of the types of the room `systems`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingWant {
    /// Ledger.
    pub connection: ConnectionId,
    /// What is wanted.
    pub ask: String,
    /// When.
    pub asked_at: Timestamp,
    /// What was read.
    pub reading: Option<String>,
    /// When.
    pub read_at: Option<Timestamp>,
    /// Why it was not; empty: it was, or it still waits.
    pub trouble: String,
}
