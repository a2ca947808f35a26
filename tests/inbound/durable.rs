//! 2xx is a promise: the delivery stands in the store. Where it cannot stand there, the answer is 503 and never a 4xx.

use std::time::Duration;

use tieout::inbound::Limits;

use crate::kit::{COMPANY, PATIENCE, REALM, Rig, TOKEN, event, notification, post, signed};

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_down_is_503_and_the_sender_s_next_try_counts() {
    let rig = Rig::new().await;
    let beside = rusqlite::Connection::open(&rig.database).unwrap();
    beside.execute_batch("ALTER TABLE inbox_event RENAME TO away").unwrap();
    let hook = signed(TOKEN, &notification(&[REALM]));
    assert_eq!(rig.event(&post("/concur", &[], &event("d-1", COMPANY))).await.status(), Some(503));
    assert_eq!(rig.webhook(&hook).await.status(), Some(503));
    assert_eq!(rig.core.hints.due(), None, "what is not kept hints nothing");
    beside.execute_batch("ALTER TABLE away RENAME TO inbox_event").unwrap();
    assert_eq!(rig.event(&post("/concur", &[], &event("d-1", COMPANY))).await.status(), Some(200));
    assert_eq!(rig.webhook(&hook).await.status(), Some(200));
    assert_eq!(rig.kept().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_slow_is_503_in_time_and_the_repeat_is_a_duplicate() {
    let rig = Rig::limited(Limits { insert: Duration::from_millis(100), ..Limits::default() }).await;
    let beside = rusqlite::Connection::open(&rig.database).unwrap();
    beside.execute_batch("BEGIN IMMEDIATE").unwrap();
    let request = post("/concur", &[], &event("d-2", COMPANY));
    assert_eq!(rig.event(&request).await.status(), Some(503));
    beside.execute_batch("COMMIT").unwrap();
    let again = async {
        while rig.event(&request).await.status() != Some(200) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, again).await.unwrap();
    assert_eq!(rig.kept().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_not_there_are_our_fault() {
    let rig = Rig::new().await;
    // before the first signature is looked at nothing is kept of the keys
    let row =
        rig.core.store.connections().await.unwrap().into_iter().find(|r| r.id.as_str() == "qbo-us").unwrap();
    let other = tieout::store::ConnectionRow { system: "freshbooks".into(), ..row };
    rig.core.store.put_connection(other, tieout::model::Actor::engine(), rig.core.now()).await.unwrap();
    assert_eq!(rig.webhook(&signed(TOKEN, &notification(&[REALM]))).await.status(), Some(503));
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_are_remembered_for_a_month_and_then_forgotten() {
    let rig = Rig::new().await;
    assert_eq!(rig.event(&post("/concur", &[], &event("m-1", COMPANY))).await.status(), Some(200));
    let days = |n: i64| rig.core.now().checked_sub(jiff::SignedDuration::from_hours(24 * n)).unwrap();
    rig.clock.advance(Duration::from_hours(30 * 24));
    assert_eq!(rig.core.store.purge_deliveries(days(31), rig.core.now()).await.unwrap(), 0);
    rig.clock.advance(Duration::from_hours(2 * 24));
    assert_eq!(rig.core.store.purge_deliveries(days(31), rig.core.now()).await.unwrap(), 1);
    assert!(rig.kept().await.is_empty());
}
