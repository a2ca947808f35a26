//! Which documents stand on which rule, since when rules hold, and their versions.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use crate::model::book::Book;
use crate::model::ids::BookId;
use crate::model::people::Actor;
use crate::store::sqlite::convert::{count, instant, json, small};
use crate::store::sqlite::doc::Doc;
use crate::store::sqlite::fail::Done;
use crate::store::sqlite::rows;
use crate::store::sqlite::setup;
use crate::store::sqlite::tx::Tx;
use crate::store::types::{Derived, RuleDocuments, RuleUse, RuleVersion, StoreError};

/// The rules that a derivation names.
pub fn used(d: &Derived) -> BTreeSet<u32> {
    let whys = d.set.entries.iter().flat_map(|e| e.why.iter().chain(e.lines.iter().flat_map(|l| &l.why)));
    whys.filter_map(|w| w.rule).collect()
}

/// Remembers the rules that a document's derivation stands on; only what differs is written.
pub fn keep(tx: &Tx<'_>, doc: &Doc, d: &Derived) -> Done<()> {
    let Some(book) = &doc.book else { return Ok(()) };
    let now = used(d);
    let before: BTreeSet<u32> = {
        let mut s = tx.c.prepare_cached("SELECT rule FROM rule_use WHERE document = ?")?;
        let rows = s.query_map([doc.key()], |r| r.get::<_, u32>(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    for gone in before.difference(&now) {
        tx.c.prepare_cached("DELETE FROM rule_use WHERE book = ? AND rule = ? AND document = ?")?
            .execute(params![book.as_str(), gone, doc.key()])?;
    }
    for new in now.difference(&before) {
        tx.c.prepare_cached("INSERT OR IGNORE INTO rule_use(book, rule, document) VALUES (?,?,?)")?
            .execute(params![book.as_str(), new, doc.key()])?;
    }
    Ok(())
}

/// How often each rule is used, and since when.
pub fn uses(c: &Connection, book: &BookId) -> Done<Vec<RuleUse>> {
    let sql = "SELECT s.rule, coalesce(n.documents, 0), s.version, s.at FROM rule_since s
               LEFT JOIN rule_count n ON n.book = s.book AND n.rule = s.rule
               WHERE s.book = ? ORDER BY s.rule";
    let mut s = c.prepare_cached(sql)?;
    let rows = s.query_map([book.as_str()], |r| {
        Ok(RuleUse {
            rule: small(r.get(0)?),
            documents: count(r.get(1)?),
            version: small(r.get(2)?),
            since: instant(r, 3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Documents of a rule, newest first: ids rise with time.
pub fn documents(c: &Connection, book: &BookId, rule: u32, limit: u32) -> Done<RuleDocuments> {
    let sql = format!(
        "SELECT {} FROM rule_use u JOIN document d ON d.id = u.document
         WHERE u.book = ? AND u.rule = ? ORDER BY u.document DESC LIMIT ?",
        rows::COLUMNS
    );
    let mut s = c.prepare_cached(&sql)?;
    let found = s.query_map(params![book.as_str(), rule, i64::from(limit) + 1], rows::read)?;
    let mut rows: Vec<_> = found.collect::<rusqlite::Result<_>>()?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    Ok(RuleDocuments { rows, more })
}

/// Versions, newest first.
pub fn versions(c: &Connection, book: &BookId, before: Option<u32>, limit: u32) -> Done<Vec<RuleVersion>> {
    let sql = "SELECT version, created_by, created_at, content FROM mapping_version
               WHERE book = ? AND version < ? ORDER BY version DESC LIMIT ?";
    let mut s = c.prepare_cached(sql)?;
    let rows = s.query_map(params![book.as_str(), before.unwrap_or(u32::MAX), limit], |r| {
        Ok(RuleVersion { version: small(r.get(0)?), by: r.get(1)?, at: instant(r, 2)?, rules: json(r, 3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Changes a book that nobody changed meanwhile.
pub fn change_book(tx: &Tx<'_>, before: &Book, after: &Book, by: &Actor) -> Done<()> {
    let now = setup::book(tx.c, &before.id)?;
    if now != *before {
        let (expected, found) = ("the settings that were shown".into(), "changed settings".into());
        return Err(StoreError::Stale { expected, found }.into());
    }
    setup::put_book(tx, after, by)
}
