//! The table of actions.

use super::ActionId::*;
use super::Context::{self, *};
use super::Danger::{self, Changes, Irreversible};
use super::{Action, ActionId};

const LISTS: &[Context] = &[Queue, Groups, Document, Mappings, Connections, Audit, Tieout, Activity];
const DOCS: &[Context] = &[Queue, Document];
const ROWS: &[Context] = &[Queue];

macro_rules! act {
    ($id:ident, $name:literal, $word:literal, $group:literal, $contexts:expr, $danger:expr, [$($key:literal),*],
     $help:literal) => {
        Action {
            id: $id, name: $name, word: $word, help: $help, group: $group, contexts: $contexts,
            keys: &[$($key),*], danger: $danger,
        }
    };
}

const NONE: Danger = Danger::None;

/// Stands in for an action that the table lacks, which a test rules out.
pub const UNKNOWN: Action = act!(Help, "unknown", "unknown", "Program", &[], NONE, [], "Not in the table.");

/// Every action, once.
pub const ACTIONS: &[Action] = &[
    act!(Down, "down", "down", "Move", LISTS, NONE, ["j", "down"], "One line down."),
    act!(Up, "up", "up", "Move", LISTS, NONE, ["k", "up"], "One line up."),
    act!(PageDown, "page_down", "page down", "Move", LISTS, NONE, ["pgdn"], "One page down."),
    act!(PageUp, "page_up", "page up", "Move", LISTS, NONE, ["pgup"], "One page up."),
    act!(HalfDown, "half_down", "half page down", "Move", LISTS, NONE, ["ctrl-d"], "Half a page down."),
    act!(HalfUp, "half_up", "half page up", "Move", LISTS, NONE, ["ctrl-u"], "Half a page up."),
    act!(Top, "top", "top", "Move", LISTS, NONE, ["g g", "home"], "To the first line."),
    act!(Bottom, "bottom", "bottom", "Move", LISTS, NONE, ["G", "end"], "To the last line."),
    act!(
        Open,
        "open",
        "open",
        "Move",
        &[Queue, Groups, Audit],
        NONE,
        ["enter", "l"],
        "Opens what the cursor is on."
    ),
    act!(
        Back,
        "back",
        "back",
        "Move",
        &[],
        NONE,
        ["esc", "h"],
        "Leaves one layer: dialog, filter, marks, screen. Never the program."
    ),
    act!(
        NextPart,
        "next_part",
        "next part",
        "Move",
        DOCS,
        NONE,
        ["tab"],
        "The next group of states, or the next part of a document."
    ),
    act!(PreviousPart, "previous_part", "previous part", "Move", DOCS, NONE, ["backtab"], "The part before."),
    act!(Left, "left", "left", "Move", DOCS, NONE, ["left"], "The group or part on the left."),
    act!(Right, "right", "right", "Move", DOCS, NONE, ["right"], "The group or part on the right."),
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
        Filter,
        "filter",
        "filter",
        "Choose",
        &[Queue, Audit],
        NONE,
        ["/"],
        "Keeps what contains every word; Esc clears."
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
    act!(
        Approve,
        "approve",
        "approve",
        "Decide",
        DOCS,
        Irreversible,
        ["a"],
        "Shows what approving will write into the ledger, and asks."
    ),
    act!(
        Withdraw,
        "withdraw",
        "withdraw",
        "Decide",
        DOCS,
        Changes,
        ["w"],
        "Takes an approval back, until posting begins."
    ),
    act!(
        Post,
        "post",
        "post",
        "Decide",
        DOCS,
        Irreversible,
        ["p"],
        "Posts what is approved, after asking how many and how much."
    ),
    act!(
        Hold,
        "hold",
        "hold",
        "Decide",
        DOCS,
        Changes,
        ["H"],
        "Holds with a reason, or releases what is held."
    ),
    act!(
        Reject,
        "reject",
        "reject",
        "Decide",
        DOCS,
        Irreversible,
        ["x"],
        "Turns the document down; Concur and the employee read the reason."
    ),
    act!(Close, "close", "close", "Decide", DOCS, Irreversible, ["c"], "Ends the document with a note."),
    act!(
        Fix,
        "fix",
        "fix",
        "Decide",
        &[Queue, Groups, Document, Mappings],
        Changes,
        ["f"],
        "Mends the first finding: choose a record, a date, or decide."
    ),
    act!(
        Adopt,
        "adopt",
        "adopt",
        "Decide",
        DOCS,
        Irreversible,
        ["A"],
        "Links the document to a record that is already in the ledger."
    ),
    act!(
        Retry,
        "retry",
        "retry",
        "Decide",
        DOCS,
        Changes,
        ["R"],
        "Tries again: derives a failed document, looks a doubtful one up, tells Concur once more."
    ),
    act!(
        Reverse,
        "reverse",
        "reverse",
        "Decide",
        &[Document],
        Changes,
        ["u"],
        "Makes the reversal of what the ledger holds, with a reason; it is approved like any document."
    ),
    act!(
        Repost,
        "repost",
        "post again",
        "Decide",
        &[Document],
        Changes,
        ["n"],
        "Makes the document once more, after a reversal or where its records are gone from the ledger."
    ),
    act!(
        ApproveRest,
        "approve_rest",
        "approve the rest",
        "Decide",
        &[Document],
        Irreversible,
        ["e"],
        "Derives again what the ledger refused and approves it beside what is in the ledger, after asking."
    ),
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
        Trail,
        "trail",
        "trail",
        "Look",
        &[Queue, Document],
        NONE,
        ["t"],
        "The audit trail of this document."
    ),
    act!(
        Request,
        "request",
        "request",
        "Look",
        &[Document],
        NONE,
        ["v"],
        "The exact request that posting would send."
    ),
    act!(Raw, "raw", "raw", "Look", &[Document], NONE, ["d"], "What Concur sent, as it came."),
    act!(
        Copy,
        "copy",
        "copy id",
        "Look",
        &[Queue, Document, Audit],
        NONE,
        ["y"],
        "Copies the id to the clipboard of the terminal."
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
        TestConnection,
        "test",
        "test",
        "Work",
        &[Connections],
        Changes,
        ["T"],
        "Asks the connection who answers."
    ),
    act!(
        ConnectionEvents,
        "events",
        "events",
        "Look",
        &[Connections],
        NONE,
        ["enter", "e"],
        "What is delivered to us: subscriptions, listeners, deliveries, and what was turned away."
    ),
    act!(
        Subscribe,
        "subscribe",
        "subscribe",
        "Work",
        &[Connections],
        Irreversible,
        ["S"],
        "Subscribes to the events of the connection, after asking."
    ),
    act!(
        Repair,
        "repair",
        "repair",
        "Work",
        &[Connections],
        Irreversible,
        ["E"],
        "Makes subscriptions again that are missing or were changed, after asking."
    ),
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

/// The hints of a footer, most useful first. `? more` is added by the footer itself.
pub fn hints(context: Context) -> &'static [ActionId] {
    match context {
        Queue => &[Open, Mark, Approve, Fix, Filter, Group],
        Groups => &[Open, Fix, Group, Back],
        Document => &[Approve, Fix, Hold, Reject, Request, Back],
        Mappings => &[Fix, Down, Up, ScreenQueue],
        Connections => &[TestConnection, ConnectionEvents, Subscribe, Repair, ScreenQueue],
        Audit => &[Open, Filter, Back],
        Tieout => &[TieoutRead, PreviousPeriod, NextPeriod, ScreenQueue],
        Activity => &[Messages, ScreenQueue],
    }
}
