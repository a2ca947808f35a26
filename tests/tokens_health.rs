//! What the state of tokens and breaker says about a connection's health.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "common/extra.rs"]
mod extra;

use std::time::Duration;

use extra::{Home, QBO, Waits, answers};
use serde_json::json;
use tieout::cli::seed::{CONCUR, LEDGER};
use tieout::model::book::AutoApproval::Off;
use tieout::sandbox::faults::When;
use tieout::store::Health;

const DAY: i64 = 86_400;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_that_ends_within_thirty_days_is_told_ahead_and_stays_told() {
    let home = Home::waiting(1, Off, Waits::none()).await;
    home.once().await;
    assert_eq!(home.health(CONCUR).await, (Health::Ok, String::new()));
    // the ledger's refresh token lives on by being used; that of Concur ends when it ends
    for _ in 0..4 {
        home.later(40 * DAY);
        home.once().await;
    }
    let (health, why) = home.health(CONCUR).await;
    assert_eq!(health, Health::Expiring, "{why}");
    assert!(why.contains("tieout connections reauthorise concur"), "{why}");
    let first = why;
    home.later(DAY);
    let summary = home.once().await;
    assert_eq!(
        home.health(CONCUR).await,
        (Health::Expiring, first),
        "the sentence names a day and does not change"
    );
    assert!(!summary.connections.iter().any(|(id, ..)| id.as_str() == CONCUR), "it still works by itself");
    assert_eq!(home.health(LEDGER).await.0, Health::Ok);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_breaker_is_told_and_what_answers_again_ends_it() {
    let home = Home::approved(40, Waits::none()).await;
    home.arm(answers(QBO, "*", When::Before, 503, json!({}), 10_000));
    let struck = || home.faults().fired().values().sum::<u64>();
    let mut last = 0;
    for _ in 0..15 {
        home.once().await;
        if struck() == last {
            break;
        }
        last = struck();
    }
    let seen = home.health(LEDGER).await.0;
    let (_, why) = home.health(LEDGER).await;
    assert_eq!(seen, Health::BreakerOpen, "{why}");
    assert!(why.contains("next try in"), "{why}");
    // the next process begins with a closed one, and the ledger is back
    home.faults().clear();
    extra::run(&home.again().await, Duration::ZERO).await.unwrap();
    assert_eq!(home.health(LEDGER).await, (Health::Ok, String::new()));
}
