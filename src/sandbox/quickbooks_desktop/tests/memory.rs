//! The memory of message sets (contract, 6.1).

use serde_json::json;

use super::{Desk, bill};
use crate::sandbox::quickbooks_desktop::xml::Node;

const X: &str = "TO7F3K2Q9D4001";

fn set(attributes: &str, requests: &str) -> String {
    Desk::text(&format!("onError=\"stopOnError\" {attributes}"), requests)
}

fn code(node: &Node) -> &str {
    node.attribute("messageSetStatusCode").unwrap_or("none")
}

fn posting() -> String {
    set(&format!("newMessageSetID=\"{X}\""), &bill("op-5512", "2026-10-29", "412.30"))
}

/// The example of the contract, 6.1: a replayed write answers with `ErrorRecovery`.
#[test]
fn the_same_set_again_is_answered_and_not_carried_out() {
    let mut desk = Desk::new();
    let first = desk.whole(&posting());
    assert_eq!((code(&first), first.attribute("newMessageSetID")), ("0", Some(X)));
    let bill = &first.children[0].children[0];
    desk.again();
    let second = desk.whole(&posting());
    assert_eq!((code(&second), second.attribute("newMessageSetID")), ("0", Some(X)));
    let rs = &second.children[0];
    assert_eq!(
        (rs.name.as_str(), rs.attribute("requestID"), rs.attribute("statusCode")),
        ("BillAddRs", Some("op-5512"), Some("0"))
    );
    let recovery = &rs.children[0];
    assert_eq!(recovery.name, "ErrorRecovery");
    for field in ["TxnID", "TxnNumber", "EditSequence"] {
        assert_eq!(recovery.value(field), bill.value(field), "{field}");
    }
    assert_eq!(desk.books.records().len(), 1);
    assert_eq!(desk.books.remembered("tieout"), [X]);
    desk.set("recovery", json!("full"));
    assert_eq!(desk.whole(&posting()).children[0].children[0].name, "BillRet");
    assert_eq!(desk.books.records().len(), 1);
}

#[test]
fn a_failure_is_remembered_too() {
    let desk = Desk::new();
    let text = posting().replace("Lexham Tax Data Inc.", "Nobody");
    let first = desk.whole(&text);
    let again = desk.whole(&text);
    for rs in [&first.children[0], &again.children[0]] {
        assert_eq!(rs.attribute("statusCode"), Some("3140"));
        assert!(rs.children.is_empty());
    }
}

#[test]
fn other_content_under_the_same_id_is_9001() {
    let desk = Desk::new();
    desk.whole(&posting());
    let other = desk.whole(&posting().replace("412.30", "412.31"));
    assert_eq!((code(&other), other.children.len()), ("9001", 0));
    let other = desk.whole(&posting().replace(
        &format!("newMessageSetID=\"{X}\""),
        &format!("oldMessageSetID=\"Y\" newMessageSetID=\"{X}\""),
    ));
    assert_eq!(code(&other), "9001");
    assert_eq!(desk.books.records().len(), 1);
}

#[test]
fn an_inquiry_tells_the_outcome_and_carries_nothing_out() {
    let desk = Desk::new();
    let inquiry = set(&format!("oldMessageSetID=\"{X}\" newMessageSetID=\"{X}\""), "");
    assert_eq!(code(&desk.whole(&inquiry)), "9002");
    assert!(desk.books.remembered("tieout").is_empty());
    assert_eq!(code(&desk.whole(&posting())), "0");
    let told = desk.whole(&inquiry);
    assert_eq!((code(&told), told.children[0].children[0].name.as_str()), ("0", "ErrorRecovery"));
    assert_eq!(desk.books.records().len(), 1);
    // The hazard: an inquiry for an unknown id may register an empty set.
    let careless = Desk::new();
    careless.set("inquiry_unknown", json!("registers"));
    assert_eq!(code(&careless.whole(&inquiry)), "9002");
    assert_eq!(code(&careless.whole(&posting())), "9001");
    assert!(careless.books.records().is_empty());
}

