//! Changes of rules before they are saved.

use super::firm;
use crate::mapping::{Change, Refused, apply, key_named};
use crate::model::entry::Named;
use crate::model::guard::{Guard, Then, parse};
use crate::model::rule::{Gives, Rule, RuleKind, RuleSet};

fn rule(kind: RuleKind, keys: &[(&str, &str)], gives: &str) -> Rule {
    Rule {
        id: 0,
        kind,
        document: None,
        party: None,
        keys: keys.iter().map(|(k, v)| (key_named(k), (*v).to_string())).collect(),
        gives: Gives::Record(Named::new(gives, gives)),
        author: "somebody else".into(),
        reason: None,
        billable: false,
    }
}

fn set(kind: RuleKind, keys: &[(&str, &str)], gives: &str) -> Change {
    Change::Set { rule: Box::new(rule(kind, keys, gives)), replaces: None }
}

fn done(set: &RuleSet, changes: &[Change]) -> Result<RuleSet, Refused> {
    apply(set, &firm::book().settings, changes, "Ann").map(|(rules, _)| rules)
}

fn guard(text: &str, then: Then) -> Change {
    let guard =
        Guard { id: 0, conditions: parse(text).unwrap(), then, reason: "why".into(), author: String::new() };
    Change::Guard { guard: Box::new(guard), replaces: None }
}

#[test]
fn numbers_are_given_once_and_the_author_is_who_saves() {
    let one = done(&RuleSet::default(), &[set(RuleKind::Class, &[("custom1", "CC1")], "a")]).unwrap();
    assert_eq!((one.rules[0].id, one.rules[0].author.as_str()), (1, "Ann"));
    let none = done(&one, &[Change::Remove(1)]).unwrap();
    let two = done(&none, &[set(RuleKind::Class, &[("custom1", "CC1")], "b")]).unwrap();
    assert_eq!(two.rules[0].id, 2, "a number is never given twice");
    assert_eq!(done(&two, &[Change::Remove(1)]), Err(Refused::Gone(1)));
}

#[test]
fn what_decides_the_same_line_is_refused_with_the_number_of_the_other() {
    let base = done(&RuleSet::default(), &[set(RuleKind::Class, &[("custom1", "CC1")], "a")]).unwrap();
    let clash = done(&base, &[set(RuleKind::Class, &[("custom2", "P1")], "b")]).unwrap_err();
    assert!(clash.to_string().starts_with("rule 1 (CC1 → a) has the same rank"), "{clash}");
    let other = done(&base, &[set(RuleKind::Class, &[("custom1", "CC1")], "b")]).unwrap_err();
    assert!(matches!(other, Refused::Clash { id: 1, .. }));
    assert_eq!(done(&base, &[set(RuleKind::Class, &[("custom1", "CC1")], "a")]), Err(Refused::Same(1)));
    // two keys go before one
    let both = set(RuleKind::Class, &[("custom1", "CC1"), ("custom2", "P1")], "b");
    assert_eq!(done(&base, &[both]).unwrap().rules.len(), 2);
}

#[test]
fn a_changed_rule_takes_the_place_of_the_old_one_under_a_new_number() {
    let base = done(
        &RuleSet::default(),
        &[set(RuleKind::Class, &[("custom1", "CC1")], "a"), set(RuleKind::Class, &[("custom1", "CC2")], "b")],
    )
    .unwrap();
    let change =
        Change::Set { rule: Box::new(rule(RuleKind::Class, &[("custom1", "CC1")], "c")), replaces: Some(1) };
    let after = done(&base, std::slice::from_ref(&change)).unwrap();
    assert_eq!(after.rules.iter().map(|r| (r.id, r.gives.to_string())).collect::<Vec<_>>(), [
        (3, "c".to_string()),
        (2, "b".to_string())
    ]);
    assert_eq!(done(&after, &[change]), Err(Refused::Gone(1)));
}

#[test]
fn nothing_catches_everything() {
    for (kind, part) in
        [(RuleKind::Account, "catch-all"), (RuleKind::Party, "employee number"), (RuleKind::Tax, "tax code")]
    {
        let why = done(&RuleSet::default(), &[set(kind, &[], "a")]).unwrap_err().to_string();
        assert!(why.contains(part), "{why}");
    }
    let catch_all = Then::Default(Box::new(rule(RuleKind::Account, &[], "a")));
    assert!(done(&RuleSet::default(), &[guard("kind is invoice", catch_all)]).is_err());
    assert!(done(&RuleSet::default(), &[set(RuleKind::Class, &[("custom1", " ")], "a")]).is_err());
    // a default of a dimension is possible; it warns wherever it is used
    assert!(done(&RuleSet::default(), &[set(RuleKind::Class, &[], "a")]).is_ok());
}

#[test]
fn guards_keep_their_order() {
    let base = done(
        &RuleSet::default(),
        &[guard("title contains a", Then::Skip), guard("title contains b", Then::Hold)],
    )
    .unwrap();
    let ids = |s: &RuleSet| s.guards.iter().map(|g| g.id).collect::<Vec<_>>();
    assert_eq!(ids(&base), [1, 2]);
    let moved = done(&base, &[Change::MoveGuard { id: 2, up: true }]).unwrap();
    assert_eq!(ids(&moved), [2, 1]);
    assert!(done(&moved, &[Change::MoveGuard { id: 2, up: true }]).is_err());
    assert_eq!(done(&base, &[guard("title contains a", Then::Skip)]), Err(Refused::Same(1)));
    assert_eq!(ids(&done(&base, &[Change::RemoveGuard(1)]).unwrap()), [2]);
}

#[test]
fn a_memo_that_somebody_else_changed_is_not_overwritten() {
    let book = firm::book();
    let change = |before: &str| Change::Memo { kind: None, before: before.into(), after: "{number}".into() };
    let before = book.settings.memo.clone();
    let (_, after) = apply(&RuleSet::default(), &book.settings, &[change(&before)], "Ann").unwrap();
    assert_eq!(after.memo, "{number}");
    assert!(matches!(
        apply(&RuleSet::default(), &after, &[change("something else")], "Ann"),
        Err(Refused::Changed(_))
    ));
}
