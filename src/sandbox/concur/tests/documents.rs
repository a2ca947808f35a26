//! The list of documents and their status machine.

use std::collections::BTreeSet;

use super::*;

fn content(answer: &Value) -> &Vec<Value> {
    answer["content"].as_array().unwrap()
}

#[tokio::test]
async fn documents_arrive_with_the_clock() {
    let bench = Bench::new("2026-10-09T16:00:00Z").await;
    assert_eq!(bench.get(EXPENSES).await.1["page"]["totalElements"], 4);
    assert_eq!(bench.concur.records().len(), 5);
    bench.concur.set_clock(at("2026-10-23T16:00:00Z"));
    assert_eq!(bench.concur.records().len(), 12);
    bench.concur.set_clock(at("2026-10-30T16:00:00Z"));
    assert_eq!(bench.concur.records().len(), 13);
    let first = bench.id("S6QJ9T");
    bench.concur.set_clock(at(FIRST_LOOK));
    assert_eq!(bench.truth(&first)["docStatus"], "RECALLED");
    assert_eq!(bench.concur.records().len(), 61);
    bench.concur.reset();
    assert_eq!(bench.concur.records().len(), 5);
}

#[tokio::test]
async fn the_list_is_paged_by_number_and_its_links_lead_nowhere() {
    let bench = Bench::new(FIRST_LOOK).await;
    let (status, first) = bench.get(&format!("{EXPENSES}?limit=15")).await;
    assert_eq!(status, 200);
    assert_eq!(first["page"]["totalElements"], 41);
    assert_eq!(first["page"]["totalPages"], 3);
    assert_eq!(first["links"][1]["rel"], "next");
    assert!(first["links"][0]["href"].as_str().unwrap().starts_with("https://fis.internal.example/fi/v4/"));
    let mut ids = BTreeSet::new();
    for page in 0..3 {
        let (_, answer) = bench.get(&format!("{EXPENSES}?limit=15&page={page}")).await;
        ids.extend(content(&answer).iter().map(|d| d["id"].as_str().unwrap().to_owned()));
    }
    assert_eq!(ids.len(), 41);
    let (_, past) = bench.get(&format!("{EXPENSES}?limit=15&page=9")).await;
    assert!(content(&past).is_empty());
    assert_eq!(bench.get(&format!("{EXPENSES}?limit=0")).await.0, 400);
    assert_eq!(bench.get(&format!("{EXPENSES}?systemId={}", "x".repeat(51))).await.0, 400);
    let odd = EXPENSES.replace("expense", "poetry");
    assert_eq!(bench.get(&odd).await.0, 400);
    for (kind, number) in [("invoice", 17), ("cashadvance", 1), ("payroll", 1), ("requestobligation", 0)] {
        let (_, answer) = bench.get(&EXPENSES.replace("expense", kind)).await;
        assert_eq!(answer["page"]["totalElements"], number, "{kind}");
    }
}

#[tokio::test]
async fn an_acknowledgement_shifts_the_pages() {
    let bench = Bench::new(FIRST_LOOK).await;
    let (_, before) = bench.get(&format!("{EXPENSES}?limit=10&page=1")).await;
    let (_, zero) = bench.get(&format!("{EXPENSES}?limit=10&page=0")).await;
    let ids: Vec<&str> = content(&zero).iter().map(|d| d["id"].as_str().unwrap()).collect();
    assert!(bench.acknowledge(&ids, "TIEOUT").await.iter().all(|code| *code == 0));
    let (_, after) = bench.get(&format!("{EXPENSES}?limit=10&page=0")).await;
    assert_eq!(content(&after), content(&before));
    assert_eq!(after["page"]["totalElements"], 31);
}

#[tokio::test]
async fn documents_come_as_objects_or_as_text() {
    let bench = Bench::new(FIRST_LOOK).await;
    let request = |format: &str| {
        bench.request(EXPENSES).header("DocumentFormatAs", format).body(Body::empty()).unwrap()
    };
    let (_, text) = bench.send(0, request("text")).await;
    let inner: Value = serde_json::from_str(content(&text)[0]["document"].as_str().unwrap()).unwrap();
    let (_, plain) = bench.text(0, request("json")).await;
    assert!(plain.contains(":0E-8"));
    let plain: Value = serde_json::from_str(&plain).unwrap();
    assert_eq!(content(&plain)[0]["document"], inner);
    bench.concur.switch("document_format", &json!("text")).unwrap();
    assert!(content(&bench.get(EXPENSES).await.1)[0]["document"].is_string());
    bench.concur.switch("page_style", &json!("old")).unwrap();
    let (_, old) = bench.get(&format!("{EXPENSES}?limit=40&page=1")).await;
    assert_eq!((old["numberReturned"].as_u64(), old["offset"].as_u64()), (Some(1), Some(40)));
    assert_eq!(old["fIDocuments"].as_array().unwrap().len(), 1);
    assert!(old["nextPage"].is_null());
}

