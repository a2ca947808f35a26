//! What is known of who comes, and how it is said.

use jiff::{SignedDuration, Timestamp};

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::engine::run::title;
pub(crate) use crate::engine::visit_look::calls_us;
use crate::model::clock;
use crate::model::ids::ConnectionId;
use crate::store::{ConnectionRow, StoreError, VisitNote};

/// How often a caller comes unless its connection says otherwise.
const MINUTES: i64 = 5;
/// Nobody is overdue sooner.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

/// What people call the program that comes: `QuickBooks`.
pub(crate) fn caller(row: &ConnectionRow) -> &str {
    title(&row.system).trim_end_matches(" Desktop")
}

/// `just now`, `12 min ago`, `3 h ago`, `4 days ago`
pub(crate) fn ago(now: Timestamp, at: Timestamp) -> String {
    let minutes = now.duration_since(at).as_mins().max(0);
    match minutes {
        0 => "just now".into(),
        1..60 => format!("{minutes} min ago"),
        60..2880 => format!("{} h ago", minutes / 60),
        _ => format!("{} days ago", minutes / 1440),
    }
}

/// `every 5 min`, `every 30 s`
fn every(interval: SignedDuration) -> String {
    let seconds = interval.as_secs().max(1);
    if seconds % 60 == 0 || seconds > 300 {
        format!("every {} min", ((seconds + 30) / 60).max(1))
    } else {
        format!("every {seconds} s")
    }
}

/// The interval that the connection's own file asks for.
fn asked(row: &ConnectionRow) -> SignedDuration {
    let minutes = row.settings.get("minutes").and_then(serde_json::Value::as_i64).filter(|m| *m > 0);
    SignedDuration::from_mins(minutes.unwrap_or(MINUTES).min(24 * 60))
}

/// The interval as it was observed, while it differs from what was asked for: the person at that machine may have set
/// another one.
pub(super) fn interval(row: &ConnectionRow, note: &VisitNote) -> SignedDuration {
    let learned = note.came_at.zip(note.expected_at).map(|(came, next)| next.duration_since(came));
    learned.filter(|i| i.is_positive()).unwrap_or_else(|| asked(row))
}

/// What a further coming at `now` says about the interval. A long absence says nothing.
fn learned(row: &ConnectionRow, note: &VisitNote, now: Timestamp) -> SignedDuration {
    let (before, asked) = (interval(row, note), asked(row));
    let Some(seen) = note.came_at.map(|at| now.duration_since(at)).filter(|d| d.is_positive()) else {
        return asked;
    };
    if seen > before.saturating_mul(4) {
        return before;
    }
    let next = (before.saturating_mul(2).saturating_add(seen)).checked_div(3).unwrap_or(asked);
    let off = next.saturating_sub(asked).abs();
    if off.saturating_mul(4) <= asked { asked } else { next.max(SignedDuration::from_secs(5)) }
}

/// From when on whoever should have come is overdue: two intervals, and two minutes at least. `since`: nobody could come
/// before, as nothing listened.
pub(super) fn overdue_at(
    row: &ConnectionRow,
    note: &VisitNote,
    since: Option<Timestamp>,
) -> Option<Timestamp> {
    let patience = interval(row, note).saturating_mul(2).max(PATIENCE);
    let from = since.map_or(note.came_at, |since| note.came_at.map(|at| at.max(since)));
    from.and_then(|at| at.checked_add(patience).ok())
}

/// Notes a coming: when, with which version, and when the next is expected.
pub(super) fn came(row: &ConnectionRow, note: &mut VisitNote, connector: &str, now: Timestamp) {
    let interval = learned(row, note, now);
    note.came_at = Some(now);
    note.expected_at = now.checked_add(interval).ok();
    if !connector.is_empty() {
        note.connector = connector.to_string();
    }
}

impl Core {
    /// What is known of the visits of a connection.
    pub(crate) async fn visit_note(&self, id: &ConnectionId) -> Result<VisitNote, StoreError> {
        Ok(self.store.visits().await?.into_iter().find(|(c, _)| c == id).map(|(_, n)| n).unwrap_or_default())
    }

    /// `09:12` in the zone of the ledger's book; with the day where it was another one.
    pub(crate) async fn clock_words(&self, row: &ConnectionRow, at: Timestamp) -> Result<String, StoreError> {
        let books = self.store.books().await?;
        let of = books.iter().find(|b| b.ledger == row.id);
        let zone =
            of.and_then(|b| clock::zone(&b.settings.time_zone).ok()).unwrap_or(jiff::tz::TimeZone::UTC);
        let local = at.to_zoned(zone.clone());
        let today = clock::date_in(self.now(), &zone) == local.date();
        Ok(local.strftime(if today { "%H:%M" } else { "%H:%M on %Y-%m-%d" }).to_string())
    }

