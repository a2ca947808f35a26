//! Name resolution that answers only with addresses a connection may call.
//!
//! The system's resolver can hang beyond our control, so it runs on a thread of its own and never on the runtime's
//! blocking pool, which the program would have to wait for at its end.

use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::transport::allow::Allow;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The resolver of one connection.
pub struct Guarded(pub Arc<Allow>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let allow = self.0.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = look_up(host.clone()).await?;
            let allowed = permitted(&allow, &host, found)?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

async fn look_up(host: String) -> Result<Vec<SocketAddr>, Failure> {
    let (answer, heard) = tokio::sync::oneshot::channel();
    std::thread::Builder::new().name("tieout-resolve".into()).spawn(move || {
        let found = (host.as_str(), 0).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        // Nobody listens any more when the request was given up meanwhile.
        drop(answer.send(found));
    })?;
    Ok(heard.await??)
}

/// One forbidden address among them refuses the whole name: a mixed answer is what rebinding looks like.
fn permitted(allow: &Allow, host: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Failure> {
    if found.is_empty() {
        return Err(format!("{host} has no address").into());
    }
    for address in &found {
        allow.check_resolved(host, address.ip())?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_inner_address_refuses_the_name() {
        let allow = Allow::new("https://api.example.com", &[]).unwrap();
        let public: SocketAddr = "93.184.216.34:0".parse().unwrap();
        let inner: SocketAddr = "10.0.0.1:0".parse().unwrap();
        assert_eq!(permitted(&allow, "api.example.com", vec![public]).unwrap(), vec![public]);
        let refused = permitted(&allow, "api.example.com", vec![public, inner]).unwrap_err().to_string();
        assert_eq!(refused, "api.example.com leads to 10.0.0.1, which is private");
        assert!(permitted(&allow, "api.example.com", vec![]).is_err());
    }

    #[tokio::test]
    async fn localhost_resolves_to_this_machine() {
        let found = look_up("localhost".into()).await.unwrap();
        assert!(!found.is_empty() && found.iter().all(|a| a.ip().is_loopback()), "{found:?}");
    }
}
