//! The tie-out screen: what stands where (snapshots), and what its keys do.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::style::Color;

use crate::engine::reconcile::{ReadingStep, Reconciled};
use crate::tieout::Equation;
use crate::tui::app::{Level, Screen, update};
use crate::tui::effect::Effect;
use crate::tui::layers::Layer;
use crate::tui::msg::{Msg, Now};
use crate::tui::screens::tieout::Part;
use crate::tui::screens::tieout::effect::{TieoutEffect, TieoutMsg};
use crate::tui::theme::Theme;

use super::desk::{Desk, key};
use super::{sample, snap, tieout_desk};

/// A key whose effects nobody answers.
fn alone(desk: &mut Desk, name: &str) -> Vec<Effect> {
    let now = Now { at: Some(sample::now()), since: desk.since };
    update(&mut desk.model, Msg::Key(key(name)), now)
}

/// The screen with this reading on it.
fn shown(w: u16, h: u16, done: Reconciled) -> Desk {
    let mut desk = Desk::open(w, h);
    desk.press("5");
    let effects = alone(&mut desk, "enter");
    let Some(Effect::TieoutRoom(TieoutEffect::Read { generation, .. })) = effects.first() else {
        panic!("{effects:?}")
    };
    desk.send(Msg::TieoutRoom(TieoutMsg::Read(*generation, Ok(Box::new(done)))));
    desk
}

fn part(desk: &mut Desk, part: Part) {
    while desk.model.tieout.part != part {
        desk.press("tab");
    }
}

fn effects(desk: &Desk, f: fn(&TieoutEffect) -> bool) -> usize {
    desk.effects.iter().filter(|e| matches!(e, Effect::TieoutRoom(t) if f(t))).count()
}

#[test]
fn every_part_at_every_size() {
    let names = ["bridge", "completeness", "controls", "centres", "parties", "accruals", "signoff"];
    for (w, h) in [(120, 34), (80, 24), (200, 60)] {
        let mut desk = shown(w, h, tieout_desk::reading());
        for (p, name) in Part::ALL.into_iter().zip(names) {
            part(&mut desk, p);
            snap(&format!("tieout_{name}_{w}x{h}"), &desk);
        }
    }
    snap("tieout_bridge_60x16", &shown(60, 16, tieout_desk::reading()));
}

#[test]
fn mono_and_ascii_say_the_same() {
    let mut desk = shown(120, 34, tieout_desk::reading());
    desk.model.look.theme = Theme::mono();
    snap("tieout_bridge_mono_120x34", &desk);
    let t = desk.screen();
    assert!(t.backend().buffer().content().iter().all(|c| c.fg == Color::Reset && c.bg == Color::Reset));
    part(&mut desk, Part::ByParty);
    desk.model.look.ascii = true;
    assert!(desk.text().lines().all(|l| l.trim_matches('"').is_ascii()));
    snap("tieout_parties_ascii_120x34", &desk);
}

#[test]
fn before_reading_while_reading_and_when_it_failed() {
    let mut desk = Desk::open(120, 34);
    desk.press("5");
    snap("tieout_empty_120x34", &desk);
    let first = alone(&mut desk, "enter");
    let Some(Effect::TieoutRoom(TieoutEffect::Read { generation, .. })) = first.first() else { panic!() };
    assert!(desk.text().contains("reading Concur's lists…"), "{}", desk.text());
    let step = |n, s| Msg::TieoutRoom(TieoutMsg::Step(n, s));
    desk.send(step(*generation, ReadingStep::Ledger { records: 49 }));
    snap("tieout_reading_120x34", &desk);
    assert!(!desk.text().contains("0.00"), "no total before it is whole");
    // a step of an older question, then the answer that both sides could not be had
    desk.send(step(generation - 1, ReadingStep::Comparing));
    assert!(desk.text().contains("49 records of ours"));
    let why = "QuickBooks Online: cannot be reached".to_string();
    desk.send(Msg::TieoutRoom(TieoutMsg::Read(*generation, Err(why))));
    snap("tieout_failed_120x34", &desk);
    desk.send(Msg::Resize(80, 24));
    snap("tieout_failed_80x24", &desk);
}

