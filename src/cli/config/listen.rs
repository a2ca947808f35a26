//! `[listen]`: where this machine hears of news, and which certificates it shows (reliability.md, S6 to S8, S25).
//! Nothing given: nothing listens, and polling finds everything.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::inbound::{Clients, Limits, Port, Settings, Tls};

/// The name in the client certificate of Concur's Event Subscription Service (contract of Concur, 7.4).
const CONCUR: &str = "webhook.api.concursolutions.com";

/// The listeners.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Listen {
    /// Concur's events, over TLS with a client certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Events>,
    /// Signed webhooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhooks: Option<Webhooks>,
    /// The QuickBooks Web Connector.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_connector: Option<WebConnector>,
}

/// `[listen.events]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// Where it listens.
    pub address: SocketAddr,
    /// The public address that subscriptions name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Certificate and chain, PEM.
    pub certificate: PathBuf,
    /// Key, PEM.
    pub key: PathBuf,
    /// Authorities of client certificates, PEM.
    pub authority: PathBuf,
    /// Names that a client certificate may have; none: Concur's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<Vec<String>>,
    /// Lists of revoked certificates, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<PathBuf>,
    /// Connections at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<usize>,
    /// Connections at once from one address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections_per_peer: Option<usize>,
}

/// `[listen.webhooks]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    /// Where it listens.
    pub address: SocketAddr,
    /// The public address, for the portal where webhooks are set up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Certificate and chain, PEM; none: plain HTTP behind a relay on this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// Key, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
    /// Connections at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<usize>,
    /// Connections at once from one address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections_per_peer: Option<usize>,
}

/// `[listen.web_connector]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebConnector {
    /// Where it listens.
    pub address: SocketAddr,
    /// The public address that .qwc files name: `https://host[:port]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Certificate and chain, PEM; none: plain HTTP, on this machine only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// Key, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
    /// Connections at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<usize>,
    /// Connections at once from one address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections_per_peer: Option<usize>,
}

fn limits(own: Limits, connections: Option<usize>, per_peer: Option<usize>) -> Limits {
    Limits {
        connections: connections.unwrap_or(own.connections),
        per_peer: per_peer.unwrap_or(own.per_peer),
        ..own
    }
}

impl Listen {
    /// Whether nothing is given.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// As the listeners take it; what does not hold together is refused in a sentence.
    pub fn settings(&self) -> Result<Settings, String> {
        let events = self.events.as_ref().map(Events::port).transpose()?;
        let webhooks = self.webhooks.as_ref().map(Webhooks::port).transpose()?;
        let web_connector = self.web_connector.as_ref().map(WebConnector::port).transpose()?;
        let settings = Settings { events, webhooks, web_connector, spool: None };
        settings.check().map_err(|e| e.to_string())?;
        Ok(settings)
    }
}

impl Events {
    fn port(&self) -> Result<Port, String> {
        let files = [("certificate", &self.certificate), ("key", &self.key), ("authority", &self.authority)];
        for (key, file) in files.into_iter().chain(self.revoked.as_ref().map(|r| ("revoked", r))) {
            whole_path("listen.events", key, file)?;
        }
        endpoint("listen.events", self.endpoint.as_deref())?;
        Ok(Port {
            address: self.address,
            tls: Some(Tls {
                certificate: self.certificate.clone(),
                key: self.key.clone(),
                clients: Some(Clients {
                    authority: self.authority.clone(),
                    names: self.names.clone().unwrap_or_else(|| vec![CONCUR.into()]),
                    revoked: self.revoked.clone(),
                }),
            }),
            endpoint: self.endpoint.clone(),
            limits: limits(Limits::default(), self.connections, self.connections_per_peer),
        })
    }
}

impl Webhooks {
    fn port(&self) -> Result<Port, String> {
        endpoint("listen.webhooks", self.endpoint.as_deref())?;
        let tls = pair("listen.webhooks", self.certificate.as_ref(), self.key.as_ref())?;
        let limits = limits(Limits::default(), self.connections, self.connections_per_peer);
        Ok(Port { address: self.address, tls, endpoint: self.endpoint.clone(), limits })
    }
}

impl WebConnector {
    /// Plain HTTP at this address, for callers on this machine.
    pub fn on(address: SocketAddr) -> Self {
        let (endpoint, certificate, key) = (None, None, None);
        Self { address, endpoint, certificate, key, connections: None, connections_per_peer: None }
    }

    fn port(&self) -> Result<Port, String> {
        let tls = pair("listen.web_connector", self.certificate.as_ref(), self.key.as_ref())?;
        let limits = limits(Limits::web_connector(), self.connections, self.connections_per_peer);
        Ok(Port { address: self.address, tls, endpoint: self.endpoint.clone(), limits })
    }
}

