//! Intent first: all that a call will do is durable before its first byte (reliability.md, 4.1).

use std::collections::HashSet;

use rusqlite::{Connection, params};

use crate::model::book::Mode;
use crate::model::entry::Slot;
use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::model::intent::IntentState;
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::sqlite::approve::in_force;
use crate::store::sqlite::convert::{int, micros, named};
use crate::store::sqlite::doc::{Doc, ack};
use crate::store::sqlite::fail::{Done, Fail, refused};
use crate::store::sqlite::intents;
use crate::store::sqlite::setup;
use crate::store::sqlite::transition::{Move, touch, transition};
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::sqlite::visits;
use crate::store::types::{Approval, Intent, NewIntent, Plan, PlanDocument, Planned, Postable, StoreError};

/// Documents of which something goes again with the same bytes: a pause of their book keeps none of it back, since it may
/// be carried out already.
pub fn going_again(c: &Connection, ledger: &ConnectionId) -> Done<Vec<Postable>> {
    let sql = "SELECT d.id, d.version, d.state, d.book, d.source_id, d.kind FROM document d
               WHERE d.state IN ('approved','posting')
                 AND d.id IN (SELECT i.document FROM intent i WHERE i.ledger = ? AND i.replay = 1)
               ORDER BY d.id";
    let mut s = c.prepare_cached(sql)?;
    let mut rows = s.query([ledger.as_str()])?;
    let mut out = Vec::new();
    while let Some(r) = rows.next()? {
        out.push(one(c, r)?);
    }
    Ok(out)
}

fn one(c: &Connection, r: &rusqlite::Row<'_>) -> Done<Postable> {
    let id: DocumentId = named(r, 0)?;
    let Some(approval) = in_force(c, id)? else {
        return Err(Fail::Unreadable(format!("document {id} is approved without an approval")));
    };
    Ok(Postable {
        id,
        version: crate::store::sqlite::convert::count(r.get(1)?),
        state: named(r, 2)?,
        book: BookId(r.get(3)?),
        source_id: r.get(4)?,
        kind: named(r, 5)?,
        approval,
        intents: intents::of(c, id)?,
    })
}

/// Documents for the next calls to a ledger, oldest first.
pub fn postable(
    c: &Connection,
    ledger: &ConnectionId,
    only: &[DocumentId],
    limit: u32,
) -> Done<Vec<Postable>> {
    let only: HashSet<String> = only.iter().map(ToString::to_string).collect();
    let mut s = c.prepare_cached(
        "SELECT d.id, d.version, d.state, d.book, d.source_id, d.kind
         FROM book b CROSS JOIN document d INDEXED BY document_by_arrival ON d.book = b.id
         WHERE d.state IN ('approved','posting') AND b.ledger = ? AND b.mode = 'live' AND b.paused = 0 AND d.ack = 2
           AND (d.state = 'approved' OR (
             EXISTS (SELECT 1 FROM intent i WHERE i.document = d.id AND i.state = 'planned')
             AND NOT EXISTS (SELECT 1 FROM intent i WHERE i.document = d.id AND i.state IN ('sent','in_doubt'))))
         ORDER BY d.id",
    )?;
    let mut rows = s.query([ledger.as_str()])?;
    let mut out = Vec::new();
    while out.len() < limit as usize {
        let Some(r) = rows.next()? else { break };
        let id: DocumentId = named(r, 0)?;
        if !only.is_empty() && !only.contains(&id.to_string()) {
            continue;
        }
        out.push(one(c, r)?);
    }
    Ok(out)
}

