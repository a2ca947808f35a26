//! The command line as types (interface.md, "Commands"). Every page of help ends with an example.

mod connect;
mod documents;
mod events;
mod reconcile;
mod setup;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use connect::*;
pub use documents::*;
pub use events::*;
pub use reconcile::*;
pub use setup::*;

use crate::cli::duration::Humane;

/// The whole command line.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "tieout",
    version,
    max_term_width = 100,
    about = "Moves approved SAP Concur spend into the firm's ledger, exactly once, under an accountant's eye",
    long_about = "Moves approved SAP Concur spend into the firm's ledger, exactly once, under an accountant's eye.\n\n\
                  Without a command it opens the console; with --auto it works without a screen.",
    after_help = "Examples:\n  tieout demo                    the console on a sample firm, nothing to set up\n  \
                  tieout --auto --once --json    one headless run, summed up in JSON\n  \
                  tieout queue --state Blocked   what waits for a person"
)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub globals: Globals,
    /// Options of a headless run.
    #[command(flatten)]
    pub auto: AutoArgs,
    /// What to do; nothing: the console.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options that every command takes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// Keep everything under this folder instead of the platform's
    #[arg(long, global = true, value_name = "DIR", env = "TIEOUT_HOME", hide_env_values = true)]
    pub home: Option<PathBuf>,
    /// Read the settings from this file
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The console's theme
    #[arg(long, global = true, value_name = "NAME")]
    pub theme: Option<String>,
    /// No borders and no columns: one record a line
    #[arg(long, global = true)]
    pub plain: bool,
    /// Refuse every command that changes something
    #[arg(long, global = true)]
    pub read_only: bool,
    /// JSON instead of a table
    #[arg(long, global = true)]
    pub json: bool,
    /// No colours (as NO_COLOR does)
    #[arg(long, global = true)]
    pub no_color: bool,
    /// Read the vault's key from this inherited descriptor
    #[arg(long, global = true, value_name = "N")]
    pub vault_key_fd: Option<i32>,
    /// Read the vault's passphrase from this descriptor
    #[arg(long, global = true, value_name = "N")]
    pub passphrase_fd: Option<i32>,
    /// Say more on stderr; twice for details
    #[arg(short = 'v', long = "verbose", global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// End the process at this point, for tests: POINT or POINT:N
    #[cfg(debug_assertions)]
    #[arg(long, global = true, hide = true, value_name = "POINT[:N]")]
    pub fail_at: Option<String>,
}

/// Options of a headless run.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Headless run")]
pub struct AutoArgs {
    /// Work without a screen: fetch, derive, approve by policy, post and confirm, until SIGTERM
    #[arg(long)]
    pub auto: bool,
    /// End when nothing can be done now and nothing falls due soon
    #[arg(long, requires = "auto")]
    pub once: bool,
    /// What falls due within this time is waited for with --once [default: 120s]
    #[arg(long, requires = "once", value_name = "DURATION")]
    pub wait: Option<Humane>,
    /// Only this book; may be given more than once
    #[arg(long = "book", requires = "auto", value_name = "BOOK")]
    pub books: Vec<String>,
}

