//! The words of the audit trail: an index that is written with the events, in their transaction, and derived from them.
//!
//! A search must cost the same at a thousand and at a million events. The index walks the events of a word from the
//! newest, and stops with the page: that works for whole words and for beginnings of 2 to 8 letters, which have lists of
//! their own. Of a longer beginning the first 8 letters are walked, and the rest is compared on the event itself.

use std::borrow::Cow;

use rusqlite::{Connection, OptionalExtension, params};

use crate::audit::{Event, sentence};
use crate::model::ids::DocumentId;
use crate::store::sqlite::fail::{Done, Fail};
use crate::store::types::{AuditQuery, MOST_WORDS};

/// Longest beginning that has a list of its own.
const LISTED: usize = 8;
/// A longer word is cut: it still finds what it found.
const LONGEST_WORD: usize = 64;
/// Of one value, so many characters are indexed.
const LONGEST_VALUE: usize = 2_000;
/// Events of one step of filling.
const STEP: i64 = 5_000;
/// Stands for what is neither letter nor digit within a name that is one word (`CL-2217`): itself a letter.
const JOINT: char = 'ǁ';

/// What is searched for in one event.
#[derive(Debug, Default)]
pub struct Words {
    who: String,
    doc: String,
    act: String,
    conn: String,
    text: String,
}

/// A column of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Any,
    Who,
    Doc,
    Act,
    Conn,
}

impl Column {
    fn filter(self) -> &'static str {
        match self {
            Column::Any => "",
            Column::Who => "who : ",
            Column::Doc => "doc : ",
            Column::Act => "act : ",
            Column::Conn => "conn : ",
        }
    }
}

/// The words of a query.
#[derive(Debug)]
pub struct Sought(Vec<(Column, String)>);

/// Words of a text: runs of letters and digits.
fn split(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(|w| w.chars().take(LONGEST_WORD).collect())
}

/// A name as one word: what separates its parts becomes a letter.
fn joined(name: &str) -> String {
    let name = name.trim().chars().take(LONGEST_WORD);
    name.map(|c| if c.is_alphanumeric() { c } else { JOINT }).collect()
}

/// The name, and the name as one word where that is another.
fn named(out: &mut String, name: &str) {
    let one = joined(name);
    if one.is_empty() {
        return;
    }
    for part in [name, if one == name { "" } else { &one }] {
        out.push_str(part);
        out.push(' ');
    }
}

/// What a value says: of JSON the values alone, since its names would be found in every event of the kind.
fn values(value: &str) -> Cow<'_, str> {
    fn leaves(v: &serde_json::Value, out: &mut String) {
        match v {
            serde_json::Value::Object(m) => m.values().for_each(|v| leaves(v, out)),
            serde_json::Value::Array(a) => a.iter().for_each(|v| leaves(v, out)),
            serde_json::Value::String(s) if !is_hash(s) => {
                out.push_str(s);
                out.push(' ');
            }
            serde_json::Value::Number(n) => out.push_str(&format!("{n} ")),
            _ => {}
        }
    }
    if !value.starts_with(['{', '[']) {
        return Cow::Borrowed(value);
    }
    match serde_json::from_str(value) {
        Ok(v) => {
            let mut out = String::new();
            leaves(&v, &mut out);
            Cow::Owned(out)
        }
        Err(_) => Cow::Borrowed(value),
    }
}

/// Hashes and keys are no words that anybody types.
fn is_hash(value: &str) -> bool {
    value.len() >= 32 && value.bytes().all(|b| b.is_ascii_hexdigit())
}

struct Facts {
    number: String,
    payee: String,
    title: String,
    names: [Option<String>; 3],
}

