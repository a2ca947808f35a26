//! Writing suppliers and list items; spend profiles.

use super::*;

const VENDORS: &str = "/api/v3.1/invoice/vendors";

fn vendor(code: &str) -> Value {
    json!({"VendorCode": code, "AddressCode": "A1", "VendorName": "Quill & Co", "CountryCode": "US",
        "CurrencyCode": "USD", "State": "MA", "PaymentTerms": "30", "PaymentMethodType": "CLIENT"})
}

#[tokio::test]
async fn each_supplier_has_a_status_list_of_its_own() {
    let bench = Bench::new(FIRST_LOOK).await;
    let mut bare = vendor("V9002");
    bare["CurrencyCode"] = Value::Null;
    bare["PaymentTerms"] = "1000".into();
    let mut odd = vendor("V9003");
    odd["PaymentMethodType"] = "BARTER".into();
    odd["Colour"] = "green".into();
    let body = json!({"Vendor": [vendor("V9001"), bare, odd, vendor("V9001")]});
    let (status, answer) = bench.post(VENDORS, &body).await;
    assert_eq!(status, 200);
    let types = |at: usize| -> Vec<String> {
        let list = answer["Vendor"][at]["StatusList"].as_array().unwrap();
        list.iter().map(|one| format!("{} {}", one["Type"].as_str().unwrap(), one["RecordNumber"])).collect()
    };
    assert_eq!(types(0), Vec::<String>::new());
    assert_eq!(types(1), ["error \"2\"", "error \"2\""]);
    assert_eq!(types(2), ["warning \"3\"", "warning \"3\""]);
    assert_eq!(types(3), ["error \"4\""]);
    assert_eq!(answer["RequestRunSummary"], json!({"RecordsSucceeded": 2, "RecordsFailed": 2}));
    let (_, found) = bench.get(&format!("{VENDORS}?vendorCode=V9003")).await;
    assert_eq!(found["Vendor"][0]["VendorName"], "Quill & Co");
    assert!(found["Vendor"][0].get("Colour").is_none());
    assert_eq!(bench.get(&format!("{VENDORS}?vendorCode=V9002")).await.1["TotalCount"], 0);
    let mut change = vendor("V9001");
    change["VendorName"] = "Quill Ltd".into();
    let (_, answer) = bench.call("PUT", VENDORS, &json!({"Vendor": [change, vendor("V9009")]})).await;
    assert_eq!(answer["Vendor"][0]["StatusList"], json!([]));
    assert_eq!(answer["Vendor"][1]["StatusList"][0]["Type"], "error");
    let (_, found) = bench.get(&format!("{VENDORS}?searchType=begins&vendorName=quill%20l")).await;
    assert_eq!(found["TotalCount"], 1);
    assert_eq!(bench.post(VENDORS, &json!({})).await.0, 400);
    let gone = format!("{VENDORS}?vendorCode=V9001&addressCode=A1");
    assert_eq!(bench.call("DELETE", &gone, &Value::Null).await.0, 200);
    assert_eq!(bench.call("DELETE", &gone, &Value::Null).await.0, 404);
}

#[tokio::test]
async fn the_next_page_of_suppliers_has_three_forms() {
    let bench = Bench::new(FIRST_LOOK).await;
    let next = async |offset: usize| {
        bench.get(&format!("{VENDORS}?limit=20&offset={offset}")).await.1["NextPage"].clone()
    };
    assert!(next(0).await.as_str().unwrap().starts_with("http://"));
    assert_eq!(next(20).await, Value::Null);
    bench.set("vendor_next_page", json!("offset"));
    assert_eq!(next(0).await, "20");
    bench.set("vendor_next_page", json!("repeating"));
    assert!(next(0).await.as_str().unwrap().ends_with("offset=20"));
    assert!(next(20).await.as_str().unwrap().ends_with("offset=20"), "the end names itself");
}

