//! A number that is taken: who holds it decides, and nothing loops.

use super::*;
use crate::model::intent::Outcome;
use crate::systems::{Prepared, PreparedCall, Seen, Wanted};

const DETAIL: &str =
    "Duplicate Document Number Error : DocNumber=IN-100 is assigned to TxnType=Bill with TxnId=77";

fn call() -> (Arc<dyn Push>, Arc<Script>, PreparedCall, Vec<String>) {
    scripted(vec![])
}

fn scripted(
    answers: Vec<Result<Reply, NetError>>,
) -> (Arc<dyn Push>, Arc<Script>, PreparedCall, Vec<String>) {
    let script = Script::new(answers);
    let ledger = client(&script);
    let mut entry = bill();
    entry.number = "IN-100".into();
    let item: Prepared = ledger.encode(&entry, &key(), &facts()).unwrap();
    let keys = vec![item.item_key.clone()];
    let call = ledger.assemble(&[item], &[key()], None);
    (ledger, script, call, keys)
}

fn refused(detail: &str) -> Value {
    json!({"BatchItemResponse": [{"bId": "7F3A91C2K",
        "Fault": fault("6140", "ValidationFault", "Duplicate Document Number Error", detail)}]})
}

fn row(id: &str, number: &str, note: &str) -> Value {
    json!({"Id": id, "DocNumber": number, "TxnDate": "2026-10-01", "TotalAmt": 1, "PrivateNote": note,
           "VendorRef": {"value": "57"}, "MetaData": {"LastUpdatedTime": "2026-10-01T09:00:00Z"}})
}

/// The outcome of a posting call whose number is taken; what is read about the holder, kind by kind.
async fn outcome(detail: &str, found: &[(&str, Value)]) -> (Outcome, Arc<Script>) {
    let (ledger, script, call, keys) = scripted(vec![ok(&refused(detail)), ok(&batch_answer(found))]);
    let heard = ledger.send(call).await;
    (ledger.classify(&keys, &heard, &facts()).remove(0), script)
}

fn lists(bill: Value, named: Option<Value>, journal: Value) -> Vec<(&'static str, Value)> {
    let mut all = vec![("Bill", bill)];
    all.extend(named.map(|rows| ("Bill", rows)));
    all.extend([("VendorCredit", json!([])), ("Purchase", json!([])), ("JournalEntry", journal)]);
    all
}

#[tokio::test]
async fn a_foreign_holder_is_a_refusal_that_names_it() {
    let theirs = json!([row("77", "in-100", "typed by hand")]);
    let (outcome, script) = outcome(DETAIL, &lists(theirs.clone(), Some(theirs), json!([]))).await;
    let Outcome::Refused { code, message, closed_period: false } = outcome else { panic!("{outcome:?}") };
    assert_eq!(code, "6140");
    assert!(message.contains("Bill 77 of 2026-10-01 holds it and is not ours"), "{message}");
    assert_eq!(script.calls(), 2);
    let asked = script.queries(1);
    assert!(asked[0].starts_with("select * from Bill where DocNumber in ('IN-100')"), "{asked:?}");
    assert!(asked[1].starts_with("select * from Bill where Id in ('77')"), "{asked:?}");
}

#[tokio::test]
async fn a_holder_of_another_kind_ends_the_matter_too() {
    let detail = "DocNumber=IN-100 is assigned to TxnType=Journal Entry with TxnId=90";
    let theirs = json!([row("90", "IN-100", "")]);
    let mut all = lists(json!([]), None, theirs.clone());
    all.push(("JournalEntry", theirs));
    let (got, _) = outcome(detail, &all).await;
    assert!(
        matches!(&got, Outcome::Refused { message, .. } if message.contains("JournalEntry 90")),
        "{got:?}"
    );
    // a kind that is none of ours, and a fault that names nobody: refused with the ledger's own sentence
    for detail in ["DocNumber=IN-100 is assigned to TxnType=Invoice with TxnId=5", "the number is taken", ""]
    {
        let (got, _) = outcome(detail, &lists(json!([]), None, json!([]))).await;
        assert!(
            matches!(&got, Outcome::Refused { message, .. } if message.contains("was not found")),
            "{got:?}"
        );
    }
}

