//! What `update` wants done, as values: the runner does it and sends a message back. Tests assert this list.

use crate::engine::Ask;
use crate::engine::EventsAct;
use crate::model::finding::{FindingCode, Mend};
use crate::model::ids::ConnectionId;
use crate::model::ids::{BookId, DocumentId};
use crate::model::rule::Rule;
use crate::store::{Act, ApproveOne, AuditQuery, Query};
use crate::tui::look::effect::LookEffect;
use crate::tui::screens::RoomEffect;
use crate::tui::screens::activity::effect::ActivityEffect;
use crate::tui::screens::audit::effect::AuditEffect;
use crate::tui::screens::connections::effect::ConnectionEffect;
use crate::tui::screens::document::effect::DocumentEffect;
use crate::tui::screens::mappings::effect::MappingEffect;
use crate::tui::screens::queue::effect::QueueEffect;
use crate::tui::screens::tieout::effect::TieoutEffect;

/// Which part of the queue is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// From the first row.
    Start(u32),
    /// Up to the last row.
    End(u32),
    /// After this row.
    After(DocumentId, u32),
    /// Before this row.
    Before(DocumentId, u32),
    /// Around this row, which may be gone: so many before, so many from it on.
    Around(DocumentId, u32, u32),
}

/// Who wants a document's card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardFor {
    /// The lower pane of the queue.
    Pane,
    /// The document screen.
    Document,
    /// The group view: mend this finding.
    Fix(FindingCode, String),
}

/// Who wants the figures of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreviewFor {
    /// The lower pane, with marks.
    Pane,
    /// The approve dialog.
    Approve,
    /// The post dialog.
    Post,
}

/// One document of an act: id, the version that was seen, the number for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Id.
    pub id: DocumentId,
    /// Version; 0 = as it is now.
    pub version: u64,
    /// Number.
    pub number: String,
}

/// A document that corrects another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correcting {
    /// The opposite of what was posted.
    Reversal,
    /// The same once more.
    Repost,
}

/// What is to be done outside of `update`.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Books and connections.
    Facts,
    /// A part of the queue.
    Window {
        /// Answers to older generations are dropped.
        generation: u64,
        /// The query without position and limit.
        query: Box<Query>,
        /// Which part.
        part: Part,
        /// Somebody is typing: wait a little.
        debounce: bool,
    },
    /// How many rows the query has.
    Count {
        /// Generation.
        generation: u64,
        /// Query.
        query: Box<Query>,
    },
    /// Totals of the book.
    Totals {
        /// Generation.
        generation: u64,
        /// Book.
        book: Option<BookId>,
    },
    /// Findings by group.
    Groups {
        /// Generation.
        generation: u64,
        /// Book.
        book: Option<BookId>,
    },
    /// All that is known of one document.
    Card {
        /// Generation.
        generation: u64,
        /// Which.
        id: DocumentId,
        /// For whom.
        purpose: CardFor,
    },
    /// One document with this finding, to mend it for all.
    FixGroup {
        /// Generation.
        generation: u64,
        /// Book.
        book: Option<BookId>,
        /// Code.
        code: FindingCode,
        /// Value.
        value: String,
    },
    /// The figures of approving these.
    Preview {
        /// Generation.
        generation: u64,
        /// Documents.
        ids: Vec<DocumentId>,
        /// For whom.
        purpose: PreviewFor,
    },
    /// The figures of posting these, or all that is approved when none is named.
    PostFigures {
        /// Generation.
        generation: u64,
        /// Book.
        book: Option<BookId>,
        /// Documents.
        ids: Vec<DocumentId>,
    },
    /// Everything that the query has.
    MarkAll {
        /// Generation.
        generation: u64,
        /// Query.
        query: Box<Query>,
    },
    /// Approve. Only the approve dialog makes it.
    Approve(Vec<ApproveOne>),
    /// Any other act.
    Act {
        /// On these.
        targets: Vec<Target>,
        /// What.
        act: Act,
    },
    /// Link to a record of the ledger. Only a dialog makes it.
    Adopt {
        /// Which document.
        target: Target,
        /// Record.
        record: String,
    },
    /// A mapping rule or a decision.
    SetRule {
        /// Book.
        book: BookId,
        /// Rule.
        rule: Box<Rule>,
    },
    /// Records that could mend a finding.
    Candidates {
        /// Which picker asks.
        serial: u64,
        /// Book.
        book: BookId,
        /// What is to be mended.
        mend: Box<Mend>,
        /// What was typed.
        typed: String,
        /// Somebody is typing.
        debounce: bool,
    },
    /// The exact request of a document.
    RequestText {
        /// Which.
        target: Target,
    },
    /// Makes a correction, which waits for its own approval.
    Correct {
        /// Of which document.
        target: Target,
        /// What.
        what: Correcting,
        /// Why.
        reason: String,
    },
    /// Approves what the ledger refused of a half-posted set. Only a dialog makes it.
    ApproveRest {
        /// Which document.
        target: Target,
        /// Note.
        note: String,
    },
    /// What is known of a connection's events.
    EventsText {
        /// Which.
        connection: ConnectionId,
    },
    /// Something for the holder of the engine.
    Ask(Ask),
    /// A page of the audit trail.
    Audit {
        /// Generation.
        generation: u64,
        /// Query.
        query: AuditQuery,
        /// Appends to what is shown.
        more: bool,
        /// Somebody is typing.
        debounce: bool,
    },
    /// The mapping rules.
    Rules {
        /// Generation.
        generation: u64,
        /// Book.
        book: BookId,
    },
    /// To the clipboard of the terminal.
    Copy(String),
    /// Back to the shell until `fg`.
    Suspend,
    /// Draw everything again.
    Redraw,
    /// The end.
    Quit,
    /// Of the mappings screen.
    MappingRoom(MappingEffect),
    /// Of the connections screen.
    ConnectionRoom(ConnectionEffect),
    /// Of the audit screen.
    AuditRoom(AuditEffect),
    /// Of the tieout screen.
    TieoutRoom(TieoutEffect),
    /// Of the activity screen.
    ActivityRoom(ActivityEffect),
    /// Of the queue screen.
    QueueRoom(QueueEffect),
    /// Of the document screen.
    DocumentRoom(DocumentEffect),
    /// Of looks and keys, and what the palette finds.
    LookRoom(LookEffect),
}

