//! Long bodies, broken ones, hostile ones.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::kit::{PATIENCE, Rig, answer, envelope, head, post};
use crate::engine::visit::Step;
use crate::inbound::settings::Limits;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// The text of `receiveResponseXML` up to the answer, and after it.
fn around(ticket: &str) -> (String, String) {
    let inside = format!("<ticket>{ticket}</ticket><response>|</response><hresult/><message/>");
    let whole = envelope("receiveResponseXML", &inside);
    let (before, after) = whole.split_once('|').unwrap();
    (before.into(), after.into())
}

/// Sends an answer of `pieces` pieces as one body, piece by piece.
async fn bring(rig: &Rig, ticket: &str, piece: &str, pieces: usize) -> (u16, String) {
    let (before, after) = around(ticket);
    let length = before.len() + piece.len() * pieces + after.len();
    let mut stream = TcpStream::connect(rig.at).await.unwrap();
    let talking = async {
        let head = format!("{}\r\n{before}", head("receiveResponseXML", length));
        stream.write_all(head.as_bytes()).await.unwrap();
        for _ in 0..pieces {
            if stream.write_all(piece.as_bytes()).await.is_err() {
                break;
            }
        }
        drop(stream.write_all(after.as_bytes()).await);
        answer(&mut stream).await
    };
    let (status, _, body) = tokio::time::timeout(PATIENCE, talking).await.unwrap();
    (status, body)
}

async fn out(rig: &Rig) -> String {
    rig.script(|s| s.steps = [Step::Ask("one".into())].into());
    let ticket = rig.ticket().await;
    rig.send_request(&ticket).await;
    ticket
}

#[tokio::test]
async fn an_answer_of_nearly_64_mib_is_spooled_and_read_and_leaves_nothing() {
    let rig = Rig::new().await;
    let ticket = out(&rig).await;
    let piece = format!("&lt;Memo&gt;{}&amp;&lt;/Memo&gt;", "x".repeat(64 * KIB - 64));
    let pieces = 63 * MIB / piece.len();
    let (status, body) = bring(&rig, &ticket, &piece, pieces).await;
    assert!(status == 200 && body.contains(">100<"), "{status} {body}");
    let one = piece.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    rig.script(|s| {
        let got = &s.brought[0].answer;
        assert_eq!(got.len(), one.len() * pieces);
        assert!(got.chunks(one.len()).all(|c| c == one.as_bytes()));
    });
    assert_eq!(std::fs::read_dir(&rig.spool).unwrap().count(), 0);
}

/// In a process of its own: what the others need would be measured, too.
#[test]
#[cfg(target_os = "linux")]
fn six_long_answers_at_once_are_held_one_at_a_time() {
    let own = "inbound::web_connector::tests::bodies::measured_alone";
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    let out = child.args(["--exact", own, "--ignored", "--nocapture"]).output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(
        out.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&out.stderr)
    );
}

#[cfg(target_os = "linux")]
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<usize>().unwrap() * KIB
}

#[tokio::test]
#[cfg(target_os = "linux")]
#[ignore = "runs in a process of its own"]
async fn measured_alone() {
    let rig = Rig::new().await;
    let ticket = out(&rig).await;
    let piece = format!("&lt;Memo&gt;{}&lt;/Memo&gt;", "x".repeat(64 * KIB));
    let before = peak();
    let six = (0..6).map(|_| bring(&rig, &ticket, &piece, 60 * MIB / piece.len()));
    for (status, body) in futures::future::join_all(six).await {
        assert!(status == 200 && body.contains(">100<"), "{status} {body}");
    }
    // the script keeps the first one, while the next is read; all six would be 360 MiB
    let grown = peak() - before;
    eprintln!("{} MiB more at the peak", grown / MIB);
    assert!(grown < 200 * MIB, "{} MiB", grown / MIB);
}

#[tokio::test]
async fn more_than_64_mib_is_refused() {
    let rig = Rig::limited(Limits { body_bytes: MIB, ..Limits::web_connector() }).await;
    let ticket = out(&rig).await;
    let (status, _) = bring(&rig, &ticket, &"y".repeat(KIB), 1025).await;
    assert_eq!(status, 413);
    // without an announced length it is noticed on the way
    let (before, _) = around(&ticket);
    let mut stream = TcpStream::connect(rig.at).await.unwrap();
    let chunk = format!("{:x}\r\n{}\r\n", 64 * KIB, "y".repeat(64 * KIB));
    let talking = async {
        let head = "POST /qbwc HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let first = format!("{:x}\r\n{before}\r\n", before.len());
        stream.write_all(first.as_bytes()).await.unwrap();
        for _ in 0..20 {
            drop(stream.write_all(chunk.as_bytes()).await);
        }
        drop(stream.write_all(b"0\r\n\r\n").await);
        answer(&mut stream).await.0
    };
    assert_eq!(tokio::time::timeout(PATIENCE, talking).await.unwrap(), 413);
    assert_eq!(std::fs::read_dir(&rig.spool).unwrap().count(), 0);
    rig.script(|s| assert!(s.brought.is_empty() && s.late.is_empty()));
}

