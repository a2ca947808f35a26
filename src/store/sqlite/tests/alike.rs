//! What stands around a document: keys of look-alikes in ranges, and the last document of the same supplier.

use super::*;
use crate::mapping::RANGE;
use crate::model::DocumentKind;

fn invoice(source_id: &str, keys: &[&str]) -> Arrival {
    let mut a = arrival(source_id, 234_000);
    a.kind = DocumentKind::Invoice;
    a.header = a.header.map(|h| ArrivalHeader {
        payee_code: "V2002".into(),
        payee_is_employee: false,
        payee: "Brightwater Hosting LLC".into(),
        duplicate_keys: keys.iter().map(|k| (*k).to_string()).collect(),
        ..h
    });
    a
}

#[test]
fn a_question_is_a_key_or_a_range_of_keys() {
    let home = Home::new();
    let key = |day: &str| format!("amount|V2002|2340.00|USD|{day}");
    let first = new_id(&home.arrive(vec![invoice("a", &["invoice|V2002|BW1", &key("2026-10-10")])])[0]);
    let second = new_id(&home.arrive(vec![invoice("b", &["invoice|V2002|BW2", &key("2026-10-28")])])[0]);
    let asked = |id, questions: Vec<String>| -> Vec<DocumentId> {
        let around = go(home.store.around(id, vec![], questions)).unwrap();
        around.same_expense.into_iter().map(|(_, id, _)| id).collect()
    };
    let range = |from: &str, to: &str| vec![format!("{}{RANGE}{}", key(from), key(to))];
    assert_eq!(asked(second, range("2026-09-23", "2026-12-02")), [first]);
    assert_eq!(asked(first, range("2026-09-05", "2026-10-27")), Vec::<DocumentId>::new());
    assert_eq!(asked(first, range("2026-09-05", "2026-10-28")), [second]);
    assert_eq!(asked(second, vec!["invoice|V2002|BW1".into()]), [first]);
    assert_eq!(asked(second, vec!["invoice|V2002|BW".into()]), Vec::<DocumentId>::new());
    // what has ended is no look-alike any more
    home.derive(first, derived("a", "r1", &[Slot::Bill], &[]));
    home.act(first, Act::Reject { reason: "scanned twice".into() }).unwrap();
    assert_eq!(asked(second, vec!["invoice|V2002|BW1".into()]), Vec::<DocumentId>::new());
}

#[test]
fn the_last_posted_invoice_of_the_supplier_is_known() {
    let home = Home::new();
    let [older, newer] = ["a", "b"].map(|id| new_id(&home.arrive(vec![invoice(id, &[])])[0]));
    let last = |id| go(home.store.around(id, vec![], vec![])).unwrap().last_posted;
    assert_eq!(last(newer), None);
    home.raw().execute("UPDATE document SET state = 'confirmed' WHERE id = ?", [older.to_string()]).unwrap();
    assert_eq!((last(newer), last(older)), (Some(older), None));
    // reports have no supplier
    let report = home.ready("c", &[Slot::Bill]);
    assert_eq!(last(report), None);
}
