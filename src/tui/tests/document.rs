//! The document screen: what its keys do and what stands on it, state by state.

use ratatui::style::{Color, Modifier};

use crate::engine::Freed;
use crate::engine::inspect::{Compared, Looked, LookedSlot, Tried, UnderReference};
use crate::model::document::DocumentKind;
use crate::model::entry::Named;
use crate::model::finding::{Finding, FindingCode, Mend};
use crate::model::intent::IntentState;
use crate::model::rule::{Gives, Key, Rule, RuleKind};
use crate::model::state::State;
use crate::store::{Act, ReceiptKind, ReceiptRow, ReceiptState, Row};
use crate::tui::effect::{CardFor, Effect};
use crate::tui::keys::ActionId;
use crate::tui::layers::Layer;
use crate::tui::msg::{Msg, Sheet};
use crate::tui::screens::document::Part;
use crate::tui::screens::document::effect::{DocumentEffect, DocumentMsg, Extras};
use crate::tui::theme::Theme;

use super::actions::{asked, warned};
use super::desk::Desk;
use super::{sample, snap};

/// What the fake engine answers.
pub fn answer(effect: &DocumentEffect) -> Msg {
    Msg::DocumentRoom(match effect {
        DocumentEffect::Extras { generation, approver, compare, .. } => {
            let compared = compare.then(|| Ok(Box::new(compared())));
            let name = approver.as_ref().map(|_| "Romero, Lucia".to_string());
            let extras = Extras { approver: name, compared, ..Extras::default() };
            DocumentMsg::Extras(*generation, Box::new(extras))
        }
        DocumentEffect::Look { id } => DocumentMsg::Looked(*id, Ok(Box::new(looked()))),
        DocumentEffect::Compare { id } => DocumentMsg::Compared(*id, Ok(Box::new(compared()))),
        DocumentEffect::Try { id, book, rule } => {
            let c = compared();
            let finding = Finding::new(FindingCode::OverrideUsed, "40", "override", "Rule 40.", Mend::Accept);
            let tried = Tried {
                before: c.frozen,
                after: c.today,
                was: State::Ready,
                state: State::Ready,
                findings: vec![finding],
            };
            DocumentMsg::Tried(*id, book.clone(), rule.clone(), Ok(Box::new(tried)))
        }
        DocumentEffect::Remove { .. } => {
            DocumentMsg::Removed(Ok(Freed { version: 9, derived: 1, ready: vec![] }))
        }
    })
}

fn compared() -> Compared {
    let frozen = sample::set();
    let mut today = frozen.clone();
    today.entries[1].lines[0].dimensions.class = Some(Named::new("300", "300 Research"));
    today.entries[1].lines[1].account = Named::new("x", "6010 Airfare");
    Compared { frozen, today, version: 9, was: 7 }
}

fn looked() -> Looked {
    let slot = |e: &crate::model::Entry| LookedSlot {
        slot: e.slot.to_string(),
        kind: e.kind,
        reference: e.reference.to_string(),
        there: UnderReference::Nothing,
    };
    Looked {
        at: sample::at("2026-11-04T14:31:00Z"),
        slots: sample::set().entries.iter().map(slot).collect(),
        findings: vec![],
        checks: vec![],
        refusals: vec![],
    }
}

fn row() -> Row {
    sample::rows().into_iter().find(|r| r.number == "B4Q7TN").unwrap()
}

/// The document on its screen, as this sheet.
fn shown(w: u16, h: u16, change: impl Fn(&mut Sheet)) -> Desk {
    let mut desk = Desk::open(w, h);
    let mut sheet = sample::sheet(&row());
    change(&mut sheet);
    desk.press("enter");
    give(&mut desk, sheet);
    desk
}

/// The card arrives (again).
fn give(desk: &mut Desk, sheet: Sheet) {
    let generation = desk.effects.iter().rev().find_map(|e| match e {
        Effect::Card { generation, purpose: CardFor::Document, .. } => Some(*generation),
        _ => None,
    });
    desk.send(Msg::Card(generation.unwrap(), CardFor::Document, Ok(Box::new(sheet))));
}

