//! Reference data as both ends know it: vendors, and the lists that hold cost objects (accounting.md, section 4).
//!
//! Bank details, payment instructions and tax identifiers have no field here: they are never requested, compared,
//! shown or written.

use serde::{Deserialize, Serialize};

use crate::model::money::Currency;

/// A vendor as both ends know it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListHead {
    /// Id.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// It cannot be written.
    pub read_only: bool,
}

/// An item of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// One of the two systems of a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Where documents come from.
    Source,
    /// Where they are posted.
    Ledger,
}

impl End {
    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            End::Source => "source",
            End::Ledger => "ledger",
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            End::Source => End::Ledger,
            End::Ledger => End::Source,
        }
    }
}

/// What a proposal would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposedAction {
    /// Make it.
    Create,
    /// Give it another name.
    Rename,
    /// It is no longer used.
    Inactivate,
    /// It is used again.
    Activate,
}

impl ProposedAction {
    /// The name in tables, JSON and sentences.
    pub fn name(self) -> &'static str {
        match self {
            ProposedAction::Create => "create",
            ProposedAction::Rename => "rename",
            ProposedAction::Inactivate => "inactivate",
            ProposedAction::Activate => "activate",
        }
    }
}

/// What is sent when a proposal is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum ProposedRecord {
    /// A vendor.
    Vendor(VendorRecord),
    /// An item of a list.
    Item(ItemRecord),
}

/// A change of reference data in one of the systems, shown before it is made. Nothing is ever deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Which system would be written.
    pub end: End,
    /// `vendor`, or the list's id.
    pub list: String,
    /// What would be done.
    pub action: ProposedAction,
    /// The code or name that it is about.
    pub subject: String,
    /// Every field that would be written, with what it is now: field, before, after.
    pub fields: Vec<(String, String, String)>,
    /// What would be sent.
    pub record: ProposedRecord,
    /// Why.
    pub why: String,
    /// What stands against it; it is then applied by name only, or not at all.
    pub caution: Option<String>,
    /// It cannot be applied as it is.
    pub impossible: bool,
    /// The source's field and code that is mapped to the new item of the ledger, in the same step.
    pub maps: Option<(String, String)>,
}

impl Proposal {
    /// The same for the same change: a comparison that comes to it again finds it.
    pub fn key(&self) -> String {
        format!("{}/{}/{}/{}", self.end.name(), self.list, self.action.name(), self.subject)
    }
}

/// A record of a list as it was seen at the last comparison, so that a rename is known as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenRecord {
    /// Where.
    pub end: End,
    /// `vendor`, or the list's id.
    pub list: String,
    /// Id.
    pub id: String,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Usable.
    pub active: bool,
}
