//! Where a connection may call: the configured base address, a few host suffixes of its system, nothing else.
//!
//! A remote answer can name addresses (geolocation, `next` links), so the list is asked before every connect, and the
//! addresses that a name resolves to are asked again right before they are connected (reliability.md, S10).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// Why an address may not be called. Each is decided before a byte leaves.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It cannot be read as an absolute address.
    #[error("{0:?} is not an address")]
    NotAnAddress(String),
    /// Plain HTTP beyond this machine (S11).
    #[error("plain http is for this machine only, not for {0}")]
    Plain(String),
    /// A name or password inside the address.
    #[error("the address of {0} carries a name or password")]
    Credentials(String),
    /// Another host, scheme or port than configured.
    #[error("{0} is not an address of this connection")]
    Elsewhere(String),
    /// The name leads to an address that is not public, or not loopback where it has to be.
    #[error("{host} leads to {address}, which is {what}")]
    Address {
        /// The name asked for.
        host: String,
        /// What it leads to.
        address: IpAddr,
        /// `loopback`, `private`, `link-local` …
        what: &'static str,
    },
}

/// What kind of address an IP is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Public,
    Loopback,
    Private,
    Never(&'static str),
}

/// The host of an address: a name in lower case, or a literal.
enum Host {
    Name(String),
    Ip(IpAddr),
}

impl Host {
    fn of(url: &Url) -> Option<Self> {
        let text = url.host_str()?;
        let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
        Some(bare.parse().map_or_else(|_| Host::Name(text.to_ascii_lowercase()), Host::Ip))
    }
}

/// The allow-list of one connection.
#[derive(Debug, Clone)]
pub struct Allow {
    base: Url,
    origins: Vec<Url>,
    suffixes: Vec<String>,
    private: bool,
    loopback: bool,
}

impl Allow {
    /// The base address as configured, and host suffixes that are called by https on port 443 (`intuit.com` means itself
    /// and every name below it). With a loopback base the suffixes are ignored: a stand-in never reaches out.
    pub fn new(base: &str, suffixes: &[&str]) -> Result<Self, Refused> {
        let base = parse(base)?;
        let (loopback, private) = match Host::of(&base) {
            Some(Host::Ip(ip)) => (reach(ip) == Reach::Loopback, reach(ip) == Reach::Private),
            Some(Host::Name(name)) => (name == "localhost", false),
            None => return Err(Refused::NotAnAddress(base.to_string())),
        };
        if base.scheme() == "http" && !loopback {
            return Err(Refused::Plain(host_text(&base)));
        }
        let suffixes = suffixes.iter().map(|s| s.trim_start_matches('.').to_ascii_lowercase()).collect();
        Ok(Self { base, origins: Vec::new(), suffixes, private, loopback })
    }

    /// Adds a configured address besides the base (a token address on another host or port). Its scheme, host and port
    /// have to match exactly; beside a loopback base only loopback can be added.
    pub fn with_origin(mut self, address: &str) -> Result<Self, Refused> {
        let other = Self::new(address, &[])?;
        if other.loopback != self.loopback {
            return Err(Refused::Elsewhere(host_text(&other.base)));
        }
        self.origins.push(other.base);
        Ok(self)
    }

    /// The firm's own network may be called (a ledger on its premises). Loopback, link-local and metadata stay closed.
    pub fn with_private_network(mut self) -> Self {
        self.private = true;
        self
    }

    /// Whether the base is on this machine.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Reads `address` and refuses it unless it belongs to the connection.
    pub fn check(&self, address: &str) -> Result<Url, Refused> {
        let url = parse(address)?;
        let known = std::iter::once(&self.base).chain(&self.origins).any(|o| origin(o) == origin(&url));
        let host = Host::of(&url).ok_or_else(|| Refused::NotAnAddress(shown(address)))?;
        if !known {
            let below = matches!(&host, Host::Name(name) if self.suffixes.iter().any(|s| is_below(name, s)));
            let standard = url.scheme() == "https" && url.port_or_known_default() == Some(443);
            if self.loopback || !below || !standard {
                return Err(Refused::Elsewhere(host_text(&url)));
            }
        }
        if let Host::Ip(ip) = host {
            self.check_resolved(&host_text(&url), ip)?;
        }
        Ok(url)
    }

    /// Refuses an address that `host` resolved to, unless it may be connected.
    pub fn check_resolved(&self, host: &str, ip: IpAddr) -> Result<(), Refused> {
        let what = match (reach(ip), self.loopback) {
            (Reach::Loopback, true) | (Reach::Public, false) => return Ok(()),
            (Reach::Private, false) if self.private => return Ok(()),
            (Reach::Public, true) => "not on this machine",
            (Reach::Loopback, false) => "loopback",
            (Reach::Private, _) => "private",
            (Reach::Never(what), _) => what,
        };
        Err(Refused::Address { host: host.to_owned(), address: ip, what })
    }
}

/// Whether two addresses share scheme, host and port: what a `next` link has to fulfil.
pub fn same_origin(a: &str, b: &str) -> bool {
    match (parse(a), parse(b)) {
        (Ok(a), Ok(b)) => origin(&a) == origin(&b),
        _ => false,
    }
}

fn origin(url: &Url) -> (&str, Option<&str>, Option<u16>) {
    (url.scheme(), url.host_str(), url.port_or_known_default())
}

fn parse(address: &str) -> Result<Url, Refused> {
    let url = Url::parse(address).map_err(|_| Refused::NotAnAddress(shown(address)))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(Refused::NotAnAddress(shown(address)));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::Credentials(host_text(&url)));
    }
    Ok(url)
}