fn approved(sheet: &mut Sheet) {
    sheet.card.row.state = State::Approved;
    let set = sheet.card.derived.as_ref().unwrap().set.clone();
    sheet.card.approval = Some(super::sample_set::approval(set));
}

fn posted(sheet: &mut Sheet) {
    approved(sheet);
    sheet.card.row.state = State::Confirmed;
    sheet.card.intents = sample::posted(sheet);
    let event = |action: &str, text: &str, at: &str| {
        let mut e = sample::audit().remove(0);
        (e.action, e.text, e.at) = (action.into(), text.into(), sample::at(at));
        e
    };
    sheet.history.insert(
        0,
        event("approved", "approved by Theo Okonkwo: 3 ledger records, 1,290.15 USD", "2026-11-04T14:32:00Z"),
    );
    sheet.history.insert(0, event("posted", "in the ledger: 3 ledger records", "2026-11-04T14:33:00Z"));
    sheet.history.insert(0, event("confirmed", "confirmed to the source", "2026-11-04T14:33:30Z"));
}

/// Half of the set is in the ledger, the rest was refused.
fn half(sheet: &mut Sheet) {
    posted(sheet);
    sheet.history.drain(..2);
    sheet.card.row.state = State::NeedsHuman;
    sheet.card.row.reason = "1 of 3 records is in the ledger, 2 were refused".into();
    for i in &mut sheet.card.intents[1..] {
        i.state = IntentState::Refused;
        i.adopted = false;
        i.remote_id.clear();
        i.detail = "6190: account period closed, since the books are closed through 2026-10-31".into();
    }
}

fn correction(sheet: &mut Sheet) {
    let row = &mut sheet.card.row;
    row.kind = DocumentKind::Correction;
    row.number = "B4Q7TN-REV".into();
    row.title = "reverses B4Q7TN: posted twice".into();
    row.receipts = (0, 0);
    let d = sheet.source.as_mut().unwrap();
    d.kind = DocumentKind::Correction;
    d.title = "reverses B4Q7TN: posted twice".into();
    d.expenses.truncate(2);
    let mut made = sample::audit().remove(0);
    (made.action, made.text) = ("arrived".into(), "made here as a document of its own".into());
    sheet.history = vec![made];
}

#[test]
fn every_state_at_every_size() {
    type Change = fn(&mut Sheet);
    let states: [(&str, Change); 5] = [
        ("ready", |_| ()),
        ("changed", approved),
        ("recorded", posted),
        ("half", half),
        ("correction", correction),
    ];
    for (name, change) in states {
        for (w, h) in [(80, 24), (120, 34), (200, 60)] {
            snap(&format!("doc_{name}_{w}x{h}"), &shown(w, h, change));
        }
    }
    for (w, h) in [(80, 24), (200, 60), (60, 16), (80, 18)] {
        let mut desk = Desk::open(w, h);
        desk.on("K8CN1X");
        desk.press("enter");
        snap(&format!("doc_blocked_{w}x{h}"), &desk);
        desk.press("esc");
        desk.on("B9VT2G");
        desk.press("enter");
        snap(&format!("doc_unreadable_{w}x{h}"), &desk);
    }
}

#[test]
fn narrow_parts_are_walked_by_tab() {
    let mut desk = shown(60, 16, |_| ());
    snap("doc_entries_60x16", &desk);
    desk.press("tab");
    snap("doc_checks_60x16", &desk);
    desk.press("tab");
    snap("doc_source_60x16", &desk);
    assert_eq!(desk.model.document.part, Part::Source);
    let mut desk = shown(80, 24, |_| ());
    desk.press("tab");
    assert_eq!(desk.model.document.part, Part::Checks);
    snap("doc_checks_80x24", &desk);
}

#[test]
fn mono_marks_the_selected_line_on_both_sides_without_a_colour() {
    let mut desk = shown(120, 34, |_| ());
    desk.press("j");
    desk.model.look.theme = Theme::mono();
    let t = desk.screen();
    let buffer = t.backend().buffer();
    for cell in buffer.content() {
        assert!(cell.fg == Color::Reset && cell.bg == Color::Reset);
    }
    let rows = |x: u16| (4..20).filter(|y| buffer[(x, *y)].symbol() == ">").collect::<Vec<u16>>();
    assert_eq!((rows(0).len(), rows(45).len()), (1, 1), "{}", desk.text());
    let reversed = |x: u16, y: u16| buffer[(x, y)].modifier.contains(Modifier::REVERSED);
    assert!(reversed(50, rows(45)[0]) && !reversed(5, rows(0)[0]));
    snap("doc_mono_120x34", &desk);
}

