//! The checklist of the contract of Concur (section 10), one test for each row: 1 to 14, the others are in the file beside. What is decided above this folder is
//! tested there; here is what the client gives for it.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::ConcurSignIn;
use super::testing::{SAMPLE, client, ok};
use super::tests_kinds::advance;
use super::tests_read::{expense, sample, with};
use crate::model::document::{Document, DocumentKind, Party};
use crate::systems::{Heard, SignIn as _, SignedIn, Source as _};
use crate::transport::Reply;

const JOURNAL: &str = "/expenseEntry/0/allocation/0/journal/0";
const REPORT: DocumentKind = DocumentKind::ExpenseReport;

pub fn now() -> Timestamp {
    "2026-09-02T08:00:00Z".parse().unwrap()
}

pub fn signed_in(status: u16, body: &Value) -> SignedIn {
    let reply = Reply { status, headers: vec![], body: body.to_string().into_bytes() };
    ConcurSignIn.read(Ok(reply), now())
}

fn listed(id: &str, status: &str, by: Value) -> Value {
    json!({ "content": [{ "id": id, "docType": "expense", "docStatus": status, "erpSystemId": by,
                          "document": serde_json::from_str::<Value>(SAMPLE).unwrap() }] })
}

pub fn read(kind: DocumentKind, value: &Value) -> Document {
    super::read_document(kind, "f1", value.to_string().as_bytes()).unwrap()
}

#[test]
fn pitfall_01_a_lapsed_refresh_token_asks_a_person() {
    let SignedIn::Stale(why) = signed_in(400, &json!({ "code": 108, "error": "invalid_grant" })) else {
        panic!()
    };
    assert!(why.contains("six months") && why.contains("company request token"), "{why}");
    let tokens = json!({ "access_token": "a", "refresh_token": "r", "refresh_expires_in": 1_803_340_800 });
    let SignedIn::Tokens { refresh_until, .. } = signed_in(200, &tokens) else { panic!() };
    assert_eq!(
        refresh_until.as_second(),
        1_803_340_800,
        "so that a weekly refresh and warnings are possible"
    );
}

#[tokio::test]
async fn pitfall_02_the_base_address_is_asked_for_at_every_call() {
    let (concur, fake) = client(vec![ok(&listed("f1", "READY", Value::Null))]);
    concur.changes(None).await.unwrap();
    assert!(fake.paths()[0].starts_with('/'), "below what the tokens name: {}", fake.paths()[0]);
    let moved = json!({ "code": 16, "geolocation": "https://eu2.api.concursolutions.com" });
    assert!(
        matches!(signed_in(400, &moved), SignedIn::Moved(to) if to == "https://eu2.api.concursolutions.com")
    );
}

#[tokio::test]
async fn pitfall_03_a_hint_about_an_unlisted_document_is_concluded_from_its_status() {
    let (concur, fake) = client(vec![ok(&listed("f1", "ACKNOWLEDGED", json!("OTHER")))]);
    let found = concur.fetch(REPORT, "A1".into()).await.unwrap().unwrap();
    assert_eq!((found.status.as_str(), found.taken_by.as_deref()), ("ACKNOWLEDGED", Some("OTHER")));
    assert!(fake.paths()[0].contains("ignoreDocumentStatus=yes"));
}

#[tokio::test]
async fn pitfall_04_a_report_may_come_back_under_another_id() {
    let (concur, _) =
        client(vec![ok(&listed("f1", "READY", Value::Null)), ok(&listed("f2", "READY", Value::Null))]);
    let mut found = Vec::new();
    for _ in 0..2 {
        let item = concur.fetch(REPORT, "A1".into()).await.unwrap().unwrap();
        found.push(concur.read(REPORT, &item.source_id, &item.bytes).unwrap());
    }
    assert_ne!(found[0].source_id, found[1].source_id);
    assert_eq!(found[0].family, found[1].family, "the family is what they share");
}

#[tokio::test]
async fn pitfall_05_another_consumer_is_named() {
    let told = json!([{ "code": 101, "docId": "f1", "acknowledgeResult": "FAILURE",
                        "errorMessage": "This document was previously acknowledged by SystemId: MIDDLE." }]);
    let (concur, _) = client(vec![ok(&told)]);
    let heard = concur.acknowledge(REPORT, vec!["f1".into()]).await.unwrap();
    assert_eq!(heard[0].1, Heard::Taken("MIDDLE".into()));
}

#[tokio::test]
async fn pitfall_06_test_reports_other_ledgers_and_unknown_states_are_visible() {
    let mut v = with("/report/isTest", json!("Y"));
    v["report"]["ledgerCode"] = json!("SWISS");
    let document = expense(&v).unwrap();
    assert_eq!((document.is_test, document.ledger_code.as_str()), (true, "SWISS"));
    let (concur, _) = client(vec![ok(&listed("f1", "NEW_STATE", Value::Null))]);
    assert!(concur.changes(None).await.unwrap().items.is_empty(), "an unknown state is not ours to process");
}

