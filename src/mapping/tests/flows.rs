//! What a flow may be told: recipe, grouping, dates, closed periods, tax codes, lines in home currency.

use super::documents::*;
use super::firm::*;
use super::invoices::invoice;
use crate::model::book::{
    CardDate, ClosedPeriod, DatePolicy, Flow, Grouping, IntercompanyPolicy, RatePolicy,
};
use crate::model::document::{Document, DocumentKind, Tax};
use crate::model::entry::{EntryKind, LineRole, Named, Side};
use crate::model::ledger::TaxCode;
use crate::model::rule::{Gives, Key, RuleKind};
use crate::model::state::State;

const CASH: (&str, &str) = ("COMP", "EMPL");

fn with(change: impl Fn(&mut Flow)) -> Firm {
    let mut firm = firm();
    for kind in [DocumentKind::ExpenseReport, DocumentKind::Invoice] {
        let mut flow = Flow::new(Flow::BILL, DatePolicy::Approval);
        change(&mut flow);
        firm.book.settings.flows.insert(kind, flow);
    }
    firm
}

#[test]
fn the_recipe_of_journals_has_one_payable_line_with_its_vendor() {
    let firm = with(|f| f.recipe = Flow::JOURNAL.into());
    for case in cases().into_iter().filter(|c| c.state == "ready") {
        let got = firm.derive(&case.document);
        assert_eq!(got.state, State::Ready, "{}: {:?}", case.id, got.findings);
        for e in &got.set.entries {
            assert_eq!((e.kind, e.due, e.balanced()), (EntryKind::Journal, None, true), "{}", case.id);
            let payable: Vec<_> = e.lines.iter().filter(|l| l.role == LineRole::Payable).collect();
            assert!(payable.len() <= 1, "{}", case.id);
            assert!(payable.iter().all(|l| l.party == e.party && l.party.is_some()), "{}", case.id);
            assert!(e.lines.iter().all(|l| l.role == LineRole::Payable || l.party.is_none()), "{}", case.id);
            assert!(e.location.is_none(), "{}", case.id);
        }
    }
    let got = firm.derive(&sample("D13"));
    let line = &got.set.entries[1].lines[0];
    let d = &line.dimensions;
    assert!(d.class.is_some() && d.department.is_some() && d.customer.is_some(), "{line:?}");
    let got = firm.derive(&invoice("V2003", "Candor Legal LLP", "CL-1", &[("6510", "4750.00")]));
    assert_eq!(shown(&got), ["journal 2000 4750.00"]);
    assert_eq!(got.set.entries[0].number, got.set.entries[0].reference.to_string());
}

#[test]
fn a_liability_account_needs_no_vendor() {
    let firm = with(|f| {
        f.recipe = Flow::JOURNAL.into();
        f.liability = Some(account("2200"));
    });
    let got = firm.derive(&sample("D43"));
    assert!(got.findings.is_empty(), "{:?}", got.findings);
    assert_eq!(shown(&got), ["journal 2200 203.15"]);
    assert!(got.set.entries[0].party.is_none() && got.set.entries[0].lines.iter().all(|l| l.party.is_none()));
    // what somebody else pays goes where it went
    assert_eq!(shown(&firm.derive(&sample("D21"))), ["journal 2140 585.55"]);
    let wrong = with(|f| {
        f.recipe = Flow::JOURNAL.into();
        f.liability = Some(account("6010"));
    });
    assert_eq!(codes(&wrong.derive(&sample("D16"))), ["account_type"]);
}

