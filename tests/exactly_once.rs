//! Replies that are lost after the write took effect: every slot ends exactly once in the ledger, every document is
//! confirmed once, and the calls stay close to the least possible number.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test or benchmark fails by panicking and reports by printing"
)]

mod common;

use common::{Made, states};
use tieout::model::book::AutoApproval;
use tieout::sandbox::faults::{Fault, What, When};

fn lost(system: &str, operation: &str, seed: u64) -> Fault {
    let mut fault = Fault::once(system, operation, What::DropReply, When::After);
    fault.count = None;
    fault.rate = Some(0.2);
    fault.seed = Some(seed);
    fault
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replies_dropped_after_the_write_make_no_second_record() {
    let mut fired = 0;
    for seed in [1, 2, 3] {
        let made = Made::generated(600, AutoApproval::Clean).await;
        let faults = made.stage.sandbox.control().faults().clone();
        faults.arm(lost("quickbooks_online", "*", seed)).unwrap();
        faults.arm(lost("concur", "confirm", seed)).unwrap();
        faults.arm(lost("concur", "acknowledge", seed)).unwrap();
        for _ in 0..6 {
            made.once().await;
            if made.states().await == states(&[("confirmed", 600)]) {
                break;
            }
        }
        println!("seed {seed}: fired {:?}", faults.fired());
        assert_eq!(made.states().await, states(&[("confirmed", 600)]), "seed {seed}");
        let marked = made.marked();
        assert_eq!(marked.len(), 600, "seed {seed}");
        assert!(marked.values().all(|n| *n == 1), "seed {seed}: a reference stands twice");
        assert!(made.confirmations().iter().all(|n| *n == 1), "seed {seed}");
        fired += faults.fired().values().sum::<u64>();
    }
    assert!(fired >= 10, "only {fired} faults fired");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_documents_cost_at_most_a_tenth_more_calls_than_the_least() {
    let made = Made::generated(2_000, AutoApproval::Clean).await;
    let book = made.once().await;
    let calls = made.ledger_calls();
    println!("calls {calls:?}");
    assert_eq!(made.states().await, states(&[("confirmed", 2_000)]));
    assert_eq!(book.posted, 2_000);
    assert_eq!(made.marked().len(), 2_000);
    let least = 2_000_u64.div_ceil(30);
    assert!(calls["api"] * 100 <= least * 110, "{} calls, {least} is the least", calls["api"]);
}
