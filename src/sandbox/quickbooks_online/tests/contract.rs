//! Section 12 of the contract line by line, over sockets: what must be accepted, what must be rejected, and every switch
//! with every value through the control address.

use std::net::{IpAddr, Ipv4Addr};

use super::*;
use crate::sandbox::server::{Options, Sandbox};

/// The stand-in behind its ports.
struct Port {
    desk: Desk,
    sandbox: Sandbox,
    client: reqwest::Client,
    base: String,
}

impl Port {
    async fn open() -> Self {
        let desk = Desk::new().await;
        let options = Options {
            listen: IpAddr::V4(Ipv4Addr::LOCALHOST),
            now: "2026-11-04T14:30:00Z".parse().unwrap(),
            clock_runs: false,
            documents: None,
        };
        let sandbox = Sandbox::start(vec![desk.company.clone()], desk.faults.clone(), options).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().retry(reqwest::retry::never()).build().unwrap();
        let base = sandbox.systems()["quickbooks_online"]["base_url"].as_str().unwrap().to_owned();
        Self { desk, sandbox, client, base }
    }

    async fn switch(&self, name: &str, value: &Value) -> u16 {
        let url = format!("{}/switches/quickbooks_online", self.sandbox.control_url());
        self.client.post(url).json(&json!({name: value})).send().await.unwrap().status().as_u16()
    }

    async fn call(&self, method: &str, path: &str, kind: &str, body: String) -> (u16, Value) {
        let url = format!("{}/v3/company/{REALM}/{path}", self.base);
        let call = self.client.request(method.parse().unwrap(), url).bearer_auth(&self.desk.token);
        let call = call.header("accept", "application/json").header("content-type", kind);
        let answer = call.body(body).send().await.unwrap();
        assert!(answer.headers().contains_key("intuit_tid"), "{path}");
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap();
        assert!(body.get("time").is_some(), "{path}: every JSON answer has time: {body}");
        (status, body)
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.call("POST", path, "application/json", body.to_string()).await
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.call("GET", path, "application/json", String::new()).await
    }
}

/// The table of section 12: a switch and its values, the default first.
fn table() -> Vec<(&'static str, Vec<Value>)> {
    let words = |words: &[&str]| words.iter().map(|word| json!(word)).collect::<Vec<_>>();
    let throttles = json!([
        "off", 100, {"per_minute": 100}, {"per_minute": 100, "form": "403"}, {"per_minute": 100, "form": "item"},
        {"per_minute": 100, "retry_after": 5}
    ]);
    vec![
        ("old_refresh_valid_for", words(&["24h", "0s"])),
        ("rotate_every", words(&["24h", "every refresh", "never"])),
        ("concurrent_refresh", words(&["second gets invalid_grant", "additionally revoke the first"])),
        ("bare_invalid_grant", words(&["with", "without"])),
        ("fault_401_case", words(&["lower", "upper"])),
        ("throttle", throttles.as_array().unwrap().clone()),
        ("commit_then_fail", words(&["off", "drop connection", "500", "504", "429"])),
        ("fail_before_commit", words(&["off", "drop connection", "500", "504", "429"])),
        ("requestid_memory", words(&["10 min", "0", "endless"])),
        ("requestid_scope", words(&["per requestid + bId", "per whole call"])),
        ("requestid_in_flight", words(&["600", "wait"])),
        ("bill_dup_docnumber", words(&["error", "accept"])),
        ("negative_bill_lines", words(&["accept", "2290"])),
        ("query_lag", words(&["0", "5 s"])),
        ("maxresults_over", words(&["error", "cap"])),
        ("fault_with_200", words(&["off", "on"])),
        ("code_as_number", words(&["off", "on"])),
        ("extra_fields", words(&["on", "off"])),
        ("region", words(&["US", "CA", "UK", "AU"])),
        ("multicurrency", words(&["on", "off"])),
        ("class_tracking", words(&["on", "off"])),
        ("location_tracking", words(&["on", "off"])),
        ("book_close_date", words(&["2026-09-30", "2026-10-31"])),
        ("subscription", words(&["active", "ended"])),
        ("corrupt", words(&["off", "HTML 502 body", "truncated JSON", "empty 200"])),
        // beside the table, for what the contract leaves open
        ("authorize", words(&["consent", "deny"])),
        ("code_reuse", words(&["refuse", "revoke"])),
        ("requestid_errors", words(&["forget", "remember"])),
        ("tracking_off", words(&["5030", "ignore"])),
        ("report_amounts", words(&["answer", "drop"])),
    ]
}

