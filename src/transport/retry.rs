//! When to try again, and what a failed exchange is (reliability.md, section 5).

use std::time::Duration;

use crate::transport::exchange::{Heard, NetError, Reply};

/// The first back-off.
pub const FIRST: Duration = Duration::from_secs(2);
/// The longest back-off.
pub const LONGEST: Duration = Duration::from_mins(15);
/// A `Retry-After` beyond this is not believed.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_hours(24);

/// How long to wait after `attempt` failures in a row (from 1): `max(Retry-After, b/2 + random(0, b/2))`, with `b`
/// doubling from 2 s to 15 min. Half of the wait is certain: a random wait that can be nearly nothing burns all
/// attempts inside one quota window.
pub fn delay(attempt: u32, retry_after: Option<u64>, rng: &mut fastrand::Rng) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    let b = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    let half = u64::try_from((b / 2).as_millis()).unwrap_or(u64::MAX);
    let backoff = Duration::from_millis(half.saturating_add(rng.u64(0..=half)));
    let told = Duration::from_secs(retry_after.unwrap_or(0)).min(LONGEST_RETRY_AFTER);
    backoff.max(told)
}

/// The back-off of one call site: counts failures in a row.
#[derive(Debug, Clone)]
pub struct Backoff {
    failures: u32,
    rng: fastrand::Rng,
}

impl Backoff {
    /// A fresh one; the same seed draws the same waits.
    pub fn new(seed: u64) -> Self {
        Self { failures: 0, rng: fastrand::Rng::with_seed(seed) }
    }

    /// One more failure: how long to wait.
    pub fn failed(&mut self, retry_after: Option<u64>) -> Duration {
        self.failures = self.failures.saturating_add(1);
        delay(self.failures, retry_after, &mut self.rng)
    }

    /// It worked.
    pub fn worked(&mut self) {
        self.failures = 0;
    }
}

/// What an exchange came to, as far as status and transport tell. A system's own codes refine it (Concur throttles
/// with 403 as well).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Answered, 2xx or 3xx.
    Fine,
    /// Provably no byte left.
    NotSent,
    /// No answer in time.
    TimedOut,
    /// Reset, truncated, too long.
    Lost,
    /// 429
    Throttled,
    /// 503: maintenance or overload.
    Unavailable,
    /// Any other 5xx, and 408.
    Fault,
    /// 401: the whole request was turned away before it was processed.
    Unauthorised,
    /// Any other 4xx: the same again would be refused again.
    Refused,
}

impl Class {
    /// The class of an exchange.
    pub fn of(outcome: &Result<Reply, NetError>) -> Self {
        match outcome {
            Err(NetError::NotSent(_)) => Class::NotSent,
            Err(NetError::MaybeSent { timed_out: true, .. }) => Class::TimedOut,
            Err(NetError::MaybeSent { timed_out: false, .. }) => Class::Lost,
            Ok(reply) => match reply.status {
                401 => Class::Unauthorised,
                408 => Class::Fault,
                429 => Class::Throttled,
                503 => Class::Unavailable,
                400..=499 => Class::Refused,
                500.. => Class::Fault,
                _ => Class::Fine,
            },
        }
    }

    /// After a write of this class nobody knows whether it was done: look up, never repeat (4.3, 4.4).
    pub fn leaves_doubt(self) -> bool {
        matches!(self, Class::TimedOut | Class::Lost | Class::Unavailable | Class::Fault)
    }

    /// How many attempts a repeatable call (a read, a confirmation) has; none: as many as it takes, because waiting
    /// for a quota or the end of maintenance is no attempt.
    pub fn attempts(self) -> Option<u32> {
        match self {
            Class::Throttled | Class::Unavailable => None,
            Class::NotSent | Class::TimedOut | Class::Lost | Class::Fault => Some(8),
            Class::Unauthorised => Some(2),
            Class::Fine | Class::Refused => Some(1),
        }
    }

