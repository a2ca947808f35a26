use std::slice::from_ref;

use serde_json::{Value, json};

use super::super::testing::{client, client_with, ok, says};
use super::*;
use crate::systems::Source as _;
use crate::transport::{NetError, Reply};

pub fn ask() -> ListAsk {
    ListAsk { from: "2026-09-01".parse().unwrap(), to: "2026-09-30".parse().unwrap() }
}

fn report(id: &str, approval: &str, processed: Value) -> Value {
    json!({ "ID": id, "Name": "Customer visit", "Total": 160.0, "TotalClaimedAmount": 157.5, "TotalApprovedAmount": 155.0,
            "CurrencyCode": "USD", "OwnerName": "Up, Made", "LedgerName": "DEFAULT", "ApprovalStatusCode": approval,
            "PaymentStatusCode": "P_PROC", "ProcessingPaymentDate": processed, "SubmitDate": "2026-09-01T16:02:11",
            "LastModifiedDate": "2026-09-02T08:00:00.26", "OrgUnit1": { "Code": "US" }, "Custom1": null })
}

fn page(reports: &[Value]) -> Result<Reply, NetError> {
    ok(&json!({ "Items": reports, "NextPage": null }))
}

/// Reports alone: processed, pending and unpaid, without and with test users.
async fn reports(answers: [&[Value]; 6]) -> Vec<ListedDocument> {
    let settings = json!({ "doc_types": ["expense"] });
    let (concur, _) = client_with(answers.into_iter().map(page).collect(), settings);
    concur.listed(ask()).await.unwrap().documents
}

#[tokio::test]
async fn what_is_asked_for() {
    let none = || page(&[]);
    let digests = ok(&json!({ "PaymentRequestDigest": [] }));
    let (concur, fake) = client(vec![none(), none(), none(), none(), none(), none(), digests]);
    let listing = concur.listed(ask()).await.unwrap();
    assert_eq!(listing.documents, []);
    assert_eq!(listing.unlisted, [DocumentKind::CashAdvance], "Concur has no list of advances");
    let paths = fake.paths();
    let reports = "/api/v3.0/expense/reports?user=ALL&limit=100";
    assert_eq!(
        paths[0],
        format!(
            "{reports}&processingPaymentDateAfter=2026-08-31&processingPaymentDateBefore=2026-10-02&isTestUser=false"
        ),
        "a day more on both sides"
    );
    assert_eq!(
        paths[1],
        format!(
            "{reports}&approvalStatusCode=A_FILE%2CA_PEND%2CA_ACCO%2CA_AAFH%2CA_EXTV%2CA_PBDG%2CA_PECO%2CA_PVAL%2CA_RHLD\
             %2CA_TEXP&submitDateBefore=2026-10-02&isTestUser=false"
        )
    );
    assert!(
        paths[2].contains("approvalStatusCode=A_APPR&paymentStatusCode=P_NOTP%2CP_HOLD%2CP_PROC"),
        "{}",
        paths[2]
    );
    assert!(paths[3..6].iter().all(|p| p.ends_with("isTestUser=true")));
    assert_eq!(
        paths[6],
        "/api/v3.0/invoice/paymentrequestdigests?limit=1000&lastModifiedDateAfter=2025-08-29&createDateBefore=2026-10-03"
    );
    assert_eq!(fake.kinds(), ["v3"; 7]);
}

#[tokio::test]
async fn an_approved_report_and_a_pending_one() {
    let approved = report("A", "A_APPR", json!("2026-09-02T08:00:00.26"));
    let pending = report("B", "A_PEND", Value::Null);
    let listed = reports([&[approved], &[pending], &[], &[], &[], &[]]).await;
    let [a, b] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!((a.family.as_str(), a.ledger.as_str(), a.owner.as_str()), ("A", "DEFAULT", "Up, Made"));
    assert_eq!((a.amount.to_string(), a.approved), ("155.00 USD".into(), true));
    assert_eq!(a.processed.unwrap().to_string(), "2026-09-02T08:00:00.26Z", "without a zone it is UTC");
    assert_eq!(a.submitted.unwrap().to_string(), "2026-09-01T16:02:11Z");
    assert_eq!((b.amount.to_string(), b.approved, b.processed), ("157.50 USD".into(), false, None));
    assert_eq!(b.status, "A_PEND");
    assert!(!a.excluded && !b.excluded);
}

