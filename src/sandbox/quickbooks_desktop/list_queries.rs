//! Which list elements a query finds (contract, 7.1).

use super::books::Books;
use super::lists::{ListKind, NAMES, well_formed};
use super::ret::cents;
use super::texts::{self, Status};
use super::xml::Node;

/// What a query finds: keys for the answer, and what was asked for by id or path and is not there.
#[derive(Debug, Default)]
pub struct Found {
    /// Index of the element or transaction, and of its row where an answer has several.
    pub keys: Vec<(usize, usize)>,
    /// Named and not found.
    pub missing: Option<String>,
}

impl Found {
    /// Plain keys.
    pub fn plain(keys: impl IntoIterator<Item = usize>) -> Self {
        Self { keys: keys.into_iter().map(|at| (at, 0)).collect(), missing: None }
    }
}

/// The lists that a query reads.
pub fn kinds(query: &str) -> Option<&'static [ListKind]> {
    Some(match query {
        "AccountQuery" => &[ListKind::Account],
        "ClassQuery" => &[ListKind::Class],
        "VendorQuery" => &[ListKind::Vendor],
        "CustomerQuery" => &[ListKind::Customer],
        "EmployeeQuery" => &[ListKind::Employee],
        "OtherNameQuery" => &[ListKind::OtherName],
        "EntityQuery" => NAMES,
        "TermsQuery" | "StandardTermsQuery" => &[ListKind::Terms],
        "CurrencyQuery" => &[ListKind::Currency],
        _ => return None,
    })
}

/// Runs a query.
pub fn run(books: &Books, query: &str, kinds: &[ListKind], node: &Node) -> Result<Found, Status> {
    let off = (query == "CurrencyQuery" || node.child("CurrencyFilter").is_some()) && !books.multicurrency();
    if off || (query == "ClassQuery" && !books.file.class_tracking) {
        return Err(texts::feature_off());
    }
    if node.child("ListID").is_some() || node.child("FullName").is_some() {
        return named(books, kinds, node);
    }
    let filter = Filter::read(books, node)?;
    let found = (0..books.lists.all.len())
        .filter(|at| kinds.contains(&books.lists.get(*at).kind) && filter.takes(*at));
    Ok(Found::plain(found))
}

fn named(books: &Books, kinds: &[ListKind], node: &Node) -> Result<Found, Status> {
    let mut found = Found::default();
    for child in &node.children {
        let text = child.text.trim();
        let at = match child.name.as_str() {
            "ListID" if !well_formed(text) => return Err(texts::bad_id(text, "list id")),
            "ListID" => books.lists.by_id(text).filter(|at| kinds.contains(&books.lists.get(*at).kind)),
            "FullName" => books.lists.by_name(kinds, text),
            _ => continue,
        };
        match at {
            Some(at) => found.keys.push((at, 0)),
            None => found.missing = Some(text.to_owned()),
        }
    }
    Ok(found)
}

/// Elements by `ListID+ | FullName+ | …WithChildren`, as filters name them. What is not there is 3120.
pub fn tree(books: &Books, node: &Node, kinds: &[ListKind]) -> Result<Vec<usize>, Status> {
    let mut tops = Vec::new();
    let mut deep = false;
    for child in &node.children {
        let text = child.text.trim();
        let by_id = child.name.starts_with("ListID");
        deep |= child.name.ends_with("WithChildren");
        let at = if by_id { books.lists.by_id(text) } else { books.lists.by_name(kinds, text) };
        tops.push(
            at.filter(|at| kinds.contains(&books.lists.get(*at).kind))
                .ok_or_else(|| texts::not_found(text))?,
        );
    }
    if deep {
        return Ok((0..books.lists.all.len())
            .filter(|at| tops.iter().any(|top| books.lists.within(*at, *top)))
            .collect());
    }
    Ok(tops)
}

