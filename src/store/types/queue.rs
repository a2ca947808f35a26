//! Rows, pages and totals of the queue.

use crate::model::DocumentKind;
use crate::model::filter::Filter;
use crate::model::finding::FindingCode;
use crate::model::ids::BookId;
use crate::model::ids::DocumentId;
use crate::model::money::Currency;
use crate::model::state::State;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::Serialize;

/// A row of the queue, formatted by the screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Id.
    pub id: DocumentId,
    /// Version for compare-and-set.
    pub version: u64,
    /// Book.
    pub book: Option<BookId>,
    /// Kind.
    pub kind: DocumentKind,
    /// State.
    pub state: State,
    /// The source's id.
    pub source_id: String,
    /// Business id.
    pub family: String,
    /// Number.
    pub number: String,
    /// Title.
    pub title: String,
    /// Payee.
    pub payee: String,
    /// Employee number or vendor code.
    pub payee_code: String,
    /// Posting date.
    pub posting_date: Option<Date>,
    /// Currency; none for what is unreadable.
    pub currency: Option<Currency>,
    /// Approved amount in minor units; none for what is unreadable.
    pub minor: Option<i64>,
    /// What would be posted.
    pub will_post: String,
    /// The first finding, blocking ones before warnings.
    pub finding: Option<FindingCode>,
    /// Its brief text.
    pub finding_brief: String,
    /// How many findings there are.
    pub findings: u32,
    /// Why it waits: `QuickBooks offline 3 h`, a hold's reason, an unreadable field.
    pub reason: String,
    /// Revisions seen.
    pub revisions: u32,
    /// Cost centres.
    pub cost_centres: String,
    /// Receipts.
    pub receipts: (u16, u16),
    /// Arrived.
    pub arrived_at: Timestamp,
    /// Last change.
    pub changed_at: Timestamp,
    /// The ledger's number of the first record, once posted.
    pub ledger_number: String,
    /// What Concur pays once confirmed, minor units.
    pub concur_pays: i64,
    /// Who approved it in the source last: a name, or the employee number where the ledger knows no name.
    #[serde(default)]
    pub approver: String,
    /// The reference of its first entry.
    #[serde(default)]
    pub reference: String,
}

/// Columns to sort the queue by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Sort {
    /// Posting date.
    #[default]
    PostingDate,
    /// Approved amount.
    Amount,
    /// Payee.
    Payee,
    /// Number.
    Number,
    /// State.
    State,
    /// Arrival.
    Arrived,
    /// Kind.
    Kind,
    /// What would be posted.
    WillPost,
    /// The first finding's code.
    Finding,
    /// Currency.
    Currency,
    /// Cost centres.
    CostCentres,
    /// Approver in the source.
    Approver,
}

impl Sort {
    /// All.
    pub const ALL: [Sort; 12] = [
        Sort::State,
        Sort::PostingDate,
        Sort::Kind,
        Sort::Payee,
        Sort::Number,
        Sort::WillPost,
        Sort::Finding,
        Sort::Currency,
        Sort::Amount,
        Sort::CostCentres,
        Sort::Arrived,
        Sort::Approver,
    ];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Sort::State => "state",
            Sort::PostingDate => "posting_date",
            Sort::Kind => "kind",
            Sort::Payee => "payee",
            Sort::Number => "number",
            Sort::WillPost => "will_post",
            Sort::Finding => "finding",
            Sort::Currency => "currency",
            Sort::Amount => "amount",
            Sort::CostCentres => "cost_centres",
            Sort::Arrived => "arrived",
            Sort::Approver => "approver",
        }
    }
}

impl std::str::FromStr for Sort {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        Sort::ALL.into_iter().find(|x| x.name() == s).ok_or_else(|| format!("there is no column {s:?}"))
    }
}

/// A view of the queue that a person keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its name.
    pub name: String,
    /// The word of the tab: `Open`, `Blocked`.
    pub tab: String,
    /// The filter as it is typed.
    pub filter: String,
    /// Sort column.
    pub sort: Sort,
    /// Descending.
    pub descending: bool,
}

/// A page of the queue, by key.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Book; none: all.
    pub book: Option<BookId>,
    /// States; empty: all.
    pub states: Vec<State>,
    /// Words that payee, number, title, state, finding or reason must contain (every one of them).
    pub search: Vec<String>,
    /// What else must hold.
    pub filter: Filter,
    /// Only documents with this finding and value.
    pub finding: Option<(FindingCode, String)>,
    /// Sort column.
    pub sort: Sort,
    /// Descending.
    pub descending: bool,
    /// Continue after this row (its sort key is looked up), or before it when `backwards`.
    pub from: Option<DocumentId>,
    /// Read towards the start.
    pub backwards: bool,
    /// At most this many.
    pub limit: u32,
}

/// A page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Rows in display order.
    pub rows: Vec<Row>,
    /// There are more in the direction of reading.
    pub more: bool,
}

/// One row of the totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// Book.
    pub book: Option<BookId>,
    /// State.
    pub state: State,
    /// Currency; none: documents without an amount.
    pub currency: Option<Currency>,
    /// Documents.
    pub count: u64,
    /// Minor units.
    pub minor: i64,
}
