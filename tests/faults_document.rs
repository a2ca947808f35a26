//! What happens to a document at its source while it is on its way, and documents that nobody can read.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something is not there"
)]

#[path = "common/extra.rs"]
mod extra;

use std::time::Duration;

use extra::{Home, Waits, fault, states};
use serde_json::{Value, json};
use tieout::cli::seed::{self, BOOK, LEDGER};
use tieout::engine::{Ask, What as Event};
use tieout::model::book::AutoApproval::{Clean, Off};
use tieout::model::finding::FindingCode;
use tieout::model::rule::{Gives, RuleKind};
use tieout::model::{BookId, Clock as _, ConnectionId, State};
use tieout::sandbox::faults::{What, When};
use tieout::sandbox::stand_in::StandIn as _;
use tieout::store::{Acknowledged, Act, ApproveOne};

const SHORT: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f33_a_revision_before_posting_takes_the_approval_back() {
    let home = Home::approved(2, Waits::none()).await;
    let number = home.rows().await[0].number.clone();
    let before = home.card(&number).await;
    let reference = before.approval.as_ref().unwrap().set.entries[0].reference.clone();
    home.revise(&number, "999.99").await;
    home.once().await;
    let card = home.card(&number).await;
    assert_eq!((card.row.state, card.row.minor, card.row.revisions), (State::Ready, Some(99_999), 2));
    assert!(card.approval.is_none());
    assert_eq!(home.marked().len(), 1, "the other one alone is posted");
    // what was seen before cannot be approved any more
    let digest = before.approval.unwrap().digest;
    let old = ApproveOne { id: card.row.id, version: before.row.version, digest, as_delta: false };
    assert!(home.office().approve(vec![old]).await.unwrap()[0].1.is_err());
    home.approve(&[&number]).await;
    home.run(SHORT).await;
    home.all_confirmed_once(2).await;
    let card = home.card(&number).await;
    assert_eq!(card.intents[0].reference, reference);
    assert_eq!(home.record("Bill", &card.intents[0].remote_id)["TotalAmt"].to_string(), "999.99");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f34_a_recall_after_posting_is_told_to_a_person_and_changes_nothing() {
    let home = Home::approved(1, Waits::none()).await;
    let number = home.rows().await[0].number.clone();
    home.arm(fault("concur", "confirm", What::Reset, When::Before, 1));
    home.post().await;
    assert_eq!(home.fired("concur/confirm/reset"), 1);
    assert_eq!(home.state(&number).await, State::Posted);
    home.stage.concur.switch("recall", &json!(number)).unwrap();
    home.later(60);
    let summary = home.once().await;
    let card = home.card(&number).await;
    assert_eq!(card.row.state, State::ConfirmFailed);
    assert!(card.row.reason.contains("recalled in Concur"), "{}", card.row.reason);
    assert!(!summary.needs_person(), "not before a quarter of an hour");
    home.later(1_000);
    assert!(home.once().await.needs_person());
    assert_eq!(home.marked().len(), 1);
    let calls = home.concur_calls("confirm");
    home.once().await;
    assert_eq!(home.concur_calls("confirm"), calls, "it is not told again by itself");
    assert_eq!(home.marked().values().copied().collect::<Vec<_>>(), [1]);
    home.act(&number, Act::Close { note: "reversed by hand".into() }).await.unwrap();
    home.later(60);
    home.once().await;
    assert_eq!(home.state(&number).await, State::Closed);
    assert_eq!(home.concur_calls("confirm"), calls, "never `error` for what is in the ledger");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f34_a_revision_after_posting_is_kept_and_told_and_nothing_is_changed() {
    let home = Home::approved(1, Waits::none()).await;
    let number = home.rows().await[0].number.clone();
    home.arm(fault("concur", "confirm", What::Reset, When::Before, 1));
    home.post().await;
    assert_eq!(home.fired("concur/confirm/reset"), 1);
    let posted = home.card(&number).await;
    home.revise(&number, "999.99").await;
    home.later(60);
    let mut events = home.office().events();
    home.once().await;
    let card = home.card(&number).await;
    assert_eq!((card.row.revisions, card.row.finding), (2, Some(FindingCode::ChangedAfterPosting)));
    assert!(String::from_utf8_lossy(&card.bytes).contains("999.99"), "the revision is kept");
    let alarms = std::iter::from_fn(|| events.try_recv().ok()).filter(|e| e.event == Event::Alarm);
    assert_eq!(alarms.filter(|e| e.document == Some(card.row.id)).count(), 1);
    assert_eq!(card.intents[0].remote_id, posted.intents[0].remote_id);
    let bill = home.record("Bill", &card.intents[0].remote_id);
    assert_eq!(bill["SyncToken"], "0");
    assert_ne!(bill["TotalAmt"].to_string(), "999.99");
    assert_eq!(home.marked().values().copied().collect::<Vec<_>>(), [1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f35_a_recall_between_approval_and_posting_ends_the_document() {
    let home = Home::waiting(2, Off, Waits::none()).await;
    home.arm(fault("concur", "acknowledge", What::Reset, When::Before, 1));
    home.once().await;
    assert_eq!(home.fired("concur/acknowledge/reset"), 1);
    home.approve(&[]).await;
    home.post().await;
    assert!(home.marked().is_empty(), "posting needs the acknowledgement");
    let rows = home.rows().await;
    home.stage.concur.switch("recall", &json!(rows[0].source_id)).unwrap();
    home.later(60);
    home.run(SHORT).await;
    assert_eq!(home.state(&rows[0].number).await, State::Recalled);
    assert_eq!(home.state(&rows[1].number).await, State::Confirmed);
    assert_eq!(home.marked().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_another_system_took_is_blocked_and_never_posted() {
    let home = Home::waiting(2, Off, Waits::none()).await;
    home.arm(fault("concur", "acknowledge", What::Reset, When::Before, 1));
    home.once().await;
    home.approve(&[]).await;
    let rows = home.rows().await;
    let taken = json!({"document": rows[0].source_id, "system": "OTHER-ERP"});
    home.stage.concur.switch("take", &taken).unwrap();
    home.later(60);
    home.run(SHORT).await;
    let card = home.card(&rows[0].number).await;
    assert_eq!((card.row.state, card.row.finding), (State::Blocked, Some(FindingCode::TakenByOtherSystem)));
    assert!(card.approval.is_none());
    assert_eq!(home.state(&rows[1].number).await, State::Confirmed);
    assert_eq!(home.marked().len(), 1);
    assert_eq!(home.at_concur(&rows[0].source_id)["systemId"], "OTHER-ERP");
}

fn deep(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, _| json!([inner]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f36_poison_is_set_aside_and_the_queue_moves_on() {
    let home = Home::waiting(1, Clean, Waits::none()).await;
    home.once().await;
    let number = home.rows().await[0].number.clone();
    let good = home.payload(&number).await;
    let twisted = |pointer: &str, value: Value| {
        let mut document = good.clone();
        *document.pointer_mut(pointer).unwrap() = value;
        document
    };
    let poison = [
        json!({"report": 5}),
        json!("just a text"),
        json!("{\"report\": {\"reportId\": \"cut"),
        json!([]),
        json!(null),
        json!({"report": {"reportId": "DEEP", "custom": deep(100)}}),
        json!({"report": {"reportNumber": "HUGE", "pad": "x".repeat(4 << 20)}}),
        twisted("/report/totalApprovedAmount", json!({"amount": 1})),
        twisted("/report/totalApprovedAmount", json!("9".repeat(60))),
        twisted("/expenseEntry", json!("none")),
        twisted("/expenseEntry/0/allocation/0/journal/0/amountGross", json!("NaN")),
        twisted("/employee", json!([1, 2, 3])),
        twisted("/report/employeeCurrencyAlphaCode", json!("\u{fffd}\u{0}")),
    ];
    let n = poison.len() as u64;
    for document in poison {
        home.stage.concur.add_documents(&json!({"docType": "expense", "document": document})).unwrap();
    }
    home.more(3);
    let summary = home.run(SHORT).await;
    let there = home.states().await;
    assert_eq!(there["confirmed"], 4, "{there:?} {:?}", summary.remains);
    assert_eq!(there.values().sum::<u64>(), 4 + n);
    assert!(there.keys().all(|s| ["confirmed", "unreadable", "blocked"].contains(&s.as_str())), "{there:?}");
    assert!(there["unreadable"] >= n - 2, "{there:?}");
    for row in home.rows().await {
        let truth = home.at_concur(&row.source_id);
        if row.state == State::Unreadable {
            assert_eq!(truth["acknowledgements"], 0, "{}", row.reason);
            assert!(!row.reason.is_empty());
        }
    }
    // again: nothing is stored twice, nothing is stuck
    home.more(1);
    home.run(SHORT).await;
    let again = home.states().await;
    assert_eq!(again["confirmed"], 5);
    assert_eq!(again["unreadable"], there["unreadable"]);
    assert_eq!(home.marked().len(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f36_a_document_nested_beyond_reason_stops_no_other() {
    let home = Home::waiting(0, Clean, Waits::none()).await;
    let document = json!({"report": {"reportId": "DEEP", "custom": deep(400)}});
    home.stage.concur.add_documents(&json!({"docType": "expense", "document": document})).unwrap();
    home.more(3);
    let summary = home.run(SHORT).await;
    let there = home.states().await;
    assert_eq!(there.get("confirmed"), Some(&3), "{there:?} {:?}", summary.remains);
    assert_eq!(home.marked().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f36_a_document_longer_than_any_answer_may_be_stops_no_other() {
    let home = Home::waiting(2, Clean, Waits::none()).await;
    let document = json!({"report": {"reportId": "HUGE", "pad": "x".repeat(17 << 20)}});
    home.stage.concur.add_documents(&json!({"docType": "expense", "document": document})).unwrap();
    home.more(2);
    let summary = home.run(SHORT).await;
    assert_eq!(home.states().await, states(&[("confirmed", 4)]), "{:?}", summary.remains);
    let truth = home.stage.concur.records();
    let huge = truth.iter().find(|r| r["businessId"] == "HUGE").unwrap();
    assert_eq!((&huge["docStatus"], &huge["acknowledgements"]), (&json!("READY"), &json!(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f37_a_mapping_that_changes_after_approval_leaves_the_frozen_set() {
    let home = Home::approved(6, Waits::none()).await;
    let book = BookId::from(BOOK);
    let frozen: Vec<_> = {
        let mut all = Vec::new();
        for row in home.rows().await {
            all.push((row.number.clone(), home.card(&row.number).await.approval.unwrap().set));
        }
        all
    };
    // every class rule now gives another class
    let mut rules = home.store().rules(book.clone()).await.unwrap();
    let version = rules.version;
    let class = |g: &Gives| match g {
        Gives::Record(n) => Some(n.clone()),
        _ => None,
    };
    let all: Vec<_> =
        rules.rules.iter().filter(|r| r.kind == RuleKind::Class).filter_map(|r| class(&r.gives)).collect();
    for rule in rules.rules.iter_mut().filter(|r| r.kind == RuleKind::Class) {
        if let Some(at) = class(&rule.gives).and_then(|c| all.iter().position(|a| a.id == c.id)) {
            rule.gives = Gives::Record(all[(at + 1) % all.len()].clone());
        }
    }
    home.store().put_rules(book, version, rules, seed::theo(), home.clock.now()).await.unwrap();
    home.more(1);
    home.run(SHORT).await;
    for (number, set) in &frozen {
        let card = home.card(number).await;
        assert_eq!(card.row.state, State::Confirmed);
        let bill = home.record("Bill", &card.intents[0].remote_id);
        let line = set.entries[0].lines.iter().find(|l| !l.is_offset()).unwrap();
        let class = line.dimensions.class.as_ref().unwrap();
        let there = &bill["Line"][0]["AccountBasedExpenseLineDetail"]["ClassRef"]["value"];
        assert_eq!(*there, class.id.as_str(), "{number}");
    }
    let new = home.rows().await.pop().unwrap();
    let card = home.card(&new.number).await;
    assert_eq!((card.row.state, card.derived.unwrap().rules_version), (State::Ready, version + 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f38_a_period_closed_after_approval_holds_the_document_and_the_approval_stands() {
    let home = Home::approved(2, Waits::none()).await;
    home.book(|b| b.settings.lock_date = "2026-11-30".parse().ok()).await;
    home.run(SHORT).await;
    assert_eq!(home.states().await, states(&[("held", 2)]));
    assert!(home.marked().is_empty());
    for row in home.rows().await {
        let card = home.card(&row.number).await;
        assert_eq!(card.row.finding, Some(FindingCode::PeriodClosed), "{}", row.reason);
        assert!(card.held_approved && card.approval.is_some());
        assert!(card.intents.is_empty(), "nothing is planned into a closed period");
    }
    home.book(|b| b.settings.lock_date = "2026-09-30".parse().ok()).await;
    release(&home).await;
    home.run(SHORT).await;
    home.all_confirmed_once(2).await;
}

/// It clears by itself when the ledger is read again, or a person releases it.
async fn release(home: &Home) {
    home.office().ask(Ask::ReadLedger { book: BookId::from(BOOK) }).await.unwrap();
    for row in home.rows().await {
        if row.state == State::Held {
            home.act(&row.number, Act::Release).await.unwrap();
        }
    }
    assert_eq!(home.states().await.get("held"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f38_the_ledgers_own_closing_date_holds_what_it_refuses() {
    let home = Home::approved(2, Waits::none()).await;
    home.stage.ledger.switch("book_close_date", &json!("2026-11-30")).unwrap();
    home.post().await;
    assert_eq!(home.states().await, states(&[("held", 2)]));
    for row in home.rows().await {
        assert!(row.reason.contains("closed"), "{}", row.reason);
    }
    assert!(home.marked().is_empty());
    home.stage.ledger.switch("book_close_date", &json!("off")).unwrap();
    release(&home).await;
    home.run(SHORT).await;
    home.all_confirmed_once(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f39_what_does_not_add_up_or_cannot_be_exact_never_reaches_an_intent() {
    let home = Home::waiting(1, Clean, Waits::none()).await;
    home.once().await;
    let number = home.rows().await[0].number.clone();
    let good = home.payload(&number).await;
    for (n, (pointer, value)) in [
        ("/report/totalApprovedAmount", json!(1.23)),
        ("/expenseEntry/0/allocation/0/journal/0/amountGross", json!(57.805)),
        ("/expenseEntry/0/entryApprovedAmount", json!(0.01)),
        ("/report/employeeCurrencyAlphaCode", json!("JPY")),
        ("/report/employeeCurrencyAlphaCode", json!("XXQ")),
    ]
    .into_iter()
    .enumerate()
    {
        let mut document = good.clone();
        *document.pointer_mut(pointer).unwrap() = value;
        document["report"]["reportId"] = json!(format!("MISMATCH{n}"));
        document["report"]["reportNumber"] = json!(format!("MIS{n}"));
        home.stage.concur.add_documents(&json!({"docType": "expense", "document": document})).unwrap();
    }
    home.run(SHORT).await;
    for n in 0..5 {
        let card = home.card(&format!("MIS{n}")).await;
        assert!(matches!(card.row.state, State::Blocked | State::Unreadable), "MIS{n}: {}", card.row.state);
        assert!(card.intents.is_empty() && card.approval.is_none());
    }
    assert_eq!(home.marked().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f51_unknown_fields_are_kept_and_a_missing_one_is_named_with_its_path() {
    let home = Home::waiting(1, Clean, Waits::none()).await;
    home.once().await;
    let number = home.rows().await[0].number.clone();
    let good = home.payload(&number).await;
    let mut wider = good.clone();
    wider["report"]["reportId"] = json!("WIDER");
    wider["report"]["reportNumber"] = json!("WIDER");
    wider["report"]["brandNewField"] = serde_json::from_str(r#"{"of":["tomorrow",1.50]}"#).unwrap();
    wider["expenseEntry"][0]["entryId"] = json!("WIDER");
    wider["expenseEntry"][0]["entryDate"] = json!("2026-10-20T00:00:00.000Z");
    let mut narrower = good.clone();
    narrower["report"]["reportId"] = json!("NARROWER");
    narrower["report"]["reportNumber"] = json!("NARROWER");
    let journal = &mut narrower["expenseEntry"][0]["allocation"][0]["journal"][0];
    journal.as_object_mut().unwrap().remove("amountGross");
    for document in [wider, narrower] {
        home.stage.concur.add_documents(&json!({"docType": "expense", "document": document})).unwrap();
    }
    home.run(SHORT).await;
    let card = home.card("WIDER").await;
    assert!(card.unreadable.is_none(), "{:?}", card.unreadable);
    let kept: Value = serde_json::from_slice(&card.bytes).unwrap();
    assert_eq!(kept["report"]["brandNewField"].to_string(), r#"{"of":["tomorrow",1.50]}"#);
    let card = home.card("NARROWER").await;
    assert_eq!(card.row.state, State::Unreadable);
    let path = card.unreadable.unwrap().path;
    assert!(path.starts_with("expenseEntry[0].allocation[0].journal[0]"), "{path}");
    assert_eq!(card.acknowledged, Acknowledged::No);
    assert_eq!(home.at_concur(&card.row.source_id)["acknowledgements"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_record_is_no_reason_to_think_that_the_next_document_is_in_the_ledger() {
    let home = Home::waiting(1, Clean, Waits::none()).await;
    home.once().await;
    home.all_confirmed_once(1).await;
    let number = home.rows().await[0].number.clone();
    // the same person, amount and day once more: another report, not the record that we made
    let mut twin = home.payload(&number).await;
    twin["report"]["reportId"] = json!("TWIN");
    twin["report"]["reportNumber"] = json!("TWIN");
    twin["expenseEntry"][0]["entryId"] = json!("TWIN");
    twin["expenseEntry"][0]["entryUuid"] = json!("TWIN");
    home.stage.concur.add_documents(&json!({"docType": "expense", "document": twin})).unwrap();
    home.run(SHORT).await;
    let card = home.card("TWIN").await;
    let findings = card.derived.unwrap().findings;
    assert!(findings.iter().all(|f| f.code != FindingCode::MaybeInLedger), "{findings:?}");
    // and a record that belongs to a document is adopted for no other
    let bill = home.card(&number).await.intents[0].number.clone();
    let refused = home.office().adopt(card.row.id, bill).await.unwrap_err().to_string();
    assert!(refused.contains("belongs to another document"), "{refused}");
    let ledger = ConnectionId::from(LEDGER);
    assert_eq!(home.store().ours(ledger).await.unwrap().len(), 1);
}
