//! Statements, readings and sign-offs of periods; the trait's operations.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};

use crate::model::canonical::hex;
use crate::model::entry::EntryKind;
use crate::model::ids::{BookId, ConnectionId};
use crate::model::people::Actor;
use crate::store::operations::{Answer, Runs};
use crate::store::sqlite::convert::{count, instant, instant_or_none, int, micros, named};
use crate::store::sqlite::fail::{Done, refused};
use crate::store::sqlite::tx::{Tx, fields};
use crate::store::sqlite::{SqliteStore, audit_log, comments, runs, setup};
use crate::store::types::*;
use crate::tieout::{Equation, Statement};

fn put_statement(tx: &Tx<'_>, book: &BookId, s: &Statement, by: &Actor) -> Done<()> {
    let currency = setup::book(tx.c, book)?.settings.home_currency;
    tx.c.execute(
        "INSERT INTO statement(book, account, date, currency, minor, entered_by, entered_at) VALUES (?,?,?,?,?,?,?)",
        params![
            book.as_str(),
            s.account,
            s.date.to_string(),
            currency.code(),
            s.minor,
            by.name,
            micros(tx.now)
        ],
    )?;
    let what = [
        ("account", s.account.clone()),
        ("date", s.date.to_string()),
        ("minor", s.minor.to_string()),
        ("currency", currency.code().to_string()),
    ];
    tx.note(by, "statement_entered", book.as_str(), fields(what))
}

