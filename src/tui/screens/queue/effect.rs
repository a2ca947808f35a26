//! What the queue wants done, what comes back, and what its forms are for.

use crate::model::ids::DocumentId;
use crate::store::{Query, Row, SavedView};
use crate::tui::msg::Said;

use super::super::RoomEffect;

/// Something to be done outside of `update`.
#[derive(Debug, Clone)]
pub enum QueueEffect {
    /// The views that a person keeps.
    Views {
        /// Whose.
        person: String,
    },
    /// Keeps a view; one of the same name is replaced.
    KeepView {
        /// Whose.
        person: String,
        /// The view.
        view: SavedView,
    },
    /// Takes a view away.
    DropView {
        /// Whose.
        person: String,
        /// Its name.
        name: String,
    },
    /// Writes every row of a query into a new file.
    Export {
        /// The query without position and limit.
        query: Box<Query>,
        /// The file.
        path: String,
        /// What is exported, for the trail: `Open · amount>500`.
        about: String,
    },
    /// Writes a table that is there already into a new file.
    ExportTable {
        /// Head and rows.
        rows: Vec<Vec<String>>,
        /// The file.
        path: String,
    },
    /// How documents stand after they were posted.
    Outcome {
        /// Which.
        ids: Vec<DocumentId>,
    },
}

/// A list that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Rows.
    pub rows: u64,
    /// The file.
    pub file: String,
    /// The store changed while it was read: the rows are not those of one moment.
    pub changed: bool,
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum QueueMsg {
    /// The views of the person who acts.
    Views(Said<Vec<SavedView>>),
    /// A view was kept.
    Kept(Said<SavedView>),
    /// A view was taken away.
    Dropped(Said<String>),
    /// A file was written: so many documents, this file.
    Exported(Said<Exported>),
    /// How documents stand now.
    Outcome(Said<Vec<Row>>),
}

/// What a form is for.
#[derive(Debug, Clone)]
pub enum QueueForm {
    /// A name for the view that is on the screen.
    SaveView,
    /// Show this view.
    ShowView(Box<SavedView>),
    /// Take the view of this name away.
    DropView(String),
    /// A file for the list.
    Export,
    /// Ask for a file for a table.
    AskTable(Vec<Vec<String>>),
    /// A file for a table.
    ExportTable(Vec<Vec<String>>),
}

impl RoomEffect for QueueEffect {
    fn is_dangerous(&self) -> bool {
        false
    }
    fn changes(&self) -> bool {
        match self {
            // an export leaves a line in the audit trail
            QueueEffect::KeepView { .. }
            | QueueEffect::DropView { .. }
            | QueueEffect::Export { .. }
            | QueueEffect::ExportTable { .. } => true,
            QueueEffect::Views { .. } | QueueEffect::Outcome { .. } => false,
        }
    }
    fn slot(&self) -> Option<u8> {
        match self {
            QueueEffect::Views { .. } => Some(0),
            _ => None,
        }
    }
}
