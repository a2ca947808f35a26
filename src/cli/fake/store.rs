//! What the store of the fake answers; what no test needs fails by name.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Fake, now};
use crate::model::book::{Book, Policy};
use crate::model::rule::RuleSet;
use crate::model::{Actor, BookId, ConnectionId, DocumentId, Entry, Finding, LedgerFacts, State};
use crate::store::operations::Answer;
use crate::store::*;

macro_rules! not_in_tests {
    ($($name:ident($($arg:ident: $ty:ty),*) -> $out:ty;)*) => {
        $(fn $name(&self, $($arg: $ty),*) -> Answer<'_, $out> {
            let _ = ($($arg,)*);
            now(Err(StoreError::Fatal(concat!(stringify!($name), " is not part of this test").into())))
        })*
    };
}

impl Runs for Fake {}
impl Inbox for Fake {
    fn listeners(&self) -> Answer<'_, Vec<crate::store::ListenerRow>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}
impl Papers for Fake {}
impl Corrections for Fake {}
impl Proposals for Fake {}
impl Trail for Fake {}
impl Views for Fake {}
impl AccountNotes for Fake {}
impl crate::store::operations::Visits for Fake {}
impl Mappings for Fake {
    fn change_book(&self, before: Book, after: Book, _: Actor, _: Timestamp) -> Answer<'_, ()> {
        now(self.with(|c| {
            let (expected, found) = ("the book as it was seen".into(), "another".into());
            let kept = c.books.iter_mut().find(|b| **b == before);
            *kept.ok_or(StoreError::Stale { expected, found })? = after;
            Ok(())
        }))
    }
}

