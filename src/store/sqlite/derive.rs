//! Derivations: what a document would become, and where it stands with that.

use rusqlite::{Connection, OptionalExtension, params};

use crate::mapping::RANGE;
use crate::model::finding::{Finding, FindingCode, Mend};
use crate::model::ids::{BookId, DocumentId};
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::sqlite::approve::in_force;
use crate::store::sqlite::arrive::recall;
use crate::store::sqlite::convert::{json, micros, named};
use crate::store::sqlite::doc::{Doc, hold};
use crate::store::sqlite::editors;
use crate::store::sqlite::fail::Done;
use crate::store::sqlite::findings;
use crate::store::sqlite::mappings;
use crate::store::sqlite::queries::books_of;
use crate::store::sqlite::transition::{Move, set_derive_due, touch, transition, withdraw_approval};
use crate::store::sqlite::tx::{Fields, Tx, fields};
use crate::store::types::{Around, Derived};

/// The latest derivation.
pub fn derivation(c: &Connection, id: DocumentId) -> Done<Option<Derived>> {
    let sql = "SELECT content FROM derivation WHERE document = ?";
    Ok(c.prepare_cached(sql)?.query_row([id.to_string()], |r| json(r, 0)).optional()?)
}

/// Documents that wait to be derived; with `all` also what is blocked, ready or held. Oldest first.
pub fn to_derive(c: &Connection, book: Option<&BookId>, all: bool, limit: u32) -> Done<Vec<DocumentId>> {
    let read = |r: &rusqlite::Row<'_>| named(r, 0);
    if !all {
        let sql =
            "SELECT id FROM document WHERE derive_due = 1 AND (?1 IS NULL OR book = ?1) ORDER BY id LIMIT ?2";
        let mut s = c.prepare_cached(sql)?;
        let rows = s.query_map(params![book.map(|b| b.as_str()), limit], read)?;
        return Ok(rows.collect::<rusqlite::Result<_>>()?);
    }
    let sql = "SELECT id FROM document INDEXED BY document_by_arrival
               WHERE book IS ? AND state = ? ORDER BY arrived_at, id LIMIT ?";
    let mut s = c.prepare_cached(sql)?;
    let mut out: Vec<DocumentId> = Vec::new();
    for book in books_of(c, book)? {
        for state in [State::Stored, State::Blocked, State::Ready, State::Held] {
            for id in s.query_map(params![book, state.name(), limit], read)? {
                out.push(id?);
            }
        }
    }
    out.sort_unstable();
    out.truncate(limit as usize);
    Ok(out)
}

/// What the store knows around a document.
pub fn around(c: &Connection, id: DocumentId, references: &[String], keys: &[String]) -> Done<Around> {
    let key = id.to_string();
    let mut out = Around::default();
    let mut s = c.prepare_cached(
        "SELECT o.id, o.state, o.number FROM document d
           JOIN document o ON o.connection = d.connection AND o.family = d.family AND o.kind = d.kind
         WHERE d.id = ? AND d.family <> '' AND o.id <> d.id ORDER BY o.id",
    )?;
    let rows = s.query_map([&key], |r| Ok((named(r, 0)?, named(r, 1)?, r.get(2)?)))?;
    out.family = rows.collect::<rusqlite::Result<_>>()?;
    // a question is one key, or the first and the last of a range of keys
    let mut s = c.prepare_cached(
        "SELECT k.key, o.id, o.number FROM duplicate_key k JOIN document o ON o.id = k.document
           JOIN document d ON d.id = ?3
         WHERE k.key BETWEEN ?1 AND ?2 AND o.id <> d.id AND (o.family = '' OR o.family <> d.family)
           AND o.state NOT IN ('rejected','recalled','closed','reversed') ORDER BY o.id",
    )?;
    for k in keys {
        let (first, last) = k.split_once(RANGE).unwrap_or((k, k));
        let rows = s.query_map([first, last, &key], |r| Ok((r.get(0)?, named(r, 1)?, r.get(2)?)))?;
        for row in rows {
            out.same_expense.push(row?);
        }
    }
    let mut s = c.prepare_cached(
        "SELECT i.reference FROM document d JOIN book b ON b.id = d.book JOIN intent i ON i.ledger = b.ledger
         WHERE d.id = ?1 AND i.reference = ?2 AND i.document <> d.id",
    )?;
    for r in references {
        if let Some(found) = s.query_row([&key, r], |r| r.get(0)).optional()? {
            out.used_references.push(found);
        }
    }
    let mut s = c.prepare_cached(
        "SELECT o.family, o.source_id FROM document d JOIN document o ON o.connection = d.connection
         WHERE d.id = ? AND o.kind = 'cash_advance' AND o.book IS d.book
           AND o.state IN ('approved','posting','ambiguous','posted','confirm_failed','confirmed','needs_human')
         ORDER BY o.id",
    )?;
    let rows = s.query_map([&key], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?)))?;
    for row in rows {
        let (family, source_id) = row?;
        out.known_advances.push(if family.is_empty() { source_id } else { family });
    }
    out.last_posted = c
        .prepare_cached(
            "SELECT o.id FROM document d JOIN document o ON o.book = d.book AND o.kind = d.kind
               AND o.payee_code = d.payee_code AND o.state IN ('posted','confirm_failed','confirmed')
             WHERE d.id = ? AND d.kind = 'invoice' AND d.payee_code <> '' AND o.id <> d.id
             ORDER BY o.n DESC LIMIT 1",
        )?
        .query_row([&key], |r| named(r, 0))
        .optional()?;
    Ok(out)
}

