//! Posting to QuickBooks Desktop through real visits: what happens when nothing fails, how few round trips it takes, and
//! what each trouble of the other machine leads to (reliability.md, F54 and F55; contract 6.2, 9.4).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test or benchmark fails by panicking and reports by printing"
)]

#[path = "common/desktop.rs"]
mod desktop;

use desktop::*;
use serde_json::json;
use tieout::sandbox::web_connector::{End, Mishap, Side};
use tieout::store::{AuditQuery, Store as _};
use tieout::tui::{Headless, Look, Readers, Theme};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bills_charges_and_journals_are_posted_in_one_visit() {
    let mut office = Office::empty().await;
    office.more(3, 1);
    office.like("D61", "AAA111");
    office.like("D64", "BBB222");
    let here = office.here().await;
    office.until("approved", |s| s.get("approved") == Some(&5)).await;
    let report = office.visit().await;
    assert_eq!(report.end, End::Finished, "{report:?}");
    office.until("confirmed", |s| *s == states(&[("confirmed", 5)])).await;
    here.end().await;
    assert_eq!(assert_settled(&office, "one visit").await, 2);
    assert_eq!(assert_one_at_a_time(&office.journal, "one visit"), 0);
    // nothing is left that the ledger has to remember
    assert!(office.quickbooks().remembered("tieout").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_postings_take_at_most_525_round_trips() {
    const DOCUMENTS: u64 = 500;
    let mut office = Office::empty().await;
    office.more(DOCUMENTS, 7);
    let here = office.here().await;
    office.until("approved", |s| s.get("approved") == Some(&DOCUMENTS)).await;
    office.journal.clear();
    let report = office.visit().await;
    assert_eq!(report.end, End::Finished, "{report:?}");
    let sets = office.journal.sets();
    let written = sets.iter().filter(|s| writes(s)).count();
    // 100 numbers to a query, both of expense reports' kinds of payables among them
    let looked = sets.iter().filter(|s| s.contains("<RefNumber>") && !writes(s)).count();
    println!("{} round trips: {written} postings, {looked} look-ups", sets.len());
    assert_eq!(written as u64, DOCUMENTS);
    assert!(sets.len() <= 525, "{} round trips", sets.len());
    assert!((5..=10).contains(&looked), "{looked} look-ups");
    office.until("confirmed", |s| *s == states(&[("confirmed", DOCUMENTS)])).await;
    here.end().await;
    assert_settled(&office, "500 postings").await;
    assert_one_at_a_time(&office.journal, "500 postings");
}

/// Three approved bills, and the engine that waits for a visit.
async fn three() -> (Office, Here) {
    let mut office = Office::empty().await;
    office.more(3, 3);
    let here = office.here().await;
    office.until("approved", |s| s.get("approved") == Some(&3)).await;
    office.journal.clear();
    (office, here)
}

async fn health(office: &Office) -> (tieout::store::Health, String) {
    let rows = office.store().connections().await.unwrap();
    let row = rows.into_iter().find(|r| r.id == desktop::desktop()).unwrap();
    (row.health, row.health_reason)
}

fn written(office: &Office) -> usize {
    office.journal.sets().iter().filter(|s| writes(s)).count()
}

/// The right one is back: everything is posted once.
async fn all_is_well(office: Office, here: Here, run: &str) {
    let until = std::time::Instant::now() + PATIENCE;
    while office.states().await != states(&[("confirmed", office.made)]) {
        assert!(std::time::Instant::now() < until, "{run}: {:?}", office.states().await);
        office.visit().await;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    here.end().await;
    assert_settled(&office, run).await;
    assert_one_at_a_time(&office.journal, run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_company_file_is_refused_before_any_write() {
    let (office, here) = three().await;
    office.switch("other_company", json!(true));
    let before = office.quickbooks().strange_records().len();
    for _ in 0..2 {
        let End::Stopped(why) = office.visit().await.end else { panic!("it was not refused") };
        assert!(why.contains("company"), "{why}");
    }
    assert_eq!(office.journal.sets(), [""; 0], "nothing goes to another company");
    assert_eq!(office.quickbooks().strange_records().len(), before);
    assert_eq!(office.states().await, states(&[("approved", 3)]));
    let (state, why) = health(&office).await;
    assert_eq!(state, tieout::store::Health::WrongCompany, "{why}");
    office.switch("other_company", json!(false));
    all_is_well(office, here, "another company").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closing_date_that_moved_after_the_approval_holds_the_documents() {
    let (office, here) = three().await;
    office.switch("closing_date", json!("2026-12-31"));
    office.visit().await;
    office.until("held", |s| *s == states(&[("held", 3)])).await;
    assert_eq!(written(&office), 0, "nothing dated in a closed period is sent");
    assert!(marked(office.quickbooks(), "closed").is_empty());
    for card in office.cards().await {
        let found = card.derived.map(|d| d.findings).unwrap_or_default();
        let said = format!("{} {:?}", card.row.reason, found);
        assert!(said.contains("clos") || said.contains("period"), "{said}");
    }
    here.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quickbooks_closed_or_behind_a_dialog_lets_documents_wait_with_the_reason() {
    for (switch, word) in [("closed", "QuickBooks"), ("modal", "window"), ("single_user", "mode")] {
        let (office, here) = three().await;
        office.switch(switch, json!(true));
        for _ in 0..2 {
            assert_eq!(office.visit().await.end, End::Failed, "{switch}");
        }
        assert!(office.journal.sets().is_empty(), "{switch}");
        assert_eq!(office.states().await, states(&[("approved", 3)]), "{switch}");
        let (_, why) = health(&office).await;
        assert!(why.contains(word), "{switch}: {why:?}");
        office.switch(switch, json!(false));
        all_is_well(office, here, switch).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_record_is_tried_again_with_a_later_visit() {
    for lock in 0..5 {
        let (office, here) = three().await;
        office.switch("busy", json!({"times": 2, "lock": lock}));
        office.visit().await;
        let first: Vec<String> = office.journal.sets().into_iter().filter(|s| writes(s)).collect();
        assert!(!first.is_empty());
        assert!(!office.states().await.contains_key("failed"), "{:?}", office.states().await);
        all_is_well(office, here, &format!("lock {lock}")).await;
    }
}

/// A person looked at the company file that came back.
async fn accept(here: &Here) {
    let ask = tieout::engine::Ask::AcceptFile { connection: desktop() };
    here.house.office().ask(ask).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_backup_makes_nothing_post_twice() {
    // what was confirmed before the backup came back is not posted again, however often they meet
    let (mut office, here) = three().await;
    office.switch("backup", json!(true));
    office.visit().await;
    office.until("confirmed", |s| *s == states(&[("confirmed", 3)])).await;
    office.switch("restored_backup", json!(true));
    assert!(marked(office.quickbooks(), "restored").is_empty());
    office.more(1, 4);
    here.house.office().ask(tieout::engine::Ask::Fetch { book: None }).await.unwrap();
    office.until("approved", |s| s.get("approved") == Some(&1)).await;
    for _ in 0..3 {
        office.visit().await;
    }
    // nothing is written before a person has looked at what came back
    assert_eq!(office.states().await, states(&[("confirmed", 3), ("approved", 1)]));
    assert!(marked(office.quickbooks(), "restored").is_empty());
    accept(&here).await;
    for _ in 0..3 {
        office.visit().await;
    }
    // a company file that was restored may give an id that was given before: that one is a person's
    office
        .until("through", |s| s.get("confirmed").copied().unwrap_or(0) >= 3 && !s.contains_key("approved"))
        .await;
    let settled = |s: &std::collections::BTreeMap<String, u64>| {
        *s == states(&[("confirmed", 4)]) || *s == states(&[("confirmed", 3), ("needs_human", 1)])
    };
    office.until("settled", settled).await;
    assert_eq!(marked(office.quickbooks(), "restored").len(), 1, "only the new one, once");
    here.end().await;
    let verified = office.store().verify_audit().await.unwrap();
    assert!(verified.is_ok(), "{verified:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_doubt_over_a_restored_backup_ends_with_one_record() {
    let (office, _) = doubted("restored").await;
    // neither the record nor the memory of its set is in the file that comes back
    office.switch("restored_backup", json!(true));
    assert!(marked(office.quickbooks(), "restored").is_empty());
    let here = office.here().await;
    office.visit().await;
    assert_eq!(
        office.states().await,
        states(&[("ambiguous", 1)]),
        "nothing is sent again before a person has looked"
    );
    assert!(marked(office.quickbooks(), "restored").is_empty());
    accept(&here).await;
    for _ in 0..3 {
        office.visit().await;
    }
    office.until("confirmed", |s| *s == states(&[("confirmed", 1)])).await;
    here.end().await;
    assert_settled(&office, "restored").await;
    let again = assert_one_at_a_time(&office.journal, "restored");
    assert_eq!(again, 1, "the same bytes under the same id");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_brought_twice_or_late_is_never_taken_for_another() {
    // each chance in turn: the answers to reads, to postings, and to the clearing
    for pass in 0..5 {
        for mishap in [Mishap::ReceiveTwice, Mishap::ReceiveAgainAfterSend, Mishap::ReceiveAfterSend] {
            let run = format!("{mishap:?} {pass}");
            let (office, here) = three().await;
            office.caller.arm(mishap, pass);
            let report = office.visit().await;
            if mishap != Mishap::ReceiveAfterSend {
                assert_eq!(report.end, End::Finished, "{run}: {:?}", report.lines);
                assert_eq!(written(&office), 3, "{run}: nothing is sent again");
                office.until("confirmed", |s| *s == states(&[("confirmed", 3)])).await;
            }
            office.caller.disarm();
            all_is_well(office, here, &run).await;
        }
    }
}

/// The answer to the first posting is lost, and the record is or is not there.
async fn doubted(run: &str) -> (Office, String) {
    let mut office = Office::empty().await;
    office.more(1, 5);
    let here = office.here().await;
    office.until("approved", |s| s.get("approved") == Some(&1)).await;
    // the two reads before it pass: whether a backup was restored, and the look-up
    office.caller.arm(Mishap::DieAtProcess(Side::After), 2);
    assert_eq!(office.visit().await.end, End::Died, "{run}");
    here.end().await;
    let ours = marked(office.quickbooks(), run);
    assert_eq!(ours.len(), 1, "{run}");
    let number = ours.into_values().next().unwrap().number;
    (office, number)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_memory_and_no_record_need_a_person() {
    for code in [9002, 9005] {
        let (office, number) = doubted("memory lost").await;
        office.switch("delete", json!({"RefNumber": number}));
        office.switch("memory_lost", json!(code));
        let here = office.here().await;
        for _ in 0..3 {
            office.visit().await;
        }
        office.until("needs a person", |s| *s == states(&[("needs_human", 1)])).await;
        assert!(marked(office.quickbooks(), "memory lost").is_empty(), "{code}: it was posted again");
        let sets: std::collections::BTreeSet<String> =
            office.journal.sets().into_iter().filter(|s| writes(s)).collect();
        assert_eq!(sets.len(), 1, "{code}: one set, the same bytes each time");
        here.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_memory_and_the_record_there_is_found_by_its_number() {
    let (office, _) = doubted("found").await;
    office.switch("memory_lost", json!("forgotten"));
    let here = office.here().await;
    let before = written(&office);
    all_is_well_after(&office, before).await;
    here.end().await;
    assert_settled(&office, "found").await;
}

async fn all_is_well_after(office: &Office, before: usize) {
    office.visit().await;
    office.until("confirmed", |s| *s == states(&[("confirmed", 1)])).await;
    assert_eq!(written(office), before, "what is there is not sent again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_password_of_the_web_connector_is_nowhere() {
    let mut office = Office::empty().await;
    office.more(2, 6);
    let (right, wrong) = (office.password(), "WRONG-PASSW-ORDOF-SOMEO-NEELS".to_string());
    let program = office.program(None);
    assert!(program.listens().await, "{}", program.said());
    office.until("approved", |s| s.get("approved") == Some(&2)).await;
    office.caller.store_password(Some(wrong.clone()));
    assert_eq!(office.visit().await.end, End::Failed);
    office.caller.store_password(Some(right.clone()));
    assert_eq!(office.visit().await.end, End::Finished);
    office.until("confirmed", |s| *s == states(&[("confirmed", 2)])).await;
    program.end().await;
    let mut secrets = vec![right.clone(), right.replace('-', ""), wrong.clone(), wrong.replace('-', "")];
    // a part of it is as good as much of it
    secrets.extend(right.split('-').collect::<Vec<_>>().windows(2).map(|w| w.concat()));
    let hidden = |what: &str, text: &[u8]| {
        for secret in &secrets {
            let there = text.windows(secret.len()).any(|w| w.eq_ignore_ascii_case(secret.as_bytes()));
            assert!(!there, "the password stands in {what}");
        }
    };
    hidden("the output", program.said().as_bytes());
    let mut files = 0;
    let mut folders = vec![office.home.data.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files += 1;
                hidden(&path.display().to_string(), &std::fs::read(&path).unwrap());
            }
        }
    }
    assert!(files >= 3, "only {files} files");
    let rows = office.store().audit(AuditQuery { limit: 10_000, ..AuditQuery::default() }).await.unwrap();
    assert!(!rows.is_empty());
    hidden("the audit trail", format!("{rows:?}").as_bytes());
    let house = office.house().await;
    let look = Look { theme: Theme::mono(), ..Look::default() };
    let mut console = Headless::open(house.office(), Readers::default(), look, (160, 50)).await.unwrap();
    for keys in ["3", "tab", "tab", "6", "7"] {
        console.press(keys);
        console.settle().await.unwrap();
        hidden("the screen", console.screen().as_bytes());
    }
    hidden("the console", format!("{:?}", console.model()).as_bytes());
}
