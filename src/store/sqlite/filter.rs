//! A filter as conditions of a query, bound values only; and the few documents that it can be narrowed to without
//! reading the whole list.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::model::filter::{Compare, Term, Want};
use crate::model::ids::BookId;
use crate::model::money::{Currency, to_minor};
use crate::model::state::State;
use crate::store::sqlite::fail::Done;
use crate::store::types::Query;

/// Up to so many documents are sorted in memory; above it enough of them stand in every part of the list for a walk
/// along the index to find a page soon. (A page of 80 of 1,000,000: both ways cost about the same there.)
const FEW: usize = 4_000;

/// Conditions beside book and state, each with ` AND ` before it.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    /// The text.
    pub sql: String,
    /// Its values.
    pub values: Vec<Value>,
}

impl Conditions {
    fn add(&mut self, not: bool, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(if not { " AND NOT (" } else { " AND (" });
        self.sql.push_str(sql);
        self.sql.push(')');
        self.values.extend(values);
    }
}

/// The words of a query that are plain text.
fn texts(q: &Query) -> impl Iterator<Item = String> {
    q.search.iter().flat_map(|w| w.split_whitespace()).map(str::to_lowercase)
}

/// The states that the query reads, in their order.
pub fn states(q: &Query) -> Vec<State> {
    q.filter.states(&q.states)
}

/// The conditions of a query.
pub fn conditions(c: &Connection, q: &Query) -> Done<Conditions> {
    let mut out = Conditions::default();
    for word in texts(q) {
        out.add(false, "instr(search, ?) > 0", [Value::Text(word)]);
    }
    if let Some((code, value)) = &q.finding {
        let sql =
            "EXISTS (SELECT 1 FROM finding f WHERE f.code = ? AND f.value = ? AND f.document = document.id)";
        out.add(false, sql, [Value::Text(code.name().into()), Value::Text(value.clone())]);
    }
    for term in &q.filter.terms {
        condition(c, term, &mut out)?;
    }
    Ok(out)
}

fn condition(c: &Connection, term: &Term, out: &mut Conditions) -> Done<()> {
    let text = |t: &str| Value::Text(t.to_string());
    let not = term.not;
    match &term.want {
        Want::Text(t) => out.add(not, "instr(search, ?) > 0", [text(t)]),
        Want::Payee(t) => {
            out.add(
                not,
                "instr(folded(payee), ?) > 0 OR instr(folded(payee_code), ?) > 0",
                [text(t), text(t)],
            );
        }
        Want::Number(t) => out.add(not, "instr(folded(number), ?) > 0", [text(t)]),
        // the codes are joined by spaces
        Want::Cost(t) => {
            out.add(not, "instr(' ' || folded(cost_centres), ?) > 0", [Value::Text(format!(" {t}"))]);
        }
        Want::Amount(compare, amount) => {
            let mut sql = Vec::new();
            let mut values = Vec::new();
            for currency in currencies(c)? {
                let (sign, minor) = in_minor(*compare, *amount, currency);
                sql.push(format!("currency = ? AND minor {sign} ?"));
                values.extend([text(currency.code()), Value::Integer(minor)]);
            }
            let sql = if sql.is_empty() { "0".into() } else { sql.join(" OR ") };
            out.add(not, &sql, values);
        }
        // taken care of by the states that are read
        Want::State(_) => {}
        Want::Kind(kinds) => {
            out.add(not, &one_of("kind", kinds.len()), kinds.iter().map(|k| text(k.name())));
        }
        Want::Currency(currency) => out.add(not, "currency = ?", [text(currency.code())]),
        // what has no date has `~`, which stands behind every digit
        Want::Date(compare, day) => {
            let sql = format!("posting_date {} ? AND posting_date <> '~'", compare.sign());
            out.add(not, &sql, [Value::Text(day.to_string())]);
        }
        Want::Between(first, last) => {
            let days = [Value::Text(first.to_string()), Value::Text(last.to_string())];
            out.add(not, "posting_date BETWEEN ? AND ?", days);
        }
        Want::Finding(codes) => {
            let sql = format!(
                "EXISTS (SELECT 1 FROM finding f WHERE f.document = document.id AND {})",
                // `+`: by the document's own key, else all findings of the code are read for each document
                one_of("+f.code", codes.len())
            );
            out.add(not, &sql, codes.iter().map(|code| text(code.name())));
        }
    }
    Ok(())
}

fn one_of(column: &str, n: usize) -> String {
    format!("{column} IN ({})", vec!["?"; n.max(1)].join(","))
}

