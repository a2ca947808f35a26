//! A large company file is read page by page: the program's memory does not grow with what is read (contract 4.3).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test or benchmark fails by panicking and reports by printing"
)]
#![cfg(target_os = "linux")]

#[path = "common/desktop.rs"]
mod desktop;

use desktop::*;
use tieout::model::book::AutoApproval;
use tieout::sandbox::firm::Firm;
use tieout::sandbox::quickbooks_desktop::CompanyFile;
use tieout::sandbox::web_connector::End;
use tieout::store::operations::Visits as _;
use tieout::systems::ReadingAsk;

const VENDORS: usize = 10_000;
const BILLS: usize = 50_000;

/// Answers of one walk through an iterator.
fn pages<'a>(seen: &'a [Seen], query: &str) -> Vec<(&'a str, &'a str)> {
    let of = |s: &'a Seen| match s {
        Seen::Processed(set, Ok(answer)) if set.contains(&format!("<{query}Rq ")) => {
            Some((set.as_str(), answer.as_str()))
        }
        _ => None,
    };
    seen.iter().filter_map(of).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_vendors_and_fifty_thousand_bills_are_read_in_bounded_memory() {
    let company = CompanyFile::generated(1, VENDORS, BILLS);
    // making the home reads the lists for the first time
    let office = Office::of(company, Firm::empty(), AutoApproval::Clean).await;
    let program = office.program(None);
    assert!(program.listens().await, "{}", program.said());
    // every bill of two years, line by line
    let store = office.store();
    let facts = {
        use tieout::store::Store as _;
        store.facts(desktop::desktop()).await.unwrap().unwrap()
    };
    assert!(facts.vendors.len() >= VENDORS, "{} vendors", facts.vendors.len());
    drop(facts);
    let ask = ReadingAsk {
        from: "2026-01-01".parse().unwrap(),
        to: "2027-12-31".parse().unwrap(),
        accounts: Vec::new(),
        records: Vec::new(),
    };
    let ask = serde_json::to_string(&ask).unwrap();
    store.want_reading(desktop::desktop(), ask, tieout::cli::seed::begins(false)).await.unwrap();
    let before = program.peak();
    let report = office.visit_for(std::time::Duration::from_mins(8)).await;
    assert_eq!(report.end, End::Finished, "{report:?} {}", program.said());
    let after = program.peak();
    let brought = store.readings(desktop::desktop()).await.unwrap();
    assert!(brought.iter().all(|r| r.trouble.is_empty() && r.read_at.is_some()), "{brought:?}");
    let seen = office.journal.all();
    let bills = pages(&seen, "BillQuery");
    let read: usize = bills.iter().map(|(_, a)| a.matches("<BillRet>").count()).sum();
    let largest = bills.iter().map(|(_, a)| a.len()).max().unwrap();
    let sum: usize = bills.iter().map(|(_, a)| a.len()).sum();
    println!(
        "{} bills on {} pages, the largest of {largest} bytes of {sum}; peak {before} kB before, {after} kB after",
        read,
        bills.len()
    );
    assert!(read >= BILLS, "{read} bills were read");
    for (set, answer) in &bills {
        let most: usize =
            set.split("<MaxReturned>").nth(1).unwrap().split('<').next().unwrap().parse().unwrap();
        assert!(set.contains("iterator=\""), "without an iterator: {set}");
        assert!(most <= 500 && answer.matches("<BillRet>").count() <= most, "a page of more than {most}");
    }
    // what is kept of a page does not add up: the whole would be many times this
    let grown = (after - before) * 1024;
    // the lists keep a short line of each record of the last 120 days, to find what was typed by hand
    let kept = BILLS * 600;
    assert!(grown < 40 * largest.max(1 << 20) + kept, "grown by {grown} bytes, a page has {largest}");
    let status = program.end().await;
    assert_eq!(status.code(), Some(0), "{}", program.said());
}
