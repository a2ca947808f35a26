//! The sample firm's home: its history is played by the engine itself, and the control figures come out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test or benchmark fails by panicking and reports by printing"
)]

mod common;

use std::collections::BTreeMap;

use common::{Made, states};
use tieout::cli::seed::BOOK;
use tieout::model::BookId;
use tieout::model::book::AutoApproval;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_look_and_the_clean_run_show_the_control_figures() {
    let made = Made::sample(AutoApproval::Clean).await;
    assert_eq!(
        made.states().await,
        states(&[
            ("confirmed", 8),
            ("blocked", 29),
            ("ready", 20),
            ("held", 1),
            ("recalled", 1),
            ("unreadable", 1)
        ])
    );
    let mut money: BTreeMap<(String, String), i64> = BTreeMap::new();
    for t in made.store().totals(Some(BookId::from(BOOK))).await.unwrap() {
        if let Some(c) = t.currency {
            *money.entry((t.state.to_string(), c.to_string())).or_default() += t.minor;
        }
    }
    let sum = |s: &str, c: &str| money.get(&(s.to_string(), c.to_string())).copied().unwrap_or(0);
    for (state, usd, eur) in [
        ("confirmed", 260_605, 26_430),
        ("blocked", 8_176_355, 547_720),
        ("ready", 881_036, 70_350),
        ("held", 17_430, 0),
        ("recalled", 31_200, 0),
    ] {
        assert_eq!((sum(state, "USD"), sum(state, "EUR")), (usd, eur), "{state}");
    }
    let marked_before = made.marked().len();
    let book = made.once().await;
    assert_eq!(
        made.states().await,
        states(&[
            ("confirmed", 22),
            ("blocked", 29),
            ("ready", 6),
            ("held", 1),
            ("recalled", 1),
            ("unreadable", 1)
        ])
    );
    assert_eq!(book.posted, 19);
    let marked = made.marked();
    assert_eq!(marked.len() - marked_before, 19);
    assert!(marked.values().all(|n| *n == 1));
    assert!(!book.attention.is_empty(), "the sample always holds documents that need a person");
    assert_eq!(made.store().verify_audit().await.unwrap().map(|n| n > 100), Ok(true));
}
