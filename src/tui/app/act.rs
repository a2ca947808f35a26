//! Actions: what a key, the help or the palette asked for becomes a change and effects.

use crate::engine::Ask;
use crate::model::state::State;
use crate::store::Act;
use crate::tui::effect::{Correcting, Effect};
use crate::tui::keys::{ActionId, action};
use crate::tui::layers::{Confirm, Layer, Purpose, Reader};
use crate::tui::look::room as look;
use crate::tui::msg::Sheet;
use crate::tui::screens::connections;
use crate::tui::text::{clean, wrap};

use super::decide::{approve, hold, post, reason, targets};
use super::possible::possible;
use super::{Chosen, Level, Model, Phase, Screen, fix};

/// Does an action, or says why not.
pub fn act(model: &mut Model, id: ActionId) -> Vec<Effect> {
    if let Err(why) = possible(model, id) {
        if id == ActionId::Stop {
            return interrupt(model);
        }
        model.say(Level::Warning, format!("{}: {why}", action(id).word));
        return Vec::new();
    }
    if let Some(effects) = super::rooms::act(model, id) {
        return effects;
    }
    use ActionId::*;
    match id {
        Quit => quit(model),
        Stop | StopRunning => vec![Effect::Ask(Ask::Stop)],
        Suspend => vec![Effect::Suspend],
        Redraw => vec![Effect::Redraw],
        Help | Palette => {
            look::open_finder(model, id == Palette);
            Vec::new()
        }
        Messages => {
            let text = messages(model);
            model.layers.push(Layer::Reader(Reader::of("Messages of this session, newest first", &text)));
            Vec::new()
        }
        Back => back(model),
        ScreenQueue => go(model, Screen::Queue),
        ScreenMappings => go(model, Screen::Mappings),
        ScreenConnections => go(model, Screen::Connections),
        ScreenAudit => {
            let effects = crate::tui::screens::audit::room::enter(model, None);
            go(model, Screen::Audit);
            effects
        }
        ScreenTieout => go(model, Screen::Tieout),
        ScreenActivity => {
            let mut effects = go(model, Screen::Activity);
            effects.extend(crate::tui::screens::activity::room::enter(model));
            effects
        }
        LastScreen => match model.trail.pop() {
            Some(screen) => {
                let here = model.screen;
                let effects = show(model, screen);
                model.trail.push(here);
                effects
            }
            None => Vec::new(),
        },
        NextBook => next_book(model),
        ChooseBook => look::open_books(model),
        ChooseTheme => look::choose_theme(),
        Refresh => refresh(model),
        Fetch => vec![Effect::Ask(Ask::Fetch { book: model.book.clone() })],
        Connect => {
            let mut effects = go(model, Screen::Connections);
            effects.extend(connections::room::connect(model));
            effects
        }
        Reverse | Repost => {
            let what = if id == Reverse { Correcting::Reversal } else { Correcting::Repost };
            super::correct::correct(model, what);
            Vec::new()
        }
        ApproveRest => {
            super::correct::approve_rest(model);
            Vec::new()
        }
        Approve => approve(model),
        Withdraw => {
            let targets = targets(model, |s| s == State::Approved);
            vec![Effect::Act { targets, act: Act::Withdraw }]
        }
        Post => post(model),
        Hold => hold(model),
        Reject => reason(model, "Reject to Concur", |s| s.may_become(State::Rejected), Purpose::Reject),
        Close => reason(model, "Close", |s| s.may_become(State::Closed), Purpose::Close),
        Adopt => fix::adopt(model),
        Fix => fix::fix(model),
        Retry => {
            let fits = |s| matches!(s, State::Failed | State::Ambiguous | State::ConfirmFailed);
            let targets = targets(model, fits);
            targets.into_iter().map(|t| Effect::Ask(Ask::Retry { document: t.id })).collect()
        }
        Trail => {
            let Some(c) = model.here() else { return Vec::new() };
            let subject = Some((c.id.to_string(), c.number));
            let effects = crate::tui::screens::audit::room::enter(model, subject);
            go(model, Screen::Audit);
            effects
        }
        Request => model.here().map(|c| Effect::RequestText { target: c.target() }).into_iter().collect(),
        Raw => {
            let Some(sheet) = model.sheet() else { return Vec::new() };
            let reader = raw(sheet);
            model.layers.push(Layer::Reader(reader));
            Vec::new()
        }
        Copy => copy(model),
        _ => on_screen(model, id),
    }
}

fn on_screen(model: &mut Model, id: ActionId) -> Vec<Effect> {
    let rows = model.list_rows();
    match model.screen {
        Screen::Queue if id == ActionId::Open && !model.queue.grouped => {
            let Some(c) = model.queue.current().map(|r| r.row.id) else { return Vec::new() };
            let known = model.queue.sheet.clone();
            let effect = model.document.open(c, known);
            go(model, Screen::Document);
            vec![effect]
        }
        Screen::Queue => model.queue.act(id).unwrap_or_default(),
        Screen::Document => {
            model.document.act(id);
            Vec::new()
        }
        Screen::Mappings => {
            let n = model.mapping_rows();
            model.mappings.cursor.act(id, n, rows);
            Vec::new()
        }
        Screen::Connections => {
            connections::room::moved(model, id);
            Vec::new()
        }
        // its room does all of its actions
        Screen::Audit => Vec::new(),
        // its room does all of its actions
        Screen::Activity => Vec::new(),
        // its own room has every action of it
        Screen::Tieout => Vec::new(),
    }
}

