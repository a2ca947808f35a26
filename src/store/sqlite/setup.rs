//! Connections, books, rules and policies.

use rusqlite::{Connection, OptionalExtension, params};

use crate::model::book::{AutoApproval, Book, Mode, Policy};
use crate::model::canonical::sha256_hex;
use crate::model::ids::{BookId, ConnectionId};
use crate::model::people::Actor;
use crate::model::rule::RuleSet;
use crate::store::sqlite::convert::{instant, json, micros, small};
use crate::store::sqlite::fail::{Done, Fail, refused};
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::types::{ConnectionRow, Health, Instance, StoreError};

/// The store's own facts.
pub fn instance(c: &Connection) -> Done<Instance> {
    let sql = "SELECT id, kind, created_at, person, person_employee FROM instance";
    Ok(c.prepare_cached(sql)?.query_row([], |r| {
        Ok(Instance {
            id: r.get(0)?,
            kind: r.get(1)?,
            created_at: instant(r, 2)?,
            single_person: r
                .get::<_, Option<String>>(3)?
                .map(|p| Ok::<_, rusqlite::Error>((p, r.get(4)?)))
                .transpose()?,
        })
    })?)
}

/// Switches single-person mode; audited with before and after.
pub fn set_single_person(tx: &Tx<'_>, person: Option<(String, Option<String>)>, by: &Actor) -> Done<()> {
    let before = instance(tx.c)?;
    let (name, employee) = person.map_or((None, None), |(n, e)| (Some(n), e));
    tx.c.execute("UPDATE instance SET person = ?, person_employee = ?", params![name, employee])?;
    let text = |p: Option<String>| p.unwrap_or_else(|| "off".into());
    let what = [("before", text(before.single_person.map(|p| p.0))), ("after", text(name))];
    tx.note(by, "single_person_mode", &before.id, fields(what))
}

fn connection_row(r: &rusqlite::Row<'_>) -> rusqlite::Result<ConnectionRow> {
    let health: String = r.get(6)?;
    Ok(ConnectionRow {
        id: ConnectionId(r.get(0)?),
        system: r.get(1)?,
        company: r.get(2)?,
        fingerprint: r.get(3)?,
        system_id: r.get(4)?,
        settings: json(r, 5)?,
        // the column is checked by the schema
        health: Health::ALL.into_iter().find(|h| h.name() == health).unwrap_or(Health::Offline),
        health_reason: r.get(7)?,
        health_since: instant(r, 8)?,
    })
}

const CONNECTION: &str = "SELECT id, system, company, fingerprint, system_id, settings, health, health_reason, \
                          health_since FROM connection";

