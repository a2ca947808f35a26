//! Everything that one realm holds, cloned whole from the seed at a reset.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::access::Access;
use super::books::Books;
use super::company::{Company, Event};
use super::memory::Memory;
use super::switches::Switches;
use super::webhooks::Merged;
use super::wire;

/// One realm.
#[derive(Clone)]
pub struct State {
    /// The seed; its settings (currencies, tracking, close date, country) are the present ones.
    pub company: Company,
    /// The company's time zone.
    pub zone: TimeZone,
    /// The business time.
    pub now: Timestamp,
    /// Where the stand-in is reached.
    pub base_url: String,
    /// How it behaves where the contract leaves a choice.
    pub switches: Switches,
    /// Keys, tokens and codes.
    pub access: Access,
    /// Lists and transactions.
    pub books: Books,
    /// Deeds that are still to be done.
    pub diary: VecDeque<Event>,
    /// Contents of attachments by id.
    pub files: BTreeMap<String, Arc<[u8]>>,
    /// What was merged.
    pub merges: Vec<Merged>,
    /// When the last webhook was sent; the start before that.
    pub delivered: Timestamp,
    /// Webhooks so far.
    pub deliveries: u64,
    /// Answers kept by `requestid`.
    pub memory: Memory,
    /// Calls by kind.
    pub calls: BTreeMap<String, u64>,
    /// The calls of the last minute, for the throttle.
    pub window: VecDeque<Timestamp>,
    /// Answers given, for `intuit_tid`.
    pub served: u64,
}

impl State {
    /// Counts one call under a kind.
    pub fn count(&mut self, kind: &str) {
        *self.calls.entry(kind.to_owned()).or_default() += 1;
    }

    /// The next `intuit_tid`.
    pub fn next_tid(&mut self) -> String {
        self.served += 1;
        format!("1-5a4d7e01-{:024x}", self.served)
    }

    /// The `time` of an answer.
    pub fn time(&self) -> String {
        wire::instant_millis(self.now, &self.zone)
    }

    /// Whether one more call within the minute would be above the limit; if not, it is noted.
    pub fn above_limit(&mut self, per_minute: usize) -> bool {
        let since = wire::before(self.now, SignedDuration::from_secs(60));
        while self.window.front().is_some_and(|at| *at <= since) {
            self.window.pop_front();
        }
        if self.window.len() >= per_minute {
            return true;
        }
        self.window.push_back(self.now);
        false
    }

    /// Whether the company is in the United States.
    pub fn is_us(&self) -> bool {
        self.company.country == "US"
    }
}
