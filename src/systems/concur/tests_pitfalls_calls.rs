//! The checklist of the contract of Concur (section 10), rows 15 to 25.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::testing::{Fake, client, client_with, ok, says};
use super::tests_kinds::invoice;
use super::tests_pitfalls::{now, read, signed_in};
use super::tests_read::{expense, sample, with};
use super::{Concur, escaped_code, unescaped_code};
use crate::model::document::DocumentKind;
use crate::systems::{
    CallError, ConfirmedRecord, Heard, ListAsk, Lists as _, ReversedPayment, SignedIn, Source as _, Verdict,
};
use crate::transport::{NetError, Reply};

const REPORT: DocumentKind = DocumentKind::ExpenseReport;

fn listing(answers: Vec<Result<Reply, NetError>>, kinds: &str) -> (Concur, std::sync::Arc<Fake>, ListAsk) {
    let (concur, fake) = client_with(answers, json!({ "doc_types": [kinds] }));
    let ask = ListAsk { from: "2026-09-01".parse().unwrap(), to: "2026-09-30".parse().unwrap() };
    (concur, fake, ask)
}

#[tokio::test]
async fn pitfall_15_blanks_hyphens_and_dollar_signs() {
    assert_eq!(read(DocumentKind::Invoice, &invoice()).expenses[0].type_code, "OFFIC", "padded with blanks");
    assert_eq!((escaped_code("US-100").as_str(), unescaped_code("US~1100").as_str()), ("US~1100", "US-100"));
    let (concur, fake) = client(vec![says(404, "")]);
    concur.receipt(crate::systems::ReceiptHandle::Receipt("gWr$x".into())).await.unwrap();
    assert_eq!(fake.paths(), ["/api/image/v1.0/receipt/gWr%24x"]);
}

#[tokio::test]
async fn pitfall_16_forms_of_dates() {
    let document = read(DocumentKind::Invoice, &invoice());
    assert_eq!(document.invoice_date.unwrap().to_string(), "2026-10-28", "month first");
    assert_eq!(
        expense(&sample()).unwrap().report_date.unwrap().to_string(),
        "2026-08-31",
        "midnight UTC is cut"
    );
    let digest = json!({ "ID": "A", "ApprovalStatusCode": "A_PEND", "Total": "1.00", "CurrencyCode": "USD",
                         "SubmitDate": "2026-09-02 09:10:11.0", "LastModifiedDate": "2026-09-02 00:00:00.0" });
    let (concur, _, ask) = listing(vec![ok(&json!({ "Items": [digest] }))], "invoice");
    let submitted = concur.listed(ask).await.unwrap().documents[0].submitted.unwrap();
    assert_eq!(submitted.to_string(), "2026-09-02T09:10:11Z", "a blank and .0");
}

#[tokio::test]
async fn pitfall_17_success_statuses_with_failures_inside() {
    let failed = json!({ "Vendor": [{ "VendorCode": "V", "AddressCode": "A",
                                      "StatusList": [{ "Code": 1, "Message": "no", "Type": "error" }] }] });
    let (concur, _) = client(vec![ok(&failed)]);
    let vendor = crate::systems::VendorRecord {
        code: "V".into(),
        address_code: "A".into(),
        country: "US".into(),
        currency: Some(crate::model::money::Currency::USD),
        ..Default::default()
    };
    let put = concur.put_vendor(crate::systems::Change::Create(vendor), "k".into()).await.unwrap();
    assert!(matches!(put, crate::systems::Put::Refused { .. }), "{put:?}");
    let rows = json!({ "successfulPayments": [], "failedPayments": [{ "requestId": "Fd1", "errorMessage": "bad" }] });
    for status in [207, 400] {
        let (concur, _) = client(vec![says(status, &rows.to_string())]);
        let mut paid = super::paid::tests::payment("K", "d1");
        paid.kind = DocumentKind::Invoice;
        assert_eq!(concur.paid(vec![paid]).await.unwrap()[0].1, Heard::Refused("bad".into()));
    }
}

#[tokio::test]
async fn pitfall_18_next_pages_of_three_forms_and_two_names_of_a_collection() {
    let vendor = |code: &str| json!([{ "VendorCode": code, "AddressCode": "A" }]);
    let (concur, fake) = client(vec![
        ok(&json!({ "Vendor": vendor("1"), "NextPage": "https://internal/x?offset=a%2Bb&limit=1000" })),
        ok(&json!({ "Items": vendor("2"), "NextPage": "1000" })),
        ok(&json!({ "Vendor": vendor("3"), "NextPage": "1000" })),
    ]);
    assert_eq!(concur.vendors().await.unwrap().len(), 3);
    let offsets: Vec<_> =
        fake.paths().iter().map(|p| p.split("offset=").nth(1).unwrap_or("").to_owned()).collect();
    assert_eq!(offsets, ["", "a%2Bb", "1000"], "one that was seen before is the end");
}

