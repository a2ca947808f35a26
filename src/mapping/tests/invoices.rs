//! Supplier invoices: number, due date, who pays, orders, duplicates, vendors, tax.

use super::documents::*;
use super::firm::*;
use crate::mapping::{
    Derivation, MadeVendor, RANGE, SameExpense, SeenVendor, duplicate_keys, duplicate_questions,
    effect_groups, record_key,
};
use crate::model::book::{DatePolicy, Flow, OrderPolicy};
use crate::model::document::{Document, DocumentKind, Party, Payee, Tax};
use crate::model::entry::{EntryKind, LineRole, Named, Side};
use crate::model::finding::Mend;
use crate::model::ids::DocumentId;
use crate::model::ledger::RecentRecord;
use crate::model::money::Currency;
use crate::model::rule::{Gives, Key, RuleKind};
use crate::model::state::State;

/// A firm with a flow for invoices.
fn office() -> Firm {
    let mut firm = firm();
    firm.book.settings.flows.insert(DocumentKind::Invoice, Flow::new(Flow::BILL, DatePolicy::Approval));
    firm.book.settings.dimensions[2].invoice_field = Some("orgUnit2".into());
    firm
}

/// An invoice of a supplier over lines of account and amount; credits have negative lines.
pub fn invoice(code: &str, name: &str, number: &str, lines: &[(&str, &str)]) -> Document {
    let expenses = lines.iter().enumerate().map(|(n, (account, gross))| {
        let mut e = expense(&n.to_string(), account, ("COMP", "EMPL"), gross);
        let supplier = Party::Other(Party::SUPPLIER.into());
        let j = &mut e.allocations[0].journals[0];
        (j.payer, j.payee) =
            if gross.starts_with('-') { (supplier, Party::Comp) } else { (Party::Comp, supplier) };
        e.date = Some("2026-10-09".parse().unwrap());
        e.merchant = name.into();
        e.receipt_type = String::new();
        e.receipt = None;
        e
    });
    let mut doc = report("E1001", expenses.collect());
    doc.kind = DocumentKind::Invoice;
    doc.number = number.into();
    doc.title = format!("{name} {number}");
    doc.payee = Payee {
        employee: false,
        code: code.into(),
        name: name.into(),
        spoken_name: name.into(),
        email: None,
    };
    doc.pay_method = "CLIENT".into();
    doc.invoice_date = Some("2026-10-09".parse().unwrap());
    doc.fields = [("orgUnit2".to_string(), coded("Dublin"))].into();
    doc.currency = Currency::USD;
    doc
}

fn candor(number: &str) -> Document {
    invoice("V2003", "Candor Legal LLP", number, &[("6510", "4750.00")])
}

fn recent(number: &str, amount: &str, date: &str) -> RecentRecord {
    RecentRecord {
        kind: EntryKind::Bill,
        id: "90".into(),
        vendor: Some("v2003".into()),
        number: number.into(),
        date: date.parse().unwrap(),
        amount: d(amount),
        currency: Currency::USD,
        marker: None,
    }
}

#[test]
fn an_invoice_is_a_bill_with_the_suppliers_number_and_terms() {
    let firm = office();
    let got = firm.derive(&candor("CL-2188"));
    assert!(got.findings.is_empty(), "{:?}", got.findings);
    let bill = &got.set.entries[0];
    assert_eq!((bill.kind, bill.number.as_str()), (EntryKind::Bill, "CL-2188"));
    assert_eq!(bill.memo, format!("CL-2188 Candor Legal LLP · tieout:{}", bill.reference));
    // terms from the invoice date, whatever the posting date is
    assert_eq!(
        (bill.date.to_string(), bill.due.unwrap().to_string()),
        ("2026-10-28".into(), "2026-11-08".into())
    );
    assert_eq!(bill.location.as_ref().unwrap().name, "Dublin");
    assert_eq!(shown(&got), ["bill 2000 4750.00"]);
    assert_eq!(got.summary.who_pays, "ledger");
    assert!(got.checks.iter().all(|c| !c.text.contains("receipts")));
}

