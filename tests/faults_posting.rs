//! Faults while posting: what is in doubt is looked up, never sent again, and never called failed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test or benchmark fails by panicking and reports by printing"
)]
#[path = "common/extra.rs"]
mod extra;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use extra::{Home, QBO, Waits, answers, fault, lost, post_all, run, states};
use serde_json::json;
use tieout::model::State;
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
    for body in
        [json!("{\"BatchItemResponse\":[{\"bId\":\"x\",\"Bill\":{\"Id\":"), json!(""), json!("<html>")]
    {
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
    // the caller gives up after 100 ms; the create lands after 600 ms, behind the look-ups up to there
    let waits = Waits {
        settle: Duration::from_millis(200),
        gap: Duration::from_millis(800),
        request: Some(Duration::from_millis(100)),
    };
    let home = Home::approved(1, Waits::none()).await;
    let house = home.waits(waits).await;
    let mut late = fault(QBO, "batch", What::Delay, When::Before, 1);
    late.delay_ms = Some(600);
    home.arm(late);
    house.office().ask(post_all()).await.unwrap();
    assert_eq!(home.fired("quickbooks_online/batch/delay"), 1);
    let number = home.rows().await[0].number.clone();
    assert_eq!(home.state(&number).await, State::Ambiguous);
    run(&house, Duration::from_secs(2)).await.unwrap();
    assert_eq!(sent(&home, &number).await, 1, "{:?}", home.trail(&number).await);
    home.all_confirmed_once(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f09_a_lookup_that_lags_behind_the_write_makes_no_second_record() {
    let waits = Waits { settle: Duration::from_millis(100), gap: Duration::from_millis(100), request: None };
    let home = Home::approved(2, Waits::none()).await;
    let faults = home.faults();
    let first = AtomicBool::new(true);
    let twisted = home.twisted_waiting(waits, move |_, reply| {
        if first.swap(false, Ordering::SeqCst) {
            // the early look-up and the first one that counts see the ledger as it was before the write
            let mut lag = fault(QBO, "batch", What::LagReads, When::Before, 2);
            lag.delay_ms = Some(60_000);
            faults.arm(lag).unwrap();
            return Err(lost());
        }
        Ok(reply)
    });
    let house = twisted.await;
    run(&house, Duration::from_secs(2)).await.unwrap();
    assert_eq!(home.fired("quickbooks_online/batch/lag_reads"), 2);
    for row in home.rows().await {
        assert_eq!(sent(&home, &row.number).await, 1, "no create before proof");
    }
    home.all_confirmed_once(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f10_a_lookup_that_fails_leaves_the_doubt_and_ends_the_run() {
    for (status, body, health) in [
        (500, json!("broken"), Health::Offline),
        (429, json!({"Fault": {"Error": [{"code": "3001"}], "type": "THROTTLED"}}), Health::Throttled),
    ] {
        let home = Home::approved(3, Waits::none()).await;
        let faults = home.faults();
        let house = home.twisted(move |_, _| {
            faults.arm(answers(QBO, "batch", When::Before, status, body.clone(), 1_000)).unwrap();
            Err(lost())
        });
        let house = house.await;
        let ended = tokio::time::timeout(Duration::from_secs(3), run(&house, Duration::ZERO)).await;
        let fired = home.fired("quickbooks_online/batch/status");
        assert!(ended.is_ok(), "the run does not end: {fired} look-ups were sent meanwhile");
        assert!((1..=3).contains(&fired), "{fired} look-ups");
        assert_eq!(home.states().await, states(&[("ambiguous", 3)]));
        assert_eq!(home.health("quickbooks-online").await.0, health);
        home.faults().clear();
        let fresh = home.again().await;
        run(&fresh, SHORT).await.unwrap();
        home.all_confirmed_once(3).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f11_two_records_with_one_reference_are_left_to_a_person_with_both_ids() {
    let home = Home::approved(1, Waits::none()).await;
    home.stage.ledger.switch("bill_dup_docnumber", &json!("accept")).unwrap();
    let ledger = home.stage.ledger.clone();
    let house = home.twisted(move |_, _| {
        let all = ledger.records();
        let bill = all
            .iter()
            .filter_map(|r| r.get("Bill"))
            .find(|b| b["PrivateNote"].to_string().contains("tieout:"));
        let mut copy = bill.unwrap().clone();
        for server in [
            "Id",
            "SyncToken",
            "MetaData",
            "domain",
            "sparse",
            "Balance",
            "HomeBalance",
            "HomeTotalAmt",
            "TotalAmt",
            "LinkedTxn",
        ] {
            copy.as_object_mut().unwrap().remove(server);
        }
        ledger.by_hand("create", "Bill", &copy).unwrap();
        Err(lost())
    });
    let summary = run(&house.await, SHORT).await.unwrap();
    let row = home.rows().await.remove(0);
    assert_eq!(row.state, State::NeedsHuman, "{}", row.reason);
    let ids: Vec<String> =
        home.transactions().iter().map(|(_, b)| b["Id"].as_str().unwrap().to_string()).collect();
    assert_eq!(home.marked().values().copied().collect::<Vec<_>>(), [2]);
    let named = ids.iter().filter(|id| row.reason.contains(&format!("Bill {id}"))).count();
    assert_eq!(named, 2, "{}", row.reason);
    assert!(summary.needs_person());
    home.run(SHORT).await;
    assert_eq!(home.marked().values().copied().collect::<Vec<_>>(), [2], "nothing is made or deleted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f12_a_duplicate_number_that_names_our_own_record_is_verified_and_recorded() {
    let home = Home::approved(1, Waits::none()).await;
    // the ledger forgets request ids at once, and the look-ups after the lost answer lag: absence seems proved
    home.stage.ledger.switch("requestid_memory", &json!("0")).unwrap();
    let faults = home.faults();
    let calls = Arc::new(Mutex::new(Vec::new()));
    let heard = calls.clone();
    let house = home.twisted(move |_, reply| {
        let mut heard = heard.lock().unwrap();
        heard.push(String::from_utf8_lossy(&reply.body).into_owned());
        if heard.len() > 1 {
            return Ok(reply);
        }
        let mut lag = fault(QBO, "batch", What::LagReads, When::Before, 2);
        lag.delay_ms = Some(60_000);
        faults.arm(lag).unwrap();
        Err(lost())
    });
    run(&house.await, SHORT).await.unwrap();
    assert_eq!(home.fired("quickbooks_online/batch/lag_reads"), 2);
    let calls = calls.lock().unwrap().clone();
    let number = home.rows().await[0].number.clone();
    assert_eq!(calls.len(), 2, "{:?} {:?}", home.trail(&number).await, home.states().await);
    assert!(calls[1].contains("6140"), "{}", calls[1]);
    home.all_confirmed_once(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f13_a_record_of_a_person_with_the_same_number_is_never_adopted() {
    let home = Home::approved(1, Waits::none()).await;
    let number = home.rows().await[0].number.clone();
    let entry = home.card(&number).await.approval.unwrap().set.entries[0].clone();
    let line = &entry.lines[0];
    // same vendor, same amount, same date, same number: but not ours
    let body = json!({
        "VendorRef": {"value": entry.party.as_ref().unwrap().id}, "DocNumber": entry.number,
        "CurrencyRef": {"value": entry.currency.code()},
        "TxnDate": entry.date.to_string(),
        "Line": [{"Amount": entry.total(), "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": line.account.id}}}],
    });
    let made = home.stage.ledger.by_hand("create", "Bill", &body).unwrap();
    let id = made["Bill"]["Id"].as_str().unwrap().to_string();
    home.post().await;
    home.run(SHORT).await;
    let card = home.card(&number).await;
    assert_eq!(card.row.state, State::NeedsHuman, "{}", card.row.reason);
    assert!(card.row.reason.contains(&format!("Bill {id}")), "{}", card.row.reason);
    assert!(card.intents.iter().all(|i| i.remote_id.is_empty()));
    assert!(home.marked().is_empty());
    assert_eq!(home.at_concur(&card.row.source_id)["confirmations"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_negative_lines_are_refused_the_report_becomes_a_bill_and_a_credit_once_a_person_agrees() {
    const MIXED: &str = "5KRT9Z";
    let home = Home::sample().await;
    home.stage.ledger.switch("negative_bill_lines", &json!(2290)).unwrap();
    home.once().await;
    let before = home.card(MIXED).await;
    assert_eq!((before.row.state, before.row.will_post.as_str()), (State::Ready, "bill"));
    home.approve(&[MIXED]).await;
    let marked = home.marked();
    home.post().await;
    assert_eq!(home.state(MIXED).await, State::Failed);
    assert_eq!(home.marked(), marked, "nothing of it is in the ledger");
    // the refusal taught the client; the document is derived again, and nothing goes without a person
    let id = before.row.id;
    home.office().ask(tieout::engine::Ask::Retry { document: id }).await.unwrap();
    let card = home.card(MIXED).await;
    assert_eq!((card.row.state, card.row.will_post.as_str()), (State::Ready, "bill + credit"));
    home.post().await;
    assert_eq!((home.state(MIXED).await, home.marked()), (State::Ready, marked.clone()));
    home.approve(&[MIXED]).await;
    home.post().await;
    home.run(SHORT).await;
    assert_eq!(home.state(MIXED).await, State::Confirmed);
    let new: Vec<_> = home.marked().into_iter().filter(|(r, _)| !marked.contains_key(r)).collect();
    assert!(new.len() == 2 && new.iter().all(|(_, n)| *n == 1), "{new:?}");
    let mut totals: Vec<String> = home
        .transactions()
        .iter()
        .filter(|(_, b)| {
            new.iter().any(|(r, _)| b["PrivateNote"].as_str().is_some_and(|n| n.ends_with(r.as_str())))
        })
        .map(|(kind, b)| format!("{kind} {}", b["TotalAmt"]))
        .collect();
    totals.sort();
    assert_eq!(totals, ["Bill 96.60", "VendorCredit 15.00"]);
    let told = home.at_concur(&card.row.source_id);
    assert_eq!(told["confirmations"], 1);
    assert_eq!(told["postingConfirmation"]["postingDocs"].as_array().unwrap().len(), 2);
    // what was learned outlives the process: the next one derives like this one
    let again = home.again().await;
    run(&again, Duration::ZERO).await.unwrap();
    let facts =
        home.store().facts(tieout::model::ConnectionId::from(tieout::cli::seed::LEDGER)).await.unwrap();
    assert!(!facts.unwrap().company.negative_lines);
}
