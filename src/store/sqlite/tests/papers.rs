//! Receipts and payments have states of their own and move no document.

use super::*;
use crate::model::book::ReceiptPolicy;
use crate::model::money::Money;
use crate::store::Papers;

fn home_with(receipts: ReceiptPolicy) -> Home {
    let home = Home::new();
    let mut b = book(BOOK);
    b.settings.receipts = receipts;
    go(home.store.put_book(b, theo(), at(1))).unwrap();
    home
}

fn posted(home: &Home, name: &str, n: u32) -> DocumentId {
    let id = home.approved(name, &[Slot::Bill]);
    let planned = home.plan(id, &format!("k-{name}"));
    home.record(&planned, vec![done(n)]);
    id
}

fn receipt(name: &str) -> NewReceipt {
    NewReceipt {
        kind: ReceiptKind::Receipt,
        handle: format!("handle-{name}"),
        slot: Slot::Bill,
        name: name.into(),
    }
}

#[test]
fn receipts_are_listed_once_after_posting_and_only_where_the_book_wants_them() {
    let off = home_with(ReceiptPolicy::Off);
    posted(&off, "a", 1);
    assert!(go(off.store.receipts_to_plan(10)).unwrap().is_empty());
    let home = home_with(ReceiptPolicy::Attach);
    let id = posted(&home, "a", 1);
    assert_eq!(go(home.store.receipts_to_plan(10)).unwrap(), vec![id]);
    go(home.store.plan_receipts(id, vec![receipt("r1"), receipt("r2"), receipt("r1")], at(10))).unwrap();
    assert!(go(home.store.receipts_to_plan(10)).unwrap().is_empty());
    let due = go(home.store.receipts_due("concur".into(), at(10), 10)).unwrap();
    assert_eq!(due.len(), 2);
    assert_eq!(due[0].record, Some((crate::model::EntryKind::Bill, "id1".into())));
    assert_eq!(due[0].state, ReceiptState::Wanted);
    home.check();
}

#[test]
fn a_receipt_is_attached_once_and_its_evidence_is_kept() {
    let home = home_with(ReceiptPolicy::Attach);
    let id = posted(&home, "a", 1);
    go(home.store.plan_receipts(id, vec![receipt("r1"), receipt("r2")], at(10))).unwrap();
    let due = go(home.store.receipts_due("concur".into(), at(10), 10)).unwrap();
    go(home.store.receipt_trying(due[0].id, at(11))).unwrap();
    let done = ReceiptResult::Attached { id: "5001".into(), sha256: "ab".into(), size: 48_213 };
    go(home.store.receipt_result(due[0].id, done.clone(), at(12))).unwrap();
    // told twice: the first time counts
    go(home.store.receipt_result(due[0].id, done, at(99))).unwrap();
    go(home.store.receipt_result(due[0].id, ReceiptResult::Refused { why: "x".into() }, at(99))).unwrap();
    go(home.store.receipt_result(due[1].id, ReceiptResult::Missing { at: at(500) }, at(12))).unwrap();
    let rows = go(home.store.receipts(id)).unwrap();
    assert_eq!(
        (rows[0].state, rows[0].attempts, rows[0].attached_at),
        (ReceiptState::Attached, 1, Some(at(12)))
    );
    assert_eq!((rows[0].sha256.as_str(), rows[0].size, rows[0].attachment.as_str()), ("ab", 48_213, "5001"));
    assert_eq!(rows[1].state, ReceiptState::Missing);
    assert!(go(home.store.receipts_due("concur".into(), at(499), 10)).unwrap().is_empty());
    assert_eq!(go(home.store.papers_due()).unwrap(), Some(at(500)));
    // a late receipt is still attached
    assert_eq!(go(home.store.receipts_due("concur".into(), at(500), 10)).unwrap().len(), 1);
    let trail = go(home.store.audit(AuditQuery {
        subject: Some(id.to_string()),
        limit: 50,
        ..AuditQuery::default()
    }));
    assert_eq!(trail.unwrap().iter().filter(|e| e.action == "receipt_attached").count(), 1);
    assert_eq!(home.state(id), State::Posted, "no receipt moves a document");
    home.check();
}

#[test]
fn payments_are_kept_once_and_told_after_the_posting_was_confirmed() {
    let home = home_with(ReceiptPolicy::Off);
    let id = posted(&home, "a", 1);
    assert_eq!(
        go(home.store.owner("qbo".into(), crate::model::EntryKind::Bill, "id1".into())).unwrap(),
        Some(id)
    );
    assert_eq!(
        go(home.store.owner("qbo".into(), crate::model::EntryKind::Bill, String::new())).unwrap(),
        None
    );
    let pay = |n: &str, minor, void| NewPayment {
        payment: n.into(),
        document: id,
        number: format!("chk {n}"),
        date: "2026-11-05".parse().unwrap(),
        cheque: true,
        amount: Money::from_minor(minor, Currency::USD),
        void,
    };
    let keep =
        |list: Vec<NewPayment>, t| go(home.store.keep_payments("qbo".into(), list, at(t), at(t))).unwrap();
    assert_eq!(keep(vec![pay("p1", 400, false), pay("p2", 600, false)], 20), (2, vec![]));
    assert_eq!(keep(vec![pay("p1", 400, false)], 21), (0, vec![]), "read again");
    assert_eq!(go(home.store.payments_read_until("qbo".into())).unwrap(), Some(at(21)));
    assert!(go(home.store.payments_due("concur".into(), at(30), 10)).unwrap().is_empty(), "posting first");
    home.tell(OutboxKind::Confirm, &Told::Accepted);
    let due = go(home.store.payments_due("concur".into(), at(30), 10)).unwrap();
    assert_eq!(due.iter().map(|p| p.sum_minor).collect::<Vec<_>>(), [400, 1_000]);
    go(home.store.payments_telling(vec![due[0].id, due[1].id], at(30))).unwrap();
    let later = Told::Later { at: at(900), why: "busy".into() };
    go(home.store.payments_told(vec![(due[0].id, Told::Accepted), (due[1].id, later)], at(31))).unwrap();
    let rows = go(home.store.payments_of(id)).unwrap();
    assert_eq!((rows[0].told, rows[1].told, rows[1].attempts), (true, false, 1));
    // a payment that was told and is void now is named; one that was not told is dropped
    assert_eq!(keep(vec![pay("p1", 400, true), pay("p2", 600, true)], 40), (0, vec![id]));
    assert_eq!(keep(vec![pay("p1", 400, true)], 41), (0, vec![]), "named once");
    assert!(go(home.store.payments_due("concur".into(), at(2_000), 10)).unwrap().is_empty());
    assert_eq!(home.state(id), State::Confirmed);
    home.check();
}
