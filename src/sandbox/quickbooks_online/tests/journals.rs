use super::*;

fn line(account: &str, side: &str, amount: &str, entity: Option<(&str, String)>) -> Value {
    let amount: Value = serde_json::from_str(amount).unwrap();
    let mut detail = json!({"PostingType": side, "AccountRef": {"value": account}});
    if let Some((kind, id)) = entity {
        detail["Entity"] = json!({"Type": kind, "EntityRef": {"value": id}});
    }
    json!({"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail})
}

fn entry(lines: Vec<Value>) -> Value {
    json!({"TxnDate": "2026-10-30", "DocNumber": "TO00000000J", "CurrencyRef": {"value": "USD"}, "Line": lines})
}

#[tokio::test]
async fn an_entry_that_balances_is_kept() {
    let desk = Desk::new().await;
    let (cost, clearing) = (desk.id("Account", "5010"), desk.id("Account", "2130"));
    let body = entry(vec![line(&cost, "Debit", "742.80", None), line(&clearing, "Credit", "742.80", None)]);
    let answer = desk.post("journalentry", body).await.json()["JournalEntry"].clone();
    assert_eq!((&answer["Line"][0]["Id"], &answer["Line"][1]["Id"]), (&json!("0"), &json!("1")));
    assert_eq!((answer["TotalAmt"].to_string(), &answer["SyncToken"]), ("0".to_owned(), &json!("0")));
    assert_eq!(
        answer["Line"][1]["JournalEntryLineDetail"]["AccountRef"]["name"],
        "Company-Paid Travel Clearing"
    );
    let found = desk
        .rows("select * from JournalEntry where DocNumber in ('TO00000000J','TO1')", "JournalEntry")
        .await;
    assert_eq!(found[0]["Id"], answer["Id"]);
}

#[tokio::test]
async fn an_entry_that_must_be_rejected_is() {
    let desk = Desk::new().await;
    let id = |number| desk.id("Account", number);
    let (cost, clearing, payable, receivable) = (id("5010"), id("2130"), id("2010"), id("1100"));
    let okafor = Some(("Vendor", desk.id("Vendor", "Okafor, Amara")));
    let bank = Some(("Customer", desk.id("Customer", "Aldgate Bank")));
    let debit = |amount| line(&cost, "Debit", amount, None);
    let credit = |amount| line(&clearing, "Credit", amount, None);
    let cases = [
        ("not balanced", vec![debit("10.00"), credit("9.99")], "2300"),
        ("one side", vec![debit("0.00"), debit("0.00")], "2300"),
        ("negative", vec![debit("-10"), credit("-10")], "2290"),
        ("payable without vendor", vec![debit("10"), line(&payable, "Credit", "10", None)], "6000"),
        ("payable with customer", vec![debit("10"), line(&payable, "Credit", "10", bank.clone())], "6000"),
        (
            "receivable without customer",
            vec![debit("10"), line(&receivable, "Credit", "10", okafor.clone())],
            "6000",
        ),
        (
            "two payable lines",
            vec![
                debit("20"),
                line(&payable, "Credit", "10", okafor.clone()),
                line(&payable, "Credit", "10", okafor.clone()),
            ],
            "6000",
        ),
        (
            "payable and receivable",
            vec![line(&receivable, "Debit", "10", bank), line(&payable, "Credit", "10", okafor.clone())],
            "6000",
        ),
        ("foreign account", vec![debit("10"), line(&id("1015"), "Credit", "10", None)], "6000"),
        (
            "vendor of another currency",
            vec![
                debit("10"),
                line(&payable, "Credit", "10", Some(("Vendor", desk.id("Vendor", "Müller, Grace")))),
            ],
            "6000",
        ),
        ("inactive account", vec![line(&id("6340"), "Debit", "10", None), credit("10")], "2500"),
        (
            "unknown name",
            vec![debit("10"), line(&payable, "Credit", "10", Some(("Vendor", "1".to_owned())))],
            "2500",
        ),
        ("no lines", vec![], "2250"),
        (
            "no posting type",
            vec![with(debit("10"), "/JournalEntryLineDetail/PostingType", Value::Null), credit("10")],
            "2260",
        ),
        (
            "tax without direction",
            vec![
                with(debit("10"), "/JournalEntryLineDetail/TaxCodeRef", json!({"value": "NON"})),
                credit("10"),
            ],
            "2270",
        ),
        (
            "unknown property",
            vec![
                with(debit("10"), "/JournalEntryLineDetail/CustomerRef", json!({"value": "51"})),
                credit("10"),
            ],
            "2010",
        ),
    ];
    for (what, lines, code) in cases {
        let got = desk.post("journalentry", entry(lines)).await;
        assert_eq!(got.fault(), (400, code.to_owned()), "{what}: {:?}", got.body);
    }
    let mut headed = entry(vec![debit("10"), credit("10")]);
    headed["DepartmentRef"] = json!({"value": desk.id("Department", "Boston")});
    assert_eq!(desk.post("journalentry", headed).await.fault().1, "2010", "no location on the header");
    assert_eq!(desk.count("JournalEntry"), 0);
    let good = vec![debit("10"), line(&payable, "Credit", "10", okafor)];
    assert_eq!(desk.post("journalentry", entry(good)).await.status, 200);
}

#[tokio::test]
async fn tax_on_a_line_posts_beside_it_and_counts_in_the_balance() {
    let desk = Desk::new().await;
    desk.switch("region", json!("UK"));
    let id = |number: &str| desk.id("Account", number);
    let taxed = |code: &str, tax: Value| {
        let line = line(&id("6010"), "Debit", "100", None);
        let line = with(line, "/JournalEntryLineDetail/TaxCodeRef", json!({"value": code}));
        let line = with(line, "/JournalEntryLineDetail/TaxApplicableOn", json!("Purchase"));
        with(line, "/JournalEntryLineDetail/TaxAmount", tax)
    };
    let posted = |line: Value, credit: &str, mode: Value| {
        let lines = vec![line, self::line(&id("2150"), "Credit", credit, None)];
        with(entry(lines), "/GlobalTaxCalculation", mode)
    };
    let excluded = || json!("TaxExcluded");
    for (what, body, code) in [
        ("no tax amount", posted(taxed("6", Value::Null), "120", excluded()), "2280"),
        ("tax not in the balance", posted(taxed("6", json!(20)), "100", excluded()), "2300"),
        ("negative", posted(taxed("6", json!(-20)), "80", excluded()), "2290"),
        ("a rate of nothing", posted(taxed("5", json!(1)), "101", excluded()), "6160"),
        ("for sales", posted(taxed("12", json!(20)), "120", excluded()), "6160"),
        ("without a mode", posted(taxed("6", json!(20)), "120", Value::Null), "6170"),
        (
            "no direction",
            with(
                posted(taxed("6", json!(20)), "120", excluded()),
                "/Line",
                json!([with(taxed("6", json!(20)), "/JournalEntryLineDetail/TaxApplicableOn", Value::Null)]),
            ),
            "2270",
        ),
    ] {
        let got = desk.post("journalentry", body).await;
        assert_eq!(got.fault(), (400, code.to_owned()), "{what}: {:?}", got.body);
    }
    let got = desk.post("journalentry", posted(taxed("6", json!(20)), "120", excluded())).await;
    assert_eq!(got.status, 200, "{:?}", got.body);
    let detailed = |tax: i64| {
        let lines = json!({"TaxLine": [{"Amount": tax, "DetailType": "TaxLineDetail", "TaxLineDetail": {}}]});
        with(posted(taxed("6", json!(20)), "120", excluded()), "/TxnTaxDetail", lines)
    };
    assert_eq!(desk.post("journalentry", detailed(19)).await.fault().1, "6000");
    assert_eq!(desk.post("journalentry", detailed(20)).await.status, 200);
    let untaxed = vec![line(&id("6010"), "Debit", "10", None), line(&id("2150"), "Credit", "10", None)];
    assert_eq!(desk.post("journalentry", entry(untaxed)).await.status, 200, "no mode is needed without tax");
    let vat = desk.get("reports/GeneralLedger?start_date=2026-01-01&end_date=2026-12-31").await.json();
    let sections = vat["Rows"]["Row"].as_array().unwrap();
    let section =
        |name: &str| sections.iter().find(|one| one["Header"]["ColData"][0]["value"] == name).unwrap();
    assert_eq!(section("VAT Control")["Summary"]["ColData"][6]["value"], "-40.00");
}
