//! Deliveries, listeners and subscriptions.

use rusqlite::{Connection, OptionalExtension, params};

use jiff::Timestamp;

use crate::model::document::DocumentKind;
use crate::model::ids::{ConnectionId, DocumentId};
use crate::model::people::Actor;
use crate::store::operations::{
    Answer, Delivery, EventAccount, Inbox, KeptDelivery, ListenerRow, ListenerState, Refusal,
    SubscriptionRow, SubscriptionState,
};
use crate::store::sqlite::SqliteStore;
use crate::store::sqlite::convert::{count, instant, instant_or_none, int, json, micros, named};
use crate::store::sqlite::fail::Done;
use crate::store::sqlite::tx::{Tx, fields};

impl Inbox for SqliteStore {
    fn deliver(&self, deliveries: Vec<Delivery>, now: Timestamp) -> Answer<'_, Vec<bool>> {
        self.write(now, None, move |tx| deliver(tx, &deliveries))
    }

    fn deliveries(&self, limit: u32) -> Answer<'_, Vec<KeptDelivery>> {
        self.read(move |c| deliveries(c, limit))
    }

    fn delivered(&self) -> Answer<'_, Vec<(String, u64, Timestamp)>> {
        self.read(delivered)
    }

    fn purge_deliveries(&self, before: Timestamp, now: Timestamp) -> Answer<'_, u64> {
        self.write(now, None, move |tx| {
            let n = tx.c.execute("DELETE FROM inbox_event WHERE received_at < ?", [micros(before)])?;
            Ok(n as u64)
        })
    }

    fn refused_deliveries(&self, refusals: Vec<Refusal>, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| refused(tx, &refusals))
    }

    fn refusals(&self) -> Answer<'_, Vec<Refusal>> {
        self.read(refusals)
    }

    fn put_listener(&self, row: ListenerRow) -> Answer<'_, ()> {
        self.write(row.changed_at, None, move |tx| put_listener(tx, &row))
    }

    fn listeners(&self) -> Answer<'_, Vec<ListenerRow>> {
        self.read(listeners)
    }

    fn put_event_account(
        &self,
        connection: ConnectionId,
        account: EventAccount,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, ()> {
        self.write(now, None, move |tx| put_account(tx, &connection, &account, &by))
    }

    fn document_of(
        &self,
        connection: ConnectionId,
        kind: DocumentKind,
        source_id: String,
    ) -> Answer<'_, Option<DocumentId>> {
        self.read(move |c| {
            let sql = "SELECT id FROM document WHERE connection = ? AND kind = ? AND source_id = ?";
            let key = params![connection.as_str(), kind.name(), source_id];
            Ok(c.prepare_cached(sql)?.query_row(key, |r| named(r, 0)).optional()?)
        })
    }

    fn event_account(&self, connection: ConnectionId) -> Answer<'_, EventAccount> {
        // the engine compares against it right after writing: the writer's connection
        self.look(move |c| account(c, &connection))
    }
}

fn deliver(tx: &Tx<'_>, all: &[Delivery]) -> Done<Vec<bool>> {
    let mut new = Vec::with_capacity(all.len());
    let mut insert = tx.c.prepare_cached(
        "INSERT INTO inbox_event(source, event_id, received_at, raw, verified_by, says) VALUES (?,?,?,?,?,?)
         ON CONFLICT(source, event_id) DO NOTHING",
    )?;
    let mut again = tx
        .c
        .prepare_cached("UPDATE inbox_event SET repeats = repeats + 1 WHERE source = ? AND event_id = ?")?;
    for d in all {
        let row = params![d.source, d.event_id, micros(d.received_at), d.raw, d.verified_by, d.says];
        let fresh = insert.execute(row)? == 1;
        if !fresh {
            again.execute(params![d.source, d.event_id])?;
        }
        new.push(fresh);
    }
    Ok(new)
}

