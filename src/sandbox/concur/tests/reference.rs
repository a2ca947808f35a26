//! Reports, people, lists and suppliers.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::*;

async fn all_reports(bench: &Bench, filter: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut offset = String::new();
    loop {
        let path = format!("/api/v3.0/expense/reports?user=ALL&limit=10{filter}{offset}");
        let (status, answer) = bench.get(&path).await;
        assert_eq!(status, 200, "{answer}");
        found.extend(answer["Items"].as_array().unwrap().iter().cloned());
        match answer["NextPage"].as_str() {
            Some(next) => offset = format!("&offset={}", next.rsplit_once("offset=").unwrap().1),
            None => return found,
        }
    }
}

fn total(reports: &[Value], currency: &str) -> (usize, Decimal) {
    let amounts: Vec<Decimal> = reports
        .iter()
        .filter(|r| r["CurrencyCode"] == currency)
        .map(|r| r["TotalApprovedAmount"].to_string().parse().unwrap())
        .collect();
    (amounts.len(), amounts.iter().fold(Decimal::ZERO, |a, b| a + *b))
}

#[tokio::test]
async fn the_reports_list_has_the_completeness_figures_of_october() {
    let bench = Bench::new(FIRST_LOOK).await;
    // October in Boston
    let october =
        "&processingPaymentDateAfter=2026-10-01T04:00:00&processingPaymentDateBefore=2026-11-01T04:00:00";
    let reports = all_reports(&bench, october).await;
    assert_eq!(total(&reports, "USD"), (33, "13311.31".parse().unwrap()));
    assert_eq!(total(&reports, "EUR"), (5, "1095.00".parse().unwrap()));
    let waiting = all_reports(&bench, "&approvalStatusCode=A_PEND").await;
    assert_eq!(total(&waiting, "USD"), (4, "2064.90".parse().unwrap()));
    assert_eq!(total(&waiting, "EUR"), (1, "176.00".parse().unwrap()));
    let everything = all_reports(&bench, "").await;
    let ids: BTreeSet<&str> = everything.iter().map(|r| r["ID"].as_str().unwrap()).collect();
    assert_eq!((ids.len(), everything.len()), (45, 45));
    let reopened = everything.iter().find(|r| r["ID"] == bench.truth(&bench.id("Q4A7RM"))["businessId"]);
    assert_eq!(reopened.unwrap()["TotalApprovedAmount"].to_string(), "540.00");
}

#[tokio::test]
async fn a_report_shows_where_its_document_stands() {
    let bench = Bench::new(FIRST_LOOK).await;
    let id = bench.id("B4Q7TN");
    let business = bench.truth(&id)["businessId"].as_str().unwrap().to_owned();
    let path = format!("/api/v3.0/expense/reports/{business}");
    let own = format!("{path}?user=amara.okafor@fernhillquay.example");
    let (_, report) = bench.get(&own).await;
    assert_eq!(report["Name"], "Merrow Health rollout, Denver");
    assert_eq!(report["OwnerName"], "Okafor, Amara");
    assert_eq!(report["PaymentStatusCode"], "P_PROC");
    bench.acknowledge(&[&id], "TIEOUT").await;
    bench.confirm(vec![error(&id)], "TIEOUT").await;
    assert_eq!(bench.get(&own).await.1["PaymentStatusCode"], "P_FAIL");
    bench.confirm(vec![success(&id)], "TIEOUT").await;
    assert_eq!(bench.get(&own).await.1["PaymentStatusCode"], "P_PAID");
    assert_eq!(bench.get(&path).await.0, 404);
    assert_eq!(bench.get(&format!("{path}?user=ALL")).await.0, 400);
    assert_eq!(bench.get("/api/v3.0/expense/reports?offset=5").await.0, 400);
}