/// The commands.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// The console, or a headless run, on a sample firm with built-in stand-ins
    #[command(after_help = "Examples:\n  tieout demo\n  tieout demo --auto --once")]
    Demo(DemoArgs),
    /// Serve the stand-ins and write a ready home that points at them, until SIGTERM
    #[command(
        after_help = "Example:\n  tieout sandbox --home /tmp/stand-ins --documents 200 --auto-approve clean"
    )]
    Sandbox(SandboxArgs),
    /// Connect an account with another system
    #[command(
        after_help = "Examples:\n  tieout connect concur\n  tieout connect quickbooks-online --name qbo-us --redirect loopback"
    )]
    Connect(ConnectArgs),
    /// The connections and their health
    #[command(
        after_help = "Examples:\n  tieout connections\n  tieout connections test qbo-us\n  tieout connections reauthorise concur"
    )]
    Connections(ConnectionsArgs),
    /// The vault: which ways open it, a new key
    #[command(after_help = "Examples:\n  tieout vault status\n  tieout vault rekey --add passphrase")]
    Vault(VaultArgs),
    /// The books: list, add, edit, go live, preview, pause, resume, lock a period
    #[command(after_help = "Examples:\n  tieout books\n  tieout books lock fq-us 2026-10-31")]
    Books(BooksArgs),
    /// What the sources tell by themselves: listeners, topics, subscriptions
    #[command(after_help = "Examples:\n  tieout events\n  tieout events subscribe concur-us")]
    Events(EventsArgs),
    /// When a book approves without a person
    #[command(
        after_help = "Examples:\n  tieout policy list\n  tieout policy set fq-us --auto clean --limit 500.00"
    )]
    Policy(PolicyArgs),
    /// Read the sources now instead of at the next scheduled time
    #[command(after_help = "Example:\n  tieout fetch --book fq-us")]
    Fetch(FetchArgs),
    /// The queue as a table
    #[command(
        after_help = "Examples:\n  tieout queue --state Blocked\n  tieout queue --book fq-us --search \"okafor amount>500\""
    )]
    Queue(QueueArgs),
    /// One document: source, entries, findings, history
    #[command(after_help = "Examples:\n  tieout show B4Q7TN\n  tieout show B4Q7TN --entry")]
    Show(ShowArgs),
    /// Approve documents as they stand now
    #[command(
        after_help = "Examples:\n  tieout approve B4Q7TN X3GW8V\n  tieout approve --ready --book fq-us"
    )]
    Approve(ApproveArgs),
    /// Take an approval back; possible until posting begins
    #[command(after_help = "Example:\n  tieout withdraw B4Q7TN")]
    Withdraw(Ids),
    /// Stop documents until they are released
    #[command(after_help = "Example:\n  tieout hold B4Q7TN --reason \"ask Amara about the hotel\"")]
    Hold(ReasonArgs),
    /// Let held documents go on
    #[command(after_help = "Example:\n  tieout release B4Q7TN")]
    Release(Ids),
    /// Turn documents down; Concur is told the reason
    #[command(after_help = "Example:\n  tieout reject B4Q7TN --reason \"receipt belongs to another report\"")]
    Reject(ReasonArgs),
    /// End a document that is nobody's debt, with a note
    #[command(after_help = "Example:\n  tieout close B4Q7TN --note \"settled before cut-over\"")]
    Close(CloseArgs),
    /// Link a document to a record that is already in the ledger
    #[command(after_help = "Example:\n  tieout adopt CL-2217 --record 151")]
    Adopt(AdoptArgs),
    /// Make the opposite of what the ledger holds of a document
    #[command(after_help = "Example:\n  tieout reverse B4Q7TN --reason \"posted to the wrong client\"")]
    Reverse(ReverseArgs),
    /// Post a document once more, after its reversal or where its records are gone
    #[command(after_help = "Example:\n  tieout repost B4Q7TN --reason \"project corrected\"")]
    Repost(RepostArgs),
    /// What reversals left to be done in the source
    #[command(
        after_help = "Examples:\n  tieout corrections\n  tieout corrections done B4Q7TN-REV --note \"sent back\""
    )]
    Corrections(CorrectionsArgs),
    /// Post what is approved: these documents, or all
    #[command(after_help = "Examples:\n  tieout post\n  tieout post B4Q7TN")]
    Post(PostArgs),
    /// Try a document again, as its state allows
    #[command(after_help = "Example:\n  tieout retry B4Q7TN")]
    Retry(OneId),
    /// Derive a document again from its stored source and compare
    #[command(after_help = "Example:\n  tieout replay B4Q7TN --dry-run")]
    Replay(ReplayArgs),
    /// The mapping rules of a book
    #[command(
        after_help = "Examples:\n  tieout mapping list --book fq-us\n  tieout mapping set class custom1=CC450 --to \"400 People and Change\""
    )]
    Mapping(MappingArgs),
    /// The tie-out of a month: bridge, completeness, control accounts, accruals, sign-off
    #[command(
        after_help = "Examples:\n  tieout reconcile --period 2026-10\n  tieout reconcile --period 2026-10 --part controls --format csv\n  \
                      tieout reconcile sign --period 2026-10 --as preparer"
    )]
    Reconcile(ReconcileArgs),
    /// Make the accrual journals of a month, each with its reversal on the first day of the next
    #[command(after_help = "Example:\n  tieout accrue --period 2026-10")]
    Accrue(AccrueArgs),
    /// The auditor's folder of a month, with hashes
    #[command(after_help = "Example:\n  tieout evidence --period 2026-10 ./evidence-2026-10")]
    Evidence(EvidenceArgs),
    /// What would make the vendor and cost lists of the two systems agree
    #[command(after_help = "Examples:\n  tieout lists compare\n  tieout lists apply --clear")]
    Lists(ListsArgs),
    /// The audit trail
    #[command(after_help = "Examples:\n  tieout audit list --search approved\n  tieout audit verify")]
    Audit(AuditArgs),
    /// Health of books, connections, queue and engine
    #[command(after_help = "Example:\n  tieout status --json")]
    Status,
    /// The console's keys, with what keys.toml says
    #[command(
        after_help = "Examples:\n  tieout keys --plain\n  tieout keys --toml    a commented keys.toml to begin with"
    )]
    Keys(KeysArgs),
}

