//! Reference data in both directions: vendors, and the lists that hold cost objects (accounting.md, section 4).
//!
//! Bank details, payment instructions and tax identifiers have no field here: they are never requested, compared,
//! shown or written.

use crate::model::money::Currency;
use crate::systems::{CallError, System};
use crate::transport::Fut;

/// A vendor as both ends know it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VendorRecord {
    /// The id at the system (Concur: vendor code and address code, joined by `|`); empty for one to be made.
    pub id: String,
    /// Vendor code or employee number (QuickBooks: `AcctNum`).
    pub code: String,
    /// Address code, where the system has one.
    pub address_code: String,
    /// Display name.
    pub name: String,
    /// E-mail.
    pub email: Option<String>,
    /// Its one currency.
    pub currency: Option<Currency>,
    /// Country, as the system writes it.
    pub country: String,
    /// Lines of the address.
    pub lines: Vec<String>,
    /// City.
    pub city: String,
    /// State or region.
    pub region: String,
    /// Postal code.
    pub postal_code: String,
    /// Days of its terms, where known.
    pub terms_days: Option<u16>,
    /// Usable.
    pub active: bool,
    /// What an update has to name (QuickBooks: `SyncToken`).
    pub version: String,
}

/// A list that holds cost objects: Concur's lists by id, a ledger's `class`, `department`, `customer`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListHead {
    /// Id.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// It cannot be written.
    pub read_only: bool,
}

/// An item of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemRecord {
    /// Id; empty for one to be made.
    pub id: String,
    /// Its list.
    pub list: String,
    /// Code, unescaped; equal to the name where the system has no codes.
    pub code: String,
    /// Name.
    pub name: String,
    /// Id of the item above it.
    pub parent: Option<String>,
    /// Usable.
    pub active: bool,
    /// What an update has to name.
    pub version: String,
}

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
