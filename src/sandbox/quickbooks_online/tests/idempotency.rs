use super::*;

fn batch(items: Vec<Value>) -> Value {
    json!({"BatchItemRequest": items})
}

fn create(desk: &Desk, number: &str) -> Value {
    json!({"bId": number.get(number.len() - 9..).unwrap(), "operation": "create", "Bill": desk.bill(number)})
}

fn item<'a>(answer: &'a Value, bid: &str) -> &'a Value {
    answer["BatchItemResponse"].as_array().unwrap().iter().find(|one| one["bId"] == bid).unwrap()
}

#[tokio::test]
async fn items_of_a_batch_stand_alone() {
    let desk = Desk::new().await;
    let bad = with(create(&desk, "TO00000000B"), "/Bill/VendorRef", Value::Null);
    let vendor = desk.id("Vendor", "Raman, Dev");
    let items = vec![
        create(&desk, "TO00000000A"),
        bad,
        json!({"bId": "q", "Query": "select * from Term where Name = 'Net 30'"}),
        json!({"bId": "u", "operation": "update", "Vendor": {"Id": vendor, "SyncToken": "0", "sparse": true, "Active": false}}),
        json!({"bId": "x", "operation": "create", "Nonsense": {}}),
        json!({"bId": "y", "operation": "explode", "Bill": desk.bill("Y")}),
        json!({"bId": "z", "Query": "select * from Bill where PrivateNote = 'x'"}),
    ];
    let got = desk.post("batch?minorversion=75", batch(items)).await;
    let answer = got.json();
    assert_eq!(got.status, 200);
    assert_eq!(item(&answer, "00000000A")["Bill"]["DocNumber"], "TO00000000A");
    assert_eq!(code(item(&answer, "00000000B")), "2020");
    assert_eq!(item(&answer, "q")["QueryResponse"]["Term"][0]["DueDays"], 30);
    assert_eq!(item(&answer, "u")["Vendor"]["SyncToken"], "1");
    assert_eq!(["x", "y", "z"].map(|bid| code(item(&answer, bid)).to_owned()), ["2010", "500", "4001"]);
    let id = item(&answer, "00000000A")["Bill"]["Id"].clone();
    let delete = json!({"bId": "d", "operation": "delete", "Bill": {"Id": id, "SyncToken": "0"}});
    let answer = desk.post("batch", batch(vec![delete])).await.json();
    assert_eq!(item(&answer, "d")["Bill"]["status"], "Deleted");
    assert_eq!((desk.calls("batch"), desk.calls("api"), desk.calls("bill")), (2, 2, 0));
}

#[tokio::test]
async fn a_batch_has_thirty_items_at_most() {
    let desk = Desk::new().await;
    let items = |n: usize| batch((0..n).map(|at| create(&desk, &format!("TO{at:09}"))).collect());
    assert_eq!(desk.post("batch", items(31)).await.fault(), (400, "1040".to_owned()));
    assert_eq!(desk.count("Bill"), 2);
    let answer = desk.post("batch", items(30)).await.json();
    assert!(answer["BatchItemResponse"].as_array().unwrap().iter().all(|one| one["Bill"]["Id"].is_string()));
    assert_eq!(desk.count("Bill"), 32);
    assert_eq!(desk.post("batch", batch(vec![])).await.fault().1, "2020");
    assert_eq!(desk.post("batch", json!({"Items": []})).await.fault().1, "2010");
}

#[tokio::test]
async fn the_same_requestid_answers_again_and_writes_nothing() {
    let desk = Desk::new().await;
    let first = desk.post("bill?requestid=t-1", desk.bill("TO000000020")).await.json();
    let other = desk.post("bill?requestid=t-1", desk.bill("TO000000021")).await.json();
    assert_eq!(first["Bill"], other["Bill"], "the new body is dropped");
    assert_eq!(desk.count("Bill"), 3);
    let later = "2026-11-04T14:40:00Z".parse().unwrap();
    desk.company.set_clock(later);
    assert_eq!(
        desk.post("bill?requestid=t-1", desk.bill("TO000000021")).await.json()["Bill"]["DocNumber"],
        "TO000000021"
    );
    desk.switch("requestid_memory", json!("endless"));
    desk.company.set_clock("2026-11-04T15:20:00Z".parse().unwrap());
    assert_eq!(
        desk.post("bill?requestid=t-1", desk.bill("TO000000022")).await.json()["Bill"]["DocNumber"],
        "TO000000021"
    );
    desk.switch("requestid_memory", json!("0"));
    assert_eq!(
        desk.post("bill?requestid=t-1", desk.bill("TO000000022")).await.json()["Bill"]["DocNumber"],
        "TO000000022"
    );
    let long = "x".repeat(51);
    assert_eq!(desk.post(&format!("bill?requestid={long}"), desk.bill("B")).await.fault().1, "2130");
}

