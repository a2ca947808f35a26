//! Through the routers, as a client would call.

mod documents;
mod events;
mod gate;
mod images;
mod invoices;
mod payments;
mod receiver;
mod reference;
mod shapes;
mod sign_in;
mod wire;
mod writes;

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use jiff::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::*;

const FIRST_LOOK: &str = "2026-11-04T14:30:00Z";
const EXPENSES: &str = "/financialintegration/fi/v4/companies/transactiontypes/expense/transactions";

/// A stand-in with its addresses, and a client that is signed in.
struct Bench {
    concur: Arc<Concur>,
    bound: Value,
    token: String,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl Bench {
    async fn new(now: &str) -> Self {
        Self::of(Firm::sample().unwrap(), now).await
    }

    async fn of(firm: Firm, now: &str) -> Self {
        let concur = Concur::new(firm, Arc::new(NoFaults), at(now));
        let bound = concur.bound(&["http://127.0.0.1:1".to_owned(), "http://127.0.0.1:2".to_owned()]);
        let mut bench = Self { concur, bound, token: String::new() };
        bench.sign_in().await;
        bench
    }

    async fn sign_in(&mut self) -> Value {
        let body = self.sign_in_form(&[]);
        let (status, answer) = self.token(0, &body).await;
        assert_eq!(status, 200, "{answer}");
        self.token = answer["access_token"].as_str().unwrap().to_owned();
        answer
    }

    /// The form of the company's sign-in with some fields replaced; an empty value leaves one out.
    fn sign_in_form(&self, changes: &[(&str, &str)]) -> String {
        let text = |name: &str| self.bound[name].as_str().unwrap().to_owned();
        let mut fields = vec![
            ("client_id", text("client_id")),
            ("client_secret", text("client_secret")),
            ("grant_type", "password".to_owned()),
            ("username", text("company_uuid")),
            ("password", text("request_token")),
            ("credtype", "authtoken".to_owned()),
        ];
        for (name, value) in changes {
            fields.retain(|(known, _)| known != name);
            fields.push((name, (*value).to_owned()));
        }
        fields.retain(|(_, value)| !value.is_empty());
        fields.iter().map(|(n, v)| format!("{n}={}", v.replace('@', "%40"))).collect::<Vec<_>>().join("&")
    }

    async fn token(&self, center: usize, form: &str) -> (u16, Value) {
        let request = Request::post("/oauth2/v0/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()))
            .unwrap();
        self.send(center, request).await
    }

    async fn send(&self, center: usize, request: Request<Body>) -> (u16, Value) {
        let (status, text) = self.text(center, request).await;
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    async fn text(&self, center: usize, request: Request<Body>) -> (u16, String) {
        let router = self.concur.routers().remove(center).1;
        let response = router.oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        assert!(response.headers().contains_key("concur-correlationid") || status == 404);
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    fn request(&self, path: &str) -> axum::http::request::Builder {
        Request::get(path).header("authorization", format!("Bearer {}", self.token))
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.send(0, self.request(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.request(path).method("POST").body(Body::from(body.to_string())).unwrap();
        self.send(0, request).await
    }

    async fn call(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = self.request(path).method(method).body(Body::from(body.to_string())).unwrap();
        self.send(0, request).await
    }

    /// Sets a switch that exists.
    fn set(&self, switch: &str, value: Value) {
        self.concur.switch(switch, &value).unwrap();
    }

    /// Signs in as the app, without a company.
    async fn sign_in_as_app(&mut self) {
        let form = self.sign_in_form(&[("grant_type", "client_credentials")]);
        let (status, answer) = self.token(0, &form).await;
        assert_eq!((status, answer.get("refresh_token")), (200, None));
        self.token = answer["access_token"].as_str().unwrap().to_owned();
    }

    fn business(&self, number: &str) -> String {
        self.truth(&self.id(number))["businessId"].as_str().unwrap().to_owned()
    }

    /// FIS id of a document by its number; the last one of that number.
    fn id(&self, number: &str) -> String {
        let index = self.concur.shared.state().named(number).unwrap();
        self.concur.shared.state().records[index].id.clone()
    }

    fn truth(&self, id: &str) -> Value {
        self.concur.records().into_iter().find(|r| r["id"] == id).unwrap()
    }

    async fn acknowledge(&self, ids: &[&str], system: &str) -> Vec<u64> {
        let body = json!({"ids": ids, "systemId": system});
        let (status, answer) = self.post(&format!("{EXPENSES}/acknowledgements"), &body).await;
        assert_eq!(status, 200);
        codes(&answer, ids)
    }

    async fn confirm(&self, items: Vec<Value>, system: &str) -> Vec<u64> {
        let ids: Vec<String> = items.iter().map(|i| i["docId"].as_str().unwrap_or("").to_owned()).collect();
        let body = json!({"systemId": system, "postingConfirmations": items});
        let (status, answer) = self.post(&format!("{EXPENSES}/postingconfirmations"), &body).await;
        assert_eq!(status, 200);
        codes(&answer, &ids.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

/// The result codes in the order of the ids.
fn codes(answer: &Value, ids: &[&str]) -> Vec<u64> {
    let of = |id: &str| answer.as_array().unwrap().iter().find(|item| item["docId"] == id).unwrap();
    assert_eq!(answer.as_array().unwrap().len(), ids.len());
    ids.iter().map(|id| of(id)["code"].as_u64().unwrap()).collect()
}

fn success(id: &str) -> Value {
    json!({
        "docId": id, "overallPostingStatusCode": "success", "systemMessages": [],
        "postingDocs": [{
            "companyId": "US01", "documentNumber": "B-1", "fiscalYear": "2026", "paymentRelevantLineItems": [],
            "postingDate": "2026-10-30",
        }],
    })
}

fn error(id: &str) -> Value {
    json!({
        "docId": id, "overallPostingStatusCode": "error", "postingDocs": [],
        "systemMessages": [{"messageId": "TO-1", "messageLanguage": "EN", "messageShortText": "rejected",
            "messageLongText": "rejected by the controller"}],
    })
}
