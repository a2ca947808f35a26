//! The activity screen.

use super::*;

/// The actions.
pub const ACTIONS: &[Action] = &[
    act!(
        ActivityNext,
        "activity_next",
        "next part",
        "Move",
        &[Activity],
        NONE,
        ["tab", "right"],
        "Alarms, events, log, runs: the next of them."
    ),
    act!(
        ActivityBefore,
        "activity_before",
        "part before",
        "Move",
        &[Activity],
        NONE,
        ["backtab", "left"],
        "Alarms, events, log, runs: the one before."
    ),
    act!(
        LogLevel,
        "log_level",
        "level",
        "Choose",
        &[Activity],
        NONE,
        ["L"],
        "Which lines of the log are listed: errors, warnings, information, everything."
    ),
    act!(
        LogFollow,
        "log_follow",
        "follow",
        "Choose",
        &[Activity],
        NONE,
        ["f"],
        "Stays on the newest line of the log, or stays where it is."
    ),
];