/// Records derivations; gives those that were stale.
pub fn derived(tx: &Tx<'_>, results: Vec<(DocumentId, u64, Derived)>) -> Done<Vec<DocumentId>> {
    let mut skipped = Vec::new();
    for (id, version, d) in results {
        let mut doc = Doc::load(tx, id)?;
        use State::*;
        let fits = matches!(doc.state, Stored | Blocked | Ready | Held | Failed);
        if !fits || doc.version != version || doc.revision != d.revision {
            skipped.push(id);
            continue;
        }
        record(tx, &mut doc, d)?;
    }
    Ok(skipped)
}

fn record(tx: &Tx<'_>, doc: &mut Doc, mut d: Derived) -> Done<()> {
    if !doc.taken_by.is_empty() && !d.findings.iter().any(|f| f.code == FindingCode::TakenByOtherSystem) {
        d.findings.push(taken(&doc.taken_by));
    }
    if d.state != State::Held && d.findings.iter().any(Finding::blocks) {
        d.state = State::Blocked;
    }
    let content = serde_json::to_string(&d)?;
    let before = editors::earlier(tx.c, doc.id)?;
    let changed = before.as_ref().is_none_or(|b| b.content != content);
    if changed {
        editors::note(tx, doc, before.as_ref(), &d)?;
        keep(tx, doc, &d, &content)?;
    }
    if doc.derive_due {
        set_derive_due(tx, doc, false)?;
    }
    place(tx, doc, &d, changed)
}

fn keep(tx: &Tx<'_>, doc: &mut Doc, d: &Derived, content: &str) -> Done<()> {
    tx.c.prepare_cached(
        "INSERT INTO derivation(document, revision, rules_version, digest, content, derived_at) VALUES (?,?,?,?,?,?)
         ON CONFLICT(document) DO UPDATE SET revision = excluded.revision, rules_version = excluded.rules_version,
           digest = excluded.digest, content = excluded.content, derived_at = excluded.derived_at",
    )?
    .execute(params![doc.key(), d.revision, d.rules_version, d.digest, content, micros(tx.now)])?;
    tx.c.prepare_cached(
        "UPDATE document SET payee = ?, posting_date = ?, will_post = ?, cost_centres = ?, receipts_have = ?,
           receipts_of = ?, concur_pays = ?, approver = ?, reference = ? WHERE id = ?",
    )?
    .execute(params![
        d.payee,
        d.posting_date.map_or_else(|| "~".into(), |p| p.to_string()),
        d.will_post,
        d.cost_centres,
        d.receipts.0,
        d.receipts.1,
        d.concur_pays,
        d.approver,
        d.set.entries.first().map(|e| e.reference.to_string()).unwrap_or_default(),
        doc.key()
    ])?;
    mappings::keep(tx, doc, d)?;
    findings::replace(tx, doc, &d.findings)
}

