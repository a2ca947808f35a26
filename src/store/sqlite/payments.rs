//! Payment state for the source, from the ledger's payments alone (accounting.md, section 14).

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::model::entry::EntryKind;
use crate::model::ids::{ConnectionId, DocumentId};
use crate::model::money::{Money, to_minor};
use crate::model::people::Actor;
use crate::store::sqlite::convert::{micros, named, small};
use crate::store::sqlite::doc::Doc;
use crate::store::sqlite::fail::{Done, Fail, refused};
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::{NewPayment, PaymentRow, Told};

/// The document that owns a record of a ledger.
pub fn owner(c: &Connection, ledger: &ConnectionId, kind: EntryKind, id: &str) -> Done<Option<DocumentId>> {
    Ok(c.prepare_cached(
        "SELECT document FROM intent WHERE ledger = ? AND kind = ? AND remote_id = ? AND remote_id <> ''",
    )?
    .query_row(params![ledger.as_str(), kind.name(), id], |r| named(r, 0))
    .optional()?)
}

/// Until when payments of a ledger were read.
pub fn read_until(c: &Connection, ledger: &ConnectionId) -> Done<Option<Timestamp>> {
    let at: Option<i64> = c
        .prepare_cached("SELECT at FROM ledger_cursor WHERE ledger = ? AND what = 'payments'")?
        .query_row([ledger.as_str()], |r| r.get(0))
        .optional()?;
    at.map(|m| Timestamp::from_microsecond(m).map_err(|e| Fail::Unreadable(e.to_string()))).transpose()
}

/// Keeps what was read.
pub fn keep(
    tx: &Tx<'_>,
    ledger: &ConnectionId,
    payments: &[NewPayment],
    until: Timestamp,
) -> Done<(u64, Vec<DocumentId>)> {
    let mut new = 0;
    let mut voided = Vec::new();
    for p in payments {
        let doc = Doc::load(tx, p.document)?;
        let minor = match to_minor(p.amount.amount, p.amount.currency) {
            Ok(m) => m,
            Err(e) => {
                return refused(format!("the payment {} of {} cannot be kept: {e}", p.number, doc.number));
            }
        };
        let before: Option<(i64, String, bool, i64, String)> = tx
            .c
            .prepare_cached(
                "SELECT id, state, void, minor, paid_on FROM payment WHERE ledger = ? AND payment = ? AND document = ?",
            )?
            .query_row(params![ledger.as_str(), p.payment, doc.key()], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))
            })
            .optional()?;
        match before {
            None if p.void => {}
            None => {
                tx.c.prepare_cached(
                    "INSERT INTO payment(ledger, payment, document, connection, number, paid_on, cheque, currency, minor,
                       state, due_at) VALUES (?,?,?,?,?,?,?,?,?,'open',?)",
                )?
                .execute(params![
                    ledger.as_str(),
                    p.payment,
                    doc.key(),
                    doc.connection.as_str(),
                    p.number,
                    p.date.to_string(),
                    p.cheque,
                    p.amount.currency.code(),
                    minor,
                    micros(tx.now)
                ])?;
                new += 1;
                let what = [
                    ("payment", p.payment.clone()),
                    ("date", p.date.to_string()),
                    ("amount", p.amount.to_string()),
                ];
                tx.note(&Actor::engine(), "paid_in_ledger", &doc.key(), fields(what))?;
            }
            Some((id, state, false, ..)) if p.void => {
                let next = if state == "open" { "dropped" } else { state.as_str() };
                tx.c.prepare_cached("UPDATE payment SET void = 1, state = ? WHERE id = ?")?
                    .execute(params![next, id])?;
                tx.note(
                    &Actor::engine(),
                    "payment_void",
                    &doc.key(),
                    fields([("payment", p.payment.clone())]),
                )?;
                if state == "done" {
                    voided.push(doc.id);
                }
            }
            // changed before it was told: the source hears what it is now; afterwards a person tells it
            Some((id, state, false, was, on)) if was != minor || on != p.date.to_string() => {
                tx.c.prepare_cached("UPDATE payment SET minor = ?, paid_on = ?, number = ? WHERE id = ?")?
                    .execute(params![minor, p.date.to_string(), p.number, id])?;
                let what = [
                    ("payment", p.payment.clone()),
                    ("date", p.date.to_string()),
                    ("amount", p.amount.to_string()),
                    ("amount_before", Money::from_minor(was, p.amount.currency).to_string()),
                ];
                tx.note(&Actor::engine(), "payment_changed", &doc.key(), fields(what))?;
                if state == "done" {
                    voided.push(doc.id);
                }
            }
            Some(_) => {}
        }
    }
    tx.c.prepare_cached(
        "INSERT INTO ledger_cursor(ledger, what, at) VALUES (?1, 'payments', ?2)
         ON CONFLICT(ledger, what) DO UPDATE SET at = max(at, excluded.at)",
    )?
    .execute(params![ledger.as_str(), micros(until)])?;
    Ok((new, voided))
}

