//! The SQLite backend: one writer connection on its own thread, one read-only connection on another for the screen.

mod accounts;
mod act;
mod activity;
mod adopt;
mod approve;
mod arrive;
mod audit_log;
mod audit_words;
mod cards;
mod comments;
mod convert;
mod corrections;
mod corrections_store;
mod derive;
mod doc;
mod editors;
mod executor;
mod facts;
mod fail;
mod filter;
mod findings;
mod inbox;
mod intents;
mod lookup;
mod mappings;
mod mappings_store;
mod migrations;
mod open;
mod outbox;
mod papers;
mod papers_store;
mod payments;
mod plan;
mod proposals;
mod proposals_store;
mod queries;
mod record;
mod requests;
mod revise;
mod rows;
mod runs;
mod secrets;
mod setup;
mod signoffs;
mod store;
mod told;
mod transition;
mod tx;
mod views_store;
mod visits;

#[cfg(test)]
pub(crate) mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::model::canonical::sha256_hex;
use crate::model::people::Actor;
use crate::store::operations::Answer;
use crate::store::sqlite::convert::micros;
use crate::store::sqlite::executor::Queue;
use crate::store::sqlite::fail::{Done, Poison};
use crate::store::sqlite::open::Presence;
use crate::store::sqlite::tx::{Around, Tx, fields, transact};
use crate::store::types::StoreError;

/// Where the work runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Executor {
    /// On threads of its own.
    Thread,
    /// On the caller's thread (simulation, tests).
    Inline,
}

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// Where the work runs.
    pub executor: Executor,
    /// `real`, `sandbox` or `demo`; counts when the store is made.
    pub instance_kind: &'a str,
    /// The present instant; counts when the store is made.
    pub now: Timestamp,
}

