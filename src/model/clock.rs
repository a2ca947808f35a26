//! Time as a parameter: every decision that depends on it gets a [`Clock`] or an instant.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The business clock. The real one reads the system's; the demo's starts at a fixed instant; tests move theirs.
pub trait Clock: Send + Sync {
    /// The present instant, UTC.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still until it is moved: tests and simulation.
#[derive(Debug)]
pub struct ManualClock(std::sync::Mutex<Timestamp>);

impl ManualClock {
    /// Starts at `at`.
    pub fn new(at: Timestamp) -> Self {
        Self(std::sync::Mutex::new(at))
    }

    /// Moves to `at`, backwards too.
    pub fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = at;
    }

    /// Moves forward by `by`; saturates at the end of time.
    pub fn advance(&self, by: std::time::Duration) {
        let mut at = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *at = jiff::SignedDuration::try_from(by)
            .ok()
            .and_then(|d| at.checked_add(d).ok())
            .unwrap_or(Timestamp::MAX);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The zone named `name` (IANA), from the zone data inside the program.
pub fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| format!("there is no time zone named {name:?}"))
}

/// The calendar date of an instant in a book's zone (accounting.md, section 3).
pub fn date_in(at: Timestamp, zone: &TimeZone) -> Date {
    at.to_zoned(zone.clone()).date()
}

/// A calendar date that a system dresses as midnight UTC: its first ten characters, never converted
/// (contract of Concur, 2.6).
pub fn calendar_date(text: &str) -> Option<Date> {
    text.get(..10).and_then(|d| d.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_zone_decides_the_day() {
        let at: Timestamp = "2026-10-01T02:41:00Z".parse().unwrap();
        assert_eq!(date_in(at, &zone("America/New_York").unwrap()).to_string(), "2026-09-30");
        assert_eq!(date_in(at, &zone("Europe/London").unwrap()).to_string(), "2026-10-01");
    }

    #[test]
    fn midnight_dates_are_cut_not_converted() {
        assert_eq!(calendar_date("2026-10-05T00:00:00.000Z").unwrap().to_string(), "2026-10-05");
        assert_eq!(calendar_date("10/05/2026"), None);
        assert_eq!(calendar_date("2026"), None);
    }
}
