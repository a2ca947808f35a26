//! What the tie-out is made from, as plain values.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::document::DocumentKind;
use crate::model::entry::{EntryKind, Named};
use crate::model::intent::IntentState;
use crate::model::money::Currency;
use crate::model::state::State;

/// A calendar month of one book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

impl Period {
    /// `2026-10`
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad = || format!("{text:?} is no period: write it as YYYY-MM, for example 2026-10");
        if text.len() != 7 {
            return Err(bad());
        }
        let from: Date = format!("{text}-01").parse().map_err(|_| bad())?;
        Ok(Self { from, to: from.last_of_month() })
    }

    /// Whether a day lies in it.
    pub fn has(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }

    /// `October`
    pub fn month(&self) -> String {
        self.from.strftime("%B").to_string()
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.from.strftime("%Y-%m").to_string())
    }
}

/// One line of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordLine {
    /// Account.
    pub account: Named,
    /// Debit positive.
    pub minor: i64,
    /// It stems from the document: cost, reclaimed tax, accounts that the source itself coded (accounting.md, 1.3).
    pub own: bool,
    /// It is the rounding line.
    pub rounding: bool,
    /// It is recoverable tax.
    pub tax: bool,
    /// The offsetting side: the record's header account, no line of its own.
    pub offset: bool,
    /// Class.
    pub class: Option<Named>,
    /// Department or location.
    pub department: Option<Named>,
    /// Customer or project.
    pub customer: Option<Named>,
    /// Cost object as the source calls it, where known.
    pub party: Option<Named>,
}

/// A record: as it was frozen, or as the ledger holds it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Kind.
    pub kind: EntryKind,
    /// Id in the ledger; empty before it exists.
    pub id: String,
    /// Number that people see.
    pub number: String,
    /// Date.
    pub date: Date,
    /// Vendor.
    pub party: Option<Named>,
    /// Currency of the amounts.
    pub currency: Currency,
    /// Home units for one unit, where sent or told.
    pub rate: Option<Decimal>,
    /// Header account.
    pub offset_account: Option<Named>,
    /// Lines. A ledger record has none for its header account.
    pub lines: Vec<RecordLine>,
    /// Our reference, when it carries our marker.
    pub marker: Option<String>,
    /// Draft or pending, in the ledger's words.
    pub not_final: Option<String>,
    /// Last change in the ledger.
    pub changed_at: Option<Timestamp>,
}

/// One slot of a document: the frozen entry, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slotted {
    /// Slot.
    pub slot: String,
    /// Kind of the record.
    pub kind: EntryKind,
    /// Reference.
    pub reference: String,
    /// Where its intent stands.
    pub state: IntentState,
    /// Linked, not made.
    pub adopted: bool,
    /// Id in the ledger.
    pub remote_id: String,
    /// Number in the ledger.
    pub number: String,
    /// Date of the record.
    pub date: Date,
    /// The frozen (or, for adopted ones, derived) entry; none when there is none for the slot.
    pub entry: Option<Record>,
}

/// A cost of a document, for accruals and cuts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostLine {
    /// Account, as people see it; empty when it is not mapped.
    pub account: String,
    /// Cost object (class), as people see it.
    pub object: String,
    /// Date of the spend.
    pub spent: Option<Date>,
    /// Debit positive.
    pub minor: i64,
}

/// A document of the book that the period concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodDocument {
    /// Id.
    pub id: String,
    /// Number.
    pub number: String,
    /// Kind.
    pub kind: DocumentKind,
    /// State.
    pub state: State,
    /// The source's id.
    pub source_id: String,
    /// Business id.
    pub family: String,
    /// Payee.
    pub party: String,
    /// Currency; none for what is unreadable and in no list.
    pub currency: Option<Currency>,
    /// Approved amount; of the unreadable from the source's list.
    pub minor: i64,
    /// Posting date before any move.
    pub original: Date,
    /// Posting date.
    pub posting: Date,
    /// Code of the first finding; empty: none.
    pub finding: String,
    /// What it says, in a few words.
    pub brief: String,
    /// Day of arrival, in the book's zone.
    pub arrived: Date,
    /// The source has our acknowledgement.
    pub acknowledged: bool,
    /// Slots that have intents, and those of the frozen set.
    pub slots: Vec<Slotted>,
    /// Its costs as derived; empty when nothing could be derived.
    pub costs: Vec<CostLine>,
}

impl PeriodDocument {
    /// Dated in the period before or after a move, or with a record dated in it: what a sign-off of the period is for.
    pub fn concerns(&self, period: Period) -> bool {
        period.has(self.original) || period.has(self.posting) || self.slots.iter().any(|s| period.has(s.date))
    }
}

/// A document in the source's own list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Kind.
    pub kind: DocumentKind,
    /// Business id.
    pub family: String,
    /// Number or title, for people.
    pub number: String,
    /// Owner or vendor.
    pub owner: String,
    /// The ledger that the list names; empty: it names none.
    pub ledger: String,
    /// Currency.
    pub currency: Currency,
    /// Amount.
    pub minor: i64,
    /// Day of final approval or processing, in the book's zone.
    pub processed: Option<Date>,
    /// Day of submission.
    pub submitted: Option<Date>,
    /// Approved.
    pub approved: bool,
    /// Deleted, or a test user's.
    pub excluded: bool,
}

/// What a control account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlRole {
    /// Owed to employees: explained by open bills.
    EmployeePayable,
    /// Owed to suppliers, paid by the source: explained by open bills or documents.
    PaidBySource,
    /// A card's liability: explained by a statement.
    Card,
    /// Clearing: explained by documents.
    Clearing,
    /// Advances: explained by employee.
    Advances,
    /// Personal spend to be repaid: explained by employee.
    DueFromEmployees,
}

/// A control account of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlInput {
    /// Account.
    pub account: Named,
    /// What it is for.
    pub role: ControlRole,
    /// Balance before the first day, debit positive, home currency.
    pub opening: Option<i64>,
    /// Balance after the last day.
    pub closing: Option<i64>,
}

/// A movement on an account, debit positive, home currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Account id.
    pub account: String,
    /// Date.
    pub date: Date,
    /// The ledger's word.
    pub word: String,
    /// Id of the transaction, where told.
    pub id: String,
    /// Number.
    pub number: String,
    /// Name.
    pub party: String,
    /// Debit positive.
    pub minor: i64,
}

/// A bill or credit that is open on an account, in home currency; a bill is negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenItem {
    /// Account id.
    pub account: String,
    /// Number.
    pub number: String,
    /// Vendor.
    pub party: String,
    /// Date.
    pub date: Date,
    /// Open amount, debit positive.
    pub minor: i64,
}

/// A figure of a statement, entered by a person: what the bank or issuer says is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Account number or id.
    pub account: String,
    /// Its day.
    pub date: Date,
    /// The amount owed, as the statement prints it.
    pub minor: i64,
    /// Who entered it.
    pub by: String,
}

/// What the ledger holds now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held {
    /// Records: marked ones of the period, and all that were asked for and exist.
    pub records: Vec<Record>,
    /// Asked for, and gone: kind, id, when where told.
    pub gone: Vec<(EntryKind, String, Option<Timestamp>)>,
    /// Movements on control accounts.
    pub movements: Vec<Movement>,
    /// Open items.
    pub open_items: Vec<OpenItem>,
}