impl Command {
    /// Whether it changes something: refused with `--read-only`.
    pub fn changes(&self) -> bool {
        match self {
            Command::Demo(_) | Command::Sandbox(_) | Command::Fetch(_) => true,
            Command::Connect(_) => true,
            Command::Connections(a) => !matches!(a.command, None | Some(ConnectionsCommand::List)),
            Command::Vault(a) => matches!(a.command, VaultCommand::Rekey { .. }),
            Command::Books(a) => match &a.command {
                None | Some(BooksCommand::List | BooksCommand::Trial { .. }) => false,
                Some(BooksCommand::Edit(edit)) => edit.file.is_some(),
                Some(_) => true,
            },
            // whoever looks at a source leaves a request
            Command::Events(a) => !matches!(a.command, None | Some(EventsCommand::Status { .. })),
            Command::Policy(a) => !matches!(a.command, PolicyCommand::List),
            Command::Queue(_) | Command::Show(_) | Command::Status | Command::Keys(_) => false,
            Command::Approve(_) | Command::Withdraw(_) | Command::Hold(_) | Command::Release(_) => true,
            Command::Reject(_) | Command::Close(_) | Command::Adopt(_) => true,
            Command::Post(_) | Command::Retry(_) | Command::Reverse(_) | Command::Repost(_) => true,
            Command::Accrue(_) => true,
            Command::Lists(a) => !matches!(a.command, None | Some(ListsCommand::List { .. })),
            Command::Corrections(a) => matches!(a.command, Some(CorrectionsCommand::Done { .. })),
            Command::Replay(a) => !a.dry_run,
            Command::Mapping(a) => !matches!(a.command, MappingCommand::List { .. }),
            Command::Reconcile(a) => a.command.is_some(),
            // it leaves its own event in the trail, as an export does
            Command::Evidence(_) => true,
            // an export leaves its own event in the trail
            Command::Audit(a) => matches!(a.command, AuditCommand::Export { .. }),
        }
    }
}

#[cfg(test)]
mod tests;

/// `tieout keys`
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct KeysArgs {
    /// The keys without what keys.toml says
    #[arg(long)]
    pub default: bool,
    /// A commented keys.toml with every key of the default
    #[arg(long, conflicts_with = "json")]
    pub toml: bool,
}
