//! Corrections as the store keeps them.

use jiff::Timestamp;

use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::model::state::State;
use crate::store::types::ArrivalHeader;

/// A correction to be made.
#[derive(Debug, Clone)]
pub struct NewCorrection {
    /// The connection of the document that it corrects: its references are made from that end.
    pub connection: ConnectionId,
    /// The book.
    pub book: BookId,
    /// The document that is corrected, and the version that was seen; none for an accrual.
    pub of: Option<(DocumentId, u64)>,
    /// `reversal`, `repost`, `accrual`.
    pub what: String,
    /// The id that stands for the source's.
    pub source_id: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Their hash.
    pub revision: String,
    /// Header.
    pub header: ArrivalHeader,
    /// The ledger was read and holds the document's records no more (reposts).
    pub gone: bool,
}

/// A correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionRow {
    /// Its document.
    pub document: DocumentId,
    /// Its number.
    pub number: String,
    /// What it corrects.
    pub of: Option<DocumentId>,
    /// That document's number.
    pub of_number: String,
    /// `reversal`, `repost`, `accrual`.
    pub what: String,
    /// Its state.
    pub state: State,
    /// Something is left to be done in the source by a person.
    pub task: bool,
    /// Who did it, and when.
    pub ticked: Option<(String, Timestamp)>,
}
