//! The general ledger report: columns by key, signs by the account's side, and what is no report.

use std::collections::BTreeMap;

use super::*;
use crate::systems::quickbooks_online::report::{Asked, Unusable, read};
use crate::systems::quickbooks_online::wire::Answer;

/// The seven columns that are asked for.
const KEYS: [&str; 7] =
    ["tx_date", "txn_type", "doc_num", "name", "memo", "subt_nat_amount", "rbal_nat_amount"];

pub fn columns(keys: &[&str]) -> Value {
    let one = |k: &&str| json!({"ColTitle": "Title", "ColType": "String", "MetaData": [{"Name": "ColKey", "Value": k}]});
    json!({"Column": keys.iter().map(one).collect::<Vec<_>>()})
}

pub fn header(from: &str, to: &str) -> Value {
    json!({"Time": "2026-11-02T01:00:00-08:00", "ReportName": "GeneralLedger", "ReportBasis": "Accrual",
        "StartPeriod": from, "EndPeriod": to, "Currency": "USD",
        "Option": [{"Name": "NoReportData", "Value": "false"}]})
}

/// A row: date, kind with id, number, name, memo, amount, balance.
pub fn row(date: &str, kind: &str, id: &str, amount: &str, balance: &str) -> Value {
    json!({"type": "Data", "ColData": [{"value": date}, {"value": kind, "id": id}, {"value": "N1"},
        {"value": "Okafor, Amara", "id": "56"}, {"value": "memo"}, {"value": amount}, {"value": balance}]})
}

pub fn began(balance: &str) -> Value {
    json!({"type": "Data", "ColData": [{"value": "Beginning Balance"}, {"value": ""}, {"value": ""}, {"value": ""},
        {"value": ""}, {"value": ""}, {"value": balance}]})
}

pub fn section(id: &str, rows: Value, sum: &str) -> Value {
    json!({"type": "Section", "Header": {"ColData": [{"value": "An account", "id": id}, {"value": ""}]},
        "Rows": {"Row": rows},
        "Summary": {"ColData": [{"value": "Total"}, {"value": ""}, {"value": ""}, {"value": ""}, {"value": ""},
            {"value": sum}, {"value": ""}]}})
}

/// October: a payable (33) of 100 to 250 by a bill and a payment, a cost account (58) of 200.
pub fn october() -> Value {
    json!({"Header": header("2026-10-01", "2026-10-31"), "Columns": columns(&KEYS), "Rows": {"Row": [
        section("33", json!([began("100.00"), row("2026-10-05", "Bill", "151", "200.00", "300.00"),
                             row("2026-10-20", "Bill Payment (Check)", "9", "-50.00", "250.00")]), "150.00"),
        section("58", json!([row("2026-10-05", "Bill", "151", "1,200.50", "1,200.50")]), "1200.50")]}})
}

fn kinds() -> BTreeMap<String, AccountType> {
    [("33", AccountType::AccountsPayable), ("58", AccountType::Expense), ("41", AccountType::CreditCard)]
        .map(|(id, k)| (id.to_string(), k))
        .into()
}

fn parsed(body: &Value) -> Result<BTreeMap<String, super::super::report::AccountLedger>, Unusable> {
    let kinds = kinds();
    let asked = Asked {
        from: "2026-10-01".parse().unwrap(),
        to: "2026-10-31".parse().unwrap(),
        home: Currency::USD,
        accounts: &kinds,
    };
    read(&Answer::parse(body.to_string().as_bytes()).unwrap(), &asked)
}

fn d(text: &str) -> rust_decimal::Decimal {
    text.parse().unwrap()
}

#[test]
fn balances_and_movements_are_debit_positive() {
    let all = parsed(&october()).unwrap();
    let payable = &all["33"];
    assert_eq!((payable.opening, payable.closing), (d("-100"), d("-250")));
    let said: Vec<_> =
        payable.movements.iter().map(|m| format!("{} {} {} {}", m.date, m.word, m.id, m.amount)).collect();
    assert_eq!(said, ["2026-10-05 Bill 151 -200.00", "2026-10-20 Bill Payment (Check) 9 50.00"]);
    assert_eq!(
        (payable.movements[0].number.as_str(), payable.movements[0].party.as_str()),
        ("N1", "Okafor, Amara")
    );
    let cost = &all["58"];
    assert_eq!((cost.opening, cost.closing), (d("0"), d("1200.50")));
    // an account without balance and movement has no section
    assert_eq!((all["41"].opening, all["41"].closing, all["41"].movements.len()), (d("0"), d("0"), 0));
}

