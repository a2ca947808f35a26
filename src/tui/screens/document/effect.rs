//! What the document screen wants done, what comes back, and what its forms are for.

use super::super::RoomEffect;

use crate::engine::Freed;
use crate::engine::inspect::{Compared, Looked, Tried};
use crate::model::ids::{BookId, ConnectionId, DocumentId};
use crate::model::rule::Rule;
use crate::tui::msg::Said;

/// Something to be done outside of `update`.
#[derive(Debug, Clone)]
pub enum DocumentEffect {
    /// What the screen shows beside the card: who approved at the source, links, rules for it, what changed since.
    Extras {
        /// Answers to older generations are dropped.
        generation: u64,
        /// Which document.
        id: DocumentId,
        /// Its book.
        book: BookId,
        /// The ledger of the book.
        ledger: Option<ConnectionId>,
        /// The approver's employee number.
        approver: Option<String>,
        /// It is approved: today's entries are wanted beside the frozen ones.
        compare: bool,
        /// It is recorded: links are wanted.
        links: bool,
    },
    /// Look its references up in the ledger now and make every check of posting. Nothing is written there.
    Look {
        /// Which document.
        id: DocumentId,
    },
    /// Both sets beside each other, for reading.
    Compare {
        /// Which document.
        id: DocumentId,
    },
    /// What a rule for this document would do. Nothing is saved.
    Try {
        /// Which document.
        id: DocumentId,
        /// Its book.
        book: BookId,
        /// The rule.
        rule: Box<Rule>,
    },
    /// Take a rule of this document away.
    Remove {
        /// Book.
        book: BookId,
        /// The rule's id.
        rule: u32,
    },
}

/// What the card does not hold.
#[derive(Debug, Clone, Default)]
pub struct Extras {
    /// The name of who approved it at the source.
    pub approver: Option<String>,
    /// Addresses of its records in the ledger, by slot.
    pub links: Vec<(String, String)>,
    /// Rules for this document only.
    pub overrides: Vec<Rule>,
    /// Today's entries beside the frozen ones.
    pub compared: Option<Said<Box<Compared>>>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum DocumentMsg {
    /// What the card does not hold.
    Extras(u64, Box<Extras>),
    /// What the ledger says of this document.
    Looked(DocumentId, Said<Box<Looked>>),
    /// Both sets.
    Compared(DocumentId, Said<Box<Compared>>),
    /// What a rule would do.
    Tried(DocumentId, BookId, Box<Rule>, Said<Box<Tried>>),
    /// A rule was taken away.
    Removed(Said<Freed>),
}

/// What a form is for.
#[derive(Debug, Clone)]
pub enum DocumentForm {
    /// What the rule gives, as text: a date or a text.
    Value(DocumentId, BookId, Box<Rule>),
    /// The reason of a rule whose effect was shown.
    Reason(BookId, Box<Rule>),
}

impl RoomEffect for DocumentEffect {
    fn is_dangerous(&self) -> bool {
        false
    }
    fn changes(&self) -> bool {
        // a look leaves a request, and may take the engine for it
        matches!(self, DocumentEffect::Remove { .. } | DocumentEffect::Look { .. })
    }
    fn slot(&self) -> Option<u8> {
        match self {
            DocumentEffect::Extras { .. } => Some(0),
            DocumentEffect::Compare { .. } => Some(2),
            DocumentEffect::Try { .. } => Some(3),
            // a look may hold the engine: it is never cut in the middle
            DocumentEffect::Look { .. } | DocumentEffect::Remove { .. } => None,
        }
    }
}