#[test]
fn lines_come_together_by_expense_or_day_and_nothing_is_lost() {
    let one = |day: &str, account: &str, cc: &str, gross: &str| {
        let mut e = expense(day, account, CASH, gross);
        e.allocations =
            vec![allocation(account, cc, "", CASH, gross), allocation(account, cc, "", CASH, gross)];
        e.date = Some(day.parse().unwrap());
        e
    };
    let doc = report(
        "E1001",
        vec![
            one("2026-10-20", "6030", "CC100", "10"),
            one("2026-10-20", "6030", "CC100", "5"),
            one("2026-10-20", "6030", "CC200", "3"),
            one("2026-10-21", "6030", "CC100", "1"),
        ],
    );
    let amounts = |by: Grouping| -> Vec<String> {
        let got = with(|f| f.grouping = by).derive(&doc);
        assert!(got.findings.is_empty() && got.set.balanced(), "{:?}", got.findings);
        got.set.entries[0].lines.iter().map(|l| l.amount.to_string()).collect()
    };
    assert_eq!(amounts(Grouping::DocumentLine).len(), 9);
    assert_eq!(amounts(Grouping::Expense), ["20.00", "10.00", "6.00", "2.00", "38.00"]);
    assert_eq!(amounts(Grouping::Day), ["30.00", "6.00", "2.00", "38.00"]);
    // what cancels within its group moves nothing
    let back = report(
        "E1001",
        vec![
            expense("1", "6030", CASH, "20"),
            expense("2", "6030", ("EMPL", "COMP"), "-20"),
            expense("3", "5020", CASH, "7"),
        ],
    );
    let got = with(|f| f.grouping = Grouping::Day).derive(&back);
    assert_eq!((shown(&got), got.findings.len()), (vec!["bill 2010 7.00".into()], 0));
}

#[test]
fn the_date_of_posting_and_of_the_invoice_are_policies() {
    let firm = with(|f| f.date = DatePolicy::PostingDay);
    assert_eq!(firm.derive(&sample("D13")).posting_date.unwrap().to_string(), "2026-11-04");
    let firm = with(|f| f.date = DatePolicy::InvoiceDate);
    let mut doc = invoice("V2003", "Candor Legal LLP", "CL-1", &[("6510", "4750.00")]);
    assert_eq!(firm.derive(&doc).posting_date.unwrap().to_string(), "2026-10-09");
    // what the source states comes first
    doc.posting_date = Some("2026-10-11".parse().unwrap());
    assert_eq!(firm.derive(&doc).posting_date.unwrap().to_string(), "2026-10-11");
}

#[test]
fn a_closed_period_waits_or_takes_the_next_open_day_so_far_back() {
    let take = |days| with(move |f| f.closed = ClosedPeriod::NextOpenDay { days });
    let got = take(1).derive(&sample("D51"));
    assert_eq!((codes(&got), got.state), (vec!["date_moved"], State::Ready));
    let entry = &got.set.entries[0];
    assert_eq!(
        (entry.date.to_string(), got.original_date.unwrap().to_string()),
        ("2026-10-01".into(), "2026-09-30".into())
    );
    assert!(entry.memo.contains(", for 2026-09-30"), "{}", entry.memo);
    assert_eq!(take(0).derive(&sample("D51")).state, State::Held);
    // a card charge of a closed period on a document of an open one
    let mut doc = sample("D17");
    doc.expenses[0].date = Some("2026-09-29".parse().unwrap());
    let got = take(5).derive(&doc);
    assert_eq!((codes(&got), got.set.entries[0].date.to_string()), (vec!["date_moved"], "2026-10-01".into()));
    assert_eq!(take(1).derive(&doc).state, State::Held);
    // or the book dates cards by their document
    let got = with(|f| f.card_date = CardDate::Document).derive(&doc);
    assert!(got.findings.is_empty(), "{:?}", got.findings);
    assert!(got.set.entries.iter().all(|e| e.date.to_string() == "2026-10-28"));
}

#[test]
fn half_of_a_bill_is_due_from_the_other_company() {
    let mut firm = firm();
    firm.book.settings.intercompany = IntercompanyPolicy::DueFrom;
    let got = firm.derive(&sample("D57"));
    assert_eq!((shown(&got), got.state), (vec!["bill 2010 560.00".into()], State::Ready));
    let due: Vec<_> = got.set.entries[0].lines.iter().filter(|l| l.role == LineRole::Intercompany).collect();
    assert!(due.len() == 1 && due[0].amount == d("280.00") && due[0].account.name.starts_with("1350"));
}

fn coded_ledger(rate: &str) -> Firm {
    let mut firm = firm();
    firm.facts.company.country = "GB".into();
    firm.facts.tax_codes = vec![
        TaxCode { id: "4".into(), name: "20.0% S".into(), active: true, purchase: vec![rate_of(rate)] },
        TaxCode { id: "9".into(), name: "No VAT".into(), active: true, purchase: vec![rate_of("0")] },
    ];
    firm.rule(rule(RuleKind::Tax, &[(Key::TaxCode, "GB-20")], Gives::TaxCode(Named::new("4", "20.0% S"))));
    firm.rule(rule(RuleKind::Tax, &[(Key::TaxCode, "")], Gives::TaxCode(Named::new("9", "No VAT"))));
    firm
}

