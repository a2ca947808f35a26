//! Reversals, reposts and accruals: documents of their own beside those that a source delivers (accounting.md, sections
//! 3 and 9).

use jiff::Timestamp;

use crate::model::ids::DocumentId;
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::operations::Answer;
use crate::store::types::{CorrectionRow, Derived, NewCorrection, StoreError};

/// Corrections. Each operation is one transaction.
pub trait Corrections: Send + Sync {
    /// Makes a correction, `stored`; refused when the document's state does not allow it, or another one is under way.
    fn correct(&self, new: NewCorrection, by: Actor, now: Timestamp) -> Answer<'_, DocumentId> {
        let _ = (new, by, now);
        no_corrections()
    }
    /// The corrections of a document; without one, all whose task in the source is open.
    fn corrections(&self, of: Option<DocumentId>) -> Answer<'_, Vec<CorrectionRow>> {
        let _ = of;
        no_corrections()
    }
    /// A person did what a reversal left to be done in the source.
    fn tick_correction(&self, id: DocumentId, note: String, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        let _ = (id, note, by, now);
        no_corrections()
    }
    /// Half-posted sets: the entries that the ledger refused are approved as they are now, beside those that are in it.
    fn approve_rest(
        &self,
        id: DocumentId,
        version: u64,
        derived: Derived,
        note: String,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, State> {
        let _ = (id, version, derived, note, by, now);
        no_corrections()
    }
}

fn no_corrections<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(async { Err(StoreError::Unusable("this store keeps no corrections".into())) })
}
