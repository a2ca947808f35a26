//! Scenarios through the trait, on a real file, on the caller's thread.

mod alike;
mod corrections;
mod crash;
mod fixtures;
mod flow;
mod guards;
mod paging;
mod papers;
mod people;
mod posting;
mod random;
mod replay;
mod runs;
mod trail;
mod visits;
mod whole;

use std::future::Future;

use futures::FutureExt as _;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::model::book::*;
use crate::model::canonical::digest;
use crate::model::entry::*;
use crate::model::finding::{Finding, FindingCode, Mend};
use crate::model::ids::{BookId, DocumentId};
use crate::model::intent::Outcome;
use crate::model::money::{Currency, from_minor};
use crate::model::people::Actor;
use crate::model::reference::{Reference, ReferenceParts};
use crate::model::state::State;
use crate::store::operations::Store;
use crate::store::sqlite::{Executor, Options, SqliteStore};
use crate::store::types::*;

pub use fixtures::*;

pub const BOOK: &str = "fq-us";

/// The result of a store that runs on this thread.
pub fn go<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("inline answers are ready")
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_793_000_000 + second).unwrap()
}

pub fn person(name: &str, employee: Option<&str>) -> Actor {
    Actor {
        name: name.into(),
        employee: employee.map(Into::into),
        via: "console".into(),
        single_person: false,
    }
}

pub fn theo() -> Actor {
    person("Theo Okonkwo", Some("E1009"))
}

pub struct Home {
    pub store: SqliteStore,
    pub dir: tempfile::TempDir,
    pub file: std::path::PathBuf,
}

impl Home {
    pub fn new() -> Self {
        Self::within(tempfile::tempdir().unwrap())
    }

    pub fn within(dir: tempfile::TempDir) -> Self {
        let store = open(&dir).unwrap();
        let home = Self { store, file: dir.path().join("tieout.db"), dir };
        for (id, system) in [("concur", "concur"), ("qbo", "quickbooks_online")] {
            go(home.store.put_connection(connection(id, system), theo(), at(0))).unwrap();
        }
        go(home.store.put_book(book(BOOK), theo(), at(0))).unwrap();
        go(home.store.raise_epoch("test".into(), at(0))).unwrap();
        home
    }

    /// A run that ends now finds every equation to hold.
    pub fn control_totals_hold(&self) {
        use crate::store::Runs as _;
        let run = crate::store::NewRun { pass: "post", started_at: at(0), seen: Vec::new() };
        let broken = go(self.store.put_run(run, at(9_000))).unwrap();
        assert!(broken.is_empty(), "{:?}", broken.iter().map(|b| b.text.clone()).collect::<Vec<_>>());
    }

    /// A second look at the file, past the store.
    pub fn raw(&self) -> Connection {
        Connection::open(&self.file).unwrap()
    }

    pub fn arrive(&self, arrivals: Vec<Arrival>) -> Vec<Arrived> {
        let acknowledge = vec![true; arrivals.len()];
        go(self.store.arrive(arrivals, acknowledge, at(1))).unwrap()
    }

    pub fn card(&self, id: DocumentId) -> Card {
        go(self.store.card(id)).unwrap()
    }

    pub fn state(&self, id: DocumentId) -> State {
        self.card(id).row.state
    }

    pub fn derive(&self, id: DocumentId, d: Derived) -> Vec<DocumentId> {
        let version = self.card(id).row.version;
        go(self.store.derived(vec![(id, version, d)], at(2))).unwrap()
    }

    /// A new document that is derived and ready.
    pub fn ready(&self, source_id: &str, slots: &[Slot]) -> DocumentId {
        let id = new_id(&self.arrive(vec![arrival(source_id, 129_015)])[0]);
        self.derive(id, derived(source_id, "r1", slots, &[]));
        assert_eq!(self.state(id), State::Ready);
        id
    }

    pub fn approve_as(&self, id: DocumentId, by: Actor, as_delta: bool) -> Result<(), StoreError> {
        let card = self.card(id);
        let digest = card.derived.map(|d| d.digest).unwrap_or_default();
        let one = ApproveOne { id, version: card.row.version, digest, as_delta };
        go(self.store.approve(vec![one], by, at(3))).unwrap().remove(0).1
    }

    pub fn act(&self, id: DocumentId, act: Act) -> Result<State, StoreError> {
        go(self.store.act(id, 0, act, theo(), at(4)))
    }

    pub fn tell(&self, kind: OutboxKind, told: &Told) -> usize {
        let rows = go(self.store.outbox("concur".into(), kind, at(1_000), 100)).unwrap();
        let n = rows.len();
        go(self.store.told(rows.into_iter().map(|r| (r.id, told.clone())).collect(), at(5))).unwrap();
        n
    }

