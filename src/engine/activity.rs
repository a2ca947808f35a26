//! What the engine does now, by connection: kept in memory by whoever holds the engine, and written sparingly into the
//! store, so that every console shows the same. An engine that has nothing to do writes nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::Notify;

use crate::engine::core::Core;
use crate::model::ids::ConnectionId;
use crate::model::people::Actor;
use crate::store::{ConnectionActivity, Doing, EngineHolder, Quota, StoreError};
use crate::transport::breaker::BreakerState;
use crate::transport::pace::PaceHealth;

/// What is over sooner is not shown: most passes find nothing to do.
const SETTLE: Duration = Duration::from_millis(300);
/// The shortest time between two writes.
const APART: Duration = Duration::from_secs(3);

/// What a client says about its pace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaceFacts {
    /// Calls since the client was made.
    pub calls: u64,
    /// The tightest published limit.
    pub quota: Option<Quota>,
    /// Nothing goes out for so long, and why.
    pub waits: Option<(Duration, String)>,
}

impl PaceFacts {
    /// From what a pacer tells.
    pub fn of(health: PaceHealth) -> Self {
        let quota = health.quota.map(|(used, limit, span)| crate::store::Quota {
            used,
            limit,
            seconds: span.as_secs(),
        });
        let waits = match (health.breaker, health.throttled_until) {
            (_, Some(at)) => Some((at.saturating_sub(health.now), "the system asked to wait".to_string())),
            (BreakerState::Open { since }, None) => {
                let left = (since + crate::transport::breaker::REST).saturating_sub(health.now);
                Some((left, "too many calls failed: one harmless call is tried then".to_string()))
            }
            _ => None,
        };
        Self { calls: health.calls, quota, waits }
    }
}

#[derive(Debug)]
struct Live {
    row: ConnectionActivity,
    /// Calls of the client that are counted already.
    counted: u64,
    /// The engine leaves the connection alone until then.
    rest: Option<(Timestamp, String)>,
}

/// The engine's own account of what it does.
#[derive(Debug, Default)]
pub struct Account {
    live: Mutex<BTreeMap<ConnectionId, Live>>,
    written: Mutex<BTreeMap<ConnectionId, ConnectionActivity>>,
    changed: Notify,
}

/// Something is done with a connection for as long as this lives.
#[must_use = "what is done ends when this is dropped"]
pub(crate) struct Busy<'a> {
    account: &'a Account,
    id: ConnectionId,
    was: Option<(Doing, Timestamp)>,
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let was = self.was;
        self.account.with(&self.id, Timestamp::UNIX_EPOCH, |l| l.row.doing = was);
    }
}

