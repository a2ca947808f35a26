//! The contract, asked through the router as a client would ask.

mod access;
mod attachments;
mod contract;
mod documents;
mod hostile;
mod idempotency;
mod journals;
mod lists;
mod names;
mod october;
mod payments;
mod queries;
mod switches;
mod taxes;
mod webhooks;
mod wire_level;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::super::faults::Faults;
use super::super::stand_in::StandIn;
use super::{QuickBooksOnline, fq_us};

const REALM: &str = "4620816365000001";

/// An answer taken whole.
struct Got {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {:?}", self.body))
    }

    /// The code of the one fault, with the status it came with.
    fn fault(&self) -> (u16, String) {
        (self.status, code(&self.json()).to_owned())
    }
}

fn code(answer: &Value) -> &str {
    answer["Fault"]["Error"][0]["code"].as_str().unwrap_or_else(|| panic!("no fault: {answer}"))
}

/// The sample company with a client that has signed in.
struct Desk {
    company: Arc<QuickBooksOnline>,
    faults: Faults,
    router: Router,
    signed_in: Value,
    token: String,
}

impl Desk {
    async fn new() -> Self {
        Self::at("2026-11-04T14:30:00Z").await
    }

    /// The company as it is when it is opened at an instant.
    async fn at(now: &str) -> Self {
        let faults = Faults::new();
        let now = now.parse().unwrap();
        let company = QuickBooksOnline::new(fq_us::company(), faults.clone(), now).unwrap();
        let signed_in = company.bound(&["http://qbo.test".to_owned()]);
        let router = company.routers().remove(0).1;
        let mut desk = Self { company, faults, router, signed_in, token: String::new() };
        let refresh = desk.signed_in["refresh_token"].as_str().unwrap().to_owned();
        desk.token = desk.refresh(&refresh).await.json()["access_token"].as_str().unwrap().to_owned();
        desk
    }

    async fn send(&self, request: Request<Body>) -> Result<Got, axum::Error> {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await?;
        assert!(head.headers.contains_key("intuit_tid") || head.status == 503, "every answer has intuit_tid");
        Ok(Got { status: head.status.as_u16(), headers: head.headers, body })
    }

    fn basic(&self) -> String {
        let pair = format!(
            "{}:{}",
            self.signed_in["client_id"].as_str().unwrap(),
            self.signed_in["client_secret"].as_str().unwrap()
        );
        format!("Basic {}", STANDARD.encode(pair))
    }

    async fn token_call(&self, form: String) -> Got {
        let request = Request::post("/oauth2/v1/tokens/bearer")
            .header("authorization", self.basic())
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form)).unwrap()).await.unwrap()
    }

    async fn refresh(&self, token: &str) -> Got {
        self.token_call(format!("grant_type=refresh_token&refresh_token={token}")).await
    }

    /// A new access token.
    async fn renewed(&self) -> String {
        let present = self.company.bound(&["http://qbo.test".to_owned()]);
        let got = self.refresh(present["refresh_token"].as_str().unwrap()).await;
        got.json()["access_token"].as_str().unwrap().to_owned()
    }

    fn request(&self, method: &str, path: &str, body: Body) -> Request<Body> {
        Request::builder()
            .method(method)
            .uri(format!("/v3/company/{REALM}/{path}"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("accept", "application/json")
            .body(body)
            .unwrap()
    }

    async fn get(&self, path: &str) -> Got {
        self.send(self.request("GET", path, Body::empty())).await.unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> Got {
        self.try_post(path, body).await.unwrap()
    }

    async fn try_post(&self, path: &str, body: Value) -> Result<Got, axum::Error> {
        self.send(self.request("POST", path, Body::from(body.to_string()))).await
    }

    async fn query(&self, statement: &str) -> Got {
        self.send(self.request("POST", "query?minorversion=75", Body::from(statement.to_owned())))
            .await
            .unwrap()
    }

    async fn rows(&self, statement: &str, kind: &str) -> Vec<Value> {
        let got = self.query(statement).await;
        assert_eq!(got.status, 200, "{statement}: {:?}", got.body);
        got.json()["QueryResponse"][kind].as_array().cloned().unwrap_or_default()
    }

    fn switch(&self, name: &str, value: Value) {
        self.company.switch(name, &value).unwrap();
    }

    /// The id of something by its number or name.
    fn id(&self, kind: &str, name: &str) -> String {
        let records = self.company.records();
        let rows = records.iter().filter_map(|record| record.get(kind));
        let fits = |row: &&Value| {
            ["AcctNum", "FullyQualifiedName", "DisplayName", "Name"].iter().any(|key| row[*key] == name)
        };
        rows.into_iter().find(fits).unwrap_or_else(|| panic!("no {kind} {name}"))["Id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn line(&self, account: &str, amount: &str) -> Value {
        let amount: Value = serde_json::from_str(amount).unwrap();
        json!({"Amount": amount, "DetailType": "AccountBasedExpenseLineDetail",
               "AccountBasedExpenseLineDetail": {"AccountRef": {"value": self.id("Account", account)},
                                                 "ClassRef": {"value": self.id("Class", "100 Strategy")}}})
    }

    /// A bill of 10.00 that is accepted.
    fn bill(&self, number: &str) -> Value {
        json!({"VendorRef": {"value": self.id("Vendor", "Okafor, Amara")}, "TxnDate": "2026-10-28",
               "DocNumber": number, "PrivateNote": format!("tieout:{number}"), "CurrencyRef": {"value": "USD"},
               "APAccountRef": {"value": self.id("Account", "2010")}, "Line": [self.line("6010", "10.00")]})
    }

    /// Records of a kind, without those that the bookkeeper of the sample company made in September and October.
    fn count(&self, kind: &str) -> usize {
        let own = |record: &Value| {
            let number = record["DocNumber"].as_str().unwrap_or_default();
            ["SEP-", "FQ-", "CHQ-"].iter().any(|start| number.starts_with(start))
        };
        self.company.records().iter().filter_map(|record| record.get(kind)).filter(|one| !own(one)).count()
    }

    fn calls(&self, kind: &str) -> u64 {
        self.company.calls().get(kind).copied().unwrap_or_default()
    }
}

/// The value with one property replaced, or taken away by null.
fn with(mut value: Value, pointer: &str, new: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = value.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if new.is_null() {
        parent.remove(key);
    } else {
        parent.insert(key.to_owned(), new);
    }
    value
}
