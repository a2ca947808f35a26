//! What must never be signed, and what must never be called checked.

use super::data::{documents, held, inputs};
use crate::model::intent::IntentState;
use crate::model::money::Currency;
use crate::model::state::State;
use crate::tieout::*;

fn categories(r: &Report) -> Vec<Category> {
    r.bridge.items.iter().map(|i| i.category).collect()
}

#[test]
fn a_marked_record_that_nobody_made_is_unknown_and_forbids_signing() {
    let mut i = inputs();
    let held = i.held.as_mut().unwrap();
    let mut extra = held.records[0].clone();
    (extra.id, extra.marker) = ("9999".into(), Some("TOZZZZZZZZZ".into()));
    held.records.push(extra);
    let r = report(&i);
    assert_eq!(r.bridge.at(BridgeLine::UnknownInLedger, Currency::USD).total(), 51_500);
    assert!(r.bridge.explained() && categories(&r).contains(&Category::UnknownInLedger));
    assert_eq!(r.forbids().len(), 1, "{:?}", r.forbids());
    // the same marker twice: it names the document that was posted a second time
    let held = i.held.as_mut().unwrap();
    held.records.last_mut().unwrap().marker = held.records[0].marker.clone();
    let r = report(&i);
    let item = r.bridge.items.iter().find(|x| x.category == Category::UnknownInLedger).unwrap();
    assert!(item.document == "D01" && item.what.contains("second record"), "{item:?}");
}

#[test]
fn a_deleted_record_is_named_and_the_bridge_adds_up() {
    let mut i = inputs();
    let held = i.held.as_mut().unwrap();
    let gone = held.records.remove(0);
    held.gone.push((gone.kind, gone.id.clone(), "2026-11-03T10:00:00Z".parse().ok()));
    let r = report(&i);
    let item = r.bridge.items.iter().find(|x| x.category == Category::DeletedInLedger).unwrap();
    assert_eq!(
        (item.number.as_str(), item.minor, item.when.as_str()),
        ("Q4A7RM", -51_500, "2026-11-03T10:00:00Z")
    );
    assert!(r.bridge.explained() && r.forbids().is_empty());
}

#[test]
fn an_edit_that_moves_cost_between_accounts_is_an_item_without_an_amount() {
    let mut i = inputs();
    let held = i.held.as_mut().unwrap();
    let other = crate::model::entry::Named::new("6999", "6999 Other");
    held.records[0].lines[0].account = other;
    let r = report(&i);
    let item = r
        .bridge
        .items
        .iter()
        .find(|x| x.number == "Q4A7RM" && x.category == Category::EditedInLedger)
        .unwrap();
    assert_eq!((item.minor, item.field.as_str(), item.after.as_str()), (0, "line 1 account", "6999 Other"));
    assert!(r.bridge.explained());
    let cut = r.by_cost_centre.iter().find(|c| c.account == "6999 Other").unwrap();
    assert_eq!((cut.store, cut.ledger), (0, 51_500));
}

#[test]
fn what_is_in_doubt_forbids_signing_whether_the_ledger_has_it_or_not() {
    for there in [false, true] {
        let mut i = inputs();
        let d = i.documents.iter_mut().find(|d| d.id == "D16").unwrap();
        d.state = State::Ambiguous;
        let s = &mut d.slots[0];
        s.state = IntentState::InDoubt;
        let id = std::mem::take(&mut s.remote_id);
        if !there {
            i.held.as_mut().unwrap().records.retain(|r| r.id != id);
        }
        let r = report(&i);
        assert!(r.bridge.explained(), "there: {there}: {:?}", r.bridge.rows);
        assert!(categories(&r).contains(&Category::InDoubt), "there: {there}");
        assert_eq!(r.forbids().len(), 1);
    }
}

#[test]
fn an_amount_that_nobody_explains_is_said_and_forbids_signing() {
    let mut i = inputs();
    // the frozen entry does not carry what Concur approved
    i.documents.iter_mut().find(|d| d.id == "D16").unwrap().minor += 900;
    let r = report(&i);
    assert_eq!(r.bridge.at(BridgeLine::Unexplained, Currency::USD).reports, -900);
    assert!(!r.bridge.explained() && r.checked.text == "not explained");
    assert!(categories(&r).contains(&Category::Unexplained) && !r.forbids().is_empty());
}

