//! Bill payments, what they leave on bills, and deleting what was paid (contract sections 7.2, 7.6, 3.2).

use super::*;

impl Desk {
    async fn posted(&self, kind: &str, body: Value) -> Value {
        let got = self.post(kind, body).await;
        assert_eq!(got.status, 200, "{kind}: {:?}", got.body);
        got.json().as_object().unwrap().values().find(|one| one.is_object()).unwrap().clone()
    }

    fn pays(&self, amount: &str, lines: &[(&Value, &str, &str)]) -> Value {
        let exact = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let lines: Vec<Value> = lines
            .iter()
            .map(|(txn, kind, amount)| {
                json!({"Amount": exact(amount), "LinkedTxn": [{"TxnId": txn["Id"], "TxnType": kind}]})
            })
            .collect();
        json!({"VendorRef": {"value": self.id("Vendor", "Okafor, Amara")}, "TxnDate": "2026-11-03",
               "CurrencyRef": {"value": "USD"}, "PayType": "Check", "TotalAmt": exact(amount), "Line": lines,
               "CheckPayment": {"BankAccountRef": {"value": self.id("Account", "1010")}}})
    }

    async fn read(&self, path: &str) -> Value {
        let got = self.get(path).await;
        assert_eq!(got.status, 200, "{path}: {:?}", got.body);
        got.json().as_object().unwrap().values().find(|one| one.is_object()).unwrap().clone()
    }
}

#[tokio::test]
async fn a_payment_lowers_the_balance_and_links_and_gives_it_back() {
    let desk = Desk::new().await;
    let bill = desk.posted("bill", desk.bill("TO000000001")).await;
    let credit = desk.bill("TO000000002");
    let credit = desk.posted("vendorcredit", credit).await;
    let at = |kind: &str, txn: &Value| format!("{kind}/{}", txn["Id"].as_str().unwrap());
    let part = desk
        .posted(
            "billpayment",
            desk.pays("4.00", &[(&bill, "Bill", "7.00"), (&credit, "VendorCredit", "3.00")]),
        )
        .await;
    let now = desk.read(&at("bill", &bill)).await;
    assert_eq!((now["Balance"].to_string(), &now["SyncToken"]), ("3.00".to_owned(), &json!("1")));
    assert_eq!(now["LinkedTxn"], json!([{"TxnId": part["Id"], "TxnType": "BillPaymentCheck"}]));
    assert_eq!(desk.read(&at("vendorcredit", &credit)).await["Balance"].to_string(), "7.00");
    let card = with(desk.pays("3.00", &[(&bill, "Bill", "3.00")]), "/PayType", json!("CreditCard"));
    let card =
        with(card, "/CreditCardPayment", json!({"CCAccountRef": {"value": desk.id("Account", "2110")}}));
    let rest = desk.posted("billpayment", card).await;
    let now = desk.read(&at("bill", &bill)).await;
    assert_eq!(now["Balance"].to_string(), "0.00");
    assert_eq!(now["LinkedTxn"][1], json!({"TxnId": rest["Id"], "TxnType": "BillPaymentCreditCard"}));
    // what is paid cannot be deleted, nor lowered, but its memo can be edited
    let whole = json!({"Id": bill["Id"], "SyncToken": now["SyncToken"]});
    assert_eq!(desk.post("bill?operation=delete", whole.clone()).await.fault(), (400, "800".to_owned()));
    let edit = with(with(whole, "/sparse", json!(true)), "/PrivateNote", json!("seen"));
    let edited = desk.posted("bill", edit.clone()).await;
    assert_eq!(
        (edited["Balance"].to_string(), edited["LinkedTxn"].as_array().unwrap().len()),
        ("0.00".to_owned(), 2)
    );
    let lower = with(
        with(edit, "/Line", json!([desk.line("6010", "9.00")])),
        "/SyncToken",
        edited["SyncToken"].clone(),
    );
    assert_eq!(desk.post("bill", lower).await.fault(), (400, "6000".to_owned()));
    // a smaller payment, a voided and a deleted one give back what they paid
    let smaller = with(
        desk.pays("2.00", &[(&bill, "Bill", "5.00"), (&credit, "VendorCredit", "3.00")]),
        "/Id",
        part["Id"].clone(),
    );
    let smaller = desk.posted("billpayment", with(smaller, "/SyncToken", json!("0"))).await;
    assert_eq!(desk.read(&at("bill", &bill)).await["Balance"].to_string(), "2.00");
    let void = json!({"Id": smaller["Id"], "SyncToken": "1", "sparse": true});
    let voided = desk.posted("billpayment?operation=update&include=void", void).await;
    assert_eq!(
        (voided["TotalAmt"].to_string(), &voided["PrivateNote"]),
        ("0.00".to_owned(), &json!("Voided"))
    );
    let gone = desk.posted("billpayment?operation=delete", json!({"Id": rest["Id"], "SyncToken": "0"})).await;
    assert_eq!(gone["status"], "Deleted");
    let now = desk.read(&at("bill", &bill)).await;
    assert_eq!((now["Balance"].to_string(), &now["LinkedTxn"]), ("10.00".to_owned(), &json!([])));
    let whole = json!({"Id": bill["Id"], "SyncToken": now["SyncToken"]});
    assert_eq!(desk.post("bill?operation=delete", whole).await.status, 200);
    let since = "cdc?entities=Bill,BillPayment&changedSince=2026-11-04T14:30:00Z";
    let changes = desk.get(since).await.json()["CDCResponse"][0]["QueryResponse"].clone();
    let stub =
        changes[0]["Bill"].as_array().unwrap().iter().find(|one| one["Id"] == bill["Id"]).unwrap().clone();
    assert_eq!(stub["status"], "Deleted");
    let payments = changes[1]["BillPayment"].as_array().unwrap();
    assert!(payments.iter().any(|one| one["Id"] == rest["Id"] && one["status"] == "Deleted"));
    assert!(payments.iter().any(|one| one["Id"] == part["Id"] && one["SyncToken"] == "2"));
}

