//! Precedence of rules, accounts and dimensions.

use super::documents::*;
use super::firm::*;
use crate::model::document::Document;
use crate::model::entry::Named;
use crate::model::finding::Mend;
use crate::model::rule::{DimensionKind, Gives, Key, Rule, RuleKind};

const CASH: (&str, &str) = ("COMP", "EMPL");

fn class(keys: &[(Key, &str)], party: Option<&str>, id: &str) -> Rule {
    let mut r = rule(RuleKind::Class, keys, Gives::Record(Named::new(id, id)));
    r.party = party.map(Into::into);
    r
}

#[test]
fn document_before_party_and_key_before_two_keys_before_one_key_before_the_book() {
    let mut firm = firm();
    firm.rules.rules.retain(|r| r.kind != RuleKind::Class);
    let doc = report("E1001", vec![expense("1", "6030", CASH, "10")]);
    let chosen =
        |f: &Firm| f.derive(&doc).set.entries[0].lines[0].dimensions.class.as_ref().map(|c| c.id.clone());
    assert_eq!((chosen(&firm), codes(&firm.derive(&doc))), (None, vec!["cost_object_unmapped"]));
    firm.rule(class(&[], None, "k900"));
    assert_eq!((chosen(&firm).unwrap(), codes(&firm.derive(&doc))), ("k900".into(), vec!["default_used"]));
    firm.rule(class(&[(field("custom1"), "CC100")], None, "k100"));
    assert_eq!((chosen(&firm).unwrap(), codes(&firm.derive(&doc))), ("k100".into(), vec![]));
    firm.rule(class(&[(field("custom1"), "CC100"), (Key::ExpenseType, "TAXIX")], None, "k200"));
    assert_eq!(chosen(&firm).unwrap(), "k200");
    firm.rule(class(&[(field("custom1"), "CC100")], Some("E1001"), "k300"));
    assert_eq!(chosen(&firm).unwrap(), "k300");
    firm.rule(class(&[(field("custom1"), "CC100"), (Key::ExpenseType, "MEALS")], Some("E1001"), "k800"));
    firm.rule(class(&[(field("custom1"), "CC100")], Some("E1002"), "k800"));
    assert_eq!(chosen(&firm).unwrap(), "k300");
    firm.for_document(class(&[], None, "k400"));
    assert_eq!((chosen(&firm).unwrap(), codes(&firm.derive(&doc))), ("k400".into(), vec!["override_used"]));
}

fn account_of(firm: &Firm, code: &str) -> (String, Vec<&'static str>) {
    let got = firm.derive(&report("E1001", vec![expense("1", code, CASH, "10")]));
    (got.set.entries[0].lines[0].account.name.clone(), codes(&got))
}

#[test]
fn the_account_comes_from_code_rule_equal_number_or_expense_type() {
    let mut firm = firm();
    let to = |n: &str| Gives::Record(account(n));
    assert_eq!(account_of(&firm, "7777"), ("? 7777".into(), vec!["account_unmapped"]));
    assert_eq!(account_of(&firm, ""), ("? TAXIX".into(), vec!["account_missing"]));
    firm.rule(rule(RuleKind::Account, &[(Key::ExpenseType, "TAXIX")], to("6310")));
    assert_eq!(account_of(&firm, "").0, "6310 Office Supplies and Small Equipment");
    assert_eq!(account_of(&firm, "7777").0, "6310 Office Supplies and Small Equipment");
    // an equal number is before the rule of the expense type
    assert_eq!(account_of(&firm, "6020").0, "6020 Lodging");
    firm.rule(rule(RuleKind::Account, &[(Key::AccountCode, "6020")], to("5020")));
    assert_eq!(account_of(&firm, "6020").0, "5020 Client Lodging");
    let mut for_party = rule(RuleKind::Account, &[(Key::AccountCode, "6020")], to("6030"));
    for_party.party = Some("E1001".into());
    firm.rule(for_party);
    assert_eq!(account_of(&firm, "6020").0, "6030 Ground Travel and Mileage");
    firm.for_document(rule(RuleKind::Account, &[(Key::ExpenseType, "TAXIX")], to("6110")));
    assert_eq!(account_of(&firm, "6020"), ("6110 Meals, 50 % Deductible".into(), vec!["override_used"]));
}

#[test]
fn there_is_no_catch_all_account() {
    let mut firm = firm();
    firm.rule(rule(RuleKind::Account, &[], Gives::Record(account("6310"))));
    assert_eq!(account_of(&firm, ""), ("? TAXIX".into(), vec!["account_missing"]));
}

#[test]
fn cost_goes_to_accounts_that_may_take_it() {
    let mut firm = firm();
    for code in ["1010", "1100", "2010", "3900", "1250", "4000"] {
        assert_eq!(account_of(&firm, code).1, ["account_type"], "{code}");
    }
    assert_eq!(account_of(&firm, "6340").1, ["account_inactive"]);
    // listed by name; a bank account never
    assert!(account_of(&firm, "2130").1.is_empty());
    firm.book.settings.accounts.also_allowed = vec![account("1010"), account("1250")];
    assert_eq!(account_of(&firm, "1010").1, ["account_type"]);
    assert!(account_of(&firm, "1250").1.is_empty());
}

#[test]
fn balance_sheet_lines_have_no_class_and_need_none() {
    let got = firm().derive(&report("E1001", vec![expense("1", "2130", CASH, "10")]));
    let line = &got.set.entries[0].lines[0];
    assert!(line.dimensions.class.is_none() && line.source.is_some());
    assert!(!line.is_offset());
    assert_eq!(got.set.entries[0].total(), d("10"));
}

#[test]
fn a_dimension_is_mapped_or_missing_or_left_out_on_purpose() {
    let mut firm = firm();
    let mut doc = report("E1001", vec![expense("1", "6030", CASH, "10")]);
    doc.expenses[0].allocations[0].fields.clear();
    assert_eq!(codes(&firm.derive(&doc)), ["dimension_required"]);
    // allocation, then entry, then report
    doc.fields.insert("custom1".into(), coded("CC200"));
    assert!(codes(&firm.derive(&doc)).is_empty());
    doc.expenses[0].fields.insert("custom1".into(), coded("CC450"));
    let got = firm.derive(&doc);
    let mend = Mend::MapDimension {
        dimension: DimensionKind::Class,
        field: "custom1".into(),
        code: "CC450".into(),
        value: "CC450".into(),
    };
    assert_eq!((codes(&got), &got.findings[0].mend), (vec!["cost_object_unmapped"], &mend));
    firm.rule(rule(RuleKind::Class, &[(field("custom1"), "CC450")], Gives::Nothing));
    let got = firm.derive(&doc);
    assert!(got.findings.is_empty() && got.set.entries[0].lines[0].dimensions.class.is_none());
    firm.facts.company.classes = false;
    assert_eq!(codes(&firm.derive(&sample("D04"))), ["dimension_dropped"]);
}

#[test]
fn billable_needs_the_source_a_project_and_the_ledger() {
    let mut firm = firm();
    let billable = |f: &Firm, doc: &Document| f.derive(doc).set.entries[0].lines[0].billable;
    let mut doc = sample("D01");
    assert!(billable(&firm, &doc));
    doc.expenses[0].allocations[0].fields.remove("custom2");
    assert!(!billable(&firm, &doc));
    doc = sample("D01");
    doc.expenses[0].billable = false;
    assert!(!billable(&firm, &doc));
    firm.facts.company.billable = false;
    assert!(!billable(&firm, &sample("D01")));
}