#[tokio::test]
async fn one_document_is_found_by_its_business_id() {
    let bench = Bench::new(FIRST_LOOK).await;
    let id = bench.id("B4Q7TN");
    let business = bench.truth(&id)["businessId"].as_str().unwrap().to_owned();
    let path = format!("{EXPENSES}?docId={business}");
    let (_, found) = bench.get(&path).await;
    assert_eq!(content(&found)[0]["id"], *id);
    bench.acknowledge(&[&id], "TIEOUT").await;
    assert!(content(&bench.get(&path).await.1).is_empty());
    let (_, again) = bench.get(&format!("{path}&ignoreDocumentStatus=yes")).await;
    assert_eq!(content(&again)[0]["docStatus"], "ACKNOWLEDGED");
    assert_eq!(content(&again)[0]["erpSystemId"], "TIEOUT");
}

#[tokio::test]
async fn acknowledgements_have_a_result_each() {
    let bench = Bench::new("2026-10-30T21:00:00Z").await;
    let (ready, recalled) = (bench.id("Q4A7RM"), bench.id("S6QJ9T"));
    let invoice = bench.id("HPT-2026-10");
    let missing = "f".repeat(32);
    let ids = [ready.as_str(), recalled.as_str(), invoice.as_str(), missing.as_str()];
    assert_eq!(bench.acknowledge(&ids, "TIEOUT").await, [0, 102, 105, 104]);
    assert_eq!(bench.acknowledge(&[&ready], "TIEOUT").await, [101]);
    let body = json!({"ids": [ready], "systemId": ""});
    let (_, answer) = bench.post(&format!("{EXPENSES}/acknowledgements"), &body).await;
    assert_eq!(answer[0]["errorMessage"], "This document was previously acknowledged by SystemId: TIEOUT.");
    assert_eq!(bench.truth(&ready)["acknowledgements"], 1);
    let other = bench.id("HX2K9T");
    bench.concur.switch("set_status", &json!({"document": other, "status": "DELAYED"})).unwrap();
    assert_eq!(bench.acknowledge(&[&other], "TIEOUT").await, [103]);
    let third = bench.id("M7PV3C");
    bench.concur.switch("take", &json!({"document": third, "system": "OLDERP"})).unwrap();
    assert_eq!(bench.acknowledge(&[&third], "TIEOUT").await, [101]);
    assert_eq!(bench.truth(&third)["systemId"], "OLDERP");
    assert_eq!(bench.post(&format!("{EXPENSES}/acknowledgements"), &json!({"ids": "x"})).await.0, 400);
}

#[tokio::test]
async fn confirmations_follow_the_status_machine() {
    let bench = Bench::new(FIRST_LOOK).await;
    let id = bench.id("B4Q7TN");
    assert_eq!(bench.confirm(vec![success(&id)], "TIEOUT").await, [111]);
    bench.acknowledge(&[&id], "TIEOUT").await;
    assert_eq!(bench.confirm(vec![success(&id)], "OTHER").await, [99]);
    assert_eq!(bench.confirm(vec![error(&id)], "TIEOUT").await, [0]);
    assert_eq!(bench.truth(&id)["docStatus"], "POSTING_CONFIRMED_FAILURE");
    assert_eq!(bench.confirm(vec![error(&id)], "TIEOUT").await, [113]);
    assert_eq!(bench.confirm(vec![success(&id)], "TIEOUT").await, [0]);
    assert_eq!(bench.confirm(vec![success(&id)], "TIEOUT").await, [113]);
    let truth = bench.truth(&id);
    assert_eq!(truth["docStatus"], "POSTING_CONFIRMED_SUCCESS");
    assert_eq!(truth["confirmations"], 1);
    assert_eq!(truth["postingConfirmation"]["postingDocs"][0]["documentNumber"], "B-1");
    let (invoice, missing) = (bench.id("HPT-2026-10"), "f".repeat(32));
    assert_eq!(bench.confirm(vec![success(&invoice), success(&missing)], "TIEOUT").await, [115, 116]);
}

#[tokio::test]
async fn a_malformed_confirmation_is_198_and_changes_nothing() {
    let bench = Bench::new(FIRST_LOOK).await;
    let id = bench.id("B4Q7TN");
    bench.acknowledge(&[&id], "TIEOUT").await;
    let cases: [(&str, Value); 7] = [
        ("/overallPostingStatusCode", json!("SUCCESS")),
        ("/systemMessages", Value::Null),
        ("/postingDocs", json!([])),
        ("/postingDocs/0/companyId", json!("x".repeat(33))),
        ("/postingDocs/0/documentNumber", json!("x".repeat(81))),
        ("/postingDocs/0/postingDate", json!("20261030")),
        ("/postingDocs/0/fiscalYear", json!("26")),
    ];
    for (pointer, value) in cases {
        let mut item = success(&id);
        *item.pointer_mut(pointer).unwrap() = value;
        assert_eq!(bench.confirm(vec![item], "TIEOUT").await, [198], "{pointer}");
    }
    let mut item = success(&id);
    item["postingDocs"][0]["fiscalYear"] = json!(2026);
    assert_eq!(bench.confirm(vec![item], "TIEOUT").await, [0]);
}

