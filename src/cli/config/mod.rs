//! `config.toml`: what this machine says about the program and about how each connection is reached (interface.md,
//! "Home"). Unknown keys are refused by name, with their line.

mod address;
mod floor;
mod listen;
mod sample;
mod screen;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use address::is_loopback;
pub use floor::{Floor, below_contract};
pub use listen::{Events, Listen, WebConnector, Webhooks};
pub use sample::commented_default;
pub use screen::{AUTO, Glyphs, Mouse, keep_theme};

use crate::cli::duration::Humane;
use crate::cli::platform;
use crate::engine::wiring::Tuning;
use crate::model::ids::ConnectionId;

/// What is wrong with the settings; the sentence names file, line and key.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Cannot be read or written.
    #[error("{path}: {error}")]
    Io {
        /// File.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Not TOML, an unknown key, a value that is none.
    #[error("{path}:{line}: {message}")]
    Syntax {
        /// File.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A value that is not allowed.
    #[error("{path}: {message}")]
    Value {
        /// File.
        path: PathBuf,
        /// Which and why.
        message: String,
    },
}

/// The settings of this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How much the log says.
    pub log_level: LogLevel,
    /// The name of the theme, or `auto`; none: `auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// Which signs the console draws.
    #[serde(skip_serializing_if = "screen::is_default")]
    pub glyphs: Glyphs,
    /// Whether the console listens to the mouse.
    #[serde(skip_serializing_if = "screen::is_default")]
    pub mouse: Mouse,
    /// Nothing spins; none: over SSH.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reduced_motion: Option<bool>,
    /// The window's title says `tieout`.
    #[serde(skip_serializing_if = "screen::is_default")]
    pub window_title: bool,
    /// An error rings the bell.
    #[serde(skip_serializing_if = "screen::is_default")]
    pub bell: bool,
    /// Folders other than those of the home.
    #[serde(skip_serializing_if = "Folders::is_empty")]
    pub paths: Folders,
    /// By connection.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub connections: BTreeMap<String, Connection>,
    /// Where events and webhooks are heard.
    #[serde(skip_serializing_if = "Listen::is_empty")]
    pub listen: Listen,
}

/// How much the log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Errors.
    Error,
    /// And warnings.
    Warn,
    /// And what happens.
    #[default]
    Info,
    /// And how.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            LogLevel::Error => "error",
            LogLevel::Warn => "warn",
            LogLevel::Info => "info",
            LogLevel::Debug => "debug",
            LogLevel::Trace => "trace",
        }
    }
}

/// Folders other than those of the home.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Folders {
    /// Where `tieout.db` and `engine.lock` stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// Where the logs stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<PathBuf>,
}

impl Folders {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What this machine says about one connection. Nothing given: the contract's values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Connection {
    /// Where the API is reached: a stand-in or a proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Where tokens come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_url: Option<String>,
    /// Share of the published rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pace: Option<Share>,
    /// How long after the last byte sent a look-up may prove absence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settle: Option<Humane>,
    /// Time between two such look-ups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lookup_gap: Option<Humane>,
    /// Pause after a real time-out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_pause: Option<Humane>,
    /// How long one request may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_timeout: Option<Humane>,
}

impl Connection {
    /// As the engine takes it.
    pub fn tuning(&self) -> Tuning {
        Tuning {
            base_url: self.base_url.clone(),
            token_url: self.token_url.clone(),
            pace: self.pace.map(|p| match p {
                Share::Percent(n) => Some(n),
                Share::Off => None,
            }),
            settle: self.settle.map(|d| d.0),
            lookup_gap: self.lookup_gap.map(|d| d.0),
            timeout_pause: self.timeout_pause.map(|d| d.0),
            request_timeout: self.request_timeout.map(|d| d.0),
        }
    }

    /// What `sandbox` and `demo` write into the homes they make (interface.md, "Home").
    pub fn of_stand_in(base_url: &str, token_url: &str) -> Self {
        Self {
            base_url: Some(base_url.into()),
            token_url: Some(token_url.into()),
            pace: Some(Share::Off),
            settle: Some(Humane(std::time::Duration::ZERO)),
            lookup_gap: Some(Humane(std::time::Duration::from_millis(200))),
            timeout_pause: Some(Humane(std::time::Duration::ZERO)),
            request_timeout: None,
        }
    }
}

/// A share of the published rate: `97%`, or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// 1 to 100.
    Percent(u8),
    /// No pace at all: stand-ins only.
    Off,
}

impl FromStr for Share {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Share::Off);
        }
        let number = text.strip_suffix('%').and_then(|n| n.trim().parse::<u8>().ok());
        number
            .filter(|n| (1..=100).contains(n))
            .map(Share::Percent)
            .ok_or_else(|| format!("{text:?} is no pace: write \"97%\" (1% to 100%) or \"off\""))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Share::Percent(n) => write!(f, "{n}%"),
            Share::Off => f.write_str("off"),
        }
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Config {
    /// Reads the file; one that is not there says nothing. `given`: it was named by a person and has to be there.
    pub fn read(path: &Path, given: bool) -> Result<Self, ConfigError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, path),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && !given => Ok(Self::default()),
            Err(error) => Err(ConfigError::Io { path: path.into(), error }),
        }
    }

    /// Reads the text of a file and checks what can be checked without knowing the connections' systems.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|e| {
            let start = e.span().map_or(0, |s| s.start);
            let line = text.get(..start).map_or(1, |before| before.matches('\n').count() + 1);
            ConfigError::Syntax { path: path.into(), line, message: e.message().replace('\n', " ") }
        })?;
        for (name, connection) in &config.connections {
            address::check(name, connection)
                .map_err(|message| ConfigError::Value { path: path.into(), message })?;
        }
        config.listen.settings().map_err(|message| ConfigError::Value { path: path.into(), message })?;
        Ok(config)
    }

    /// Writes the file anew, readable by its owner alone.
    pub fn write(&self, path: &Path) -> Result<(), ConfigError> {
        let text = toml::to_string(self)
            .map_err(|e| ConfigError::Value { path: path.into(), message: e.to_string() })?;
        platform::replace_private(path, text.as_bytes())
            .map_err(|error| ConfigError::Io { path: path.into(), error })
    }

    /// What the engine is told about each connection.
    pub fn tunings(&self) -> HashMap<ConnectionId, Tuning> {
        self.connections.iter().map(|(n, c)| (ConnectionId(n.clone()), c.tuning())).collect()
    }

    /// Refuses waiting times below the contract of the connection's system; only known once the store is open.
    /// `connections`: name and system.
    pub fn check_floors(&self, connections: &[(String, String)], path: &Path) -> Result<(), ConfigError> {
        for (name, system) in connections {
            let Some(settings) = self.connections.get(name) else { continue };
            if let Some(message) = below_contract(name, system, settings) {
                return Err(ConfigError::Value { path: path.into(), message });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
