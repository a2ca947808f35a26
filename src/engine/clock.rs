//! The two clocks of a running program. Nothing else reads the time.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use crate::model::Clock;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one adapter that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The business clock of the demo and the stand-ins: set to an instant, and running on from there.
#[derive(Debug)]
pub struct ScenarioClock(std::sync::Mutex<(Timestamp, Instant)>);

impl ScenarioClock {
    /// Starts at `at`.
    pub fn new(at: Timestamp) -> Self {
        Self(std::sync::Mutex::new((at, Instant::now())))
    }

    /// Moves to `at` and runs on from there.
    pub fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = (at, Instant::now());
    }
}

impl Clock for ScenarioClock {
    fn now(&self) -> Timestamp {
        let (at, since) = *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let passed = SignedDuration::try_from(since.elapsed()).unwrap_or(SignedDuration::ZERO);
        at.checked_add(passed).unwrap_or(at)
    }
}
