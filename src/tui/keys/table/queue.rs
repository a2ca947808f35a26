//! The queue and its findings.

use super::*;

/// The actions.
pub const ACTIONS: &[Action] = &[
    act!(
        Mark,
        "mark",
        "mark",
        "Choose",
        ROWS,
        NONE,
        ["space"],
        "Marks the document, or takes the mark away."
    ),
    act!(
        Range,
        "range",
        "mark range",
        "Choose",
        ROWS,
        NONE,
        ["v"],
        "Begins a range at the cursor; again marks everything up to the cursor."
    ),
    act!(
        MarkAll,
        "mark_all",
        "mark all",
        "Choose",
        ROWS,
        NONE,
        ["ctrl-a"],
        "Marks every document of the group and filter."
    ),
    act!(
        SortLeft,
        "sort_left",
        "sort by left",
        "Choose",
        ROWS,
        NONE,
        ["<"],
        "Sorts by the column on the left."
    ),
    act!(
        SortRight,
        "sort_right",
        "sort by right",
        "Choose",
        ROWS,
        NONE,
        [">"],
        "Sorts by the column on the right."
    ),
    act!(SortTurn, "sort_turn", "turn sort", "Choose", ROWS, NONE, ["s"], "Turns the direction of sorting."),
    act!(
        Group,
        "group",
        "group findings",
        "Choose",
        &[Queue, Groups],
        NONE,
        ["g f", "z"],
        "One row for each finding and value, or the documents again."
    ),
];