#[tokio::test]
async fn who_is_not_known_sends_little() {
    let rig = Rig::new().await;
    let unknown = "{6f1d0000-0000-4000-8000-000000000000}";
    let (status, body) = bring(&rig, unknown, &"z".repeat(KIB), 300).await;
    assert!(status == 200 && body.contains(">-1<"), "{status} {body}");
    rig.script(|s| assert!(s.late.is_empty(), "it is not even read"));
    let (status, body) = bring(&rig, unknown, &"z".repeat(KIB), 200).await;
    assert!(status == 200 && body.contains(">-1<"), "{status} {body}");
    rig.script(|s| assert!(s.late.is_empty(), "nor looked at where it is short"));
    let long = "p".repeat(300 * KIB);
    let (status, _) = rig.call("authenticate", &format!("<strPassword>{long}</strPassword>")).await;
    assert_eq!(status, 413);
    let (status, _) =
        rig.call("authenticate", &format!("<strUserName>{}</strUserName>", &long[..65 * KIB])).await;
    assert_eq!(status, 500, "one parameter is shorter than that");
    // a ticket that was ours may bring its answer late, however long it is
    let ticket = out(&rig).await;
    rig.wait(Duration::from_mins(50));
    rig.service.sweep_once().await;
    let (status, body) = bring(&rig, &ticket, &"z".repeat(KIB), 300).await;
    assert!(status == 200 && body.contains(">-1<"), "{status} {body}");
    rig.script(|s| assert_eq!(s.late[0].answer.len(), 300 * KIB));
    let (status, body) = bring(&rig, &rig.ticket_of_before(), &"z".repeat(KIB), 301).await;
    assert!(status == 200 && body.contains(">-1<"), "{status} {body}");
    rig.script(|s| assert_eq!(s.late[1].answer.len(), 301 * KIB));
}

#[tokio::test]
async fn a_body_that_does_not_come_is_cut() {
    let rig = Rig::limited(Limits { body: Duration::from_millis(150), ..Limits::web_connector() }).await;
    let mut stream = TcpStream::connect(rig.at).await.unwrap();
    stream.write_all(format!("{}\r\n<soap", head("x", 500)).as_bytes()).await.unwrap();
    let (status, _, _) = tokio::time::timeout(PATIENCE, answer(&mut stream)).await.unwrap();
    assert_eq!(status, 408);
    let ticket = out(&rig).await;
    let (before, _) = around(&ticket);
    let mut stream = TcpStream::connect(rig.at).await.unwrap();
    let long = format!("{}\r\n{before}{}", head("receiveResponseXML", MIB), "y".repeat(300 * KIB));
    stream.write_all(long.as_bytes()).await.unwrap();
    let (status, _, _) = tokio::time::timeout(PATIENCE, answer(&mut stream)).await.unwrap();
    assert_eq!(status, 408);
    assert_eq!(std::fs::read_dir(&rig.spool).unwrap().count(), 0);
    rig.script(|s| assert!(s.brought.is_empty(), "half an answer is none"));
}

#[tokio::test]
async fn hostile_xml_is_refused_and_reaches_nobody() {
    let rig = Rig::new().await;
    let plain = envelope("serverVersion", "");
    let (prolog, rest) = plain.split_at(plain.find("<soap:Envelope").unwrap());
    let attributes = |name: &str, n: usize| {
        let list: Vec<String> = (0..n).map(|i| format!("{name}{i}=\"v\"")).collect();
        envelope("serverVersion", &format!("<strVersion {}/>", list.join(" ")))
    };
    let header = |inside: &str| {
        rest.replace("<soap:Body>", &format!("<soap:Header>{inside}</soap:Header><soap:Body>"))
    };
    let deep = |n: usize| header(&format!("{}{}", "<a>".repeat(n), "</a>".repeat(n)));
    for fine in [plain.clone(), attributes("a", 64), attributes("xmlns:n", 16), deep(30), rest.to_string()] {
        assert_eq!(rig.send(&post("serverVersion", &fine)).await.0, 200, "{fine}");
    }
    for bad in [
        format!("{prolog}<!DOCTYPE a [<!ENTITY b \"c\">]>{rest}"),
        format!("{prolog}<?php x?>{rest}"),
        header("<?php x?>"),
        header("<!DOCTYPE a>"),
        format!("{prolog}{prolog}{rest}"),
        attributes("a", 65),
        attributes("xmlns:n", 17),
        envelope("serverVersion", "<strVersion a=\"1\" a=\"2\"/>"),
        deep(31),
        envelope("clientVersion", "<strVersion>&unknown;</strVersion>"),
        envelope("clientVersion", "<strVersion><b>1</b></strVersion>"),
        envelope("clientVersion", "<strVersion>1</strVersion><strVersion>2</strVersion>"),
        envelope("clientVersion", "loose text"),
        envelope("serverVersion", "").replace("</soap:Body>", "<b/></soap:Body>"),
        format!("{plain}<b/>"),
        format!("{plain}text"),
        plain.replace("soap:Body>", "soap:Bodies>"),
        plain.replace("Envelope", "Envelop"),
        plain[..plain.len() - 20].to_string(),
        "<a></b>".to_string(),
        "not XML".to_string(),
        String::new(),
    ] {
        let (status, said) = rig.send(&post("serverVersion", &bad)).await;
        assert!(status == 500 && said.contains("soap:Client"), "{bad}\n{status} {said}");
    }
    let mut bytes = post("clientVersion", &envelope("clientVersion", "<strVersion>??</strVersion>"));
    let at = bytes.windows(2).rposition(|w| w == b"??").unwrap();
    bytes[at..at + 2].copy_from_slice(&[0xff, 0xfe]);
    assert_eq!(rig.send(&bytes).await.0, 500, "not UTF-8");
    assert!(rig.heard().is_empty());
}