#[test]
fn the_due_date_is_the_sources_then_the_terms_then_the_invoice_date() {
    let mut firm = office();
    let due = |f: &Firm, doc: &Document| f.derive(doc).set.entries[0].due.unwrap().to_string();
    let mut doc = candor("1");
    doc.due_date = Some("2026-12-01".parse().unwrap());
    assert_eq!(due(&firm, &doc), "2026-12-01");
    let rent = invoice("V2001", "Hollis Property Trust", "H1", &[("6410", "10")]);
    assert_eq!(due(&firm, &rent), "2026-11-01");
    let mut first = rent.clone();
    first.invoice_date = Some("2026-10-01".parse().unwrap());
    assert_eq!(due(&firm, &first), "2026-10-01");
    assert_eq!(due(&firm, &invoice("V2005", "Foxglove Print Co.", "F1", &[("6330", "10")])), "2026-10-09");
    // a moved posting date does not move it
    firm.book.settings.lock_date = Some("2026-10-31".parse().unwrap());
    firm.for_document(rule(RuleKind::PostingDate, &[], Gives::Date("2026-11-01".parse().unwrap())));
    let got = firm.derive(&rent);
    assert_eq!(codes(&got), ["date_moved"]);
    assert_eq!(got.set.entries[0].due.unwrap().to_string(), "2026-11-01");
    assert!(got.set.entries[0].memo.contains("for 2026-10-28"), "{}", got.set.entries[0].memo);
}

#[test]
fn a_number_that_the_record_cannot_have_gives_way() {
    let mut firm = office();
    let long = "INV-2026-000000000000018";
    let got = firm.derive(&candor(long));
    assert_eq!(codes(&got), ["number_replaced"]);
    let bill = &got.set.entries[0];
    assert_eq!(bill.number, bill.reference.to_string());
    assert!(bill.memo.starts_with(long), "{}", bill.memo);
    firm.book.settings.flows.get_mut(&DocumentKind::Invoice).unwrap().memo = Some("{full_name}".into());
    assert!(firm.derive(&candor(long)).set.entries[0].memo.starts_with(long));
    // another vendor's bill has it: only where the ledger wants it once in the company
    let mut other = recent("77-1", "5", "2026-10-01");
    other.vendor = Some("v2005".into());
    firm.facts.recent = vec![other];
    firm.facts = firm.facts.indexed();
    assert_eq!(codes(&firm.derive(&candor("77-1"))), ["number_replaced"]);
    firm.book.settings.invoices.unique_numbers = false;
    assert!(codes(&firm.derive(&candor("77-1"))).is_empty());
    // what the ledger would show otherwise is not its number any more
    assert_eq!(codes(&firm.derive(&candor("Łódź 7"))), ["number_replaced", "text_substituted"]);
}

#[test]
fn a_credit_is_a_vendor_credit_and_mixed_signs_stay_a_bill() {
    let firm = office();
    let got = firm.derive(&invoice("V2005", "Foxglove Print Co.", "FP-1", &[("6330", "-240.00")]));
    assert_eq!(
        (shown(&got), codes(&got)),
        (vec!["vendor_credit 2000 240.00".into()], vec!["negative_document"])
    );
    assert_eq!((got.set.entries[0].number.as_str(), got.set.entries[0].due), ("FP-1", None));
    let mixed = invoice("V2005", "Foxglove Print Co.", "FP-2", &[("6330", "100"), ("6330", "-40")]);
    let got = firm.derive(&mixed);
    assert_eq!(shown(&got), ["bill 2000 60.00"]);
    assert_eq!(got.set.entries[0].lines[1].side, Side::Credit);
    let moved = invoice("V2005", "Foxglove Print Co.", "FP-3", &[("6330", "40"), ("6310", "-40")]);
    assert_eq!(shown(&firm.derive(&moved)), ["journal none 40.00"]);
    let nothing = invoice("V2005", "Foxglove Print Co.", "FP-4", &[("6330", "40"), ("6330", "-40")]);
    assert_eq!(codes(&firm.derive(&nothing)), ["no_effect", "negative_document"]);
}

