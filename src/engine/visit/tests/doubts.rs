//! What becomes of a write whose answer got lost (contract 6.2).

use std::time::Duration;

use super::*;
use crate::engine::visit::{Admission, Brought, Step};
use crate::model::state::State;
use crate::store::ConnectionRow;

/// Enters, and takes the first set along.
async fn taken(firm: &Firm) -> (u64, String) {
    let (visit, mut step) = firm.enter().await;
    loop {
        let text = body(step);
        if text.starts_with("set ") {
            return (visit, text);
        }
        let answer = firm.file.lock().unwrap().answer(&text);
        firm.bring(visit, &answer).await.unwrap();
        step = firm.core.next_step(&firm.row, visit, Duration::from_mins(1)).await;
    }
}

#[tokio::test]
async fn killed_after_the_hand_out_it_is_looked_up_and_found() {
    let mut firm = Firm::new(false).await;
    let ids = firm.approved(2);
    let (_, set) = taken(&firm).await;
    // QuickBooks carries it out, and nobody hears of it
    firm.file.lock().unwrap().answer(&set);
    firm.killed(false).await;
    assert_eq!(firm.state(ids[0]), State::Ambiguous);
    let before = firm.log().len();
    let (_, ended, _) = firm.visit().await;
    assert_eq!(ended, Ok(()));
    let after: Vec<String> = firm.asked().split_off(before);
    assert_eq!(after, ["lookup", "lookup", "set", "clear"], "found, and then the other one");
    assert_eq!((firm.state(ids[0]), firm.state(ids[1])), (State::Posted, State::Posted));
    assert_eq!(firm.file.lock().unwrap().made(), 2);
    firm.home.check();
}

#[tokio::test]
async fn killed_before_quickbooks_had_it_the_same_bytes_go_again_under_the_same_id() {
    let mut firm = Firm::new(false).await;
    let ids = firm.approved(2);
    let (_, set) = taken(&firm).await;
    firm.killed(false).await;
    // what is encoded today is another thing; a selection and a closing date do not keep it back either
    firm.client.dials.lock().unwrap().encoding = "newer".into();
    firm.client.dials.lock().unwrap().close_date = Some("2026-10-31".parse().unwrap());
    let before = firm.log().len();
    let (_, ended, _) = firm.visit().await;
    assert_eq!(ended, Ok(()));
    let after = firm.log().split_off(before);
    assert!(after[0].starts_with("lookup "), "{after:?}");
    assert_eq!(after[1], set, "byte for byte, before anything else is written");
    assert_eq!(firm.state(ids[0]), State::Posted);
    assert_eq!(firm.state(ids[1]), State::Held, "the period was closed meanwhile");
    assert_eq!(firm.sets().len(), 1, "{after:?}");
    firm.home.check();
}

#[tokio::test]
async fn no_other_write_goes_out_while_one_is_in_doubt() {
    let mut firm = Firm::new(false).await;
    let ids = firm.approved(2);
    let (_, set) = taken(&firm).await;
    firm.killed(false).await;
    let (visit, step) = firm.enter().await;
    let text = body(step);
    assert!(text.starts_with("lookup ") && text.split(' ').count() == 2, "{text}");
    // the look-up brings nothing that can be read
    let why = firm.bring(visit, "").await.unwrap_err();
    assert!(why.contains("not known yet"), "{why}");
    firm.core.left(&firm.row, visit, "closed").await;
    assert_eq!((firm.state(ids[0]), firm.state(ids[1])), (State::Ambiguous, State::Approved));
    // nor does a posting of another way
    let hold = firm.core.visiting.hold().unwrap();
    let run = firm.core.post(&firm.row, &[ids[1]], hold.epoch).await.unwrap();
    assert_eq!((run.calls, run.paused.is_some()), (0, true));
    let (_, ended, _) = firm.visit().await;
    assert_eq!(ended, Ok(()));
    assert_eq!(firm.sets()[0], set);
    assert_eq!((firm.state(ids[0]), firm.state(ids[1])), (State::Posted, State::Posted));
}

