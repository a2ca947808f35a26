//! Faults on demand (contract, 5.3 and 10).

use serde_json::json;

use super::{Desk, bill};

#[test]
fn sessions_fail_with_the_codes_of_the_contract() {
    let desk = Desk::new();
    for (switch, on, code) in [
        ("closed", json!(true), "0x80040408"),
        ("closed", json!("0x80040416"), "0x80040416"),
        ("modal", json!(true), "0x80040414"),
        ("no_auto_login", json!(true), "0x8004041D"),
        ("single_user", json!(true), "0x80040410"),
        ("other_company", json!("refuses"), "0x8004040A"),
    ] {
        desk.set(switch, on);
        let raised = desk.books.begin().unwrap_err();
        assert_eq!(raised.hresult, code);
        assert!(raised.message.ends_with('.'), "{}", raised.message);
        desk.set(switch, json!(false));
        assert!(desk.books.begin().is_ok(), "{switch}");
    }
    desk.set("begin_fails", json!({"hresult": "0x80040424", "times": 2}));
    let codes: Vec<_> = (0..3).map(|_| desk.books.begin().err().map(|raised| raised.hresult)).collect();
    assert_eq!(codes, [Some("0x80040424"), Some("0x80040424"), None]);
    assert!(desk.books.switch("closed", &json!("0x1")).is_err());
}

#[test]
fn closing_the_program_kills_the_session() {
    let mut desk = Desk::new();
    desk.set("closed", json!(true));
    let text = Desk::text("onError=\"stopOnError\"", "<HostQueryRq/>");
    assert_eq!(desk.books.process(&desk.session, &text).unwrap_err().hresult, "0x8004040D");
    desk.set("closed", json!(false));
    let old = desk.session.clone();
    desk.again();
    assert_eq!(desk.books.process(&old, &text).unwrap_err().hresult, "0x8004040D");
    desk.books.end(&old);
    assert!(desk.books.process(&desk.session, &text).is_ok());
    desk.books.end(&desk.session);
    assert!(desk.books.process(&desk.session, &text).is_err());
}

#[test]
fn a_crash_before_the_commit_leaves_nothing_and_one_after_it_leaves_all() {
    let mut desk = Desk::new();
    let text = Desk::text("onError=\"stopOnError\" newMessageSetID=\"X\"", &bill("B1", "2026-10-29", "1.00"));
    desk.set("crash_before_commit", json!(1));
    // A look-up is no write and does not crash.
    assert_eq!(desk.ask("<BillQueryRq><RefNumber>B1</RefNumber></BillQueryRq>").code(), "1");
    assert_eq!(desk.books.process(&desk.session, &text).unwrap_err().hresult, "0x8004040D");
    assert!(desk.books.records().is_empty() && desk.books.remembered("tieout").is_empty());
    assert_eq!(desk.books.process(&desk.session, &text).unwrap_err().hresult, "0x8004040D");
    desk.again();
    desk.set("crash_after_commit", json!({"times": 1, "hresult": "0x80040402"}));
    assert_eq!(desk.books.process(&desk.session, &text).unwrap_err().hresult, "0x80040402");
    assert_eq!((desk.books.records().len(), desk.books.remembered("tieout").len()), (1, 1));
    desk.again();
    assert_eq!(desk.whole(&text).children[0].children[0].name, "ErrorRecovery");
    let second =
        Desk::text("onError=\"stopOnError\" newMessageSetID=\"Y\"", &bill("B2", "2026-10-29", "1.00"));
    desk.set("crash_after_commit", json!({"times": 1, "hresult": "lost"}));
    assert_eq!(desk.books.process(&desk.session, &second).unwrap_err().hresult, "");
    assert_eq!(desk.books.records().len(), 2);
}