struct Filter<'a> {
    books: &'a Books,
    active: &'a str,
    from: Option<jiff::civil::DateTime>,
    to: Option<jiff::civil::DateTime>,
    name: Option<&'a Node>,
    range: Option<&'a Node>,
    types: Vec<&'a str>,
    balance: Option<(&'a str, i64)>,
    currencies: Option<Vec<usize>>,
    classes: Option<Vec<usize>>,
}

impl<'a> Filter<'a> {
    fn read(books: &'a Books, node: &'a Node) -> Result<Self, Status> {
        let lists =
            |name: &str, kind| node.child(name).map(|filter| tree(books, filter, &[kind])).transpose();
        let (from, to) = (node.value("FromModifiedDate"), node.value("ToModifiedDate"));
        let filter = Self {
            books,
            active: node.value("ActiveStatus").unwrap_or("ActiveOnly"),
            from: from.and_then(|text| books.local.meant(text, false)),
            to: to.and_then(|text| books.local.meant(text, true)),
            name: node.child("NameFilter"),
            range: node.child("NameRangeFilter"),
            types: node.values("AccountType").collect(),
            balance: node.child("TotalBalanceFilter").and_then(|filter| {
                Some((filter.value("Operator")?, filter.value("Amount").and_then(cents)?))
            }),
            currencies: lists("CurrencyFilter", ListKind::Currency)?,
            classes: lists("ClassFilter", ListKind::Class)?,
        };
        range(filter.from, filter.to)?;
        Ok(filter)
    }

    fn takes(&self, at: usize) -> bool {
        let element = self.books.lists.get(at);
        let active = match self.active {
            "All" => true,
            "InactiveOnly" => !element.active,
            _ => element.active,
        };
        let wall = self.books.local.wall(element.modified);
        let text = |node: &'a Node, name: &str| node.value(name).unwrap_or_default();
        let named = self.name.is_none_or(|filter| {
            matches(&element.full_name, text(filter, "MatchCriterion"), text(filter, "Name"))
        });
        let ranged = self
            .range
            .is_none_or(|range| between(&element.full_name, range.value("FromName"), range.value("ToName")));
        let linked = |wanted: &Option<Vec<usize>>, name: &str| {
            wanted.as_ref().is_none_or(|wanted| element.link(name).is_some_and(|at| wanted.contains(&at)))
        };
        let balance = self.balance.is_none_or(|(operator, amount)| match operator {
            "LessThan" => element.balance < amount,
            "LessThanEqual" => element.balance <= amount,
            "Equal" => element.balance == amount,
            "GreaterThan" => element.balance > amount,
            _ => element.balance >= amount,
        });
        active
            && self.from.is_none_or(|from| wall >= from)
            && self.to.is_none_or(|to| wall <= to)
            && named
            && ranged
            && (self.types.is_empty() || self.types.contains(&self.books.account_type(at)))
            && balance
            && linked(&self.currencies, "CurrencyRef")
            && linked(&self.classes, "ClassRef")
    }
}

/// Refuses a range that ends before it begins (3030).
pub fn range<T: PartialOrd>(from: Option<T>, to: Option<T>) -> Result<(), Status> {
    match (from, to) {
        (Some(from), Some(to)) if from > to => {
            Err(Status::new(3030, "The from date of the query is later than the to date."))
        }
        _ => Ok(()),
    }
}

/// `MatchCriterion`, whatever the case.
pub fn matches(text: &str, criterion: &str, wanted: &str) -> bool {
    let (text, wanted) = (text.to_lowercase(), wanted.to_lowercase());
    match criterion {
        "StartsWith" => text.starts_with(&wanted),
        "EndsWith" => text.ends_with(&wanted),
        _ => text.contains(&wanted),
    }
}

/// A range of texts, whatever the case, both ends in it.
pub fn between(text: &str, from: Option<&str>, to: Option<&str>) -> bool {
    let text = text.to_lowercase();
    from.is_none_or(|from| text >= from.to_lowercase()) && to.is_none_or(|to| text <= to.to_lowercase())
}
