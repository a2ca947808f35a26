use super::*;

#[tokio::test]
async fn a_bill_is_answered_as_the_contract_shows() {
    let desk = Desk::new().await;
    let mut bill = desk.bill("TO7F3A91C2K");
    let second = with(
        desk.line("5040", "174.20"),
        "/AccountBasedExpenseLineDetail/CustomerRef",
        json!({"value": desk.id("Customer", "Aldgate Bank:Core review")}),
    );
    let second = with(second, "/AccountBasedExpenseLineDetail/BillableStatus", json!("Billable"));
    bill["Line"].as_array_mut().unwrap().push(second);
    bill["DepartmentRef"] = json!({"value": desk.id("Department", "Boston")});
    let got = desk.post("bill?minorversion=75", bill).await;
    let answer = got.json();
    let bill = &answer["Bill"];
    assert_eq!((got.status, bill["SyncToken"].as_str()), (200, Some("0")));
    assert!(answer["time"].as_str().unwrap().ends_with("-05:00"));
    assert_eq!(bill["TotalAmt"].to_string(), "184.20");
    assert_eq!(
        (bill["Balance"].to_string(), bill["HomeTotalAmt"].to_string()),
        ("184.20".into(), "184.20".into())
    );
    assert_eq!(bill["CurrencyRef"], json!({"value": "USD", "name": "United States Dollar"}));
    assert_eq!(bill["VendorRef"]["name"], "Okafor, Amara");
    assert_eq!((&bill["Line"][0]["Id"], &bill["Line"][1]["Id"]), (&json!("1"), &json!("2")));
    assert_eq!(bill["Line"][0]["AccountBasedExpenseLineDetail"]["TaxCodeRef"]["value"], "NON");
    assert_eq!(bill["Line"][0]["AccountBasedExpenseLineDetail"]["BillableStatus"], "NotBillable");
    assert_eq!((&bill["domain"], &bill["sparse"]), (&json!("QBO"), &json!(false)));
    assert_eq!(bill["MetaData"]["CreateTime"], "2026-11-04T09:30:00-05:00");
    assert_eq!(bill["DueDate"], "2026-10-28");
    let id = bill["Id"].as_str().unwrap();
    assert_eq!(desk.get(&format!("bill/{id}")).await.json()["Bill"], *bill);
    assert_eq!(desk.get("bill/99999").await.fault(), (400, "610".to_owned()));
    assert_eq!((desk.calls("api"), desk.calls("bill"), desk.calls("token")), (3, 3, 1));
}

#[tokio::test]
async fn a_bill_that_must_be_rejected_is() {
    let desk = Desk::new().await;
    let good = desk.bill("TO000000001");
    let detail = "/Line/0/AccountBasedExpenseLineDetail";
    let at = |key: &str| format!("{detail}/{key}");
    let eur = desk.id("Account", "2015");
    let okafor = desk.id("Vendor", "Okafor, Amara");
    for (pointer, value, code) in [
        ("/VendorRef".to_owned(), Value::Null, "2020"),
        ("/VendorRef".to_owned(), json!({"value": "9999"}), "2500"),
        ("/VendorRef".to_owned(), json!({"value": desk.id("Vendor", "Raman, Dev (old) (deleted)")}), "2500"),
        ("/VendorRef".to_owned(), json!({"value": desk.id("Customer", "Iris Tan")}), "2500"),
        ("/VendorRef".to_owned(), json!({"value": desk.id("Vendor", "Müller, Grace")}), "6000"),
        ("/VendorRef".to_owned(), json!(okafor), "2010"),
        ("/Line".to_owned(), Value::Null, "2020"),
        ("/Line".to_owned(), json!([]), "2250"),
        ("/Line/0/Amount".to_owned(), Value::Null, "2020"),
        ("/Line/0/Amount".to_owned(), json!("ten"), "2090"),
        ("/Line/0/Amount".to_owned(), json!(-10), "6000"),
        ("/Line/0/DetailType".to_owned(), json!("JournalEntryLineDetail"), "2170"),
        ("/Line/0/Description".to_owned(), json!("x".repeat(4001)), "2050"),
        (at("AccountRef"), Value::Null, "2020"),
        (at("AccountRef"), json!({"value": desk.id("Account", "6340")}), "2500"),
        (at("AccountRef"), json!({"value": desk.id("Account", "2000")}), "6430"),
        (at("AccountRef"), json!({"value": desk.id("Account", "1015")}), "6000"),
        (at("ClassRef"), json!({"value": "1"}), "2500"),
        (
            at("CustomerRef"),
            json!({"value": desk.id("Customer", "Tidewater Utilities:Wharf close-out (deleted)")}),
            "2500",
        ),
        (at("BillableStatus"), json!("Billable"), "6310"),
        (at("BillableStatus"), json!("Maybe"), "2170"),
        (at("TaxCodeRef"), json!({"value": "7"}), "6100"),
        (at("DepartmentRef"), json!({"value": desk.id("Department", "Boston")}), "2010"),
        ("/DepartmentRef".to_owned(), json!({"value": "77"}), "2500"),
        ("/DocNumber".to_owned(), json!("X".repeat(22)), "2050"),
        ("/PrivateNote".to_owned(), json!("x".repeat(4001)), "2050"),
        ("/TxnDate".to_owned(), json!("28/10/2026"), "2060"),
        ("/TxnDate".to_owned(), json!("2026-09-30"), "6210"),
        ("/APAccountRef".to_owned(), json!({"value": eur}), "6000"),
        ("/APAccountRef".to_owned(), json!({"value": desk.id("Account", "6010")}), "6430"),
        ("/CurrencyRef".to_owned(), Value::Null, "2020"),
        ("/CurrencyRef".to_owned(), json!({"value": "CHF"}), "2220"),
        ("/CurrencyRef".to_owned(), json!({"value": "EUR"}), "6000"),
        ("/ExchangeRate".to_owned(), json!(1.25), "6000"),
        ("/GlobalTaxCalculation".to_owned(), json!("TaxExcluded"), "6000"),
        ("/Colour".to_owned(), json!("blue"), "2010"),
        ("/SalesTermRef".to_owned(), json!({"value": "99"}), "2500"),
    ] {
        let got = desk.post("bill", with(good.clone(), &pointer, value.clone())).await;
        assert_eq!(got.fault(), (400, code.to_owned()), "{pointer} = {value}: {:?}", got.body);
    }
    assert_eq!(desk.post("bill", json!({"Bill": good})).await.fault(), (400, "2010".to_owned()));
    assert_eq!(desk.send(desk.request("POST", "bill", Body::from("{"))).await.unwrap().fault().1, "2000");
    assert_eq!(desk.count("Bill"), 2, "nothing was written");
}

