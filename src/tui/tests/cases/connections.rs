use crate::engine::books::BookChange;
use crate::tui::app::Screen;
use crate::tui::effect::Effect;
use crate::tui::keys::ActionId;
use crate::tui::layers::Layer;
use crate::tui::screens::connections::Part;
use crate::tui::screens::connections::effect::ConnectionEffect as E;

use super::super::actions::{asked, warned};
use super::super::desk::Desk;
use super::Case;

fn form(d: &Desk, title: &str) -> bool {
    matches!(d.model.layers.last(), Some(Layer::Form(f)) if f.title.contains(title))
}

fn room(d: &Desk, f: fn(&E) -> bool) -> bool {
    d.effects.iter().any(|e| matches!(e, Effect::ConnectionRoom(e) if f(e)))
}

pub const CASES: &[Case] = &[
    (ActionId::Connect, ": c o n n e c t enter", |d| d.model.screen == Screen::Connections),
    (ActionId::NewConnection, "3 n", |d| matches!(d.model.layers.last(), Some(Layer::Wizard(_)))),
    (ActionId::Unlock, "3 u", warned),
    (ActionId::AccountsPart, "3 tab", |d| d.model.connection_list.part == Part::Books),
    (ActionId::Reauthorise, "3 j R", |d| {
        room(d, |e| matches!(e, E::Again { name, .. } if name == "qbo-us"))
            && matches!(d.model.layers.last(), Some(Layer::Wizard(_)))
    }),
    (ActionId::Disconnect, "3 j D q b o - u s enter", |d| {
        room(d, |e| matches!(e, E::Disconnect { connection } if connection.as_str() == "qbo-us"))
    }),
    (ActionId::Disconnect, "3 D q b o enter", |d| {
        !room(d, |e| matches!(e, E::Disconnect { .. })) && form(d, "Disconnect")
    }),
    (ActionId::RestConnection, "3 P y", |d| room(d, |e| matches!(e, E::Rest { resting: true, .. }))),
    (ActionId::PairBook, "3 tab n", |d| form(d, "A new book")),
    (ActionId::EditBook, "3 tab e", |d| form(d, "Settings of fq-us")),
    (ActionId::FlowBook, "3 tab f enter", |d| form(d, "expense reports of fq-us")),
    (ActionId::PolicyBook, "3 tab a", warned),
    (ActionId::LockBook, "3 tab K", |d| form(d, "Lock date")),
    (ActionId::LiveBook, "3 tab L", |d| warned(d) || form(d, "Go live")),
    (ActionId::PreviewBook, "3 tab V y", |d| {
        room(d, |e| matches!(e, E::Change { change: BookChange::Preview, .. })) || warned(d)
    }),
    (ActionId::RestBook, "3 tab P", |d| {
        room(d, |e| matches!(e, E::Change { change: BookChange::Pause, .. }))
    }),
    (ActionId::TrialBook, "3 tab T", |d| form(d, "Trial of fq-us")),
    (ActionId::WriteQwc, "3 w", warned),
    (ActionId::TestConnection, "3 T", |d| asked(d, |e| matches!(e, Effect::Ask(_)))),
];
