//! Calls of many items: each item has its own outcome, and what is in the ledger stays there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is not there"
)]

#[path = "common/extra.rs"]
mod extra;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use extra::{Home, QBO, Waits, fault, run, states};
use serde_json::{Value, json};
use tieout::engine::Ask;
use tieout::model::State;
use tieout::sandbox::faults::{What, When};
use tieout::store::Act;

const SHORT: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f14_a_refused_item_fails_alone_and_the_others_are_kept() {
    let home = Home::approved(12, Waits::none()).await;
    let mut accounts = Vec::new();
    for row in home.rows().await {
        let entry = home.card(&row.number).await.approval.unwrap().set.entries.remove(0);
        accounts.push((row.number, entry.lines.into_iter().find(|l| !l.is_offset()).unwrap().account));
    }
    let gone = accounts[0].1.clone();
    let struck: Vec<&String> = accounts.iter().filter(|(_, a)| a.id == gone.id).map(|(n, _)| n).collect();
    let n = struck.len() as u64;
    assert!((1..12).contains(&n));
    // a person at the ledger, after tieout read it
    home.edit("Account", &gone.id, json!({"Active": false}));
    home.post().await;
    assert_eq!(home.states().await, states(&[("failed", n), ("confirmed", 12 - n)]));
    assert_eq!(home.marked().len() as u64, 12 - n);
    for number in &struck {
        let card = home.card(number).await;
        assert!(card.row.reason.contains(&gone.name), "{}", card.row.reason);
        assert_eq!(
            home.at_concur(&card.row.source_id)["docStatus"],
            "ACKNOWLEDGED",
            "Concur is told nothing"
        );
    }
    // put right, tried again, approved again: the same reference, once
    let before = home.card(struck[0]).await.intents[0].reference.clone();
    home.edit("Account", &gone.id, json!({"Active": true}));
    home.run(SHORT).await;
    for number in &struck {
        let document = home.card(number).await.row.id;
        home.office().ask(Ask::Retry { document }).await.unwrap();
    }
    home.approve(&[]).await;
    home.run(SHORT).await;
    home.all_confirmed_once(12).await;
    let after = home.card(struck[0]).await.intents[0].clone();
    assert_eq!((after.reference, after.generation), (before, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f15_a_lost_call_of_thirty_is_looked_up_in_one() {
    let home = Home::approved(60, Waits::none()).await;
    let before = home.calls("api");
    home.arm(fault(QBO, "batch", What::DropReply, When::After, 1));
    home.post().await;
    assert_eq!(home.fired("quickbooks_online/batch/drop_reply"), 1);
    home.all_confirmed_once(60).await;
    assert_eq!(home.calls("api") - before, 3, "two creates and one look-up");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f16_a_reordered_answer_is_matched_by_item_and_a_missing_item_is_doubt() {
    let home = Home::approved(5, Waits::none()).await;
    let fired = std::sync::Arc::new(AtomicBool::new(false));
    let once = fired.clone();
    let house = home.twisted(move |_, mut reply| {
        if !once.swap(true, Ordering::SeqCst) {
            let mut body: Value = serde_json::from_slice(&reply.body).unwrap();
            let items = body["BatchItemResponse"].as_array_mut().unwrap();
            assert_eq!(items.len(), 5);
            items.reverse();
            items.remove(2);
            reply.body = body.to_string().into_bytes();
        }
        Ok(reply)
    });
    run(&house.await, SHORT).await.unwrap();
    assert!(fired.load(Ordering::SeqCst));
    home.all_confirmed_once(5).await;
    let mut doubts = 0;
    for row in home.rows().await {
        let card = home.card(&row.number).await;
        let intent = &card.intents[0];
        let bill = home.record("Bill", &intent.remote_id);
        assert_eq!(bill["DocNumber"], intent.reference.as_str(), "the record of another item");
        assert_eq!(bill["TotalAmt"].to_string(), card.approval.unwrap().set.entries[0].total().to_string());
        doubts += home.trail(&row.number).await.iter().filter(|a| *a == "ambiguous").count();
    }
    assert_eq!(doubts, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_set_in_the_ledger_waits_for_a_person_and_the_rest_is_posted_when_they_say_so() {
    let number = "B4Q7TN";
    let home = Home::sample().await;
    let marked = home.marked().len();
    home.approve(&[number]).await;
    let set = home.card(number).await.approval.unwrap().set;
    assert_eq!(set.entries.len(), 3);
    // an account that one of the three uses alone
    let used = |e: &tieout::model::Entry| e.lines.iter().map(|l| l.account.clone()).collect::<Vec<_>>();
    let lone = set.entries.iter().flat_map(used).find(|a| {
        set.entries.iter().filter(|e| used(e).contains(a)).count() == 1 && a.name.starts_with("Travel")
    });
    let lone = lone.or_else(|| {
        let own =
            |a: &tieout::model::entry::Named| set.entries.iter().filter(|e| used(e).contains(a)).count() == 1;
        set.entries[1..].iter().flat_map(used).find(own)
    });
    let account = lone.unwrap();
    home.edit("Account", &account.id, json!({"Active": false}));
    home.post().await;
    let card = home.card(number).await;
    assert_eq!(card.row.state, State::NeedsHuman, "{}", card.row.reason);
    assert!(card.row.reason.starts_with("2 of 3 in the ledger"), "{}", card.row.reason);
    assert!(card.row.reason.contains(&account.name), "{}", card.row.reason);
    assert_eq!(home.marked().len(), marked + 2);
    let summary = home.run(SHORT).await;
    assert!(summary.books[0].attention.iter().any(|a| a.row.number == number));
    assert_eq!(home.marked().len(), marked + 2, "nothing is taken back, nothing is made");
    assert_eq!(home.at_concur(&card.row.source_id)["confirmations"], 0);
    home.edit("Account", &account.id, json!({"Active": true}));
    let note = "the account is active again".to_string();
    home.act(number, Act::Decide { to: State::Approved, note }).await.unwrap();
    home.run(SHORT).await;
    let card = home.card(number).await;
    assert_eq!(card.row.state, State::Confirmed, "{}", card.row.reason);
    assert_eq!(home.marked().len(), marked + 3);
    assert!(home.marked().values().all(|n| *n == 1));
    let truth = home.at_concur(&card.row.source_id);
    assert_eq!(truth["confirmations"], 1);
    assert_eq!(truth["postingConfirmation"]["postingDocs"].as_array().unwrap().len(), 3);
}
