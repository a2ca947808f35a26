//! Plan, record, recover, look up: exactly one record for each slot.

use super::*;
use crate::model::intent::IntentState;

fn slots() -> Vec<Slot> {
    vec![Slot::Bill, Slot::Card("CT-1".into()), Slot::Card("CT-2".into())]
}

fn states(home: &Home, id: DocumentId) -> Vec<IntentState> {
    home.card(id).intents.iter().map(|i| i.state).collect()
}

#[test]
fn all_done_is_posted_and_confirmed() {
    let home = Home::new();
    let id = home.approved("a", &slots());
    let planned = home.plan(id, "k1");
    assert_eq!(planned.intents.len(), 3);
    assert_eq!(home.state(id), State::Posting);
    assert!(go(home.store.postable("qbo".into(), vec![], 10)).unwrap().is_empty());
    home.record(&planned, vec![done(1), done(2), done(3)]);
    let card = home.card(id);
    assert_eq!((card.row.state, card.row.ledger_number.as_str()), (State::Posted, "TO1"));
    let confirm = card.outbox.iter().find(|o| o.kind == OutboxKind::Confirm).unwrap();
    assert_eq!(confirm.payload["adopted"], false);
    assert_eq!(confirm.payload["records"][2]["remote_id"], "id3");
    assert_eq!(confirm.payload["records"][0]["slot"], "bill");
    assert_eq!(confirm.payload["records"][0]["date"], "2026-10-28");
    assert_eq!(go(home.store.ours("qbo".into())).unwrap().len(), 3);
    assert_eq!(home.tell(OutboxKind::Confirm, &Told::Accepted), 1);
    assert_eq!(home.state(id), State::Confirmed);
    assert_eq!(go(home.store.find("to2".into())).unwrap().len(), 0, "a ledger number is no reference");
    assert_eq!(
        go(home.store.page(Query { search: vec!["TO2".into()], limit: 9, ..Query::default() }))
            .unwrap()
            .rows
            .len(),
        1
    );
    home.check();
}

#[test]
fn the_state_follows_the_intents() {
    use IntentState::*;
    for (outcomes, state, intents) in [
        (vec![done(1), done(2), unclear()], State::Ambiguous, vec![Done, Done, InDoubt]),
        (vec![done(1), refused(), done(2)], State::NeedsHuman, vec![Done, Refused, Done]),
        (vec![refused(), not_sent(), not_sent()], State::Failed, vec![Refused, Withdrawn, Withdrawn]),
        (vec![not_sent(), not_sent(), not_sent()], State::Approved, vec![Planned, Planned, Planned]),
        (vec![done(1), not_sent(), not_sent()], State::Posting, vec![Done, Planned, Planned]),
        // a member without an answer is in doubt
        (vec![done(1), done(2)], State::Ambiguous, vec![Done, Done, InDoubt]),
        (vec![Outcome::Throttled { retry_after: Some(3) }; 3], State::Approved, vec![Planned; 3]),
    ] {
        let home = Home::new();
        let id = home.approved("a", &slots());
        let planned = home.plan(id, "k1");
        home.record(&planned, outcomes.clone());
        assert_eq!(home.state(id), state, "{outcomes:?}");
        assert_eq!(states(&home, id), intents, "{outcomes:?}");
        home.check();
    }
}

#[test]
fn a_partly_posted_document_says_how_much_and_goes_on_by_a_person() {
    let home = Home::new();
    let id = home.approved("a", &slots());
    let planned = home.plan(id, "k1");
    home.record(&planned, vec![done(1), done(2), refused()]);
    assert!(home.card(id).row.reason.starts_with("2 of 3 in the ledger"), "{}", home.card(id).row.reason);
    assert!(matches!(
        home.act(id, Act::Decide { to: State::Failed, note: "x".into() }),
        Err(StoreError::Refused(_))
    ));
    assert!(matches!(
        home.act(id, Act::Decide { to: State::Approved, note: " ".into() }),
        Err(StoreError::Refused(_))
    ));
    home.act(id, Act::Decide { to: State::Approved, note: "account is active again".into() }).unwrap();
    assert!(matches!(home.act(id, Act::Withdraw), Err(StoreError::Refused(_))), "partly in the ledger");
    let planned = home.plan(id, "k2");
    assert_eq!(planned.intents.len(), 1, "what is done is not sent again");
    home.record(&planned, vec![done(3)]);
    assert_eq!(home.state(id), State::Posted);
    home.check();
}

