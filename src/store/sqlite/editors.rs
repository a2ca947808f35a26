//! Who changed what a document is derived to by taking a rule away, or by reordering those of whole documents: what is
//! gone leaves no trace on a line, and whoever took it away approves no document that it changed (accounting.md,
//! section 10).

use rusqlite::{Connection, OptionalExtension, params};

use crate::model::ids::{BookId, DocumentId};
use crate::model::people::Actor;
use crate::model::rule::{Rule, RuleSet};
use crate::store::sqlite::doc::Doc;
use crate::store::sqlite::fail::Done;
use crate::store::sqlite::mappings::used;
use crate::store::sqlite::tx::Tx;
use crate::store::types::Derived;

/// Stands for the order and the conditions of the rules about whole documents.
const GUARDS: u32 = 0;

/// A derivation that is replaced.
pub struct Earlier {
    /// The version of the rules.
    pub rules_version: u32,
    /// As it was kept.
    pub content: String,
}

/// The derivation that is kept now.
pub fn earlier(c: &Connection, id: DocumentId) -> Done<Option<Earlier>> {
    let mut s = c.prepare_cached("SELECT rules_version, content FROM derivation WHERE document = ?")?;
    let read = |r: &rusqlite::Row<'_>| Ok(Earlier { rules_version: r.get(0)?, content: r.get(1)? });
    Ok(s.query_row([id.to_string()], read).optional()?)
}

/// Remembers which rules a new version lacks. One that another with the same conditions replaces is not gone: the new
/// one has its author.
pub fn removed(tx: &Tx<'_>, book: &BookId, before: &RuleSet, after: &RuleSet, by: &Actor) -> Done<()> {
    let mut put = tx.c.prepare_cached(
        "INSERT OR IGNORE INTO rule_removal(book, rule, version, document, person) VALUES (?,?,?,?,?)",
    )?;
    let mut keep = |rule: u32, document: Option<DocumentId>| -> Done<()> {
        let document = document.map(|d| d.to_string()).unwrap_or_default();
        put.execute(params![book.as_str(), rule, after.version, document, by.name])?;
        Ok(())
    };
    let stays = |r: &Rule| after.rules.contains(r) || after.same(r).is_some();
    for rule in before.rules.iter().filter(|r| !stays(r)) {
        keep(rule.id, rule.document)?;
    }
    for guard in before.guards.iter().filter(|g| after.guards.iter().all(|n| n.id != g.id)) {
        keep(guard.id, None)?;
    }
    if before.guards != after.guards {
        keep(GUARDS, None)?;
    }
    Ok(())
}

/// Finds who changed this document since its earlier derivation, rule by rule; the last one counts. A rule that the
/// document stands on again is answered for by its author.
pub fn note(tx: &Tx<'_>, doc: &Doc, earlier: Option<&Earlier>, now: &Derived) -> Done<()> {
    let (Some(book), Some(earlier)) = (&doc.book, earlier) else { return Ok(()) };
    if earlier.rules_version >= now.rules_version {
        return Ok(());
    }
    let span = (earlier.rules_version, now.rules_version);
    let stands_on = used(now);
    for rule in &stands_on {
        tx.c.prepare_cached("DELETE FROM derivation_editor WHERE document = ? AND rule = ?")?
            .execute(params![doc.key(), rule])?;
    }
    for (rule, version, person) in own(tx.c, &doc.key(), span)? {
        keep(tx, doc, rule, version, &person)?;
    }
    // one that cannot be read any more counts as changed in every respect
    let before: Option<Derived> = serde_json::from_str(&earlier.content).ok();
    if before.as_ref().is_some_and(|b| same_result(b, now)) {
        return Ok(());
    }
    let gone = before.as_ref().map(used).unwrap_or_default();
    for rule in gone.difference(&stands_on).copied().chain([GUARDS]) {
        if let Some((version, person)) = last(tx.c, book, rule, span)? {
            keep(tx, doc, rule, version, &person)?;
        }
    }
    Ok(())
}

fn same_result(before: &Derived, now: &Derived) -> bool {
    // without a digest nothing tells that the entries are the same
    !now.digest.is_empty()
        && before.digest == now.digest
        && before.state == now.state
        && before.findings == now.findings
}

fn own(c: &Connection, document: &str, (from, to): (u32, u32)) -> Done<Vec<(u32, u32, String)>> {
    let sql = "SELECT rule, version, person FROM rule_removal
               WHERE document = ?1 AND document <> '' AND version > ?2 AND version <= ?3 ORDER BY version";
    let mut s = c.prepare_cached(sql)?;
    let rows = s.query_map(params![document, from, to], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn last(c: &Connection, book: &BookId, rule: u32, (from, to): (u32, u32)) -> Done<Option<(u32, String)>> {
    let sql = "SELECT version, person FROM rule_removal
               WHERE book = ? AND rule = ? AND version > ? AND version <= ? ORDER BY version DESC LIMIT 1";
    let mut s = c.prepare_cached(sql)?;
    let read = |r: &rusqlite::Row<'_>| Ok((r.get(0)?, r.get(1)?));
    Ok(s.query_row(params![book.as_str(), rule, from, to], read).optional()?)
}

fn keep(tx: &Tx<'_>, doc: &Doc, rule: u32, version: u32, person: &str) -> Done<()> {
    tx.c.prepare_cached(
        "INSERT OR REPLACE INTO derivation_editor(document, rule, version, person) VALUES (?,?,?,?)",
    )?
    .execute(params![doc.key(), rule, version, person])?;
    Ok(())
}

/// The version of the rules by which this person changed what the document is derived to; none: they did not.
pub fn version_of(c: &Connection, doc: &Doc, person: &str) -> Done<Option<u32>> {
    let sql = "SELECT version FROM derivation_editor WHERE document = ? AND person = ? ORDER BY version DESC LIMIT 1";
    Ok(c.prepare_cached(sql)?.query_row(params![doc.key(), person], |r| r.get(0)).optional()?)
}
