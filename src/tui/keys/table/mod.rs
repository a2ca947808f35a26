//! The table of actions, a file for each screen.

use super::ActionId::*;
use super::Context::{self, *};
use super::Danger::{self, Changes, Irreversible};
use super::{Action, ActionId};

macro_rules! act {
    ($id:ident, $name:literal, $word:literal, $group:literal, $contexts:expr, $danger:expr, [$($key:literal),*],
     $help:literal) => {
        Action {
            id: $id, name: $name, word: $word, help: $help, group: $group, contexts: $contexts,
            keys: &[$($key),*], danger: $danger,
        }
    };
}

mod activity;
mod audit;
mod connections;
mod document;
mod mappings;
mod moves;
mod program;
mod queue;
mod tieout;

const LISTS: &[Context] = &[Queue, Groups, Document, Mappings, Connections, Books, Audit, Tieout, Activity];
const DOCS: &[Context] = &[Queue, Document];
const ROWS: &[Context] = &[Queue];
const NONE: Danger = Danger::None;

/// Stands in for an action that the table lacks, which a test rules out.
pub const UNKNOWN: Action = act!(Help, "unknown", "unknown", "Program", &[], NONE, [], "Not in the table.");

const PARTS: [&[Action]; 9] = [
    moves::ACTIONS,
    queue::ACTIONS,
    document::ACTIONS,
    mappings::ACTIONS,
    connections::ACTIONS,
    audit::ACTIONS,
    tieout::ACTIONS,
    activity::ACTIONS,
    program::ACTIONS,
];

/// Every action, once, in the order of the help.
pub fn actions() -> impl Iterator<Item = &'static Action> + Clone {
    PARTS.into_iter().flatten()
}

/// The hints of a footer, most useful first. `? more` is added by the footer itself.
pub fn hints(context: Context) -> &'static [ActionId] {
    match context {
        Queue => &[Open, Mark, Approve, Fix, Filter, Group],
        Groups => &[Open, Fix, Group, Back],
        Document => &[Approve, Hold, Reject, Override, Receipts, Request],
        Mappings => &[Open, Fix, Accept, AddRule, NextPart, UndoRules],
        Connections => &[NewConnection, TestConnection, Reauthorise, ConnectionEvents, AccountsPart, Unlock],
        Books => &[PairBook, EditBook, FlowBook, LiveBook, TrialBook, AccountsPart],
        Audit => &[Open, Filter, AuditDocument, AuditReplay, AuditVerify, AuditExport],
        Tieout => &[TieoutOpen, NextPart, TieoutExport, TieoutComment, TieoutSign],
        Activity => &[Open, ActivityNext, LogLevel, LogFollow, Filter, Fetch],
        Running => &[StopRunning],
    }
}