/// Moves the document to where its derivation puts it.
pub fn place(tx: &Tx<'_>, doc: &mut Doc, d: &Derived, changed: bool) -> Done<()> {
    let engine = Actor::engine();
    let what = |d: &Derived| -> Fields {
        fields([
            ("digest", d.digest.clone()),
            ("rules_version", d.rules_version.to_string()),
            ("findings", d.findings.iter().map(|f| f.code.name()).collect::<Vec<_>>().join(" ")),
        ])
    };
    let why = held_because(d);
    let stay = |doc: &mut Doc| {
        let reason = doc.reason.clone();
        if changed { touch(tx, doc, &reason) } else { Ok(()) }
    };
    match doc.state {
        State::Held if doc.hold == hold::PERSON => stay(doc),
        State::Held => {
            if let Some(a) = in_force(tx.c, doc.id)? {
                if a.digest == d.digest {
                    // it clears by itself: the approval stands
                    if d.state == State::Ready {
                        return transition(
                            tx,
                            doc,
                            State::Approved,
                            Move::new("derived", &engine).with(what(d)),
                        );
                    }
                    return stay(doc);
                }
                withdraw_approval(tx, doc)?;
            }
            match d.state {
                State::Held => {
                    doc.hold = hold::RULE.into();
                    if changed { touch(tx, doc, &why) } else { Ok(()) }
                }
                to => transition(tx, doc, to, Move::new("derived", &engine).with(what(d))),
            }
        }
        from => {
            if from == State::Failed {
                withdraw_approval(tx, doc)?;
            }
            if d.state == State::Held {
                if !from.may_become(State::Held) {
                    transition(tx, doc, State::Blocked, Move::new("derived", &engine).with(what(d)))?;
                }
                let m = Move::new("derived", &engine).because(why).held_by(hold::RULE).with(what(d));
                return transition(tx, doc, State::Held, m);
            }
            if from == d.state {
                stay_clear(tx, doc, changed)
            } else {
                transition(tx, doc, d.state, Move::new("derived", &engine).with(what(d)))
            }
        }
    }
}

fn stay_clear(tx: &Tx<'_>, doc: &mut Doc, changed: bool) -> Done<()> {
    if changed || !doc.reason.is_empty() { touch(tx, doc, "") } else { Ok(()) }
}

fn held_because(d: &Derived) -> String {
    let first = d.findings.iter().find(|f| f.code == FindingCode::PeriodClosed);
    first.or_else(|| d.findings.first()).map_or_else(|| "a rule holds it".into(), |f| f.sentence.clone())
}

/// The finding of an acknowledgement that another system holds.
pub fn taken(by: &str) -> Finding {
    Finding::new(
        FindingCode::TakenByOtherSystem,
        by,
        format!("{by} has it"),
        format!("another system has acknowledged this document to Concur: {by}"),
        Mend::Reject,
    )
}

/// Older members of the family that never reached posting end as recalled.
pub fn supersede(tx: &Tx<'_>, newer: DocumentId) -> Done<Vec<DocumentId>> {
    let doc = Doc::load(tx, newer)?;
    let mut out = Vec::new();
    for mut older in doc.family(tx)? {
        if older.n < doc.n && older.state.may_become(State::Recalled) && !reached_ledger(tx.c, older.id)? {
            recall(tx, &mut older, &format!("replaced by {} ({})", doc.number, doc.id))?;
            out.push(older.id);
        }
    }
    Ok(out)
}

fn reached_ledger(c: &Connection, id: DocumentId) -> Done<bool> {
    let sql = "SELECT count(*) FROM intent WHERE document = ? AND state IN ('sent','in_doubt','done')";
    Ok(c.prepare_cached(sql)?.query_row([id.to_string()], |r| r.get::<_, i64>(0))? > 0)
}
