//! Texts, references, and the last look before posting.

use super::documents::*;
use super::firm::*;
use crate::mapping::recheck;
use crate::model::document::Document;
use crate::model::ledger::LedgerFacts;
use crate::model::money::{Currency, Money};
use crate::model::reference::Reference;

const CASH: (&str, &str) = ("COMP", "EMPL");

#[test]
fn texts_are_what_the_ledger_will_show() {
    let mut firm = firm();
    let mut doc = sample("D04");
    doc.title = "Łódź \u{201c}edition\u{201d}\nfor {name}".into();
    let got = firm.derive(&doc);
    assert_eq!(codes(&got), ["text_substituted"]);
    assert!(got.set.entries[0].memo.starts_with("9WZQ4B Raman, Lodz \"edition\" for {name} · tieout:TO"));
    firm.facts.company.country = "GB".into();
    assert!(codes(&firm.derive(&doc)).is_empty());
    doc.title = "x".repeat(5000);
    let got = firm.derive(&doc);
    assert_eq!(codes(&got), ["text_cut"]);
    let memo = &got.set.entries[0].memo;
    assert_eq!(memo.chars().count(), 4000);
    assert_eq!(Reference::in_memo(memo).as_ref(), Some(&got.set.entries[0].reference));
    // é and ü are Latin-1 and stay
    assert!(super::firm::firm().derive(&sample("D19")).set.entries[0].memo.contains("Müller"));
}

#[test]
fn desktop_holds_latin_1_wherever_it_stands_and_longer_memos() {
    let mut firm = firm();
    firm.identity.target_system = "quickbooks_desktop".into();
    firm.facts.company.country = "GB".into();
    let mut doc = sample("D04");
    doc.title = "Łódź 日本".into();
    let got = firm.derive(&doc);
    assert_eq!(codes(&got), ["text_substituted"]);
    assert!(got.set.entries[0].memo.starts_with("9WZQ4B Raman, Lodz [U+65E5 U+672C] · tieout:TO"));
    let sentence = &got.findings[0].sentence;
    assert!(sentence.contains("QuickBooks Desktop") && sentence.contains("code points"), "{sentence}");
    assert!(sentence.contains("Lodz [U+65E5 U+672C]"), "{sentence}");
    doc.title = "x".repeat(5000);
    let got = firm.derive(&doc);
    assert_eq!(codes(&got), ["text_cut"]);
    assert_eq!(got.set.entries[0].memo.chars().count(), 4095);
    assert_eq!(crate::mapping::text_limits(), [("QuickBooks Online", 4000), ("QuickBooks Desktop", 4095)]);
    // the sentence stays one that a person reads
    doc.title = "日".repeat(5000);
    let got = firm.derive(&doc);
    assert!(got.findings.iter().all(|f| f.sentence.chars().count() < 500), "{:?}", codes(&got));
}

#[test]
fn merchant_place_and_spend_stand_in_the_line() {
    let mut doc = report("E1001", vec![expense("1", "6030", CASH, "10")]);
    let e = &mut doc.expenses[0];
    (e.merchant, e.place) = ("Globe Cabs".into(), "Leeds".into());
    e.spend = Some(Money::new(d("8"), "GBP".parse().unwrap()));
    let line = |doc: &Document| firm().derive(doc).set.entries[0].lines[0].text.clone();
    assert_eq!(line(&doc), "2026-10-20 Taxi, Globe Cabs, Leeds, GBP 8.00");
    doc.expenses[0].spend = Some(Money::new(d("10"), Currency::USD));
    assert_eq!(line(&doc), "2026-10-20 Taxi, Globe Cabs, Leeds");
}

#[test]
fn a_taken_reference_draws_again() {
    let mut firm = firm();
    let doc = sample("D13");
    let before: Vec<String> = firm.derive(&doc).set.entries.iter().map(|e| e.number.clone()).collect();
    firm.around.used_references.insert(before[1].clone());
    let after: Vec<String> = firm.derive(&doc).set.entries.iter().map(|e| e.number.clone()).collect();
    assert_eq!((&before[0], &before[2]), (&after[0], &after[2]));
    assert_ne!(before[1], after[1]);
    assert!(firm.derive(&doc).set.entries[1].memo.ends_with(&after[1]));
}

#[test]
fn the_last_look_sees_what_changed_since_the_approval() {
    let firm = firm();
    let set = firm.derive(&sample("D13")).set;
    let look = |change: fn(&mut LedgerFacts)| {
        let mut facts = firm.facts.clone();
        change(&mut facts);
        let found = recheck(&set, &facts.indexed(), &firm.book, firm.now);
        found.iter().map(|f| f.code.name()).collect::<Vec<_>>()
    };
    assert!(look(|_| ()).is_empty());
    assert_eq!(look(|f| f.company.close_date = Some("2026-10-20".parse().unwrap())), ["period_closed"]);
    assert_eq!(
        look(|f| f.accounts.iter_mut().filter(|a| a.number == "5040").for_each(|a| a.active = false)),
        ["account_inactive"]
    );
    assert_eq!(look(|f| f.accounts.retain(|a| a.number != "2110")), ["account_unmapped"]);
    assert_eq!(
        look(|f| f.vendors.iter_mut().filter(|v| v.id == "vE1001").for_each(|v| v.active = false)),
        ["party_unmapped"]
    );
    assert_eq!(
        look(|f| f
            .vendors
            .iter_mut()
            .filter(|v| v.id == "vE1001")
            .for_each(|v| v.currency = Some(Currency::EUR))),
        ["party_currency"]
    );
    assert_eq!(
        look(|f| f.classes.iter_mut().filter(|c| c.id == "k200").for_each(|c| c.active = false)),
        ["dimension_inactive"]
    );
    assert_eq!(look(|f| f.departments.clear()), ["dimension_inactive"]);
    assert_eq!(
        look(|f| f
            .accounts
            .iter_mut()
            .filter(|a| a.number == "2110")
            .for_each(|a| a.currency = Some(Currency::EUR))),
        ["card_currency"]
    );
}
