//! Arguments of the commands about set-up, rules and the trail.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use rust_decimal::Decimal;

use super::connect::{BookAdd, BookEdit, SignInArgs};

/// `tieout demo`
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// Run the firm without a screen, approved by the policy `clean`
    #[arg(long, requires = "once")]
    pub auto: bool,
    /// End when nothing can be done now
    #[arg(long, requires = "auto")]
    pub once: bool,
}

/// `tieout sandbox`
#[derive(Debug, Clone, Args)]
pub struct SandboxArgs {
    /// The host to listen on
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1")]
    pub listen: String,
    /// A ledger to serve; may be given more than once [default: all that are built]
    #[arg(long = "ledger", value_name = "SYSTEM", value_parser = system)]
    pub ledgers: Vec<String>,
    /// Documents to make from the seed, instead of the sample firm's
    #[arg(long, value_name = "N")]
    pub documents: Option<u32>,
    /// What the made-up figures are drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// The policy of the books
    #[arg(long, value_name = "POLICY", value_enum, default_value_t = AutoApprove::Off)]
    pub auto_approve: AutoApprove,
}

/// A system's name: hyphens are taken for underscores.
#[allow(clippy::unnecessary_wraps, reason = "the shape of a value parser")]
fn system(text: &str) -> Result<String, String> {
    Ok(text.replace('-', "_"))
}

/// When a book approves without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AutoApprove {
    /// A person approves everything
    Off,
    /// Documents without any finding are approved
    Clean,
}

impl From<AutoApprove> for crate::model::book::AutoApproval {
    fn from(word: AutoApprove) -> Self {
        match word {
            AutoApprove::Off => Self::Off,
            AutoApprove::Clean => Self::Clean,
        }
    }
}

/// `tieout connections`
#[derive(Debug, Clone, Args)]
pub struct ConnectionsArgs {
    /// What to do; nothing: list
    #[command(subcommand)]
    pub command: Option<ConnectionsCommand>,
}

/// What to do with connections.
#[derive(Debug, Clone, Subcommand)]
pub enum ConnectionsCommand {
    /// List them
    #[command(after_help = "Example:\n  tieout connections list --json")]
    List,
    /// Ask the system at the other end who answers
    #[command(
        after_help = "Examples:\n  tieout connections test qbo-us\n  tieout connections test fq-tax --accept-file"
    )]
    Test {
        /// The connection's name
        name: String,
        /// QuickBooks Desktop: the company file at its new path, or the restored backup, is the right one
        #[arg(long)]
        accept_file: bool,
    },
    /// End a connection: its tokens are taken back and removed, its books rest
    #[command(after_help = "Example:\n  tieout connections disconnect qbo-us")]
    Disconnect {
        /// The connection's name
        name: String,
    },
    /// Write the .qwc file of QuickBooks Desktop again: the same identity, for the same company file
    #[command(after_help = "Example:\n  tieout connections qwc fq-tax fq-tax.qwc --replace")]
    Qwc {
        /// The connection's name
        name: String,
        /// The file
        file: PathBuf,
        /// Replace a file that is there already
        #[arg(long)]
        replace: bool,
    },
    /// Sign in again to the same company; for QuickBooks Desktop: make a new password
    #[command(
        after_help = "Examples:\n  tieout connections reauthorise concur\n  tieout connections reauthorise fq-tax"
    )]
    Reauthorise {
        /// The connection's name
        name: String,
        /// What answers the questions.
        #[command(flatten)]
        sign_in: SignInArgs,
    },
}

/// `tieout books`
#[derive(Debug, Clone, Args)]
pub struct BooksArgs {
    /// What to do; nothing: list
    #[command(subcommand)]
    pub command: Option<BooksCommand>,
}

