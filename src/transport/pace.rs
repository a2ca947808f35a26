//! The pace of one connection: below the published limits, a cap on calls in flight, a rate learned from the quota's
//! answers, and the breaker (reliability.md, section 5). One connection's storm never slows another one down.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::transport::breaker::{Breaker, BreakerState};
use crate::transport::bucket::{Bucket, FULL};
use crate::transport::exchange::{Fut, Heard, Pace, PaceError};
use crate::transport::retry::Backoff;
use crate::transport::ticks::Ticks;

/// A bucket of this kind counts calls of every kind.
pub const ANY: &str = "*";

/// The learned rate never falls below this, in thousandths.
const SLOWEST: u32 = 20;
/// The learned rate grows by this many thousandths …
const STEP: u32 = 50;
/// … for every such span without a throttle.
const STEP_EVERY: Duration = Duration::from_secs(10);

const MINUTE: Duration = Duration::from_mins(1);

/// How a connection is paced.
#[derive(Debug, Clone)]
pub struct PaceConfig {
    /// The system's name in sentences: `QuickBooks Online`.
    pub name: String,
    /// Published limits: kind (or [`ANY`]), span, calls per span. Empty: off.
    pub buckets: Vec<(&'static str, Duration, u32)>,
    /// Percent of the published limits that is used.
    pub share: u32,
    /// Calls in flight at once.
    pub concurrency: usize,
    /// Kinds that may not be the probe of a half-open breaker, because they are no harmless reads.
    pub writes: Vec<&'static str>,
    /// Waits for the quota up to this long are waited out inside `acquire`; longer ones are told.
    pub patience: Duration,
    /// A call that was never reported (its caller was cancelled) frees its place after this long. More than twice the
    /// longest request time-out.
    pub lease: Duration,
    /// Seed of the waits after a throttle that names no time.
    pub seed: u64,
}

impl PaceConfig {
    /// No buckets, 97 %, ten calls in flight.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            buckets: Vec::new(),
            share: 97,
            concurrency: 10,
            writes: Vec::new(),
            patience: Duration::from_secs(2),
            lease: Duration::from_mins(5),
            seed: 0,
        }
    }
}

/// What the health of a connection shows. Times are those of the pacer's clock, see [`PaceHealth::now`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaceHealth {
    /// The clock at this moment.
    pub now: Duration,
    /// The breaker.
    pub breaker: BreakerState,
    /// The quota's answer is in force until then.
    pub throttled_until: Option<Duration>,
    /// The learned rate, percent of the usual one.
    pub learned_percent: u32,
    /// Calls in flight.
    pub in_flight: usize,
    /// Calls that ended since this process began.
    pub calls: u64,
    /// Of them, those of the last minute.
    pub last_minute: u32,
    /// Calls that the published limit allows in a minute; none: no limit is published, or pacing is off.
    pub per_minute: Option<u32>,
}

/// The pace of one connection.
pub struct Pacer {
    config: PaceConfig,
    ticks: Arc<dyn Ticks>,
    buckets: Vec<Bucket>,
    state: Mutex<State>,
    freed: Notify,
}

struct State {
    breaker: Breaker,
    learned: u32,
    learned_at: Duration,
    not_before: Duration,
    throttles: Backoff,
    leases: VecDeque<Lease>,
    next_lease: u64,
    calls: u64,
    /// When the calls of the last minute ended.
    recent: VecDeque<Duration>,
}

struct Lease {
    id: u64,
    kind: &'static str,
    until: Duration,
}

impl State {
    /// The learned rate now: it recovers with time.
    fn learned(&mut self, now: Duration) -> u32 {
        if self.learned < FULL {
            let steps = now.saturating_sub(self.learned_at).as_secs() / STEP_EVERY.as_secs();
            if steps > 0 {
                let gain = u32::try_from(steps).unwrap_or(FULL).saturating_mul(STEP);
                self.learned = self.learned.saturating_add(gain).min(FULL);
                self.learned_at = now;
            }
        }
        self.learned
    }

