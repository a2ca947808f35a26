//! The breaker of a connection: after too many failed calls it lets nothing out for a while, then one probe
//! (reliability.md, section 5). It knows no clock; every method takes the time.

use std::collections::VecDeque;
use std::time::Duration;

/// Calls that are remembered.
pub const WINDOW: usize = 20;
/// Calls before it may open.
pub const LEAST: usize = 10;
/// How long it stays open before a probe.
pub const REST: Duration = Duration::from_secs(30);
/// A probe that was never reported (its caller was cancelled) counts as lost after this long.
pub const PROBE: Duration = Duration::from_secs(150);

/// Where the breaker stands. Times are those of the clock that the caller uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls go out.
    Closed,
    /// No call goes out.
    Open {
        /// Since when.
        since: Duration,
    },
    /// One probe is out, or may go out.
    HalfOpen,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Closed,
    Open { since: Duration },
    Probing { since: Duration },
}

/// The state machine.
#[derive(Debug)]
pub struct Breaker {
    state: State,
    failed: VecDeque<bool>,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { state: State::Closed, failed: VecDeque::with_capacity(WINDOW) }
    }
}

impl Breaker {
    /// Where it stands at `now`.
    pub fn state(&self, now: Duration) -> BreakerState {
        match self.state {
            State::Closed => BreakerState::Closed,
            State::Open { since } if now.saturating_sub(since) < REST => BreakerState::Open { since },
            State::Open { .. } | State::Probing { .. } => BreakerState::HalfOpen,
        }
    }

    /// When a call of this kind could go out next: at `now` or earlier means at once. `may_probe` is false for calls
    /// that are no harmless reads.
    pub fn opens_at(&self, now: Duration, may_probe: bool) -> Duration {
        match self.state {
            State::Closed => now,
            State::Open { since } if may_probe => since.saturating_add(REST),
            State::Probing { since } if may_probe => since.saturating_add(PROBE),
            State::Open { since } => now.max(since.saturating_add(REST)).saturating_add(REST),
            State::Probing { .. } => now.saturating_add(REST),
        }
    }

    /// Lets a call out, or tells when to ask again. The first one let out while half-open is the probe.
    pub fn admit(&mut self, now: Duration, may_probe: bool) -> Result<(), Duration> {
        let at = self.opens_at(now, may_probe);
        if at > now {
            return Err(at);
        }
        if !matches!(self.state, State::Closed) {
            self.state = State::Probing { since: now };
        }
        Ok(())
    }

    /// What came of a call.
    pub fn report(&mut self, now: Duration, failed: bool) {
        match (self.state, failed) {
            (State::Probing { .. }, true) => self.state = State::Open { since: now },
            (State::Probing { .. }, false) => *self = Self::default(),
            // A call from before it opened: its failure is known, its success proves little about now.
            (State::Open { .. }, _) => {}
            (State::Closed, _) => {
                if self.failed.len() == WINDOW {
                    self.failed.pop_front();
                }
                self.failed.push_back(failed);
                let (failures, calls) = self.failures();
                if calls >= LEAST && failures * 2 > calls {
                    self.state = State::Open { since: now };
                }
            }
        }
    }

    /// Failed calls, and calls, of those remembered.
    pub fn failures(&self) -> (usize, usize) {
        (self.failed.iter().filter(|f| **f).count(), self.failed.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn after(reports: &[(usize, bool)]) -> Breaker {
        let mut breaker = Breaker::default();
        for (times, failed) in reports {
            for _ in 0..*times {
                breaker.report(s(100), *failed);
            }
        }
        breaker
    }

    #[test]
    fn it_opens_above_half_of_the_last_twenty_and_not_before_ten() {
        for (reports, open) in [
            (&[(9, true)][..], false),
            (&[(10, true)], true),
            (&[(5, false), (5, true)], false),
            (&[(5, false), (6, true)], true),
            (&[(10, false), (10, true)], false),
            // The window forgets the oldest: 9 fine + 11 failed.
            (&[(10, false), (11, true)], true),
            (&[(100, false), (10, true)], false),
            (&[(100, false), (11, true)], true),
        ] {
            let state = after(reports).state(s(100));
            assert_eq!(state == BreakerState::Open { since: s(100) }, open, "{reports:?}");
        }
    }

    #[test]
    fn one_probe_after_thirty_seconds() {
        let mut breaker = after(&[(10, true)]);
        assert_eq!(breaker.admit(s(129), true), Err(s(130)));
        assert_eq!(breaker.state(s(130)), BreakerState::HalfOpen);
        assert_eq!(breaker.admit(s(130), true), Ok(()));
        assert!(breaker.admit(s(131), true).is_err());
        breaker.report(s(132), false);
        assert_eq!(breaker.state(s(132)), BreakerState::Closed);
        assert_eq!(breaker.failures(), (0, 0));
        assert_eq!(breaker.admit(s(132), false), Ok(()));
    }

    #[test]
    fn a_failed_probe_opens_it_again() {
        let mut breaker = after(&[(10, true)]);
        breaker.admit(s(130), true).unwrap();
        breaker.report(s(140), true);
        assert_eq!(breaker.state(s(141)), BreakerState::Open { since: s(140) });
        assert_eq!(breaker.admit(s(169), true), Err(s(170)));
        assert_eq!(breaker.admit(s(170), true), Ok(()));
    }

    #[test]
    fn a_write_is_never_the_probe() {
        let mut breaker = after(&[(10, true)]);
        let at = breaker.admit(s(500), false).unwrap_err();
        assert!(at > s(500));
        assert_eq!(breaker.admit(s(500), true), Ok(()));
    }

    #[test]
    fn a_lost_probe_does_not_keep_it_shut() {
        let mut breaker = after(&[(10, true)]);
        breaker.admit(s(130), true).unwrap();
        assert_eq!(breaker.admit(s(130) + PROBE, true), Ok(()));
    }

    #[test]
    fn late_reports_do_not_close_an_open_one() {
        let mut breaker = after(&[(10, true)]);
        breaker.report(s(101), false);
        assert_eq!(breaker.state(s(101)), BreakerState::Open { since: s(100) });
    }
}