#[test]
fn columns_are_found_by_their_key_and_home_currency_wins() {
    let mut body = october();
    let keys = [
        "rbal_nat_home_amount",
        "tx_date",
        "extra",
        "subt_nat_home_amount",
        "txn_type",
        "subt_nat_amount",
        "rbal_nat_amount",
    ];
    body["Columns"] = columns(&keys);
    let turned = |date: &str, id: &str, home: &str, balance: &str| {
        json!({"ColData": [{"value": balance}, {"value": date}, {"value": ""}, {"value": home},
            {"value": "Bill", "id": id}, {"value": "999"}, {"value": "999"}]})
    };
    let label = json!({"ColData": [{"value": "(100.00)"}, {"value": "Saldo inicial"}, {"value": ""}, {"value": ""},
        {"value": ""}, {"value": ""}, {"value": ""}]});
    body["Rows"] = json!({"Row": [{"Header": {"ColData": [{"value": "x", "id": "33"}]},
        "Rows": {"Row": [label, turned("2026-10-05", "151", "10.00", "-90.00")]}}]});
    let all = parsed(&body).unwrap();
    assert_eq!((all["33"].opening, all["33"].closing), (d("100"), d("90")));
    assert_eq!(all["33"].movements[0].amount, d("-10.00"));
}

#[test]
fn sections_below_an_account_are_their_own_and_headless_ones_are_its_rows() {
    let mut body = october();
    let own = json!({"type": "Section", "Rows": {"Row": [began("5.00"), row("2026-10-02", "Journal Entry", "3", "1.00", "6.00")]}});
    let sub = section("77", json!([began("50.00"), row("2026-10-03", "Bill", "4", "9.00", "59.00")]), "9.00");
    body["Rows"] = json!({"Row": [{"Header": {"ColData": [{"value": "Payables", "id": "33"}]}, "Rows": {"Row": [own, sub]},
        "Summary": {"ColData": [{"value": "Total with sub-accounts"}, {}, {}, {}, {}, {"value": "10.00"}, {}]}}]});
    let all = parsed(&body).unwrap();
    assert_eq!((all["33"].opening, all["33"].closing), (d("-5"), d("-6")));
    assert!(!all.contains_key("77"));
}

#[test]
fn a_blank_beginning_follows_from_the_first_running_balance() {
    let mut body = october();
    body["Rows"]["Row"][0]["Rows"]["Row"][0] = began("");
    assert_eq!(parsed(&body).unwrap()["33"].opening, d("-100.00"));
    body["Rows"]["Row"] = json!([section("33", json!([began("")]), "")]);
    assert!(matches!(parsed(&body), Err(Unusable::Shape(why)) if why.contains("balance is missing")));
}

#[test]
fn what_does_not_add_up_or_is_of_another_shape_is_an_error_and_never_no_movements() {
    type Change = fn(&mut Value);
    let cases: [(&str, Change); 17] = [
        ("Header", |b| b["Header"] = Value::Null),
        ("another report", |b| b["Header"]["ReportName"] = json!("TrialBalance")),
        ("it covers", |b| b["Header"]["EndPeriod"] = json!("2026-10-30")),
        ("basis", |b| b["Header"]["ReportBasis"] = json!("Cash")),
        ("currency", |b| b["Header"]["Currency"] = json!("EUR")),
        ("Columns", |b| b["Columns"] = json!({})),
        ("rbal_nat_amount", |b| b["Columns"] = columns(&KEYS[..6])),
        ("tx_date", |b| b["Columns"] = columns(&KEYS[1..])),
        ("Rows is missing", |b| b["Rows"] = Value::Null),
        ("no list", |b| b["Rows"] = json!({"Row": 3})),
        ("has no row", |b| b["Rows"] = json!({})),
        ("running balance", |b| {
            b["Rows"]["Row"][0]["Rows"]["Row"][1]["ColData"][5]["value"] = json!("201.00");
        }),
        ("add up to", |b| b["Rows"]["Row"][0]["Summary"]["ColData"][5]["value"] = json!("151.00")),
        ("no amount", |b| b["Rows"]["Row"][0]["Rows"]["Row"][1]["ColData"][5]["value"] = json!("many")),
        ("no date", |b| b["Rows"]["Row"][0]["Rows"]["Row"][2] = began("1")),
        ("is dated", |b| b["Rows"]["Row"][0]["Rows"]["Row"][2]["ColData"][0]["value"] = json!("2026-11-01")),
        ("no account", |b| b["Rows"]["Row"] = json!([row("2026-10-05", "Bill", "1", "1", "1")])),
    ];
    for (n, (word, change)) in cases.iter().enumerate() {
        let mut body = october();
        change(&mut body);
        match parsed(&body) {
            Err(Unusable::Shape(why)) => assert!(why.contains(word), "case {n}: {why}"),
            other => panic!("case {n} {word}: {other:?}"),
        }
    }
    let mut none = october();
    none["Header"]["Option"][0]["Value"] = json!("true");
    none["Rows"] = json!({});
    assert_eq!(parsed(&none).unwrap()["33"].closing, d("0"));
}

#[test]
fn a_cut_report_says_so_in_a_row() {
    let mut body = october();
    let cut = json!({"ColData": [{"value": "Unable to display more data. Please reduce the date range."}]});
    body["Rows"]["Row"].as_array_mut().unwrap().push(cut);
    assert_eq!(parsed(&body), Err(Unusable::Cut));
    // a memo with that sentence in a dated row cuts nothing
    let mut body = october();
    body["Rows"]["Row"][0]["Rows"]["Row"][1]["ColData"][4]["value"] = json!("Unable to display more data");
    assert!(parsed(&body).is_ok());
}
