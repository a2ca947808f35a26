//! Requests of other processes to the holder, secrets and wraps.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use crate::model::ids::ConnectionId;
use crate::model::people::Actor;
use crate::store::sqlite::convert::{count, instant, int, json, micros};
use crate::store::sqlite::fail::Done;
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::{RequestRow, Sealed, StoreError, Wrap};

const REQUEST: &str = "SELECT id, kind, args, asked_by, answer, asked_at FROM request";

fn row(r: &rusqlite::Row<'_>) -> rusqlite::Result<RequestRow> {
    let answered: Option<String> = r.get(4)?;
    Ok(RequestRow {
        id: r.get(0)?,
        kind: r.get(1)?,
        args: json(r, 2)?,
        asked_by: r.get(3)?,
        asked_at: instant(r, 5)?,
        answer: answered.is_some().then(|| json(r, 4)).transpose()?,
    })
}

/// Leaves a request for the holder.
pub fn ask(tx: &Tx<'_>, kind: &str, args: &Value, by: &Actor) -> Done<i64> {
    tx.c.execute(
        "INSERT INTO request(kind, args, asked_by, asked_at) VALUES (?,?,?,?)",
        params![kind, args.to_string(), by.name, micros(tx.now)],
    )?;
    let id = tx.c.last_insert_rowid();
    tx.note(by, "asked", kind, fields([("request", id.to_string()), ("args", args.to_string())]))?;
    Ok(id)
}

/// The oldest request without an answer.
pub fn next(c: &Connection) -> Done<Option<RequestRow>> {
    let sql = format!("{REQUEST} WHERE answer IS NULL ORDER BY id LIMIT 1");
    Ok(c.prepare_cached(&sql)?.query_row([], row).optional()?)
}

/// The oldest unanswered request of one kind.
pub fn pending(c: &Connection, kind: &str) -> Done<Option<RequestRow>> {
    let sql = format!("{REQUEST} WHERE answer IS NULL AND kind = ? ORDER BY id LIMIT 1");
    Ok(c.prepare_cached(&sql)?.query_row([kind], row).optional()?)
}

/// One request.
pub fn get(c: &Connection, id: i64) -> Done<Option<RequestRow>> {
    let sql = format!("{REQUEST} WHERE id = ?");
    Ok(c.prepare_cached(&sql)?.query_row([id], row).optional()?)
}

/// Answers a request, once.
pub fn answer(tx: &Tx<'_>, id: i64, answer: &Value) -> Done<()> {
    let n = tx.c.execute(
        "UPDATE request SET answer = ?, answered_at = ? WHERE id = ? AND answer IS NULL",
        params![answer.to_string(), micros(tx.now), id],
    )?;
    if n == 0 { Err(StoreError::Missing(format!("unanswered request {id}")).into()) } else { Ok(()) }
}

/// A sealed secret.
pub fn secret(c: &Connection, connection: &ConnectionId, field: &str) -> Done<Option<Sealed>> {
    let sql = "SELECT generation, nonce, ciphertext FROM secret WHERE connection = ? AND field = ?";
    let read = |r: &rusqlite::Row<'_>| {
        Ok(Sealed { generation: count(r.get(0)?), nonce: r.get(1)?, ciphertext: r.get(2)? })
    };
    Ok(c.prepare_cached(sql)?.query_row(params![connection.as_str(), field], read).optional()?)
}

/// Compare-and-set: `expected` is the generation that the caller read, 0 for none.
pub fn rotate(
    tx: &Tx<'_>,
    connection: &ConnectionId,
    field: &str,
    expected: u64,
    sealed: &Sealed,
    by: &Actor,
) -> Done<()> {
    let found = secret(tx.c, connection, field)?.map_or(0, |s| s.generation);
    if found != expected || sealed.generation <= expected {
        return Err(StoreError::Stale {
            expected: format!("generation {expected}"),
            found: format!("generation {found}"),
        }
        .into());
    }
    tx.c.prepare_cached(
        "INSERT INTO secret(connection, field, generation, nonce, ciphertext) VALUES (?,?,?,?,?)
         ON CONFLICT(connection, field) DO UPDATE SET generation = excluded.generation, nonce = excluded.nonce,
           ciphertext = excluded.ciphertext",
    )?
    .execute(params![
        connection.as_str(),
        field,
        int(sealed.generation),
        sealed.nonce,
        sealed.ciphertext
    ])?;
    let what = [("field", field.to_string()), ("generation", sealed.generation.to_string())];
    tx.note(by, "secret_rotated", connection.as_str(), fields(what))
}

/// The wraps of the data key.
pub fn wraps(c: &Connection) -> Done<Vec<Wrap>> {
    let mut s = c.prepare_cached("SELECT way, nonce, ciphertext FROM wrap ORDER BY way")?;
    let rows = s.query_map([], |r| Ok(Wrap { way: r.get(0)?, nonce: r.get(1)?, ciphertext: r.get(2)? }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Adds or replaces a wrap.
pub fn put_wrap(tx: &Tx<'_>, wrap: &Wrap, by: &Actor) -> Done<()> {
    tx.c.execute(
        "INSERT INTO wrap(way, nonce, ciphertext) VALUES (?,?,?)
         ON CONFLICT(way) DO UPDATE SET nonce = excluded.nonce, ciphertext = excluded.ciphertext",
        params![wrap.way, wrap.nonce, wrap.ciphertext],
    )?;
    tx.note(by, "vault_key_wrapped", &wrap.way, Vec::new())
}
