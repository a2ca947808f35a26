//! Reading the trail, and verifying it.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::audit::{Anchor, Columns, Event, Link, Verifier, sentence};
use crate::model::canonical::hex;
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

/// A page, newest first.
pub fn page(c: &Connection, q: &AuditQuery) -> Done<Vec<AuditRow>> {
    let mut sql = "SELECT body, hash FROM audit WHERE seq < ?".to_string();
    let mut values = vec![Value::Integer(q.before.map_or(i64::MAX, int))];
    if let Some(subject) = &q.subject {
        sql.push_str(" AND subject = ?");
        values.push(Value::Text(subject.clone()));
    }
    sql.push_str(" ORDER BY seq DESC");
    let words: Vec<String> =
        q.search.iter().flat_map(|w| w.split_whitespace()).map(str::to_lowercase).collect();
    let mut s = c.prepare_cached(&sql)?;
    let mut rows = s.query(params_from_iter(values))?;
    let mut out = Vec::new();
    while out.len() < q.limit as usize {
        let Some(r) = rows.next()? else { break };
        let row = decode(&r.get::<_, Vec<u8>>(0)?, &r.get::<_, Vec<u8>>(1)?)?;
        if matches(&row, &words) {
            out.push(row);
        }
    }
    Ok(out)
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

fn matches(row: &AuditRow, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let AuditRow { actor, action, subject, text, .. } = row;
    let number = row.number().unwrap_or_default();
    let text = format!("{actor}\n{action}\n{subject}\n{number}\n{text}").to_lowercase();
    words.iter().all(|w| text.contains(w))
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

/// Verifies the whole chain against the head row and the anchors.
pub fn verify(c: &Connection) -> Done<Result<u64, (u64, String)>> {
    c.execute_batch("BEGIN")?;
    let result = verify_all(c);
    c.execute_batch("COMMIT")?;
    result
}

fn verify_all(c: &Connection) -> Done<Result<u64, (u64, String)>> {
    let anchor = |r: &rusqlite::Row<'_>| Ok(Anchor { seq: count(r.get(0)?), hash: r.get(1)? });
    let mut anchors = vec![c.query_row("SELECT audit_seq, audit_hash FROM instance", [], anchor)?];
    {
        let mut s = c.prepare("SELECT seq, hash FROM anchor ORDER BY seq")?;
        for a in s.query_map([], anchor)? {
            anchors.push(a?);
        }
    }
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
    }
    Ok(verifier.end().map_err(|b| (b.seq, b.why)))
}
