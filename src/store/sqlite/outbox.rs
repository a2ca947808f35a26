//! What the source has to be told, and its answers (reliability.md, 2.4 and 4.7).

use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use crate::model::canonical::sha256_hex;
use crate::model::document::DocumentKind;
use crate::model::finding::FindingCode;
use crate::model::ids::{ConnectionId, DocumentId};
use crate::model::intent::IntentState;
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::sqlite::arrive::set_ack;
use crate::store::sqlite::convert::{instant, json as json_column, micros, named, small};
use crate::store::sqlite::corrections;
use crate::store::sqlite::derive::derivation;
use crate::store::sqlite::doc::{Doc, ack};
use crate::store::sqlite::fail::{Done, Fail};
use crate::store::sqlite::intents;
use crate::store::sqlite::transition::{Move, transition};
use crate::store::sqlite::tx::Tx;
use crate::store::types::{Intent, OutboxKind, OutboxRow};

/// Columns for [`read`].
const COLUMNS: &str = "o.id, o.kind, o.document, d.source_id, d.kind, o.payload, o.state, o.attempts, o.due_at, \
                       o.created_at, o.detail";

fn read(r: &rusqlite::Row<'_>) -> rusqlite::Result<OutboxRow> {
    let kind: String = r.get(1)?;
    Ok(OutboxRow {
        id: r.get(0)?,
        // the column is checked by the schema
        kind: match kind.as_str() {
            "acknowledge" => OutboxKind::Acknowledge,
            "confirm" => OutboxKind::Confirm,
            _ => OutboxKind::Refuse,
        },
        document: named(r, 2)?,
        source_id: r.get(3)?,
        document_kind: named(r, 4)?,
        payload: json_column(r, 5)?,
        done: r.get::<_, String>(6)? == "done",
        attempts: small(r.get(7)?),
        due_at: instant(r, 8)?,
        created_at: instant(r, 9)?,
        detail: r.get(10)?,
    })
}

