//! Deciding about documents, and looking into them.

use super::*;

/// The actions.
pub const ACTIONS: &[Action] = &[
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
        "reject to Concur",
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
    act!(
        Trail,
        "trail",
        "trail",
        "Look",
        &[Queue, Document],
        NONE,
        ["T"],
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
    act!(
        Override,
        "override",
        "override a line",
        "Decide",
        &[Document],
        Changes,
        ["o"],
        "Another account, class, project, text, vendor or date for this document only, with a reason; or takes one back."
    ),
    act!(
        Receipts,
        "receipts",
        "receipts",
        "Look",
        &[Document],
        NONE,
        ["t"],
        "The receipts: what Concur has of each expense, and what is attached in the ledger."
    ),
    act!(
        Look,
        "look",
        "look in ledger",
        "Look",
        &[Document],
        Changes,
        ["L"],
        "Looks the references up in the ledger now and makes every check of posting, without writing anything there."
    ),
    act!(
        Differences,
        "differences",
        "differences",
        "Look",
        &[Document],
        NONE,
        ["D"],
        "The approved entries beside those that the mappings make today."
    ),
    act!(
        NextDocument,
        "next_document",
        "next document",
        "Move",
        &[Document],
        NONE,
        ["]"],
        "The next document of the queue."
    ),
    act!(
        PreviousDocument,
        "previous_document",
        "previous document",
        "Move",
        &[Document],
        NONE,
        ["["],
        "The document before it in the queue."
    ),
];
