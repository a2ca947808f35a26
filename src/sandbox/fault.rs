//! One fault: what goes wrong, where, and how often.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The call takes effect, then the connection ends without an answer. Strikes calls that write.
    DropReply,
    /// The connection ends without an answer, before or after the call took effect.
    Reset,
    /// The call takes effect and half of the answer arrives before the connection ends.
    Truncate,
    /// The call or its answer takes `delay_ms` longer.
    Delay,
    /// The answer has the given status, headers and body; before: instead of the call.
    Status,
    /// All access tokens expire.
    ExpireToken,
    /// The connection is revoked.
    Revoke,
    /// The refresh token gets a new value at the next refresh.
    Rotate,
    /// An event is delivered twice.
    DuplicateEvent,
    /// A read shows the state of `delay_ms` ago (5 s when not said).
    LagReads,
    /// An event is not delivered.
    LoseEvent,
}

impl What {
    /// All of them, in the order of the interface.
    pub const ALL: [Self; 11] = [
        Self::DropReply,
        Self::Reset,
        Self::Truncate,
        Self::Delay,
        Self::Status,
        Self::ExpireToken,
        Self::Revoke,
        Self::Rotate,
        Self::DuplicateEvent,
        Self::LagReads,
        Self::LoseEvent,
    ];

    /// The word of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Self::DropReply => "drop_reply",
            Self::Reset => "reset",
            Self::Truncate => "truncate",
            Self::Delay => "delay",
            Self::Status => "status",
            Self::ExpireToken => "expire_token",
            Self::Revoke => "revoke",
            Self::Rotate => "rotate",
            Self::DuplicateEvent => "duplicate_event",
            Self::LagReads => "lag_reads",
            Self::LoseEvent => "lose_event",
        }
    }

    /// Whether the caller gets another answer, or none.
    pub(super) fn ends_a_call(self) -> bool {
        matches!(self, Self::DropReply | Self::Reset | Self::Truncate | Self::Status)
    }
}

/// Whether the fault strikes before the call took effect or after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The call does not take effect (delay and token faults: it does, later or with the fault's effect).
    #[default]
    Before,
    /// The call took effect.
    After,
}

/// One fault of the plan, as `POST /faults` takes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The system's name with underscores.
    pub system: String,
    /// The operation's name, or `*` for all.
    pub operation: String,
    /// What goes wrong.
    pub what: What,
    /// Before or after the call took effect. `drop_reply` and `truncate` are always after.
    #[serde(default)]
    pub when: When,
    /// The HTTP status of `status`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Further headers of `status`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
    /// The body of `status`: a text as it is, anything else as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Milliseconds of `delay`, and how far `lag_reads` lags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// How often it fires. Absent: once, or without end where a `rate` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The share of the matching calls that it strikes, above 0 and at most 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// The seed of the dice behind `rate`; the same seed strikes the same calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

impl Fault {
    /// A fault that fires once, with nothing else said.
    pub fn once(system: &str, operation: &str, what: What, when: When) -> Self {
        Self {
            system: system.to_owned(),
            operation: operation.to_owned(),
            what,
            when,
            status: None,
            headers: None,
            body: None,
            delay_ms: None,
            count: None,
            rate: None,
            seed: None,
        }
    }

    /// `delay_ms` as a duration.
    pub fn delay(&self) -> Option<Duration> {
        self.delay_ms.map(Duration::from_millis)
    }

    /// Says in a sentence what is wrong with it.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.system.is_empty() || self.operation.is_empty() {
            return Err("a fault needs a system and an operation".to_owned());
        }
        if self.what == What::Delay && self.delay_ms.is_none() {
            return Err("delay needs delay_ms".to_owned());
        }
        if self.what == What::Status {
            let status = self.status.ok_or("status needs a status")?;
            if !(200..=599).contains(&status) {
                return Err(format!("{status} is no HTTP status of an answer"));
            }
        }
        if self.rate.is_some_and(|rate| !(rate > 0.0 && rate <= 1.0)) {
            return Err("rate must be above 0 and at most 1".to_owned());
        }
        if self.count == Some(0) {
            return Err("count must be at least 1".to_owned());
        }
        for (name, value) in self.headers.iter().flatten() {
            if HeaderName::try_from(name).is_err() || HeaderValue::try_from(value).is_err() {
                return Err(format!("{name} is no header that can be sent"));
            }
        }
        Ok(())
    }
}
