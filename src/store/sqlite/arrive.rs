//! Documents as a source delivers them.

use jiff::Timestamp;
use rusqlite::params;
use sha2::{Digest, Sha256};
use ulid::Ulid;

use crate::model::canonical::sha256_hex;
use crate::model::ids::DocumentId;
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::sqlite::convert::micros;
use crate::store::sqlite::derive::supersede;
use crate::store::sqlite::doc::{Doc, ack};
use crate::store::sqlite::fail::{Done, Fail};
use crate::store::sqlite::intents;
use crate::store::sqlite::outbox::enqueue_acknowledge;
use crate::store::sqlite::revise;
use crate::store::sqlite::setup;
use crate::store::sqlite::transition::{
    Move, move_total, search_text, set_derive_due, transition, waits, withdraw_approval,
};
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::{Arrival, ArrivalHeader, Arrived, StoreError, Unreadable};

/// One page in one transaction.
pub fn arrive(tx: &Tx<'_>, arrivals: &[Arrival], acknowledge: &[bool]) -> Done<Vec<Arrived>> {
    let instance = setup::instance(tx.c)?.id;
    let mut out = Vec::with_capacity(arrivals.len());
    let mut books = std::collections::BTreeSet::new();
    for book in arrivals.iter().filter_map(|a| a.book.as_ref()) {
        if books.insert(book) {
            setup::book(tx.c, book)?;
        }
    }
    for (i, a) in arrivals.iter().enumerate() {
        let n: i64 =
            tx.c.prepare_cached("SELECT coalesce(max(n), 0) + 1 FROM document")?
                .query_row([], |r| r.get(0))?;
        let wanted = acknowledge.get(i).copied().unwrap_or(false) && a.header.is_ok() && a.book.is_some();
        out.push(match Doc::by_source(tx, &a.connection, a.kind, &a.source_id)? {
            None => {
                let id = new(tx, a, make_id(tx.now, n, &instance, a), wanted)?;
                // with the arrival: a process that ends after it must not leave the older one to be posted. A re-opened
                // report comes as a delta beside the posted one and replaces nothing
                if !a.header.as_ref().is_ok_and(|h| h.delta) {
                    supersede(tx, id)?;
                }
                Arrived::New(id)
            }
            Some(doc) => revise::again(tx, doc, a, wanted)?,
        });
    }
    Ok(out)
}

/// A document that is made here instead of delivered.
pub fn make(tx: &Tx<'_>, a: &Arrival, acknowledge: bool) -> Done<DocumentId> {
    let instance = setup::instance(tx.c)?.id;
    let n: i64 =
        tx.c.prepare_cached("SELECT coalesce(max(n), 0) + 1 FROM document")?.query_row([], |r| r.get(0))?;
    new(tx, a, make_id(tx.now, n, &instance, a), acknowledge)
}

/// Ids sort by time, then by place in the store; the rest is a hash, so that the same delivery gives the same id.
fn make_id(now: Timestamp, place: i64, instance: &str, a: &Arrival) -> DocumentId {
    let mut h = Sha256::new();
    for text in [instance, a.connection.as_str(), a.kind.name(), &a.source_id] {
        h.update((text.len() as u64).to_be_bytes());
        h.update(text.as_bytes());
    }
    let tail = h.finalize().iter().take(6).fold(0u128, |acc, b| (acc << 8) | u128::from(*b));
    let place = u128::from(place.unsigned_abs()) & 0xffff_ffff;
    DocumentId(Ulid::from_parts(u64::try_from(now.as_millisecond()).unwrap_or(0), (place << 48) | tail))
}

/// The lower-case text that the list is searched by, without state and reason.
pub fn search_base(parts: &[&str]) -> String {
    parts.join("\n").to_lowercase()
}

fn empty_header(u: &Unreadable) -> (String, ArrivalHeaderColumns) {
    (u.number.clone(), ArrivalHeaderColumns::default())
}

#[derive(Default)]
struct ArrivalHeaderColumns {
    family: String,
    title: String,
    payee: String,
    payee_code: String,
    employee: bool,
    currency: &'static str,
    minor: i64,
}

fn columns(header: &Result<ArrivalHeader, Unreadable>) -> (String, ArrivalHeaderColumns) {
    match header {
        Err(u) => empty_header(u),
        Ok(h) => (
            h.number.clone(),
            ArrivalHeaderColumns {
                family: h.family.clone(),
                title: h.title.clone(),
                payee: h.payee.clone(),
                payee_code: h.payee_code.clone(),
                employee: h.payee_is_employee,
                currency: h.currency.code(),
                minor: h.minor,
            },
        ),
    }
}

pub fn sentence(u: &Unreadable) -> String {
    if u.path.is_empty() { u.message.clone() } else { format!("{}: {}", u.path, u.message) }
}

