//! The classification of failures against a real server on loopback.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::*;
use crate::transport::receive::MAX_BODY;

/// What the server does once it has read the request's head.
#[derive(Clone)]
enum Script {
    Answer(Vec<u8>),
    /// Answers whatever comes first, request or not.
    Blurt(Vec<u8>),
    Reset,
    Silence,
}

/// Serves every connection by `script`; hands each request's text to the receiver.
async fn serve(script: Script) -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (seen, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(one(socket, script.clone(), seen.clone()));
        }
    });
    (address, heard)
}

async fn one(mut socket: TcpStream, script: Script, seen: mpsc::UnboundedSender<String>) {
    read_request(&mut socket, matches!(script, Script::Blurt(_)), &seen).await;
    match script {
        Script::Answer(bytes) | Script::Blurt(bytes) => {
            socket.write_all(&bytes).await.ok();
            socket.shutdown().await.ok();
        }
        Script::Reset => socket.set_zero_linger().unwrap(),
        Script::Silence => std::future::pending().await,
    }
}

/// Reads one request with its body, or whatever comes first when `hasty`.
async fn read_request(socket: &mut TcpStream, hasty: bool, seen: &mpsc::UnboundedSender<String>) {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let n = socket.read(&mut buffer).await.unwrap_or(0);
        text.extend_from_slice(&buffer[..n]);
        let head = text.windows(4).position(|w| w == b"\r\n\r\n").map(|p| p + 4);
        let length = String::from_utf8_lossy(&text)
            .to_lowercase()
            .split_once("content-length: ")
            .and_then(|(_, rest)| rest.lines().next().and_then(|l| l.parse::<usize>().ok()))
            .unwrap_or(0);
        if n == 0 || hasty || head.is_some_and(|h| text.len() >= h + length) {
            break;
        }
    }
    seen.send(String::from_utf8_lossy(&text).into_owned()).ok();
}

fn net(address: SocketAddr) -> HttpNet {
    HttpNet::new(Allow::new(&format!("http://{address}"), &[]).unwrap())
}

fn ask(address: SocketAddr) -> Request {
    Request {
        method: Method::Post,
        url: format!("http://{address}/v3/batch?requestid=b-1"),
        headers: vec![("Authorization".into(), "Bearer t".into()), ("X-One".into(), "1".into())],
        body: b"{}".to_vec(),
        timeout: Duration::from_secs(20),
    }
}

async fn outcome(script: Script) -> (Result<Reply, NetError>, Vec<String>) {
    let (address, mut heard) = serve(script).await;
    let outcome = net(address).exchange(ask(address)).await;
    let mut requests = Vec::new();
    while let Ok(text) = heard.try_recv() {
        requests.push(text);
    }
    (outcome, requests)
}

fn maybe(outcome: &Result<Reply, NetError>, timed_out: bool) -> bool {
    matches!(outcome, Err(NetError::MaybeSent { timed_out: t, .. }) if *t == timed_out)
}

#[tokio::test]
async fn an_exchange_carries_everything_both_ways() {
    let answer = b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy".to_vec();
    let (outcome, requests) = outcome(Script::Answer(answer)).await;
    let reply = outcome.unwrap();
    assert_eq!(
        (reply.status, reply.retry_after(), reply.body.as_slice()),
        (429, Some(7), b"busy".as_slice())
    );
    let text = requests[0].to_lowercase();
    assert!(text.starts_with("post /v3/batch?requestid=b-1 http/1.1\r\n"), "{text}");
    for part in ["authorization: bearer t\r\n", "x-one: 1\r\n", "content-length: 2\r\n", "\r\n\r\n{}"] {
        assert!(text.contains(part), "{part:?} in {text:?}");
    }
    assert_eq!(requests.len(), 1);
}

#[tokio::test]
async fn a_post_without_a_body_still_tells_its_length() {
    let (address, mut heard) = serve(Script::Answer(b"HTTP/1.1 204 No\r\n\r\n".to_vec())).await;
    net(address).exchange(Request { body: Vec::new(), ..ask(address) }).await.unwrap();
    assert!(heard.recv().await.unwrap().to_lowercase().contains("content-length: 0\r\n"));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let answer = b"HTTP/1.1 307 Go\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n".to_vec();
    let (outcome, requests) = outcome(Script::Answer(answer)).await;
    assert_eq!((outcome.unwrap().status, requests.len()), (307, 1));
}

#[tokio::test]
async fn a_reset_is_a_doubt_and_is_not_repeated() {
    let (outcome, requests) = outcome(Script::Reset).await;
    assert!(maybe(&outcome, false), "{outcome:?}");
    assert_eq!(requests.len(), 1);
}

#[tokio::test]
async fn a_truncated_answer_is_a_doubt() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"half\":\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "not http\r\n\r\n",
    ] {
        let (outcome, requests) = outcome(Script::Answer(answer.as_bytes().to_vec())).await;
        assert!(maybe(&outcome, false), "{answer:?}: {outcome:?}");
        assert_eq!(requests.len(), 1);
    }
}

