//! Adoption: a document is linked to records that are in the ledger already (reliability.md, 2.5).

use rusqlite::params;

use crate::model::book::{Book, Mode};
use crate::model::entry::EntrySet;
use crate::model::intent::IntentState;
use crate::model::people::Actor;
use crate::model::reference::{Reference, ReferenceParts};
use crate::model::state::State;
use crate::store::sqlite::approve::in_force;
use crate::store::sqlite::derive::derivation;
use crate::store::sqlite::doc::Doc;
use crate::store::sqlite::fail::{Done, refused};
use crate::store::sqlite::intents;
use crate::store::sqlite::setup;
use crate::store::sqlite::transition::{Move, set_derive_due, transition};
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::{AdoptedRecord, StoreError};

/// Links every slot to the record that is there.
pub fn adopt(tx: &Tx<'_>, doc: &mut Doc, records: Vec<AdoptedRecord>, by: &Actor) -> Done<()> {
    use State::*;
    // the machine's own ways to `posted` are not a person's
    if !matches!(doc.state, Blocked | Ready | Held | Failed | NeedsHuman) {
        tx.refuse_move(by, &doc.key(), fields([("from", doc.state.to_string()), ("to", Posted.to_string())]));
        return Err(StoreError::IllegalMove { from: doc.state, to: Posted }.into());
    }
    let Some(book) = &doc.book else {
        return refused(format!("{} belongs to no book", doc.number));
    };
    let book = setup::book(tx.c, book)?;
    if book.mode != Mode::Live {
        return refused(format!(
            "the book {} is a preview and tells the source nothing; make it live first",
            book.id
        ));
    }
    let set = match in_force(tx.c, doc.id)? {
        Some(a) => a.set,
        None => derivation(tx.c, doc.id)?.map(|d| d.set).unwrap_or_default(),
    };
    let there = intents::of(tx.c, doc.id)?;
    if records.is_empty() && there.is_empty() {
        return refused(format!("name the record that {} is linked to", doc.number));
    }
    for entry in &set.entries {
        let done = there.iter().any(|i| i.slot == entry.slot && i.state == IntentState::Done);
        if !done && !records.iter().any(|r| r.slot == entry.slot) {
            return refused(format!(
                "name the record of {} for {}: every record is linked, or none",
                doc.number, entry.slot
            ));
        }
    }
    for r in &records {
        link(tx, doc, &book, &set, r)?;
    }
    tx.c.prepare_cached(
        "UPDATE intent SET state = 'withdrawn' WHERE document = ? AND state IN ('planned','refused')",
    )?
    .execute([doc.key()])?;
    set_derive_due(tx, doc, false)?;
    let all = intents::of(tx.c, doc.id)?;
    if let Some(open) = all.iter().find(|i| i.state == IntentState::InDoubt) {
        return refused(format!("the record {} of {} is still in doubt; link it too", open.slot, doc.number));
    }
    let linked: Vec<_> = all.into_iter().filter(|i| i.state == IntentState::Done).collect();
    let numbers: Vec<&str> = linked.iter().map(|i| i.number.as_str()).collect();
    let what = fields([
        ("records", linked.len().to_string()),
        ("minor", doc.minor.to_string()),
        ("currency", doc.code().to_string()),
        ("numbers", numbers.join(", ")),
    ]);
    transition(tx, doc, State::Posted, Move::new("adopted", by).with(what))?;
    intents::posted(tx, doc, &linked)
}

fn link(tx: &Tx<'_>, doc: &Doc, book: &Book, set: &EntrySet, r: &AdoptedRecord) -> Done<()> {
    if r.remote_id.is_empty() {
        return refused(format!("the record for {} has no id", r.slot));
    }
    if intents::owned_by_other(tx.c, &book.ledger, r.kind, &r.remote_id, doc.id, &r.slot)? {
        return refused(format!(
            "the {} {} belongs to another document or slot already; {} cannot be linked to it",
            r.kind.words(),
            r.number,
            doc.number
        ));
    }
    let reference = match set.entries.iter().find(|e| e.slot == r.slot) {
        Some(e) => e.reference.clone(),
        None => reference(tx, doc, book, r)?,
    };
    let hash = crate::model::canonical::sha256_hex(r.remote_id.as_bytes());
    let n = tx
        .c
        .prepare_cached(
            "INSERT INTO intent(document, ledger, slot, kind, reference, generation, request_key, item_key, lookup,
               payload_hash, digest, state, remote_id, number, adopted, posting_date, epoch)
             VALUES (?,?,?,?,?,0,'','','null',?,'','done',?,?,1,?,0)
             ON CONFLICT(document, ledger, slot) DO UPDATE SET kind = excluded.kind, state = 'done',
               remote_id = excluded.remote_id, number = excluded.number, adopted = 1, detail = '',
               posting_date = excluded.posting_date WHERE intent.remote_id = ''",
        )?
        .execute(params![
            doc.key(),
            book.ledger.as_str(),
            r.slot.to_string(),
            r.kind.name(),
            reference.as_str(),
            hash,
            r.remote_id,
            r.number,
            r.date.to_string()
        ])?;
    if n == 0 {
        return refused(format!("the record {} of {} is in the ledger already", r.slot, doc.number));
    }
    Ok(())
}

fn reference(tx: &Tx<'_>, doc: &Doc, book: &Book, r: &AdoptedRecord) -> Done<Reference> {
    let side = |id: &crate::model::ids::ConnectionId| {
        setup::connection(tx.c, id)?.ok_or_else(|| {
            crate::store::sqlite::fail::Fail::Store(StoreError::Missing(format!("connection {id}")))
        })
    };
    let source = side(&book.source)?;
    let target = side(&book.ledger)?;
    Ok(Reference::of(&ReferenceParts {
        source_system: &source.system,
        source_company: &source.company,
        kind: doc.kind.name(),
        source_id: &doc.source_id,
        target_system: &target.system,
        target_company: &target.company,
        slot: &r.slot,
        draw: 0,
    }))
}