/// What to do with books.
#[derive(Debug, Clone, Subcommand)]
pub enum BooksCommand {
    /// List them
    #[command(after_help = "Example:\n  tieout books list")]
    List,
    /// Make a book, as a preview: it fetches, derives and shows, and posts nothing
    #[command(
        after_help = "Example:\n  tieout books add fq-us --source concur --ledger qbo-us --time-zone America/New_York"
    )]
    Add(BookAdd),
    /// Change settings from a file, after showing what differs
    #[command(
        after_help = "Examples:\n  tieout books edit fq-us\n  tieout books edit fq-us --file fq-us.toml"
    )]
    Edit(BookEdit),
    /// Acknowledge and post from now on; the ledger's name has to be typed
    #[command(after_help = "Example:\n  tieout books live fq-us --confirm \"Fernhill Quay Advisory\"")]
    Live {
        /// The book's name
        name: String,
        /// The ledger's name, instead of typing it
        #[arg(long, value_name = "LEDGER NAME")]
        confirm: Option<String>,
    },
    /// Neither acknowledge nor post: only fetch, derive and show
    #[command(after_help = "Example:\n  tieout books preview fq-us")]
    Preview {
        /// The book's name
        name: String,
    },
    /// Stop the book's work until it is resumed
    #[command(after_help = "Example:\n  tieout books pause fq-us")]
    Pause {
        /// The book's name
        name: String,
    },
    /// Let a paused book go on
    #[command(after_help = "Example:\n  tieout books resume fq-us")]
    Resume {
        /// The book's name
        name: String,
    },
    /// Compare what the book would post with what people posted by hand
    #[command(after_help = "Example:\n  tieout books trial fq-us --from 2026-10-01 --to 2026-10-31")]
    Trial {
        /// The book's name (not needed when there is one book)
        name: Option<String>,
        /// First day
        #[arg(long, value_name = "DATE")]
        from: jiff::civil::Date,
        /// Last day
        #[arg(long, value_name = "DATE")]
        to: jiff::civil::Date,
    },
    /// Close the period up to and including a day; `none` opens it again
    #[command(after_help = "Examples:\n  tieout books lock fq-us 2026-10-31\n  tieout books lock 2026-10-31")]
    Lock {
        /// The book's name (not needed when there is one book), then the last closed day
        #[arg(value_name = "[NAME] DATE", num_args = 1..=2, required = true)]
        words: Vec<String>,
    },
}

/// `tieout lists`
#[derive(Debug, Clone, Args)]
pub struct ListsArgs {
    /// The book [default: the only one]
    #[arg(long, global = true, value_name = "BOOK")]
    pub book: Option<String>,
    /// What to do; nothing: list what is proposed
    #[command(subcommand)]
    pub command: Option<ListsCommand>,
}

/// What to do with the lists of the two systems.
#[derive(Debug, Clone, Subcommand)]
pub enum ListsCommand {
    /// What is proposed
    #[command(after_help = "Example:\n  tieout lists list --all")]
    List {
        /// Also what was done, dismissed or dropped
        #[arg(long)]
        all: bool,
    },
    /// Read the lists of both systems and compare them; nothing is written
    #[command(after_help = "Example:\n  tieout lists compare --book fq-us")]
    Compare,
    /// Make what was proposed
    #[command(after_help = "Examples:\n  tieout lists apply 3 4\n  tieout lists apply --clear")]
    Apply {
        /// Proposals, by their id
        #[arg(value_name = "ID", required_unless_present = "clear", conflicts_with = "clear")]
        ids: Vec<i64>,
        /// All that nothing stands against
        #[arg(long)]
        clear: bool,
    },
    /// Put a proposal aside
    #[command(after_help = "Example:\n  tieout lists dismiss 3 --reason \"the same supplier as V2014\"")]
    Dismiss {
        /// The proposal, by its id
        id: i64,
        /// Why
        #[arg(long, value_name = "REASON")]
        reason: String,
    },
}

/// `tieout policy`
#[derive(Debug, Clone, Args)]
pub struct PolicyArgs {
    /// What to do
    #[command(subcommand)]
    pub command: PolicyCommand,
}

/// What to do with policies.
#[derive(Debug, Clone, Subcommand)]
pub enum PolicyCommand {
    /// List them
    #[command(after_help = "Example:\n  tieout policy list --json")]
    List,
    /// Set the policy of a book, signed off by whoever runs this
    #[command(after_help = "Example:\n  tieout policy set fq-us --auto clean --limit 500.00")]
    Set {
        /// The book's name
        book: String,
        /// What is approved without a person
        #[arg(long, value_name = "POLICY", value_enum)]
        auto: AutoApprove,
        /// Up to this amount a document, in home currency
        #[arg(long, value_name = "AMOUNT")]
        limit: Option<Decimal>,
    },
}

/// `tieout mapping`
#[derive(Debug, Clone, Args)]
pub struct MappingArgs {
    /// What to do
    #[command(subcommand)]
    pub command: MappingCommand,
}

