//! Waiting times that a connection may not undercut (reliability.md, section 5, last point): what a system's contract
//! states is the floor, unless the connection's address is on this machine.

use std::time::Duration;

use crate::cli::config::{Connection, Share, is_loopback};
use crate::cli::duration::Humane;

/// The least waiting times of one system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Floor {
    /// After the last byte sent, before a look-up may prove absence.
    pub settle: Duration,
    /// Between two such look-ups.
    pub lookup_gap: Duration,
    /// After a real time-out.
    pub timeout_pause: Duration,
    /// The server's own limit for a write.
    pub request_timeout: Duration,
}

impl Floor {
    /// The floor of a system, from its contract. A system without figures of its own has the look-up gap of
    /// reliability.md 4.4 alone.
    pub fn of(system: &str) -> Self {
        let secs = Duration::from_secs;
        let none = Self {
            settle: Duration::ZERO,
            lookup_gap: secs(30),
            timeout_pause: Duration::ZERO,
            request_timeout: Duration::ZERO,
        };
        match system {
            "concur" => Self { settle: secs(300), timeout_pause: secs(300), ..none },
            "quickbooks_online" => Self { settle: secs(130), request_timeout: secs(130), ..none },
            "zoho_books" | "freshbooks" => Self { settle: secs(120), ..none },
            "acumatica" => Self { settle: secs(660), ..none },
            _ => none,
        }
    }
}

/// The sentence that refuses a connection's settings, if one of them undercuts its system's contract.
pub fn below_contract(name: &str, system: &str, settings: &Connection) -> Option<String> {
    if settings.base_url.as_deref().is_some_and(is_loopback) {
        return None;
    }
    let floor = Floor::of(system);
    for (key, given, least) in [
        ("settle", settings.settle, floor.settle),
        ("lookup_gap", settings.lookup_gap, floor.lookup_gap),
        ("timeout_pause", settings.timeout_pause, floor.timeout_pause),
        ("request_timeout", settings.request_timeout, floor.request_timeout),
    ] {
        if let Some(given) = given
            && given.0 < least
        {
            return Some(format!(
                "connections.{name}.{key} = \"{given}\" is below the contract of {system}: at least \"{}\", unless \
                 base_url is an address of this machine",
                Humane(least)
            ));
        }
    }
    (settings.pace == Some(Share::Off)).then(|| {
        format!("connections.{name}.pace = \"off\" is allowed for an address of this machine only: at most \"100%\"")
    })
}
