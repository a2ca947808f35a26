//! Whatever a caller sends is answered, with a fault at worst.

use super::*;

/// Every place inside of a value.
fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match value {
        Value::Object(object) => {
            object.iter().for_each(|(key, value)| places(value, &format!("{here}/{key}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| places(item, &format!("{here}/{at}"), found));
        }
        _ => {}
    }
}

fn odd(dice: &mut fastrand::Rng) -> Value {
    let raw = [
        "null",
        "true",
        "[]",
        "{}",
        "[[]]",
        "[null]",
        "{\"value\":null}",
        "{\"value\":{}}",
        "{\"value\":51}",
        "-1",
        "0",
        "1e400",
        "79228162514264337593543950335",
        "9999999999.99999",
        "-0.000000001",
        "99999999999999999999999999999999999999",
        "\"\"",
        "\"\\u0000\"",
        "\"\u{1F600}\"",
        "\"2026-02-30\"",
        "\"9999-12-31\"",
        "\"-9999-01-01\"",
        "\"Debit\"",
        "\"US\"",
        "[1,2]",
        "{\"Line\":[]}",
    ];
    serde_json::from_str(raw[dice.usize(..raw.len())]).unwrap()
}

#[tokio::test]
async fn mangled_requests_are_answered() {
    let desk = Desk::new().await;
    let mut dice = fastrand::Rng::with_seed(2026);
    let journal = json!({"TxnDate": "2026-10-30", "DocNumber": "J", "CurrencyRef": {"value": "EUR"}, "Line": [
        {"Amount": 1, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": {"PostingType": "Debit",
            "AccountRef": {"value": desk.id("Account", "6010")}}},
        {"Amount": 1, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": {"PostingType": "Credit",
            "AccountRef": {"value": desk.id("Account", "2015")},
            "Entity": {"Type": "Vendor", "EntityRef": {"value": desk.id("Vendor", "Müller, Grace")}}}}]});
    let purchase = json!({"PaymentType": "CreditCard", "AccountRef": {"value": desk.id("Account", "2110")},
        "TxnDate": "2026-10-20", "CurrencyRef": {"value": "USD"}, "Line": [desk.line("5010", "1.00")]});
    let vendor =
        json!({"DisplayName": "New", "PrimaryEmailAddr": {"Address": "a@b.c"}, "BillAddr": {"Line1": "x"}});
    let term = json!({"Name": "New", "DueDays": 5});
    let batch = json!({"BatchItemRequest": [{"bId": "1", "operation": "create", "Term": term},
                                            {"bId": "2", "Query": "select * from Term"}]});
    let customer = json!({"DisplayName": "Job", "ParentRef": {"value": desk.id("Customer", "Aldgate Bank")}});
    let account = json!({"Name": "New", "AccountType": "Expense", "AcctNum": "7"});
    let good = [
        ("bill", desk.bill("B")),
        ("vendorcredit", desk.bill("B")),
        ("journalentry", journal),
        ("purchase", purchase),
        ("vendor", vendor),
        ("term", term),
        ("customer", customer),
        ("account", account),
        ("class", json!({"Name": "New", "ParentRef": {"value": desk.id("Class", "100 Strategy")}})),
        ("exchangerate", json!({"SourceCurrencyCode": "EUR", "AsOfDate": "2026-11-03", "Rate": 1.1})),
        ("batch", batch),
    ];
    let (mut kept, mut refused) = (0, 0);
    for round in 0..1500 {
        let (path, mut body) = good[round % good.len()].clone();
        let mut spots = Vec::new();
        places(&body, "", &mut spots);
        for _ in 0..=dice.usize(..2) {
            let spot = &spots[dice.usize(..spots.len())];
            if let Some(place) = body.pointer_mut(spot) {
                *place = odd(&mut dice);
            }
        }
        let operation = ["", "", "?operation=delete", "?operation=update"][dice.usize(..4)];
        let got = desk.try_post(&format!("{path}{operation}"), body.clone()).await;
        let got = got.unwrap_or_else(|_| panic!("no answer to {path} {body}"));
        match got.status {
            200 => kept += 1,
            400 => refused += 1,
            status => panic!("{status} to {path} {body}"),
        }
    }
    assert!(kept > 50 && refused > 500, "{kept} kept, {refused} refused");
}

#[tokio::test]
async fn mangled_queries_are_answered() {
    let desk = Desk::new().await;
    let mut dice = fastrand::Rng::with_seed(7);
    let words = [
        "select",
        "*",
        "from",
        "Bill",
        "Vendor",
        "where",
        "Id",
        "TotalAmt",
        "TxnDate",
        "Active",
        "=",
        "<",
        ">=",
        "in",
        "(",
        ")",
        ",",
        "'a'",
        "'",
        "like",
        "'%'",
        "'%%a%'",
        "and",
        "orderby",
        "desc",
        "startposition",
        "maxresults",
        "0",
        "1",
        "18446744073709551615",
        "99999999999999999999999",
        "count",
        "\\",
        "true",
        "é",
        "MetaData.CreateTime",
    ];
    for _ in 0..1500 {
        let picked: Vec<&str> = (0..dice.usize(1..9)).map(|_| words[dice.usize(..words.len())]).collect();
        let statement = format!("select * from Bill {}", picked.join(" "));
        let got = desk.query(&statement).await;
        assert!(matches!(got.status, 200 | 400), "{statement}");
    }
    let far = "select * from Bill startposition 18446744073709551615 maxresults 1000";
    assert_eq!(desk.query(far).await.json()["QueryResponse"], json!({}));
}