#[test]
fn the_cursor_on_the_left_selects_what_its_line_became() {
    let mut desk = shown(120, 34, |_| ());
    desk.press("backtab g g");
    assert_eq!(desk.model.document.part, Part::Source);
    // the whole air fare: its first share stands in the second entry
    assert_eq!(desk.model.document.selected().map(|(e, l, _)| (e, l)), Some((1, 0)));
    desk.press("j j");
    assert_eq!(desk.model.document.selected().map(|(e, l, _)| (e, l)), Some((1, 1)));
    assert!(desk.text().contains("WHY · line 2 of entry 2"), "{}", desk.text());
    // sums are no lines
    desk.press("G");
    assert_eq!(desk.model.document.selected_source().map(|s| (s.expense, s.allocation)), Some((3, 1)));
}

#[test]
fn a_look_is_told_with_its_time_and_belongs_to_what_was_seen() {
    let mut desk = shown(120, 34, |_| ());
    assert!(desk.text().contains("not looked up yet · L looks"));
    desk.press("L");
    assert!(
        desk.text().contains("in the ledger now: nothing under these references ✓ 09:31"),
        "{}",
        desk.text()
    );
    assert!(desk.text().contains("✓ 09:31 · checks pass"), "{}", desk.text());
    // the same version read again keeps it, another version does not
    desk.press("r");
    assert!(desk.text().contains("nothing under these references ✓"));
    let generation = desk.press("r").iter().find_map(|e| match e {
        Effect::Card { generation, purpose: CardFor::Document, .. } => Some(*generation),
        _ => None,
    });
    let mut sheet = sample::sheet(&row());
    sheet.card.row.version += 1;
    desk.send(Msg::Card(generation.unwrap(), CardFor::Document, Ok(Box::new(sheet))));
    assert!(desk.text().contains("not looked up yet"), "{}", desk.text());
    // an answer about another document is dropped
    let other = DocumentMsg::Looked(sample::id(3), Err("no".into()));
    desk.send(Msg::DocumentRoom(other));
    assert!(desk.text().contains("not looked up yet"));
}

#[test]
fn what_the_ledger_holds_otherwise_stops_and_says_so() {
    let mut desk = shown(120, 34, |_| ());
    let mut seen = looked();
    seen.slots[0].there = UnderReference::Unknown { id: "151".into(), number: "TO8KX2M4Q7R".into() };
    seen.refusals = vec!["card:CT-9101: the memo is too long".into()];
    desk.send(Msg::DocumentRoom(DocumentMsg::Looked(row().id, Ok(Box::new(seen)))));
    let text = desk.text();
    assert!(text.contains("FINDINGS · 2 block"), "{text}");
    assert!(text.contains("(id 151) under our reference"), "{text}");
    snap("doc_looked_otherwise_120x34", &desk);
    desk.send(Msg::DocumentRoom(DocumentMsg::Looked(row().id, Err("QuickBooks Online: offline".into()))));
    assert!(desk.text().contains("! in the ledger now: not known: QuickBooks Online: offline"));
}

#[test]
fn mappings_that_changed_since_approval_are_a_finding_with_both_sides_behind_a_key() {
    let mut desk = shown(120, 34, approved);
    let text = desk.text();
    assert!(text.contains("mappings changed since approval · 2 places differ"), "{text}");
    assert!(text.contains("D differences"), "{text}");
    desk.press("D");
    assert!(matches!(desk.model.layers.last(), Some(Layer::Comparing(_))));
    snap("doc_differences_120x34", &desk);
    desk.press("esc");
    // the finding's own key does the same
    desk.press("f");
    assert!(matches!(desk.model.layers.last(), Some(Layer::Comparing(_))));
    let mut desk = shown(80, 24, approved);
    desk.press("D");
    snap("doc_differences_80x24", &desk);
}