#[test]
fn pitfall_19_expiries_of_a_token_answer() {
    let body = json!({ "access_token": "a", "refresh_token": "r", "expires_in": "1800", "refresh_expires_in": 1_803_340_800 });
    let SignedIn::Tokens { access_until, refresh_until, .. } = signed_in(200, &body) else { panic!() };
    assert_eq!(access_until, now() + SignedDuration::from_mins(30), "a duration, as text");
    assert_eq!(refresh_until.as_second(), 1_803_340_800, "an instant");
}

#[tokio::test]
async fn pitfall_20_an_untrue_confirmation_is_not_sent() {
    let record = ConfirmedRecord {
        company: "US01".into(),
        number: "JE-1".into(),
        fiscal_year: 2026,
        date: "2026-09-03".parse().unwrap(),
        internal: String::new(),
    };
    let verdict = |records: Vec<ConfirmedRecord>| Verdict {
        kind: REPORT,
        source_id: "f1".into(),
        records,
        message: Some("rejected".into()),
    };
    let (concur, fake) = client(vec![]);
    let failure = concur.refuse(vec![verdict(vec![record])]).await.unwrap();
    assert!(matches!(failure[0].1, Heard::Refused(_)), "a failure while a record is in the ledger");
    let success = concur.confirm(vec![verdict(vec![])]).await.unwrap();
    assert!(matches!(success[0].1, Heard::Refused(_)), "a success without a record");
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn pitfall_21_a_reversed_payment_is_told_with_a_new_reference_and_a_message() {
    let told =
        json!([{ "code": 0, "docId": "d1", "paymentConfirmationResult": "SUCCESS", "paymentRef": "K-2" }]);
    let (concur, fake) = client(vec![ok(&told)]);
    let payment = super::paid::tests::payment("K-2", "d1");
    let heard =
        concur.payment_reversed(vec![ReversedPayment { payment, reason: "voided".into() }]).await.unwrap();
    assert_eq!(heard, [("K-2".into(), Heard::Accepted)]);
    let element = &fake.asked()[0].json()["processingConfirmation"][0];
    assert_eq!(
        (&element["processingStatusCode"], &element["additionalMessage"]),
        (&json!("RE"), &json!("voided"))
    );
}

#[tokio::test]
async fn pitfall_22_an_older_state_never_replaces_a_newer_one() {
    let report = |status: &str, modified: &str| {
        json!({ "ID": "A", "ApprovalStatusCode": status, "Total": 1, "CurrencyCode": "USD",
                "LastModifiedDate": modified })
    };
    let (newer, older) = (report("A_ACCO", "2026-09-03T08:00:00"), report("A_PEND", "2026-09-02T08:00:00"));
    let mut answers = vec![ok(&json!({ "Items": [newer] })), ok(&json!({ "Items": [older] }))];
    answers.extend((0..4).map(|_| ok(&json!({ "Items": [] }))));
    let (concur, _, ask) = listing(answers, "expense");
    assert_eq!(concur.listed(ask).await.unwrap().documents[0].status, "A_ACCO");
}

#[test]
fn pitfall_23_the_number_of_a_revision_is_read() {
    for (value, number) in [(json!("2"), 2), (json!(3), 3), (Value::Null, 1)] {
        assert_eq!(expense(&with("/report/revisionNumber", value)).unwrap().revision_number, number);
    }
}

#[tokio::test]
async fn pitfall_24_a_second_403_is_a_missing_permission_and_ends() {
    let no = || says(403, r#"{"message":"user token"}"#);
    let (concur, fake) = client(vec![no(), no()]);
    let CallError::Refused(why) = concur.changes(None).await.unwrap_err() else { panic!() };
    assert!(why.contains("no permission") && why.contains("scope"), "{why}");
    assert_eq!((fake.asked().len(), fake.refreshed()), (2, 1), "renewed once, repeated once");
}

#[tokio::test]
async fn pitfall_25_entries_of_version_3_are_not_used() {
    let mut answers: Vec<_> = (0..6).map(|_| ok(&json!({ "Items": [] }))).collect();
    answers.push(ok(&json!({ "Items": [] })));
    let (concur, fake) = client(answers);
    let ask = ListAsk { from: "2026-09-01".parse().unwrap(), to: "2026-09-30".parse().unwrap() };
    concur.listed(ask).await.unwrap();
    assert!(
        fake.paths().iter().all(|p| !p.contains("/expense/entries")),
        "reports made by a delegate are missing there"
    );
}
