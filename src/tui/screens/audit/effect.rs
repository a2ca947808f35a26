//! What the audit trail wants done, what comes back, and what its forms are for.

use crate::engine::export::{Exported, Format};
use crate::engine::inspect::{Compared, Looked};
use crate::model::ids::DocumentId;
use crate::store::{AuditCheck, AuditQuery};
use crate::tui::msg::Said;

use super::super::RoomEffect;

/// Something to be done outside of `update`.
#[derive(Debug, Clone)]
pub enum AuditEffect {
    /// How many events a search has.
    Count {
        /// Generation.
        generation: u64,
        /// Search.
        query: Box<AuditQuery>,
    },
    /// The end of the chain, the last verification, the anchors.
    Status,
    /// Verifies the chain; `keep`: for the other consoles too.
    Verify {
        /// Keeps what it found.
        keep: bool,
    },
    /// Writes what a search has into a new file.
    Export {
        /// Search.
        query: Box<AuditQuery>,
        /// File.
        path: String,
        /// As what.
        format: Format,
        /// The search as it stands in the line, for the audit event.
        filter: String,
    },
    /// Today's entries of a document beside the frozen ones.
    Replay(DocumentId),
    /// What the ledger holds of a document now: a request to the holder of the engine.
    Look(DocumentId),
}

/// Where the chain stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// The last event.
    pub head: u64,
    /// The last verification.
    pub check: Option<AuditCheck>,
    /// Anchors: event, hash, where, when.
    pub anchors: Vec<(u64, String, String, jiff::Timestamp)>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum AuditMsg {
    /// How many events a search has.
    Count(u64, Said<u64>),
    /// Where the chain stands.
    Status(Said<Box<Chain>>),
    /// So many of so many events are verified.
    Verifying(u64, u64),
    /// The chain was verified.
    Verified(Said<AuditCheck>),
    /// The file was written, or what is wrong with its name.
    Exported(Said<Exported>),
    /// Today's entries beside the frozen ones.
    Replay(DocumentId, Said<Box<Compared>>),
    /// What the ledger holds of a document now.
    Looked(DocumentId, Said<Box<Looked>>),
}

/// What a form is for.
#[derive(Debug, Clone)]
pub enum AuditForm {
    /// The fields of the search.
    Search,
    /// The file of an export.
    Export,
}

impl RoomEffect for AuditEffect {
    fn is_dangerous(&self) -> bool {
        false
    }
    fn changes(&self) -> bool {
        // an export leaves an event, a look a request; what a verification found is kept only where something may be
        match self {
            AuditEffect::Export { .. } | AuditEffect::Look(_) => true,
            AuditEffect::Verify { keep } => *keep,
            _ => false,
        }
    }
    fn slot(&self) -> Option<u8> {
        match self {
            AuditEffect::Count { .. } => Some(0),
            AuditEffect::Status => Some(1),
            AuditEffect::Verify { .. } => Some(2),
            // a look may hold the engine: it is never cut in the middle
            AuditEffect::Export { .. } | AuditEffect::Look(_) => None,
            AuditEffect::Replay(_) => Some(3),
        }
    }
    fn debounce(&self) -> bool {
        // the page comes first
        matches!(self, AuditEffect::Count { .. })
    }
}
