//! Scope, dates, rates, limits, families.

use super::documents::*;
use super::firm::*;
use crate::mapping::{FamilyMember, SameExpense, duplicate_keys};
use crate::model::book::{DatePolicy, RatePolicy};
use crate::model::document::DocumentKind;
use crate::model::finding::Mend;
use crate::model::ids::DocumentId;
use crate::model::money::Currency;
use crate::model::rule::{Gives, Key, RuleKind};
use crate::model::state::State;

const CASH: (&str, &str) = ("COMP", "EMPL");

#[test]
fn a_kind_without_a_flow_is_never_a_plain_bill() {
    let firm = firm();
    let mut doc = report("E1001", vec![expense("1", "6030", CASH, "100")]);
    doc.kind = DocumentKind::Invoice;
    doc.posting_date = Some("2026-09-30".parse().unwrap());
    let got = firm.derive(&doc);
    assert_eq!((codes(&got), got.state), (vec!["flow_missing"], State::Blocked));
    assert!(got.set.entries.is_empty());
    assert_eq!((got.posting_date.unwrap().to_string(), got.approved.amount), ("2026-09-30".into(), d("100")));
    doc.posting_date = None;
    assert_eq!(firm.derive(&doc).posting_date.unwrap().to_string(), "2026-10-28");
    doc.expenses.clear();
    doc.stated_total = Some(d("7"));
    doc.processed_at = None;
    let got = firm.derive(&doc);
    assert_eq!((codes(&got), got.approved.amount, got.posting_date), (vec!["flow_missing"], d("7"), None));
}

#[test]
fn an_amount_that_nothing_holds_is_refused_and_not_summed() {
    let firm = firm();
    let huge = "79228162514264337593543950335";
    let doc = report("E1001", vec![expense("1", "6030", CASH, huge), expense("2", "6030", CASH, huge)]);
    assert_eq!(codes(&firm.derive(&doc)), ["total_mismatch"]);
    let fits = report("E1001", vec![expense("1", "6030", CASH, "1000000000000000")]);
    assert_eq!(codes(&firm.derive(&fits)), ["over_limit"]);
    let above = report("E1001", vec![expense("1", "6030", CASH, "1000000000000000.01")]);
    assert_eq!(codes(&firm.derive(&above)), ["total_mismatch"]);
}

#[test]
fn what_is_not_ours_is_not_derived() {
    let mut firm = firm();
    let mut doc = sample("D04");
    firm.book.settings.flows.get_mut(&DocumentKind::ExpenseReport).unwrap().recipe = "barter".into();
    assert_eq!(codes(&firm.derive(&doc)), ["flow_missing"]);
    firm.book.settings.flows.get_mut(&DocumentKind::ExpenseReport).unwrap().recipe = "bill".into();
    doc.ledger_code = "FQUK".into();
    assert_eq!(codes(&firm.derive(&doc)), ["other_ledger"]);
    firm.book.settings.flows.get_mut(&DocumentKind::ExpenseReport).unwrap().cut_over =
        Some("2026-10-10".parse().unwrap());
    let got = firm.derive(&sample("D04"));
    assert_eq!((codes(&got), got.summary.will_post.as_str()), (vec!["before_cutover"], "nothing"));
    assert!(codes(&firm.derive(&sample("D13"))).is_empty());
    firm.for_document(rule(RuleKind::Decision, &[(Key::About, "before_cutover")], Gives::Accepted));
    assert_eq!(codes(&firm.derive(&sample("D04"))), ["override_used"]);
}

#[test]
fn the_posting_date_follows_the_policy_in_the_zone_of_the_book() {
    let mut firm = firm();
    let doc = sample("D51");
    let mut dated = |policy| {
        firm.book.settings.flows.get_mut(&DocumentKind::ExpenseReport).unwrap().date = policy;
        firm.derive(&doc).posting_date.map(|d| d.to_string())
    };
    assert_eq!(dated(DatePolicy::Approval).unwrap(), "2026-09-30");
    assert_eq!(dated(DatePolicy::Submit).unwrap(), "2026-10-26");
    assert_eq!(dated(DatePolicy::ReportDate).unwrap(), "2026-10-25");
    assert_eq!(dated(DatePolicy::LastExpense).unwrap(), "2026-09-28");
    firm.book.settings.flows.get_mut(&DocumentKind::ExpenseReport).unwrap().date = DatePolicy::Submit;
    let mut without = doc;
    without.submitted_at = None;
    let got = firm.derive(&without);
    assert_eq!((codes(&got), got.posting_date), (vec!["unreadable"], None));
}