#[tokio::test]
async fn legacy_errors_are_json_or_xml() {
    let mut bench = Bench::new(FIRST_LOOK).await;
    bench.token = "gone".to_owned();
    let path = "/api/v3.0/expense/reports";
    let (status, answer) = bench.get(path).await;
    assert_eq!(status, 401);
    assert!(answer["Error"]["Message"].is_string());
    let request = bench.request(path).header("accept", "application/xml").body(Body::empty()).unwrap();
    let (status, text) = bench.text(0, request).await;
    assert_eq!(status, 401);
    assert!(text.starts_with("<Error><Message>"));
}

#[tokio::test]
async fn people_are_found_by_number_and_login() {
    let bench = Bench::new(FIRST_LOOK).await;
    let users = "/profile/identity/v4.1/Users";
    let (_, answer) = bench.get(&format!("{users}?filter=employeeNumber%20eq%20%22E1003%22")).await;
    assert_eq!(answer["totalResults"], 1);
    let person = &answer["Resources"][0];
    assert_eq!(person["userName"], "chloe.lindqvist@fernhillquay.example");
    assert_eq!(person["name"]["givenName"], "Chloé");
    let (status, single) = bench.get(&format!("{users}/{}", person["id"].as_str().unwrap())).await;
    assert_eq!((status, &single), (200, person));
    let search = json!({"filter": "userName eq \"dev.raman@fernhillquay.example\"", "count": 10});
    let (_, found) = bench.post(&format!("{users}/.search"), &search).await;
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    assert_eq!(found["Resources"][0][enterprise]["employeeNumber"], "E1004");
    let (_, first) = bench.get(&format!("{users}?count=10")).await;
    assert_eq!(first["Resources"].as_array().unwrap().len(), 10);
    let cursor = first["nextCursor"].as_str().unwrap();
    let (_, second) = bench.get(&format!("{users}?count=10&cursor={cursor}")).await;
    assert_eq!(second["Resources"].as_array().unwrap().len(), 8);
    assert!(second.get("nextCursor").is_none());
    assert_eq!(bench.get(&format!("{users}?filter=shoeSize%20gt%2042")).await.0, 400);
    assert_eq!(bench.get(&format!("{users}/nobody")).await.0, 404);
}

#[tokio::test]
async fn lists_hold_cost_centres_and_projects() {
    let bench = Bench::new(FIRST_LOOK).await;
    let (_, lists) = bench.get("/list/v4/lists?page=1").await;
    let centers = lists["content"][0]["id"].as_str().unwrap();
    assert_eq!(lists["content"][0]["value"], "Cost Centers");
    let (_, items) = bench.get(&format!("/list/v4/lists/{centers}/children")).await;
    let codes: Vec<&str> =
        items["content"].as_array().unwrap().iter().map(|i| i["shortCode"].as_str().unwrap()).collect();
    assert!(codes.contains(&"CC450") && codes.contains(&"UK210"));
    let (_, one) = bench.get(&format!("/list/v4/lists/{centers}/children?shortCode=sw:CC45")).await;
    assert_eq!(one["page"]["totalElements"], 1);
    assert_eq!(one["content"][0]["value"], "Sustainability");
    let item = one["content"][0]["id"].as_str().unwrap();
    assert_eq!(bench.get(&format!("/list/v4/items/{item}")).await.1["code"], "CC450");
    assert_eq!(bench.get("/list/v4/items/none").await.0, 404);
}

#[tokio::test]
async fn suppliers_are_paged_and_searched() {
    let bench = Bench::new(FIRST_LOOK).await;
    let path = "/api/v3.1/invoice/vendors";
    let (_, first) = bench.get(&format!("{path}?limit=20")).await;
    assert_eq!((first["TotalCount"].as_u64(), first["Vendor"].as_array().unwrap().len()), (Some(23), 20));
    assert!(first["NextPage"].as_str().unwrap().ends_with("offset=20"));
    let (_, couriers) =
        bench.get(&format!("{path}?searchType=contains&vendorName=courier&sortBy=vendorName")).await;
    assert_eq!(couriers["Vendor"].as_array().unwrap().len(), 2);
    assert_eq!(couriers["Vendor"][0]["VendorCode"], "V2114");
    assert_eq!(bench.get(&format!("{path}?searchType=magic")).await.0, 400);
}
