//! Reference data in full, and its changes.

use super::*;
use crate::systems::{CallError, Change, ItemRecord, Put, VendorRecord};

fn ada() -> VendorRecord {
    VendorRecord {
        name: " Ada\tByron: Ltd ".into(),
        code: "E1010".into(),
        email: Some("ada@example.test".into()),
        currency: Some(Currency::USD),
        lines: vec!["1 Quay".into(), "Dock 2".into()],
        city: "Boston".into(),
        region: "MA".into(),
        postal_code: "02110".into(),
        country: "US".into(),
        active: true,
        ..VendorRecord::default()
    }
}

fn known(version: &str) -> VendorRecord {
    VendorRecord {
        id: "56".into(),
        version: version.into(),
        name: "Ada Byron".into(),
        active: true,
        ..VendorRecord::default()
    }
}

async fn put(
    change: Change<VendorRecord>,
    answers: Vec<Result<Reply, NetError>>,
) -> (Result<Put, CallError>, Arc<Script>) {
    let script = Script::new(answers);
    (lists_of(&script).put_vendor(change, "vendor-key".into()).await, script)
}

fn made(id: &str) -> Result<Reply, NetError> {
    ok(&json!({"Vendor": {"Id": id, "SyncToken": "0", "DisplayName": "x", "Active": true}, "time": "t"}))
}

fn refused(code: &str) -> Result<Reply, NetError> {
    Ok(reply(400, &json!({"Fault": fault(code, "ValidationFault", "Message", "Detail")}).to_string()))
}

