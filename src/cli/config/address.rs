//! Addresses of connections: plain HTTP stays on this machine (reliability.md, S11).

use std::net::IpAddr;

use crate::cli::config::Connection;

/// Whether an address is on this machine. What is no address is not.
pub fn is_loopback(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let Some(host) = url.host_str() else { return false };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Refuses what is no address, and plain HTTP to another machine.
pub fn check(name: &str, connection: &Connection) -> Result<(), String> {
    for (key, url) in [("base_url", &connection.base_url), ("token_url", &connection.token_url)] {
        let Some(url) = url else { continue };
        let scheme = reqwest::Url::parse(url).ok().filter(|u| u.has_host()).map(|u| u.scheme().to_string());
        match scheme.as_deref() {
            Some("https") => {}
            Some("http") if is_loopback(url) => {}
            Some("http") => {
                return Err(format!(
                    "connections.{name}.{key}: {url} is plain HTTP; only an address of this machine may be"
                ));
            }
            _ => return Err(format!("connections.{name}.{key}: {url:?} is no https address")),
        }
    }
    Ok(())
}