#[test]
fn breaks_are_red_with_their_two_figures() {
    let mut i = tieout_desk::inputs();
    let text = "stored = sum over states";
    i.equations[1] = Equation { text: format!("USD: {text}"), left: (53, 9_366_626), right: (52, 9_354_751) };
    i.breaks = vec![format!(
        "fq-us USD: {text} does not hold: 53 documents, 9366626 minor units against 52 documents, 9354751 minor units"
    )];
    let mut desk = shown(120, 34, tieout_desk::of(&i));
    assert!(desk.text().contains("Completeness !"));
    part(&mut desk, Part::Completeness);
    desk.press("G");
    snap("tieout_completeness_breaks_120x34", &desk);
    part(&mut desk, Part::SignOff);
    snap("tieout_signoff_breaks_120x34", &desk);
    desk.press("S");
    assert!(desk.model.layers.is_empty() && desk.text().contains("control break"));
}

#[test]
fn a_side_that_was_not_read_explains_nothing() {
    let mut i = tieout_desk::inputs();
    i.held = Err("QuickBooks Online cannot be reached".into());
    i.ledger_read = None;
    for (w, h) in [(120, 34), (80, 24)] {
        let desk = shown(w, h, tieout_desk::of(&i));
        let text = desk.text();
        assert!(text.contains("unexplained: not checked: the ledger was not read"), "{text}");
        assert!(!text.contains("unexplained ✓"), "{text}");
        snap(&format!("tieout_unread_{w}x{h}"), &desk);
    }
}

#[test]
fn a_month_without_a_document_says_so() {
    let mut i = tieout_desk::inputs();
    (i.documents, i.arrived) = (Vec::new(), Vec::new());
    i.held = Ok(Default::default());
    i.listing = Ok((Vec::new(), Vec::new()));
    let desk = shown(120, 34, tieout_desk::of(&i));
    snap("tieout_nothing_120x34", &desk);
}

#[test]
fn an_answer_belongs_to_its_month_and_its_question() {
    let mut desk = Desk::open(120, 34);
    desk.press("5");
    let first = alone(&mut desk, "enter");
    let Some(Effect::TieoutRoom(TieoutEffect::Read { generation, .. })) = first.first() else { panic!() };
    let answer = Msg::TieoutRoom(TieoutMsg::Read(*generation, Ok(Box::new(tieout_desk::reading()))));
    desk.press("left");
    desk.send(answer.clone());
    assert!(!desk.text().contains("edited_in_ledger"), "October's answer under September");
    alone(&mut desk, "right");
    alone(&mut desk, "enter");
    desk.send(answer);
    assert!(!desk.text().contains("edited_in_ledger"), "an older answer");
}

#[test]
fn a_comment_clears_the_item_from_what_needs_action() {
    let mut desk = shown(120, 34, tieout_desk::reading());
    desk.press("c");
    snap("tieout_comment_120x34", &desk);
    // without a text nothing is kept
    desk.press("enter");
    assert_eq!(effects(&desk, |e| matches!(e, TieoutEffect::Comment { .. })), 0);
    desk.type_text("BW refunds it in November");
    desk.press("enter");
    assert_eq!(effects(&desk, |e| matches!(e, TieoutEffect::Comment { .. })), 1);
    let text = desk.text();
    assert!(text.contains("13 need action"), "{text}");
    part(&mut desk, Part::SignOff);
    assert!(desk.text().contains("1 of 14 commented"), "{}", desk.text());
    // an unexplained amount is put right, not talked away
    let mut i = tieout_desk::inputs();
    if let Ok(held) = &mut i.held {
        held.records[0].marker = Some("TONOBODY".into());
        held.records[0].id = "9999".into();
    }
    let mut desk = shown(120, 34, tieout_desk::of(&i));
    desk.press("c");
    assert!(desk.model.layers.is_empty());
    assert!(desk.model.toasts.shown().any(|t| t.level == Level::Warning));
}

