//! What people decide, and what Concur hears of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is not there"
)]

#[path = "common/extra.rs"]
mod extra;

use std::time::Duration;

use extra::{Home, Waits, states};
use serde_json::{Value, json};
use tieout::model::State;
use tieout::model::book::AutoApproval::{Clean, Off};
use tieout::model::book::Mode;
use tieout::sandbox::stand_in::StandIn as _;
use tieout::store::{Acknowledged, Act};

const SHORT: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rejection_of_an_acknowledged_document_sends_error_once_with_the_reason() {
    let home = Home::waiting(2, Off, Waits::none()).await;
    home.once().await;
    let row = home.rows().await.remove(0);
    let reason = "the same dinner as last week".to_string();
    assert_eq!(home.act(&row.number, Act::Reject { reason: reason.clone() }).await.unwrap(), State::Rejected);
    home.once().await;
    let truth = home.at_concur(&row.source_id);
    assert_eq!(truth["docStatus"], "POSTING_CONFIRMED_FAILURE");
    let told = &truth["postingConfirmation"];
    assert_eq!(told["overallPostingStatusCode"], "error");
    assert!(told["systemMessages"].to_string().contains(&reason), "{told}");
    let calls = home.concur_calls("confirm");
    assert_eq!(calls, 1);
    home.later(3_600);
    home.once().await;
    assert_eq!(home.concur_calls("confirm"), calls, "once");
    assert!(home.marked().is_empty());
    assert!(home.act(&row.number, Act::Release).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_withdrawn_or_held_is_not_posted_until_a_person_lets_it_go() {
    let home = Home::approved(3, Waits::none()).await;
    let rows = home.rows().await;
    let (a, b) = (&rows[0].number, &rows[1].number);
    assert_eq!(home.act(a, Act::Withdraw).await.unwrap(), State::Ready);
    assert_eq!(home.act(b, Act::Hold { reason: "asked the employee".into() }).await.unwrap(), State::Held);
    home.run(SHORT).await;
    assert_eq!(home.states().await, states(&[("ready", 1), ("held", 1), ("confirmed", 1)]));
    assert_eq!(home.marked().len(), 1);
    assert!(home.card(a).await.approval.is_none());
    assert!(home.card(b).await.approval.is_some(), "the approval stands");
    assert_eq!(home.act(b, Act::Release).await.unwrap(), State::Approved);
    home.approve(&[a]).await;
    home.run(SHORT).await;
    home.all_confirmed_once(3).await;
    // what is confirmed can be neither withdrawn nor held
    for act in [Act::Withdraw, Act::Hold { reason: "x".into() }, Act::Reject { reason: "x".into() }] {
        assert!(home.act(a, act).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_adopted_record_is_confirmed_with_its_own_number_and_nothing_is_made() {
    let home = Home::sample().await;
    let (bills, marked) = (home.transactions().len(), home.marked().len());
    let card = home.card("E5TW8R").await;
    assert_eq!(card.row.state, State::Blocked);
    let wrong = home.office().adopt(card.row.id, "CL 2217".into()).await.unwrap_err().to_string();
    assert!(wrong.contains("cannot be adopted"), "{wrong}");
    let state = home.office().adopt(card.row.id, "OKAFOR OCT".into()).await.unwrap();
    assert_eq!(state, State::Posted);
    home.run(SHORT).await;
    let card = home.card("E5TW8R").await;
    assert_eq!((card.row.state, card.row.ledger_number.as_str()), (State::Confirmed, "OKAFOR OCT"));
    let truth = home.at_concur(&card.row.source_id);
    assert_eq!(truth["confirmations"], 1);
    assert_eq!(truth["postingConfirmation"]["postingDocs"][0]["documentNumber"], "OKAFOR OCT");
    assert_eq!((home.transactions().len(), home.marked().len()), (bills, marked));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_book_neither_acknowledges_nor_posts() {
    let home = Home::waiting(0, Clean, Waits::none()).await;
    home.book(|b| b.mode = Mode::Preview).await;
    home.more(3);
    home.run(SHORT).await;
    home.run(SHORT).await;
    let there = home.states().await;
    assert_eq!(there.values().sum::<u64>(), 3);
    assert!(there.keys().all(|s| s == "ready" || s == "approved"), "{there:?}");
    assert_eq!(home.concur_calls("acknowledge") + home.concur_calls("confirm"), 0);
    assert!(home.stage.concur.records().iter().all(|r| r["docStatus"] == "READY"));
    assert!(home.marked().is_empty());
    assert!(home.rows().await.iter().all(|r| r.ledger_number.is_empty()));
    // going live tells Concur first
    home.book(|b| b.mode = Mode::Live).await;
    home.run(SHORT).await;
    home.all_confirmed_once(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_unrouted_unreadable_or_a_test_is_never_acknowledged() {
    let home = Home::sample().await;
    let good = home.payload("N2HF5R").await;
    let mut foreign: Value = good.clone();
    foreign["report"]["reportId"] = json!("FOREIGN");
    foreign["report"]["reportNumber"] = json!("FOREIGN");
    foreign["report"]["ledgerCode"] = json!("ELSEWHERE");
    foreign["employee"]["employeeCustom21Code"] = json!("ELSEWHERE");
    home.stage.concur.add_documents(&json!({"docType": "expense", "document": foreign})).unwrap();
    home.approve(&["N2HF5R"]).await;
    for _ in 0..2 {
        home.later(600);
        home.run(SHORT).await;
    }
    for (number, state) in
        [("FOREIGN", State::Blocked), ("TEST01", State::Blocked), ("B9VT2G", State::Unreadable)]
    {
        let card = home.card(number).await;
        assert_eq!(card.row.state, state, "{number}");
        assert_eq!(card.acknowledged, Acknowledged::No, "{number}");
        let truth = home.at_concur(&card.row.source_id);
        assert_eq!(
            (&truth["acknowledgements"], &truth["docStatus"]),
            (&json!(0), &json!("READY")),
            "{number}"
        );
    }
    assert!(home.card("FOREIGN").await.row.book.is_none());
    // nor is what a person rejects of it told
    home.act("TEST01", Act::Reject { reason: "a test".into() }).await.unwrap();
    home.run(SHORT).await;
    let truth = home.at_concur(&home.card("TEST01").await.row.source_id);
    assert_eq!((&truth["docStatus"], &truth["postingConfirmation"]), (&json!("READY"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_to_post_of_a_console_that_died_expires() {
    use tieout::cli::seed::{LEDGER, theo};
    use tieout::engine::Ask;
    use tieout::model::{Clock as _, ConnectionId};
    let home = Home::approved(2, Waits::none()).await;
    let leave = || async {
        let args = serde_json::to_value(extra::post_all()).unwrap();
        home.store().ask("post".into(), args, theo(), home.clock.now()).await.unwrap()
    };
    let office = home.office();
    let test = || office.ask(Ask::Test { connection: ConnectionId::from(LEDGER) });
    let left = leave().await;
    home.later(601);
    test().await.unwrap();
    let answer = home.store().request(left).await.unwrap().unwrap().answer.unwrap();
    assert!(answer["error"].as_str().unwrap().contains("expired"), "{answer}");
    assert_eq!((home.states().await, home.marked().len()), (states(&[("approved", 2)]), 0));
    // one that is young enough is executed by whoever takes the engine
    let left = leave().await;
    home.later(300);
    test().await.unwrap();
    let answer = home.store().request(left).await.unwrap().unwrap().answer.unwrap();
    assert!(answer["text"].as_str().unwrap().starts_with("2 ledger records posted"), "{answer}");
    assert_eq!(home.marked().len(), 2);
}
