//! The commented file that a new home gets: made from the types, so that it never tells of a key that does not exist.

use std::net::SocketAddr;
use std::time::Duration;

use crate::cli::config::{
    AUTO, Config, Connection, Events, Folders, Glyphs, Listen, LogLevel, Mouse, Share, WebConnector, Webhooks,
};
use crate::cli::duration::Humane;

/// What each key means, by its path in [`every_key`].
const WORDS: [(&str, &str); 25] = [
    ("log_level", "error, warn, info, debug or trace"),
    (
        "theme",
        "a built-in theme, or a file of themes/ without its ending; auto: light or dark by COLORFGBG, else dark",
    ),
    (
        "glyphs",
        "signs and frames: unicode, ascii or auto (ascii where the locale is not UTF-8, and on TERM=linux)",
    ),
    (
        "mouse",
        "on, off or auto (off over SSH): clicks select, the wheel scrolls, Shift leaves it to the terminal",
    ),
    ("reduced_motion", "nothing spins, running work says how long it runs; not given: true over SSH"),
    ("window_title", "whether the window's title says tieout while the console is shown"),
    ("bell", "whether an error rings the terminal's bell"),
    ("data", "where tieout.db and engine.lock stand, when not in the home"),
    ("state", "where the logs stand, when not in the home"),
    ("base_url", "where the system is reached: its own address when not given"),
    ("token_url", "where its tokens come from"),
    ("pace", "share of the published rate; \"off\" for addresses of this machine only"),
    ("settle", "how long after the last byte sent a look-up may prove absence"),
    ("lookup_gap", "time between two such look-ups"),
    ("timeout_pause", "pause after a real time-out"),
    ("request_timeout", "how long one request may take"),
    ("address", "where this machine listens; nothing listens without"),
    ("endpoint", "the public address that senders are told"),
    ("certificate", "the listener's certificate and its chain, PEM; read again when the file changes"),
    ("key", "its key, PEM, out of reach of other users"),
    ("authority", "the authorities that a sender's certificate must come from, PEM"),
    ("names", "the names that a sender's certificate may have"),
    ("revoked", "lists of revoked certificates, PEM"),
    ("connections", "connections at once"),
    ("connections_per_peer", "connections at once from one address"),
];

/// A configuration in which every key is given.
fn every_key() -> Config {
    let secs = |n| Some(Humane(Duration::from_secs(n)));
    let connection = Connection {
        base_url: Some("https://quickbooks.api.intuit.com".into()),
        token_url: Some("https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer".into()),
        pace: Some(Share::Percent(97)),
        settle: secs(130),
        lookup_gap: secs(30),
        timeout_pause: secs(300),
        request_timeout: secs(130),
    };
    Config {
        log_level: LogLevel::default(),
        theme: Some(AUTO.into()),
        // not the defaults: those would not be written
        glyphs: Glyphs::Unicode,
        mouse: Mouse::Off,
        reduced_motion: Some(false),
        window_title: true,
        bell: true,
        paths: Folders { data: Some("/srv/tieout/data".into()), state: Some("/srv/tieout/state".into()) },
        connections: [("NAME".to_string(), connection)].into(),
        listen: Listen {
            events: Some(Events {
                address: SocketAddr::from(([127, 0, 0, 1], 8443)),
                endpoint: Some("https://hooks.example.com/concur".into()),
                certificate: "/etc/tieout/events.pem".into(),
                key: "/etc/tieout/events.key".into(),
                authority: "/etc/tieout/concur-authority.pem".into(),
                names: Some(vec!["webhook.api.concursolutions.com".into()]),
                revoked: Some("/etc/tieout/revoked.pem".into()),
                connections: Some(256),
                connections_per_peer: Some(64),
            }),
            webhooks: Some(Webhooks {
                address: SocketAddr::from(([127, 0, 0, 1], 8444)),
                endpoint: Some("https://hooks.example.com/quickbooks-online".into()),
                certificate: Some("/etc/tieout/webhooks.pem".into()),
                key: Some("/etc/tieout/webhooks.key".into()),
                connections: Some(256),
                connections_per_peer: Some(64),
            }),
            web_connector: Some(WebConnector {
                address: SocketAddr::from(([127, 0, 0, 1], 8077)),
                endpoint: Some("https://books.example.com:8077".into()),
                certificate: Some("/etc/tieout/web-connector.pem".into()),
                key: Some("/etc/tieout/web-connector.key".into()),
                connections: Some(256),
                connections_per_peer: Some(64),
            }),
        },
    }
}

/// The text of a new `config.toml`: every key, explained and commented out.
pub fn commented_default() -> String {
    let mut out = String::from(
        "# What this machine says about tieout. Everything is optional; a key that is not known is refused by name.\n\
         # Waiting times below those of a system's contract are refused, unless base_url is on this machine.\n\n",
    );
    for line in toml::to_string(&every_key()).unwrap_or_default().lines() {
        let key = line.split('=').next().unwrap_or_default().trim();
        if let Some((_, words)) = WORDS.iter().find(|(k, _)| *k == key) {
            out.push_str(&format!("# {words}\n"));
        }
        if line.is_empty() {
            out.push('\n');
        } else {
            out.push_str(&format!("#{line}\n"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_default_file_says_nothing_and_explains_every_key() {
        let text = commented_default();
        assert_eq!(Config::parse(&text, Path::new("config.toml")).unwrap(), Config::default());
        // without the marks of comment it is every key, with the words dropped
        let given: Vec<&str> =
            text.lines().filter_map(|l| l.strip_prefix('#').filter(|l| !l.starts_with(' '))).collect();
        let given = given.join("\n");
        assert_eq!(Config::parse(&given, Path::new("config.toml")).unwrap(), every_key());
        for key in given.lines().filter_map(|l| l.split_once(" = ")).map(|(k, _)| k) {
            assert!(WORDS.iter().any(|(k, _)| *k == key), "{key} is not explained");
        }
        let keys: std::collections::BTreeSet<_> =
            given.lines().filter_map(|l| l.split_once(" = ")).map(|(k, _)| k).collect();
        assert_eq!(keys.len(), WORDS.len());
    }
}