#[test]
fn a_closed_period_holds_and_the_approval_stands() {
    let home = Home::new();
    let id = home.approved("a", &slots());
    let planned = home.plan(id, "k1");
    let closed =
        Outcome::Refused { code: "6210".into(), message: "the period is closed".into(), closed_period: true };
    home.record(&planned, vec![closed.clone(), closed, not_sent()]);
    let card = home.card(id);
    assert_eq!(card.row.state, State::Held);
    assert!(card.held_approved);
    assert_eq!(card.row.reason, "the period is closed");
    // a derivation does not release it
    home.derive(id, derived("a", "r1", &slots(), &[]));
    assert_eq!(home.state(id), State::Held);
    assert_eq!(home.act(id, Act::Release).unwrap(), State::Approved);
    let planned = home.plan(id, "k2");
    home.record(&planned, vec![done(1), done(2), done(3)]);
    assert_eq!(home.state(id), State::Posted);
    home.check();
}

#[test]
fn a_crash_after_the_plan_is_looked_up_and_never_sent_blindly() {
    let home = Home::new();
    let id = home.approved("a", &slots());
    let planned = home.plan(id, "k1");
    assert_eq!(go(home.store.recover(at(20))).unwrap(), 3);
    assert_eq!(go(home.store.recover(at(20))).unwrap(), 0);
    assert_eq!(home.state(id), State::Ambiguous);
    // the answer of the lost call comes too late
    let late = go(home.store.record(planned.batch, vec![], at(7), at(21)));
    assert!(matches!(late, Err(StoreError::Stale { .. })));
    assert!(go(home.store.postable("qbo".into(), vec![], 10)).unwrap().is_empty());
    let doubts = go(home.store.in_doubt("qbo".into(), 10)).unwrap();
    assert_eq!(doubts.len(), 3);
    assert_eq!(doubts[0].1.slot, doubts[0].0.slot);
    let found = |n: u32| LookedUp::Found { id: format!("id{n}"), number: format!("TO{n}") };
    // "proved" with the first negative look-up is no proof
    home.look(vec![found(1), found(2), LookedUp::Absent { proved: true }]);
    assert_eq!(home.state(id), State::Ambiguous);
    assert_eq!(go(home.store.in_doubt("qbo".into(), 10)).unwrap()[0].0.negatives, 1);
    home.look(vec![LookedUp::Absent { proved: true }]);
    assert_eq!(home.state(id), State::Posting, "the rest is still to be sent");
    let postable = go(home.store.postable("qbo".into(), vec![id], 10)).unwrap();
    assert_eq!(postable[0].intents.iter().filter(|i| i.state == IntentState::Planned).count(), 1);
    // it goes again under its own key only
    assert!(matches!(home.try_plan(id, "other", 1), Err(StoreError::Refused(_))));
    let again = home.plan(id, "k1");
    assert_eq!(again.intents[0].item_key, planned.intents[2].item_key);
    home.record(&again, vec![done(3)]);
    assert_eq!(home.state(id), State::Posted);
    home.check();
}

#[test]
fn proved_absent_goes_back_to_approved() {
    let home = Home::new();
    let id = home.approved("a", &slots());
    let planned = home.plan(id, "k1");
    home.record(&planned, vec![unclear(), unclear(), refused()]);
    home.look(vec![LookedUp::Absent { proved: false }, LookedUp::Absent { proved: false }]);
    home.look(vec![LookedUp::Absent { proved: true }, LookedUp::Absent { proved: true }]);
    assert_eq!(home.state(id), State::Failed, "one was refused and nothing is there");
    home.check();

    let other = home.approved("b", &slots());
    let planned = home.plan(other, "k2");
    home.record(&planned, vec![unclear(), unclear(), unclear()]);
    for proved in [false, true] {
        home.look(vec![LookedUp::Absent { proved }; 3]);
    }
    assert_eq!(home.state(other), State::Approved);
    home.check();
}

#[test]
fn what_differs_is_a_persons_and_no_record_belongs_to_two() {
    let home = Home::new();
    let first = home.approved("a", &[Slot::Bill]);
    home.record(&home.plan(first, "k1"), vec![done(1)]);
    let id = home.approved("b", &[Slot::Bill]);
    home.record(&home.plan(id, "k2"), vec![unclear()]);
    home.look(vec![LookedUp::Found { id: "id1".into(), number: "TO1".into() }]);
    assert_eq!(home.state(id), State::NeedsHuman);
    assert!(go(home.store.in_doubt("qbo".into(), 10)).unwrap().is_empty(), "a person has it now");
    let refused = home.act(id, Act::Decide { to: State::Approved, note: "send".into() });
    assert!(matches!(refused, Err(StoreError::Refused(_))), "no create from doubt");
    home.act(id, Act::Decide { to: State::Failed, note: "I looked: it is not there".into() }).unwrap();
    home.act(id, Act::Retry).unwrap();
    assert_eq!(home.state(id), State::Ready);
    home.check();
}