    /// What the pace is told.
    pub fn heard(self, retry_after: Option<u64>) -> Heard {
        match self {
            Class::Throttled => Heard::Throttled(retry_after),
            Class::NotSent | Class::TimedOut | Class::Lost | Class::Unavailable | Class::Fault => {
                Heard::Failed
            }
            Class::Fine | Class::Unauthorised | Class::Refused => Heard::Fine,
        }
    }
}

/// Pauses that a contract asks for on top of the back-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pauses {
    /// After a real time-out (Concur: 5 min).
    pub timed_out: Duration,
    /// After a 503 (Concur: 5 min).
    pub unavailable: Duration,
}

impl Pauses {
    /// The wait before the next attempt: never below the contract's pause.
    pub fn before_next(&self, class: Class, backoff: Duration) -> Duration {
        match class {
            Class::TimedOut => backoff.max(self.timed_out),
            Class::Unavailable => backoff.max(self.unavailable),
            _ => backoff,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_each_wait_is_certain_and_it_doubles_to_fifteen_minutes() {
        let mut rng = fastrand::Rng::with_seed(7);
        for (attempt, b) in [(1, 2), (2, 4), (3, 8), (9, 512), (10, 900), (40, 900), (u32::MAX, 900)] {
            for _ in 0..200 {
                let wait = delay(attempt, None, &mut rng);
                let b = Duration::from_secs(b);
                assert!(wait >= b / 2 && wait <= b, "attempt {attempt}: {wait:?}");
            }
        }
    }

    #[test]
    fn retry_after_is_the_least_wait_but_not_for_ever() {
        let mut rng = fastrand::Rng::with_seed(7);
        assert_eq!(delay(1, Some(60), &mut rng), Duration::from_mins(1));
        assert!(delay(10, Some(1), &mut rng) >= Duration::from_secs(450));
        assert_eq!(delay(1, Some(u64::MAX), &mut rng), LONGEST_RETRY_AFTER);
    }

    #[test]
    fn the_same_seed_draws_the_same_waits() {
        let draw = |seed| {
            let mut backoff = Backoff::new(seed);
            let first: Vec<_> = (0..5).map(|_| backoff.failed(None)).collect();
            backoff.worked();
            (first, backoff.failed(None))
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1).0, draw(2).0);
        assert!(draw(1).1 <= Duration::from_secs(2));
    }

    #[test]
    fn classes_follow_status_and_transport() {
        let answered = |status| Class::of(&Ok(Reply { status, headers: vec![], body: vec![] }));
        for (status, class) in [
            (200, Class::Fine),
            (307, Class::Fine),
            (400, Class::Refused),
            (401, Class::Unauthorised),
            (403, Class::Refused),
            (408, Class::Fault),
            (429, Class::Throttled),
            (500, Class::Fault),
            (503, Class::Unavailable),
            (599, Class::Fault),
        ] {
            assert_eq!(answered(status), class, "{status}");
        }
        let lost = |timed_out| Class::of(&Err(NetError::MaybeSent { reason: "x".into(), timed_out }));
        assert_eq!((lost(true), lost(false)), (Class::TimedOut, Class::Lost));
        assert_eq!(Class::of(&Err(NetError::NotSent("x".into()))), Class::NotSent);
    }

    #[test]
    fn only_what_is_certain_leaves_no_doubt() {
        for class in [Class::Fine, Class::NotSent, Class::Throttled, Class::Unauthorised, Class::Refused] {
            assert!(!class.leaves_doubt(), "{class:?}");
        }
        for class in [Class::TimedOut, Class::Lost, Class::Unavailable, Class::Fault] {
            assert!(class.leaves_doubt() && class.heard(None) == Heard::Failed, "{class:?}");
        }
    }

    #[test]
    fn contract_pauses_are_a_floor() {
        let five = Duration::from_mins(5);
        let pauses = Pauses { timed_out: five, unavailable: five };
        let short = Duration::from_secs(2);
        assert_eq!(pauses.before_next(Class::TimedOut, short), five);
        assert_eq!(pauses.before_next(Class::Unavailable, five * 2), five * 2);
        assert_eq!(pauses.before_next(Class::Lost, short), short);
    }
}