#[test]
fn a_person_moves_the_date_forward_and_both_dates_are_told() {
    let mut firm = firm();
    let closed = firm.derive(&sample("D51"));
    assert_eq!(closed.state, State::Held);
    let Mend::Period { next_open } = closed.findings[0].mend else { panic!() };
    firm.for_document(rule(RuleKind::PostingDate, &[], Gives::Date(next_open)));
    let got = firm.derive(&sample("D51"));
    assert_eq!((codes(&got), got.state), (vec!["date_moved"], State::Ready));
    assert_eq!(got.original_date.unwrap().to_string(), "2026-09-30");
    let entry = &got.set.entries[0];
    assert_eq!(
        (entry.date.to_string(), entry.due.unwrap().to_string()),
        ("2026-10-01".into(), "2026-10-07".into())
    );
    assert!(entry.memo.contains(", for 2026-09-30 · tieout:TO"), "{}", entry.memo);
    // never earlier
    firm.for_document(rule(RuleKind::PostingDate, &[], Gives::Date("2026-09-01".parse().unwrap())));
    let got = firm.derive(&sample("D51"));
    assert_eq!((codes(&got), got.posting_date), (vec!["period_closed"], got.original_date));
}

#[test]
fn a_card_purchase_in_a_closed_period_holds_an_open_document() {
    let mut firm = firm();
    let mut doc = sample("D17");
    doc.expenses[0].date = Some("2026-09-29".parse().unwrap());
    let got = firm.derive(&doc);
    assert_eq!((codes(&got), got.state), (vec!["period_closed"], State::Held));
    firm.for_document(rule(RuleKind::PostingDate, &[], Gives::Date("2026-10-29".parse().unwrap())));
    let dates: Vec<String> = firm.derive(&doc).set.entries.iter().map(|e| e.date.to_string()).collect();
    assert_eq!(dates, ["2026-10-29", "2026-10-20"]);
    // something else blocks as well: blocked, not held
    doc.expenses[1].allocations[0].journals[0].account_code = "7777".into();
    firm.rules = rules();
    assert_eq!(firm.derive(&doc).state, State::Blocked);
}

#[test]
fn dates_out_of_the_ordinary_warn() {
    let mut firm = firm();
    firm.now = "2026-10-27T12:00:00Z".parse().unwrap();
    assert_eq!(codes(&firm.derive(&sample("D13"))), ["future_date"]);
    firm.now = "2027-01-05T12:00:00Z".parse().unwrap();
    assert_eq!(codes(&firm.derive(&sample("D13"))), ["prior_year"]);
    firm.now = now();
    let mut doc = report("E1001", vec![expense("1", "6030", CASH, "10")]);
    doc.expenses[0].date = Some("2026-07-30".parse().unwrap());
    assert!(codes(&firm.derive(&doc)).is_empty());
    doc.expenses[0].date = Some("2026-07-29".parse().unwrap());
    assert_eq!(codes(&firm.derive(&doc)), ["old_expense"]);
}

#[test]
fn a_rate_is_sent_only_where_the_book_says_so() {
    let mut firm = firm();
    let rate = |f: &Firm| f.derive(&sample("D19")).set.entries[0].rate;
    assert_eq!(rate(&firm), None);
    firm.book.settings.rate = RatePolicy::Ledger;
    assert_eq!(rate(&firm), Some(d("1.0842")));
    firm.book.settings.rate = RatePolicy::Table;
    assert_eq!(codes(&firm.derive(&sample("D19"))), ["currency_not_enabled"]);
    firm.book.settings.rate_table.entry("2026-10".into()).or_default().insert(Currency::EUR, d("1.09"));
    assert_eq!((rate(&firm), codes(&firm.derive(&sample("D19"))).len()), (Some(d("1.09")), 0));
    assert_eq!(firm.derive(&sample("D04")).set.entries[0].rate, None);
}

