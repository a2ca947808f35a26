//! Reversals and accruals: the opposite of what was posted, to the cent, under references of their own.

use std::collections::BTreeMap;

use super::documents::*;
use super::firm::*;
use crate::mapping::{Correcting, Derivation, correct, renamed};
use crate::model::DocumentKind;
use crate::model::correction::{AccrualLine, Correction, Origin, PostedEntry};
use crate::model::entry::{Dimensions, Entry, EntryKind, LineRole, Side, Slot};
use crate::model::finding::FindingCode;
use crate::model::ids::{BookId, DocumentId};
use crate::model::money::Currency;
use crate::model::reference::Reference;
use crate::model::state::State;

fn origin(number: &str) -> Origin {
    Origin {
        document: DocumentId(ulid::Ulid::nil()),
        kind: DocumentKind::ExpenseReport,
        source_id: "fis-1".into(),
        family: "report-1".into(),
        number: number.into(),
        title: "Merrow Health rollout".into(),
        payee_code: "E1001".into(),
        payee: "Okafor, Amara".into(),
        payee_is_employee: true,
        currency: Currency::USD,
        approved: d("1290.15"),
    }
}

fn posted(entry: &Entry, settled: bool) -> PostedEntry {
    PostedEntry { entry: entry.clone(), remote_id: "151".into(), number: entry.number.clone(), settled }
}

fn reversal(firm: &Firm, records: Vec<PostedEntry>) -> Derivation {
    let correction = Correction::Reversal {
        of: origin("B4Q7TN"),
        records,
        on: None,
        attempt: 1,
        reason: "wrong client".into(),
    };
    run(firm, &correction)
}

fn run(firm: &Firm, correction: &Correction) -> Derivation {
    correct(&Correcting {
        correction,
        book: &firm.book,
        facts: &firm.facts,
        identity: &firm.identity,
        used: &std::collections::BTreeSet::new(),
        now: now(),
    })
}

/// Σ by account, debit positive.
fn sums(entries: &[Entry]) -> BTreeMap<String, rust_decimal::Decimal> {
    let mut out = BTreeMap::new();
    for l in entries.iter().flat_map(|e| &e.lines) {
        *out.entry(l.account.id.clone()).or_default() += l.signed();
    }
    out
}

#[test]
fn a_reversed_set_cancels_account_by_account() {
    let firm = firm();
    let before = firm.derive(&sample("D13"));
    let records = before.set.entries.iter().map(|e| posted(e, false)).collect();
    let got = reversal(&firm, records);
    assert!(got.findings.is_empty(), "{:?}", got.findings);
    assert_eq!(got.state, State::Ready);
    let mut all = before.set.entries.clone();
    all.extend(got.set.entries.clone());
    assert!(sums(&all).values().all(rust_decimal::Decimal::is_zero), "{:?}", sums(&all));
    let slots: Vec<String> = got.set.entries.iter().map(|e| e.slot.to_string()).collect();
    assert_eq!(slots, ["reversal:bill", "reversal:card:CT-9101", "reversal:card:CT-9102"]);
    for (old, new) in before.set.entries.iter().zip(&got.set.entries) {
        assert!(new.balanced());
        assert_ne!(old.reference, new.reference);
        assert_eq!(Reference::in_memo(&new.memo), Some(new.reference.clone()));
        assert!(new.memo.starts_with(&format!("reverses {}: B4Q7TN", old.number)), "{}", new.memo);
        assert_eq!(new.memo.matches("tieout:").count(), 1);
        assert_eq!(
            (new.date, new.currency, &new.offset_account),
            (old.date, old.currency, &old.offset_account)
        );
    }
    let kinds: Vec<EntryKind> = got.set.entries.iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [EntryKind::VendorCredit, EntryKind::CardRefund, EntryKind::CardRefund]);
    assert_eq!(got.summary.number, "B4Q7TN-REV");
    assert_eq!(got.approved.amount, d("-1290.15"));
}

#[test]
fn what_was_paid_is_corrected_by_a_journal_with_the_vendor_on_its_payable() {
    let firm = firm();
    let before = firm.derive(&sample("D14"));
    let got = reversal(&firm, vec![posted(&before.set.entries[0], true)]);
    let entry = &got.set.entries[0];
    assert_eq!((entry.kind, entry.slot.clone()), (EntryKind::Journal, Slot::Reversal));
    assert!(entry.party.is_none() && entry.offset_account.is_none());
    let payable = entry.lines.iter().find(|l| l.role == LineRole::Payable).unwrap();
    assert_eq!(payable.side, Side::Debit);
    assert_eq!(payable.party, before.set.entries[0].party);
    assert_eq!(entry.lines.iter().filter(|l| l.role == LineRole::Payable).count(), 1);
}