    /// Approved and acknowledged.
    pub fn approved(&self, source_id: &str, slots: &[Slot]) -> DocumentId {
        let id = self.ready(source_id, slots);
        self.tell(OutboxKind::Acknowledge, &Told::Accepted);
        self.approve_as(id, theo(), false).unwrap();
        id
    }

    /// A call with all that the document still has to send.
    pub fn try_plan(&self, id: DocumentId, key: &str, epoch: u64) -> Result<Planned, StoreError> {
        let card = self.card(id);
        let entries = card.approval.map(|a| a.set.entries).unwrap_or_default();
        let sendable = |e: &Entry| {
            use crate::model::intent::IntentState::*;
            card.intents
                .iter()
                .find(|i| i.slot == e.slot)
                .is_none_or(|i| matches!(i.state, Planned | Refused | Withdrawn))
        };
        let intents = entries.iter().map(|e| new_intent(e, sendable(e))).collect();
        let plan = Plan {
            ledger: "qbo".into(),
            request_key: key.into(),
            bytes: b"{}".to_vec(),
            documents: vec![PlanDocument { id, version: card.row.version, intents }],
            epoch,
        };
        go(self.store.plan(plan, at(6)))
    }

    pub fn plan(&self, id: DocumentId, key: &str) -> Planned {
        self.try_plan(id, key, 1).unwrap()
    }

    pub fn record(&self, planned: &Planned, outcomes: Vec<Outcome>) {
        let items = planned.intents.iter().zip(outcomes);
        let items = items.map(|(i, outcome)| ItemOutcome { intent: i.id, outcome }).collect();
        go(self.store.record(planned.batch, items, at(7), at(8))).unwrap();
    }

    pub fn look(&self, results: Vec<LookedUp>) {
        let doubts = go(self.store.in_doubt("qbo".into(), 100)).unwrap();
        let results = doubts.into_iter().map(|(i, _)| i.id).zip(results).collect();
        go(self.store.looked_up(results, at(9))).unwrap();
    }

    /// What must hold whatever happened.
    pub fn check(&self) {
        let c = self.raw();
        let sql =
            "SELECT coalesce(book,''), state, currency, count(*), sum(minor) FROM document GROUP BY 1,2,3";
        let recount = rows_of(&c, sql);
        let totals = rows_of(
            &c,
            "SELECT book, state, currency, count, minor FROM total WHERE count > 0 ORDER BY 1,2,3",
        );
        assert_eq!(recount, totals, "totals are a recount");
        let stuck = rows_of(
            &c,
            "SELECT id, state, '', 0, 0 FROM document WHERE next_action_at IS NULL AND blocked_reason = ''
               AND state NOT IN ('confirmed','rejected','recalled','closed','reversed')",
        );
        assert!(stuck.is_empty(), "{stuck:?}");
        assert!(go(self.store.verify_audit()).unwrap().is_ok());
        self.check_trail();
        self.check_words();
    }

    /// Every event is in the index once, and nothing else is.
    fn check_words(&self) {
        use crate::store::Trail as _;
        let c = self.raw();
        let mut s = c.prepare("SELECT actor, count(*) FROM audit GROUP BY 1").unwrap();
        let actors = s.query_map([], |r| Ok((r.get::<_, String>(0)?, r.get::<_, i64>(1)?))).unwrap();
        for (actor, events) in actors.map(Result::unwrap) {
            let q = AuditQuery { who: vec![actor.clone()], ..AuditQuery::default() };
            assert_eq!(go(self.store.audit_count(q)).unwrap() as i64, events, "{actor}");
        }
    }

    /// Each state change has exactly one audit row, and each is a move of the table.
    fn check_trail(&self) {
        let mut query = AuditQuery { limit: 100_000, ..AuditQuery::default() };
        for row in go(self.store.page(Query { limit: 1_000, ..Query::default() })).unwrap().rows {
            query.subject = Some(row.id.to_string());
            let mut state: Option<State> = None;
            for e in go(self.store.audit(query.clone())).unwrap().into_iter().rev() {
                let field = |n: &str| e.fields.iter().find(|(k, _)| k == n).map(|(_, v)| v.clone());
                let Some(to) = field("to").filter(|_| e.action != "refused_move") else { continue };
                let to: State = to.parse().unwrap();
                if let Some(from) = field("from") {
                    assert_eq!(state.map(|s| s.to_string()), Some(from));
                    assert!(state.unwrap().may_become(to), "{state:?} {to}");
                }
                state = Some(to);
            }
            assert_eq!(state, Some(row.state), "the trail ends where the document stands");
        }
    }
}

fn rows_of(c: &Connection, sql: &str) -> Vec<(String, String, String, i64, i64)> {
    let mut s = c.prepare(sql).unwrap();
    let rows = s.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

pub fn open(dir: &tempfile::TempDir) -> Result<SqliteStore, StoreError> {
    let options = Options { executor: Executor::Inline, instance_kind: "demo", now: at(0) };
    SqliteStore::open(dir.path().join("tieout.db"), options)
}