    /// Forgets what is older than a minute; says how many calls are not.
    fn in_the_last_minute(&mut self, now: Duration) -> u32 {
        while self.recent.front().is_some_and(|at| now.saturating_sub(*at) >= MINUTE) {
            self.recent.pop_front();
        }
        u32::try_from(self.recent.len()).unwrap_or(u32::MAX)
    }

    fn throttled(&mut self, now: Duration, retry_after: Option<u64>) {
        // Calls that were in flight together are told together: that is one refusal, not ten.
        if now >= self.not_before && (self.learned == FULL || now > self.learned_at) {
            self.learned = (self.learned(now) / 2).max(SLOWEST);
            self.learned_at = now;
            let wait = self.throttles.failed(retry_after);
            self.not_before = now.saturating_add(wait);
        } else if let Some(seconds) = retry_after {
            let told = Duration::from_secs(seconds).min(crate::transport::retry::LONGEST_RETRY_AFTER);
            self.not_before = self.not_before.max(now.saturating_add(told));
        }
    }
}

/// A place among the calls in flight; given back when the call never goes out.
struct Place<'a> {
    pacer: &'a Pacer,
    id: u64,
    kept: bool,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if !self.kept {
            self.pacer.lock().leases.retain(|lease| lease.id != self.id);
            self.pacer.freed.notify_one();
        }
    }
}

impl Pacer {
    /// A pacer at full rate with a closed breaker.
    pub fn new(config: PaceConfig, ticks: Arc<dyn Ticks>) -> Self {
        let buckets = config
            .buckets
            .iter()
            .map(|(kind, per, calls)| Bucket::new(kind, *per, *calls, config.share, ticks.clone()))
            .collect();
        let state = State {
            breaker: Breaker::default(),
            learned: FULL,
            learned_at: Duration::ZERO,
            not_before: Duration::ZERO,
            throttles: Backoff::new(config.seed),
            leases: VecDeque::new(),
            next_lease: 0,
            calls: 0,
            recent: VecDeque::new(),
        };
        Self { config, ticks, buckets, state: Mutex::new(state), freed: Notify::new() }
    }

    /// Where it stands.
    pub fn health(&self) -> PaceHealth {
        let now = self.ticks.now();
        let mut state = self.lock();
        PaceHealth {
            now,
            breaker: state.breaker.state(now),
            throttled_until: Some(state.not_before).filter(|at| *at > now),
            learned_percent: state.learned(now) / 10,
            in_flight: state.leases.len(),
            calls: state.calls,
            last_minute: state.in_the_last_minute(now),
            per_minute: self
                .config
                .buckets
                .iter()
                .filter(|(kind, per, _)| *kind == ANY && *per == MINUTE)
                .map(|(.., calls)| *calls)
                .min(),
        }
    }

