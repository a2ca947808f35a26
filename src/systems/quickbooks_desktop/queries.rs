//! Every query that is made, and the two writes of vendors: one request element each, checked by its table
//! (contract 6.3, 7.1 and 7.3 to 7.6). Message sets are made of them by [`super::assemble`].
//!
//! `id` is the `requestID`: at most 50 plain characters, matched in the answer. An error is a sentence.

use jiff::civil::Date;

use crate::model::entry::EntryKind;

use super::values::local_time;
use super::write::{Element, flag, group, reference, request, text, written};

/// RefNumbers or TxnIDs of one query, at most (contract 6.2, step 7).
pub const KEYS_MAX: usize = 100;

/// How a list of any length is read (contract 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walk<'a> {
    /// All at once.
    Whole,
    /// The first page of so many.
    Start(u32),
    /// The next page: the iterator's id, and the same number and filters as in the first one.
    Continue(u32, &'a str),
}

/// Which elements of a list are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Active {
    /// Active and inactive ones.
    #[default]
    All,
    /// Active ones.
    Only,
}

/// What narrows the reading of a list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Narrow<'a> {
    /// Active ones or all.
    pub active: Active,
    /// Changed at or after: an instant as QuickBooks told it (its offset is dropped).
    pub changed_since: Option<&'a str>,
    /// These alone, by ListID; nothing else narrows then.
    pub ids: &'a [String],
    /// The fields that are wanted; empty: all.
    pub fields: &'a [&'a str],
}

/// Lists that are read; the first four have no pages (contract 0.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Accounts.
    Account,
    /// Classes.
    Class,
    /// Employees.
    Employee,
    /// Currencies.
    Currency,
    /// Every name: vendors, customers, employees and others.
    Entity,
    /// Vendors.
    Vendor,
    /// Customers and jobs.
    Customer,
}

impl List {
    fn request(self) -> &'static str {
        match self {
            List::Account => "AccountQueryRq",
            List::Class => "ClassQueryRq",
            List::Employee => "EmployeeQueryRq",
            List::Currency => "CurrencyQueryRq",
            List::Entity => "EntityQueryRq",
            List::Vendor => "VendorQueryRq",
            List::Customer => "CustomerQueryRq",
        }
    }
}

/// The name of the query that reads records of a kind.
pub fn query_of(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Bill => "BillQueryRq",
        EntryKind::VendorCredit => "VendorCreditQueryRq",
        EntryKind::CardPurchase => "CreditCardChargeQueryRq",
        EntryKind::CardRefund => "CreditCardCreditQueryRq",
        EntryKind::Journal => "JournalEntryQueryRq",
    }
}

/// QuickBooks' word for a kind of record (`TxnType`, `TxnDelType`).
pub fn word_of(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Bill => "Bill",
        EntryKind::VendorCredit => "VendorCredit",
        EntryKind::CardPurchase => "CreditCardCharge",
        EntryKind::CardRefund => "CreditCardCredit",
        EntryKind::Journal => "JournalEntry",
    }
}

/// `HostQuery`: program, versions and file mode; with `capacities` how many elements each list can hold.
pub fn host(id: &str, capacities: bool) -> Result<String, String> {
    let asked = capacities.then(|| group("IncludeListMetaData", vec![flag("IncludeMaxCapacity", true)]));
    written(&request("HostQueryRq", id, asked.into_iter().collect()))
}

/// `CompanyQuery` with the private data of `owner` (our [`super::OWNER_ID`]), where the FileID is stamped.
pub fn company(id: &str, owner: Option<&str>) -> Result<String, String> {
    written(&request("CompanyQueryRq", id, owner.map(|o| text("OwnerID", o)).into_iter().collect()))
}

/// `CompanyActivityQuery`: when a backup was restored last.
pub fn company_activity(id: &str) -> Result<String, String> {
    written(&request("CompanyActivityQueryRq", id, Vec::new()))
}

/// `PreferencesQuery`.
pub fn preferences(id: &str) -> Result<String, String> {
    written(&request("PreferencesQueryRq", id, Vec::new()))
}

