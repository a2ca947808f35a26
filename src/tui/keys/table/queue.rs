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
        "Sorts by the column that is shown on the left."
    ),
    act!(
        SortRight,
        "sort_right",
        "sort by right",
        "Choose",
        ROWS,
        NONE,
        [">"],
        "Sorts by the column that is shown on the right."
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
    act!(
        QueueViews,
        "queue_views",
        "views",
        "Choose",
        ROWS,
        NONE,
        ["V"],
        "The saved views: a group, a filter and a sort under a name."
    ),
    act!(
        QueueSaveView,
        "queue_save_view",
        "save view",
        "Choose",
        ROWS,
        Changes,
        ["S"],
        "Keeps the present group, filter and sort under a name."
    ),
    act!(
        QueueUndo,
        "queue_undo",
        "undo",
        "Choose",
        ROWS,
        NONE,
        ["u"],
        "Takes back the last step: marks, filters, holds; approvals until posting begins."
    ),
    act!(
        QueueExport,
        "queue_export",
        "export",
        "Look",
        ROWS,
        Changes,
        ["e"],
        "Writes every row of the group and filter into a file for a spreadsheet."
    ),
];