const COLUMNS: &str = "p.id, p.ledger, p.payment, p.document, p.number, p.paid_on, p.cheque, p.currency, p.minor, p.void, \
                       p.state, p.attempts, p.detail, (SELECT sum(q.minor) FROM payment q WHERE q.document = p.document \
                       AND q.void = 0 AND (q.paid_on < p.paid_on OR (q.paid_on = p.paid_on AND q.id <= p.id)))";

fn read(r: &rusqlite::Row<'_>) -> rusqlite::Result<PaymentRow> {
    let state: String = r.get(10)?;
    let currency = named(r, 7)?;
    Ok(PaymentRow {
        id: r.get(0)?,
        ledger: ConnectionId(r.get(1)?),
        payment: NewPayment {
            payment: r.get(2)?,
            document: named(r, 3)?,
            number: r.get(4)?,
            date: named(r, 5)?,
            cheque: r.get(6)?,
            amount: Money::from_minor(r.get(8)?, currency),
            void: r.get(9)?,
        },
        told: state == "done",
        state,
        attempts: small(r.get(11)?),
        detail: r.get(12)?,
        sum_minor: r.get::<_, Option<i64>>(13)?.unwrap_or(0),
    })
}

/// Payments that a source is to be told; a payment confirmation needs the posting confirmation before it.
pub fn due(c: &Connection, source: &ConnectionId, now: Timestamp, limit: u32) -> Done<Vec<PaymentRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payment p JOIN document d ON d.id = p.document
         WHERE p.state = 'open' AND p.connection = ? AND p.due_at <= ? AND d.state = 'confirmed'
         ORDER BY p.due_at, p.id LIMIT ?"
    );
    let mut s = c.prepare_cached(&sql)?;
    let rows = s.query_map(params![source.as_str(), micros(now), limit], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The payments of a document.
pub fn of(c: &Connection, id: DocumentId) -> Done<Vec<PaymentRow>> {
    let sql = format!("SELECT {COLUMNS} FROM payment p WHERE p.document = ? ORDER BY p.paid_on, p.id");
    let mut s = c.prepare_cached(&sql)?;
    let rows = s.query_map([id.to_string()], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What is kept of one payment of a ledger.
pub fn under(c: &Connection, ledger: &ConnectionId, payment: &str) -> Done<Vec<PaymentRow>> {
    let sql = format!("SELECT {COLUMNS} FROM payment p WHERE p.ledger = ? AND p.payment = ? ORDER BY p.id");
    let mut s = c.prepare_cached(&sql)?;
    let rows = s.query_map(params![ledger.as_str(), payment], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A call that tells them begins.
pub fn telling(tx: &Tx<'_>, ids: &[i64]) -> Done<()> {
    let mut s = tx.c.prepare_cached("UPDATE payment SET attempts = attempts + 1 WHERE id = ?")?;
    for id in ids {
        s.execute([id])?;
    }
    Ok(())
}

/// The source's answers. Nothing here moves a document.
pub fn told(tx: &Tx<'_>, results: &[(i64, Told)]) -> Done<()> {
    for (id, answer) in results {
        let (state, detail, at) = match answer {
            Told::Accepted => ("done", String::new(), None),
            Told::Later { at, why } => ("open", why.clone(), Some(*at)),
            Told::Recalled => ("refused", "recalled in the source".to_string(), None),
            Told::Taken { by } => ("refused", format!("another system told it: {by}"), None),
            Told::Refused { why } => ("refused", why.clone(), None),
        };
        let document: Option<String> = tx
            .c
            .prepare_cached(
                "UPDATE payment SET state = ?, detail = ?, due_at = coalesce(?, due_at) WHERE id = ? AND state = 'open'
                 RETURNING document",
            )?
            .query_row(params![state, detail, at.map(micros), id], |r| r.get(0))
            .optional()?;
        if let Some(document) = document.filter(|_| state != "open") {
            let action = if state == "done" { "payment_told" } else { "payment_not_taken" };
            tx.note(&Actor::engine(), action, &document, fields([("why", detail)]))?;
        }
    }
    Ok(())
}
