//! The outcomes of calls, and what becomes of calls without one (reliability.md, 4.3, 4.6 and 4.8).

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use crate::model::ids::DocumentId;
use crate::model::intent::Outcome;
use crate::store::sqlite::convert::{json, micros};
use crate::store::sqlite::doc::Doc;
use crate::store::sqlite::fail::{Done, Fail, refused};
use crate::store::sqlite::intents;
use crate::store::sqlite::setup;
use crate::store::sqlite::tx::Tx;
use crate::store::types::{Intent, ItemOutcome, StoreError};

/// Closes the attempts of a call, moves intents and documents. A member without an outcome is in doubt.
pub fn record(tx: &Tx<'_>, batch: i64, outcomes: Vec<ItemOutcome>, sent_at: Timestamp) -> Done<()> {
    let found = tx
        .c
        .prepare_cached("SELECT members, state, epoch FROM batch WHERE id = ?")?
        .query_row([batch], |r| Ok((json::<Vec<i64>>(r, 0)?, r.get::<_, String>(1)?, r.get::<_, i64>(2)?)))
        .optional()?;
    let Some((members, state, epoch)) = found else {
        return Err(StoreError::Missing(format!("call {batch}")).into());
    };
    let now = setup::epoch(tx.c)?;
    if state != "open" || epoch != now {
        return Err(Fail::Store(StoreError::Stale {
            expected: format!("an open call of engine token {epoch}"),
            found: format!("{state}, engine token {now}"),
        }));
    }
    let mut by_intent: HashMap<i64, Outcome> = outcomes.into_iter().map(|o| (o.intent, o.outcome)).collect();
    let answers: Vec<(i64, Outcome)> = members
        .into_iter()
        .map(|m| {
            let missing = || Outcome::Ambiguous { reason: "the answer does not name it".into() };
            (m, by_intent.remove(&m).unwrap_or_else(missing))
        })
        .collect();
    if let Some(stranger) = by_intent.keys().next() {
        return refused(format!("intent {stranger} is no member of call {batch}"));
    }
    close_batch(tx, batch, "recorded", Some(sent_at))?;
    apply(tx, answers, sent_at)
}

fn close_batch(tx: &Tx<'_>, batch: i64, state: &str, sent_at: Option<Timestamp>) -> Done<()> {
    tx.c.prepare_cached("UPDATE batch SET state = ?, sent_at = ? WHERE id = ?")?.execute(params![
        state,
        sent_at.map(micros),
        batch
    ])?;
    Ok(())
}

