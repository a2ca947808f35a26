//! Work, screens and the program itself: everywhere.

use super::*;

/// The actions.
pub const ACTIONS: &[Action] = &[
    act!(Fetch, "fetch", "fetch", "Work", &[], Changes, ["F"], "Reads Concur now."),
    act!(
        Stop,
        "stop",
        "stop",
        "Work",
        &[],
        Changes,
        ["ctrl-c"],
        "Stops the running work after what is on the wire; asks about quitting when there is none."
    ),
    act!(
        StopRunning,
        "stop_running",
        "stop",
        "Work",
        &[Running],
        Changes,
        ["s"],
        "While something runs: stops it after what is on the wire."
    ),
    act!(Refresh, "refresh", "refresh", "Look", &[], NONE, ["r"], "Reads this screen again."),
    act!(Redraw, "redraw", "redraw", "Look", &[], NONE, ["ctrl-l", "ctrl-r"], "Draws everything again."),
    act!(ScreenQueue, "queue", "queue", "Screens", &[], NONE, ["1"], "The queue."),
    act!(
        ScreenMappings,
        "mappings",
        "mappings",
        "Screens",
        &[],
        NONE,
        ["2"],
        "The mapping rules of the book."
    ),
    act!(
        ScreenConnections,
        "connections",
        "connections",
        "Screens",
        &[],
        NONE,
        ["3"],
        "The connections and their health."
    ),
    act!(ScreenAudit, "audit", "audit", "Screens", &[], NONE, ["4"], "The audit trail."),
    act!(ScreenTieout, "tieout", "tie-out", "Screens", &[], NONE, ["5"], "The tie-out report."),
    act!(
        ScreenActivity,
        "activity",
        "activity",
        "Screens",
        &[],
        NONE,
        ["6"],
        "What happened in this session."
    ),
    act!(
        LastScreen,
        "last_screen",
        "last screen",
        "Screens",
        &[],
        NONE,
        ["-"],
        "The screen before this one."
    ),
    act!(NextBook, "next_book", "next book", "Screens", &[], NONE, ["b"], "The next book."),
    act!(
        Palette,
        "palette",
        "palette",
        "Program",
        &[],
        NONE,
        [":", "ctrl-p"],
        "Finds an action by its name."
    ),
    act!(
        Help,
        "help",
        "more",
        "Program",
        &[],
        NONE,
        ["?"],
        "What works here; typing searches, Enter does it."
    ),
    act!(Messages, "messages", "messages", "Program", &[], NONE, ["M"], "All messages of this session."),
    act!(Suspend, "suspend", "suspend", "Program", &[], NONE, ["ctrl-z"], "Back to the shell; fg returns."),
    act!(
        Quit,
        "quit",
        "quit",
        "Program",
        &[],
        NONE,
        ["q"],
        "Ends the console; asks when something has to finish first."
    ),
];