/// Writes the call down: intents, batch, attempts, moves.
pub fn plan(tx: &Tx<'_>, plan: Plan) -> Done<Planned> {
    let epoch = setup::epoch(tx.c)?;
    if int(plan.epoch) != epoch {
        return Err(Fail::Store(StoreError::Stale {
            expected: format!("engine token {}", plan.epoch),
            found: format!("{epoch}: another process took the engine"),
        }));
    }
    let mut members = Vec::new();
    for d in &plan.documents {
        document(tx, &plan, d, &mut members)?;
    }
    if members.is_empty() {
        return refused("a call without members is not planned");
    }
    tx.c.prepare_cached(
        "INSERT INTO batch(ledger, request_key, members, bytes, epoch, planned_at, state) VALUES (?,?,?,?,?,?,'open')",
    )?
    .execute(params![
        plan.ledger.as_str(),
        plan.request_key,
        serde_json::to_string(&members)?,
        plan.bytes,
        epoch,
        micros(tx.now)
    ])?;
    let batch = tx.c.last_insert_rowid();
    let mut out = Vec::with_capacity(members.len());
    for id in members {
        tx.c.prepare_cached(
            "INSERT INTO attempt(intent, n, batch, started_at)
             SELECT ?1, coalesce(max(n), 0) + 1, ?2, ?3 FROM attempt WHERE intent = ?1",
        )?
        .execute(params![id, batch, micros(tx.now)])?;
        out.extend(intents::get(tx.c, id)?);
    }
    Ok(Planned { batch, intents: out })
}

fn document(tx: &Tx<'_>, plan: &Plan, d: &PlanDocument, members: &mut Vec<i64>) -> Done<()> {
    let mut doc = Doc::expect(tx, d.id, d.version)?;
    let Some(book) = &doc.book else {
        return refused(format!("{} belongs to no book", doc.number));
    };
    let book = setup::book(tx.c, book)?;
    if book.ledger != plan.ledger || book.mode != Mode::Live {
        return refused(format!("the book {} is not live in {}", book.id, plan.ledger));
    }
    if doc.ack != ack::ACCEPTED {
        return refused(format!(
            "{} is not acknowledged by the source yet; it is posted afterwards",
            doc.number
        ));
    }
    let approval = in_force(tx.c, doc.id)?;
    let (Some(approval), State::Approved | State::Posting) = (approval, doc.state) else {
        return Err(doc.stale("approved, or posting with records left"));
    };
    let there = intents::of(tx.c, doc.id)?;
    for entry in &approval.set.entries {
        let named =
            d.intents.iter().any(|i| i.slot == entry.slot) || there.iter().any(|i| i.slot == entry.slot);
        if !named {
            return refused(format!("the slot {} of {} has no intent", entry.slot, doc.number));
        }
    }
    let mut sent = Vec::new();
    for new in &d.intents {
        let id = match there.iter().find(|i| i.slot == new.slot) {
            Some(old) => again(tx, plan, &doc, old, new)?,
            None => insert(tx, plan, &doc, &approval, new)?,
        };
        if new.in_this_call {
            members.push(id);
            sent.push(new.reference.to_string());
        }
    }
    if sent.is_empty() {
        return refused(format!("the call carries nothing of {}", doc.number));
    }
    let mut what = fields([
        ("references", sent.join(" ")),
        ("request", plan.request_key.clone()),
        ("digest", approval.digest.clone()),
        ("token", plan.epoch.to_string()),
    ]);
    if let Some(taker) = visits::here(tx.c, &plan.ledger)? {
        what.extend(fields([("taker", taker)]));
    }
    let engine = Actor::engine();
    if doc.state == State::Approved {
        return transition(tx, &mut doc, State::Posting, Move::new("planned", &engine).with(what));
    }
    let reason = doc.reason.clone();
    touch(tx, &mut doc, &reason)?;
    tx.note(&engine, "planned", &doc.key(), what)
}

