//! What people do to one document outside the posting protocol.

use rusqlite::params;

use crate::model::ids::DocumentId;
use crate::model::intent::IntentState;
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::sqlite::adopt::adopt;
use crate::store::sqlite::approve::in_force;
use crate::store::sqlite::derive::derivation;
use crate::store::sqlite::doc::{Doc, hold};
use crate::store::sqlite::fail::{Done, refused};
use crate::store::sqlite::intents;
use crate::store::sqlite::outbox;
use crate::store::sqlite::transition::{Move, set_derive_due, touch, transition, withdraw_approval};
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::{Act, OutboxKind, StoreError};

/// Does it; gives the new state.
pub fn act(tx: &Tx<'_>, id: DocumentId, version: u64, act: Act, by: &Actor) -> Done<State> {
    let mut doc = Doc::expect(tx, id, version)?;
    let doc = &mut doc;
    match act {
        Act::Withdraw => withdraw(tx, doc, by)?,
        Act::Hold { reason } => hold_it(tx, doc, &reason, by)?,
        Act::Release => release(tx, doc, by)?,
        Act::Reject { reason } => {
            if reason.trim().is_empty() {
                return refused("a rejection needs a reason: the employee reads it");
            }
            end(tx, doc, State::Rejected, "rejected", &reason, by)?;
        }
        Act::Close { note } => {
            if note.trim().is_empty() {
                return refused("closing needs a note");
            }
            if doc.state == State::NeedsHuman {
                return decide(tx, doc, State::Closed, &note, by);
            }
            end(tx, doc, State::Closed, "closed", &note, by)?;
        }
        Act::Recall { reason } => {
            check(tx, doc, State::Recalled, by)?;
            nothing_in_ledger(tx, doc)?;
            withdraw_approval(tx, doc)?;
            set_derive_due(tx, doc, false)?;
            outbox::drop_open(tx, doc)?;
            transition(tx, doc, State::Recalled, Move::new("recalled", by).because(reason))?;
        }
        Act::Adopt { records } => adopt(tx, doc, records, by)?,
        Act::Retry => retry(tx, doc, by)?,
        Act::Decide { to, note } => return decide(tx, doc, to, &note, by),
    }
    Ok(doc.state)
}

/// Refuses, and audits, a move that the table does not have, before anything else is written.
fn check(tx: &Tx<'_>, doc: &Doc, to: State, by: &Actor) -> Done<()> {
    if doc.state.may_become(to) {
        return Ok(());
    }
    tx.refuse_move(by, &doc.key(), fields([("from", doc.state.to_string()), ("to", to.to_string())]));
    Err(StoreError::IllegalMove { from: doc.state, to }.into())
}

fn withdraw(tx: &Tx<'_>, doc: &mut Doc, by: &Actor) -> Done<()> {
    if doc.state != State::Approved {
        tx.refuse_move(
            by,
            &doc.key(),
            fields([("from", doc.state.to_string()), ("to", State::Ready.to_string())]),
        );
        return Err(StoreError::IllegalMove { from: doc.state, to: State::Ready }.into());
    }
    nothing_in_ledger(tx, doc)?;
    withdraw_approval(tx, doc)?;
    set_derive_due(tx, doc, true)?;
    transition(tx, doc, State::Ready, Move::new("withdrawn", by))
}

/// A document of which the ledger holds something is neither taken back nor stopped half-way: the rest is posted, or
/// what is there is reversed.
fn nothing_in_ledger(tx: &Tx<'_>, doc: &Doc) -> Done<()> {
    if intents::in_ledger(tx.c, doc.id)? {
        return refused(format!(
            "{} is partly in the ledger; the rest is posted, or what is there is reversed",
            doc.number
        ));
    }
    Ok(())
}

fn hold_it(tx: &Tx<'_>, doc: &mut Doc, reason: &str, by: &Actor) -> Done<()> {
    if reason.trim().is_empty() {
        return refused("a hold needs a reason");
    }
    if doc.state == State::Held {
        return refused(format!("{} is held already: {}", doc.number, doc.reason));
    }
    // `posting -> held` belongs to the ledger's answer, not to a person
    if doc.state == State::Posting {
        tx.refuse_move(
            by,
            &doc.key(),
            fields([("from", doc.state.to_string()), ("to", State::Held.to_string())]),
        );
        return Err(StoreError::IllegalMove { from: doc.state, to: State::Held }.into());
    }
    nothing_in_ledger(tx, doc)?;
    let stands = doc.state == State::Approved;
    let m = Move::new("held", by).because(reason).held_by(hold::PERSON);
    transition(tx, doc, State::Held, m.with(fields([("approval_stands", stands.to_string())])))
}

fn release(tx: &Tx<'_>, doc: &mut Doc, by: &Actor) -> Done<()> {
    if doc.state != State::Held {
        return refused(format!("{} is {}, not held", doc.number, doc.state));
    }
    let d = derivation(tx.c, doc.id)?;
    if let Some(a) = in_force(tx.c, doc.id)? {
        let same = d.as_ref().is_none_or(|d| d.digest == a.digest) && a.revision == doc.revision;
        // what is partly in the ledger goes on as it was approved
        if same || intents::in_ledger(tx.c, doc.id)? {
            return transition(tx, doc, State::Approved, Move::new("released", by));
        }
        withdraw_approval(tx, doc)?;
    }
    match d.filter(|d| d.revision == doc.revision) {
        Some(d) if d.state == State::Held => {
            if doc.hold != hold::PERSON {
                return refused(format!("{} stays held: {}", doc.number, doc.reason));
            }
            doc.hold = hold::RULE.into();
            let why = d.findings.first().map_or_else(|| "a rule holds it".into(), |f| f.sentence.clone());
            touch(tx, doc, &why)?;
            tx.note(by, "released", &doc.key(), fields([("reason", why)]))
        }
        Some(d) if d.state.may_become(State::Held) => transition(tx, doc, d.state, Move::new("released", by)),
        _ => {
            set_derive_due(tx, doc, true)?;
            let m = Move::new("released", by).because("waits to be checked again");
            transition(tx, doc, State::Blocked, m)
        }
    }
}

