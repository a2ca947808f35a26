//! Connections and books.

use super::*;

const BOTH: &[Context] = &[Connections, Books];

/// The actions.
pub const ACTIONS: &[Action] = &[
    act!(
        Connect,
        "connect",
        "connect",
        "Work",
        &[Queue, Groups, Document, Mappings, Audit, Tieout, Activity],
        Changes,
        [],
        "Connects SAP Concur or a ledger, step by step."
    ),
    act!(
        NewConnection,
        "new_connection",
        "new",
        "Work",
        &[Connections],
        Changes,
        ["n"],
        "Connects SAP Concur or a ledger, step by step. Nothing is posted by connecting."
    ),
    act!(
        Unlock,
        "unlock",
        "unlock",
        "Work",
        BOTH,
        NONE,
        ["u"],
        "Opens the vault when it is locked: asks for its passphrase, or tries the keyring once more."
    ),
    act!(
        AccountsPart,
        "accounts_part",
        "other part",
        "Move",
        BOTH,
        NONE,
        ["tab", "backtab"],
        "Goes from the connections to the books and back."
    ),
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
        Reauthorise,
        "reauthorise",
        "sign in",
        "Work",
        &[Connections],
        Changes,
        ["R"],
        "Signs in again to the connection; makes a new password for QuickBooks Desktop. Another company is refused."
    ),
    act!(
        WriteQwc,
        "write_qwc",
        "qwc file",
        "Work",
        &[Connections],
        Changes,
        ["w"],
        "Writes the file for the Web Connector of QuickBooks Desktop again: the same identity, no password."
    ),
    act!(
        Disconnect,
        "disconnect",
        "disconnect",
        "Work",
        &[Connections],
        Irreversible,
        ["D"],
        "Ends the connection after its name was typed: its secrets are removed here, and its books rest."
    ),
    act!(
        RestConnection,
        "rest_connection",
        "pause",
        "Work",
        &[Connections],
        Changes,
        ["P"],
        "Lets every book of the connection rest, or those go on that rest because of it; a dialog names them."
    ),
    act!(
        PairBook,
        "pair",
        "pair",
        "Work",
        &[Books],
        Changes,
        ["n"],
        "Ties a Concur company to a ledger: a new book, which begins as a preview."
    ),
    act!(
        EditBook,
        "edit_book",
        "edit",
        "Work",
        &[Books],
        Changes,
        ["e", "enter"],
        "Changes the settings of the book: schedule, routing, time zone, due days. What differs is shown first."
    ),
    act!(
        FlowBook,
        "flow",
        "flows",
        "Work",
        &[Books],
        Changes,
        ["f"],
        "Chooses what the book moves and how: recipe, date, closed periods, grouping. What differs is shown first."
    ),
    act!(
        PolicyBook,
        "policy",
        "approval",
        "Work",
        &[Books],
        Changes,
        ["a"],
        "Chooses whether clean documents are approved without a person, and up to which amount."
    ),
    act!(
        LockBook,
        "lock_date",
        "lock date",
        "Work",
        &[Books],
        Changes,
        ["K"],
        "Sets the last closed day: nothing is posted on it or before it."
    ),
    act!(
        LiveBook,
        "live",
        "go live",
        "Work",
        &[Books],
        Irreversible,
        ["L"],
        "Ends the preview after the ledger's name was typed: documents are acknowledged, and may be posted."
    ),
    act!(
        PreviewBook,
        "preview",
        "preview",
        "Work",
        &[Books],
        Changes,
        ["V"],
        "Makes the book a preview again: it neither acknowledges nor posts."
    ),
    act!(RestBook, "rest_book", "pause", "Work", &[Books], Changes, ["P"], "Lets the book rest, or go on."),
    act!(
        TrialBook,
        "trial",
        "trial",
        "Look",
        &[Books],
        NONE,
        ["T"],
        "Shows what the book would post beside what people posted by hand."
    ),
];
