//! What is known of connections and books beside their rows: what the store keeps, and what this process knows. Nothing
//! is asked of any system.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::engine::EngineError;
use crate::engine::connect::warning;
use crate::engine::desk::Desk;
use crate::engine::visit_look::{self, VisitLook};
use crate::model::book::{Book, Policy};
use crate::model::ids::{BookId, ConnectionId};
use crate::model::state::State;
use crate::store::{Run, RunTotal, SignInNote, Store, StoreError};
use crate::transport::breaker::BreakerState;

/// How far back runs are looked for.
const RECENT: SignedDuration = SignedDuration::from_hours(26);
/// The most runs of that time.
const RUNS: u32 = 2_000;

/// The quota of a connection, as this process sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Calls since this process began.
    pub calls: u64,
    /// Calls of the last minute.
    pub last_minute: u32,
    /// Calls that the published limit allows in a minute; none: none is published, or pacing is off.
    pub per_minute: Option<u32>,
    /// The quota asked to wait so much longer.
    pub throttled_for: Option<Duration>,
    /// The rate that was learned from the quota's answers, percent of the usual one.
    pub learned_percent: u32,
    /// Calls in flight.
    pub in_flight: usize,
    /// Too many calls failed: only probes go out.
    pub breaker_open: bool,
}

/// A connection beside its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionLook {
    /// Which.
    pub id: ConnectionId,
    /// What the last sign-in told; none: not known.
    pub sign_in: Option<SignInNote>,
    /// The last answer, to the minute; none: not known yet.
    pub answered_at: Option<Timestamp>,
    /// When access token and sign-in end; none: not signed in, or the vault is closed.
    pub lifetimes: Option<(Timestamp, Timestamp)>,
    /// The sign-in ends soon: what to do.
    pub warning: Option<String>,
    /// The quota; none: this process made no call there.
    pub quota: Option<Quota>,
    /// When it is read next, by the schedule of its books; none: no book reads it.
    pub next_read: Option<Timestamp>,
    /// Subscriptions in place, and all that are known; none: it has none.
    pub subscriptions: Option<(usize, usize)>,
    /// Documents that wait for it.
    pub waiting: u64,
    /// Its visits, and what waits for the next; none: a system that is called.
    pub visit: Option<VisitLook>,
    /// Books that rest because it rests.
    pub rested: Vec<BookId>,
}

/// The looks of all connections.
pub(super) async fn looks(desk: &Desk) -> Result<Vec<ConnectionLook>, EngineError> {
    let core = &desk.core;
    let (store, now) = (&core.store, core.now());
    let accounts = match (&desk.latch, &desk.accounts) {
        (Some(latch), _) => latch.accounts().ok(),
        (None, accounts) => accounts.clone(),
    };
    let notes = store.account_notes().await?;
    let books = store.books().await?;
    let rested = store.rested().await?;
    let fetched = last(&**store, now, "fetch").await?;
    let mut visits = visit_look::looks(&**store).await?;
    let mut all = Vec::new();
    for row in store.connections().await? {
        let note = notes.iter().find(|n| n.connection == row.id);
        let lifetimes = match &accounts {
            None => None,
            // what cannot be opened is not known here; the connection's health says why
            Some(_) if visit_look::calls_us(&row) => None,
            Some(accounts) => match accounts.connector.tokens(&row) {
                Ok(tokens) => tokens.lifetimes().await.ok().flatten(),
                Err(_) => None,
            },
        };
        let of = |b: &&Book| b.source == row.id || b.ledger == row.id;
        let mut waiting = 0;
        for book in books.iter().filter(of) {
            for t in store.totals(Some(book.id.clone())).await? {
                let waits = match t.state {
                    State::Approved | State::Posting | State::Ambiguous => book.ledger == row.id,
                    State::Posted | State::ConfirmFailed => book.source == row.id,
                    _ => false,
                };
                waiting += if waits { t.count } else { 0 };
            }
        }
        let next_read =
            books.iter().filter(of).filter(|b| !b.paused).filter_map(|b| next(b, fetched.as_ref())).min();
        let events = store.event_account(row.id.clone()).await?;
        let in_place = events
            .subscriptions
            .iter()
            .filter(|s| s.state == crate::store::SubscriptionState::InPlace)
            .count();
        all.push(ConnectionLook {
            sign_in: note.and_then(|n| n.sign_in.clone()),
            answered_at: note.and_then(|n| n.answered_at),
            warning: lifetimes.and_then(|(_, ends)| warning(&row.id, ends, now)),
            lifetimes,
            quota: core.wires.pace(&row.id).map(|p| Quota {
                calls: p.calls,
                last_minute: p.last_minute,
                per_minute: p.per_minute,
                throttled_for: p.throttled_until.map(|at| at.saturating_sub(p.now)),
                learned_percent: p.learned_percent,
                in_flight: p.in_flight,
                breaker_open: p.breaker != BreakerState::Closed,
            }),
            next_read,
            subscriptions: events.checked_at.map(|_| (in_place, events.subscriptions.len())),
            waiting,
            visit: visits.iter().position(|(id, _)| *id == row.id).map(|i| visits.swap_remove(i).1),
            rested: rested.iter().filter(|(_, c)| *c == row.id).map(|(b, _)| b.clone()).collect(),
            id: row.id,
        });
    }
    Ok(all)
}

