//! Receipts with their own state (accounting.md, section 15).

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::model::book::ReceiptPolicy;
use crate::model::document::DocumentKind;
use crate::model::ids::{ConnectionId, DocumentId};
use crate::model::people::Actor;
use crate::store::sqlite::convert::{count, instant_or_none, micros, named, named_or_none, small};
use crate::store::sqlite::doc::Doc;
use crate::store::sqlite::fail::{Done, Fail};
use crate::store::sqlite::setup;
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::{NewReceipt, ReceiptResult, ReceiptRow, StoreError};

/// A document reached the ledger: its receipts are listed next, where the book attaches them.
pub fn after_posting(tx: &Tx<'_>, doc: &Doc) -> Done<()> {
    let Some(book) = &doc.book else { return Ok(()) };
    let kinds = matches!(doc.kind, DocumentKind::ExpenseReport | DocumentKind::Invoice);
    if !kinds || setup::book(tx.c, book)?.settings.receipts == ReceiptPolicy::Off {
        return Ok(());
    }
    tx.c.prepare_cached("INSERT OR IGNORE INTO receipt_plan(document) VALUES (?)")?.execute([doc.key()])?;
    Ok(())
}

/// Documents whose receipts were not listed yet.
pub fn to_plan(c: &Connection, limit: u32) -> Done<Vec<DocumentId>> {
    let mut s = c.prepare_cached(
        "SELECT document FROM receipt_plan WHERE planned_at IS NULL ORDER BY document LIMIT ?",
    )?;
    let rows = s.query_map([limit], |r| named(r, 0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Lists the receipts of a document.
pub fn plan(tx: &Tx<'_>, id: DocumentId, receipts: &[NewReceipt]) -> Done<()> {
    let doc = Doc::load(tx, id)?;
    let mut put = tx.c.prepare_cached(
        "INSERT OR IGNORE INTO receipt(document, connection, handle_kind, handle, slot, name, state, due_at)
         VALUES (?,?,?,?,?,?,'wanted',?)",
    )?;
    for r in receipts {
        put.execute(params![
            doc.key(),
            doc.connection.as_str(),
            r.kind.name(),
            r.handle,
            r.slot.to_string(),
            r.name,
            micros(tx.now)
        ])?;
    }
    tx.c.prepare_cached(
        "INSERT INTO receipt_plan(document, planned_at) VALUES (?1, ?2)
         ON CONFLICT(document) DO UPDATE SET planned_at = excluded.planned_at",
    )?
    .execute(params![doc.key(), micros(tx.now)])?;
    Ok(())
}

const COLUMNS: &str = "r.id, r.document, r.handle_kind, r.handle, r.slot, r.name, r.state, r.attempts, r.detail, \
                       r.sha256, r.size, r.attachment, r.attached_at, i.kind, i.remote_id";

fn read(r: &rusqlite::Row<'_>) -> rusqlite::Result<ReceiptRow> {
    let kind = named_or_none(r, 13)?;
    let remote: Option<String> = r.get(14)?;
    Ok(ReceiptRow {
        id: r.get(0)?,
        document: named(r, 1)?,
        kind: named(r, 2)?,
        handle: r.get(3)?,
        slot: named(r, 4)?,
        name: r.get(5)?,
        state: named(r, 6)?,
        attempts: small(r.get(7)?),
        detail: r.get(8)?,
        sha256: r.get(9)?,
        size: count(r.get(10)?),
        attachment: r.get(11)?,
        attached_at: instant_or_none(r, 12)?,
        record: kind.zip(remote.filter(|id| !id.is_empty())),
    })
}

/// Receipts of a source's documents that are due, the longest waiting first.
pub fn due(c: &Connection, source: &ConnectionId, now: Timestamp, limit: u32) -> Done<Vec<ReceiptRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM receipt r LEFT JOIN intent i ON i.document = r.document AND i.slot = r.slot
         WHERE r.state IN ('wanted','missing') AND r.connection = ? AND r.due_at <= ? ORDER BY r.due_at, r.id LIMIT ?"
    );
    let mut s = c.prepare_cached(&sql)?;
    let rows = s.query_map(params![source.as_str(), micros(now), limit], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The receipts of a document.
pub fn of(c: &Connection, id: DocumentId) -> Done<Vec<ReceiptRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM receipt r LEFT JOIN intent i ON i.document = r.document AND i.slot = r.slot
         WHERE r.document = ? ORDER BY r.id"
    );
    let mut s = c.prepare_cached(&sql)?;
    let rows = s.query_map([id.to_string()], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// An upload begins.
pub fn trying(tx: &Tx<'_>, id: i64) -> Done<()> {
    tx.c.prepare_cached("UPDATE receipt SET attempts = attempts + 1 WHERE id = ?")?.execute([id])?;
    Ok(())
}

/// What became of it.
pub fn result(tx: &Tx<'_>, id: i64, result: &ReceiptResult) -> Done<()> {
    let (document, name): (String, String) = tx
        .c
        .prepare_cached("SELECT document, name FROM receipt WHERE id = ?")?
        .query_row([id], |r| Ok((r.get(0)?, r.get(1)?)))
        .map_err(|e| match e {
            rusqlite::Error::QueryReturnedNoRows => Fail::Store(StoreError::Missing(format!("receipt {id}"))),
            e => e.into(),
        })?;
    let engine = Actor::engine();
    match result {
        ReceiptResult::Attached { id: there, sha256, size } => {
            let n = tx
                .c
                .prepare_cached(
                    "UPDATE receipt SET state = 'attached', attachment = ?, sha256 = ?, size = ?, attached_at = ?,
                       detail = '' WHERE id = ? AND state <> 'attached'",
                )?
                .execute(params![there, sha256, i64::try_from(*size).unwrap_or(i64::MAX), micros(tx.now), id])?;
            if n > 0 {
                let what = [("file", name), ("sha256", sha256.clone()), ("attachment", there.clone())];
                tx.note(&engine, "receipt_attached", &document, fields(what))?;
            }
            Ok(())
        }
        ReceiptResult::Missing { at } => {
            tx.c.prepare_cached(
                "UPDATE receipt SET state = 'missing', due_at = ?, detail = 'the source has no image of it'
                 WHERE id = ? AND state <> 'attached'",
            )?
            .execute(params![micros(*at), id])?;
            Ok(())
        }
        ReceiptResult::Later { at, why } => {
            tx.c.prepare_cached(
                "UPDATE receipt SET due_at = ?, detail = ? WHERE id = ? AND state <> 'attached'",
            )?
            .execute(params![micros(*at), why, id])?;
            Ok(())
        }
        ReceiptResult::Refused { why } => {
            let n = tx
                .c
                .prepare_cached(
                    "UPDATE receipt SET state = 'refused', detail = ? WHERE id = ? AND state IN ('wanted','missing')",
                )?
                .execute(params![why, id])?;
            if n > 0 {
                tx.note(
                    &engine,
                    "receipt_refused",
                    &document,
                    fields([("file", name), ("why", why.clone())]),
                )?;
            }
            Ok(())
        }
    }
}

/// When the next receipt or payment falls due.
pub fn next_due(c: &Connection) -> Done<Option<Timestamp>> {
    let open: bool = c
        .prepare_cached("SELECT EXISTS(SELECT 1 FROM receipt_plan WHERE planned_at IS NULL)")?
        .query_row([], |r| r.get(0))?;
    if open {
        return Ok(Some(Timestamp::UNIX_EPOCH));
    }
    let sql =
        "SELECT min(due) FROM (SELECT min(due_at) AS due FROM receipt WHERE state IN ('wanted','missing')
               UNION ALL SELECT min(due_at) FROM payment WHERE state = 'open')";
    let due: Option<i64> = c.prepare_cached(sql)?.query_row([], |r| r.get(0))?;
    due.map(|m| Timestamp::from_microsecond(m).map_err(|e| Fail::Unreadable(e.to_string()))).transpose()
}