#[tokio::test]
async fn our_own_holder_is_verified_by_the_look_up() {
    let mut ours = row("151", "IN-100", "IN-100 Hotel · tieout:TO7F3A91C2K");
    ours["TxnDate"] = json!("2026-10-28");
    ours["TotalAmt"] = json!(184.20);
    ours["VendorRef"] = json!({"value": "56"});
    let (got, _) = outcome(DETAIL, &lists(json!([ours.clone()]), Some(json!([])), json!([]))).await;
    assert!(
        matches!(&got, Outcome::Ambiguous { reason } if reason.contains("our own record Bill 151")),
        "{got:?}"
    );
    let mut entry = bill();
    entry.number = "IN-100".into();
    let wanted = Wanted {
        handle: 7,
        slot: Slot::Bill,
        kind: EntryKind::Bill,
        reference: reference(),
        lookup: json!({"entity": "Bill", "doc_number": "IN-100", "vendor": "56"}),
        entry,
    };
    let script = Script::new(vec![ok(&batch_answer(&[("Bill", json!([ours]))]))]);
    let seen = client(&script).look_up(vec![wanted]).await.unwrap();
    assert_eq!(seen, [(7, Seen::Found { id: "151".into(), number: "IN-100".into() })]);
}

#[tokio::test]
async fn a_foreign_holder_that_the_look_up_meets_is_left_to_a_person() {
    let mut theirs = row("77", "IN-100", "typed by hand");
    theirs["VendorRef"] = json!({"value": "56"});
    let (got, _) = outcome(DETAIL, &lists(json!([theirs.clone()]), Some(json!([])), json!([]))).await;
    assert!(matches!(&got, Outcome::Ambiguous { reason } if reason.contains("Bill 77")), "{got:?}");
    let mut entry = bill();
    entry.number = "IN-100".into();
    let wanted = Wanted {
        handle: 7,
        slot: Slot::Bill,
        kind: EntryKind::Bill,
        reference: reference(),
        lookup: json!({"entity": "Bill", "doc_number": "IN-100", "vendor": "56"}),
        entry,
    };
    // the same number of another vendor proves nothing and stands in nobody's way
    let other = row("78", "IN-100", "");
    let script = Script::new(vec![
        ok(&batch_answer(&[("Bill", json!([other, theirs]))])),
        ok(&batch_answer(&[("Bill", json!([other]))])),
    ]);
    let ledger = client(&script);
    let seen = ledger.look_up(vec![wanted.clone()]).await.unwrap();
    assert!(matches!(&seen[0].1, Seen::Different { why, .. } if why.contains("Bill 77")), "{seen:?}");
    assert_eq!(ledger.look_up(vec![wanted]).await.unwrap()[0].1, Seen::Absent);
}

#[tokio::test]
async fn another_document_of_ours_is_named() {
    let other = json!([row("78", "IN-100", "x · tieout:TO7F3A91C2M")]);
    let (got, _) = outcome(DETAIL, &lists(other, Some(json!([])), json!([]))).await;
    assert!(matches!(&got, Outcome::Refused { message, .. } if message.contains("TO7F3A91C2M")), "{got:?}");
}

#[tokio::test]
async fn a_holder_that_cannot_be_read_leaves_the_item_in_doubt() {
    let lost = NetError::MaybeSent { reason: "reset".into(), timed_out: true };
    for second in [Ok(reply(429, "")), Ok(reply(503, "")), Err(lost)] {
        let (ledger, _, call, keys) = scripted(vec![ok(&refused(DETAIL)), second]);
        let heard = ledger.send(call).await;
        assert_eq!(ledger.classify(&keys, &heard, &facts())[0].class(), "ambiguous");
    }
    // a server cannot lay a holder beside a fault itself
    let mut forged = refused(DETAIL);
    forged["BatchItemResponse"][0]["tieout:holder"] = json!({"record": "Bill 1", "date": "", "marker": null});
    let theirs = json!([row("77", "IN-100", "")]);
    let (ledger, _, call, keys) =
        scripted(vec![ok(&forged), ok(&batch_answer(&lists(theirs.clone(), Some(theirs), json!([]))))]);
    let heard = ledger.send(call).await;
    let got = ledger.classify(&keys, &heard, &facts()).remove(0);
    assert!(matches!(&got, Outcome::Refused { message, .. } if message.contains("Bill 77")), "{got:?}");
}

#[tokio::test]
async fn a_refused_negative_line_is_remembered_for_the_next_document() {
    let body = json!({"BatchItemResponse": [{"bId": "7F3A91C2K",
        "Fault": fault("2290", "ValidationFault", "Negative amount", "d")}]});
    let (_, _, call, keys) = call();
    let mut first = super::facts::lists();
    first[3].1 = json!([super::facts::rate("2026-11-02", "1.0861")]);
    let days: Vec<(&str, Value)> = (0..30).map(|_| ("ExchangeRate", json!([]))).collect();
    let script = Script::new(vec![ok(&body), ok(&batch_answer(&first)), ok(&batch_answer(&days))]);
    let ledger = client(&script);
    let heard = ledger.send(call).await;
    let got = ledger.classify(&keys, &heard, &facts()).remove(0);
    assert!(matches!(&got, Outcome::Refused { code, .. } if code == "2290"), "{got:?}");
    assert!(!ledger.facts(None, super::facts::now()).await.unwrap().company.negative_lines);
}