/// A book beside its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookLook {
    /// Which.
    pub id: BookId,
    /// The policy in force.
    pub policy: Policy,
    /// The last reading of its source, with its control totals; none: none of the last day.
    pub fetched: Option<(Timestamp, Vec<RunTotal>)>,
    /// The last posting run, with its control totals; none: none of the last day.
    pub posted: Option<(Timestamp, Vec<RunTotal>)>,
    /// When it is read next by its schedule; none: paused, or not known.
    pub next_read: Option<Timestamp>,
    /// Documents by state, those without any left out.
    pub states: Vec<(State, u64)>,
}

/// The looks of all books.
pub async fn book_looks(store: &dyn Store, now: Timestamp) -> Result<Vec<BookLook>, StoreError> {
    let fetch = last(store, now, "fetch").await?;
    let post = last(store, now, "post").await?;
    let of = |run: &Option<Run>, id: &BookId| {
        let run = run.as_ref()?;
        let totals = run.totals.iter().filter(|t| t.book.as_ref() == Some(id)).cloned().collect();
        Some((run.ended_at, totals))
    };
    let mut all = Vec::new();
    for book in store.books().await? {
        let mut states: Vec<(State, u64)> = Vec::new();
        for t in store.totals(Some(book.id.clone())).await?.into_iter().filter(|t| t.count > 0) {
            match states.iter_mut().find(|(s, _)| *s == t.state) {
                Some((_, n)) => *n += t.count,
                None => states.push((t.state, t.count)),
            }
        }
        all.push(BookLook {
            policy: store.policy(book.id.clone()).await?,
            fetched: of(&fetch, &book.id),
            posted: of(&post, &book.id),
            next_read: if book.paused { None } else { next(&book, fetch.as_ref()) },
            states,
            id: book.id,
        });
    }
    Ok(all)
}

async fn last(store: &dyn Store, now: Timestamp, pass: &str) -> Result<Option<Run>, StoreError> {
    let from = now.checked_sub(RECENT).unwrap_or(now);
    let soon = now.checked_add(SignedDuration::from_mins(1)).unwrap_or(now);
    Ok(store.runs(from, soon, RUNS).await?.into_iter().rfind(|r| r.pass == pass))
}

fn next(book: &Book, fetched: Option<&Run>) -> Option<Timestamp> {
    let every = SignedDuration::from_mins(i64::from(book.settings.poll_minutes));
    fetched.and_then(|run| run.ended_at.checked_add(every).ok())
}