#[test]
fn an_override_shows_its_effect_and_needs_a_reason_before_it_is_saved() {
    let mut desk = shown(120, 34, |_| ());
    desk.press("o");
    snap("doc_override_120x34", &desk);
    desk.press("2");
    assert!(asked(&desk, |e| matches!(e, Effect::Candidates { .. })));
    assert!(desk.text().contains("Enter shows what it changes"), "{}", desk.text());
    desk.press("enter");
    assert!(!asked(&desk, |e| matches!(e, Effect::SetRule { .. })), "nothing is saved yet");
    snap("doc_override_effect_120x34", &desk);
    desk.press("enter");
    assert!(!asked(&desk, |e| matches!(e, Effect::SetRule { .. })), "it needs a reason");
    desk.type_text("wrong client");
    let effects = desk.press("enter");
    let Some(Effect::SetRule { rule, .. }) = effects.first() else { panic!("{effects:?}") };
    assert_eq!((rule.kind, rule.document), (RuleKind::Class, Some(row().id)));
    assert_eq!(rule.reason.as_deref(), Some("wrong client"));
    assert!(rule.keys.contains_key(&Key::Line) && matches!(rule.gives, Gives::Record(_)));
}

#[test]
fn a_date_is_read_before_anything_is_asked() {
    let mut desk = shown(120, 34, |_| ());
    desk.press("o 6");
    assert!(desk.text().contains("Posting date"), "{}", desk.text());
    desk.press("backspace backspace enter");
    assert!(desk.text().contains("no date: write it as 2026-10-28"), "{}", desk.text());
    desk.type_text("30");
    desk.press("enter");
    assert!(asked(&desk, |e| matches!(e, Effect::DocumentRoom(DocumentEffect::Try { rule, .. })
        if matches!(rule.gives, Gives::Date(_)) && rule.keys.is_empty())));
}

#[test]
fn an_override_is_told_with_its_author_and_taken_back() {
    let mut desk = shown(120, 34, |_| ());
    let rule = Rule {
        id: 40,
        kind: RuleKind::Class,
        document: Some(row().id),
        party: None,
        keys: [(Key::Line, "a/b".to_string())].into(),
        gives: Gives::Record(Named::new("3", "300 Research")),
        author: "Maya Wells".into(),
        reason: Some("wrong client".into()),
        billable: false,
    };
    let generation = desk.effects.iter().rev().find_map(|e| match e {
        Effect::DocumentRoom(DocumentEffect::Extras { generation, .. }) => Some(*generation),
        _ => None,
    });
    let extras = Extras { overrides: vec![rule], ..Extras::default() };
    desk.send(Msg::DocumentRoom(DocumentMsg::Extras(generation.unwrap(), Box::new(extras))));
    desk.press("o");
    assert!(
        desk.text().contains("take back rule 40 (class → 300 Research) of Maya Wells: wrong client"),
        "{}",
        desk.text()
    );
    let effects = desk.press("8");
    assert!(
        matches!(effects.first(), Some(Effect::DocumentRoom(DocumentEffect::Remove { rule: 40, .. }))),
        "{effects:?}"
    );
}

#[test]
fn every_override_can_be_taken_back_however_many_there_are() {
    let rules: Vec<Rule> = (40..70)
        .map(|id| Rule {
            id,
            kind: RuleKind::Class,
            document: Some(row().id),
            party: None,
            keys: [(Key::Line, format!("a/{id}"))].into(),
            gives: Gives::Nothing,
            author: "Maya Wells".into(),
            reason: None,
            billable: false,
        })
        .collect();
    let mut reached = std::collections::BTreeSet::new();
    // `9` opens what did not fit, as often as it is there
    for pages in 0..6 {
        for digit in 1..=9 {
            let mut desk = shown(120, 34, |_| ());
            let generation = desk.effects.iter().rev().find_map(|e| match e {
                Effect::DocumentRoom(DocumentEffect::Extras { generation, .. }) => Some(*generation),
                _ => None,
            });
            let extras = Extras { overrides: rules.clone(), ..Extras::default() };
            desk.send(Msg::DocumentRoom(DocumentMsg::Extras(generation.unwrap(), Box::new(extras))));
            desk.press("o");
            for _ in 0..pages {
                desk.press("9");
            }
            for e in desk.press(&digit.to_string()) {
                if let Effect::DocumentRoom(DocumentEffect::Remove { rule, .. }) = e {
                    reached.insert(rule);
                }
            }
        }
    }
    assert_eq!(reached, (40..70).collect());
}

