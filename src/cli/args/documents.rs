//! Arguments of the commands about documents.

use clap::Args;

/// One document.
#[derive(Debug, Clone, Args)]
pub struct OneId {
    /// The document: id (4 characters or more), number or reference
    #[arg(value_name = "ID")]
    pub id: String,
}

/// Some documents.
#[derive(Debug, Clone, Args)]
pub struct Ids {
    /// The documents: id (4 characters or more), number or reference
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,
}

/// `tieout queue`
#[derive(Debug, Clone, Default, Args)]
pub struct QueueArgs {
    /// Only this book
    #[arg(long, value_name = "BOOK")]
    pub book: Option<String>,
    /// A state (blocked, held …), or a group (Open, Blocked, Ready, Waiting, Posted, Confirmed, Closed)
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,
    /// Words that payee, number, title, state, finding or reason contain
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
}

/// `tieout show`
#[derive(Debug, Clone, Args)]
pub struct ShowArgs {
    /// The document: id (4 characters or more), number or reference
    #[arg(value_name = "ID")]
    pub id: String,
    /// The entries: debits and credits, findings, and why
    #[arg(long, group = "part")]
    pub entry: bool,
    /// What the source sent, verbatim
    #[arg(long, group = "part")]
    pub source: bool,
    /// The exact request that posting would send
    #[arg(long, group = "part")]
    pub request: bool,
}

/// `tieout approve`
#[derive(Debug, Clone, Args)]
pub struct ApproveArgs {
    /// The documents: id (4 characters or more), number or reference
    #[arg(value_name = "ID", required_unless_present = "ready", conflicts_with = "ready")]
    pub ids: Vec<String>,
    /// Everything that is ready
    #[arg(long)]
    pub ready: bool,
    /// With --ready: only this book
    #[arg(long, value_name = "BOOK", requires = "ready")]
    pub book: Option<String>,
    /// Accept, by name, that these hold only the differences to a posted document
    #[arg(long, conflicts_with = "ready")]
    pub as_delta: bool,
}

/// `tieout hold`, `tieout reject`
#[derive(Debug, Clone, Args)]
pub struct ReasonArgs {
    /// The documents: id (4 characters or more), number or reference
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,
    /// Why
    #[arg(long, value_name = "REASON")]
    pub reason: String,
}

/// `tieout close`
#[derive(Debug, Clone, Args)]
pub struct CloseArgs {
    /// The documents: id (4 characters or more), number or reference
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,
    /// What a later reader has to know
    #[arg(long, value_name = "NOTE")]
    pub note: String,
}

/// `tieout adopt`
#[derive(Debug, Clone, Args)]
pub struct AdoptArgs {
    /// The document: id (4 characters or more), number or reference
    #[arg(value_name = "ID")]
    pub id: String,
    /// The ledger's record: its id there
    #[arg(long, value_name = "RECORD")]
    pub record: String,
}

/// `tieout post`
#[derive(Debug, Clone, Args)]
pub struct PostArgs {
    /// Only these documents
    #[arg(value_name = "ID", conflicts_with = "book")]
    pub ids: Vec<String>,
    /// Only this book
    #[arg(long, value_name = "BOOK")]
    pub book: Option<String>,
}

/// `tieout replay`
#[derive(Debug, Clone, Args)]
pub struct ReplayArgs {
    /// The document: id (4 characters or more), number or reference
    #[arg(value_name = "ID")]
    pub id: String,
    /// Only compare
    #[arg(long)]
    pub dry_run: bool,
}

/// `tieout fetch`
#[derive(Debug, Clone, Args)]
pub struct FetchArgs {
    /// Only this book
    #[arg(long, value_name = "BOOK")]
    pub book: Option<String>,
}
