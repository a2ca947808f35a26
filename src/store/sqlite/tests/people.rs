//! Who may approve what, and what people do to one document.

use super::*;
use crate::model::rule::{Gives, Key, Rule, RuleKind, RuleSet};

fn sentence(e: StoreError) -> String {
    match e {
        StoreError::Refused(s) => s,
        other => panic!("{other:?}"),
    }
}

fn rule(author: &str) -> Rule {
    Rule {
        id: 1,
        kind: RuleKind::Account,
        document: None,
        party: None,
        keys: [(Key::AccountCode, "5010".to_string())].into(),
        gives: Gives::Record(Named::new("58", "5010 Airfare")),
        author: author.into(),
        reason: None,
        billable: false,
    }
}

#[test]
fn nobody_approves_their_own_report_in_any_mode() {
    let home = Home::new();
    let id = home.ready("a", &[Slot::Bill]);
    for single_person in [false, true] {
        let mut amara = person("Amara Okafor", Some("E1001"));
        amara.single_person = single_person;
        assert!(sentence(home.approve_as(id, amara, false).unwrap_err()).contains("somebody else"));
    }
    assert_eq!(home.state(id), State::Ready);
    home.approve_as(id, theo(), false).unwrap();
    home.check();
}

#[test]
fn the_author_of_a_rule_does_not_approve_what_uses_it() {
    let home = Home::new();
    let rules = RuleSet { rules: vec![rule("Theo Okonkwo")], ..RuleSet::default() };
    assert_eq!(go(home.store.put_rules(BOOK.into(), 0, rules, theo(), at(1))).unwrap(), 1);
    let id = home.ready("a", &[Slot::Bill]);
    assert!(sentence(home.approve_as(id, theo(), false).unwrap_err()).contains("you made the account rule"));
    let mut alone = theo();
    alone.single_person = true;
    home.approve_as(id, alone, false).unwrap();
    let other = home.ready("b", &[Slot::Bill]);
    home.approve_as(other, person("Joy Lin", None), false).unwrap();
    home.check();
}

/// Derived under a version of the rules to another account, for a reason that names `rule` or none.
fn elsewhere(source_id: &str, version: u32, account: &str, rule: Option<u32>) -> Derived {
    let mut d = derived(source_id, "r1", &[Slot::Bill], &[]);
    for line in d.set.entries.iter_mut().flat_map(|e| &mut e.lines) {
        line.account = Named::new(account, account);
        line.why.iter_mut().for_each(|w| w.rule = rule);
    }
    d.digest = digest(&d.set, "qbo").unwrap();
    d.rules_version = version;
    d
}

#[test]
fn who_removes_a_rule_does_not_approve_what_it_changed() {
    let home = Home::new();
    let put = |expected, rules: Vec<Rule>, by| {
        let set = RuleSet { rules, ..RuleSet::default() };
        go(home.store.put_rules(BOOK.into(), expected, set, by, at(1))).unwrap()
    };
    let joy = || person("Joy Lin", None);
    put(0, vec![rule("Maya Wells")], joy());
    let new = |name: &str, rule| {
        let id = new_id(&home.arrive(vec![arrival(name, 129_015)])[0]);
        home.derive(id, elsewhere(name, 1, "58", rule));
        id
    };
    let (stood, apart) = (new("a", Some(1)), new("b", None));
    put(1, vec![], theo());
    home.derive(stood, elsewhere("a", 2, "99", None));
    home.derive(apart, elsewhere("b", 2, "58", None));
    let said = sentence(home.approve_as(stood, theo(), false).unwrap_err());
    assert!(said.contains("you removed or reordered rules (version 2)"), "{said}");
    home.approve_as(apart, theo(), false).unwrap();
    home.approve_as(stood, joy(), false).unwrap();
    home.check();
}

