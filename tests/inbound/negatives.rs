//! What is not a plain, proved delivery: the exact answer to each, what is kept of it, and whether the engine looks.
//! Verified things that are not understood are kept and answered 2xx: a 4xx would make their sender drop them.

use std::collections::BTreeSet;

use tieout::engine::hints::Hint;
use tieout::inbound::Limits;

use crate::kit::{
    COMPANY, Heard, REALM, Rig, TOKEN, event, notification, post, request, sign, signed, start, talk,
};

/// Which port a case goes to.
#[derive(Clone, Copy, PartialEq)]
enum To {
    /// Signed webhooks, over plain HTTP on this machine.
    Hooks,
    /// Events, over TLS with the right certificate.
    Events,
    /// The TLS port, without TLS.
    EventsBare,
}
use To::{Events, EventsBare, Hooks};

/// Which connections the engine is to look at.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Look {
    Nowhere,
    Concur,
    Ledger,
    Everywhere,
}
use Look::{Concur, Everywhere, Ledger, Nowhere};

struct Case {
    what: &'static str,
    to: To,
    bytes: Vec<u8>,
    half_close: bool,
    /// `None`: the connection ends without an answer.
    status: Option<u16>,
    kept: usize,
    look: Look,
}

fn case(what: &'static str, to: To, bytes: Vec<u8>, status: u16, kept: usize, look: Look) -> Case {
    Case { what, to, bytes, half_close: false, status: Some(status), kept, look }
}

/// A webhook whose signature header is this.
fn with_signature(header: &str, body: &[u8]) -> Vec<u8> {
    post("/quickbooks-online", &[&format!("intuit-signature: {header}")], body)
}

fn chunked(body: &[u8], signature: &str) -> Vec<u8> {
    let mut framed = Vec::new();
    for chunk in body.chunks(8000) {
        framed.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        framed.extend_from_slice(chunk);
        framed.extend_from_slice(b"\r\n");
    }
    framed.extend_from_slice(b"0\r\n\r\n");
    let headers = ["Transfer-Encoding: chunked", &format!("intuit-signature: {signature}")];
    request("POST /quickbooks-online HTTP/1.1", &headers, &framed)
}

/// A notification of exactly this many bytes.
fn sized(bytes: usize) -> Vec<u8> {
    let mut body = notification(&[REALM]);
    body.resize(bytes, b' ');
    body
}

fn signatures() -> Vec<Case> {
    let body = notification(&[REALM]);
    let right = sign(TOKEN, &body);
    let mut newline = body.clone();
    newline.push(b'\n');
    let hex = tieout::model::canonical::sha256_hex(right.as_bytes());
    let twice = [format!("intuit-signature: {right}"), format!("intuit-signature: {right}")];
    let twice: Vec<&str> = twice.iter().map(String::as_str).collect();
    vec![
        case("no signature", Hooks, post("/quickbooks-online", &[], &body), 401, 0, Nowhere),
        case("an empty signature", Hooks, with_signature("", &body), 401, 0, Nowhere),
        case("no base64", Hooks, with_signature("%%%%", &body), 401, 0, Nowhere),
        case("hexadecimal", Hooks, with_signature(&hex, &body), 401, 0, Nowhere),
        case("half a signature", Hooks, with_signature(&right[..20], &body), 401, 0, Nowhere),
        case("of another body", Hooks, with_signature(&sign(TOKEN, b"{}"), &body), 401, 0, Nowhere),
        case("by another key", Hooks, with_signature(&sign("other", &body), &body), 401, 0, Nowhere),
        case("by an empty key", Hooks, with_signature(&sign("", &body), &body), 401, 0, Nowhere),
        case("a line end more", Hooks, with_signature(&right, &newline), 401, 0, Nowhere),
        case(
            "a byte changed",
            Hooks,
            with_signature(&right, &notification(&["4620816365000002"])),
            401,
            0,
            Nowhere,
        ),
        case("two signatures", Hooks, post("/quickbooks-online", &twice, &body), 401, 0, Nowhere),
        case("no body", Hooks, with_signature(&right, b""), 401, 0, Nowhere),
        case("broken JSON, not signed", Hooks, post("/quickbooks-online", &[], b"{"), 401, 0, Nowhere),
        case("the right one", Hooks, signed(TOKEN, &body), 200, 1, Ledger),
        case("the same again", Hooks, signed(TOKEN, &body), 200, 0, Nowhere),
        case("the same, by the key before", Hooks, signed("the-one-before", &body), 200, 0, Nowhere),
    ]
}

