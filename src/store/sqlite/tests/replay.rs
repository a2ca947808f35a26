//! A set that goes again with the same bytes: until its outcome is recorded nothing else may become of its document.

use super::*;
use crate::store::operations::Visits as _;

fn unsettled(home: &Home) -> Vec<DocumentId> {
    go(home.store.unsettled("qbo".into())).unwrap()
}

fn settled(home: &Home) -> bool {
    go(home.store.last_call("qbo".into())).unwrap().unwrap().settled
}

/// Handed out, its answer lost, not found: it is to go again.
fn to_go_again(home: &Home) -> DocumentId {
    let id = home.approved("a", &[Slot::Bill]);
    home.record(&home.plan(id, "k1"), vec![unclear()]);
    assert_eq!((unsettled(home), settled(home)), (vec![id], false));
    home.look(vec![LookedUp::Replay]);
    assert_eq!((unsettled(home), settled(home)), (vec![id], false), "one look-up is no proof");
    id
}

#[test]
fn no_person_and_no_revision_takes_it_back_before_the_outcome_is_known() {
    let home = Home::new();
    let id = to_go_again(&home);
    assert_eq!(home.state(id), State::Approved);
    for act in [Act::Withdraw, Act::Hold { reason: "wait".into() }, Act::Reject { reason: "no".into() }] {
        assert!(home.act(id, act.clone()).is_err(), "{act:?}");
    }
    let before = home.card(id).approval.unwrap().digest;
    home.arrive(vec![arrival("a", 45_000)]);
    assert_eq!(home.state(id), State::Approved, "the approval of what may be there stands");
    assert_eq!(home.card(id).approval.unwrap().digest, before);
    assert_eq!(unsettled(&home), [id]);
    // not handed out after all: still to go again, under its key
    home.record(&home.plan(id, "k1"), vec![not_sent()]);
    assert_eq!(unsettled(&home), [id]);
    home.record(&home.plan(id, "k1"), vec![done(1)]);
    assert_eq!((home.state(id), unsettled(&home), settled(&home)), (State::Posted, vec![], true));
    home.check();
}

#[test]
fn what_a_person_calls_failed_goes_out_as_something_new_and_its_traces_stay() {
    let home = Home::new();
    let id = to_go_again(&home);
    home.record(&home.plan(id, "k1"), vec![Outcome::Lost { reason: "9002".into() }]);
    home.look(vec![LookedUp::Replay]);
    assert_eq!(home.state(id), State::NeedsHuman);
    assert!(!settled(&home), "what the ledger remembers of it is not cleared");
    home.act(id, Act::Decide { to: State::Failed, note: "I looked: it is not there".into() }).unwrap();
    assert!(!settled(&home));
    let intent = home.card(id).intents.remove(0);
    assert!(!intent.doubted && !intent.lost && !intent.replay && intent.payload_hash.is_empty());
    assert!(unsettled(&home).is_empty(), "the others go on");
    home.check();
}

#[test]
fn what_was_in_use_goes_out_under_a_new_key() {
    let home = Home::new();
    let id = to_go_again(&home);
    home.record(&home.plan(id, "k1"), vec![Outcome::Busy { reason: "the vendor is in use".into() }]);
    assert_eq!(home.state(id), State::Approved);
    let intent = home.card(id).intents.remove(0);
    assert!(intent.request_key.is_empty() && !intent.replay && !intent.doubted);
    assert!(unsettled(&home).is_empty());
    home.check();
}
