//! What is owed to the employee: advances, zero and negative totals, parties, tax, vendors.

use super::documents::*;
use super::firm::*;
use crate::mapping::suggest_party;
use crate::model::book::{IntercompanyPolicy, WhoPays};
use crate::model::document::{AdvanceApplication, Document, Tax};
use crate::model::entry::{EntryKind, LineRole, Named, Side};
use crate::model::finding::Mend;
use crate::model::ledger::RecentRecord;
use crate::model::money::Currency;
use crate::model::rule::{Gives, Key, RuleKind};

const CASH: (&str, &str) = ("COMP", "EMPL");
const BACK: (&str, &str) = ("EMPL", "COMP");

fn advance(id: &str, amount: &str) -> AdvanceApplication {
    AdvanceApplication { id: id.into(), amount: d(amount) }
}

#[test]
fn an_advance_that_covers_all_is_a_journal_without_a_payable() {
    let got = firm().derive(&sample("D25"));
    let entry = &got.set.entries[0];
    let last = entry.lines.last().unwrap();
    assert_eq!((last.role, last.side, last.amount), (LineRole::Advance, Side::Credit, d("500.00")));
    assert!(entry.offset_account.is_none() && entry.party.is_none());
}

#[test]
fn advances_must_be_known_and_covered() {
    let mut firm = firm();
    let mut doc = report("E1001", vec![expense("1", "6030", CASH, "100")]);
    doc.advances = vec![advance("CA-1", "-40")];
    assert_eq!(codes(&firm.derive(&doc)), ["advance_unknown"]);
    firm.around.known_advances.insert("CA-1".into());
    assert_eq!(
        (codes(&firm.derive(&doc)).len(), shown(&firm.derive(&doc))),
        (0, vec!["bill 2010 60.00".into()])
    );
    firm.around.known_advances.clear();
    firm.book.settings.accept_unlisted_advances = true;
    assert!(codes(&firm.derive(&doc)).is_empty());
    // more than was spent: the part returned in cash is taken off, the rest blocks
    doc.advances = vec![advance("CA-1", "-100"), advance("CA-2", "-85")];
    assert_eq!(codes(&firm.derive(&doc)), ["advance_exceeds"]);
    doc.advance_returned = d("85");
    let got = firm.derive(&doc);
    assert_eq!((codes(&got).len(), shown(&got)), (0, vec!["journal none 185.00".into()]));
    assert!(
        got.set.entries[0].lines.iter().any(|l| l.account.name.starts_with("1010") && l.side == Side::Debit)
    );
    firm.book.settings.accounts.advance_returns = None;
    assert_eq!(codes(&firm.derive(&doc)), ["payable_unmapped"]);
}

#[test]
fn zero_is_not_nothing_unless_every_line_cancels() {
    let firm = firm();
    let moved = firm.derive(&sample("D29"));
    assert_eq!(moved.set.entries[0].kind, EntryKind::Journal);
    assert!(moved.set.entries[0].offset_account.is_none());
    let same = report("E1001", vec![expense("1", "6030", CASH, "20"), expense("2", "6030", BACK, "-20")]);
    let got = firm.derive(&same);
    assert_eq!(codes(&got), ["no_effect", "negative_document"]);
    assert_eq!(got.summary.will_post, "nothing");
    // a card charge beside it is posted, the lines that cancel are not
    let mut card = expense("3", "6020", ("COMP", "CBCP"), "50");
    card.card = None;
    let both = report("E1001", [same.expenses, vec![card]].concat());
    let got = firm.derive(&both);
    assert_eq!(shown(&got), ["card_purchase 3 2110 50.00"]);
    assert!(got.findings.is_empty(), "{:?}", got.findings);
}

#[test]
fn a_negative_report_is_a_vendor_credit_with_true_sides() {
    let got = firm().derive(&sample("D28"));
    let entry = &got.set.entries[0];
    let sides: Vec<(LineRole, Side)> = entry.lines.iter().map(|l| (l.role, l.side)).collect();
    assert_eq!(sides, [(LineRole::Cost, Side::Credit), (LineRole::Payable, Side::Debit)]);
    assert!(entry.due.is_none());
}

#[test]
fn who_pays_has_no_default() {
    let mut firm = firm();
    for method in ["PMTSERV", ""] {
        let mut doc = sample("D04");
        doc.pay_method = method.into();
        let got = firm.derive(&doc);
        assert_eq!(codes(&got), ["who_pays_unmapped"]);
        assert_eq!(got.findings[0].mend, Mend::ChooseWhoPays { method: method.into() });
        assert!(got.set.balanced());
        assert_eq!(got.summary.who_pays, format!("not chosen ({method})"));
    }
    // the card alone needs no answer
    let mut card_only = sample("D17");
    card_only.pay_method = String::new();
    assert!(codes(&firm.derive(&card_only)).is_empty());
    firm.book.settings.who_pays.insert("PMTSERV".into(), WhoPays::Nobody);
    let mut doc = sample("D04");
    doc.pay_method = "PMTSERV".into();
    assert_eq!(codes(&firm.derive(&doc)), ["who_pays_unmapped"]);
}

