//! Reversals, reposts and accruals (accounting.md, sections 3 and 9), and the rest of half-posted sets.

use rusqlite::{Connection, OptionalExtension, params};

use crate::model::document::DocumentKind;
use crate::model::entry::EntrySet;
use crate::model::ids::DocumentId;
use crate::model::intent::IntentState;
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::sqlite::approve::{duties, in_force, keep_approval};
use crate::store::sqlite::arrive;
use crate::store::sqlite::convert::{instant_or_none, micros, named, named_or_none};
use crate::store::sqlite::doc::{Doc, ack};
use crate::store::sqlite::fail::{Done, refused};
use crate::store::sqlite::intents;
use crate::store::sqlite::outbox;
use crate::store::sqlite::transition::{Move, transition, withdraw_approval};
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::{Arrival, CorrectionRow, Derived, NewCorrection, StoreError};

/// Makes a correction.
pub fn correct(tx: &Tx<'_>, new: NewCorrection, by: &Actor) -> Done<DocumentId> {
    let of = new.of.map(|(id, version)| Doc::expect(tx, id, version)).transpose()?;
    if let Some(of) = &of {
        allowed(tx, of, &new)?;
    }
    let arrival = Arrival {
        connection: new.connection,
        book: Some(new.book),
        kind: DocumentKind::Correction,
        source_id: new.source_id.clone(),
        bytes: new.bytes,
        revision: new.revision,
        header: Ok(new.header),
        source_status: String::new(),
    };
    if let Some(other) = Doc::by_source(tx, &arrival.connection, DocumentKind::Correction, &new.source_id)? {
        return refused(format!("{} is there already and is {}", other.number, other.state));
    }
    let id = arrive::make(tx, &arrival, false)?;
    let mut doc = Doc::load(tx, id)?;
    // no source has to agree: what is posted is approved here and nowhere else
    arrive::set_ack(tx, &mut doc, ack::ACCEPTED)?;
    tx.c.prepare_cached("INSERT INTO correction(document, of, what, made_by) VALUES (?,?,?,?)")?
        .execute(params![doc.key(), of.as_ref().map(Doc::key), new.what, by.name])?;
    let subject = of.as_ref().map_or_else(|| doc.key(), Doc::key);
    let what = [("what", new.what), ("document", doc.key()), ("number", doc.number.clone())];
    tx.note(by, "correction_made", &subject, fields(what))?;
    Ok(id)
}

fn allowed(tx: &Tx<'_>, of: &Doc, new: &NewCorrection) -> Done<()> {
    let there = intents::of(tx.c, of.id)?;
    if let Some(i) = there.iter().find(|i| matches!(i.state, IntentState::Sent | IntentState::InDoubt)) {
        return refused(format!(
            "the outcome of {} of {} is not known yet; it is looked up first",
            i.slot, of.number
        ));
    }
    for other in corrections(tx.c, Some(of.id))?.iter().filter(|o| o.what == new.what) {
        // one that was turned down counts only if part of it reached the ledger
        let ended = matches!(other.state, State::Rejected | State::Closed);
        if !ended || intents::in_ledger(tx.c, other.document)? {
            return refused(format!(
                "{} corrects {} already and is {}",
                other.number, of.number, other.state
            ));
        }
    }
    match new.what.as_str() {
        "reversal" => {
            if !of.state.may_become(State::Reversed) {
                return refused(format!(
                    "{} is {}: only what is in the ledger is reversed",
                    of.number, of.state
                ));
            }
            if let Some(i) = there.iter().find(|i| i.state == IntentState::Done && i.adopted) {
                return refused(format!(
                    "{} was typed by hand and only linked to {}; correct it in the ledger",
                    i.number, of.number
                ));
            }
            if !there.iter().any(|i| i.state == IntentState::Done) {
                return refused(format!("the ledger holds nothing of {}", of.number));
            }
            Ok(())
        }
        "repost" if of.state == State::Reversed || (new.gone && of.state.claims_ledger()) => {
            // what came after it in the source may be in the ledger in its place
            match of.family(tx)?.iter().find(|m| m.state.claims_ledger()) {
                Some(other) => refused(format!(
                    "{} of the same family is {}: it stands in the place of what would be posted again",
                    other.number, other.state
                )),
                None => Ok(()),
            }
        }
        "repost" => refused(format!(
            "{} is {}: it is posted again only after its reversal, or when its records are gone from the ledger",
            of.number, of.state
        )),
        other => refused(format!("{other} is no correction of a document")),
    }
}