#[tokio::test]
async fn a_batch_is_remembered_item_by_item() {
    let desk = Desk::new().await;
    let (a, b) = (create(&desk, "TO00000000A"), create(&desk, "TO00000000B"));
    let first = desk.post("batch?requestid=b-1", batch(vec![a.clone()])).await.json();
    let again = desk.post("batch?requestid=b-1", batch(vec![b, a.clone()])).await.json();
    assert_eq!(item(&first, "00000000A"), item(&again, "00000000A"));
    assert!(item(&again, "00000000B")["Bill"]["Id"].is_string());
    assert_eq!(desk.count("Bill"), 4);
    let clash = desk.post("batch?requestid=b-2", batch(vec![a.clone()])).await.json();
    assert_eq!(code(item(&clash, "00000000A")), "6140", "another requestid is another call");
    let long = with(a.clone(), "/bId", json!("12345678901"));
    let answer = desk.post("batch?requestid=b-3", batch(vec![long])).await.json();
    assert_eq!(code(item(&answer, "12345678901")), "2130");
    let id = "x".repeat(37);
    assert_eq!(desk.post(&format!("batch?requestid={id}"), batch(vec![a])).await.fault().1, "2130");
}

#[tokio::test]
async fn a_batch_can_be_remembered_whole() {
    let desk = Desk::new().await;
    desk.switch("requestid_scope", json!("call"));
    let first = desk.post("batch?requestid=b-1", batch(vec![create(&desk, "TO00000000A")])).await.json();
    let again = desk.post("batch?requestid=b-1", batch(vec![create(&desk, "TO00000000B")])).await.json();
    assert_eq!(first["BatchItemResponse"], again["BatchItemResponse"]);
    assert_eq!(desk.count("Bill"), 3);
}

#[tokio::test]
async fn refusals_are_forgotten_unless_the_switch_says_so() {
    let desk = Desk::new().await;
    let bad = with(create(&desk, "TO00000000A"), "/Bill/VendorRef", Value::Null);
    for (setting, outcome) in [("forget", true), ("remember", false)] {
        desk.switch("requestid_errors", json!(setting));
        let path = format!("batch?requestid={setting}");
        desk.post(&path, batch(vec![bad.clone()])).await;
        let mut good = create(&desk, "TO00000000A");
        good["Bill"]["DocNumber"] = json!(setting);
        let answer = desk.post(&path, batch(vec![good])).await.json();
        assert_eq!(item(&answer, "00000000A").get("Bill").is_some(), outcome, "{setting}");
    }
}

#[tokio::test]
async fn the_same_requestid_at_once_is_600_or_waits() {
    use crate::sandbox::faults::{Fault, What, When};
    let desk = Desk::new().await;
    for (setting, status) in [("600", 400), ("wait", 200)] {
        desk.switch("requestid_in_flight", json!(setting));
        let mut slow = Fault::once("quickbooks_online", "bill", What::Delay, When::After);
        slow.delay_ms = Some(50);
        desk.faults.arm(slow).unwrap();
        let path = format!("bill?requestid=r{setting}");
        let number = format!("N{setting}");
        let (first, second) =
            tokio::join!(desk.post(&path, desk.bill(&number)), desk.post(&path, desk.bill(&number)));
        assert_eq!((first.status, second.status), (200, status));
        match setting {
            "600" => assert_eq!(second.fault().1, "600"),
            _ => assert_eq!(first.json()["Bill"], second.json()["Bill"]),
        }
    }
    assert_eq!(desk.count("Bill"), 4);
}

#[tokio::test]
async fn two_thousand_bills_are_posted_and_found() {
    let desk = Desk::new().await;
    let numbers: Vec<String> = (0..2000).map(|at| format!("TO{at:09}")).collect();
    let template = desk.bill("x");
    for some in numbers.chunks(30) {
        let one = |number: &String| {
            let bill = with(template.clone(), "/DocNumber", json!(number));
            json!({"bId": number.get(2..).unwrap(), "operation": "create", "Bill": bill})
        };
        desk.post("batch?requestid=b", batch(some.iter().map(one).collect())).await;
        let list = some.iter().map(|number| format!("'{number}'")).collect::<Vec<_>>().join(",");
        let found = desk.rows(&format!("select * from Bill where DocNumber in ({list})"), "Bill").await;
        assert_eq!(found.len(), some.len());
    }
    assert_eq!((desk.count("Bill"), desk.calls("batch"), desk.calls("query")), (2002, 67, 67));
    let changes = desk.get("cdc?entities=Bill,Vendor&changedSince=2026-11-04T14:30:00Z").await.json();
    let parts = &changes["CDCResponse"][0]["QueryResponse"];
    assert_eq!((&parts[0]["maxResults"], &parts[1]), (&json!(1000), &json!({})), "a thousand in total");
}
