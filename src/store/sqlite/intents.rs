//! Intents: rows, and what a document's state is with them.

use rusqlite::{Connection, OptionalExtension, params};

use crate::model::entry::{EntryKind, Slot};
use crate::model::ids::{ConnectionId, DocumentId};
use crate::model::intent::{IntentState, state_from_intents};
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::sqlite::approve::in_force;
use crate::store::sqlite::convert::{instant_or_none, json, named, small};
use crate::store::sqlite::doc::{Doc, hold};
use crate::store::sqlite::fail::Done;
use crate::store::sqlite::outbox;
use crate::store::sqlite::transition::{Move, set_derive_due, touch, transition, withdraw_approval};
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::Intent;

/// Columns for [`read`].
pub const COLUMNS: &str = "i.id, i.document, i.ledger, i.slot, i.kind, i.reference, i.generation, i.request_key, \
                           i.item_key, i.lookup, i.payload_hash, i.state, i.remote_id, i.number, i.sent_at, \
                           i.negatives, i.negative_at, i.adopted, i.detail, i.posting_date, i.doubted, i.lost, i.replay";

/// One row.
pub fn read(r: &rusqlite::Row<'_>) -> rusqlite::Result<Intent> {
    Ok(Intent {
        id: r.get(0)?,
        document: named(r, 1)?,
        ledger: ConnectionId(r.get(2)?),
        slot: named(r, 3)?,
        kind: named::<EntryKind>(r, 4)?,
        reference: named(r, 5)?,
        generation: small(r.get(6)?),
        request_key: r.get(7)?,
        item_key: r.get(8)?,
        lookup: json(r, 9)?,
        payload_hash: r.get(10)?,
        state: named(r, 11)?,
        remote_id: r.get(12)?,
        number: r.get(13)?,
        sent_at: instant_or_none(r, 14)?,
        negatives: small(r.get(15)?),
        negative_at: instant_or_none(r, 16)?,
        adopted: r.get(17)?,
        detail: r.get(18)?,
        date: named(r, 19)?,
        doubted: r.get(20)?,
        lost: r.get(21)?,
        replay: r.get(22)?,
    })
}

