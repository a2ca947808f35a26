//! One registry of actions: dispatch, footer, help, palette and `tieout keys` come from the same table.

mod chord;
mod map;
mod overrides;
mod print;
mod table;
#[cfg(test)]
mod tests;

pub use chord::{is_plain, key_name, parse_keys, shown_key};
pub use map::{KeyMap, Meant};
pub use overrides::{Read, read};
pub use print::{KeyLine, commented_default, key_table};
pub use table::{actions, hints};

/// Where an action works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// The queue.
    Queue,
    /// The queue, grouped by finding.
    Groups,
    /// One document.
    Document,
    /// The mapping rules.
    Mappings,
    /// The connections.
    Connections,
    /// The books, beside the connections.
    Books,
    /// The audit trail.
    Audit,
    /// The tie-out report.
    Tieout,
    /// What happened.
    Activity,
    /// Over every screen, while the engine works for this person.
    Running,
}

impl Context {
    /// All.
    pub const ALL: [Context; 10] = [
        Context::Queue,
        Context::Groups,
        Context::Document,
        Context::Mappings,
        Context::Connections,
        Context::Books,
        Context::Audit,
        Context::Tieout,
        Context::Activity,
        Context::Running,
    ];

    /// The section of `keys.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Context::Queue => "queue",
            Context::Groups => "findings",
            Context::Document => "document",
            Context::Mappings => "mappings",
            Context::Connections => "connections",
            Context::Books => "books",
            Context::Audit => "audit",
            Context::Tieout => "tieout",
            Context::Activity => "activity",
            Context::Running => "running",
        }
    }

    /// The context of a section of `keys.toml`.
    pub fn named(section: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == section)
    }

    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Context::Queue => "queue",
            Context::Groups => "findings",
            Context::Document => "document",
            Context::Mappings => "mappings",
            Context::Connections => "connections",
            Context::Books => "books",
            Context::Audit => "audit",
            Context::Tieout => "tie-out",
            Context::Activity => "activity",
            Context::Running => "running work",
        }
    }
}

/// How much an action can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Danger {
    /// Looks, moves, copies.
    None,
    /// Changes something that can be taken back.
    Changes,
    /// Leaves the program's control: asks in a dialog first.
    Irreversible,
}

macro_rules! ids {
    ($($id:ident),* $(,)?) => {
        /// What a person can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs)]
        pub enum ActionId { $($id,)* }
        impl ActionId {
            /// All, in the order of the table.
            pub const ALL: &'static [ActionId] = &[$(ActionId::$id,)*];
        }
    };
}

ids! {
    // move
    Down, Up, PageDown, PageUp, HalfDown, HalfUp, Top, Bottom, Open, Back, NextPart, PreviousPart, Left, Right, Filter,
    // queue
    Mark, Range, MarkAll, SortLeft, SortRight, SortTurn, Group, QueueViews, QueueSaveView, QueueUndo, QueueExport,
    // document
    Approve, Withdraw, Post, Hold, Reject, Close, Fix, Adopt, Retry, Reverse, Repost, ApproveRest, Trail, Request, Raw, Copy, Override, Receipts, Look, Differences, NextDocument, PreviousDocument,
    // mappings
    Suggest, Accept, AcceptAll, AddRule, EditRule, RemoveRule, RuleUp, RuleDown, UndoRules, BackTo, ImportRules, ExportRules, CompareLists,
    // connections
    Connect, NewConnection, Unlock, AccountsPart, TestConnection, ConnectionEvents, Subscribe, Repair, Reauthorise, WriteQwc, Disconnect, RestConnection,
    PairBook, EditBook, FlowBook, PolicyBook, LockBook, LiveBook, PreviewBook, RestBook, TrialBook,
    // audit
    AuditDocument, AuditReplay, AuditFields, AuditVerify, AuditAnchors, AuditExport,
    // tieout
    TieoutOpen, PreviousPeriod, NextPeriod, TieoutCurrencyBefore, TieoutCurrencyNext, TieoutSplit, TieoutHome, TieoutComment, TieoutExport, TieoutAccrue, TieoutSign, TieoutReview, TieoutReopen, TieoutLock,
    // activity
    ActivityNext, ActivityBefore, LogLevel, LogFollow,
    // program
    Fetch, Stop, StopRunning, Refresh, Redraw, ScreenQueue, ScreenMappings, ScreenConnections, ScreenAudit, ScreenTieout, ScreenActivity, LastScreen, NextBook, ChooseBook, ChooseTheme, Palette, Help, Messages, Suspend, Quit,
}

/// One action.
#[derive(Debug, Clone, Copy)]
pub struct Action {
    /// Its id.
    pub id: ActionId,
    /// The id in `keys.toml` and in `tieout keys`.
    pub name: &'static str,
    /// One or two words, as the footer says it.
    pub word: &'static str,
    /// One sentence.
    pub help: &'static str,
    /// The heading of the help.
    pub group: &'static str,
    /// Where it works; empty: everywhere.
    pub contexts: &'static [Context],
    /// Keys, most natural first: `a`, `ctrl-d`, `g g`.
    pub keys: &'static [&'static str],
    /// What it can do.
    pub danger: Danger,
}

impl Action {
    /// Whether it works in a context. What works everywhere has no key of its own over running work.
    pub fn works_in(&self, context: Context) -> bool {
        self.contexts.contains(&context) || self.contexts.is_empty() && context != Context::Running
    }
}

/// The action of this id.
pub fn action(id: ActionId) -> &'static Action {
    // the table is complete: a test walks it
    actions().find(|a| a.id == id).unwrap_or(&table::UNKNOWN)
}
