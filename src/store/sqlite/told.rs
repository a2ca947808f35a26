//! The source's answers to what it was told, and where they put the documents (reliability.md, 4.7).

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::sqlite::arrive::{recall, set_ack};
use crate::store::sqlite::convert::{micros, named};
use crate::store::sqlite::derive::taken;
use crate::store::sqlite::doc::{Doc, ack};
use crate::store::sqlite::fail::Done;
use crate::store::sqlite::findings;
use crate::store::sqlite::transition::{Move, touch, transition, withdraw_approval};
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::{StoreError, Told};

/// The source's answers.
pub fn told(tx: &Tx<'_>, results: Vec<(i64, Told)>) -> Done<()> {
    for (id, answer) in results {
        let found =
            tx.c.prepare_cached("SELECT document, kind, state FROM outbox WHERE id = ?")?
                .query_row([id], |r| Ok((named(r, 0)?, r.get::<_, String>(1)?, r.get::<_, String>(2)?)))
                .optional()?;
        let Some((document, kind, state)) = found else {
            return Err(StoreError::Missing(format!("outbox row {id}")).into());
        };
        if state == "done" {
            continue;
        }
        let mut doc = Doc::load(tx, document)?;
        match &answer {
            Told::Later { at, why } => {
                close(tx, id, "open", why, Some(*at))?;
                continue;
            }
            Told::Accepted | Told::Recalled | Told::Taken { .. } => close(tx, id, "done", "", None)?,
            Told::Refused { why } => close(tx, id, "refused", why, None)?,
        }
        match kind.as_str() {
            "acknowledge" => acknowledged(tx, &mut doc, answer)?,
            "confirm" => confirmed(tx, id, &mut doc, answer)?,
            _ => refusal_sent(tx, &doc, answer)?,
        }
    }
    Ok(())
}

fn close(tx: &Tx<'_>, id: i64, state: &str, detail: &str, at: Option<Timestamp>) -> Done<()> {
    tx.c.prepare_cached(
        "UPDATE outbox SET state = ?, detail = ?, due_at = coalesce(?, due_at) WHERE id = ?",
    )?
    .execute(params![state, detail, at.map(micros), id])?;
    Ok(())
}

fn acknowledged(tx: &Tx<'_>, doc: &mut Doc, answer: Told) -> Done<()> {
    let engine = Actor::engine();
    match answer {
        Told::Accepted => {
            set_ack(tx, doc, ack::ACCEPTED)?;
            let what = [("revision", doc.revision.clone())];
            tx.note(&engine, "acknowledged", &doc.key(), fields(what))
        }
        Told::Recalled => {
            set_ack(tx, doc, ack::REFUSED)?;
            recall(tx, doc, "recalled in the source")
        }
        Told::Taken { by } => {
            set_ack(tx, doc, ack::REFUSED)?;
            tx.c.prepare_cached("UPDATE document SET taken_by = ? WHERE id = ?")?
                .execute(params![by, doc.key()])?;
            doc.taken_by.clone_from(&by);
            let what = fields([("why", by.clone())]);
            match doc.state {
                State::Stored | State::Blocked => {
                    findings::add(tx, doc, &taken(&by))?;
                    let reason = doc.reason.clone();
                    touch(tx, doc, &reason)?;
                    tx.note(&engine, "taken", &doc.key(), what)
                }
                State::Ready | State::Held | State::Approved => {
                    withdraw_approval(tx, doc)?;
                    findings::add(tx, doc, &taken(&by))?;
                    transition(tx, doc, State::Blocked, Move::new("taken", &engine).with(what))
                }
                _ => tx.note(&engine, "taken", &doc.key(), what),
            }
        }
        Told::Refused { why } => {
            set_ack(tx, doc, ack::REFUSED)?;
            let reason = format!("the source refused the acknowledgement: {why}");
            if !doc.state.is_settled() {
                touch(tx, doc, &reason)?;
            }
            tx.note(&engine, "acknowledge_refused", &doc.key(), fields([("why", why)]))
        }
        Told::Later { .. } => Ok(()),
    }
}

fn confirmed(tx: &Tx<'_>, row: i64, doc: &mut Doc, answer: Told) -> Done<()> {
    let engine = Actor::engine();
    let why = match answer {
        Told::Accepted => {
            return match doc.state {
                State::Posted | State::ConfirmFailed => {
                    transition(tx, doc, State::Confirmed, Move::new("confirmed", &engine))
                }
                _ => tx.note(&engine, "told", &doc.key(), fields([("kind", "confirm".into())])),
            };
        }
        Told::Later { .. } => return Ok(()),
        Told::Recalled => {
            "recalled in Concur after posting: reverse it in the ledger, or close it".to_string()
        }
        Told::Taken { by } => format!("another system confirmed it: {by}"),
        Told::Refused { why } => why,
    };
    // not accepted: it stays to be sent again when a person says so
    tx.c.prepare_cached("UPDATE outbox SET state = 'refused', detail = ? WHERE id = ?")?
        .execute(params![why, row])?;
    match doc.state {
        State::Posted => {
            transition(tx, doc, State::ConfirmFailed, Move::new("confirm_failed", &engine).because(why))
        }
        State::ConfirmFailed => touch(tx, doc, &why),
        _ => tx.note(&engine, "confirm_failed", &doc.key(), fields([("why", why)])),
    }
}

fn refusal_sent(tx: &Tx<'_>, doc: &Doc, answer: Told) -> Done<()> {
    let (action, why) = match answer {
        Told::Accepted => ("refusal_told", String::new()),
        Told::Later { .. } => return Ok(()),
        Told::Recalled => ("refusal_told", "recalled in the source already".into()),
        Told::Taken { by } => ("refusal_not_taken", by),
        Told::Refused { why } => ("refusal_not_taken", why),
    };
    tx.note(&Actor::engine(), action, &doc.key(), fields([("why", why)]))
}

/// Counts the attempt before the call.
pub fn telling(tx: &Tx<'_>, rows: &[i64]) -> Done<()> {
    let mut sent = tx.c.prepare_cached("UPDATE outbox SET attempts = attempts + 1 WHERE id = ?")?;
    for id in rows {
        sent.execute([id])?;
    }
    Ok(())
}
