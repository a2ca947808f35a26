//! Looking up and verifying: what proves presence, what proves absence, what proves nothing.

use super::*;
use crate::systems::{CallError, Seen, Wanted};

fn wanted(entry: Entry) -> Wanted {
    let entity = match entry.kind {
        EntryKind::Bill => "Bill",
        EntryKind::VendorCredit => "VendorCredit",
        EntryKind::Journal => "JournalEntry",
        _ => "Purchase",
    };
    Wanted {
        handle: 7,
        slot: entry.slot.clone(),
        kind: entry.kind,
        reference: entry.reference.clone(),
        lookup: json!({"entity": entity, "doc_number": entry.number}),
        entry,
    }
}

/// The bill of [`bill`] as QuickBooks gives it back.
fn record() -> Value {
    json!({"Id": "151", "SyncToken": "0", "DocNumber": "TO7F3A91C2K", "TxnDate": "2026-10-28",
        "PrivateNote": "B4Q7TN Okafor — tieout:TO7F3A91C2K ", "TotalAmt": 184.2, "Balance": 184.2,
        "VendorRef": {"value": "56", "name": "Okafor, Amara"}, "CurrencyRef": {"value": "USD"},
        "Line": [{"Id": "1", "Amount": 200, "DetailType": "AccountBasedExpenseLineDetail"}]})
}

async fn seen(w: Wanted, entity: &str, rows: Value) -> Result<Seen, CallError> {
    let script = Script::new(vec![ok(&batch_answer(&[(entity, rows)]))]);
    let mut all = client(&script).look_up(vec![w]).await?;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].0, 7);
    Ok(all.remove(0).1)
}

