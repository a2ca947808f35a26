use serde_json::{Value, json};

use super::super::testing::{client, client_with, ok, says};
use super::*;
use crate::model::Money;
use crate::model::money::Currency;
use crate::systems::Source as _;
use crate::transport::NetError;

pub fn payment(key: &str, document: &str) -> PaidDocument {
    let usd = |text: &str| Money::new(text.parse().unwrap(), Currency::USD);
    PaidDocument {
        key: key.into(),
        kind: DocumentKind::ExpenseReport,
        source_id: document.into(),
        family: format!("F{document}"),
        amount: usd("125.50"),
        total: usd("125.50"),
        complete: true,
        date: "2026-09-05".parse().unwrap(),
        number: "5519".into(),
        cheque: false,
        payee: ("E1007".into(), "Made Up".into()),
        employee: true,
        record: ("US01".into(), "JE-10017".into(), 2026),
    }
}

fn told(document: &str, code: Value, result: &str, reference: &str) -> Value {
    json!({ "code": code, "docId": document, "systemId": "TIEOUT", "paymentConfirmationResult": result,
            "paymentRef": reference, "errorMessage": "", "detailMessage": null })
}

async fn heard(answer: &Value) -> Heard {
    let (concur, _) = client(vec![ok(answer)]);
    concur.paid(vec![payment("BP-1", "d1")]).await.unwrap().remove(0).1
}

#[tokio::test]
async fn the_body_of_the_contract() {
    let (concur, fake) = client(vec![ok(&json!([told("D1", json!(0), "SUCCESS", "BP-1")]))]);
    assert_eq!(concur.paid(vec![payment("BP-1", "d1")]).await.unwrap(), [("BP-1".into(), Heard::Accepted)]);
    let asked = &fake.asked()[0];
    assert_eq!(
        asked.path,
        "/financialintegration/fi/v4/companies/transactiontypes/expense/transactions/paymentconfirmations"
    );
    assert_eq!(
        asked.json(),
        json!({ "systemId": "TIEOUT", "processingConfirmation": [{
            "docId": "d1", "processingStatusCode": "CP", "additionalMessage": "",
            "clearingDetails": [{
                "clearingDate": "2026-09-05T00:00:00.000Z", "clearingAmount": 125.5, "clearingCurrency": "USD",
                "receiver": { "receiverId": "E1007", "receiverName": "Made Up", "receiverType": "EMPLOYEE" },
                "clearingReference": { "companyCode": "US01", "financialDocumentId": "JE-10017", "fiscalYear": "2026",
                                       "paymentRef": "BP-1", "paymentMethod": "E" } }] }] })
    );
    assert_eq!(fake.kinds(), ["fis_write"]);
}

#[tokio::test]
async fn a_part_a_cheque_and_a_supplier() {
    let (concur, fake) = client(vec![ok(&json!([told("d1", json!(0), "SUCCESS", "")]))]);
    let mut part = payment("BP-1", "d1");
    (part.complete, part.cheque, part.employee) = (false, true, false);
    part.amount = Money::new("1234567.89".parse().unwrap(), Currency::USD);
    assert_eq!(concur.paid(vec![part]).await.unwrap()[0].1, Heard::Accepted);
    let element = &fake.asked()[0].json()["processingConfirmation"][0];
    assert_eq!(element["processingStatusCode"], "PP");
    let detail = &element["clearingDetails"][0];
    assert_eq!(detail["clearingAmount"].to_string(), "1234567.89", "a number, to the last unit");
    assert_eq!(detail["clearingReference"]["paymentMethod"], "C");
    assert_eq!(detail["receiver"]["receiverType"], "VENDOR");
}

#[tokio::test]
async fn each_code_has_its_meaning() {
    let said = |code: Value, result: &str, text: &str| {
        let mut element = told("d1", code, result, "BP-1");
        element["errorMessage"] = text.into();
        json!([element])
    };
    assert_eq!(heard(&said(json!("0"), "FAILURE", "")).await, Heard::Accepted, "the code decides");
    assert_eq!(heard(&said(Value::Null, "SUCCESS", "")).await, Heard::Accepted);
    assert_eq!(heard(&said(json!(213), "FAILURE", "")).await, Heard::AlreadyFromUs);
    assert_eq!(heard(&said(json!(298), "NOOP", "")).await, Heard::AlreadyFromUs);
    assert_eq!(heard(&said(json!(298), "FAILURE", "paymentRef already exists")).await, Heard::AlreadyFromUs);
    assert!(matches!(heard(&said(json!(298), "FAILURE", "bad date")).await, Heard::Refused(_)));
    assert!(matches!(heard(&said(json!(298), "NOT_POSTING_CONFIRMED", "")).await, Heard::Later(_)));
    assert!(matches!(heard(&said(Value::Null, "NOT_POSTING_CONFIRMED", "")).await, Heard::Later(_)));
    assert!(matches!(heard(&said(json!(199), "SYSTEM_ERROR_OCCURRED", "")).await, Heard::Later(_)));
    assert_eq!(heard(&said(json!(112), "FAILURE", "")).await, Heard::Recalled);
    for code in [104, 105, 115, 116, 198, 7] {
        assert!(matches!(heard(&said(json!(code), "FAILURE", "no")).await, Heard::Refused(_)), "{code}");
    }
    assert!(
        matches!(heard(&said(json!(99), "FAILURE", "")).await, Heard::Refused(why) if why.contains("settings"))
    );
    assert!(matches!(heard(&json!([])).await, Heard::Later(_)), "what is missing is asked again");
}