#[test]
fn a_closed_period_moves_the_reversal_to_the_first_open_day_and_says_both() {
    let mut firm = firm();
    let before = firm.derive(&sample("D14"));
    firm.book.settings.lock_date = Some("2026-10-31".parse().unwrap());
    let got = reversal(&firm, vec![posted(&before.set.entries[0], false)]);
    assert_eq!(got.set.entries[0].date.to_string(), "2026-11-01");
    assert_eq!(got.original_date.unwrap().to_string(), "2026-10-26");
    assert_eq!(codes(&got), ["date_moved"]);
    // never earlier than the original, whatever a person asks
    let correction = Correction::Reversal {
        of: origin("X"),
        records: vec![posted(&before.set.entries[0], false)],
        on: Some("2026-10-02".parse().unwrap()),
        attempt: 1,
        reason: "r".into(),
    };
    firm.book.settings.lock_date = None;
    assert_eq!(run(&firm, &correction).set.entries[0].date.to_string(), "2026-10-26");
}

#[test]
fn an_account_that_became_inactive_blocks_the_reversal() {
    let mut firm = firm();
    let before = firm.derive(&sample("D14"));
    let id = before.set.entries[0].lines[0].account.id.clone();
    for a in &mut firm.facts.accounts {
        if a.id == id {
            a.active = false;
        }
    }
    let got = reversal(&firm, vec![posted(&before.set.entries[0], false)]);
    assert_eq!(got.state, State::Blocked);
    assert!(got.findings.iter().any(|f| f.code == FindingCode::AccountInactive));
}

#[test]
fn an_accrual_and_its_reversal_cancel_on_the_next_day() {
    let firm = firm();
    let line = |n: &str, amount: &str| AccrualLine {
        account: account(n),
        dimensions: Dimensions::default(),
        amount: d(amount),
        text: "K8CN1X".into(),
    };
    let correction = Correction::Accrual {
        book: BookId::from("fq-us"),
        period: "2026-10".into(),
        last: "2026-10-31".parse().unwrap(),
        currency: Currency::USD,
        account: account("2200"),
        lines: vec![line("6210", "159.00"), line("6330", "-20.00"), line("6110", "0")],
        attempt: 1,
    };
    let got = run(&firm, &correction);
    assert_eq!(got.findings, []);
    let [first, second] = got.set.entries.as_slice() else { panic!("{:?}", got.set) };
    assert_eq!((first.date.to_string(), second.date.to_string()), ("2026-10-31".into(), "2026-11-01".into()));
    assert_eq!(
        (first.slot.to_string(), second.slot.to_string()),
        ("accrual:2026-10".into(), "accrual:2026-10-reversal".into())
    );
    assert!(first.balanced() && second.balanced());
    assert_eq!(first.debits(), d("159.00"));
    assert_eq!(sums(std::slice::from_ref(first))[&account("2200").id], d("-139.00"));
    assert!(sums(&got.set.entries).values().all(rust_decimal::Decimal::is_zero));
    assert_ne!(first.reference, second.reference);
}

#[test]
fn a_repost_has_slots_and_references_of_its_own() {
    let firm = firm();
    let before = firm.derive(&sample("D13"));
    let correction =
        Correction::Repost { of: origin("B4Q7TN"), n: 1, revision: "r".into(), reason: "project".into() };
    let inputs = Correcting {
        correction: &correction,
        book: &firm.book,
        facts: &firm.facts,
        identity: &firm.identity,
        used: &std::collections::BTreeSet::new(),
        now: now(),
    };
    let got = renamed(&inputs, before.clone());
    let slots: Vec<String> = got.set.entries.iter().map(|e| e.slot.to_string()).collect();
    assert_eq!(slots, ["repost:1", "repost:2", "repost:3"]);
    for (old, new) in before.set.entries.iter().zip(&got.set.entries) {
        assert_ne!(old.reference, new.reference);
        assert_eq!(new.number, new.reference.to_string());
        assert_eq!(Reference::in_memo(&new.memo), Some(new.reference.clone()));
        assert_eq!(old.lines, new.lines);
    }
    assert_eq!(got.summary.number, "B4Q7TN-RE1");
}
