//! Reading reference data again: changes and when they do not suffice.

use jiff::Timestamp;

use super::facts::{first_read, info, lists, now, preferences, rate};
use super::*;
use crate::model::ledger::Due;
use crate::systems::CallError;

fn state(company: Value) -> Value {
    let currencies = json!([{"Code": "EUR", "Active": true}]);
    batch_answer(&[
        ("CompanyInfo", json!([info()])),
        ("Preferences", json!([company])),
        ("CompanyCurrency", currencies),
    ])
}

fn changes(parts: Value) -> Value {
    json!({"CDCResponse": [{"QueryResponse": parts}], "time": "2026-11-02T12:00:00.101Z"})
}

#[tokio::test]
async fn afterwards_only_changes_are_read_and_merged() {
    let (before, _) = first_read().await;
    let parts = json!([
        {"Vendor": [{"Id": "56", "DisplayName": "Okafor, Amara (deleted)", "Active": false},
                    {"Id": "61", "DisplayName": "New Supplier", "Active": true}], "startPosition": 1, "maxResults": 2},
        {"Term": [{"Id": "3", "Name": "Net 45", "Type": "STANDARD", "DueDays": 45},
                  {"Id": "5", "status": "Deleted", "domain": "QBO"}]},
        {"Class": [{"Id": "5000000000000142240", "status": "Deleted", "domain": "QBO"}]},
        {"Bill": [{"Id": "151", "domain": "QBO", "status": "Deleted", "MetaData": {}}]},
        {"JournalEntry": [{"Id": "151", "TxnDate": "2026-11-01", "DocNumber": "J1", "Line": [
            {"Amount": 1, "JournalEntryLineDetail": {"PostingType": "Debit"}}]}]},
        {"Purchase": [{"Id": "170", "PaymentType": "CreditCard", "TxnDate": "2026-10-29", "TotalAmt": 13}]},
        {}
    ]);
    let mut later = preferences();
    later["AccountingInfoPrefs"]["BookCloseDate"] = json!("2026-10-31");
    let script = Script::new(vec![ok(&changes(parts)), ok(&state(later))]);
    let after: Timestamp = "2026-11-02T13:00:00Z".parse().unwrap();
    let facts = client(&script).facts(Some(before.clone()), after).await.unwrap();
    assert_eq!(script.calls(), 2);
    let url = script.url(0);
    assert!(url.contains("/cdc?minorversion=75&entities=Account%2CVendor%2CClass%2C"), "{url}");
    assert!(url.contains("%2CTerm&"), "{url}");
    assert!(url.ends_with("&changedSince=2026-11-02T08%3A55%3A00Z"), "{url}");
    assert_eq!(facts.read_at.to_string(), "2026-11-02T12:00:00.101Z");
    assert_eq!(facts.company.close_date.unwrap().to_string(), "2026-10-31");
    assert!(!facts.vendor("56").unwrap().active && facts.vendor("61").unwrap().active);
    assert_eq!(facts.vendors.len(), 3);
    assert!(facts.classes.is_empty());
    let terms: Vec<_> = facts.terms.iter().map(|t| (t.id.as_str(), t.due)).collect();
    assert_eq!(terms, [("3", Due::Days(45)), ("4", Due::DayOfMonth(15))]);
    let ids: Vec<_> =
        facts.recent.iter().map(|r| format!("{} {} {}", r.kind.name(), r.id, r.amount)).collect();
    assert_eq!(ids, ["card_refund 171 218", "journal 160 30.0", "card_purchase 170 13", "journal 151 1"]);
    assert_eq!(
        (&facts.accounts, &facts.employees, &facts.rates),
        (&before.accounts, &before.employees, &before.rates)
    );
    // the same changes again change nothing
    let again = json!([{"Vendor": [{"Id": "61", "DisplayName": "New Supplier", "Active": true}]}]);
    let script = Script::new(vec![ok(&changes(again)), ok(&state(preferences()))]);
    let twice = client(&script).facts(Some(facts.clone()), after).await.unwrap();
    assert_eq!((twice.vendors, twice.recent), (facts.vendors, facts.recent));
}