#[tokio::test]
async fn no_stored_response_is_looked_up_once_more_and_then_left_to_a_person() {
    let mut firm = Firm::new(false).await;
    let ids = firm.approved(2);
    taken(&firm).await;
    firm.killed(false).await;
    let lost = firm.reference(ids[0]);
    firm.file.lock().unwrap().instead.insert(lost, "lost".into());
    let (_, ended, said) = firm.visit().await;
    assert_eq!(ended, Ok(()));
    assert_eq!(firm.state(ids[0]), State::NeedsHuman);
    let reason = firm.card(ids[0]).row.reason;
    assert!(reason.contains("9002") && reason.contains("look in the ledger"), "{reason}");
    assert_eq!(firm.asked()[1..], ["lookup", "set", "lookup", "lookup", "set", "clear"], "{:?}", firm.log());
    assert_eq!(firm.state(ids[1]), State::Posted, "the others go on");
    assert!(said.starts_with("tieout: 1 posted"), "{said}");
    firm.home.check();
}

#[tokio::test]
async fn an_error_after_the_hand_out_is_a_doubt_and_ends_the_visit() {
    let firm = Firm::new(false).await;
    let ids = firm.approved(2);
    let (visit, _) = taken(&firm).await;
    let brought = Brought { answer: Vec::new(), hresult: "0x80040402".into(), message: "unexpected".into() };
    let said = firm.core.brought(&firm.row, visit, brought, Duration::from_mins(1)).await;
    assert!(said.unwrap_err().contains("looked up"), "the visit ends");
    assert_eq!((firm.state(ids[0]), firm.state(ids[1])), (State::Ambiguous, State::Approved));
}

#[tokio::test]
async fn the_next_set_is_not_handed_out_while_one_is_out() {
    let firm = Firm::new(false).await;
    let ids = firm.approved(2);
    let (visit, _) = taken(&firm).await;
    // the answer got lost, and the visitor asks on
    let step = firm.core.next_step(&firm.row, visit, Duration::from_mins(1)).await;
    assert!(matches!(step, Step::Stop(_)), "{step:?}");
    assert_eq!((firm.state(ids[0]), firm.state(ids[1])), (State::Ambiguous, State::Approved));
}

#[tokio::test]
async fn a_visit_that_is_superseded_leaves_a_doubt_that_the_next_one_settles() {
    let firm = Firm::new(false).await;
    let ids = firm.approved(1);
    let (first, set) = taken(&firm).await;
    assert_eq!(firm.come().await, Admission::Busy, "it was heard of a moment ago");
    firm.core.visiting.fell_silent(&firm.row.id);
    let (second, step) = firm.enter().await;
    assert_ne!(first, second);
    assert_eq!(firm.state(ids[0]), State::Ambiguous);
    // the old one comes back with its answer: what it proves is believed
    let answer = firm.file.lock().unwrap().answer(&set);
    assert!(firm.bring(first, &answer).await.is_err(), "that visit is over");
    assert_eq!(firm.state(ids[0]), State::Posted);
    assert!(matches!(firm.core.next_step(&firm.row, first, Duration::ZERO).await, Step::Stop(_)));
    let (_, ended) = firm.carry_on(second, step).await;
    assert_eq!(ended, Ok(()));
    assert_eq!((firm.state(ids[0]), firm.file.lock().unwrap().made()), (State::Posted, 1));
    firm.home.check();
}

