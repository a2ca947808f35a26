//! Uploads: the form, faults inside a 200, and outcomes that are not known.

use super::*;
use crate::systems::{AttachedPaper, CallError, Paper, Put};

fn paper(name: &str, bytes: &[u8]) -> Paper {
    Paper { name: name.into(), content_type: "application/pdf".into(), bytes: bytes.to_vec() }
}

fn attached() -> Result<Reply, NetError> {
    ok(
        &json!({"AttachableResponse": [{"Attachable": {"Id": "5000000000000361802", "FileName": "hotel.pdf", "Size": 8}}]}),
    )
}

fn file_fault(code: &str) -> Result<Reply, NetError> {
    ok(
        &json!({"AttachableResponse": [{"Fault": fault(code, "ValidationFault", "Invalid attachment", "d")}], "time": "t"}),
    )
}

async fn put(paper: Paper, answers: Vec<Result<Reply, NetError>>) -> (Result<Put, CallError>, Arc<Script>) {
    let script = Script::new(answers);
    (client(&script).attach(EntryKind::CardPurchase, "151".into(), paper).await, script)
}

#[tokio::test]
async fn a_paper_goes_out_raw_in_two_parts() {
    let (got, script) = put(paper("Hôtel \"A\".pdf", b"%PDF\r\n\xff\x00"), vec![attached()]).await;
    assert_eq!(got, Ok(Put::Done { id: "5000000000000361802".into() }));
    let asked = script.asked.lock().unwrap();
    let request = &asked[0];
    assert!(request.url.ends_with("/v3/company/4620816365000001/upload?minorversion=75"), "{}", request.url);
    let header = |n: &str| request.headers.iter().find(|(k, _)| k == n).map(|(_, v)| v.clone()).unwrap();
    let boundary = header("Content-Type").strip_prefix("multipart/form-data; boundary=").unwrap().to_string();
    assert_eq!(request.headers.iter().filter(|(k, _)| k == "Content-Type").count(), 1);
    let raw = &request.body;
    let text = String::from_utf8_lossy(raw);
    assert!(
        text.starts_with(&format!("--{boundary}\r\n")) && text.ends_with(&format!("\r\n--{boundary}--\r\n"))
    );
    assert!(
        text.contains(r#"name="file_metadata_01""#)
            && text.contains(r#"name="file_content_01"; filename="H_tel _A_.pdf""#)
    );
    assert!(text.contains(r#""EntityRef":{"type":"Purchase","value":"151"}"#), "{text}");
    assert!(text.contains(r#""FileName":"Hôtel \"A\".pdf""#));
    assert!(raw.windows(8).any(|w| w == b"%PDF\r\n\xff\x00"));
    assert!(!text.contains("base64"));
    drop(asked);
    assert_eq!(*script.reported.lock().unwrap(), [("write", Heard::Fine)]);
}

#[tokio::test]
async fn a_refused_content_goes_once_more_as_base64_and_nothing_else_does() {
    let (got, script) = put(paper("a.pdf", b"%PDF"), vec![file_fault("6040"), attached()]).await;
    assert!(matches!(got, Ok(Put::Done { .. })));
    let second = String::from_utf8_lossy(&script.asked.lock().unwrap()[1].body).into_owned();
    assert!(second.contains("Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n"), "{second}");
    let (got, script) = put(paper("a.pdf", b"%PDF"), vec![file_fault("6041"), file_fault("6041")]).await;
    assert!(matches!(got, Ok(Put::Refused { code, .. }) if code == "6041"));
    assert_eq!(script.calls(), 2);
    for code in ["6050", "6030", "610"] {
        let (got, _) = put(paper("a.pdf", b"%PDF"), vec![file_fault(code)]).await;
        assert!(matches!(got, Ok(Put::Refused { code: c, .. }) if c == code), "{code}");
    }
}

#[tokio::test]
async fn an_outcome_that_is_not_known_is_told_as_such() {
    let lost = NetError::MaybeSent { reason: "time-out".into(), timed_out: true };
    for answer in [
        Err(lost),
        Ok(reply(500, "")),
        Ok(reply(200, "")),
        Ok(reply(200, "<html>")),
        ok(&json!({})),
        ok(&json!({"AttachableResponse": []})),
        ok(&json!({"AttachableResponse": [{"Attachable": {"FileName": "x"}}]})),
        file_fault("10000"),
    ] {
        let (got, script) = put(paper("a.pdf", b"%PDF"), vec![answer]).await;
        assert!(matches!(got, Ok(Put::Unknown(_))), "{got:?}");
        assert_eq!(script.calls(), 1);
    }
    let (got, _) = put(paper("a.pdf", b"%PDF"), vec![Err(NetError::NotSent("dns".into()))]).await;
    assert_eq!(got, Ok(Put::NotSent("dns".into())));
    let (got, _) = put(paper("a.pdf", b"%PDF"), vec![Ok(reply(429, ""))]).await;
    assert_eq!(got, Err(CallError::Throttled(None)));
    let (got, _) = put(paper("a.pdf", b"%PDF"), vec![file_fault("3001")]).await;
    assert_eq!(got, Err(CallError::Throttled(None)));
}

#[tokio::test]
async fn what_would_be_refused_is_not_sent() {
    for (one, code) in [
        (paper("page.html", b"x"), "6041"),
        (paper("photo.heic", b"x"), "6041"),
        (paper("none", b"x"), "6041"),
        (paper("a.pdf", b""), "6040"),
    ] {
        let (got, script) = put(one, vec![]).await;
        assert!(matches!(got, Ok(Put::Refused { code: c, .. }) if c == code));
        assert_eq!(script.calls(), 0);
    }
}

#[tokio::test]
async fn the_papers_of_a_record_are_asked_before_an_upload_is_repeated() {
    let rows = json!([{"Id": "5000000000000361802", "FileName": "hotel.pdf", "Size": 48213},
                      {"Id": "2", "FileName": "x.pdf", "Size": "7"}, {"Id": "3", "Note": "only a note"}]);
    let script = Script::new(vec![ok(&batch_answer(&[("Attachable", rows)]))]);
    let got = client(&script).attached(EntryKind::Bill, "151".into()).await.unwrap();
    assert!(script.queries(0)[0].starts_with(
        "select * from Attachable where AttachableRef.EntityRef.Type = 'Bill' and AttachableRef.EntityRef.value = '151'"
    ));
    assert_eq!(
        got[0],
        AttachedPaper { id: "5000000000000361802".into(), name: "hotel.pdf".into(), size: 48213 }
    );
    assert_eq!((got[1].size, got[2].size, got.len()), (7, 0, 3));
}