fn british(reclaim: &str) -> Document {
    let mut e = expense("1", "6020", CASH, "180.00");
    e.receipt_type = "T".into();
    e.allocations[0].taxes = vec![Tax {
        id: String::new(),
        code: "GB-20".into(),
        reclaim_code: "R".into(),
        authority: String::new(),
        country: "GB".into(),
        amount: d("30"),
        reclaim: d(reclaim),
    }];
    report("E1001", vec![e, expense("2", "6030", CASH, "94.50")])
}

#[test]
fn a_tax_code_stands_on_the_net_line_with_the_exact_tax_beside_it() {
    let firm = coded_ledger("20");
    let got = firm.derive(&british("30.00"));
    assert!(got.findings.is_empty(), "{:?}", got.findings);
    let entry = &got.set.entries[0];
    let lines: Vec<_> = entry.lines.iter().map(|l| (l.amount.to_string(), l.tax_code.as_deref())).collect();
    assert_eq!(lines, [("150.00".into(), Some("4")), ("94.50".into(), Some("9")), ("274.50".into(), None)]);
    let taxes: Vec<_> = entry.taxes.iter().map(|t| (t.code.as_str(), t.net, t.amount)).collect();
    assert_eq!(taxes, [("4", d("150"), d("30")), ("9", d("94.50"), d("0"))]);
    assert!(entry.balanced());
    assert_eq!((entry.debits(), entry.lines.last().unwrap().side), (d("274.50"), Side::Credit));
    // one cent for the rounding of the ledger is told, more blocks
    assert_eq!(codes(&firm.derive(&british("30.01"))), ["tax_cent"]);
    assert_eq!(codes(&firm.derive(&british("15.00"))), ["tax_difference"]);
    // a code that is gone
    let mut gone = coded_ledger("20");
    gone.facts.tax_codes.remove(0);
    assert_eq!(codes(&gone.derive(&british("30.00"))), ["tax_unmapped"]);
}

#[test]
fn foreign_lines_become_home_lines_where_the_ledger_forces_them() {
    let mut firm = firm();
    firm.book.settings.home_lines.forced = true;
    firm.book.settings.rate = RatePolicy::Ledger;
    for v in &mut firm.facts.vendors {
        v.currency = None;
    }
    let got = firm.derive(&sample("D19"));
    assert!(got.findings.is_empty(), "{:?}", got.findings);
    let entry = &got.set.entries[0];
    assert_eq!((entry.currency, entry.rate, entry.balanced()), (crate::model::Currency::USD, None, true));
    // 336.50 EUR at 1.0842
    assert_eq!(entry.lines.last().unwrap().amount, d("364.83"));
    assert_eq!(entry.offset_account.as_ref().unwrap().name, "2010 Employee Payables USD");
    let rounding = entry.lines.iter().find(|l| l.role == LineRole::Rounding);
    assert!(rounding.is_none_or(|l| l.amount <= d("0.05") && l.account.name.starts_with("6905")));
    assert!(entry.lines[0].text.contains("EUR 200.00 at 1.0842"), "{}", entry.lines[0].text);
    assert_eq!(got.approved.currency, crate::model::Currency::EUR);
    firm.book.settings.home_lines.rounding_limit = d("0");
    let lines = |n: i32| (0..n).map(|i| expense(&i.to_string(), "6030", CASH, "0.05")).collect();
    let mut many = report("E1006", lines(9));
    many.currency = crate::model::Currency::EUR;
    assert_eq!(codes(&firm.derive(&many)), ["total_mismatch"]);
    firm.book.settings.home_lines.rounding_limit = d("0.05");
    let got = firm.derive(&many);
    assert!(got.findings.is_empty(), "{:?}", got.findings);
    // nine times 0.05, and 0.49 for 0.45: four cents are left
    let rounding = got.set.entries[0].lines.iter().find(|l| l.role == LineRole::Rounding).unwrap();
    assert_eq!((rounding.amount, rounding.side), (d("0.04"), Side::Debit));
}

fn rate_of(percent: &str) -> crate::model::ledger::TaxRate {
    crate::model::ledger::TaxRate { id: "r".into(), name: percent.into(), percent: Some(d(percent)) }
}