/// A list. A list without pages refuses every walk but [`Walk::Whole`].
pub fn list(list: List, id: &str, narrow: &Narrow<'_>, walk: Walk<'_>) -> Result<String, String> {
    let mut children = Vec::new();
    if narrow.ids.is_empty() {
        children.extend(most(walk));
        children.push(text("ActiveStatus", if narrow.active == Active::All { "All" } else { "ActiveOnly" }));
        if let Some(since) = narrow.changed_since {
            children.push(text("FromModifiedDate", local_time(since)?));
        }
    } else {
        children.extend(narrow.ids.iter().map(|i| text("ListID", i)));
    }
    children.extend(narrow.fields.iter().map(|f| text("IncludeRetElement", *f)));
    walked(list.request(), id, children, walk)
}

/// Which records are read.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// With these RefNumbers, at most [`KEYS_MAX`]: case does not count, and a number is not unique.
    Numbers(&'a [String]),
    /// With these TxnIDs, at most [`KEYS_MAX`].
    Ids(&'a [String]),
    /// Dated from one day through another.
    Dated(Date, Date),
    /// Changed at or after: an instant as QuickBooks told it (its offset is dropped).
    ChangedSince(&'a str),
}

/// How much of a record is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Depth {
    /// With its lines.
    pub lines: bool,
    /// With what is linked to it: payments. Journals and card records have nothing of the kind.
    pub linked: bool,
}

/// Records of one kind. Keys are read at once; [`Walk`] pages are for dates.
pub fn records(
    kind: EntryKind,
    id: &str,
    which: Which<'_>,
    depth: Depth,
    walk: Walk<'_>,
) -> Result<String, String> {
    let mut children = Vec::new();
    match which {
        Which::Numbers(numbers) => children.extend(keys("RefNumber", numbers)?),
        Which::Ids(ids) => children.extend(keys("TxnID", ids)?),
        Which::Dated(from, to) => {
            children.extend(most(walk));
            let range = vec![text("FromTxnDate", from.to_string()), text("ToTxnDate", to.to_string())];
            children.push(group("TxnDateRangeFilter", range));
        }
        Which::ChangedSince(since) => {
            children.extend(most(walk));
            let range = vec![text("FromModifiedDate", local_time(since)?)];
            children.push(group("ModifiedDateRangeFilter", range));
        }
    }
    if depth.lines {
        children.push(flag("IncludeLineItems", true));
    }
    if depth.linked && matches!(kind, EntryKind::Bill | EntryKind::VendorCredit) {
        children.push(flag("IncludeLinkedTxns", true));
    }
    walked(query_of(kind), id, children, walk)
}

/// Records of one kind dated on a day or later, with these fields alone; journals with their lines.
pub fn since(
    kind: EntryKind,
    id: &str,
    from: Date,
    fields: &[&str],
    walk: Walk<'_>,
) -> Result<String, String> {
    let mut children: Vec<Element> = most(walk).into_iter().collect();
    children.push(group("TxnDateRangeFilter", vec![text("FromTxnDate", from.to_string())]));
    if kind == EntryKind::Journal {
        children.push(flag("IncludeLineItems", true));
    }
    children.extend(fields.iter().map(|f| text("IncludeRetElement", *f)));
    walked(query_of(kind), id, children, walk)
}

/// Unpaid bills, dated from one day through another.
pub fn open_bills(id: &str, from: Date, to: Date, walk: Walk<'_>) -> Result<String, String> {
    let mut children: Vec<Element> = most(walk).into_iter().collect();
    let range = vec![text("FromTxnDate", from.to_string()), text("ToTxnDate", to.to_string())];
    children.push(group("TxnDateRangeFilter", range));
    children.extend([text("PaidStatus", "NotPaidOnly"), flag("IncludeLinkedTxns", true)]);
    walked("BillQueryRq", id, children, walk)
}

/// What is read of all kinds of transactions, as summary rows (contract 6.3 and 7.6).
#[derive(Debug, Clone, Copy, Default)]
pub struct Summaries<'a> {
    /// These RefNumbers, at most [`KEYS_MAX`]; empty: all.
    pub numbers: &'a [String],
    /// Dated from one day through another.
    pub dated: Option<(Date, Date)>,
    /// Changed at or after: an instant as QuickBooks told it.
    pub changed_since: Option<&'a str>,
    /// Of these names (ListIDs); empty: all.
    pub entities: &'a [String],
    /// On these accounts (ListIDs); empty: all.
    pub accounts: &'a [String],
    /// Of these types (`Bill`, `JournalEntry`, `BillPaymentCheck` …); empty: all.
    pub types: &'a [&'a str],
    /// One row for each line (`All`) in place of one for each transaction (`SummaryOnly`).
    pub each_line: bool,
}

