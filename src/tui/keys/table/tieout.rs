//! The tie-out.

use super::*;

const TIE: &[Context] = &[Tieout];

/// The actions.
pub const ACTIONS: &[Action] = &[
    act!(
        TieoutOpen,
        "tieout_open",
        "open",
        "Move",
        TIE,
        NONE,
        ["enter", "l"],
        "Reads both sides when nothing is shown; else opens what the cursor is on: the documents of a line, the document \
         of an item, the statement of a card account."
    ),
    act!(
        PreviousPeriod,
        "previous_period",
        "month before",
        "Move",
        TIE,
        NONE,
        ["left", "["],
        "The month before."
    ),
    act!(NextPeriod, "next_period", "next month", "Move", TIE, NONE, ["right", "]"], "The month after."),
    act!(
        TieoutCurrencyBefore,
        "tieout_currency_before",
        "currency before",
        "Look",
        TIE,
        NONE,
        ["<"],
        "The currencies before, when not all fit beside each other."
    ),
    act!(
        TieoutCurrencyNext,
        "tieout_currency_next",
        "next currency",
        "Look",
        TIE,
        NONE,
        [">"],
        "The next currencies, when not all fit beside each other."
    ),
    act!(
        TieoutSplit,
        "tieout_split",
        "split currency",
        "Look",
        TIE,
        NONE,
        ["t"],
        "Splits the next currency into reports, invoices and advances."
    ),
    act!(
        TieoutHome,
        "tieout_home",
        "home currency",
        "Look",
        TIE,
        NONE,
        ["H"],
        "Shows the ledger's side in home currency, at posting rates."
    ),
    act!(
        TieoutComment,
        "tieout_comment",
        "comment",
        "Work",
        TIE,
        Changes,
        ["c"],
        "Writes a comment on the reconciling item, which then needs no action any more."
    ),
    act!(
        TieoutExport,
        "tieout_export",
        "export",
        "Work",
        TIE,
        Changes,
        ["e"],
        "Writes the report as CSV, JSON and plain text into a folder that you name."
    ),
    act!(
        TieoutAccrue,
        "tieout_accrue",
        "accruals",
        "Work",
        TIE,
        Irreversible,
        ["A"],
        "Shows what the accrual journals of the month would be, and makes them when you say so."
    ),
    act!(
        TieoutSign,
        "tieout_sign",
        "sign as preparer",
        "Work",
        TIE,
        Irreversible,
        ["S"],
        "Signs the month as its preparer."
    ),
    act!(
        TieoutReview,
        "tieout_review",
        "sign as reviewer",
        "Work",
        TIE,
        Irreversible,
        ["R"],
        "Signs the month as its reviewer: another person than the preparer."
    ),
    act!(
        TieoutReopen,
        "tieout_reopen",
        "reopen",
        "Work",
        TIE,
        Irreversible,
        ["O"],
        "Takes the signatures of the month back, for a reason."
    ),
    act!(
        TieoutLock,
        "tieout_lock",
        "move lock date",
        "Work",
        TIE,
        Irreversible,
        ["L"],
        "Moves tieout's lock date to the end of a month that is signed and reviewed."
    ),
];
