//! Ledgers that call us: their visits, and what waits for the next one.

use jiff::Timestamp;

use crate::model::ids::{ConnectionId, DocumentId};
use crate::model::people::Actor;
use crate::store::operations::Answer;
use crate::store::types::{LastCall, Postable, ReadingWant, StoreError, VisitNote};

fn none<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(async { Err(StoreError::Unusable("this store keeps no visits".into())) })
}

/// Visits of ledgers that call us.
pub trait Visits: Send + Sync {
    /// Keeps what is known of the visits of a connection.
    fn put_visit(&self, connection: ConnectionId, note: VisitNote, now: Timestamp) -> Answer<'_, ()> {
        let _ = (connection, note, now);
        none()
    }
    /// A person confirms the company file, or the restored backup, that stopped the last visit; audited. The note as it
    /// was; none: nothing waits for it.
    fn accept_company_file(
        &self,
        connection: ConnectionId,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, Option<VisitNote>> {
        let _ = (connection, by, now);
        none()
    }
    /// What is known of all visits.
    fn visits(&self) -> Answer<'_, Vec<(ConnectionId, VisitNote)>> {
        Box::pin(async { Ok(Vec::new()) })
    }
    /// A person asks that these go out with the next visit; audited. Those that are not approved are left out; how many
    /// were kept.
    fn ask_posting(&self, documents: Vec<DocumentId>, by: Actor, now: Timestamp) -> Answer<'_, u64> {
        let _ = (documents, by, now);
        none()
    }
    /// Documents of a ledger that were asked for and are still to go out, oldest first.
    fn asked_postings(&self, ledger: ConnectionId) -> Answer<'_, Vec<DocumentId>> {
        let _ = ledger;
        Box::pin(async { Ok(Vec::new()) })
    }
    /// Documents of a ledger with a write whose outcome is not known, or that must go again as it was before anything
    /// else does (contract 6.2, step 4). What was left to a person is none of them.
    fn unsettled(&self, ledger: ConnectionId) -> Answer<'_, Vec<DocumentId>> {
        let _ = ledger;
        Box::pin(async { Ok(Vec::new()) })
    }
    /// Documents of which something goes again with the same bytes, whatever its book's pause.
    fn going_again(&self, ledger: ConnectionId) -> Answer<'_, Vec<Postable>> {
        let _ = ledger;
        none()
    }
    /// The exact bytes of the last call under this key.
    fn call_bytes(&self, ledger: ConnectionId, request_key: String) -> Answer<'_, Option<Vec<u8>>> {
        let _ = (ledger, request_key);
        none()
    }
    /// The last call that was planned for a ledger.
    fn last_call(&self, ledger: ConnectionId) -> Answer<'_, Option<LastCall>> {
        let _ = ledger;
        none()
    }
    /// Asks for a reading with the next visit; one that was asked for in the same words before keeps what it brought.
    fn want_reading(&self, connection: ConnectionId, ask: String, now: Timestamp) -> Answer<'_, ()> {
        let _ = (connection, ask, now);
        none()
    }
    /// What was wanted of a connection, newest first.
    fn readings(&self, connection: ConnectionId) -> Answer<'_, Vec<ReadingWant>> {
        let _ = connection;
        Box::pin(async { Ok(Vec::new()) })
    }
    /// Keeps what a reading brought, or why it brought nothing.
    fn put_wanted_reading(
        &self,
        connection: ConnectionId,
        ask: String,
        brought: Result<String, String>,
        now: Timestamp,
    ) -> Answer<'_, ()> {
        let _ = (connection, ask, brought, now);
        none()
    }
}
