//! Arrival, derivation, and what the source is told.

use super::*;
use crate::model::filter::Filter;

#[test]
fn a_page_arrives_once() {
    let home = Home::new();
    let mut bad = arrival("u", 0);
    bad.header = Err(Unreadable { path: "a[0].b".into(), message: "no number".into(), number: "B9".into() });
    bad.book = None;
    let page = vec![arrival("a", 100), bad.clone(), arrival("b", 200)];
    let first = home.arrive(page.clone());
    let ids: Vec<DocumentId> = first.iter().map(new_id).collect();
    assert!(ids[0] < ids[1] && ids[1] < ids[2], "ids sort by arrival");
    let again = home.arrive(page);
    assert_eq!(again, ids.iter().map(|i| Arrived::Known(*i)).collect::<Vec<_>>());
    let card = home.card(ids[1]);
    assert_eq!((card.row.state, card.row.minor), (State::Unreadable, None));
    assert_eq!(card.unreadable.unwrap().path, "a[0].b");
    assert_eq!(card.acknowledged, Acknowledged::No);
    assert_eq!(home.card(ids[0]).bytes, b"bytes of a");
    assert_eq!(home.card(ids[0]).acknowledged, Acknowledged::Asked);
    assert_eq!(go(home.store.to_derive(None, false, 10)).unwrap(), vec![ids[0], ids[2]]);
    // read by a newer version: stored again
    bad.header = arrival("u", 300).header;
    bad.revision = "r2".into();
    assert_eq!(home.arrive(vec![bad]), vec![Arrived::Revised(ids[1])]);
    assert_eq!(home.state(ids[1]), State::Stored);
    let mut nowhere = arrival("x", 1);
    nowhere.book = Some("no such book".into());
    assert!(matches!(go(home.store.arrive(vec![nowhere], vec![true], at(1))), Err(StoreError::Missing(_))));
    home.check();
}

#[test]
fn derivations_place_documents() {
    let home = Home::new();
    for (i, (findings, state)) in [
        (vec![], State::Ready),
        (vec![FindingCode::AccountUnmapped, FindingCode::ReceiptMissing], State::Blocked),
        (vec![FindingCode::PeriodClosed], State::Held),
        (vec![FindingCode::ReceiptMissing], State::Ready),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("d{i}");
        let id = new_id(&home.arrive(vec![arrival(&name, 100)])[0]);
        let skipped = home.derive(id, derived(&name, "r1", &[Slot::Bill], &findings));
        assert!(skipped.is_empty());
        let row = home.card(id).row;
        assert_eq!(row.state, state);
        assert_eq!(row.finding, findings.first().copied());
        assert_eq!(row.findings as usize, findings.len());
        assert_eq!(row.receipts, (1, 2));
        // the same derivation again changes nothing, not even the version
        home.derive(id, derived(&name, "r1", &[Slot::Bill], &findings));
        assert_eq!(home.card(id).row.version, row.version);
    }
    // a rule's hold ends by derivation
    let held =
        go(home.store.page(Query { states: vec![State::Held], limit: 5, ..Query::default() })).unwrap();
    let id = held.rows[0].id;
    assert_eq!(held.rows[0].reason, "period_closed sentence");
    home.derive(id, derived("d2", "r1", &[Slot::Bill], &[]));
    assert_eq!(home.state(id), State::Ready);
    // stale: another revision, another version
    let d = derived("d2", "r9", &[Slot::Bill], &[]);
    assert_eq!(home.derive(id, d), vec![id]);
    let d = derived("d2", "r1", &[Slot::Bill], &[]);
    assert_eq!(go(home.store.derived(vec![(id, 77, d)], at(2))).unwrap(), vec![id]);
    home.check();
}

