//! `--auto --once` with a ledger that calls.

use std::time::Duration;

use super::*;
use crate::engine::host;
use crate::engine::house::{House as _, Opening, Paths, RunOptions};
use crate::engine::visit::{Admission, notes};
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::sqlite::tests::at;
use crate::store::{Health, VisitNote};

fn host_of(firm: &Firm) -> host::Host {
    let dir = firm.home.dir.path().to_path_buf();
    let opening = Opening {
        paths: Paths {
            database: firm.home.file.clone(),
            engine_lock: dir.join("engine.lock"),
            key_file: dir.join("key"),
            locks: dir,
        },
        tunings: Default::default(),
        clock: firm.clock.clone(),
        actor: Actor::engine(),
        environment: String::new(),
    };
    let (store, connector, _) = parts(&firm.home);
    host::assemble(store, connector, opening, String::new())
}

/// When it last came, as its note says.
async fn came(firm: &Firm, second: i64) {
    let mut note = VisitNote::default();
    notes::came(&firm.row, &mut note, "34.0", at(second));
    firm.core.store.put_visit(firm.row.id.clone(), note, at(second)).await.unwrap();
}

fn once(wait: Duration) -> RunOptions {
    RunOptions { books: Vec::new(), wait: Some(wait), attended: false }
}

#[tokio::test]
async fn a_run_waits_for_a_visit_that_is_expected_and_ends_with_it() {
    let mut firm = Firm::new(false).await;
    let id = firm.approved(1)[0];
    firm.holding.take().unwrap().end().await;
    firm.clock.set(at(1_000));
    // expected in a minute: the run must not sleep that long, the visit wakes it
    came(&firm, 760).await;
    let host = host_of(&firm);
    let (core, row) = (host.core().clone(), firm.row.clone());
    let caller = async {
        while core.visiting.hold().is_none() {
            tokio::task::yield_now().await;
        }
        let Admission::Work(visit) = core.arrived(&row, "34.0").await.unwrap() else { panic!("no work") };
        let mut step = core.greeted(&row, visit, greeting()).await;
        loop {
            match step {
                crate::engine::visit::Step::Ask(bytes) => {
                    let answer = firm.file.lock().unwrap().answer(&String::from_utf8(bytes).unwrap());
                    let brought = crate::engine::visit::Brought {
                        answer: answer.into_bytes(),
                        hresult: String::new(),
                        message: String::new(),
                    };
                    if core.brought(&row, visit, brought, Duration::from_mins(1)).await.unwrap() == Some(100)
                    {
                        break;
                    }
                }
                crate::engine::visit::Step::Wait => {}
                crate::engine::visit::Step::Done => break,
                crate::engine::visit::Step::Stop(why) => panic!("{why}"),
            }
            step = core.next_step(&row, visit, Duration::from_mins(1)).await;
        }
        core.left(&row, visit, "the update ended").await
    };
    let run = host.run_once(once(Duration::from_mins(2)), Duration::ZERO);
    let (ran, said) = tokio::join!(run, caller);
    let summary = ran.unwrap();
    assert_eq!(said, "tieout: 1 posted");
    assert_eq!(firm.state(id), State::Confirmed);
    assert_eq!(summary.books[0].posted, 1);
    assert!(!summary.remains.iter().any(|r| r.contains("QuickBooks")), "{:?}", summary.remains);
    assert!(core.visiting.hold().is_none(), "the run is over");
}

#[tokio::test]
async fn a_run_waits_no_longer_than_it_was_told_and_names_what_remains() {
    let mut firm = Firm::new(false).await;
    let ids = firm.approved(2);
    firm.holding.take().unwrap().end().await;
    came(&firm, 100).await;
    firm.clock.set(at(100 + 3_600));
    let summary = host_of(&firm).run_once(once(Duration::from_millis(200)), Duration::ZERO).await.unwrap();
    let named: Vec<&String> = summary.remains.iter().filter(|r| r.contains("QuickBooks")).collect();
    assert_eq!(named.len(), 1, "{:?}", summary.remains);
    assert!(named[0].starts_with("fq-us: 2 documents wait for QuickBooks, which last came at "), "{named:?}");
    assert_eq!(firm.state(ids[0]), State::Approved);
    assert_eq!(firm.connection().await.health, Health::Ok, "nobody listened: that nobody came says nothing");
}

#[tokio::test]
async fn who_asks_gets_a_sentence_and_the_ask_is_kept() {
    use crate::engine::Ask;
    let mut firm = Firm::new(true).await;
    let ids = firm.approved(2);
    firm.holding.take().unwrap().end().await;
    came(&firm, 100).await;
    firm.clock.set(at(100 + 3 * 3_600));
    let office = host_of(&firm).office();
    let said = office.ask(Ask::Post { documents: ids.clone(), book: None }).await.unwrap();
    assert_eq!(said, "2 documents are posted when QuickBooks next comes; it last came 3 h ago");
    let kept = firm.core.store.asked_postings(LEDGER.into()).await.unwrap();
    assert_eq!(kept, ids);
    let held = firm.home.ready("open", &[crate::model::entry::Slot::Bill]);
    let said = office.ask(Ask::Post { documents: vec![held], book: None }).await.unwrap();
    assert_eq!(said, "nothing of this is approved: nothing was posted");
    let said = office.ask(Ask::Test { connection: LEDGER.into() }).await.unwrap();
    assert!(said.contains("It last came 3 h ago"), "{said}");
    let said = office.ask(Ask::Fetch { book: None }).await.unwrap();
    assert!(
        said.contains("the lists of qbo are read when QuickBooks next comes; QuickBooks last came at "),
        "{said}"
    );
    assert!(firm.log().is_empty());
}