#[test]
fn a_side_that_was_not_read_after_the_last_change_is_not_checked() {
    let mut i = inputs();
    i.changed_at = "2026-11-04T16:39:30Z".parse().ok();
    let r = report(&i);
    assert!(!r.checked.ok && r.checked.text.starts_with("not checked: a document changed"));
    let mut i = inputs();
    i.held = Err("offline".into());
    let r = report(&i);
    assert!(
        !r.bridge.compared
            && !r.checked.ok
            && r.bridge.rows.iter().all(|x| x.line != BridgeLine::Unexplained)
    );
    assert_eq!(r.forbids(), ["not checked: the ledger was not read (offline)"]);
}

#[test]
fn figures_of_a_ledger_that_is_away_are_as_of_then_and_signed_by_nobody() {
    let mut i = inputs();
    i.stale = Some("06:10: QuickBooks last came 3 h ago".into());
    let r = report(&i);
    assert!(r.bridge.compared && r.bridge.explained(), "the figures are those of then");
    assert_eq!(r.checked.text, "not checked since 06:10: QuickBooks last came 3 h ago");
    assert_eq!(r.forbids(), ["not checked since 06:10: QuickBooks last came 3 h ago"]);
    assert_eq!(r.checked.ledger_read, i.ledger_read);
}

#[test]
fn timing_goes_to_its_own_lines() {
    let mut i = inputs();
    // D16 moved to November; one card purchase of D17 is dated in September
    let d = i.documents.iter_mut().find(|d| d.id == "D16").unwrap();
    (d.posting, d.slots[0].date) = ("2026-11-01".parse().unwrap(), "2026-11-01".parse().unwrap());
    let id = d.slots[0].remote_id.clone();
    let d = i.documents.iter_mut().find(|d| d.id == "D17").unwrap();
    d.slots[1].date = "2026-09-29".parse().unwrap();
    let other = d.slots[1].remote_id.clone();
    let held = i.held.as_mut().unwrap();
    for r in &mut held.records {
        if r.id == id {
            r.date = "2026-11-01".parse().unwrap();
        } else if r.id == other {
            r.date = "2026-09-29".parse().unwrap();
        }
    }
    let r = report(&i);
    let later = r.bridge.at(BridgeLine::LaterPeriod, Currency::USD);
    assert_eq!((later.n, later.reports), (1, -11_875));
    assert_eq!(r.bridge.at(BridgeLine::DateSplit, Currency::USD).reports, -42_180);
    assert_eq!(r.bridge.at(BridgeLine::Expected, Currency::USD).n, 36);
    assert!(r.bridge.explained());
}

#[test]
fn a_missing_and_a_surplus_document_are_named() {
    let mut i = inputs();
    let listing = i.listing.as_mut().unwrap();
    listing.0.retain(|l| l.family != "D16");
    listing.0[0].family = "unheard of".into();
    let r = report(&i);
    let row = &r.completeness.rows[0];
    assert!(row.surplus.iter().any(|n| n == "Q4A7RM") && row.surplus.iter().any(|n| n == "J7LD4P"));
    assert!(row.surplus.len() == 2 && row.missing == ["Q4A7RM"] && !r.completeness.agrees());
    // each needs a person: three documents that are not in the list (a reopened report is two), one that is not here
    let named: Vec<&str> = {
        let of = |i: &&ReconcilingItem| i.category == Category::Missing && i.needs_action;
        r.bridge.items.iter().filter(of).map(|i| i.item.as_str()).collect()
    };
    assert_eq!(named.len(), 4, "{named:?}");
    assert!(named.contains(&"missing_in_store:J7LD4P") && named.contains(&"missing_in_store:Q4A7RM#3"));
    assert!(r.bridge.explained() && r.open_items().count() == 14 + 4 && r.forbids().is_empty());
}