/// Certificate and key, or neither.
fn pair(section: &str, certificate: Option<&PathBuf>, key: Option<&PathBuf>) -> Result<Option<Tls>, String> {
    match (certificate, key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => {
            whole_path(section, "certificate", certificate)?;
            whole_path(section, "key", key)?;
            Ok(Some(Tls { certificate: certificate.clone(), key: key.clone(), clients: None }))
        }
        _ => Err(format!("{section}: certificate and key go together")),
    }
}

fn whole_path(section: &str, key: &str, file: &std::path::Path) -> Result<(), String> {
    if file.is_absolute() {
        Ok(())
    } else {
        Err(format!("{section}.{key}: {} is no whole path: begin it at /", file.display()))
    }
}

fn endpoint(section: &str, url: Option<&str>) -> Result<(), String> {
    let Some(url) = url else { return Ok(()) };
    let fine = reqwest::Url::parse(url).is_ok_and(|u| u.scheme() == "https" && u.has_host());
    if fine { Ok(()) } else { Err(format!("{section}.endpoint: {url:?} is no https address")) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::cli::config::Config;

    const EVENTS: &str = "[listen.events]\naddress = \"0.0.0.0:8443\"\ncertificate = \"/c.pem\"\nkey = \"/k.pem\"\n\
                          authority = \"/a.pem\"\n";

    const WEB_CONNECTOR: &str = "[listen.web_connector]\naddress = \"127.0.0.1:8077\"\n";

    #[test]
    fn listeners_are_off_until_they_are_given() {
        let config = Config::parse("", Path::new("config.toml")).unwrap();
        assert_eq!(config.listen.settings().unwrap(), crate::inbound::Settings::default());
        let config = Config::parse(EVENTS, Path::new("config.toml")).unwrap();
        let port = config.listen.settings().unwrap().events.unwrap();
        let names = port.tls.unwrap().clients.unwrap().names;
        assert_eq!(names, ["webhook.api.concursolutions.com"]);
        let config = Config::parse(WEB_CONNECTOR, Path::new("config.toml")).unwrap();
        let port = config.listen.settings().unwrap().web_connector.unwrap();
        assert_eq!((port.tls, port.limits.body_bytes), (None, 64 * 1024 * 1024));
        let plain = "[listen.webhooks]\naddress = \"127.0.0.1:8080\"\n";
        assert!(Config::parse(plain, Path::new("config.toml")).is_ok());
    }

    #[test]
    fn what_is_not_protected_is_refused() {
        for (text, want) in [
            ("[listen.webhooks]\naddress = \"0.0.0.0:8080\"\n".to_string(), "beyond this machine"),
            ("[listen.events]\naddress = \"127.0.0.1:8443\"\n".into(), "missing field `certificate`"),
            (EVENTS.replace("/k.pem", "k.pem"), "listen.events.key: k.pem is no whole path"),
            (format!("{EVENTS}names = []\n"), "listen.events.names"),
            (format!("{EVENTS}names = [\"*.concursolutions.com\"]\n"), "listen.events.names"),
            (format!("{EVENTS}endpoint = \"http://hooks.example.com/concur\"\n"), "is no https address"),
            (format!("{EVENTS}connections = 0\n"), "at least 1"),
            (format!("{EVENTS}pin = \"ab\"\n"), "unknown field `pin`"),
            ("[listen.webhooks]\naddress = \"127.0.0.1:1\"\nkey = \"/k\"\n".into(), "go together"),
            (
                "[listen.web_connector]\naddress = \"0.0.0.0:8077\"\n".into(),
                "listen.web_connector listens beyond this machine",
            ),
            (
                format!("{WEB_CONNECTOR}key = \"/k\"\n"),
                "listen.web_connector: certificate and key go together",
            ),
            (
                format!("{WEB_CONNECTOR}certificate = \"c.pem\"\nkey = \"/k\"\n"),
                "listen.web_connector.certificate: c.pem is no whole path",
            ),
            (format!("{WEB_CONNECTOR}endpoint = \"https://10.0.0.7:8443\"\n"), "takes no IP address"),
            (format!("{WEB_CONNECTOR}endpoint = \"http://books.example.com\"\n"), "is no https address"),
            (format!("{WEB_CONNECTOR}endpoint = \"https://h.example.com/other\"\n"), "is more than"),
            (format!("{WEB_CONNECTOR}connections_per_peer = 0\n"), "at least 1"),
        ] {
            let said = Config::parse(&text, Path::new("config.toml")).unwrap_err().to_string();
            assert!(said.contains(want), "{text}\n{said}");
        }
    }
}