fn held<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Account {
    fn with(&self, id: &ConnectionId, now: Timestamp, change: impl FnOnce(&mut Live)) {
        let mut live = held(&self.live);
        let one = live.entry(id.clone()).or_insert_with(|| Live {
            row: ConnectionActivity::new(id.clone(), std::process::id(), now),
            counted: 0,
            rest: None,
        });
        change(one);
        drop(live);
        self.changed.notify_one();
    }

    /// Goes on from what was written before: the counts of the day are those of the day, not of the process.
    fn load(&self, rows: Vec<ConnectionActivity>) {
        let mut live = held(&self.live);
        live.clear();
        for row in rows {
            held(&self.written).insert(row.connection.clone(), row.clone());
            let row =
                ConnectionActivity { doing: None, waits: None, next: None, pid: std::process::id(), ..row };
            live.insert(row.connection.clone(), Live { row, counted: 0, rest: None });
        }
        drop(live);
        self.changed.notify_one();
    }

    fn busy(&self) -> bool {
        held(&self.live).values().any(|l| l.row.doing.is_some())
    }

    /// The calls of a client that was made anew, or of the process before, are not counted twice.
    fn sample(
        &self,
        now: Timestamp,
        pace: impl Fn(&ConnectionId) -> Option<PaceFacts>,
        posting: impl Fn(&ConnectionId) -> Option<String>,
    ) {
        for (id, one) in held(&self.live).iter_mut() {
            let row = &mut one.row;
            let facts = pace(id).unwrap_or_default();
            let new = if facts.calls < one.counted { facts.calls } else { facts.calls - one.counted };
            one.counted = facts.calls;
            if hour(row.counted_at) != hour(now) {
                row.calls_hour = 0;
            }
            if day(row.counted_at) != day(now) {
                row.calls_day = 0;
            }
            row.calls_hour += new;
            row.calls_day += new;
            if new > 0 || row.quota.is_none() {
                row.quota = facts.quota;
            }
            row.counted_at = now;
            let rest = one.rest.clone().filter(|(until, _)| *until > now);
            row.waits = match (facts.waits, rest, posting(id)) {
                (_, _, Some(why)) => Some((None, format!("posting is paused: {why}"))),
                (Some((for_, why)), _, _) => {
                    // to the second: a wait that is measured again is the same wait
                    let until = crate::engine::tell::plus(now, for_);
                    Some((Timestamp::from_second(until.as_second()).ok(), why))
                }
                (None, Some((until, why)), _) => Some((Some(until), why)),
                (None, None, None) => None,
            };
        }
    }

    /// The rows that say something else than what was written last.
    fn unwritten(&self) -> Vec<ConnectionActivity> {
        let written = held(&self.written);
        let same = |a: &ConnectionActivity, b: &ConnectionActivity| {
            // instants of measuring say nothing new, and a wait that only comes nearer is the same one
            let wait = |r: &ConnectionActivity| r.waits.as_ref().map(|(_, why)| why.clone());
            let blank = |r: &ConnectionActivity| ConnectionActivity {
                counted_at: Timestamp::UNIX_EPOCH,
                quota: None,
                waits: None,
                ..r.clone()
            };
            let later = |a: Option<Timestamp>, b: Option<Timestamp>| match (a, b) {
                (Some(a), Some(b)) => a.duration_since(b).abs() > jiff::SignedDuration::from_secs(2),
                (a, b) => a.is_some() != b.is_some(),
            };
            let until = |r: &ConnectionActivity| r.waits.as_ref().and_then(|(at, _)| *at);
            blank(a) == blank(b) && wait(a) == wait(b) && !later(until(a), until(b))
        };
        held(&self.live)
            .values()
            .map(|l| &l.row)
            .filter(|row| !written.get(&row.connection).is_some_and(|w| same(row, w)))
            .cloned()
            .collect()
    }

    fn was_written(&self, rows: Vec<ConnectionActivity>) {
        held(&self.written).extend(rows.into_iter().map(|r| (r.connection.clone(), r)));
    }
}

fn hour(at: Timestamp) -> i64 {
    at.as_second().div_euclid(3_600)
}

fn day(at: Timestamp) -> jiff::civil::Date {
    at.to_zoned(TimeZone::UTC).date()
}

impl Core {
    /// Says what is done with a connection until the answer is dropped.
    pub(crate) fn doing(&self, id: &ConnectionId, what: Doing) -> Busy<'_> {
        let now = self.now();
        let mut was = None;
        self.account.with(id, now, |l| was = l.row.doing.replace((what, now)));
        Busy { account: &self.account, id: id.clone(), was }
    }

    /// A call failed.
    pub(crate) fn failed(&self, id: &ConnectionId, why: &str) {
        let now = self.now();
        self.account.with(id, now, |l| l.row.error = Some((now, why.to_string())));
    }

    /// The connection is left alone until then.
    pub(crate) fn rests(&self, id: &ConnectionId, until: Timestamp, why: String) {
        self.account.with(id, self.now(), |l| l.rest = Some((until, why)));
    }

    /// The schedule reads a connection then.
    pub(crate) fn scheduled(&self, id: &ConnectionId, at: Timestamp) {
        // to the second, so that the same appointment is not another one each time it is worked out
        let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
        let near = |t: Timestamp| t.duration_since(at).abs() <= jiff::SignedDuration::from_secs(2);
        let known = held(&self.account.live).get(id).is_some_and(|l| l.row.next.is_some_and(near));
        if !known {
            self.account.with(id, self.now(), |l| l.row.next = Some(at));
        }
    }

    async fn write_activity(&self) -> Result<(), StoreError> {
        let now = self.now();
        self.account.sample(now, |id| self.wires.pace(id).map(PaceFacts::of), |id| self.posting_pause(id));
        let rows = self.account.unwritten();
        if rows.is_empty() {
            return Ok(());
        }
        self.store.put_activity(rows.clone(), now).await?;
        // the file watch tells this process's screens as it tells the others'
        self.account.was_written(rows);
        Ok(())
    }
}

/// Writes while something happens, for as long as the engine is held.
pub(crate) struct Recorder {
    core: Arc<Core>,
    task: tokio::task::JoinHandle<()>,
}