#[test]
fn an_approved_document_says_why_nothing_of_it_can_be_changed() {
    let mut desk = shown(120, 34, approved);
    desk.press("o");
    assert!(warned(&desk) && desk.model.layers.is_empty());
    assert!(desk.text().contains("w withdraws the approval first"), "{}", desk.text());
}

#[test]
fn every_finding_is_reached_by_the_cursor_and_mends_what_it_is_about() {
    let mut desk = shown(120, 34, |sheet| {
        let of = |code, value: &str, sentence: &str, mend| Finding::new(code, value, "brief", sentence, mend);
        sheet.card.row.state = State::Blocked;
        let d = sheet.card.derived.as_mut().unwrap();
        d.findings = vec![
            sample::finding(FindingCode::CostObjectUnmapped),
            sample::finding(FindingCode::MaybeInLedger),
            of(FindingCode::DefaultUsed, "12", "Rule 12 (class) is the book's default.", Mend::Accept),
            of(
                FindingCode::OldExpense,
                "",
                "Hotel was spent 107 days before the posting date.",
                Mend::Accept,
            ),
        ];
    });
    snap("doc_findings_120x34", &desk);
    desk.press("tab enter");
    assert!(matches!(desk.model.layers.last(), Some(Layer::Picker(_))), "{}", desk.text());
    desk.press("esc j f");
    assert!(matches!(desk.model.layers.last(), Some(Layer::Decide(_))), "{}", desk.text());
    desk.press("esc j j");
    assert!(desk.text().contains("> old_expense · warns"), "{}", desk.text());
    desk.press("k enter");
    assert_eq!(desk.model.screen, crate::tui::app::Screen::Mappings);
}

#[test]
fn receipts_are_listed_with_what_the_ledger_has() {
    let mut desk = shown(120, 34, |sheet| {
        let receipt = |id, state, detail: &str| ReceiptRow {
            id,
            document: row().id,
            kind: ReceiptKind::Receipt,
            handle: "h".into(),
            slot: crate::model::entry::Slot::Bill,
            name: "B4Q7TN dinner".into(),
            state,
            attempts: 1,
            detail: detail.into(),
            sha256: "91c407be91c407be".into(),
            size: if state == ReceiptState::Attached { 48_213 } else { 0 },
            attachment: if state == ReceiptState::Attached { "5000".into() } else { String::new() },
            attached_at: (state == ReceiptState::Attached).then(sample::now),
            record: (state == ReceiptState::Attached)
                .then(|| (crate::model::entry::EntryKind::Bill, "151".into())),
        };
        sheet.receipts = vec![
            receipt(1, ReceiptState::Attached, ""),
            receipt(2, ReceiptState::Refused, "the file is larger than the ledger takes"),
        ];
    });
    desk.press("t");
    snap("doc_receipts_120x34", &desk);
}

#[test]
fn a_document_that_changed_under_the_question_is_not_acted_on_blindly() {
    // the version that was seen goes with the act, and the store refuses another one
    let mut desk = shown(120, 34, |sheet| sheet.card.row.version = 7);
    desk.press("H");
    desk.type_text("wait");
    desk.press("enter");
    assert!(asked(
        &desk,
        |e| matches!(e, Effect::Act { act: Act::Hold { .. }, targets } if targets[0].version == 7)
    ));
}

#[test]
fn hints_belong_to_the_state() {
    let of = |desk: &Desk| crate::tui::screens::document::room::hints(&desk.model);
    assert!(of(&shown(120, 34, |_| ())).unwrap().contains(&ActionId::Override));
    assert_eq!(
        of(&shown(120, 34, approved)).unwrap()[..3],
        [ActionId::Post, ActionId::Withdraw, ActionId::Differences]
    );
    assert!(of(&shown(120, 34, posted)).is_none());
}
