//! Pages of the queue by key, never by offset: one short index read for each book and state, merged here. What a page
//! costs depends on its length, not on the table's.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use crate::model::ids::{BookId, DocumentId};
use crate::model::state::State;
use crate::store::sqlite::convert::count as unsigned;
use crate::store::sqlite::fail::{Done, Fail};
use crate::store::sqlite::filter::{self, Conditions};
use crate::store::sqlite::rows;
use crate::store::types::{Page, Query, Sort, StoreError};

/// The place of a row in the order. Texts compare by bytes, as in SQLite.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    rank: usize,
    number: i64,
    text: String,
    id: String,
    /// The table's own key: a row is read by it without a second index.
    n: i64,
}

struct Order {
    column: &'static str,
    index: &'static str,
    is_number: bool,
    by_state: bool,
}

fn order(sort: Sort) -> Order {
    let (column, index, is_number, by_state) = match sort {
        Sort::PostingDate => ("posting_date", "document_by_date", false, false),
        Sort::Amount => ("minor", "document_by_amount", true, false),
        Sort::Payee => ("payee", "document_by_payee", false, false),
        Sort::Number => ("number", "document_by_number", false, false),
        // within a state by date
        Sort::State => ("posting_date", "document_by_date", false, true),
        Sort::Arrived => ("arrived_at", "document_by_arrival", true, false),
        Sort::Kind => ("kind", "document_by_kind", false, false),
        Sort::WillPost => ("will_post", "document_by_will_post", false, false),
        Sort::Finding => ("finding", "document_by_finding", false, false),
        Sort::Currency => ("currency", "document_by_currency", false, false),
        Sort::CostCentres => ("cost_centres", "document_by_cost", false, false),
        Sort::Approver => ("approver", "document_by_approver", false, false),
    };
    Order { column, index, is_number, by_state }
}

impl Order {
    fn place(&self, state: State, r: &rusqlite::Row<'_>) -> rusqlite::Result<Place> {
        let rank =
            if self.by_state { State::ALL.iter().position(|s| *s == state).unwrap_or_default() } else { 0 };
        let (number, text) =
            if self.is_number { (r.get(1)?, String::new()) } else { (0, r.get::<_, String>(1)?) };
        Ok(Place { rank, number, text, id: r.get(0)?, n: r.get(3)? })
    }

    fn of(&self, c: &Connection, id: DocumentId) -> Done<Place> {
        let sql = format!("SELECT id, {}, state, n FROM document WHERE id = ?", self.column);
        let found = c
            .prepare_cached(&sql)?
            .query_row([id.to_string()], |r| self.place(crate::store::sqlite::convert::named(r, 2)?, r))
            .optional()?;
        found.ok_or_else(|| Fail::Store(StoreError::Missing(format!("document {id}"))))
    }
}

/// The books to read: the one, or all; nobody's documents are one of them.
pub fn books_of(c: &Connection, book: Option<&BookId>) -> Done<Vec<Option<String>>> {
    if let Some(b) = book {
        return Ok(vec![Some(b.to_string())]);
    }
    let mut s = c.prepare_cached("SELECT id FROM book ORDER BY id")?;
    let all = s.query_map([], |r| r.get::<_, String>(0).map(Some))?;
    let mut all: Vec<Option<String>> = all.collect::<rusqlite::Result<_>>()?;
    all.push(None);
    Ok(all)
}

fn text_or_null(book: Option<&String>) -> Value {
    book.map_or(Value::Null, |b| Value::Text(b.clone()))
}

/// A page.
pub fn page(c: &Connection, q: &Query) -> Done<Page> {
    // one transaction: the parts of a page are of one moment
    c.execute_batch("BEGIN")?;
    let page = read_page(c, q);
    c.execute_batch("COMMIT")?;
    page
}

fn read_page(c: &Connection, q: &Query) -> Done<Page> {
    let order = order(q.sort);
    let down = q.descending != q.backwards;
    let start = q.from.map(|id| order.of(c, id)).transpose()?;
    let limit = q.limit as usize;
    let (books, states) = (books_of(c, q.book.as_ref())?, filter::states(q));
    let conditions = filter::conditions(c, q)?;
    let few = if conditions.sql.is_empty() { None } else { filter::few(c, q, &books, &states)? };
    let mut found = match few {
        Some(keys) => {
            let all = sift(c, q, &order, &states, &conditions, &keys)?;
            let behind = |p: &Place| start.as_ref().is_none_or(|s| if down { p < s } else { p > s });
            all.into_iter().filter(behind).collect()
        }
        None => walk(c, q, &order, start.as_ref(), &books, &states, &conditions)?,
    };
    found.sort_unstable();
    if down {
        found.reverse();
    }
    let more = found.len() > limit;
    found.truncate(limit);
    if q.backwards {
        found.reverse();
    }
    let mut rows = Vec::with_capacity(found.len());
    for place in found {
        rows.extend(rows::at(c, place.n)?);
    }
    Ok(Page { rows, more })
}