fn facts(c: &Connection, subject: &str) -> Done<Option<Facts>> {
    if subject.parse::<DocumentId>().is_err() {
        return Ok(None);
    }
    let mut s = c.prepare_cached(
        "SELECT d.number, d.payee, d.title, d.connection, d.book, b.ledger FROM document d
         LEFT JOIN book b ON b.id = d.book WHERE d.id = ?",
    )?;
    let found = s.query_row([subject], |r| {
        Ok(Facts {
            number: r.get(0)?,
            payee: r.get(1)?,
            title: r.get(2)?,
            names: [r.get(3)?, r.get(4)?, r.get(5)?],
        })
    });
    Ok(found.optional()?)
}

impl Words {
    /// Of an event, with what its document is known by.
    pub fn of(c: &Connection, e: &Event) -> Done<Self> {
        let mut w = Words { who: e.actor.clone(), text: sentence(e), ..Words::default() };
        named(&mut w.act, &e.action.replace('_', " "));
        match facts(c, &e.subject)? {
            Some(f) => {
                named(&mut w.doc, &f.number);
                w.doc.push_str(&e.subject);
                for name in f.names.iter().flatten() {
                    named(&mut w.conn, name);
                }
                w.text.push_str(&format!(" {} {}", f.payee, f.title));
            }
            None => named(&mut w.conn, &e.subject),
        }
        for (name, value) in &e.fields {
            match name.as_str() {
                "number" => named(&mut w.doc, value),
                "connection" | "ledger" | "source" | "book" => named(&mut w.conn, value),
                _ if is_hash(value) => {}
                _ => {
                    w.text.push(' ');
                    w.text.extend(values(value).chars().take(LONGEST_VALUE));
                }
            }
        }
        Ok(w)
    }

    fn in_column(&self, column: Column) -> Vec<&str> {
        match column {
            Column::Any => vec![&self.who, &self.doc, &self.act, &self.conn, &self.text],
            Column::Who => vec![&self.who],
            Column::Doc => vec![&self.doc],
            Column::Act => vec![&self.act],
            Column::Conn => vec![&self.conn],
        }
    }

    /// Whether a word stands in a column, from its beginning. Letters with marks are left to the index: they count as
    /// found here.
    fn has(&self, column: Column, word: &str) -> bool {
        let word = word.to_lowercase();
        let short = word.chars().count() == 1;
        self.in_column(column).iter().flat_map(|t| split(t)).any(|t| {
            let t = t.to_lowercase();
            if short {
                t == word
            } else {
                t.starts_with(&word)
                    || !(t.is_ascii() && word.is_ascii()) && t.len() >= word.len() && folds(&t, &word)
            }
        })
    }
}

/// Whether the letters agree where both are plain ones: marks are not compared.
fn folds(token: &str, word: &str) -> bool {
    token.chars().zip(word.chars()).all(|(a, b)| a == b || !a.is_ascii() || !b.is_ascii())
}

impl Sought {
    /// The words of a query, at most [`MOST_WORDS`].
    pub fn of(q: &AuditQuery) -> Self {
        let mut out: Vec<(Column, String)> = Vec::new();
        let words = |texts: &[String], column| -> Vec<(Column, String)> {
            texts.iter().flat_map(|t| split(t)).map(|w| (column, w)).collect()
        };
        let names = |texts: &[String], column| -> Vec<(Column, String)> {
            // a name without any letter finds nothing, rather than everything
            texts.iter().map(|t| (column, joined(t))).filter(|(_, w)| !w.is_empty()).collect()
        };
        for (column, word) in [
            names(&q.document, Column::Doc),
            names(&q.connection, Column::Conn),
            words(&q.who, Column::Who),
            words(&q.action, Column::Act),
            words(&q.search, Column::Any),
        ]
        .into_iter()
        .flatten()
        {
            if out.len() < MOST_WORDS && !out.iter().any(|(c, w)| *c == column && *w == word) {
                out.push((column, word));
            }
        }
        Self(out)
    }