/// Whoever made a correction does not approve it.
pub fn not_the_maker(tx: &Tx<'_>, doc: &Doc, by: &Actor) -> Done<()> {
    let made_by: Option<String> =
        tx.c.prepare_cached("SELECT made_by FROM correction WHERE document = ?")?
            .query_row([doc.key()], |r| r.get(0))
            .optional()?;
    if made_by.is_some_and(|m| m == by.name) {
        return refused(format!("you made {}; somebody else must approve it", doc.number));
    }
    Ok(())
}

/// What follows when a correction is in the ledger: no source hears of it, and what it reverses ends.
pub fn posted(tx: &Tx<'_>, doc: &mut Doc) -> Done<()> {
    let engine = Actor::engine();
    transition(tx, doc, State::Confirmed, Move::new("confirmed", &engine))?;
    let row =
        tx.c.prepare_cached("SELECT of, what FROM correction WHERE document = ?")?
            .query_row([doc.key()], |r| Ok((named_or_none::<DocumentId>(r, 0)?, r.get::<_, String>(1)?)))
            .optional()?;
    let Some((Some(of), what)) = row else { return Ok(()) };
    if what != "reversal" {
        return Ok(());
    }
    let mut original = Doc::load(tx, of)?;
    let done = |id| -> Done<usize> {
        Ok(intents::of(tx.c, id)?.iter().filter(|i| i.state == IntentState::Done).count())
    };
    if done(original.id)? != done(doc.id)? || !original.state.may_become(State::Reversed) {
        // more of it was posted meanwhile: a person has to look at what is left
        let why = format!("{} reverses only a part of it: compare it with the ledger", doc.number);
        crate::store::sqlite::transition::touch(tx, &mut original, &why)?;
        tx.note(&engine, "reversed_in_part", &original.key(), fields([("by", doc.key()), ("why", why)]))?;
    } else {
        let told = original.state == State::Confirmed;
        outbox::drop_open(tx, &original)?;
        let m = Move::new("reversed", &engine).because(format!("reversed by {}", doc.number));
        let m = m.with(fields([("by", doc.key()), ("source_was_told", told.to_string())]));
        transition(tx, &mut original, State::Reversed, m)?;
    }
    // the report or invoice still stands in the source: a person corrects it there
    tx.c.prepare_cached("UPDATE correction SET task = 1 WHERE document = ?")?.execute([doc.key()])?;
    Ok(())
}

