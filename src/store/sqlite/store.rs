//! The trait's operations, each sent to the connection that does it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::model::book::{Book, Policy};
use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::model::ledger::LedgerFacts;
use crate::model::people::Actor;
use crate::model::rule::RuleSet;
use crate::model::state::State;
use crate::model::{Entry, Finding};
use crate::store::failpoint::FailPoint::*;
use crate::store::operations::{Answer, Store};
use crate::store::sqlite::SqliteStore;
use crate::store::sqlite::{
    act, approve, arrive, audit_log, cards, derive, facts, lookup, outbox, plan, queries, record, requests,
    secrets, setup, told,
};
use crate::store::types::*;

impl Store for SqliteStore {
    fn instance(&self) -> Answer<'_, Instance> {
        self.look(setup::instance)
    }

    fn put_connection(&self, row: ConnectionRow, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| setup::put_connection(tx, &row, &by))
    }

    fn connections(&self) -> Answer<'_, Vec<ConnectionRow>> {
        self.look(setup::connections)
    }

    fn set_health(&self, id: ConnectionId, health: Health, reason: String, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| setup::set_health(tx, &id, health, &reason))
    }

    fn put_book(&self, book: Book, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| setup::put_book(tx, &book, &by))
    }

    fn books(&self) -> Answer<'_, Vec<Book>> {
        self.look(setup::books)
    }

    fn rules(&self, book: BookId) -> Answer<'_, RuleSet> {
        self.look(move |c| setup::rules(c, &book))
    }

    fn put_rules(
        &self,
        book: BookId,
        expected: u32,
        rules: RuleSet,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, u32> {
        self.write(now, None, move |tx| setup::put_rules(tx, &book, expected, rules, &by))
    }

    fn policy(&self, book: BookId) -> Answer<'_, Policy> {
        self.look(move |c| setup::policy(c, &book))
    }

    fn put_policy(&self, book: BookId, policy: Policy, by: Actor, now: Timestamp) -> Answer<'_, u32> {
        self.write(now, None, move |tx| setup::put_policy(tx, &book, policy, &by))
    }

    fn put_facts(&self, ledger: ConnectionId, given: LedgerFacts) -> Answer<'_, ()> {
        let at = given.read_at;
        self.write(at, None, move |tx| facts::put(tx, &ledger, &given))
    }

    fn facts(&self, ledger: ConnectionId) -> Answer<'_, Option<LedgerFacts>> {
        self.look(move |c| facts::get(c, &ledger))
    }

    fn arrive(
        &self,
        arrivals: Vec<Arrival>,
        acknowledge: Vec<bool>,
        now: Timestamp,
    ) -> Answer<'_, Vec<Arrived>> {
        let around = Some((BeforeArriveCommit, AfterArriveCommit));
        self.write(now, around, move |tx| arrive::arrive(tx, &arrivals, &acknowledge))
    }

    fn to_derive(&self, book: Option<BookId>, all: bool, limit: u32) -> Answer<'_, Vec<DocumentId>> {
        self.look(move |c| derive::to_derive(c, book.as_ref(), all, limit))
    }

    fn around(&self, id: DocumentId, references: Vec<String>, keys: Vec<String>) -> Answer<'_, Around> {
        self.look(move |c| derive::around(c, id, &references, &keys))
    }

    fn derived(
        &self,
        results: Vec<(DocumentId, u64, Derived)>,
        now: Timestamp,
    ) -> Answer<'_, Vec<DocumentId>> {
        let around = Some((BeforeDerivedCommit, AfterDerivedCommit));
        self.write(now, around, move |tx| derive::derived(tx, results))
    }

    fn approve(
        &self,
        ones: Vec<ApproveOne>,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, Vec<(DocumentId, Result<(), StoreError>)>> {
        let around = Some((BeforeApproveCommit, AfterApproveCommit));
        self.write(now, around, move |tx| approve::approve(tx, ones, &by))
    }

    fn act(&self, id: DocumentId, version: u64, what: Act, by: Actor, now: Timestamp) -> Answer<'_, State> {
        self.write(now, None, move |tx| act::act(tx, id, version, what, &by))
    }

    fn hold_before_posting(
        &self,
        id: DocumentId,
        version: u64,
        findings: Vec<Finding>,
        now: Timestamp,
    ) -> Answer<'_, ()> {
        self.write(now, None, move |tx| approve::hold_before_posting(tx, id, version, &findings))
    }

    fn recalled(&self, connection: ConnectionId, source_id: String, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| arrive::recalled(tx, &connection, &source_id))
    }

    fn postable(&self, ledger: ConnectionId, only: Vec<DocumentId>, limit: u32) -> Answer<'_, Vec<Postable>> {
        self.look(move |c| plan::postable(c, &ledger, &only, limit))
    }

    fn plan(&self, plan: Plan, now: Timestamp) -> Answer<'_, Planned> {
        let around = Some((BeforePlanCommit, AfterPlanCommit));
        self.write(now, around, move |tx| plan::plan(tx, plan))
    }

    fn record(
        &self,
        batch: i64,
        outcomes: Vec<ItemOutcome>,
        sent_at: Timestamp,
        now: Timestamp,
    ) -> Answer<'_, ()> {
        let around = Some((BeforeRecordCommit, AfterRecordCommit));
        self.write(now, around, move |tx| record::record(tx, batch, outcomes, sent_at))
    }

    fn recover(&self, now: Timestamp) -> Answer<'_, u64> {
        self.write(now, None, record::recover)
    }

    fn in_doubt(&self, ledger: ConnectionId, limit: u32) -> Answer<'_, Vec<(Intent, Entry)>> {
        self.look(move |c| lookup::in_doubt(c, &ledger, limit))
    }

    fn looked_up(&self, results: Vec<(i64, LookedUp)>, now: Timestamp) -> Answer<'_, ()> {
        let around = Some((BeforeLookedUpCommit, AfterLookedUpCommit));
        self.write(now, around, move |tx| lookup::looked_up(tx, results))
    }

    fn ours(&self, ledger: ConnectionId) -> Answer<'_, BTreeSet<String>> {
        self.look(move |c| lookup::ours(c, &ledger))
    }

    fn outbox(
        &self,
        connection: ConnectionId,
        kind: OutboxKind,
        now: Timestamp,
        limit: u32,
    ) -> Answer<'_, Vec<OutboxRow>> {
        self.look(move |c| outbox::due(c, &connection, kind, now, limit))
    }

    fn telling(&self, rows: Vec<i64>, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| told::telling(tx, &rows))
    }

    fn pending_request(&self, kind: String) -> Answer<'_, Option<RequestRow>> {
        self.read(move |c| requests::pending(c, &kind))
    }

    fn told(&self, results: Vec<(i64, Told)>, now: Timestamp) -> Answer<'_, ()> {
        let around = Some((BeforeToldCommit, AfterToldCommit));
        self.write(now, around, move |tx| told::told(tx, results))
    }

    fn next_due(&self) -> Answer<'_, Option<Timestamp>> {
        self.look(outbox::next_due)
    }

    fn ask(&self, kind: String, args: serde_json::Value, by: Actor, now: Timestamp) -> Answer<'_, i64> {
        self.write(now, None, move |tx| requests::ask(tx, &kind, &args, &by))
    }

    fn next_request(&self) -> Answer<'_, Option<RequestRow>> {
        self.look(requests::next)
    }

    fn answer(&self, id: i64, answer: serde_json::Value, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| requests::answer(tx, id, &answer))
    }

    fn request(&self, id: i64) -> Answer<'_, Option<RequestRow>> {
        self.look(move |c| requests::get(c, id))
    }

    fn raise_epoch(&self, holder: String, now: Timestamp) -> Answer<'_, u64> {
        let raised = self.write(now, None, move |tx| setup::raise_epoch(tx, &holder));
        Box::pin(async move {
            let epoch = raised.await?;
            // only the holder checkpoints
            self.look(|c| Ok(c.pragma_update_and_check(None, "wal_autocheckpoint", 1000, |_| Ok(()))?))
                .await?;
            Ok(epoch)
        })
    }

    fn secret(&self, connection: ConnectionId, field: String) -> Answer<'_, Option<Sealed>> {
        self.look(move |c| requests::secret(c, &connection, &field))
    }

    fn rotate_secret(
        &self,
        connection: ConnectionId,
        field: String,
        expected: u64,
        sealed: Sealed,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, ()> {
        self.write(now, None, move |tx| requests::rotate(tx, &connection, &field, expected, &sealed, &by))
    }

    fn wraps(&self) -> Answer<'_, Vec<Wrap>> {
        self.look(requests::wraps)
    }

    fn put_wrap(&self, wrap: Wrap, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| requests::put_wrap(tx, &wrap, &by))
    }

    fn secrets(&self) -> Answer<'_, Vec<(ConnectionId, String, Sealed)>> {
        self.look(secrets::all)
    }

    fn rekey(&self, step: Rekey, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| secrets::rekey(tx, &step, &by))
    }

    fn wipe_secrets(&self, connection: ConnectionId, by: Actor, now: Timestamp) -> Answer<'_, u64> {
        self.write(now, None, move |tx| secrets::wipe(tx, &connection, &by))
    }

    fn totals(&self, book: Option<BookId>) -> Answer<'_, Vec<Total>> {
        self.read(move |c| cards::totals(c, book.as_ref()))
    }

    fn page(&self, query: Query) -> Answer<'_, Page> {
        self.read(move |c| queries::page(c, &query))
    }

    fn count(&self, query: Query) -> Answer<'_, u64> {
        self.read(move |c| queries::count(c, &query))
    }

    fn card(&self, id: DocumentId) -> Answer<'_, Card> {
        self.read(move |c| cards::card(c, id))
    }

    fn find(&self, text: String) -> Answer<'_, Vec<Row>> {
        self.read(move |c| cards::find(c, &text))
    }

    fn finding_groups(&self, book: Option<BookId>) -> Answer<'_, Vec<FindingGroup>> {
        self.read(move |c| cards::finding_groups(c, book.as_ref()))
    }

    fn attention(&self, book: Option<BookId>, now: Timestamp, limit: u32) -> Answer<'_, Vec<Attention>> {
        self.read(move |c| cards::attention(c, book.as_ref(), now, limit))
    }

    fn audit(&self, query: AuditQuery) -> Answer<'_, Vec<AuditRow>> {
        self.read(move |c| audit_log::page(c, &query))
    }

    fn verify_audit(&self) -> Answer<'_, Result<u64, (u64, String)>> {
        self.apart(|c| audit_log::verify(c, &|_, _| {}))
    }

    fn note(
        &self,
        action: String,
        subject: String,
        fields: Vec<(String, String)>,
        by: Actor,
        now: Timestamp,
    ) -> Answer<'_, ()> {
        self.write(now, None, move |tx| tx.note(&by, &action, &subject, fields))
    }

    fn data_version(&self) -> Answer<'_, u64> {
        let own = std::sync::Arc::clone(&self.changes);
        self.read(move |c| {
            let others: i64 = c.pragma_query_value(None, "data_version", |r| r.get(0))?;
            Ok(crate::store::sqlite::convert::count(others)
                .saturating_add(own.load(std::sync::atomic::Ordering::Relaxed)))
        })
    }
}
