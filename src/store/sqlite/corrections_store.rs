//! Corrections, each sent to the connection that does it.

use jiff::Timestamp;

use crate::model::ids::DocumentId;
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::failpoint::FailPoint::{AfterApproveCommit, BeforeApproveCommit};
use crate::store::operations::{Answer, Corrections};
use crate::store::sqlite::{SqliteStore, corrections};
use crate::store::types::*;

impl Corrections for SqliteStore {
    fn correct(&self, new: NewCorrection, by: Actor, now: Timestamp) -> Answer<'_, DocumentId> {
        self.write(now, None, move |tx| corrections::correct(tx, new, &by))
    }

    fn corrections(&self, of: Option<DocumentId>) -> Answer<'_, Vec<CorrectionRow>> {
        self.read(move |c| corrections::corrections(c, of))
    }

    fn tick_correction(&self, id: DocumentId, note: String, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| corrections::tick(tx, id, &note, &by))
    }

    fn approve_rest(
        &self,
        id: DocumentId,
        version: u64,
        derived: Derived,
        note: String,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, State> {
        let around = Some((BeforeApproveCommit, AfterApproveCommit));
        let done = self
            .write(now, around, move |tx| corrections::approve_rest(tx, id, version, &derived, &note, &by));
        // the inner error leaves something behind: the first of two approvals
        Box::pin(async move { done.await? })
    }
}
