//! Posting to QuickBooks Desktop through real visits: what happens when nothing fails, how few round trips it takes, and
//! what each trouble of the other machine leads to (reliability.md, F54 and F55; contract 6.2, 9.4).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test or benchmark fails by panicking and reports by printing"
)]

#[path = "common/desktop.rs"]
mod desktop;

use desktop::*;
use tieout::sandbox::web_connector::End;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bills_charges_and_journals_are_posted_in_one_visit() {
    let mut office = Office::empty().await;
    office.more(3, 1);
    office.like("D61", "AAA111");
    office.like("D64", "BBB222");
    let here = office.here().await;
    office.until("approved", |s| s.get("approved") == Some(&5)).await;
    let report = office.visit().await;
    assert_eq!(report.end, End::Finished, "{report:?}");
    office.until("confirmed", |s| *s == states(&[("confirmed", 5)])).await;
    here.end().await;
    assert_eq!(assert_settled(&office, "one visit").await, 2);
    assert_eq!(assert_one_at_a_time(&office.journal, "one visit"), 0);
    // nothing is left that the ledger has to remember
    assert!(office.quickbooks().remembered("tieout").is_empty());
}