#[test]
fn every_line_of_the_bridge_opens_its_documents() {
    let mut desk = shown(120, 34, tieout_desk::reading());
    desk.press("g g");
    let mut opened = 0;
    for _ in 0..15 {
        let before = desk.model.tieout.target().cloned();
        desk.press("enter");
        if let Some(list) = &desk.model.tieout.list {
            assert!(!list.rows.is_empty());
            opened += 1;
            desk.press("j enter");
            assert_eq!(desk.model.screen, Screen::Document);
            desk.press("esc");
            assert_eq!(desk.model.screen, Screen::Tieout);
            desk.press("esc");
        }
        assert_eq!(desk.model.tieout.target().cloned(), before, "the cursor stays on its line");
        desk.press("j");
    }
    // held, posted later and unexplained have none
    assert_eq!(opened, 12);
    desk.press("g g j j j enter");
    snap("tieout_documents_120x34", &desk);
    desk.send(Msg::Resize(80, 24));
    snap("tieout_documents_80x24", &desk);
}

#[test]
fn a_card_account_asks_for_its_statement() {
    let mut i = tieout_desk::inputs();
    i.statements.clear();
    let mut desk = shown(120, 34, tieout_desk::of(&i));
    part(&mut desk, Part::Controls);
    assert!(desk.text().contains("Enter: statement"), "{}", desk.text());
    desk.press("j enter");
    assert!(matches!(desk.model.layers.last(), Some(Layer::Form(_))), "{}", desk.text());
    // a decimal comma is no comma of thousands
    desk.type_text("4961,70");
    desk.press("enter");
    assert!(desk.text().contains("is no amount"), "{}", desk.text());
    assert_eq!(effects(&desk, |e| matches!(e, TieoutEffect::Statement { .. })), 0);
    desk.press("ctrl-u");
    desk.type_text("4,961.7O");
    desk.press("enter");
    assert!(desk.text().contains("is no amount"), "{}", desk.text());
    snap("tieout_statement_120x34", &desk);
    desk.press("backspace 0 enter");
    let is = |e: &TieoutEffect| matches!(e, TieoutEffect::Statement { amount, account, .. } if amount.to_string() == "4961.70" && account == "2110");
    assert_eq!(effects(&desk, is), 1);
    // and both sides are read again
    assert!(effects(&desk, |e| matches!(e, TieoutEffect::Read { .. })) > 0);
    assert!(desk.text().contains("statement +375.65"), "{}", desk.text());
}

#[test]
fn it_is_signed_reviewed_locked_and_reopened_by_questions_alone() {
    let mut desk = shown(120, 34, tieout_desk::commented());
    assert!(desk.text().contains("each has its comment or needs none"), "{}", desk.text());
    desk.press("S enter enter");
    assert_eq!(effects(&desk, |e| matches!(e, TieoutEffect::Sign { .. })), 0, "Enter alone signs nothing");
    snap("tieout_sign_120x34", &desk);
    desk.press("y");
    let hash = tieout_desk::commented().hash;
    let signs = |e: &Effect| matches!(e, Effect::TieoutRoom(TieoutEffect::Sign { reviewer: false, seen, .. }) if *seen == hash);
    assert_eq!(
        desk.effects.iter().filter(|e| signs(e)).count(),
        1,
        "with the figures that were on the screen"
    );
    assert_eq!(desk.model.tieout.part, Part::SignOff);
    desk.press("L");
    assert!(desk.model.layers.is_empty(), "not reviewed yet");
    desk.press("R y");
    assert_eq!(effects(&desk, |e| matches!(e, TieoutEffect::Sign { reviewer: true, .. })), 1);
    desk.since += std::time::Duration::from_secs(30);
    desk.send(Msg::Tick);
    snap("tieout_signed_120x34", &desk);
    desk.press("S");
    assert!(desk.model.layers.is_empty(), "it is signed already");
    desk.press("L enter");
    assert_eq!(effects(&desk, |e| matches!(e, TieoutEffect::Lock { .. })), 0);
    desk.press("y");
    assert_eq!(effects(&desk, |e| matches!(e, TieoutEffect::Lock { .. })), 1);
    assert!(desk.text().contains("tieout's lock date is 2026-10-31"), "{}", desk.text());
    desk.press("O enter");
    assert!(desk.text().contains("needed"), "a reason is needed: {}", desk.text());
    desk.type_text("a bill was deleted");
    desk.press("enter enter");
    assert_eq!(effects(&desk, |e| matches!(e, TieoutEffect::Reopen { .. })), 0);
    desk.press("y");
    let is =
        |e: &TieoutEffect| matches!(e, TieoutEffect::Reopen { reason, .. } if reason == "a bill was deleted");
    assert_eq!(effects(&desk, is), 1);
}

