//! Proposed changes of reference data in either system, with their outcomes (accounting.md, section 4).

use jiff::Timestamp;

use crate::model::ids::{BookId, ConnectionId};
use crate::model::lists::{Proposal, SeenRecord};
use crate::model::people::Actor;
use crate::store::operations::Answer;
use crate::store::types::{MadeVendor, ProposalRow, ProposalStep, StoreError};

/// Proposals. Each operation is one transaction.
pub trait Proposals: Send + Sync {
    /// Keeps what a comparison found; open proposals that it no longer has are dropped. Gives how many are new.
    fn keep_proposals(
        &self,
        book: BookId,
        proposals: Vec<Proposal>,
        seen: Vec<SeenRecord>,
        now: Timestamp,
    ) -> Answer<'_, u64> {
        let _ = (book, proposals, seen, now);
        no_proposals()
    }
    /// Proposals of a book: those that wait, or all.
    fn proposals(&self, book: BookId, all: bool) -> Answer<'_, Vec<ProposalRow>> {
        let _ = (book, all);
        no_proposals()
    }
    /// What was seen at the last comparison.
    fn seen_records(&self, book: BookId) -> Answer<'_, Vec<SeenRecord>> {
        let _ = book;
        no_proposals()
    }
    /// What becomes of one. A vendor that was made in the ledger is remembered with who made it.
    fn proposal_step(&self, id: i64, step: ProposalStep, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        let _ = (id, step, by, now);
        no_proposals()
    }
    /// Vendors that were made here in a ledger.
    fn made_vendors(&self, ledger: ConnectionId) -> Answer<'_, Vec<MadeVendor>> {
        let _ = ledger;
        no_proposals()
    }
}

fn no_proposals<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(async { Err(StoreError::Unusable("this store keeps no proposals".into())) })
}