#[tokio::test]
async fn approved_without_a_processing_date_is_not_lost() {
    let waiting = report("A", "A_APPR", Value::Null);
    let earlier = report("B", "A_APPR", json!("2026-07-02T08:00:00"));
    let edge = report("C", "A_APPR", json!("2026-10-01T23:59:59"));
    let listed = reports([&[], &[], &[waiting, earlier, edge], &[], &[], &[]]).await;
    let found: Vec<_> = listed.iter().map(|d| (d.family.as_str(), d.approved)).collect();
    assert_eq!(found, [("A", true), ("C", true)], "what was processed in another span is not of this one");
}

#[tokio::test]
async fn a_report_of_a_test_user_is_marked() {
    let (real, test) = (report("A", "A_PEND", Value::Null), report("T", "A_PEND", Value::Null));
    let listed = reports([&[], &[real], &[], &[], &[test], &[]]).await;
    let found: Vec<_> = listed.iter().map(|d| (d.family.as_str(), d.excluded)).collect();
    assert_eq!(found, [("A", false), ("T", true)]);
    let both = report("A", "A_PEND", Value::Null);
    let listed = reports([&[], from_ref(&both), &[], &[], from_ref(&both), &[]]).await;
    assert!(!listed[0].excluded, "a filter that is ignored makes nobody a test user");
}

#[tokio::test]
async fn an_older_state_never_replaces_a_newer_one() {
    let newer = report("A", "A_APPR", json!("2026-09-03T08:00:00"));
    let mut older = report("A", "A_PEND", Value::Null);
    older["LastModifiedDate"] = json!("2026-09-01T08:00:00");
    let listed = reports([&[newer], &[older], &[], &[], &[], &[]]).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].status, "A_APPR");
}

#[tokio::test]
async fn a_report_without_an_amount_spoils_the_list_visibly() {
    for (pointer, value) in [("CurrencyCode", Value::Null), ("ProcessingPaymentDate", json!("yesterday"))] {
        let mut broken = report("A", "A_APPR", Value::Null);
        broken[pointer] = value;
        let settings = json!({ "doc_types": ["expense"] });
        let (concur, _) = client_with(vec![page(&[broken])], settings);
        let CallError::Shape(why) = concur.listed(ask()).await.unwrap_err() else { panic!() };
        assert!(why.contains("report A"), "{why}");
    }
    let mut bare = report("A", "A_APPR", Value::Null);
    bare["TotalApprovedAmount"] = Value::Null;
    let listed = reports([&[], &[], &[bare], &[], &[], &[]]).await;
    assert_eq!(listed[0].amount.to_string(), "157.50 USD", "the claimed amount stands in");
}

#[tokio::test]
async fn without_the_invoice_product_the_kind_is_unlisted() {
    for status in [403, 404] {
        let none = || page(&[]);
        let no = || says(status, "<Error><Message>no</Message></Error>");
        let mut answers = vec![none(), none(), none(), none(), none(), none(), no()];
        answers.extend((status == 403).then(no));
        let (concur, _) = client(answers);
        let listing = concur.listed(ask()).await.unwrap();
        assert_eq!(listing.unlisted, [DocumentKind::CashAdvance, DocumentKind::Invoice]);
    }
    let (concur, fake) = client_with(vec![], json!({ "doc_types": ["cashadvance"] }));
    let listing = concur.listed(ask()).await.unwrap();
    assert_eq!(listing.unlisted.len(), 3);
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn trouble_of_the_connection_is_no_empty_list() {
    let (concur, _) = client(vec![says(503, "")]);
    assert!(matches!(concur.listed(ask()).await, Err(CallError::Offline { .. })));
    let (concur, _) = client(vec![says(429, "")]);
    assert_eq!(concur.listed(ask()).await.unwrap_err(), CallError::Throttled(None));
}