/// `TransactionQuery`.
pub fn transactions(id: &str, ask: &Summaries<'_>, walk: Walk<'_>) -> Result<String, String> {
    let ids = |name, list: &[String]| {
        (!list.is_empty()).then(|| group(name, list.iter().map(|i| text("ListID", i)).collect()))
    };
    let mut children: Vec<Element> = most(walk).into_iter().collect();
    if !ask.numbers.is_empty() {
        children.extend(keys("RefNumber", ask.numbers)?);
    }
    if let Some(since) = ask.changed_since {
        let range = vec![text("FromModifiedDate", local_time(since)?)];
        children.push(group("TransactionModifiedDateRangeFilter", range));
    }
    if let Some((from, to)) = ask.dated {
        let range = vec![text("FromTxnDate", from.to_string()), text("ToTxnDate", to.to_string())];
        children.push(group("TransactionDateRangeFilter", range));
    }
    children.extend(ids("TransactionEntityFilter", ask.entities));
    children.extend(ids("TransactionAccountFilter", ask.accounts));
    if !ask.types.is_empty() {
        let types = ask.types.iter().map(|t| text("TxnTypeFilter", *t)).collect();
        children.push(group("TransactionTypeFilter", types));
    }
    let level = if ask.each_line { "All" } else { "SummaryOnly" };
    children.push(text("TransactionDetailLevelFilter", level));
    walked("TransactionQueryRq", id, children, walk)
}

/// `TxnDeletedQuery`: what was deleted of these kinds (`Bill`, `JournalEntry` …) at or after an instant as QuickBooks
/// told it.
pub fn deleted(id: &str, kinds: &[&str], since: Option<&str>) -> Result<String, String> {
    let mut children: Vec<Element> = kinds.iter().map(|k| text("TxnDelType", *k)).collect();
    if let Some(since) = since {
        let range = vec![text("FromDeletedDate", local_time(since)?)];
        children.push(group("DeletedDateRangeFilter", range));
    }
    written(&request("TxnDeletedQueryRq", id, children))
}

/// `BillToPayQuery`: what is open of one vendor, on one payable account where it is named.
pub fn bills_to_pay(id: &str, vendor: &str, payable: Option<&str>) -> Result<String, String> {
    let mut children = vec![reference("PayeeEntityRef", vendor)];
    children.extend(payable.map(|p| reference("APAccountRef", p)));
    written(&request("BillToPayQueryRq", id, children))
}

/// `MaxReturned`, where a list is read in pages.
fn most(walk: Walk<'_>) -> Option<Element> {
    match walk {
        Walk::Whole => None,
        Walk::Start(most) | Walk::Continue(most, _) => Some(text("MaxReturned", most.to_string())),
    }
}

fn keys(name: &'static str, values: &[String]) -> Result<Vec<Element>, String> {
    match values.len() {
        0 => Err(format!("a query by {name} needs one")),
        n if n > KEYS_MAX => Err(format!("{n} values of {name} are too many: at most {KEYS_MAX}")),
        _ => Ok(values.iter().map(|v| text(name, v)).collect()),
    }
}

fn walked(name: &'static str, id: &str, children: Vec<Element>, walk: Walk<'_>) -> Result<String, String> {
    let mut request = request(name, id, children);
    match walk {
        Walk::Whole => {}
        Walk::Start(_) => request.attributes.push(("iterator", "Start".into())),
        Walk::Continue(_, iterator) => {
            request.attributes.push(("iterator", "Continue".into()));
            request.attributes.push(("iteratorID", iterator.into()));
        }
    }
    written(&request)
}
