//! Both sides of a tie-out as the systems tell them: the source's own lists, and the ledger as it stands now.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::document::DocumentKind;
use crate::model::entry::{EntryKind, Named, Side};
use crate::model::money::{Currency, Money};

/// Which of its documents a source is asked to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListAsk {
    /// First and last day, in the book's zone; a source whose list has no zone reads a day more on both sides.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// A document in the source's own list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedDocument {
    /// Kind.
    pub kind: DocumentKind,
    /// Business id.
    pub family: String,
    /// Number, where the list tells it (invoices).
    pub number: String,
    /// Title.
    pub title: String,
    /// Owner's or vendor's name.
    pub owner: String,
    /// Routes to a ledger, as far as the list tells.
    pub ledger: String,
    /// Approved or claimed amount.
    pub amount: Money,
    /// Final approval or processing, as the source writes it; none: not approved yet.
    pub processed: Option<Timestamp>,
    /// Submitted.
    pub submitted: Option<Timestamp>,
    /// The source's word for the state of approval.
    pub status: String,
    /// Approved, as the status says.
    pub approved: bool,
    /// Deleted, or a test user's.
    pub excluded: bool,
}

/// The source's own lists of a span.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listing {
    /// Documents of all listed kinds.
    pub documents: Vec<ListedDocument>,
    /// Kinds that the source has no such list for: the report says so.
    pub unlisted: Vec<DocumentKind>,
}

/// What of a ledger is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingAsk {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Accounts whose balances and other movements are wanted, by id.
    pub accounts: Vec<String>,
    /// Records to be read whatever their date or number: ours and adopted ones, by kind and id.
    pub records: Vec<(EntryKind, String)>,
}

/// A record as the ledger holds it now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerRecord {
    /// Kind.
    pub kind: EntryKind,
    /// Id.
    pub id: String,
    /// Number that people see.
    pub number: String,
    /// Date.
    pub date: Date,
    /// Vendor.
    pub party: Option<Named>,
    /// Currency of the amounts.
    pub currency: Currency,
    /// Home units for one unit, where the ledger tells.
    pub rate: Option<Decimal>,
    /// Total as the ledger shows it.
    pub total: Decimal,
    /// Total in home currency, where the ledger tells.
    pub home_total: Option<Decimal>,
    /// What is still open of a bill or credit.
    pub open: Option<Decimal>,
    /// Our reference, when it carries our marker.
    pub marker: Option<String>,
    /// Memo.
    pub memo: String,
    /// The account of the header: payable or card.
    pub offset_account: Option<Named>,
    /// Lines, without the header's own.
    pub lines: Vec<LedgerLine>,
    /// It is not final: draft, pending approval.
    pub not_final: Option<String>,
    /// Last change, as the ledger tells.
    pub changed_at: Timestamp,
}

/// A line of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerLine {
    /// Side.
    pub side: Side,
    /// Account.
    pub account: Named,
    /// Never negative.
    pub amount: Decimal,
    /// Class.
    pub class: Option<Named>,
    /// Department or location.
    pub department: Option<Named>,
    /// Customer or project.
    pub customer: Option<Named>,
    /// Vendor or other name on the line (journals).
    pub party: Option<Named>,
    /// Text.
    pub text: String,
}

/// A movement on an account, whoever made it, in home currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Movement {
    /// Account.
    pub account: String,
    /// Date.
    pub date: Date,
    /// The ledger's word for the kind of transaction: `Bill`, `Bill Payment (Check)`.
    pub word: String,
    /// Id of the transaction, where told.
    pub id: String,
    /// Number.
    pub number: String,
    /// Name.
    pub party: String,
    /// Memo.
    pub memo: String,
    /// Debit positive.
    pub amount: Decimal,
}

/// What a ledger holds for a span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// When it was read.
    pub read_at: Timestamp,
    /// Every record that carries our marker and is dated in the span, and those that were asked for by id and exist.
    pub records: Vec<LedgerRecord>,
    /// Asked for by id, and gone; with the instant of deletion, where told.
    pub gone: Vec<(EntryKind, String, Option<Timestamp>)>,
    /// Balance before the first day by account, debit positive, home currency.
    pub opening: BTreeMap<String, Decimal>,
    /// Balance after the last day.
    pub closing: BTreeMap<String, Decimal>,
    /// All movements of the wanted accounts in the span.
    pub movements: Vec<Movement>,
    /// Bills and credits that are open now on the wanted accounts.
    pub open_items: Vec<LedgerRecord>,
}