#[tokio::test]
async fn the_texts_of_faults_are_those_of_the_contract() {
    let desk = Desk::new().await;
    let inactive = desk.id("Account", "6340");
    let bill =
        with(desk.bill("A"), "/Line/0/AccountBasedExpenseLineDetail/AccountRef/value", json!(inactive));
    let error = desk.post("bill", bill).await.json()["Fault"]["Error"][0].clone();
    assert_eq!(error["Message"], "Invalid Reference Id");
    assert_eq!(error["Detail"], format!("Invalid Reference Id : Accounts element id {inactive} not found"));
    let bill = with(desk.bill("A"), "/Line/0/AccountBasedExpenseLineDetail/ClassRef/value", json!("3"));
    let error = desk.post("bill", bill).await.json();
    assert_eq!(error["Fault"]["Error"][0]["Detail"], "Invalid Reference Id : Klasses element id 3 not found");
    assert_eq!(error["Fault"]["type"], "ValidationFault");
}

#[tokio::test]
async fn a_number_that_is_taken_names_its_holder() {
    let desk = Desk::new().await;
    let holder = desk.rows("select * from Bill where DocNumber = 'okafor oct'", "Bill").await;
    let holder = holder[0]["Id"].as_str().unwrap();
    let got = desk.post("bill", desk.bill("Okafor Oct")).await;
    assert_eq!(got.fault().1, "6140");
    let detail = got.json()["Fault"]["Error"][0]["Detail"].as_str().unwrap().to_owned();
    assert!(detail.contains(&format!("is assigned to TxnType=Bill with TxnId={holder}")), "{detail}");
    desk.switch("bill_dup_docnumber", json!("accept"));
    assert_eq!(desk.post("bill", desk.bill("Okafor Oct")).await.status, 200);
    assert_eq!(desk.rows("select * from Bill where DocNumber in ('OKAFOR OCT')", "Bill").await.len(), 2);
}

#[tokio::test]
async fn terms_and_rates_fill_what_was_not_said() {
    let desk = Desk::new().await;
    let bill = json!({"VendorRef": {"value": desk.id("Vendor", "Inkwell Research Ltd")}, "TxnDate": "2026-10-30",
                      "CurrencyRef": {"value": "EUR"}, "Line": [desk.line("6710", "100.10"), desk.line("6710", "-0.05")]});
    let answer = desk.post("bill", bill.clone()).await.json();
    let answer = &answer["Bill"];
    assert_eq!(
        (answer["DueDate"].as_str(), answer["SalesTermRef"]["name"].as_str()),
        (Some("2026-11-29"), Some("Net 30"))
    );
    assert_eq!(answer["APAccountRef"]["name"], "Accounts Payable EUR");
    assert_eq!(answer["ExchangeRate"].to_string(), "1.0850");
    assert_eq!(
        (answer["TotalAmt"].to_string(), answer["HomeTotalAmt"].to_string()),
        ("100.05".into(), "108.55".into())
    );
    let rent = with(bill, "/VendorRef/value", json!(desk.id("Vendor", "Hollis Property Trust")));
    let rent = with(rent, "/CurrencyRef/value", json!("USD"));
    assert_eq!(desk.post("bill", rent.clone()).await.json()["Bill"]["DueDate"], "2026-11-01");
    desk.switch("negative_bill_lines", json!(2290));
    assert_eq!(desk.post("bill", rent).await.fault().1, "2290");
}

