//! Tokens by the real program: one refresh on the wire, a crash between answer and store, rotation, revocation.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod vault_common;

use serde_json::json;
use tieout::sandbox::faults::{Fault, What, When};
use tieout::sandbox::stand_in::StandIn as _;
use vault_common::{Place, QBO, Systems, aside, connect_concur, connect_ledger};

async fn home() -> (Place, Systems) {
    let (place, systems) = (Place::new(), Systems::open().await);
    systems.settings(&place, &[("concur", "concur"), ("qbo", QBO)]);
    aside(|| {
        connect_concur(&place, &systems, &["--vault", "key-file"], &[]).ok();
        connect_ledger(&place, &systems, &["connect", "quickbooks-online", "--name", "qbo"]).ok();
    })
    .await;
    (place, systems)
}

fn switch(systems: &Systems, name: &str, word: &str) {
    systems.0.ledger.switch(name, &json!(word)).unwrap();
}

/// A command that calls the ledger without holding the engine.
fn book(name: &str) -> [&str; 9] {
    ["books", "add", name, "--source", "concur", "--ledger", "qbo", "--time-zone", "UTC"]
}

fn health(place: &Place, connection: &str) -> String {
    let all = place.run(&["connections", "--json"], &[]).ok().json();
    let row = all["connections"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["connection"] == connection)
        .unwrap()
        .clone();
    row["health"].as_str().unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_that_need_a_token_at_once_make_one_refresh() {
    let (place, systems) = home().await;
    switch(&systems, "rotate_every", "every refresh");
    switch(&systems, "concurrent_refresh", "revoke");
    systems.expire(&mut 0);
    let mut slow = Fault::once(QBO, "token", What::Delay, When::Before);
    slow.delay_ms = Some(1_500);
    systems.0.sandbox.control().faults().arm(slow).unwrap();
    let before = systems.refreshes();
    aside(|| {
        let (a, b) = (place.start(&book("one"), &[]), place.start(&book("two"), &[]));
        for child in [a, b] {
            let ended = place.end(child);
            assert_eq!(ended.code, Some(0), "{ended:?}");
        }
    })
    .await;
    assert_eq!(systems.0.sandbox.control().faults().fired()["quickbooks_online/token/delay"], 1);
    assert_eq!(systems.refreshes() - before, 1, "one refresh on the wire");
}

/// Ends the program at one commit after the other until one lies between the refresh's answer and its store.
fn crash_between(place: &Place, systems: &Systems) {
    for n in 1..30 {
        let (before, at) = (systems.refreshes(), format!("before_commit:{n}"));
        let mut args = book("lost").to_vec();
        args.extend(["--fail-at", &at]);
        let ended = place.run(&args, &[]);
        assert_eq!(ended.code, None, "no commit lies there: {ended:?}");
        if systems.refreshes() > before {
            return;
        }
    }
    panic!("no refresh was struck");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_between_the_answer_and_the_store_by_both_readings_of_the_old_token() {
    for (old, lives) in [("24h", true), ("0", false)] {
        let (place, systems) = home().await;
        switch(&systems, "rotate_every", "every refresh");
        switch(&systems, "old_refresh_valid_for", old);
        systems.expire(&mut 0);
        aside(|| {
            crash_between(&place, &systems);
            let before = systems.refreshes();
            let test = place.run(&["connections", "test", "qbo"], &[]);
            assert!(systems.refreshes() - before <= 3, "{old}: a loop of refreshes");
            if lives {
                assert_eq!((test.code, health(&place, "qbo").as_str()), (Some(0), "ok"), "{old}: {test:?}");
                return;
            }
            assert_ne!(test.code, Some(0), "{old}: {test:?}");
            assert_eq!(health(&place, "qbo"), "reauthorise", "{test:?}");
            let before = systems.refreshes();
            drop(place.run(&["--auto", "--once", "--wait", "1s"], &[]));
            assert!(systems.refreshes() - before <= 3, "a loop of refreshes");
            // a person signs in again
            connect_ledger(&place, &systems, &["connections", "reauthorise", "qbo"]).ok();
            place.run(&["connections", "test", "qbo"], &[]).ok();
            assert_eq!(health(&place, "qbo"), "ok");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotated_tokens_are_kept_and_an_old_one_that_comes_back_is_refused_without_a_loop() {
    let (place, systems) = home().await;
    switch(&systems, "rotate_every", "every refresh");
    switch(&systems, "old_refresh_valid_for", "0");
    let bound = systems.0.ledger.bound(&[systems.of(QBO, "base_url")]);
    let old = bound["refresh_token"].as_str().unwrap().to_string();
    aside(|| {
        let mut hours = 0;
        for _ in 0..3 {
            systems.expire(&mut hours);
            place.run(&["connections", "test", "qbo"], &[]).ok();
        }
        let now = systems.0.ledger.bound(&[systems.of(QBO, "base_url")]);
        assert_ne!(now["refresh_token"], old);
        // the one from the beginning is imported by mistake: refused, and what is stored stays
        let token = place.file("old-token", &old);
        let again =
            place.run(&["connections", "reauthorise", "qbo", "--refresh-token-fd", "4"], &[(4, &token)]);
        assert_eq!(again.code, Some(1), "{again:?}");
        assert!(!again.err.contains(&old), "{again:?}");
        systems.expire(&mut hours);
        place.run(&["connections", "test", "qbo"], &[]).ok();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concur_rotates_too_and_a_revoked_company_asks_for_a_sign_in_once() {
    let (place, systems) = home().await;
    let concur = &systems.0.concur;
    concur.switch("rotate_refresh_token", &json!(true)).unwrap();
    aside(|| {
        for _ in 0..3 {
            concur.switch("expire_token", &json!(true)).unwrap();
            place.run(&["connections", "test", "concur"], &[]).ok();
        }
        concur.switch("revoke", &json!(true)).unwrap();
        let tokens = || concur.calls().get("token").copied().unwrap_or(0);
        let before = tokens();
        let test = place.run(&["connections", "test", "concur"], &[]);
        assert_ne!(test.code, Some(0), "{test:?}");
        assert!(tokens() - before <= 3, "a loop of refreshes");
        assert_eq!(health(&place, "concur"), "reauthorise");
        let token = place.file("request-token", &systems.of("concur", "request_token"));
        let again = ["connections", "reauthorise", "concur", "--request-token-fd", "4"];
        place.run(&again, &[(4, &token)]).ok();
        place.run(&["connections", "test", "concur"], &[]).ok();
        assert_eq!(health(&place, "concur"), "ok");
    })
    .await;
}