#[test]
fn parties_and_signs_must_agree() {
    let firm = firm();
    for (parties, gross) in
        [(("COMP", "EMPL"), "-5"), (("EMPL", "COMP"), "5"), (("EMPL", "CBCP"), "5"), (("COMP", "XYZ"), "5")]
    {
        let got = firm.derive(&report("E1001", vec![expense("1", "6030", parties, gross)]));
        assert!(codes(&got).contains(&"parties_unknown"), "{parties:?} {gross} {:?}", codes(&got));
        assert!(!codes(&got).contains(&"no_effect"));
    }
    let mut contradicting = report("E1001", vec![expense("1", "6030", CASH, "5")]);
    contradicting.expenses[0].payment_type = "COPD".into();
    assert_eq!(codes(&firm.derive(&contradicting)), ["parties_unknown"]);
    contradicting.expenses[0].payment_type = "1000".into();
    assert!(codes(&firm.derive(&contradicting)).is_empty());
}

#[test]
fn the_document_must_add_up_to_the_last_unit() {
    let firm = firm();
    let mut doc = sample("D04");
    doc.stated_total = Some(d("104.01"));
    assert_eq!(codes(&firm.derive(&doc)), ["total_mismatch"]);
    doc = sample("D04");
    doc.expenses[0].approved = Some(d("59.01"));
    assert_eq!(codes(&firm.derive(&doc)), ["total_mismatch"]);
    doc = report("E1001", vec![expense("1", "6030", CASH, "5.005")]);
    assert_eq!(codes(&firm.derive(&doc)), ["total_mismatch"]);
    // zeros after the cents are no difference
    doc = sample("D04");
    doc.stated_total = Some(d("104.00000000"));
    assert!(codes(&firm.derive(&doc)).is_empty());
    let mut one_sided = sample("D27");
    one_sided.expenses[1].allocations[0].journals.pop();
    assert_eq!(codes(&firm.derive(&one_sided)), ["total_mismatch"]);
}

fn taxed(ids: [&str; 2]) -> Document {
    let mut e = expense("1", "6030", CASH, "60");
    e.receipt_type = "T".into();
    let mut second = journal("6030", CASH, "47");
    second.taxes = vec![ids[1].into()];
    let a = &mut e.allocations[0];
    a.journals[0].taxes = vec![ids[0].into()];
    a.journals.push(second);
    a.taxes = vec![Tax {
        id: "t".into(),
        code: "DE-7".into(),
        reclaim_code: "R".into(),
        authority: String::new(),
        country: "DE".into(),
        amount: d("7"),
        reclaim: d("7"),
    }];
    report("E1006", vec![e])
}

#[test]
fn a_tax_that_two_lines_share_is_claimed_once() {
    let firm = firm();
    let got = firm.derive(&taxed(["t", "t"]));
    let amounts: Vec<String> = got.set.entries[0].lines.iter().map(|l| l.amount.to_string()).collect();
    assert_eq!(amounts, ["53.00", "47.00", "7.00", "107.00"]);
    assert!(got.findings.is_empty(), "{:?}", got.findings);
    assert_eq!(codes(&firm.derive(&taxed(["", ""]))), ["tax_difference"]);
}

#[test]
fn a_tax_refund_goes_back_the_same_way() {
    let mut doc = sample("D34");
    let a = &mut doc.expenses[0].allocations[0];
    a.journals[0] = journal("5020", BACK, "-160.50");
    a.journals[0].taxes = vec!["t1".into()];
    a.taxes[0].amount = d("-10.50");
    a.taxes[0].reclaim = d("-10.50");
    doc.expenses[0].approved = None;
    doc.stated_total = None;
    let got = firm().derive(&doc);
    assert_eq!(shown(&got), ["vendor_credit 2015 160.50"]);
    let lines = &got.set.entries[0].lines;
    assert_eq!((lines[0].signed(), lines[1].signed()), (d("-150.00"), d("-10.50")));
}

#[test]
fn another_company_blocks_or_is_due_from_it() {
    let mut firm = firm();
    let blocked = firm.derive(&sample("D57"));
    assert_eq!((codes(&blocked), blocked.findings[0].value.as_str()), (vec!["intercompany"], "UK210"));
    firm.book.settings.intercompany = IntercompanyPolicy::DueFrom;
    let got = firm.derive(&sample("D57"));
    assert!(got.findings.is_empty(), "{:?}", got.findings);
    let line = &got.set.entries[0].lines[1];
    assert_eq!((line.role, line.amount), (LineRole::Intercompany, d("280.00")));
    assert!(line.account.name.starts_with("1350") && line.dimensions.class.is_none());
}

