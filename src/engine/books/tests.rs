//! Changes of a book while other people change it too.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::FutureExt as _;
use serde_json::json;

use super::*;
use crate::model::ids::ConnectionId;
use crate::store::sqlite::{Executor, Options, SqliteStore};
use crate::store::{ConnectionRow, Health};

const CLOSED: [Date; 2] = [jiff::civil::date(2026, 9, 1), jiff::civil::date(2026, 9, 2)];

struct Home {
    store: SqliteStore,
    _dir: tempfile::TempDir,
}

fn go<T>(answer: impl Future<Output = T>) -> T {
    answer.now_or_never().expect("inline answers are ready")
}

fn at() -> Timestamp {
    "2026-11-04T14:30:00Z".parse().unwrap()
}

fn theo() -> Actor {
    Actor { name: "Theo Okonkwo".into(), employee: None, via: "console".into(), single_person: false }
}

fn book_row(id: &str) -> Book {
    let settings = json!({
        "company": "Fernhill Quay", "time_zone": "UTC", "home_currency": "USD", "ledger_codes": [], "flows": {},
        "who_pays": {}, "card_programmes": {}, "individual_cards": null, "individual_cards_paid_by": "nobody",
        "accounts": {
            "employee_payable": {}, "supplier_payable": {}, "paid_by_concur": {}, "expense_pay_clearing": null,
            "payroll_clearing": null, "company_paid_clearing": null, "advances": null, "advance_returns": null,
            "due_from_employees": null, "due_from_affiliates": null, "rounding": null, "accrued": null,
            "also_allowed": [],
        },
        "dimensions": [], "employee_due_days": 7, "lock_date": null, "rate": "ledger_decides", "rate_table": {},
        "intercompany": "block", "personal_offset": false, "card_payee": null, "match_merchants": false,
        "opening_advances": [], "accept_unlisted_advances": false, "second_approver_above": null,
        "old_expense_days": 90, "memo": "{number}", "approvers": {}, "fiscal_year_start": 1,
        "fiscal_year_named_by_end": true,
    });
    Book {
        id: id.into(),
        source: "concur".into(),
        ledger: "qbo".into(),
        mode: Mode::Preview,
        paused: false,
        settings: serde_json::from_value(settings).unwrap(),
    }
}

fn home(books: &[&str]) -> Home {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { executor: Executor::Inline, instance_kind: "real", now: at() };
    let store = SqliteStore::open(dir.path().join("tieout.db"), options).unwrap();
    for (id, system) in [("concur", "concur"), ("qbo", "quickbooks_online")] {
        let row = ConnectionRow {
            id: ConnectionId::from(id),
            system: system.into(),
            company: id.into(),
            fingerprint: id.into(),
            system_id: "tieout".into(),
            settings: json!({}),
            health: Health::Ok,
            health_reason: String::new(),
            health_since: at(),
        };
        go(store.put_connection(row, theo(), at())).unwrap();
    }
    for id in books {
        go(store.put_book(book_row(id), theo(), at())).unwrap();
    }
    Home { store, _dir: dir }
}

fn of(home: &Home, id: &str) -> Book {
    go(named(&home.store, &id.into())).unwrap()
}

/// Another person closes the period right after the book was read, so many times.
fn closing(home: &Home, times: usize) -> impl Fn(&mut Book) -> Result<(), EngineError> {
    let seen = Arc::new(AtomicUsize::new(0));
    move |book: &mut Book| {
        let n = seen.fetch_add(1, Ordering::Relaxed);
        if n < times {
            let mut other = of(home, "fq-us");
            other.settings.lock_date = Some(CLOSED[n]);
            go(home.store.put_book(other, theo(), at())).unwrap();
        }
        book.paused = true;
        Ok(())
    }
}

#[test]
fn a_change_keeps_what_somebody_else_changed_meanwhile() {
    let home = home(&["fq-us"]);
    let id = BookId::from("fq-us");
    go(edit_book(&home.store, &id, (theo(), at()), closing(&home, 1))).unwrap();
    let now = of(&home, "fq-us");
    assert!(now.paused);
    assert_eq!(now.settings.lock_date, Some(CLOSED[0]), "the other one's change stands");
}

fn rest(home: &Home, connection: &str, resting: bool) -> Vec<String> {
    let id = ConnectionId::from(connection);
    let changed = go(rest_books(&home.store, &id, resting, (theo(), at()))).unwrap();
    changed.iter().map(ToString::to_string).collect()
}

fn paused(home: &Home) -> Vec<String> {
    let books = go(home.store.books()).unwrap();
    books.into_iter().filter(|b| b.paused).map(|b| b.id.to_string()).collect()
}

fn pause(home: &Home, id: &str, paused: bool) {
    let edit = |b: &mut Book| {
        b.paused = paused;
        Ok(())
    };
    go(edit_book(&home.store, &id.into(), (theo(), at()), edit)).unwrap();
}

#[test]
fn a_connection_lets_only_those_books_go_on_that_rest_because_of_it() {
    let home = home(&["a", "b", "c"]);
    pause(&home, "b", true);
    assert_eq!(rest(&home, "qbo", true), ["a", "c"]);
    assert_eq!(rest(&home, "qbo", true), [""; 0], "it rests already");
    // the other end of the same books
    assert_eq!(rest(&home, "concur", true), [""; 0]);
    assert_eq!(rest(&home, "qbo", false), [""; 0], "the source rests still");
    assert_eq!(paused(&home), ["a", "b", "c"]);
    assert_eq!(rest(&home, "concur", false), ["a", "c"]);
    assert_eq!(paused(&home), ["b"], "a person paused it by itself");
    // one that a person let go on, and paused again later, is that person's
    rest(&home, "qbo", true);
    pause(&home, "a", false);
    pause(&home, "a", true);
    assert_eq!(rest(&home, "qbo", false), ["c"]);
    assert_eq!(paused(&home), ["a", "b"]);
}

#[test]
fn a_change_that_loses_twice_is_refused() {
    let home = home(&["fq-us"]);
    let id = BookId::from("fq-us");
    let said = go(edit_book(&home.store, &id, (theo(), at()), closing(&home, 2))).unwrap_err();
    assert!(said.to_string().contains("somebody else changed fq-us meanwhile"), "{said}");
    let now = of(&home, "fq-us");
    assert!(!now.paused);
    assert_eq!(now.settings.lock_date, Some(CLOSED[1]));
}