impl Store for Fake {
    fn instance(&self) -> Answer<'_, Instance> {
        now(Ok(self.with(|c| c.instance.clone())))
    }
    fn connections(&self) -> Answer<'_, Vec<ConnectionRow>> {
        now(Ok(self.with(|c| c.connections.clone())))
    }
    fn books(&self) -> Answer<'_, Vec<Book>> {
        now(Ok(self.with(|c| c.books.clone())))
    }
    fn put_book(&self, book: Book, _: Actor, _: Timestamp) -> Answer<'_, ()> {
        self.with(|c| c.books = vec![book]);
        now(Ok(()))
    }
    fn rules(&self, _: BookId) -> Answer<'_, RuleSet> {
        now(Ok(self.with(|c| c.rules.clone())))
    }
    fn put_rules(&self, _: BookId, expected: u32, rules: RuleSet, _: Actor, _: Timestamp) -> Answer<'_, u32> {
        now(Ok(self.with(|c| {
            c.rules = RuleSet { version: expected + 1, ..rules };
            expected + 1
        })))
    }
    fn policy(&self, _: BookId) -> Answer<'_, Policy> {
        now(Ok(self.with(|c| c.policy.clone())))
    }
    fn put_policy(&self, _: BookId, policy: Policy, _: Actor, _: Timestamp) -> Answer<'_, u32> {
        now(Ok(self.with(|c| {
            c.policy = Policy { version: c.policy.version + 1, ..policy };
            c.policy.version
        })))
    }
    fn totals(&self, _: Option<BookId>) -> Answer<'_, Vec<Total>> {
        let mut sums: BTreeMap<_, (u64, i64)> = BTreeMap::new();
        for row in self.with(|c| c.cards.iter().map(|c| c.row.clone()).collect::<Vec<_>>()) {
            let sum = sums.entry((row.book, row.state, row.currency)).or_default();
            *sum = (sum.0 + 1, sum.1 + row.minor.unwrap_or(0));
        }
        let total = |((book, state, currency), (count, minor))| Total { book, state, currency, count, minor };
        now(Ok(sums.into_iter().map(total).collect()))
    }
    fn page(&self, query: Query) -> Answer<'_, Page> {
        // pages of one row, so that callers have to go on
        let rows: Vec<Row> = self.with(|c| c.cards.iter().map(|c| c.row.clone()).collect());
        let fits = |r: &Row| query.states.is_empty() || query.states.contains(&r.state);
        let mut rest = rows.into_iter().filter(fits).skip_while(|r| query.from.is_some_and(|f| r.id <= f));
        let rows: Vec<Row> = rest.next().into_iter().collect();
        now(Ok(Page { rows, more: rest.next().is_some() }))
    }
    fn card(&self, id: DocumentId) -> Answer<'_, Card> {
        let found = self.with(|c| c.cards.iter().find(|c| c.row.id == id).cloned());
        now(found.ok_or_else(|| StoreError::Missing(id.to_string())))
    }
    fn find(&self, text: String) -> Answer<'_, Vec<Row>> {
        let fits = |r: &Row| r.number == text || r.id.to_string().starts_with(&text);
        now(Ok(self.with(|c| c.cards.iter().map(|c| c.row.clone()).filter(fits).collect())))
    }
    fn attention(&self, _: Option<BookId>, _: Timestamp, _: u32) -> Answer<'_, Vec<Attention>> {
        now(Ok(self.with(|c| c.attention.clone())))
    }
    fn audit(&self, query: AuditQuery) -> Answer<'_, Vec<AuditRow>> {
        let older = |r: &&AuditRow| query.before.is_none_or(|b| r.seq < b);
        let mine = |r: &&AuditRow| query.subject.as_ref().is_none_or(|s| *s == r.subject);
        let rows = self.with(|c| {
            let newest_first = c.events.iter().rev().filter(older).filter(mine);
            newest_first.take(query.limit as usize).cloned().collect()
        });
        now(Ok(rows))
    }
    fn verify_audit(&self) -> Answer<'_, Result<u64, (u64, String)>> {
        now(Ok(self.with(|c| c.chain.clone())))
    }
    fn note(
        &self,
        action: String,
        subject: String,
        fields: Vec<(String, String)>,
        _: Actor,
        _: Timestamp,
    ) -> Answer<'_, ()> {
        let kept = self.with(|c| {
            c.asked.push(format!("{action} {subject} {fields:?}"));
            c.on_note.as_mut().is_none_or(|does| does())
        });
        now(if kept { Ok(()) } else { Err(StoreError::Fatal("the disk is full".into())) })
    }
    not_in_tests! {
        put_connection(row: ConnectionRow, by: Actor, now: Timestamp) -> ();
        set_health(id: ConnectionId, health: Health, reason: String, now: Timestamp) -> ();
        put_facts(ledger: ConnectionId, facts: LedgerFacts) -> ();
        facts(ledger: ConnectionId) -> Option<LedgerFacts>;
        arrive(arrivals: Vec<Arrival>, acknowledge: Vec<bool>, now: Timestamp) -> Vec<Arrived>;
        to_derive(book: Option<BookId>, all: bool, limit: u32) -> Vec<DocumentId>;
        around(id: DocumentId, references: Vec<String>, keys: Vec<String>) -> Around;
        derived(results: Vec<(DocumentId, u64, Derived)>, now: Timestamp) -> Vec<DocumentId>;
        approve(ones: Vec<ApproveOne>, by: Actor, now: Timestamp) -> Vec<(DocumentId, Result<(), StoreError>)>;
        act(id: DocumentId, version: u64, act: Act, by: Actor, now: Timestamp) -> State;
        hold_before_posting(id: DocumentId, version: u64, findings: Vec<Finding>, now: Timestamp) -> ();
        recalled(connection: ConnectionId, source_id: String, now: Timestamp) -> ();
        postable(ledger: ConnectionId, only: Vec<DocumentId>, limit: u32) -> Vec<Postable>;
        plan(plan: Plan, now: Timestamp) -> Planned;
        record(batch: i64, outcomes: Vec<ItemOutcome>, sent_at: Timestamp, now: Timestamp) -> ();
        recover(now: Timestamp) -> u64;
        in_doubt(ledger: ConnectionId, limit: u32) -> Vec<(Intent, Entry)>;
        looked_up(results: Vec<(i64, LookedUp)>, now: Timestamp) -> ();
        ours(ledger: ConnectionId) -> BTreeSet<String>;
        outbox(connection: ConnectionId, kind: OutboxKind, now: Timestamp, limit: u32) -> Vec<OutboxRow>;
        telling(rows: Vec<i64>, now: Timestamp) -> ();
        pending_request(kind: String) -> Option<RequestRow>;
        told(results: Vec<(i64, Told)>, now: Timestamp) -> ();
        next_due() -> Option<Timestamp>;
        ask(kind: String, args: serde_json::Value, by: Actor, now: Timestamp) -> i64;
        next_request() -> Option<RequestRow>;
        answer(id: i64, answer: serde_json::Value, now: Timestamp) -> ();
        request(id: i64) -> Option<RequestRow>;
        raise_epoch(holder: String, now: Timestamp) -> u64;
        secret(connection: ConnectionId, field: String) -> Option<Sealed>;
        rotate_secret(connection: ConnectionId, field: String, expected: u64, sealed: Sealed, by: Actor, now: Timestamp) -> ();
        wraps() -> Vec<Wrap>;
        put_wrap(wrap: Wrap, by: Actor, now: Timestamp) -> ();
        count(query: Query) -> u64;
        finding_groups(book: Option<BookId>) -> Vec<FindingGroup>;
        data_version() -> u64;
    }
}