#[test]
fn groups_count_a_document_once() {
    let home = Home::new();
    for name in ["a", "b"] {
        let id = new_id(&home.arrive(vec![arrival(name, 150)])[0]);
        let twice = [FindingCode::AccountUnmapped, FindingCode::AccountUnmapped, FindingCode::ReceiptMissing];
        home.derive(id, derived(name, "r1", &[Slot::Bill], &twice));
    }
    let groups = go(home.store.finding_groups(Some(BOOK.into()))).unwrap();
    let first = groups.iter().find(|g| g.code == FindingCode::AccountUnmapped).unwrap();
    assert_eq!((first.count, first.sums.clone()), (2, vec![(Currency::USD, 300)]));
    let query =
        Query { finding: Some((FindingCode::AccountUnmapped, "CC450".into())), limit: 9, ..Query::default() };
    assert_eq!(go(home.store.page(query.clone())).unwrap().rows.len(), 2);
    assert_eq!(go(home.store.count(query)).unwrap(), 2);
    // what ended is in no group
    let id = go(home.store.find("N-a".into())).unwrap()[0].id;
    home.act(id, Act::Reject { reason: "no receipt".into() }).unwrap();
    assert_eq!(go(home.store.finding_groups(None)).unwrap()[0].count, 1);
    home.check();
}

#[test]
fn a_revision_before_posting_takes_the_approval_back() {
    let home = Home::new();
    let id = home.approved("a", &[Slot::Bill]);
    let mut newer = arrival("a", 777);
    newer.revision = "r2".into();
    assert_eq!(home.arrive(vec![newer.clone()]), vec![Arrived::Revised(id)]);
    let card = home.card(id);
    assert_eq!((card.row.state, card.row.minor, card.row.revisions), (State::Ready, Some(777), 2));
    assert!(card.approval.is_none());
    assert_eq!(card.acknowledged, Acknowledged::Asked, "the new revision is acknowledged too");
    assert_eq!(go(home.store.to_derive(None, false, 9)).unwrap(), vec![id]);
    assert!(matches!(home.approve_as(id, theo(), false), Err(StoreError::Stale { .. })));
    home.derive(id, derived("a", "r2", &[Slot::Bill], &[]));
    assert_eq!(home.tell(OutboxKind::Acknowledge, &Told::Accepted), 1);
    home.approve_as(id, theo(), false).unwrap();
    home.record(&home.plan(id, "k"), vec![done(1)]);
    // after posting it is kept and shown
    newer.revision = "r3".into();
    assert_eq!(home.arrive(vec![newer]), vec![Arrived::RevisedLater(id)]);
    let card = home.card(id);
    assert_eq!((card.row.state, card.row.finding), (State::Posted, Some(FindingCode::ChangedAfterPosting)));
    assert!(card.derived.unwrap().findings.iter().any(|f| f.code == FindingCode::ChangedAfterPosting));
    // the finding took nothing from what the document is found by
    let filter = Filter::read(&card.intents[0].number).unwrap();
    let found = go(home.store.page(Query { filter, limit: 9, ..Query::default() })).unwrap();
    assert_eq!(found.rows.iter().map(|r| r.id).collect::<Vec<_>>(), [id]);
    home.check();
}

#[test]
fn what_the_source_answers_to_the_acknowledgement() {
    let home = Home::new();
    let taken = home.ready("a", &[Slot::Bill]);
    home.approve_as(taken, theo(), false).unwrap();
    home.tell(OutboxKind::Acknowledge, &Told::Taken { by: "Other ERP".into() });
    assert_eq!(home.state(taken), State::Blocked);
    // deriving again does not clear it
    home.derive(taken, derived("a", "r1", &[Slot::Bill], &[]));
    assert_eq!(home.state(taken), State::Blocked);
    assert_eq!(home.card(taken).row.finding, Some(FindingCode::TakenByOtherSystem));
    let recalled = home.ready("b", &[Slot::Bill]);
    home.tell(OutboxKind::Acknowledge, &Told::Recalled);
    assert_eq!(home.state(recalled), State::Recalled);
    let refused = home.ready("c", &[Slot::Bill]);
    home.tell(OutboxKind::Acknowledge, &Told::Refused { why: "103 unknown".into() });
    assert_eq!(home.card(refused).acknowledged, Acknowledged::Refused("103 unknown".into()));
    assert!(home.card(refused).row.reason.contains("103"));
    let later = home.ready("d", &[Slot::Bill]);
    home.tell(OutboxKind::Acknowledge, &Told::Later { at: at(500), why: "503".into() });
    let row = home.card(later).outbox.remove(0);
    assert_eq!((row.attempts, row.due_at, row.done), (0, at(500), false));
    // an attempt counts before its call, so that "you have told me already" can be believed
    go(home.store.telling(vec![row.id], at(500))).unwrap();
    assert_eq!(home.card(later).outbox.remove(0).attempts, 1);
    assert_eq!(go(home.store.next_due()).unwrap(), Some(at(500)));
    assert!(go(home.store.outbox("concur".into(), OutboxKind::Acknowledge, at(499), 9)).unwrap().is_empty());
    home.check();
}

