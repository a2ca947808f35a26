//! What is known of connections beside their rows.

use jiff::Timestamp;

use crate::model::ids::{BookId, ConnectionId};
use crate::store::operations::Answer;
use crate::store::types::{AccountNote, SignInNote, StoreError};

fn none<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(async { Err(StoreError::Unusable("this store keeps no notes of connections".into())) })
}

/// Notes of connections. No secret is among them.
pub trait AccountNotes: Send + Sync {
    /// Keeps what a sign-in told, in place of what the one before did.
    fn put_sign_in(&self, note: SignInNote) -> Answer<'_, ()> {
        let _ = note;
        none()
    }
    /// The system answered.
    fn put_contact(&self, connection: ConnectionId, now: Timestamp) -> Answer<'_, ()> {
        let _ = (connection, now);
        none()
    }
    /// Books that rest because a connection rests, with which one.
    fn rested(&self) -> Answer<'_, Vec<(BookId, ConnectionId)>> {
        none()
    }
    /// Keeps that books rest because of this connection, or that they do not any more. A book that goes on is forgotten
    /// by itself.
    fn put_rested(
        &self,
        connection: ConnectionId,
        books: Vec<BookId>,
        resting: bool,
        now: Timestamp,
    ) -> Answer<'_, ()> {
        let _ = (connection, books, resting, now);
        none()
    }
    /// The notes of all connections.
    fn account_notes(&self) -> Answer<'_, Vec<AccountNote>> {
        none()
    }
}
