use std::net::{IpAddr, Ipv4Addr};

use super::*;
use crate::sandbox::faults::{Fault, What, When};
use crate::sandbox::server::{Options, Sandbox};

async fn serve(desk: &Desk) -> Sandbox {
    let options = Options {
        listen: IpAddr::V4(Ipv4Addr::LOCALHOST),
        now: "2026-11-04T14:30:00Z".parse().unwrap(),
        clock_runs: false,
        documents: None,
    };
    Sandbox::start(vec![desk.company.clone()], desk.faults.clone(), options).await.unwrap()
}

#[tokio::test]
async fn a_reply_dropped_on_the_wire_leaves_the_bill_written() {
    let desk = Desk::new().await;
    let sandbox = serve(&desk).await;
    let base = sandbox.systems()["quickbooks_online"]["base_url"].as_str().unwrap().to_owned();
    let control = sandbox.control_url().to_owned();
    assert!(control.starts_with("http://127.0.0.1:") && !control.ends_with('/'));
    let client = reqwest::Client::builder().no_proxy().retry(reqwest::retry::never()).build().unwrap();
    let arm =
        json!({"system": "quickbooks_online", "operation": "bill", "what": "drop_reply", "when": "after"});
    let armed = client.post(format!("{control}/faults")).json(&arm).send().await.unwrap();
    assert_eq!(armed.status(), 200);
    let post = |number: &str| {
        client
            .post(format!("{base}/v3/company/{REALM}/bill"))
            .bearer_auth(&desk.token)
            .header("accept", "application/json")
            .json(&desk.bill(number))
            .send()
    };
    let lost = match post("TO000000001").await {
        Ok(response) => response.bytes().await.is_err(),
        Err(error) => !error.is_connect(),
    };
    assert!(lost, "the reply must not arrive");
    let truth: Value =
        client.get(format!("{control}/truth/quickbooks_online")).send().await.unwrap().json().await.unwrap();
    let bills =
        truth["records"].as_array().unwrap().iter().filter(|one| one["Bill"]["DocNumber"] == "TO000000001");
    assert_eq!((bills.count(), &truth["calls"]["bill"]), (1, &json!(1)));
    let listed: Value = client.get(format!("{control}/faults")).send().await.unwrap().json().await.unwrap();
    assert_eq!(listed["fired"]["quickbooks_online/bill/drop_reply"], 1);
    assert_eq!(post("TO000000002").await.unwrap().status(), 200);
    sandbox.shutdown().await;
    assert!(post("TO000000003").await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_truncated_answer_and_a_reset_reach_the_client() {
    let desk = Desk::new().await;
    let sandbox = serve(&desk).await;
    let base = sandbox.systems()["quickbooks_online"]["base_url"].as_str().unwrap().to_owned();
    let client = reqwest::Client::builder().no_proxy().retry(reqwest::retry::never()).build().unwrap();
    let get = || {
        let request = client.get(format!("{base}/v3/company/{REALM}/preferences"));
        request.bearer_auth(&desk.token).header("accept", "application/json").send()
    };
    desk.faults.arm(Fault::once("quickbooks_online", "preferences", What::Truncate, When::After)).unwrap();
    let response = get().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    desk.faults.arm(Fault::once("quickbooks_online", "*", What::Reset, When::Before)).unwrap();
    let reset = match get().await {
        Ok(response) => response.bytes().await.is_err(),
        Err(_) => true,
    };
    assert!(reset);
    assert_eq!(get().await.unwrap().status(), 200);
    sandbox.shutdown().await;
}

#[tokio::test]
async fn a_dropped_reply_waits_for_the_next_write() {
    let desk = Desk::new().await;
    desk.faults.arm(Fault::once("quickbooks_online", "*", What::DropReply, When::After)).unwrap();
    assert_eq!(desk.get("preferences").await.status, 200);
    assert_eq!(desk.query("select * from Bill").await.status, 200);
    let reads = json!({"BatchItemRequest": [{"bId": "1", "Query": "select * from Term"}]});
    assert_eq!(desk.post("batch", reads).await.status, 200);
    let writes = json!({"BatchItemRequest": [{"bId": "1", "operation": "create", "Bill": desk.bill("A")}]});
    assert!(desk.try_post("batch", writes).await.is_err());
    assert_eq!((desk.count("Bill"), desk.faults.fired().len()), (3, 1));
}

#[tokio::test]
async fn without_an_accept_header_xml_comes_back() {
    let desk = Desk::new().await;
    let request = |path: &str| {
        let request = Request::get(format!("/v3/company/{REALM}/{path}"));
        request.header("authorization", format!("Bearer {}", desk.token)).body(Body::empty()).unwrap()
    };
    let got = desk.send(request("preferences")).await.unwrap();
    assert!(got.headers["content-type"].to_str().unwrap().starts_with("application/xml"));
    assert!(got.body.starts_with(b"<?xml"));
    assert_eq!(
        desk.send(request("preferences?format=json")).await.unwrap().json()["time"].as_str().unwrap().len(),
        29
    );
}

#[tokio::test]
async fn a_call_that_arrived_takes_effect_although_the_caller_left() {
    let desk = Desk::new().await;
    let mut slow = Fault::once("quickbooks_online", "bill", What::Delay, When::Before);
    slow.delay_ms = Some(30);
    desk.faults.arm(slow).unwrap();
    let given_up = tokio::time::timeout(
        std::time::Duration::from_millis(5),
        desk.try_post("bill?requestid=r", desk.bill("TO000000001")),
    );
    assert!(given_up.await.is_err());
    desk.switch("requestid_in_flight", json!("wait"));
    let answer = desk.post("bill?requestid=r", desk.bill("TO000000002")).await.json();
    assert_eq!(answer["Bill"]["DocNumber"], "TO000000001");
}

#[tokio::test]
async fn a_running_clock_and_a_moved_one_reach_the_stand_in() {
    let desk = Desk::new().await;
    let options = Options {
        listen: IpAddr::V4(Ipv4Addr::LOCALHOST),
        now: "2026-10-09T12:00:00Z".parse().unwrap(),
        clock_runs: true,
        documents: None,
    };
    let sandbox = Sandbox::start(vec![desk.company.clone()], desk.faults.clone(), options).await.unwrap();
    let day = || async {
        let time = desk.get("preferences").await.json()["time"].as_str().map(str::to_owned);
        time.and_then(|time| time.get(..10).map(str::to_owned))
    };
    assert_eq!(day().await.as_deref(), Some("2026-10-09"));
    sandbox.control().set_clock("2026-10-16T12:00:00Z".parse().unwrap());
    assert_eq!(day().await.as_deref(), Some("2026-10-16"));
    desk.faults.arm(Fault::once("quickbooks_online", "*", What::Reset, When::Before)).unwrap();
    sandbox.control().reset();
    assert!(desk.faults.list().is_empty());
    let token = desk.signed_in["refresh_token"].as_str().unwrap();
    assert_eq!(desk.refresh(token).await.status, 200);
    sandbox.shutdown().await;
}