/// The store in one SQLite file.
pub struct SqliteStore {
    path: PathBuf,
    inline: bool,
    reader: Queue,
    writer: Queue,
    poison: Poison,
    changes: Arc<AtomicU64>,
    // the last to go: whoever opens next sees that this one was closed
    _presence: Presence,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.path).finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the store, or makes it. Checks the pages when the last process ended without closing.
    pub fn open(path: impl AsRef<Path>, options: Options<'_>) -> Result<Self, StoreError> {
        let path = path.as_ref().to_path_buf();
        open::check_version(rusqlite::version_number())?;
        open::prepare(&path)?;
        let presence = Presence::take(&path)?;
        let mut write = open::writer(&path)?;
        if presence.unclean {
            let broken = open::quick_check(&write).map_err(|e| StoreError::Fatal(e.to_string()))?;
            if let Some(first) = broken.first() {
                return Err(StoreError::Fatal(format!("the file is damaged ({first}); restore a backup")));
            }
        }
        migrations::migrate(&mut write)?;
        let poison = Poison::default();
        audit_words::catch_up(&write).map_err(|e| poison.answer(e))?;
        found(&write, &options).map_err(|e| poison.answer(e))?;
        let read = open::reader(&path)?;
        let inline = options.executor == Executor::Inline;
        let queue = |name: &str, c: Connection| {
            if inline {
                Ok(Queue::inline(c))
            } else {
                Queue::thread(name, c).map_err(|e| StoreError::Fatal(format!("no thread for the store: {e}")))
            }
        };
        Ok(Self {
            reader: queue("tieout-read", read)?,
            writer: queue("tieout-write", write)?,
            path,
            inline,
            poison,
            changes: Arc::new(AtomicU64::new(0)),
            _presence: presence,
        })
    }

    /// The database's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Switches single-person mode on (the person, with their employee number) or off; audited.
    pub fn set_single_person(
        &self,
        person: Option<(String, Option<String>)>,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, ()> {
        self.write(now, None, move |tx| setup::set_single_person(tx, person, &by))
    }

    /// Checks the file's pages and the keys between tables; what is wrong, or nothing.
    pub fn integrity(&self) -> Answer<'_, Vec<String>> {
        self.apart(|c| {
            let mut broken = open::quick_check(c)?;
            let mut s = c.prepare("PRAGMA foreign_key_check")?;
            let rows = s.query_map([], |r| r.get::<_, String>(0))?;
            for table in rows {
                broken.push(format!("a row of {} refers to nothing", table?));
            }
            Ok(broken)
        })
    }

    /// Keeps a checkpoint that was exported, so that a missing tail is found.
    pub fn put_anchor(
        &self,
        seq: u64,
        hash: Vec<u8>,
        signature: Vec<u8>,
        exported_to: String,
        now: Timestamp,
    ) -> Answer<'_, ()> {
        self.write(now, None, move |tx| {
            tx.c.execute(
                "INSERT INTO anchor(seq, hash, signature, exported_to, exported_at) VALUES (?,?,?,?,?)",
                params![convert::int(seq), hash, signature, exported_to, micros(tx.now)],
            )?;
            Ok(())
        })
    }

    fn write<T: Send + 'static>(
        &self,
        now: Timestamp,
        around: Around,
        work: impl FnOnce(&Tx<'_>) -> Done<T> + Send + 'static,
    ) -> Answer<'_, T> {
        let changes = Arc::clone(&self.changes);
        self.on(&self.writer, move |c| {
            let done = transact(c, now, around, work);
            changes.fetch_add(1, Ordering::Relaxed);
            done
        })
    }

    /// A read of the engine's: it sees what the writer wrote before.
    fn look<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Done<T> + Send + 'static,
    ) -> Answer<'_, T> {
        self.on(&self.writer, work)
    }

    /// A read of the screen's: it never waits behind the writer.
    fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Done<T> + Send + 'static,
    ) -> Answer<'_, T> {
        self.on(&self.reader, work)
    }

    /// A long read on a connection and a thread of its own.
    fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Done<T> + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(async move {
            self.poison.check()?;
            let c = open::reader(&self.path)?;
            if self.inline {
                return work(&c).map_err(|e| self.poison.answer(e));
            }
            executor::apart("tieout-check", c, work).await.map_err(|e| self.poison.answer(e))
        })
    }

    fn on<'a, T: Send + 'static>(
        &'a self,
        queue: &'a Queue,
        work: impl FnOnce(&Connection) -> Done<T> + Send + 'static,
    ) -> Answer<'a, T> {
        let poison = self.poison.clone();
        Box::pin(async move {
            self.poison.check()?;
            queue
                .run(move |c| {
                    // work that waited behind the failure does not run
                    poison.check()?;
                    work(c)
                })
                .await
                .map_err(|e| self.poison.answer(e))
        })
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // the writer closes last and empties the log
        self.reader.end(true);
        self.writer.end(false);
    }
}

/// Makes the instance row and the genesis event, once.
fn found(c: &Connection, options: &Options<'_>) -> Done<()> {
    transact(c, options.now, None, |tx| {
        let there: i64 = tx.c.query_row("SELECT count(*) FROM instance", [], |r| r.get(0))?;
        if there > 0 {
            return Ok(());
        }
        // simulation repeats itself; a real store is unlike any other
        let seed = match options.executor {
            Executor::Inline => 0,
            Executor::Thread => fastrand::u128(..),
        };
        let text = format!("{}\n{}\n{seed}", options.instance_kind, micros(tx.now));
        let id: String = sha256_hex(text.as_bytes()).chars().take(32).collect();
        tx.c.execute(
            "INSERT INTO instance(one, id, kind, created_at, audit_seq, audit_hash) VALUES (1,?,?,?,0,?)",
            params![id, options.instance_kind, micros(tx.now), crate::audit::ZERO.as_slice()],
        )?;
        let what = [("kind", options.instance_kind.to_string())];
        tx.note(&Actor::engine(), crate::audit::chain::GENESIS, &id, fields(what))
    })
}