#[test]
fn limits_are_judged_in_home_currency() {
    let mut firm = firm();
    firm.book.settings.second_approver_above = Some(d("364.83"));
    assert!(codes(&firm.derive(&sample("D19"))).contains(&"over_limit"));
    firm.book.settings.second_approver_above = Some(d("364.84"));
    assert!(codes(&firm.derive(&sample("D19"))).is_empty());
    // before the first known rate the nearest later one judges; without any nobody can say
    let early = |f: &Firm| {
        let mut doc = sample("D19");
        doc.processed_at = Some("2026-10-15T15:00:00Z".parse().unwrap());
        codes(&f.derive(&doc)).contains(&"over_limit")
    };
    assert!(!early(&firm));
    firm.facts.rates.clear();
    assert!(early(&firm));
}

#[test]
fn a_delta_and_a_sibling_under_way_need_a_person() {
    let mut firm = firm();
    let member = |state, same_family| FamilyMember {
        id: DocumentId(ulid::Ulid::from_parts(2, 2)),
        state,
        number: "Q4A7RM".into(),
        revision_number: 1,
        same_family,
    };
    firm.around.family = vec![member(State::Recalled, true)];
    assert!(codes(&firm.derive(&sample("D32"))).is_empty());
    firm.around.family = vec![member(State::Confirmed, false)];
    assert!(codes(&firm.derive(&sample("D32"))).is_empty());
    firm.around.family = vec![member(State::Confirmed, true)];
    assert_eq!(codes(&firm.derive(&sample("D32"))), ["reopened_delta"]);
    assert_eq!(firm.derive(&sample("D54")).findings[0].brief, "reopened: delta");
    firm.for_document(rule(RuleKind::Decision, &[(Key::About, "reopened_delta")], Gives::Accepted));
    assert_eq!(codes(&firm.derive(&sample("D54"))), ["override_used"]);
}

#[test]
fn the_same_expense_on_another_report_warns() {
    let mut firm = firm();
    let doc = sample("D36");
    let keys = duplicate_keys(&doc);
    assert_eq!(keys, ["E1001|2026-07-14|212.40|GBP|LODNG"]);
    assert!(duplicate_keys(&sample("D27")).iter().all(|k| !k.contains("300")));
    let other = |key: &str| SameExpense {
        key: key.into(),
        other: "ZZZ999".into(),
        other_id: DocumentId(ulid::Ulid::from_parts(3, 3)),
    };
    firm.around.same_expense = vec![other("E1001|2026-01-01|1.00|USD|MEALS")];
    assert_eq!(codes(&firm.derive(&doc)), ["old_expense"]);
    firm.around.same_expense = vec![other(&keys[0])];
    let got = firm.derive(&doc);
    assert_eq!(codes(&got), ["old_expense", "possible_duplicate"]);
    assert_eq!(got.findings[1].brief, "same as on ZZZ999");
}

#[test]
fn receipts_are_asked_for_from_seventy_five() {
    let with = |gross: &str, receipt: &str| {
        let mut doc = report("E1001", vec![expense("1", "6030", CASH, gross)]);
        doc.expenses[0].receipt_type = receipt.into();
        codes(&firm().derive(&doc))
    };
    assert_eq!(with("75.00", "N"), ["receipt_missing"]);
    assert!(with("74.99", "N").is_empty());
    assert!(with("500", "R").is_empty());
}

#[test]
fn the_payee_is_told_when_they_are_the_only_approver() {
    let mut firm = firm();
    let own = |f: &Firm| codes(&f.derive(&sample("D58")));
    assert_eq!(own(&firm), ["own_document"]);
    firm.around.acting = Some(("Theo Okonkwo".into(), None));
    assert!(own(&firm).is_empty());
    firm.around.acting = None;
    assert!(own(&firm).is_empty());
}