fn new(tx: &Tx<'_>, a: &Arrival, id: DocumentId, acknowledge: bool) -> Done<DocumentId> {
    if setup::connection(tx.c, &a.connection)?.is_none() {
        return Err(StoreError::Missing(format!("connection {}", a.connection)).into());
    }
    let (number, h) = columns(&a.header);
    let (state, reason) = match &a.header {
        Ok(_) => (State::Stored, String::new()),
        Err(u) => (State::Unreadable, sentence(u)),
    };
    let (next, blocked) = waits(state, tx.now, &reason);
    let base = search_base(&[&number, &h.payee, &h.title, &h.payee_code, &a.source_id]);
    let (path, message) = a.header.as_ref().err().map_or(("", ""), |u| (&u.path, &u.message));
    tx.c.prepare_cached(
        "INSERT INTO document(id, connection, book, kind, source_id, family, revision, source_status, state,
           next_action_at, blocked_reason, reason, derive_due, number, title, payee, payee_code, payee_is_employee,
           currency, minor, unreadable_path, unreadable_message, arrived_at, changed_at, search_base, search)
         VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?23,?24,?25)",
    )?
    .execute(params![
        id.to_string(),
        a.connection.as_str(),
        a.book.as_ref().map(|b| b.as_str()),
        a.kind.name(),
        a.source_id,
        h.family,
        a.revision,
        a.source_status,
        state.name(),
        next,
        blocked,
        reason,
        state == State::Stored,
        number,
        h.title,
        h.payee,
        h.payee_code,
        h.employee,
        h.currency,
        h.minor,
        path,
        message,
        micros(tx.now),
        base,
        search_text(&base, state, &reason)
    ])?;
    keep_bytes(tx, id, a)?;
    let mut doc = Doc::load(tx, id)?;
    move_total(tx, &doc, Some(state), 1)?;
    if let Ok(h) = &a.header {
        keep_keys(tx, id, h)?;
    }
    let what = [
        ("to", state.name().to_string()),
        ("number", number),
        ("kind", a.kind.name().to_string()),
        ("revision", a.revision.clone()),
        ("bytes", sha256_hex(&a.bytes)),
        ("book", a.book.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("minor", if h.currency.is_empty() { String::new() } else { h.minor.to_string() }),
        ("currency", h.currency.to_string()),
        ("reason", reason),
    ];
    tx.note(&Actor::engine(), "arrived", &doc.key(), fields(what))?;
    if acknowledge {
        enqueue_acknowledge(tx, &mut doc)?;
    }
    Ok(id)
}

pub fn keep_bytes(tx: &Tx<'_>, id: DocumentId, a: &Arrival) -> Done<()> {
    // a document may return to a revision that it had: its bytes are there
    tx.c.prepare_cached(
        "INSERT OR IGNORE INTO source_doc(document, revision, bytes, sha256, fetched_at) VALUES (?,?,?,?,?)",
    )?
    .execute(params![id.to_string(), a.revision, a.bytes, sha256_hex(&a.bytes), micros(tx.now)])?;
    Ok(())
}

pub fn keep_keys(tx: &Tx<'_>, id: DocumentId, h: &ArrivalHeader) -> Done<()> {
    tx.c.prepare_cached("DELETE FROM duplicate_key WHERE document = ?")?.execute([id.to_string()])?;
    let mut put = tx.c.prepare_cached("INSERT OR IGNORE INTO duplicate_key(key, document) VALUES (?,?)")?;
    for key in &h.duplicate_keys {
        put.execute(params![key, id.to_string()])?;
    }
    Ok(())
}

/// The source says that a document is gone.
pub fn recalled(tx: &Tx<'_>, connection: &crate::model::ids::ConnectionId, source_id: &str) -> Done<()> {
    let docs = Doc::of_source_id(tx, connection, source_id)?;
    if docs.is_empty() {
        return Err(Fail::Store(StoreError::Missing(format!("document {source_id} of {connection}"))));
    }
    for mut doc in docs {
        recall(tx, &mut doc, "recalled in the source")?;
    }
    Ok(())
}

/// Before posting the document ends; afterwards it is recorded and nothing changes.
pub fn recall(tx: &Tx<'_>, doc: &mut Doc, why: &str) -> Done<()> {
    if doc.state == State::Recalled {
        return Ok(());
    }
    if doc.state.may_become(State::Recalled) && !intents::in_ledger(tx.c, doc.id)? {
        withdraw_approval(tx, doc)?;
        set_derive_due(tx, doc, false)?;
        crate::store::sqlite::outbox::drop_open(tx, doc)?;
        return transition(tx, doc, State::Recalled, Move::new("recalled", &Actor::engine()).because(why));
    }
    tx.note(&Actor::engine(), "recalled_later", &doc.key(), fields([("reason", why.to_string())]))
}

/// The acknowledgement column.
pub fn set_ack(tx: &Tx<'_>, doc: &mut Doc, value: i64) -> Done<()> {
    debug_assert!((ack::NO..=ack::REFUSED).contains(&value));
    tx.c.prepare_cached("UPDATE document SET ack = ? WHERE id = ?")?.execute(params![value, doc.key()])?;
    doc.ack = value;
    Ok(())
}