#[test]
fn who_reorders_the_rules_about_documents_does_not_approve_what_that_freed() {
    use crate::model::guard::{Guard, Then};
    let home = Home::new();
    let guard = |id, then| Guard {
        id,
        conditions: crate::model::guard::parse("title contains TRIP").unwrap(),
        then,
        reason: String::new(),
        author: "Maya Wells".into(),
    };
    let put = |expected, guards: Vec<Guard>, by| {
        let set = RuleSet { guards, ..RuleSet::default() };
        go(home.store.put_rules(BOOK.into(), expected, set, by, at(1))).unwrap()
    };
    let (hold, skip) = (guard(1, Then::Hold), guard(2, Then::Skip));
    put(0, vec![hold.clone(), skip.clone()], person("Joy Lin", None));
    let id = new_id(&home.arrive(vec![arrival("a", 129_015)])[0]);
    home.derive(id, derived("a", "r1", &[Slot::Bill], &[FindingCode::OldExpense]));
    put(1, vec![skip, hold], theo());
    home.derive(id, Derived { rules_version: 2, ..derived("a", "r1", &[Slot::Bill], &[]) });
    assert!(sentence(home.approve_as(id, theo(), false).unwrap_err()).contains("you removed or reordered"));
    home.approve_as(id, person("Joy Lin", None), false).unwrap();
    home.check();
}

#[test]
fn what_was_seen_is_what_is_approved() {
    let home = Home::new();
    let id = home.ready("a", &[Slot::Bill]);
    let card = home.card(id);
    let one = |version, digest: &str| ApproveOne { id, version, digest: digest.into(), as_delta: false };
    let digest = card.derived.unwrap().digest;
    let missing = ApproveOne { id: DocumentId(ulid::Ulid::nil()), ..one(0, "") };
    let tries = vec![one(card.row.version + 1, &digest), one(card.row.version, "other"), missing];
    let results = go(home.store.approve(tries, theo(), at(3))).unwrap();
    assert!(matches!(results[0].1, Err(StoreError::Stale { .. })));
    assert!(matches!(results[1].1, Err(StoreError::Stale { .. })));
    assert!(matches!(results[2].1, Err(StoreError::Missing(_))));
    assert_eq!(home.state(id), State::Ready);
    let results = go(home.store.approve(vec![one(card.row.version, &digest)], theo(), at(3))).unwrap();
    assert!(results[0].1.is_ok());
    let approval = home.card(id).approval.unwrap();
    assert_eq!((approval.digest, approval.by.as_str()), (digest, "Theo Okonkwo"));
    assert_eq!(approval.set.entries.len(), 1);
    let text = go(home.store.audit(AuditQuery { limit: 1, ..Default::default() })).unwrap().remove(0).text;
    assert_eq!(text, "approved by Theo Okonkwo: 1 ledger record, 1,290.15 USD");
    home.check();
}

#[test]
fn a_blocked_document_and_an_approved_one_are_refused() {
    let home = Home::new();
    let id = home.ready("a", &[Slot::Bill]);
    home.derive(id, derived("a", "r1", &[Slot::Bill], &[FindingCode::TaxUnmapped]));
    assert!(sentence(home.approve_as(id, theo(), false).unwrap_err()).contains("blocks"));
    let approved = home.approved("b", &[Slot::Bill]);
    assert!(matches!(home.approve_as(approved, theo(), false), Err(StoreError::IllegalMove { .. })));
    let last = go(home.store.audit(AuditQuery { limit: 1, ..Default::default() })).unwrap().remove(0);
    assert_eq!(last.action, "refused_move");
    home.act(approved, Act::Hold { reason: "wait".into() }).unwrap();
    assert!(sentence(home.approve_as(approved, theo(), false).unwrap_err()).contains("release"));
    home.check();
}

