//! A frozen set beside what today's mappings make.

use super::documents::*;
use super::firm::*;
use crate::mapping::{SetChange, SetDifference, beside, differences};
use crate::model::entry::{EntryKind, EntrySet, Named, Slot};
use crate::model::rule::{Gives, RuleKind};

const CASH: (&str, &str) = ("COMP", "EMPL");

fn set(firm: &Firm) -> EntrySet {
    let mut expenses = vec![expense("1", "6030", CASH, "10"), expense("2", "6020", CASH, "32.50")];
    expenses.push(expense("3", "6110", CASH, "7.50"));
    firm.derive(&report("E1001", expenses)).set
}

fn told(all: &[SetDifference]) -> Vec<String> {
    all.iter().map(SetDifference::words).collect()
}

#[test]
fn the_same_set_has_no_difference_and_every_place_is_there() {
    let one = set(&firm());
    assert!(differences(&one, &one.clone()).is_empty());
    // the head, three costs and what is owed
    assert_eq!(beside(&one, &one).len(), 5);
    assert!(beside(&one, &one).iter().all(|d| d.kind() == SetChange::Same));
}

#[test]
fn another_class_rule_changes_one_line_and_nothing_else() {
    let mut firm = firm();
    let frozen = set(&firm);
    let other = Gives::Record(Named::new("k900", "900 Overheads"));
    let mut r = rule(
        RuleKind::Class,
        &[(field("custom1"), "CC100"), (crate::model::rule::Key::ExpenseType, "TAXIX")],
        other,
    );
    r.party = Some("E1001".into());
    firm.rule(r);
    let today = set(&firm);
    let all = differences(&frozen, &today);
    assert!(all.iter().all(|d| d.kind() == SetChange::Changed && d.before.as_ref().unwrap().line.is_some()));
    assert!(all.iter().flat_map(|d| &d.fields).all(|f| f.field == "class" && f.after.starts_with("900 ")));
    let changed = frozen.entries[0].lines.iter().zip(&today.entries[0].lines);
    assert_eq!(all.len(), changed.filter(|(a, b)| a.dimensions != b.dimensions).count());
    assert!(!all.is_empty());
}

#[test]
fn account_and_amount_are_told_with_both_values() {
    let frozen = set(&firm());
    let mut today = frozen.clone();
    let lines = &mut today.entries[0].lines;
    lines[1].account = Named::new("x", "6010 Airfare");
    lines[1].amount = d("33.00");
    lines[3].amount = d("50.50");
    assert_eq!(
        told(&differences(&frozen, &today)),
        [
            "bill line 2: account 6020 Lodging → 6010 Airfare, amount 32.50 debit → 33.00 debit",
            "bill line 4: amount 50.00 credit → 50.50 credit",
        ]
    );
}

#[test]
fn a_line_less_and_a_line_more_stand_alone() {
    let frozen = set(&firm());
    let mut today = frozen.clone();
    let gone = today.entries[0].lines.remove(0);
    assert_eq!(
        told(&differences(&frozen, &today)),
        ["bill line 1: no longer, 6030 Ground Travel and Mileage 10.00 debit"]
    );
    assert_eq!(differences(&frozen, &today)[0].kind(), SetChange::Removed);
    let mut more = frozen.clone();
    let mut new = gone;
    new.source = None;
    new.role = crate::model::entry::LineRole::Rounding;
    new.account = Named::new("r", "6905 Rounding");
    more.entries[0].lines.push(new);
    assert_eq!(told(&differences(&frozen, &more)), ["bill line 5: only today, 6905 Rounding 10.00 debit"]);
}

#[test]
fn lines_in_another_order_are_the_same_lines() {
    let frozen = set(&firm());
    let mut today = frozen.clone();
    today.entries[0].lines.swap(0, 2);
    assert!(differences(&frozen, &today).is_empty());
}

#[test]
fn a_new_entry_is_told_with_its_lines_and_heads_by_field() {
    let frozen = set(&firm());
    let mut today = frozen.clone();
    let e = &mut today.entries[0];
    e.party = Some(Named::new("v9", "Somebody else"));
    e.due = None;
    e.kind = EntryKind::Journal;
    let mut second = frozen.entries[0].clone();
    second.slot = Slot::CompanyPaid;
    today.entries.push(second);
    let all = told(&differences(&frozen, &today));
    assert!(
        all[0].starts_with("bill: kind bill → journal, party Okafor, Amara → Somebody else, due 2026-"),
        "{all:?}"
    );
    assert_eq!(all[1], "company_paid: only today, bill 50.00");
    assert_eq!(all.len(), 1 + 5);
    let back = differences(&today, &frozen);
    assert_eq!(back.iter().filter(|d| d.kind() == SetChange::Removed).count(), 5);
}

#[test]
fn a_record_that_was_renamed_is_the_same_record() {
    let frozen = set(&firm());
    let mut today = frozen.clone();
    today.entries[0].lines[0].account.name = "6030 Travel".into();
    assert!(differences(&frozen, &today).is_empty());
}
