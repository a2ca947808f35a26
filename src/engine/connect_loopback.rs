//! The page of this machine that a consent leads back to: one exact path, answered once, on 127.0.0.1 alone (S14).

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use zeroize::Zeroizing;

/// The path of the redirect.
const PATH: &str = "/signed-in";
/// The longest request line that is read.
const LONGEST: usize = 16 * 1024;
/// How long one caller may take.
const CALLER: Duration = Duration::from_secs(10);

const PAGE: &str = "<!doctype html><meta charset=utf-8><title>tieout</title>\
                    <p>tieout has heard you. This page can be closed; go back to the terminal.</p>";

/// A listener for one consent.
pub struct Loopback {
    listener: TcpListener,
    port: u16,
}

impl Loopback {
    /// Listens on a port of this machine; 0: any free one.
    pub async fn open(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    /// The redirect address: the name `localhost`, as development keys register it.
    pub fn redirect(&self) -> String {
        format!("http://localhost:{}{PATH}", self.port)
    }

    /// Waits for the consent: the address that was called, as if it had been copied from the browser. Other paths and
    /// other methods are answered 404 and waited past.
    pub async fn returned(self) -> io::Result<SecretString> {
        loop {
            let (mut stream, peer) = self.listener.accept().await?;
            if !peer.ip().is_loopback() {
                continue;
            }
            match tokio::time::timeout(CALLER, asked(&mut stream)).await {
                Ok(Ok(Some(target))) if is_ours(&target) => {
                    reply(&mut stream, "200 OK", PAGE).await;
                    let address = format!("http://localhost:{}{}", self.port, *target);
                    return Ok(address.into());
                }
                Ok(Ok(_)) => reply(&mut stream, "404 Not Found", "").await,
                // a caller that says nothing or goes away changes nothing
                Ok(Err(_)) | Err(_) => {}
            }
        }
    }
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
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn one_exact_path_is_answered_once() {
        let page = Loopback::open(0).await.unwrap();
        let (port, redirect) = (page.port, page.redirect());
        let waiting = tokio::spawn(page.returned());
        for other in [
            "GET / HTTP/1.1",
            "GET /signed-in HTTP/1.1",
            "POST /signed-in?code=c HTTP/1.1",
            "GET /x?code=c HTTP/1.1",
        ] {
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