/// The dialog's yes, unanswered, and its answer.
fn under_way(desk: &mut Desk, keys: [&str; 2]) -> Msg {
    alone(desk, keys[0]);
    let effects = alone(desk, keys[1]);
    let Some(Effect::TieoutRoom(e)) = effects.first() else { panic!("{effects:?}: {}", desk.text()) };
    Msg::TieoutRoom(tieout_desk::answer(e))
}

#[test]
fn a_signature_is_shown_under_its_own_month_alone() {
    let mut desk = shown(120, 34, tieout_desk::commented());
    let answer = under_way(&mut desk, ["S", "y"]);
    // nothing else is done meanwhile
    for k in ["S", "r", "A", "e"] {
        assert!(alone(&mut desk, k).is_empty() && desk.model.layers.is_empty(), "{k}");
    }
    assert!(desk.model.toasts.shown().any(|t| t.text.contains("signing is not done yet")));
    // September is on the screen when October's answer comes
    alone(&mut desk, "left");
    let effects = alone(&mut desk, "enter");
    let Some(Effect::TieoutRoom(TieoutEffect::Read { generation, .. })) = effects.first() else { panic!() };
    desk.send(Msg::TieoutRoom(TieoutMsg::Read(*generation, Ok(Box::new(tieout_desk::reading())))));
    desk.send(answer.clone());
    let (_, done) = desk.model.tieout.read.clone().unwrap();
    assert!(done.signoffs.is_empty(), "October's signature under September");
    assert_ne!(desk.model.tieout.part, Part::SignOff);
    assert!(desk.model.toasts.shown().any(|t| t.text.contains("2026-10: prepared by Theo Okonkwo")));
    // another book
    let mut desk = shown(120, 34, tieout_desk::commented());
    under_way(&mut desk, ["S", "y"]);
    desk.model.book = Some("fq-uk".into());
    desk.send(answer.clone());
    assert!(desk.model.tieout.read.as_ref().is_some_and(|(_, d)| d.signoffs.is_empty()));
    // October is being read again when it comes: once more, so that the signature is in it
    let mut desk = shown(120, 34, tieout_desk::commented());
    under_way(&mut desk, ["S", "y"]);
    for k in ["left", "right", "enter"] {
        alone(&mut desk, k);
    }
    let reads = desk
        .send(answer)
        .iter()
        .filter(|e| matches!(e, Effect::TieoutRoom(TieoutEffect::Read { .. })))
        .count();
    assert_eq!(reads, 1);
}

#[test]
fn a_lock_date_is_shown_under_its_own_month_alone() {
    let signed = || {
        let mut done = tieout_desk::commented();
        done.signoffs =
            ["preparer", "reviewer"].map(|role| tieout_desk::signature(role, "Theo Okonkwo")).to_vec();
        done
    };
    let mut desk = shown(120, 34, signed());
    let answer = under_way(&mut desk, ["L", "y"]);
    alone(&mut desk, "left");
    let effects = alone(&mut desk, "enter");
    let Some(Effect::TieoutRoom(TieoutEffect::Read { generation, .. })) = effects.first() else { panic!() };
    desk.send(Msg::TieoutRoom(TieoutMsg::Read(*generation, Ok(Box::new(signed())))));
    let before = desk.model.tieout.read.as_ref().map(|(_, d)| d.lock);
    desk.send(answer);
    assert_eq!(desk.model.tieout.read.as_ref().map(|(_, d)| d.lock), before);
    assert!(desk.model.toasts.shown().any(|t| t.text.contains("is closed through 2026-10-31")));
}

