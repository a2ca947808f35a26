//! Reversals, reposts, accruals and the rest of half-posted sets.

use super::*;
use crate::model::canonical::digest;
use crate::model::intent::IntentState;
use crate::store::Corrections;

fn posted(home: &Home, name: &str) -> DocumentId {
    let id = home.approved(name, &[Slot::Bill]);
    let planned = home.plan(id, &format!("k-{name}"));
    let n = u32::try_from(name.len()).unwrap() * 100 + u32::from(name.as_bytes()[0]);
    home.record(&planned, vec![done(n)]);
    id
}

fn confirmed(home: &Home, name: &str) -> DocumentId {
    let id = posted(home, name);
    home.tell(OutboxKind::Confirm, &Told::Accepted);
    assert_eq!(home.state(id), State::Confirmed);
    id
}

fn correction(
    home: &Home,
    of: Option<DocumentId>,
    what: &str,
    source_id: &str,
) -> Result<DocumentId, StoreError> {
    let of = of.map(|id| (id, home.card(id).row.version));
    let Ok(mut header) = arrival(source_id, -1_000).header else { unreachable!() };
    header.number = format!("{source_id}-REV");
    let new = NewCorrection {
        connection: "concur".into(),
        book: BookId::from(BOOK),
        of,
        what: what.into(),
        source_id: source_id.into(),
        bytes: format!("bytes of {source_id}").into_bytes(),
        revision: "r1".into(),
        header,
        gone: false,
    };
    go(home.store.correct(new, theo(), at(50)))
}

fn to_posted(home: &Home, id: DocumentId, source_id: &str, n: u32) {
    home.derive(id, derived(source_id, "r1", &[Slot::Reversal], &[]));
    home.approve_as(id, person("Maya Wells", None), false).unwrap();
    let planned = home.plan(id, &format!("k-{source_id}"));
    home.record(&planned, vec![done(n)]);
}

#[test]
fn a_reversal_ends_what_it_reverses_and_no_source_hears_of_it() {
    let home = Home::new();
    let id = confirmed(&home, "a");
    let r = correction(&home, Some(id), "reversal", "rev-a").unwrap();
    assert_eq!(home.state(r), State::Stored);
    assert_eq!(home.card(r).acknowledged, Acknowledged::Accepted);
    // one at a time
    assert!(matches!(correction(&home, Some(id), "reversal", "rev-b"), Err(StoreError::Refused(_))));
    to_posted(&home, r, "rev-a", 901);
    assert_eq!(home.state(r), State::Confirmed, "nobody has to be told");
    assert_eq!(home.state(id), State::Reversed);
    assert!(home.card(r).outbox.is_empty());
    let rows = go(home.store.corrections(Some(id))).unwrap();
    assert_eq!((rows[0].document, rows[0].what.as_str(), rows[0].task), (r, "reversal", true));
    // the task in the source is listed until a person ticks it
    assert_eq!(go(home.store.corrections(None)).unwrap().len(), 1);
    assert!(go(home.store.tick_correction(r, " ".into(), theo(), at(60))).is_err());
    go(home.store.tick_correction(r, "sent back".into(), theo(), at(60))).unwrap();
    assert!(go(home.store.corrections(None)).unwrap().is_empty());
    assert!(go(home.store.tick_correction(r, "again".into(), theo(), at(61))).is_err());
    home.check();
}

#[test]
fn its_maker_does_not_approve_it_and_no_policy_does() {
    let home = Home::new();
    let id = confirmed(&home, "a");
    let r = correction(&home, Some(id), "reversal", "rev-a").unwrap();
    home.derive(r, derived("rev-a", "r1", &[Slot::Reversal], &[]));
    let mut maker = theo();
    maker.single_person = false;
    assert!(
        matches!(home.approve_as(r, maker, false), Err(StoreError::Refused(why)) if why.contains("you made"))
    );
    let mut policy = person("policy clean v1", None);
    policy.via = "policy".into();
    assert!(
        matches!(home.approve_as(r, policy, false), Err(StoreError::Refused(why)) if why.contains("correction"))
    );
    // turned down: nothing is told to the source, and another one may be made
    home.act(r, Act::Reject { reason: "not needed".into() }).unwrap();
    assert!(home.card(r).outbox.is_empty());
    assert!(correction(&home, Some(id), "reversal", "rev-a2").is_ok());
    home.check();
}

#[test]
fn what_is_not_in_the_ledger_is_not_reversed() {
    let home = Home::new();
    let ready = home.ready("a", &[Slot::Bill]);
    assert!(matches!(correction(&home, Some(ready), "reversal", "x"), Err(StoreError::Refused(_))));
    let doubt = home.approved("b", &[Slot::Bill]);
    let planned = home.plan(doubt, "k");
    home.record(&planned, vec![unclear()]);
    assert!(
        matches!(correction(&home, Some(doubt), "reversal", "y"), Err(StoreError::Refused(why)) if why.contains("not known"))
    );
    // a repost follows a reversal, or the loss of the record
    let id = confirmed(&home, "c");
    assert!(matches!(correction(&home, Some(id), "repost", "z"), Err(StoreError::Refused(_))));
    home.check();
}