#[tokio::test]
async fn an_answer_over_the_cap_is_a_doubt() {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", MAX_BODY + 1);
    assert!(maybe(&outcome(Script::Answer(head.into_bytes())).await.0, false));
    let mut endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    endless.resize(MAX_BODY + 1000, b' ');
    let (outcome, _) = outcome(Script::Answer(endless)).await;
    assert!(
        matches!(&outcome, Err(NetError::MaybeSent { reason, .. }) if reason.contains("16 MiB")),
        "{:?}",
        outcome.err()
    );
}

#[tokio::test]
async fn silence_ends_in_a_time_out() {
    let (address, _heard) = serve(Script::Silence).await;
    let short = Request { timeout: Duration::from_millis(150), ..ask(address) };
    let outcome = net(address).exchange(short).await;
    assert!(maybe(&outcome, true), "{outcome:?}");
}

#[tokio::test]
async fn a_refused_connection_was_provably_not_used() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let outcome = net(address).exchange(ask(address)).await;
    assert!(matches!(outcome, Err(NetError::NotSent(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_failed_handshake_was_provably_not_used() {
    let (address, _heard) = serve(Script::Blurt(b"HTTP/1.1 400 plain\r\n\r\n".to_vec())).await;
    let net = HttpNet::new(Allow::new(&format!("https://{address}"), &[]).unwrap());
    let request = Request { url: format!("https://{address}/"), ..ask(address) };
    let outcome = net.exchange(request).await;
    assert!(matches!(outcome, Err(NetError::NotSent(_))), "{outcome:?}");
}

#[tokio::test]
async fn what_the_list_refuses_is_never_called() {
    let (address, mut heard) = serve(Script::Silence).await;
    let (other, _) = serve(Script::Silence).await;
    let outcome = net(other).exchange(ask(address)).await;
    assert!(matches!(outcome, Err(NetError::NotSent(_))), "{outcome:?}");
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn a_name_is_judged_by_where_it_leads() {
    let (address, _heard) = serve(Script::Answer(b"HTTP/1.1 204 No\r\n\r\n".to_vec())).await;
    let url = format!("http://localhost:{}/x", address.port());
    let near = HttpNet::new(Allow::new(&url, &[]).unwrap());
    assert_eq!(near.exchange(Request { url, ..ask(address) }).await.unwrap().status, 204);
    let far = HttpNet::new(Allow::new("https://api.example.com", &["localhost"]).unwrap());
    let outcome = far.exchange(Request { url: "https://localhost/x".into(), ..ask(address) }).await;
    assert!(
        matches!(&outcome, Err(NetError::NotSent(why)) if why.contains("which is loopback")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_kept_connection_that_breaks_is_a_doubt_and_is_not_repeated() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (seen, mut heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let seen = seen.clone();
            tokio::spawn(async move {
                read_request(&mut socket, false, &seen).await;
                socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.ok();
                read_request(&mut socket, false, &seen).await;
                socket.set_zero_linger().unwrap();
            });
        }
    });
    let net = net(address);
    assert_eq!(net.exchange(ask(address)).await.unwrap().status, 200);
    let outcome = net.exchange(ask(address)).await;
    assert!(maybe(&outcome, false), "{outcome:?}");
    assert!(heard.try_recv().is_ok() && heard.try_recv().is_ok());
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn a_compressed_answer_is_unpacked_and_a_cut_one_is_a_doubt() {
    // `{"ok":true}`
    let small = "H4sIAAAAAAAC/6tWys9WsiopKk2tBQCQX9SnCwAAAA==";
    let packed = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, small).unwrap();
    let mut answer =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len())
            .into_bytes();
    answer.extend_from_slice(&packed);
    let (heard, requests) = outcome(Script::Answer(answer)).await;
    assert_eq!(heard.unwrap().body, b"{\"ok\":true}");
    assert!(requests[0].to_lowercase().contains("accept-encoding: gzip"));
    // The announced length is right, the packed text inside ends early.
    let cut = packed.len() - 12;
    let mut short =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {cut}\r\n\r\n").into_bytes();
    short.extend_from_slice(&packed[..cut]);
    assert!(maybe(&outcome(Script::Answer(short)).await.0, false));
}

#[tokio::test]
async fn headers_of_the_exchange_itself_cannot_be_set() {
    let (address, mut heard) = serve(Script::Silence).await;
    for (name, value) in [("Content-Length", "9"), ("Host", "x"), ("bad name", "x"), ("x", "line\r\nbreak")] {
        let request = Request { headers: vec![(name.into(), value.into())], ..ask(address) };
        assert!(matches!(net(address).exchange(request).await, Err(NetError::NotSent(_))), "{name}");
    }
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn a_failure_does_not_repeat_the_query() {
    let (address, _heard) = serve(Script::Reset).await;
    let request = Request { url: format!("http://{address}/x?token=hush-hush"), ..ask(address) };
    let outcome = net(address).exchange(request).await;
    assert!(!outcome.unwrap_err().to_string().contains("hush"));
}
