//! The root asks the screen that is shown first: its actions, its fields, its forms.

use crossterm::event::KeyEvent;

use crate::tui::effect::Effect;
use crate::tui::keys::ActionId;
use crate::tui::layers::{Answers, FormFor, Layer};
use crate::tui::screens::{activity, audit, connections, document, mappings, queue, tieout};

use super::{Model, Screen};

/// An action of the screen; none: it is not one of its own.
pub fn act(model: &mut Model, id: ActionId) -> Option<Vec<Effect>> {
    match model.screen {
        Screen::Mappings => mappings::room::act(model, id),
        Screen::Connections => connections::room::act(model, id),
        Screen::Audit => audit::room::act(model, id),
        Screen::Tieout => tieout::room::act(model, id),
        Screen::Activity => activity::room::act(model, id),
        Screen::Queue => queue::room::act(model, id),
        Screen::Document => document::room::act(model, id),
    }
}

/// Whether an action of the screen is possible now; none: it is not one of its own.
pub fn possible(model: &Model, id: ActionId) -> Option<Result<(), String>> {
    match model.screen {
        Screen::Mappings => mappings::room::possible(model, id),
        Screen::Connections => connections::room::possible(model, id),
        Screen::Audit => audit::room::possible(model, id),
        Screen::Tieout => tieout::room::possible(model, id),
        Screen::Activity => activity::room::possible(model, id),
        Screen::Queue => queue::room::possible(model, id),
        Screen::Document => document::room::possible(model, id),
    }
}

/// A key for a field of the screen; none: no field has the focus.
pub fn key(model: &mut Model, key: KeyEvent) -> Option<Vec<Effect>> {
    match model.screen {
        Screen::Mappings => mappings::room::key(model, key),
        Screen::Connections => connections::room::key(model, key),
        Screen::Audit => audit::room::key(model, key),
        Screen::Tieout => tieout::room::key(model, key),
        Screen::Activity => activity::room::key(model, key),
        Screen::Queue => queue::room::key(model, key),
        Screen::Document => document::room::key(model, key),
    }
}

/// A paste for a field of the screen; none: no field has the focus.
pub fn paste(model: &mut Model, text: &str) -> Option<Vec<Effect>> {
    match model.screen {
        Screen::Mappings => mappings::room::paste(model, text),
        Screen::Connections => connections::room::paste(model, text),
        Screen::Audit => audit::room::paste(model, text),
        Screen::Tieout => tieout::room::paste(model, text),
        Screen::Activity => activity::room::paste(model, text),
        Screen::Queue => queue::room::paste(model, text),
        Screen::Document => document::room::paste(model, text),
    }
}

/// A form was filled in: its room takes the answers.
pub fn submit(model: &mut Model, form: FormFor, answers: &Answers) -> Vec<Effect> {
    match form {
        FormFor::Mappings(f) => mappings::room::submit(model, f, answers),
        FormFor::Connections(f) => connections::room::submit(model, f, answers),
        FormFor::Audit(f) => audit::room::submit(model, f, answers),
        FormFor::Tieout(f) => tieout::room::submit(model, f, answers),
        FormFor::Activity(f) => activity::room::submit(model, f, answers),
        FormFor::Queue(f) => queue::room::submit(model, f, answers),
        FormFor::Document(f) => document::room::submit(model, f, answers),
        #[cfg(test)]
        FormFor::Test => Vec::new(),
    }
}

impl Model {
    /// Closes the form on top: what it was for is done or on its way.
    pub fn close_form(&mut self) {
        if matches!(self.layers.last(), Some(Layer::Form(_))) {
            self.layers.pop();
        }
    }

    /// Keeps the form on top and says what is wrong with it, at the field of this name where there is one.
    pub fn refuse_form(&mut self, field: &str, why: impl Into<String>) {
        if let Some(Layer::Form(form)) = self.layers.last_mut() {
            form.refuse(field, why.into());
        }
    }
}