#[tokio::test]
async fn a_vendor_credit_has_no_due_date() {
    let desk = Desk::new().await;
    let credit = desk.bill("TO000000002");
    let answer = desk.post("vendorcredit", credit.clone()).await.json();
    assert_eq!(answer["VendorCredit"]["TotalAmt"].to_string(), "10.00");
    assert!(answer["VendorCredit"].get("DueDate").is_none());
    let dated = with(credit, "/DueDate", json!("2026-11-01"));
    assert_eq!(desk.post("vendorcredit", dated).await.fault().1, "2010");
}

#[tokio::test]
async fn purchases_check_account_payee_and_credit() {
    let desk = Desk::new().await;
    let good = json!({"PaymentType": "CreditCard", "AccountRef": {"value": desk.id("Account", "2110")},
        "EntityRef": {"value": desk.id("Vendor", "Card merchants"), "type": "Vendor"}, "TxnDate": "2026-10-20",
        "DocNumber": "TO000000003", "CurrencyRef": {"value": "USD"}, "Line": [desk.line("5010", "624.40")]});
    let answer = desk.post("purchase", good.clone()).await.json();
    let purchase = &answer["Purchase"];
    assert_eq!((purchase["TotalAmt"].to_string(), &purchase["Credit"]), ("624.40".to_owned(), &json!(false)));
    assert_eq!(purchase["EntityRef"]["type"], "Vendor");
    assert!(purchase.get("Balance").is_none());
    let refund = desk.post("purchase", with(good.clone(), "/Credit", json!(true))).await.json();
    assert_eq!(refund["Purchase"]["Credit"], true, "the same number is accepted on a card");
    let bank = json!({"value": desk.id("Account", "1010")});
    for (pointer, value, code) in [
        ("/PaymentType", Value::Null, "2020"),
        ("/PaymentType", json!("Barter"), "2170"),
        ("/PaymentType", json!("Check"), "6430"),
        ("/AccountRef", Value::Null, "2020"),
        ("/AccountRef", bank.clone(), "6430"),
        ("/EntityRef/type", json!("Customer"), "2500"),
        ("/EntityRef/type", json!("Ghost"), "2170"),
        ("/EntityRef/value", json!(desk.id("Vendor", "Müller, Grace")), "6000"),
        ("/CurrencyRef/value", json!("EUR"), "6000"),
    ] {
        let got = desk.post("purchase", with(good.clone(), pointer, value.clone())).await;
        assert_eq!(got.fault().1, code, "{pointer} = {value}");
    }
    let check = with(with(good, "/PaymentType", json!("Check")), "/AccountRef", bank);
    assert_eq!(desk.post("purchase", with(check.clone(), "/Credit", json!(true))).await.fault().1, "6000");
    assert_eq!(desk.post("purchase", check.clone()).await.status, 200);
    assert_eq!(desk.post("purchase", check).await.fault().1, "6140");
}

#[tokio::test]
async fn updates_need_the_present_sync_token() {
    let desk = Desk::new().await;
    let made = desk.post("bill", desk.bill("TO000000004")).await.json()["Bill"].clone();
    let id = made["Id"].clone();
    assert_eq!(desk.post("bill", json!({"Id": id, "sparse": true})).await.fault().1, "2020");
    let edit = json!({"Id": id, "SyncToken": "0", "sparse": true, "PrivateNote": "seen"});
    let answer = desk.post("bill", edit.clone()).await.json()["Bill"].clone();
    assert_eq!((&answer["SyncToken"], &answer["PrivateNote"]), (&json!("1"), &json!("seen")));
    assert_eq!((&answer["DocNumber"], &answer["Line"]), (&made["DocNumber"], &made["Line"]));
    assert_eq!(desk.post("bill", edit).await.fault(), (400, "5010".to_owned()));
    assert_eq!(desk.post("bill", json!({"Id": "7777", "SyncToken": "0"})).await.fault().1, "610");
    let lines = json!([{"Id": "1", "Amount": 12.5}, desk.line("6020", "7.50")]);
    let answer =
        desk.post("bill", json!({"Id": id, "SyncToken": "1", "sparse": true, "Line": lines})).await.json();
    assert_eq!(answer["Bill"]["TotalAmt"].to_string(), "20.00");
    let full = with(with(desk.bill("TO000000004"), "/Id", id.clone()), "/SyncToken", json!("2"));
    let full = with(full, "/PrivateNote", Value::Null);
    let answer = desk.post("bill", full).await.json();
    assert!(answer["Bill"].get("PrivateNote").is_none(), "a full update forgets what it does not say");
    let gone = desk.post("bill?operation=delete", json!({"Id": id, "SyncToken": "2"})).await;
    assert_eq!(gone.fault().1, "5010");
    let gone = desk.post("bill?operation=delete", json!({"Id": id, "SyncToken": "3"})).await.json();
    assert_eq!(gone["Bill"], json!({"status": "Deleted", "domain": "QBO", "Id": id}));
    assert_eq!(desk.count("Bill"), 2);
    assert!(desk.rows("select * from Bill where DocNumber = 'TO000000004'", "Bill").await.is_empty());
    assert_eq!(desk.post("bill", desk.bill("TO000000004")).await.status, 200, "its number is free again");
}

