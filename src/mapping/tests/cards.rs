//! Company cards by policy, individually billed cards, company-paid spend.

use super::documents::*;
use super::firm::*;
use crate::model::book::{CardPolicy, CardProgramme, WhoPays};
use crate::model::document::{CardFacts, Expense};
use crate::model::entry::{LineRole, Named, Side, Slot};
use crate::model::money::{Currency, Money};

const CARD: (&str, &str) = ("COMP", "CBCP");
const REFUND: (&str, &str) = ("CBCP", "COMP");

fn charge(id: &str, transaction: &str, parties: (&str, &str), gross: &str) -> Expense {
    let mut e = expense(id, "6020", parties, gross);
    e.card = Some(CardFacts { transaction: transaction.into(), programme: String::new(), charge: None });
    e
}

fn policy(firm: &mut Firm, policy: CardPolicy, account: Named, issuer: Option<Named>) {
    firm.book.settings.card_programmes.insert("*".into(), CardProgramme { policy, account, issuer });
}

#[test]
fn clearing_is_one_journal_a_document() {
    let mut firm = firm();
    policy(&mut firm, CardPolicy::Clearing, account("2130"), None);
    let doc = report("E1001", vec![charge("1", "CT-1", CARD, "10"), charge("2", "CT-2", CARD, "20")]);
    let got = firm.derive(&doc);
    assert_eq!(shown(&got), ["journal 2130 30.00"]);
    assert_eq!(got.set.entries[0].slot, Slot::CardProgramme);
    assert_eq!(got.set.entries[0].date.to_string(), "2026-10-28");
    assert!(got.findings.is_empty(), "{:?}", got.findings);
}

#[test]
fn the_issuer_gets_one_bill_or_a_credit() {
    let mut firm = firm();
    policy(&mut firm, CardPolicy::IssuerBill, account("2000"), Some(Named::new("v2016", "Harbor Union")));
    let doc = report("E1001", vec![charge("1", "CT-1", CARD, "30"), charge("2", "CT-2", REFUND, "-10")]);
    let got = firm.derive(&doc);
    assert_eq!(shown(&got), ["bill 2000 20.00"]);
    assert_eq!(got.set.entries[0].party.as_ref().unwrap().name, "Harbor Union Bank Card Center");
    let doc = report("E1001", vec![charge("2", "CT-2", REFUND, "-10")]);
    let got = firm.derive(&doc);
    assert_eq!(shown(&got), ["vendor_credit 2000 10.00"]);
    assert!(got.set.entries[0].due.is_none());
    policy(&mut firm, CardPolicy::IssuerBill, account("2000"), None);
    assert_eq!(
        codes(&firm.derive(&report("E1001", vec![charge("1", "CT-1", CARD, "30")]))),
        ["party_unmapped"]
    );
}

#[test]
fn a_refund_is_decided_on_the_sum_of_the_transaction() {
    let firm = firm();
    let up = report("E1001", vec![charge("1", "CT-1", CARD, "30"), charge("2", "CT-1", REFUND, "-10")]);
    assert_eq!(shown(&firm.derive(&up)), ["card_purchase CT-1 2110 20.00"]);
    let down = report("E1001", vec![charge("1", "CT-1", CARD, "10"), charge("2", "CT-1", REFUND, "-30")]);
    let got = firm.derive(&down);
    assert_eq!(shown(&got), ["card_refund CT-1 2110 20.00"]);
    let sides: Vec<Side> = got.set.entries[0].lines.iter().map(|l| l.side).collect();
    assert_eq!(sides, [Side::Debit, Side::Credit, Side::Debit]);
}

#[test]
fn a_charge_that_does_not_add_up_warns_in_its_own_currency_only() {
    let firm = firm();
    let with = |amount: &str, currency: Currency| {
        let mut e = charge("1", "CT-1", CARD, "30");
        e.card.as_mut().unwrap().charge = Some(Money::new(d(amount), currency));
        codes(&firm.derive(&report("E1001", vec![e])))
    };
    assert_eq!(with("45", Currency::USD), ["card_incomplete"]);
    assert!(with("30", Currency::USD).is_empty());
    assert!(with("45", Currency::EUR).is_empty());
}

#[test]
fn a_card_in_another_currency_or_without_a_policy_blocks() {
    let mut firm = firm();
    let mut doc = report("E1006", vec![charge("1", "CT-1", CARD, "30")]);
    let got = codes(&firm.derive(&doc));
    assert!(got.contains(&"card_currency"), "{got:?}");
    firm.book.settings.card_programmes.clear();
    doc = report("E1001", vec![charge("1", "CT-1", CARD, "30")]);
    let got = firm.derive(&doc);
    assert_eq!(codes(&got), ["payable_unmapped"]);
    assert!(got.set.balanced());
    firm.book.settings.card_programmes.insert(
        "*".into(),
        CardProgramme { policy: CardPolicy::CardAccount, account: account("2000"), issuer: None },
    );
    assert_eq!(codes(&firm.derive(&doc)), ["account_type"]);
}

#[test]
fn programmes_have_their_own_policies() {
    let mut firm = firm();
    firm.book.settings.card_programmes.insert(
        "FLEET".into(),
        CardProgramme { policy: CardPolicy::Clearing, account: account("2130"), issuer: None },
    );
    let mut fleet = charge("2", "CT-2", CARD, "20");
    fleet.card.as_mut().unwrap().programme = "FLEET".into();
    let got = firm.derive(&report("E1001", vec![charge("1", "CT-1", CARD, "10"), fleet]));
    assert_eq!(shown(&got), ["card_purchase CT-1 2110 10.00", "journal programme FLEET 2130 20.00"]);
}

