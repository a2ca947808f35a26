//! Ten thousand random keys, pastes and resizes: no panic, and nothing dangerous without a question before it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::tui::app::update;
use crate::tui::effect::Effect;
use crate::tui::keys;
use crate::tui::look::effect::{LookMsg, Why};
use crate::tui::msg::{Msg, Now};
use crate::tui::theme::{Depth, Library};
use crate::tui::view::view;

use super::desk::Desk;
use super::sample;

#[test]
fn random_keys_break_nothing_and_post_nothing_unasked() {
    let mut rng = fastrand::Rng::with_seed(20_261_104);
    let mut desk = Desk::open(120, 34);
    desk.model.look.mouse = true;
    let (mut approvals, mut dialogs) = (0, 0);
    for step in 0..10_000 {
        desk.since += std::time::Duration::from_millis(100);
        desk.type_total = rng.u8(0..4) == 0;
        let msg = match rng.u8(0..40) {
            0 => Msg::Paste(["y", "y\ny\r", "21,609.71", "\u{1b}[2J", "日本語"][rng.usize(0..5)].into()),
            1 => Msg::Resize(rng.u16(0..210), rng.u16(0..70)),
            2 => Msg::Changed,
            3 => Msg::Mouse(random_mouse(&mut rng)),
            4 => Msg::LookRoom(random_look(&mut rng)),
            _ => Msg::Key(random_key(&mut rng)),
        };
        let asking = desk.model.layers.last().is_some_and(|l| l.asks());
        let was_key_yes =
            matches!(&msg, Msg::Key(k) if matches!(k.code, KeyCode::Char('y') | KeyCode::Enter));
        let effects = {
            let now = Now { at: Some(sample::now()), since: desk.since };
            let effects = update(&mut desk.model, msg.clone(), now);
            for e in &effects {
                if e.is_dangerous() {
                    assert!(asking && was_key_yes, "step {step}: {msg:?} made {e:?} without a question");
                    approvals += 1;
                }
            }
            effects
        };
        // the fake engine answers, but nothing ends
        for e in effects {
            if !matches!(e, Effect::Quit) {
                desk.reply(&e);
            }
        }
        dialogs += usize::from(asking);
        if step % 3 == 0 {
            let (w, h) = desk.model.size;
            let mut t = Terminal::new(TestBackend::new(w, h)).unwrap();
            t.draw(|f| view(&desk.model, f)).unwrap();
        }
    }
    // the walk did reach the dialogs, else it proves nothing
    assert!(dialogs > 20 && approvals > 0, "{dialogs} {approvals}");
}

fn random_mouse(rng: &mut fastrand::Rng) -> MouseEvent {
    let kinds = [
        MouseEventKind::Down(MouseButton::Left),
        MouseEventKind::Down(MouseButton::Right),
        MouseEventKind::ScrollDown,
        MouseEventKind::ScrollUp,
    ];
    let kind = kinds[rng.usize(0..kinds.len())];
    MouseEvent { kind, column: rng.u16(0..220), row: rng.u16(0..80), modifiers: KeyModifiers::NONE }
}

/// Keys and themes that are saved while somebody works: good ones and broken ones.
fn random_look(rng: &mut fastrand::Rng) -> LookMsg {
    let keys = [
        "",
        "[queue]\napprove = [\"f9\"]",
        "[global]\nback = []",
        "[queue",
        "[running]\nstop_running = [\"y\"]",
    ];
    let themes = ["mono", "tieout-light", "nothing"];
    if rng.bool() {
        LookMsg::Keys(Box::new(keys::read(keys[rng.usize(0..keys.len())])))
    } else {
        let name = themes[rng.usize(0..themes.len())];
        LookMsg::Theme(name.into(), Why::Chosen, Box::new(Library::default().load(name, Depth::True)))
    }
}

fn random_key(rng: &mut fastrand::Rng) -> KeyEvent {
    let codes = [
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Home,
        KeyCode::End,
    ];
    let code = match rng.u8(0..5) {
        0 => codes[rng.usize(0..codes.len())],
        1 => KeyCode::Char(['a', 'y', 'p', 'x', 'f', 'y', 'H', 'c', 'A', ' '][rng.usize(0..10)]),
        _ => KeyCode::Char(char::from(rng.u8(32..127))),
    };
    let mods = if rng.u8(0..12) == 0 { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
    KeyEvent::new(code, mods)
}
