//! Receipts and payment state against the stand-ins.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is not there"
)]

#[path = "common/extra.rs"]
mod extra;

use std::collections::BTreeSet;
use std::time::Duration;

use extra::{Home, QBO, answers, fault};
use serde_json::{Value, json};
use tieout::engine::What as Event;
use tieout::model::State;
use tieout::model::book::ReceiptPolicy;
use tieout::model::entry::EntryKind;
use tieout::sandbox::faults::{What, When};
use tieout::sandbox::stand_in::StandIn as _;
use tieout::store::{Card, ReceiptRow, ReceiptState};

const SHORT: Duration = Duration::from_secs(1);
/// A bill and two card purchases.
const THREE: &str = "B4Q7TN";
/// One bill whose meal has no receipt.
const NONE: &str = "F4LV8Y";
/// An invoice.
const INVOICE: &str = "MT-3051";

async fn posted(home: &Home, number: &str) -> Card {
    home.approve(&[number]).await;
    home.post().await;
    let card = home.card(number).await;
    assert_eq!(card.row.state, State::Confirmed, "{}", card.row.reason);
    card
}

async fn receipts(home: &Home, number: &str) -> Vec<ReceiptRow> {
    let id = home.card(number).await.row.id;
    home.store().receipts(id).await.unwrap()
}

/// What the ledger has: the record that a paper hangs on, and the file.
fn papers(home: &Home) -> Vec<(String, String, String)> {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_string();
    let all = home.records().into_iter().filter(|(k, _)| k == "Attachable");
    all.map(|(_, a)| {
        let to = &a["AttachableRef"][0]["EntityRef"];
        (text(&to["type"]), text(&to["value"]), text(&a["FileName"]))
    })
    .collect()
}

fn of_document(home: &Home, number: &str) -> Vec<(String, String, String)> {
    papers(home).into_iter().filter(|p| p.2.starts_with(number)).collect()
}