#[test]
fn a_merchant_is_a_payee_by_exact_name_only_where_the_book_allows() {
    let mut firm = firm();
    let mut e = charge("1", "CT-1", CARD, "30");
    e.merchant = "pier nine  couriers LLC".into();
    let doc = report("E1001", vec![e]);
    let payee = |f: &Firm| f.derive(&doc).set.entries[0].party.as_ref().unwrap().name.clone();
    assert_eq!(payee(&firm), "Card merchants");
    firm.book.settings.match_merchants = true;
    assert_eq!(payee(&firm), "Pier Nine Couriers LLC");
    firm.book.settings.match_merchants = false;
    firm.book.settings.card_payee = None;
    assert!(firm.derive(&doc).set.entries[0].party.is_none());
}

#[test]
fn an_account_named_by_the_source_wins_when_it_is_exactly_of_the_right_type() {
    let mut firm = firm();
    let mut doc = sample("D21");
    for e in &mut doc.expenses {
        e.clearing_account = Some("2200".into());
    }
    let got = firm.derive(&doc);
    assert_eq!(shown(&got), ["journal 2200 585.55"]);
    assert!(got.set.entries[0].why.iter().any(|w| w.because.ends_with("named by Concur")));
    // an unknown one, one of another type, and one on a part of the entries only are not taken
    for code in ["199999", "1010"] {
        for e in &mut doc.expenses {
            e.clearing_account = Some(code.into());
        }
        assert_eq!(shown(&firm.derive(&doc)), ["journal 2140 585.55"], "{code}");
    }
    doc.expenses[0].clearing_account = Some("2200".into());
    assert_eq!(shown(&firm.derive(&doc)), ["journal 2140 585.55"]);
    // payroll: the header's account
    let mut payroll = sample("D58");
    payroll.payroll_clearing_account = Some("2200".into());
    assert_eq!(shown(&firm.derive(&payroll)), ["journal 2200 187.30"]);
    // the indicator decides, whatever the method says
    let mut by_indicator = sample("D04");
    by_indicator.payroll = true;
    let got = firm.derive(&by_indicator);
    assert_eq!((shown(&got), got.summary.who_pays.as_str()), (vec!["journal 2150 104.00".into()], "payroll"));
    firm.book.settings.accounts.payroll_clearing = None;
    assert_eq!(codes(&firm.derive(&by_indicator)), ["payable_unmapped"]);
}

#[test]
fn the_issuer_of_individual_cards_is_owed_by_whoever_pays_it() {
    let mut firm = firm();
    firm.book.settings.individual_cards_paid_by = WhoPays::Concur;
    let got = firm.derive(&sample("D22"));
    assert_eq!(shown(&got), ["bill 2010 33.00", "journal 2140 634.20"]);
    assert_eq!(got.summary.concur_pays, d("634.20"));
    firm.book.settings.individual_cards_paid_by = WhoPays::Nobody;
    assert_eq!(codes(&firm.derive(&sample("D22"))), ["who_pays_unmapped"]);
    firm.book.settings.individual_cards_paid_by = WhoPays::Ledger;
    firm.book.settings.individual_cards = None;
    assert_eq!(codes(&firm.derive(&sample("D22"))), ["party_unmapped"]);
}

#[test]
fn personal_spend_is_set_off_only_where_the_book_says_so_and_the_bill_allows() {
    let mut firm = firm();
    let with_cash = |cash: &str| {
        let mut doc = sample("D27");
        doc.expenses.push(expense("x", "6030", ("COMP", "EMPL"), cash));
        doc.stated_total = None;
        doc
    };
    assert_eq!(
        shown(&firm.derive(&with_cash("350"))),
        ["bill 2010 350.00", "card_purchase CT-9121 2110 1000.00"]
    );
    firm.book.settings.personal_offset = true;
    let got = firm.derive(&with_cash("350"));
    assert_eq!(shown(&got), ["bill 2010 50.00", "card_purchase CT-9121 2110 1000.00"]);
    let off = &got.set.entries[0].lines[1];
    assert_eq!((off.role, off.side, off.amount), (LineRole::Receivable, Side::Credit, d("300.00")));
    assert_eq!(shown(&firm.derive(&with_cash("300")))[0], "journal none 300.00");
    // the bill would fall below zero: nothing is set off
    assert_eq!(
        shown(&firm.derive(&with_cash("200"))),
        ["bill 2010 200.00", "card_purchase CT-9121 2110 1000.00"]
    );
    // the source has netted it: as it is, without the policy
    firm.book.settings.personal_offset = false;
    let mut netted = with_cash("350");
    netted.expenses[1].offset = true;
    assert_eq!(shown(&firm.derive(&netted))[0], "bill 2010 50.00");
}

#[test]
fn company_paid_spend_is_never_a_bill() {
    let firm = firm();
    let refund = report("E1004", vec![expense("1", "6010", ("COPD", "COMP"), "-80")]);
    let got = firm.derive(&refund);
    assert_eq!(shown(&got), ["journal 2130 80.00"]);
    assert_eq!(got.set.entries[0].slot, Slot::CompanyPaid);
    assert_eq!(got.set.entries[0].lines[1].side, Side::Debit);
    assert_eq!(got.summary.who_pays, "nobody");
}

#[test]
fn a_refund_of_personal_spend_goes_back_to_the_employee() {
    let mut e = charge("1", "CT-1", REFUND, "-30");
    e.personal = true;
    e.allocations[0].journals.push(journal("1260", ("COMP", "EMPL"), "30"));
    let got = firm().derive(&report("E1001", vec![e]));
    assert_eq!(
        (shown(&got), codes(&got)),
        (vec!["card_refund CT-1 2110 30.00".into()], vec!["negative_document"])
    );
    let line = &got.set.entries[0].lines[0];
    assert_eq!((line.role, line.side), (LineRole::Receivable, Side::Credit));
}
