//! The business clock of the stand-ins: starts at a given instant and, when asked to, runs on.
//!
//! It measures how much time went by and never asks the machine what time it is.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// A clock that starts at an instant. It stands still unless it was made running.
#[derive(Debug)]
pub struct SandboxClock {
    start: Timestamp,
    runs: bool,
    state: Mutex<(Timestamp, Instant)>,
}

impl SandboxClock {
    /// A clock that shows `start`; with `runs` it goes on from there at the pace of real time.
    pub fn new(start: Timestamp, runs: bool) -> Self {
        Self { start, runs, state: Mutex::new((start, Instant::now())) }
    }

    /// Whether the clock goes on by itself.
    pub fn runs(&self) -> bool {
        self.runs
    }

    /// The business time now.
    pub fn now(&self) -> Timestamp {
        let (base, since) = *self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if self.runs { later(base, since.elapsed()) } else { base }
    }

    /// Moves the clock to an instant, forwards or backwards.
    pub fn set(&self, now: Timestamp) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = (now, Instant::now());
    }

    /// Moves the clock by a number of seconds and returns the new time, or a sentence when no such instant exists.
    pub fn advance(&self, seconds: i64) -> Result<Timestamp, String> {
        let to = self
            .now()
            .checked_add(SignedDuration::from_secs(seconds))
            .map_err(|_| format!("the clock cannot go on by {seconds} seconds"))?;
        self.set(to);
        Ok(to)
    }

    /// Back to the start.
    pub fn reset(&self) -> Timestamp {
        self.set(self.start);
        self.start
    }
}

fn later(base: Timestamp, elapsed: Duration) -> Timestamp {
    SignedDuration::try_from(elapsed).ok().and_then(|by| base.checked_add(by).ok()).unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_stands_moves_only_when_told() {
        let start: Timestamp = "2026-11-04T14:30:00Z".parse().unwrap();
        let clock = SandboxClock::new(start, false);
        assert_eq!(clock.now(), start);
        assert_eq!(clock.advance(90).unwrap().to_string(), "2026-11-04T14:31:30Z");
        assert_eq!(clock.now().to_string(), "2026-11-04T14:31:30Z");
        assert!(clock.advance(i64::MAX).is_err());
        assert_eq!(clock.reset(), start);
        assert_eq!(clock.now(), start);
    }
}
