//! Reference data in both directions: vendors, and the lists that hold cost objects (accounting.md, section 4).
//!
//! Bank details, payment instructions and tax identifiers have no field here: they are never requested, compared,
//! shown or written.

pub use crate::model::lists::{ItemRecord, ListHead, VendorRecord};
use crate::systems::{CallError, System};
use crate::transport::Fut;

/// A change of one record. Nothing is ever deleted (accounting.md, 4.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<T> {
    /// Make it.
    Create(T),
    /// Give it the name (and, for vendors, code and e-mail) that it has here; the id and version say which.
    Update(T),
    /// Make it usable or not.
    SetActive(T, bool),
}

/// What became of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// It is there, under this id.
    Done {
        /// Id.
        id: String,
    },
    /// The system answered and did not write: its code and a sentence.
    Refused {
        /// Code.
        code: String,
        /// Sentence.
        message: String,
    },
    /// Provably nothing was sent.
    NotSent(String),
    /// We do not know: read the list again before anything else.
    Unknown(String),
}

/// A system whose reference data can be read in full and written.
pub trait Lists: System {
    /// All vendors, inactive ones too.
    fn vendors(&self) -> Fut<'_, Result<Vec<VendorRecord>, CallError>>;
    /// Changes a vendor. `key` is the same for every attempt at the same change.
    fn put_vendor(&self, change: Change<VendorRecord>, key: String) -> Fut<'_, Result<Put, CallError>>;
    /// The lists.
    fn lists(&self) -> Fut<'_, Result<Vec<ListHead>, CallError>>;
    /// The items of one list, inactive ones too.
    fn items(&self, list: String) -> Fut<'_, Result<Vec<ItemRecord>, CallError>>;
    /// Changes an item.
    fn put_item(&self, change: Change<ItemRecord>, key: String) -> Fut<'_, Result<Put, CallError>>;
}
