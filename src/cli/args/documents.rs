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
    /// Words that payee, number, title, state, finding or reason contain, and fields: vendor:, number:, amount>500,
    /// state:, cost:, kind:, ccy:, date>2026-10-01, finding:; a minus before a word leaves out what has it
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
    /// Of a document that is partly in the ledger: approve what was refused, as it is with today's rules
    #[arg(long, requires = "note", conflicts_with_all = ["ready", "as_delta"])]
    pub rest: bool,
    /// With --rest: what a later reader has to know
    #[arg(long, value_name = "NOTE", requires = "rest")]
    pub note: Option<String>,
}

/// `tieout reverse`
#[derive(Debug, Clone, Args)]
pub struct ReverseArgs {
    /// The document: id (4 characters or more), number or reference
    #[arg(value_name = "ID")]
    pub id: String,
    /// Why; the auditor reads it
    #[arg(long, value_name = "REASON")]
    pub reason: String,
    /// The day of the reversal [default: that of the record while its period is open, else the first open day]
    #[arg(long, value_name = "DATE")]
    pub on: Option<jiff::civil::Date>,
}

/// `tieout repost`
#[derive(Debug, Clone, Args)]
pub struct RepostArgs {
    /// The document: id (4 characters or more), number or reference
    #[arg(value_name = "ID")]
    pub id: String,
    /// Why; the auditor reads it
    #[arg(long, value_name = "REASON")]
    pub reason: String,
}

/// `tieout corrections`
#[derive(Debug, Clone, Args)]
pub struct CorrectionsArgs {
    /// What to do; nothing: list what is left to be done in the source
    #[command(subcommand)]
    pub command: Option<CorrectionsCommand>,
}

/// What to do with corrections.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum CorrectionsCommand {
    /// Those with something left to be done in the source, or all of one document
    #[command(after_help = "Example:\n  tieout corrections list --of B4Q7TN")]
    List {
        /// All corrections of this document
        #[arg(long, value_name = "ID")]
        of: Option<String>,
    },
    /// The report or invoice was corrected in the source
    #[command(after_help = "Example:\n  tieout corrections done B4Q7TN-REV --note \"sent back to Amara\"")]
    Done {
        /// The correction: id (4 characters or more), number or reference
        #[arg(value_name = "ID")]
        id: String,
        /// What was done
        #[arg(long, value_name = "NOTE")]
        note: String,
    },
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