#[tokio::test]
async fn a_recalled_report_refuses_and_comes_again_under_a_new_id() {
    let bench = Bench::new(FIRST_LOOK).await;
    let id = bench.id("B4Q7TN");
    bench.acknowledge(&[&id], "TIEOUT").await;
    bench.concur.switch("recall", &json!("B4Q7TN")).unwrap();
    assert_eq!(bench.confirm(vec![success(&id)], "TIEOUT").await, [112]);
    bench.concur.switch("resubmit", &json!("B4Q7TN")).unwrap();
    let again = bench.id("B4Q7TN");
    assert_ne!(again, id);
    let (old, new) = (bench.truth(&id), bench.truth(&again));
    assert_eq!(old["businessId"], new["businessId"]);
    let total = new["document"]["report"]["totalApprovedAmount"].to_string();
    assert_eq!(total, "1308.15");
    assert_eq!(bench.acknowledge(&[&again], "TIEOUT").await, [0]);
    assert_eq!(bench.confirm(vec![success(&again)], "TIEOUT").await, [0]);
    assert!(bench.concur.switch("recall", &json!("B4Q7TN")).is_err());
    assert!(bench.concur.switch("recall", &json!("nothing")).is_err());
    assert!(bench.concur.switch("colour", &json!(1)).is_err());
}

#[tokio::test]
async fn a_changed_document_stands_ready_again_under_its_id() {
    let bench = Bench::new("2026-11-04T13:30:00Z").await;
    let id = bench.id("N2HF5R");
    bench.acknowledge(&[&id], "TIEOUT").await;
    assert_eq!(bench.truth(&id)["document"]["report"]["totalApprovedAmount"].to_string(), "461.50");
    bench.concur.set_clock(at("2026-11-04T14:00:00Z"));
    let truth = bench.truth(&id);
    assert_eq!(truth["docStatus"], "READY");
    assert!(truth["systemId"].is_null());
    assert_eq!(truth["document"]["report"]["totalApprovedAmount"].to_string(), "451.50");
    assert_eq!(bench.acknowledge(&[&id], "TIEOUT").await, [0]);
}

#[tokio::test]
async fn two_thousand_documents_are_listed_and_acknowledged() {
    let bench = Bench::of(Firm::empty(), FIRST_LOOK).await;
    let added = bench.concur.add_documents(&json!({"documents": 2000, "seed": 5})).unwrap();
    assert_eq!(added["documents"].as_array().unwrap().len(), 2000);
    bench.concur.add_documents(&json!({"documents": 3, "seed": 5})).unwrap();
    assert_eq!(bench.concur.records().len(), 2003);
    loop {
        let (_, page) = bench.get(&format!("{EXPENSES}?limit=100")).await;
        let ids: Vec<&str> = content(&page).iter().map(|d| d["id"].as_str().unwrap()).collect();
        if ids.is_empty() {
            break;
        }
        assert!(bench.acknowledge(&ids, "TIEOUT").await.iter().all(|code| *code == 0));
    }
    assert!(bench.concur.records().iter().all(|r| r["docStatus"] == "ACKNOWLEDGED"));
    let calls = bench.concur.calls();
    assert_eq!((calls["list"], calls["acknowledge"], calls["api"], calls["token"]), (22, 21, 43, 1));
}

#[tokio::test]
async fn a_document_given_in_full_is_served_as_it_is() {
    let bench = Bench::of(Firm::empty(), FIRST_LOOK).await;
    let document =
        json!({"report": {"reportId": "A".repeat(20), "reportNumber": "ZZZZZZ"}, "odd": [1, null]});
    let added = bench.concur.add_documents(&json!({"docType": "expense", "document": document})).unwrap();
    assert_eq!(added["documents"][0]["number"], "ZZZZZZ");
    let (_, page) = bench.get(EXPENSES).await;
    assert_eq!(content(&page)[0]["document"], document);
    assert_eq!(bench.truth(&bench.id("ZZZZZZ"))["businessId"], "A".repeat(20));
    let id = added["documents"][0]["id"].as_str().unwrap();
    bench.acknowledge(&[id], "TIEOUT").await;
    let changed = json!({"docType": "expense", "id": id, "document": {"report": {}}});
    assert_eq!(bench.concur.add_documents(&changed).unwrap()["documents"][0]["id"], id);
    assert_eq!(bench.truth(id)["docStatus"], "READY");
    assert!(bench.concur.add_documents(&json!({"docType": "song", "document": {}})).is_err());
    assert!(bench.concur.add_documents(&json!({})).is_err());
}
