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

impl Undo {
    /// An act is about to be done.
    pub fn remember(queue: &mut Queue, targets: &[Target], act: &Act) {
        if targets.is_empty() || queue.undoing {
            return;
        }
        let which = which(targets);
        let (back, words) = match act {
            Act::Hold { .. } => (Act::Release, format!("The hold of {which} is taken back.")),
            Act::Release => {
                let reason = queue
                    .rows
                    .iter()
                    .find(|r| targets.iter().any(|t| t.id == r.row.id))
                    .map(|r| r.row.reason.clone())
                    .filter(|r| !r.is_empty())
                    .unwrap_or_else(|| "held again".into());
                (Act::Hold { reason }, format!("{which} is held again."))
            }
            _ => return,
        };
        queue.push_undo(Undo::Act(now(targets), back, words));
    }

    /// Documents were approved.
    pub fn approved(queue: &mut Queue, chosen: &BTreeMap<DocumentId, Chosen>, done: &[DocumentId]) {
        let targets: Vec<Target> = done.iter().filter_map(|id| chosen.get(id)).map(Chosen::target).collect();
        if !targets.is_empty() {
            let words = format!("The approval of {} is withdrawn.", which(&targets));
            queue.push_undo(Undo::Act(now(&targets), Act::Withdraw, words));
        }
    }
}

/// Whatever version they have now.
fn now(targets: &[Target]) -> Vec<Target> {
    targets.iter().map(|t| Target { version: 0, ..t.clone() }).collect()
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
            model.say(Level::Info, words);
            model.queue.undoing = true;
            vec![Effect::Act { targets, act }]
        }
    }
}
