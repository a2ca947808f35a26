//! Set-up, reference data, requests and secrets; and the same on threads.

use super::*;
use crate::model::ledger::*;
use crate::model::rule::{Gives, Key, Rule, RuleKind, RuleSet};

fn facts() -> LedgerFacts {
    let vendor = |id: &str, name: &str| Vendor {
        id: id.into(),
        code: format!("E{id}"),
        name: name.into(),
        email: None,
        currency: Some(Currency::USD),
        active: true,
        term: None,
    };
    let recent = |kind, id: &str, amount: &str| RecentRecord {
        kind,
        id: id.into(),
        vendor: Some("2".into()),
        number: format!("N{id}"),
        date: "2026-10-01".parse().unwrap(),
        amount: amount.parse().unwrap(),
        currency: Currency::USD,
        marker: None,
    };
    LedgerFacts {
        company: Company {
            id: "4620".into(),
            name: "Fennel".into(),
            country: "US".into(),
            home_currency: Currency::USD,
            multicurrency: true,
            currencies: vec![Currency::USD, Currency::EUR],
            classes: true,
            class_per_record: false,
            departments: true,
            billable: true,
            customers_on_lines: true,
            negative_lines: true,
            close_date: None,
            fiscal_year_start: 1,
        },
        accounts: vec![Account {
            id: "58".into(),
            number: "5010".into(),
            name: "Airfare".into(),
            kind: AccountType::Expense,
            currency: None,
            active: true,
        }],
        vendors: vec![vendor("2", "Okafor, Amara"), vendor("1", "Zed")],
        classes: vec![],
        departments: vec![],
        customers: vec![],
        employees: vec!["Amara Okafor".into(), "Amara Okafor".into()],
        rates: [(Currency::EUR, [("2026-10-01".parse().unwrap(), "1.0700".parse().unwrap())].into())].into(),
        // ids are unique within a kind only
        tax_codes: vec![],
        terms: vec![],
        recent: vec![
            recent(EntryKind::Bill, "9", "12.30"),
            recent(EntryKind::Journal, "9", "90071992547409.93"),
        ],
        read_at: at(3),
        index: Index::default(),
    }
}

#[test]
fn reference_data_comes_back_as_it_was_and_only_changes_are_written() {
    let home = Home::new();
    assert_eq!(go(home.store.facts("qbo".into())).unwrap(), None);
    let mut f = facts();
    go(home.store.put_facts("qbo".into(), f.clone())).unwrap();
    assert_eq!(go(home.store.facts("qbo".into())).unwrap(), Some(f.clone().indexed()));
    f.read_at = at(50);
    f.vendors[0].active = false;
    f.recent.remove(0);
    go(home.store.put_facts("qbo".into(), f.clone())).unwrap();
    let written: i64 = home
        .raw()
        .query_row("SELECT count(*) FROM reference WHERE seen_at = ?", [at(50).as_microsecond()], |r| {
            r.get(0)
        })
        .unwrap();
    assert_eq!(written, 3, "the instant, the vendor, and the record that moved up");
    assert_eq!(go(home.store.facts("qbo".into())).unwrap(), Some(f.indexed()));
}

#[test]
fn connections_books_and_rules_are_guarded() {
    let home = Home::new();
    let mut other = connection("qbo", "quickbooks_online");
    other.fingerprint = "another company".into();
    let e = go(home.store.put_connection(other, theo(), at(1))).unwrap_err();
    assert!(matches!(&e, StoreError::Refused(s) if s.contains("wrong company")), "{e:?}");
    go(home.store.set_health("qbo".into(), Health::Offline, "no route".into(), at(2))).unwrap();
    go(home.store.set_health("qbo".into(), Health::Offline, "still".into(), at(3))).unwrap();
    let row = go(home.store.connections()).unwrap().remove(1);
    assert_eq!((row.health, row.health_reason.as_str(), row.health_since), (Health::Offline, "still", at(2)));
    let log = |n: &str| {
        let query = AuditQuery { search: vec![n.into()], limit: 99, ..Default::default() };
        go(home.store.audit(query)).unwrap()
    };
    assert_eq!(log("health").len(), 1);
    let mut moved = book(BOOK);
    moved.ledger = "concur".into();
    assert!(matches!(go(home.store.put_book(moved, theo(), at(1))), Err(StoreError::Refused(_))));
    let mut preview = book(BOOK);
    preview.mode = Mode::Preview;
    go(home.store.put_book(preview.clone(), theo(), at(1))).unwrap();
    assert_eq!(go(home.store.books()).unwrap(), vec![preview]);
    let change = log("book_changed").remove(0);
    assert!(change.fields[0].1.contains("\"live\"") && change.fields[1].1.contains("\"preview\""));

    let rule = |id, key: &str, gives: &str| Rule {
        id,
        kind: RuleKind::Class,
        document: None,
        party: None,
        keys: [(Key::Field(key.into()), "1".to_string())].into(),
        gives: Gives::Record(Named::new(gives, gives)),
        author: "Maya".into(),
        reason: None,
        billable: false,
    };
    let clash =
        RuleSet { rules: vec![rule(1, "custom1", "A"), rule(2, "custom2", "B")], ..RuleSet::default() };
    let put = |expected, rules| go(home.store.put_rules(BOOK.into(), expected, rules, theo(), at(1)));
    assert!(matches!(put(0, clash), Err(StoreError::Refused(_))));
    let fine = RuleSet { rules: vec![rule(1, "custom1", "A")], ..RuleSet::default() };
    assert_eq!(put(0, fine.clone()).unwrap(), 1);
    assert!(matches!(put(0, fine.clone()), Err(StoreError::Stale { .. })));
    assert_eq!(put(1, fine).unwrap(), 2);
    assert_eq!(go(home.store.rules(BOOK.into())).unwrap().version, 2);
    go(home.store.set_single_person(Some(("Theo".into(), Some("E1009".into()))), theo(), at(1))).unwrap();
    assert_eq!(go(home.store.instance()).unwrap().single_person, Some(("Theo".into(), Some("E1009".into()))));
    home.check();
}

