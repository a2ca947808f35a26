//! Searching the audit trail, how far its chain was verified, and what the holder of the engine does.

use jiff::Timestamp;

use crate::store::operations::Answer;
use crate::store::types::*;

const NONE: &str = "this store keeps no index of the audit trail";

fn none<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(async { Err(StoreError::Unusable(NONE.into())) })
}

/// Told while a verification runs: events that were checked, and how many there are.
pub type Told = Box<dyn Fn(u64, u64) + Send>;

/// The audit trail and the engine's activity, for screens.
pub trait Trail: Send + Sync {
    /// How many events a query has, whatever its limit and position. It may take long at a million events: it runs
    /// beside everything else, on a connection of its own.
    fn audit_count(&self, query: AuditQuery) -> Answer<'_, u64> {
        let _ = query;
        none()
    }
    /// Verifies the chain as [`crate::store::Store::verify_audit`] does, and says how far it is.
    fn verify_audit_told(&self, told: Told) -> Answer<'_, Result<u64, (u64, String)>> {
        let _ = told;
        none()
    }
    /// Keeps what a verification found, for every console.
    fn keep_audit_check(&self, check: AuditCheck) -> Answer<'_, ()> {
        let _ = check;
        none()
    }
    /// What the last verification found.
    fn audit_check(&self) -> Answer<'_, Option<AuditCheck>> {
        none()
    }
    /// Keeps what the engine does, for the consoles of other processes.
    fn put_activity(&self, rows: Vec<ConnectionActivity>, now: Timestamp) -> Answer<'_, ()> {
        let _ = (rows, now);
        none()
    }
    /// What the engine does, by connection, as it was last written.
    fn activity(&self) -> Answer<'_, Vec<ConnectionActivity>> {
        none()
    }
    /// Keeps who holds the engine from now on.
    fn put_holder(&self, holder: EngineHolder) -> Answer<'_, ()> {
        let _ = holder;
        none()
    }
    /// Who took the engine last; whether they still hold it says the lock alone.
    fn last_holder(&self) -> Answer<'_, Option<EngineHolder>> {
        none()
    }
}
