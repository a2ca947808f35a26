//! Ledgers that call us: their visits, and what waits for the next one.

use super::*;
use crate::store::Visits as _;

fn asked(home: &Home) -> Vec<DocumentId> {
    go(home.store.asked_postings("qbo".into())).unwrap()
}

fn unsettled(home: &Home) -> Vec<DocumentId> {
    go(home.store.unsettled("qbo".into())).unwrap()
}

fn last(home: &Home) -> Option<(String, bool)> {
    go(home.store.last_call("qbo".into())).unwrap().map(|l| (l.request_key, l.settled))
}

fn ask(home: &Home, ids: &[DocumentId]) -> u64 {
    go(home.store.ask_posting(ids.to_vec(), theo(), at(5))).unwrap()
}

#[test]
fn what_is_known_of_visits_is_kept_by_connection() {
    let home = Home::new();
    assert!(go(home.store.visits()).unwrap().is_empty());
    let note = VisitNote {
        came_at: Some(at(1)),
        expected_at: Some(at(301)),
        connector: "34.0.0.58".into(),
        trouble: "a dialog is open".into(),
        trouble_since: Some(at(1)),
        ..VisitNote::default()
    };
    go(home.store.put_visit("qbo".into(), VisitNote::default(), at(1))).unwrap();
    go(home.store.put_visit("qbo".into(), note.clone(), at(2))).unwrap();
    assert_eq!(go(home.store.visits()).unwrap(), [("qbo".into(), note)]);
    assert!(go(home.store.put_visit("nobody".into(), VisitNote::default(), at(1))).is_err());
}

#[test]
fn only_what_is_approved_can_be_asked_for_and_the_ask_ends_with_the_posting() {
    let home = Home::new();
    let (a, b) = (home.approved("a", &[Slot::Bill]), home.approved("b", &[Slot::Bill]));
    let open = home.ready("c", &[Slot::Bill]);
    assert_eq!(ask(&home, &[b, a, open]), 2);
    assert_eq!(ask(&home, &[a]), 0, "asked twice is asked once");
    assert_eq!(asked(&home), [a, b], "oldest document first");
    let events = go(home.store.audit(AuditQuery { limit: 100, ..AuditQuery::default() })).unwrap();
    let told: Vec<_> = events.iter().filter(|e| e.action == "posting_asked").collect();
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|e| e.actor == "Theo Okonkwo"));
    let planned = home.plan(a, "k1");
    assert_eq!(asked(&home), [a, b], "it is on its way");
    home.record(&planned, vec![done(1)]);
    assert_eq!(asked(&home), [b]);
    home.act(b, Act::Withdraw).unwrap();
    assert!(asked(&home).is_empty());
    // approved anew it has to be asked for anew: it may be another thing now
    home.derive(b, derived("b", "r1", &[Slot::Bill], &[]));
    let card = home.card(b);
    let digest = card.derived.map(|d| d.digest).unwrap_or_default();
    let one = ApproveOne { id: b, version: card.row.version, digest, as_delta: false };
    go(home.store.approve(vec![one], theo(), at(60))).unwrap().remove(0).1.unwrap();
    assert!(asked(&home).is_empty());
    assert_eq!(go(home.store.ask_posting(vec![b, open], theo(), at(61))).unwrap(), 1);
    assert_eq!(asked(&home), [b]);
    home.check();
}

#[test]
fn a_call_is_settled_when_nothing_of_it_is_open() {
    let home = Home::new();
    let id = home.approved("a", &[Slot::Bill]);
    assert_eq!((last(&home), unsettled(&home)), (None, vec![]));
    let planned = home.plan(id, "k1");
    assert_eq!((last(&home), unsettled(&home)), (Some(("k1".into(), false)), vec![id]));
    assert_eq!(go(home.store.call_bytes("qbo".into(), "k1".into())).unwrap().as_deref(), Some(&b"{}"[..]));
    assert_eq!(go(home.store.call_bytes("qbo".into(), "k2".into())).unwrap(), None);
    home.record(&planned, vec![unclear()]);
    assert_eq!((last(&home), unsettled(&home)), (Some(("k1".into(), false)), vec![id]));
    // one complete look-up: it goes again as it was, and is unsettled until that is answered
    home.look(vec![LookedUp::Replay]);
    assert_eq!(home.state(id), State::Approved);
    assert_eq!((last(&home), unsettled(&home)), (Some(("k1".into(), false)), vec![id]));
    assert!(home.try_plan(id, "k2", 1).is_err(), "under its own key only");
    let planned = home.plan(id, "k1");
    home.record(&planned, vec![done(1)]);
    assert_eq!(home.state(id), State::Posted);
    assert_eq!((last(&home), unsettled(&home)), (Some(("k1".into(), true)), vec![]));
    // what was never handed out is no call: the ledger remembers the one before it
    let next = home.approved("b", &[Slot::Bill]);
    let planned = home.plan(next, "k3");
    assert_eq!(last(&home), Some(("k3".into(), false)));
    home.record(&planned, vec![not_sent()]);
    assert_eq!((home.state(next), last(&home)), (State::Approved, Some(("k1".into(), true))));
    home.check();
}

#[test]
fn what_cannot_be_told_is_left_to_a_person_and_keeps_nothing_back() {
    let home = Home::new();
    let id = home.approved("a", &[Slot::Bill]);
    let planned = home.plan(id, "k1");
    home.record(&planned, vec![Outcome::Lost { reason: "9002 no stored response".into() }]);
    assert_eq!((home.state(id), unsettled(&home)), (State::Ambiguous, vec![id]));
    home.look(vec![LookedUp::Replay]);
    assert_eq!(home.state(id), State::NeedsHuman);
    assert!(home.card(id).row.reason.contains("9002"), "{}", home.card(id).row.reason);
    assert!(unsettled(&home).is_empty());
    assert_eq!(
        last(&home),
        Some(("k1".into(), false)),
        "what the ledger remembers of it must not be cleared"
    );
    home.check();
}

#[test]
fn a_reading_waits_until_it_is_brought_and_a_new_ask_forgets_the_trouble() {
    let home = Home::new();
    let want = |ask: &str, now| go(home.store.want_reading("qbo".into(), ask.into(), at(now))).unwrap();
    let put = |ask: &str, brought: Result<&str, &str>, now| {
        let brought = brought.map(String::from).map_err(String::from);
        go(home.store.put_wanted_reading("qbo".into(), ask.into(), brought, at(now))).unwrap();
    };
    let of = |ask: &str| {
        let all = go(home.store.readings("qbo".into())).unwrap();
        all.into_iter().find(|r| r.ask == ask).unwrap()
    };
    want("october", 10);
    want("november", 20);
    let all = go(home.store.readings("qbo".into())).unwrap();
    assert_eq!(all.iter().map(|r| r.ask.as_str()).collect::<Vec<_>>(), ["november", "october"]);
    put("october", Err("it went wrong"), 30);
    assert_eq!((of("october").trouble.as_str(), of("october").reading), ("it went wrong", None));
    want("october", 40);
    assert_eq!(of("october").trouble, "");
    put("october", Ok("figures"), 50);
    let read = of("october");
    assert_eq!((read.reading.as_deref(), read.read_at), (Some("figures"), Some(at(50))));
    want("october", 60);
    let read = of("october");
    assert_eq!((read.reading.as_deref(), read.asked_at), (Some("figures"), at(60)), "it keeps what it has");
    put("never asked", Ok("x"), 70);
    assert_eq!(go(home.store.readings("qbo".into())).unwrap().len(), 2);
}