fn insert(tx: &Tx<'_>, plan: &Plan, doc: &Doc, approval: &Approval, new: &NewIntent) -> Done<i64> {
    match approval.set.entries.iter().find(|e| e.slot == new.slot) {
        Some(e) if e.reference != new.reference || e.kind != new.kind => {
            return refused(format!("the intent {} of {} is not the approved one", new.slot, doc.number));
        }
        None if !matches!(new.slot, Slot::Vendor(_)) => {
            return refused(format!("nobody approved the slot {} of {}", new.slot, doc.number));
        }
        _ => {}
    }
    let taken: i64 =
        tx.c.prepare_cached("SELECT count(*) FROM intent WHERE ledger = ? AND reference = ?")?
            .query_row(params![plan.ledger.as_str(), new.reference.as_str()], |r| r.get(0))?;
    if taken > 0 {
        return refused(format!(
            "the reference {} is used already; derive {} again",
            new.reference, doc.number
        ));
    }
    let (state, key) = if new.in_this_call { ("sent", plan.request_key.as_str()) } else { ("planned", "") };
    tx.c.prepare_cached(
        "INSERT INTO intent(document, ledger, slot, kind, reference, generation, request_key, item_key, lookup,
           payload_hash, digest, state, posting_date, epoch) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    )?
    .execute(params![
        doc.key(),
        plan.ledger.as_str(),
        new.slot.to_string(),
        new.kind.name(),
        new.reference.as_str(),
        new.generation,
        key,
        new.item_key,
        serde_json::to_string(&new.lookup)?,
        new.payload_hash,
        approval.digest,
        state,
        new.date.to_string(),
        int(plan.epoch)
    ])?;
    Ok(tx.c.last_insert_rowid())
}

/// An intent that exists: it keeps its reference. Once in doubt it goes again under the same keys only, unless the
/// payload, and with it the generation, changed.
fn again(tx: &Tx<'_>, plan: &Plan, doc: &Doc, old: &Intent, new: &NewIntent) -> Done<i64> {
    let fixed = matches!(old.state, IntentState::Done | IntentState::Sent | IntentState::InDoubt);
    if !new.in_this_call || fixed {
        if new.in_this_call {
            return refused(format!(
                "the record {} of {} is {}; it is not sent again",
                old.slot,
                doc.number,
                old.state.name()
            ));
        }
        if matches!(old.state, IntentState::Refused | IntentState::Withdrawn) {
            tx.c.prepare_cached("UPDATE intent SET state = 'planned' WHERE id = ?")?.execute([old.id])?;
        }
        return Ok(old.id);
    }
    if old.reference != new.reference {
        return refused(format!(
            "the record {} of {} keeps the reference {}",
            old.slot, doc.number, old.reference
        ));
    }
    let doubted: bool =
        tx.c.prepare_cached("SELECT doubted FROM intent WHERE id = ?")?.query_row([old.id], |r| r.get(0))?;
    let newer = new.generation > old.generation;
    if doubted && !newer && (new.payload_hash != old.payload_hash || plan.request_key != old.request_key) {
        return refused(format!(
            "the record {} of {} was in doubt once; it goes again with the same bytes under {}, or as a new generation",
            old.slot, doc.number, old.request_key
        ));
    }
    let item_key = if doubted && !newer { &old.item_key } else { &new.item_key };
    tx.c.prepare_cached(
        "UPDATE intent SET state = 'sent', kind = ?, generation = ?, request_key = ?, item_key = ?, lookup = ?,
           payload_hash = ?, detail = '', posting_date = ?, epoch = ?, negatives = 0, negative_at = NULL,
           doubted = doubted AND NOT ?, lost = 0, digest = (SELECT digest FROM approval WHERE document = ? AND withdrawn_at IS NULL)
         WHERE id = ? AND remote_id = ''",
    )?
    .execute(params![
        new.kind.name(),
        new.generation.max(old.generation),
        plan.request_key,
        item_key,
        serde_json::to_string(&new.lookup)?,
        new.payload_hash,
        new.date.to_string(),
        int(plan.epoch),
        newer,
        doc.key(),
        old.id
    ])?;
    Ok(old.id)
}