#[test]
fn one_member_of_a_family_at_a_time() {
    let home = Home::new();
    let member = |id: &str, minor: i64, delta: bool| {
        let mut a = arrival(id, minor);
        a.header = a.header.map(|h| ArrivalHeader { family: "family a".into(), delta, ..h });
        new_id(&home.arrive(vec![a])[0])
    };
    let first = home.approved("a", &[Slot::Bill]);
    // a delta replaces nothing, and waits while the other one is under way
    let delta = member("b", 500, true);
    home.derive(delta, derived("b", "r1", &[Slot::Bill], &[]));
    let around = go(home.store.around(delta, vec![], vec![])).unwrap();
    assert_eq!(around.family, vec![(first, State::Approved, "N-a".to_string())]);
    assert!(sentence(home.approve_as(delta, theo(), false).unwrap_err()).contains("delta"));
    // held with its approval it still counts
    home.act(first, Act::Hold { reason: "wait".into() }).unwrap();
    assert!(home.approve_as(delta, theo(), false).is_err());
    home.act(first, Act::Release).unwrap();
    // never posted: a newer one takes their place in the transaction of its arrival
    let second = member("c", 600, false);
    assert_eq!((home.state(first), home.state(delta)), (State::Recalled, State::Recalled));
    home.derive(second, derived("c", "r1", &[Slot::Bill], &[]));
    home.approve_as(second, theo(), false).unwrap();
    home.tell(OutboxKind::Acknowledge, &Told::Accepted);
    home.record(&home.plan(second, "k"), vec![done(1)]);
    // in the ledger: it stays, and only a delta by name goes beside it
    let third = member("d", 700, false);
    home.derive(third, derived("d", "r1", &[Slot::Bill], &[]));
    assert_eq!(home.state(second), State::Posted);
    assert!(home.approve_as(third, theo(), false).is_err());
    home.approve_as(third, theo(), true).unwrap();
    home.check();
}

#[test]
fn above_the_limit_two_people_approve_the_same_entries() {
    let home = Home::new();
    let id = home.ready("a", &[Slot::Bill]);
    home.derive(id, derived("a", "r1", &[Slot::Bill], &[FindingCode::OverLimit]));
    for _ in 0..2 {
        assert!(sentence(home.approve_as(id, theo(), false).unwrap_err()).contains("first of two"));
        assert_eq!(home.state(id), State::Ready);
    }
    home.approve_as(id, person("Joy Lin", None), false).unwrap();
    let log =
        go(home.store.audit(AuditQuery { subject: Some(id.to_string()), limit: 9, ..Default::default() }))
            .unwrap();
    assert_eq!(log.iter().filter(|e| e.action == "endorsed").count(), 1);
    home.check();
}

#[test]
fn a_policy_approves_only_what_is_clean() {
    let home = Home::new();
    let policy =
        Actor { name: "policy clean v1".into(), employee: None, via: "policy".into(), single_person: true };
    let clean = home.ready("a", &[Slot::Bill]);
    assert!(sentence(home.approve_as(clean, policy.clone(), false).unwrap_err()).contains("off"));
    let on = Policy {
        version: 0,
        auto: AutoApproval::Clean,
        signed_off_by: "Joy Lin".into(),
        limit: Some("2000".parse().unwrap()),
    };
    assert_eq!(go(home.store.put_policy(BOOK.into(), on, theo(), at(2))).unwrap(), 1);
    let warned = home.ready("b", &[Slot::Bill]);
    home.derive(warned, derived("b", "r1", &[Slot::Bill], &[FindingCode::ReceiptMissing]));
    assert!(home.approve_as(warned, policy.clone(), false).is_err());
    let big = new_id(&home.arrive(vec![arrival("c", 200_001)])[0]);
    home.derive(big, derived("c", "r1", &[Slot::Bill], &[]));
    assert!(sentence(home.approve_as(big, policy.clone(), false).unwrap_err()).contains("limit"));
    home.approve_as(clean, policy, false).unwrap();
    home.check();
}

#[test]
fn a_hold_keeps_the_approval_and_a_changed_digest_ends_it() {
    let home = Home::new();
    let id = home.approved("a", &[Slot::Bill]);
    home.act(id, Act::Hold { reason: "ask Amara".into() }).unwrap();
    assert!(home.card(id).held_approved);
    assert_eq!(home.card(id).row.reason, "ask Amara");
    assert_eq!(home.act(id, Act::Release).unwrap(), State::Approved);
    home.act(id, Act::Hold { reason: "ask again".into() }).unwrap();
    // derived while a person holds it: it stays held
    home.derive(id, derived("a", "r1", &[Slot::Bill, Slot::Card("1".into())], &[]));
    assert_eq!(home.state(id), State::Held);
    assert_eq!(home.act(id, Act::Release).unwrap(), State::Ready);
    assert!(home.card(id).approval.is_none());
    // held while blocked, released blocked
    home.derive(id, derived("a", "r1", &[Slot::Bill], &[FindingCode::TaxUnmapped]));
    home.act(id, Act::Hold { reason: "later".into() }).unwrap();
    assert_eq!(home.act(id, Act::Release).unwrap(), State::Blocked);
    assert!(home.act(id, Act::Release).is_err());
    home.check();
}

