//! One token bucket below a published limit, at a learned share of it.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::transport::ticks::Ticks;

/// The full learned rate, in thousandths.
pub const FULL: u32 = 1000;

/// Two places are never further apart: the limiter counts nanoseconds in 64 bits.
const LONGEST_INTERVAL: Duration = Duration::from_hours(30 * 24);

type Limiter = RateLimiter<NotKeyed, InMemoryState, TicksClock, NoOpMiddleware<Duration>>;

/// The limiter's clock.
#[derive(Clone)]
struct TicksClock(Arc<dyn Ticks>);

impl Clock for TicksClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.now()
    }
}

/// A published limit of one kind of call, paced at a share of it.
pub struct Bucket {
    /// Kind of call; see `pace::ANY`.
    pub kind: &'static str,
    /// Whoever holds it is next: waiting is first come, first served.
    pub turn: tokio::sync::Mutex<()>,
    per: Duration,
    calls: u32,
    share: u32,
    ticks: Arc<dyn Ticks>,
    limiter: Mutex<(u32, Limiter)>,
}

impl Bucket {
    /// `calls` in every `per`, of which `share` percent are used.
    pub fn new(kind: &'static str, per: Duration, calls: u32, share: u32, ticks: Arc<dyn Ticks>) -> Self {
        let (calls, share) = (calls.max(1), share.clamp(1, 100));
        let first = limiter(quota(per, calls, share, FULL), &ticks);
        let turn = tokio::sync::Mutex::new(());
        Self { kind, turn, per, calls, share, ticks, limiter: Mutex::new((FULL, first)) }
    }

    /// Takes a place at the learned rate (thousandths), or tells when to ask again.
    pub fn take(&self, learned: u32) -> Result<(), Duration> {
        let mut guard = self.limiter.lock().unwrap_or_else(PoisonError::into_inner);
        if guard.0 != learned {
            let quota = quota(self.per, self.calls, self.share, learned);
            let fresh = limiter(quota, &self.ticks);
            // A new rate starts empty: changing it gives nobody a burst.
            let _emptied = fresh.check_n(quota.burst_size());
            *guard = (learned, fresh);
        }
        guard.1.check().map_err(|not_until| not_until.earliest_possible())
    }

    /// Time between two places at the learned rate.
    pub fn interval(&self, learned: u32) -> Duration {
        quota(self.per, self.calls, self.share, learned).replenish_interval()
    }
}

fn limiter(quota: Quota, ticks: &Arc<dyn Ticks>) -> Limiter {
    RateLimiter::direct_with_clock(quota, TicksClock(ticks.clone()))
}

/// The share that is not used for the steady rate is the burst, so that no window of length `per` ever sees more than
/// the published number.
fn quota(per: Duration, calls: u32, share: u32, learned: u32) -> Quota {
    let steady = u128::from(calls) * u128::from(share) * u128::from(learned);
    let nanos = (per.as_nanos() * 100 * u128::from(FULL)).div_ceil(steady.max(1)).max(1);
    let interval = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)).min(LONGEST_INTERVAL);
    let unused = u128::from(calls) * u128::from(100 - share.min(100)) / 100;
    let burst = u32::try_from(unused).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN);
    match Quota::with_period(interval) {
        Some(quota) => quota.allow_burst(burst),
        None => Quota::per_second(burst),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::ticks::ManualTicks;

    const MINUTE: Duration = Duration::from_mins(1);

    fn taken_at(calls: u32, share: u32, learned: u32, how_many: usize) -> Vec<Duration> {
        let ticks = Arc::new(ManualTicks::new());
        let bucket = Bucket::new("x", MINUTE, calls, share, ticks.clone());
        let mut times = Vec::new();
        while times.len() < how_many {
            match bucket.take(learned) {
                Ok(()) => times.push(ticks.now()),
                Err(at) => ticks.advance(at.saturating_sub(ticks.now())),
            }
        }
        times
    }

    #[test]
    fn no_window_sees_more_than_the_published_limit() {
        for (calls, share) in [(500, 97), (40, 97), (1, 97), (10, 50), (3, 100)] {
            let times = taken_at(calls, share, FULL, 1200);
            let most =
                times.iter().map(|t| times.iter().filter(|u| *u >= t && **u < *t + MINUTE).count()).max();
            assert!(most.unwrap() <= calls as usize, "{calls} at {share} %: {most:?}");
        }
    }

    #[test]
    fn the_steady_rate_is_the_share() {
        let times = taken_at(500, 97, FULL, 5000);
        let minutes = times.last().unwrap().as_secs_f64() / 60.0;
        let rate = 5000.0 / minutes;
        assert!((484.0..=488.0).contains(&rate), "{rate}");
    }

    #[test]
    fn a_learned_rate_slows_down_and_gives_no_burst() {
        let times = taken_at(500, 97, FULL / 2, 4);
        assert!(times[0] > Duration::ZERO, "{times:?}");
        let gap = times[3].saturating_sub(times[2]);
        assert!(gap > Duration::from_millis(240) && gap < Duration::from_millis(255), "{gap:?}");
    }
}
