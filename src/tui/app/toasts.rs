//! Messages: 4 s for information, 8 s for warnings, errors until they are read; at most three; all are kept.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// 4 s.
    Info,
    /// 8 s.
    Warning,
    /// Until Esc.
    Error,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// What it says, clean already.
    pub text: String,
    /// Level.
    pub level: Level,
    /// When it was said, by the business clock.
    pub at: Option<Timestamp>,
    /// When it goes by itself, counted from the start.
    pub ends: Option<Duration>,
}

/// What is shown and what was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Toasts {
    shown: VecDeque<Toast>,
    all: VecDeque<Toast>,
}

const KEPT: usize = 200;

impl Toasts {
    /// Says something.
    pub fn say(&mut self, level: Level, text: impl Into<String>, now: Duration) {
        let ends = match level {
            Level::Info => Some(now + Duration::from_secs(4)),
            Level::Warning => Some(now + Duration::from_secs(8)),
            Level::Error => None,
        };
        let toast = Toast { text: text.into(), level, at: None, ends };
        if self.shown.back().is_some_and(|t| t.text == toast.text) {
            self.shown.pop_back();
        } else {
            self.all.push_back(toast.clone());
        }
        self.shown.push_back(toast);
        while self.shown.len() > 3 {
            self.shown.pop_front();
        }
        while self.all.len() > KEPT {
            self.all.pop_front();
        }
    }

    /// Notes when the newest one was said; said again, it counts from then.
    pub fn stamp(&mut self, at: Option<Timestamp>) {
        if let Some(newest) = self.all.back_mut() {
            newest.at = at;
        }
    }

    /// Drops what has ended.
    pub fn expire(&mut self, now: Duration) {
        self.shown.retain(|t| t.ends.is_none_or(|e| e > now));
    }

    /// Takes errors away that were read. True when there was one.
    pub fn dismiss(&mut self) -> bool {
        let n = self.shown.len();
        self.shown.retain(|t| t.level != Level::Error);
        n != self.shown.len()
    }

    /// Takes everything away that is shown: it was read.
    pub fn dismiss_all(&mut self) {
        self.shown.clear();
    }

    /// How many errors are shown.
    pub fn errors(&self) -> usize {
        self.shown.iter().filter(|t| t.level == Level::Error).count()
    }

    /// What is shown, oldest first.
    pub fn shown(&self) -> impl Iterator<Item = &Toast> {
        self.shown.iter()
    }

    /// All of the session, newest first.
    pub fn all(&self) -> impl Iterator<Item = &Toast> {
        self.all.iter().rev()
    }

    /// When the next one goes.
    pub fn next_end(&self) -> Option<Duration> {
        self.shown.iter().filter_map(|t| t.ends).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stay_until_they_are_read() {
        let mut t = Toasts::default();
        let s = Duration::from_secs;
        t.say(Level::Info, "a", s(0));
        t.say(Level::Warning, "b", s(0));
        t.say(Level::Error, "c", s(0));
        assert_eq!(t.next_end(), Some(s(4)));
        t.expire(s(4));
        assert_eq!(t.shown().map(|x| x.text.as_str()).collect::<Vec<_>>(), ["b", "c"]);
        t.expire(s(100));
        assert_eq!(t.shown().count(), 1);
        assert!(t.dismiss() && !t.dismiss());
        assert_eq!(t.all().count(), 3);
        for i in 0..5 {
            t.say(Level::Error, format!("{i}"), s(0));
        }
        assert_eq!(t.shown().count(), 3);
    }
}