#[tokio::test]
async fn found_needs_marker_amount_vendor_currency_and_date() {
    assert_eq!(
        seen(wanted(bill()), "Bill", json!([record()])).await,
        Ok(Seen::Found { id: "151".into(), number: "TO7F3A91C2K".into() })
    );
    let cases: [(&str, Value, &str); 5] = [
        ("TotalAmt", json!(184.21), "184.21"),
        ("VendorRef", json!({"value": "57"}), "57"),
        ("CurrencyRef", json!({"value": "EUR"}), "EUR"),
        ("TxnDate", json!("2026-10-29"), "2026-10-29"),
        ("PrivateNote", json!("typed by hand"), "somebody else"),
    ];
    for (field, value, word) in cases {
        let mut r = record();
        r[field] = value;
        match seen(wanted(bill()), "Bill", json!([r])).await {
            Ok(Seen::Different { why, .. }) => {
                assert!(why.contains(word) && why.contains("Bill 151"), "{why}");
            }
            other => panic!("{field}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn amounts_are_compared_to_the_last_digit() {
    for (there, found) in
        [("90071992547409.93", true), ("90071992547409.92", false), ("90071992547409.930", true)]
    {
        let mut entry = bill();
        entry.lines = vec![
            line(Side::Debit, "58", "90071992547409.93"),
            offset(Side::Credit, LineRole::Payable, "33", "90071992547409.93"),
        ];
        let body = batch_answer(&[("Bill", json!([record()]))]).to_string();
        let body = body.replace(r#""TotalAmt":184.2"#, &format!(r#""TotalAmt":{there}"#));
        let script = Script::new(vec![Ok(reply(200, &body))]);
        let got = client(&script).look_up(vec![wanted(entry)]).await.unwrap();
        assert_eq!(matches!(got[0].1, Seen::Found { .. }), found, "{there}: {got:?}");
    }
}

#[tokio::test]
async fn two_with_our_marker_go_to_a_person_with_both_ids() {
    let mut second = record();
    second["Id"] = json!("166");
    match seen(wanted(bill()), "Bill", json!([record(), second])).await {
        Ok(Seen::Different { why, .. }) => assert!(why.contains("151") && why.contains("166"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn nothing_there_is_absent_even_without_the_key() {
    assert_eq!(seen(wanted(bill()), "Bill", json!([])).await, Ok(Seen::Absent));
}

#[tokio::test]
async fn a_suppliers_number_is_never_adopted_on_the_number_alone() {
    let mut entry = bill();
    entry.number = "IN-100".into();
    let mut theirs = record();
    theirs["DocNumber"] = json!("in-100");
    theirs["PrivateNote"] = json!("");
    let got = seen(wanted(entry.clone()), "Bill", json!([theirs])).await;
    assert!(matches!(got, Ok(Seen::Different { .. })), "{got:?}");
    // with our marker it is ours, whatever else has the number
    let mut ours = record();
    ours["DocNumber"] = json!("IN-100");
    ours["Id"] = json!("152");
    let got = seen(wanted(entry), "Bill", json!([theirs, ours])).await;
    assert_eq!(got, Ok(Seen::Found { id: "152".into(), number: "IN-100".into() }));
}

#[tokio::test]
async fn a_journal_is_compared_by_its_debits_because_its_total_says_zero() {
    let mut entry = bill();
    entry.kind = EntryKind::Journal;
    entry.lines =
        vec![line(Side::Debit, "58", "184.20"), offset(Side::Credit, LineRole::Payable, "33", "184.20")];
    let side = |posting: &str, entity: Value| {
        let mut detail = json!({"PostingType": posting, "AccountRef": {"value": "1"}});
        if !entity.is_null() {
            detail["Entity"] = entity;
        }
        json!({"Amount": 184.20, "JournalEntryLineDetail": detail})
    };
    let vendor = json!({"Type": "Vendor", "EntityRef": {"value": "56"}});
    let mut r = record();
    r["TotalAmt"] = json!(0);
    r.as_object_mut().unwrap().remove("VendorRef");
    r["Line"] = json!([side("Debit", Value::Null), side("Credit", vendor)]);
    let got = seen(wanted(entry.clone()), "JournalEntry", json!([r])).await;
    assert!(matches!(got, Ok(Seen::Found { .. })), "{got:?}");
    r["Line"][1]["JournalEntryLineDetail"]["Entity"]["EntityRef"]["value"] = json!("57");
    assert!(matches!(
        seen(wanted(entry.clone()), "JournalEntry", json!([r])).await,
        Ok(Seen::Different { .. })
    ));
    r["Line"] = json!([side("Debit", Value::Null), side("Debit", Value::Null)]);
    assert!(matches!(seen(wanted(entry), "JournalEntry", json!([r])).await, Ok(Seen::Different { .. })));
}

#[tokio::test]
async fn a_charge_is_no_refund() {
    let mut entry = bill();
    entry.kind = EntryKind::CardRefund;
    entry.party = None;
    entry.lines =
        vec![line(Side::Credit, "58", "184.20"), offset(Side::Debit, LineRole::Card, "41", "184.20")];
    let mut r = record();
    r.as_object_mut().unwrap().remove("VendorRef");
    r["PaymentType"] = json!("CreditCard");
    let got = seen(wanted(entry.clone()), "Purchase", json!([r])).await;
    assert!(matches!(got, Ok(Seen::Different { .. })), "{got:?}");
    r["Credit"] = json!(true);
    let got = seen(wanted(entry), "Purchase", json!([r])).await;
    assert!(matches!(got, Ok(Seen::Found { .. })), "{got:?}");
}

#[tokio::test]
async fn many_records_of_several_kinds_take_one_call() {
    let mut all = Vec::new();
    for n in 0..70_i64 {
        let mut entry = bill();
        if n >= 65 {
            entry.kind = EntryKind::Journal;
        }
        entry.reference = format!("TO0000000{n:02}").parse().unwrap();
        entry.number = entry.reference.to_string();
        all.push(Wanted { handle: n, ..wanted(entry) });
    }
    let empty = || json!([]);
    let answer =
        batch_answer(&[("Bill", empty()), ("Bill", empty()), ("Bill", empty()), ("JournalEntry", empty())]);
    let script = Script::new(vec![ok(&answer)]);
    let got = client(&script).look_up(all).await.unwrap();
    let mut handles: Vec<i64> = got.iter().map(|(h, _)| *h).collect();
    handles.sort_unstable();
    assert_eq!(handles, (0..70).collect::<Vec<_>>());
    assert!(got.iter().all(|(_, s)| *s == Seen::Absent));
    assert_eq!(script.calls(), 1);
    let queries = script.queries(0);
    assert_eq!(queries.len(), 4);
    assert_eq!(queries[0].matches("TO0000000").count(), 30);
    assert_eq!(queries[2].matches("TO0000000").count(), 5);
    assert!(queries[3].starts_with("select * from JournalEntry where DocNumber in ('TO000000065', "));
    assert_eq!(client(&Script::new(vec![])).look_up(vec![]).await.unwrap(), vec![]);
}

#[tokio::test]
async fn an_incomplete_answer_is_an_error_and_never_absence() {
    let quota = fault("3001", "SERVICE", "m", "d");
    let broken = fault("4000", "ValidationFault", "Error parsing query", "d");
    let whole = batch_answer(&[("Bill", json!([]))]).to_string();
    let answers: Vec<Result<Reply, NetError>> = vec![
        ok(&batch_answer(&[("Bill", quota)])),
        ok(&batch_answer(&[("Bill", broken)])),
        ok(&json!({"BatchItemResponse": []})),
        ok(&json!({"BatchItemResponse": [{"bId": "q0"}]})),
        ok(&json!({})),
        ok(&batch_answer(&[("Bill", json!([{"DocNumber": "TO7F3A91C2K"}]))])),
        Ok(reply(200, &whole[..whole.len() - 4])),
        Ok(reply(200, "")),
        Ok(reply(502, "<html>")),
        Ok(reply(429, "")),
        Err(NetError::MaybeSent { reason: "reset".into(), timed_out: false }),
        Err(NetError::NotSent("dns".into())),
    ];
    for (n, answer) in answers.into_iter().enumerate() {
        let script = Script::new(vec![answer]);
        assert!(client(&script).look_up(vec![wanted(bill())]).await.is_err(), "case {n}");
    }
    // terms that cannot be read ask nothing
    let mut w = wanted(bill());
    w.lookup = json!({"entity": "Vendor", "doc_number": "x"});
    let script = Script::new(vec![]);
    assert!(matches!(client(&script).look_up(vec![w]).await, Err(CallError::Shape(_))));
}
