//! Slow and many connections: each is bounded, and others are still served. The deadlines are short where a client never
//! gets on, so that a slow machine changes nothing.

use std::time::Duration;

use tieout::inbound::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::kit::{
    Heard, PATIENCE, REALM, Rig, TOKEN, notification, plain_from, request, shake, signed, talk,
};

const SHORT: Duration = Duration::from_millis(150);

async fn ended(mut stream: impl tokio::io::AsyncRead + Unpin) -> Vec<u8> {
    let mut heard = Vec::new();
    let reading = stream.read_to_end(&mut heard);
    // a reset is an end too
    drop(tokio::time::timeout(PATIENCE, reading).await.expect("the listener keeps a slow client"));
    heard
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_does_not_come_is_cut_and_others_are_served() {
    let limits = Limits { handshake: Duration::from_secs(2), ..Limits::default() };
    let rig = Rig::limited(limits).await;
    let silent = TcpStream::connect(rig.events).await.unwrap();
    let mut half = TcpStream::connect(rig.events).await.unwrap();
    half.write_all(&[22, 3, 1]).await.unwrap();
    let other = rig.webhook(&signed(TOKEN, &notification(&[REALM]))).await;
    assert_eq!(other.status(), Some(200));
    assert!(ended(silent).await.is_empty());
    assert!(ended(half).await.is_empty());
    let (_, refused) = rig.end().await;
    assert_eq!((refused[0].reason.as_str(), refused[0].count), ("the handshake took too long", 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_do_not_come_are_cut() {
    let rig = Rig::limited(Limits { headers: SHORT, ..Limits::default() }).await;
    let silent = TcpStream::connect(rig.webhooks).await.unwrap();
    let mut half = TcpStream::connect(rig.webhooks).await.unwrap();
    half.write_all(b"POST /quickbooks-online HTTP/1.1\r\nHost: x\r\nX-Slow").await.unwrap();
    drop((ended(silent).await, ended(half).await));
    let tls = shake(rig.events, &rig.tls(Some(&rig.client))).await.unwrap();
    drop(ended(tls).await);
    let (kept, refused) = rig.end().await;
    assert!(kept.is_empty());
    assert_eq!(refused.iter().map(|r| r.count).sum::<u64>(), 3, "{refused:?}");
    assert!(refused.iter().all(|r| r.reason == "the headers came too slowly"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_end_is_answered_with_come_again() {
    let rig = Rig::limited(Limits { body: SHORT, ..Limits::default() }).await;
    let half = request("POST /quickbooks-online HTTP/1.1", &["Content-Length: 500"], b"{\"event");
    assert_eq!(rig.webhook(&half).await.status(), Some(503));
    let none = request("POST /concur HTTP/1.1", &["Content-Length: 500"], b"");
    assert_eq!(rig.event(&none).await.status(), Some(503));
    let open =
        request("POST /quickbooks-online HTTP/1.1", &["Transfer-Encoding: chunked"], b"5\r\nhello\r\n");
    assert_eq!(rig.webhook(&open).await.status(), Some(503));
    let (kept, refused) = rig.end().await;
    assert!(kept.is_empty());
    assert!(refused.iter().all(|r| r.reason == "the body came too slowly"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_has_one_deadline_over_all() {
    let rig = Rig::limited(Limits { total: SHORT, ..Limits::default() }).await;
    let silent = TcpStream::connect(rig.webhooks).await.unwrap();
    assert!(ended(silent).await.is_empty());
    let (_, refused) = rig.end().await;
    assert_eq!(refused[0].reason, "the connection took too long");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_capped_by_peer_and_in_all_and_come_back() {
    let rig = Rig::limited(Limits { connections: 3, per_peer: 2, ..Limits::default() }).await;
    let request = signed(TOKEN, &notification(&[REALM]));
    let one = TcpStream::connect(rig.webhooks).await.unwrap();
    let two = TcpStream::connect(rig.webhooks).await.unwrap();
    // connections are taken in the order in which they came
    assert_eq!(rig.webhook(&request).await, Heard::Closed, "a third of one peer");
    let other = plain_from("127.0.0.2", rig.webhooks).await.unwrap();
    let fourth = plain_from("127.0.0.3", rig.webhooks).await.unwrap();
    assert_eq!(talk(fourth, &request, false).await, Heard::Closed, "a fourth in all");
    assert_eq!(talk(other, &request, false).await.status(), Some(200), "who came in is served");
    drop((one, two));
    let free = async {
        while rig.webhook(&request).await.status() != Some(200) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, free).await.expect("places are given back");
    let (_, refused) = rig.end().await;
    assert!(refused.iter().any(|r| r.reason == "too many connections"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_is_kept_whole_and_hints_once() {
    let rig = std::sync::Arc::new(Rig::new().await);
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..300 {
        let rig = rig.clone();
        tasks.spawn(async move {
            let body = format!(
                r#"[{{"id":"burst-{}","type":"qbo.vendor.updated.v1","intuitaccountid":"{REALM}"}}]"#,
                n % 250
            );
            // a place may be taken by others for a moment, as it may for any sender
            loop {
                match rig.webhook(&signed(TOKEN, body.as_bytes())).await.status() {
                    Some(200) => break,
                    None | Some(503) => tokio::task::yield_now().await,
                    Some(other) => panic!("{other}"),
                }
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(rig.kept().await.len(), 250);
    let later = rig.core.now().checked_add(jiff::SignedDuration::from_secs(60)).unwrap();
    assert_eq!(rig.core.hints.take(later).len(), 1, "one look");
    assert_eq!(rig.core.hints.due(), None);
}