#[test]
fn vendors_are_found_by_rule_code_mail_and_name_and_never_when_inactive() {
    let mut firm = firm();
    let how = |f: &Firm, id: &str| {
        let got = f.derive(&sample(id));
        let why = got.set.entries[0].why.iter().find(|w| w.what == "party").unwrap().because.clone();
        (got.summary.payee, why)
    };
    assert_eq!(how(&firm, "D04").1, "Raman, Dev: code E1004, exact");
    assert_eq!(how(&firm, "D32").1, "Lindqvist, Chloé: e-mail chloe@fernhillquay.example, exact");
    assert_eq!(how(&firm, "D20").1, "O'Brien, Sinéad: name, exact");
    let mut rule = rule(RuleKind::Party, &[], Gives::Record(Named::new("v2014", "Pier Nine")));
    rule.party = Some("E1004".into());
    let id = firm.rule(rule);
    assert_eq!(how(&firm, "D04").1, format!("Pier Nine Couriers LLC: rule {id}, E1004"));
    // a rule to an inactive vendor is no way round it
    firm.facts.vendors.iter_mut().find(|v| v.id == "v2014").unwrap().active = false;
    assert_eq!(codes(&firm.derive(&sample("D04"))), ["party_unmapped"]);
    // spoken the other way round
    firm.facts.vendors.iter_mut().find(|v| v.id == "vE1007").unwrap().name = "sinéad  o'brien".into();
    firm.facts = firm.facts.indexed();
    assert_eq!(how(&firm, "D20").0, "sinéad  o'brien");
    // two of one name are nobody
    let mut twin = firm.facts.vendors.iter().find(|v| v.id == "vE1007").unwrap().clone();
    twin.id = "twin".into();
    firm.facts.vendors.push(twin);
    firm.facts = firm.facts.indexed();
    assert_eq!(codes(&firm.derive(&sample("D20"))), ["party_unmapped"]);
}

#[test]
fn vendor_and_payable_must_be_in_the_currency_of_the_document() {
    let mut firm = firm();
    let mut doc = sample("D16");
    doc.currency = Currency::EUR;
    assert_eq!(codes(&firm.derive(&doc)), ["party_currency"]);
    firm.book.settings.accounts.employee_payable.remove(&Currency::EUR);
    assert_eq!(codes(&firm.derive(&sample("D19"))), ["payable_unmapped"]);
    firm.book.settings.accounts.employee_payable.insert(Currency::EUR, account("2010"));
    assert_eq!(codes(&firm.derive(&sample("D19"))), ["payable_unmapped"]);
    firm.book.settings.accounts.employee_payable.insert(Currency::EUR, account("2015"));
    firm.facts.company.currencies.pop();
    assert_eq!(codes(&firm.derive(&sample("D19"))), ["currency_not_enabled"]);
}

#[test]
fn a_near_name_is_a_suggestion_and_nothing_more() {
    let facts = facts();
    let mut doc = sample("D43");
    assert_eq!(suggest_party(&doc, &facts), None);
    doc.payee.spoken_name = "PIER 9 COURIERS".into();
    let s = suggest_party(&doc, &facts).unwrap();
    assert_eq!((s.record.name.as_str(), s.score), ("Pier Nine Couriers LLC", 100));
    doc.payee.spoken_name = "Ben Castelano".into();
    let s = suggest_party(&doc, &facts).unwrap();
    assert!(s.record.name == "Castellano, Ben" && s.score < 100, "{s:?}");
    let got = firm().derive(&doc);
    assert!(
        matches!(&got.findings[0].mend, Mend::MapParty { suggestion: Some(_), .. }),
        "{:?}",
        got.findings
    );
}

#[test]
fn a_look_alike_in_the_ledger_blocks_until_a_person_decides() {
    let mut firm = firm();
    let key = crate::mapping::record_key(EntryKind::Bill, "77");
    assert_eq!(key, "bill:77");
    firm.around.our_records.insert(key);
    assert!(codes(&firm.derive(&sample("D39"))).is_empty());
    firm.around.our_records.clear();
    let day = |f: &mut Firm, date: &str| {
        f.facts.recent[0].date = date.parse().unwrap();
        f.facts = f.facts.clone().indexed();
        codes(&f.derive(&sample("D39")))
    };
    assert_eq!(day(&mut firm, "2026-10-20"), ["maybe_in_ledger"]);
    assert!(day(&mut firm, "2026-10-19").is_empty());
    // the number that people know, whatever date and amount
    firm.facts.recent[0] =
        RecentRecord { number: "e5tw8r".into(), amount: d("1"), ..firm.facts.recent[0].clone() };
    assert_eq!(day(&mut firm, "2026-10-19"), ["maybe_in_ledger"]);
    // our own marker is adopted by the program
    let marker = firm.derive(&sample("D39")).set.entries[0].reference.to_string();
    firm.facts.recent[0].marker = Some(marker);
    assert!(day(&mut firm, "2026-10-19").is_empty());
    firm.facts.recent[0].marker = Some("TOAAAAAAAAA".into());
    assert_eq!(day(&mut firm, "2026-10-19"), ["maybe_in_ledger"]);
    firm.around.used_references.insert("TOAAAAAAAAA".into());
    assert!(day(&mut firm, "2026-10-19").is_empty());
    firm.facts.recent[0].marker = None;
    let mut decision = rule(RuleKind::Decision, &[(Key::About, "maybe_in_ledger:77")], Gives::Accepted);
    decision.author = "Theo".into();
    firm.for_document(decision);
    assert_eq!(day(&mut firm, "2026-10-19"), ["override_used"]);
}