#[test]
fn a_confirmation_that_is_not_taken_is_tried_again_by_a_person() {
    let home = Home::new();
    let id = home.approved("a", &[Slot::Bill]);
    home.record(&home.plan(id, "k"), vec![done(1)]);
    home.tell(OutboxKind::Confirm, &Told::Later { at: at(60), why: "503".into() });
    assert_eq!(home.state(id), State::Posted);
    home.tell(OutboxKind::Confirm, &Told::Refused { why: "110 wrong".into() });
    assert_eq!(home.state(id), State::ConfirmFailed);
    let late = go(home.store.attention(None, at(5 + 15 * 60), 9)).unwrap();
    assert_eq!((late.len(), late[0].code.as_str()), (1, "confirm_failed"));
    assert!(go(home.store.attention(None, at(60), 9)).unwrap().is_empty());
    home.act(id, Act::Retry).unwrap();
    assert_eq!(home.tell(OutboxKind::Confirm, &Told::Accepted), 1);
    assert_eq!(home.state(id), State::Confirmed);
    home.check();
}

#[test]
fn a_refusal_goes_out_only_for_what_was_acknowledged_and_is_not_in_the_ledger() {
    let home = Home::new();
    let acknowledged = home.approved("a", &[Slot::Bill]);
    home.act(acknowledged, Act::Withdraw).unwrap();
    home.act(acknowledged, Act::Reject { reason: "no receipt".into() }).unwrap();
    let rows = go(home.store.outbox("concur".into(), OutboxKind::Refuse, at(99), 9)).unwrap();
    assert_eq!(rows[0].payload["reason"], "no receipt");
    assert_eq!(go(home.store.attention(None, at(10), 9)).unwrap()[0].code, "refusal_unsent");
    home.tell(OutboxKind::Refuse, &Told::Accepted);
    let quiet = new_id(&go(home.store.arrive(vec![arrival("q", 5)], vec![false], at(1))).unwrap()[0]);
    home.derive(quiet, derived("q", "r1", &[Slot::Bill], &[]));
    home.act(quiet, Act::Close { note: "settled".into() }).unwrap();
    let partly = home.approved("p", &[Slot::Bill, Slot::Card("1".into())]);
    home.record(&home.plan(partly, "k"), vec![done(1), refused()]);
    home.act(partly, Act::Close { note: "reversed by hand".into() }).unwrap();
    assert_eq!(home.tell(OutboxKind::Refuse, &Told::Accepted), 0);
    // every line cancels: success is confirmed
    let nothing = home.ready("n", &[Slot::Bill]);
    home.derive(nothing, derived("n", "r1", &[Slot::Bill], &[FindingCode::NoEffect]));
    home.act(nothing, Act::Close { note: "nothing to post".into() }).unwrap();
    assert_eq!(home.tell(OutboxKind::Confirm, &Told::Accepted), 1);
    assert_eq!(home.state(nothing), State::Closed);
    home.check();
}

#[test]
fn a_document_that_had_no_book_is_routed_later_and_stays_there() {
    let home = Home::new();
    let mut lost = arrival("a", 100);
    lost.book = None;
    let id = new_id(&home.arrive(vec![lost])[0]);
    home.derive(id, derived("a", "r1", &[], &[FindingCode::NoBook]));
    assert_eq!(home.card(id).acknowledged, Acknowledged::No);
    home.arrive(vec![arrival("a", 100)]);
    assert_eq!(home.card(id).row.book, Some(BOOK.into()));
    assert_eq!(home.card(id).acknowledged, Acknowledged::Asked);
    assert_eq!(go(home.store.to_derive(Some(BOOK.into()), false, 9)).unwrap(), vec![id]);
    assert!(home.raw().execute("UPDATE document SET book = NULL", []).is_err());
    home.check();
}