#[test]
fn what_concur_pays_has_a_payable_of_its_own() {
    let mut firm = office();
    let mut doc = invoice("V2012", "Orchard Catering LLC", "OC-1", &[("6710", "1245.00")]);
    doc.pay_method = "ACH".into();
    let got = firm.derive(&doc);
    assert_eq!((shown(&got), codes(&got)), (vec!["bill 2020 1245.00".into()], vec!["paid_by_concur"]));
    assert_eq!((got.summary.who_pays.as_str(), got.summary.concur_pays), ("Concur", d("1245.00")));
    firm.book.settings.accounts.paid_by_concur.clear();
    assert_eq!(codes(&firm.derive(&doc)), ["payable_unmapped", "paid_by_concur"]);
}

#[test]
fn an_order_blocks_until_the_book_or_a_person_says_where_it_lives() {
    let mut firm = office();
    let mut doc = candor("9");
    doc.purchase_order = Some("PO-1187".into());
    let got = firm.derive(&doc);
    assert_eq!(codes(&got), ["purchase_order"]);
    assert!(matches!(&got.findings[0].mend, Mend::Decide { about, .. } if about == "purchase_order"));
    firm.book.settings.flows.get_mut(&DocumentKind::Invoice).unwrap().orders = OrderPolicy::ByAccount;
    assert!(codes(&firm.derive(&doc)).is_empty());
    firm.book.settings.flows.get_mut(&DocumentKind::Invoice).unwrap().orders = OrderPolicy::Block;
    firm.for_document(rule(RuleKind::Decision, &[(Key::About, "purchase_order")], Gives::Accepted));
    assert_eq!(codes(&firm.derive(&doc)), ["override_used"]);
}

#[test]
fn the_total_of_the_invoice_is_what_was_approved_and_must_add_up() {
    let firm = office();
    let mut doc = candor("9");
    doc.stated_total = Some(d("4750.00"));
    assert!(codes(&firm.derive(&doc)).is_empty());
    doc.stated_total = Some(d("4751.00"));
    let got = firm.derive(&doc);
    assert_eq!((codes(&got), got.approved.amount), (vec!["total_mismatch"], d("4751.00")));
    // an employee has no place on an invoice
    doc.stated_total = None;
    doc.expenses[0].allocations[0].journals[0].payee = Party::Empl;
    assert_eq!(codes(&firm.derive(&doc)), ["parties_unknown"]);
}

#[test]
fn the_same_number_of_the_same_supplier_is_a_duplicate() {
    let mut firm = office();
    let (one, other) = (candor("CL-2188"), candor("cl 2188"));
    assert_eq!(duplicate_keys(&one), duplicate_keys(&other));
    let keys = duplicate_keys(&one);
    assert_eq!(
        keys,
        [
            "amount|V2003|4750.00|USD|2026-10-09",
            "invoice|V2003|CL2188",
            "supplier|candor legal llp|4750.00|USD|2026-10-09"
        ]
    );
    for (a, b) in [("INV-00123", "inv 123"), ("2026/071", "2026-71"), ("A0", "a-000"), ("100", "0100")] {
        let key = |n: &str| duplicate_keys(&candor(n))[1].clone();
        assert_eq!(key(a), key(b));
    }
    assert_ne!(duplicate_keys(&candor("100"))[1], duplicate_keys(&candor("10"))[1]);
    let same = |key: &str, other: &str, n: u64| SameExpense {
        key: key.into(),
        other: other.into(),
        other_id: DocumentId(ulid::Ulid::from_parts(n, 3)),
    };
    // the same document answers two questions: it is named once
    firm.around.same_expense = vec![same(&keys[1], "CL-2188", 3), same(&keys[0], "CL-2188", 3)];
    let got = firm.derive(&other);
    assert_eq!((codes(&got), got.findings[0].value.as_str()), (vec!["duplicate_invoice"], "CL-2188"));
    firm.for_document(rule(
        RuleKind::Decision,
        &[(Key::About, "duplicate_invoice:CL-2188")],
        Gives::Accepted,
    ));
    assert_eq!(codes(&firm.derive(&other)), ["possible_duplicate", "override_used"]);
    firm.rules = rules();
    firm.around.same_expense = vec![same(&keys[0], "CL-2100", 4)];
    assert_eq!(codes(&firm.derive(&one)), ["possible_duplicate"]);
}