/// An address for a message: without its query, which may hold secrets, and not at length.
fn shown(address: &str) -> String {
    address.split(['?', '#']).next().unwrap_or_default().chars().take(120).collect()
}

fn host_text(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{}://{host}:{port}", url.scheme()),
        (Some(host), None) => format!("{}://{host}", url.scheme()),
        (None, _) => url.scheme().to_owned(),
    }
}

fn is_below(name: &str, suffix: &str) -> bool {
    name == suffix || name.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'))
}

fn reach(ip: IpAddr) -> Reach {
    match ip {
        IpAddr::V4(v4) => reach_v4(v4),
        IpAddr::V6(v6) => reach_v6(v6),
    }
}

fn reach_v4(ip: Ipv4Addr) -> Reach {
    let [a, b, ..] = ip.octets();
    if ip.is_loopback() {
        Reach::Loopback
    } else if ip.is_link_local() {
        Reach::Never("link-local, where cloud metadata lives")
    } else if ip == Ipv4Addr::new(100, 100, 100, 200) {
        Reach::Never("a cloud's metadata address")
    } else if ip.is_private() || (a == 100 && (64..128).contains(&b)) {
        Reach::Private
    } else if ip.is_unspecified() || a == 0 || ip.is_broadcast() || ip.is_multicast() || a >= 240 {
        Reach::Never("not an address of a server")
    } else {
        Reach::Public
    }
}

fn reach_v6(ip: Ipv6Addr) -> Reach {
    const METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254);
    let embedded = ip.to_ipv4_mapped().or_else(|| match ip.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
        }
        _ => None,
    });
    if let Some(v4) = embedded {
        reach_v4(v4)
    } else if ip.is_loopback() {
        Reach::Loopback
    } else if ip == METADATA {
        Reach::Never("a cloud's metadata address")
    } else if ip.is_unicast_link_local() {
        Reach::Never("link-local")
    } else if ip.is_unique_local() {
        Reach::Private
    } else if ip.is_unspecified() || ip.is_multicast() {
        Reach::Never("not an address of a server")
    } else {
        Reach::Public
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intuit() -> Allow {
        Allow::new("https://quickbooks.api.intuit.com", &["intuit.com"]).unwrap()
    }

    #[test]
    fn only_the_system_is_called() {
        let allow = intuit();
        for fine in ["https://quickbooks.api.intuit.com/v3/x?y=1", "https://oauth.platform.intuit.com/token"]
        {
            assert!(allow.check(fine).is_ok(), "{fine}");
        }
        for bad in [
            "http://quickbooks.api.intuit.com/v3",
            "https://quickbooks.api.intuit.com:8443/v3",
            "https://evilintuit.com/",
            "https://intuit.com.evil.example/",
            "https://169.254.169.254/latest",
            "https://user:pw@quickbooks.api.intuit.com/",
            "ftp://quickbooks.api.intuit.com/",
            "/v3/company",
        ] {
            assert!(allow.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_that_leads_inside_is_refused() {
        let allow = intuit();
        for (ip, fine) in [
            ("93.184.216.34", true),
            ("2606:2800:220:1::1", true),
            ("127.0.0.1", false),
            ("::1", false),
            ("10.1.2.3", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("100.64.0.1", false),
            ("169.254.169.254", false),
            ("0.0.0.0", false),
            ("224.0.0.1", false),
            ("fe80::1", false),
            ("fd12::1", false),
            ("fd00:ec2::254", false),
            ("::ffff:10.0.0.1", false),
            ("64:ff9b::7f00:1", false),
        ] {
            assert_eq!(allow.check_resolved("x", ip.parse().unwrap()).is_ok(), fine, "{ip}");
        }
    }

    #[test]
    fn a_configured_private_network_opens_only_that() {
        let allow = Allow::new("https://erp.firm.example", &[]).unwrap().with_private_network();
        assert!(allow.check_resolved("erp.firm.example", "10.0.0.5".parse().unwrap()).is_ok());
        assert!(allow.check_resolved("erp.firm.example", "127.0.0.1".parse().unwrap()).is_err());
        assert!(allow.check_resolved("erp.firm.example", "fd00:ec2::254".parse().unwrap()).is_err());
    }

    #[test]
    fn a_stand_in_stays_on_this_machine() {
        let allow = Allow::new("http://127.0.0.1:4100/x", &["intuit.com"]).unwrap();
        assert!(allow.check("http://127.0.0.1:4100/v3").is_ok());
        assert!(allow.check("http://127.0.0.1:4101/v3").is_err());
        assert!(allow.check("https://quickbooks.api.intuit.com/v3").is_err());
        let both = allow.with_origin("http://127.0.0.1:4101").unwrap();
        assert!(both.check("http://127.0.0.1:4101/token").is_ok());
        assert!(both.with_origin("https://intuit.com").is_err());
        let named = Allow::new("http://localhost:9", &[]).unwrap();
        assert!(named.check_resolved("localhost", "93.184.216.34".parse().unwrap()).is_err());
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        assert_eq!(
            Allow::new("http://erp.firm.example", &[]).unwrap_err(),
            Refused::Plain("http://erp.firm.example".into())
        );
        assert!(Allow::new("http://10.0.0.1", &[]).is_err());
    }

    #[test]
    fn links_must_share_the_origin() {
        assert!(same_origin("https://a.example/x", "https://a.example:443/y"));
        assert!(!same_origin("https://a.example/x", "http://a.example/y"));
        assert!(!same_origin("https://a.example/x", "//a.example/y"));
    }

    #[test]
    fn a_refusal_does_not_repeat_the_query() {
        let text = intuit().check("mailto:x?access_token=abc").unwrap_err().to_string();
        assert!(!text.contains("abc"), "{text}");
    }
}
