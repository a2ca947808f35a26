//! What the vault asks of the store: six operations of many.

use jiff::Timestamp;

use crate::model::ids::ConnectionId;
use crate::model::people::Actor;
use crate::store::operations::{Answer, Store};
use crate::store::types::{Rekey, Sealed, Wrap};

/// Where ciphertext is kept. Every store is one.
pub trait SecretStore: Send + Sync {
    /// A secret.
    fn secret(&self, connection: ConnectionId, field: String) -> Answer<'_, Option<Sealed>>;
    /// Compare-and-set on the generation (0: there is none yet), with its audit event.
    fn rotate_secret(
        &self,
        connection: ConnectionId,
        field: String,
        expected: u64,
        sealed: Sealed,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, ()>;
    /// The wraps of the data key.
    fn wraps(&self) -> Answer<'_, Vec<Wrap>>;
    /// Adds or replaces a wrap.
    fn put_wrap(&self, wrap: Wrap, by: Actor, now: Timestamp) -> Answer<'_, ()>;
    /// Every secret: connection, field, ciphertext.
    fn secrets(&self) -> Answer<'_, Vec<(ConnectionId, String, Sealed)>>;
    /// Replaces all secrets and all wraps in one transaction, or nothing (`Stale`).
    fn rekey(&self, step: Rekey, by: Actor, now: Timestamp) -> Answer<'_, ()>;
}

impl<S: Store + ?Sized> SecretStore for S {
    fn secret(&self, connection: ConnectionId, field: String) -> Answer<'_, Option<Sealed>> {
        Store::secret(self, connection, field)
    }

    fn rotate_secret(
        &self,
        connection: ConnectionId,
        field: String,
        expected: u64,
        sealed: Sealed,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, ()> {
        Store::rotate_secret(self, connection, field, expected, sealed, by, now)
    }

    fn wraps(&self) -> Answer<'_, Vec<Wrap>> {
        Store::wraps(self)
    }

    fn put_wrap(&self, wrap: Wrap, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        Store::put_wrap(self, wrap, by, now)
    }

    fn secrets(&self) -> Answer<'_, Vec<(ConnectionId, String, Sealed)>> {
        Store::secrets(self)
    }

    fn rekey(&self, step: Rekey, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        Store::rekey(self, step, by, now)
    }
}
