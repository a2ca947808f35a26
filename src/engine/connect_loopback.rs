//! The page of this machine that a consent leads back to: one exact path, answered once, on this machine alone (S14).

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use zeroize::Zeroizing;

/// The path of the redirect.
const PATH: &str = "/signed-in";
/// The longest request line that is read.
const LONGEST: usize = 16 * 1024;
/// How long one caller may take.
const CALLER: Duration = Duration::from_secs(10);
/// Callers that are served at once.
const AT_ONCE: usize = 64;
/// Free ports that are tried.
const ATTEMPTS: u32 = 16;

type Awaited = dyn Fn(&SecretString) -> bool + Send + Sync;

const PAGE: &str = "<!doctype html><meta charset=utf-8><title>tieout</title>\
                    <p>tieout has heard you. This page can be closed; go back to the terminal.</p>";

/// A listener for one consent. A browser reaches `localhost` by either of its addresses, so both are listened on.
pub struct Loopback {
    listener: TcpListener,
    sixth: Option<TcpListener>,
    port: u16,
}

impl Loopback {
    /// Listens on a port of this machine; 0: any free one.
    pub async fn open(port: u16) -> io::Result<Self> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
            let bound = listener.local_addr()?.port();
            match TcpListener::bind((Ipv6Addr::LOCALHOST, bound)).await {
                Ok(sixth) => return Ok(Self { listener, sixth: Some(sixth), port: bound }),
                // somebody else would get what the browser brings
                Err(e) if e.kind() == io::ErrorKind::AddrInUse => {
                    if port != 0 || attempt == ATTEMPTS {
                        let why = format!(
                            "another program listens on port {bound} of localhost ([::1]): end it, or give another \
                             port with --port"
                        );
                        return Err(io::Error::new(e.kind(), why));
                    }
                }
                // a machine without IPv6: no browser goes there
                Err(_) => return Ok(Self { listener, sixth: None, port: bound }),
            }
        }
    }

    /// The redirect address: the name `localhost`, as development keys register it.
    pub fn redirect(&self) -> String {
        format!("http://localhost:{}{PATH}", self.port)
    }

    /// Waits for the consent: the address that was called, as if it had been copied from the browser, once it is the one
    /// that is `awaited`. Whatever else is called is answered 404 and waited past, and no caller keeps others waiting.
    pub async fn returned(
        self,
        awaited: impl Fn(&SecretString) -> bool + Send + Sync + 'static,
    ) -> io::Result<SecretString> {
        let awaited: Arc<Awaited> = Arc::new(awaited);
        let mut callers = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.accept(), if callers.len() < AT_ONCE => {
                    let (stream, peer) = accepted?;
                    if peer.ip().is_loopback() {
                        callers.spawn(serve(stream, self.port, awaited.clone()));
                    }
                }
                Some(served) = callers.join_next(), if !callers.is_empty() => {
                    if let Ok(Some(address)) = served {
                        return Ok(address);
                    }
                }
            }
        }
    }

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        match &self.sixth {
            None => self.listener.accept().await,
            Some(sixth) => tokio::select! {
                one = self.listener.accept() => one,
                one = sixth.accept() => one,
            },
        }
    }
}

/// One caller. A caller that says nothing or goes away changes nothing.
async fn serve(mut stream: TcpStream, port: u16, awaited: Arc<Awaited>) -> Option<SecretString> {
    let target = tokio::time::timeout(CALLER, asked(&mut stream)).await.ok()?.ok()?;
    let address = target.filter(|t| is_ours(t)).map(|t| {
        let address = Zeroizing::new(format!("http://localhost:{port}{}", *t));
        SecretString::from(address.as_str())
    });
    let address = address.filter(|a| awaited(a));
    let (status, page) = if address.is_some() { ("200 OK", PAGE) } else { ("404 Not Found", "") };
    // the browser may not read it; what it brought is what counts
    drop(tokio::time::timeout(CALLER, reply(&mut stream, status, page)).await);
    address
}

fn is_ours(target: &str) -> bool {
    target.split_once('?').is_some_and(|(path, query)| path == PATH && !query.is_empty())
}

/// The target of a GET, once the head of the request is whole.
async fn asked(stream: &mut TcpStream) -> io::Result<Option<Zeroizing<String>>> {
    let mut head = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut part = Zeroizing::new([0u8; 2048]);
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        let n = stream.read(&mut *part).await?;
        if n == 0 || head.len() + n > LONGEST {
            return Ok(None);
        }
        head.extend_from_slice(part.get(..n).unwrap_or_default());
    }
    let line = head.split(|b| *b == b'\r').next().unwrap_or_default();
    let words: Vec<&str> = std::str::from_utf8(line).unwrap_or_default().split(' ').collect();
    Ok(match words.as_slice() {
        ["GET", target, version] if version.starts_with("HTTP/1.") => {
            Some(Zeroizing::new((*target).to_string()))
        }
        _ => None,
    })
}

async fn reply(stream: &mut TcpStream, status: &str, body: &str) {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    // the browser may be gone; what it brought is what counts
    drop(stream.write_all(head.as_bytes()).await);
    drop(stream.shutdown().await);
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    async fn call(port: u16, request: &str) -> String {
        call_at((Ipv4Addr::LOCALHOST, port).into(), request).await
    }

    async fn call_at(at: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(at).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn one_exact_path_is_answered_once() {
        let page = Loopback::open(0).await.unwrap();
        let (port, redirect) = (page.port, page.redirect());
        let sixth = page.sixth.as_ref().map(|s| s.local_addr().unwrap());
        let waiting = tokio::spawn(page.returned(|a| a.expose_secret().ends_with("state=s")));
        // one that says nothing keeps nobody waiting
        let _silent = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        for other in [
            "GET / HTTP/1.1",
            "GET /signed-in HTTP/1.1",
            "POST /signed-in?code=c HTTP/1.1",
            "GET /x?code=c&state=s HTTP/1.1",
            "GET /signed-in?code=c&state=x HTTP/1.1",
        ] {
            if let Some(at) = sixth {
                let answer = call_at(at, &format!("{other}\r\nHost: localhost\r\n\r\n")).await;
                assert!(answer.starts_with("HTTP/1.1 404"), "{other}: {answer}");
            }
            let answer = call(port, &format!("{other}\r\nHost: localhost\r\n\r\n")).await;
            assert!(answer.starts_with("HTTP/1.1 404"), "{other}: {answer}");
        }
        let answer = call(port, "GET /signed-in?code=c&state=s HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("can be closed"), "{answer}");
        let address = waiting.await.unwrap().unwrap();
        assert_eq!(address.expose_secret(), format!("{redirect}?code=c&state=s"));
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err(), "nobody listens any more");
    }
}
