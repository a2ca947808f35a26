//! What a listener is told: where, with which certificates, and how much it takes.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// What is wrong with the settings of a listener.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(pub String);

/// The listeners of one machine. None: nothing listens, and polling finds everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Events of senders that show a client certificate.
    pub events: Option<Port>,
    /// Signed webhooks.
    pub webhooks: Option<Port>,
    /// The QuickBooks Web Connector. Its endpoint is the address that .qwc files name.
    pub web_connector: Option<Port>,
    /// The folder for long bodies while they are read; none: the system's.
    pub spool: Option<PathBuf>,
}

/// One listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Where it listens. Port 0: one that the system chooses.
    pub address: SocketAddr,
    /// Its certificate; none: plain HTTP, on this machine only.
    pub tls: Option<Tls>,
    /// Its public address, as senders are told; none: nothing can be subscribed to.
    pub endpoint: Option<String>,
    /// How much it takes.
    pub limits: Limits,
}

/// The certificate of a listener. The files are read again when they change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// Its certificate and the chain above it, PEM.
    pub certificate: PathBuf,
    /// Its key, PEM.
    pub key: PathBuf,
    /// Which clients may come; none: any, with a signature.
    pub clients: Option<Clients>,
}

/// Which client certificates are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clients {
    /// The authorities that clients' chains must end in, PEM. A bundle with overlap when an authority changes.
    pub authority: PathBuf,
    /// The DNS names of which a client must have one: in the SAN, or as the common name where there is no SAN.
    pub names: Vec<String>,
    /// Lists of revoked certificates, PEM; none: revocation is not checked.
    pub revoked: Option<PathBuf>,
}

/// Deadlines and sizes (reliability.md, S8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The TLS handshake.
    pub handshake: Duration,
    /// From then until the last header.
    pub headers: Duration,
    /// The body.
    pub body: Duration,
    /// All of a connection: it carries one request, but for the Web Connector's.
    pub total: Duration,
    /// How long the durable insert may take before the sender is told to come again.
    pub insert: Duration,
    /// Bytes of a body.
    pub body_bytes: usize,
    /// Headers of a request.
    pub header_count: usize,
    /// Bytes of a request's line and headers.
    pub header_bytes: usize,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address (IPv6: one /64).
    pub per_peer: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            headers: Duration::from_secs(10),
            body: Duration::from_secs(20),
            total: Duration::from_secs(30),
            insert: Duration::from_millis(2500),
            body_bytes: 1024 * 1024,
            header_count: 100,
            header_bytes: 32 * 1024,
            connections: 256,
            per_peer: 64,
        }
    }
}

impl Limits {
    /// Those of the Web Connector: it keeps its connection, and brings up to 64 MiB (reliability.md, S13).
    pub fn web_connector() -> Self {
        Self { body_bytes: 64 * 1024 * 1024, total: Duration::from_mins(20), ..Self::default() }
    }
}

impl Settings {
    /// Refuses what would listen unprotected (reliability.md, S25).
    pub fn check(&self) -> Result<(), SettingsError> {
        let bad = |text: &str| Err(SettingsError(text.into()));
        if let Some(port) = &self.events {
            let Some(clients) = port.tls.as_ref().and_then(|t| t.clients.as_ref()) else {
                return bad(
                    "listen.events needs certificate, key and authority: events are taken from senders that show a \
                     client certificate",
                );
            };
            if clients.names.is_empty() || clients.names.iter().any(|n| !is_dns_name(n)) {
                return bad("listen.events.names: give the DNS names that a sender's certificate may have");
            }
        }
        if let Some(port) = &self.webhooks
            && port.tls.is_none()
            && !port.address.ip().is_loopback()
        {
            return bad("listen.webhooks listens beyond this machine: give it a certificate and a key");
        }
        if let Some(port) = &self.web_connector {
            if port.tls.is_none() && !port.address.ip().is_loopback() {
                return bad(
                    "listen.web_connector listens beyond this machine: give it a certificate and a key, so that nobody \
                     on the way reads the password",
                );
            }
            if let Some(endpoint) = &port.endpoint {
                app_url(endpoint).map_err(SettingsError)?;
            }
        }
        for port in [&self.events, &self.webhooks, &self.web_connector].into_iter().flatten() {
            if port.limits.connections == 0 || port.limits.per_peer == 0 {
                return bad("listen: connections and connections_per_peer must be at least 1");
            }
        }
        Ok(())
    }
}

/// The address that .qwc files name, from `https://host[:port]`. The Web Connector takes no IP address, and plain HTTP on
/// its own machine only (contract of QuickBooks Desktop, section 2).
pub(crate) fn app_url(endpoint: &str) -> Result<String, String> {
    let no = |why: &str| Err(format!("listen.web_connector.endpoint: {endpoint:?} {why}"));
    let Ok(url) = reqwest::Url::parse(endpoint) else {
        return no("is no address: write https://host[:port]");
    };
    let host = url.host_str().unwrap_or_default();
    if !(url.scheme() == "https" || url.scheme() == "http" && host == "localhost") {
        return no("is no https address");
    }
    if host.parse::<std::net::Ipv4Addr>().is_ok() || host.starts_with('[') || host.is_empty() {
        return no("has no host name: the Web Connector takes no IP address");
    }
    let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !bare || !matches!(url.path(), "/" | crate::inbound::web_connector::PATH) {
        return no("is more than https://host[:port]");
    }
    let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
    Ok(format!("{}://{host}{port}{}", url.scheme(), crate::inbound::web_connector::PATH))
}

/// A plain DNS name: no wildcard, no port.
fn is_dns_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 253
        && name.split('.').all(|label| {
            !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
}
