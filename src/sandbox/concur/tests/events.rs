//! Subscriptions, and the delivery of events over TLS with a client certificate.

use super::receiver::Receiver;
use super::*;

const HOOKS: &str = "/events/v4/subscriptions/webhook";
const ALL: &str = "/events/v4/subscriptions";

fn hook(id: &str, url: &str) -> Value {
    json!({"id": id, "filter": ".*", "topic": "public.concur.financialintegration",
        "webHookConfig": {"endpoint": url}})
}

#[tokio::test]
async fn subscriptions_are_kept_by_the_app() {
    let mut bench = Bench::new(FIRST_LOOK).await;
    assert_eq!(bench.get("/events/v4/topics").await.0, 403, "a company token is of no use here");
    bench.sign_in_as_app().await;
    let (_, topics) = bench.get("/events/v4/topics").await;
    assert!(topics.as_array().unwrap().contains(&json!("public.concur.financialintegration")));
    assert_eq!(bench.get(EXPENSES).await.0, 403, "an app token is of no use there");
    let url = "https://hooks.example.test/concur";
    for n in 1..=5 {
        let (status, answer) = bench.call("PUT", HOOKS, &hook(&format!("tieout.test-{n}"), url)).await;
        assert_eq!(status, 200);
        assert_eq!(answer["message"], format!("Subscription 'tieout.test-{n}' saved successfully"));
    }
    assert_eq!(bench.call("PUT", HOOKS, &hook("tieout.six", url)).await.0, 400);
    assert_eq!(bench.call("PUT", HOOKS, &hook("tieout.test-1", "https://other.example.test/")).await.0, 200);
    let one = format!("{ALL}/tieout.test-1");
    let (_, kept) = bench.get(&one).await;
    assert_eq!(kept[0]["webHookConfig"]["endpoint"], "https://other.example.test/");
    assert_eq!(
        (&kept[0]["scope"], &kept[0]["companyIds"][0]),
        (&json!("FISVC"), &bench.bound["company_uuid"])
    );
    bench.set("subscription_object", json!(true));
    assert_eq!(bench.get(&one).await.1["id"], "tieout.test-1");
    assert_eq!(bench.get(ALL).await.1.as_array().unwrap().len(), 5);
    assert_eq!(bench.call("DELETE", &one, &Value::Null).await.0, 200);
    assert_eq!(bench.call("DELETE", &one, &Value::Null).await.0, 404);
    assert_eq!(bench.get(&one).await.0, 404);
    for (name, value, status) in [
        ("id", json!("Tieout_1"), 400),
        ("topic", json!("public.concur.weather"), 403),
        ("filter", json!("(["), 400),
        ("webHookConfig", json!({"endpoint": "http://plain.example.test"}), 400),
    ] {
        let mut wrong = hook("tieout.wrong", url);
        wrong[name] = value;
        assert_eq!(bench.call("PUT", HOOKS, &wrong).await.0, status, "{name}");
    }
    bench.set("scopes", json!("events.topic.read"));
    bench.sign_in_as_app().await;
    assert_eq!(bench.get("/events/v4/topics").await.1, json!([]));
}

/// A bench with one subscription at a receiver.
async fn subscribed() -> (Bench, Receiver) {
    let mut bench = Bench::new(FIRST_LOOK).await;
    let receiver = Receiver::new(&bench.concur.certificates().unwrap());
    bench.sign_in_as_app().await;
    assert_eq!(bench.call("PUT", HOOKS, &hook("tieout.test", &receiver.url)).await.0, 200);
    (bench, receiver)
}

