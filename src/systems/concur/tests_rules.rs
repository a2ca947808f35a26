//! The ten rules of the contract of Concur (0.1), one test each. What is decided above this folder is tested there; here
//! is what the client gives for it.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::testing::{SAMPLE, client, ok, says};
use super::tests_read::{expense, sample, with};
use super::{ConcurSignIn, WRITES};
use crate::model::document::{DocumentKind, Party};
use crate::systems::{ConfirmedRecord, Heard, SignIn as _, SignedIn, Source as _, Verdict};
use crate::transport::Reply;

fn listed(status: &str) -> Value {
    json!({ "content": [{ "id": "f1", "docType": "expense", "docStatus": status, "erpSystemId": "TIEOUT",
                          "document": serde_json::from_str::<Value>(SAMPLE).unwrap() }],
            "page": { "totalElements": 1, "totalPages": 1, "number": 0 } })
}

fn told(field: &str, code: i64) -> Value {
    json!([{ "code": code, "docId": "f1", "systemId": "TIEOUT", field: "SUCCESS", "errorMessage": null }])
}

fn verdict() -> Verdict {
    Verdict {
        kind: DocumentKind::ExpenseReport,
        source_id: "f1".into(),
        records: vec![ConfirmedRecord {
            company: "US01".into(),
            number: "JE-1".into(),
            fiscal_year: 2026,
            date: "2026-09-03".parse().unwrap(),
            internal: "JournalEntry 1".into(),
        }],
        message: None,
    }
}

#[test]
fn rule_01_every_token_answer_brings_token_expiry_and_geolocation() {
    let now: Timestamp = "2026-09-02T08:00:00Z".parse().unwrap();
    let body = json!({ "access_token": "a", "refresh_token": "r2", "refresh_expires_in": 1_803_340_800,
                       "geolocation": "https://eu2.api.concursolutions.com" });
    let reply = Reply { status: 200, headers: vec![], body: body.to_string().into_bytes() };
    let SignedIn::Tokens { refresh, refresh_until, base_url, .. } = ConcurSignIn.read(Ok(reply), now) else {
        panic!("no tokens")
    };
    assert_eq!(secrecy::ExposeSecret::expose_secret(&refresh), "r2");
    assert_eq!(refresh_until.as_second(), 1_803_340_800);
    assert_eq!(base_url.as_deref(), Some("https://eu2.api.concursolutions.com"));
}

#[tokio::test]
async fn rule_02_documents_come_from_the_financial_integration_service() {
    let (concur, fake) = client(vec![ok(&listed("READY"))]);
    let changes = concur.changes(None).await.unwrap();
    let item = &changes.items[0];
    let document = concur.read(DocumentKind::ExpenseReport, &item.source_id, &item.bytes).unwrap();
    assert_eq!(document.approved().to_string(), "26.88");
    assert!(fake.paths().iter().all(|p| p.starts_with("/financialintegration/fi/v4/")));
}

#[tokio::test]
async fn rule_03_fis_ids_in_statements_and_business_ids_in_questions() {
    let (concur, fake) = client(vec![
        ok(&listed("READY")),
        ok(&told("acknowledgeResult", 0)),
        ok(&told("postingConfirmationResult", 0)),
        ok(&listed("ACKNOWLEDGED")),
    ]);
    let id = concur.changes(None).await.unwrap().items[0].source_id.clone();
    concur.acknowledge(DocumentKind::ExpenseReport, vec![id]).await.unwrap();
    concur.confirm(vec![verdict()]).await.unwrap();
    concur.fetch(DocumentKind::ExpenseReport, "A1B2C3D4E5F60718293A".into()).await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[1].json()["ids"], json!(["f1"]));
    assert_eq!(asked[2].json()["postingConfirmations"][0]["docId"], "f1");
    assert!(
        asked[3].path.contains("docId=A1B2C3D4E5F60718293A&ignoreDocumentStatus=yes"),
        "{}",
        asked[3].path
    );
}

#[tokio::test]
async fn rule_04_a_200_is_no_success_of_an_element() {
    let (concur, _) = client(vec![ok(&told("acknowledgeResult", 104))]);
    let heard = concur.acknowledge(DocumentKind::ExpenseReport, vec!["f1".into()]).await.unwrap();
    assert!(matches!(heard[0].1, Heard::Refused(_)), "the code decides, not the 200 and not the word");
}

#[tokio::test]
async fn rule_05_what_was_not_acknowledged_is_acknowledged_before_it_is_confirmed() {
    let (concur, fake) = client(vec![
        ok(&told("postingConfirmationResult", 111)),
        ok(&told("acknowledgeResult", 0)),
        ok(&told("postingConfirmationResult", 0)),
    ]);
    assert_eq!(concur.confirm(vec![verdict()]).await.unwrap()[0].1, Heard::Accepted);
    let words: Vec<_> = fake.paths().iter().map(|p| p.rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(words, ["postingconfirmations", "acknowledgements", "postingconfirmations"]);
}

#[test]
fn rule_06_journals_are_the_figures() {
    let mut v = with("/expenseEntry/0/entryApprovedAmount", json!(99.99));
    v["expenseEntry"][0]["allocation"][0]["allocationPercentage"] = json!(12.5);
    assert_eq!(expense(&v).unwrap().approved().to_string(), "26.88", "neither entries nor percentages");
}

#[test]
fn rule_07_the_sign_of_a_credit_stays_beside_its_parties() {
    let mut v = sample();
    let journal = &mut v["expenseEntry"][0]["allocation"][0]["journal"][0];
    journal["journalPayer"] = json!("EMPL");
    journal["journalPayee"] = json!("COMP");
    journal["amountGross"] = json!(-26.88);
    let document = expense(&v).unwrap();
    let (.., journal) = document.journals().next().unwrap();
    assert_eq!((&journal.payer, &journal.payee), (&Party::Empl, &Party::Comp));
    assert_eq!(journal.gross.to_string(), "-26.88", "given on as it came, so that it is applied once");
}

#[tokio::test]
async fn rule_08_what_a_hint_names_is_fetched_again_and_only_polling_lists() {
    let (concur, _) = client(vec![ok(&listed("READY")), says(404, "")]);
    let kind = DocumentKind::ExpenseReport;
    let found = concur.fetch(kind, "A1B2C3D4E5F60718293A".into()).await.unwrap().unwrap();
    assert_eq!(found.status, "READY");
    assert!(concur.fetch(kind, "gone".into()).await.unwrap().is_none(), "a hint about nothing is no error");
}

#[test]
fn rule_09_nothing_here_approves_or_submits() {
    let allowed = ["fis_write", "invoice_write", "vendors_write", "lists_write", "events_write"];
    assert_eq!(WRITES, allowed, "no kind of call changes a report or approves a vendor");
}

#[test]
fn rule_10_amounts_are_decimals_of_any_form() {
    for (text, value) in [("26.88000000", "26.88"), ("0E-8", "0"), ("2688E-2", "26.88"), ("26.88", "26.88")] {
        let number: Value = serde_json::from_str(text).unwrap();
        let document = expense(&with("/report/totalApprovedAmount", number)).unwrap();
        assert_eq!(document.stated_total, Some(value.parse::<Decimal>().unwrap()), "{text}");
    }
    let long: Value = serde_json::from_str("90071992547409.93").unwrap();
    let document = expense(&with("/report/totalApprovedAmount", long)).unwrap();
    assert_eq!(document.stated_total.unwrap().to_string(), "90071992547409.93", "never a float");
}
