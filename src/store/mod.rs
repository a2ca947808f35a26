//! The database: one trait of domain operations, each one transaction, and its SQLite backend.
//!
//! No SQL stands outside the backends. Money is integer minor units with a currency code; time is UTC. Every operation
//! that changes something appends its audit events, moves the totals and enqueues what follows in the same transaction.

pub mod failpoint;
pub mod operations;
pub mod sqlite;
pub mod types;

pub use failpoint::FailPoint;
pub use operations::{
    AccountNotes, Corrections, Inbox, Mappings, Papers, Proposals, Runs, Store, Trail, Views, Visits,
};
pub use operations::{
    Delivery, EventAccount, KeptDelivery, ListenerRow, ListenerState, Refusal, SubscriptionRow,
    SubscriptionState, VerifyTold,
};
pub use sqlite::{Executor, Options, SqliteStore};
pub use types::*;
