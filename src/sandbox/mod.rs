//! Stand-ins of SAP Concur and of the ledgers: real HTTP servers on loopback that follow the public contracts.
//!
//! This room knows `model` at most and shares no code with the clients in `systems`, so that a misreading of a
//! contract shows. Only `cli` (the demo and `tieout sandbox`) and tests know it.

pub mod stand_in;
pub mod concur;
pub mod firm;