#[test]
fn secrets_are_compared_and_set() {
    let home = Home::new();
    let sealed = |generation, byte| Sealed { generation, nonce: vec![byte; 24], ciphertext: vec![byte; 40] };
    let rotate = |expected, s: Sealed| {
        go(home.store.rotate_secret("qbo".into(), "refresh".into(), expected, s, theo(), at(1)))
    };
    rotate(0, sealed(1, 1)).unwrap();
    assert!(matches!(rotate(0, sealed(1, 2)), Err(StoreError::Stale { .. })));
    rotate(1, sealed(2, 3)).unwrap();
    assert_eq!(go(home.store.secret("qbo".into(), "refresh".into())).unwrap(), Some(sealed(2, 3)));
    assert_eq!(go(home.store.secret("qbo".into(), "access".into())).unwrap(), None);
    let wrap = Wrap { way: "key_file".into(), nonce: vec![1], ciphertext: vec![2] };
    go(home.store.put_wrap(wrap.clone(), theo(), at(1))).unwrap();
    assert_eq!(go(home.store.wraps()).unwrap(), vec![wrap]);
    home.check();
}

#[test]
fn requests_are_answered_once() {
    let home = Home::new();
    let args = serde_json::json!({"book": BOOK});
    let id = go(home.store.ask("fetch".into(), args.clone(), theo(), at(1))).unwrap();
    let next = go(home.store.next_request()).unwrap().unwrap();
    assert_eq!((next.id, next.args, next.answer), (id, args, None));
    go(home.store.answer(id, serde_json::json!({"fetched": 3}), at(2))).unwrap();
    assert_eq!(go(home.store.next_request()).unwrap(), None);
    assert!(matches!(go(home.store.answer(id, serde_json::json!(null), at(2))), Err(StoreError::Missing(_))));
    assert_eq!(go(home.store.request(id)).unwrap().unwrap().answer, Some(serde_json::json!({"fetched": 3})));
}

#[tokio::test]
async fn the_same_on_threads_and_seen_by_another_process() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/tieout.db");
    let options = || Options { executor: Executor::Thread, instance_kind: "sandbox", now: at(0) };
    let one = SqliteStore::open(&path, options()).unwrap();
    let two = SqliteStore::open(&path, options()).unwrap();
    assert_eq!(one.instance().await.unwrap(), two.instance().await.unwrap());
    let before = (one.data_version().await.unwrap(), two.data_version().await.unwrap());
    one.note("started".into(), "engine".into(), vec![], Actor::engine(), at(1)).await.unwrap();
    assert!(one.data_version().await.unwrap() > before.0);
    assert!(two.data_version().await.unwrap() > before.1);
    let quiet = two.data_version().await.unwrap();
    assert_eq!(two.data_version().await.unwrap(), quiet);
    let (a, b) =
        tokio::join!(two.totals(None), one.note("x".into(), "y".into(), vec![], Actor::engine(), at(2)));
    a.unwrap();
    b.unwrap();
    assert_eq!(two.verify_audit().await.unwrap(), Ok(3));
    assert!(two.integrity().await.unwrap().is_empty());
    drop(one);
    drop(two);
    let wal = std::fs::metadata(dir.path().join("deep/tieout.db-wal")).map_or(0, |m| m.len());
    assert_eq!(wal, 0, "closed in order: the log is empty");
}
