//! Rules about whole documents: left out, held, given a default.

use super::documents::*;
use super::firm::*;
use crate::mapping::{hits, left_out, like, memo_of, unknown_words};
use crate::model::entry::Named;
use crate::model::finding::Mend;
use crate::model::guard::{Guard, Then, parse};
use crate::model::rule::{Gives, Key, RuleKind};
use crate::model::state::State;

const CASH: (&str, &str) = ("COMP", "EMPL");

fn guard(id: u32, text: &str, then: Then) -> Guard {
    Guard { id, conditions: parse(text).unwrap(), then, reason: "Not ours.".into(), author: "Ann".into() }
}

#[test]
fn conditions_look_at_header_and_lines() {
    let doc = report("E1001", vec![expense("1", "6030", CASH, "10"), expense("2", "6030", CASH, "30.50")]);
    for (text, holds) in [
        ("payee is e1001", true),
        ("payee is not E1001", false),
        ("kind is expense_report and amount above 40", true),
        ("amount above 40.50", false),
        ("amount below 40.51", true),
        ("custom1 is CC100", true),
        ("custom1 is CC999", false),
        ("custom9 is not CC100", true),
        ("account_code is 6030", true),
        ("currency is eur", false),
    ] {
        assert_eq!(hits(&guard(1, text, Then::Skip), &doc), holds, "{text}");
    }
    let empty = Guard { conditions: vec![], ..guard(1, "payee is x", Then::Skip) };
    assert!(!hits(&empty, &doc), "no condition hits nothing");
}

#[test]
fn a_document_that_is_left_out_says_so_and_a_person_may_take_it_over() {
    let mut firm = firm();
    let doc = report("E1001", vec![expense("1", "6030", CASH, "10")]);
    firm.rules.guards.push(guard(40, "payee is E1001", Then::Skip));
    assert_eq!(left_out(&firm.rules.guards, &doc).map(|g| g.id), Some(40));
    let got = firm.derive(&doc);
    assert_eq!((got.state, codes(&got)), (State::Blocked, vec!["out_of_scope"]));
    assert!(got.set.entries.is_empty());
    assert!(got.findings[0].sentence.contains("Rule 40 of Ann leaves it out: payee is E1001. Not ours."));
    let Mend::Decide { about, .. } = &got.findings[0].mend else { panic!("{:?}", got.findings) };
    let about = about.clone();
    firm.for_document(rule(RuleKind::Decision, &[(Key::About, &about)], Gives::Accepted));
    let got = firm.derive(&doc);
    assert_eq!((got.state, codes(&got)), (State::Ready, vec!["override_used"]));
}

#[test]
fn a_held_document_is_derived_and_waits_until_it_is_released() {
    let mut firm = firm();
    let doc = report("E1001", vec![expense("1", "6030", CASH, "10")]);
    firm.rules.guards.push(guard(41, "amount above 5", Then::Hold));
    let got = firm.derive(&doc);
    assert_eq!((got.state, codes(&got), got.set.entries.len()), (State::Held, vec!["hold_rule"], 1));
    let Mend::Decide { about, .. } = &got.findings[0].mend else { panic!("{:?}", got.findings) };
    let about = about.clone();
    firm.for_document(rule(RuleKind::Decision, &[(Key::About, &about)], Gives::Accepted));
    assert_eq!(firm.derive(&doc).state, State::Ready);
    // what blocks otherwise blocks
    firm.rules.guards.push(guard(42, "amount above 6", Then::Hold));
    firm.rules.rules.retain(|r| r.kind != RuleKind::Class);
    assert_eq!(firm.derive(&doc).state, State::Blocked);
}

#[test]
fn the_first_default_that_hits_decides_where_nothing_else_does_and_warns() {
    let mut firm = firm();
    let doc = report("E1001", vec![expense("1", "6030", CASH, "10")]);
    let default = |id: u32, class: &str, text: &str| {
        let mut r = rule(RuleKind::Class, &[], Gives::Record(Named::new(class, class)));
        r.id = id;
        guard(id, text, Then::Default(Box::new(r)))
    };
    let class = |f: &Firm| f.derive(&doc).set.entries[0].lines[0].dimensions.class.clone().map(|c| c.id);
    firm.rules.guards = vec![
        default(50, "k300", "payee is E1002"),
        default(51, "k200", "payee is E1001"),
        default(52, "k900", "amount above 1"),
    ];
    assert_eq!(class(&firm).as_deref(), Some("k100"), "a rule for the cost centre goes before a default");
    firm.rules.rules.retain(|r| r.kind != RuleKind::Class);
    assert_eq!(class(&firm).as_deref(), Some("k200"));
    assert_eq!(codes(&firm.derive(&doc)), vec!["default_used"]);
}

#[test]
fn suggestions_tell_how_near_they_are_and_why() {
    let said = |code, name, record| {
        let l = like(code, name, record);
        (l.score, l.because)
    };
    assert_eq!(
        said("CC450", "Sustainability", "450 Sustainability"),
        (100, "same number, the same words".into())
    );
    assert_eq!(said("CC400", "Sustainability", "400 People and Change"), (80, "same number 400".into()));
    assert_eq!(said("CC9", "People and Change", "400 People and Change").0, 95);
    assert_eq!(said("CC450", "Sustainability", "200 Operations"), (0, String::new()));
    assert_eq!(said("Boston", "", "Boston").0, 95);
}

#[test]
fn a_template_shows_what_the_ledger_keeps_and_what_it_cuts() {
    let mut doc = report("E1001", vec![expense("1", "6030", CASH, "10")]);
    doc.number = "B4Q7TN".into();
    doc.title = "Merrow Health rollout".into();
    let memo = memo_of("{number} {name}\n{title}", &doc, "TO8KX2M4Q7R", 60);
    assert_eq!(memo.kept, "B4Q7TN Okafor Merrow Health rollout · TO8KX2M4Q7R");
    assert_eq!((memo.cut.as_str(), memo.used), ("", (49, 60)));
    let memo = memo_of("{number} {name} {title}", &doc, "TO8KX2M4Q7R", 30);
    assert_eq!((memo.kept.as_str(), memo.cut.as_str()), ("B4Q7TN Okafor Me · TO8KX2M4Q7R", "rrow Health rollout"));
    assert_eq!(unknown_words("{number} {tittle} {x"), ["{tittle}", "{x"]);
}
