use serde_json::{Value, json};

use super::super::paid::tests::payment;
use super::super::testing::{client, ok, says};
use crate::model::document::DocumentKind;
use crate::systems::{CallError, Heard, PaidDocument, ReversedPayment, Source as _};

fn invoice(key: &str, id: &str) -> PaidDocument {
    PaidDocument { kind: DocumentKind::Invoice, family: id.into(), employee: false, ..payment(key, "fis") }
}

fn answer(done: &[&str], failed: &[(&str, &str)]) -> Value {
    let done: Vec<Value> =
        done.iter().map(|id| json!({ "requestId": id, "paymentStatus": "PAID" })).collect();
    let failed: Vec<Value> =
        failed.iter().map(|(id, why)| json!({ "requestId": id, "errorMessage": why })).collect();
    json!({ "status": "MULTI_STATUS", "successCount": done.len(), "failureCount": failed.len(),
            "successfulPayments": done, "failedPayments": failed })
}

#[tokio::test]
async fn the_row_of_the_contract() {
    let (concur, fake) = client(vec![ok(&answer(&["9b1d"], &[]))]);
    let mut one = invoice("P-1", "9B1D");
    (one.cheque, one.amount.amount) = (true, "25.5".parse().unwrap());
    assert_eq!(concur.paid(vec![one]).await.unwrap(), [("P-1".into(), Heard::Accepted)]);
    let asked = &fake.asked()[0];
    assert_eq!(asked.path, "/invoice/payment-confirmation/v4/payments/bulkUpdate");
    assert_eq!(
        asked.json(),
        json!([{ "requestId": "9B1D", "paymentStatus": "PAID", "paymentStatusDate": "2026-09-05",
                 "paymentMethodType": "CLIENT", "paymentAmount": 125.5, "invoiceAmount": 125.5,
                 "checkNumbers": ["5519"] }]),
        "the last part tells the whole, and the method never hands the payment to Concur"
    );
    assert_eq!(fake.kinds(), ["invoice_write"]);
}

#[tokio::test]
async fn a_207_is_read_row_by_row() {
    let failed = [("B", "No request found for requestId B")];
    let (concur, _) = client(vec![says(207, &answer(&["A"], &failed).to_string())]);
    let heard = concur.paid(vec![invoice("1", "A"), invoice("2", "B"), invoice("3", "C")]).await.unwrap();
    assert_eq!(heard[0].1, Heard::Accepted);
    assert_eq!(heard[1].1, Heard::Refused("No request found for requestId B".into()));
    assert!(matches!(&heard[2].1, Heard::Later(why) if why.contains("does not name")));
}

#[tokio::test]
async fn a_400_is_an_answer_and_is_not_asked_again() {
    let body = answer(&[], &[("A", "Invalid paymentStatusDate")]).to_string();
    let (concur, fake) = client(vec![says(400, &body)]);
    let heard = concur.paid(vec![invoice("1", "A")]).await.unwrap();
    assert_eq!(heard[0].1, Heard::Refused("Invalid paymentStatusDate".into()));
    assert_eq!(fake.asked().len(), 1);
    for body in ["<html/>", r#"{"errors":[{"errorCode":"x","errorMessage":"bad"}]}"#] {
        let (concur, _) = client(vec![says(400, body)]);
        let heard = concur.paid(vec![invoice("1", "A")]).await.unwrap().remove(0).1;
        assert!(matches!(&heard, Heard::Refused(why) if why.starts_with("400")), "{body}: {heard:?}");
    }
    let (concur, _) = client(vec![says(200, "<html/>")]);
    assert!(matches!(concur.paid(vec![invoice("1", "A")]).await, Err(CallError::Shape(_))));
}

#[tokio::test]
async fn not_extracted_is_paid_already_or_too_early() {
    let not_yet = || {
        says(400, &answer(&[], &[("A", "Request does not have a Payment Status of Extracted")]).to_string())
    };
    for (invoice_now, already) in [
        (
            ok(&json!({ "PaymentStatus": "Paid", "PaidAmount": "125.50000000", "PaidDate": "2026-09-05" })),
            true,
        ),
        (ok(&json!({ "PaymentStatus": "Paid", "PaidAmount": "25.50", "PaidDate": "2026-09-05" })), false),
        (ok(&json!({ "PaymentStatus": "Pending", "PaidAmount": "0.00", "PaidDate": null })), false),
        (says(404, ""), false),
        (says(200, "<x/>"), false),
    ] {
        let (concur, fake) = client(vec![not_yet(), invoice_now]);
        let heard = concur.paid(vec![invoice("1", "A")]).await.unwrap().remove(0).1;
        assert_eq!(heard == Heard::AlreadyFromUs, already, "{heard:?}");
        assert!(already || matches!(heard, Heard::Later(_)), "{heard:?}");
        assert_eq!(fake.paths()[1], "/api/v3.0/invoice/paymentrequest/A");
    }
}

#[tokio::test]
async fn a_payment_that_does_not_stand_is_void() {
    let (concur, fake) = client(vec![ok(&answer(&["A"], &[]))]);
    let reversed = ReversedPayment { payment: invoice("R", "A"), reason: "stopped".into() };
    assert_eq!(concur.payment_reversed(vec![reversed]).await.unwrap()[0].1, Heard::Accepted);
    let row = &fake.asked()[0].json()[0];
    assert_eq!((&row["paymentStatus"], &row["paymentAdjNotes"]), (&json!("VOID"), &json!("stopped")));
}