#[test]
fn the_check_before_posting_holds_and_clears_by_itself() {
    let home = Home::new();
    let id = home.approved("a", &[Slot::Bill]);
    let finding = derived("a", "r1", &[], &[FindingCode::AccountInactive]).findings;
    let version = home.card(id).row.version;
    go(home.store.hold_before_posting(id, version, finding, at(5))).unwrap();
    let card = home.card(id);
    assert!(card.held_approved && card.row.finding == Some(FindingCode::AccountInactive));
    home.derive(id, derived("a", "r1", &[Slot::Bill], &[FindingCode::AccountInactive]));
    assert_eq!(home.state(id), State::Held);
    home.derive(id, derived("a", "r1", &[Slot::Bill], &[]));
    assert_eq!(home.state(id), State::Approved);
    // where the digest must change the approval falls
    let version = home.card(id).row.version;
    go(home.store.hold_before_posting(id, version, vec![], at(5))).unwrap();
    home.derive(id, derived("a", "r1", &[Slot::Bill, Slot::Issuer], &[]));
    assert_eq!(home.state(id), State::Ready);
    assert!(home.card(id).approval.is_none());
    home.check();
}

#[test]
fn adoption_links_every_slot_or_nothing() {
    let home = Home::new();
    let slots = [Slot::Bill, Slot::Card("1".into())];
    let id = home.ready("a", &slots);
    home.derive(id, derived("a", "r1", &slots, &[FindingCode::MaybeInLedger]));
    let record = |slot: &Slot, n: u32| AdoptedRecord {
        slot: slot.clone(),
        kind: EntryKind::Bill,
        remote_id: format!("id{n}"),
        number: format!("B-{n}"),
        date: "2026-10-20".parse().unwrap(),
    };
    assert!(home.act(id, Act::Adopt { records: vec![record(&slots[0], 1)] }).is_err());
    assert!(home.card(id).intents.is_empty());
    let both = vec![record(&slots[0], 1), record(&slots[1], 2)];
    assert_eq!(home.act(id, Act::Adopt { records: both.clone() }).unwrap(), State::Posted);
    let card = home.card(id);
    assert!(card.intents.iter().all(|i| i.adopted && i.state == crate::model::intent::IntentState::Done));
    let confirm = card.outbox.iter().find(|o| o.kind == OutboxKind::Confirm).unwrap();
    assert_eq!(
        (confirm.payload["adopted"].as_bool(), confirm.payload["records"][0]["number"].as_str()),
        (Some(true), Some("B-1"))
    );
    // the same record cannot belong to another document
    let other = home.ready("b", &slots);
    assert!(
        sentence(home.act(other, Act::Adopt { records: both }).unwrap_err()).contains("another document")
    );
    assert!(matches!(home.act(id, Act::Adopt { records: vec![] }), Err(StoreError::IllegalMove { .. })));
    home.check();
}

#[test]
fn reasons_and_notes_are_asked_for() {
    let home = Home::new();
    let id = home.ready("a", &[Slot::Bill]);
    for act in [
        Act::Hold { reason: " ".into() },
        Act::Reject { reason: String::new() },
        Act::Close { note: String::new() },
        Act::Retry,
    ] {
        assert!(matches!(home.act(id, act), Err(StoreError::Refused(_))));
    }
    assert!(matches!(
        go(home.store.act(id, 99, Act::Withdraw, theo(), at(4))),
        Err(StoreError::Stale { .. })
    ));
    home.check();
}

#[test]
fn the_source_recalls() {
    let home = Home::new();
    let before = home.approved("a", &[Slot::Bill]);
    go(home.store.recalled("concur".into(), "a".into(), at(4))).unwrap();
    assert_eq!(home.state(before), State::Recalled);
    let after = home.approved("b", &[Slot::Bill]);
    home.record(&home.plan(after, "k"), vec![done(1)]);
    go(home.store.recalled("concur".into(), "b".into(), at(4))).unwrap();
    assert_eq!(home.state(after), State::Posted);
    let unknown = go(home.store.recalled("concur".into(), "z".into(), at(4)));
    assert!(matches!(unknown, Err(StoreError::Missing(_))));
    home.check();
}