/// All of a document, in the order in which they were planned.
pub fn of(c: &Connection, id: DocumentId) -> Done<Vec<Intent>> {
    let sql = format!("SELECT {COLUMNS} FROM intent i WHERE i.document = ? ORDER BY i.id");
    let mut s = c.prepare_cached(&sql)?;
    let rows = s.query_map([id.to_string()], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// One.
pub fn get(c: &Connection, id: i64) -> Done<Option<Intent>> {
    let sql = format!("SELECT {COLUMNS} FROM intent i WHERE i.id = ?");
    Ok(c.prepare_cached(&sql)?.query_row([id], read).optional()?)
}

/// Whether another intent, of this document or of another, owns this record.
pub fn owned_by_other(
    c: &Connection,
    ledger: &ConnectionId,
    kind: EntryKind,
    remote_id: &str,
    document: DocumentId,
    slot: &Slot,
) -> Done<bool> {
    let sql = "SELECT count(*) FROM intent WHERE ledger = ? AND kind = ? AND remote_id = ?
               AND NOT (document = ? AND slot = ?)";
    let key = params![ledger.as_str(), kind.name(), remote_id, document.to_string(), slot.to_string()];
    Ok(c.prepare_cached(sql)?.query_row(key, |r| r.get::<_, i64>(0))? > 0)
}

/// Moves the document to where its intents put it, after outcomes or look-ups were written.
pub fn settle(tx: &Tx<'_>, doc: &mut Doc, hold_because: Option<&str>) -> Done<()> {
    let mut intents = of(tx.c, doc.id)?;
    let states: Vec<IntentState> = intents.iter().map(|i| i.state).collect();
    let mut target = state_from_intents(&states);
    if target == State::Failed {
        tx.c.prepare_cached(
            "UPDATE intent SET state = 'withdrawn' WHERE document = ? AND state = 'planned'",
        )?
        .execute([doc.key()])?;
        if hold_because.is_some() {
            target = State::Held;
        }
    }
    intents.retain(|i| i.state != IntentState::Withdrawn);
    let done = intents.iter().filter(|i| i.state == IntentState::Done).count();
    let refusal = intents.iter().find(|i| i.state == IntentState::Refused).map(|i| i.detail.clone());
    let doubt = intents.iter().find(|i| i.state == IntentState::InDoubt).map(|i| i.detail.clone());
    let reason = match target {
        State::Ambiguous => format!("outcome unknown: {}", doubt.unwrap_or_default()),
        State::Failed => refusal.unwrap_or_default(),
        State::Held => hold_because.unwrap_or_default().to_string(),
        State::NeedsHuman => {
            format!("{done} of {} in the ledger; refused: {}", intents.len(), refusal.unwrap_or_default())
        }
        State::Posting if done > 0 => format!("{done} of {} in the ledger", intents.len()),
        State::Approved => {
            intents.iter().find(|i| !i.detail.is_empty()).map(|i| i.detail.clone()).unwrap_or_default()
        }
        _ => String::new(),
    };
    if doc.state == target {
        return if doc.reason == reason { Ok(()) } else { touch(tx, doc, &reason) };
    }
    go(tx, doc, target, &reason, &intents)?;
    if target == State::Approved {
        fall_when_revised(tx, doc)?;
    }
    Ok(())
}

/// The table has no direct way from `ambiguous` to some of the states that intents can ask for.
fn path(from: State, to: State) -> Vec<State> {
    use State::*;
    match (from, to) {
        (Ambiguous, Posting) => vec![Approved, Posting],
        (Ambiguous, Failed) => vec![Approved, Posting, Failed],
        (Ambiguous, Held) => vec![Approved, Held],
        _ => vec![to],
    }
}

fn go(tx: &Tx<'_>, doc: &mut Doc, target: State, reason: &str, intents: &[Intent]) -> Done<()> {
    let engine = Actor::engine();
    for step in path(doc.state, target) {
        let action = match step {
            State::Approved if doc.state == State::Ambiguous => "absence_proved",
            State::Approved => "not_sent",
            State::Posting => "continued",
            State::Held => "held",
            other => other.name(),
        };
        let mut m = Move::new(action, &engine);
        if step == target {
            m = m.because(reason);
            m.hold = if step == State::Held { hold::PERSON } else { "" };
        }
        if step == State::Posted {
            let numbers: Vec<&str> = intents.iter().map(|i| i.number.as_str()).collect();
            let ids: Vec<&str> = intents.iter().map(|i| i.remote_id.as_str()).collect();
            let what = [
                ("records", intents.len().to_string()),
                ("minor", doc.minor.to_string()),
                ("currency", doc.code().to_string()),
                ("numbers", numbers.join(", ")),
                ("ids", ids.join(", ")),
            ];
            transition(tx, doc, step, m.with(fields(what)))?;
            posted(tx, doc, intents)?;
        } else {
            transition(tx, doc, step, m)?;
        }
    }
    Ok(())
}

/// What follows from `posted`: the number that people see, and the confirmation.
pub fn posted(tx: &Tx<'_>, doc: &mut Doc, intents: &[Intent]) -> Done<()> {
    let order: Vec<String> = in_force(tx.c, doc.id)?
        .map(|a| a.set.entries.iter().map(|e| e.slot.to_string()).collect())
        .unwrap_or_default();
    let place = |i: &Intent| order.iter().position(|s| *s == i.slot.to_string()).unwrap_or(order.len());
    let mut ordered: Vec<&Intent> = intents.iter().filter(|i| i.state == IntentState::Done).collect();
    ordered.sort_by_key(|i| (place(i), i.id));
    let first = ordered.first().map(|i| i.number.clone()).unwrap_or_default();
    let numbers: Vec<String> = ordered.iter().map(|i| i.number.to_lowercase()).collect();
    doc.search_base = format!("{}\n{}", doc.search_base, numbers.join("\n"));
    tx.c.prepare_cached("UPDATE document SET ledger_number = ?, search_base = ?, search = ? WHERE id = ?")?
        .execute(params![
        first,
        doc.search_base,
        crate::store::sqlite::transition::search_text(&doc.search_base, doc.state, &doc.reason),
        doc.key()
    ])?;
    crate::store::sqlite::papers::after_posting(tx, doc)?;
    outbox::after_posting(tx, doc, &ordered)
}

/// An approved document whose revision is not the approved one goes back for approval.
fn fall_when_revised(tx: &Tx<'_>, doc: &mut Doc) -> Done<()> {
    let stands = in_force(tx.c, doc.id)?.is_some_and(|a| a.revision == doc.revision);
    // what goes again with the bytes of the old approval may be in the ledger already
    let started = of(tx.c, doc.id)?.iter().any(|i| i.state == IntentState::Done || i.replay);
    if stands || started {
        return Ok(());
    }
    withdraw_approval(tx, doc)?;
    set_derive_due(tx, doc, true)?;
    let why = "a new revision arrived; it is checked again";
    transition(tx, doc, State::Ready, Move::new("revised", &Actor::engine()).because(why))
}

/// Whether the ledger holds, or may hold, a record of the document: then its approval stands, and nothing but posting
/// the rest or a reversal follows.
pub fn in_ledger(c: &rusqlite::Connection, document: DocumentId) -> Done<bool> {
    let sql = "SELECT EXISTS(SELECT 1 FROM intent WHERE document = ?
                 AND (state IN ('done', 'sent', 'in_doubt') OR replay = 1))";
    Ok(c.prepare_cached(sql)?.query_row([document.to_string()], |r| r.get(0))?)
}