fn add(bench: &Bench, count: u64) -> Vec<String> {
    let added = bench.concur.add_documents(&json!({"documents": count, "seed": 3})).unwrap();
    added["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["businessId"].as_str().unwrap().to_owned())
        .collect()
}

/// Business ids of the events that came.
fn told(receiver: &Receiver) -> Vec<String> {
    receiver.came().iter().map(|(_, e)| e["facts"]["documentId"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_new_document_is_announced() {
    let (bench, receiver) = subscribed().await;
    let ids = add(&bench, 2);
    bench.concur.deliver_due().await;
    let came = receiver.came();
    assert_eq!(came.len(), 2);
    let (correlation, event) = &came[0];
    assert_eq!(event["correlationId"], correlation.as_str());
    assert_eq!(event["eventType"], "expense.readyForIntegration");
    assert_eq!(event["topic"], "public.concur.financialintegration");
    assert_eq!(
        (&event["facts"]["documentId"], &event["facts"]["companyId"]),
        (&json!(ids[0]), &bench.bound["company_uuid"])
    );
    assert_eq!(event["timeStamp"], "2026-11-04T14:30:00.000+0000");
    assert!(event["facts"]["href"].as_str().unwrap().ends_with(&format!("docId={}", ids[0])));
    assert_ne!(event["id"], came[1].1["id"]);
    bench.concur.deliver_due().await;
    assert!(receiver.came().is_empty());
    assert_eq!(bench.concur.more_records()["events"]["deliveries"][0]["outcome"], "delivered");
}

#[tokio::test]
async fn the_first_is_tried_again_before_the_second_is_sent() {
    let (bench, receiver) = subscribed().await;
    let ids = add(&bench, 2);
    let mut clock = at(FIRST_LOOK);
    for status in [503, 401, 403, 429] {
        receiver.answer(&[status]);
        bench.concur.deliver_due().await;
        assert_eq!(told(&receiver), ids[..1], "{status} is tried again");
        bench.concur.deliver_due().await;
        assert_eq!(told(&receiver), Vec::<String>::new(), "not before its time");
        clock = clock.checked_add(jiff::SignedDuration::from_mins(15)).unwrap();
        bench.concur.set_clock(clock);
    }
    bench.concur.deliver_due().await;
    assert_eq!(told(&receiver), ids);
    let more = add(&bench, 2);
    receiver.answer(&[400]);
    bench.concur.deliver_due().await;
    assert_eq!(told(&receiver), more, "another 4xx drops the event and the next one follows");
    bench.concur.set_clock(clock.checked_add(jiff::SignedDuration::from_hours(1)).unwrap());
    bench.concur.deliver_due().await;
    assert!(receiver.came().is_empty());
}

#[tokio::test]
async fn events_are_kept_for_three_days() {
    let (bench, receiver) = subscribed().await;
    add(&bench, 1);
    receiver.answer(&[500]);
    bench.concur.deliver_due().await;
    assert_eq!(receiver.came().len(), 1);
    bench.concur.set_clock(at("2026-11-07T14:30:01Z"));
    bench.concur.deliver_due().await;
    assert!(receiver.came().is_empty());
    let truth = bench.concur.more_records()["events"].clone();
    assert_eq!(truth["subscriptions"][0]["waiting"], json!([]));
    assert_eq!(truth["deliveries"][1]["outcome"], "dropped");
}

#[tokio::test]
async fn events_come_twice_or_in_another_order_by_switch() {
    let (bench, receiver) = subscribed().await;
    bench.set("duplicate_events", json!(true));
    let ids = add(&bench, 1);
    bench.concur.deliver_due().await;
    assert_eq!(told(&receiver), [ids[0].clone(), ids[0].clone()]);
    bench.set("duplicate_events", json!(false));
    bench.set("reorder_events", json!(true));
    let ids = add(&bench, 2);
    bench.concur.deliver_due().await;
    assert_eq!(told(&receiver), [ids[1].clone(), ids[0].clone()]);
}

#[tokio::test]
async fn a_recalled_report_changes_its_status() {
    let mut bench = Bench::new(FIRST_LOOK).await;
    let receiver = Receiver::new(&bench.concur.certificates().unwrap());
    bench.sign_in_as_app().await;
    let mut reports = hook("tieout.reports", &receiver.url);
    reports["topic"] = "public.concur.expense.report".into();
    reports["filter"] = "^statusChanged$|reportDeleted".into();
    assert_eq!(bench.call("PUT", HOOKS, &reports).await.0, 200);
    bench.set("recall", json!("N2HF5R"));
    add(&bench, 1);
    bench.concur.deliver_due().await;
    let came = receiver.came();
    assert_eq!(came.len(), 1);
    let facts = &came[0].1["facts"];
    assert_eq!(
        (&facts["stepCode"], &facts["reportId"]),
        (&json!("RECALL"), &json!(bench.business("N2HF5R")))
    );
    assert_eq!((&facts["currentPaymentStatus"], &facts["actingUserId"]), (&json!("P_NOTP"), &Value::Null));
    assert!(came[0].1["timeStamp"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn only_the_right_certificate_passes() {
    let bench = Bench::new(FIRST_LOOK).await;
    let receiver = Receiver::new(&bench.concur.certificates().unwrap());
    let send = async |certificate: &str| {
        let body = json!({"document": "D13", "url": receiver.url, "certificate": certificate});
        bench.concur.send_events(body).await.unwrap()["deliveries"][0].clone()
    };
    for certificate in ["none", "expired", "unknown_issuer", "wrong_usage"] {
        let told = send(certificate).await;
        assert_eq!((&told["status"], &told["outcome"]), (&Value::Null, &json!("retry")), "{certificate}");
        assert!(told["error"].is_string());
    }
    // the name is for the receiver to look at
    for certificate in ["good", "wrong_name"] {
        assert_eq!(send(certificate).await["status"], 200, "{certificate}");
    }
    assert_eq!(told(&receiver), [bench.business("B4Q7TN"), bench.business("B4Q7TN")]);
}

#[tokio::test]
async fn events_on_demand_go_once_or_many_times_and_in_any_order() {
    let (bench, receiver) = subscribed().await;
    let body = json!({"documents": ["D13", "D14"], "times": 2, "order": "reverse"});
    let answer = bench.concur.send_events(body).await.unwrap();
    let deliveries = answer["deliveries"].as_array().unwrap();
    assert_eq!(deliveries.len(), 4);
    assert!(
        deliveries.iter().all(|one| one["outcome"] == "delivered" && one["subscription"] == "tieout.test")
    );
    assert_eq!(deliveries[0]["event"], deliveries[1]["event"]);
    let (first, second) = (bench.business("B4Q7TN"), bench.business("N2HF5R"));
    assert_eq!(told(&receiver), [second.clone(), second, first.clone(), first]);
    let given = json!({"event": {"id": "made-up", "facts": {"documentId": "NONE"}}, "url": receiver.url});
    bench.concur.send_events(given).await.unwrap();
    let came = receiver.came();
    assert_eq!((&came[0].1["id"], came[0].0.as_str()), (&json!("made-up"), ""));
    for wrong in [
        json!({}),
        json!({"document": "nobody"}),
        json!({"document": "D13", "times": 0}),
        json!({"document": "D13", "certificate": "forged", "url": "https://127.0.0.1:1/"}),
        json!({"document": "D13", "event_type": "birthday"}),
        json!({"document": "D13", "event_type": "statusChanged"}),
        json!({"document": "D13", "colour": "green"}),
    ] {
        assert!(bench.concur.send_events(wrong.clone()).await.is_err(), "{wrong}");
    }
}