    /// Nothing is sought.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// For the index. `walk`: of long words only the beginning that has a list, to be compared with [`Sought::fits`].
    /// Quoted words have no syntax.
    pub fn expression(&self, walk: bool) -> String {
        let one = |(column, word): &(Column, String)| {
            let n = word.chars().count();
            let shown: String = if walk && n > LISTED && word.is_ascii() {
                word.chars().take(LISTED).collect()
            } else {
                word.clone()
            };
            format!("{}\"{shown}\"{}", column.filter(), if n == 1 { "" } else { " *" })
        };
        self.0.iter().map(one).collect::<Vec<_>>().join(" AND ")
    }

    /// Whether [`Sought::expression`] may find more than is sought.
    pub fn is_wide(&self) -> bool {
        self.0.iter().any(|(_, w)| w.is_ascii() && w.len() > LISTED)
    }

    /// Whether an event has the long words, or all of them.
    pub fn fits(&self, words: &Words, all: bool) -> bool {
        let long = |w: &str| w.is_ascii() && w.len() > LISTED;
        self.0.iter().filter(|(_, w)| all || long(w)).all(|(c, w)| words.has(*c, w))
    }
}

/// Adds events to the index, in the transaction that wrote them.
pub fn add(c: &Connection, events: &[Event]) -> Done<()> {
    for e in events {
        let w = Words::of(c, e)?;
        let seq = i64::try_from(e.seq).map_err(|e| Fail::Unreadable(e.to_string()))?;
        c.prepare_cached("INSERT INTO audit_words(rowid, who, doc, act, conn, text) VALUES (?,?,?,?,?,?)")?
            .execute(params![seq, w.who, w.doc, w.act, w.conn, w.text])?;
        c.prepare_cached("UPDATE audit_clock SET skew = max(skew, newest - ?1), newest = max(newest, ?1)")?
            .execute([e.at.as_microsecond()])?;
    }
    Ok(())
}

/// Adds the events that an older program wrote. Each step is a transaction: what was interrupted goes on where it was.
pub fn catch_up(c: &Connection) -> Done<()> {
    let mut any = false;
    loop {
        let (next, last) = todo(c)?;
        if next > last {
            break;
        }
        c.execute_batch("BEGIN IMMEDIATE")?;
        match step(c) {
            Ok(()) => c.execute_batch("COMMIT")?,
            Err(e) => {
                if !c.is_autocommit() {
                    c.execute_batch("ROLLBACK")?;
                }
                return Err(e);
            }
        }
        any = true;
    }
    if any {
        // one list a word, as good as it gets
        c.execute_batch("INSERT INTO audit_words(audit_words) VALUES ('optimize')")?;
    }
    Ok(())
}

fn todo(c: &Connection) -> Done<(i64, i64)> {
    Ok(c.query_row("SELECT next, last FROM audit_fill", [], |r| Ok((r.get(0)?, r.get(1)?)))?)
}

fn step(c: &Connection) -> Done<()> {
    // read again under the lock: another process may fill too
    let (next, last) = todo(c)?;
    let end = last.min(next.saturating_add(STEP - 1));
    let mut s = c.prepare_cached("SELECT seq, body FROM audit WHERE seq BETWEEN ? AND ? ORDER BY seq")?;
    let mut rows = s.query([next, end])?;
    while let Some(r) = rows.next()? {
        let (seq, body): (i64, Vec<u8>) = (r.get(0)?, r.get(1)?);
        // a damaged event is what `verify` finds; here it has no words
        let Ok(e) = Event::decode(&body) else { continue };
        let w = Words::of(c, &e)?;
        c.prepare_cached("INSERT INTO audit_words(rowid, who, doc, act, conn, text) VALUES (?,?,?,?,?,?)")?
            .execute(params![seq, w.who, w.doc, w.act, w.conn, w.text])?;
    }
    c.prepare_cached("UPDATE audit_fill SET next = ?")?.execute([end.saturating_add(1)])?;
    Ok(())
}
