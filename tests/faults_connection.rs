//! Trouble of a connection moves no document: quotas, outages, tokens, the wrong company, two processes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is not there"
)]

#[path = "common/extra.rs"]
mod extra;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use extra::{Home, QBO, Waits, answers, fault, post_all, run, states, until};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tieout::cli::seed::{CONCUR, LEDGER};
use tieout::engine::Ask;
use tieout::engine::house::{OpenError, RunOptions};
use tieout::model::ConnectionId;
use tieout::model::book::AutoApproval::Off;
use tieout::sandbox::faults::{What, When};
use tieout::sandbox::stand_in::StandIn as _;
use tieout::store::Health;
use tieout::systems::Grant;
use tieout::transport::Tokens as _;
use tokio_util::sync::CancellationToken;

const SHORT: Duration = Duration::from_secs(1);

async fn never_failed(home: &Home) {
    for row in home.rows().await {
        let trail = home.trail(&row.number).await;
        assert!(!trail.iter().any(|a| a == "failed" || a == "needs_human"), "{trail:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f17_a_429_moves_no_document_and_retry_after_is_a_floor() {
    let home = Home::approved(3, Waits::none()).await;
    let body =
        json!({"Fault": {"Error": [{"Message": "ThrottleExceeded", "code": "3001"}], "type": "THROTTLED"}});
    let mut busy = answers(QBO, "batch", When::Before, 429, body, 1);
    busy.headers = Some(BTreeMap::from([("Retry-After".into(), "2".into())]));
    home.arm(busy);
    let began = Instant::now();
    home.post().await;
    assert_eq!(home.fired("quickbooks_online/batch/status"), 1);
    assert_eq!(home.states().await, states(&[("approved", 3)]));
    assert_eq!(home.health(LEDGER).await.0, Health::Throttled);
    let calls = home.calls("api");
    home.run(Duration::from_secs(3)).await;
    assert!(home.calls("api") > calls && began.elapsed() >= Duration::from_secs(2), "{:?}", began.elapsed());
    home.all_confirmed_once(3).await;
    never_failed(&home).await;
    for row in home.rows().await {
        assert!(!home.trail(&row.number).await.contains(&"ambiguous".to_string()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f19_a_fault_inside_a_200_counts_and_not_the_status() {
    let denied = json!({"fault": {"error": [{"message": "access denied", "detail": "AuthorizationFailure", "code": "3100"}],
        "type": "AUTHORIZATION"}});
    let refused = json!({"Fault": {"Error": [{"Message": "Object Not Found", "Detail": "gone", "code": "610"}],
        "type": "ValidationFault"}});
    for (body, state) in [(denied, "approved"), (refused, "failed")] {
        let home = Home::approved(2, Waits::none()).await;
        home.arm(answers(QBO, "batch", When::Before, 200, body, 1));
        home.post().await;
        assert_eq!(home.fired("quickbooks_online/batch/status"), 1);
        assert_eq!(home.states().await, states(&[(state, 2)]));
        assert!(home.marked().is_empty());
        assert!(home.stage.concur.records().iter().all(|r| r["confirmations"] == 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f20_an_outage_opens_the_breaker_moves_nothing_and_everything_drains_afterwards() {
    let home = Home::approved(40, Waits::none()).await;
    home.arm(answers(QBO, "*", When::Before, 500, json!("down"), 10_000));
    let struck = || home.faults().fired().values().sum::<u64>();
    let mut last = 0;
    for _ in 0..15 {
        home.once().await;
        if struck() == last {
            break;
        }
        last = struck();
    }
    assert!(last >= 5, "only {last} calls failed");
    home.once().await;
    assert_eq!(struck(), last, "an open breaker lets nothing out");
    let there = home.states().await;
    assert!(there.keys().all(|s| s == "approved" || s == "ambiguous"), "{there:?}");
    assert!(there["approved"] >= 10, "{there:?}");
    assert!(home.health(LEDGER).await.1.contains("next try in"), "{:?}", home.health(LEDGER).await);
    // it is back: the next process starts with a closed breaker
    home.faults().clear();
    run(&home.again().await, SHORT).await.unwrap();
    home.all_confirmed_once(40).await;
    never_failed(&home).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f22_a_token_that_ends_in_the_middle_costs_one_refresh_and_no_second_record() {
    let home = Home::approved(3, Waits::none()).await;
    let tokens = home.calls("token");
    home.arm(fault(QBO, "batch", What::ExpireToken, When::Before, 1));
    home.post().await;
    assert_eq!(home.fired("quickbooks_online/batch/expire_token"), 1);
    assert_eq!(home.calls("token") - tokens, 1);
    home.all_confirmed_once(3).await;
    // and where the write took effect, the answer is lost, and the token is gone for the look-up
    home.more(3);
    home.once().await;
    home.approve(&[]).await;
    let tokens = home.calls("token");
    home.arm(fault(QBO, "batch", What::DropReply, When::After, 1));
    home.arm(fault(QBO, "batch", What::ExpireToken, When::After, 1));
    home.post().await;
    home.run(SHORT).await;
    assert_eq!(home.fired("quickbooks_online/batch/drop_reply"), 1);
    assert_eq!(home.fired("quickbooks_online/batch/expire_token"), 2);
    assert_eq!(home.calls("token") - tokens, 1);
    home.all_confirmed_once(6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f23_two_processes_that_need_a_refresh_make_one() {
    let home = Home::approved(2, Waits::none()).await;
    home.stage.ledger.switch("rotate_every", &json!("every refresh")).unwrap();
    home.stage.ledger.switch("concurrent_refresh", &json!("revoke")).unwrap();
    home.later(7_200);
    let mut slow = fault(QBO, "token", What::Delay, When::Before, 1);
    slow.delay_ms = Some(200);
    home.arm(slow);
    let before = home.calls("token");
    let (a, b) = (home.tokens(LEDGER).await, home.tokens(LEDGER).await);
    let (x, y) = tokio::join!(a.bearer(), b.bearer());
    let (x, y) = (x.unwrap(), y.unwrap());
    assert_eq!(home.fired("quickbooks_online/token/delay"), 1);
    assert_eq!(home.calls("token") - before, 1, "one refresh on the wire");
    assert_eq!(x.token.expose_secret(), y.token.expose_secret());
    // both were refused at once: again one refresh, and the loser takes what the winner stored
    let (x, y) = tokio::join!(a.after_refusal(&x), b.after_refusal(&y));
    assert_eq!(home.calls("token") - before, 2);
    assert_eq!(x.unwrap().token.expose_secret(), y.unwrap().token.expose_secret());
    home.run(SHORT).await;
    assert_eq!(home.calls("token") - before, 2, "the third process reads what is stored");
    home.all_confirmed_once(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f24_a_single_use_token_whose_answer_was_lost_asks_for_a_sign_in_and_moves_nothing() {
    let home = Home::approved(3, Waits::none()).await;
    home.stage.ledger.switch("rotate_every", &json!("every refresh")).unwrap();
    home.stage.ledger.switch("old_refresh_valid_for", &json!("0")).unwrap();
    home.later(7_200);
    home.arm(fault(QBO, "token", What::Reset, When::After, 1));
    home.once().await;
    assert_eq!(home.fired("quickbooks_online/token/reset"), 1);
    let tokens = home.calls("token");
    let summary = home.run(SHORT).await;
    assert!(home.calls("token") - tokens <= 4, "a loop of {} refreshes", home.calls("token") - tokens);
    assert_eq!(home.health(LEDGER).await.0, Health::Reauthorise);
    assert!(summary.needs_person());
    assert!(
        summary.connections.iter().any(|(id, health, _)| id.as_str() == LEDGER && health == "reauthorise")
    );
    assert_eq!(home.states().await, states(&[("approved", 3)]));
    never_failed(&home).await;
    sign_in_to_the_ledger(&home).await;
    home.run(SHORT).await;
    home.all_confirmed_once(3).await;
}

async fn sign_in_to_the_ledger(home: &Home) {
    let base = home.stage.sandbox.systems()[QBO]["base_url"].as_str().unwrap().to_string();
    let given = home.stage.ledger.bound(&[base]);
    let refresh = SecretString::from(given["refresh_token"].as_str().unwrap().to_string());
    home.tokens(LEDGER).await.adopt_refresh_token(&refresh).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f25_a_revoked_ledger_asks_for_a_sign_in_and_documents_stay_approved() {
    let home = Home::approved(3, Waits::none()).await;
    home.arm(fault(QBO, "batch", What::Revoke, When::Before, 1));
    home.post().await;
    assert_eq!(home.fired("quickbooks_online/batch/revoke"), 1);
    assert_eq!(home.states().await, states(&[("approved", 3)]));
    assert_eq!(home.health(LEDGER).await.0, Health::Reauthorise);
    let tokens = home.calls("token");
    let summary = home.once().await;
    assert!(summary.needs_person());
    assert!(home.calls("token") - tokens <= 4, "a loop of {} refreshes", home.calls("token") - tokens);
    assert_eq!(home.states().await, states(&[("approved", 3)]));
    never_failed(&home).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f25_a_revoked_concur_keeps_what_is_posted_until_it_can_be_confirmed() {
    let home = Home::approved(3, Waits::none()).await;
    home.stage.concur.switch("revoke", &json!(true)).unwrap();
    let summary = home.once().await;
    assert_eq!(home.health(CONCUR).await.0, Health::Reauthorise);
    assert!(summary.needs_person());
    assert_eq!(home.states().await, states(&[("posted", 3)]));
    never_failed(&home).await;
    let given = &home.stage.sandbox.systems()["concur"];
    let text = |k: &str| given[k].as_str().unwrap().to_string();
    home.stage.concur.switch("issue_request_token", &json!(true)).unwrap();
    let grant = Grant::Company {
        company: text("company_uuid"),
        request_token: SecretString::from(text("request_token")),
    };
    home.tokens(CONCUR).await.sign_in(&grant).await.unwrap();
    home.later(1_000);
    home.run(SHORT).await;
    home.all_confirmed_once(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f43_a_second_process_on_one_home_is_told_who_holds_it_and_keeps_its_local_work() {
    let home = Home::waiting(3, Off, Waits::none()).await;
    home.once().await;
    let stop = CancellationToken::new();
    let (house, token) = (home.house.clone(), stop.clone());
    let holder = tokio::spawn(async move { house.run_until(RunOptions::default(), token).await });
    let other = home.again().await;
    until("the engine is held", || async { other.engine_holder().is_some() }).await;
    let refused = other.run_once(RunOptions::default(), Duration::from_millis(200)).await;
    match refused {
        Err(OpenError::Held(why)) => assert!(why.contains(&std::process::id().to_string()), "{why}"),
        answer => panic!("{answer:?}"),
    }
    let said = other.office().ask(Ask::Test { connection: ConnectionId::from(LEDGER) }).await.unwrap();
    assert!(said.contains("answers as"), "{said}");
    // a local operation, lock or not; the holder notices and posts
    let rows = home.rows().await;
    let mut ones = Vec::new();
    for row in &rows {
        let digest = home.card(&row.number).await.derived.unwrap().digest;
        ones.push(tieout::store::ApproveOne { id: row.id, version: row.version, digest, as_delta: false });
    }
    for (_, answer) in other.office().approve(ones).await.unwrap() {
        answer.unwrap();
    }
    until("confirmed", || async { home.states().await == states(&[("confirmed", 3)]) }).await;
    stop.cancel();
    holder.await.unwrap().unwrap();
    run(&other, SHORT).await.unwrap();
    home.all_confirmed_once(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f55_another_company_at_the_ledgers_address_stops_everything() {
    let home = Home::approved(3, Waits::none()).await;
    let house = home.twisted(|_, reply| Ok(reply)).await;
    *home.answers_as.lock().unwrap() = Some("9130000000000000001".into());
    let summary = run(&house, Duration::ZERO).await.unwrap();
    assert_eq!(home.health(LEDGER).await.0, Health::WrongCompany);
    assert!(summary.needs_person());
    assert_eq!(home.states().await, states(&[("approved", 3)]));
    assert!(home.marked().is_empty(), "something was posted to the wrong company");
    house.office().ask(post_all()).await.unwrap();
    assert!(home.marked().is_empty(), "something was posted to the wrong company");
    assert_eq!(home.health(LEDGER).await.0, Health::WrongCompany);
    *home.answers_as.lock().unwrap() = None;
    run(&house, SHORT).await.unwrap();
    assert_eq!(home.health(LEDGER).await.0, Health::Ok);
    home.all_confirmed_once(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f55_a_list_of_another_concur_company_is_not_taken() {
    let home = Home::waiting(2, Off, Waits::none()).await;
    let foreign = json!({"links": [], "content": [{
        "id": "0123456789abcdef0123456789abcdef", "docType": "expense", "companyId": "1", "entityId": "p1",
        "companyUuid": "11111111-2222-3333-4444-555555555555", "erpSystemId": "", "docStatus": "READY",
        "document": {}, "links": []}], "page": {"size": 1, "totalElements": 1, "totalPages": 1, "number": 0}});
    home.arm(answers("concur", "list", When::Before, 200, foreign, 1));
    home.once().await;
    assert_eq!(home.fired("concur/list/status"), 1);
    assert_eq!(home.health(CONCUR).await.0, Health::WrongCompany);
    assert!(home.rows().await.is_empty());
    assert!(home.stage.concur.records().iter().all(|r| r["acknowledgements"] == 0));
    home.once().await;
    assert_eq!(home.health(CONCUR).await.0, Health::Ok);
    assert_eq!(home.states().await, states(&[("ready", 2)]));
}

/// Bodies of confirmations that Concur refuses as a whole.
fn refuse_bodies(home: &Home, count: u64) {
    let body = json!({"message": "JSON parse error", "fiReturnCode": "400"});
    home.arm(answers("concur", "confirm", When::Before, 400, body, count));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirmation_that_is_refused_as_a_whole_is_sent_again_one_by_one() {
    let home = Home::approved(3, Waits::none()).await;
    refuse_bodies(&home, 1);
    home.post().await;
    assert_eq!((home.fired("concur/confirm/status"), home.states().await), (1, states(&[("posted", 3)])));
    assert!(home.stage.concur.records().iter().all(|r| r["confirmations"] == 0));
    let calls = home.concur_calls("confirm");
    home.later(900);
    home.once().await;
    assert_eq!(home.concur_calls("confirm") - calls, 3, "each in a body of its own");
    home.all_confirmed_once(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirmation_that_is_refused_alone_six_times_waits_for_a_person() {
    let home = Home::approved(1, Waits::none()).await;
    refuse_bodies(&home, 6);
    home.post().await;
    let number = home.rows().await[0].number.clone();
    for n in 2..=6 {
        assert_eq!(
            (home.fired("concur/confirm/status"), home.states().await),
            (n - 1, states(&[("posted", 1)]))
        );
        home.later(900);
        home.once().await;
    }
    assert_eq!(home.fired("concur/confirm/status"), 6);
    let card = home.card(&number).await;
    assert_eq!(card.row.state, tieout::model::State::ConfirmFailed);
    assert!(card.row.reason.contains("JSON parse error"), "{}", card.row.reason);
    // nothing is sent again by itself; a person says so
    home.later(3_000);
    home.once().await;
    assert_eq!(home.at_concur(&card.row.source_id)["confirmations"], 0);
    home.office().ask(Ask::Retry { document: card.row.id }).await.unwrap();
    home.all_confirmed_once(1).await;
}
