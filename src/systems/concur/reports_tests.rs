use serde_json::{Value, json};

use super::super::testing::{client, ok, says};
use super::*;
use crate::systems::Source;
use crate::transport::Heard;

fn report(id: &str) -> Value {
    json!({ "ID": id, "Name": "Customer visit", "CurrencyCode": "USD", "TotalApprovedAmount": 155.0, "OwnerName": "Up, Made",
            "OwnerLoginID": "made.up@example.test", "ApprovalStatusCode": "A_APPR", "PaymentStatusCode": "P_PROC",
            "ProcessingPaymentDate": "2026-09-02T08:00:00.26", "Custom1": null, "OrgUnit1": { "Code": "US" } })
}

fn since() -> Date {
    "2026-09-01".parse().unwrap()
}

#[tokio::test]
async fn offsets_are_taken_out_of_the_next_page() {
    let (concur, fake) = client(vec![
        ok(
            &json!({ "Items": [report("A"), report("B")], "NextPage": "https://other.example/x?user=ALL&offset=gW%2Br%24&limit=1" }),
        ),
        ok(&json!({ "Items": [report("B"), report("C")], "NextPage": "bare$2" })),
        ok(&json!({ "Items": [report("D")], "NextPage": null })),
    ]);
    let listed = concur.reports(since()).await.unwrap();
    assert_eq!(listed.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(), ["A", "B", "C", "D"]);
    let a = &listed[0];
    assert_eq!((a.name.as_str(), a.owner.as_str()), ("Customer visit", "Up, Made"));
    assert_eq!((a.owner_login.as_str(), a.approval.as_str()), ("made.up@example.test", "A_APPR"));
    assert_eq!((a.payment.as_str(), a.approved.unwrap().to_string()), ("P_PROC", "155.00 USD".into()));
    assert_eq!(a.processed.as_deref(), Some("2026-09-02T08:00:00.26"));
    let first = "/api/v3.0/expense/reports?user=ALL&limit=100&processingPaymentDateAfter=2026-08-31";
    assert_eq!(
        fake.paths(),
        [first.to_owned(), format!("{first}&offset=gW%2Br%24"), format!("{first}&offset=bare%242")]
    );
}

#[tokio::test]
async fn a_repeated_offset_ends_the_list() {
    let page = || ok(&json!({ "Items": [report("A")], "NextPage": "https://x.example/y?offset=same" }));
    let (concur, fake) = client(vec![page(), page()]);
    assert_eq!(concur.reports(since()).await.unwrap().len(), 1);
    assert_eq!(fake.asked().len(), 2);
    let odd = ok(&json!({ "Items": null, "NextPage": "https://x.example/y" }));
    let (concur, _) = client(vec![odd]);
    assert_eq!(concur.reports(since()).await.unwrap().len(), 0, "an address without an offset is the end");
}

#[tokio::test]
async fn a_400_is_asked_once_more() {
    let deadlock = || says(400, r#"{"Error":{"Message":"deadlock","Id":"1"}}"#);
    let (concur, fake) = client(vec![deadlock(), ok(&json!({ "Items": [] }))]);
    assert!(concur.reports(since()).await.unwrap().is_empty());
    assert_eq!(fake.reported(), [Heard::Throttled(None), Heard::Fine]);
    let (concur, fake) = client(vec![deadlock(), deadlock()]);
    assert_eq!(concur.reports(since()).await.unwrap_err(), CallError::Refused("400: deadlock".into()));
    assert_eq!(fake.asked().len(), 2);
}

#[tokio::test]
async fn errors_in_xml() {
    let (concur, _) = client(vec![says(404, "<Error><Message>No such user</Message></Error>")]);
    assert_eq!(concur.reports(since()).await.unwrap_err(), CallError::Refused("404: No such user".into()));
    for other in ["<Reports/>", "[]", "{}", r#"{"Message":"?"}"#] {
        let (concur, _) = client(vec![says(200, other)]);
        assert!(matches!(concur.reports(since()).await, Err(CallError::Shape(_))), "no empty list: {other}");
    }
}

#[test]
fn escapes_of_offsets() {
    for (next, want) in [
        ("", None),
        ("abc", Some("abc")),
        ("a%24b", Some("a$b")),
        ("100%", Some("100%")),
        ("https://h/p", None),
        ("https://h/p?a=1&offset=", None),
        ("https://h/p?offset=x%zz%2", Some("x%zz%2")),
    ] {
        assert_eq!(offset(next).as_deref(), want, "{next}");
    }
}
