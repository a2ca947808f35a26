use serde_json::{Value, json};

use super::super::testing::{client, ok, says};
use super::*;
use crate::systems::{ConfirmedRecord, Source};

fn record(number: &str, internal: &str) -> ConfirmedRecord {
    ConfirmedRecord {
        company: "9341".into(),
        number: number.into(),
        fiscal_year: 2026,
        date: "2026-09-03".parse().unwrap(),
        internal: internal.into(),
    }
}

fn posted(id: &str) -> Verdict {
    Verdict {
        kind: DocumentKind::ExpenseReport,
        source_id: id.into(),
        records: vec![record("TO1", "Bill 151"), record("TO2", "JournalEntry 152")],
        message: None,
    }
}

fn refused(id: &str) -> Verdict {
    Verdict { records: vec![], message: Some("Account 6100 is not ours".into()), ..posted(id) }
}

fn told(id: &str, code: Value, result: &str) -> Value {
    json!({ "code": code, "docId": id, "systemId": null, "postingConfirmationResult": result,
            "errorMessage": "", "detailMessage": "why" })
}

#[tokio::test]
async fn a_success_names_every_record() {
    let (concur, fake) = client(vec![ok(&json!([told("a", json!(0), "SUCCESS")]))]);
    let heard = concur.confirm(vec![posted("a")]).await.unwrap();
    assert_eq!(heard, [("a".to_owned(), Heard::Accepted)]);
    let asked = &fake.asked()[0];
    assert!(asked.path.ends_with("/transactiontypes/expense/transactions/postingconfirmations"));
    let message = |text: &str| {
        json!({ "concurTransactionLineItemId": "", "messageId": "TO-RECORD", "messageLanguage": "EN",
                "messageShortText": text, "messageLongText": text })
    };
    let doc = |number: &str| {
        json!({ "companyId": "9341", "documentNumber": number, "fiscalYear": "2026",
                "paymentRelevantLineItems": [], "postingDate": "2026-09-03" })
    };
    assert_eq!(
        asked.json(),
        json!({ "systemId": "TIEOUT", "postingConfirmations": [{
            "docId": "a", "overallPostingStatusCode": "success", "postingDocs": [doc("TO1"), doc("TO2")],
            "systemMessages": [message("Bill 151"), message("JournalEntry 152")] }] })
    );
}

#[tokio::test]
async fn a_guid_goes_as_its_digits_and_another_long_company_is_not_sent() {
    let (concur, fake) = client(vec![ok(&json!([told("a", json!(0), "SUCCESS")]))]);
    let mut verdict = posted("a");
    for record in &mut verdict.records {
        record.company = "{3B5F0C0E-6C1A-4B7D-9E52-FA0F51D2C8A6}".into();
    }
    concur.confirm(vec![verdict]).await.unwrap();
    let body = fake.asked()[0].json();
    let company = &body["postingConfirmations"][0]["postingDocs"][0]["companyId"];
    assert_eq!(company, "3B5F0C0E6C1A4B7D9E52FA0F51D2C8A6");
    let mut long = posted("a");
    for record in &mut long.records {
        record.company = "a company whose id is longer than thirty-two".into();
    }
    let heard = concur.confirm(vec![long]).await.unwrap();
    assert!(!matches!(heard[0].1, Heard::Accepted), "{heard:?}");
    assert_eq!(fake.asked().len(), 1);
}

#[tokio::test]
async fn a_refusal_names_no_record_but_the_reason() {
    let (concur, fake) = client(vec![ok(&json!([told("a", json!(0), "SUCCESS")]))]);
    let long = Verdict { message: Some("é".repeat(2000)), ..refused("a") };
    assert_eq!(concur.refuse(vec![long]).await.unwrap()[0].1, Heard::Accepted);
    let body = fake.asked()[0].json();
    let said = &body["postingConfirmations"][0];
    assert_eq!(said["overallPostingStatusCode"], "error");
    assert_eq!(said["postingDocs"], json!([]));
    assert_eq!(said["systemMessages"][0]["messageShortText"].as_str().unwrap().chars().count(), 1300);
}

#[tokio::test]
async fn nothing_to_post_is_said_with_the_reference() {
    let (concur, fake) = client(vec![ok(&json!([told("a", json!(0), "SUCCESS")]))]);
    let none = Verdict {
        records: vec![record("TO0000000AB", "")],
        message: Some("nothing to post".into()),
        ..posted("a")
    };
    concur.confirm(vec![none]).await.unwrap();
    let said = fake.asked()[0].json()["postingConfirmations"][0].clone();
    assert_eq!(said["postingDocs"][0]["documentNumber"], "TO0000000AB");
    assert_eq!(said["systemMessages"].as_array().unwrap().len(), 1);
    assert_eq!(said["systemMessages"][0]["messageShortText"], "nothing to post");
}

#[tokio::test]
async fn what_would_be_untrue_is_not_sent() {
    let (concur, fake) = client(vec![]);
    let in_ledger = Verdict { message: Some("no".into()), ..posted("a") };
    assert!(matches!(&concur.refuse(vec![in_ledger]).await.unwrap()[0].1, Heard::Refused(_)));
    assert!(matches!(&concur.confirm(vec![refused("a")]).await.unwrap()[0].1, Heard::Refused(_)));
    let wordless = Verdict { message: Some("  ".into()), ..refused("a") };
    assert!(matches!(&concur.refuse(vec![wordless]).await.unwrap()[0].1, Heard::Refused(_)));
    let long = Verdict { records: vec![record(&"x".repeat(81), "")], ..posted("a") };
    assert!(matches!(&concur.confirm(vec![long]).await.unwrap()[0].1, Heard::Refused(_)));
    assert_eq!(fake.asked().len(), 0);
}

