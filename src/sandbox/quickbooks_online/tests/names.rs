use super::*;

#[tokio::test]
async fn names_are_unique_across_vendors_and_customers() {
    let desk = Desk::new().await;
    let got = desk.post("vendor", json!({"DisplayName": "iris tan"})).await;
    assert_eq!(got.fault(), (400, "6240".to_owned()));
    let inactive = desk.post("vendor", json!({"DisplayName": "Raman, Dev (old)"})).await;
    assert_eq!(inactive.fault().1, "6240", "an inactive vendor keeps its name");
    let made = desk
        .post(
            "vendor",
            json!({"GivenName": "Ada", "FamilyName": "Byron", "AcctNum": "E2000",
        "PrimaryEmailAddr": {"Address": "ada@example.test"}, "CurrencyRef": {"value": "EUR"}}),
        )
        .await
        .json();
    let made = &made["Vendor"];
    assert_eq!(
        (&made["DisplayName"], &made["Active"], &made["CurrencyRef"]["value"]),
        (&json!("Ada Byron"), &json!(true), &json!("EUR"))
    );
    let rename = json!({"Id": made["Id"], "SyncToken": "0", "sparse": true, "DisplayName": "Byron, Ada"});
    assert_eq!(desk.post("vendor", rename).await.status, 200);
    assert_eq!(
        desk.post("vendor", json!({"DisplayName": "Ada Byron"})).await.status,
        200,
        "the old name is free"
    );
    let currency =
        json!({"Id": made["Id"], "SyncToken": "1", "sparse": true, "CurrencyRef": {"value": "USD"}});
    assert_eq!(desk.post("vendor", currency).await.fault().1, "6000");
    assert_eq!(
        desk.post("vendor?operation=delete", json!({"Id": made["Id"], "SyncToken": "1"})).await.fault().1,
        "500"
    );
}

#[tokio::test]
async fn names_that_must_be_rejected_are() {
    let desk = Desk::new().await;
    for (body, code) in [
        (json!({}), "2020"),
        (json!({"DisplayName": "a:b"}), "2040"),
        (json!({"DisplayName": "a\tb"}), "2040"),
        (json!({"DisplayName": "x".repeat(600)}), "2050"),
        (json!({"DisplayName": "a", "PrimaryEmailAddr": {"Address": "nobody"}}), "2210"),
        (json!({"DisplayName": "a", "CurrencyRef": {"value": "CHF"}}), "2220"),
        (json!({"DisplayName": "a", "TermRef": {"value": "99"}}), "2500"),
        (json!({"DisplayName": "a", "AcctNum": "x".repeat(101)}), "2050"),
        (json!({"DisplayName": "a", "Colour": "blue"}), "2010"),
    ] {
        assert_eq!(desk.post("vendor", body.clone()).await.fault(), (400, code.to_owned()), "{body}");
    }
    assert_eq!(desk.post("employee", json!({"DisplayName": "x"})).await.fault().1, "2020");
    assert_eq!(
        desk.post("employee", json!({"GivenName": "Iris", "FamilyName": "Tan"})).await.fault().1,
        "6240"
    );
    assert_eq!(desk.post("taxagency", json!({"DisplayName": "x"})).await.fault().1, "500");
    assert_eq!(desk.get("nonsense/1").await.fault().1, "500");
}

#[tokio::test]
async fn accounts_classes_and_terms_follow_their_rules() {
    let desk = Desk::new().await;
    let made = desk
        .post(
            "account",
            json!({"Name": "Parking", "AcctNum": "6035", "AccountType": "Expense",
        "SubAccount": true, "ParentRef": {"value": desk.id("Account", "6030")}}),
        )
        .await
        .json()["Account"]
        .clone();
    assert_eq!(
        (&made["FullyQualifiedName"], &made["Classification"], &made["CurrencyRef"]["value"]),
        (&json!("Ground Travel and Mileage:Parking"), &json!("Expense"), &json!("USD"))
    );
    for (kind, body, code) in [
        ("account", json!({"Name": "Rent", "AccountType": "Expense"}), "6240"),
        ("account", json!({"Name": "A:B", "AccountType": "Expense"}), "2040"),
        ("account", json!({"Name": "New"}), "2020"),
        ("account", json!({"Name": "New", "AccountType": "Money"}), "2170"),
        ("account", json!({"Name": "New", "AccountType": "Expense", "AcctNum": "12345678"}), "2050"),
        ("class", json!({"Name": "100 strategy"}), "6240"),
        ("class", json!({"Name": "x".repeat(101)}), "2050"),
        ("department", json!({"Name": "Boston"}), "6240"),
        ("term", json!({"Name": "Net 30", "DueDays": 30}), "6240"),
        ("term", json!({"Name": "Someday"}), "2020"),
        ("customer", json!({"DisplayName": "New", "ParentRef": {"value": "1"}}), "2500"),
    ] {
        assert_eq!(desk.post(kind, body.clone()).await.fault(), (400, code.to_owned()), "{kind} {body}");
    }
    let class = desk.post("class", json!({"Name": "450 Sustainability"})).await.json()["Class"].clone();
    assert_eq!(class["Id"].as_str().unwrap().len(), 19);
    let customer = json!({"DisplayName": "Phase 2", "Job": true, "ParentRef": {"value": desk.id("Customer", "Ostrava Rail")}});
    let customer = desk.post("customer", customer).await.json();
    assert_eq!(customer["Customer"]["FullyQualifiedName"], "Ostrava Rail:Phase 2");
}

#[tokio::test]
async fn the_sample_company_is_complete() {
    let desk = Desk::new().await;
    let counts =
        ["Account", "Vendor", "Customer", "Class", "Department", "Term", "Bill"].map(|kind| desk.count(kind));
    assert_eq!(counts, [45, 27, 12, 6, 3, 8, 2]);
    let vendors = desk.rows("select * from Vendor maxresults 1000", "Vendor").await;
    let by = |name: &str| vendors.iter().find(|one| one["DisplayName"] == name).unwrap();
    assert_eq!(by("Okafor, Amara")["AcctNum"], "E1001");
    let chloe = by("Lindqvist, Chloé");
    assert_eq!(
        (chloe.get("AcctNum"), &chloe["PrimaryEmailAddr"]["Address"]),
        (None, &json!("chloe.lindqvist@fernhillquay.example"))
    );
    let sinead = by("O'Brien, Sinéad");
    assert_eq!((sinead.get("AcctNum"), sinead.get("PrimaryEmailAddr")), (None, None));
    assert_eq!(by("Nordlys Analytics GmbH")["CurrencyRef"]["value"], "USD");
    assert_eq!(by("Hollis Property Trust")["TermRef"]["name"], "Due on 1st");
    assert_eq!(by("Candor Legal LLP")["Vendor1099"], true);
    let bills = desk.rows("select * from Bill where TxnDate >= '2026-10-01' orderby TxnDate", "Bill").await;
    let facts = |bill: &Value| {
        format!(
            "{} {} {} {}",
            bill["DocNumber"], bill["TotalAmt"], bill["APAccountRef"]["name"], bill["DueDate"]
        )
    };
    assert_eq!(facts(&bills[0]), r#""CL 2217" 3900.00 "Accounts Payable USD" "2026-11-18""#);
    assert_eq!(facts(&bills[1]), r#""OKAFOR OCT" 146.20 "Employee Payables USD" "2026-10-29""#);
    assert!(bills[1].get("PrivateNote").is_none(), "typed by hand, without marker");
}
