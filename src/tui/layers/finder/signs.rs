//! What the signs mean: the last part of the help.

use crate::model::state::State;
use crate::tui::format::sign;

use super::{Found, Item};

const GROUP: &str = "What the signs mean";

/// A line for each state, then for the other signs.
pub fn signs() -> Vec<Item> {
    use State::*;
    let states = [
        (Unreadable, "What Concur sent cannot be read; nothing is posted from it."),
        (Blocked, "Something has to be mended before it can be approved."),
        (Failed, "The ledger refused it and holds nothing of it."),
        (NeedsHuman, "The program stopped on purpose: a person decides."),
        (Ready, "Derived, balanced, nothing blocks: it waits for approval."),
        (Held, "A person, a rule or a closed period holds it back."),
        (Approved, "Frozen as it was approved; it waits to be posted."),
        (Posting, "Being written into the ledger."),
        (Ambiguous, "The outcome of a write is not known; it is looked up, never sent again."),
        (Posted, "In the ledger; Concur is told next."),
        (ConfirmFailed, "In the ledger, but Concur could not be told yet; it is tried again."),
        (Confirmed, "In the ledger, and Concur knows."),
        (Rejected, "Turned down; Concur and the employee read the reason."),
        (Recalled, "Taken back in Concur."),
        (Closed, "Ended here with a note."),
        (Reversed, "Taken back in the ledger by a reversal."),
    ];
    let others = [
        (">", "cursor", "The line that keys act on; it is shown reversed too."),
        ("*", "marked", "Keys act on all marked lines at once."),
        ("8!", "count", "So many things wait for a person behind this tab."),
        ("▲ ▼", "sorted", "Ascending, descending."),
        ("…", "unknown yet", "Being read, or cut: the document shows it whole."),
        (
            "DEMO SANDBOX",
            "surroundings",
            "Stand-ins: no real ledger is written. A company's name: the real one.",
        ),
    ];
    let item = |keys: String, title: String, text: &str| Item {
        found: Found::Sign,
        keys,
        title,
        text: text.into(),
        group: GROUP,
        why_not: None,
    };
    let states = states.into_iter().map(|(s, text)| item(sign(s).into(), s.name().replace('_', " "), text));
    let others = others.into_iter().map(|(s, title, text)| item(s.into(), title.into(), text));
    states.chain(others).collect()
}
