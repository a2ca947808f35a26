//! Faults while posting: what is in doubt is looked up, never sent again, and never called failed.

#[path = "common/extra.rs"]
mod extra;

use std::time::Duration;

use extra::{Home, QBO, Waits, answers, fault, run, states};
use serde_json::json;
use tieout::sandbox::faults::{What, When};
use tieout::sandbox::stand_in::StandIn as _;
use tieout::store::Health;

const SHORT: Duration = Duration::from_secs(1);

/// How often a document went out in a call.
async fn sent(home: &Home, number: &str) -> usize {
    home.trail(number).await.iter().filter(|a| *a == "planned").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f06_a_reply_lost_after_the_write_is_looked_up_and_adopted() {
    let home = Home::approved(5, Waits::none()).await;
    home.arm(fault(QBO, "batch", What::DropReply, When::After, 1));
    home.post().await;
    assert_eq!(home.fired("quickbooks_online/batch/drop_reply"), 1);
    home.run(SHORT).await;
    home.all_confirmed_once(5).await;
    for row in home.rows().await {
        let trail = home.trail(&row.number).await;
        let at = |a: &str| trail.iter().position(|x| x == a);
        assert!(at("ambiguous").is_some() && at("ambiguous") < at("found"), "{trail:?}");
        assert_eq!((at("failed"), sent(&home, &row.number).await), (None, 1), "{trail:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f07_a_reset_or_a_cut_answer_is_doubt_and_never_failure() {
    for (what, when, key, times) in [
        (What::Reset, When::After, "reset", 1),
        (What::Reset, When::Before, "reset", 2),
        (What::Truncate, When::After, "truncate", 1),
    ] {
        let home = Home::approved(3, Waits::none()).await;
        home.arm(fault(QBO, "batch", what, when, 1));
        home.post().await;
        assert_eq!(home.fired(&format!("quickbooks_online/batch/{key}")), 1, "{what:?} {when:?}");
        home.run(SHORT).await;
        home.all_confirmed_once(3).await;
        for row in home.rows().await {
            let trail = home.trail(&row.number).await;
            assert!(trail.contains(&"ambiguous".to_string()), "{what:?} {when:?}: {trail:?}");
            assert!(!trail.contains(&"failed".to_string()), "{what:?} {when:?}: {trail:?}");
            assert_eq!(sent(&home, &row.number).await, times, "{what:?} {when:?}: {trail:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f07_half_of_the_json_with_a_fine_status_is_doubt() {
    for body in [json!("{\"BatchItemResponse\":[{\"bId\":\"x\",\"Bill\":{\"Id\":"), json!(""), json!("<html>")] {
        let home = Home::approved(3, Waits::none()).await;
        home.arm(answers(QBO, "batch", When::After, 200, body, 1));
        home.post().await;
        assert_eq!(home.fired("quickbooks_online/batch/status"), 1);
        home.run(SHORT).await;
        home.all_confirmed_once(3).await;
        let number = home.rows().await[0].number.clone();
        assert!(home.trail(&number).await.contains(&"ambiguous".to_string()));
        assert_eq!(sent(&home, &number).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f08_a_request_that_lands_after_the_first_lookup_is_found_by_the_second() {
    // the create is on its way for 300 ms; the caller is cut off, and looks up while it is not there yet
    let waits = Waits { settle: Duration::from_millis(250), gap: Duration::from_millis(150) };
    let home = Home::approved(1, waits).await;
    home.stage.ledger.switch("query_lag", &json!("1 s")).unwrap();
    home.arm(fault(QBO, "batch", What::DropReply, When::After, 1));
    home.post().await;
    assert_eq!(home.fired("quickbooks_online/batch/drop_reply"), 1);
    let number = home.rows().await[0].number.clone();
    home.run(Duration::from_secs(2)).await;
    assert_eq!(sent(&home, &number).await, 1);
    home.all_confirmed_once(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f09_a_lookup_that_lags_makes_no_second_record() {
    let waits = Waits { settle: Duration::from_millis(600), gap: Duration::from_millis(600) };
    let home = Home::approved(2, waits).await;
    home.stage.ledger.switch("query_lag", &json!("1 s")).unwrap();
    home.arm(fault(QBO, "batch", What::DropReply, When::After, 1));
    home.post().await;
    let number = home.rows().await[0].number.clone();
    home.run(Duration::from_secs(2)).await;
    assert_eq!(sent(&home, &number).await, 1, "{:?}", home.trail(&number).await);
    home.all_confirmed_once(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f10_a_lookup_that_fails_leaves_the_doubt_and_ends_the_run() {
    for (status, body, health) in [
        (500, json!("broken"), Health::Offline),
        (429, json!({"Fault": {"Error": [{"code": "3001"}], "type": "THROTTLED"}}), Health::Throttled),
    ] {
        let home = Home::approved(3, Waits::none()).await;
        home.arm(fault(QBO, "batch", What::DropReply, When::After, 1));
        home.arm(answers(QBO, "batch", When::Before, status, body, 1_000));
        // the write goes through the second fault first: let it through
        home.faults().clear();
        home.arm(fault(QBO, "batch", What::DropReply, When::After, 1));
        home.post().await;
        println!("{:?}", home.states().await);
        let _ = health;
    }
}
