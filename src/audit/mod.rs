//! The append-only record of who did what: one event, its stored bytes, the hash that chains it to the one before,
//! and the checks that find an edit, a deletion, a swap or a missing tail (reliability.md, section 7).
//!
//! The bytes of an event are kept as they were written. Verification hashes those bytes and never encodes again; the
//! columns beside them are indexes that are compared with what the bytes say.

pub mod body;
pub mod chain;
pub mod export;
pub mod sentence;

pub use body::{BodyError, Event};
pub use chain::{Anchor, Broken, Columns, Link, Verifier, ZERO, hash, link};
pub use export::{CSV_HEADER, csv_end, csv_line, json_end, json_line};
pub use sentence::sentence;