impl Recorder {
    /// Says who holds the engine, and begins. A store that cannot keep it keeps nobody from working.
    pub(crate) async fn start(core: &Arc<Core>, by: &Actor) -> Self {
        let holder = EngineHolder {
            pid: std::process::id(),
            person: by.name.clone(),
            via: by.via.clone(),
            since: core.now(),
        };
        let begun = async {
            core.store.put_holder(holder).await?;
            core.account.load(core.store.activity().await?);
            Ok::<_, StoreError>(())
        };
        let able = match begun.await {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "what the engine does cannot be shown in other consoles");
                false
            }
        };
        let own = core.clone();
        let task = tokio::spawn(async move {
            if able {
                own.record().await;
            }
        });
        Self { core: core.clone(), task }
    }

    /// The last word: nothing runs any more.
    pub(crate) async fn end(self) {
        self.task.abort();
        if let Err(error) = self.core.write_activity().await {
            tracing::debug!(%error, "the end of the engine's activity was not written");
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Core {
    async fn record(&self) {
        loop {
            if !self.account.busy() {
                self.account.changed.notified().await;
            }
            tokio::time::sleep(SETTLE).await;
            if let Err(error) = self.write_activity().await {
                // the engine meets the same failure itself and ends by it
                tracing::warn!(%error, "what the engine does was not written");
            }
            tokio::time::sleep(APART).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_793_000_000 + second).unwrap()
    }

    fn id() -> ConnectionId {
        "qbo".into()
    }

    fn sampled(a: &Account, second: i64, calls: u64) -> Vec<ConnectionActivity> {
        a.sample(at(second), |_| Some(PaceFacts { calls, ..PaceFacts::default() }), |_| None);
        let rows = a.unwritten();
        a.was_written(rows.clone());
        rows
    }

    #[test]
    fn what_says_nothing_new_is_not_written() {
        let a = Account::default();
        a.with(&id(), at(0), |_| {});
        assert_eq!(sampled(&a, 1, 0).len(), 1, "the first word");
        assert!(sampled(&a, 2, 0).is_empty() && sampled(&a, 4_000, 0).is_empty(), "time alone is no news");
        let rows = sampled(&a, 4_001, 3);
        assert_eq!((rows[0].calls_hour, rows[0].calls_day), (3, 3));
        a.with(&id(), at(0), |l| l.row.doing = Some((Doing::Post, at(4_002))));
        assert_eq!(sampled(&a, 4_003, 3).len(), 1);
        a.with(&id(), at(0), |l| l.row.doing = None);
        assert_eq!(sampled(&a, 4_004, 3).len(), 1);
    }

    #[test]
    fn calls_are_counted_by_hour_and_day_and_go_on_after_a_restart() {
        let a = Account::default();
        a.with(&id(), at(0), |_| {});
        sampled(&a, 0, 5);
        let rows = sampled(&a, 3_600, 7);
        assert_eq!((rows[0].calls_hour, rows[0].calls_day), (2, 7));
        let b = Account::default();
        b.load(rows);
        let rows = sampled(&b, 3_700, 4);
        assert_eq!((rows[0].calls_hour, rows[0].calls_day), (6, 11), "another process counts from 0");
        let rows = sampled(&b, 86_400 * 2, 5);
        assert_eq!((rows[0].calls_hour, rows[0].calls_day), (1, 1));
    }

    #[test]
    fn a_wait_is_told_once_with_its_reason() {
        let a = Account::default();
        a.with(&id(), at(0), |l| l.rest = Some((at(60), "timed out".into())));
        assert_eq!(sampled(&a, 1, 0)[0].waits, Some((Some(at(60)), "timed out".into())));
        assert!(sampled(&a, 30, 0).is_empty());
        let rows = sampled(&a, 61, 0);
        assert_eq!(rows[0].waits, None, "it is over");
        let throttled = |left| PaceFacts {
            waits: Some((Duration::from_secs(left), "asked to wait".into())),
            ..PaceFacts::default()
        };
        a.sample(at(70), |_| Some(throttled(30)), |_| None);
        assert_eq!(a.unwritten().len(), 1);
        a.was_written(a.unwritten());
        a.sample(at(80), |_| Some(throttled(20)), |_| None);
        assert!(a.unwritten().is_empty(), "it only comes nearer");
    }
}
