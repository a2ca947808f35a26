//! Webhooks over HTTP (contract section 9).

use std::sync::Mutex;

use axum::extract::State;
use axum::routing::post;
use tokio::net::TcpListener;

use super::*;
use crate::sandbox::faults::{Fault, What, When};
use crate::sandbox::quickbooks_online::webhooks::sign;

type Seen = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// A receiver that keeps what it gets and answers 202.
async fn receiver() -> (String, Seen) {
    let seen = Seen::default();
    let keep = async |State(seen): State<Seen>, headers: HeaderMap, body: Bytes| {
        seen.lock().unwrap().push((headers, body));
        axum::http::StatusCode::ACCEPTED
    };
    let router = Router::new().route("/hook", post(keep)).with_state(seen.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, seen)
}

#[tokio::test]
async fn what_changed_is_told_in_both_formats() {
    let desk = Desk::new().await;
    let token = desk.signed_in["webhook_verifier_token"].as_str().unwrap();
    let (url, seen) = receiver().await;
    desk.company.set_clock("2026-11-04T14:31:00Z".parse().unwrap());
    let bill = desk.post("bill", desk.bill("A")).await.json()["Bill"]["Id"].clone();
    let lost = desk.id("Vendor", "Card merchants");
    let winner = desk.id("Vendor", "Okafor, Amara");
    desk.company.by_hand("merge", "Vendor", &json!({"Id": lost, "Into": winner})).unwrap();
    let done = desk.company.deliver(&json!({"url": url})).await.unwrap();
    assert_eq!(done["delivered"], json!([202]));
    let (headers, body) = seen.lock().unwrap().remove(0);
    assert_eq!(headers["intuit-signature"], sign(token, &body).as_str());
    for name in ["intuit-created-time", "intuit-t-id", "intuit-notification-schema-version"] {
        assert!(headers.contains_key(name), "{name}");
    }
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(told["eventNotifications"][0]["realmId"], REALM);
    let entities = told["eventNotifications"][0]["dataChangeEvent"]["entities"].as_array().unwrap();
    let created =
        json!({"name": "Bill", "id": bill, "operation": "Create", "lastUpdated": "2026-11-04T14:31:00Z"});
    assert!(entities.contains(&created), "{entities:?}");
    let merged = entities.iter().find(|one| one["operation"] == "Merge").unwrap();
    assert_eq!((&merged["id"], &merged["deletedId"]), (&json!(winner), &json!(lost)));
    assert!(desk.company.deliver(&json!({"url": url})).await.unwrap_err().contains("nothing changed"));
    let events = json!([{"entity": "bill", "id": bill, "operation": "Delete"},
                        {"entity": "Vendor", "id": "56", "realm": "9130000000000001", "at": "2026-03-02T17:05:11Z"}]);
    let order = json!({"url": url, "format": "cloudevents", "events": events, "times": 2});
    assert_eq!(desk.company.deliver(&order).await.unwrap()["delivered"], json!([202, 202]));
    let both: Vec<Bytes> = seen.lock().unwrap().drain(..).map(|(_, body)| body).collect();
    assert_eq!(both[0], both[1], "a duplicate is the same to the byte");
    let told: Value = serde_json::from_slice(&both[0]).unwrap();
    assert_eq!((&told[0]["type"], &told[0]["intuitentityid"]), (&json!("qbo.bill.deleted.v1"), &bill));
    assert_eq!(
        (&told[1]["type"], &told[1]["intuitaccountid"]),
        (&json!("qbo.vendor.updated.v1"), &json!("9130000000000001"))
    );
    assert_eq!(
        (&told[1]["specversion"], &told[1]["time"]),
        (&json!("1.0"), &json!("2026-03-02T17:05:11.000000Z"))
    );
    assert_ne!(told[0]["id"], told[1]["id"]);
}

#[tokio::test]
async fn a_delivery_can_be_wrong_unsigned_doubled_or_lost() {
    let desk = Desk::new().await;
    let token = desk.signed_in["webhook_verifier_token"].as_str().unwrap();
    let (url, seen) = receiver().await;
    let order = |more: Value| {
        let mut order = json!({"url": url, "events": [{"entity": "Vendor", "id": "56"}]});
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        order
    };
    desk.company.deliver(&order(json!({"signature": "wrong"}))).await.unwrap();
    let (headers, body) = seen.lock().unwrap().remove(0);
    assert_ne!(headers["intuit-signature"], sign(token, &body).as_str());
    desk.company.deliver(&order(json!({"signature": "none"}))).await.unwrap();
    assert!(!seen.lock().unwrap().remove(0).0.contains_key("intuit-signature"));
    for (what, arrive) in [(What::DuplicateEvent, 2), (What::LoseEvent, 0)] {
        desk.faults.arm(Fault::once("quickbooks_online", "deliver", what, When::Before)).unwrap();
        let done = desk.company.deliver(&order(json!({}))).await.unwrap();
        assert_eq!(done["delivered"].as_array().unwrap().len(), arrive);
        assert_eq!(seen.lock().unwrap().drain(..).count(), arrive);
    }
    for more in [
        json!({"url": null}),
        json!({"format": "xml"}),
        json!({"signature": "blue"}),
        json!({"events": 1}),
        json!({"events": [{"id": "1"}]}),
        json!({"times": "often"}),
        json!({"ca": "none"}),
        json!({"url": "http://127.0.0.1:1/"}),
    ] {
        assert!(desk.company.deliver(&order(more.clone())).await.is_err(), "{more}");
    }
}
