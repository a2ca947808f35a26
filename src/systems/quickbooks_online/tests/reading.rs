//! The ledger as it stands now: which calls are made, what is ours, what is gone.

use super::report::{began, columns, header, october, row, section};
use super::*;
use crate::systems::{CallError, Reading, ReadingAsk};

fn ask(records: &[(EntryKind, &str)]) -> ReadingAsk {
    ReadingAsk {
        from: "2026-10-01".parse().unwrap(),
        to: "2026-10-31".parse().unwrap(),
        accounts: vec!["33".into(), "58".into()],
        records: records.iter().map(|(k, id)| (*k, (*id).to_string())).collect(),
    }
}

fn preferences(multi: bool) -> Value {
    json!([{"CurrencyPrefs": {"MultiCurrencyEnabled": multi, "HomeCurrency": {"value": "USD"}}}])
}

fn accounts() -> Value {
    json!([{"Id": "33", "Name": "Payables", "AccountType": "Accounts Payable"},
           {"Id": "58", "Name": "Airfare", "AccountType": "Expense"}])
}

/// A bill of October; ours when it has the marker.
pub fn a_bill(id: &str, note: &str) -> Value {
    json!({"Id": id, "SyncToken": "1", "DocNumber": "IN-100", "TxnDate": "2026-10-05", "TotalAmt": 184.20,
        "Balance": 84.20, "PrivateNote": note, "VendorRef": {"value": "56", "name": "Okafor, Amara"},
        "APAccountRef": {"value": "33", "name": "Payables"}, "DepartmentRef": {"value": "2", "name": "Boston"},
        "CurrencyRef": {"value": "USD"}, "MetaData": {"LastUpdatedTime": "2026-10-06T09:00:00-07:00"},
        "Line": [
            {"Id": "1", "Amount": 200, "Description": "Hotel", "DetailType": "AccountBasedExpenseLineDetail",
             "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "58", "name": "Airfare"},
                "ClassRef": {"value": "5", "name": "Ops"}, "CustomerRef": {"value": "26"}}},
            {"Id": "2", "Amount": -15.80, "DetailType": "AccountBasedExpenseLineDetail",
             "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "60"}}}]})
}

const OURS: &str = "IN-100 · tieout:TO7F3A91C2K";

/// The first batch: preferences, four kinds, two lists of open items, accounts.
fn first(bills: Value, journals: Value, open: Value) -> Vec<(&'static str, Value)> {
    vec![
        ("Preferences", preferences(false)),
        ("Bill", bills),
        ("VendorCredit", json!([])),
        ("Purchase", json!([])),
        ("JournalEntry", journals),
        ("Bill", open),
        ("VendorCredit", json!([])),
        ("Account", accounts()),
    ]
}

async fn reading(
    ask: ReadingAsk,
    answers: Vec<Result<Reply, NetError>>,
) -> (Result<Reading, CallError>, Arc<Script>) {
    let script = Script::new(answers);
    (client(&script).reading(ask).await, script)
}

#[tokio::test]
async fn our_records_come_by_marker_with_one_batch_and_one_report() {
    let journal = json!([{"Id": "160", "TxnDate": "2026-10-09", "DocNumber": "TO7F3A91C2M", "TotalAmt": 0,
        "PrivateNote": "tieout:TO7F3A91C2M", "CurrencyRef": {"value": "EUR"}, "ExchangeRate": 1.0832,
        "MetaData": {"LastUpdatedTime": "2026-10-09T09:00:00Z"}, "Line": [
        {"Id": "0", "Amount": 20.5, "JournalEntryLineDetail": {"PostingType": "Debit", "AccountRef": {"value": "58"},
            "DepartmentRef": {"value": "2"}, "Entity": {"Type": "Customer", "EntityRef": {"value": "26"}}}},
        {"Id": "1", "Amount": 20.5, "JournalEntryLineDetail": {"PostingType": "Credit", "AccountRef": {"value": "33"},
            "Entity": {"Type": "Vendor", "EntityRef": {"value": "56", "name": "Okafor, Amara"}}}}]}]);
    let mut elsewhere = a_bill("200", "");
    elsewhere["APAccountRef"]["value"] = json!("34");
    let lists = first(
        json!([a_bill("151", OURS), a_bill("152", "typed by hand"), a_bill("153", "adopted")]),
        journal,
        json!([a_bill("152", "typed by hand"), elsewhere]),
    );
    let (got, script) =
        reading(ask(&[(EntryKind::Bill, "153")]), vec![ok(&batch_answer(&lists)), ok(&october())]).await;
    let got = got.unwrap();
    assert_eq!(script.calls(), 2);
    let queries = script.queries(0);
    assert!(
        queries[1]
            .starts_with("select * from Bill where TxnDate >= '2026-10-01' and TxnDate <= '2026-10-31'")
    );
    assert!(queries[5].starts_with("select * from Bill where Balance > '0'"));
    assert!(
        queries[7].starts_with("select * from Account where Id in ('33', '58') and Active in (true, false)")
    );
    let url = script.url(1);
    for part in [
        "/reports/GeneralLedger?minorversion=75&start_date=2026-10-01&end_date=2026-10-31",
        "account=33%2C58",
        "accounting_method=Accrual",
        "rbal_nat_amount",
    ] {
        assert!(url.contains(part), "{url}");
    }
    assert!(!url.contains("home"), "{url}");
    let ids: Vec<_> = got.records.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids, ["151", "153", "160"]);
    let bill = &got.records[0];
    assert_eq!((bill.total.to_string(), bill.open.unwrap().to_string()), ("184.2".into(), "84.2".into()));
    assert_eq!((bill.home_total, bill.rate), (Some(bill.total), None));
    assert_eq!(bill.marker.as_deref(), Some("TO7F3A91C2K"));
    assert_eq!(bill.offset_account.as_ref().unwrap().id, "33");
    assert_eq!(bill.changed_at.to_string(), "2026-10-06T16:00:00Z");
    assert_eq!((bill.lines[0].side, bill.lines[0].account.name.as_str()), (Side::Debit, "Airfare"));
    assert_eq!(bill.lines[0].department.as_ref().unwrap().name, "Boston");
    assert_eq!((bill.lines[1].side, bill.lines[1].amount.to_string()), (Side::Credit, "15.8".into()));
    let journal = &got.records[2];
    assert_eq!((journal.kind, journal.total.to_string()), (EntryKind::Journal, "20.5".into()));
    assert_eq!((journal.home_total, journal.rate.unwrap().to_string()), (None, "1.0832".into()));
    assert_eq!(journal.party.as_ref().unwrap().id, "56");
    assert_eq!(journal.lines[0].customer.as_ref().unwrap().id, "26");
    assert_eq!(journal.lines[0].party, None);
    assert_eq!(
        (got.opening["33"].to_string(), got.closing["33"].to_string()),
        ("-100.00".into(), "-250.00".into())
    );
    assert_eq!(got.movements.len(), 3);
    assert_eq!(got.open_items.len(), 1);
    assert!(got.gone.is_empty());
    assert_eq!(got.read_at.to_string(), "2026-11-02T09:00:00.214Z");
}

#[tokio::test]
async fn what_was_asked_for_by_id_is_found_anywhere_or_gone_with_its_instant() {
    let deleted = json!({"CDCResponse": [{"QueryResponse": [{"Bill": [
        {"Id": "300", "status": "Deleted", "MetaData": {"LastUpdatedTime": "2026-10-30T08:00:00-07:00"}}]}]}], "time": "t"});
    let gone =
        reply(400, &json!({"Fault": fault("610", "ValidationFault", "Object Not Found", "d")}).to_string());
    let found_late = json!({"Bill": a_bill("302", OURS), "time": "t"});
    let ask = ask(&[
        (EntryKind::Bill, "151"),
        (EntryKind::Bill, "299"),
        (EntryKind::Bill, "300"),
        (EntryKind::Bill, "301"),
        (EntryKind::Bill, "302"),
    ]);
    let (got, script) = reading(
        ask,
        vec![
            ok(&batch_answer(&first(json!([a_bill("151", OURS)]), json!([]), json!([])))),
            ok(&batch_answer(&[("Bill", json!([a_bill("299", "no marker any more")]))])),
            ok(&deleted),
            Ok(gone),
            ok(&found_late),
            ok(&october()),
        ],
    )
    .await;
    let got = got.unwrap();
    assert!(script.queries(1)[0].starts_with("select * from Bill where Id in ('299', '300', '301', '302')"));
    assert!(script.url(2).contains("/cdc?minorversion=75&entities=Bill%2CVendorCredit"), "{}", script.url(2));
    assert!(script.url(3).contains("/bill/301?"));
    let ids: Vec<_> = got.records.iter().map(|r| r.id.as_str()).collect();
    // a query that lags behind is no deletion
    assert_eq!(ids, ["151", "299", "302"]);
    let at = "2026-10-30T15:00:00Z".parse().unwrap();
    assert_eq!(got.gone, [(EntryKind::Bill, "300".into(), Some(at)), (EntryKind::Bill, "301".into(), None)]);
}

#[tokio::test]
async fn a_cut_report_is_read_in_shorter_spans_and_must_join() {
    let half = |from: &str, to: &str, opening: &str, date: &str, balance: &str| {
        json!({"Header": header(from, to),
            "Columns": columns(&["tx_date", "txn_type", "doc_num", "name", "memo", "subt_nat_amount", "rbal_nat_amount"]),
            "Rows": {"Row": [section("33", json!([began(opening), row(date, "Bill", "1", "10.00", balance)]), "10.00")]}})
    };
    let mut cut = october();
    cut["Rows"]["Row"]
        .as_array_mut()
        .unwrap()
        .push(json!({"ColData": [{"value": "Unable to display more data."}]}));
    let batch = || ok(&batch_answer(&first(json!([]), json!([]), json!([]))));
    let left = half("2026-10-01", "2026-10-16", "1.00", "2026-10-02", "11.00");
    let right =
        |opening: &str, balance: &str| half("2026-10-17", "2026-10-31", opening, "2026-10-20", balance);
    let (got, script) =
        reading(ask(&[]), vec![batch(), ok(&cut), ok(&left), ok(&right("11.00", "21.00"))]).await;
    let got = got.unwrap();
    assert_eq!(script.calls(), 4);
    assert_eq!(
        (got.opening["33"].to_string(), got.closing["33"].to_string()),
        ("-1.00".into(), "-21.00".into())
    );
    assert_eq!(got.movements.len(), 2);
    let (got, _) = reading(ask(&[]), vec![batch(), ok(&cut), ok(&left), ok(&right("12.00", "22.00"))]).await;
    assert!(matches!(got, Err(CallError::Shape(why)) if why.contains("changed while it was read")));
}

#[tokio::test]
async fn long_spans_are_read_by_half_years_and_home_columns_are_asked_for() {
    let mut lists = first(json!([]), json!([]), json!([]));
    lists[0].1 = preferences(true);
    let report = |from: &str, to: &str| {
        let keys = ["tx_date", "txn_type", "subt_nat_home_amount", "rbal_nat_home_amount"];
        json!({"Header": header(from, to), "Columns": columns(&keys), "Rows": {"Row": [
            {"Header": {"ColData": [{"id": "33"}]}, "Rows": {"Row": [{"ColData": [{"value": "Beginning Balance"}, {}, {}, {"value": "3"}]}]}}]}})
    };
    let mut ask = ask(&[]);
    ask.from = "2025-11-15".parse().unwrap();
    let (got, script) = reading(
        ask,
        vec![
            ok(&batch_answer(&lists)),
            ok(&report("2025-11-15", "2026-05-14")),
            ok(&report("2026-05-15", "2026-10-31")),
        ],
    )
    .await;
    assert_eq!(got.unwrap().closing["33"].to_string(), "-3");
    assert!(script.url(1).contains("rbal_nat_home_amount"));
}

#[tokio::test]
async fn a_balance_that_cannot_be_asked_for_reads_all_of_that_kind() {
    let mut lists = first(json!([]), json!([]), json!([]));
    lists[6].1 = fault("4001", "ValidationFault", "Invalid query", "Balance");
    let mut settled = a_bill("401", "");
    settled["Balance"] = json!(0);
    let credits = json!([a_bill("400", ""), settled]);
    let (got, script) = reading(
        ask(&[]),
        vec![ok(&batch_answer(&lists)), ok(&batch_answer(&[("VendorCredit", credits)])), ok(&october())],
    )
    .await;
    let open = got.unwrap().open_items;
    assert_eq!(script.queries(1)[0], "select * from VendorCredit orderby Id startposition 1 maxresults 1000");
    assert_eq!((open.len(), open[0].kind, open[0].lines[0].side), (1, EntryKind::VendorCredit, Side::Credit));
}

#[tokio::test]
async fn an_incomplete_reading_is_an_error() {
    let whole = || ok(&batch_answer(&first(json!([]), json!([]), json!([]))));
    let cases: Vec<Vec<Result<Reply, NetError>>> = vec![
        vec![Ok(reply(429, ""))],
        vec![ok(&json!({"BatchItemResponse": []}))],
        vec![whole(), Ok(reply(200, "<html>"))],
        vec![whole(), Ok(reply(200, "{}"))],
        vec![whole(), Ok(reply(503, ""))],
        vec![whole(), Err(NetError::MaybeSent { reason: "cut".into(), timed_out: false })],
    ];
    for (n, answers) in cases.into_iter().enumerate() {
        assert!(reading(ask(&[]), answers).await.0.is_err(), "case {n}");
    }
    let mut unknown = first(json!([]), json!([]), json!([]));
    unknown[7].1 = json!([]);
    let (got, _) = reading(ask(&[]), vec![ok(&batch_answer(&unknown))]).await;
    assert!(matches!(got, Err(CallError::Refused(why)) if why.contains("no account with the id 33")));
    let mut nameless = a_bill("151", OURS);
    nameless.as_object_mut().unwrap().remove("MetaData");
    let (got, _) =
        reading(ask(&[]), vec![ok(&batch_answer(&first(json!([nameless]), json!([]), json!([]))))]).await;
    assert!(matches!(got, Err(CallError::Shape(why)) if why.contains("LastUpdatedTime")));
    let mut none = ask(&[]);
    none.accounts.clear();
    let mut lists = first(json!([]), json!([]), json!([]));
    lists.truncate(5);
    let (got, script) = reading(none, vec![ok(&batch_answer(&lists))]).await;
    assert!(got.unwrap().opening.is_empty());
    assert_eq!(script.calls(), 1);
}
