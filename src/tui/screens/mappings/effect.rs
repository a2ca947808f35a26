//! What the mapping screen wants done, what comes back, and what its forms are for.

use crate::engine::Freed;
use crate::engine::mapping::csv::ImportPlan;
use crate::engine::mapping::{Board, Edit, PastHits, RuleEffect, Sample};
use crate::model::DocumentKind;
use crate::model::book::WhoPays;
use crate::model::guard::Guard;
use crate::model::ids::BookId;
use crate::model::rule::Rule;
use crate::store::{ProposalRow, RuleDocuments};
use crate::tui::msg::Said;

use super::super::RoomEffect;

/// Something to be done outside of `update`.
#[derive(Debug, Clone)]
pub enum MappingEffect {
    /// Everything that the screen shows.
    Board {
        /// Tells its answer from older ones.
        generation: u64,
        /// Book.
        book: BookId,
    },
    /// What an edit would change; with what a rule about documents would have hit.
    Try {
        /// Book.
        book: BookId,
        /// The edit.
        edit: Box<Edit>,
        /// A rule about documents to be tested on last month.
        guard: Option<Box<Guard>>,
    },
    /// Saves an edit that was tried.
    Save {
        /// Book.
        book: BookId,
        /// The edit.
        edit: Box<Edit>,
    },
    /// The documents of a rule.
    Documents {
        /// Tells its answer from older ones.
        generation: u64,
        /// Book.
        book: BookId,
        /// Rule.
        rule: u32,
    },
    /// What a rule about documents would have hit.
    Hits {
        /// Book.
        book: BookId,
        /// The rule.
        guard: Box<Guard>,
    },
    /// A document for a memo template.
    Sample {
        /// Book.
        book: BookId,
        /// Its kind.
        kind: Option<DocumentKind>,
    },
    /// Reads a CSV file and compares it with the rules.
    Plan {
        /// Book.
        book: BookId,
        /// The file.
        path: String,
        /// Rules that the file lacks are removed.
        remove: bool,
    },
    /// Writes the rules into a CSV file.
    Export {
        /// Book.
        book: BookId,
        /// The file.
        path: String,
        /// A file that is there may be replaced.
        replace: bool,
    },
    /// Proposals for the lists of the two systems.
    Proposals {
        /// Tells its answer from older ones.
        generation: u64,
        /// Book.
        book: BookId,
    },
    /// Compares the lists of the two systems now.
    Compare {
        /// Book.
        book: BookId,
    },
    /// Makes what a proposal says, in the system that it names.
    Apply {
        /// Book.
        book: BookId,
        /// Proposal.
        id: i64,
    },
    /// Declines a proposal.
    Decline {
        /// Proposal.
        id: i64,
    },
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum MappingMsg {
    /// The board.
    Board(u64, Said<Box<Board>>),
    /// A dry run began.
    Trying,
    /// What an edit would change.
    Tried(BookId, Box<Edit>, Said<Box<(RuleEffect, Option<PastHits>)>>),
    /// An edit was saved, or why not.
    Saved(Box<Edit>, Said<Freed>),
    /// Documents of a rule.
    Documents(u64, Said<RuleDocuments>),
    /// What a rule about documents would have hit.
    Hits(Box<Guard>, Said<PastHits>),
    /// A document for a template.
    Sample(Said<Option<Box<Sample>>>),
    /// What a file would change.
    Planned(bool, Said<Box<ImportPlan>>),
    /// The file was written.
    Exported(Said<String>),
    /// Proposals.
    Proposals(u64, Said<Vec<ProposalRow>>),
    /// Something was done about the lists: a sentence.
    Listed(Said<String>),
}

/// What a form is for.
#[derive(Debug, Clone)]
pub enum MappingForm {
    /// A rule; the one that it changes.
    Rule(Option<Box<Rule>>),
    /// A rule about whole documents; the one that it changes.
    Guard(Option<Box<Guard>>),
    /// Who pays a method.
    Method {
        /// Its code.
        method: String,
        /// Who paid when the form was opened.
        before: Option<WhoPays>,
        /// Version of the rules when the form was opened.
        version: u32,
    },
    /// Reading a file.
    Import,
    /// Writing a file.
    Export,
}

impl RoomEffect for MappingEffect {
    fn is_dangerous(&self) -> bool {
        matches!(self, Self::Apply { .. })
    }
    fn changes(&self) -> bool {
        use MappingEffect::*;
        // an export leaves a line in the audit trail
        matches!(self, Save { .. } | Compare { .. } | Apply { .. } | Decline { .. } | Export { .. })
    }
    fn slot(&self) -> Option<u8> {
        match self {
            Self::Board { .. } => Some(0),
            Self::Try { .. } | Self::Plan { .. } => Some(1),
            Self::Documents { .. } => Some(2),
            Self::Sample { .. } => Some(3),
            Self::Hits { .. } => Some(4),
            Self::Proposals { .. } => Some(5),
            Self::Save { .. }
            | Self::Export { .. }
            | Self::Compare { .. }
            | Self::Apply { .. }
            | Self::Decline { .. } => None,
        }
    }
}
