//! Ten thousand random messages: keys, pastes, the mouse, sizes down to one cell, other keys and themes, answers that
//! fail. No panic, nothing dangerous without a question before it, nothing that changes in a console that only looks.

use std::collections::BTreeSet;
use std::mem::discriminant;
use std::time::Duration;

use crossterm::event::KeyCode;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::tui::app::update;
use crate::tui::effect::Effect;
use crate::tui::keys::Context;
use crate::tui::layers::Layer;
use crate::tui::msg::{Msg, Now};
use crate::tui::view::view;

use super::desk::Desk;
use super::fuzz_input::{KINDS, begin, connection_answer, message};
use super::sample;

/// Messages of one walk; the next one begins elsewhere.
const WALK: usize = 200;
/// Walks.
const WALKS: usize = 50;

/// What the walks came through: without it they prove nothing.
#[derive(Default)]
struct Seen {
    contexts: Vec<Context>,
    layers: BTreeSet<&'static str>,
    asked: usize,
    dangerous: usize,
    kept_back: usize,
}

/// What a layer is called here.
fn name(layer: &Layer) -> &'static str {
    match layer {
        Layer::Approve(_) => "approve",
        Layer::Confirm(_) => "confirm",
        Layer::Reason(_) => "reason",
        Layer::Picker(_) => "picker",
        Layer::Decide(_) => "decide",
        Layer::Reader(_) => "reader",
        Layer::Comparing(_) => "comparing",
        Layer::Finder(_) => "finder",
        Layer::Chooser(_) => "chooser",
        Layer::Form(_) => "form",
        Layer::Views(_) => "views",
        Layer::Mapping(_) => "mapping",
        Layer::Wizard(_) => "wizard",
    }
}

/// A layer after which something may leave the program's control.
fn is_question(layer: &Layer) -> bool {
    // rules that were proposed are accepted in a dialog of their own
    layer.asks() || matches!(layer, Layer::Mapping(_))
}

fn draw(desk: &Desk) {
    let (w, h) = desk.model.size;
    let mut t = Terminal::new(TestBackend::new(w.max(1), h.max(1))).unwrap();
    t.draw(|f| view(&desk.model, f)).unwrap();
}

/// One message, checked, and the answers to what it asks.
fn step(desk: &mut Desk, msg: Msg, at: &str, seen: &mut Seen) {
    let asking = desk.model.layers.last().is_some_and(is_question);
    seen.asked += usize::from(asking);
    let is_yes = matches!(&msg, Msg::Key(k) if matches!(k.code, KeyCode::Char('y' | 's') | KeyCode::Enter));
    let now = Now { at: Some(sample::now()), since: desk.since };
    let read_only = desk.model.look.read_only;
    let effects = update(&mut desk.model, msg.clone(), now);
    for e in &effects {
        assert!(!(read_only && e.changes()), "{at}: {msg:?} made {e:?} in a console that only looks");
        if e.is_dangerous() {
            assert!(asking && is_yes, "{at}: {msg:?} made {e:?} without a question");
            seen.dangerous += 1;
        }
    }
    seen.kept_back += usize::from(read_only && effects.is_empty());
    let before = desk.effects.len();
    for e in effects {
        match e {
            // nothing ends here
            Effect::Quit => {}
            Effect::ConnectionRoom(e) => {
                if let Some(answer) = connection_answer(&e) {
                    desk.send(Msg::ConnectionRoom(answer));
                }
            }
            e => desk.reply(&e),
        }
    }
    for e in &desk.effects[before..] {
        // an approval that was answered goes on with its next part
        let next_part = matches!(e, Effect::Approve(_));
        assert!(!e.is_dangerous() || next_part, "{at}: an answer made {e:?}");
        assert!(!(read_only && e.changes()), "{at}: an answer made {e:?} in a console that only looks");
    }
    let context = desk.model.context();
    if !seen.contexts.contains(&context) {
        seen.contexts.push(context);
    }
    if desk.model.progress.running && !seen.contexts.contains(&Context::Running) {
        seen.contexts.push(Context::Running);
    }
    seen.layers.extend(desk.model.layers.iter().map(name));
}

#[test]
fn random_messages_break_nothing_and_change_nothing_unasked() {
    let mut seen = Seen::default();
    for walk in 0..WALKS {
        let mut rng = fastrand::Rng::with_seed(20_261_104 + walk as u64);
        let mut desk = begin(walk);
        for n in 0..WALK {
            desk.since += Duration::from_millis(100);
            desk.type_total = rng.u8(0..4) == 0;
            let msg = message(&mut rng, &desk.model);
            let is_size = discriminant(&msg) == discriminant(&Msg::Resize(1, 1));
            step(&mut desk, msg, &format!("walk {walk}, step {n}"), &mut seen);
            // each size is drawn, and of the rest every third
            if is_size || n % 3 == 0 {
                draw(&desk);
            }
        }
    }
    // the walks did come everywhere
    const { assert!(WALK * WALKS >= 10_000 && WALKS > 2 * KINDS) };
    let missing: Vec<_> = Context::ALL.iter().filter(|c| !seen.contexts.contains(c)).collect();
    assert!(missing.is_empty(), "never in {missing:?}");
    let reached = ["approve", "confirm", "form", "picker", "wizard", "mapping", "finder", "reader", "reason"];
    let missing: Vec<_> = reached.iter().filter(|l| !seen.layers.contains(*l)).collect();
    assert!(missing.is_empty(), "never opened {missing:?}");
    let Seen { asked, dangerous, kept_back, .. } = seen;
    assert!(asked > 20 && dangerous > 0 && kept_back > 0, "{asked} {dangerous} {kept_back}");
}

#[test]
fn every_screen_is_drawn_at_every_small_size() {
    for kind in 0..KINDS {
        let mut desk = begin(kind);
        for (w, h) in (1..=8).flat_map(|n| [(n, n), (n, 60), (200, n), (8 * n, 2 * n), (60 + n, 15 + n)]) {
            desk.send(Msg::Resize(w, h));
            draw(&desk);
        }
    }
}
