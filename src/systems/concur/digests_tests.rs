use serde_json::{Value, json};

use super::super::listed::tests::ask;
use super::super::testing::{client_with, ok};
use crate::systems::{CallError, ListedDocument, Source as _};
use crate::transport::{NetError, Reply};

fn digest(id: &str, approval: &str, extracted: Value, modified: &str) -> Value {
    json!({ "ID": id, "VendorName": "Candor Legal LLP", "InvoiceNumber": "INV-77", "ApprovalStatusCode": approval,
            "PaymentStatusCode": "P_NOTP", "Total": "113.00", "CurrencyCode": "USD", "OwnerName": "Up, Made",
            "IsDeleted": false, "CreateDate": "2026-08-01 09:00:00.0", "SubmitDate": "2026-08-02 09:00:00.0",
            "PaidDate": null, "ExtractedDate": extracted, "LastModifiedDate": modified })
}

async fn listed(answers: Vec<Result<Reply, NetError>>) -> Result<Vec<ListedDocument>, CallError> {
    let (concur, _) = client_with(answers, json!({ "doc_types": ["invoice"] }));
    concur.listed(ask()).await.map(|l| l.documents)
}

#[tokio::test]
async fn both_names_of_the_collection_and_of_the_id() {
    let mut other = digest("short", "A_PEND", Value::Null, "2026-09-10 10:00:00.0");
    other["PaymentRequestId"] = json!("9B1D30723CBF4F860000");
    other["PaymentRequestUri"] = json!("https://x");
    let first = digest("A", "A_APPR", json!("2026-09-12 10:00:00.0"), "2026-09-20 10:00:00.0");
    let documents = listed(vec![
        ok(&json!({ "PaymentRequestDigest": [first], "NextPage": "https://h/x?limit=1&offset=a%3D", "TotalCount": 2 })),
        ok(&json!({ "Items": [other], "NextPage": "" })),
    ])
    .await
    .unwrap();
    let [pending, approved] = documents.as_slice() else { panic!("{documents:?}") };
    assert_eq!((approved.family.as_str(), approved.number.as_str()), ("A", "INV-77"));
    assert_eq!(
        (approved.owner.as_str(), approved.amount.to_string()),
        ("Candor Legal LLP", "113.00 USD".into())
    );
    assert_eq!(approved.processed.unwrap().to_string(), "2026-09-12T10:00:00Z", "the earlier of the two");
    assert_eq!((pending.family.as_str(), pending.approved), ("9B1D30723CBF4F860000", false));
    assert_eq!(pending.processed, None);
    assert_eq!(pending.submitted.unwrap().to_string(), "2026-08-02T09:00:00Z");
}

#[tokio::test]
async fn approved_and_not_extracted_is_what_could_be_lost() {
    let documents =
        listed(vec![ok(&json!({ "Items": [digest("A", "A_APPR", Value::Null, "2026-09-20 10:00:00.0")] }))])
            .await
            .unwrap();
    assert!(documents[0].approved);
    assert_eq!(documents[0].processed.unwrap().to_string(), "2026-09-20T10:00:00Z");
}

#[tokio::test]
async fn what_does_not_belong_to_the_span_is_left_out() {
    let mut deleted = digest("D", "A_PEND", Value::Null, "2026-09-02 10:00:00.0");
    deleted["IsDeleted"] = json!(true);
    let all = [
        digest("old", "A_APPR", json!("2026-08-30 10:00:00.0"), "2026-09-20 10:00:00.0"),
        digest("edge", "A_APPR", json!("2026-08-31 10:00:00.0"), "2026-09-20 10:00:00.0"),
        digest("late", "A_APPR", Value::Null, "2026-11-20 10:00:00.0"),
        digest("waits", "A_ACCO", Value::Null, "2025-12-01 10:00:00.0"),
        digest("draft", "A_NOTF", Value::Null, "2026-09-20 10:00:00.0"),
        digest("back", "A_RESU", Value::Null, "2026-09-20 10:00:00.0"),
        deleted,
    ];
    let documents = listed(vec![ok(&json!({ "Items": all }))]).await.unwrap();
    let found: Vec<_> = documents.iter().map(|d| (d.family.as_str(), d.excluded)).collect();
    assert_eq!(
        found,
        [("D", true), ("edge", false), ("late", false), ("waits", false)],
        "one day more, changed later is kept"
    );
}

#[tokio::test]
async fn overlapping_pages_keep_the_newest_state() {
    let new = digest("A", "A_APPR", Value::Null, "2026-09-20 10:00:00.0");
    let old = digest("A", "A_PEND", Value::Null, "2026-09-19 10:00:00.0");
    for pair in [[new.clone(), old.clone()], [old, new.clone()], [new.clone(), new]] {
        let documents = listed(vec![ok(&json!({ "Items": pair, "NextPage": null }))]).await.unwrap();
        assert_eq!(documents.len(), 1);
        assert!(documents[0].approved);
    }
}

#[tokio::test]
async fn a_digest_without_a_total_spoils_the_list_visibly() {
    let mut broken = digest("A", "A_APPR", Value::Null, "2026-09-20 10:00:00.0");
    broken["Total"] = Value::Null;
    let why = listed(vec![ok(&json!({ "Items": [broken] }))]).await.unwrap_err().to_string();
    assert!(why.contains("invoice A"), "{why}");
}