#[test]
fn changes_after_the_signature_are_listed() {
    let mut done = tieout_desk::commented();
    done.signoffs =
        vec![tieout_desk::signature("preparer", "Maya Wells"), tieout_desk::signature("reviewer", "Joy Lin")];
    done.signed.text = "signed by Maya Wells, reviewed by Joy Lin; changed since sign-off".into();
    done.signed.changed = vec![
        "BW-88477 confirmed 2,340.00 USD, dated 2026-10-30 1047 → BW-88477 needs_human 2,340.00 USD, dated 2026-10-30".into(),
        "the ledger's records or movements".into(),
    ];
    let mut desk = shown(120, 34, done);
    part(&mut desk, Part::SignOff);
    snap("tieout_changed_120x34", &desk);
    desk.press("L");
    assert!(desk.model.layers.is_empty(), "look first");
}

#[test]
fn another_person_reviews() {
    let mut done = tieout_desk::commented();
    done.signoffs = vec![tieout_desk::signature("preparer", "Theo Okonkwo")];
    let mut desk = shown(120, 34, done);
    if let Some(a) = &mut desk.model.actor {
        a.single_person = false;
    }
    desk.press("R");
    assert!(desk.model.layers.is_empty());
    assert!(desk.text().contains("another person reviews it"), "{}", desk.text());
}

#[test]
fn accruals_are_worked_out_first_and_made_when_asked() {
    let mut desk = shown(120, 34, tieout_desk::reading());
    part(&mut desk, Part::Accruals);
    desk.press("A");
    snap("tieout_accrue_120x34", &desk);
    desk.press("esc");
    assert_eq!(effects(&desk, |e| matches!(e, TieoutEffect::Accrue { .. })), 0);
    assert!(desk.text().contains("Left out: B9VT2G"), "{}", desk.text());
}

/// The question of what is on its way, unanswered, and its answer.
fn planning(desk: &mut Desk) -> Msg {
    part(desk, Part::Accruals);
    let effects = alone(desk, "A");
    let Some(Effect::TieoutRoom(e @ TieoutEffect::Plan { .. })) = effects.first() else {
        panic!("{effects:?}")
    };
    Msg::TieoutRoom(tieout_desk::answer(e))
}

#[test]
fn the_accrual_question_comes_only_where_it_was_asked() {
    // on another screen, and while a dialog is open
    for keys in ["1", "?"] {
        let mut desk = shown(120, 34, tieout_desk::reading());
        let answer = planning(&mut desk);
        alone(&mut desk, keys);
        let before = desk.model.layers.len();
        desk.send(answer);
        assert_eq!(desk.model.layers.len(), before, "{keys}: {}", desk.text());
        assert!(desk.model.toasts.shown().any(|t| t.text.contains("2026-10")), "{keys}");
    }
    // of another month, and back again
    for keys in [&["left"][..], &["left", "right"], &["left", "right", "enter"]] {
        let mut desk = shown(120, 34, tieout_desk::reading());
        let answer = planning(&mut desk);
        for k in keys {
            alone(&mut desk, k);
        }
        desk.send(answer);
        assert!(desk.model.layers.is_empty() && desk.model.tieout.plan.is_none(), "{keys:?}");
    }
    // of another book
    let mut desk = shown(120, 34, tieout_desk::reading());
    let answer = planning(&mut desk);
    desk.model.book = Some("fq-uk".into());
    desk.send(answer);
    assert!(desk.model.layers.is_empty() && desk.model.tieout.plan.is_none());
    assert!(!desk.effects.iter().any(|e| matches!(e, Effect::TieoutRoom(TieoutEffect::Accrue { .. }))));
}

#[test]
fn an_export_needs_a_format_and_a_folder() {
    let mut desk = shown(120, 34, tieout_desk::reading());
    desk.press("e");
    snap("tieout_export_120x34", &desk);
    desk.press("enter space enter space enter space enter");
    assert_eq!(effects(&desk, |e| matches!(e, TieoutEffect::Export { .. })), 0);
    assert!(desk.text().contains("choose at least one"), "{}", desk.text());
}

#[test]
fn reading_only_looks_and_changes_nothing() {
    let mut desk = shown(120, 34, tieout_desk::commented());
    desk.model.look.read_only = true;
    desk.effects.clear();
    for k in ["c", "e", "S", "R", "O", "L", "A"] {
        desk.press(k);
        assert!(desk.model.layers.is_empty(), "{k}");
    }
    // both sides are read again, and the store is not told that they were
    desk.press("r");
    assert_eq!(effects(&desk, |e| matches!(e, TieoutEffect::Read { keep: false, .. })), 1);
    assert!(!desk.effects.iter().any(Effect::changes));
}

