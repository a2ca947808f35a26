//! Documents that arrive again: the same revision, a new one before posting, a new one afterwards.

use rusqlite::params;

use crate::model::canonical::sha256_hex;
use crate::model::finding::{Finding, FindingCode, Mend};
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::sqlite::arrive::{keep_bytes, keep_keys, search_base, sentence};
use crate::store::sqlite::doc::Doc;
use crate::store::sqlite::fail::Done;
use crate::store::sqlite::findings;
use crate::store::sqlite::outbox::enqueue_acknowledge;
use crate::store::sqlite::transition::{
    Move, move_total, set_derive_due, touch, transition, withdraw_approval,
};
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::{Arrival, ArrivalHeader, Arrived};

/// A delivery of a document that is there.
pub fn again(tx: &Tx<'_>, mut doc: Doc, a: &Arrival, acknowledge: bool) -> Done<Arrived> {
    if let (None, Some(book)) = (&doc.book, &a.book) {
        move_total(tx, &doc, Some(doc.state), -1)?;
        tx.c.prepare_cached("UPDATE document SET book = ? WHERE id = ?")?
            .execute(params![book.as_str(), doc.key()])?;
        tx.c.prepare_cached("UPDATE finding SET book = ? WHERE document = ?")?
            .execute(params![book.as_str(), doc.key()])?;
        doc.book = Some(book.clone());
        move_total(tx, &doc, Some(doc.state), 1)?;
        let due = matches!(doc.state, State::Blocked | State::Ready | State::Held);
        if due {
            set_derive_due(tx, &mut doc, true)?;
        }
        tx.note(&Actor::engine(), "routed", &doc.key(), fields([("book", book.to_string())]))?;
    }
    let outcome = if doc.revision == a.revision {
        Arrived::Known(doc.id)
    } else {
        keep_bytes(tx, doc.id, a)?;
        tx.c.prepare_cached(
            "UPDATE document SET revision = ?, revisions = revisions + 1, source_status = ? WHERE id = ?",
        )?
        .execute(params![a.revision, a.source_status, doc.key()])?;
        doc.revision.clone_from(&a.revision);
        use State::*;
        match doc.state {
            Stored | Unreadable | Blocked | Ready | Held | Approved | Failed
                if !crate::store::sqlite::intents::in_ledger(tx.c, doc.id)? =>
            {
                revised(tx, &mut doc, a)?;
                Arrived::Revised(doc.id)
            }
            _ => {
                revised_later(tx, &mut doc, a)?;
                Arrived::RevisedLater(doc.id)
            }
        }
    };
    if acknowledge && !doc.state.is_end() {
        enqueue_acknowledge(tx, &mut doc)?;
    }
    Ok(outcome)
}

fn revised(tx: &Tx<'_>, doc: &mut Doc, a: &Arrival) -> Done<()> {
    let engine = Actor::engine();
    let what = || fields([("revision", a.revision.clone()), ("bytes", sha256_hex(&a.bytes))]);
    let fell = withdraw_approval(tx, doc)?;
    match &a.header {
        Ok(h) => {
            put_header(tx, doc, h)?;
            set_derive_due(tx, doc, true)?;
            let next = match doc.state {
                State::Unreadable => Some((State::Stored, "")),
                State::Approved => Some((State::Ready, "a new revision arrived; it is checked again")),
                State::Failed => Some((State::Blocked, "a new revision arrived; it is checked again")),
                _ => None,
            };
            match next {
                Some((to, why)) => {
                    transition(tx, doc, to, Move::new("revised", &engine).because(why).with(what()))
                }
                None => {
                    let reason = doc.reason.clone();
                    touch(tx, doc, &reason)?;
                    let mut what = what();
                    what.push(("approval".into(), if fell { "withdrawn" } else { "" }.into()));
                    tx.note(&engine, "revised", &doc.key(), what)
                }
            }
        }
        Err(u) => {
            set_derive_due(tx, doc, false)?;
            tx.c.prepare_cached(
                "UPDATE document SET unreadable_path = ?, unreadable_message = ? WHERE id = ?",
            )?
            .execute(params![u.path, u.message, doc.key()])?;
            let why = sentence(u);
            if doc.state == State::Stored {
                return transition(
                    tx,
                    doc,
                    State::Unreadable,
                    Move::new("revised", &engine).because(why).with(what()),
                );
            }
            if doc.state != State::Unreadable {
                let f =
                    Finding::new(FindingCode::Unreadable, "", "cannot be read", why.clone(), Mend::Reject);
                findings::replace(tx, doc, &[f])?;
            }
            match doc.state {
                State::Ready | State::Approved | State::Failed => transition(
                    tx,
                    doc,
                    State::Blocked,
                    Move::new("revised", &engine).because(why).with(what()),
                ),
                _ => {
                    let reason = if doc.state == State::Held { doc.reason.clone() } else { why };
                    touch(tx, doc, &reason)?;
                    tx.note(&engine, "revised", &doc.key(), what())
                }
            }
        }
    }
}

fn put_header(tx: &Tx<'_>, doc: &mut Doc, h: &ArrivalHeader) -> Done<()> {
    move_total(tx, doc, Some(doc.state), -1)?;
    doc.currency = Some(h.currency);
    doc.minor = h.minor;
    doc.number.clone_from(&h.number);
    doc.payee_code.clone_from(&h.payee_code);
    doc.payee_is_employee = h.payee_is_employee;
    doc.search_base = search_base(&[&h.number, &h.payee, &h.title, &h.payee_code, &doc.source_id]);
    tx.c.prepare_cached(
        "UPDATE document SET family = ?, number = ?, title = ?, payee = ?, payee_code = ?, payee_is_employee = ?,
           currency = ?, minor = ?, unreadable_path = '', unreadable_message = '', search_base = ? WHERE id = ?",
    )?
    .execute(params![
        h.family,
        h.number,
        h.title,
        h.payee,
        h.payee_code,
        h.payee_is_employee,
        h.currency.code(),
        h.minor,
        doc.search_base,
        doc.key()
    ])?;
    move_total(tx, doc, Some(doc.state), 1)?;
    keep_keys(tx, doc.id, h)
}

fn revised_later(tx: &Tx<'_>, doc: &mut Doc, a: &Arrival) -> Done<()> {
    let finding = Finding::new(
        FindingCode::ChangedAfterPosting,
        "",
        "changed after posting",
        "a newer revision arrived after posting began; nothing is sent again",
        Mend::Accept,
    );
    findings::add(tx, doc, &finding)?;
    let reason = doc.reason.clone();
    touch(tx, doc, &reason)?;
    let what = [("revision", a.revision.clone()), ("bytes", sha256_hex(&a.bytes))];
    tx.note(&Actor::engine(), "revised_later", &doc.key(), fields(what))
}