#[test]
fn questions_are_ranges_of_days() {
    let asked = duplicate_questions(&candor("CL-2188"));
    assert!(
        asked.contains(&format!(
            "amount|V2003|4750.00|USD|2026-09-04{RANGE}amount|V2003|4750.00|USD|2026-11-13"
        ))
    );
    assert!(asked.contains(&format!(
        "merchant|candor legal llp|4750.00|USD|2026-09-29{RANGE}merchant|candor legal llp|4750.00|USD|2026-10-19"
    )));
    // a report that paid the same supplier at the counter
    let mut paid = report("E1001", vec![expense("1", "6510", ("COMP", "EMPL"), "4750.00")]);
    paid.expenses[0].merchant = "CANDOR  Legal LLP".into();
    let key = duplicate_keys(&paid).into_iter().find(|k| k.starts_with("merchant|")).unwrap();
    let range = asked.iter().find(|q| q.starts_with("merchant|")).unwrap();
    let (first, last) = range.split_once(RANGE).unwrap();
    assert!(first > key.as_str() || last < key.as_str(), "20 October is eleven days later: {key}");
    paid.expenses[0].date = Some("2026-10-19".parse().unwrap());
    let key = duplicate_keys(&paid).into_iter().find(|k| k.starts_with("merchant|")).unwrap();
    assert!(first <= key.as_str() && key.as_str() <= last);
    let mut firm = office();
    firm.around.same_expense =
        vec![SameExpense { key, other: "ZZZ999".into(), other_id: DocumentId(ulid::Ulid::from_parts(3, 3)) }];
    let got = firm.derive(&candor("CL-2188"));
    assert_eq!(codes(&got), ["possible_duplicate"]);
    assert!(got.findings[0].sentence.contains("Report ZZZ999"), "{}", got.findings[0].sentence);
}

fn with_at(firm: &mut Firm, doc: &Document, number: &str) -> Vec<&'static str> {
    firm.facts.recent = vec![recent(number, "1.00", "2026-07-20")];
    firm.facts = firm.facts.clone().indexed();
    codes(&firm.derive(doc))
}

#[test]
fn what_was_typed_into_the_ledger_is_found() {
    let mut firm = office();
    let doc = candor("CL-2188");
    let mut with = |number: &str, amount: &str, date: &str| {
        firm.facts.recent = vec![recent(number, amount, date)];
        firm.facts = firm.facts.clone().indexed();
        codes(&firm.derive(&doc))
    };
    // same amount within ten days, or the very number: it may be this one
    assert_eq!(with("typed", "4750.00", "2026-10-20"), ["maybe_in_ledger"]);
    assert_eq!(with("cl-2188", "1.00", "2026-07-20"), ["maybe_in_ledger", "number_replaced"]);
    // the number in another hand, with another amount: a duplicate
    assert_eq!(with("CL 2188", "4700.00", "2026-07-20"), ["duplicate_invoice"]);
    // the amount alone, not long ago
    assert_eq!(with("typed", "4750.00", "2026-10-01"), ["possible_duplicate"]);
    assert!(with("typed", "4750.00", "2026-09-01").is_empty());
    // under our reference, without our marker: it was changed, or typed
    let reference = firm.derive(&doc).set.entries[0].reference.to_string();
    assert_eq!(with_at(&mut firm, &doc, &reference), ["maybe_in_ledger"]);
    // our own record of another document counts by its number, not by its amount
    firm.around.our_records.insert(record_key(EntryKind::Bill, "90"));
    firm.facts.recent = vec![recent("typed", "4750.00", "2026-10-20")];
    firm.facts = firm.facts.clone().indexed();
    assert!(codes(&firm.derive(&doc)).is_empty());
    firm.facts.recent = vec![recent("CL 2188", "4750.00", "2026-10-20")];
    firm.facts = firm.facts.clone().indexed();
    assert_eq!(codes(&firm.derive(&doc)), ["duplicate_invoice"]);
}