#[test]
fn hostile_text_stays_text_and_columns_stay() {
    let mut i = tieout_desk::inputs();
    let evil = format!("\u{1b}[2J\u{202e}日本語{}e\u{301}", "x".repeat(10_000));
    for d in &mut i.documents {
        if d.number == "MT-3051" {
            d.party = evil.clone();
            d.brief = evil.clone();
        }
    }
    i.arrived = i.documents.clone();
    for (w, h) in [(120, 34), (80, 24), (60, 16)] {
        let mut desk = shown(w, h, tieout_desk::of(&i));
        for p in Part::ALL {
            part(&mut desk, p);
            let text = desk.text();
            assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{p:?}");
        }
        part(&mut desk, Part::Bridge);
        let at = |needle: &str| {
            let text = desk.text();
            let line = text.lines().find(|l| l.contains(needle)).map(String::from).unwrap_or_default();
            let before = line.split("26,400.00").next().unwrap_or_default().to_string();
            unicode_width::UnicodeWidthStr::width(before.as_str())
        };
        assert!(at("MT-3051") > 30, "{}", desk.text());
    }
}

#[test]
fn one_currency_a_page_on_the_narrowest_terminal() {
    let mut desk = shown(70, 24, tieout_desk::reading());
    assert!(desk.text().contains("USD total") && !desk.text().contains("EUR total"));
    desk.press(">");
    assert!(desk.text().contains("EUR total") && !desk.text().contains("USD total"), "{}", desk.text());
    desk.press(">");
    assert!(desk.model.toasts.shown().any(|t| t.level == Level::Warning));
    desk.press("<");
    assert!(desk.text().contains("USD total"));
}

/// Amounts are never cut: with figures of billions the kinds fold into the total, and the columns stay whole.
#[test]
fn large_figures_push_columns_out_and_are_never_cut() {
    let mut i = tieout_desk::inputs();
    for d in i.documents.iter_mut().filter(|d| d.number == "MT-3051") {
        d.minor = 123_456_789_012_345;
    }
    i.arrived = i.documents.clone();
    for (w, h) in [(120, 34), (100, 30), (80, 24), (60, 16)] {
        let mut desk = shown(w, h, tieout_desk::of(&i));
        desk.press("g g");
        assert!(desk.text().contains("1,234,567,"), "{}", desk.text());
        let text = desk.text();
        let line = text.lines().find(|l| l.contains("waiting: ready") || l.contains("waiting:"));
        assert!(line.is_some_and(|l| l.contains("-1,234,567,890,310.75")), "{w}x{h}\n{text}");
    }
}

#[test]
fn random_keys_on_the_tieout_break_nothing() {
    let mut rng = fastrand::Rng::with_seed(9);
    let mut desk = shown(120, 34, tieout_desk::commented());
    for step in 0..3_000 {
        let c = char::from(rng.u8(33..127));
        let code = match rng.u8(0..8) {
            0 => KeyCode::Enter,
            1 => KeyCode::Tab,
            2 => KeyCode::Esc,
            3 => KeyCode::Down,
            _ => KeyCode::Char(c),
        };
        if matches!(code, KeyCode::Char('q' | '1' | '2' | '3' | '4' | '6')) {
            continue;
        }
        let asking = desk.model.layers.last().is_some_and(|l| l.asks());
        let now = Now { at: Some(sample::now()), since: desk.since };
        let effects = update(&mut desk.model, Msg::Key(KeyEvent::from(code)), now);
        for e in effects {
            assert!(!e.is_dangerous() || asking && code == KeyCode::Char('y'), "step {step}: {e:?}");
            if !matches!(e, Effect::Quit) {
                desk.reply(&e);
            }
        }
        if step % 5 == 0 {
            desk.screen();
        }
        desk.since += std::time::Duration::from_millis(200);
        if desk.model.screen != Screen::Tieout && desk.model.layers.is_empty() {
            desk.press("5");
        }
    }
}
