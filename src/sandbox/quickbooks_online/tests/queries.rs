use super::*;

#[tokio::test]
async fn lists_show_active_rows_unless_asked() {
    let desk = Desk::new().await;
    let active = desk.rows("select * from Account maxresults 1000", "Account").await;
    let all =
        desk.rows("SELECT * FROM account WHERE active IN (true, false) MAXRESULTS 1000", "Account").await;
    let inactive = desk.rows("select * from Account where Active = false", "Account").await;
    assert_eq!((active.len(), all.len(), inactive.len()), (44, 45, 1));
    assert_eq!(inactive[0]["AcctNum"], "6340");
    assert_eq!(inactive[0]["Name"], "Books and Periodicals (deleted)");
    let old = desk
        .rows("select * from Vendor where DisplayName like 'Raman%' and Active in (false)", "Vendor")
        .await;
    assert_eq!((old.len(), &old[0]["DisplayName"]), (1, &json!("Raman, Dev (old) (deleted)")));
    let sub = desk
        .rows("select * from Customer where FullyQualifiedName = 'Aldgate Bank:Core review'", "Customer")
        .await;
    assert_eq!(
        (&sub[0]["Job"], &sub[0]["IsProject"], &sub[0]["Level"]),
        (&json!(true), &json!(true), &json!(1))
    );
    let class = desk.rows("select * from Class orderby Name desc maxresults 1", "Class").await;
    assert_eq!(
        (&class[0]["Name"], class[0]["Id"].as_str().unwrap().len()),
        (&json!("900 Administration"), 19)
    );
}

#[tokio::test]
async fn pages_are_counted_from_one() {
    let desk = Desk::new().await;
    let first =
        desk.query("select * from Vendor orderby Id maxresults 10").await.json()["QueryResponse"].clone();
    assert_eq!((&first["startPosition"], &first["maxResults"]), (&json!(1), &json!(10)));
    let third = desk.query("select * from Vendor orderby Id startposition 21 maxresults 10").await.json();
    assert_eq!(third["QueryResponse"]["maxResults"], 6);
    let past = desk.query("select * from Vendor startposition 100").await.json();
    assert_eq!(past["QueryResponse"], json!({}));
    let count = desk.query("select count(*) from Vendor").await.json();
    assert_eq!(count["QueryResponse"], json!({"totalCount": 26}));
    assert_eq!(desk.query("select * from Vendor startposition 0").await.fault(), (400, "4001".to_owned()));
    assert_eq!(desk.query("select * from Vendor maxresults 1001").await.fault().1, "4001");
    desk.switch("maxresults_over", json!("cap"));
    assert_eq!(desk.query("select * from Vendor maxresults 1001").await.status, 200);
}

#[tokio::test]
async fn only_filterable_properties_may_be_used() {
    let desk = Desk::new().await;
    for statement in [
        "select * from Bill where PrivateNote = 'x'",
        "select * from Bill where Line.Amount = 1",
        "select * from Vendor where AcctNum = 'E1001'",
        "select * from Vendor where PrimaryEmailAddr = 'a@b.c'",
        "select * from Vendor where Id > '5'",
        "select * from Vendor where Id like '5%'",
        "select * from Vendor where Active = 'perhaps'",
        "select * from Bill where TotalAmt = 'much'",
        "select * from Bill where TxnDate > 'today'",
        "select * from Nonsense",
        "select * from Bill orderby PrivateNote",
    ] {
        assert_eq!(desk.query(statement).await.fault(), (400, "4001".to_owned()), "{statement}");
    }
    assert_eq!(desk.query("select * from Bill where Id = '1' or Id = '2'").await.fault().1, "4000");
}

