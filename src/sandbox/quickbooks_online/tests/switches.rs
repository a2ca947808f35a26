use super::*;

#[tokio::test]
async fn throttling_speaks_in_all_its_forms() {
    let desk = Desk::new().await;
    desk.switch("throttle", json!({"per_minute": 2, "retry_after": 7}));
    assert_eq!(desk.get("preferences").await.status, 200);
    assert_eq!(desk.get("preferences").await.status, 200);
    let got = desk.get("preferences").await;
    assert_eq!((got.fault(), got.headers["retry-after"].to_str().unwrap()), ((429, "3001".to_owned()), "7"));
    assert_eq!(got.json()["Fault"]["type"], "SERVICE");
    desk.company.set_clock("2026-11-04T14:31:00Z".parse().unwrap());
    assert_eq!(desk.get("preferences").await.status, 200, "a minute later");
    desk.switch("throttle", json!({"per_minute": 1, "form": "403"}));
    let got = desk.get("preferences").await;
    assert_eq!((got.fault(), got.headers.get("retry-after")), ((403, "3001".to_owned()), None));
    desk.company.set_clock("2026-11-04T14:40:00Z".parse().unwrap());
    desk.switch("throttle", json!({"per_minute": 1, "form": "item"}));
    let create = |bid: &str| json!({"bId": bid, "operation": "create", "Bill": desk.bill(bid)});
    let answer = desk.post("batch", json!({"BatchItemRequest": [create("a"), create("b")]})).await.json();
    assert!(answer["BatchItemResponse"][0]["Bill"].is_object());
    assert_eq!(code(&answer["BatchItemResponse"][1]), "3001");
}

#[tokio::test]
async fn a_write_can_fail_before_or_after_it_took_effect() {
    let desk = Desk::new().await;
    for (switch, effect) in [("fail_before_commit", 0), ("commit_then_fail", 1)] {
        for (at, way) in ["drop connection", "500", "504", "429"].into_iter().enumerate() {
            desk.switch(switch, json!(way));
            let before = desk.count("Bill");
            let got = desk.try_post("bill", desk.bill(&format!("{switch}{at}"))).await;
            match way {
                "drop connection" => assert!(got.is_err()),
                _ => assert_eq!(got.unwrap().status.to_string(), way),
            }
            assert_eq!(desk.count("Bill"), before + effect, "{switch} {way}");
        }
        assert_eq!(desk.get("preferences").await.status, 200, "reads are not touched");
        desk.switch(switch, json!("off"));
    }
}

#[tokio::test]
async fn answers_can_be_spoilt() {
    let desk = Desk::new().await;
    desk.switch("corrupt", json!("html"));
    assert_eq!(desk.get("preferences").await.status, 502);
    desk.switch("corrupt", json!("truncated JSON"));
    let got = desk.get("preferences").await;
    assert!(got.status == 200 && serde_json::from_slice::<Value>(&got.body).is_err());
    desk.switch("corrupt", json!("empty"));
    assert_eq!(desk.get("preferences").await.body.len(), 0);
    desk.switch("corrupt", json!("off"));
    desk.switch("fault_with_200", json!("on"));
    desk.switch("code_as_number", json!("on"));
    let got = desk.get("bill/1").await;
    assert_eq!((got.status, got.json()["Fault"]["Error"][0]["code"].clone()), (200, json!(610)));
}

#[tokio::test]
async fn additive_fields_come_unless_turned_off() {
    let desk = Desk::new().await;
    let path = format!("account/{}", desk.id("Account", "6010"));
    let with_them = desk.get(&path).await.json();
    assert!(
        with_them["Account"].get("AdditiveField").is_some()
            && with_them.get("additiveEnvelopeField").is_some()
    );
    desk.switch("extra_fields", json!("off"));
    let without = desk.get(&path).await.json();
    assert!(
        without["Account"].get("AdditiveField").is_none() && without.get("additiveEnvelopeField").is_none()
    );
}

#[tokio::test]
async fn tracking_that_is_off_refuses_or_ignores() {
    let desk = Desk::new().await;
    desk.switch("class_tracking", json!("off"));
    assert_eq!(desk.post("bill", desk.bill("A")).await.fault().1, "5030");
    assert_eq!(desk.post("class", json!({"Name": "New"})).await.fault().1, "5030");
    desk.switch("tracking_off", json!("ignore"));
    let bill = desk.post("bill", desk.bill("A")).await.json();
    assert!(bill["Bill"]["Line"][0]["AccountBasedExpenseLineDetail"].get("ClassRef").is_none());
    desk.switch("tracking_off", json!(5030));
    desk.switch("class_tracking", json!("on"));
    desk.switch("location_tracking", json!("off"));
    let placed = with(desk.bill("B"), "/DepartmentRef", json!({"value": desk.id("Department", "Boston")}));
    assert_eq!(desk.post("bill", placed).await.fault().1, "5030");
}

#[tokio::test]
async fn a_company_of_one_currency_takes_no_other() {
    let desk = Desk::new().await;
    desk.switch("multicurrency", json!("off"));
    let foreign = with(desk.bill("A"), "/CurrencyRef/value", json!("EUR"));
    assert_eq!(desk.post("bill", foreign).await.fault().1, "6000");
    assert_eq!(desk.post("bill", with(desk.bill("A"), "/ExchangeRate", json!(1.1))).await.fault().1, "6000");
    let bill = desk.post("bill", with(desk.bill("A"), "/CurrencyRef", Value::Null)).await.json();
    assert_eq!(bill["Bill"]["CurrencyRef"]["value"], "USD");
    assert!(bill["Bill"].get("ExchangeRate").is_none() && bill["Bill"].get("HomeTotalAmt").is_none());
}

#[tokio::test]
async fn outside_the_united_states_lines_need_a_tax_code() {
    let desk = Desk::new().await;
    desk.switch("region", json!("UK"));
    assert_eq!(desk.get(&format!("companyinfo/{REALM}")).await.json()["CompanyInfo"]["Country"], "GB");
    assert_eq!(desk.post("bill", desk.bill("A")).await.fault().1, "2020", "GlobalTaxCalculation");
    let bill = with(desk.bill("A"), "/GlobalTaxCalculation", json!("TaxExcluded"));
    assert_eq!(desk.post("bill", bill.clone()).await.fault().1, "6000");
    let coded = |code: &str| {
        with(bill.clone(), "/Line/0/AccountBasedExpenseLineDetail/TaxCodeRef", json!({"value": code}))
    };
    assert_eq!(desk.post("bill", coded("NON")).await.fault().1, "2500");
    assert_eq!(desk.post("bill", coded("5")).await.status, 200);
}

#[tokio::test]
async fn an_ended_subscription_stops_the_company() {
    let desk = Desk::new().await;
    desk.switch("subscription", json!("ended"));
    assert_eq!(desk.post("bill", desk.bill("A")).await.fault().1, "6190");
}

#[tokio::test]
async fn unknown_switches_and_values_are_refused() {
    let desk = Desk::new().await;
    for (name, value) in [
        ("colour", json!("blue")),
        ("rotate_every", json!("often")),
        ("throttle", json!({"form": "429"})),
        ("region", json!("XX")),
        ("book_close_date", json!("yesterday")),
        ("corrupt", json!(true)),
        ("extra_fields", json!("maybe")),
    ] {
        assert!(desk.company.switch(name, &value).is_err(), "{name} {value}");
    }
}
