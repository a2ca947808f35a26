//! Proposals, each sent to the connection that does it.

use jiff::Timestamp;

use crate::model::ids::{BookId, ConnectionId};
use crate::model::lists::{Proposal, SeenRecord};
use crate::model::people::Actor;
use crate::store::operations::{Answer, Proposals};
use crate::store::sqlite::{SqliteStore, proposals};
use crate::store::types::*;

impl Proposals for SqliteStore {
    fn keep_proposals(
        &self,
        book: BookId,
        list: Vec<Proposal>,
        seen: Vec<SeenRecord>,
        now: Timestamp,
    ) -> Answer<'_, u64> {
        self.write(now, None, move |tx| proposals::keep(tx, &book, &list, &seen))
    }

    fn proposals(&self, book: BookId, all: bool) -> Answer<'_, Vec<ProposalRow>> {
        self.read(move |c| proposals::list(c, &book, all))
    }

    fn seen_records(&self, book: BookId) -> Answer<'_, Vec<SeenRecord>> {
        self.look(move |c| proposals::seen(c, &book))
    }

    fn proposal_step(&self, id: i64, step: ProposalStep, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| proposals::step(tx, id, &step, &by))
    }

    fn made_vendors(&self, ledger: ConnectionId) -> Answer<'_, Vec<MadeVendor>> {
        self.look(move |c| proposals::made(c, &ledger))
    }
}