/// Those of a few documents that the query has.
fn sift(
    c: &Connection,
    q: &Query,
    order: &Order,
    states: &[State],
    conditions: &Conditions,
    keys: &[i64],
) -> Done<Vec<Place>> {
    let (of_book, book) = filter::of_book(q.book.as_ref());
    let sql =
        format!("SELECT id, {}, state, n FROM document WHERE n = ?{of_book}{}", order.column, conditions.sql);
    let mut s = c.prepare_cached(&sql)?;
    let mut out = Vec::new();
    for key in keys {
        let key = Value::Integer(*key);
        let values = std::iter::once(&key).chain(&book).chain(&conditions.values);
        let found = s
            .query_row(params_from_iter(values), |r| {
                let state: State = crate::store::sqlite::convert::named(r, 2)?;
                Ok((state, order.place(state, r)?))
            })
            .optional()?;
        out.extend(found.filter(|(state, _)| states.contains(state)).map(|(_, place)| place));
    }
    Ok(out)
}

/// A page along the index of each book and state, one more than asked for.
fn walk(
    c: &Connection,
    q: &Query,
    order: &Order,
    start: Option<&Place>,
    books: &[Option<String>],
    states: &[State],
    conditions: &Conditions,
) -> Done<Vec<Place>> {
    let down = q.descending != q.backwards;
    let filter = &conditions.sql;
    let (compare, direction) = if down { ("<", "DESC") } else { (">", "ASC") };
    let after =
        if start.is_some() { format!(" AND ({}, id) {compare} (?, ?)", order.column) } else { String::new() };
    let select = |after: &str| {
        format!(
            "SELECT id, {0}, state, n FROM document INDEXED BY {1} WHERE book IS ? AND state = ?{after}{filter}
             ORDER BY {0} {direction}, id {direction} LIMIT ?",
            order.column, order.index
        )
    };
    let (from_key, from_start) = (select(&after), select(""));
    let mut parts = Vec::new();
    for book in books {
        for state in states {
            let mut values = vec![text_or_null(book.as_ref()), Value::Text(state.name().into())];
            let mut sql = &from_start;
            if let Some(s) = start {
                let rank = State::ALL.iter().position(|x| x == state).unwrap_or_default();
                match if order.by_state { rank.cmp(&s.rank) } else { std::cmp::Ordering::Equal } {
                    std::cmp::Ordering::Equal => {
                        let key = if order.is_number {
                            Value::Integer(s.number)
                        } else {
                            Value::Text(s.text.clone())
                        };
                        values.extend([key, Value::Text(s.id.clone())]);
                        sql = &from_key;
                    }
                    std::cmp::Ordering::Less if !down => continue,
                    std::cmp::Ordering::Greater if down => continue,
                    _ => {}
                }
            }
            values.extend(conditions.values.iter().cloned());
            values.push(Value::Integer(i64::from(q.limit) + 1));
            parts.push((*state, c.prepare_cached(sql)?, values));
        }
    }
    // all parts at once, each read no further than the page needs
    let mut open = Vec::with_capacity(parts.len());
    for (state, statement, values) in &mut parts {
        let mut rows = statement.query(params_from_iter(std::mem::take(values)))?;
        let head = rows.next()?.map(|r| order.place(*state, r)).transpose()?;
        open.push((*state, rows, head));
    }
    let mut found: Vec<Place> = Vec::new();
    while found.len() <= q.limit as usize {
        let heads = open.iter_mut().filter(|(.., head)| head.is_some());
        let next = if down { heads.max_by(|a, b| a.2.cmp(&b.2)) } else { heads.min_by(|a, b| a.2.cmp(&b.2)) };
        let Some((state, rows, head)) = next else { break };
        found.extend(head.take());
        *head = rows.next()?.map(|r| order.place(*state, r)).transpose()?;
    }
    Ok(found)
}

/// How many documents a query has. Without conditions the totals know it.
pub fn count(c: &Connection, q: &Query) -> Done<u64> {
    let (books, states) = (books_of(c, q.book.as_ref())?, filter::states(q));
    let conditions = filter::conditions(c, q)?;
    if !conditions.sql.is_empty()
        && let Some(keys) = filter::few(c, q, &books, &states)?
    {
        return Ok(sift(c, q, &order(Sort::PostingDate), &states, &conditions, &keys)?.len() as u64);
    }
    let mut n = 0;
    for book in books {
        for state in &states {
            let (sql, values) = if conditions.sql.is_empty() {
                let book = book.clone().unwrap_or_default();
                (
                    "SELECT coalesce(sum(count), 0) FROM total WHERE book = ? AND state = ?".to_string(),
                    vec![Value::Text(book), Value::Text(state.name().into())],
                )
            } else {
                let mut values = vec![text_or_null(book.as_ref()), Value::Text(state.name().into())];
                values.extend(conditions.values.iter().cloned());
                let filter = &conditions.sql;
                (format!("SELECT count(*) FROM document WHERE book IS ? AND state = ?{filter}"), values)
            };
            n += unsigned(c.prepare_cached(&sql)?.query_row(params_from_iter(values), |r| r.get(0))?);
        }
    }
    Ok(n)
}