#[tokio::test]
async fn payments_of_one_document_go_one_after_the_other() {
    let (concur, fake) = client(vec![
        ok(&json!([told("d2", json!(0), "", "C"), told("d1", json!(0), "", "A")])),
        ok(&json!([told("d1", json!(213), "", "B")])),
    ]);
    let (mut a, b) = (payment("A", "d1"), payment("B", "d1"));
    a.complete = false;
    let heard = concur.paid(vec![a, payment("C", "d2"), b]).await.unwrap();
    assert_eq!(
        heard,
        [("A".into(), Heard::Accepted), ("C".into(), Heard::Accepted), ("B".into(), Heard::AlreadyFromUs)]
    );
    let words = |at: usize| fake.asked()[at].json()["processingConfirmation"].as_array().unwrap().len();
    assert_eq!((words(0), words(1)), (2, 1), "the part before the rest");
}

#[tokio::test]
async fn an_answer_about_another_payment_is_not_ours() {
    let (concur, _) = client(vec![ok(&json!([told("d1", json!(0), "SUCCESS", "other")]))]);
    assert!(matches!(concur.paid(vec![payment("A", "d1")]).await.unwrap()[0].1, Heard::Later(_)));
}

#[tokio::test]
async fn what_would_be_untrue_is_not_sent() {
    let with = |change: fn(&mut PaidDocument)| {
        let mut p = payment("K", "d1");
        change(&mut p);
        p
    };
    let (concur, fake) = client(vec![]);
    let heard = concur
        .paid(vec![
            with(|p| p.kind = DocumentKind::CashAdvance),
            with(|p| p.amount.amount = Decimal::ZERO),
            with(|p| p.amount.amount = Decimal::NEGATIVE_ONE),
            with(|p| p.amount.amount = Decimal::new(1_005, 3)),
            with(|p| p.amount.currency = Currency::EUR),
            with(|p| p.key = " ".into()),
            with(|p| p.source_id.clear()),
            with(|p| (p.kind, p.family) = (DocumentKind::Invoice, String::new())),
            with(|p| (p.kind, p.complete) = (DocumentKind::Invoice, false)),
        ])
        .await
        .unwrap();
    assert_eq!(heard.len(), 9);
    assert!(heard.iter().all(|(_, h)| matches!(h, Heard::Refused(_))), "{heard:?}");
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn a_reversal_has_a_key_and_a_reason_of_its_own() {
    let (concur, fake) = client(vec![ok(&json!([told("d1", json!(0), "SUCCESS", "RV-1")]))]);
    let reversed = |reason: &str| ReversedPayment { payment: payment("RV-1", "d1"), reason: reason.into() };
    let heard = concur.payment_reversed(vec![reversed("cheque 5519 was stopped")]).await.unwrap();
    assert_eq!(heard, [("RV-1".into(), Heard::Accepted)]);
    let element = &fake.asked()[0].json()["processingConfirmation"][0];
    assert_eq!(
        (&element["processingStatusCode"], &element["additionalMessage"]),
        (&json!("RE"), &json!("cheque 5519 was stopped"))
    );
    let heard = concur.payment_reversed(vec![reversed(" ")]).await.unwrap();
    assert!(matches!(&heard[0].1, Heard::Refused(why) if why.contains("reason")));
}

#[tokio::test]
async fn a_failure_after_an_answer_loses_no_answer_and_is_not_run_into_again() {
    let all = || vec![payment("A", "d1"), payment("B", "d2"), payment("C", "d3")];
    let first = ok(&json!([told("d1", json!(0), "", "")]));
    let (concur, fake) = client_with(vec![first, says(503, "maintenance")], json!({ "ack_chunk": 1 }));
    let mut heard = concur.paid(all()).await.unwrap();
    heard.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(heard[0], ("A".into(), Heard::Accepted));
    for (_, waits) in &heard[1..] {
        assert!(matches!(waits, Heard::Later(why) if why.contains("maintenance")), "{waits:?}");
    }
    assert_eq!((heard.len(), fake.asked().len()), (3, 2));
    let lost = NetError::MaybeSent { reason: "reset".into(), timed_out: false };
    let (concur, _) = client(vec![Err(lost)]);
    assert!(matches!(concur.paid(all()).await, Err(CallError::Offline { timed_out: false, .. })));
}

#[tokio::test]
async fn a_bad_element_keeps_nobody_waiting() {
    let (concur, fake) = client(vec![
        says(400, r#"{"message":"unreadable"}"#),
        ok(&json!([told("d1", json!(0), "", "")])),
        says(400, r#"{"message":"unreadable"}"#),
    ]);
    let heard = concur.paid(vec![payment("A", "d1"), payment("B", "d2")]).await.unwrap();
    assert_eq!(
        heard,
        [("A".into(), Heard::Accepted), ("B".into(), Heard::Refused("400: unreadable".into()))]
    );
    assert_eq!(fake.asked().len(), 3);
}

#[tokio::test]
async fn a_closed_way_does_not_close_the_other() {
    let no = || says(403, r#"{"message":"scope"}"#);
    let invoice = PaidDocument { kind: DocumentKind::Invoice, ..payment("I", "d2") };
    let done = ok(&json!({ "successfulPayments": [{ "requestId": "Fd2" }] }));
    let (concur, _) = client(vec![no(), no(), done]);
    let heard = concur.paid(vec![payment("A", "d1"), invoice.clone()]).await.unwrap();
    assert!(
        matches!(&heard[0], (key, Heard::Later(why)) if key == "A" && why.contains("scope")),
        "{heard:?}"
    );
    assert_eq!(heard[1], ("I".into(), Heard::Accepted));
    let (concur, fake) = client(vec![says(429, "")]);
    assert_eq!(concur.paid(vec![payment("A", "d1"), invoice]).await, Err(CallError::Throttled(None)));
    assert_eq!(fake.asked().len(), 1, "a quota is not run into again");
}