#[tokio::test]
async fn values_compare_by_their_kind() {
    let desk = Desk::new().await;
    for (condition, hits) in [
        ("TotalAmt > 146.2", 1),
        ("TotalAmt >= '146.2'", 2),
        ("TotalAmt < 1000 and TotalAmt > 9", 1),
        ("TxnDate >= '2026-10-19' and TxnDate <= '2026-10-19'", 1),
        ("MetaData.CreateTime >= '2026-10-29T15:00:00Z'", 1),
        ("MetaData.CreateTime > '2026-10-29T11:00:00-04:00'", 0),
        ("DocNumber in ('cl 2217', 'OKAFOR OCT', 'none')", 2),
        ("DocNumber = 'x'", 0),
    ] {
        let statement = format!("select * from Bill where TxnDate > '2026-09-30' and {condition}");
        assert_eq!(desk.rows(&statement, "Bill").await.len(), hits, "{condition}");
    }
    let candor = desk.id("Vendor", "Candor Legal LLP");
    let statement = format!("select Id, DocNumber from Bill where VendorRef = '{candor}'");
    let found = desk.rows(&statement, "Bill").await;
    assert_eq!((found.len(), &found[0]["DocNumber"], found[0].get("Line")), (1, &json!("CL 2217"), None));
    let quoted = desk.rows("select * from Vendor where DisplayName = 'o\\'brien, sinéad'", "Vendor").await;
    assert_eq!((quoted.len(), &quoted[0]["CurrencyRef"]["value"]), (1, &json!("EUR")));
}

#[tokio::test]
async fn a_query_also_comes_in_the_url() {
    let desk = Desk::new().await;
    let got = desk.get("query?query=select%20*%20from%20Vendor%20where%20DisplayName%20%3D%20'O%5C'Brien%2C%20Sin%C3%A9ad'").await;
    assert_eq!(got.json()["QueryResponse"]["Vendor"][0]["DisplayName"], "O'Brien, Sinéad");
    assert_eq!(
        desk.get("QUERY?query=select+count(*)+from+TERM&minorversion=3").await.json()["QueryResponse"]["totalCount"],
        8
    );
    assert_eq!(desk.calls("query"), 2);
}

#[tokio::test]
async fn change_data_capture_tells_what_changed_and_what_went() {
    let desk = Desk::new().await;
    let made = desk.post("bill", desk.bill("TO000000010")).await.json()["Bill"].clone();
    let now = "2026-11-04T15:00:00Z";
    desk.company.set_clock(now.parse().unwrap());
    let none = desk.get(&format!("cdc?entities=Bill,Vendor&changedSince={now}")).await.json();
    assert_eq!(none["CDCResponse"], json!([{"QueryResponse": [{}]}]));
    desk.post("bill?operation=delete", json!({"Id": made["Id"], "SyncToken": "0"})).await;
    let raman = desk.id("Vendor", "Raman, Dev");
    let off = json!({"Id": raman, "SyncToken": "0", "sparse": true, "Active": false});
    assert_eq!(desk.post("vendor", off).await.json()["Vendor"]["DisplayName"], "Raman, Dev (deleted)");
    let got = desk.get(&format!("cdc?entities=bill,Vendor,Account&changedSince={now}")).await.json();
    let parts = &got["CDCResponse"][0]["QueryResponse"];
    assert_eq!(parts[0]["Bill"][0]["status"], "Deleted");
    assert_eq!((&parts[0]["Bill"][0]["Id"], &parts[0]["maxResults"]), (&made["Id"], &json!(1)));
    assert_eq!(
        (&parts[1]["Vendor"][0]["Id"], &parts[1]["Vendor"][0]["Active"]),
        (&json!(raman), &json!(false))
    );
    assert_eq!(parts[2], json!({}));
    for (path, code) in [
        ("cdc?entities=Bill&changedSince=2026-10-01T00:00:00Z", "4001"),
        ("cdc?entities=Nonsense&changedSince=2026-11-01", "4001"),
        ("cdc?entities=TaxCode&changedSince=2026-11-01", "4002"),
        ("cdc?entities=Bill&changedSince=soon", "2060"),
        ("cdc?entities=Bill", "2020"),
    ] {
        assert_eq!(desk.get(path).await.fault(), (400, code.to_owned()), "{path}");
    }
}

