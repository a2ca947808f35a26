//! The one function that moves a document, with its audit row and the totals (reliability.md, section 2).

use jiff::Timestamp;
use rusqlite::params;

use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::sqlite::convert::{int, micros};
use crate::store::sqlite::doc::Doc;
use crate::store::sqlite::fail::{Done, Fail};
use crate::store::sqlite::tx::{Fields, Tx};
use crate::store::types::StoreError;

/// A move: the event, and what the row says afterwards.
pub struct Move<'a> {
    /// The audit row's action.
    pub action: &'a str,
    /// Who.
    pub by: &'a Actor,
    /// Why it waits now, for people; empty clears it.
    pub reason: String,
    /// Who holds it, for `held`.
    pub hold: &'a str,
    /// More fields of the audit row.
    pub fields: Fields,
}

impl<'a> Move<'a> {
    /// A move without a reason.
    pub fn new(action: &'a str, by: &'a Actor) -> Self {
        Self { action, by, reason: String::new(), hold: "", fields: Fields::new() }
    }

    /// With the reason that the row shows and the trail keeps.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    /// Held by.
    pub fn held_by(mut self, hold: &'a str) -> Self {
        self.hold = hold;
        self
    }

    /// With more fields.
    pub fn with(mut self, fields: Fields) -> Self {
        self.fields.extend(fields);
        self
    }
}

/// Moves `doc` to `to`: compare-and-set on state and version, one audit row, the totals. Anything that the table does
/// not have leaves the row untouched and is audited.
pub fn transition(tx: &Tx<'_>, doc: &mut Doc, to: State, m: Move<'_>) -> Done<()> {
    let from = doc.state;
    if !from.may_become(to) {
        let what = [("from", from.name()), ("to", to.name()), ("action", m.action), ("reason", &m.reason)];
        let what = what.into_iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
        tx.refuse_move(m.by, &doc.key(), what);
        return Err(Fail::Store(StoreError::IllegalMove { from, to }));
    }
    if to == State::Held {
        // whoever holds it takes the wish to post it back
        tx.c.prepare_cached("DELETE FROM posting_ask WHERE document = ?")?.execute([doc.key()])?;
    }
    let (next, blocked) = waits(to, tx.now, &m.reason);
    let changed = tx
        .c
        .prepare_cached(
            "UPDATE document SET state = ?, version = version + 1, changed_at = ?, next_action_at = ?,
               blocked_reason = ?, reason = ?, hold = ?, search = ? WHERE id = ? AND state = ? AND version = ?",
        )?
        .execute(params![
            to.name(),
            micros(tx.now),
            next,
            blocked,
            m.reason,
            m.hold,
            search_text(&doc.search_base, to, &m.reason),
            doc.key(),
            from.name(),
            int(doc.version)
        ])?;
    if changed != 1 {
        return Err(Doc::load(tx, doc.id)?.stale(&format!("{from}, version {}", doc.version)));
    }
    move_total(tx, doc, Some(from), -1)?;
    doc.state = to;
    doc.version += 1;
    doc.reason.clone_from(&m.reason);
    doc.hold = m.hold.into();
    move_total(tx, doc, Some(to), 1)?;
    if counts_findings(from) != counts_findings(to) {
        tx.c.prepare_cached("UPDATE finding SET open = ? WHERE document = ?")?
            .execute(params![counts_findings(to), doc.key()])?;
    }
    let mut fields: Fields = vec![("from".into(), from.name().into()), ("to".into(), to.name().into())];
    fields.extend(m.fields);
    if !m.reason.is_empty() && !fields.iter().any(|(n, _)| n == "reason") {
        fields.push(("reason".into(), m.reason));
    }
    tx.note(m.by, m.action, &doc.key(), fields)
}

/// What the list is searched by.
pub fn search_text(base: &str, state: State, reason: &str) -> String {
    format!("{base}\n{}\n{}", state.name(), reason.to_lowercase())
}

/// Findings are grouped over these states.
pub fn counts_findings(state: State) -> bool {
    matches!(state, State::Blocked | State::Ready | State::Held)
}

/// When the program acts next, or what the document waits for.
pub fn waits(state: State, now: Timestamp, reason: &str) -> (Option<i64>, String) {
    use State::*;
    let waits_for = match state {
        Stored | Approved | Posting | Ambiguous | Posted => return (Some(micros(now)), reason.into()),
        Confirmed | Rejected | Recalled | Closed | Reversed => return (None, reason.into()),
        Ready => "waits for approval",
        Blocked => "has a finding that blocks",
        Unreadable => "cannot be read",
        Held => "held",
        Failed => "the ledger refused it",
        NeedsHuman => "a person decides",
        ConfirmFailed => "the source did not take the confirmation",
    };
    (None, if reason.is_empty() { waits_for.into() } else { reason.into() })
}

/// Adds the document to, or takes it from, the totals of a state.
pub fn move_total(tx: &Tx<'_>, doc: &Doc, state: Option<State>, sign: i64) -> Done<()> {
    let Some(state) = state else { return Ok(()) };
    let book = doc.book.as_ref().map_or("", |b| b.as_str());
    let key = params![book, state.name(), doc.code()];
    // an upsert would check `count >= 0` on the row that it does not insert
    tx.c.prepare_cached(
        "INSERT OR IGNORE INTO total(book, state, currency, count, minor) VALUES (?,?,?,0,0)",
    )?
    .execute(key)?;
    tx.c.prepare_cached(
        "UPDATE total SET count = count + ?, minor = minor + ? WHERE book = ? AND state = ? AND currency = ?",
    )?
    .execute(params![sign, sign * doc.minor, book, state.name(), doc.code()])?;
    Ok(())
}

/// A change of the row without a move: the version rises so that others notice.
pub fn touch(tx: &Tx<'_>, doc: &mut Doc, reason: &str) -> Done<()> {
    let (next, blocked) = waits(doc.state, tx.now, reason);
    let changed = tx
        .c
        .prepare_cached(
            "UPDATE document SET version = version + 1, changed_at = ?, next_action_at = ?, blocked_reason = ?,
               reason = ?, hold = ?, search = ? WHERE id = ? AND version = ?",
        )?
        .execute(params![
            micros(tx.now),
            next,
            blocked,
            reason,
            doc.hold,
            search_text(&doc.search_base, doc.state, reason),
            doc.key(),
            int(doc.version)
        ])?;
    if changed != 1 {
        return Err(Doc::load(tx, doc.id)?.stale(&format!("version {}", doc.version)));
    }
    doc.version += 1;
    doc.reason = reason.into();
    Ok(())
}

/// Marks the document to be derived (again), or as done.
pub fn set_derive_due(tx: &Tx<'_>, doc: &mut Doc, due: bool) -> Done<()> {
    tx.c.prepare_cached("UPDATE document SET derive_due = ? WHERE id = ?")?
        .execute(params![due, doc.key()])?;
    doc.derive_due = due;
    Ok(())
}

/// Takes the approval in force back, if there is one.
pub fn withdraw_approval(tx: &Tx<'_>, doc: &Doc) -> Done<bool> {
    let n = tx
        .c
        .prepare_cached("UPDATE approval SET withdrawn_at = ? WHERE document = ? AND withdrawn_at IS NULL")?
        .execute(params![micros(tx.now), doc.key()])?;
    Ok(n > 0)
}
