//! Which transactions a query finds (contract, 7.4 to 7.6).

use jiff::civil::{Date, DateTime};

use super::books::Books;
use super::list_queries::{Found, between, matches, range, tree};
use super::lists::{ListKind, NAMES, well_formed};
use super::texts::{self, Status};
use super::transactions::{Txn, TxnKind};
use super::xml::Node;

/// Runs the query of one kind.
pub fn run(books: &Books, kind: TxnKind, node: &Node, missing_number: bool) -> Result<Found, Status> {
    if let Some(found) = selected(books, Some(kind), node, missing_number)? {
        return Ok(found);
    }
    let filter = Filter::read(books, node)?;
    let paid = node.value("PaidStatus").unwrap_or("All");
    let takes = |at: &usize| {
        let txn = &books.txns.all[*at];
        let settled = txn.open() == 0;
        txn.kind == kind && filter.takes(txn) && (paid == "All" || (paid == "PaidOnly") == settled)
    };
    Ok(Found::plain(books.txns.live().filter(takes)))
}

/// By id or number, when the query names some. Numbers that nothing has are a plain "nothing found", unless the
/// switch `missing_numbers` wants them told.
pub fn selected(
    books: &Books,
    kind: Option<TxnKind>,
    node: &Node,
    missing_number: bool,
) -> Result<Option<Found>, Status> {
    let own = |at: &usize| kind.is_none_or(|kind| books.txns.all[*at].kind == kind);
    let mut found = Found::default();
    let mut asked = false;
    for child in &node.children {
        let text = child.text.trim();
        let some: Vec<usize> = match child.name.as_str() {
            "TxnID" if !well_formed(text) => return Err(texts::bad_id(text, "transaction id")),
            "TxnID" => books.txns.by_id(text).into_iter().filter(own).collect(),
            "RefNumber" => books.txns.by_number(text).into_iter().filter(own).collect(),
            "RefNumberCaseSensitive" => {
                let exact = |at: &usize| books.txns.all[*at].ref_number == text;
                books.txns.by_number(text).into_iter().filter(own).filter(exact).collect()
            }
            _ => continue,
        };
        asked = true;
        if some.is_empty() && (child.name == "TxnID" || missing_number) {
            found.missing = Some(text.to_owned());
        }
        found.keys.extend(some.into_iter().map(|at| (at, 0)));
    }
    found.keys.sort_unstable();
    found.keys.dedup();
    Ok(asked.then_some(found))
}

/// `TF`, under the names that the queries have for its parts.
pub struct Filter<'a> {
    books: &'a Books,
    modified: (Option<DateTime>, Option<DateTime>),
    dates: (Option<Date>, Option<Date>),
    entities: Option<Vec<usize>>,
    accounts: Option<Vec<usize>>,
    number: Option<&'a Node>,
    numbers: Option<&'a Node>,
    currencies: Option<Vec<usize>>,
}

impl<'a> Filter<'a> {
    /// Reads it.
    pub fn read(books: &'a Books, node: &'a Node) -> Result<Self, Status> {
        let child = |one: &'static str, other: &'static str| node.child(one).or_else(|| node.child(other));
        let modified = child("ModifiedDateRangeFilter", "TransactionModifiedDateRangeFilter");
        let wall = |name: &str, end| {
            modified.and_then(|m| m.value(name)).and_then(|text| books.local.meant(text, end))
        };
        let dated = child("TxnDateRangeFilter", "TransactionDateRangeFilter");
        let date = |name: &str| dated.and_then(|d| d.value(name)).and_then(|text| text.parse::<Date>().ok());
        let mut dates = (date("FromTxnDate"), date("ToTxnDate"));
        if let Some(word) = dated.and_then(|d| d.value("DateMacro")) {
            dates = macro_dates(word, books.today());
        }
        let lists =
            |filter: Option<&Node>, kinds| filter.map(|filter| tree(books, filter, kinds)).transpose();
        if node.child("CurrencyFilter").is_some() && !books.multicurrency() {
            return Err(texts::feature_off());
        }
        let filter = Self {
            books,
            modified: (wall("FromModifiedDate", false), wall("ToModifiedDate", true)),
            dates,
            entities: lists(node.child("EntityFilter"), NAMES)?,
            accounts: lists(node.child("AccountFilter"), &[ListKind::Account])?,
            number: node.child("RefNumberFilter"),
            numbers: node.child("RefNumberRangeFilter"),
            currencies: lists(node.child("CurrencyFilter"), &[ListKind::Currency])?,
        };
        range(filter.modified.0, filter.modified.1)?;
        range(filter.dates.0, filter.dates.1)?;
        Ok(filter)
    }

    /// Whether a transaction passes.
    pub fn takes(&self, txn: &Txn) -> bool {
        let wall = self.books.local.wall(txn.modified);
        let names = || txn.names();
        let accounts = || txn.account.into_iter().chain(txn.lines.iter().filter_map(|line| line.account));
        let currency =
            || txn.account.and_then(|at| self.books.lists.get(at).link("CurrencyRef")).or(txn.currency);
        self.modified.0.is_none_or(|from| wall >= from)
            && self.modified.1.is_none_or(|to| wall <= to)
            && self.dates.0.is_none_or(|from| txn.date >= from)
            && self.dates.1.is_none_or(|to| txn.date <= to)
            && self.entities.as_ref().is_none_or(|wanted| names().any(|at| wanted.contains(&at)))
            && self.accounts.as_ref().is_none_or(|wanted| accounts().any(|at| wanted.contains(&at)))
            && self.number.is_none_or(|filter| {
                let text = |name| filter.value(name).unwrap_or_default();
                matches(&txn.ref_number, text("MatchCriterion"), text("RefNumber"))
            })
            && self.numbers.is_none_or(|range| {
                !txn.ref_number.is_empty()
                    && between(&txn.ref_number, range.value("FromRefNumber"), range.value("ToRefNumber"))
            })
            && self.currencies.as_ref().is_none_or(|wanted| currency().is_some_and(|at| wanted.contains(&at)))
    }
}

fn macro_dates(word: &str, today: Date) -> (Option<Date>, Option<Date>) {
    let month = today.first_of_month();
    match word {
        "Today" => (Some(today), Some(today)),
        "ThisWeek" => {
            let start =
                today.checked_sub(jiff::Span::new().days(i64::from(today.weekday().to_sunday_zero_offset())));
            let end = start.as_ref().ok().and_then(|start| start.checked_add(jiff::Span::new().days(6)).ok());
            (start.ok(), end)
        }
        "ThisMonth" => (Some(month), Some(today.last_of_month())),
        "ThisMonthToDate" => (Some(month), Some(today)),
        "LastMonth" => {
            let last = month.yesterday().ok();
            (last.map(Date::first_of_month), last)
        }
        "ThisCalendarYear" => (Some(today.first_of_year()), Some(today.last_of_year())),
        _ => (None, None),
    }
}