#[tokio::test]
async fn vendors_come_in_full_without_bank_details_and_tax_identifiers() {
    let rows = json!([
        {"Id": "56", "SyncToken": "3", "DisplayName": "Okafor, Amara", "AcctNum": "E1001", "Active": true,
         "PrimaryEmailAddr": {"Address": "a@example.test"}, "CurrencyRef": {"value": "USD"}, "TermRef": {"value": "3"},
         "TaxIdentifier": "XXXXX1234", "Vendor1099": true, "OtherContactInfo": {"x": "XXXXX1234"},
         "VendorPaymentBankDetail": {"BankAccountNumber": "000123456789"},
         "BillAddr": {"Line1": "1 Quay", "Line3": "Dock", "City": "Boston", "CountrySubDivisionCode": "MA",
                      "PostalCode": "02110", "Country": "US"}},
        {"Id": "57", "SyncToken": "1", "DisplayName": "Old (deleted)", "Active": false}]);
    let terms = json!([{"Id": "3", "Name": "Net 30", "DueDays": 30}]);
    let script = Script::new(vec![ok(&batch_answer(&[("Vendor", rows), ("Term", terms)]))]);
    let all = lists_of(&script).vendors().await.unwrap();
    assert!(
        script.queries(0)[0].starts_with("select * from Vendor where Active in (true, false) orderby Id")
    );
    assert_eq!((all[0].version.as_str(), all[0].terms_days, all[0].lines.len()), ("3", Some(30), 2));
    assert_eq!((all[1].name.as_str(), all[1].active, all[1].terms_days), ("Old", false, None));
    let kept = format!("{all:?}");
    for secret in ["000123456789", "XXXXX1234", "1099", "Bank"] {
        assert!(!kept.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn long_lists_are_read_to_their_end() {
    let page = |from: usize, count: usize| -> Value {
        let row = |n: usize| {
            json!({"Id": n.to_string(), "Name": format!("C {n}"), "SyncToken": "0", "Active": n.is_multiple_of(2),
            "ParentRef": {"value": "1"}})
        };
        (from..from + count).map(row).collect::<Vec<_>>().into()
    };
    let second: Vec<(&str, Value)> =
        (0..8).map(|n| ("Class", if n == 0 { page(1001, 7) } else { json!([]) })).collect();
    let script =
        Script::new(vec![ok(&batch_answer(&[("Class", page(1, 1000))])), ok(&batch_answer(&second))]);
    let all = lists_of(&script).items("class".into()).await.unwrap();
    assert_eq!((all.len(), all.iter().filter(|i| i.active).count()), (1007, 503));
    assert_eq!(
        (all[0].code.as_str(), all[0].parent.as_deref(), all[0].list.as_str()),
        ("C 1", Some("1"), "class")
    );
    let script = Script::new(vec![]);
    assert!(matches!(lists_of(&script).items("vendor".into()).await, Err(CallError::Refused(_))));
}

#[tokio::test]
async fn the_lists_are_those_that_the_company_keeps() {
    let prefs = json!({"Preferences": {"AccountingInfoPrefs": {"ClassTrackingPerTxn": true, "TrackDepartments": "true",
        "DepartmentTerminology": "Store", "CustomerTerminology": "Clients"}}});
    let script = Script::new(vec![ok(&prefs), ok(&json!({"Preferences": {}}))]);
    let lists = lists_of(&script);
    let heads =
        |all: Vec<crate::systems::ListHead>| all.into_iter().map(|h| (h.id, h.name)).collect::<Vec<_>>();
    let want = [("class", "Class"), ("department", "Store"), ("customer", "Clients")];
    assert_eq!(heads(lists.lists().await.unwrap()), want.map(|(a, b)| (a.to_string(), b.to_string())));
    assert_eq!(heads(lists.lists().await.unwrap()), [("customer".to_string(), "Customer".to_string())]);
}

#[tokio::test]
async fn a_vendor_is_made_once_under_a_key_of_its_own() {
    let (got, script) = put(Change::Create(ada()), vec![made("91")]).await;
    assert_eq!(got, Ok(Put::Done { id: "91".into() }));
    let url = script.url(0);
    let key = url.split("requestid=").nth(1).unwrap();
    assert!(url.contains("/vendor?minorversion=75&requestid=t-") && key.len() == 36, "{url}");
    assert_eq!(
        script.body(0),
        json!({"DisplayName": "Ada Byron- Ltd", "AcctNum": "E1010", "CurrencyRef": {"value": "USD"},
            "PrimaryEmailAddr": {"Address": "ada@example.test"},
            "BillAddr": {"Line1": "1 Quay", "Line2": "Dock 2", "City": "Boston", "CountrySubDivisionCode": "MA",
                         "PostalCode": "02110", "Country": "US"}})
    );
    // the same change has the same key for ever, another one another
    let (_, again) = put(Change::Create(ada()), vec![made("91")]).await;
    assert_eq!(again.url(0), url);
    let script = Script::new(vec![made("92")]);
    lists_of(&script).put_vendor(Change::Create(ada()), "other".into()).await.unwrap();
    assert_ne!(script.url(0), url);
}

#[tokio::test]
async fn a_taken_name_says_who_has_it() {
    for (rows, word) in [
        (
            [json!([{"Id": "7", "Active": false}]), json!([]), json!([])],
            "the vendor 7, inactive: make it active",
        ),
        ([json!([]), json!([{"Id": "8", "Active": true}]), json!([])], "the customer 8: choose another name"),
        ([json!([]), json!([]), json!([{"Id": "9"}])], "the employee 9: choose another name"),
        ([json!([]), json!([]), json!([])], "was not found"),
    ] {
        let [v, c, e] = rows;
        let who = batch_answer(&[("Vendor", v), ("Customer", c), ("Employee", e)]);
        let mut one = ada();
        one.name = r"O'Brien \ Sons".into();
        let (got, script) = put(Change::Create(one), vec![refused("6240"), ok(&who)]).await;
        let Ok(Put::Refused { code, message }) = got else { panic!("{got:?}") };
        assert_eq!(code, "6240");
        assert!(message.contains(word), "{message}");
        assert!(script.queries(1)[1].starts_with(
            r"select * from Customer where DisplayName = 'O\'Brien \\ Sons' and Active in (true, false)"
        ));
    }
    let (got, _) = put(Change::Create(ada()), vec![refused("6240"), Ok(reply(503, ""))]).await;
    assert!(matches!(got, Ok(Put::Refused { message, .. }) if message.contains("could not be read")));
}

#[tokio::test]
async fn an_update_names_its_version_and_reads_it_again_once() {
    let (got, script) = put(Change::Update(known("3")), vec![made("56")]).await;
    assert_eq!(got, Ok(Put::Done { id: "56".into() }));
    assert_eq!(
        script.body(0),
        json!({"DisplayName": "Ada Byron", "Id": "56", "SyncToken": "3", "sparse": true})
    );
    let current =
        ok(&json!({"Vendor": {"Id": "56", "SyncToken": "5", "DisplayName": "Ida", "Active": true}}));
    let (got, script) =
        put(Change::SetActive(known("3"), false), vec![refused("5010"), current.clone(), made("56")]).await;
    assert!(matches!(got, Ok(Put::Done { .. })));
    assert!(script.url(1).contains("/vendor/56?"));
    assert_eq!(script.body(2), json!({"Active": false, "Id": "56", "SyncToken": "5", "sparse": true}));
    // another payload under another key: the first answer must not come back
    assert_ne!(script.url(0), script.url(2));
    let (got, script) =
        put(Change::Update(known("3")), vec![refused("5010"), current.clone(), refused("5010")]).await;
    assert!(matches!(got, Ok(Put::Refused { code, .. }) if code == "5010"));
    assert_eq!(script.calls(), 3);
    // without a version it is read first
    let (got, script) = put(Change::Update(known("")), vec![current, made("56")]).await;
    assert!(matches!(got, Ok(Put::Done { .. })) && script.body(1)["SyncToken"] == "5");
}

#[tokio::test]
async fn what_is_so_already_is_done_and_what_is_gone_is_refused() {
    let same =
        ok(&json!({"Vendor": {"Id": "56", "SyncToken": "5", "DisplayName": "Ada Byron", "Active": true}}));
    let (got, script) = put(Change::Update(known("3")), vec![refused("5010"), same]).await;
    assert_eq!((got, script.calls()), (Ok(Put::Done { id: "56".into() }), 2));
    let (got, _) = put(Change::Update(known("3")), vec![refused("5010"), refused("610")]).await;
    assert!(matches!(got, Ok(Put::Refused { code, .. }) if code == "610"));
    let (got, script) = put(Change::Update(VendorRecord::default()), vec![]).await;
    assert!(matches!(got, Ok(Put::Refused { .. })) && script.calls() == 0);
}

#[tokio::test]
async fn made_active_again_a_name_loses_its_suffix() {
    let (_, script) = put(Change::SetActive(known("3"), true), vec![made("56")]).await;
    assert_eq!(script.body(0)["DisplayName"], "Ada Byron");
    assert_eq!(script.body(0)["Active"], true);
}

#[tokio::test]
async fn outcomes_of_single_writes_follow_what_is_known() {
    let lost = NetError::MaybeSent { reason: "time-out".into(), timed_out: true };
    for answer in [
        Err(lost),
        Ok(reply(500, "")),
        Ok(reply(504, "<html>")),
        Ok(reply(409, "{}")),
        Ok(reply(200, "")),
        Ok(reply(200, "{}")),
        refused("600"),
        refused("10000"),
        ok(&json!({"Vendor": {"SyncToken": "0"}})),
    ] {
        let (got, script) = put(Change::Create(ada()), vec![answer]).await;
        assert!(matches!(got, Ok(Put::Unknown(_))), "{got:?}");
        assert_eq!(script.calls(), 1, "nothing is sent twice");
    }
    for (answer, not_sent) in [
        (Err(NetError::NotSent("dns".into())), true),
        (refused("6190"), true),
        (Ok(reply(404, "<html>")), true),
        (refused("2050"), false),
        (Ok(reply(413, "")), false),
    ] {
        let (got, _) = put(Change::Create(ada()), vec![answer]).await;
        assert!(
            matches!((&got, not_sent), (Ok(Put::NotSent(_)), true) | (Ok(Put::Refused { .. }), false)),
            "{got:?}"
        );
    }
    let (got, _) = put(Change::Create(ada()), vec![Ok(reply(429, ""))]).await;
    assert_eq!(got, Err(CallError::Throttled(None)));
    let mut nameless = ada();
    nameless.name = " : ".into();
    nameless.name.clear();
    let (got, script) = put(Change::Create(nameless), vec![]).await;
    assert!(matches!(got, Ok(Put::Refused { .. })) && script.calls() == 0);
}

#[tokio::test]
async fn items_are_made_below_their_parent_and_renamed() {
    let item = |list: &str, id: &str| ItemRecord {
        id: id.into(),
        list: list.into(),
        name: "A:B".into(),
        parent: Some("12".into()),
        version: "2".into(),
        ..ItemRecord::default()
    };
    for (list, entity, field, flag) in [
        ("class", "Class", "Name", "SubClass"),
        ("department", "Department", "Name", "SubDepartment"),
        ("customer", "Customer", "DisplayName", "Job"),
    ] {
        let answer = || ok(&json!({entity: {"Id": "70", "SyncToken": "0"}}));
        let script = Script::new(vec![answer(), answer(), answer()]);
        let lists = lists_of(&script);
        let done = Ok(Put::Done { id: "70".into() });
        assert_eq!(lists.put_item(Change::Create(item(list, "")), "k".into()).await, done);
        assert_eq!(script.body(0), json!({field: "A-B", flag: true, "ParentRef": {"value": "12"}}));
        assert!(script.url(0).contains(&format!("/{}?", entity.to_lowercase())));
        assert_eq!(lists.put_item(Change::Update(item(list, "70")), "k".into()).await, done);
        assert_eq!(script.body(1), json!({field: "A-B", "Id": "70", "SyncToken": "2", "sparse": true}));
        assert_eq!(lists.put_item(Change::SetActive(item(list, "70"), false), "k".into()).await, done);
        assert_eq!(script.body(2)["Active"], false);
    }
}