fn deliveries(c: &Connection, limit: u32) -> Done<Vec<KeptDelivery>> {
    let mut s = c.prepare_cached(
        "SELECT id, source, event_id, received_at, raw, verified_by, says, repeats FROM inbox_event
         ORDER BY id DESC LIMIT ?",
    )?;
    let rows = s.query_map([limit], |r| {
        Ok(KeptDelivery {
            id: r.get(0)?,
            delivery: Delivery {
                source: r.get(1)?,
                event_id: r.get(2)?,
                received_at: instant(r, 3)?,
                raw: r.get(4)?,
                verified_by: r.get(5)?,
                says: r.get(6)?,
            },
            repeats: count(r.get(7)?),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn delivered(c: &Connection) -> Done<Vec<(String, u64, Timestamp)>> {
    let mut s = c.prepare_cached(
        "SELECT source, count(*), max(received_at) FROM inbox_event GROUP BY source ORDER BY source",
    )?;
    let rows = s.query_map([], |r| Ok((r.get(0)?, count(r.get(1)?), instant(r, 2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn refused(tx: &Tx<'_>, all: &[Refusal]) -> Done<()> {
    for r in all {
        tx.c.prepare_cached(
            "INSERT INTO inbox_refused(source, reason, count, first_at, last_at, last_peer) VALUES (?,?,?,?,?,?)
             ON CONFLICT(source, reason) DO UPDATE SET count = count + excluded.count, last_at = excluded.last_at,
               last_peer = excluded.last_peer",
        )?
        .execute(params![
            r.source,
            r.reason,
            int(r.count),
            micros(r.first_at),
            micros(r.last_at),
            r.last_peer
        ])?;
        let what = [
            ("reason", r.reason.clone()),
            ("count", r.count.to_string()),
            ("peer", r.last_peer.clone()),
            ("since", r.first_at.to_string()),
        ];
        tx.note(&Actor::engine(), "delivery_refused", &r.source, fields(what))?;
    }
    Ok(())
}

fn refusals(c: &Connection) -> Done<Vec<Refusal>> {
    let mut s = c.prepare_cached(
        "SELECT source, reason, count, first_at, last_at, last_peer FROM inbox_refused ORDER BY source, reason",
    )?;
    let rows = s.query_map([], |r| {
        Ok(Refusal {
            source: r.get(0)?,
            reason: r.get(1)?,
            count: count(r.get(2)?),
            first_at: instant(r, 3)?,
            last_at: instant(r, 4)?,
            last_peer: r.get(5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn put_listener(tx: &Tx<'_>, row: &ListenerRow) -> Done<()> {
    let before: Option<(String, String)> =
        tx.c.prepare_cached("SELECT state, detail FROM inbox_listener WHERE name = ?")?
            .query_row([&row.name], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
    tx.c.prepare_cached(
        "INSERT INTO inbox_listener(name, address, state, detail, certificate_until, changed_at) VALUES (?,?,?,?,?,?)
         ON CONFLICT(name) DO UPDATE SET address = excluded.address, state = excluded.state, detail = excluded.detail,
           certificate_until = excluded.certificate_until, changed_at = excluded.changed_at",
    )?
    .execute(params![
        row.name,
        row.address,
        row.state.name(),
        row.detail,
        row.certificate_until.map(micros),
        micros(tx.now)
    ])?;
    let same = before.is_some_and(|(state, detail)| state == row.state.name() && detail == row.detail);
    if same {
        return Ok(());
    }
    let what = [
        ("state", row.state.name().to_string()),
        ("address", row.address.clone()),
        ("why", row.detail.clone()),
    ];
    tx.note(&Actor::engine(), "listener", &row.name, fields(what))
}

fn listeners(c: &Connection) -> Done<Vec<ListenerRow>> {
    let mut s = c.prepare_cached(
        "SELECT name, address, state, detail, certificate_until, changed_at FROM inbox_listener ORDER BY name",
    )?;
    let rows = s.query_map([], |r| {
        let state: String = r.get(2)?;
        let known = [ListenerState::Listening, ListenerState::Closed, ListenerState::Failed];
        Ok(ListenerRow {
            name: r.get(0)?,
            address: r.get(1)?,
            // the column is checked by the schema
            state: known.into_iter().find(|s| s.name() == state).unwrap_or(ListenerState::Failed),
            detail: r.get(3)?,
            certificate_until: instant_or_none(r, 4)?,
            changed_at: instant(r, 5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn account(c: &Connection, id: &ConnectionId) -> Done<EventAccount> {
    let (wanted, checked_at) = c
        .prepare_cached("SELECT wanted, checked_at FROM event_account WHERE connection = ?")?
        .query_row([id.as_str()], |r| Ok((r.get::<_, bool>(0)?, instant_or_none(r, 1)?)))
        .optional()?
        .unwrap_or((false, None));
    let mut s =
        c.prepare_cached("SELECT topic, wanted FROM event_topic WHERE connection = ? ORDER BY topic")?;
    let topics = s
        .query_map([id.as_str()], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<Vec<(String, bool)>>>()?;
    let mut s = c.prepare_cached(
        "SELECT id, topic, filter, endpoint, companies, state FROM event_subscription WHERE connection = ? ORDER BY id",
    )?;
    let subscriptions = s
        .query_map([id.as_str()], |r| {
            let state: String = r.get(5)?;
            let known = [
                SubscriptionState::InPlace,
                SubscriptionState::Changed,
                SubscriptionState::Missing,
                SubscriptionState::Foreign,
            ];
            Ok(SubscriptionRow {
                id: r.get(0)?,
                topic: r.get(1)?,
                filter: r.get(2)?,
                endpoint: r.get(3)?,
                companies: json(r, 4)?,
                state: known.into_iter().find(|s| s.name() == state).unwrap_or(SubscriptionState::Foreign),
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(EventAccount { wanted, checked_at, topics, subscriptions })
}

fn put_account(tx: &Tx<'_>, id: &ConnectionId, new: &EventAccount, by: &Actor) -> Done<()> {
    let before = account(tx.c, id)?;
    tx.c.execute(
        "INSERT INTO event_account(connection, wanted, checked_at) VALUES (?,?,?)
         ON CONFLICT(connection) DO UPDATE SET wanted = excluded.wanted, checked_at = excluded.checked_at",
        params![id.as_str(), new.wanted, new.checked_at.map(micros)],
    )?;
    tx.c.execute("DELETE FROM event_topic WHERE connection = ?", [id.as_str()])?;
    for (topic, wanted) in &new.topics {
        tx.c.execute(
            "INSERT OR REPLACE INTO event_topic(connection, topic, wanted) VALUES (?,?,?)",
            params![id.as_str(), topic, wanted],
        )?;
    }
    tx.c.execute("DELETE FROM event_subscription WHERE connection = ?", [id.as_str()])?;
    for s in &new.subscriptions {
        tx.c.execute(
            "INSERT OR REPLACE INTO event_subscription(connection, id, topic, filter, endpoint, companies, state)
             VALUES (?,?,?,?,?,?,?)",
            params![
                id.as_str(),
                s.id,
                s.topic,
                s.filter,
                s.endpoint,
                serde_json::to_string(&s.companies)?,
                s.state.name()
            ],
        )?;
    }
    let (was, is) = (ours(&before), ours(new));
    if before.wanted == new.wanted && was == is {
        return Ok(());
    }
    tx.note(by, "subscriptions_changed", id.as_str(), fields([("before", was), ("after", is)]))
}

/// Our own subscriptions in one line, for the audit trail.
fn ours(a: &EventAccount) -> String {
    let own = a.subscriptions.iter().filter(|s| s.state != SubscriptionState::Foreign);
    let list: Vec<String> = own.map(|s| format!("{} {} {}", s.id, s.state.name(), s.endpoint)).collect();
    if a.wanted { format!("wanted: {}", list.join("; ")) } else { format!("not wanted: {}", list.join("; ")) }
}