fn attached(rows: &[ReceiptRow]) -> usize {
    rows.iter().filter(|r| r.state == ReceiptState::Attached).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_are_attached_to_the_records_that_they_prove() {
    let home = Home::sample().await;
    let before = home.stage.ledger.calls();
    let card = posted(&home, THREE).await;
    let rows = receipts(&home, THREE).await;
    // air fare and hotel on the card, dinner and one receipt of both taxis in cash
    assert_eq!((rows.len(), attached(&rows)), (4, 4));
    let there = of_document(&home, THREE);
    assert_eq!(there.len(), rows.len(), "{there:?}");
    for r in &rows {
        let (kind, id) = r.record.clone().unwrap();
        let word = if kind == EntryKind::Bill { "Bill" } else { "Purchase" };
        assert!(there.iter().any(|t| t.0 == word && t.1 == id), "{} hangs elsewhere: {there:?}", r.name);
        assert!(r.sha256.len() == 64 && r.size > 0 && r.attached_at.is_some());
    }
    let slots: BTreeSet<String> = rows.iter().map(|r| r.slot.to_string()).collect();
    assert_eq!(slots.len(), card.intents.len(), "each record has one: {slots:?}");
    let trail = home.trail(THREE).await;
    assert_eq!(trail.iter().filter(|a| *a == "receipt_attached").count(), rows.len());
    // one upload each, and no look-up
    let now = home.stage.ledger.calls();
    let more = |k: &str| now.get(k).copied().unwrap_or(0) - before.get(k).copied().unwrap_or(0);
    assert_eq!(more("upload"), rows.len() as u64);
    assert_eq!(more("api"), rows.len() as u64 + 1, "{now:?}");
    // nothing is attached again
    home.run(SHORT).await;
    home.later(90_000);
    home.run(SHORT).await;
    assert_eq!(of_document(&home, THREE).len(), rows.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_receipts_no_further_call_is_made() {
    let home = Home::sample().await;
    let before = home.calls("api");
    posted(&home, NONE).await;
    // the parking has a receipt, the meal of 128.40 has none
    assert_eq!(receipts(&home, NONE).await.len(), 1);
    assert_eq!(home.calls("api") - before, 2);
    home.book(|b| b.settings.receipts = ReceiptPolicy::Off).await;
    let (before, images) = (home.calls("api"), home.concur_calls("image"));
    posted(&home, THREE).await;
    let posting = home.calls("api") - before;
    assert!(receipts(&home, THREE).await.is_empty());
    assert_eq!((posting, home.concur_calls("image")), (1, images));
    assert!(of_document(&home, THREE).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_fails_changes_no_document_and_is_tried_again() {
    let home = Home::sample().await;
    home.arm(answers(QBO, "upload", When::Before, 500, json!({}), 1));
    let card = posted(&home, THREE).await;
    assert_eq!(home.fired("quickbooks_online/upload/status"), 1);
    assert_eq!(card.row.state, State::Confirmed);
    let of = receipts(&home, THREE).await.len();
    for _ in 0..6 {
        home.later(300);
        home.run(SHORT).await;
    }
    let rows = receipts(&home, THREE).await;
    assert_eq!(attached(&rows), of, "{rows:#?}");
    let there = of_document(&home, THREE);
    assert_eq!(there.len(), of);
    let names: BTreeSet<&String> = there.iter().map(|t| &t.2).collect();
    assert_eq!(names.len(), of, "none is there twice");
    assert_eq!(home.state(THREE).await, State::Confirmed);
    assert_eq!(home.record("Bill", &bill_of(&home, THREE).await)["SyncToken"], "0");
}

async fn bill_of(home: &Home, number: &str) -> String {
    let card = home.card(number).await;
    card.intents.iter().find(|i| i.kind == EntryKind::Bill).unwrap().remote_id.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_whose_answer_is_lost_is_looked_up_and_never_made_twice() {
    let home = Home::sample().await;
    home.arm(fault(QBO, "upload", What::DropReply, When::After, 2));
    posted(&home, THREE).await;
    assert!(home.fired("quickbooks_online/upload/drop_reply") >= 1);
    for _ in 0..6 {
        home.later(300);
        home.run(SHORT).await;
    }
    assert_eq!(home.fired("quickbooks_online/upload/drop_reply"), 2);
    let rows = receipts(&home, THREE).await;
    assert_eq!(attached(&rows), rows.len(), "{rows:#?}");
    let there = of_document(&home, THREE);
    assert_eq!(there.len(), rows.len());
    let names: BTreeSet<&String> = there.iter().map(|t| &t.2).collect();
    assert_eq!(names.len(), rows.len(), "none is there twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_that_is_not_there_yet_is_looked_for_again() {
    let home = Home::sample().await;
    home.arm(answers("concur", "image", When::Before, 404, json!({}), 1));
    posted(&home, THREE).await;
    let rows = receipts(&home, THREE).await;
    assert_eq!(rows.iter().filter(|r| r.state == ReceiptState::Missing).count(), 1, "{rows:#?}");
    let asked = home.concur_calls("image");
    home.later(3_600);
    home.run(SHORT).await;
    assert_eq!(home.concur_calls("image"), asked, "not before a day has passed");
    home.later(86_400);
    home.run(SHORT).await;
    let rows = receipts(&home, THREE).await;
    assert_eq!(attached(&rows), rows.len());
    assert_eq!(of_document(&home, THREE).len(), rows.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_image_ends_refused_with_an_alarm() {
    let home = Home::sample().await;
    let mut events = home.office().events();
    home.arm(answers("concur", "image_download", When::Before, 200, json!("no image"), 60));
    posted(&home, THREE).await;
    for _ in 0..14 {
        home.later(22_000);
        home.run(SHORT).await;
    }
    let rows = receipts(&home, THREE).await;
    assert!(rows.iter().all(|r| r.state == ReceiptState::Refused), "{rows:#?}");
    assert!(rows[0].detail.contains("neither PDF"), "{}", rows[0].detail);
    let id = home.card(THREE).await.row.id;
    let mut alarms = 0;
    loop {
        match events.try_recv() {
            Ok(e) if e.event == Event::Alarm && e.document == Some(id) => alarms += 1,
            Ok(_) | Err(tokio::sync::broadcast::error::TryRecvError::Lagged(_)) => {}
            Err(_) => break,
        }
    }
    assert_eq!(alarms, rows.len());
    assert_eq!(home.state(THREE).await, State::Confirmed);
    assert!(of_document(&home, THREE).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_ledger_turns_down_ends_refused_at_once() {
    let home = Home::sample().await;
    let no = json!({"AttachableResponse": [{"Fault": {"type": "ValidationFault", "Error": [
        {"Message": "Unsupported file", "Detail": "The file type is not supported.", "code": "6000"}]}}]});
    home.arm(answers(QBO, "upload", When::Before, 200, no, 1));
    posted(&home, THREE).await;
    home.run(SHORT).await;
    let rows = receipts(&home, THREE).await;
    let refused: Vec<&ReceiptRow> = rows.iter().filter(|r| r.state == ReceiptState::Refused).collect();
    assert_eq!((refused.len(), attached(&rows)), (1, rows.len() - 1), "{rows:#?}");
    assert!(refused[0].detail.contains("not supported"), "{}", refused[0].detail);
}

/// A person at the ledger pays a bill.
fn pay(home: &Home, bill: &str, amount: &str, number: &str) -> Value {
    let b = home.record("Bill", bill);
    let amount: Value = serde_json::from_str(amount).unwrap();
    let body = json!({
        "VendorRef": b["VendorRef"], "TxnDate": "2026-11-04", "CurrencyRef": b["CurrencyRef"], "PayType": "Check",
        "DocNumber": number, "TotalAmt": amount, "CheckPayment": {"BankAccountRef": {"name": "1010"}},
        "Line": [{"Amount": amount, "LinkedTxn": [{"TxnId": bill, "TxnType": "Bill"}]}],
    });
    home.stage.ledger.by_hand("create", "BillPayment", &body).unwrap()["BillPayment"].clone()
}

fn told(home: &Home, source_id: &str) -> Vec<Value> {
    home.at_concur(source_id)["paymentConfirmations"].as_array().cloned().unwrap_or_default()
}

fn invoices_paid(home: &Home) -> Value {
    home.stage.concur.more_records()["invoicePayments"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_ledger_paid_is_told_once_partial_as_partial() {
    let home = Home::sample().await;
    home.book(|b| b.settings.payments_to_source = true).await;
    let report = posted(&home, NONE).await;
    let invoice = posted(&home, INVOICE).await;
    let bill = bill_of(&home, NONE).await;
    let first = pay(&home, &bill, "40.40", "4711");
    home.later(600);
    home.run(SHORT).await;
    let told_of = |id: &str| told(&home, id);
    let one = told_of(&report.row.source_id);
    assert_eq!(one.len(), 1, "{:#}", home.at_concur(&report.row.source_id));
    assert_eq!(one[0]["processingStatusCode"], "PP");
    assert_eq!(one[0]["clearingDetails"][0]["clearingAmount"].to_string(), "40.4");
    pay(&home, &bill, "100.00", "4712");
    let supplier = bill_of(&home, INVOICE).await;
    let total = home.record("Bill", &supplier)["TotalAmt"].to_string();
    pay(&home, &supplier, &total, "4713");
    home.later(600);
    home.run(SHORT).await;
    let two = told_of(&report.row.source_id);
    assert_eq!(two.len(), 2);
    assert_eq!(two[1]["processingStatusCode"], "CP");
    let paid = invoices_paid(&home);
    assert_eq!(paid.as_object().unwrap().len(), 1, "{paid:#}");
    assert!(paid.as_object().unwrap().keys().all(|k| k.eq_ignore_ascii_case(&invoice.row.family)));
    // once each, whatever is read again
    let calls = (home.concur_calls("confirm_payment"), home.concur_calls("pay_invoices"));
    for _ in 0..3 {
        home.later(3_600);
        home.run(SHORT).await;
    }
    assert_eq!((home.concur_calls("confirm_payment"), home.concur_calls("pay_invoices")), calls);
    assert_eq!(told_of(&report.row.source_id).len(), 2);
    // a void, and a payment that is deleted, are a person's task
    let mut events = home.office().events();
    let void = json!({"Id": first["Id"], "SyncToken": home.record("BillPayment", first["Id"].as_str().unwrap())["SyncToken"]});
    home.stage.ledger.by_hand("void", "BillPayment", &void).unwrap();
    home.later(600);
    home.run(SHORT).await;
    let alarms = std::iter::from_fn(|| events.try_recv().ok()).filter(|e| e.event == Event::Alarm);
    assert_eq!(alarms.filter(|e| e.document == Some(report.row.id)).count(), 1);
    home.run(SHORT).await;
    let mut events = home.office().events();
    let last =
        home.records().into_iter().find(|(k, v)| k == "BillPayment" && v["DocNumber"] == "4713").unwrap().1;
    let gone = json!({"Id": last["Id"], "SyncToken": last["SyncToken"]});
    home.stage.ledger.by_hand("delete", "BillPayment", &gone).unwrap();
    home.later(600);
    home.run(SHORT).await;
    let alarms = std::iter::from_fn(|| events.try_recv().ok()).filter(|e| e.event == Event::Alarm);
    assert_eq!(alarms.filter(|e| e.document == Some(invoice.row.id)).count(), 1);
    assert_eq!(home.store().verify_audit().await.unwrap().map(|n| n > 0), Ok(true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_told_before_the_posting_and_nothing_at_all_when_it_is_off() {
    let home = Home::sample().await;
    let report = posted(&home, NONE).await;
    pay(&home, &bill_of(&home, NONE).await, "140.40", "4711");
    home.later(600);
    home.run(SHORT).await;
    assert!(told(&home, &report.row.source_id).is_empty());
    assert_eq!(home.concur_calls("confirm_payment"), 0);
    home.book(|b| b.settings.payments_to_source = true).await;
    // the next one is posted, and its confirmation does not get through
    home.arm(fault("concur", "confirm", What::Reset, When::Before, 1));
    home.approve(&["P9ZD2C"]).await;
    home.post().await;
    assert_eq!(home.state("P9ZD2C").await, State::Posted);
    pay(&home, &bill_of(&home, "P9ZD2C").await, "340.00", "4712");
    let other = home.card("P9ZD2C").await;
    home.run(Duration::ZERO).await;
    assert!(told(&home, &other.row.source_id).is_empty(), "the posting confirmation comes first");
    assert_eq!(told(&home, &report.row.source_id).len(), 1, "paid while it was off: told now");
    home.later(600);
    home.run(SHORT).await;
    assert_eq!(home.state("P9ZD2C").await, State::Confirmed);
    home.later(600);
    home.run(SHORT).await;
    assert_eq!(told(&home, &other.row.source_id).len(), 1);
    assert_eq!(told(&home, &other.row.source_id)[0]["processingStatusCode"], "CP");
}
