//! The tie-out.

use super::*;

/// The actions.
pub const ACTIONS: &[Action] = &[
    act!(
        TieoutRead,
        "tieout_read",
        "read now",
        "Work",
        &[Tieout],
        NONE,
        ["enter"],
        "Reads both sides of the period now and compares them."
    ),
    act!(
        PreviousPeriod,
        "previous_period",
        "month before",
        "Move",
        &[Tieout],
        NONE,
        ["left", "["],
        "The month before."
    ),
    act!(
        NextPeriod,
        "next_period",
        "next month",
        "Move",
        &[Tieout],
        NONE,
        ["right", "]"],
        "The month after."
    ),
];
