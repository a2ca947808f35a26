//! The order of the work, and who may do what.

use super::*;
use crate::engine::visit::{Admission, Step};
use crate::model::state::State;
use crate::store::Health;
use crate::systems::ReadingAsk;

#[tokio::test]
async fn a_visit_reads_looks_posts_one_by_one_and_clears() {
    let firm = Firm::new(false).await;
    let ids = firm.approved(3);
    // the lists are older than the book wants them, and a reading is wanted
    firm.clock.set(crate::store::sqlite::tests::at(3_600));
    let ask = ReadingAsk {
        from: "2026-10-01".parse().unwrap(),
        to: "2026-10-31".parse().unwrap(),
        accounts: vec!["58".into()],
        records: Vec::new(),
    };
    let ask = serde_json::to_string(&ask).unwrap();
    firm.core.store.want_reading(LEDGER.into(), ask.clone(), firm.core.now()).await.unwrap();
    let (told, ended, said) = firm.visit().await;
    assert_eq!(ended, Ok(()));
    assert_eq!(firm.asked(), ["facts", "reading", "lookup", "set", "set", "set", "clear"]);
    assert_eq!(said, "tieout: 3 posted");
    assert!(told.is_sorted() && told.last() == Some(&100), "{told:?}");
    assert!(told.iter().rev().skip(1).all(|p| *p < 100), "100 only at the end: {told:?}");
    for id in &ids {
        assert_eq!(firm.state(*id), State::Posted);
        assert_eq!(firm.card(*id).row.ledger_number, firm.reference(*id));
    }
    // each set clears the one before it, and only once its outcome is recorded
    let sets = firm.sets();
    let key = |line: &str| line.split(' ').nth(1).unwrap().to_string();
    assert!(sets[0].ends_with("old="), "{sets:?}");
    assert!(sets[1].ends_with(&format!("old={}", key(&sets[0]))), "{sets:?}");
    assert!(sets[2].ends_with(&format!("old={}", key(&sets[1]))), "{sets:?}");
    assert_eq!(firm.log().last().unwrap(), &format!("clear {}", key(&sets[2])));
    let note = firm.note().await;
    assert_eq!(note.cleared, key(&sets[2]));
    assert_eq!((note.product.as_str(), note.qbxml.as_str()), ("QuickBooks Enterprise", "16.0"));
    assert_eq!((note.connector.as_str(), note.file_mode.as_str()), ("34.0.0.58", "MultiUser"));
    assert!(note.served_at.is_some() && note.trouble.is_empty());
    let read = firm.core.store.readings(LEDGER.into()).await.unwrap();
    assert!(read[0].ask == ask && read[0].reading.is_some());
    assert_eq!(firm.come().await, Admission::Nothing, "nothing is left");
    firm.home.check();
}

#[tokio::test]
async fn payments_are_read_once_a_visit_where_the_book_tells_them() {
    let firm = Firm::new(false).await;
    let mut book = crate::store::sqlite::tests::book(crate::store::sqlite::tests::BOOK);
    book.settings.payments_to_source = true;
    let theo = crate::store::sqlite::tests::theo();
    firm.core.store.put_book(book, theo, firm.core.now()).await.unwrap();
    firm.approved(2);
    let (_, ended, _) = firm.visit().await;
    assert_eq!(ended, Ok(()));
    assert_eq!(firm.asked(), ["lookup", "set", "set", "payments", "clear"]);
    let until = firm.core.store.payments_read_until(LEDGER.into()).await.unwrap();
    assert_eq!(until, Some(firm.core.now()));
    firm.home.check();
}

#[tokio::test]
async fn another_company_gets_nothing_at_all() {
    let firm = Firm::new(false).await;
    let id = firm.approved(1)[0];
    firm.client.dials.lock().unwrap().company = Some("{COMPANY-B}".into());
    let (visit, step) = firm.enter().await;
    let Step::Stop(why) = step else { panic!("{step:?}") };
    assert!(why.contains("{COMPANY-B}") && why.contains("Fennel & Quince Tax"), "{why}");
    assert_eq!(firm.core.why_stopped(&firm.row, visit).as_deref(), Some(why.as_str()));
    assert!(matches!(firm.core.next_step(&firm.row, visit, std::time::Duration::ZERO).await, Step::Stop(_)));
    assert_eq!(firm.connection().await.health, Health::WrongCompany);
    assert_eq!(firm.state(id), State::Approved);
    assert!(firm.log().is_empty());
    firm.core.left(&firm.row, visit, "closed").await;
    // the right one ends it
    firm.client.dials.lock().unwrap().company = None;
    let (_, ended, _) = firm.visit().await;
    assert_eq!(ended, Ok(()));
    assert_eq!(firm.connection().await.health, Health::Ok);
    assert_eq!(firm.state(id), State::Posted);
}