#[tokio::test]
async fn an_answer_that_comes_twice_or_after_a_restart_changes_nothing_or_settles() {
    let mut firm = Firm::new(false).await;
    let ids = firm.approved(2);
    let (visit, set) = taken(&firm).await;
    let answer = firm.file.lock().unwrap().answer(&set);
    let once = firm.bring(visit, &answer).await.unwrap();
    assert_eq!(firm.bring(visit, &answer).await, Ok(once), "the same percentage, and no effect");
    assert_eq!(firm.state(ids[0]), State::Posted);
    let step = firm.core.next_step(&firm.row, visit, Duration::from_mins(1)).await;
    let set = body(step);
    let answer = firm.file.lock().unwrap().answer(&set);
    firm.killed(false).await;
    assert_eq!(firm.state(ids[1]), State::Ambiguous);
    let brought = |a: &str| Brought { answer: a.into(), hresult: String::new(), message: String::new() };
    firm.core.brought_late(&firm.row, brought("no such thing")).await.unwrap();
    let other = ConnectionRow { id: "qbd-other".into(), ..firm.row.clone() };
    firm.core.brought_late(&other, brought(&answer)).await.unwrap();
    assert_eq!(firm.state(ids[1]), State::Ambiguous, "another connection's word settles nothing here");
    firm.core.brought_late(&firm.row, brought(&answer)).await.unwrap();
    firm.core.brought_late(&firm.row, brought(&answer)).await.unwrap();
    assert_eq!(firm.state(ids[1]), State::Posted);
    assert_eq!(firm.file.lock().unwrap().made(), 2);
    firm.home.check();
}

#[tokio::test]
async fn an_answer_that_comes_again_after_the_next_hand_out_is_not_taken_for_that_one() {
    let firm = Firm::new(false).await;
    let ids = firm.approved(2);
    let (visit, first) = taken(&firm).await;
    let answered = firm.file.lock().unwrap().answer(&first);
    firm.bring(visit, &answered).await.unwrap();
    let second = body(firm.core.next_step(&firm.row, visit, Duration::from_mins(1)).await);
    assert_ne!(first, second);
    let brought = |a: &str| Brought { answer: a.into(), hresult: String::new(), message: String::new() };
    let said = firm.core.brought(&firm.row, visit, brought(&answered), Duration::from_mins(1)).await;
    assert_eq!(said, Ok(None));
    assert_eq!((firm.state(ids[0]), firm.state(ids[1])), (State::Posted, State::Posting), "still out");
    let answer = firm.file.lock().unwrap().answer(&second);
    firm.bring(visit, &answer).await.unwrap();
    assert_eq!((firm.state(ids[1]), firm.file.lock().unwrap().made()), (State::Posted, 2));
    firm.home.check();
}

#[tokio::test]
async fn the_same_error_twice_is_a_doubt_of_what_is_out_and_no_refusal() {
    let firm = Firm::new(false).await;
    let ids = firm.approved(2);
    let (visit, first) = taken(&firm).await;
    let answered = firm.file.lock().unwrap().answer(&first);
    // the first error is taken as it comes
    assert!(!firm.core.visiting.raised(&firm.row.id, visit, Some(("0x80040400".into(), "no".into()))));
    firm.bring(visit, &answered).await.unwrap();
    firm.core.next_step(&firm.row, visit, Duration::from_mins(1)).await;
    firm.core.visiting.raised(&firm.row.id, visit, Some(("0x80040400".into(), "no".into())));
    let brought = Brought { answer: Vec::new(), hresult: "0x80040400".into(), message: "no".into() };
    firm.core.brought(&firm.row, visit, brought, Duration::from_mins(1)).await.unwrap_err();
    assert_eq!((firm.state(ids[0]), firm.state(ids[1])), (State::Posted, State::Ambiguous));
}

#[tokio::test]
async fn the_engine_that_is_given_up_records_the_doubt_before() {
    let mut firm = Firm::new(false).await;
    let ids = firm.approved(1);
    let (visit, _) = taken(&firm).await;
    firm.holding.take().unwrap().end().await;
    assert_eq!(firm.state(ids[0]), State::Ambiguous);
    assert!(firm.core.why_stopped(&firm.row, visit).is_some());
    assert_eq!(firm.come().await, Admission::Nothing);
}