#[test]
fn records_in_use_come_with_the_texts_of_locks() {
    let desk = Desk::new();
    desk.set("busy", json!(5));
    let texts = [
        "list element is in use",
        "list has been modified by another user",
        "transaction could not be locked. It is in use by another user",
        "internals could not be locked",
        "failed to acquire the lock",
    ];
    for text in texts {
        let answer = desk.bill("B1");
        assert!(["3170", "3175", "3176", "3180"].contains(&answer.code()), "{}", answer.code());
        assert!(answer.message().contains(text), "{}", answer.message());
    }
    assert_eq!(desk.bill("B1").code(), "0");
    desk.set("busy", json!({"times": 1, "name": "Card merchants", "lock": 2}));
    assert_eq!(desk.bill("B2").code(), "0");
    assert_eq!(
        desk.ask(&bill("B3", "2026-10-29", "1.00").replacen("Lexham Tax Data Inc.", "card merchants", 1))
            .code(),
        "3175"
    );
    desk.set("busy", json!({"times": 1, "name": "Software and Subscriptions"}));
    assert_eq!(desk.bill("B4").code(), "3180");
    assert_eq!(desk.books.records().len(), 2);
}

#[test]
fn permissions_are_refused_by_code() {
    let desk = Desk::new();
    for code in [3260, 3261, 3263] {
        desk.set("permission", json!(code));
        assert_eq!(desk.bill("B1").code(), code.to_string());
        assert_eq!(desk.ask("<VendorQueryRq/>").code(), "0");
    }
    desk.set("permission", json!(null));
    assert_eq!(desk.bill("B1").code(), "0");
}

#[test]
fn people_change_pay_and_delete_by_hand() {
    let desk = Desk::new();
    let before = desk.bill("B1");
    desk.set("edit", json!({"RefNumber": "b1", "amount": "963.00", "line": 0}));
    let after = desk.ask("<BillQueryRq><RefNumber>B1</RefNumber></BillQueryRq>");
    assert_eq!(after.value("AmountDue"), "963.00");
    assert_ne!(before.value("EditSequence"), after.value("EditSequence"));
    desk.set("pay", json!({"RefNumber": "B1"}));
    let paid = desk.ask("<BillQueryRq><PaidStatus>PaidOnly</PaidStatus><IncludeLinkedTxns>true</IncludeLinkedTxns></BillQueryRq>");
    assert_eq!((paid.value("IsPaid"), paid.value("OpenAmount")), ("true", "0.00"));
    assert_eq!(paid.ret().child("LinkedTxn").unwrap().value("Amount"), Some("-963.00"));
    desk.bill("B2");
    desk.set("delete", json!({"RefNumber": "B2"}));
    assert_eq!(desk.ask("<BillQueryRq><RefNumber>B2</RefNumber></BillQueryRq>").code(), "1");
    let gone = desk.ask("<TxnDeletedQueryRq><TxnDelType>Bill</TxnDelType></TxnDeletedQueryRq>");
    assert_eq!(gone.names("RefNumber"), ["B2"]);
    assert!(desk.books.switch("delete", &json!({"RefNumber": "B2"})).is_err());
    assert_eq!(
        desk.ask("<VendorQueryRq><FullName>Lexham Tax Data Inc.</FullName></VendorQueryRq>").code(),
        "0"
    );
}

#[test]
fn a_reset_takes_everything_back() {
    let desk = Desk::new();
    desk.bill("B1");
    desk.set("closed", json!(true));
    desk.set("class_tracking", json!(false));
    desk.books.reset();
    assert!(desk.books.records().is_empty() && desk.books.calls().is_empty());
    let session = desk.books.begin().unwrap();
    assert_ne!(session, desk.session);
    let text = Desk::text("onError=\"stopOnError\"", &bill("B1", "2026-10-29", "1.00"));
    assert!(desk.books.process(&session, &text).unwrap().contains("statusCode=\"0\""));
    assert_eq!(desk.books.calls().get("BillAdd"), Some(&1));
    assert_eq!(desk.books.calls().get("BeginSession"), Some(&1));
    assert!(desk.books.process(&desk.session, &text).is_err());
}