    /// `QuickBooks last came at 09:12`, or that it has not come yet.
    pub(crate) async fn last_came(&self, row: &ConnectionRow) -> Result<String, StoreError> {
        let who = caller(row);
        Ok(match self.visit_note(&row.id).await?.came_at {
            Some(at) => format!("{who} last came at {}", self.clock_words(row, at).await?),
            None => format!("{who} has not come yet"),
        })
    }

    /// Whoever asks a ledger that is away hears when it last came.
    pub(crate) async fn explain(&self, row: &ConnectionRow) -> Result<(), StoreError> {
        if let Some(mailbox) = self.wires.mailbox(&row.id) {
            let why = format!("{}; what is asked of it waits until it comes", self.last_came(row).await?);
            mailbox.explain(&why);
        }
        Ok(())
    }

    /// Whether a visit is open and was heard of lately.
    pub(crate) fn is_here(&self, row: &ConnectionRow) -> bool {
        let open = self.wires.mailbox(&row.id).and_then(|m| m.visit());
        open.is_some_and(|visit| self.visiting.alive(&row.id, visit))
    }

    /// Why a ledger that calls us cannot be asked now: it is away. None: it is here, or it is one that is called.
    pub(crate) async fn away(&self, row: &ConnectionRow) -> Result<Option<String>, StoreError> {
        if !calls_us(row) || self.is_here(row) {
            return Ok(None);
        }
        let note = self.visit_note(&row.id).await?;
        let who = caller(row);
        Ok(Some(match note.came_at {
            Some(at) => {
                format!("{who} can be asked only while it is here; it last came {}", ago(self.now(), at))
            }
            None => format!("{who} can be asked only while it is here, and it has not come yet"),
        }))
    }

    /// Refuses with that sentence.
    pub(crate) async fn must_be_here(&self, row: &ConnectionRow) -> Result<(), EngineError> {
        match self.away(row).await? {
            Some(why) => Err(EngineError::Refused(why)),
            None => Ok(()),
        }
    }

    /// `QuickBooks has not come since 09:12 (expected every 5 min)`, when that is so.
    pub(super) async fn overdue(
        &self,
        row: &ConnectionRow,
        note: &VisitNote,
    ) -> Result<Option<String>, StoreError> {
        let Some(came) = note.came_at else { return Ok(None) };
        if overdue_at(row, note, self.visiting.since()).is_none_or(|at| at > self.now()) {
            return Ok(None);
        }
        let since = self.clock_words(row, came).await?;
        let (who, every) = (caller(row), every(interval(row, note)));
        Ok(Some(format!("{who} has not come since {since} (expected {every})")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Health;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_793_000_000 + second).unwrap()
    }

    fn row(minutes: i64) -> ConnectionRow {
        ConnectionRow {
            id: "qbd".into(),
            system: "quickbooks_desktop".into(),
            company: "{A}".into(),
            fingerprint: "{A}".into(),
            system_id: "tieout".into(),
            settings: serde_json::json!({ "minutes": minutes }),
            health: Health::Ok,
            health_reason: String::new(),
            health_since: at(0),
        }
    }

    #[test]
    fn the_interval_is_the_one_that_was_asked_for_until_another_one_is_seen() {
        let (row, mut note) = (row(5), VisitNote::default());
        for i in 0..5 {
            came(&row, &mut note, "34.0", at(i * 301));
        }
        assert_eq!(interval(&row, &note), SignedDuration::from_mins(5));
        // somebody set it to one minute at that machine
        let last = 4 * 301;
        for i in 1..20 {
            came(&row, &mut note, "", at(last + i * 60));
        }
        assert!(interval(&row, &note) < SignedDuration::from_secs(70), "{:?}", interval(&row, &note));
        assert_eq!(note.connector, "34.0", "what it said before stands");
        // a night without the machine teaches nothing
        let before = interval(&row, &note);
        came(&row, &mut note, "", at(last + 40_000));
        assert_eq!(interval(&row, &note), before);
    }

    #[test]
    fn overdue_is_two_intervals_and_two_minutes_at_least() {
        let mut note = VisitNote::default();
        assert_eq!(overdue_at(&row(5), &note, None), None, "who never came is not overdue");
        came(&row(5), &mut note, "", at(0));
        assert_eq!(overdue_at(&row(5), &note, None), Some(at(600)));
        let note = VisitNote { came_at: Some(at(0)), expected_at: Some(at(10)), ..VisitNote::default() };
        assert_eq!(overdue_at(&row(5), &note, None), Some(at(120)));
    }

    #[test]
    fn words_for_a_while_ago() {
        let said: Vec<String> =
            [0, 59, 720, 3 * 3600, 4 * 86_400].into_iter().map(|s| ago(at(s), at(0))).collect();
        assert_eq!(said, ["just now", "just now", "12 min ago", "3 h ago", "4 days ago"]);
        assert_eq!(every(SignedDuration::from_mins(5)), "every 5 min");
        assert_eq!(every(SignedDuration::from_secs(45)), "every 45 s");
    }
}
