//! Proposed changes of reference data, and vendors that were made here.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use crate::model::ids::{BookId, ConnectionId};
use crate::model::lists::{End, Proposal, ProposedAction, ProposedRecord, SeenRecord, VendorRecord};
use crate::model::people::Actor;
use crate::store::sqlite::convert::{instant, instant_or_none, json, micros};
use crate::store::sqlite::fail::{Done, Fail, refused};
use crate::store::sqlite::setup;
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::{MadeVendor, ProposalRow, ProposalStep, StoreError};

/// Keeps what a comparison found.
pub fn keep(tx: &Tx<'_>, book: &BookId, proposals: &[Proposal], seen: &[SeenRecord]) -> Done<u64> {
    setup::book(tx.c, book)?;
    let found: BTreeSet<String> = proposals.iter().map(Proposal::key).collect();
    let mut new = 0;
    for row in list(tx.c, book, false)? {
        if found.contains(&row.proposal.key()) || settled(tx, book, &row, seen)? {
            continue;
        }
        if row.state != "trying" {
            tx.c.prepare_cached("UPDATE proposal SET state = 'dropped' WHERE id = ?")?.execute([row.id])?;
        }
    }
    for p in proposals {
        let key = p.key();
        let content = serde_json::to_string(p)?;
        let there: Option<(i64, String, String)> =
            tx.c.prepare_cached(
                "SELECT id, state, content FROM proposal WHERE book = ? AND key = ?
                   AND state IN ('open','trying','refused','dismissed')",
            )?
            .query_row(params![book.as_str(), key], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
            .optional()?;
        match there {
            None => {
                tx.c.prepare_cached(
                    "INSERT INTO proposal(book, key, content, state, made_at) VALUES (?,?,?,'open',?)",
                )?
                .execute(params![book.as_str(), key, content, micros(tx.now)])?;
                new += 1;
            }
            // somebody is making just this; what becomes of it is written by them
            Some((_, state, _)) if state == "trying" => {}
            // a person said no to just this
            Some((_, state, before)) if state == "dismissed" && before == content => {}
            Some((id, ..)) => {
                tx.c.prepare_cached("UPDATE proposal SET content = ?, state = 'open' WHERE id = ?")?
                    .execute(params![content, id])?;
            }
        }
    }
    tx.c.prepare_cached("DELETE FROM seen_record WHERE book = ?")?.execute([book.as_str()])?;
    let mut put = tx.c.prepare_cached(
        "INSERT OR REPLACE INTO seen_record(book, side, list, id, content) VALUES (?,?,?,?,?)",
    )?;
    for s in seen {
        put.execute(params![book.as_str(), s.end.name(), s.list, s.id, serde_json::to_string(s)?])?;
    }
    let what = [("open", proposals.len().to_string()), ("new", new.to_string())];
    tx.note(&Actor::engine(), "lists_compared", book.as_str(), fields(what))?;
    Ok(new)
}

/// A vendor whose outcome was not known and that is there now was made here, as far as anybody can tell.
fn settled(tx: &Tx<'_>, book: &BookId, row: &ProposalRow, seen: &[SeenRecord]) -> Done<bool> {
    let (ProposedRecord::Vendor(v), Some((by, _))) = (&row.proposal.record, &row.decided) else {
        return Ok(false);
    };
    let p = &row.proposal;
    if p.end != End::Ledger
        || p.action != ProposedAction::Create
        || !matches!(row.state.as_str(), "open" | "trying")
    {
        return Ok(false);
    }
    let same =
        |s: &&SeenRecord| s.end == End::Ledger && s.list == "vendor" && s.code == v.code && s.name == v.name;
    let Some(there) = seen.iter().find(same) else { return Ok(false) };
    tx.c.prepare_cached("UPDATE proposal SET state = 'done', remote_id = ?, detail = 'found at the next comparison' WHERE id = ?")?
        .execute(params![there.id, row.id])?;
    made_here(tx, book, &there.id, v, by)?;
    let what = [
        ("proposal", p.key()),
        ("id", there.id.clone()),
        ("why", "found at the next comparison".to_string()),
    ];
    tx.note(&Actor::engine(), "list_change_done", book.as_str(), fields(what))?;
    Ok(true)
}

fn made_here(tx: &Tx<'_>, book: &BookId, id: &str, v: &VendorRecord, by: &str) -> Done<()> {
    let ledger = setup::book(tx.c, book)?.ledger;
    tx.c.prepare_cached(
        "INSERT OR IGNORE INTO made_vendor(ledger, id, name, code, country, made_by, made_at) VALUES (?,?,?,?,?,?,?)",
    )?
    .execute(params![ledger.as_str(), id, v.name, v.code, v.country, by, micros(tx.now)])?;
    Ok(())
}

/// Proposals of a book.
pub fn list(c: &Connection, book: &BookId, all: bool) -> Done<Vec<ProposalRow>> {
    let only = if all { "" } else { "AND state IN ('open','trying','refused')" };
    let sql = format!(
        "SELECT id, book, content, state, made_at, decided_by, decided_at, remote_id, detail FROM proposal
         WHERE book = ? {only} ORDER BY id"
    );
    let mut s = c.prepare_cached(&sql)?;
    let rows = s.query_map([book.as_str()], |r| {
        let by: String = r.get(5)?;
        Ok(ProposalRow {
            id: r.get(0)?,
            book: BookId(r.get(1)?),
            proposal: json(r, 2)?,
            state: r.get(3)?,
            made_at: instant(r, 4)?,
            decided: instant_or_none(r, 6)?.map(|at| (by, at)),
            remote_id: r.get(7)?,
            detail: r.get(8)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What was seen at the last comparison.
pub fn seen(c: &Connection, book: &BookId) -> Done<Vec<SeenRecord>> {
    let mut s = c.prepare_cached("SELECT content FROM seen_record WHERE book = ? ORDER BY side, list, id")?;
    let rows = s.query_map([book.as_str()], |r| json(r, 0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What becomes of one.
pub fn step(tx: &Tx<'_>, id: i64, step: &ProposalStep, by: &Actor) -> Done<()> {
    let found: Option<(String, Proposal, String)> =
        tx.c.prepare_cached("SELECT book, content, state FROM proposal WHERE id = ?")?
            .query_row([id], |r| Ok((r.get(0)?, json(r, 1)?, r.get(2)?)))
            .optional()?;
    let Some((book, proposal, state)) = found else {
        return Err(Fail::Store(StoreError::Missing(format!("proposal {id}"))));
    };
    let (next, remote, detail, may) = match step {
        ProposalStep::Trying => ("trying", "", "", matches!(state.as_str(), "open" | "refused")),
        ProposalStep::Done(id) => ("done", id.as_str(), "", state == "trying"),
        ProposalStep::Refused(why) => ("refused", "", why.as_str(), state == "trying"),
        ProposalStep::Open(why) => ("open", "", why.as_str(), state == "trying"),
        ProposalStep::Dismissed(why) => {
            ("dismissed", "", why.as_str(), matches!(state.as_str(), "open" | "refused"))
        }
    };
    if !may {
        return refused(format!("this proposal is {state} already"));
    }
    if proposal.impossible && *step == ProposalStep::Trying {
        return refused(proposal.caution.unwrap_or_else(|| "this cannot be done as it is".into()));
    }
    tx.c.prepare_cached(
        "UPDATE proposal SET state = ?, remote_id = ?, detail = ?, decided_by = ?, decided_at = ? WHERE id = ?",
    )?
    .execute(params![next, remote, detail, by.name, micros(tx.now), id])?;
    if let (ProposalStep::Done(made), ProposedRecord::Vendor(v)) = (step, &proposal.record)
        && proposal.end == End::Ledger
        && proposal.action == ProposedAction::Create
    {
        made_here(tx, &BookId(book.clone()), made, v, &by.name)?;
    }
    let changed: Vec<String> =
        proposal.fields.iter().map(|(f, before, after)| format!("{f}: {before:?} -> {after:?}")).collect();
    let what = [
        ("proposal", proposal.key()),
        ("fields", changed.join("; ")),
        ("id", remote.to_string()),
        ("why", detail.to_string()),
    ];
    tx.note(by, &format!("list_change_{next}"), &book, fields(what))
}

/// Vendors that were made here.
pub fn made(c: &Connection, ledger: &ConnectionId) -> Done<Vec<MadeVendor>> {
    let mut s = c.prepare_cached(
        "SELECT id, name, code, country, made_by, made_at FROM made_vendor WHERE ledger = ? ORDER BY made_at, id",
    )?;
    let rows = s.query_map([ledger.as_str()], |r| {
        Ok(MadeVendor {
            id: r.get(0)?,
            name: r.get(1)?,
            code: r.get(2)?,
            country: r.get(3)?,
            made_by: r.get(4)?,
            made_at: instant(r, 5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whoever made a vendor does not approve its first document (accounting.md, section 10).
pub fn not_the_maker(
    tx: &Tx<'_>,
    ledger: &ConnectionId,
    parties: &[String],
    by: &Actor,
    number: &str,
) -> Done<()> {
    for party in parties {
        let made_by: Option<(String, String)> =
            tx.c.prepare_cached("SELECT made_by, name FROM made_vendor WHERE ledger = ? AND id = ?")?
                .query_row(params![ledger.as_str(), party], |r| Ok((r.get(0)?, r.get(1)?)))
                .optional()?;
        let Some((_, name)) = made_by.filter(|(who, _)| *who == by.name) else { continue };
        // its first document: until somebody else's approval went through, nobody else has looked at it
        let posted: i64 =
            tx.c.prepare_cached("SELECT used FROM made_vendor WHERE ledger = ? AND id = ?")?
                .query_row(params![ledger.as_str(), party], |r| r.get(0))?;
        if posted == 0 {
            return refused(format!(
                "you made the vendor {name}; somebody else must approve {number}, its first document"
            ));
        }
    }
    Ok(())
}

/// An approval by somebody else: from now on the vendor is like any other.
pub fn used(tx: &Tx<'_>, ledger: &ConnectionId, parties: &[String]) -> Done<()> {
    for party in parties {
        tx.c.prepare_cached("UPDATE made_vendor SET used = 1 WHERE ledger = ? AND id = ? AND used = 0")?
            .execute(params![ledger.as_str(), party])?;
    }
    Ok(())
}