#[test]
fn an_unknown_supplier_that_is_nearly_known_is_told() {
    let firm = office();
    let got = firm.derive(&invoice("V2114", "PIER 9 COURIERS", "P9", &[("6320", "327.50")]));
    assert_eq!(codes(&got), ["party_unmapped", "vendor_near_duplicate"]);
    let got = firm.derive(&invoice("V9999", "Quite Another", "Q", &[("6320", "1")]));
    assert_eq!(codes(&got), ["party_unmapped"]);
}

#[test]
fn new_and_changed_vendors_warn() {
    let mut firm = office();
    let made = |at: &str| MadeVendor { at: at.parse().unwrap(), by: "Sam Ortiz".into(), tax_form: false };
    firm.around.made_vendors.insert("v2003".into(), made("2026-10-20T10:00:00Z"));
    assert_eq!(codes(&firm.derive(&candor("1"))), ["new_vendor", "w9_missing"]);
    firm.around.made_vendors.insert("v2003".into(), made("2026-09-20T10:00:00Z"));
    assert_eq!(codes(&firm.derive(&candor("1"))), ["w9_missing"]);
    firm.around.made_vendors.clear();
    let was = SeenVendor {
        vendor: "v2003".into(),
        vendor_name: "Candor Legal LLP".into(),
        name: "Candor Legal LLP".into(),
        remit_to: String::new(),
        currency: "USD".into(),
    };
    firm.around.last_posting = Some(was.clone());
    assert!(codes(&firm.derive(&candor("1"))).is_empty());
    firm.around.last_posting = Some(SeenVendor { remit_to: "V2003-1".into(), ..was });
    let mut doc = candor("1");
    doc.fields.insert("vendorRemitTo".into(), coded("V2003-2"));
    let got = firm.derive(&doc);
    assert_eq!(codes(&got), ["vendor_changed"]);
    assert!(got.findings[0].sentence.contains("V2003-1 → V2003-2"), "{}", got.findings[0].sentence);
}

fn taxed(code: &str) -> Document {
    let mut doc = invoice("V2003", "Candor Legal LLP", "T-1", &[("6510", "120.00")]);
    doc.expenses[0].allocations[0].taxes = vec![Tax {
        id: String::new(),
        code: code.into(),
        reclaim_code: String::new(),
        authority: "TAX1".into(),
        country: String::new(),
        amount: d("20"),
        reclaim: d("0"),
    }];
    doc
}

#[test]
fn tax_of_an_invoice_goes_where_the_rule_says() {
    let mut firm = office();
    assert_eq!(codes(&firm.derive(&taxed("X-20"))), ["tax_unmapped"]);
    firm.rule(rule(RuleKind::Tax, &[(Key::TaxCode, "X-20")], Gives::Cost));
    let got = firm.derive(&taxed("X-20"));
    assert!(got.findings.is_empty(), "{:?}", got.findings);
    assert_eq!(got.set.entries[0].lines.len(), 2);
    // the source gives no reclaim: the rule alone says that it is claimed, and no tax receipt is asked for
    firm.rule(rule(RuleKind::Tax, &[(Key::TaxCode, "X-20")], Gives::Record(account("1310"))));
    let got = firm.derive(&taxed("X-20"));
    assert!(got.findings.is_empty(), "{:?}", got.findings);
    let lines: Vec<(LineRole, String)> =
        got.set.entries[0].lines.iter().map(|l| (l.role, l.amount.to_string())).collect();
    assert_eq!(
        lines,
        [
            (LineRole::Cost, "100.00".into()),
            (LineRole::Tax, "20.00".into()),
            (LineRole::Payable, "120.00".into())
        ]
    );
    firm.book.settings.invoices.self_assessed = vec![Named::new("v2003", "Candor Legal LLP")];
    assert_eq!(codes(&firm.derive(&taxed("X-20"))), ["self_assessed_tax"]);
}