#[tokio::test]
async fn each_code_has_its_meaning() {
    for (code, result, want) in [
        (json!(0), "SUCCESS", Heard::Accepted),
        (json!(113), "FAILURE", Heard::AlreadyFromUs),
        (json!(112), "FAILURE", Heard::Recalled),
        (json!(114), "FAILURE", Heard::Refused("114: why".into())),
        (json!(115), "FAILURE", Heard::Refused("115: why".into())),
        (json!(116), "FAILURE", Heard::Refused("116: why".into())),
        (json!(116), "DOCUMENT_NOT_FOUND", Heard::Refused("116: why".into())),
        (json!(198), "FAILURE", Heard::Refused("198: why".into())),
        (json!(199), "FAILURE", Heard::Later("199: why".into())),
        (Value::Null, "SYSTEM_ERROR_OCCURRED", Heard::Later("no code: why".into())),
        (Value::Null, "SUCCESS", Heard::Accepted),
        (Value::Null, "WAS_RECALLED", Heard::Recalled),
        (Value::Null, "DOCUMENT_NOT_FOUND", Heard::Refused("no code: why".into())),
    ] {
        let (concur, _) = client(vec![ok(&json!([told("a", code.clone(), result)]))]);
        assert_eq!(concur.confirm(vec![posted("a")]).await.unwrap()[0].1, want, "{code} {result}");
    }
    let (concur, _) = client(vec![ok(&json!([told("a", json!(99), "FAILURE")]))]);
    let heard = concur.confirm(vec![posted("a")]).await.unwrap();
    assert!(matches!(&heard[0].1, Heard::Refused(s) if s.contains("system id")));
    let (concur, _) = client(vec![ok(&json!([]))]);
    assert!(matches!(&concur.confirm(vec![posted("a")]).await.unwrap()[0].1, Heard::Later(_)));
}

#[tokio::test]
async fn what_is_not_acknowledged_is_acknowledged_and_said_once_more() {
    let first =
        || ok(&json!([told("a", json!(0), "SUCCESS"), told("b", json!(111), "NOT_YET_ACKNOWLEDGED")]));
    let acked =
        |code: i64| ok(&json!([{ "code": code, "docId": "b", "errorMessage": "by SystemId: OTHER." }]));
    let second = |code: i64| ok(&json!([told("b", json!(code), "")]));
    let both = || vec![posted("a"), posted("b")];
    let (concur, fake) = client(vec![first(), acked(0), second(0)]);
    let heard = concur.confirm(both()).await.unwrap();
    assert_eq!(heard, [("a".to_owned(), Heard::Accepted), ("b".to_owned(), Heard::Accepted)]);
    assert_eq!(fake.asked()[1].json()["ids"], json!(["b"]));
    assert_eq!(fake.kinds(), [super::super::WRITES[0]; 3], "a write never probes a breaker");
    assert_eq!(fake.asked()[2].json()["postingConfirmations"].as_array().unwrap().len(), 1);
    let (concur, fake) = client(vec![first(), acked(0), second(111)]);
    assert!(matches!(&concur.confirm(both()).await.unwrap()[1].1, Heard::Later(_)));
    assert_eq!(fake.asked().len(), 3, "once, not for ever");
    let (concur, _) = client(vec![first(), acked(101)]);
    assert!(matches!(&concur.confirm(both()).await.unwrap()[1].1, Heard::Refused(s) if s.contains("OTHER")));
    let (concur, _) = client(vec![first(), acked(102)]);
    assert_eq!(concur.confirm(both()).await.unwrap()[1].1, Heard::Recalled);
    let (concur, _) = client(vec![first(), says(500, "")]);
    let heard = concur.confirm(both()).await.unwrap();
    assert_eq!(heard[0].1, Heard::Accepted, "an answer that is there is not lost");
    assert!(matches!(heard[1].1, Heard::Later(_)));
}

#[tokio::test]
async fn kinds_go_to_their_own_address() {
    let (concur, fake) = client(vec![
        ok(&json!([told("a", json!(0), "SUCCESS")])),
        ok(&json!([told("i", json!(0), "SUCCESS")])),
        says(503, ""),
    ]);
    let of = |kind, id: &str| Verdict { kind, ..posted(id) };
    let heard = concur
        .confirm(vec![
            of(DocumentKind::CashAdvance, "c"),
            of(DocumentKind::Invoice, "i"),
            of(DocumentKind::ExpenseReport, "a"),
        ])
        .await
        .unwrap();
    let words: Vec<String> = fake.paths().iter().map(|p| p.split('/').nth(6).unwrap().to_owned()).collect();
    assert_eq!(words, ["expense", "invoice", "cashadvance"]);
    assert_eq!(heard.len(), 3);
    assert!(matches!(&heard[2], (id, Heard::Later(_)) if id == "c"));
    let (concur, _) = client(vec![says(500, "")]);
    assert!(matches!(concur.confirm(vec![posted("a")]).await, Err(CallError::Offline { .. })));
}
