//! The expense reports of the sample firm: expected entries, findings and states, and the figures of the whole.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::documents::*;
use super::firm::*;
use crate::mapping::{EffectKind, checks, effect, effect_groups};
use crate::model::canonical::digest;
use crate::model::entry::{EntryKind, LineRole, Side};
use crate::model::money::Currency;
use crate::model::state::State;

#[test]
fn every_report_becomes_what_the_tables_expect() {
    let firm = firm();
    let mut wrong = Vec::new();
    for case in cases() {
        let got = firm.derive(&case.document);
        let mut findings: Vec<String> = case.findings.clone();
        let mut codes: Vec<String> = codes(&got).into_iter().map(Into::into).collect();
        findings.sort();
        codes.sort();
        if shown(&got) != case.entries || codes != findings || got.state.name() != case.state {
            wrong.push(format!("{}: {:?} {codes:?} {}", case.id, shown(&got), got.state));
        }
        assert!(got.set.entries.iter().all(crate::model::entry::Entry::balanced), "{}", case.id);
        if !got.set.entries.is_empty() {
            assert_eq!(checks::stemming(&got.set), got.approved.amount, "{}", case.id);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_figures_of_the_whole_hold() {
    let firm = firm();
    let history = ["D01", "D02", "D03", "D04", "D07", "D09", "D11", "D12"];
    let mut ready: BTreeMap<Currency, Decimal> = BTreeMap::new();
    let mut clean: BTreeMap<Currency, Decimal> = BTreeMap::new();
    let (mut count, mut clean_count, mut records) = (0, 0, 0);
    for case in cases().into_iter().filter(|c| !history.contains(&c.id.as_str())) {
        let got = firm.derive(&case.document);
        if got.state != State::Ready {
            continue;
        }
        count += 1;
        *ready.entry(got.approved.currency).or_default() += got.approved.amount;
        if got.findings.is_empty() {
            clean_count += 1;
            records += got.set.entries.len();
            *clean.entry(got.approved.currency).or_default() += got.approved.amount;
        }
    }
    assert_eq!((count, clean_count, records), (20, 14, 19));
    assert_eq!((ready[&Currency::USD], ready[&Currency::EUR]), (d("8810.36"), d("703.50")));
    assert_eq!((clean[&Currency::USD], clean[&Currency::EUR]), (d("8287.35"), d("543.00")));
}

#[test]
fn the_effect_of_the_history_is_the_one_of_the_tables() {
    let firm = firm();
    let sets: Vec<_> = ["D01", "D02", "D03", "D04", "D07", "D09", "D11", "D12"]
        .iter()
        .map(|id| firm.derive(&sample(id)).set)
        .collect();
    let refs: Vec<_> = sets.iter().collect();
    let all = effect(&refs);
    let net = |currency: Currency, number: &str| {
        let (_, accounts) = all.iter().find(|(c, _)| *c == currency).unwrap();
        let a = accounts.iter().find(|a| a.account.name.starts_with(number)).unwrap();
        a.debit - a.credit
    };
    for (number, want) in [
        ("2010", "-889.85"),
        ("2110", "-586.95"),
        ("2130", "-742.80"),
        ("2140", "-386.45"),
        ("5010", "742.80"),
        ("5020", "711.05"),
        ("5030", "126.40"),
        ("5040", "116.10"),
        ("6020", "318.75"),
        ("6030", "218.75"),
        ("6210", "59.00"),
        ("6420", "45.00"),
    ] {
        assert_eq!(net(Currency::USD, number), d(want), "{number}");
    }
    assert_eq!(net(Currency::EUR, "1310"), d("46.00"));
    assert_eq!(net(Currency::EUR, "6530"), d("200.00"));
    assert_eq!(net(Currency::EUR, "2015"), d("-264.30"));

    let groups = effect_groups(&refs, &firm.book.settings);
    let amount = |k| groups.iter().find(|g| g.kind == k).and_then(|g| g.amounts.get(&Currency::USD)).copied();
    assert_eq!(amount(EffectKind::PayableEmployees), Some(d("889.85")));
    assert_eq!(amount(EffectKind::ConcurPays), Some(d("386.45")));
    assert_eq!(amount(EffectKind::CardAndClearing), Some(d("1329.75")));
    let sum: Decimal = groups
        .iter()
        .map(|g| g.amounts[&Currency::USD] * if g.kind.side() == Side::Debit { d("1") } else { d("-1") })
        .sum();
    assert_eq!(sum, Decimal::ZERO);
}

#[test]
fn the_mixed_report_reads_like_its_screen() {
    let got = firm().derive(&sample("D13"));
    let [bill, first, second] = got.set.entries.as_slice() else { panic!("{:?}", shown(&got)) };
    assert_eq!(
        (bill.date.to_string(), bill.due.unwrap().to_string()),
        ("2026-10-28".into(), "2026-11-04".into())
    );
    assert_eq!(bill.party.as_ref().unwrap().name, "Okafor, Amara");
    assert_eq!(bill.location.as_ref().unwrap().name, "Boston");
    assert_eq!(bill.memo, format!("B4Q7TN Okafor, Merrow Health rollout, Denver · tieout:{}", bill.number));
    assert_eq!(bill.number, bill.reference.as_str());
    let line = &first.lines[1];
    assert_eq!(line.amount, d("249.76"));
    assert_eq!(line.text, "2026-10-20 Air fare BOS-DEN, CT-9101");
    assert!(line.billable && line.dimensions.department.is_none());
    let why: Vec<String> = line.why.iter().map(|w| format!("{}: {}", w.what, w.because)).collect();
    assert_eq!(
        why,
        [
            "account: 5010: Concur sent 5010, exact",
            "class: rule 2: CC200 → 200 Operations",
            "project: rule 10: P2602 → Merrow Health:Rollout",
            "location: rule 14: Boston → Boston",
        ]
    );
    assert_eq!((first.date.to_string(), second.date.to_string()), ("2026-10-20".into(), "2026-10-22".into()));
    assert_eq!(first.party.as_ref().unwrap().name, "Card merchants");
    let offset = first.lines.last().unwrap();
    assert_eq!((offset.role, offset.side, offset.amount), (LineRole::Card, Side::Credit, d("624.40")));
    assert!(offset.dimensions.class.is_none());
    assert!(first.why.iter().any(|w| w.because == "CBCP → 2110 Corporate Visa, policy card_account"));
    assert!(bill.why.iter().any(|w| w.because == "EMPL → 2010 Employee Payables USD, who pays: ledger"));
    assert!(bill.why.iter().any(|w| w.because == "none: home currency"));
    assert!(got.checks.iter().all(|c| c.ok), "{:?}", got.checks);
    let s = &got.summary;
    assert_eq!((s.will_post.as_str(), s.receipts, s.who_pays.as_str()), ("bill + 2 card", (4, 4), "ledger"));
    assert_eq!(s.cost_centres, ["CC100", "CC200"]);
}

#[test]
fn tax_is_claimed_apart_and_what_is_not_claimed_stays_in_cost() {
    let firm = firm();
    let two_rates = firm.derive(&sample("D19"));
    let lines = &two_rates.set.entries[0].lines;
    let tax: Vec<_> = lines.iter().filter(|l| l.role == LineRole::Tax).collect();
    assert_eq!(tax.len(), 1);
    assert_eq!((tax[0].amount, tax[0].text.as_str()), (d("26.50"), "Recoverable tax DE-7/R, DE-19/R"));
    assert!(tax[0].dimensions.class.is_none());
    assert_eq!(lines[0].amount, d("200.00"));
    let kept = firm.derive(&sample("D20"));
    assert_eq!(kept.set.entries[0].lines[0].amount, d("184.50"));
    assert!(kept.set.entries[0].lines.iter().all(|l| l.role != LineRole::Tax));
    let unknown = firm.derive(&sample("D47"));
    assert!(
        unknown.set.entries[0].lines.iter().any(|l| l.account.name == "? PT-6/R" && l.amount == d("7.20"))
    );
}

#[test]
fn what_concur_or_payroll_pays_is_never_payable_by_us() {
    let firm = firm();
    for (id, account, by_concur) in
        [("D12", "2140", "386.45"), ("D21", "2140", "585.55"), ("D58", "2150", "0")]
    {
        let got = firm.derive(&sample(id));
        let entry = &got.set.entries[0];
        assert_eq!(entry.kind, EntryKind::Journal);
        assert!(entry.party.is_none() && entry.due.is_none());
        assert!(entry.lines.last().unwrap().account.name.starts_with(account));
        // journals have the location on each line
        assert!(entry.location.is_none() && entry.lines.iter().all(|l| l.dimensions.department.is_some()));
        assert_eq!(got.summary.concur_pays, d(by_concur), "{id}");
    }
}

#[test]
fn personal_spend_is_due_from_the_employee() {
    let got = firm().derive(&sample("D27"));
    let entry = &got.set.entries[0];
    assert_eq!(entry.date.to_string(), "2026-10-23");
    let personal = &entry.lines[1];
    assert_eq!((personal.role, personal.amount), (LineRole::Receivable, d("300.00")));
    assert!(personal.account.name.starts_with("1260") && personal.dimensions.class.is_none());
    assert_eq!(got.approved.amount, d("700.00"));
    assert_eq!(got.summary.who_pays, "nobody");
}

#[test]
fn blocked_documents_show_what_they_lack_and_still_balance() {
    let firm = firm();
    let missing = firm.derive(&sample("D46"));
    assert_eq!(missing.set.entries[0].lines[0].account.name, "? LABOR");
    assert!(missing.set.balanced());
    let clash = firm.derive(&sample("D43"));
    assert!(clash.findings.iter().any(|f| f.sentence.contains("Iris Tan (E1010)")), "{:?}", clash.findings);
    assert_eq!(clash.summary.payee, "Tan, Iris");
    let adopt = firm.derive(&sample("D39"));
    assert_eq!(adopt.summary.will_post, "adopt");
    assert_eq!(adopt.findings[0].brief, "in ledger: OKAFOR OCT");
    let test = firm.derive(&sample("D55"));
    assert_eq!((test.summary.will_post.as_str(), test.approved.amount), ("nothing", d("10.00")));
    let held = firm.derive(&sample("D51"));
    assert_eq!(held.posting_date.unwrap().to_string(), "2026-09-30");
    assert_eq!(held.findings[0].brief, "closed through 09-30");
    let centre = firm.derive(&sample("D40"));
    assert_eq!(centre.findings[0].brief, "CC450 has no class");
}

#[test]
fn foreign_spend_stands_in_the_text_only() {
    let got = firm().derive(&sample("D36"));
    assert_eq!(got.set.entries[0].lines[0].text, "2026-07-14 Hotel, London, GBP 212.40 at 1.31502");
    assert!(got.findings[0].brief.contains("108 days"));
}

#[test]
fn the_same_inputs_give_the_same_digest() {
    let firm = firm();
    for case in cases() {
        let (a, b) = (firm.derive(&case.document), firm.derive(&case.document));
        assert_eq!(a, b);
        assert_eq!(digest(&a.set, "qbo:realm-1").unwrap(), digest(&b.set, "qbo:realm-1").unwrap());
    }
}
