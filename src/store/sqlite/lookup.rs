//! Look-ups of intents in doubt (reliability.md, 4.4).

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};

use crate::model::entry::Entry;
use crate::model::ids::{ConnectionId, DocumentId};
use crate::model::intent::IntentState;
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::sqlite::approve::in_force;
use crate::store::sqlite::convert::micros;
use crate::store::sqlite::doc::Doc;
use crate::store::sqlite::fail::{Done, Fail};
use crate::store::sqlite::intents;
use crate::store::sqlite::transition::{Move, transition};
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::{Intent, LookedUp, StoreError};

/// Intents in doubt with their frozen entries, oldest first. Where a person decides already, nothing is looked up.
pub fn in_doubt(c: &Connection, ledger: &ConnectionId, limit: u32) -> Done<Vec<(Intent, Entry)>> {
    let sql = format!(
        "SELECT {} FROM intent i JOIN document d ON d.id = i.document
         WHERE i.state = 'in_doubt' AND i.ledger = ? AND d.state = 'ambiguous' ORDER BY i.id LIMIT ?",
        intents::COLUMNS
    );
    let mut s = c.prepare_cached(&sql)?;
    let rows = s.query_map(params![ledger.as_str(), limit], intents::read)?;
    let mut out = Vec::new();
    for intent in rows {
        let intent = intent?;
        let approval = in_force(c, intent.document)?;
        let entry = approval.and_then(|a| a.set.entries.into_iter().find(|e| e.slot == intent.slot));
        let Some(entry) = entry else {
            return Err(Fail::Unreadable(format!("intent {} has no approved entry", intent.id)));
        };
        out.push((intent, entry));
    }
    Ok(out)
}

/// Writes what look-ups found, and moves the documents.
pub fn looked_up(tx: &Tx<'_>, results: Vec<(i64, LookedUp)>) -> Done<()> {
    let mut documents: BTreeMap<DocumentId, Option<String>> = BTreeMap::new();
    for (id, result) in results {
        let Some(intent) = intents::get(tx.c, id)? else {
            return Err(StoreError::Missing(format!("intent {id}")).into());
        };
        if intent.state != IntentState::InDoubt {
            // a person or another look-up was first
            continue;
        }
        let why = one(tx, &intent, result)?;
        let entry = documents.entry(intent.document).or_default();
        if entry.is_none() {
            *entry = why;
        }
    }
    for (id, different) in documents {
        let mut doc = Doc::load(tx, id)?;
        if doc.state != State::Ambiguous {
            continue;
        }
        match different {
            Some(why) => {
                let engine = Actor::engine();
                transition(tx, &mut doc, State::NeedsHuman, Move::new("needs_human", &engine).because(why))?;
            }
            None => intents::settle(tx, &mut doc, None)?,
        }
    }
    Ok(())
}

/// One result; gives what a person has to decide.
fn one(tx: &Tx<'_>, intent: &Intent, result: LookedUp) -> Done<Option<String>> {
    match result {
        LookedUp::Found { id, number } => {
            if id.is_empty() {
                return different(tx, intent, "the record that was found has no id".into());
            }
            if intents::owned_by_other(tx.c, &intent.ledger, intent.kind, &id, intent.document, &intent.slot)?
            {
                let why =
                    format!("{} {number} ({id}) belongs to another document already", intent.kind.words());
                return different(tx, intent, why);
            }
            tx.c.prepare_cached(
                "UPDATE intent SET state = 'done', remote_id = ?, number = ?, detail = '', replay = 0 WHERE id = ?",
            )?
            .execute(params![id, number, intent.id])?;
            let what = [("slot", intent.slot.to_string()), ("id", id), ("numbers", number)];
            tx.note(&Actor::engine(), "found", &intent.document.to_string(), fields(what))?;
            Ok(None)
        }
        LookedUp::Different { why } => different(tx, intent, why),
        LookedUp::Replay if intent.lost => {
            let why = format!(
                "{}; no record with the number {} is there either: look in the ledger, then link the record or try again",
                intent.detail, intent.reference
            );
            different(tx, intent, why)
        }
        LookedUp::Replay => {
            tx.c.prepare_cached(
                "UPDATE intent SET state = 'planned', replay = 1, negatives = negatives + 1, negative_at = ? WHERE id = ?",
            )?
            .execute(params![micros(tx.now), intent.id])?;
            Ok(None)
        }
        LookedUp::Absent { proved } => {
            // one negative look-up is never proof, whatever the caller says
            let proved = proved && intent.negatives > 0;
            let state = if proved { IntentState::Planned } else { IntentState::InDoubt };
            tx.c.prepare_cached(
                "UPDATE intent SET state = ?, negatives = negatives + 1, negative_at = ? WHERE id = ?",
            )?
            .execute(params![state.name(), micros(tx.now), intent.id])?;
            Ok(None)
        }
    }
}

fn different(tx: &Tx<'_>, intent: &Intent, why: String) -> Done<Option<String>> {
    tx.c.prepare_cached("UPDATE intent SET detail = ?, replay = 0 WHERE id = ?")?
        .execute(params![why, intent.id])?;
    Ok(Some(why))
}

/// Records that belong to intents of a ledger, as `kind:id`: ids are unique within a kind only.
pub fn ours(c: &Connection, ledger: &ConnectionId) -> Done<BTreeSet<String>> {
    let mut s =
        c.prepare_cached("SELECT kind || ':' || remote_id FROM intent WHERE ledger = ? AND remote_id <> ''")?;
    let rows = s.query_map([ledger.as_str()], |r| r.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