#[test]
fn pitfall_07_numbers_keep_what_they_are() {
    let number = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    for (text, value) in [("125.50000000", "125.5"), ("0E-8", "0"), ("1500", "1500")] {
        let document = expense(&with(&format!("{JOURNAL}/amountGross"), number(text))).unwrap();
        assert_eq!(document.approved(), value.parse::<Decimal>().unwrap(), "{text}");
    }
    let document = expense(&with("/expenseEntry/0/entryExchangeRate", number("1.01814882032668"))).unwrap();
    assert_eq!(document.expenses[0].rate.as_deref(), Some("1/1.01814882032668"), "a rate is text");
    let mut yen = with("/report/employeeCurrencyAlphaCode", json!("JPY"));
    yen["expenseEntry"][0]["allocation"][0]["journal"][0]["amountGross"] = number("2688.00000000");
    assert_eq!(expense(&yen).unwrap().currency.exponent(), 0);
}

#[test]
fn pitfall_08_the_reimbursement_currency_is_posted_and_the_spend_is_text() {
    let document = expense(&sample()).unwrap();
    assert_eq!((document.currency.code(), document.approved().to_string()), ("USD", "26.88".into()));
    assert_eq!(document.expenses[0].spend.unwrap().to_string(), "24.00 EUR");
}

#[test]
fn pitfall_09_thirds_are_journal_amounts() {
    let mut v = sample();
    let share = v["expenseEntry"][0]["allocation"][0].clone();
    let thirds = ["8.96", "8.97", "8.95"].map(|gross| {
        let mut share = share.clone();
        share["allocationPercentage"] = json!(33.33);
        share["journal"][0]["amountGross"] = json!(gross);
        share
    });
    v["expenseEntry"][0]["allocation"] = json!(thirds);
    let document = expense(&v).unwrap();
    let gross: Vec<String> = document.journals().map(|(.., j)| j.gross.to_string()).collect();
    assert_eq!(gross, ["8.96", "8.97", "8.95"]);
}

#[test]
fn pitfall_10_a_refund_is_negative_and_swapped() {
    let mut v = with(&format!("{JOURNAL}/amountGross"), json!(-26.88));
    v["expenseEntry"][0]["allocation"][0]["journal"][0]["journalPayer"] = json!("COPD");
    v["expenseEntry"][0]["allocation"][0]["journal"][0]["journalPayee"] = json!("COMP");
    let document = expense(&v).unwrap();
    let (.., j) = document.journals().next().unwrap();
    assert_eq!((&j.payer, &j.payee, j.gross.is_sign_negative()), (&Party::Copd, &Party::Comp, true));
}

#[test]
fn pitfall_11_personal_items() {
    let mut v = with("/expenseEntry/0/entryIsPersonal", json!("Y"));
    v["expenseEntry"][0]["entryApprovedAmount"] = json!(0);
    let a = &mut v["expenseEntry"][0]["allocation"][0];
    a["allocationPercentage"] = Value::Null;
    a["journal"] = json!([
        { "journalAccountCode": "", "journalPayer": "COMP", "journalPayee": "CBCP", "amountGross": 300.0 },
        { "journalAccountCode": "", "journalPayer": "EMPL", "journalPayee": "COMP", "amountGross": -300.0 }]);
    let document = expense(&v).unwrap();
    assert_eq!((document.approved(), document.personal()), (Decimal::ZERO, Decimal::from(300)));
    let mut gone = sample();
    gone["expenseEntry"] = json!([]);
    assert!(expense(&gone).unwrap().expenses.is_empty(), "or missing completely");
}

#[test]
fn pitfall_12_an_advance_is_beside_gross_journals() {
    let applied = json!([{ "cashAdvanceId": "CA1", "cashAdvanceApplicationAmount": -20.0, "cashAdvanceTransactionType": 2 }]);
    let document = expense(&with("/cashAdvanceApplication", applied)).unwrap();
    assert_eq!(document.approved().to_string(), "26.88", "gross");
    assert_eq!(document.advances[0].amount, Decimal::from(-20), "to be subtracted from the payable");
    assert_eq!(read(DocumentKind::CashAdvance, &advance()).kind, DocumentKind::CashAdvance);
}

#[test]
fn pitfall_13_what_is_reclaimed_is_told_apart_from_tax() {
    let document = expense(&with("/expenseEntry/0/allocation/0/tax/0/amountReclaim", json!(0))).unwrap();
    let tax = &document.expenses[0].allocations[0].taxes[0];
    assert_eq!((tax.amount.to_string(), tax.reclaim), ("1.76".into(), Decimal::ZERO));
    assert_eq!(document.reclaimed(), Decimal::ZERO, "all of it stays in cost");
}

#[test]
fn pitfall_14_an_empty_account_code_stays_empty() {
    let document = expense(&with(&format!("{JOURNAL}/journalAccountCode"), json!("  "))).unwrap();
    let (.., journal) = document.journals().next().unwrap();
    assert_eq!(journal.account_code, "", "never a default");
}
