//! Where the random walks begin, and what they meet.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::engine::Progress;
use crate::engine::connect_lead::{Next, Stuck};
use crate::model::book::Mode;
use crate::tui::app::{Model, Screen};
use crate::tui::keys;
use crate::tui::look::effect::{LookMsg, Why};
use crate::tui::msg::Msg;
use crate::tui::screens::connections::effect::{ConnectionEffect as E, ConnectionMsg as M};
use crate::tui::theme::{Depth, Library, Theme};

use super::accounts;
use super::desk::Desk;

/// So many beginnings there are.
pub const KINDS: usize = 20;

/// A console to begin with: ten places, each with and without the right to change.
pub fn begin(walk: usize) -> Desk {
    let size = [(120, 34), (80, 24), (200, 60)][walk % 3];
    let mut desk = match walk % 10 {
        0 => Desk::open(size.0, size.1),
        1 => with(size, "enter"),
        2 => with(size, "2"),
        3 => accounts::open(size.0, size.1),
        4 => {
            let mut desk = accounts::open(size.0, size.1);
            for b in &mut desk.model.books {
                b.mode = Mode::Preview;
            }
            desk.press("tab");
            desk
        }
        5 => with(size, "4"),
        6 => with(size, "5 enter"),
        7 => with(size, "6"),
        8 => with(size, "tab"),
        _ => accounts::fresh(size.0, size.1),
    };
    desk.model.look.mouse = true;
    desk.model.look.ascii = walk % 7 == 3;
    if walk % 4 == 1 {
        desk.model.look.theme = Theme::mono();
    }
    desk.model.look.read_only = walk / 10 % 2 == 1;
    desk
}

fn with(size: (u16, u16), keys: &str) -> Desk {
    let mut desk = Desk::open(size.0, size.1);
    desk.press(keys);
    desk
}

/// The next message.
pub fn message(rng: &mut fastrand::Rng, model: &Model) -> Msg {
    match rng.u8(0..60) {
        0 | 1 => Msg::Paste(paste(rng).into()),
        2 => Msg::Resize(rng.u16(1..210), rng.u16(1..70)),
        3 => Msg::Resize(rng.u16(1..4), rng.u16(1..4)),
        // not every walk stays where nothing can be seen
        4 | 5 => Msg::Resize(120, 34),
        6 => Msg::Changed,
        7..=9 => Msg::Mouse(mouse(rng)),
        10 => Msg::LookRoom(look(rng)),
        11 => Msg::Progress(Progress {
            what: "Posting to QuickBooks Online".into(),
            done: rng.u64(0..40),
            of: 37,
            stopping: rng.bool(),
            running: rng.bool(),
        }),
        12 => failure(rng, model),
        // out of what is open, and to another screen
        13..=16 => Msg::Key(KeyEvent::from(KeyCode::Esc)),
        17 | 18 => Msg::Key(KeyEvent::from(KeyCode::Char(char::from(rng.u8(b'1'..b'8'))))),
        // what this screen knows, so that walks get further than letters by chance
        19..=30 => Msg::Key(known(rng, model)),
        _ => Msg::Key(key(rng)),
    }
}

fn paste(rng: &mut fastrand::Rng) -> String {
    let long = "Ä".repeat(10_000);
    let all =
        ["y", "y\ny\r", "21,609.71", "\u{1b}[2J", "日本語", "\u{202e}gnp.exe", "e\u{301}\u{200b}", "", &long];
    all[rng.usize(0..all.len())].to_string()
}

fn mouse(rng: &mut fastrand::Rng) -> MouseEvent {
    let kinds = [
        MouseEventKind::Down(MouseButton::Left),
        MouseEventKind::Down(MouseButton::Right),
        MouseEventKind::Up(MouseButton::Left),
        MouseEventKind::Drag(MouseButton::Left),
        MouseEventKind::Moved,
        MouseEventKind::ScrollDown,
        MouseEventKind::ScrollUp,
        MouseEventKind::ScrollLeft,
    ];
    let kind = kinds[rng.usize(0..kinds.len())];
    MouseEvent { kind, column: rng.u16(0..220), row: rng.u16(0..80), modifiers: KeyModifiers::NONE }
}

