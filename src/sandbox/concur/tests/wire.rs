//! Over sockets: the fault plan around Concur's operations, and events delivered by themselves.

use std::net::{IpAddr, Ipv4Addr};

use super::receiver::Receiver;
use super::*;
use crate::sandbox::assembly::Stage;

const REQUEST: &str = "/api/v3.0/invoice/paymentrequest";

/// The stage with a client that is signed in.
struct Served {
    stage: Stage,
    client: reqwest::Client,
    token: String,
}

impl Served {
    async fn new(grant: &str) -> Self {
        let firm = Firm::sample().unwrap();
        let stage = Stage::open(firm, IpAddr::V4(Ipv4Addr::LOCALHOST), at(FIRST_LOOK)).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let told = &stage.sandbox.systems()["concur"];
        let text = |name: &str| told[name].as_str().unwrap().to_owned();
        let form = [
            ("client_id", text("client_id")),
            ("client_secret", text("client_secret")),
            ("grant_type", grant.to_owned()),
            ("username", text("company_uuid")),
            ("password", text("request_token")),
            ("credtype", "authtoken".to_owned()),
        ];
        let answer = client.post(text("token_url")).form(&form).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        let token = answer["access_token"].as_str().unwrap().to_owned();
        Self { stage, client, token }
    }

    fn base(&self) -> String {
        self.stage.sandbox.systems()["concur"]["base_url"].as_str().unwrap().to_owned()
    }

    async fn control(&self, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.stage.sandbox.control_url());
        let sent = if body.is_null() { self.client.get(url) } else { self.client.post(url).json(&body) };
        let answer = sent.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path} {body}");
        answer.json().await.unwrap()
    }

    async fn arm(&self, operation: &str, fault: Value) {
        let mut body = json!({"system": "concur", "operation": operation, "when": "before"});
        body.as_object_mut().unwrap().extend(fault.as_object().unwrap().clone());
        self.control("/faults", body).await;
    }

    async fn get(&self, path: &str) -> reqwest::Result<reqwest::Response> {
        self.client.get(format!("{}{path}", self.base())).bearer_auth(&self.token).send().await
    }

    async fn put(&self, path: &str, body: &Value) -> u16 {
        let sent = self.client.put(format!("{}{path}", self.base())).bearer_auth(&self.token);
        sent.json(body).send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn the_fault_plan_surrounds_the_new_operations() {
    let served = Served::new("password").await;
    let faults = served.control("/faults", Value::Null).await;
    let operations = faults["operations"]["concur"].as_array().unwrap();
    for name in ["confirm_payment", "digests", "request_write", "pay_invoices", "quick_expense", "deliver"] {
        assert!(operations.contains(&json!(name)), "{name}");
    }
    let path = "/api/v3.0/invoice/paymentrequestdigests";
    for (status, headers) in
        [(403, json!({})), (429, json!({"Retry-After": "7"})), (429, json!({})), (500, json!({}))]
    {
        served.arm("digests", json!({"what": "status", "status": status, "headers": headers})).await;
        let answer = served.get(path).await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
        assert_eq!(answer.headers().get("retry-after").is_some(), headers.get("Retry-After").is_some());
    }
    served.arm("digests", json!({"what": "delay", "delay_ms": 1})).await;
    served.arm("digests", json!({"what": "expire_token"})).await;
    assert_eq!(served.get(path).await.unwrap().status(), 401);
    assert_eq!(served.control("/faults", Value::Null).await["fired"]["concur/digests/delay"], 1);
}

#[tokio::test]
async fn a_payment_request_is_made_although_the_answer_was_cut() {
    let served = Served::new("password").await;
    served.arm("*", json!({"what": "drop_reply"})).await;
    assert!(served.get("/api/v3.1/invoice/vendors").await.unwrap().status().is_success());
    let body = json!({"Name": "Pictures", "InvoiceNumber": "CS-1", "InvoiceAmount": "10.00", "CountryCode": "US",
        "LedgerCode": "FQSTU", "VendorRemitToIdentifier": {"VendorCode": "V4001", "AddressCode": "V4001-1"}});
    let url = format!("{}{REQUEST}", served.base());
    let sent = served.client.post(url).bearer_auth(&served.token).json(&body).send().await;
    assert!(sent.is_err() || sent.unwrap().bytes().await.is_err());
    let path = "/api/v3.0/invoice/paymentrequestdigests?vendorInvoiceNumber=CS-1";
    let found: Value = served.get(path).await.unwrap().json().await.unwrap();
    assert_eq!(found["TotalCount"], 1);
    let truth = served.control("/truth/concur", Value::Null).await;
    assert_eq!(truth["more"]["paymentRequests"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_signed_address_is_read_without_a_token() {
    let served = Served::new("password").await;
    let records = served.stage.concur.records();
    let invoice = records.iter().find(|record| record["docType"] == "invoice").unwrap();
    let path = format!("/api/image/v1.0/invoice/{}", invoice["businessId"].as_str().unwrap());
    let xml = served.get(&path).await.unwrap().text().await.unwrap();
    let url = xml.split("<Url>").nth(1).unwrap().split('<').next().unwrap().replace("&amp;", "&");
    let answer = served.client.get(url).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/pdf");
    assert!(answer.bytes().await.unwrap().starts_with(b"%PDF-1.4"));
}

// the receiver is waited for on this thread
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_delivered_by_themselves_lost_or_doubled_by_the_plan() {
    let served = Served::new("client_credentials").await;
    let certificates = served.control("/certificates", Value::Null).await;
    let receiver = Receiver::new(&certificates["concur"]);
    let hook = json!({"id": "tieout.wire", "filter": "expense.*", "topic": "public.concur.financialintegration",
        "webHookConfig": {"endpoint": receiver.url}});
    assert_eq!(served.put("/events/v4/subscriptions/webhook", &hook).await, 200);
    let business = async |seed: u64| {
        let added = served.control("/documents", json!({"documents": 1, "seed": seed})).await;
        added["documents"][0]["businessId"].clone()
    };
    let first = business(1).await;
    let came = receiver.wait_for(1);
    assert_eq!(came[0].1["facts"]["documentId"], first);
    served.arm("deliver", json!({"what": "lose_event"})).await;
    business(2).await;
    let third = business(3).await;
    let came = receiver.wait_for(1);
    assert_eq!(came[0].1["facts"]["documentId"], third, "the second was lost");
    served.arm("deliver", json!({"what": "duplicate_event"})).await;
    let fourth = business(4).await;
    let came = receiver.wait_for(2);
    assert!(came.iter().all(|(_, event)| event["facts"]["documentId"] == fourth));
    assert_eq!(came[0].1["id"], came[1].1["id"]);
    let order = json!({"system": "concur", "document": "D13", "times": 3, "url": receiver.url});
    let told = served.control("/events", order).await;
    assert_eq!(told["deliveries"].as_array().unwrap().len(), 3);
    assert_eq!(receiver.wait_for(3).len(), 3);
    served.stage.sandbox.shutdown().await;
}
