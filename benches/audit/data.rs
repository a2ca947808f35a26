//! Trails of generated events: written once under the target folder and kept. The events are written past the store, as
//! an older program would have left them, and opening the store fills the index: that is measured too.

#[path = "../common/kept.rs"]
mod kept;

use std::path::Path;
use std::time::Instant;

pub use kept::{Done, at, mix, now};
use rusqlite::{Connection, params};
use tieout::audit::{Event, link};
use tieout::store::SqliteStore;

/// Rises when the generated events, or the schema, change.
const EDITION: u32 = 2;

/// The store with `n` events more than those of its making.
pub fn store(n: u64) -> Done<SqliteStore> {
    kept::store(&format!("audit-{n}-e{EDITION}"), |dir| {
        drop(kept::open(dir)?);
        let began = Instant::now();
        write(&dir.join("tieout.db"), n)?;
        let wrote = began.elapsed();
        let filling = Instant::now();
        drop(kept::open(dir)?);
        let filled = filling.elapsed();
        Ok(format!("{n} events written in {wrote:.1?}, their words added at opening in {filled:.1?}"))
    })
}

fn write(file: &Path, events: u64) -> Done<()> {
    let mut store = Connection::open(file)?;
    let tx = store.transaction()?;
    let (first, mut prev): (i64, Vec<u8>) =
        tx.query_row("SELECT audit_seq, audit_hash FROM instance", [], |r| Ok((r.get(0)?, r.get(1)?)))?;
    {
        let mut insert = tx.prepare(
            "INSERT INTO audit(seq, at, actor, via, action, subject, body, prev, hash) VALUES (?,?,?,?,?,?,?,?,?)",
        )?;
        for i in 0..events {
            let e = event(u64::try_from(first)? + 1 + i, i)?;
            let l = link(&prev, &e);
            insert.execute(params![
                i64::try_from(e.seq)?,
                e.at.as_microsecond(),
                e.actor,
                e.via,
                e.action,
                e.subject,
                l.body,
                l.prev,
                l.hash
            ])?;
            prev = l.hash;
        }
    }
    let last = first + i64::try_from(events)?;
    tx.execute("UPDATE instance SET audit_seq = ?, audit_hash = ?", params![last, prev])?;
    tx.execute("UPDATE audit_fill SET next = ?, last = ?", params![first + 1, last])?;
    tx.execute("UPDATE audit_clock SET newest = ?", [at(events)?.as_microsecond()])?;
    tx.commit()?;
    Ok(())
}

/// The number of the document of event `i`: four events each.
pub fn number(i: u64) -> String {
    format!("LD{:07}", i / 4)
}

fn event(seq: u64, i: u64) -> Done<Event> {
    const PEOPLE: [&str; 5] = ["Theo Okonkwo", "Maya Wells", "Joy Lin", "Sam Ortiz", "Ruth Adler"];
    let action = ["arrived", "acknowledged", "approved", "posted"]
        .get(usize::try_from(i % 4)?)
        .copied()
        .unwrap_or("arrived");
    let person = i % 4 == 2;
    let who = PEOPLE.get(usize::try_from(mix(i) % 5)?).copied().unwrap_or_default();
    Ok(Event {
        seq,
        at: at(i)?,
        actor: if person { who } else { "tieout" }.into(),
        via: if person { "console" } else { "engine" }.into(),
        action: action.into(),
        subject: format!("{:026}", i / 4),
        fields: vec![
            ("number".into(), number(i)),
            ("minor".into(), (mix(i) % 500_000).to_string()),
            ("currency".into(), "USD".into()),
            ("note".into(), format!("Payee {:03} for client visit {}", mix(i) / 7 % 400, mix(i) / 3 % 900)),
            ("digest".into(), format!("{:064x}", mix(i))),
        ],
    })
}