fn statements(c: &Connection, book: &BookId, from: Date, to: Date) -> Done<Vec<Statement>> {
    let mut s = c.prepare_cached(
        "SELECT account, date, minor, entered_by FROM statement WHERE id IN (
           SELECT max(id) FROM statement WHERE book = ? AND date BETWEEN ? AND ? GROUP BY account, date)
         ORDER BY account, date",
    )?;
    let rows = s.query_map(params![book.as_str(), from.to_string(), to.to_string()], |r| {
        Ok(Statement { account: r.get(0)?, date: named(r, 1)?, minor: r.get(2)?, by: r.get(3)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn put_reading(tx: &Tx<'_>, r: &PeriodReading) -> Done<i64> {
    tx.c.execute(
        "INSERT INTO reading(book, period, source_at, ledger_at, documents_hash, ledger_hash, report_hash, checked, read_at)
         VALUES (?,?,?,?,?,?,?,?,?)",
        params![
            r.book.as_str(),
            r.period,
            r.source_at.map(micros),
            r.ledger_at.map(micros),
            r.documents_hash,
            r.ledger_hash,
            r.report_hash,
            r.checked,
            micros(tx.now)
        ],
    )?;
    Ok(tx.c.last_insert_rowid())
}

fn signoffs(c: &Connection, book: &BookId, period: &str) -> Done<Vec<SignOff>> {
    let mut s = c.prepare_cached(
        "SELECT role, person, single_person, signed_at, documents_hash, ledger_hash, report_hash, documents, comments,
           audit_seq, reopened_at, reopened_by, reason FROM signoff WHERE book = ? AND period = ? ORDER BY id",
    )?;
    let rows = s.query_map(params![book.as_str(), period], |r| {
        let reopened: Option<Timestamp> = instant_or_none(r, 10)?;
        Ok(SignOff {
            role: r.get(0)?,
            person: r.get(1)?,
            single_person: r.get(2)?,
            signed_at: instant(r, 3)?,
            documents_hash: r.get(4)?,
            ledger_hash: r.get(5)?,
            report_hash: r.get(6)?,
            documents: crate::store::sqlite::convert::json(r, 7)?,
            comments: crate::store::sqlite::convert::json(r, 8)?,
            audit_seq: count(r.get(9)?),
            reopened: reopened
                .map(|at| Ok::<_, rusqlite::Error>((at, r.get(11)?, r.get(12)?)))
                .transpose()?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn sign(tx: &Tx<'_>, s: &NewSignOff, by: &Actor) -> Done<u64> {
    let role = if s.reviewer { "reviewer" } else { "preparer" };
    let there: Vec<SignOff> =
        signoffs(tx.c, &s.book, &s.period)?.into_iter().filter(|x| x.reopened.is_none()).collect();
    if let Some(x) = there.iter().find(|x| x.role == role) {
        return refused(format!(
            "{} has signed {} as {role} already; reopen it with a reason first",
            x.person, s.period
        ));
    }
    if s.reviewer {
        let Some(prepared) = there.iter().find(|x| x.role == "preparer") else {
            return refused(format!("{} has no preparer's sign-off yet; the preparer signs first", s.period));
        };
        if prepared.report_hash != s.report_hash {
            return refused(
                "the figures changed since the preparer signed; reopen it with a reason, then prepare it again",
            );
        }
        if prepared.person == by.name && !by.single_person {
            return refused("you prepared it; another person reviews it");
        }
    }
    if let Some(b) = runs::breaks(tx.c, Some(&s.book), true)?.first() {
        return refused(format!("a control break is open and forbids the sign-off: {}", b.text));
    }
    let what = [
        ("role", role.to_string()),
        ("period", s.period.clone()),
        ("documents", s.documents_hash.clone()),
        ("ledger_reading", s.ledger_hash.clone()),
        ("report", s.report_hash.clone()),
        ("single_person", by.single_person.to_string()),
        ("comments", s.comments.len().to_string()),
    ];
    tx.note(by, "signed_off", s.book.as_str(), fields(what))?;
    let seq: i64 = tx.c.query_row("SELECT audit_seq FROM instance", [], |r| r.get(0))?;
    tx.c.execute(
        "INSERT INTO signoff(book, period, role, person, single_person, signed_at, documents_hash, ledger_hash,
           report_hash, documents, comments, audit_seq) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        params![
            s.book.as_str(),
            s.period,
            role,
            by.name,
            by.single_person,
            micros(tx.now),
            s.documents_hash,
            s.ledger_hash,
            s.report_hash,
            serde_json::to_string(&s.documents)?,
            serde_json::to_string(&s.comments)?,
            seq
        ],
    )?;
    Ok(count(seq))
}

fn reopen(tx: &Tx<'_>, book: &BookId, period: &str, reason: &str, by: &Actor) -> Done<u64> {
    if reason.trim().is_empty() {
        return refused("say why the sign-off is taken back");
    }
    let n = tx.c.execute(
        "UPDATE signoff SET reopened_at = ?, reopened_by = ?, reason = ? WHERE book = ? AND period = ? AND reopened_at IS NULL",
        params![micros(tx.now), by.name, reason, book.as_str(), period],
    )?;
    if n == 0 {
        return Err(StoreError::Missing(format!("sign-off of {period} in {book}")).into());
    }
    let what = [("period", period.to_string()), ("reason", reason.to_string())];
    tx.note(by, "signoff_reopened", book.as_str(), fields(what))?;
    Ok(n as u64)
}

fn head(c: &Connection) -> Done<AuditHead> {
    let (seq, hash): (i64, Vec<u8>) =
        c.query_row("SELECT audit_seq, audit_hash FROM instance", [], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let last = "SELECT seq, exported_at FROM anchor ORDER BY seq DESC LIMIT 1";
    let anchored = c.query_row(last, [], |r| Ok((count(r.get(0)?), instant(r, 1)?))).optional()?;
    Ok(AuditHead { seq: count(seq), hash, anchored })
}

fn anchors(c: &Connection) -> Done<Vec<(u64, String, String, Timestamp)>> {
    let mut s = c.prepare_cached("SELECT seq, hash, exported_to, exported_at FROM anchor ORDER BY seq")?;
    let rows = s.query_map([], |r| {
        Ok((count(r.get(0)?), hex(&r.get::<_, Vec<u8>>(1)?), r.get(2)?, instant(r, 3)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn people(c: &Connection) -> Done<Vec<(String, Option<String>, Timestamp)>> {
    let mut s = c.prepare_cached("SELECT name, employee, seen_at FROM actor ORDER BY name")?;
    let rows = s.query_map([], |r| Ok((r.get(0)?, r.get(1)?, instant(r, 2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

impl Runs for SqliteStore {
    fn put_run(&self, run: NewRun, now: Timestamp) -> Answer<'_, Vec<ControlBreak>> {
        self.write(now, None, move |tx| runs::put(tx, &run))
    }

    fn runs(&self, from: Timestamp, to: Timestamp, limit: u32) -> Answer<'_, Vec<Run>> {
        self.read(move |c| runs::runs(c, from, to, limit))
    }

    fn control_breaks(&self, book: Option<BookId>, open: bool) -> Answer<'_, Vec<ControlBreak>> {
        self.look(move |c| runs::breaks(c, book.as_ref(), open))
    }

    fn close_break(&self, id: i64, note: String, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| runs::close_break(tx, id, &note, &by))
    }

    fn period(&self, ask: PeriodAsk) -> Answer<'_, Vec<PeriodRow>> {
        self.apart(move |c| runs::period(c, &ask))
    }

    fn owners(&self, ledger: ConnectionId, records: Vec<(EntryKind, String)>) -> Answer<'_, Vec<PeriodRow>> {
        self.apart(move |c| runs::owners(c, &ledger, &records))
    }

    fn books_of_families(
        &self,
        source: ConnectionId,
        families: Vec<String>,
    ) -> Answer<'_, BTreeMap<String, BTreeSet<BookId>>> {
        self.apart(move |c| runs::books_of_families(c, &source, &families))
    }

    fn put_statement(&self, book: BookId, statement: Statement, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| put_statement(tx, &book, &statement, &by))
    }

    fn statements(&self, book: BookId, from: Date, to: Date) -> Answer<'_, Vec<Statement>> {
        self.look(move |c| statements(c, &book, from, to))
    }

    fn put_reading(&self, reading: PeriodReading, now: Timestamp) -> Answer<'_, i64> {
        self.write(now, None, move |tx| put_reading(tx, &reading))
    }

    fn sign(&self, s: NewSignOff, by: Actor, now: Timestamp) -> Answer<'_, u64> {
        self.write(now, None, move |tx| sign(tx, &s, &by))
    }

    fn signoffs(&self, book: BookId, period: String) -> Answer<'_, Vec<SignOff>> {
        self.look(move |c| signoffs(c, &book, &period))
    }

    fn reopen(
        &self,
        book: BookId,
        period: String,
        reason: String,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, u64> {
        self.write(now, None, move |tx| reopen(tx, &book, &period, &reason, &by))
    }

    fn put_comment(&self, c: NewItemComment, by: Actor, now: Timestamp) -> Answer<'_, ItemComment> {
        self.write(now, None, move |tx| comments::put(tx, &c, &by))
    }

    fn comments(&self, book: BookId, period: String) -> Answer<'_, Vec<ItemComment>> {
        self.look(move |c| comments::list(c, &book, &period))
    }

    fn standing_equations(&self, book: BookId) -> Answer<'_, Vec<Equation>> {
        self.apart(move |c| comments::standing(c, &book))
    }

    fn audit_head(&self) -> Answer<'_, AuditHead> {
        self.look(head)
    }

    fn anchor(&self, seq: u64, hash: Vec<u8>, exported_to: String, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| {
            tx.c.execute(
                "INSERT OR IGNORE INTO anchor(seq, hash, signature, exported_to, exported_at) VALUES (?,?,x'',?,?)",
                params![int(seq), hash, exported_to, micros(tx.now)],
            )?;
            Ok(())
        })
    }

    fn events(
        &self,
        from: Timestamp,
        to: Timestamp,
        actions: Vec<String>,
        limit: u32,
    ) -> Answer<'_, Vec<AuditRow>> {
        self.apart(move |c| audit_log::span(c, from, to, &actions, limit))
    }

    fn people_seen(&self) -> Answer<'_, Vec<(String, Option<String>, Timestamp)>> {
        self.look(people)
    }

    fn anchors(&self) -> Answer<'_, Vec<(u64, String, String, Timestamp)>> {
        self.look(anchors)
    }
}