#[tokio::test]
async fn closed_books_protect_what_is_in_them() {
    let desk = Desk::new().await;
    let made = desk.post("bill", desk.bill("TO000000005")).await.json()["Bill"].clone();
    desk.switch("book_close_date", json!("2026-10-31"));
    let edit = json!({"Id": made["Id"], "SyncToken": "0", "sparse": true, "TxnDate": "2026-11-02"});
    assert_eq!(desk.post("bill", edit.clone()).await.fault().1, "6210");
    let delete = json!({"Id": made["Id"], "SyncToken": "0"});
    assert_eq!(desk.post("bill?operation=delete", delete).await.fault().1, "6210");
    assert_eq!(
        desk.get("preferences").await.json()["Preferences"]["AccountingInfoPrefs"]["BookCloseDate"],
        "2026-10-31"
    );
    desk.switch("book_close_date", json!("off"));
    assert_eq!(desk.post("bill", edit).await.status, 200);
}

#[tokio::test]
async fn what_means_not_given_is_accepted() {
    let desk = Desk::new().await;
    let mut bill = desk.bill("TO000000006");
    bill["Line"][0]["Id"] = json!("9");
    bill["Line"][0]["LineNum"] = json!(4);
    bill["DueDate"] = Value::Null;
    bill["ExchangeRate"] = json!(0);
    bill["SalesTermRef"] = json!(0);
    bill["TotalAmt"] = json!(99);
    bill["PrivateNote"] = json!("");
    let answer = desk.post("bill?unknown=1", bill).await.json();
    assert_eq!(answer["Bill"]["TotalAmt"].to_string(), "10.00");
    assert!(answer["Bill"].get("PrivateNote").is_none());
}

#[tokio::test]
async fn a_person_in_the_product_is_seen_by_the_next_caller() {
    let desk = Desk::new().await;
    let made = desk.post("bill", desk.bill("TO000000007")).await.json()["Bill"].clone();
    let before = desk.calls("api");
    let edit = json!({"Id": made["Id"], "SyncToken": "0", "sparse": true, "APAccountRef": {"name": "2000"}});
    assert_eq!(desk.company.by_hand("update", "Bill", &edit).unwrap()["Bill"]["SyncToken"], "1");
    assert_eq!(desk.calls("api"), before);
    let stale = desk.post("bill?operation=delete", json!({"Id": made["Id"], "SyncToken": "0"})).await;
    assert_eq!(stale.fault().1, "5010");
    let refused = desk.company.by_hand("update", "Bill", &edit).unwrap_err();
    assert!(refused.starts_with("5010 "), "{refused}");
    assert!(desk.company.by_hand("explode", "Bill", &edit).is_err());
    let unknown =
        json!({"Id": made["Id"], "SyncToken": "1", "sparse": true, "APAccountRef": {"name": "0000"}});
    assert_eq!(
        desk.company.by_hand("update", "Bill", &unknown).unwrap_err(),
        "there is no Account called 0000"
    );
}

#[tokio::test]
async fn rates_that_no_currency_has_are_refused() {
    let desk = Desk::new().await;
    let bill = with(desk.bill("A"), "/VendorRef/value", json!(desk.id("Vendor", "Inkwell Research Ltd")));
    let bill = with(with(bill, "/CurrencyRef/value", json!("EUR")), "/APAccountRef", Value::Null);
    for rate in ["79228162514264337593543950335", "-1", "1.12345678", "\"x\""] {
        let rate: Value = serde_json::from_str(rate).unwrap();
        assert_eq!(desk.post("bill", with(bill.clone(), "/ExchangeRate", rate)).await.fault().1, "2090");
    }
    let dear = with(bill, "/ExchangeRate", json!(1.234_567_8));
    assert_eq!(desk.post("bill", dear).await.json()["Bill"]["HomeTotalAmt"].to_string(), "12.35");
}
