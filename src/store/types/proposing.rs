//! Proposed changes of reference data as the store keeps them.

use jiff::Timestamp;

use crate::model::ids::BookId;
use crate::model::lists::Proposal;

/// A proposal with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalRow {
    /// Row.
    pub id: i64,
    /// Book.
    pub book: BookId,
    /// What.
    pub proposal: Proposal,
    /// `open`, `trying`, `done`, `refused`, `dismissed`, `dropped`.
    pub state: String,
    /// When it was first made.
    pub made_at: Timestamp,
    /// Who decided, and when.
    pub decided: Option<(String, Timestamp)>,
    /// The record's id, once it is there.
    pub remote_id: String,
    /// Why not.
    pub detail: String,
}

/// What becomes of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProposalStep {
    /// A person applies it: durable before the call.
    Trying,
    /// It is there, under this id.
    Done(String),
    /// The system did not take it.
    Refused(String),
    /// Provably not sent, or unknown: the next comparison shows what is there.
    Open(String),
    /// A person does not want it.
    Dismissed(String),
}

/// A vendor that was made here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeVendor {
    /// Id at the ledger.
    pub id: String,
    /// Name.
    pub name: String,
    /// Code.
    pub code: String,
    /// Country.
    pub country: String,
    /// Who made it: that person does not approve its first document.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
}
