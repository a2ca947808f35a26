//! One transaction: begin, work, the audit rows of what was refused, commit.

use std::cell::RefCell;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::audit::{self, Event};
use crate::model::people::Actor;
use crate::store::failpoint::{FailPoint, hit};
use crate::store::sqlite::audit_words;
use crate::store::sqlite::convert::micros;
use crate::store::sqlite::fail::{Done, Fail};
use crate::store::types::StoreError;

/// Fields of an event.
pub type Fields = Vec<(String, String)>;

/// Fields from pairs.
pub fn fields<const N: usize>(pairs: [(&str, String); N]) -> Fields {
    pairs.into_iter().map(|(n, v)| (n.to_string(), v)).collect()
}

struct Refused {
    by: Actor,
    subject: String,
    fields: Fields,
}

/// A transaction under way.
pub struct Tx<'c> {
    /// The writer's connection.
    pub c: &'c Connection,
    /// The instant of all that it writes, in whole microseconds.
    pub now: Timestamp,
    refused: RefCell<Vec<Refused>>,
    noted: RefCell<Vec<Event>>,
}

impl<'c> Tx<'c> {
    fn new(c: &'c Connection, now: Timestamp) -> Self {
        let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        Self { c, now, refused: RefCell::new(Vec::new()), noted: RefCell::new(Vec::new()) }
    }

    /// Appends one event to the audit trail.
    pub fn note(&self, by: &Actor, action: &str, subject: &str, mut fields: Fields) -> Done<()> {
        self.name_document(subject, &mut fields)?;
        let head = "SELECT audit_seq, audit_hash FROM instance";
        let (last, prev): (i64, Vec<u8>) =
            self.c.prepare_cached(head)?.query_row([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let seq = last + 1;
        let event = Event {
            seq: u64::try_from(seq).map_err(|e| Fail::Unreadable(e.to_string()))?,
            at: self.now,
            actor: by.name.clone(),
            via: by.via.clone(),
            action: action.into(),
            subject: subject.into(),
            fields,
        };
        let link = audit::link(&prev, &event);
        self.c
            .prepare_cached(
                "INSERT INTO audit(seq, at, actor, via, action, subject, body, prev, hash) VALUES (?,?,?,?,?,?,?,?,?)",
            )?
            .execute(params![
                seq,
                micros(self.now),
                event.actor,
                event.via,
                event.action,
                event.subject,
                link.body,
                link.prev,
                link.hash
            ])?;
        self.c
            .prepare_cached("UPDATE instance SET audit_seq = ?, audit_hash = ?")?
            .execute(params![seq, link.hash])?;
        self.noted.borrow_mut().push(event);
        if !by.via.starts_with("engine") {
            self.c
                .prepare_cached(
                    "INSERT INTO actor(name, employee, seen_at) VALUES (?,?,?)
                     ON CONFLICT(name) DO UPDATE SET employee = excluded.employee, seen_at = excluded.seen_at",
                )?
                .execute(params![by.name, by.employee, micros(self.now)])?;
        }
        Ok(())
    }

    /// An event about a document says its number, which is what people know it by.
    fn name_document(&self, subject: &str, fields: &mut Fields) -> Done<()> {
        if fields.iter().any(|(name, _)| name == "number") {
            return Ok(());
        }
        let number: Option<String> = self
            .c
            .prepare_cached("SELECT number FROM document WHERE id = ?")?
            .query_row([subject], |r| r.get(0))
            .optional()?;
        fields.extend(number.filter(|n| !n.is_empty()).map(|n| ("number".to_string(), n)));
        Ok(())
    }

    /// Remembers a move that the table does not have: it is audited whether the transaction commits or not.
    pub fn refuse_move(&self, by: &Actor, subject: &str, fields: Fields) {
        self.refused.borrow_mut().push(Refused { by: by.clone(), subject: subject.into(), fields });
    }

    fn note_refused(&self) -> Done<bool> {
        let refused = std::mem::take(&mut *self.refused.borrow_mut());
        let any = !refused.is_empty();
        for r in refused {
            tracing::warn!(subject = r.subject, "a move was refused");
            self.note(&r.by, "refused_move", &r.subject, r.fields)?;
        }
        Ok(any)
    }

    /// Adds the words of what was noted to the index: the last thing before the commit, all at once.
    fn index(&self) -> Done<()> {
        let noted = std::mem::take(&mut *self.noted.borrow_mut());
        audit_words::add(self.c, &noted)
    }

    /// Work on one of several items: what it wrote is undone when it is refused, the others stand.
    pub fn one<T>(&self, work: impl FnOnce() -> Done<T>) -> Done<Result<T, StoreError>> {
        self.c.execute_batch("SAVEPOINT one")?;
        let noted = self.noted.borrow().len();
        match work() {
            Ok(v) => {
                self.c.execute_batch("RELEASE one")?;
                Ok(Ok(v))
            }
            Err(Fail::Store(e)) => {
                self.c.execute_batch("ROLLBACK TO one; RELEASE one")?;
                self.noted.borrow_mut().truncate(noted);
                Ok(Err(e))
            }
            Err(e) => Err(e),
        }
    }
}

/// Fail points before and after a commit.
pub type Around = Option<(FailPoint, FailPoint)>;

/// Runs `work` in one transaction that takes the write lock at once.
pub fn transact<T>(
    c: &Connection,
    now: Timestamp,
    around: Around,
    work: impl FnOnce(&Tx<'_>) -> Done<T>,
) -> Done<T> {
    c.execute_batch("BEGIN IMMEDIATE")?;
    let tx = Tx::new(c, now);
    let end = match work(&tx) {
        Ok(v) => tx.note_refused().and_then(|_| tx.index()).map(|()| v),
        Err(e) => Err(e),
    };
    match end {
        Ok(v) => {
            if let Some((before, _)) = around {
                hit(before);
            }
            hit(FailPoint::BeforeCommit);
            if let Err(e) = c.execute_batch("COMMIT") {
                roll_back(c)?;
                return Err(e.into());
            }
            hit(FailPoint::AfterCommit);
            if let Some((_, after)) = around {
                hit(after);
            }
            Ok(v)
        }
        Err(e) => {
            roll_back(c)?;
            // what was noted before went with the transaction
            tx.noted.borrow_mut().clear();
            if !tx.refused.borrow().is_empty() {
                c.execute_batch("BEGIN IMMEDIATE")?;
                match tx.note_refused().and_then(|_| tx.index()) {
                    Ok(()) => c.execute_batch("COMMIT")?,
                    Err(later) => {
                        roll_back(c)?;
                        return Err(later);
                    }
                }
            }
            Err(e)
        }
    }
}

fn roll_back(c: &Connection) -> Done<()> {
    // a failed write may have rolled back by itself
    if !c.is_autocommit() {
        c.execute_batch("ROLLBACK")?;
    }
    Ok(())
}