/// Rows that are due, the longest waiting first.
pub fn due(
    c: &Connection,
    connection: &ConnectionId,
    kind: OutboxKind,
    now: Timestamp,
    limit: u32,
) -> Done<Vec<OutboxRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM outbox o JOIN document d ON d.id = o.document
         WHERE o.state = 'open' AND o.connection = ? AND o.kind = ? AND o.due_at <= ?
         ORDER BY o.due_at, o.id LIMIT ?"
    );
    let mut s = c.prepare_cached(&sql)?;
    let rows = s.query_map(params![connection.as_str(), kind.name(), micros(now), limit], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// All of a document.
pub fn of(c: &Connection, id: DocumentId) -> Done<Vec<OutboxRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM outbox o JOIN document d ON d.id = o.document WHERE o.document = ? ORDER BY o.id"
    );
    let mut s = c.prepare_cached(&sql)?;
    let rows = s.query_map([id.to_string()], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// When the next row falls due. Look-ups are the engine's to time: it knows how long a ledger settles.
pub fn next_due(c: &Connection) -> Done<Option<Timestamp>> {
    let row: Option<i64> = c
        .prepare_cached("SELECT min(due_at) FROM outbox WHERE state = 'open'")?
        .query_row([], |r| r.get(0))?;
    row.map(|m| Timestamp::from_microsecond(m).map_err(|e| Fail::Unreadable(e.to_string()))).transpose()
}

/// Adds a row, once for each payload.
fn enqueue(tx: &Tx<'_>, doc: &Doc, kind: OutboxKind, payload: &Value, hash: &str) -> Done<bool> {
    let n = tx
        .c
        .prepare_cached(
            "INSERT OR IGNORE INTO outbox(kind, document, connection, payload, payload_hash, state, due_at, created_at)
             VALUES (?,?,?,?,?,'open',?,?)",
        )?
        .execute(params![
            kind.name(),
            doc.key(),
            doc.connection.as_str(),
            payload.to_string(),
            hash,
            micros(tx.now),
            micros(tx.now)
        ])?;
    Ok(n > 0)
}

/// One acknowledgement for each revision that the source offers.
pub fn enqueue_acknowledge(tx: &Tx<'_>, doc: &mut Doc) -> Done<()> {
    let payload = json!({ "revision": doc.revision });
    let revision = doc.revision.clone();
    if enqueue(tx, doc, OutboxKind::Acknowledge, &payload, &revision)? || ask_again(tx, doc, &revision)? {
        set_ack(tx, doc, ack::ASKED)?;
    }
    Ok(())
}

/// The source still offers what it refused to have acknowledged: it is asked again, after a while.
fn ask_again(tx: &Tx<'_>, doc: &Doc, revision: &str) -> Done<bool> {
    let later = tx.now.checked_add(jiff::SignedDuration::from_mins(15)).unwrap_or(tx.now);
    let n =
        tx.c.prepare_cached(
            "UPDATE outbox SET state = 'open', due_at = ? WHERE document = ? AND kind = 'acknowledge'
             AND payload_hash = ? AND state = 'refused'",
        )?
        .execute(params![micros(later), doc.key(), revision])?;
    Ok(n > 0)
}

/// Nothing more is to be told of what the source took back.
pub fn drop_open(tx: &Tx<'_>, doc: &Doc) -> Done<()> {
    tx.c.prepare_cached("UPDATE outbox SET state = 'dropped' WHERE document = ? AND state = 'open'")?
        .execute([doc.key()])?;
    Ok(())
}

/// The confirmation of what is in the ledger; a ledger as source takes none and is confirmed in the same move.
pub fn after_posting(tx: &Tx<'_>, doc: &mut Doc, records: &[&Intent]) -> Done<()> {
    use DocumentKind::*;
    if matches!(doc.kind, LedgerBill | LedgerInvoice | LedgerExpense) {
        return transition(tx, doc, State::Confirmed, Move::new("confirmed", &Actor::engine()));
    }
    if doc.kind == Correction {
        return corrections::posted(tx, doc);
    }
    let list: Vec<Value> = records
        .iter()
        .map(|i| {
            json!({
                "slot": i.slot.to_string(),
                "kind": i.kind.name(),
                "number": i.number,
                "remote_id": i.remote_id,
                "date": i.date.to_string(),
            })
        })
        .collect();
    let adopted = records.iter().any(|i| i.adopted);
    let payload = json!({ "records": list, "adopted": adopted });
    let hash = sha256_hex(payload.to_string().as_bytes());
    enqueue(tx, doc, OutboxKind::Confirm, &payload, &hash)?;
    Ok(())
}

/// A person turned it down: the source is told when it was acknowledged and the ledger holds nothing of it. Where every
/// line cancels, success is confirmed instead: there is nothing to post.
pub fn after_refusal(tx: &Tx<'_>, doc: &Doc, reason: &str, closes: bool) -> Done<()> {
    if doc.kind == DocumentKind::Correction {
        return Ok(());
    }
    let may_be_there = intents::of(tx.c, doc.id)?
        .iter()
        .any(|i| matches!(i.state, IntentState::Done | IntentState::InDoubt | IntentState::Sent));
    if may_be_there || !matches!(doc.ack, ack::ASKED | ack::ACCEPTED) {
        return Ok(());
    }
    let d = derivation(tx.c, doc.id)?;
    if let (true, Some(d)) = (closes, d)
        && d.findings.iter().any(|f| f.code == FindingCode::NoEffect)
    {
        let reference = d.set.entries.first().map(|e| e.reference.to_string()).unwrap_or_default();
        let payload = json!({
            "records": [], "adopted": false, "nothing_to_post": true, "reference": reference, "note": reason,
        });
        let hash = sha256_hex(payload.to_string().as_bytes());
        enqueue(tx, doc, OutboxKind::Confirm, &payload, &hash)?;
        return Ok(());
    }
    let payload = json!({ "reason": reason });
    let hash = sha256_hex(payload.to_string().as_bytes());
    enqueue(tx, doc, OutboxKind::Refuse, &payload, &hash)?;
    Ok(())
}

/// A person asks to send again what the source did not take.
pub fn reopen(tx: &Tx<'_>, doc: &Doc, kind: OutboxKind) -> Done<bool> {
    let n = tx
        .c
        .prepare_cached(
            "UPDATE outbox SET state = 'open', due_at = ? WHERE document = ? AND kind = ? AND state IN ('refused','open')",
        )?
        .execute(params![micros(tx.now), doc.key(), kind.name()])?;
    Ok(n > 0)
}
