//! Monotonic time for waiting: the runtime's in life, one that is moved by hand in tests and simulation.
//!
//! It tells durations only; business time is `model::Clock`.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::transport::exchange::Fut;

/// A monotonic clock that can also wake somebody.
pub trait Ticks: Send + Sync {
    /// Time since an arbitrary start; never goes back.
    fn now(&self) -> Duration;
    /// Ends when `now` has reached `at`. Dropping it takes the alarm back.
    fn sleep_until(&self, at: Duration) -> Fut<'_, ()>;
}

/// The runtime's clock.
#[derive(Debug, Clone, Copy)]
pub struct RuntimeTicks(Instant);

impl RuntimeTicks {
    /// Starts at zero now.
    pub fn start() -> Self {
        Self(Instant::now())
    }
}

impl Ticks for RuntimeTicks {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep_until(&self, at: Duration) -> Fut<'_, ()> {
        let wait = at.saturating_sub(self.now());
        Box::pin(tokio::time::sleep(wait))
    }
}

/// A clock that stands still until it is moved.
#[derive(Default)]
pub struct ManualTicks(Mutex<Manual>);

#[derive(Default)]
struct Manual {
    now: Duration,
    alarms: BTreeMap<Duration, Vec<oneshot::Sender<()>>>,
}

impl ManualTicks {
    /// Starts at zero.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Manual> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves forward and wakes whoever is due.
    pub fn advance(&self, by: Duration) {
        let mut manual = self.lock();
        manual.now = manual.now.saturating_add(by);
        let now = manual.now;
        while let Some(entry) = manual.alarms.first_entry().filter(|e| *e.key() <= now) {
            for waiting in entry.remove() {
                // A sleeper that was dropped meanwhile needs no waking.
                waiting.send(()).ok();
            }
        }
    }

    /// The earliest alarm that somebody still waits for.
    pub fn next_alarm(&self) -> Option<Duration> {
        let mut manual = self.lock();
        manual.alarms.retain(|_, waiting| {
            waiting.retain(|w| !w.is_closed());
            !waiting.is_empty()
        });
        manual.alarms.first_key_value().map(|(at, _)| *at)
    }

    /// Runs `work` to its end; whenever it only waits for time, jumps to the next alarm.
    pub async fn drive<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = tokio::task::yield_now() => {}
            }
            if let Some(at) = self.next_alarm() {
                let now = self.now();
                self.advance(at.saturating_sub(now));
            }
        }
    }
}

impl Ticks for ManualTicks {
    fn now(&self) -> Duration {
        self.lock().now
    }

    fn sleep_until(&self, at: Duration) -> Fut<'_, ()> {
        let mut manual = self.lock();
        if manual.now >= at {
            return Box::pin(std::future::ready(()));
        }
        let (wake, woken) = oneshot::channel();
        manual.alarms.entry(at).or_default().push(wake);
        Box::pin(async move {
            if woken.await.is_err() {
                // The clock itself is gone: nobody will ever move it.
                std::future::pending::<()>().await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sleepers_wake_in_order_and_dropped_ones_leave_no_alarm() {
        let ticks = ManualTicks::new();
        let order = Mutex::new(Vec::new());
        let sleep = |s: u64| {
            let sleeping = ticks.sleep_until(Duration::from_secs(s));
            async {
                sleeping.await;
                order.lock().unwrap().push(ticks.now().as_secs());
            }
        };
        drop(ticks.sleep_until(Duration::from_secs(1)));
        let (three, two) = (sleep(3), sleep(2));
        ticks.drive(async { tokio::join!(three, two) }).await;
        assert_eq!(*order.lock().unwrap(), [2, 3]);
        assert_eq!(ticks.next_alarm(), None);
    }

    #[tokio::test]
    async fn the_runtime_clock_wakes_after_the_wait() {
        let ticks = RuntimeTicks::start();
        let at = ticks.now() + Duration::from_millis(5);
        ticks.sleep_until(at).await;
        assert!(ticks.now() >= at);
    }
}
