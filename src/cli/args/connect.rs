//! Arguments of the commands about accounts with other systems, their books' settings, and the vault.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::vault::Way;

/// What answers the questions of a sign-in, in place of a person at the terminal. No option takes a secret: each names
/// a descriptor that holds it.
#[derive(Debug, Clone, Default, Args)]
pub struct SignInArgs {
    /// The company's id at the system
    #[arg(long, value_name = "ID")]
    pub company: Option<String>,
    /// The application's client id
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// Read the application's client secret from this descriptor
    #[arg(long, value_name = "N")]
    pub client_secret_fd: Option<i32>,
    /// Read the company request token from this descriptor (Concur)
    #[arg(long, value_name = "N")]
    pub request_token_fd: Option<i32>,
    /// The name that Concur records for what tieout has taken; chosen once
    #[arg(long, value_name = "NAME")]
    pub system_id: Option<String>,
    /// The registered redirect address, or `loopback` for a page of this machine (development keys)
    #[arg(long, value_name = "ADDRESS")]
    pub redirect: Option<String>,
    /// With --redirect loopback: the registered port [default: any free one]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub port: u16,
    /// Read the address that the consent led to from this descriptor
    #[arg(long, value_name = "N")]
    pub callback_fd: Option<i32>,
    /// Read a refresh token that was obtained elsewhere from this descriptor; needs --company
    #[arg(long, value_name = "N")]
    pub refresh_token_fd: Option<i32>,
}

/// What answers the questions about a ledger that calls tieout: QuickBooks Desktop.
#[derive(Debug, Clone, Default, Args)]
pub struct VisitorArgs {
    /// QuickBooks Desktop: the company's name
    #[arg(long, value_name = "NAME")]
    pub company_name: Option<String>,
    /// QuickBooks Desktop: the user name of the Web Connector [default: tieout- and the company's name]
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// QuickBooks Desktop: minutes between two visits [default: 5]
    #[arg(long, value_name = "N")]
    pub minutes: Option<u32>,
    /// QuickBooks Desktop: where the .qwc file is written [default: the connection's name, in this folder]
    #[arg(long, value_name = "FILE")]
    pub qwc: Option<PathBuf>,
    /// QuickBooks Desktop: replace a .qwc file that is there already
    #[arg(long)]
    pub replace: bool,
}

/// `tieout connect`
#[derive(Debug, Clone, Args)]
pub struct ConnectArgs {
    /// The system: concur, quickbooks-online, quickbooks-desktop
    #[arg(value_name = "SYSTEM")]
    pub system: String,
    /// The connection's name [default: the system's]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// In a new home: what opens the vault (keyring, credential, descriptor, key-file, passphrase)
    #[arg(long, value_name = "WAY", default_value = "keyring")]
    pub vault: Way,
    /// What answers the questions.
    #[command(flatten)]
    pub sign_in: SignInArgs,
    /// And those about a ledger that calls tieout.
    #[command(flatten)]
    pub visitor: VisitorArgs,
}

/// `tieout books add`
#[derive(Debug, Clone, Args)]
pub struct BookAdd {
    /// The book's name
    pub name: String,
    /// The connection that documents come from
    #[arg(long, value_name = "CONNECTION")]
    pub source: String,
    /// The connection that they are posted to
    #[arg(long, value_name = "CONNECTION")]
    pub ledger: String,
    /// The time zone in which instants become dates, for instance America/New_York
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// A ledger code of the source that belongs to this book; may be given more than once
    #[arg(long = "ledger-code", value_name = "CODE")]
    pub ledger_codes: Vec<String>,
    /// Further settings, as TOML or JSON
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// `tieout books edit`
#[derive(Debug, Clone, Args)]
pub struct BookEdit {
    /// The book's name
    pub name: String,
    /// The settings that change, as TOML or JSON; nothing: print those in force as TOML
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Change without asking
    #[arg(long, requires = "file")]
    pub yes: bool,
}

/// `tieout vault`
#[derive(Debug, Clone, Args)]
pub struct VaultArgs {
    /// What to do
    #[command(subcommand)]
    pub command: VaultCommand,
}

/// What to do with the vault.
#[derive(Debug, Clone, Subcommand)]
pub enum VaultCommand {
    /// Which ways open it, and which opened it now
    #[command(after_help = "Example:\n  tieout vault status --json")]
    Status,
    /// Try to open it, with a minute's patience for a keyring that asks for its password
    #[command(after_help = "Examples:\n  tieout vault unlock\n  tieout vault unlock --passphrase-fd 3")]
    Unlock,
    /// Give it a new key: every secret is sealed again, in one step
    #[command(
        after_help = "Examples:\n  tieout vault rekey\n  tieout vault rekey --add passphrase --remove key-file"
    )]
    Rekey {
        /// A way that opens it from now on; a passphrase that is there already is taken anew
        #[arg(long, value_name = "WAY")]
        add: Vec<Way>,
        /// A way that does not open it any more
        #[arg(long, value_name = "WAY")]
        remove: Vec<Way>,
        /// Read the new passphrase from this descriptor
        #[arg(long, value_name = "N")]
        new_passphrase_fd: Option<i32>,
    },
}
