use serde_json::{Value, json};

use super::super::testing::{Fake, SAMPLE, client, client_with, ok, says};
use super::*;
use crate::systems::Source;
use crate::transport::{NetError, Reply};

fn told(id: &str, code: i64, text: &str) -> Value {
    let result = if code == 0 { "SUCCESS" } else { "FAILURE" };
    json!({ "code": code, "docId": id, "systemId": "TIEOUT", "acknowledgeResult": result, "errorMessage": text })
}

fn stands(id: &str, status: &str, by: Value) -> Value {
    let document: Value = serde_json::from_str(SAMPLE).unwrap();
    json!({ "content": [{ "id": id, "docStatus": status, "erpSystemId": by, "document": document }],
            "page": { "totalPages": 1, "totalElements": 1 } })
}

async fn ack(answers: Vec<Result<Reply, NetError>>) -> (Heard, std::sync::Arc<Fake>) {
    let (concur, fake) = client(answers);
    let mut heard = concur.acknowledge(DocumentKind::ExpenseReport, vec!["a".into()]).await.unwrap();
    assert_eq!(heard.len(), 1);
    (heard.remove(0).1, fake)
}

/// Acknowledges after a scan that named the business id.
async fn ack_after_scan(answers: Vec<Result<Reply, NetError>>) -> (Heard, std::sync::Arc<Fake>) {
    let mut all = vec![ok(&stands("a", "READY", Value::Null))];
    all.extend(answers);
    let (concur, fake) = client(all);
    concur.changes(None).await.unwrap();
    let mut heard = concur.acknowledge(DocumentKind::ExpenseReport, vec!["a".into()]).await.unwrap();
    (heard.remove(0).1, fake)
}

#[tokio::test]
async fn the_body_carries_our_system_id() {
    let (heard, fake) = ack(vec![ok(&json!([told("a", 0, "")]))]).await;
    assert_eq!(heard, Heard::Accepted);
    let asked = &fake.asked()[0];
    assert!(
        asked.path.ends_with("/transactiontypes/expense/transactions/acknowledgements"),
        "{}",
        asked.path
    );
    assert_eq!(asked.json(), json!({ "ids": ["a"], "systemId": "TIEOUT" }));
    assert_eq!(asked.header("Content-Type"), Some("application/json"));
}

#[tokio::test]
async fn each_code_has_its_meaning() {
    for (code, want) in [
        (0, Heard::Accepted),
        (99, Heard::Refused("99: why".into())),
        (102, Heard::Recalled),
        (103, Heard::Later("103: not ready".into())),
        (104, Heard::Refused("104: why".into())),
        (105, Heard::Refused("105: why".into())),
        (198, Heard::Refused("198: why".into())),
        (199, Heard::Later("199: why".into())),
        (777, Heard::Refused("777: why".into())),
    ] {
        assert_eq!(ack(vec![ok(&json!([told("a", code, "why")]))]).await.0, want, "{code}");
    }
    let text_code = json!([{ "code": "0", "docId": "A", "acknowledgeResult": null }]);
    assert_eq!(ack(vec![ok(&text_code)]).await.0, Heard::Accepted, "text, and another case");
    let no_code = json!([{ "docId": "a", "acknowledgeResult": "SUCCESS" }]);
    assert_eq!(ack(vec![ok(&no_code)]).await.0, Heard::Accepted);
    let nothing = json!([{ "docId": "a" }]);
    assert!(matches!(ack(vec![ok(&nothing)]).await.0, Heard::Refused(_)));
}

#[tokio::test]
async fn order_is_not_promised_and_what_is_missing_comes_later() {
    let answer = json!([told("c", 102, ""), { "code": {} , "docId": "b" }, told("a", 0, "")]);
    let (concur, _) = client(vec![ok(&answer)]);
    let ids = ["a", "b", "c", "d"].map(String::from).to_vec();
    let heard = concur.acknowledge(DocumentKind::Invoice, ids).await.unwrap();
    assert_eq!(heard[0], ("a".into(), Heard::Accepted));
    assert!(matches!(&heard[1], (id, Heard::Later(_)) if id == "b"), "unreadable by itself");
    assert_eq!(heard[2], ("c".into(), Heard::Recalled));
    assert!(matches!(&heard[3], (id, Heard::Later(_)) if id == "d"));
}