#[tokio::test]
async fn what_cannot_be_used_says_why_and_writes_nothing() {
    let firm = Firm::new(false).await;
    let id = firm.approved(1)[0];
    firm.client.dials.lock().unwrap().unusable = Some("this QuickBooks is too old: update it".into());
    let (visit, step) = firm.enter().await;
    assert_eq!(step, Step::Stop("this QuickBooks is too old: update it".into()));
    let said = firm.core.left(&firm.row, visit, "closed").await;
    assert_eq!(said, "tieout: 0 posted; this QuickBooks is too old: update it");
    assert_eq!(firm.note().await.trouble, "this QuickBooks is too old: update it");
    assert_eq!((firm.state(id), firm.log().len()), (State::Approved, 0));
}

#[tokio::test]
async fn a_closing_date_that_moved_holds_what_was_approved() {
    let firm = Firm::new(false).await;
    let id = firm.approved(1)[0];
    firm.client.dials.lock().unwrap().close_date = Some("2026-10-31".parse().unwrap());
    let (_, ended, said) = firm.visit().await;
    assert_eq!(ended, Ok(()));
    assert!(firm.sets().is_empty(), "{:?}", firm.log());
    assert_eq!(firm.state(id), State::Held);
    assert!(firm.card(id).row.reason.contains("closed through 2026-10-31"), "{}", firm.card(id).row.reason);
    assert_eq!(said, "tieout: 0 posted, 1 needs attention");
}

#[tokio::test]
async fn with_a_console_only_what_was_asked_for_goes_out_and_the_ask_survives() {
    let mut firm = Firm::new(true).await;
    let ids = firm.approved(3);
    assert_eq!(firm.come().await, Admission::Nothing, "nobody asked");
    assert_eq!(firm.ask_posting(vec![ids[1]]).await, 1);
    firm.killed(true).await;
    let (_, ended, said) = firm.visit().await;
    assert_eq!((ended, said.as_str()), (Ok(()), "tieout: 1 posted"));
    let states: Vec<State> = ids.iter().map(|id| firm.state(*id)).collect();
    assert_eq!(states, [State::Approved, State::Posted, State::Approved]);
    assert_eq!(firm.come().await, Admission::Nothing);
}

#[tokio::test]
async fn what_is_asked_for_while_it_is_here_goes_along() {
    let firm = Firm::new(true).await;
    let ids = firm.approved(2);
    firm.ask_posting(vec![ids[0]]).await;
    let (visit, step) = firm.enter().await;
    let first = body(step);
    assert!(first.starts_with("lookup "), "{first}");
    firm.ask_posting(vec![ids[1]]).await;
    let (_, ended) = firm.carry_on(visit, Step::Ask(first.into_bytes())).await;
    assert_eq!(ended, Ok(()));
    assert_eq!((firm.state(ids[0]), firm.state(ids[1])), (State::Posted, State::Posted));
}

#[tokio::test]
async fn a_process_that_does_not_hold_the_engine_notes_the_caller_and_does_nothing() {
    let mut firm = Firm::new(false).await;
    let id = firm.approved(1)[0];
    firm.holding.take().unwrap().end().await;
    assert_eq!(firm.come().await, Admission::Nothing);
    assert_eq!(firm.note().await.came_at, Some(firm.core.now()));
    assert_eq!(firm.state(id), State::Approved);
}

#[tokio::test]
async fn something_in_use_is_left_for_the_next_visit_and_the_others_go_on() {
    let firm = Firm::new(false).await;
    let ids = firm.approved(2);
    let busy = firm.reference(ids[0]);
    firm.file.lock().unwrap().instead.insert(busy.clone(), "busy".into());
    let (_, ended, _) = firm.visit().await;
    assert_eq!(ended, Ok(()));
    assert_eq!((firm.state(ids[0]), firm.state(ids[1])), (State::Approved, State::Posted));
    assert_eq!(firm.card(ids[0]).row.reason, "the list is in use");
    let (_, ended, said) = firm.visit().await;
    assert_eq!((ended, said.as_str()), (Ok(()), "tieout: 1 posted"));
    let keys: Vec<String> = firm.sets().iter().map(|l| l.split(' ').nth(1).unwrap().to_string()).collect();
    assert_eq!(keys[0], format!("{busy}001"));
    assert_eq!(keys[2], format!("{busy}002"), "a new generation: the old key remembers the refusal");
    assert_eq!(firm.state(ids[0]), State::Posted);
    firm.home.check();
}
