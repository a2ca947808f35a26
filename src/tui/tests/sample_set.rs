//! The expense report of the plan's document screen, as the source has it and as its entry set.

use std::collections::BTreeMap;

use crate::model::document::*;
use crate::model::entry::*;
use crate::model::money::Currency;
use crate::model::reference::{Reference, ReferenceParts};

use crate::model::intent::IntentState;
use crate::store::Intent;
use crate::tui::msg::Sheet;

use super::sample::{at, date};

pub fn named(id: &str, name: &str) -> Named {
    Named::new(id, name)
}

struct L(&'static str, &'static str, &'static str, &'static str, Option<(usize, usize)>);

fn entry(slot: Slot, kind: EntryKind, day: &str, due: Option<&str>, offset: &str, lines: &[L]) -> Entry {
    let reference = Reference::of(&ReferenceParts {
        source_system: "concur",
        source_company: "c",
        kind: "expense_report",
        source_id: "b4",
        target_system: "quickbooks_online",
        target_company: "q",
        slot: &slot,
        draw: 0,
    });
    let line = |l: &L| Line {
        role: if l.4.is_some() { LineRole::Cost } else { LineRole::Payable },
        side: if l.4.is_some() { Side::Debit } else { Side::Credit },
        account: named(l.0, l.1),
        amount: l.3.parse().unwrap(),
        dimensions: Dimensions {
            class: (!l.2.is_empty()).then(|| named(l.2, l.2)),
            department: None,
            customer: l.4.map(|_| named("c1", "Merrow Health:Rollout")),
        },
        billable: l.4.is_some(),
        tax_code: None,
        party: None,
        text: "B4Q7TN Okafor: Air fare BOS-DEN".into(),
        source: l.4.map(|(expense, allocation)| LineSource { expense, allocation, journal: 0 }),
        why: if l.4.is_some() {
            let w =
                |what: &str, because: &str| Why { what: what.into(), because: because.into(), rule: None };
            vec![
                w("account", "5010: Concur sent 5010, exact"),
                w("class", "rule 12: CC200 → 200 Operations"),
                w("project", "rule 31: P2602 → Merrow Health"),
                w("memo", "B4Q7TN Okafor: Air fare BOS-DEN"),
            ]
        } else {
            vec![]
        },
    };
    Entry {
        slot,
        kind,
        date: date(day),
        due: due.map(date),
        currency: Currency::USD,
        rate: None,
        party: Some(if kind == EntryKind::Bill {
            named("56", "Okafor, Amara")
        } else {
            named("9", "Card merchants")
        }),
        offset_account: Some(named(offset, offset)),
        location: Some(named("b", "Boston")),
        number: reference.to_string(),
        memo: reference.marker(),
        reference,
        lines: lines.iter().map(line).collect(),
        taxes: vec![],
        why: vec![Why {
            what: "offset".into(),
            because: "CBCP → 2110, policy card_account".into(),
            rule: None,
        }],
    }
}

pub fn set() -> EntrySet {
    let (s, o) = ("100 Strategy", "200 Operations");
    let visa = ("2110", "2110 Corporate Visa");
    EntrySet {
        entries: vec![
            entry(
                Slot::Bill,
                EntryKind::Bill,
                "2026-10-28",
                Some("2026-11-04"),
                "2010",
                &[
                    L("1", "5040 Client Meals", s, "86.25", Some((1, 0))),
                    L("2", "5030 Client Ground Travel", s, "20.75", Some((3, 0))),
                    L("2", "5030 Client Ground Travel", o, "20.75", Some((3, 1))),
                    L("3", "2010 Employee Payables USD", "", "127.75", None),
                ],
            ),
            entry(
                Slot::Card("CT-9101".into()),
                EntryKind::CardPurchase,
                "2026-10-20",
                None,
                "2110",
                &[
                    L("4", "5010 Client Airfare", s, "374.64", Some((0, 0))),
                    L("4", "5010 Client Airfare", o, "249.76", Some((0, 1))),
                    L(visa.0, visa.1, "", "624.40", None),
                ],
            ),
            entry(
                Slot::Card("CT-9102".into()),
                EntryKind::CardPurchase,
                "2026-10-22",
                None,
                "2110",
                &[
                    L("5", "5020 Client Lodging", s, "538.00", Some((2, 0))),
                    L(visa.0, visa.1, "", "538.00", None),
                ],
            ),
        ],
    }
}

