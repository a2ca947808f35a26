//! Payment confirmations of expense reports, and code 199.

use super::*;

fn payment(id: &str, word: &str, reference: &str) -> Value {
    json!({
        "docId": id, "processingStatusCode": word, "additionalMessage": if word == "RE" { "cheque bounced" } else { "" },
        "clearingDetails": [{
            "clearingDate": "2026-11-05T00:00:00.000Z", "clearingAmount": 451.5, "clearingCurrency": "USD",
            "receiver": {"receiverId": "E1002", "receiverName": "Ben Castellano", "receiverType": "EMPLOYEE"},
            "clearingReference": {"companyCode": "US01", "financialDocumentId": "B-1", "fiscalYear": "2026",
                "paymentRef": reference, "paymentMethod": "E"},
        }],
    })
}

async fn pay(bench: &Bench, item: Value) -> (u64, String) {
    let body = json!({"systemId": "TIEOUT", "processingConfirmation": [item]});
    let (status, answer) = bench.post(&format!("{EXPENSES}/paymentconfirmations"), &body).await;
    assert_eq!(status, 200, "{answer}");
    let one = &answer[0];
    (one["code"].as_u64().unwrap(), one["paymentConfirmationResult"].as_str().unwrap().to_owned())
}

fn result(code: u64, word: &str) -> (u64, String) {
    (code, word.to_owned())
}

#[tokio::test]
async fn a_payment_is_confirmed_once_and_taken_back_with_a_message() {
    let bench = Bench::new(FIRST_LOOK).await;
    let id = bench.id("N2HF5R");
    assert_eq!(pay(&bench, payment(&id, "CP", "BP-1")).await, result(298, "NOT_POSTING_CONFIRMED"));
    bench.acknowledge(&[&id], "TIEOUT").await;
    bench.confirm(vec![success(&id)], "TIEOUT").await;
    assert_eq!(pay(&bench, payment(&id, "PP", "BP-0")).await, result(0, "SUCCESS"));
    assert_eq!(bench.truth(&id)["docStatus"], "POSTING_CONFIRMED_SUCCESS");
    assert_eq!(pay(&bench, payment(&id, "CP", "BP-1")).await, result(0, "SUCCESS"));
    assert_eq!(bench.truth(&id)["docStatus"], "PAYMENT_CONFIRMED_SUCCESS");
    assert_eq!(pay(&bench, payment(&id, "CP", "BP-1")).await, result(298, "NOOP"));
    assert_eq!(pay(&bench, payment(&id, "CP", "BP-2")).await, result(213, "FAILURE"));
    let report = format!("/api/v3.0/expense/reports/{}", bench.business("N2HF5R"));
    let (_, shown) = bench.get(&format!("{report}?user=ben.castellano@fernhillquay.example")).await;
    assert_eq!(shown["PaymentStatusCode"], "P_PAYC");
    let mut silent = payment(&id, "RE", "BP-3");
    silent["additionalMessage"] = "".into();
    assert_eq!(pay(&bench, silent).await, result(298, "FAILURE"));
    assert_eq!(pay(&bench, payment(&id, "RE", "BP-3")).await, result(0, "SUCCESS"));
    assert_eq!(bench.truth(&id)["docStatus"], "PAYMENT_CONFIRMED_REVERSED");
    assert_eq!(bench.truth(&id)["paymentConfirmations"].as_array().unwrap().len(), 3);
    // the posting stays confirmed
    assert_eq!(bench.confirm(vec![success(&id)], "TIEOUT").await, [113]);
    assert_eq!(bench.acknowledge(&[&id], "TIEOUT").await, [101]);
}

#[tokio::test]
async fn objects_and_arrays_are_both_accepted_and_what_is_wrong_has_its_code() {
    let bench = Bench::new(FIRST_LOOK).await;
    let (id, other) = (bench.id("N2HF5R"), bench.id("B4Q7TN"));
    bench.acknowledge(&[&id, &other], "TIEOUT").await;
    bench.confirm(vec![success(&id), success(&other)], "TIEOUT").await;
    let changed = |pointer: &str, value: Value| {
        let mut item = payment(&id, "CP", "BP-9");
        *item.pointer_mut(pointer).unwrap() = value;
        item
    };
    let place = "/clearingDetails/0";
    for (item, code) in [
        (changed("/docId", "ffffffffffffffffffffffffffffffff".into()), 116),
        (changed("/docId", bench.business("N2HF5R").into()), 116),
        (changed("/docId", bench.id("HPT-2026-10").into()), 115),
        (changed("/processingStatusCode", "XX".into()), 198),
        (changed("/clearingDetails", json!([])), 198),
        (changed(&format!("{place}/clearingDate"), "2026-11-05".into()), 298),
        (changed(&format!("{place}/clearingDate"), "2026-11-05T00:00:00+00:00".into()), 298),
        (changed(&format!("{place}/clearingReference/paymentRef"), "".into()), 298),
        (changed(&format!("{place}/clearingAmount"), "451.50".into()), 198),
        (changed(&format!("{place}/receiver"), json!({})), 198),
    ] {
        assert_eq!(pay(&bench, item.clone()).await.0, code, "{item}");
    }
    let mut arrays = payment(&id, "CP", "BP-9");
    for name in ["receiver", "clearingReference"] {
        let one = arrays["clearingDetails"][0][name].take();
        arrays["clearingDetails"][0][name] = json!([one]);
    }
    arrays["clearingDetails"][0]["clearingDate"] = "20261105".into();
    assert_eq!(pay(&bench, arrays).await, result(0, "SUCCESS"));
    // one reference for one confirmation, whatever the document
    assert_eq!(pay(&bench, payment(&other, "CP", "BP-9")).await, result(298, "FAILURE"));
    let foreign = json!({"systemId": "OTHER", "processingConfirmation": [payment(&other, "CP", "BP-10")]});
    let (_, answer) = bench.post(&format!("{EXPENSES}/paymentconfirmations"), &foreign).await;
    assert_eq!((answer[0]["code"].as_u64(), &answer[0]["paymentRef"]), (Some(99), &json!("BP-10")));
    let invoices = EXPENSES.replace("expense", "invoice");
    assert_eq!(bench.post(&format!("{invoices}/paymentconfirmations"), &foreign).await.0, 405);
}

#[tokio::test]
async fn the_server_can_fail_for_unknown_reasons() {
    let bench = Bench::new(FIRST_LOOK).await;
    let id = bench.id("N2HF5R");
    bench.acknowledge(&[&id], "TIEOUT").await;
    bench.set("server_errors", json!(2));
    assert_eq!(bench.confirm(vec![success(&id)], "TIEOUT").await, [199]);
    assert_eq!(bench.truth(&id)["docStatus"], "ACKNOWLEDGED");
    assert_eq!(pay(&bench, payment(&id, "CP", "BP-1")).await, result(199, "SYSTEM_ERROR_OCCURRED"));
    assert_eq!(bench.confirm(vec![success(&id)], "TIEOUT").await, [0]);
}