fn interrupt(model: &mut Model) -> Vec<Effect> {
    if model.look.read_only || !model.layers.is_empty() {
        model.layers.clear();
        return Vec::new();
    }
    model.say(Level::Info, format!("Nothing is running. {} quits.", model.key(ActionId::Quit)));
    Vec::new()
}

fn quit(model: &mut Model) -> Vec<Effect> {
    if let Some((p, _)) = model.working().filter(|_| model.phase == Phase::Open) {
        model.layers.push(Layer::Confirm(Confirm {
            question: 0,
            title: "Quit".into(),
            lines: vec![
                format!("{}: {} of {}.", clean(&p.what), p.done, p.of),
                "What is on the wire is finished first; the rest waits for the next start.".into(),
            ],
            yes: "quit".into(),
            effects: vec![Effect::Quit],
        }));
        return Vec::new();
    }
    vec![Effect::Quit]
}

/// Leaves one thing: an error message, what the screen can leave, the screen. Never the program.
fn back(model: &mut Model) -> Vec<Effect> {
    if model.toasts.dismiss() {
        return Vec::new();
    }
    if model.queue.summary.take().is_some() {
        return Vec::new();
    }
    if model.screen == Screen::Queue {
        return model.queue.back().unwrap_or_default();
    }
    if model.screen == Screen::Audit && !model.audit.search.is_empty() {
        return model.audit.clear();
    }
    let to = model.trail.pop().unwrap_or(Screen::Queue);
    show(model, to)
}

/// All messages, newest first, each with its time and as wide as the window.
fn messages(model: &Model) -> String {
    let w = usize::from(model.size.0.saturating_sub(8)).clamp(20, 136);
    let mut out = Vec::new();
    for t in model.toasts.all() {
        let when = t
            .at
            .map_or_else(String::new, |at| at.to_zoned(model.zone.clone()).strftime("%H:%M:%S").to_string());
        for (i, line) in wrap(&t.text, w.saturating_sub(10)).into_iter().enumerate() {
            out.push(format!("{:8}  {line}", if i == 0 { when.as_str() } else { "" }));
        }
    }
    if out.is_empty() { "No message yet.".into() } else { out.join("\n") }
}

/// Shows a screen; Esc comes back.
pub fn go(model: &mut Model, screen: Screen) -> Vec<Effect> {
    if screen == model.screen {
        return Vec::new();
    }
    if screen == Screen::Queue {
        model.trail.clear();
    }
    model.trail.push(model.screen);
    if model.trail.len() > 16 {
        model.trail.remove(0);
    }
    show(model, screen)
}

fn show(model: &mut Model, screen: Screen) -> Vec<Effect> {
    model.screen = screen;
    model.waiting = None;
    match screen {
        Screen::Mappings => model.book.clone().map(|b| model.mappings.ask(b)).into_iter().collect(),
        Screen::Connections => vec![Effect::Facts, connections::room::look(model)],
        _ => Vec::new(),
    }
}

fn next_book(model: &mut Model) -> Vec<Effect> {
    let at = model.books.iter().position(|b| Some(&b.id) == model.book.as_ref()).unwrap_or(0);
    let Some(next) = model.books.get((at + 1) % model.books.len().max(1)).map(|b| b.id.clone()) else {
        return Vec::new();
    };
    model.choose_book(next)
}

fn refresh(model: &mut Model) -> Vec<Effect> {
    match model.screen {
        Screen::Queue => model.queue.refresh(),
        Screen::Document => model.document.refresh().into_iter().collect(),
        Screen::Mappings => model.book.clone().map(|b| model.mappings.ask(b)).into_iter().collect(),
        Screen::Connections => vec![Effect::Facts, connections::room::look(model)],
        Screen::Audit => vec![model.audit.ask(false, false)],
        Screen::Tieout => crate::tui::screens::tieout::room::read(model),
        Screen::Activity => Vec::new(),
    }
}

fn raw(sheet: &Sheet) -> Reader {
    let card = &sheet.card;
    let correction = card.row.kind == crate::model::document::DocumentKind::Correction;
    let what = if correction { "The correction as it was made here" } else { "What Concur sent" };
    let title = format!("{what} · SHA-256 {}", card.sha256);
    if card.bytes.is_empty() {
        return Reader::of(title, "The bytes were purged.");
    }
    let pretty = serde_json::from_slice::<serde_json::Value>(&card.bytes)
        .and_then(|v| serde_json::to_string_pretty(&v))
        .unwrap_or_else(|_| String::from_utf8_lossy(&card.bytes).into_owned());
    Reader::of(title, &pretty)
}

fn copy(model: &mut Model) -> Vec<Effect> {
    let text = match model.screen {
        Screen::Audit => model.audit.rows.get(model.audit.cursor.at).map(|r| r.hash.clone()),
        _ => model.here().map(|c| c.id.to_string()),
    };
    text.map(Effect::Copy).into_iter().collect()
}

impl Model {
    /// The one document that the screen is about.
    pub fn here(&self) -> Option<Chosen> {
        match self.screen {
            Screen::Document => self.document.chosen(),
            Screen::Queue if !self.queue.grouped => self.queue.current().map(|r| Chosen::of(&r.row)),
            _ => None,
        }
    }

    /// What is known of it, when it was read.
    pub fn sheet(&self) -> Option<&Sheet> {
        let id = self.here()?.id;
        let sheet = match self.screen {
            Screen::Document => self.document.sheet.as_deref(),
            _ => self.queue.sheet.as_deref(),
        };
        sheet.filter(|s| s.card.row.id == id)
    }
}
