//! Groups of findings, the audit trail, what needs a person, what stands around a document.

use crate::model::finding::FindingCode;
use crate::model::ids::DocumentId;
use crate::model::money::Currency;
use crate::model::state::State;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::store::types::Row;

/// A group of one finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingGroup {
    /// Code.
    pub code: FindingCode,
    /// Value.
    pub value: String,
    /// Brief of one of them.
    pub brief: String,
    /// Documents.
    pub count: u64,
    /// Sums by currency.
    pub sums: Vec<(Currency, i64)>,
}

/// One audit event, decoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Gapless.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// How they came.
    pub via: String,
    /// What: `approved`, `posted`, `rule_set` …
    pub action: String,
    /// On what: document id, book, connection.
    pub subject: String,
    /// A sentence for people, from the event's fields.
    pub text: String,
    /// All fields.
    pub fields: Vec<(String, String)>,
    /// The chain's hash, hex.
    pub hash: String,
}

/// What a person must look at (summary of a run).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attention {
    /// The document.
    pub row: Row,
    /// The finding's code, or the state's name.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

/// What the store knows around a document when it is derived.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// Other members of the family.
    pub family: Vec<(DocumentId, State, String)>,
    /// Other live documents (other family, not ended) that share a duplicate key: (key, id, number).
    pub same_expense: Vec<(String, DocumentId, String)>,
    /// References of other documents in this ledger among the given ones.
    pub used_references: Vec<String>,
    /// Ids of advances that stored cash-advance documents issued.
    pub known_advances: Vec<String>,
    /// The last invoice of the same book and supplier that is in the ledger.
    pub last_posted: Option<DocumentId>,
}