async fn centers(bench: &Bench) -> String {
    let (_, lists) = bench.get("/list/v4/lists?page=1").await;
    lists["content"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn list_items_are_made_changed_and_deleted() {
    let bench = Bench::new(FIRST_LOOK).await;
    let list = centers(&bench).await;
    let items = "/list/v4/items";
    let item = json!({"listId": list, "shortCode": "CC460", "value": "Archive"});
    let (status, made) = bench.post(items, &item).await;
    assert_eq!((status, &made["code"], &made["level"]), (201, &json!("CC460"), &json!(1)));
    let (status, answer) = bench.post(items, &item).await;
    assert_eq!((status, &answer["error"]["id"]), (400, &json!("item.duplicate.code")));
    let hyphen = json!({"listId": list, "shortCode": "CC-461", "value": "Archive"});
    let (status, answer) = bench.post(items, &hyphen).await;
    assert_eq!(status, 400);
    assert!(answer["error"]["message"].as_str().unwrap().contains("hyphen"));
    let id = made["id"].as_str().unwrap();
    let child = json!({"listId": list, "shortCode": "A", "value": "Attic", "parentId": id});
    let (_, below) = bench.post(items, &child).await;
    assert_eq!((&below["code"], &below["level"]), (&json!("CC460-A"), &json!(2)));
    let (_, children) = bench.get(&format!("{items}/{id}/children")).await;
    assert_eq!(children["page"]["totalElements"], 1);
    let path = format!("{items}/{id}");
    let (_, changed) = bench.call("PUT", &path, &json!({"value": "Archives"})).await;
    assert_eq!((&changed["value"], &changed["shortCode"]), (&json!("Archives"), &json!("CC460")));
    let in_list = format!("/list/v4/lists/{list}/items/{id}");
    assert_eq!(bench.call("DELETE", &in_list, &Value::Null).await.0, 204);
    assert_eq!(bench.get(&format!("{items}/{}", below["id"].as_str().unwrap())).await.0, 404);
    assert_eq!(bench.call("DELETE", &path, &Value::Null).await.0, 404);
    let gone = format!("/list/v4/lists/{list}/children?isDeleted=true");
    assert_eq!(bench.get(&gone).await.1["page"]["totalElements"], 1);
    bench.set("list_rate_limits", json!(1));
    let request = bench.request(items).method("POST").body(Body::from(item.to_string())).unwrap();
    let response = bench.concur.routers().remove(0).1.oneshot(request).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (429, &"0".parse().unwrap())
    );
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["error"]["id"], "security.rate.limit.reached");
    assert_eq!(bench.post(items, &item).await.0, 201);
}

#[tokio::test]
async fn bulk_calls_tell_what_failed() {
    let bench = Bench::new(FIRST_LOOK).await;
    let path = format!("/list/v4/lists/{}/bulk", centers(&bench).await);
    let record = |short: &str| json!({"shortCode": short, "value": format!("Centre {short}")});
    let mut orphan = record("B");
    orphan["parentCode"] = "NONE".into();
    bench.set("list_timeouts", json!(1));
    let body = json!({"requests": [record("T1"), record("T1"), record("CC100"), record("X-1"), orphan]});
    let (status, answer) = bench.post(&path, &body).await;
    assert_eq!((status, &answer["recordsSucceeded"], &answer["recordsFailed"]), (200, &json!(1), &json!(4)));
    let ids: Vec<&str> =
        answer["errors"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(
        ids,
        ["item.operation.timeout", "item.duplicate.code", "item.invalid", "item.parent.not.found"]
    );
    let change = json!({"requests": [{"shortCode": "T1", "value": "Renamed"}]});
    assert_eq!(bench.call("PATCH", &path, &change).await.1["status"], "SUCCESS");
    let many: Vec<Value> = (0..251).map(|n| record(&format!("M{n}"))).collect();
    assert_eq!(bench.post(&path, &json!({"requests": many})).await.0, 400);
    assert_eq!(bench.post(&path, &json!({"requests": many[..250]})).await.1["recordsSucceeded"], 250);
    let (status, answer) = bench.post("/list/v4/lists/none/bulk", &change).await;
    assert_eq!((status, &answer["error"]["id"]), (404, &json!("list.not.found")));
    assert_eq!(bench.get(&path.replace("bulk", "children")).await.1["page"]["totalPages"], 3);
}

#[tokio::test]
async fn people_have_a_spend_profile() {
    let bench = Bench::new(FIRST_LOOK).await;
    let spend = "urn:ietf:params:scim:schemas:extension:spend:2.0:User";
    let (_, all) = bench.get("/profile/spend/v4.1/Users?startIndex=11&count=10").await;
    assert_eq!((all["totalResults"].as_u64(), all["Resources"].as_array().unwrap().len()), (Some(18), 8));
    assert_eq!(bench.get("/profile/spend/v4.1/Users?count=101").await.0, 400);
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:concur:2.0:SearchRequest"],
        "filter": "userName eq \"sinead.obrien@fernhillquay.example\"", "attributes": ["id"], "count": 5});
    let (_, found) = bench.post("/profile/identity/v4.1/Users/.search", &search).await;
    let id = found["Resources"][0]["id"].as_str().unwrap();
    let (_, profile) = bench.get(&format!("/profile/spend/v4.1/Users/{id}")).await;
    assert_eq!(
        (&profile[spend]["reimbursementCurrency"], &profile[spend]["ledgerCode"]),
        (&json!("EUR"), &json!("FQUS"))
    );
    let by_id = json!({"filter": format!("id eq \"{id}\"")});
    let (_, same) = bench.post("/profile/spend/v4.1/Users/.search", &by_id).await;
    assert_eq!((&same["totalResults"], &same["Resources"][0]), (&json!(1), &profile));
    let foreign = json!({"schemas": ["urn:other"], "filter": "id eq \"x\""});
    assert_eq!(bench.post("/profile/identity/v4.1/Users/.search", &foreign).await.0, 400);
}
