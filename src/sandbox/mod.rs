//! Stand-ins of SAP Concur and of the ledgers: real HTTP servers on loopback that follow the public contracts.
//!
//! This room knows `model` at most and shares no code with the clients in `systems`, so that a misreading of a
//! contract shows. Only `cli` (the demo and `tieout sandbox`) and tests know it.

pub mod assembly;
pub mod clock;
pub mod concur;
pub mod control;
pub mod fault;
pub mod faults;
pub mod firm;
pub mod quickbooks_desktop;
pub mod quickbooks_online;
pub mod server;
pub mod stand_in;
pub mod web_connector;