fn sizes() -> Vec<Case> {
    let limit = Limits::default().body_bytes;
    let (full, over) = (sized(limit), sized(limit + 1));
    let body = sized(700);
    let right = format!("intuit-signature: {}", sign(TOKEN, &body));
    let announce = |length: &str| {
        request("POST /quickbooks-online HTTP/1.1", &[&right, &format!("Content-Length: {length}")], &body)
    };
    let both = request(
        "POST /quickbooks-online HTTP/1.1",
        &[&right, "Content-Length: 700", "Content-Length: 701"],
        &body,
    );
    let broken = request(
        "POST /quickbooks-online HTTP/1.1",
        &[&right, "Transfer-Encoding: chunked"],
        b"zz\r\nnothing\r\n0\r\n\r\n",
    );
    vec![
        case("exactly the limit", Hooks, signed(TOKEN, &full), 200, 1, Ledger),
        case("one byte above", Hooks, signed(TOKEN, &over), 413, 0, Nowhere),
        case("the limit in chunks", Hooks, chunked(&full, &sign(TOKEN, &full)), 200, 0, Nowhere),
        case("above in chunks", Hooks, chunked(&over, &sign(TOKEN, &over)), 413, 0, Nowhere),
        case("far above, announced", Hooks, announce("1099511627776"), 413, 0, Nowhere),
        case("a length that is none", Hooks, announce("many"), 400, 0, Nowhere),
        case("a negative length", Hooks, announce("-1"), 400, 0, Nowhere),
        case("two lengths", Hooks, both, 400, 0, Nowhere),
        case("a length too short", Hooks, announce("600"), 401, 0, Nowhere),
        Case { half_close: true, ..case("a length too long", Hooks, announce("900"), 400, 0, Nowhere) },
        case("broken chunks", Hooks, broken, 400, 0, Nowhere),
    ]
}

fn requests() -> Vec<Case> {
    let body = notification(&["9"]);
    let right = format!("intuit-signature: {}", sign(TOKEN, &body));
    let length = format!("Content-Length: {}", body.len());
    let line = |line: &str| request(line, &[&right, &length], &body);
    let many = |n: usize| {
        let more: Vec<String> = (0..n).map(|i| format!("X-{i}: 1")).collect();
        let all: Vec<&str> =
            [right.as_str(), length.as_str()].into_iter().chain(more.iter().map(String::as_str)).collect();
        request("POST /quickbooks-online HTTP/1.1", &all, &body)
    };
    let long = format!("X-Long: {}", "x".repeat(70_000));
    let odd = |header: &str| request("POST /quickbooks-online HTTP/1.1", &[&right, &length, header], &body);
    let mut cases: Vec<Case> = Vec::new();
    for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "post", "TRACE"] {
        let bytes = line(&format!("{method} /quickbooks-online HTTP/1.1"));
        cases.push(case("another method", Hooks, bytes, 405, 0, Nowhere));
    }
    for path in [
        "/",
        "/quickbooks-online/",
        "/quickbooks-online?x=1",
        "/quickbooks-online?",
        "/Quickbooks-Online",
        "/quickbooks%2Donline",
        "//quickbooks-online",
        "/./quickbooks-online",
        "/concur",
        "http://events.test/quickbooks-online",
        "*",
    ] {
        let bytes = line(&format!("POST {path} HTTP/1.1"));
        cases.push(case("another path", Hooks, bytes, 404, 0, Nowhere));
    }
    cases.extend([
        case("HTTP/1.0", Hooks, line("POST /quickbooks-online HTTP/1.0"), 505, 0, Nowhere),
        case("a compressed body", Hooks, odd("Content-Encoding: gzip"), 415, 0, Nowhere),
        case("a header without a colon", Hooks, odd("nonsense"), 400, 0, Nowhere),
        case("a header with a zero byte", Hooks, odd("X-Odd: a\0b"), 400, 0, Nowhere),
        case("a header too many", Hooks, many(98), 431, 0, Nowhere),
        case("a header too long", Hooks, odd(&long), 431, 0, Nowhere),
        case("a hundred headers", Hooks, many(97), 200, 1, Nowhere),
        Case { status: None, ..case("no HTTP at all", EventsBare, b"hello\r\n\r\n".to_vec(), 0, 0, Nowhere) },
        Case {
            status: None,
            ..case(
                "HTTP where TLS is spoken",
                EventsBare,
                post("/concur", &[], &event("bare", COMPANY)),
                0,
                0,
                Nowhere,
            )
        },
    ]);
    cases
}

