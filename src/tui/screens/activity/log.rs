//! The log as lines for people: level, time, what was said with its facts.

use jiff::Timestamp;
use serde_json::Value;

use crate::transport::log::LogLine;
use crate::tui::text::clean;
use crate::tui::theme::Meaning;

/// How grave a line is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// Something failed.
    Error,
    /// Something is unusual.
    Warn,
    /// What happened.
    #[default]
    Info,
    /// How it happened.
    Debug,
}

impl LogLevel {
    /// The word, five columns.
    pub fn word(self) -> &'static str {
        match self {
            LogLevel::Error => "error",
            LogLevel::Warn => "warn",
            LogLevel::Info => "info",
            LogLevel::Debug => "debug",
        }
    }

    /// Which lines are listed at this level, in words.
    pub fn says(self) -> &'static str {
        match self {
            LogLevel::Error => "errors only",
            LogLevel::Warn => "warnings and errors",
            LogLevel::Info => "without technical lines",
            LogLevel::Debug => "every line",
        }
    }

    /// The next one, for the key that turns them.
    pub fn next(self) -> Self {
        match self {
            LogLevel::Error => LogLevel::Warn,
            LogLevel::Warn => LogLevel::Info,
            LogLevel::Info => LogLevel::Debug,
            LogLevel::Debug => LogLevel::Error,
        }
    }

    /// What it means to the eye.
    pub fn meaning(self) -> Meaning {
        match self {
            LogLevel::Error => Meaning::Error,
            LogLevel::Warn => Meaning::Warn,
            LogLevel::Info => Meaning::Text,
            LogLevel::Debug => Meaning::Muted,
        }
    }
}

/// A line, read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its number.
    pub n: u64,
    /// How grave.
    pub level: LogLevel,
    /// When, by the machine's clock.
    pub at: Option<Timestamp>,
    /// What was said.
    pub text: String,
    /// The whole line as it stands in the file.
    pub json: String,
}

impl Shown {
    /// Reads a line of the log. One that is no JSON is shown as it is.
    pub fn of(line: &LogLine) -> Self {
        let value: Value = serde_json::from_str(&line.json).unwrap_or(Value::Null);
        let level = match value.get("level").and_then(Value::as_str) {
            Some("ERROR") => LogLevel::Error,
            Some("WARN") => LogLevel::Warn,
            Some("DEBUG" | "TRACE") => LogLevel::Debug,
            _ => LogLevel::Info,
        };
        let at = value.get("timestamp").and_then(Value::as_str).and_then(|t| t.parse().ok());
        let mut text = String::new();
        if let Some(fields) = value.get("fields").and_then(Value::as_object) {
            text.push_str(fields.get("message").and_then(Value::as_str).unwrap_or_default());
            for (k, v) in fields.iter().filter(|(k, _)| *k != "message") {
                let v = v.as_str().map_or_else(|| v.to_string(), str::to_string);
                text.push_str(&format!("  {k}={v}"));
            }
        }
        if text.is_empty() {
            text.clone_from(&line.json);
        }
        Self { n: line.n, level, at, text: clean(text.trim()), json: clean(&line.json) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(json: &str) -> Shown {
        Shown::of(&LogLine { n: 1, json: json.into() })
    }

    #[test]
    fn a_line_says_when_how_grave_and_what() {
        let l = line(
            r#"{"timestamp":"2026-11-04T14:30:00.1Z","level":"WARN","fields":{"message":"slow","ms":12,"c":"qbo"},"target":"x"}"#,
        );
        assert_eq!((l.level, l.text.as_str()), (LogLevel::Warn, "slow  c=qbo  ms=12"));
        assert!(l.at.is_some());
    }

    #[test]
    fn what_is_no_line_of_ours_is_shown_harmless() {
        for text in
            ["", "{", "null", "[1]", "\u{1b}[2J", r#"{"fields":7}"#, r#"{"fields":{"message":"\u001b[2J"}}"#]
        {
            let l = line(text);
            assert!(!l.text.contains('\u{1b}') && !l.json.contains('\u{1b}'));
        }
    }
}
