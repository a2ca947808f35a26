//! Moving, opening, filtering: what several screens share.

use super::*;

/// Screens with parts side by side.
const PARTS: &[Context] = &[Queue, Document, Mappings, Tieout];
/// Those of them where left and right walk through the parts.
const TABS: &[Context] = &[Queue, Document, Mappings];

/// The actions.
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
        &[Queue, Groups, Document, Mappings, Audit, Activity],
        NONE,
        ["enter", "l"],
        "Opens what the cursor is on; on a finding, what mends it."
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
        PARTS,
        NONE,
        ["tab"],
        "The next group of states, or the next part of a document or a tie-out."
    ),
    act!(
        PreviousPart,
        "previous_part",
        "previous part",
        "Move",
        PARTS,
        NONE,
        ["backtab"],
        "The part before."
    ),
    act!(Left, "left", "left", "Move", TABS, NONE, ["left"], "The group or part on the left."),
    act!(Right, "right", "right", "Move", TABS, NONE, ["right"], "The group or part on the right."),
    act!(
        Filter,
        "filter",
        "filter",
        "Choose",
        &[Queue, Groups, Document, Mappings, Audit, Activity],
        NONE,
        ["/"],
        "Keeps what contains every word; Esc clears."
    ),
];
