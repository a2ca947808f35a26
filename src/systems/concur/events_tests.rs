use serde_json::{Value, json};

use super::super::testing::{client, ok, says};
use super::*;
use crate::transport::Heard;

fn wire(id: &str) -> Value {
    json!({ "id": id, "filter": ".*", "topic": "public.concur.financialintegration", "applicationId": "a", "scope": "s",
            "groups": [], "companyIds": ["c-1", "c-2"], "webHookConfig": { "endpoint": "https://hooks.example.test/concur" } })
}

fn ours(id: &str, endpoint: &str) -> Subscription {
    Subscription {
        id: id.into(),
        topic: "public.concur.financialintegration".into(),
        filter: ".*".into(),
        endpoint: endpoint.into(),
        companies: vec![],
    }
}

#[tokio::test]
async fn topics_and_the_list() {
    let (concur, fake) = client(vec![
        ok(&json!(["public.concur.expense.report", "public.test"])),
        ok(&json!([wire("tieout.prod.v1")])),
    ]);
    assert_eq!(concur.topics().await.unwrap(), ["public.concur.expense.report", "public.test"]);
    let all = concur.subscriptions().await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(
        (all[0].id.as_str(), all[0].endpoint.as_str()),
        ("tieout.prod.v1", "https://hooks.example.test/concur")
    );
    assert_eq!(all[0].companies, ["c-1", "c-2"]);
    assert_eq!(fake.paths(), ["/events/v4/topics", "/events/v4/subscriptions"]);
    assert_eq!(fake.kinds(), ["events", "events"]);
}

#[tokio::test]
async fn one_may_come_as_an_array_or_an_object() {
    for body in [json!([wire("a.b")]), wire("a.b")] {
        let (concur, fake) = client(vec![ok(&body)]);
        assert_eq!(concur.subscription("a.b".into()).await.unwrap().unwrap().filter, ".*");
        assert_eq!(fake.paths(), ["/events/v4/subscriptions/a.b"]);
    }
    for answer in [says(404, ""), ok(&json!([])), ok(&json!([wire("other")]))] {
        let (concur, _) = client(vec![answer]);
        assert_eq!(concur.subscription("a.b".into()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn put_and_delete() {
    let (concur, fake) = client(vec![
        ok(&json!({ "message": "Subscription 'tieout.prod.v1' saved successfully" })),
        ok(&json!({ "message": "marked for deletion" })),
        says(404, ""),
    ]);
    concur.subscribe(ours("tieout.prod.v1", "https://hooks.example.test/concur")).await.unwrap();
    concur.unsubscribe("tieout.prod.v1".into()).await.unwrap();
    concur.unsubscribe("tieout.prod.v1".into()).await.unwrap();
    let asked = fake.asked();
    assert_eq!((asked[0].method, asked[0].path.as_str()), (Method::Put, "/events/v4/subscriptions/webhook"));
    assert_eq!(
        asked[0].json(),
        json!({ "id": "tieout.prod.v1", "filter": ".*", "topic": "public.concur.financialintegration",
                "webHookConfig": { "endpoint": "https://hooks.example.test/concur" } })
    );
    assert_eq!(
        (asked[1].method, asked[1].path.as_str()),
        (Method::Delete, "/events/v4/subscriptions/tieout.prod.v1")
    );
    assert_eq!(fake.kinds(), ["events_write"; 3]);
}

#[tokio::test]
async fn what_concur_would_refuse_is_not_sent() {
    let (concur, fake) = client(vec![]);
    for (id, endpoint) in [
        ("Tieout", "https://h.test"),
        ("a_b", "https://h.test"),
        ("", "https://h.test"),
        ("a", "http://h.test"),
        ("a", "h.test"),
    ] {
        assert!(
            matches!(concur.subscribe(ours(id, endpoint)).await, Err(CallError::Refused(_))),
            "{id} {endpoint}"
        );
    }
    let without_topic = Subscription { topic: String::new(), ..ours("a", "https://h.test") };
    assert!(matches!(concur.subscribe(without_topic).await, Err(CallError::Refused(_))));
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn trouble_is_told() {
    let (concur, fake) = client(vec![says(429, "")]);
    assert_eq!(concur.topics().await.unwrap_err(), CallError::Throttled(None));
    assert_eq!(fake.reported(), [Heard::Throttled(None)]);
    let (concur, fake) = client(vec![says(403, ""), says(403, r#"{"message":"scope"}"#)]);
    assert!(matches!(concur.subscriptions().await, Err(CallError::Refused(why)) if why.contains("scope")));
    assert_eq!(fake.refreshed(), 1);
    let (concur, _) = client(vec![ok(&json!({ "message": "?" }))]);
    assert!(matches!(concur.topics().await, Err(CallError::Shape(_))));
    for other in ["5", r#"{"message":"?"}"#, "[{}]"] {
        let (concur, _) = client(vec![says(200, other)]);
        assert!(matches!(concur.subscriptions().await, Err(CallError::Shape(_))), "no empty list: {other}");
    }
}
