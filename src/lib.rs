//! tieout moves approved spend from SAP Concur into a firm's ledger, exactly once, under an accountant's eye.
//!
//! The rooms, from the ground up; a room knows only what is below it, and `tests/floors.rs` reads the imports:

/// Pure: encode, hash and verify the append-only record of who did what.
pub mod audit;
/// The command line: one file a command.
pub mod cli;
/// Fetch, derive, check, post, confirm, recover: the only room that changes a document's state.
pub mod engine;
/// Listeners: Concur's events over mutual TLS, and signed webhooks.
pub mod inbound;
/// Pure: document + rules + reference data become an entry set, findings and the reasons.
pub mod mapping;
/// Pure words of the trade: money, dates, documents, entries, the state machine, ids, findings.
pub mod model;
/// Stand-ins of the systems: real servers on loopback, for the demo and the tests.
pub mod sandbox;
/// The database: schema, migrations and domain operations.
pub mod store;
/// One folder a system, behind the traits `Source` and `Target`.
pub mod systems;
/// Pure: the two sides of a period become the bridge, reconciling items, control accounts, accruals, completeness.
pub mod tieout;
/// What every HTTP system shares: the exchange, tokens, pace, retry, breaker, redaction.
pub mod transport;
/// The console: model, update, view.
pub mod tui;
/// Secrets: sealed in the store under a key that the OS keyring or a key file wraps.
pub mod vault;
