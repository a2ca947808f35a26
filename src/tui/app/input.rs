//! Keys and pastes: the top layer first, then a field, then the table of actions.

use crossterm::event::{KeyEvent, KeyEventKind};

use crate::tui::effect::Effect;
use crate::tui::keys::{ActionId, Context, Meant, key_name};
use crate::tui::layers::Out;
use crate::tui::layers::reader::is_interrupt;
use crate::tui::look::place;

use super::act::act;
use super::{Model, Screen};

/// A key.
pub fn key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    if key.kind == KeyEventKind::Release {
        return Vec::new();
    }
    if is_interrupt(&key) {
        model.waiting = None;
        return act(model, ActionId::Stop);
    }
    if let Some(layer) = model.layers.last_mut() {
        let out = layer.key(key);
        return follow(model, out);
    }
    let typed = match model.screen {
        Screen::Audit => model.audit.filter_key(key),
        _ => super::rooms::key(model, key),
    };
    if let Some(effects) = typed {
        return effects;
    }
    let Some(name) = key_name(&key) else { return Vec::new() };
    let waiting = model.waiting.take();
    if waiting.is_none()
        && model.working().is_some()
        && let Meant::Action(id) = model.look.keys.meant(Context::Running, None, &name)
    {
        // the progress line says so
        return act(model, id);
    }
    if waiting.is_some() && name == "esc" {
        return Vec::new();
    }
    match model.look.keys.meant(model.context(), waiting.as_deref(), &name) {
        Meant::Action(id) => act(model, id),
        Meant::Begins => {
            model.waiting = Some(waiting.map_or_else(|| name.clone(), |w| format!("{w} {name}")));
            Vec::new()
        }
        Meant::Nothing => Vec::new(),
    }
}

/// A paste: text for the field that has the focus, and nothing anywhere else.
pub fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    if let Some(layer) = model.layers.last_mut() {
        let out = layer.paste(text);
        return follow(model, out);
    }
    let typed = match model.screen {
        Screen::Audit => model.audit.filter_paste(text),
        _ => super::rooms::paste(model, text),
    };
    typed.unwrap_or_default()
}

/// What a layer made of it.
fn follow(model: &mut Model, out: Out) -> Vec<Effect> {
    match out {
        Out::Stay => Vec::new(),
        Out::Run(effects) => effects,
        Out::Close => {
            model.layers.pop();
            Vec::new()
        }
        Out::CloseAndRun(effects) => {
            model.layers.pop();
            effects
        }
        Out::Replace(layer) => {
            model.layers.pop();
            model.layers.push(*layer);
            Vec::new()
        }
        Out::ReplaceAndRun(layer, effects) => {
            model.layers.pop();
            model.layers.push(*layer);
            effects
        }
        Out::Submit(form, answers) => super::rooms::submit(model, form, &answers),
        Out::Go(place) => {
            model.layers.pop();
            place::go(model, place)
        }
        Out::Act(id) => {
            model.layers.pop();
            act(model, id)
        }
    }
}
