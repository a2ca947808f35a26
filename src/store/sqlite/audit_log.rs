//! Reading the trail, and verifying it.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use crate::audit::{Anchor, Columns, Event, Link, Verifier, sentence};
use crate::model::canonical::hex;
use crate::store::sqlite::audit_words::{Sought, Words};
use crate::store::sqlite::convert::{count, instant, int};
use crate::store::sqlite::fail::{Done, Fail};
use crate::store::sqlite::setup;
use crate::store::types::{AuditQuery, AuditRow};

impl AuditRow {
    /// The number of the document that the event is about.
    pub fn number(&self) -> Option<&str> {
        self.fields.iter().find(|(name, _)| name == "number").map(|(_, number)| number.as_str())
    }

    /// The event, for exports.
    pub fn event(&self) -> Event {
        Event {
            seq: self.seq,
            at: self.at,
            actor: self.actor.clone(),
            via: self.via.clone(),
            action: self.action.clone(),
            subject: self.subject.clone(),
            fields: self.fields.clone(),
        }
    }
}

/// Of so many events whose long words did not fit, the index is asked for the whole word instead.
const TRIED: usize = 1_000;

/// A page, newest first.
pub fn page(c: &Connection, q: &AuditQuery) -> Done<Vec<AuditRow>> {
    let sought = Sought::of(q);
    let mut rows = match (&q.subject, sought.is_empty()) {
        (Some(_), _) => listed(c, q, &sought)?,
        (None, true) if nameless(q) => Vec::new(),
        (None, true) => listed(c, q, &sought)?,
        (None, false) => match found(c, q, &sought, sought.is_wide())? {
            Some(rows) => rows,
            None => found(c, q, &sought, false)?.unwrap_or_default(),
        },
    };
    if q.forward {
        rows.reverse();
    }
    Ok(rows)
}

/// Something was asked for that has no word in it: that finds nothing, rather than everything.
fn nameless(q: &AuditQuery) -> bool {
    let any = |texts: &[String]| texts.iter().any(|t| !t.trim().is_empty());
    any(&q.search) || any(&q.who) || any(&q.action) || any(&q.document) || any(&q.connection)
}

/// Seqs, both ends excluded, between which all events of a query's span of time are. Clocks that were set back widen it.
fn bounds(c: &Connection, q: &AuditQuery) -> Done<(i64, i64)> {
    let mut low = q.after.map_or(-1, int);
    let mut high = q.before.map_or(i64::MAX, int);
    if q.from.is_none() && q.to.is_none() {
        return Ok((low, high));
    }
    let skew: i64 = c.prepare_cached("SELECT skew FROM audit_clock")?.query_row([], |r| r.get(0))?;
    let seq = |sql: &str, at: i64| -> Done<Option<i64>> {
        Ok(c.prepare_cached(sql)?.query_row([at], |r| r.get(0)).optional()?)
    };
    if let Some(from) = q.from {
        let before = from.as_microsecond().saturating_sub(skew);
        let found = seq("SELECT seq FROM audit WHERE at < ? ORDER BY at DESC, seq DESC LIMIT 1", before)?;
        low = found.map_or(low, |s| low.max(s));
    }
    if let Some(to) = q.to {
        let after = to.as_microsecond().saturating_add(skew);
        let found = seq("SELECT seq FROM audit WHERE at >= ? ORDER BY at, seq LIMIT 1", after)?;
        high = found.map_or(high, |s| high.min(s));
    }
    Ok((low, high))
}

fn in_span(q: &AuditQuery, row: &AuditRow) -> bool {
    q.from.is_none_or(|from| row.at >= from) && q.to.is_none_or(|to| row.at < to)
}

/// Without the index of words: all events, or those of one subject.
fn listed(c: &Connection, q: &AuditQuery, sought: &Sought) -> Done<Vec<AuditRow>> {
    let (low, high) = bounds(c, q)?;
    let mut sql = "SELECT body, hash FROM audit WHERE seq > ? AND seq < ?".to_string();
    let mut values = vec![Value::Integer(low), Value::Integer(high)];
    if let Some(subject) = &q.subject {
        sql.push_str(" AND subject = ?");
        values.push(Value::Text(subject.clone()));
    }
    sql.push_str(if q.forward { " ORDER BY seq" } else { " ORDER BY seq DESC" });
    let mut s = c.prepare_cached(&sql)?;
    let mut rows = s.query(params_from_iter(values))?;
    let mut out = Vec::new();
    while out.len() < q.limit as usize {
        let Some(r) = rows.next()? else { break };
        let row = decode(&r.get::<_, Vec<u8>>(0)?, &r.get::<_, Vec<u8>>(1)?)?;
        if in_span(q, &row) && (sought.is_empty() || sought.fits(&Words::of(c, &row.event())?, true)) {
            out.push(row);
        }
    }
    Ok(out)
}

/// By the index of words. None: too many events had the beginning of a long word and not the word.
fn found(c: &Connection, q: &AuditQuery, sought: &Sought, walk: bool) -> Done<Option<Vec<AuditRow>>> {
    let (low, high) = bounds(c, q)?;
    let order = if q.forward { "" } else { " DESC" };
    let sql = format!(
        "SELECT rowid FROM audit_words WHERE audit_words MATCH ? AND rowid > ? AND rowid < ? ORDER BY rowid{order}"
    );
    let mut s = c.prepare_cached(&sql)?;
    let mut rows = s.query(params![sought.expression(walk), low, high])?;
    let mut event = c.prepare_cached("SELECT body, hash FROM audit WHERE seq = ?")?;
    let mut out = Vec::new();
    let mut missed = 0;
    while out.len() < q.limit as usize {
        let Some(r) = rows.next()? else { break };
        let parts = event
            .query_row([r.get::<_, i64>(0)?], |r| Ok((r.get::<_, Vec<u8>>(0)?, r.get::<_, Vec<u8>>(1)?)));
        let Some((body, hash)) = parts.optional()? else { continue };
        let row = decode(&body, &hash)?;
        if !in_span(q, &row) {
            continue;
        }
        if walk && !sought.fits(&Words::of(c, &row.event())?, false) {
            missed += 1;
            if missed > TRIED {
                return Ok(None);
            }
            continue;
        }
        out.push(row);
    }
    Ok(Some(out))
}