#[test]
fn a_repost_follows_a_reversal() {
    let home = Home::new();
    let id = confirmed(&home, "a");
    let r = correction(&home, Some(id), "reversal", "rev-a").unwrap();
    to_posted(&home, r, "rev-a", 901);
    let again = correction(&home, Some(id), "repost", "rep-a").unwrap();
    assert!(
        matches!(correction(&home, Some(id), "repost", "rep-b"), Err(StoreError::Refused(_))),
        "one under way"
    );
    home.derive(again, derived("rep-a", "r1", &[Slot::Repost(1)], &[]));
    home.approve_as(again, person("Maya Wells", None), false).unwrap();
    let planned = home.plan(again, "k-rep");
    home.record(&planned, vec![done(902)]);
    assert_eq!((home.state(again), home.state(id)), (State::Confirmed, State::Reversed));
    home.check();
}

#[test]
fn a_half_posted_set_is_reversed_or_its_rest_is_approved() {
    let slots = [Slot::Bill, Slot::Card("CT-1".into())];
    let home = Home::new();
    let id = home.approved("a", &slots);
    let planned = home.plan(id, "k1");
    home.record(&planned, vec![done(1), refused()]);
    assert_eq!(home.state(id), State::NeedsHuman);
    let card = home.card(id);
    let mut set = card.approval.clone().unwrap().set;
    // what is in the ledger stays as it is
    let mut changed = set.clone();
    changed.entries[0].memo = "other".into();
    let made = |set: &EntrySet| {
        let mut d = derived("a", "r1", &slots, &[]);
        d.set = set.clone();
        d.digest = digest(set, "qbo").unwrap();
        d
    };
    let rest = |set: &EntrySet, note: &str, by: Actor| {
        let version = home.card(id).row.version;
        go(home.store.approve_rest(id, version, made(set), note.into(), by, at(70)))
    };
    let maya = || person("Maya Wells", None);
    assert!(matches!(rest(&changed, "n", maya()), Err(StoreError::Refused(_))));
    let mut fewer = set.clone();
    fewer.entries.truncate(1);
    assert!(matches!(rest(&fewer, "n", maya()), Err(StoreError::Refused(_))));
    for l in &mut set.entries[1].lines {
        l.account = crate::model::Named::new("59", "6010 Airfare");
    }
    assert!(matches!(rest(&set, "", maya()), Err(StoreError::Refused(_))), "a note is kept");
    let mut payee = person("Amara Okafor", Some("E1001"));
    payee.single_person = true;
    assert!(rest(&set, "n", payee).is_err());
    // beside a reversal nothing more is posted
    let r = correction(&home, Some(id), "reversal", "rev-a").unwrap();
    assert!(matches!(rest(&set, "n", maya()), Err(StoreError::Refused(why)) if why.contains("reverses")));
    home.derive(r, derived("rev-a", "r1", &[Slot::Reversal], &[]));
    home.act(r, Act::Reject { reason: "mended instead".into() }).unwrap();
    assert_eq!(rest(&set, "account was inactive", maya()).unwrap(), State::Approved);
    let states: Vec<IntentState> = home.card(id).intents.iter().map(|i| i.state).collect();
    assert_eq!(states, [IntentState::Done, IntentState::Withdrawn], "it goes under a new generation");
    assert_eq!(home.card(id).approval.unwrap().set, set);
    home.check();
}

#[test]
fn a_reversal_that_is_half_made_is_neither_closed_nor_made_again() {
    let home = Home::new();
    let two = [Slot::Bill, Slot::Card("CT-1".into())];
    let id = home.approved("a", &two);
    let planned = home.plan(id, "k1");
    home.record(&planned, vec![done(1), done(2)]);
    home.tell(OutboxKind::Confirm, &Told::Accepted);
    let r = correction(&home, Some(id), "reversal", "rev-a").unwrap();
    let halves = [Slot::ReversalOf("bill".into()), Slot::ReversalOf("card:CT-1".into())];
    home.derive(r, derived("rev-a", "r1", &halves, &[]));
    home.approve_as(r, person("Maya Wells", None), false).unwrap();
    let planned = home.plan(r, "k2");
    home.record(&planned, vec![done(901), refused()]);
    assert_eq!((home.state(r), home.state(id)), (State::NeedsHuman, State::Confirmed));
    assert!(home.act(r, Act::Close { note: "leave it".into() }).is_err());
    assert!(correction(&home, Some(id), "reversal", "rev-b").is_err());
    home.check();
}

#[test]
fn a_repost_is_made_once() {
    let home = Home::new();
    let id = confirmed(&home, "a");
    let r = correction(&home, Some(id), "reversal", "rev-a").unwrap();
    to_posted(&home, r, "rev-a", 901);
    let again = correction(&home, Some(id), "repost", "rep-a").unwrap();
    home.derive(again, derived("rep-a", "r1", &[Slot::Repost(1)], &[]));
    home.approve_as(again, person("Maya Wells", None), false).unwrap();
    let planned = home.plan(again, "k-rep");
    home.record(&planned, vec![done(902)]);
    assert!(matches!(correction(&home, Some(id), "repost", "rep-b"), Err(StoreError::Refused(_))));
    home.check();
}

#[test]
fn the_done_part_of_a_half_posted_set_can_be_reversed() {
    let home = Home::new();
    let id = home.approved("a", &[Slot::Bill, Slot::Card("CT-1".into())]);
    let planned = home.plan(id, "k1");
    home.record(&planned, vec![done(1), refused()]);
    let r = correction(&home, Some(id), "reversal", "rev-a").unwrap();
    to_posted(&home, r, "rev-a", 901);
    assert_eq!((home.state(r), home.state(id)), (State::Confirmed, State::Reversed));
    home.check();
}