#[tokio::test]
async fn every_switch_takes_every_value_and_goes_back() {
    let port = Port::open().await;
    for (name, values) in table() {
        for value in values.iter().chain(values.first()) {
            assert_eq!(port.switch(name, value).await, 200, "{name} {value}");
        }
        assert_eq!(port.switch(name, &json!("nonsense")).await, 400, "{name}");
    }
    let (status, answer) = port.post("bill", &port.desk.bill("AFTER")).await;
    assert_eq!(status, 200, "with all switches back at their defaults: {answer}");
}

#[tokio::test]
async fn what_real_clients_send_is_accepted() {
    let port = Port::open().await;
    let desk = &port.desk;
    let mut bill = desk.bill("ACCEPT1");
    for (key, value) in [
        ("APAccountRef", Value::Null),
        ("DepartmentRef", json!("")),
        ("SalesTermRef", json!(0)),
        ("PrivateNote", Value::Null),
        ("DueDate", json!("")),
        ("ExchangeRate", json!(0)),
        ("LinkedTxn", json!([])),
        ("CustomField", json!([])),
    ] {
        bill[key] = value;
    }
    bill["Line"][0]["Id"] = json!("7");
    bill["Line"][0]["Description"] = Value::Null;
    assert_eq!(port.post("BILL?minorversion=14&colour=blue&format=json", &bill).await.0, 200);
    let reversed = {
        let bill = desk.bill("ACCEPT2");
        let mut pairs: Vec<String> =
            bill.as_object().unwrap().iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
        pairs.reverse();
        format!("{{{}}}", pairs.join(","))
    };
    assert_eq!(port.call("POST", "bill", "application/json", reversed).await.0, 200, "any order of keys");
    let statement = "SeLeCt * fRoM bill wHeRe docnumber In ('ACCEPT1','ACCEPT2') oRdErBy id MaxResults 10";
    let (status, found) =
        port.call("POST", "query?minorversion=75", "application/text", statement.to_owned()).await;
    assert_eq!((status, found["QueryResponse"]["Bill"].as_array().unwrap().len()), (200, 2));
    let line = found["QueryResponse"]["Bill"][0]["Line"][0].clone();
    assert_eq!(line["Id"], "1", "the id of a new line is given by the company");
    let (status, _) =
        port.get("query?query=select%20*%20from%20VENDOR%20maxresults%201&minorversion=3").await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn what_must_be_rejected_is() {
    let port = Port::open().await;
    let desk = &port.desk;
    let bill = || desk.bill("REJECT");
    let detail = "/Line/0/AccountBasedExpenseLineDetail";
    let inactive = desk.id("Account", "6340");
    let journal =
        |lines: Value| json!({"TxnDate": "2026-10-28", "CurrencyRef": {"value": "USD"}, "Line": lines});
    let line = |account: &str, side: &str, amount: i64| {
        json!({"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": {
            "PostingType": side, "AccountRef": {"value": desk.id("Account", account)}}})
    };
    let payable = |side: &str, amount: i64| {
        let vendor = desk.id("Vendor", "Okafor, Amara");
        with(
            line("2010", side, amount),
            "/JournalEntryLineDetail/Entity",
            json!({"Type": "Vendor", "EntityRef": {"value": vendor}}),
        )
    };
    let taken = desk.rows("select * from Bill where DocNumber = 'CL 2217'", "Bill").await.remove(0);
    let items: Vec<Value> =
        (0..31).map(|n| json!({"bId": n.to_string(), "Query": "select * from Term"})).collect();
    let cases: Vec<(&str, &str, Value, &str)> = vec![
        ("wrapped body", "bill", json!({"Bill": bill()}), "2010"),
        ("unknown property", "bill", with(bill(), "/Colour", json!(1)), "2010"),
        (
            "unknown property of a line's detail",
            "bill",
            with(bill(), &format!("{detail}/Colour"), json!(1)),
            "2010",
        ),
        ("no vendor", "bill", with(bill(), "/VendorRef", Value::Null), "2020"),
        ("no lines", "bill", with(bill(), "/Line", Value::Null), "2020"),
        ("no account", "bill", with(bill(), &format!("{detail}/AccountRef"), Value::Null), "2020"),
        ("unknown vendor", "bill", with(bill(), "/VendorRef/value", json!("99999")), "2500"),
        (
            "inactive account",
            "bill",
            with(bill(), &format!("{detail}/AccountRef/value"), json!(inactive)),
            "2500",
        ),
        ("long number", "bill", with(bill(), "/DocNumber", json!("x".repeat(22))), "2050"),
        ("long note", "bill", with(bill(), "/PrivateNote", json!("x".repeat(4001))), "2050"),
        ("colon in a name", "vendor", json!({"DisplayName": "a:b"}), "2040"),
        ("line feed in a name", "vendor", json!({"DisplayName": "a\nb"}), "2040"),
        ("name of a customer", "vendor", json!({"DisplayName": "Iris Tan"}), "6240"),
        ("number that is taken", "bill", with(bill(), "/DocNumber", json!("cl 2217")), "6140"),
        ("update without token", "bill", json!({"Id": taken["Id"], "sparse": true}), "2020"),
        (
            "update with a stale token",
            "bill",
            json!({"Id": taken["Id"], "SyncToken": "7", "sparse": true}),
            "5010",
        ),
        ("update of nothing", "bill", json!({"Id": "99999", "SyncToken": "0", "sparse": true}), "610"),
        (
            "unbalanced",
            "journalentry",
            journal(json!([line("6010", "Debit", 2), line("2150", "Credit", 1)])),
            "2300",
        ),
        (
            "payable without name",
            "journalentry",
            journal(json!([line("6010", "Debit", 1), line("2010", "Credit", 1)])),
            "6000",
        ),
        (
            "receivable without name",
            "journalentry",
            journal(json!([line("1100", "Debit", 1), line("2150", "Credit", 1)])),
            "6000",
        ),
        (
            "two payable lines",
            "journalentry",
            journal(json!([line("6010", "Debit", 2), payable("Credit", 1), payable("Credit", 1)])),
            "6000",
        ),
        (
            "negative journal",
            "journalentry",
            journal(json!([line("6010", "Debit", -1), line("2150", "Credit", -1)])),
            "2290",
        ),
        (
            "vendor of another currency",
            "bill",
            with(bill(), "/VendorRef/value", json!(desk.id("Vendor", "Müller, Grace"))),
            "6000",
        ),
        (
            "payable of another currency",
            "bill",
            with(bill(), "/APAccountRef/value", json!(desk.id("Account", "2015"))),
            "6000",
        ),
        ("closed date", "bill", with(bill(), "/TxnDate", json!("2026-09-30")), "6210"),
        (
            "number as tax code",
            "bill",
            with(bill(), &format!("{detail}/TaxCodeRef"), json!({"value": "5"})),
            "6100",
        ),
        ("31 in a batch", "batch", json!({"BatchItemRequest": items}), "1040"),
    ];
    for (what, path, body, wanted) in cases {
        let (status, answer) = port.post(path, &body).await;
        assert_eq!((status, code(&answer)), (400, wanted), "{what}: {answer}");
    }
    for (what, path, wanted) in [
        ("too many rows", "query?query=select+*+from+Vendor+maxresults+1001", "4001"),
        ("position 0", "query?query=select+*+from+Vendor+startposition+0", "4001"),
        ("property that is not filterable", "query?query=select+*+from+Bill+where+PrivateNote='x'", "4001"),
        ("changes of long ago", "cdc?entities=Vendor&changedSince=2026-10-01T00:00:00Z", "4001"),
    ] {
        let (status, answer) = port.get(path).await;
        assert_eq!((status, code(&answer)), (400, wanted), "{what}: {answer}");
    }
    for (setting, value, change, wanted) in [
        ("class_tracking", "off", None, "5030"),
        ("multicurrency", "off", Some(("/CurrencyRef/value", json!("EUR"))), "6000"),
        (
            "location_tracking",
            "off",
            Some(("/DepartmentRef", json!({"value": desk.id("Department", "Boston")}))),
            "5030",
        ),
        (
            "negative_bill_lines",
            "2290",
            Some(("/Line", json!([desk.line("6010", "9.00"), desk.line("6010", "-1.00")]))),
            "2290",
        ),
    ] {
        assert_eq!(port.switch(setting, &json!(value)).await, 200);
        let body = change.map_or_else(bill, |(pointer, value)| with(bill(), pointer, value));
        assert_eq!(code(&port.post("bill", &body).await.1), wanted, "{setting}");
        let back = table().into_iter().find(|(name, _)| *name == setting).unwrap().1.remove(0);
        assert_eq!(port.switch(setting, &back).await, 200);
    }
    assert_eq!(port.switch("region", &json!("AU")).await, 200);
    let untaxed = with(bill(), "/GlobalTaxCalculation", json!("TaxExcluded"));
    assert_eq!(code(&port.post("bill", &untaxed).await.1), "6000", "a line without tax code");
    assert_eq!(desk.count("Bill"), 2, "nothing was written");
}

#[tokio::test]
async fn only_the_companys_own_token_opens_it() {
    let port = Port::open().await;
    let call = |realm: &str, token: Option<&str>| {
        let mut call = port.client.get(format!("{}/v3/company/{realm}/preferences", port.base));
        if let Some(token) = token {
            call = call.bearer_auth(token);
        }
        call.header("accept", "application/json").send()
    };
    let own = port.desk.token.clone();
    assert_eq!(call(REALM, Some(&own)).await.unwrap().status(), 200);
    for (what, realm, token, wanted) in [
        ("missing", REALM, None, "3202"),
        ("unknown", REALM, Some("eyJnobody"), "3200"),
        ("of another company", "9130000000000001", Some(own.as_str()), "3201"),
    ] {
        let got = call(realm, token).await.unwrap();
        assert_eq!(got.status(), 401, "{what}");
        let body: Value = got.json().await.unwrap();
        assert_eq!(body["fault"]["error"][0]["code"], wanted, "{what}");
    }
    let clock = format!("{}/clock", port.sandbox.control_url());
    port.client.post(clock).json(&json!({"advance_seconds": 3600})).send().await.unwrap();
    assert_eq!(call(REALM, Some(&own)).await.unwrap().status(), 401, "expired");
}

#[tokio::test]
async fn lines_keep_their_ids_over_an_update() {
    let port = Port::open().await;
    let desk = &port.desk;
    let bill =
        with(desk.bill("LINES"), "/Line", json!([desk.line("6010", "1.00"), desk.line("6010", "2.00")]));
    let made = port.post("bill", &bill).await.1["Bill"].clone();
    let kept = json!({"Id": "2", "Amount": 5, "DetailType": "AccountBasedExpenseLineDetail"});
    let edit = json!({"Id": made["Id"], "SyncToken": "0", "sparse": true, "Line": [desk.line("6010", "3.00"), kept]});
    let edited = port.post("bill", &edit).await.1["Bill"].clone();
    let lines: Vec<(String, String)> = edited["Line"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["Id"].as_str().unwrap().to_owned(), line["Amount"].to_string()))
        .collect();
    assert_eq!(lines, [("3".to_owned(), "3.00".to_owned()), ("2".to_owned(), "5.00".to_owned())]);
    assert_eq!(edited["TotalAmt"].to_string(), "8.00");
}