/// All connections.
pub fn connections(c: &Connection) -> Done<Vec<ConnectionRow>> {
    let mut s = c.prepare_cached(&format!("{CONNECTION} ORDER BY id"))?;
    let rows = s.query_map([], connection_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// One connection.
pub fn connection(c: &Connection, id: &ConnectionId) -> Done<Option<ConnectionRow>> {
    let sql = format!("{CONNECTION} WHERE id = ?");
    Ok(c.prepare_cached(&sql)?.query_row([id.as_str()], connection_row).optional()?)
}

/// Makes or changes a connection; the fingerprint never changes.
pub fn put_connection(tx: &Tx<'_>, row: &ConnectionRow, by: &Actor) -> Done<()> {
    let before = connection(tx.c, &row.id)?;
    if let Some(old) = &before {
        if old.fingerprint != row.fingerprint {
            return refused(format!(
                "wrong company: the connection {} belongs to {}, and another one answers ({}); make a new connection for it",
                row.id, old.company, row.company
            ));
        }
        if old == row {
            return Ok(());
        }
    }
    let settings = serde_json::to_string(&row.settings)?;
    tx.c.execute(
        "INSERT INTO connection(id, system, company, fingerprint, system_id, settings, health, health_reason, health_since)
         VALUES (?,?,?,?,?,?,?,?,?)
         ON CONFLICT(id) DO UPDATE SET system = excluded.system, company = excluded.company,
           system_id = excluded.system_id, settings = excluded.settings, health = excluded.health,
           health_reason = excluded.health_reason, health_since = excluded.health_since",
        params![
            row.id.as_str(),
            row.system,
            row.company,
            row.fingerprint,
            row.system_id,
            settings,
            row.health.name(),
            row.health_reason,
            micros(row.health_since)
        ],
    )?;
    let before = before.map(|b| serde_json::to_string(&b)).transpose()?.unwrap_or_default();
    let what = [("before", before), ("after", serde_json::to_string(row)?)];
    tx.note(by, "connection_changed", row.id.as_str(), fields(what))
}

/// Sets the health; audited when it is another one.
pub fn set_health(tx: &Tx<'_>, id: &ConnectionId, health: Health, reason: &str) -> Done<()> {
    let Some(old) = connection(tx.c, id)? else {
        return Err(StoreError::Missing(format!("connection {id}")).into());
    };
    if old.health == health && old.health_reason == reason {
        return Ok(());
    }
    let since = if old.health == health { micros(old.health_since) } else { micros(tx.now) };
    tx.c.execute(
        "UPDATE connection SET health = ?, health_reason = ?, health_since = ? WHERE id = ?",
        params![health.name(), reason, since, id.as_str()],
    )?;
    if old.health == health {
        return Ok(());
    }
    let what = [
        ("before", old.health.name().to_string()),
        ("after", health.name().to_string()),
        ("reason", reason.to_string()),
    ];
    tx.note(&Actor::engine(), "health", id.as_str(), fields(what))
}

const BOOK: &str = "SELECT id, source, ledger, mode, paused, settings FROM book";

fn book_row(r: &rusqlite::Row<'_>) -> rusqlite::Result<Book> {
    let mode: String = r.get(3)?;
    Ok(Book {
        id: BookId(r.get(0)?),
        source: ConnectionId(r.get(1)?),
        ledger: ConnectionId(r.get(2)?),
        mode: if mode == Mode::Live.name() { Mode::Live } else { Mode::Preview },
        paused: r.get(4)?,
        settings: json(r, 5)?,
    })
}

/// All books.
pub fn books(c: &Connection) -> Done<Vec<Book>> {
    let mut s = c.prepare_cached(&format!("{BOOK} ORDER BY id"))?;
    let rows = s.query_map([], book_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// One book.
pub fn book(c: &Connection, id: &BookId) -> Done<Book> {
    let found =
        c.prepare_cached(&format!("{BOOK} WHERE id = ?"))?.query_row([id.as_str()], book_row).optional()?;
    found.ok_or_else(|| Fail::Store(StoreError::Missing(format!("book {id}"))))
}

/// Makes or changes a book; its connections stay.
pub fn put_book(tx: &Tx<'_>, book: &Book, by: &Actor) -> Done<()> {
    let find = format!("{BOOK} WHERE id = ?");
    let before = tx.c.prepare_cached(&find)?.query_row([book.id.as_str()], book_row).optional()?;
    if before.as_ref() == Some(book) {
        return Ok(());
    }
    for side in [&book.source, &book.ledger] {
        if connection(tx.c, side)?.is_none() {
            return Err(StoreError::Missing(format!("connection {side}")).into());
        }
    }
    if let Some(old) = &before
        && (old.source != book.source || old.ledger != book.ledger)
    {
        return refused(format!(
            "the book {} keeps its connections; make another book for another ledger",
            book.id
        ));
    }
    tx.c.execute(
        "INSERT INTO book(id, source, ledger, mode, paused, settings) VALUES (?,?,?,?,?,?)
         ON CONFLICT(id) DO UPDATE SET mode = excluded.mode, paused = excluded.paused, settings = excluded.settings",
        params![
            book.id.as_str(),
            book.source.as_str(),
            book.ledger.as_str(),
            book.mode.name(),
            book.paused,
            serde_json::to_string(&book.settings)?
        ],
    )?;
    let before = before.map(|b| serde_json::to_string(&b)).transpose()?.unwrap_or_default();
    let what = [("before", before), ("after", serde_json::to_string(book)?)];
    tx.note(by, "book_changed", book.id.as_str(), fields(what))
}

/// The current rules.
pub fn rules(c: &Connection, book: &BookId) -> Done<RuleSet> {
    let sql = "SELECT content FROM mapping_version WHERE book = ? ORDER BY version DESC LIMIT 1";
    let found = c.prepare_cached(sql)?.query_row([book.as_str()], |r| json(r, 0)).optional()?;
    Ok(found.unwrap_or_default())
}

/// One version of the rules.
pub fn rules_version(c: &Connection, book: &BookId, version: u32) -> Done<Option<RuleSet>> {
    let sql = "SELECT content FROM mapping_version WHERE book = ? AND version = ?";
    Ok(c.prepare_cached(sql)?.query_row(params![book.as_str(), version], |r| json(r, 0)).optional()?)
}

/// The next version; clashing rules are refused.
pub fn put_rules(tx: &Tx<'_>, id: &BookId, expected: u32, mut rules: RuleSet, by: &Actor) -> Done<u32> {
    book(tx.c, id)?;
    let now = self::rules(tx.c, id)?;
    if now.version != expected {
        let found = format!("version {}", now.version);
        return Err(StoreError::Stale { expected: format!("version {expected}"), found }.into());
    }
    for rule in &rules.rules {
        if let Some(other) = rules.clash(rule) {
            return refused(format!(
                "two {} rules of equal rank give different results: rule {} ({} → {}) and rule {} ({} → {}); name one more condition in one of them",
                rule.kind.name(),
                rule.id,
                rule.condition(),
                rule.gives,
                other.id,
                other.condition(),
                other.gives
            ));
        }
    }
    rules.version = expected + 1;
    // numbers are given once, whatever was removed since
    rules.last = rules.last.max(now.last).max(rules.highest()).max(now.highest());
    let content = serde_json::to_string(&rules)?;
    let hash = sha256_hex(content.as_bytes());
    tx.c.execute(
        "INSERT INTO mapping_version(book, version, content, content_hash, created_by, created_at) VALUES (?,?,?,?,?,?)",
        params![id.as_str(), rules.version, content, hash, by.name, micros(tx.now)],
    )?;
    crate::store::sqlite::editors::removed(tx, id, &now, &rules, by)?;
    let added: Vec<_> = rules.rules.iter().filter(|r| !now.rules.contains(r)).collect();
    let gone: Vec<_> = now.rules.iter().filter(|r| !rules.rules.contains(r)).collect();
    let mut what = fields([
        ("version", rules.version.to_string()),
        ("hash", hash),
        ("before", serde_json::to_string(&gone)?),
        ("after", serde_json::to_string(&added)?),
    ]);
    if rules.guards != now.guards {
        // their order is a part of them
        what.push(("guards_before".into(), serde_json::to_string(&now.guards)?));
        what.push(("guards_after".into(), serde_json::to_string(&rules.guards)?));
    }
    tx.note(by, "rules_changed", id.as_str(), what)?;
    Ok(rules.version)
}

/// The policy in force.
pub fn policy(c: &Connection, book: &BookId) -> Done<Policy> {
    let sql = "SELECT content FROM policy WHERE book = ? ORDER BY version DESC LIMIT 1";
    let found = c.prepare_cached(sql)?.query_row([book.as_str()], |r| json(r, 0)).optional()?;
    Ok(found.unwrap_or(Policy {
        version: 0,
        auto: AutoApproval::Off,
        signed_off_by: String::new(),
        limit: None,
    }))
}

/// The next version of the policy.
pub fn put_policy(tx: &Tx<'_>, id: &BookId, mut next: Policy, by: &Actor) -> Done<u32> {
    book(tx.c, id)?;
    let before = policy(tx.c, id)?;
    next.version = before.version + 1;
    let content = serde_json::to_string(&next)?;
    tx.c.execute(
        "INSERT INTO policy(book, version, content, signed_off_by, created_at) VALUES (?,?,?,?,?)",
        params![id.as_str(), next.version, content, next.signed_off_by, micros(tx.now)],
    )?;
    let what = [
        ("version", next.version.to_string()),
        ("before", serde_json::to_string(&before)?),
        ("after", content),
    ];
    tx.note(by, "policy_changed", id.as_str(), fields(what))?;
    Ok(next.version)
}

/// The engine lock was taken: a new fencing token.
pub fn raise_epoch(tx: &Tx<'_>, holder: &str) -> Done<u64> {
    tx.c.execute("UPDATE instance SET epoch = epoch + 1, holder = ?", [holder])?;
    let now = epoch(tx.c)?;
    let what = [("holder", holder.to_string()), ("token", now.to_string())];
    tx.note(&Actor::engine(), "engine_started", "engine", fields(what))?;
    Ok(u64::from(small(now)))
}

/// The fencing token in force.
pub fn epoch(c: &Connection) -> Done<i64> {
    Ok(c.prepare_cached("SELECT epoch FROM instance")?.query_row([], |r| r.get(0))?)
}
