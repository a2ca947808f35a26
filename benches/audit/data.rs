//! Trails of generated events: written once under the target folder and kept. The events are written past the store, as
//! an older program would have left them, and opening the store fills the index: that is measured too.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use futures::FutureExt as _;
use jiff::Timestamp;
use rusqlite::{Connection, params};
use tieout::audit::{Event, link};
use tieout::store::operations::Answer;
use tieout::store::{Executor, Options, SqliteStore};

/// Rises when the generated events, or the schema, change.
const EDITION: u32 = 1;

pub type Done<T> = Result<T, Box<dyn Error>>;

/// The answer of a store that works on this thread.
pub fn now<T>(answer: Answer<'_, T>) -> Done<T> {
    Ok(answer.now_or_never().ok_or("the store did not answer at once")??)
}

/// The store with `n` events more than those of its making.
#[allow(clippy::print_stdout, reason = "a benchmark prints")]
pub fn store(n: u64) -> Done<SqliteStore> {
    let dir = folder().join(format!("audit-{n}-e{EDITION}"));
    let finished = dir.join("finished");
    if !finished.exists() {
        if dir.exists() {
            fs::remove_dir_all(&dir)?;
        }
        drop(open(&dir)?);
        let began = Instant::now();
        write(&dir.join("tieout.db"), n)?;
        let wrote = began.elapsed();
        let filling = Instant::now();
        drop(open(&dir)?);
        let filled = filling.elapsed();
        println!(
            "{n} events written in {wrote:.1?}, their words added at opening in {filled:.1?}: {}",
            dir.display()
        );
        fs::write(&finished, format!("{n}\n"))?;
    }
    open(&dir)
}

fn folder() -> PathBuf {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    temporary.parent().unwrap_or(temporary).join("bench-data")
}

fn open(dir: &Path) -> Done<SqliteStore> {
    // on this thread: the hop to another one would add the same to both sides of the ratio
    let options = Options { executor: Executor::Inline, instance_kind: "sandbox", now: at(0)? };
    Ok(SqliteStore::open(dir.join("tieout.db"), options)?)
}

pub fn at(second: u64) -> Done<Timestamp> {
    Ok(Timestamp::from_second(1_700_000_000 + i64::try_from(second)?)?)
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

/// Spreads `i` over all 64 bits.
pub fn mix(i: u64) -> u64 {
    let x = i.wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
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