fn apply(tx: &Tx<'_>, answers: Vec<(i64, Outcome)>, sent_at: Timestamp) -> Done<()> {
    let mut documents: BTreeMap<DocumentId, Option<String>> = BTreeMap::new();
    for (intent, outcome) in answers {
        let Some(row) = intents::get(tx.c, intent)? else {
            return Err(StoreError::Missing(format!("intent {intent}")).into());
        };
        let outcome = believed(tx, &row, outcome)?;
        close_attempt(tx, intent, &outcome)?;
        let (remote_id, number, detail) = match &outcome {
            Outcome::Done { id, number } => (id.as_str(), number.as_str(), String::new()),
            Outcome::Refused { message, .. } => ("", "", message.clone()),
            Outcome::NotSent { reason }
            | Outcome::Ambiguous { reason }
            | Outcome::Busy { reason }
            | Outcome::Lost { reason } => ("", "", reason.clone()),
            Outcome::Throttled { .. } => ("", "", "the ledger asked to slow down".into()),
        };
        let doubt = matches!(outcome, Outcome::Ambiguous { .. } | Outcome::Lost { .. });
        // the ledger said what became of it; anything else leaves it to go again
        let told = matches!(outcome, Outcome::Done { .. } | Outcome::Refused { .. } | Outcome::Busy { .. });
        let left = !matches!(outcome, Outcome::NotSent { .. });
        tx.c.prepare_cached(
            "UPDATE intent SET state = ?, remote_id = ?, number = ?, detail = ?, doubted = doubted OR ?,
               replay = replay AND NOT ?,
               sent_at = CASE WHEN ? THEN ? ELSE sent_at END,
               negatives = CASE WHEN ? THEN 0 ELSE negatives END,
               negative_at = CASE WHEN ? THEN NULL ELSE negative_at END
             WHERE id = ?",
        )?
        .execute(params![
            outcome.intent_state().name(),
            remote_id,
            number,
            detail,
            doubt,
            told,
            left,
            micros(sent_at),
            doubt,
            doubt,
            intent
        ])?;
        match outcome {
            // the ledger keeps this answer under the old key: the next sending is a new generation
            Outcome::Busy { .. } => {
                let sql = "UPDATE intent SET request_key = '', payload_hash = '', doubted = 0, lost = 0 WHERE id = ?";
                tx.c.prepare_cached(sql)?.execute([intent])?;
            }
            Outcome::Lost { .. } => {
                tx.c.prepare_cached("UPDATE intent SET lost = 1 WHERE id = ?")?.execute([intent])?;
            }
            _ => {}
        }
        let closed = match outcome {
            Outcome::Refused { closed_period: true, message, .. } => Some(message),
            _ => None,
        };
        let entry = documents.entry(row.document).or_default();
        if entry.is_none() {
            *entry = closed;
        }
    }
    for (id, closed) in documents {
        let mut doc = Doc::load(tx, id)?;
        intents::settle(tx, &mut doc, closed.as_deref())?;
    }
    Ok(())
}

/// An answer that cannot be true is a doubt: a record without an id, or one that another intent owns.
fn believed(tx: &Tx<'_>, row: &Intent, outcome: Outcome) -> Done<Outcome> {
    let Outcome::Done { id, .. } = &outcome else { return Ok(outcome) };
    if id.is_empty() {
        return Ok(Outcome::Ambiguous { reason: "the answer says done and gives no id".into() });
    }
    if intents::owned_by_other(tx.c, &row.ledger, row.kind, id, row.document, &row.slot)? {
        return Ok(Outcome::Ambiguous {
            reason: format!("the answer names {id}, which belongs to another record"),
        });
    }
    Ok(outcome)
}

fn close_attempt(tx: &Tx<'_>, intent: i64, outcome: &Outcome) -> Done<()> {
    let (remote, detail) = match outcome {
        Outcome::Done { id, .. } => (id.as_str(), String::new()),
        Outcome::Refused { code, message, .. } => ("", format!("{code} {message}")),
        Outcome::NotSent { reason }
        | Outcome::Ambiguous { reason }
        | Outcome::Busy { reason }
        | Outcome::Lost { reason } => ("", reason.clone()),
        Outcome::Throttled { retry_after } => ("", retry_after.map(|s| format!("{s} s")).unwrap_or_default()),
    };
    tx.c.prepare_cached(
        "UPDATE attempt SET ended_at = ?, class = ?, remote_id = ?, detail = ? WHERE intent = ? AND ended_at IS NULL",
    )?
    .execute(params![micros(tx.now), outcome.class(), remote, detail.trim(), intent])?;
    Ok(())
}

/// Calls without a recorded outcome become doubts.
pub fn recover(tx: &Tx<'_>) -> Done<u64> {
    let open: Vec<(i64, Vec<i64>)> = {
        let mut s = tx.c.prepare_cached("SELECT id, members FROM batch WHERE state = 'open' ORDER BY id")?;
        let rows = s.query_map([], |r| Ok((r.get(0)?, json(r, 1)?)))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    let mut n = 0;
    for (batch, members) in open {
        close_batch(tx, batch, "lost", None)?;
        n += members.len() as u64;
        let lost = |m| (m, Outcome::Ambiguous { reason: "the process ended during the call".into() });
        apply(tx, members.into_iter().map(lost).collect(), tx.now)?;
    }
    Ok(n)
}