#[test]
fn a_line_of_a_billable_project_is_billable() {
    let mut firm = office();
    let mut doc = candor("1");
    doc.expenses[0].allocations[0] = {
        let mut a = allocation("5100", "CC100", "P2601", ("COMP", "EMPL"), "4750.00");
        a.journals = doc.expenses[0].allocations[0].journals.clone();
        a
    };
    let billable = |f: &Firm, doc: &Document| f.derive(doc).set.entries[0].lines[0].billable;
    assert!(!billable(&firm, &doc));
    for r in &mut firm.rules.rules {
        r.billable = r.kind == RuleKind::Customer;
    }
    assert!(billable(&firm, &doc));
    // a report's line says it by itself
    let mut spent = report("E1001", vec![expense("1", "5020", ("COMP", "EMPL"), "10")]);
    spent.expenses[0].allocations = vec![allocation("5020", "CC100", "P2601", ("COMP", "EMPL"), "10")];
    assert!(!billable(&firm, &spent));
    spent.expenses[0].billable = true;
    assert!(billable(&firm, &spent));
}

#[test]
fn where_the_ledger_takes_no_negative_lines_a_bill_has_a_vendor_credit_beside_it() {
    let mut firm = office();
    firm.facts.company.negative_lines = false;
    let mixed = invoice("V2005", "Foxglove Print Co.", "FP-2", &[("6330", "100"), ("6330", "-40")]);
    let got = firm.derive(&mixed);
    assert_eq!(shown(&got), ["bill 2000 100.00", "vendor_credit 2000 40.00"]);
    assert_eq!((got.state, got.approved.amount, codes(&got)), (State::Ready, d("60"), vec![]));
    let [bill, credit] = got.set.entries.as_slice() else { panic!("{:?}", got.set) };
    assert_eq!((bill.slot.to_string(), credit.slot.to_string()), ("bill".into(), "split:bill".into()));
    // two records of one vendor never share a number, and both are of the same vendor
    assert_eq!((bill.number.as_str(), credit.number.as_str()), ("FP-2", credit.reference.as_str()));
    assert!(credit.memo.starts_with("FP-2 ") && bill.reference != credit.reference, "{}", credit.memo);
    assert_eq!((&bill.party, bill.due.is_some(), credit.due), (&credit.party, true, None));
    for e in &got.set.entries {
        let sides: Vec<_> = e.lines.iter().filter(|l| !l.is_offset()).map(|l| l.side).collect();
        assert!(e.balanced() && sides.windows(2).all(|w| w[0] == w[1]), "{e:?}");
    }
    // below zero the credit keeps the slot and the number
    let got =
        firm.derive(&invoice("V2005", "Foxglove Print Co.", "FP-5", &[("6330", "-100"), ("6330", "40")]));
    assert_eq!(shown(&got), ["vendor_credit 2000 100.00", "bill 2000 40.00"]);
    assert_eq!(got.set.entries[0].number, "FP-5");
    assert!(got.set.entries[1].due.is_some());
    // one sign alone, and a total of zero (a journal), stay one record
    let one = invoice("V2005", "Foxglove Print Co.", "FP-1", &[("6330", "-240.00")]);
    assert_eq!(shown(&firm.derive(&one)), ["vendor_credit 2000 240.00"]);
    let moved = invoice("V2005", "Foxglove Print Co.", "FP-3", &[("6330", "40"), ("6310", "-40")]);
    assert_eq!(shown(&firm.derive(&moved)), ["journal none 40.00"]);
    // what the employee is owed in all is the same in the groups of the approve dialog
    firm.facts.company.negative_lines = true;
    let whole = firm.derive(&mixed);
    let groups = |got: &Derivation| {
        let groups = effect_groups(&[&got.set], &firm.book.settings);
        groups.into_iter().map(|g| (g.kind, g.amounts)).collect::<Vec<_>>()
    };
    firm.facts.company.negative_lines = false;
    assert_eq!(groups(&whole), groups(&firm.derive(&mixed)));
}
