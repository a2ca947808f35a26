//! Control totals of runs, readings and sign-offs of periods (accounting.md, sections 11 and 12).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::entry::EntryKind;
use crate::model::ids::{BookId, ConnectionId};
use crate::model::people::Actor;
use crate::store::operations::Answer;
use crate::store::types::*;
use crate::tieout::{Equation, Statement};

const NONE: &str = "this store keeps no control totals";

fn none<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(async { Err(StoreError::Unusable(NONE.into())) })
}

/// Control totals of runs, readings and sign-offs of periods.
pub trait Runs: Send + Sync {
    /// Writes the control totals of a pass and checks the equations. A break is kept until somebody closes it with a
    /// note; the answer holds those that are new.
    fn put_run(&self, run: NewRun, now: Timestamp) -> Answer<'_, Vec<ControlBreak>> {
        let _ = (run, now);
        none()
    }
    /// Runs that ended in a span, oldest first, with their totals.
    fn runs(&self, from: Timestamp, to: Timestamp, limit: u32) -> Answer<'_, Vec<Run>> {
        let _ = (from, to, limit);
        none()
    }
    /// Control breaks of a book (or all), those still open or every one.
    fn control_breaks(&self, book: Option<BookId>, open: bool) -> Answer<'_, Vec<ControlBreak>> {
        let _ = (book, open);
        none()
    }
    /// Closes a break; an empty note is refused.
    fn close_break(&self, id: i64, note: String, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        let _ = (id, note, by, now);
        none()
    }
    /// The documents that a period concerns: dated in it before or after a move, with records dated in it, of earlier
    /// periods and still open, dated in the 62 days after it, unreadable or without a date. All by index.
    fn period(&self, ask: PeriodAsk) -> Answer<'_, Vec<PeriodRow>> {
        let _ = ask;
        none()
    }
    /// The documents that own these records of a ledger.
    fn owners(&self, ledger: ConnectionId, records: Vec<(EntryKind, String)>) -> Answer<'_, Vec<PeriodRow>> {
        let _ = (ledger, records);
        none()
    }
    /// Books by business id of what a source brought and did not take back; ids that are not stored, or in no book, are
    /// left out.
    fn books_of_families(
        &self,
        source: ConnectionId,
        families: Vec<String>,
    ) -> Answer<'_, BTreeMap<String, BTreeSet<BookId>>> {
        let _ = (source, families);
        none()
    }
    /// Enters a statement's figure; audited. The newest of an account and day counts.
    fn put_statement(&self, book: BookId, statement: Statement, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        let _ = (book, statement, by, now);
        none()
    }
    /// Statement figures of a span, the newest of an account and day.
    fn statements(&self, book: BookId, from: Date, to: Date) -> Answer<'_, Vec<Statement>> {
        let _ = (book, from, to);
        none()
    }
    /// Keeps that both sides were read, with what they hash to.
    fn put_reading(&self, reading: PeriodReading, now: Timestamp) -> Answer<'_, i64> {
        let _ = (reading, now);
        none()
    }
    /// Signs. Refused: signed already, a reviewer before the preparer, over other figures, or the same person (unless in
    /// single-person mode). Answers the number of its audit event.
    fn sign(&self, sign: NewSignOff, by: Actor, now: Timestamp) -> Answer<'_, u64> {
        let _ = (sign, by, now);
        none()
    }
    /// Sign-offs of a period, reopened ones too, oldest first.
    fn signoffs(&self, book: BookId, period: String) -> Answer<'_, Vec<SignOff>> {
        let _ = (book, period);
        none()
    }
    /// Takes the sign-offs in force back, for a reason. Answers how many.
    fn reopen(
        &self,
        book: BookId,
        period: String,
        reason: String,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, u64> {
        let _ = (book, period, reason, by, now);
        none()
    }
    /// Keeps a comment on a reconciling item, with person, time and an audit event. The newest of an item counts.
    fn put_comment(&self, comment: NewItemComment, by: Actor, now: Timestamp) -> Answer<'_, ItemComment> {
        let _ = (comment, by, now);
        none()
    }
    /// The newest comment of each item of a period.
    fn comments(&self, book: BookId, period: String) -> Answer<'_, Vec<ItemComment>> {
        let _ = (book, period);
        none()
    }
    /// The equations of a book as they stand now: one each that holds in every currency, each broken one by itself.
    fn standing_equations(&self, book: BookId) -> Answer<'_, Vec<Equation>> {
        let _ = book;
        none()
    }
    /// The audit chain's end and the last anchor.
    fn audit_head(&self) -> Answer<'_, AuditHead> {
        none()
    }
    /// Keeps an anchor that was exported.
    fn anchor(&self, seq: u64, hash: Vec<u8>, exported_to: String, now: Timestamp) -> Answer<'_, ()> {
        let _ = (seq, hash, exported_to, now);
        none()
    }
    /// Audit events of a span, oldest first: those of these actions, or all.
    fn events(
        &self,
        from: Timestamp,
        to: Timestamp,
        actions: Vec<String>,
        limit: u32,
    ) -> Answer<'_, Vec<AuditRow>> {
        let _ = (from, to, actions, limit);
        none()
    }
    /// People who ever acted: name, employee number, last act; and anchors.
    fn people_seen(&self) -> Answer<'_, Vec<(String, Option<String>, Timestamp)>> {
        none()
    }
    /// Anchors: seq, hash, where, when.
    fn anchors(&self) -> Answer<'_, Vec<(u64, String, String, Timestamp)>> {
        none()
    }
}
