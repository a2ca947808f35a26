//! What the tie-out wants done, what comes back, and what its forms are for.

use crate::engine::accruals::Accrued;
use crate::engine::reconcile::{ReadingStep, Reconciled};
use crate::model::ids::BookId;
use crate::store::ItemComment;
use crate::tieout::{Period, ReconcilingItem};
use crate::tui::msg::Said;

use super::super::RoomEffect;

/// Which files an export has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportAsk {
    /// The folder that gets a new one inside.
    pub folder: String,
    /// A CSV for each part.
    pub csv: bool,
    /// One JSON file.
    pub json: bool,
    /// One text file.
    pub text: bool,
}

/// Something to be done outside of `update`.
#[derive(Debug, Clone)]
pub enum TieoutEffect {
    /// Both sides are read now.
    Read {
        /// Answers to older generations are dropped.
        generation: u64,
        /// Book.
        book: BookId,
        /// Month.
        period: Period,
        /// The store keeps that both sides were read: not from a console that only looks.
        keep: bool,
    },
    /// Keeps a comment on an item.
    Comment {
        /// Book.
        book: BookId,
        /// Month.
        period: Period,
        /// Item, as it was shown.
        item: Box<ReconcilingItem>,
        /// What is said.
        text: String,
    },
    /// Enters what a statement says is owed.
    Statement {
        /// Book.
        book: BookId,
        /// Month: its last day is the day of the statement.
        period: Period,
        /// Account, by its id.
        account: String,
        /// Amount owed, in home currency.
        amount: rust_decimal::Decimal,
    },
    /// Signs what a fresh reading shows, if it is what was on the screen. Only a dialog makes it.
    Sign {
        /// Book.
        book: BookId,
        /// Month.
        period: Period,
        /// Reviewer; else preparer.
        reviewer: bool,
        /// Hash of the figures that were on the screen: others are not signed.
        seen: String,
    },
    /// Takes the sign-offs back. Only a dialog makes it.
    Reopen {
        /// Book.
        book: BookId,
        /// Month.
        period: Period,
        /// Why.
        reason: String,
    },
    /// Moves the lock date to the end of the month. Only a dialog makes it.
    Lock {
        /// Book.
        book: BookId,
        /// Month.
        period: Period,
    },
    /// What the accrual journals would be.
    Plan {
        /// Answers to older generations are dropped.
        generation: u64,
        /// Book.
        book: BookId,
        /// Month.
        period: Period,
    },
    /// Makes the accrual journals. Only a dialog makes it.
    Accrue {
        /// Book.
        book: BookId,
        /// Month.
        period: Period,
    },
    /// Which folder an export is offered.
    ExportFolder,
    /// Writes the shown report.
    Export {
        /// Book.
        book: BookId,
        /// Month.
        period: Period,
        /// The report as it is shown.
        done: Box<Reconciled>,
        /// Where to, and which files.
        ask: ExportAsk,
        /// The book's zone.
        zone: jiff::tz::TimeZone,
    },
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum TieoutMsg {
    /// A step of the reading.
    Step(u64, ReadingStep),
    /// Both sides were read, or not.
    Read(u64, Said<Box<Reconciled>>),
    /// A comment was kept.
    Commented(Said<ItemComment>),
    /// A statement's figure was kept.
    Stated(Said<()>),
    /// This month of this book is signed: the reading that was signed, and the audit event.
    Signed(BookId, Period, Said<(Box<Reconciled>, u64)>),
    /// So many sign-offs were taken back.
    Reopened(Said<u64>),
    /// The month whose end the lock date of this book is now.
    Locked(BookId, Period, Said<jiff::civil::Date>),
    /// What the accrual journals of this book and month would be.
    Planned(u64, BookId, Period, Said<Accrued>),
    /// The accrual journals were made.
    Accrued(Said<Accrued>),
    /// The folder that an export is offered; empty: there is no way to write one here.
    ExportFolder(String),
    /// Where the export was written to.
    Exported(Said<String>),
}

/// What a form is for.
#[derive(Debug, Clone)]
pub enum TieoutForm {
    /// A comment on this item.
    Comment(Box<ReconcilingItem>),
    /// The statement's figure of an account: id and name.
    Statement(String, String),
    /// Why the sign-offs are taken back.
    Reopen,
    /// Where an export goes.
    Export,
}

impl RoomEffect for TieoutEffect {
    fn is_dangerous(&self) -> bool {
        matches!(self, Self::Sign { .. } | Self::Reopen { .. } | Self::Lock { .. } | Self::Accrue { .. })
    }
    fn changes(&self) -> bool {
        self.is_dangerous()
            || matches!(
                self,
                Self::Read { keep: true, .. }
                    | Self::Comment { .. }
                    | Self::Statement { .. }
                    | Self::Export { .. }
            )
    }
    fn slot(&self) -> Option<u8> {
        match self {
            Self::Read { .. } => Some(0),
            Self::Plan { .. } => Some(1),
            Self::ExportFolder => Some(2),
            _ => None,
        }
    }
}
