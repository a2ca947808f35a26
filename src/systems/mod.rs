//! The systems, one folder each, behind the traits `Source` and `Target`.
//!
//! A folder knows its own wire format and nothing of the other systems, the store or the screen. Adding a system is one
//! folder, one line in `registry`, its stand-in and its contract test.

pub mod concur;
pub mod quickbooks_desktop;
pub mod quickbooks_online;
pub mod registry;
pub mod traits;

pub use traits::*;