/// Keys and themes that are saved while somebody works: good ones and broken ones.
fn look(rng: &mut fastrand::Rng) -> LookMsg {
    let keys = [
        "",
        "",
        "[queue]\napprove = [\"f9\"]",
        "[global]\nback = []",
        "[queue",
        "[running]\nstop_running = [\"y\"]",
    ];
    let themes = ["mono", "tieout-light", "nothing", "high-contrast", "colour-blind", "ansi16"];
    if rng.bool() {
        LookMsg::Keys(Box::new(keys::read(keys[rng.usize(0..keys.len())])))
    } else {
        let name = themes[rng.usize(0..themes.len())];
        let depth = if rng.bool() { Depth::True } else { Depth::C16 };
        LookMsg::Theme(name.into(), Why::Chosen, Box::new(Library::default().load(name, depth)))
    }
}

/// An answer that says why there is none; some are of a question that nobody waits for.
fn failure(rng: &mut fastrand::Rng, model: &Model) -> Msg {
    let why = || "The store is busy.\u{1b}[31m Try again.".to_string();
    let old = rng.u64(0..40);
    match rng.u8(0..10) {
        0 => Msg::Facts(Err(why())),
        1 => Msg::Window(old, Err(why())),
        2 => Msg::Totals(old, Err(why())),
        3 => Msg::Groups(old, Err(why())),
        4 => Msg::Approved(Err(why())),
        5 => Msg::RuleSet(Err(why())),
        6 => Msg::Audit(old, model.screen == Screen::Audit, Err(why())),
        7 => Msg::Text("Request of B4Q7TN".into(), Err(why())),
        8 => Msg::Answered(Err(why())),
        _ => Msg::ConnectionRoom(M::Done(Err(why()))),
    }
}

/// A key that has a meaning here, or in every place.
fn known(rng: &mut fastrand::Rng, model: &Model) -> KeyEvent {
    let here = model.context();
    let all: Vec<_> = keys::actions().filter(|a| a.contexts.contains(&here)).collect();
    let Some(action) = (!all.is_empty()).then(|| all[rng.usize(0..all.len())]) else { return key(rng) };
    let written = model.key(action.id);
    match written.chars().collect::<Vec<_>>()[..] {
        [c] => KeyEvent::from(KeyCode::Char(c)),
        _ => key(rng),
    }
}

fn key(rng: &mut fastrand::Rng) -> KeyEvent {
    let codes = [
        KeyCode::Enter,
        KeyCode::Enter,
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
        KeyCode::F(9),
    ];
    let code = match rng.u8(0..6) {
        0 | 1 => codes[rng.usize(0..codes.len())],
        2 => KeyCode::Char(['a', 'y', 'p', 'x', 'f', 'y', 'H', 'c', 'n', ' '][rng.usize(0..10)]),
        3 => KeyCode::Char(['é', '日', '\u{301}', '€'][rng.usize(0..4)]),
        _ => KeyCode::Char(char::from(rng.u8(32..127))),
    };
    let mods = if rng.u8(0..12) == 0 { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
    KeyEvent::new(code, mods)
}

/// The engine's answer about connections: every second step is refused.
pub fn connection_answer(effect: &E) -> Option<M> {
    let refused = || Stuck { field: None, why: "The other system did not answer.".into(), next: None };
    Some(match effect {
        E::Look { generation } => M::Look(*generation, Box::new(accounts::looked(crate::engine::Door::Open))),
        E::MakeVault { serial, .. } => M::VaultMade(*serial, Ok(())),
        E::Unlock { .. } => M::Unlocked(Err("This is not the passphrase.".into())),
        E::Begin { serial, .. } | E::Again { serial, .. } => {
            M::Next(*serial, Some("SAP Concur"), Ok(accounts::concur()))
        }
        E::Answer { serial, answers } if answers.len() % 2 == 0 => {
            M::Next(*serial, None, Ok(accounts::consent()))
        }
        E::Answer { serial, .. } => M::Next(*serial, None, Err(refused())),
        E::Listen { serial } | E::Return { serial, .. } => M::Next(*serial, None, Ok(Next::Ready)),
        E::Prove { serial } => M::Proved(*serial, Ok(accounts::connected("Fernhill Quay"))),
        E::Keep { serial } => M::Kept(*serial, Err(refused())),
        E::Browse { .. } => M::Browsed(Err("no browser".into())),
        E::Trial { .. } => M::Trial(Ok(("Trial of fq-us".into(), "nothing differs".into()))),
        E::Change { .. } | E::Policy { .. } | E::Rest { .. } => {
            M::Done(Err("The book changed meanwhile.".into()))
        }
        _ => return None,
    })
}