fn contents() -> Vec<Case> {
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    let cloud = |realm: &str, id: &str, time: &str| {
        format!(
            r#"[{{"specversion":"1.0","id":"{id}","type":"qbo.vendor.updated.v1","time":"{time}","intuitentityid":"56","intuitaccountid":"{realm}","data":{{}}}}]"#
        )
        .into_bytes()
    };
    let odd = String::from_utf8(notification(&[REALM])).unwrap().replace("Vendor", "Spaceship").into_bytes();
    let other_type = |body: &[u8]| {
        let length = format!("Content-Length: {}", body.len());
        let sig = format!("intuit-signature: {}", sign(TOKEN, body));
        request("POST /quickbooks-online HTTP/1.1", &[&length, &sig, "Content-Type: text/html"], body)
    };
    vec![
        case("broken JSON, signed", Hooks, signed(TOKEN, b"{"), 200, 1, Everywhere),
        case("deep JSON, signed", Hooks, signed(TOKEN, deep.as_bytes()), 200, 1, Everywhere),
        case("no UTF-8, signed", Hooks, signed(TOKEN, b"\xff\xfe{}"), 200, 1, Everywhere),
        case("nothing, signed", Hooks, signed(TOKEN, b""), 200, 1, Everywhere),
        case("another shape, signed", Hooks, signed(TOKEN, b"{\"a\":1}"), 200, 1, Everywhere),
        case("another content type", Hooks, other_type(&sized(800)), 200, 1, Ledger),
        case("an entity that we do not know", Hooks, signed(TOKEN, &odd), 200, 1, Ledger),
        case("a company that is not ours", Hooks, signed(TOKEN, &notification(&["1"])), 200, 1, Nowhere),
        case("two companies, one ours", Hooks, signed(TOKEN, &notification(&[REALM, "1"])), 200, 1, Ledger),
        case(
            "stale by years",
            Hooks,
            signed(TOKEN, &cloud(REALM, "c-2", "2020-01-01T00:00:00Z")),
            200,
            1,
            Ledger,
        ),
        case(
            "from the future",
            Hooks,
            signed(TOKEN, &cloud(REALM, "c-3", "2099-01-01T00:00:00Z")),
            200,
            1,
            Ledger,
        ),
        case(
            "older than the last",
            Hooks,
            signed(TOKEN, &cloud(REALM, "c-1", "2020-01-01T00:00:00Z")),
            200,
            1,
            Ledger,
        ),
        case(
            "the same id, another body",
            Hooks,
            signed(TOKEN, &cloud(REALM, "c-1", "2021")),
            200,
            0,
            Nowhere,
        ),
    ]
}

fn events() -> Vec<Case> {
    let text =
        |body: Vec<u8>, from: &str, to: &str| String::from_utf8(body).unwrap().replace(from, to).into_bytes();
    let other_topic =
        text(event("e-3", COMPANY), "public.concur.financialintegration", "public.concur.request");
    let stale = text(event("e-4", COMPANY), "2026-11-04", "2019-11-04");
    let no_id = text(event("e-5", COMPANY), "\"id\":\"e-5\",", "");
    let strange_id = text(event("e-6", COMPANY), "\"e-6\"", "{\"x\":1}");
    let length = format!("Content-Length: {}", event("e-9", COMPANY).len());
    let line = |line: &str| request(line, &[&length], &event("e-9", COMPANY));
    let gzip = post("/concur", &["Content-Encoding: gzip"], &event("e-9", COMPANY));
    let send = |body: &[u8]| post("/concur", &[], body);
    vec![
        case("an event", Events, send(&event("e-1", COMPANY)), 200, 1, Concur),
        case("the same again", Events, send(&event("e-1", COMPANY)), 200, 0, Nowhere),
        case("the same id, another company", Events, send(&event("e-1", "x")), 200, 0, Nowhere),
        case("in capitals", Events, send(&event("e-2", &COMPANY.to_uppercase())), 200, 1, Concur),
        case("a company that is not ours", Events, send(&event("e-0", "99999999")), 200, 1, Nowhere),
        case("a ledger's company", Events, send(&event("e-00", REALM)), 200, 1, Nowhere),
        case("a topic that we do not know", Events, send(&other_topic), 200, 1, Everywhere),
        case("older than 72 hours", Events, send(&stale), 200, 1, Concur),
        case("no id", Events, send(&no_id), 200, 1, Concur),
        case("no id, again", Events, send(&no_id), 200, 0, Nowhere),
        case("an id that is none", Events, send(&strange_id), 200, 1, Concur),
        case("no JSON", Events, send(b"<xml/>"), 200, 1, Everywhere),
        case("no UTF-8", Events, send(b"\xc3\x28"), 200, 1, Everywhere),
        case("the webhooks' path", Events, send_to("/quickbooks-online"), 404, 0, Nowhere),
        case("a slash more", Events, send_to("/concur/"), 404, 0, Nowhere),
        case("a query", Events, send_to("/concur?id=1"), 404, 0, Nowhere),
        case("another method", Events, line("GET /concur HTTP/1.1"), 405, 0, Nowhere),
        case("HTTP/1.0", Events, line("POST /concur HTTP/1.0"), 505, 0, Nowhere),
        case("compressed", Events, gzip, 415, 0, Nowhere),
        case("too large", Events, send(&vec![b' '; Limits::default().body_bytes + 1]), 413, 0, Nowhere),
    ]
}

