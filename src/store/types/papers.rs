//! Receipts and payments as the store keeps them.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::entry::{EntryKind, Slot};
use crate::model::ids::{ConnectionId, DocumentId};
use crate::model::money::Money;

/// Which image at the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReceiptKind {
    /// One receipt.
    Receipt,
    /// All of a report.
    Report,
    /// An invoice's.
    Invoice,
}

impl ReceiptKind {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            ReceiptKind::Receipt => "receipt",
            ReceiptKind::Report => "report",
            ReceiptKind::Invoice => "invoice",
        }
    }
}

impl std::str::FromStr for ReceiptKind {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        [ReceiptKind::Receipt, ReceiptKind::Report, ReceiptKind::Invoice]
            .into_iter()
            .find(|k| k.name() == s)
            .ok_or_else(|| format!("there is no receipt kind {s:?}"))
    }
}

/// A receipt that is to be attached to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReceipt {
    /// Which image.
    pub kind: ReceiptKind,
    /// Its handle at the source.
    pub handle: String,
    /// The record that it belongs to, by slot.
    pub slot: Slot,
    /// File name without extension.
    pub name: String,
}

/// Where a receipt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptState {
    /// To be fetched and attached.
    Wanted,
    /// The source has no image yet; looked for again.
    Missing,
    /// Attached.
    Attached,
    /// The ledger does not take it; a person reads why.
    Refused,
}

impl ReceiptState {
    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            ReceiptState::Wanted => "wanted",
            ReceiptState::Missing => "missing",
            ReceiptState::Attached => "attached",
            ReceiptState::Refused => "refused",
        }
    }
}

impl std::str::FromStr for ReceiptState {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        [ReceiptState::Wanted, ReceiptState::Missing, ReceiptState::Attached, ReceiptState::Refused]
            .into_iter()
            .find(|k| k.name() == s)
            .ok_or_else(|| format!("there is no receipt state {s:?}"))
    }
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRow {
    /// Row.
    pub id: i64,
    /// Document.
    pub document: DocumentId,
    /// Which image.
    pub kind: ReceiptKind,
    /// Its handle.
    pub handle: String,
    /// Slot of the record.
    pub slot: Slot,
    /// File name without extension.
    pub name: String,
    /// Where it stands.
    pub state: ReceiptState,
    /// Uploads that were begun.
    pub attempts: u32,
    /// Why it is not attached.
    pub detail: String,
    /// SHA-256 of the image that was attached.
    pub sha256: String,
    /// Its bytes.
    pub size: u64,
    /// Id of the attachment at the ledger.
    pub attachment: String,
    /// When.
    pub attached_at: Option<Timestamp>,
    /// The record: kind and id, once it is in the ledger.
    pub record: Option<(EntryKind, String)>,
}

/// What became of a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptResult {
    /// Attached: id there, hash and size of what was sent.
    Attached {
        /// Id at the ledger.
        id: String,
        /// SHA-256.
        sha256: String,
        /// Bytes.
        size: u64,
    },
    /// The source has no image; again at.
    Missing {
        /// When it is looked for again.
        at: Timestamp,
    },
    /// Later.
    Later {
        /// When.
        at: Timestamp,
        /// Why.
        why: String,
    },
    /// The ledger does not take it.
    Refused {
        /// Why.
        why: String,
    },
}

/// A payment of one of our records in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayment {
    /// Id of the payment at the ledger.
    pub payment: String,
    /// The document whose record it pays.
    pub document: DocumentId,
    /// Its number.
    pub number: String,
    /// Date.
    pub date: Date,
    /// By cheque.
    pub cheque: bool,
    /// How much of the record.
    pub amount: Money,
    /// Voided or deleted.
    pub void: bool,
}

/// A payment as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRow {
    /// Row.
    pub id: i64,
    /// The ledger.
    pub ledger: ConnectionId,
    /// What was read.
    pub payment: NewPayment,
    /// The source knows.
    pub told: bool,
    /// `open`, `done`, `refused`, `dropped`.
    pub state: String,
    /// Attempts.
    pub attempts: u32,
    /// Why not.
    pub detail: String,
    /// What earlier payments of the document were, this one included, in minor units.
    pub sum_minor: i64,
}