impl Effect {
    /// The screen that it belongs to, as a number, and what it tells about itself; none: of the root.
    pub fn room(&self) -> Option<(u8, &dyn RoomEffect)> {
        Some(match self {
            Effect::MappingRoom(e) => (0, e),
            Effect::ConnectionRoom(e) => (1, e),
            Effect::AuditRoom(e) => (2, e),
            Effect::TieoutRoom(e) => (3, e),
            Effect::ActivityRoom(e) => (4, e),
            Effect::QueueRoom(e) => (5, e),
            Effect::DocumentRoom(e) => (6, e),
            Effect::LookRoom(e) => (7, e),
            _ => return None,
        })
    }

    /// What leaves the program's control or ends a document: never made without a dialog before it.
    pub fn is_dangerous(&self) -> bool {
        match self {
            Effect::Approve(_) | Effect::Adopt { .. } | Effect::ApproveRest { .. } => true,
            Effect::Act { act, .. } => {
                matches!(act, Act::Reject { .. } | Act::Close { .. } | Act::Adopt { .. } | Act::Decide { .. })
            }
            Effect::Ask(Ask::Events { what, .. }) => *what != EventsAct::Look,
            Effect::Ask(ask) => matches!(ask, Ask::Post { .. }),
            other => other.room().is_some_and(|(_, e)| e.is_dangerous()),
        }
    }

    /// What is possible while the vault is closed: looking, and opening it.
    pub fn needs_no_vault(&self) -> bool {
        match self {
            Effect::ConnectionRoom(e) => e.needs_no_vault(),
            // it says itself which side cannot be read
            Effect::TieoutRoom(TieoutEffect::Read { .. }) => true,
            other => !other.changes(),
        }
    }

    /// What changes something anywhere: never made in read-only mode.
    pub fn changes(&self) -> bool {
        self.is_dangerous()
            || self.room().is_some_and(|(_, e)| e.changes())
            || matches!(
                self,
                Effect::Act { .. } | Effect::SetRule { .. } | Effect::Ask(_) | Effect::Correct { .. }
            )
    }
}
