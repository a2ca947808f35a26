//! Arguments of the tie-out and of the evidence folder.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::tieout::Period;

fn period(text: &str) -> Result<Period, String> {
    Period::parse(text)
}

/// `ITEM=TEXT`
fn comment(text: &str) -> Result<(String, String), String> {
    let (item, words) = text.split_once('=').ok_or("write it as ITEM=TEXT")?;
    Ok((item.trim().into(), words.trim().into()))
}

/// `tieout reconcile`
#[derive(Debug, Clone, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    override_usage = "tieout reconcile --period YYYY-MM [OPTIONS]\n       tieout reconcile [OPTIONS] <COMMAND>"
)]
pub struct ReconcileArgs {
    /// What to do beside showing it
    #[command(subcommand)]
    pub command: Option<ReconcileCommand>,
    /// The month
    #[arg(long, value_name = "YYYY-MM", value_parser = period, required = true)]
    pub period: Option<Period>,
    /// The book (not needed when there is one)
    #[arg(long, value_name = "BOOK")]
    pub book: Option<String>,
    /// Only this part
    #[arg(long, value_name = "PART", value_enum)]
    pub part: Option<Part>,
    /// How it is written; --json is the same as `json`
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// A part of the tie-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// From what Concur approved to what the ledger holds, with the reconciling items
    Bridge,
    /// Against Concur's own lists, with the equations of the runs
    Completeness,
    /// Control accounts
    Controls,
    /// The accrual list
    Accruals,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// Comma-separated values, safe for spreadsheets
    Csv,
    /// JSON
    Json,
}

/// Who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Who prepared it, first
    Preparer,
    /// Another person, after the preparer
    Reviewer,
}

/// What to do with a tie-out.
#[derive(Debug, Clone, Subcommand)]
pub enum ReconcileCommand {
    /// Read both sides again and sign what they show
    #[command(
        after_help = "Example:\n  tieout reconcile sign --period 2026-10 --as preparer --comment \"ready:MT-3051=waits for Joy Lin\""
    )]
    Sign {
        /// The month
        #[arg(long, value_name = "YYYY-MM", value_parser = period)]
        period: Period,
        /// The book (not needed when there is one)
        #[arg(long, value_name = "BOOK")]
        book: Option<String>,
        /// As whom
        #[arg(long = "as", value_name = "ROLE", value_enum)]
        role: Role,
        /// A comment on an open item; may be given more than once
        #[arg(long = "comment", value_name = "ITEM=TEXT", value_parser = comment)]
        comments: Vec<(String, String)>,
        /// Move tieout's lock date to the end of the month
        #[arg(long)]
        lock: bool,
    },
    /// Take the sign-offs of a month back
    #[command(
        after_help = "Example:\n  tieout reconcile reopen --period 2026-10 --reason \"late card charge\""
    )]
    Reopen {
        /// The month
        #[arg(long, value_name = "YYYY-MM", value_parser = period)]
        period: Period,
        /// The book (not needed when there is one)
        #[arg(long, value_name = "BOOK")]
        book: Option<String>,
        /// Why
        #[arg(long, value_name = "REASON")]
        reason: String,
    },
    /// Enter what a card's statement says is owed
    #[command(
        after_help = "Example:\n  tieout reconcile statement --account 2110 --date 2026-10-31 --amount 4961.70"
    )]
    Statement {
        /// The account's number
        #[arg(long, value_name = "ACCOUNT")]
        account: String,
        /// The statement's day
        #[arg(long, value_name = "DATE")]
        date: Date,
        /// The amount owed, as it is printed
        #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
        amount: Decimal,
        /// The book (not needed when there is one)
        #[arg(long, value_name = "BOOK")]
        book: Option<String>,
    },
    /// Close a control break with what was found
    #[command(
        after_help = "Example:\n  tieout reconcile close 3 --note \"counted again: a report was recalled meanwhile\""
    )]
    Close {
        /// Its number
        id: i64,
        /// What was found
        #[arg(long, value_name = "NOTE")]
        note: String,
    },
}

/// `tieout evidence`
#[derive(Debug, Clone, Args)]
pub struct EvidenceArgs {
    /// The month
    #[arg(long, value_name = "YYYY-MM", value_parser = period)]
    pub period: Period,
    /// The book (not needed when there is one)
    #[arg(long, value_name = "BOOK")]
    pub book: Option<String>,
    /// The folder; it must be empty or not exist
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}