#[test]
fn an_answer_that_cannot_be_true_is_a_doubt() {
    let home = Home::new();
    let id = home.approved("a", &slots());
    let planned = home.plan(id, "k1");
    let nameless = Outcome::Done { id: String::new(), number: "TO9".into() };
    let mut twice = done(1);
    if let Outcome::Done { number, .. } = &mut twice {
        *number = "another".into();
    }
    // both card slots are of one kind: one record cannot be both
    home.record(&planned, vec![nameless, done(1), twice]);
    assert_eq!(states(&home, id), vec![IntentState::InDoubt, IntentState::Done, IntentState::InDoubt]);
    assert_eq!(home.state(id), State::Ambiguous);
    home.check();
}

#[test]
fn a_failed_document_needs_approval_again_and_keeps_its_reference() {
    let home = Home::new();
    let id = home.approved("a", &[Slot::Bill]);
    let first = home.plan(id, "k1");
    home.record(&first, vec![refused()]);
    assert_eq!(home.card(id).row.reason, "account 5010 is inactive");
    assert!(matches!(home.try_plan(id, "k2", 1), Err(StoreError::Stale { .. })));
    home.act(id, Act::Retry).unwrap();
    assert!(home.card(id).approval.is_none());
    assert!(
        matches!(home.approve_as(id, theo(), false), Err(StoreError::Stale { .. })),
        "to be checked first"
    );
    home.derive(id, derived("a", "r1", &[Slot::Bill], &[]));
    home.approve_as(id, theo(), false).unwrap();
    let second = home.plan(id, "k2");
    assert_eq!(second.intents[0].id, first.intents[0].id);
    home.record(&second, vec![done(1)]);
    assert_eq!(home.state(id), State::Posted);
    home.check();
}

#[test]
fn nothing_is_planned_without_token_acknowledgement_and_live_book() {
    let home = Home::new();
    let id = home.ready("a", &[Slot::Bill]);
    home.approve_as(id, theo(), false).unwrap();
    assert!(matches!(home.try_plan(id, "k", 1), Err(StoreError::Refused(s)) if s.contains("acknowledged")));
    assert!(go(home.store.postable("qbo".into(), vec![], 10)).unwrap().is_empty());
    home.tell(OutboxKind::Acknowledge, &Told::Accepted);
    assert!(matches!(home.try_plan(id, "k", 7), Err(StoreError::Stale { .. })));
    let mut preview = book(BOOK);
    preview.mode = Mode::Preview;
    go(home.store.put_book(preview, theo(), at(5))).unwrap();
    assert!(matches!(home.try_plan(id, "k", 1), Err(StoreError::Refused(_))));
    let mut paused = book(BOOK);
    paused.paused = true;
    go(home.store.put_book(paused, theo(), at(5))).unwrap();
    assert!(go(home.store.postable("qbo".into(), vec![], 10)).unwrap().is_empty());
    go(home.store.put_book(book(BOOK), theo(), at(5))).unwrap();
    assert_eq!(go(home.store.postable("qbo".into(), vec![], 10)).unwrap().len(), 1);
    // another holder: the old token's call is not recorded
    let planned = home.plan(id, "k");
    go(home.store.raise_epoch("second".into(), at(9))).unwrap();
    let late = go(home.store.record(planned.batch, vec![], at(7), at(8)));
    assert!(matches!(late, Err(StoreError::Stale { .. })));
    assert_eq!(home.state(id), State::Posting);
    home.check();
}

#[test]
fn a_revision_during_a_call_that_was_not_executed_falls_back_to_review() {
    let home = Home::new();
    let id = home.approved("a", &[Slot::Bill]);
    let planned = home.plan(id, "k1");
    let mut newer = arrival("a", 999);
    newer.revision = "r2".into();
    assert_eq!(home.arrive(vec![newer]), vec![Arrived::RevisedLater(id)]);
    home.record(&planned, vec![not_sent()]);
    assert_eq!(home.state(id), State::Ready);
    assert!(home.card(id).approval.is_none());
    home.check();
}
