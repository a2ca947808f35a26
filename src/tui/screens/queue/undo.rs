//! What can be taken back with one key: marks, filters, holds, and approvals until posting begins.

use std::collections::BTreeMap;

use crate::model::ids::DocumentId;
use crate::model::state::State;
use crate::store::{Act, Sort};
use crate::tui::app::{Chosen, Level, Model};
use crate::tui::effect::{Effect, Target};
use crate::tui::format::documents;

use super::{Queue, Tab};

/// So many steps are remembered.
const MOST: usize = 50;

/// A step that can be taken back.
#[derive(Debug, Clone)]
pub enum Undo {
    /// The marks before.
    Marks(BTreeMap<DocumentId, Chosen>),
    /// Tab, filter and sort before.
    List(Box<Place>),
    /// An act that takes another one back, and what is said of it.
    Act(Vec<Target>, Act, String),
}

/// What decides which rows are shown, and in which order.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Tab.
    pub tab: Tab,
    /// Filter as it was typed.
    pub search: String,
    /// Only documents with this finding.
    pub finding: Option<(crate::model::FindingCode, String, String)>,
    /// Sort column.
    pub sort: Sort,
    /// Descending.
    pub descending: bool,
}

/// An act that left and has no answer yet.
#[derive(Debug, Clone)]
pub struct Pending {
    act: Act,
    ids: Vec<DocumentId>,
    /// What takes it back; none: it is itself a step taken back.
    back: Option<Act>,
    /// What is said when a step was taken back.
    words: String,
}

impl Undo {
    /// An act leaves: what would take it back is known now, and remembered once it has succeeded.
    pub fn leaves(queue: &mut Queue, targets: &[Target], act: &Act) {
        let words = queue.undoing.take();
        let back = match act {
            _ if words.is_some() => None,
            Act::Hold { .. } => Some(Act::Release),
            Act::Release => {
                let reason = queue
                    .rows
                    .iter()
                    .find(|r| targets.iter().any(|t| t.id == r.row.id))
                    .map(|r| r.row.reason.clone())
                    .filter(|r| !r.is_empty())
                    .unwrap_or_else(|| "held again".into());
                Some(Act::Hold { reason })
            }
            _ => return,
        };
        let ids = targets.iter().map(|t| t.id).collect();
        queue.pending.push(Pending { act: act.clone(), ids, back, words: words.unwrap_or_default() });
    }

    /// An act was answered: `done` are those that it was done to, each with the version that it has since. What was done
    /// can be taken back from this version on, and from no other. Gives the sentence of a step that was taken back.
    pub fn answered(queue: &mut Queue, act: &Act, all: &[Target], done: &[Target]) -> Option<String> {
        let of = |p: &Pending| p.act == *act && p.ids.iter().copied().eq(all.iter().map(|t| t.id));
        let at = queue.pending.iter().position(of)?;
        let pending = queue.pending.remove(at);
        let Some(back) = pending.back else {
            return (done.len() == all.len()).then_some(pending.words);
        };
        if !done.is_empty() {
            let which = which(done);
            let words = match back {
                Act::Release => format!("The hold of {which} is taken back."),
                _ => format!("{which} is held again."),
            };
            queue.push_undo(Undo::Act(done.to_vec(), back, words));
        }
        None
    }

    /// Documents were approved: each with the version that it has since.
    pub fn approved(queue: &mut Queue, targets: Vec<Target>) {
        if !targets.is_empty() {
            let words = format!("The approval of {} is withdrawn.", which(&targets));
            queue.push_undo(Undo::Act(targets, Act::Withdraw, words));
        }
    }
}

fn which(targets: &[Target]) -> String {
    match targets {
        [one] => one.number.clone(),
        many => documents(many.len() as u64),
    }
}

impl Queue {
    pub(super) fn push_undo(&mut self, step: Undo) {
        self.undo.push(step);
        if self.undo.len() > MOST {
            self.undo.remove(0);
        }
    }

    /// Marks are about to change.
    pub(super) fn remember_marks(&mut self) {
        self.push_undo(Undo::Marks(self.marks.clone()));
    }

    /// What is shown is about to change.
    pub(super) fn remember_list(&mut self) {
        let place = self.place();
        self.push_undo(Undo::List(Box::new(place)));
    }

    /// Tab, filter and sort.
    pub fn place(&self) -> Place {
        Place {
            tab: self.tab,
            search: self.search.clone(),
            finding: self.finding.clone(),
            sort: self.sort,
            descending: self.descending,
        }
    }

    /// Shows what was shown.
    pub(super) fn return_to(&mut self, place: Place) -> Vec<Effect> {
        self.tab = place.tab;
        self.finding = place.finding;
        self.sort = place.sort;
        self.descending = place.descending;
        self.typing = None;
        self.set_search(&place.search);
        self.restart(false)
    }
}

/// Takes the last step back and says which.
pub fn undo(model: &mut Model) -> Vec<Effect> {
    let Some(step) = model.queue.undo.pop() else { return Vec::new() };
    match step {
        Undo::Marks(marks) => {
            model.queue.marks = marks;
            let n = model.queue.marks.len() as u64;
            let text = if n == 0 {
                "Nothing is marked again.".into()
            } else {
                format!("{} marked again.", documents(n))
            };
            model.say(Level::Info, text);
            model.queue.look_at_marks()
        }
        Undo::List(place) => {
            let text = if place.search.trim().is_empty() && place.finding.is_none() {
                format!("Back to {}, no filter.", place.tab.word())
            } else {
                format!("Back to {}: {}", place.tab.word(), place.search.trim())
            };
            model.say(Level::Info, text);
            model.queue.return_to(*place)
        }
        Undo::Act(targets, act, words) => {
            if act == Act::Withdraw
                && let Some(gone) = model.queue.rows.iter().find(|r| {
                    use State::{Ambiguous, ConfirmFailed, Confirmed, Failed, NeedsHuman, Posted, Posting};
                    let begun = [Posting, Ambiguous, Posted, ConfirmFailed, Confirmed, Failed, NeedsHuman];
                    begun.contains(&r.row.state) && targets.iter().any(|t| t.id == r.row.id)
                })
            {
                let text = format!(
                    "{} is {} now: an approval can be withdrawn until posting begins.",
                    gone.number,
                    gone.row.state.name().replace('_', " ")
                );
                model.say(Level::Warning, text);
                if targets.len() == 1 {
                    return Vec::new();
                }
            }
            // said once it is so
            model.queue.undoing = Some(words);
            vec![Effect::Act { targets, act }]
        }
    }
}