fn end(tx: &Tx<'_>, doc: &mut Doc, to: State, action: &str, why: &str, by: &Actor) -> Done<()> {
    check(tx, doc, to, by)?;
    if doc.state != State::ConfirmFailed {
        nothing_in_ledger(tx, doc)?;
    }
    let told_before = doc.state == State::ConfirmFailed;
    withdraw_approval_unless_posted(tx, doc)?;
    set_derive_due(tx, doc, false)?;
    transition(tx, doc, to, Move::new(action, by).because(why))?;
    if told_before {
        outbox::drop_open(tx, doc)?;
    } else {
        outbox::after_refusal(tx, doc, why, to == State::Closed)?;
    }
    Ok(())
}

fn withdraw_approval_unless_posted(tx: &Tx<'_>, doc: &Doc) -> Done<()> {
    if doc.state != State::ConfirmFailed {
        withdraw_approval(tx, doc)?;
    }
    Ok(())
}

fn retry(tx: &Tx<'_>, doc: &mut Doc, by: &Actor) -> Done<()> {
    match doc.state {
        State::Failed => {
            withdraw_approval(tx, doc)?;
            set_derive_due(tx, doc, true)?;
            let to = match derivation(tx.c, doc.id)? {
                Some(d) if d.state == State::Ready && d.revision == doc.revision => State::Ready,
                _ => State::Blocked,
            };
            transition(tx, doc, to, Move::new("retried", by).because("waits to be checked again"))
        }
        State::ConfirmFailed => {
            if !outbox::reopen(tx, doc, OutboxKind::Confirm)? {
                return refused(format!("{} has nothing to be confirmed", doc.number));
            }
            let reason = doc.reason.clone();
            touch(tx, doc, &reason)?;
            tx.note(by, "confirm_again", &doc.key(), Vec::new())
        }
        State::Ambiguous => refused(format!("{} is in doubt: it is looked up, never sent again", doc.number)),
        other => refused(format!("{} is {other}; only what failed is tried again", doc.number)),
    }
}

fn decide(tx: &Tx<'_>, doc: &mut Doc, to: State, note: &str, by: &Actor) -> Done<State> {
    if note.trim().is_empty() {
        return refused("a decision needs a note");
    }
    if doc.state != State::NeedsHuman || !matches!(to, State::Approved | State::Failed | State::Closed) {
        tx.refuse_move(by, &doc.key(), fields([("from", doc.state.to_string()), ("to", to.to_string())]));
        return Err(StoreError::IllegalMove { from: doc.state, to }.into());
    }
    let there = intents::of(tx.c, doc.id)?;
    let done = there.iter().filter(|i| i.state == IntentState::Done).count();
    let doubt = there.iter().find(|i| i.state == IntentState::InDoubt);
    match to {
        State::Approved => {
            if let Some(i) = doubt {
                return refused(format!(
                    "the record {} of {} may be in the ledger ({}); link it, or look there and decide that it failed",
                    i.slot, doc.number, i.detail
                ));
            }
            if in_force(tx.c, doc.id)?.is_none() {
                return refused(format!("{} has no approval in force", doc.number));
            }
            crate::store::sqlite::corrections::no_reversal(tx, doc)?;
            // a new generation: a ledger may remember a refusal by its key
            set_intents(tx, doc, "withdrawn", "'refused'")?;
        }
        State::Failed => {
            if done > 0 {
                return refused(format!(
                    "{done} of the records of {} are in the ledger; approve the rest, or reverse what is there",
                    doc.number
                ));
            }
            set_intents(tx, doc, "withdrawn", "'planned','refused','in_doubt'")?;
            // a person looked: what goes out next is a new generation, looked up like one that never went out
            tx.c.prepare_cached(
                "UPDATE intent SET doubted = 0, lost = 0, replay = 0, payload_hash = ''
                 WHERE document = ? AND state = 'withdrawn'",
            )?
            .execute([doc.key()])?;
            withdraw_approval(tx, doc)?;
        }
        _ => {
            if doc.kind == crate::model::DocumentKind::Correction && (done > 0 || doubt.is_some()) {
                return refused(format!(
                    "{done} of the records of the correction {} are in the ledger: approve the rest, it is not left half made",
                    doc.number
                ));
            }
        }
    }
    transition(tx, doc, to, Move::new("decided", by).because(note))?;
    if to == State::Closed {
        outbox::after_refusal(tx, doc, note, true)?;
    }
    Ok(doc.state)
}

fn set_intents(tx: &Tx<'_>, doc: &Doc, to: &str, from: &str) -> Done<()> {
    let sql = format!("UPDATE intent SET state = ? WHERE document = ? AND state IN ({from})");
    tx.c.prepare_cached(&sql)?.execute(params![to, doc.key()])?;
    Ok(())
}