#[test]
fn the_old_id_clears() {
    let desk = Desk::new();
    desk.whole(&posting());
    let clear = set(&format!("oldMessageSetID=\"{X}\""), "");
    assert_eq!(code(&desk.whole(&clear)), "0");
    assert_eq!(code(&desk.whole(&clear)), "600");
    assert!(desk.books.remembered("tieout").is_empty());
    // Cleared and sent again: nobody remembers, so that it is posted twice.
    desk.whole(&posting());
    assert_eq!(desk.books.records().len(), 2);
    let next =
        set(&format!("oldMessageSetID=\"{X}\" newMessageSetID=\"Y\""), &bill("B2", "2026-10-29", "1.00"));
    assert_eq!(code(&desk.whole(&next)), "0");
    assert_eq!(desk.books.remembered("tieout"), ["Y"]);
    // A byte-identical replay whose old id is cleared already is fine.
    assert_eq!(desk.whole(&next).children[0].children[0].name, "ErrorRecovery");
    assert_eq!(desk.books.records().len(), 3);
    assert_eq!(code(&desk.whole(&set("oldMessageSetID=\"ClearAllMessageSets\"", ""))), "0");
    assert!(desk.books.remembered("tieout").is_empty());
}

#[test]
fn long_ids_are_9004() {
    let desk = Desk::new();
    let id = "2B1E0C52-6E7B-4B62-9D6A-5C6C3E0B7A11";
    let long = desk.whole(&posting().replace(X, id));
    assert_eq!((code(&long), long.children.len()), ("9004", 0));
    assert!(desk.books.records().is_empty());
    assert_eq!(code(&desk.whole(&posting().replace(X, &id[..24]))), "0");
}

#[test]
fn what_was_lost_cannot_be_told() {
    for lost in [json!(9002), json!(9005)] {
        let desk = Desk::new();
        desk.whole(&posting());
        desk.set("memory_lost", lost.clone());
        let answer = desk.whole(&posting());
        assert_eq!((code(&answer), answer.children.len()), (lost.to_string().as_str(), 0));
        assert_eq!(desk.books.records().len(), 1);
    }
    let desk = Desk::new();
    desk.set("not_stored", json!(1));
    desk.whole(&posting());
    assert_eq!(code(&desk.whole(&posting())), "9005");
    assert_eq!(desk.books.records().len(), 1);
    desk.set("memory_lost", json!("forgotten"));
    assert_eq!(code(&desk.whole(&posting())), "0");
    assert_eq!(desk.books.records().len(), 2);
}

#[test]
fn the_memory_belongs_to_application_and_file() {
    let mut desk = Desk::new();
    desk.whole(&posting());
    desk.session = desk.books.begin_as("another").unwrap();
    assert_eq!(code(&desk.whole(&set(&format!("oldMessageSetID=\"{X}\""), ""))), "600");
    desk.set("other_company", json!(true));
    desk.again();
    assert_eq!(code(&desk.whole(&set(&format!("oldMessageSetID=\"{X}\""), ""))), "600");
    desk.whole(&posting());
    assert_eq!((desk.books.records().len(), desk.books.strange_records().len()), (1, 1));
    desk.set("other_company", json!(false));
    desk.again();
    assert_eq!(desk.whole(&posting()).children[0].children[0].name, "ErrorRecovery");
}

#[test]
fn a_restored_backup_has_neither_the_transaction_nor_the_memory() {
    let mut desk = Desk::new();
    desk.bill("B0");
    desk.set("backup", json!(true));
    desk.whole(&posting());
    desk.set("restored_backup", json!(true));
    assert_eq!(desk.books.process(&desk.session, &posting()).unwrap_err().hresult, "0x8004040D");
    desk.again();
    assert_eq!(desk.books.records().len(), 1);
    assert!(desk.books.remembered("tieout").is_empty());
    let activity = desk.ask("<CompanyActivityQueryRq/>");
    assert_eq!(activity.value("LastRestoreTime"), "2026-11-04T09:30:00-05:00");
    desk.whole(&posting());
    assert_eq!(desk.books.records().len(), 2);
}
