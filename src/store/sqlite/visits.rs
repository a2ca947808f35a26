//! Ledgers that call us: their visits, and what waits for the next one.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::model::ids::{ConnectionId, DocumentId};
use crate::model::people::Actor;
use crate::store::operations::{Answer, Visits};
use crate::store::sqlite::SqliteStore;
use crate::store::sqlite::convert::{instant, instant_or_none, json, micros, named};
use crate::store::sqlite::fail::Done;
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::{LastCall, Postable, ReadingWant, VisitNote};

/// Who takes along what is handed out to a ledger that calls us: `Northwind LLC, C:\\QB\\northwind.qbw`. None: the ledger is
/// called, or nobody answered yet.
pub fn here(c: &Connection, ledger: &ConnectionId) -> Done<Option<String>> {
    let mut s = c.prepare_cached("SELECT note FROM visit_note WHERE connection = ?")?;
    let note: Option<VisitNote> = s.query_row([ledger.as_str()], |r| json(r, 0)).optional()?;
    let known = note.filter(|n| !n.company.is_empty());
    Ok(known.map(|n| match n.company_file.as_str() {
        "" => n.company,
        file => format!("{}, {file}", n.company),
    }))
}

/// An ask is for what was approved when it was made: a later approval has to be asked for anew.
fn asked(c: &Connection, ledger: &ConnectionId) -> Done<Vec<DocumentId>> {
    let sql =
        "SELECT d.id FROM posting_ask a JOIN document d ON d.id = a.document JOIN book b ON b.id = d.book
               JOIN approval p ON p.document = d.id AND p.withdrawn_at IS NULL AND p.approved_at <= a.asked_at
               WHERE b.ledger = ? AND d.state IN ('approved', 'posting', 'ambiguous') ORDER BY d.id";
    let mut s = c.prepare_cached(sql)?;
    let rows = s.query_map([ledger.as_str()], |r| named(r, 0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Only what is approved, or partly out already, can be asked for; an ask that is no longer true is forgotten with it.
fn ask(tx: &Tx<'_>, documents: &[DocumentId], by: &Actor) -> Done<u64> {
    tx.c.prepare_cached(
        "DELETE FROM posting_ask WHERE NOT EXISTS
           (SELECT 1 FROM document d JOIN approval p ON p.document = d.id AND p.withdrawn_at IS NULL
            WHERE d.id = posting_ask.document AND d.state IN ('approved', 'posting', 'ambiguous')
              AND p.approved_at <= posting_ask.asked_at)",
    )?
    .execute([])?;
    let mut kept = 0;
    for id in documents {
        let new = tx
            .c
            .prepare_cached(
                "INSERT OR IGNORE INTO posting_ask(document, asked_by, asked_at)
                 SELECT id, ?, ? FROM document WHERE id = ? AND state IN ('approved', 'posting', 'ambiguous')",
            )?
            .execute(params![by.name, micros(tx.now), id.to_string()])?;
        if new > 0 {
            kept += 1;
            tx.note(by, "posting_asked", &id.to_string(), fields::<0>([]))?;
        }
    }
    Ok(kept)
}

fn accept(tx: &Tx<'_>, connection: &ConnectionId, by: &Actor) -> Done<Option<VisitNote>> {
    let found: Option<VisitNote> =
        tx.c.prepare_cached("SELECT note FROM visit_note WHERE connection = ?")?
            .query_row([connection.as_str()], |r| json(r, 0))
            .optional()?;
    let Some(was) = found.filter(|n| !n.other_file.is_empty() || n.other_restored.is_some()) else {
        return Ok(None);
    };
    let mut note = was.clone();
    if !was.other_file.is_empty() {
        note.company_file = std::mem::take(&mut note.other_file);
    }
    note.restored = note.other_restored.take().or(note.restored);
    note.trouble.clear();
    note.trouble_since = None;
    tx.c.prepare_cached("UPDATE visit_note SET note = ? WHERE connection = ?")?
        .execute(params![serde_json::to_string(&note)?, connection.as_str()])?;
    let what = fields([
        ("file", note.company_file.clone()),
        ("file_before", was.company_file.clone()),
        ("restored", was.other_restored.clone().unwrap_or_default()),
    ]);
    tx.note(by, "company_file_accepted", connection.as_str(), what)?;
    Ok(Some(was))
}

fn unsettled(c: &Connection, ledger: &ConnectionId) -> Done<Vec<DocumentId>> {
    let sql = "SELECT DISTINCT d.id FROM intent i JOIN document d ON d.id = i.document
               WHERE i.ledger = ?1 AND (i.replay = 1 OR
                 (i.state IN ('sent', 'in_doubt') AND d.state IN ('approved', 'posting', 'ambiguous')))
               ORDER BY d.id";
    let mut s = c.prepare_cached(sql)?;
    let rows = s.query_map([ledger.as_str()], |r| named(r, 0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What was provably not handed out is no call: the ledger remembers the one before it.
fn last(c: &Connection, ledger: &ConnectionId) -> Done<Option<LastCall>> {
    let sql = "SELECT b.request_key, b.state <> 'open' AND NOT EXISTS (
                 SELECT 1 FROM json_each(b.members) m JOIN intent i ON i.id = m.value
                 WHERE i.request_key = b.request_key
                   AND (i.state IN ('sent', 'in_doubt', 'withdrawn') OR i.replay = 1))
               FROM batch b WHERE b.ledger = ?
                 AND EXISTS (SELECT 1 FROM attempt a WHERE a.batch = b.id AND a.class <> 'not_sent')
               ORDER BY b.id DESC LIMIT 1";
    let found = c
        .prepare_cached(sql)?
        .query_row([ledger.as_str()], |r| Ok(LastCall { request_key: r.get(0)?, settled: r.get(1)? }))
        .optional()?;
    Ok(found)
}

fn readings(c: &Connection, id: &ConnectionId) -> Done<Vec<ReadingWant>> {
    let sql = "SELECT ask, asked_at, reading, read_at, trouble FROM reading_want WHERE connection = ?
               ORDER BY asked_at DESC, ask";
    let mut s = c.prepare_cached(sql)?;
    let rows = s.query_map([id.as_str()], |r| {
        Ok(ReadingWant {
            connection: id.clone(),
            ask: r.get(0)?,
            asked_at: instant(r, 1)?,
            reading: r.get(2)?,
            read_at: instant_or_none(r, 3)?,
            trouble: r.get(4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

impl Visits for SqliteStore {
    fn put_visit(&self, connection: ConnectionId, note: VisitNote, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| {
            tx.c.prepare_cached("INSERT OR REPLACE INTO visit_note(connection, note) VALUES (?,?)")?
                .execute(params![connection.as_str(), serde_json::to_string(&note)?])?;
            Ok(())
        })
    }

    fn accept_company_file(
        &self,
        connection: ConnectionId,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, Option<VisitNote>> {
        self.write(now, None, move |tx| accept(tx, &connection, &by))
    }

    fn visits(&self) -> Answer<'_, Vec<(ConnectionId, VisitNote)>> {
        self.look(|c| {
            let mut s = c.prepare_cached("SELECT connection, note FROM visit_note ORDER BY connection")?;
            let rows = s.query_map([], |r| Ok((ConnectionId(r.get(0)?), json(r, 1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn ask_posting(&self, documents: Vec<DocumentId>, by: Actor, now: Timestamp) -> Answer<'_, u64> {
        self.write(now, None, move |tx| ask(tx, &documents, &by))
    }

    fn asked_postings(&self, ledger: ConnectionId) -> Answer<'_, Vec<DocumentId>> {
        self.look(move |c| asked(c, &ledger))
    }

    fn unsettled(&self, ledger: ConnectionId) -> Answer<'_, Vec<DocumentId>> {
        self.look(move |c| unsettled(c, &ledger))
    }

    fn going_again(&self, ledger: ConnectionId) -> Answer<'_, Vec<Postable>> {
        self.look(move |c| crate::store::sqlite::plan::going_again(c, &ledger))
    }

    fn call_bytes(&self, ledger: ConnectionId, request_key: String) -> Answer<'_, Option<Vec<u8>>> {
        self.look(move |c| {
            let sql = "SELECT bytes FROM batch WHERE ledger = ? AND request_key = ? ORDER BY id DESC LIMIT 1";
            let found = c
                .prepare_cached(sql)?
                .query_row(params![ledger.as_str(), request_key], |r| r.get(0))
                .optional()?;
            Ok(found)
        })
    }

    fn last_call(&self, ledger: ConnectionId) -> Answer<'_, Option<LastCall>> {
        self.look(move |c| last(c, &ledger))
    }

    fn want_reading(&self, connection: ConnectionId, ask: String, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| {
            tx.c.prepare_cached(
                "INSERT INTO reading_want(connection, ask, asked_at) VALUES (?,?,?)
                 ON CONFLICT DO UPDATE SET asked_at = excluded.asked_at, trouble = ''",
            )?
            .execute(params![connection.as_str(), ask, micros(tx.now)])?;
            Ok(())
        })
    }

    fn readings(&self, connection: ConnectionId) -> Answer<'_, Vec<ReadingWant>> {
        self.look(move |c| readings(c, &connection))
    }

    fn put_wanted_reading(
        &self,
        connection: ConnectionId,
        ask: String,
        brought: Result<String, String>,
        now: Timestamp,
    ) -> Answer<'_, ()> {
        self.write(now, None, move |tx| {
            match brought {
                Ok(reading) => tx
                    .c
                    .prepare_cached(
                        "UPDATE reading_want SET reading = ?, read_at = ?, trouble = ''
                         WHERE connection = ? AND ask = ?",
                    )?
                    .execute(params![reading, micros(tx.now), connection.as_str(), ask])?,
                Err(trouble) => tx
                    .c
                    .prepare_cached("UPDATE reading_want SET trouble = ? WHERE connection = ? AND ask = ?")?
                    .execute(params![trouble, connection.as_str(), ask])?,
            };
            Ok(())
        })
    }
}