#[tokio::test]
async fn a_payment_breaks_no_rule() {
    let desk = Desk::new().await;
    let bill = desk.posted("bill", desk.bill("TO000000001")).await;
    let good = desk.pays("10.00", &[(&bill, "Bill", "10.00")]);
    for (pointer, value, code) in [
        ("/VendorRef", Value::Null, "2020"),
        ("/VendorRef/value", json!(desk.id("Vendor", "Raman, Dev")), "6000"),
        ("/PayType", json!("Cash"), "2170"),
        ("/CheckPayment", Value::Null, "2020"),
        ("/CheckPayment/BankAccountRef/value", json!(desk.id("Account", "2110")), "6430"),
        ("/TotalAmt", Value::Null, "2020"),
        ("/TotalAmt", json!(9), "6000"),
        ("/Line", Value::Null, "2020"),
        ("/Line", json!([]), "2250"),
        ("/Line/0/Amount", json!(11), "6000"),
        ("/Line/0/Amount", json!(-1), "2290"),
        ("/Line/0/LinkedTxn", Value::Null, "2020"),
        ("/Line/0/LinkedTxn/0/TxnId", json!("9999"), "620"),
        ("/Line/0/LinkedTxn/0/TxnType", json!("JournalEntry"), "620"),
        ("/TxnDate", json!("2026-09-30"), "6210"),
        ("/Colour", json!("blue"), "2010"),
    ] {
        let got = desk.post("billpayment", with(good.clone(), pointer, value.clone())).await;
        assert_eq!(got.fault(), (400, code.to_owned()), "{pointer} = {value}: {:?}", got.body);
    }
    let twice = desk.pays("10.00", &[(&bill, "Bill", "5.00"), (&bill, "Bill", "5.00")]);
    assert_eq!(desk.post("billpayment", twice).await.fault().1, "620");
    assert_eq!(desk.post("bill?operation=update&include=void", json!({})).await.fault().1, "500");
    assert_eq!(desk.count("BillPayment"), 0, "nothing was written");
    assert_eq!(desk.post("billpayment", good).await.status, 200);
}