#[tokio::test]
async fn no_change_is_an_empty_object_and_old_records_leave_the_window() {
    let (before, _) = first_read().await;
    let script = Script::new(vec![
        ok(&changes(json!([{}]))),
        ok(&batch_answer(&[
            ("CompanyInfo", json!([info()])),
            ("Preferences", json!([preferences()])),
            ("CompanyCurrency", json!([])),
        ])),
    ]);
    let mut before = before;
    before.recent[0].date = "2026-07-01".parse().unwrap();
    let facts = client(&script).facts(Some(before.clone()), now()).await.unwrap();
    assert_eq!(facts.recent.len(), before.recent.len() - 1);
    assert_eq!(facts.vendors, before.vendors);
}

#[tokio::test]
async fn changed_employees_are_read_anew_because_they_are_kept_by_name() {
    let (before, _) = first_read().await;
    let script = Script::new(vec![
        ok(&changes(json!([{"Employee": [{"Id": "71", "DisplayName": "Someone", "Active": true}]}]))),
        ok(&batch_answer(&[
            ("CompanyInfo", json!([info()])),
            ("Preferences", json!([preferences()])),
            ("CompanyCurrency", json!([])),
            ("Employee", json!([{"Id": "71", "DisplayName": "Someone", "Active": true}])),
        ])),
    ]);
    let facts = client(&script).facts(Some(before), now()).await.unwrap();
    assert_eq!(facts.employees, ["Someone"]);
}

#[tokio::test]
async fn too_many_changes_too_long_ago_or_refused_read_everything() {
    let (before, _) = first_read().await;
    let many: Vec<Value> =
        (0..1000).map(|n| json!({"Id": n.to_string(), "DisplayName": "x", "Active": true})).collect();
    let refused = reply(400, &json!({"Fault": fault("4000", "ValidationFault", "m", "too old")}).to_string());
    let lists_again =
        || vec![ok(&batch_answer(&lists())), ok(&json!({"ExchangeRate": rate("2026-11-02", "1.0861")}))];
    for answer in [ok(&changes(json!([{ "Vendor": many }]))), Ok(refused)] {
        let mut answers = vec![answer];
        answers.extend(lists_again());
        let script = Script::new(answers);
        let facts = client(&script).facts(Some(before.clone()), now()).await.unwrap();
        assert_eq!((facts.vendors.len(), script.calls()), (2, 3));
    }
    let mut old = before.clone();
    old.read_at = "2026-10-04T00:00:00Z".parse().unwrap();
    let mut other = before.clone();
    other.company.id = "4620816365000002".into();
    for before in [old, other] {
        let script = Script::new(lists_again());
        let facts = client(&script).facts(Some(before), now()).await.unwrap();
        assert_eq!((facts.vendors.len(), script.calls()), (2, 2));
    }
    // the quota is no reason to read more
    let script = Script::new(vec![Ok(reply(429, ""))]);
    assert_eq!(client(&script).facts(Some(before), now()).await, Err(CallError::Throttled(None)));
}

#[tokio::test]
async fn terms_that_an_earlier_reading_lacks_ride_in_the_same_batch() {
    let (mut before, _) = first_read().await;
    let known = std::mem::take(&mut before.terms);
    let rows = json!([{"Id": "3", "Name": "Net 30", "Type": "STANDARD", "DueDays": 30, "Active": true}]);
    let script = Script::new(vec![
        ok(&changes(json!([{}]))),
        ok(&batch_answer(&[
            ("CompanyInfo", json!([info()])),
            ("Preferences", json!([preferences()])),
            ("CompanyCurrency", json!([])),
            ("Term", rows),
        ])),
    ]);
    let facts = client(&script).facts(Some(before), now()).await.unwrap();
    assert_eq!((facts.terms.as_slice(), script.calls()), (&known[..1], 2));
}
