use axum::body::{Body, to_bytes};
use axum::http::Request;
use tower::ServiceExt;

use super::*;
use crate::sandbox::concur::{Concur, NoFaults};
use crate::sandbox::firm::Firm;
use crate::sandbox::quickbooks_online::{QuickBooksOnline, fq_us};

struct Echo;

impl Documents for Echo {
    fn add(&self, body: &Value) -> Result<Value, String> {
        if body["count"].is_number() { Ok(body.clone()) } else { Err("say how many".to_owned()) }
    }
}

async fn call(router: &Router, method: &str, path: &str, body: Value) -> (u16, Value) {
    let request = Request::builder().method(method).uri(path).body(Body::from(body.to_string())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

fn control(documents: Option<Arc<dyn Documents>>) -> (Router, Faults) {
    let (faults, now) = (Faults::new(), "2026-11-04T14:30:00Z".parse().unwrap());
    let one = QuickBooksOnline::new(fq_us::company(), faults.clone(), now).unwrap();
    let control = Control::new(vec![one], faults.clone(), SandboxClock::new(now, false), documents);
    (router(Arc::new(control)), faults)
}

#[tokio::test]
async fn faults_are_armed_listed_and_forgotten() {
    let (router, faults) = control(None);
    let fault =
        json!({"system": "quickbooks_online", "operation": "batch", "what": "drop_reply", "when": "after"});
    assert_eq!(call(&router, "POST", "/faults", fault).await, (200, json!({"armed": 1})));
    let (_, listed) = call(&router, "GET", "/faults", Value::Null).await;
    assert_eq!(listed["armed"][0]["operation"], "batch");
    assert!(listed["operations"]["quickbooks_online"].as_array().unwrap().contains(&json!("cdc")));
    for (body, status) in [
        (json!({"system": "nobody", "operation": "*", "what": "reset", "when": "before"}), 404),
        (json!({"system": "quickbooks_online", "operation": "fly", "what": "reset", "when": "before"}), 400),
        (json!({"system": "quickbooks_online", "operation": "*", "what": "delay", "when": "before"}), 400),
        (json!({"system": "quickbooks_online", "operation": "*", "what": "melt", "when": "before"}), 400),
        (
            json!({"system": "quickbooks_online", "operation": "*", "what": "lose_event", "when": "before"}),
            501,
        ),
    ] {
        let (got, answer) = call(&router, "POST", "/faults", body.clone()).await;
        assert_eq!(got, status, "{body}");
        assert!(answer["error"].is_string());
    }
    call(&router, "POST", "/reset", Value::Null).await;
    assert!(faults.list().is_empty());
}

#[tokio::test]
async fn events_and_certificates_are_those_of_the_system_named() {
    let (router, _) = control(None);
    let qbo = json!({"system": "quickbooks_online"});
    assert_eq!(call(&router, "POST", "/events", qbo).await.0, 400);
    assert_eq!(call(&router, "POST", "/events", json!({"system": "nobody"})).await.0, 404);
    assert_eq!(call(&router, "GET", "/certificates", Value::Null).await, (200, json!({})));
    let (now, firm) = ("2026-11-04T14:30:00Z".parse().unwrap(), Firm::sample().unwrap());
    let concur = Concur::new(firm, Arc::new(NoFaults), now);
    let faults = Faults::new();
    let with = Control::new(vec![concur], faults.clone(), SandboxClock::new(now, false), None);
    let router = super::router(Arc::new(with));
    let (_, certificates) = call(&router, "GET", "/certificates", Value::Null).await;
    let pem = certificates["concur"]["clients"]["good"]["certificate"].as_str().unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
    let order = json!({"document": "D13", "url": "https://127.0.0.1:1/", "timeout_ms": 2000});
    let (status, told) = call(&router, "POST", "/events", order).await;
    assert_eq!((status, &told["deliveries"][0]["outcome"]), (200, &json!("retry")));
    assert_eq!(call(&router, "POST", "/events", json!({"document": "nobody"})).await.0, 400);
    let lost = json!({"system": "concur", "operation": "deliver", "what": "lose_event", "when": "before"});
    assert_eq!(call(&router, "POST", "/faults", lost).await.0, 200);
    let (_, truth) = call(&router, "GET", "/truth/concur", Value::Null).await;
    assert_eq!(truth["more"]["vendors"].as_array().unwrap().len(), 23);
}

#[tokio::test]
async fn the_clock_is_set_moved_and_set_back() {
    let (router, _) = control(None);
    let moved = call(&router, "POST", "/clock", json!({"advance_seconds": 90})).await;
    assert_eq!(moved, (200, json!({"now": "2026-11-04T14:31:30Z"})));
    let set = call(&router, "POST", "/clock", json!({"now": "2026-12-01T00:00:00Z"})).await;
    assert_eq!(set.1["now"], "2026-12-01T00:00:00Z");
    assert_eq!(call(&router, "POST", "/clock", json!({})).await.0, 400);
    assert_eq!(call(&router, "POST", "/clock", json!({"now": "soon"})).await.0, 400);
    assert_eq!(call(&router, "POST", "/reset", Value::Null).await.1["now"], "2026-11-04T14:30:00Z");
}

#[tokio::test]
async fn switches_truth_documents_and_events() {
    let (router, _) = control(None);
    assert_eq!(
        call(&router, "POST", "/switches/quickbooks_online", json!({"query_lag": "5 s"})).await.0,
        200
    );
    assert_eq!(call(&router, "POST", "/switches/quickbooks_online", json!({"colour": 1})).await.0, 400);
    assert_eq!(call(&router, "POST", "/switches/nobody", json!({})).await.0, 404);
    let (status, truth) = call(&router, "GET", "/truth/quickbooks_online", Value::Null).await;
    let bills = truth["records"].as_array().unwrap().iter().filter(|one| one.get("Bill").is_some());
    assert_eq!((status, bills.count(), &truth["calls"]), (200, 5, &json!({})));
    assert_eq!(call(&router, "GET", "/truth/nobody", Value::Null).await.0, 404);
    assert_eq!(call(&router, "POST", "/events", json!({})).await.0, 501);
    assert_eq!(call(&router, "POST", "/documents", json!({"count": 1})).await.0, 501);
    let (router, _) = control(Some(Arc::new(Echo)));
    assert_eq!(call(&router, "POST", "/documents", json!({"count": 1})).await, (200, json!({"count": 1})));
    assert_eq!(call(&router, "POST", "/documents", json!({})).await.0, 400);
}