pub fn document() -> Document {
    let coded = |c: &str| Coded { code: c.into(), value: String::new() };
    let allocation = |percent: &str, cc: &str, amount: &str, payee: &Party| Allocation {
        id: cc.into(),
        percentage: percent.parse().ok(),
        fields: [("custom1".to_string(), coded(cc)), ("custom2".to_string(), coded("P2602"))].into(),
        journals: vec![Journal {
            account_code: "5010".into(),
            payer: Party::Comp,
            payee: payee.clone(),
            gross: amount.parse().unwrap(),
            taxes: vec![],
        }],
        taxes: vec![],
    };
    type Shares = &'static [(&'static str, &'static str, &'static str)];
    let expense =
        |day: &str, kind: &str, text: &str, party: Party, card: &str, amount: &str, shares: Shares| Expense {
            id: text.into(),
            type_code: kind.into(),
            type_name: String::new(),
            date: day.parse().ok(),
            description: text.into(),
            merchant: String::new(),
            place: String::new(),
            spend: None,
            rate: None,
            approved: amount.parse().ok(),
            personal: false,
            billable: true,
            receipt_type: "R".into(),
            receipt: None,
            payment_type: String::new(),
            clearing_account: None,
            liability_account: None,
            offset: false,
            card: (!card.is_empty()).then(|| CardFacts {
                transaction: card.into(),
                programme: String::new(),
                charge: None,
            }),
            fields: BTreeMap::new(),
            allocations: shares.iter().map(|(p, cc, a)| allocation(p, cc, a, &party)).collect(),
        };
    Document {
        kind: DocumentKind::ExpenseReport,
        source_id: "b4".into(),
        family: "B4Q7TN".into(),
        number: "B4Q7TN".into(),
        title: "Merrow Health rollout, Denver".into(),
        ledger_code: "US".into(),
        policy: "p".into(),
        revision_number: 1,
        is_test: false,
        currency: Currency::USD,
        stated_total: "1290.15".parse().ok(),
        payee: Payee {
            employee: true,
            code: "E1001".into(),
            name: "Okafor, Amara".into(),
            spoken_name: "Amara Okafor".into(),
            email: None,
        },
        pay_method: "APCHECK".into(),
        payroll: false,
        payroll_clearing_account: None,
        submitted_at: Some(at("2026-10-26T21:20:00Z")),
        processed_at: Some(at("2026-10-28T15:00:00Z")),
        report_date: None,
        invoice_date: None,
        due_date: None,
        posting_date: None,
        approver: Some("E1008".into()),
        fields: BTreeMap::new(),
        expenses: vec![
            expense(
                "2026-10-20",
                "AIR",
                "Air fare BOS-DEN",
                Party::Cbcp,
                "CT-9101",
                "624.40",
                &[("60", "CC100", "374.64"), ("40", "CC200", "249.76")],
            ),
            expense(
                "2026-10-21",
                "MEA",
                "Dinner with client",
                Party::Empl,
                "",
                "86.25",
                &[("100", "CC100", "86.25")],
            ),
            expense(
                "2026-10-22",
                "LOD",
                "Hotel, Denver, 2 nights",
                Party::Cbcp,
                "CT-9102",
                "538.00",
                &[("100", "CC100", "538.00")],
            ),
            expense(
                "2026-10-22",
                "TAX",
                "Taxi to airport",
                Party::Empl,
                "",
                "41.50",
                &[("50", "CC100", "20.75"), ("50", "CC200", "20.75")],
            ),
        ],
        advances: vec![],
        advance_returned: "0".parse().unwrap(),
        purchase_order: None,
    }
}

/// Intents of a set that is in the ledger: each under its reference, the second linked to what was there.
pub fn posted(sheet: &Sheet) -> Vec<Intent> {
    let set = &sheet.card.derived.as_ref().unwrap().set;
    let intent = |(i, e): (usize, &Entry)| Intent {
        id: i as i64,
        document: sheet.card.row.id,
        ledger: "qbo-us".into(),
        slot: e.slot.clone(),
        kind: e.kind,
        reference: e.reference.clone(),
        generation: 1,
        request_key: String::new(),
        item_key: String::new(),
        lookup: serde_json::Value::Null,
        payload_hash: String::new(),
        state: IntentState::Done,
        remote_id: format!("{}", 140 + i),
        number: if i == 1 { "CP 88".into() } else { e.reference.to_string() },
        sent_at: None,
        negatives: 0,
        negative_at: None,
        doubted: false,
        lost: false,
        replay: false,
        adopted: i == 1,
        detail: String::new(),
        date: e.date,
    };
    set.entries.iter().enumerate().map(intent).collect()
}

/// The set as a person approved it.
pub fn approval(set: EntrySet) -> crate::store::Approval {
    crate::store::Approval {
        id: 1,
        document: super::sample::id(11),
        revision: "r1".into(),
        set,
        digest: String::new(),
        by: "Maya Wells".into(),
        at: super::sample::now(),
    }
}