/// Corrections of a document, or all with an open task.
pub fn corrections(c: &Connection, of: Option<DocumentId>) -> Done<Vec<CorrectionRow>> {
    let only = if of.is_some() { "k.of = ?1" } else { "k.task = 1 AND ?1 IS NULL" };
    let sql = format!(
        "SELECT k.document, d.number, k.of, coalesce(o.number, ''), k.what, d.state, k.task, k.ticked_by, k.ticked_at
         FROM correction k JOIN document d ON d.id = k.document LEFT JOIN document o ON o.id = k.of
         WHERE {only} ORDER BY k.document"
    );
    let mut s = c.prepare_cached(&sql)?;
    let rows = s.query_map([of.map(|d| d.to_string())], |r| {
        let by: String = r.get(7)?;
        Ok(CorrectionRow {
            document: named(r, 0)?,
            number: r.get(1)?,
            of: named_or_none(r, 2)?,
            of_number: r.get(3)?,
            what: r.get(4)?,
            state: named(r, 5)?,
            task: r.get::<_, i64>(6)? == 1,
            ticked: instant_or_none(r, 8)?.map(|at| (by, at)),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A person corrected the report or invoice in the source.
pub fn tick(tx: &Tx<'_>, id: DocumentId, note: &str, by: &Actor) -> Done<()> {
    if note.trim().is_empty() {
        return refused("say what was done in the source");
    }
    let n = tx
        .c
        .prepare_cached(
            "UPDATE correction SET task = 2, ticked_by = ?, ticked_at = ?, note = ? WHERE document = ? AND task = 1",
        )?
        .execute(params![by.name, micros(tx.now), note, id.to_string()])?;
    if n == 0 {
        return refused("nothing is left to be done in the source for it");
    }
    tx.note(by, "correction_ticked", &id.to_string(), fields([("note", note.to_string())]))
}

/// An open or posted reversal of the document: nothing more of it is posted beside that.
pub fn no_reversal(tx: &Tx<'_>, doc: &Doc) -> Done<()> {
    let ended = |s: State| matches!(s, State::Rejected | State::Closed);
    match corrections(tx.c, Some(doc.id))?.iter().find(|c| c.what == "reversal" && !ended(c.state)) {
        Some(r) => refused(format!(
            "{} reverses what the ledger holds of {} and is {}: reject it first, or leave the rest",
            r.number, doc.number, r.state
        )),
        None => Ok(()),
    }
}

/// The entries that the ledger refused, as they are derived now, beside those that are in it. The duties are those of any
/// approval.
pub fn approve_rest(
    tx: &Tx<'_>,
    id: DocumentId,
    version: u64,
    d: &Derived,
    note: &str,
    by: &Actor,
) -> Done<Result<State, StoreError>> {
    let mut doc = Doc::expect(tx, id, version)?;
    if note.trim().is_empty() {
        return refused("a decision needs a note");
    }
    if doc.state != State::NeedsHuman {
        return Err(doc.stale("needs_human"));
    }
    let Some(frozen) = in_force(tx.c, doc.id)? else {
        return refused(format!("{} has no approval in force", doc.number));
    };
    if frozen.revision != doc.revision || d.revision != doc.revision {
        return refused(format!(
            "{} was changed in the source after it was approved; reverse what is in the ledger instead",
            doc.number
        ));
    }
    no_reversal(tx, &doc)?;
    let there = intents::of(tx.c, doc.id)?;
    if let Some(i) = there.iter().find(|i| matches!(i.state, IntentState::Sent | IntentState::InDoubt)) {
        return refused(format!(
            "the record {} of {} may be in the ledger; it is looked up first",
            i.slot, doc.number
        ));
    }
    let slots = |s: &EntrySet| -> Vec<String> { s.entries.iter().map(|e| e.slot.to_string()).collect() };
    if slots(&d.set) != slots(&frozen.set) {
        return refused(format!(
            "{} becomes other records now than those that were approved; reverse what is there instead",
            doc.number
        ));
    }
    for (new, old) in d.set.entries.iter().zip(&frozen.set.entries) {
        let done = there.iter().any(|i| i.slot == old.slot && i.state == IntentState::Done);
        if (done && new != old) || new.reference != old.reference {
            return refused(format!(
                "the record {} of {} stays as it is in the ledger",
                old.slot, doc.number
            ));
        }
    }
    if !d.set.balanced() || d.digest.is_empty() {
        return refused(format!("the entries of {} do not balance; they cannot be approved", doc.number));
    }
    if let Some(why) = duties(tx, &doc, d, by)? {
        return Ok(Err(why));
    }
    withdraw_approval(tx, &doc)?;
    keep_approval(tx, &doc, d, by)?;
    // withdrawn, so that what was refused once goes under a new generation: a ledger may remember its refusal by key
    tx.c.prepare_cached(
        "UPDATE intent SET state = 'withdrawn' WHERE document = ? AND state IN ('refused','planned')",
    )?
    .execute([doc.key()])?;
    let what = fields([("digest", d.digest.clone()), ("digest_before", frozen.digest)]);
    let m = Move::new("approved_rest", by).because(note).with(what);
    transition(tx, &mut doc, State::Approved, m)?;
    Ok(Ok(doc.state))
}
