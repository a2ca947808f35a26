//! What happened outside of `update`.

use std::time::Duration;

use crossterm::event::{KeyEvent, MouseEvent};
use jiff::Timestamp;

use crate::engine::{BatchPreview, Candidate, Event, Freed, Progress};
use crate::model::book::Book;
use crate::model::document::Document;
use crate::model::ids::DocumentId;
use crate::model::people::Actor;
use crate::model::rule::RuleSet;
use crate::store::{Act, AuditRow, Card, ConnectionRow, FindingGroup, ReceiptRow, Row, Total};
use crate::tui::effect::{CardFor, Part, PreviewFor, Target};
use crate::tui::look::effect::LookMsg;
use crate::tui::screens::activity::effect::ActivityMsg;
use crate::tui::screens::audit::effect::AuditMsg;
use crate::tui::screens::connections::effect::ConnectionMsg;
use crate::tui::screens::document::effect::DocumentMsg;
use crate::tui::screens::mappings::effect::MappingMsg;
use crate::tui::screens::queue::effect::QueueMsg;
use crate::tui::screens::tieout::effect::TieoutMsg;

/// The instant of a message: business time for what people read, time since the start for what moves on the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Now {
    /// The business clock; none while the store opens.
    pub at: Option<Timestamp>,
    /// Since the console started.
    pub since: Duration,
}

/// Who and where, once the store is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// `DEMO`, `SANDBOX` or the company.
    pub environment: String,
    /// Who acts.
    pub actor: Actor,
}

/// Books and connections.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Books.
    pub books: Vec<Book>,
    /// Connections.
    pub connections: Vec<ConnectionRow>,
}

/// A part of the queue.
#[derive(Debug, Clone)]
pub struct WindowPage {
    /// What was asked.
    pub part: Part,
    /// Rows in display order.
    pub rows: Vec<Row>,
    /// There are rows before the first.
    pub before: bool,
    /// There are rows after the last.
    pub after: bool,
    /// How many of the rows stand before the anchor ([`Part::Around`]).
    pub split: usize,
}

/// A document with what belongs to it.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The card.
    pub card: Card,
    /// The source's document, where it could be read.
    pub source: Option<Document>,
    /// Its audit events, newest first.
    pub history: Vec<AuditRow>,
    /// Its receipts, where the book attaches them.
    pub receipts: Vec<ReceiptRow>,
}

/// An answer: errors are sentences for people.
pub type Said<T> = Result<T, String>;

/// A pasted text: it may be a password or the address of a sign-in, so it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Pasted(zeroize::Zeroizing<String>);

impl Pasted {
    /// What was pasted.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl From<String> for Pasted {
    fn from(text: String) -> Self {
        Self(zeroize::Zeroizing::new(text))
    }
}

impl From<&str> for Pasted {
    fn from(text: &str) -> Self {
        text.to_string().into()
    }
}

impl std::fmt::Debug for Pasted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pasted(…)")
    }
}

/// Something happened.
#[derive(Debug, Clone)]
pub enum Msg {
    /// A key.
    Key(KeyEvent),
    /// A paste.
    Paste(Pasted),
    /// The mouse, where it is listened to.
    Mouse(MouseEvent),
    /// The terminal has this size.
    Resize(u16, u16),
    /// A timer.
    Tick,
    /// The store is open.
    Opened(Opened),
    /// A signal asks for the end.
    Ending,
    /// Suspending is not possible here.
    NoJobControl,
    /// Books and connections.
    Facts(Said<Facts>),
    /// Somebody changed the store.
    Changed,
    /// Progress of the running work.
    Progress(Progress),
    /// Something happened in the engine.
    Event(Box<Event>),
    /// So many events came faster than they could be listed.
    Missed(u64),
    /// A part of the queue.
    Window(u64, Said<WindowPage>),
    /// How many rows the query has.
    Count(u64, Said<u64>),
    /// Totals.
    Totals(u64, Said<Vec<Total>>),
    /// Groups of findings.
    Groups(u64, Said<Vec<FindingGroup>>),
    /// A document.
    Card(u64, CardFor, Said<Box<Sheet>>),
    /// Figures of a batch.
    Preview(u64, PreviewFor, Said<Box<BatchPreview>>),
    /// Everything that a query has, and whether the list was capped.
    MarkedAll(u64, Said<(Vec<Row>, bool)>),
    /// How each approval went: number and refusal.
    Approved(Said<Vec<(DocumentId, Result<(), String>)>>),
    /// How an act went: each document, with the version that it has since, and its new state or the refusal. The act is
    /// named where it can be taken back.
    Acted(Option<Act>, Vec<(Target, Said<String>)>),
    /// A correction of this document was made: its id and number.
    Corrected(DocumentId, Said<(DocumentId, String)>),
    /// A rule was saved.
    RuleSet(Said<Freed>),
    /// Records that could mend a finding.
    Candidates(u64, String, Said<Vec<Candidate>>),
    /// A text to read: title and body.
    Text(String, Said<String>),
    /// The answer of the holder.
    Answered(Said<String>),
    /// Audit events; true: to be appended.
    Audit(u64, bool, Said<Vec<AuditRow>>),
    /// Mapping rules.
    Rules(u64, Said<RuleSet>),
    /// The clipboard took this many bytes, or why not.
    Copied(Said<String>),
    /// For the mappings screen.
    MappingRoom(MappingMsg),
    /// For the connections screen.
    ConnectionRoom(ConnectionMsg),
    /// For the audit screen.
    AuditRoom(AuditMsg),
    /// For the tieout screen.
    TieoutRoom(TieoutMsg),
    /// For the activity screen.
    ActivityRoom(ActivityMsg),
    /// For the queue screen.
    QueueRoom(QueueMsg),
    /// For the document screen.
    DocumentRoom(DocumentMsg),
    /// For looks and keys, and for the palette.
    LookRoom(LookMsg),
}