#[tokio::test]
async fn already_acknowledged_is_decided_by_a_re_read() {
    let text = |who: &str| format!("This document was previously acknowledged by SystemId: {who}.");
    let says_101 = |who: &str| ok(&json!([told("a", 101, &text(who))]));
    // with the business id from the scan
    let now = |by: Value| ok(&stands("a", "ACKNOWLEDGED", by));
    let (heard, fake) = ack_after_scan(vec![says_101("OTHER"), now(json!("TIEOUT"))]).await;
    assert_eq!(heard, Heard::AlreadyFromUs, "the re-read wins over the text");
    assert!(fake.paths()[2].contains("docId=A1B2C3D4E5F60718293A&ignoreDocumentStatus=yes"));
    let (heard, _) = ack_after_scan(vec![says_101("TIEOUT"), now(json!("OTHER"))]).await;
    assert_eq!(heard, Heard::Taken("OTHER".into()));
    let (heard, _) = ack_after_scan(vec![says_101("TIEOUT"), now(Value::Null)]).await;
    assert_eq!(heard, Heard::AlreadyFromUs, "a re-read that names nobody leaves the text");
    let (heard, _) = ack_after_scan(vec![says_101("null"), now(json!(""))]).await;
    assert!(matches!(heard, Heard::Taken(_)), "nobody named is not us");
    let (heard, _) = ack_after_scan(vec![says_101("TIEOUT"), says(503, "")]).await;
    assert!(matches!(heard, Heard::Later(_)));
    // a resubmitted member of the same family is not the same document
    let (heard, _) =
        ack_after_scan(vec![says_101("TIEOUT"), ok(&stands("new", "READY", json!("OTHER")))]).await;
    assert_eq!(heard, Heard::AlreadyFromUs);
    // without it: the text alone
    assert_eq!(ack(vec![says_101("TIEOUT")]).await.0, Heard::AlreadyFromUs);
    assert_eq!(ack(vec![says_101("Old Middleware")]).await.0, Heard::Taken("Old Middleware".into()));
    assert!(matches!(ack(vec![says_101("null")]).await.0, Heard::Taken(_)));
    assert!(matches!(ack(vec![ok(&json!([told("a", 101, "")]))]).await.0, Heard::Taken(_)));
}

#[tokio::test]
async fn not_ready_is_read_again() {
    for (status, by, want) in [
        ("READY", Value::Null, Heard::Later("103: not ready yet".into())),
        ("DELAYED", Value::Null, Heard::Later("103: not ready yet".into())),
        ("RECALLED", Value::Null, Heard::Recalled),
        ("ACKNOWLEDGED", json!("TIEOUT"), Heard::AlreadyFromUs),
        ("ACKNOWLEDGED", json!("OTHER"), Heard::Taken("OTHER".into())),
        ("PAID", Value::Null, Heard::Refused("103: its status is PAID".into())),
    ] {
        let answers = vec![ok(&json!([told("a", 103, "")])), ok(&stands("a", status, by))];
        assert_eq!(ack_after_scan(answers).await.0, want, "{status}");
    }
}

#[tokio::test]
async fn chunks_of_a_hundred_and_a_failure_between_them() {
    let all =
        |ids: std::ops::Range<usize>| ok(&Value::Array(ids.map(|i| told(&i.to_string(), 0, "")).collect()));
    let ids: Vec<String> = (0..250).map(|i| i.to_string()).collect();
    let (concur, fake) = client(vec![all(0..100), all(100..200), all(200..250)]);
    assert_eq!(concur.acknowledge_chunk(), 100);
    let heard = concur.acknowledge(DocumentKind::ExpenseReport, ids.clone()).await.unwrap();
    assert_eq!(heard.iter().filter(|(_, h)| *h == Heard::Accepted).count(), 250);
    assert_eq!(fake.asked().len(), 3);
    let (concur, _) = client(vec![all(0..100), says(500, ""), all(200..250)]);
    let heard = concur.acknowledge(DocumentKind::ExpenseReport, ids.clone()).await.unwrap();
    assert_eq!(heard.iter().filter(|(_, h)| matches!(h, Heard::Later(_))).count(), 100);
    assert_eq!(heard.iter().filter(|(_, h)| *h == Heard::Accepted).count(), 150);
    let timeout = NetError::MaybeSent { reason: "time-out".into(), timed_out: true };
    let (concur, _) = client(vec![Err(timeout)]);
    let e = concur.acknowledge(DocumentKind::ExpenseReport, ids).await.unwrap_err();
    assert!(matches!(e, CallError::Offline { timed_out: true, .. }));
    let (concur, _) = client_with(vec![], json!({ "ack_chunk": 100_000 }));
    assert_eq!(concur.acknowledge_chunk(), 100, "never above the contract's");
}

#[tokio::test]
async fn an_answer_that_is_no_list_is_told() {
    for body in ["", "<html/>", "{}", r#"{"message":"x"}"#] {
        let (concur, _) = client(vec![says(200, body)]);
        let e = concur.acknowledge(DocumentKind::ExpenseReport, vec!["a".into()]).await.unwrap_err();
        assert!(matches!(e, CallError::Shape(_)), "{body}");
    }
}
