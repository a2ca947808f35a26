//! The part of the queue that the root calls: actions, keys, answers, forms.

use crossterm::event::KeyEvent;

use crate::tui::app::Model;
use crate::tui::effect::Effect;
use crate::tui::keys::ActionId;
use crate::tui::layers::Answers;

use super::effect::{QueueForm, QueueMsg};

/// Does an action of this screen; none: it is not one.
pub fn act(_model: &mut Model, _id: ActionId) -> Option<Vec<Effect>> {
    None
}

/// Whether an action of this screen is possible now; none: it is not one.
pub fn possible(_model: &Model, _id: ActionId) -> Option<Result<(), String>> {
    None
}

/// A key for a field of this screen; none: no field has the focus.
pub fn key(_model: &mut Model, _key: KeyEvent) -> Option<Vec<Effect>> {
    None
}

/// A paste for a field of this screen; none: no field has the focus.
pub fn paste(_model: &mut Model, _text: &str) -> Option<Vec<Effect>> {
    None
}

/// An answer.
pub fn arrive(_model: &mut Model, msg: QueueMsg) -> Vec<Effect> {
    match msg {}
}

/// A form was filled in; it stays until it is closed ([`Model::close_form`]) or told what is wrong
/// ([`Model::refuse_form`]).
pub fn submit(_model: &mut Model, form: QueueForm, _answers: &Answers) -> Vec<Effect> {
    match form {}
}