/// What to do with mapping rules.
#[derive(Debug, Clone, Subcommand)]
pub enum MappingCommand {
    /// List the rules
    #[command(after_help = "Example:\n  tieout mapping list --book fq-us")]
    List {
        /// The book (not needed when there is one)
        #[arg(long, value_name = "BOOK")]
        book: Option<String>,
    },
    /// Set a rule and derive again what it concerns
    #[command(
        after_help = "Examples:\n  tieout mapping set class custom1=CC450 --to \"400 People and Change\"\n  \
                      tieout mapping set account expense_type=AIRFR --to 5010\n  \
                      tieout mapping set party --party E1010 --to 77"
    )]
    Set(MappingSet),
    /// Remove a rule
    #[command(after_help = "Example:\n  tieout mapping remove 12 --book fq-us")]
    Remove {
        /// The rule's number, as `mapping list` shows it
        rule: u32,
        /// The book (not needed when there is one)
        #[arg(long, value_name = "BOOK")]
        book: Option<String>,
    },
    /// Write the rules as CSV, safe to open in a spreadsheet
    #[command(after_help = "Example:\n  tieout mapping export --book fq-us")]
    Export {
        /// The book (not needed when there is one)
        #[arg(long, value_name = "BOOK")]
        book: Option<String>,
    },
    /// Read rules from a CSV file: says every difference and mistake, then saves
    #[command(
        after_help = "Examples:\n  tieout mapping import mappings.csv --dry-run\n  tieout mapping import mappings.csv"
    )]
    Import {
        /// The file
        file: std::path::PathBuf,
        /// Say what would change, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Remove the rules, of the kinds in the file, that the file does not have
        #[arg(long)]
        remove: bool,
        /// Leave lines with a mistake out; without it nothing is saved while there is one
        #[arg(long)]
        skip_wrong: bool,
        /// The book (not needed when there is one)
        #[arg(long, value_name = "BOOK")]
        book: Option<String>,
    },
    /// What has no mapping, and the records of the ledger that are near; applies nothing
    #[command(after_help = "Example:\n  tieout mapping suggest")]
    Suggest {
        /// The book (not needed when there is one)
        #[arg(long, value_name = "BOOK")]
        book: Option<String>,
    },
}

/// `tieout mapping set`
#[derive(Debug, Clone, Args)]
pub struct MappingSet {
    /// What the rule decides
    #[arg(value_enum)]
    pub kind: MappingKind,
    /// What it asks for: account_code, expense_type, tax_code, reclaim_code, country, authority, or a field such as
    /// custom1
    #[arg(value_name = "KEY=VALUE")]
    pub keys: Vec<String>,
    /// Only for this employee number or vendor code
    #[arg(long, value_name = "CODE")]
    pub party: Option<String>,
    /// The ledger's record by id, number or name; `none` for none on purpose, `cost` for tax that stays in cost
    #[arg(long, value_name = "TARGET")]
    pub to: String,
    /// The book (not needed when there is one)
    #[arg(long, value_name = "BOOK")]
    pub book: Option<String>,
}

/// What a rule decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MappingKind {
    /// Employee or supplier to vendor
    Party,
    /// Account code or expense type to account
    Account,
    /// Cost object to class
    Class,
    /// Cost object to department or location (QuickBooks Online; QuickBooks Desktop has none)
    Department,
    /// Cost object to customer or project
    Customer,
    /// Tax code to account, or to cost
    Tax,
}

/// `tieout audit`
#[derive(Debug, Clone, Args)]
pub struct AuditArgs {
    /// What to do
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// What to do with the audit trail.
#[derive(Debug, Clone, Subcommand)]
pub enum AuditCommand {
    /// The newest events first
    #[command(after_help = "Example:\n  tieout audit list --document B4Q7TN")]
    List {
        /// Only about this document
        #[arg(long, value_name = "ID")]
        document: Option<String>,
        /// Words that actor, action, subject or text contain
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        /// At most this many
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u32,
    },
    /// One event with all its fields
    #[command(after_help = "Example:\n  tieout audit show 42")]
    Show {
        /// Its number
        seq: u64,
    },
    /// Check the whole chain
    #[command(after_help = "Example:\n  tieout audit verify")]
    Verify,
    /// Write the whole trail, oldest first
    #[command(after_help = "Example:\n  tieout audit export trail.csv --format csv")]
    Export {
        /// The file; it must not exist. Nothing: stdout
        file: Option<PathBuf>,
        /// How
        #[arg(long, value_enum, default_value_t = AuditFormat::Csv)]
        format: AuditFormat,
    },
}

/// Formats of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AuditFormat {
    /// Comma-separated values, safe for spreadsheets
    Csv,
    /// JSON lines
    Json,
}
