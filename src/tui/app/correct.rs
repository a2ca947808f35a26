//! Corrections of what is in the ledger, and what is asked of connections and the tie-out.

use crate::model::document::DocumentKind;
use crate::model::intent::IntentState;
use crate::model::state::State;
use crate::tui::effect::{Correcting, Effect};
use crate::tui::keys::ActionId;
use crate::tui::layers::{Purpose, Reason};
use crate::tui::msg::Said;
use crate::tui::text::clean;

use super::decide::about;
use super::{Level, Model, Screen, arrive};

/// Asks why a correction is made.
pub fn correct(model: &mut Model, what: Correcting) {
    let Some(c) = model.here() else { return };
    let mut lines = about(std::slice::from_ref(&c), model.home());
    let (title, words) = match what {
        Correcting::Reversal => (
            "Reverse",
            "Its records are read in the ledger first; then the opposite of each is made as a document of its \
             own, which is approved and posted like any other. Nothing is written to the ledger now.",
        ),
        Correcting::Repost => (
            "Post again",
            "The document is derived once more with the rules of today, as a document of its own, which is \
             approved and posted like any other. It is refused while the ledger still holds its records.",
        ),
    };
    lines.push(words.into());
    model.layers.push(Reason::layer(title, lines, Purpose::Correct(c.target(), what)));
}

/// Asks for the note with which the rest is approved.
pub fn approve_rest(model: &mut Model) {
    let Some(c) = model.here() else { return };
    let mut lines = about(std::slice::from_ref(&c), model.home());
    if let Some(sheet) = model.sheet() {
        let done: Vec<String> = sheet
            .card
            .intents
            .iter()
            .filter(|i| i.state == IntentState::Done)
            .map(|i| clean(&format!("{} {}", i.kind.words(), i.number)))
            .collect();
        lines.push(format!("In the ledger already, and not posted again: {}.", done.join(", ")));
    }
    lines.push(
        "What the ledger refused is derived again with the rules of today and approved beside it.".into(),
    );
    model.layers.push(Reason::layer("Approve the rest", lines, Purpose::ApproveRest(c.target())));
}

/// Whether the document on the screen can be corrected so.
pub fn correctable(model: &Model, id: ActionId) -> Result<(), String> {
    let c = model.here().ok_or("there is no document here")?;
    let is = || format!("{} is {}", c.number, c.state.name().replace('_', " "));
    let recorded =
        matches!(c.state, State::Posted | State::ConfirmFailed | State::Confirmed | State::NeedsHuman);
    let sheet = model.sheet().ok_or("the document is still being read")?;
    let done = sheet.card.intents.iter().filter(|i| i.state == IntentState::Done).count();
    match id {
        ActionId::Reverse if !recorded => {
            Err(format!("only what is in the ledger can be reversed; {}", is()))
        }
        ActionId::Reverse if sheet.card.approval.is_none() => {
            Err(format!("{} was linked by hand, not posted: correct it in the ledger", c.number))
        }
        ActionId::Reverse if done == 0 => Err(format!("the ledger holds no record of {}", c.number)),
        ActionId::Repost if sheet.card.row.kind == DocumentKind::Correction => {
            Err("a correction is not posted again; make it anew from its document".into())
        }
        ActionId::Repost if !recorded && c.state != State::Reversed => {
            Err(format!("only what was in the ledger can be posted again; {}", is()))
        }
        ActionId::ApproveRest => {
            let all = sheet.card.approval.as_ref().map_or(0, |a| a.set.entries.len());
            if c.state == State::NeedsHuman && done > 0 && done < all {
                return Ok(());
            }
            Err(format!("only a document that is partly in the ledger has a rest to approve; {}", is()))
        }
        _ => Ok(()),
    }
}

/// A correction was made: it opens where its document still is on the screen.
pub fn corrected(
    model: &mut Model,
    of: crate::model::DocumentId,
    answer: Said<(crate::model::DocumentId, String)>,
) -> Vec<Effect> {
    match answer {
        Err(why) => {
            model.say(Level::Error, why);
            Vec::new()
        }
        Ok((id, number)) => {
            model.say(
                Level::Info,
                format!("{} is made: {} approves it.", clean(&number), model.key(ActionId::Approve)),
            );
            let mut effects = arrive::changed(model);
            if model.layers.is_empty() && model.screen == Screen::Document && model.document.id == Some(of) {
                effects.push(model.document.open(id, None));
            }
            effects
        }
    }
}
