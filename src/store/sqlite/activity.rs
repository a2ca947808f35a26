//! The rest of what screens ask: counts and verification of the trail, and what the holder of the engine does.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::operations::{Answer, Trail, VerifyTold};
use crate::store::sqlite::SqliteStore;
use crate::store::sqlite::audit_log;
use crate::store::sqlite::convert::{count, instant, int, json, micros};
use crate::store::sqlite::fail::Done;
use crate::store::sqlite::tx::Tx;
use crate::store::types::{AuditCheck, AuditQuery, ConnectionActivity, EngineHolder};

impl Trail for SqliteStore {
    fn audit_count(&self, query: AuditQuery) -> Answer<'_, u64> {
        self.apart(move |c| audit_log::count_of(c, &query))
    }

    fn verify_audit_told(&self, told: VerifyTold) -> Answer<'_, Result<u64, (u64, String)>> {
        self.apart(move |c| audit_log::verify(c, &*told))
    }

    fn keep_audit_check(&self, check: AuditCheck) -> Answer<'_, ()> {
        self.write(check.at, None, move |tx| keep_check(tx, &check))
    }

    fn audit_check(&self) -> Answer<'_, Option<AuditCheck>> {
        self.read(last_check)
    }

    fn put_activity(&self, rows: Vec<ConnectionActivity>, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| put(tx, &rows))
    }

    fn activity(&self) -> Answer<'_, Vec<ConnectionActivity>> {
        self.read(all)
    }

    fn put_holder(&self, holder: EngineHolder) -> Answer<'_, ()> {
        self.write(holder.since, None, move |tx| {
            tx.c.prepare_cached("INSERT OR REPLACE INTO engine_holder(one, content) VALUES (1, ?)")?
                .execute([serde_json::to_string(&holder)?])?;
            Ok(())
        })
    }

    fn last_holder(&self) -> Answer<'_, Option<EngineHolder>> {
        self.read(|c| {
            let mut s = c.prepare_cached("SELECT content FROM engine_holder")?;
            Ok(s.query_row([], |r| json(r, 0)).optional()?)
        })
    }
}

fn keep_check(tx: &Tx<'_>, check: &AuditCheck) -> Done<()> {
    let (bad, why) = match &check.broken {
        Some((seq, why)) => (Some(int(*seq)), why.as_str()),
        None => (None, ""),
    };
    tx.c.prepare_cached(
        "INSERT OR REPLACE INTO audit_check(one, checked_at, rows, bad, why) VALUES (1,?,?,?,?)",
    )?
    .execute(params![micros(tx.now), int(check.rows), bad, why])?;
    Ok(())
}

fn last_check(c: &Connection) -> Done<Option<AuditCheck>> {
    let mut s = c.prepare_cached("SELECT checked_at, rows, bad, why FROM audit_check")?;
    let row = s.query_row([], |r| {
        let bad: Option<i64> = r.get(2)?;
        let why: String = r.get(3)?;
        Ok(AuditCheck { at: instant(r, 0)?, rows: count(r.get(1)?), broken: bad.map(|b| (count(b), why)) })
    });
    Ok(row.optional()?)
}

fn put(tx: &Tx<'_>, rows: &[ConnectionActivity]) -> Done<()> {
    // a connection that was removed meanwhile has no activity
    let mut s = tx.c.prepare_cached(
        "INSERT OR REPLACE INTO engine_activity(connection, content, written_at)
         SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM connection WHERE id = ?1)",
    )?;
    for row in rows {
        s.execute(params![row.connection.as_str(), serde_json::to_string(row)?, micros(tx.now)])?;
    }
    Ok(())
}

fn all(c: &Connection) -> Done<Vec<ConnectionActivity>> {
    let mut s = c.prepare_cached("SELECT content FROM engine_activity ORDER BY connection")?;
    let rows = s.query_map([], |r| json(r, 0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