fn send_to(path: &str) -> Vec<u8> {
    post(path, &[], &event("e-9", COMPANY))
}

fn looks(hints: &BTreeSet<Hint>) -> Look {
    let of = |id: &str| Hint::Connection(id.into());
    if hints.contains(&Hint::All) {
        Everywhere
    } else if *hints == BTreeSet::from([of("concur-us")]) {
        Concur
    } else if *hints == BTreeSet::from([of("qbo-us")]) {
        Ledger
    } else {
        assert!(hints.is_empty(), "{hints:?}");
        Nowhere
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_has_its_exact_answer_and_leaves_exactly_what_it_should() {
    let rig = Rig::new().await;
    let cases: Vec<Case> =
        [signatures(), sizes(), requests(), contents(), events()].into_iter().flatten().collect();
    let negatives = cases.iter().filter(|c| c.kept == 0).count();
    assert!(negatives >= 40, "{negatives}");
    let mut wrong = Vec::new();
    let mut all = 0;
    for (n, c) in cases.iter().enumerate() {
        let heard = match c.to {
            Hooks => {
                let stream = tokio::net::TcpStream::connect(rig.webhooks).await.unwrap();
                talk(stream, &c.bytes, c.half_close).await
            }
            Events => rig.event(&c.bytes).await,
            EventsBare => crate::kit::plain(rig.events, &c.bytes).await,
        };
        let kept = rig.kept().await;
        // hints are gathered by the clock, which stands still: each case has an hour of its own
        let at =
            start().checked_add(jiff::SignedDuration::from_hours(i64::try_from(n).unwrap() + 1)).unwrap();
        let look = looks(&rig.core.hints.take(at));
        rig.clock.set(at);
        let got = (heard.status(), kept.len() - all, look);
        if got != (c.status, c.kept, c.look) {
            let line = String::from_utf8_lossy(&c.bytes[..c.bytes.len().min(60)]).into_owned();
            wrong.push(format!("{} ({line:?}): {got:?}, not {:?}", c.what, (c.status, c.kept, c.look)));
        }
        all = kept.len();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let (kept, refused) = rig.end().await;
    let turned_away: u64 = refused.iter().map(|r| r.count).sum();
    let not_taken = cases.iter().filter(|c| c.status != Some(200)).count() as u64;
    assert_eq!(turned_away, not_taken, "each is counted once: {refused:?}");
    let again: u64 = kept.iter().map(|k| k.repeats).sum();
    let duplicates = cases.iter().filter(|c| c.status == Some(200) && c.kept == 0).count() as u64;
    assert_eq!(again, duplicates);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_is_what_came_byte_for_byte() {
    let rig = Rig::new().await;
    let body = b"{ \"eventNotifications\" : [ ] ,\r\n\t\"\\u0000\": \"\x1b[31m\" }";
    assert_eq!(rig.webhook(&signed(TOKEN, body)).await.status(), Some(200));
    let kept = rig.kept().await;
    assert_eq!(kept[0].delivery.raw, body);
    assert_eq!(
        (kept[0].delivery.source.as_str(), kept[0].delivery.verified_by.as_str()),
        ("quickbooks_online", "signature")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_when_to_come_again_and_which_method_is_meant() {
    let rig = Rig::new().await;
    let Heard::Status(405, text) = rig.webhook(b"GET /quickbooks-online HTTP/1.1\r\nHost: x\r\n\r\n").await
    else {
        panic!("no 405");
    };
    assert!(text.to_ascii_lowercase().contains("allow: post"), "{text}");
    assert!(text.to_ascii_lowercase().contains("connection: close"), "{text}");
}
