//! Payments of bills: what was paid, what was voided, what is gone.

use super::*;
use crate::model::money::Money;
use crate::systems::CallError;

fn payment(id: &str, changes: Value) -> Value {
    let mut p = json!({"Id": id, "TxnDate": "2026-10-20", "DocNumber": "1041", "PayType": "Check", "TotalAmt": 184.20,
        "CurrencyRef": {"value": "USD"}, "MetaData": {"LastUpdatedTime": "2026-10-20T09:00:00Z"}, "Line": [
            {"Amount": 150.00, "LinkedTxn": [{"TxnId": "151", "TxnType": "Bill"}]},
            {"Amount": 34.20, "LinkedTxn": [{"TxnId": "152", "TxnType": "Bill"}]},
            {"Amount": 5, "LinkedTxn": [{"TxnId": "9", "TxnType": "Deposit"}]}]});
    for (k, v) in changes.as_object().unwrap() {
        p[k] = v.clone();
    }
    p
}

fn changes(rows: Value) -> Result<Reply, NetError> {
    ok(&json!({"CDCResponse": [{"QueryResponse": [{"BillPayment": rows}]}], "time": "2026-11-02T09:00:00Z"}))
}

fn since() -> jiff::Timestamp {
    "2026-10-15T00:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn amounts_are_told_for_each_bill() {
    let stub = json!({"Id": "12", "status": "Deleted", "MetaData": {"LastUpdatedTime": "2026-10-31T08:00:00-07:00"}});
    let voided = payment(
        "11",
        json!({"TotalAmt": 0, "PrivateNote": "Voided - wrong vendor", "PayType": "CreditCard",
        "TxnDate": "2026-10-21", "Line": []}),
    );
    let set_off = payment(
        "13",
        json!({"TotalAmt": 0, "TxnDate": "2026-10-22", "Line": [
        {"Amount": 20, "LinkedTxn": [{"TxnId": "151", "TxnType": "Bill"}]},
        {"Amount": 20, "LinkedTxn": [{"TxnId": "60", "TxnType": "VendorCredit"}]}]}),
    );
    let script = Script::new(vec![changes(json!([payment("10", json!({})), stub, voided, set_off]))]);
    let got = client(&script).payments(since()).await.unwrap();
    assert!(
        script
            .url(0)
            .ends_with("/cdc?minorversion=75&entities=BillPayment&changedSince=2026-10-15T00%3A00%3A00Z")
    );
    assert_eq!(script.calls(), 1);
    let usd = |a: &str| Money::new(a.parse().unwrap(), Currency::USD);
    assert_eq!(
        got[0].of,
        [(EntryKind::Bill, "151".into(), usd("150.00")), (EntryKind::Bill, "152".into(), usd("34.20"))]
    );
    assert_eq!((got[0].number.as_str(), got[0].cheque, got[0].void), ("1041", true, false));
    assert_eq!((got[1].id.as_str(), got[1].cheque, got[1].void), ("11", false, true));
    assert_eq!((got[2].id.as_str(), got[2].void, got[2].of.len()), ("13", false, 2));
    assert_eq!((got[3].id.as_str(), got[3].void, got[3].date.to_string()), ("12", true, "2026-10-31".into()));
}

#[tokio::test]
async fn full_or_refused_changes_are_read_by_query() {
    let many: Vec<Value> = (0..1000).map(|n| payment(&n.to_string(), json!({}))).collect();
    let queried = || {
        ok(&batch_answer(&[("BillPayment", json!([payment("5", json!({})), payment("2000", json!({}))]))]))
    };
    let script = Script::new(vec![changes(json!(many)), queried()]);
    assert_eq!(client(&script).payments(since()).await.unwrap().len(), 1001);
    assert!(script.queries(1)[0].starts_with(
        "select * from BillPayment where MetaData.LastUpdatedTime >= '2026-10-15T00:00:00Z' orderby Id"
    ));
    let refused = reply(400, &json!({"Fault": fault("4001", "ValidationFault", "m", "too old")}).to_string());
    let stub = json!([{"Id": "5", "status": "Deleted"}]);
    let script = Script::new(vec![Ok(refused), queried(), changes(stub)]);
    let got = client(&script).payments("2026-01-01T00:00:00Z".parse().unwrap()).await.unwrap();
    assert!(script.url(2).ends_with("changedSince=2026-10-04T09%3A00%3A00Z"), "{}", script.url(2));
    // what is gone wins over the row that a lagging query still shows
    let said: Vec<_> = got.iter().map(|p| (p.id.as_str(), p.void)).collect();
    assert!(said.contains(&("5", true)) && said.contains(&("2000", false)) && said.len() == 2, "{said:?}");
}

#[tokio::test]
async fn a_company_with_one_currency_names_none() {
    let mut one = payment("10", json!({}));
    one.as_object_mut().unwrap().remove("CurrencyRef");
    let prefs = json!({"Preferences": {"CurrencyPrefs": {"HomeCurrency": {"value": "CAD"}}}});
    let mut other = one.clone();
    other["Id"] = json!("11");
    let script = Script::new(vec![changes(json!([one, other])), ok(&prefs)]);
    let got = client(&script).payments(since()).await.unwrap();
    assert_eq!(got[0].of[0].2.currency.code(), "CAD");
    assert_eq!(script.calls(), 2);
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error() {
    for answer in [
        Ok(reply(429, "")),
        Ok(reply(503, "")),
        Ok(reply(200, "{}")),
        changes(json!([payment("1", json!({"TxnDate": null}))])),
        changes(json!([payment("1", json!({"Line": [{"LinkedTxn": []}]}))])),
    ] {
        let script = Script::new(vec![answer]);
        assert!(client(&script).payments(since()).await.is_err());
    }
    let script = Script::new(vec![Ok(reply(429, ""))]);
    assert_eq!(client(&script).payments(since()).await, Err(CallError::Throttled(None)));
}
