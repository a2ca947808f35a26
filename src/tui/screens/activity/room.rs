//! The part of the activity screen that the root calls: actions, keys, answers, forms.

use crossterm::event::KeyEvent;

use crate::store::Health;
use crate::tui::app::{Model, Screen};
use crate::tui::effect::Effect;
use crate::tui::format::{count, minute};
use crate::tui::keys::ActionId;
use crate::tui::layers::{Answers, Layer, Reader};
use crate::tui::screens::audit::room::show_document;
use crate::tui::text::clean;
use crate::tui::widgets::Input;

use super::effect::{ActivityEffect, ActivityForm, ActivityMsg};
use super::{Alarm, Part, draw, run_text};

/// The screen is shown: reads what the engine does, and the log.
pub fn enter(model: &mut Model) -> Vec<Effect> {
    let mut effects = vec![Effect::ActivityRoom(ActivityEffect::State)];
    effects.extend(ask_log(model, false));
    effects
}

/// Somebody changed the store.
pub fn changed(_model: &mut Model) -> Vec<Effect> {
    vec![Effect::ActivityRoom(ActivityEffect::State)]
}

fn ask_log(model: &mut Model, wait: bool) -> Option<Effect> {
    if model.activity.asking && wait {
        return None;
    }
    model.activity.asking = wait;
    let after = model.activity.newest();
    Some(Effect::ActivityRoom(ActivityEffect::Log { after, wait }))
}

/// The list has another height.
pub fn resized(model: &mut Model) {
    let rows = draw::rows(model);
    model.activity.fit(rows);
}

/// Does an action of this screen; none: it is not one.
pub fn act(model: &mut Model, id: ActionId) -> Option<Vec<Effect>> {
    let rows = draw::rows(model);
    Some(match id {
        ActionId::ActivityNext | ActionId::ActivityBefore => {
            let by = if id == ActionId::ActivityNext { 1 } else { Part::ALL.len() - 1 };
            model.activity.part = model.activity.part.moved(by);
            model.activity.search.clear();
            model.activity.follow |= model.activity.part == Part::Log && model.activity.cursor().at == 0;
            model.activity.fit(rows);
            if model.activity.part == Part::Log {
                ask_log(model, true).into_iter().collect()
            } else {
                Vec::new()
            }
        }
        ActionId::LogLevel => {
            model.activity.level = model.activity.level.next();
            model.activity.fit(rows);
            Vec::new()
        }
        ActionId::LogFollow => {
            model.activity.follow = !model.activity.follow;
            model.activity.fit(rows);
            Vec::new()
        }
        ActionId::Filter => {
            model.activity.typing = Some(Input::with(&model.activity.search));
            Vec::new()
        }
        ActionId::Back if !model.activity.search.is_empty() => {
            model.activity.search.clear();
            model.activity.fit(rows);
            Vec::new()
        }
        ActionId::Open => open(model),
        ActionId::Refresh => enter(model),
        other => {
            model.activity.act(other, rows)?;
            Vec::new()
        }
    })
}

/// Opens what the cursor is on: the document or connection that it concerns, the whole line, the figures of the run.
fn open(model: &mut Model) -> Vec<Effect> {
    let at = model.activity.cursor().at;
    match model.activity.part {
        Part::Alarms => match model.activity.alarms().get(at).map(|a| (*a).clone()) {
            Some(Alarm::Document(a)) => show_document(model, a.row.id),
            Some(Alarm::Connection(at, ..)) => to_connection(model, at),
            Some(Alarm::Break(b)) => {
                let text = format!(
                    "{}\n\nFound {} after run {}. The figures of that run stand under Runs. Find the documents with \
                     tieout reconcile,\nand close it with a note: tieout reconcile --help says how.",
                    clean(&b.text),
                    minute(b.opened_at, &model.zone),
                    b.run
                );
                model.layers.push(Layer::Reader(Reader::of(format!("Control break {}", b.id), &text)));
                Vec::new()
            }
            Some(Alarm::Engine(text)) => {
                model.layers.push(Layer::Reader(Reader::of("The engine", &text)));
                Vec::new()
            }
            None => Vec::new(),
        },
        Part::Events => {
            let Some((document, text)) =
                model.activity.listed().get(at).map(|e| (e.document, clean(&e.text)))
            else {
                return Vec::new();
            };
            match document {
                Some(id) => show_document(model, id),
                None => {
                    model.layers.push(Layer::Reader(Reader::of("Event", &text)));
                    Vec::new()
                }
            }
        }
        Part::Log => {
            let found = model.activity.log().get(at).map(|l| (l.n, l.text.clone(), l.json.clone()));
            if let Some((n, text, json)) = found {
                let pretty = serde_json::from_str::<serde_json::Value>(&json)
                    .and_then(|v| serde_json::to_string_pretty(&v))
                    .unwrap_or(json);
                let title = format!("Line {} of the log of this process", count(n));
                model.layers.push(Layer::Reader(Reader::of(title, &format!("{text}\n\n{pretty}"))));
            }
            Vec::new()
        }
        Part::Runs => {
            let found = model.activity.runs().get(at).map(|r| (r.id, run_text(r, &model.zone)));
            if let Some((id, text)) = found {
                model.layers.push(Layer::Reader(Reader::of(format!("Run {id}"), &text)));
            }
            Vec::new()
        }
    }
}

