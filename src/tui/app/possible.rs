//! Whether an action is possible now and, if not, why. The same answer for keys, footer, help and palette.

use crate::model::Level;
use crate::model::state::State;
use crate::tui::keys::{ActionId, Danger, action};
use crate::tui::screens::connections;
use crate::tui::screens::queue::run;

use super::{Chosen, Model, Phase, Screen};

/// Why an action is not possible now.
pub fn possible(model: &Model, id: ActionId) -> Result<(), String> {
    reason(model, id).map_err(|why| model.worded(&why))
}

fn reason(model: &Model, id: ActionId) -> Result<(), String> {
    use ActionId::*;
    if model.look.read_only && action(id).danger != Danger::None && !matches!(id, Stop | StopRunning) {
        return Err("this console is read-only".into());
    }
    let free = matches!(
        id,
        Quit | ChooseTheme | Help | Palette | Messages | Suspend | Redraw | Stop | StopRunning | Back
    );
    if model.phase == Phase::Opening && !free {
        return Err("the store is being opened".into());
    }
    if action(id).danger != Danger::None && id != Stop && model.connection_list.closed() {
        return connections::room::while_closed(model, id);
    }
    if let Some(answer) = super::rooms::possible(model, id) {
        return answer;
    }
    match id {
        Approve => some(model, "approved", |s| s == State::Ready, "only ready documents can be approved")
            .and_then(|()| run::approving_waits(model)),
        Withdraw => {
            some(model, "withdrawn", |s| s == State::Approved, "only approved documents can be withdrawn")
        }
        Hold => some(
            model,
            "held",
            |s| s == State::Held || s.may_become(State::Held) && s != State::Posting,
            "it can be held only before posting",
        ),
        Reject => some(
            model,
            "rejected",
            |s| s.may_become(State::Rejected),
            "it can be rejected only before posting",
        ),
        Close => some(
            model,
            "closed",
            |s| s.may_become(State::Closed),
            "it can be closed only before posting or when a person has to decide",
        ),
        Retry => some(
            model,
            "tried again",
            |s| matches!(s, State::Failed | State::Ambiguous | State::ConfirmFailed),
            "failed, ambiguous and confirm_failed documents can be tried again",
        ),
        Reverse | Repost | ApproveRest => super::correct::correctable(model, id),
        Adopt => one(model).and_then(|c| match c.state {
            s if s.may_become(State::Posted) && !matches!(s, State::Posting | State::Ambiguous) => Ok(()),
            _ => Err(format!("{} is {}", c.number, c.state.name().replace('_', " "))),
        }),
        Fix if model.screen == Screen::Queue && model.queue.grouped => {
            let g = model.queue.current_group().ok_or("there is no finding here")?;
            match (g.code.level(), crate::tui::findings::mends(g.code)) {
                (Level::Warns, None) => Err("it is only a warning: approving accepts it".into()),
                _ => Ok(()),
            }
        }
        Fix if model.screen == Screen::Mappings => {
            let why = || format!("a rule stands here; {} maps what is not mapped yet", model.key(Fix));
            model.unmapped_here().map(|_| ()).ok_or_else(why)
        }
        Fix => one(model).and_then(|_| {
            let sheet = model.sheet().ok_or("the document is still being read")?;
            let findings = sheet.card.derived.as_ref().map(|d| d.findings.len()).unwrap_or(0);
            if findings == 0 && sheet.card.unreadable.is_none() {
                return Err("it has no finding".into());
            }
            Ok(())
        }),
        Post => {
            if model.to_post().0 == 0 {
                return Err("nothing is approved".into());
            }
            let preview = model.current_book().is_some_and(|b| b.mode == crate::model::Mode::Preview);
            if preview {
                return Err(format!(
                    "the book is a preview and posts nothing: {}, {}, then {} goes live",
                    model.key(ScreenConnections),
                    model.key(AccountsPart),
                    model.key(LiveBook)
                ));
            }
            run::posting_waits(model)?;
            if model.progress.running { Err(format!("{} is running", model.progress.what)) } else { Ok(()) }
        }
        Open if model.screen == Screen::Queue && !model.queue.grouped => {
            model.queue.current().map(|_| ()).ok_or_else(|| "the list is empty".into())
        }
        Mark | Range | MarkAll => {
            if model.queue.rows.is_empty() {
                Err("the list is empty".into())
            } else {
                Ok(())
            }
        }
        Trail | Request | Raw | Copy if matches!(model.screen, Screen::Queue | Screen::Document) => {
            model.here().map(|_| ()).ok_or_else(|| "there is no document here".into())
        }
        NextBook if model.books.len() < 2 => Err("there is only one book".into()),
        ChooseBook if model.books.is_empty() => Err("there is no book yet".into()),
        Stop | StopRunning if model.working().is_none() => Err("nothing is running".into()),
        _ => Ok(()),
    }
}

fn some(model: &Model, done: &str, fits: impl Fn(State) -> bool, else_: &str) -> Result<(), String> {
    let chosen = model.chosen();
    match chosen.as_slice() {
        [] => Err(format!("there is no document here that could be {done}")),
        [one] if !fits(one.state) => {
            Err(format!("{else_}; {} is {}", one.number, one.state.name().replace('_', " ")))
        }
        many if !many.iter().any(|c| fits(c.state)) => {
            Err(format!("{else_}; none of the {} marked is", many.len()))
        }
        _ => Ok(()),
    }
}

fn one(model: &Model) -> Result<Chosen, String> {
    model.here().ok_or_else(|| "there is no document here".into())
}