#[test]
fn the_hash_follows_the_figures_and_not_the_clock() {
    let base = report(&inputs()).hash();
    let mut later = inputs();
    later.source_read = "2026-11-05T08:00:00Z".parse().ok();
    later.ledger_read = later.source_read;
    later.today = "2026-11-05".parse().unwrap();
    assert_eq!(report(&later).hash(), base);
    let documents = documents();
    let mut changed = inputs();
    let mut side = held(&documents);
    side.records[0].lines[0].minor += 1;
    changed.held = Ok(side);
    assert_ne!(report(&changed).hash(), base);
}

#[test]
fn what_belongs_to_other_months_or_to_today_breaks_no_signature() {
    let base = report(&inputs());
    let mut i = inputs();
    // a document of November with costs of October, and an earlier one that is settled meanwhile
    let mut next = i.documents.iter().find(|d| d.id == "D32").unwrap().clone();
    (next.id, next.number, next.slots) = ("N01".into(), "NEXT01".into(), Vec::new());
    i.documents.push(next);
    i.documents.iter_mut().find(|d| d.id == "D50").unwrap().state = State::Rejected;
    i.payroll = 7;
    i.breaks = vec!["an equation".into()];
    i.listing.as_mut().unwrap().0.retain(|l| l.approved);
    i.held.as_mut().unwrap().open_items.clear();
    let now = report(&i);
    assert_eq!((&now.documents_hash, &now.ledger_hash), (&base.documents_hash, &base.ledger_hash));
    assert_eq!(now.hash(), base.hash());
    assert!(now.bridge.earlier_open.is_empty() && !base.bridge.earlier_open.is_empty());
    // one of the period does
    i.documents.iter_mut().find(|d| d.id == "D44").unwrap().state = State::Held;
    let changed = report(&i);
    assert_ne!(changed.documents_hash, base.documents_hash);
    assert_ne!(changed.hash(), base.hash());
}

#[test]
fn another_amount_in_the_list_is_an_item_and_a_reopened_report_may_span_months() {
    let mut i = inputs();
    let of = |i: &mut Inputs, family: &str, by: i64| {
        i.listing.as_mut().unwrap().0.iter_mut().find(|l| l.family == family).unwrap().minor += by;
    };
    of(&mut i, "D16", 900);
    let r = report(&i);
    let item = r.bridge.items.iter().find(|x| x.category == Category::Missing).unwrap();
    assert_eq!((item.item.as_str(), item.minor), ("missing_in_store:J7LD4P", -900));
    // the second document of Q4A7RM belongs to November: the list has one amount for both
    let mut i = inputs();
    let second = i.documents.iter_mut().find(|d| d.id == "D54").unwrap();
    (second.original, second.posting) = ("2026-11-03".parse().unwrap(), "2026-11-03".parse().unwrap());
    let r = report(&i);
    assert!(r.completeness.agrees(), "{:?}", r.completeness.gaps);
}

#[test]
fn a_wanted_list_that_the_source_does_not_give_is_not_checked() {
    let mut i = inputs();
    i.listing.as_mut().unwrap().1.push(crate::model::document::DocumentKind::Invoice);
    let r = report(&i);
    assert_eq!(
        (r.checked.ok, r.checked.text.as_str()),
        (false, "not checked: Concur gave no list of invoices; look at the connection's rights")
    );
    // a book that moves no invoices and has none needs no list of them
    i.wanted.pop();
    i.wanted.pop();
    i.documents.retain(|d| d.kind != crate::model::document::DocumentKind::Invoice);
    assert!(report(&i).checked.ok);
}

#[test]
fn a_month_is_signed_when_it_is_over() {
    let mut i = inputs();
    i.today = i.period.to;
    let r = report(&i);
    assert_eq!(r.forbids(), ["2026-10 is not over: it can be signed after 2026-10-31"]);
    assert!(r.troubles().is_empty() && r.hash() == report(&inputs()).hash());
    i.today = i.period.to.tomorrow().unwrap();
    assert!(report(&i).forbids().is_empty());
}