fn to_connection(model: &mut Model, at: usize) -> Vec<Effect> {
    model.connection_list.cursor.at = at;
    model.trail.push(model.screen);
    model.screen = Screen::Connections;
    model.waiting = None;
    vec![Effect::Facts]
}

/// Whether an action of this screen is possible now; none: it is not one.
pub fn possible(model: &Model, id: ActionId) -> Option<Result<(), String>> {
    Some(match id {
        ActionId::Open if model.activity.is_empty() => Err("the list is empty".into()),
        ActionId::Open => Ok(()),
        ActionId::LogLevel | ActionId::LogFollow if model.activity.part != Part::Log => {
            Err("the log is not shown: Tab turns to it".into())
        }
        ActionId::LogLevel | ActionId::LogFollow | ActionId::ActivityNext | ActionId::ActivityBefore => {
            Ok(())
        }
        _ => return None,
    })
}

/// A key for a field of this screen; none: no field has the focus.
pub fn key(model: &mut Model, key: KeyEvent) -> Option<Vec<Effect>> {
    model.activity.filter_key(key)?;
    resized(model);
    Some(Vec::new())
}

/// A paste for a field of this screen; none: no field has the focus.
pub fn paste(model: &mut Model, text: &str) -> Option<Vec<Effect>> {
    let input = model.activity.typing.as_mut()?;
    input.paste(text);
    model.activity.search = input.text().to_string();
    resized(model);
    Some(Vec::new())
}

/// An answer.
pub fn arrive(model: &mut Model, msg: ActivityMsg) -> Vec<Effect> {
    match msg {
        ActivityMsg::State(Ok(state)) => {
            model.activity.error = None;
            model.activity.state = Some(state);
            gather(model);
        }
        ActivityMsg::State(Err(why)) => model.activity.error = Some(why),
        ActivityMsg::Log(lines) => {
            model.activity.asking = false;
            model.activity.take(&lines);
            resized(model);
            if model.screen == Screen::Activity && model.activity.part == Part::Log {
                return ask_log(model, true).into_iter().collect();
            }
        }
    }
    resized(model);
    Vec::new()
}

/// What needs a person, gravest first: the engine, connections, control totals, documents.
pub fn gather(model: &mut Model) {
    let mut out = Vec::new();
    let Some(state) = &model.activity.state else { return };
    if state.holder.is_none() && !model.connections.is_empty() {
        out.push(Alarm::Engine(
            "Nobody runs the engine: nothing is read, posted or confirmed. Start tieout --auto, or open a console \
             without --read-only."
                .into(),
        ));
    }
    for (i, c) in model.connections.iter().enumerate() {
        if c.health != Health::Ok {
            let word = c.health.name().replace('_', " ");
            let why = if c.health_reason.is_empty() {
                word
            } else {
                format!("{word}: {}", clean(&c.health_reason))
            };
            out.push(Alarm::Connection(i, clean(c.id.as_str()), why));
        }
    }
    out.extend(state.breaks.iter().cloned().map(|b| Alarm::Break(Box::new(b))));
    out.extend(state.attention.iter().cloned().map(|a| Alarm::Document(Box::new(a))));
    model.activity.alarms = out;
}

/// A form was filled in; it stays until it is closed ([`Model::close_form`]) or told what is wrong
/// ([`Model::refuse_form`]).
pub fn submit(_model: &mut Model, form: ActivityForm, _answers: &Answers) -> Vec<Effect> {
    match form {}
}