/// The currencies in use, from the totals.
fn currencies(c: &Connection) -> Done<Vec<Currency>> {
    let mut s = c.prepare_cached("SELECT DISTINCT currency FROM total WHERE currency <> ''")?;
    let codes = s.query_map([], |r| r.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(codes.iter().filter_map(|code| code.parse().ok()).collect())
}

/// The comparison in minor units. An amount between two of them stands above the lower and below the higher one.
fn in_minor(compare: Compare, amount: rust_decimal::Decimal, currency: Currency) -> (&'static str, i64) {
    if let Ok(minor) = to_minor(amount, currency) {
        return (compare.sign(), minor);
    }
    let floor = amount
        .round_dp_with_strategy(currency.exponent(), rust_decimal::RoundingStrategy::ToNegativeInfinity);
    match (to_minor(floor, currency), compare) {
        (Ok(below), Compare::Above | Compare::AtLeast) => (">", below),
        (Ok(below), Compare::Below | Compare::AtMost) => ("<=", below),
        // more than the column can hold
        (Err(_), Compare::Above | Compare::AtLeast) if amount.is_sign_negative() => (">=", i64::MIN),
        (Err(_), Compare::Below | Compare::AtMost) if amount.is_sign_positive() => ("<=", i64::MAX),
        // nothing is equal to what has no minor units
        _ => (">", i64::MAX),
    }
}

/// Keys of the table among which every document of the query is, when they are few; none: no condition narrows it so.
pub fn few(c: &Connection, q: &Query, books: &[Option<String>], states: &[State]) -> Done<Option<Vec<i64>>> {
    let texts: Vec<String> = texts(q).chain(q.filter.terms.iter().filter_map(text_of)).collect();
    if let Some(words) = rarest(c, trigrams(&texts))? {
        let sql = "SELECT rowid FROM document_text WHERE document_text MATCH ? LIMIT ?";
        if let Some(found) = keys(c, sql, vec![Value::Text(words)])? {
            return Ok(Some(found));
        }
    }
    if let Some((code, value)) = &q.finding {
        let sql = "SELECT d.n FROM finding f JOIN document d ON d.id = f.document WHERE f.code = ? AND f.value = ? LIMIT ?";
        let values = vec![Value::Text(code.name().into()), Value::Text(value.clone())];
        if let Some(found) = keys(c, sql, values)? {
            return Ok(Some(found));
        }
    }
    for term in q.filter.terms.iter().filter(|t| !t.not) {
        let found = match &term.want {
            Want::Finding(codes) => {
                let sql = format!(
                    "SELECT d.n FROM finding f JOIN document d ON d.id = f.document WHERE {} LIMIT ?",
                    one_of("f.code", codes.len())
                );
                keys(c, &sql, codes.iter().map(|code| Value::Text(code.name().into())).collect())?
            }
            want => match range(c, want)? {
                Some(range) => in_index(c, &range, books, states)?,
                None => None,
            },
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn text_of(term: &Term) -> Option<String> {
    match &term.want {
        _ if term.not => None,
        Want::Text(t) | Want::Payee(t) | Want::Number(t) | Want::Cost(t) => Some(t.clone()),
        _ => None,
    }
}

/// What the index of three letters is asked; none when no word has three of them.
fn trigrams(texts: &[String]) -> Vec<String> {
    let in_a_state = |t: &String| State::ALL.iter().any(|s| s.name().contains(t.as_str()));
    let mut out: Vec<String> = Vec::new();
    for text in texts.iter().filter(|t| !in_a_state(t)) {
        let letters: Vec<char> = text.chars().take(40).collect();
        for three in letters.windows(3) {
            // what ends a text for SQLite is not asked for
            if !three.contains(&'\0') {
                let quoted = format!("\"{}\"", three.iter().collect::<String>().replace('"', "\"\""));
                if !out.contains(&quoted) {
                    out.push(quoted);
                }
            }
        }
    }
    out
}

/// So many hits tell how common three letters are.
const PROBE: i64 = 400;
/// So many of them are asked for together: what they leave open is checked against the row.
const TOGETHER: usize = 3;

/// The rarest of them as one question. Reading the places of three letters that nearly every document has would cost
/// more than it saves.
fn rarest(c: &Connection, all: Vec<String>) -> Done<Option<String>> {
    if all.len() <= 1 {
        return Ok(all.into_iter().next());
    }
    let last: i64 =
        c.prepare_cached("SELECT coalesce(max(n), 0) FROM document")?.query_row([], |r| r.get(0))?;
    let mut s = c.prepare_cached(
        "SELECT count(*), coalesce(max(rowid), 0) FROM
           (SELECT rowid FROM document_text WHERE document_text MATCH ? LIMIT ?)",
    )?;
    let mut known: Vec<(i64, String)> = Vec::with_capacity(all.len());
    for three in all {
        let (hits, at): (i64, i64) =
            s.query_row(rusqlite::params![three, PROBE], |r| Ok((r.get(0)?, r.get(1)?)))?;
        if hits < PROBE {
            // these few hold every document that is looked for
            return Ok(Some(three));
        }
        known.push((last.saturating_mul(hits) / at.max(1), three));
    }
    known.sort();
    let words: Vec<String> = known.into_iter().take(TOGETHER).map(|(_, three)| three).collect();
    Ok(Some(words.join(" AND ")))
}

/// A range of an index whose first columns are book and state.
struct Range {
    index: &'static str,
    sql: String,
    values: Vec<Value>,
}

fn range(c: &Connection, want: &Want) -> Done<Option<Range>> {
    let text = |t: String| Value::Text(t);
    Ok(Some(match want {
        Want::Amount(compare, amount) => {
            // the widest range over the currencies; the row says which it is
            let mut low: Option<i64> = None;
            let mut high: Option<i64> = None;
            for currency in currencies(c)? {
                let (sign, minor) = in_minor(*compare, *amount, currency);
                let (from, to) = match sign {
                    ">" | ">=" => (minor, i64::MAX),
                    "<" | "<=" => (i64::MIN, minor),
                    _ => (minor, minor),
                };
                low = Some(low.map_or(from, |l| l.min(from)));
                high = Some(high.map_or(to, |h| h.max(to)));
            }
            let (Some(low), Some(high)) = (low, high) else { return Ok(None) };
            let sql = "minor BETWEEN ? AND ?".into();
            Range {
                index: "document_by_amount",
                sql,
                values: vec![Value::Integer(low), Value::Integer(high)],
            }
        }
        Want::Date(compare, day) => {
            let sql = format!("posting_date {} ? AND posting_date < '~'", compare.sign());
            Range { index: "document_by_date", sql, values: vec![text(day.to_string())] }
        }
        Want::Between(first, last) => Range {
            index: "document_by_date",
            sql: "posting_date BETWEEN ? AND ?".into(),
            values: vec![text(first.to_string()), text(last.to_string())],
        },
        Want::Kind(kinds) => Range {
            index: "document_by_kind",
            sql: one_of("kind", kinds.len()),
            values: kinds.iter().map(|k| text(k.name().into())).collect(),
        },
        Want::Currency(currency) => Range {
            index: "document_by_currency",
            sql: "currency = ?".into(),
            values: vec![text(currency.code().into())],
        },
        _ => return Ok(None),
    }))
}

fn in_index(
    c: &Connection,
    range: &Range,
    books: &[Option<String>],
    states: &[State],
) -> Done<Option<Vec<i64>>> {
    let sql = format!(
        "SELECT n FROM document INDEXED BY {} WHERE book IS ? AND state = ? AND {} LIMIT ?",
        range.index, range.sql
    );
    let mut out = Vec::new();
    for book in books {
        for state in states {
            let mut values =
                vec![book.clone().map_or(Value::Null, Value::Text), Value::Text(state.name().into())];
            values.extend(range.values.iter().cloned());
            match keys(c, &sql, values)? {
                Some(found) => out.extend(found),
                None => return Ok(None),
            }
            if out.len() > FEW {
                return Ok(None);
            }
        }
    }
    Ok(Some(out))
}

/// At most [`FEW`] keys; none when there are more.
fn keys(c: &Connection, sql: &str, mut values: Vec<Value>) -> Done<Option<Vec<i64>>> {
    values.push(Value::Integer(i64::try_from(FEW).unwrap_or(i64::MAX).saturating_add(1)));
    let mut s = c.prepare_cached(sql)?;
    let mut found = s
        .query_map(params_from_iter(values), |r| r.get::<_, i64>(0))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    if found.len() > FEW {
        return Ok(None);
    }
    found.sort_unstable();
    found.dedup();
    Ok(Some(found))
}

/// Keys for [`few`] that were found for a book: nothing else may pass.
pub fn of_book(book: Option<&BookId>) -> (&'static str, Vec<Value>) {
    match book {
        Some(b) => (" AND book = ?", vec![Value::Text(b.to_string())]),
        None => ("", Vec::new()),
    }
}

/// Lower case as everywhere in the program, for [`conditions`].
pub fn add_functions(c: &Connection) -> rusqlite::Result<()> {
    use rusqlite::functions::FunctionFlags;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    c.create_scalar_function("folded", 1, flags, |ctx| Ok(ctx.get_raw(0).as_str()?.to_lowercase()))
}