#[tokio::test]
async fn reads_can_lag_behind_writes() {
    let desk = Desk::new().await;
    desk.company.set_clock("2026-11-04T14:31:00Z".parse().unwrap());
    desk.switch("query_lag", json!("5 s"));
    let made = desk.post("bill", desk.bill("TO000000011")).await.json()["Bill"].clone();
    let statement = "select * from Bill where DocNumber = 'TO000000011'";
    assert!(desk.rows(statement, "Bill").await.is_empty());
    assert_eq!(desk.get(&format!("bill/{}", made["Id"].as_str().unwrap())).await.status, 200);
    desk.company.set_clock("2026-11-04T14:31:05Z".parse().unwrap());
    assert_eq!(desk.rows(statement, "Bill").await.len(), 1);
    let edit = json!({"Id": made["Id"], "SyncToken": "0", "sparse": true, "PrivateNote": "new"});
    desk.post("bill", edit).await;
    assert_eq!(desk.rows(statement, "Bill").await[0]["PrivateNote"], "tieout:TO000000011");
}

#[tokio::test]
async fn the_company_tells_what_it_can_do() {
    let desk = Desk::new().await;
    let info = desk.get(&format!("companyinfo/{REALM}")).await.json()["CompanyInfo"].clone();
    assert_eq!(
        (&info["CompanyName"], &info["Country"], &info["Id"]),
        (&json!("Fernhill Quay Advisory, Inc."), &json!("US"), &json!("1"))
    );
    let prefs = desk.get("preferences").await.json()["Preferences"].clone();
    assert_eq!(
        prefs["CurrencyPrefs"],
        json!({"MultiCurrencyEnabled": true, "HomeCurrency": {"value": "USD"}})
    );
    let accounting = &prefs["AccountingInfoPrefs"];
    assert_eq!(
        (
            &accounting["BookCloseDate"],
            &accounting["ClassTrackingPerTxnLine"],
            &accounting["TrackDepartments"]
        ),
        (&json!("2026-09-30"), &json!(true), &json!(true))
    );
    for (date, rate) in [
        ("2026-10-16", "1.0815"),
        ("2026-10-26", "1.0815"),
        ("2026-10-31", "1.0850"),
        ("2026-12-01", "1.0868"),
    ] {
        let got = desk.get(&format!("exchangerate?sourcecurrencycode=EUR&asofdate={date}")).await.json();
        assert_eq!(
            (got["ExchangeRate"]["Rate"].to_string().as_str(), &got["ExchangeRate"]["AsOfDate"]),
            (rate, &json!(date))
        );
    }
    assert_eq!(desk.get("exchangerate?sourcecurrencycode=CHF").await.fault().1, "2220");
    assert_eq!(desk.rows("select * from CompanyCurrency", "CompanyCurrency").await[0]["Code"], "EUR");
}

#[tokio::test]
async fn exchange_rates_can_be_queried_and_set() {
    let desk = Desk::new().await;
    let statement = "select * from ExchangeRate where SourceCurrencyCode = 'EUR' and AsOfDate in ('2026-10-31', '2026-11-02')";
    let rates = desk.rows(statement, "ExchangeRate").await;
    let both = rates.iter().map(|rate| format!("{} {}", rate["AsOfDate"], rate["Rate"])).collect::<Vec<_>>();
    assert_eq!(both, [r#""2026-10-31" 1.0850"#, r#""2026-11-02" 1.0861"#]);
    let today = desk
        .rows("select * from exchangerate where sourcecurrencycode in ('EUR','CHF')", "ExchangeRate")
        .await;
    assert_eq!((today.len(), today[0]["Rate"].to_string()), (1, "1.0868".to_owned()));
    assert_eq!(
        desk.query("select * from ExchangeRate where AsOfDate > '2026-10-31'").await.fault().1,
        "4001"
    );
    let set = json!({"SourceCurrencyCode": "EUR", "AsOfDate": "2026-11-03", "Rate": 1.0900});
    assert_eq!(desk.post("exchangerate", set.clone()).await.status, 200);
    let got = desk.get("exchangerate?sourcecurrencycode=EUR&asofdate=2026-11-03").await.json();
    assert_eq!(got["ExchangeRate"]["Rate"].to_string(), "1.09");
    assert_eq!(
        desk.post("exchangerate", with(set, "/SourceCurrencyCode", json!("CHF"))).await.fault().1,
        "2220"
    );
}
