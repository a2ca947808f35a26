//! When each source is read again: every book says how often (`poll_minutes`), each source has its own schedule, by the
//! monotonic clock, so that a clock that is set back or forward neither hastens nor delays it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::book::Book;
use crate::model::ids::{BookId, ConnectionId};

/// A book's part of the schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polled {
    source: ConnectionId,
    ledger: ConnectionId,
    every: Duration,
}

impl Polled {
    /// The books that a run serves: those named (none: all) that are not paused.
    pub fn of(books: &[Book], only: &[BookId]) -> Vec<Self> {
        let served = books.iter().filter(|b| !b.paused && (only.is_empty() || only.contains(&b.id)));
        let every = |b: &Book| Duration::from_secs(60 * u64::from(b.settings.poll_minutes.max(1)));
        served.map(|b| Self { source: b.source.clone(), ledger: b.ledger.clone(), every: every(b) }).collect()
    }
}

/// What was read when. A changed interval counts from the last reading.
#[derive(Debug)]
pub struct Polls {
    read: BTreeMap<ConnectionId, (Instant, f32)>,
    jitter: fastrand::Rng,
}

impl Polls {
    /// Nothing was read yet: everything is due.
    pub fn new(seed: u64) -> Self {
        Self { read: BTreeMap::new(), jitter: fastrand::Rng::with_seed(seed) }
    }

    /// The sources whose time has come, with the ledgers of their books.
    pub fn due(&self, books: &[Polled], now: Instant) -> BTreeSet<ConnectionId> {
        let due = books.iter().filter(|b| self.left(books, &b.source, now).is_zero());
        due.flat_map(|b| [b.source.clone(), b.ledger.clone()]).collect()
    }

    /// These were read now. Jitter of a tenth keeps several installations from asking at once.
    pub fn was_read(&mut self, connections: &BTreeSet<ConnectionId>, now: Instant) {
        for id in connections {
            let jitter = 0.9 + 0.2 * self.jitter.f32();
            self.read.insert(id.clone(), (now, jitter));
        }
    }

    /// How long until the next source is due; none without a book.
    pub fn wait(&self, books: &[Polled], now: Instant) -> Option<Duration> {
        books.iter().map(|b| self.left(books, &b.source, now)).min()
    }

    /// How long until each connection is read again.
    pub fn appointments(&self, books: &[Polled], now: Instant) -> BTreeMap<ConnectionId, Duration> {
        let mut out = BTreeMap::new();
        for b in books {
            let left = self.left(books, &b.source, now);
            for id in [&b.source, &b.ledger] {
                let at = out.entry(id.clone()).or_insert(left);
                *at = left.min(*at);
            }
        }
        out
    }

    /// A source of several books is read as often as the most eager of them says.
    fn left(&self, books: &[Polled], source: &ConnectionId, now: Instant) -> Duration {
        let every = books.iter().filter(|b| b.source == *source).map(|b| b.every).min().unwrap_or_default();
        match self.read.get(source) {
            Some((at, jitter)) => (*at + every.mul_f32(*jitter)).saturating_duration_since(now),
            None => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(source: &str, ledger: &str, minutes: u64) -> Polled {
        Polled { source: source.into(), ledger: ledger.into(), every: Duration::from_secs(60 * minutes) }
    }

    fn names(due: &BTreeSet<ConnectionId>) -> Vec<&str> {
        due.iter().map(ConnectionId::as_str).collect()
    }

    #[test]
    fn each_source_has_its_own_schedule() {
        let books = [book("c1", "q1", 10), book("c2", "q2", 60)];
        let (mut polls, start) = (Polls::new(1), Instant::now());
        let minutes = |n: u64| start + Duration::from_secs(60 * n);
        let first = polls.due(&books, start);
        assert_eq!(names(&first), ["c1", "c2", "q1", "q2"]);
        polls.was_read(&first, start);
        // jitter is a tenth at most
        assert!(polls.due(&books, minutes(8)).is_empty());
        let left = polls.wait(&books, start).unwrap();
        assert!((9 * 60..=11 * 60).contains(&left.as_secs()), "{left:?}");
        let second = polls.due(&books, minutes(11));
        assert_eq!(names(&second), ["c1", "q1"], "the other one waits for its own hour");
        polls.was_read(&second, minutes(11));
        assert!(polls.due(&books, minutes(19)).is_empty());
        assert_eq!(names(&polls.due(&books, minutes(66))), ["c1", "c2", "q1", "q2"]);
    }

    #[test]
    fn a_changed_interval_counts_from_the_last_reading_and_the_most_eager_book_decides() {
        let (mut polls, start) = (Polls::new(2), Instant::now());
        let slow = [book("c1", "q1", 600)];
        polls.was_read(&polls.due(&slow, start), start);
        let later = start + Duration::from_mins(12);
        assert!(polls.due(&slow, later).is_empty());
        assert_eq!(names(&polls.due(&[book("c1", "q1", 10)], later)), ["c1", "q1"]);
        let both = [book("c1", "q1", 600), book("c1", "q2", 10)];
        assert_eq!(names(&polls.due(&both, later)), ["c1", "q1", "q2"]);
        // a book that is new is read at once, and without a book there is nothing to wait for
        assert_eq!(names(&polls.due(&[book("c9", "q9", 600)], later)), ["c9", "q9"]);
        assert_eq!(polls.wait(&[], later), None);
    }
}