/// How many events a query has, whatever its limit and position.
pub fn count_of(c: &Connection, q: &AuditQuery) -> Done<u64> {
    let q = AuditQuery { before: None, after: None, limit: u32::MAX, ..q.clone() };
    let sought = Sought::of(&q);
    if q.subject.is_some() {
        return Ok(listed(c, &q, &sought)?.len() as u64);
    }
    if sought.is_empty() && nameless(&q) {
        return Ok(0);
    }
    let (from, to) =
        (q.from.map_or(i64::MIN, |t| t.as_microsecond()), q.to.map_or(i64::MAX, |t| t.as_microsecond()));
    let timed = q.from.is_some() || q.to.is_some();
    let n: i64 = match (sought.is_empty(), timed) {
        (true, false) => c.query_row("SELECT audit_seq FROM instance", [], |r| r.get(0))?,
        (true, true) => {
            c.query_row("SELECT count(*) FROM audit WHERE at >= ? AND at < ?", [from, to], |r| r.get(0))?
        }
        (false, false) => {
            let sql = "SELECT count(*) FROM audit_words WHERE audit_words MATCH ?";
            c.query_row(sql, [sought.expression(false)], |r| r.get(0))?
        }
        (false, true) => {
            let (low, high) = bounds(c, &q)?;
            let sql = "SELECT count(*) FROM audit_words w JOIN audit a ON a.seq = w.rowid
                       WHERE audit_words MATCH ? AND w.rowid > ? AND w.rowid < ? AND a.at >= ? AND a.at < ?";
            c.query_row(sql, params![sought.expression(false), low, high, from, to], |r| r.get(0))?
        }
    };
    Ok(count(n))
}

/// Events of a span, oldest first, of these actions (none named: all).
pub fn span(
    c: &Connection,
    from: jiff::Timestamp,
    to: jiff::Timestamp,
    actions: &[String],
    limit: u32,
) -> Done<Vec<AuditRow>> {
    let mut s =
        c.prepare_cached("SELECT body, hash, action FROM audit WHERE at >= ? AND at < ? ORDER BY at, seq")?;
    let mut rows = s.query(rusqlite::params![from.as_microsecond(), to.as_microsecond()])?;
    let mut out = Vec::new();
    while out.len() < limit as usize {
        let Some(r) = rows.next()? else { break };
        let action: String = r.get(2)?;
        if actions.is_empty() || actions.contains(&action) {
            out.push(decode(&r.get::<_, Vec<u8>>(0)?, &r.get::<_, Vec<u8>>(1)?)?);
        }
    }
    Ok(out)
}

fn decode(body: &[u8], hash: &[u8]) -> Done<AuditRow> {
    let e = Event::decode(body).map_err(|e| Fail::Unreadable(format!("audit event: {e}")))?;
    Ok(AuditRow {
        seq: e.seq,
        at: e.at,
        text: sentence(&e),
        actor: e.actor,
        via: e.via,
        action: e.action,
        subject: e.subject,
        fields: e.fields,
        hash: hex(hash),
    })
}

/// Told after so many events.
const TELL: u64 = 5_000;

/// Verifies the whole chain against the head row and the anchors, and says how far it is.
pub fn verify(c: &Connection, told: &dyn Fn(u64, u64)) -> Done<Result<u64, (u64, String)>> {
    c.execute_batch("BEGIN")?;
    let result = verify_all(c, told);
    c.execute_batch("COMMIT")?;
    result
}

fn verify_all(c: &Connection, told: &dyn Fn(u64, u64)) -> Done<Result<u64, (u64, String)>> {
    let anchor = |r: &rusqlite::Row<'_>| Ok(Anchor { seq: count(r.get(0)?), hash: r.get(1)? });
    let mut anchors = vec![c.query_row("SELECT audit_seq, audit_hash FROM instance", [], anchor)?];
    {
        let mut s = c.prepare("SELECT seq, hash FROM anchor ORDER BY seq")?;
        for a in s.query_map([], anchor)? {
            anchors.push(a?);
        }
    }
    let of = anchors.iter().map(|a| a.seq).max().unwrap_or(0);
    let mut verifier = Verifier::new(&setup::instance(c)?.id, anchors);
    let mut s =
        c.prepare("SELECT seq, body, prev, hash, at, actor, via, action, subject FROM audit ORDER BY seq")?;
    let mut rows = s.query([])?;
    while let Some(r) = rows.next()? {
        let link = Link {
            seq: count(r.get(0)?),
            body: r.get(1)?,
            prev: r.get(2)?,
            hash: r.get(3)?,
            columns: Columns {
                at: instant(r, 4)?,
                actor: r.get(5)?,
                via: r.get(6)?,
                action: r.get(7)?,
                subject: r.get(8)?,
            },
        };
        if let Err(broken) = verifier.row(&link) {
            return Ok(Err((broken.seq, broken.why)));
        }
        if link.seq.is_multiple_of(TELL) {
            told(link.seq, of.max(link.seq));
        }
    }
    Ok(verifier.end().map_err(|b| (b.seq, b.why)))
}
