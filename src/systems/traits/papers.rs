//! Receipts, and payment state.

use jiff::civil::Date;

use crate::model::document::DocumentKind;
use crate::model::entry::EntryKind;
use crate::model::money::Money;

/// Where the image of a receipt is found at the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptHandle {
    /// One receipt (Concur: `entryReceiptId`).
    Receipt(String),
    /// All images of a report, as one file (business id).
    Report(String),
    /// The image of an invoice (business id).
    Invoice(String),
}

/// A paper: its file name, type and bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Paper {
    /// File name, safe for a ledger.
    pub name: String,
    /// `application/pdf`, `image/jpeg`, `image/png`.
    pub content_type: String,
    /// Content.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Paper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Paper({}, {}, {} bytes)", self.name, self.content_type, self.bytes.len())
    }
}

/// A paper that a ledger's record has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedPaper {
    /// Id at the ledger.
    pub id: String,
    /// File name.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// A payment of a bill in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerPayment {
    /// Id of the payment.
    pub id: String,
    /// Number that people see (cheque number), where there is one.
    pub number: String,
    /// Date.
    pub date: Date,
    /// Paid by cheque rather than electronically.
    pub cheque: bool,
    /// What was paid: kind and id of the record, and how much of it.
    pub of: Vec<(EntryKind, String, Money)>,
    /// It was deleted or voided.
    pub void: bool,
}

/// What the source is told about a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidDocument {
    /// The caller's key: unique per payment and document; repeats of one confirmation have the same.
    pub key: String,
    /// Kind.
    pub kind: DocumentKind,
    /// The source's id (Concur: FIS id).
    pub source_id: String,
    /// Business id.
    pub family: String,
    /// Paid with this payment.
    pub amount: Money,
    /// The whole document.
    pub total: Money,
    /// Together with earlier payments all is paid.
    pub complete: bool,
    /// Date.
    pub date: Date,
    /// The payment's number in the ledger.
    pub number: String,
    /// By cheque.
    pub cheque: bool,
    /// Who was paid: code and name.
    pub payee: (String, String),
    /// The payee is an employee.
    pub employee: bool,
    /// Company id and record number in the ledger, and its fiscal year.
    pub record: (String, String, i16),
}

/// A payment that was told and does not stand any more: voided or deleted in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversedPayment {
    /// The payment as it was told, with a **new** key: a payment reference is used once.
    pub payment: PaidDocument,
    /// Why, for the people at the source; never empty.
    pub reason: String,
}
