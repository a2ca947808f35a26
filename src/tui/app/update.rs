//! The one place where things happen: a message changes the model and gives effects. No I/O, no clock.

use crate::tui::effect::Effect;
use crate::tui::layers::Layer;
use crate::tui::look::effect::LookEffect;
use crate::tui::msg::{Msg, Now};
use crate::tui::screens::queue::Shape;

use super::{Model, Phase, arrive, input};

/// Takes a message.
pub fn update(model: &mut Model, msg: Msg, now: Now) -> Vec<Effect> {
    model.now = Now { at: now.at.or(model.now.at), since: now.since };
    model.toasts.expire(now.since);
    let errors = model.toasts.errors();
    let mut effects = match msg {
        Msg::Key(key) => input::key(model, key),
        Msg::Paste(text) => input::paste(model, text.text()),
        Msg::Mouse(event) => crate::tui::mouse::mouse(model, event),
        Msg::Resize(w, h) => {
            model.size = (w, h);
            Vec::new()
        }
        Msg::Tick => Vec::new(),
        Msg::Ending => {
            model.ended = true;
            vec![Effect::Quit]
        }
        other => arrive::arrive(model, other),
    };
    effects.extend(reshape(model));
    if model.look.bell && model.toasts.errors() > errors {
        effects.push(Effect::LookRoom(LookEffect::Bell));
    }
    if model.look.read_only {
        // the second lock: nothing that changes anything leaves, whatever the table of actions says
        effects.retain(|e| !e.changes());
    }
    if model.connection_list.closed() {
        effects.retain(Effect::needs_no_vault);
    }
    if model.phase == Phase::Opening {
        effects.retain(|e| match e {
            Effect::LookRoom(e) => !e.needs_store(),
            e => matches!(e, Effect::Quit | Effect::Suspend | Effect::Redraw | Effect::Copy(_)),
        });
    }
    crate::tui::screens::tieout::room::leaving(model, &effects);
    crate::tui::screens::mappings::room::leaving(model, &effects);
    // last: it follows what does leave
    crate::tui::screens::queue::run::watch(model, &mut effects);
    model.running_since = model.working().map(|_| model.running_since.unwrap_or(now.since));
    effects
}

/// The screens take the size, which depends on how many currencies there are.
fn reshape(model: &mut Model) -> Option<Effect> {
    let (w, h) = model.size;
    let home = model.current_book().map(|b| b.settings.home_currency);
    let currencies = model.queue.currencies(home).len();
    if model.document.size != model.size {
        model.document.resize(model.size);
    }
    if model.tieout.size != model.size {
        crate::tui::screens::tieout::room::resize(model);
    }
    for layer in &mut model.layers {
        if let Layer::Approve(approve) = layer {
            approve.fit(model.size);
        }
    }
    let shape = Shape::of(w, h, currencies);
    if shape == model.queue.shape {
        return None;
    }
    let effect = model.queue.resize(shape);
    model.mapping_lines();
    crate::tui::screens::audit::room::resized(model);
    crate::tui::screens::activity::room::resized(model);
    effect
}

impl Model {
    /// Rows of a plain list: header, rule, head and footer taken away.
    pub fn list_rows(&self) -> usize {
        usize::from(self.size.1.saturating_sub(5)).max(1)
    }
}
