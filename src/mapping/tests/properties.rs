//! Any document whatever: every entry balances, and the lines that stem from it add up to what was approved.

use proptest::prelude::*;

use super::documents::*;
use super::firm::*;
use crate::mapping::{checks, effect, effect_groups};
use crate::model::document::{AdvanceApplication, CardFacts, Document, Tax};
use crate::model::entry::{Entry, Side};
use rust_decimal::Decimal;

#[derive(Debug, Clone)]
struct Part {
    counter: usize,
    cents: i64,
    account: usize,
    centre: usize,
    reclaim: i64,
    card: u8,
    personal: bool,
}

fn part() -> impl Strategy<Value = Part> {
    (0..4usize, -100_000i64..100_000, 0..6usize, 0..5usize, 0..10i64, 0..3u8, prop::bool::weighted(0.1))
        .prop_map(|(counter, cents, account, centre, reclaim, card, personal)| Part {
            counter,
            cents,
            account,
            centre,
            reclaim,
            card,
            personal,
        })
}

fn document(parts: &[Part], employee: &str, advance: i64) -> Document {
    let expenses = parts.iter().enumerate().map(|(n, p)| {
        let other = ["EMPL", "CBCP", "IBCP", "COPD"][p.counter];
        let pair = if p.cents < 0 { (other, "COMP") } else { ("COMP", other) };
        let code = ["6030", "5020", "", "6340", "2130", "1010"][p.account];
        let centre = ["CC100", "CC200", "CC450", "UK210", ""][p.centre];
        let gross = Decimal::new(p.cents, 2);
        let mut e = expense(&n.to_string(), code, pair, &gross.to_string());
        e.allocations = vec![allocation(code, centre, "", pair, &gross.to_string())];
        e.personal = p.personal && p.counter == 1 && p.cents > 0;
        if e.personal {
            e.allocations[0].journals.push(journal(code, ("EMPL", "COMP"), &(-gross).to_string()));
        } else if p.reclaim > 0 {
            e.allocations[0].taxes = vec![Tax {
                id: String::new(),
                code: ["DE-7", "PT-6", "IE-23"][usize::from(p.card)].into(),
                reclaim_code: "R".into(),
                authority: String::new(),
                country: String::new(),
                amount: gross * Decimal::new(p.reclaim, 2),
                reclaim: (gross * Decimal::new(p.reclaim, 2)).round_dp(2),
            }];
        }
        e.card =
            Some(CardFacts { transaction: format!("CT-{}", p.card), programme: String::new(), charge: None });
        e
    });
    let mut doc = report(employee, expenses.collect());
    if advance > 0 {
        doc.advances = vec![AdvanceApplication { id: "CA-old".into(), amount: Decimal::new(-advance, 2) }];
    }
    doc
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn everything_balances(
        parts in prop::collection::vec(part(), 0..9),
        employee in prop::sample::select(vec!["E1001", "E1006", "E1008", "E1009", "E1010"]),
        advance in prop_oneof![Just(0i64), 1i64..50_000],
    ) {
        let firm = firm();
        let doc = document(&parts, employee, advance);
        let got = firm.derive(&doc);
        prop_assert!(got.set.entries.iter().all(Entry::balanced));
        prop_assert!(got.set.entries.iter().all(|e| e.lines.iter().all(|l| l.amount > Decimal::ZERO)));
        prop_assert_eq!(checks::stemming(&got.set), doc.approved());
        prop_assert_eq!(got.approved.amount, doc.approved());
        prop_assert!(!codes(&got).contains(&"total_mismatch"));
        prop_assert!(!codes(&got).contains(&"unbalanced"));
        let again = firm.derive(&doc);
        prop_assert_eq!(&again, &got);
        // no two records share a slot or a reference
        let mut slots: Vec<String> = got.set.entries.iter().map(|e| e.slot.to_string()).collect();
        let mut references: Vec<&str> = got.set.entries.iter().map(|e| e.reference.as_str()).collect();
        slots.sort();
        slots.dedup();
        references.sort_unstable();
        references.dedup();
        prop_assert_eq!((slots.len(), references.len()), (got.set.entries.len(), got.set.entries.len()));
        // the effect of the set is zero, by account and by group
        let by_account: Decimal = effect(&[&got.set]).iter().flat_map(|(_, a)| a).map(|a| a.debit - a.credit).sum();
        prop_assert_eq!(by_account, Decimal::ZERO);
        let by_group: Decimal = effect_groups(&[&got.set], &firm.book.settings)
            .iter()
            .map(|g| g.amounts.values().sum::<Decimal>() * if g.kind.side() == Side::Debit { Decimal::ONE } else { Decimal::NEGATIVE_ONE })
            .sum();
        prop_assert_eq!(by_group, Decimal::ZERO);
    }
}