    /// How long `calls` calls of this kind take at the present rate: "will finish at …" for daily quotas.
    pub fn time_for(&self, kind: &str, calls: u32) -> Duration {
        let now = self.ticks.now();
        let (learned, wait) = {
            let mut state = self.lock();
            (state.learned(now), state.not_before.saturating_sub(now))
        };
        let slowest = self.buckets_of(kind).map(|b| b.interval(learned).saturating_mul(calls)).max();
        slowest.unwrap_or_default().saturating_add(wait)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn buckets_of(&self, kind: &str) -> impl Iterator<Item = &Bucket> {
        self.buckets.iter().filter(move |b| b.kind == ANY || b.kind == kind)
    }

    fn may_probe(&self, kind: &str) -> bool {
        !self.config.writes.contains(&kind)
    }

    fn open(&self, state: &State, now: Duration, at: Duration) -> PaceError {
        let (failed, calls) = state.breaker.failures();
        PaceError::Open(format!(
            "{} does not answer: {failed} of the last {calls} calls failed; next try in {} s",
            self.config.name,
            at.saturating_sub(now).as_secs().max(1)
        ))
    }

    fn wait(&self, now: Duration, at: Duration) -> PaceError {
        PaceError::Wait(format!(
            "{} asked to wait: next call in {} s",
            self.config.name,
            at.saturating_sub(now).as_secs().max(1)
        ))
    }

    /// Refuses early what could not go out after all the waiting either.
    fn refuse_early(&self, kind: &str) -> Result<(), PaceError> {
        let now = self.ticks.now();
        let state = self.lock();
        let opens = state.breaker.opens_at(now, self.may_probe(kind));
        if opens > now {
            return Err(self.open(&state, now, opens));
        }
        if state.not_before.saturating_sub(now) > self.config.patience {
            return Err(self.wait(now, state.not_before));
        }
        Ok(())
    }

    async fn place(&self, kind: &'static str) -> Place<'_> {
        loop {
            let freed = self.freed.notified();
            let now = self.ticks.now();
            let next_end = {
                let mut state = self.lock();
                state.leases.retain(|lease| lease.until > now);
                if state.leases.len() < self.config.concurrency.max(1) {
                    let id = state.next_lease;
                    state.next_lease = id.wrapping_add(1);
                    let until = now.saturating_add(self.config.lease);
                    state.leases.push_back(Lease { id, kind, until });
                    return Place { pacer: self, id, kept: false };
                }
                state.leases.iter().map(|lease| lease.until).min().unwrap_or(now)
            };
            tokio::select! {
                () = freed => {}
                () = self.ticks.sleep_until(next_end) => {}
            }
        }
    }

    async fn token(&self, bucket: &Bucket) {
        let _turn = bucket.turn.lock().await;
        loop {
            let learned = self.lock().learned(self.ticks.now());
            match bucket.take(learned) {
                Ok(()) => return,
                Err(at) => self.ticks.sleep_until(at).await,
            }
        }
    }

    async fn acquire_place(&self, kind: &'static str) -> Result<(), PaceError> {
        self.refuse_early(kind)?;
        let mut place = self.place(kind).await;
        for bucket in self.buckets_of(kind) {
            self.token(bucket).await;
        }
        loop {
            let now = self.ticks.now();
            let not_before = {
                let mut state = self.lock();
                if state.not_before <= now {
                    if let Err(at) = state.breaker.admit(now, self.may_probe(kind)) {
                        let refusal = self.open(&state, now, at);
                        drop(state);
                        return Err(refusal);
                    }
                    // From here on the answer counts: the place is freed by `report`.
                    let until = now.saturating_add(self.config.lease);
                    if let Some(lease) = state.leases.iter_mut().find(|lease| lease.id == place.id) {
                        lease.until = until;
                    } else {
                        state.leases.push_back(Lease { id: place.id, kind, until });
                    }
                    drop(state);
                    place.kept = true;
                    return Ok(());
                }
                state.not_before
            };
            if not_before.saturating_sub(now) > self.config.patience {
                return Err(self.wait(now, not_before));
            }
            self.ticks.sleep_until(not_before).await;
        }
    }
}

impl Pace for Pacer {
    fn acquire(&self, kind: &'static str) -> Fut<'_, Result<(), PaceError>> {
        Box::pin(self.acquire_place(kind))
    }

    fn report(&self, kind: &'static str, heard: Heard) {
        let now = self.ticks.now();
        {
            let mut state = self.lock();
            if let Some(at) = state.leases.iter().position(|lease| lease.kind == kind) {
                state.leases.remove(at);
            }
            state.breaker.report(now, heard == Heard::Failed);
            state.calls = state.calls.saturating_add(1);
            state.recent.push_back(now);
            state.in_the_last_minute(now);
            match heard {
                Heard::Throttled(retry_after) => state.throttled(now, retry_after),
                Heard::Fine if now >= state.not_before => state.throttles.worked(),
                Heard::Fine | Heard::Failed => {}
            }
        }
        self.freed.notify_one();
    }
}

#[cfg(test)]
#[path = "pace_tests.rs"]
mod tests;
