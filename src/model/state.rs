//! The document state machine, one table (reliability.md, section 2). The store refuses any other move.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Source bytes durable; for an instant only.
    Stored,
    /// Cannot be parsed or violates the schema.
    Unreadable,
    /// At least one blocking finding.
    Blocked,
    /// Derived, balanced, without a blocking finding; waits for a person or a policy.
    Ready,
    /// A person, a hold rule or a closed period stops it.
    Held,
    /// Entry set frozen, approver recorded.
    Approved,
    /// Intents durable; a write may be in flight.
    Posting,
    /// An outcome is unknown; only look-ups are allowed.
    Ambiguous,
    /// Every slot has its remote id.
    Posted,
    /// Posted, Concur not yet told.
    ConfirmFailed,
    /// The ledger refused for a business reason and holds nothing.
    Failed,
    /// Automation stopped on purpose.
    NeedsHuman,
    /// Success, the source system knows.
    Confirmed,
    /// Turned down by a person.
    Rejected,
    /// Taken back in the source.
    Recalled,
    /// Nobody's debt; ended with a note.
    Closed,
    /// Taken back in the ledger by an approved reversal.
    Reversed,
}

/// How the screen and `queue --state` group states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// unreadable, blocked, failed, needs_human
    Blocked,
    /// ready
    Ready,
    /// approved, held, posting, ambiguous
    Waiting,
    /// posted, confirm_failed
    Posted,
    /// confirmed
    Confirmed,
    /// rejected, recalled, closed, reversed
    Closed,
}

impl Group {
    /// All groups in the order of the tabs.
    pub const ALL: [Group; 6] =
        [Group::Blocked, Group::Ready, Group::Waiting, Group::Posted, Group::Confirmed, Group::Closed];

    /// The word on the tab.
    pub fn word(self) -> &'static str {
        match self {
            Group::Blocked => "Blocked",
            Group::Ready => "Ready",
            Group::Waiting => "Waiting",
            Group::Posted => "Posted",
            Group::Confirmed => "Confirmed",
            Group::Closed => "Closed",
        }
    }
}

use State::*;

impl State {
    /// Every state, in the order of the table.
    pub const ALL: [State; 17] = [
        Stored,
        Unreadable,
        Blocked,
        Ready,
        Held,
        Approved,
        Posting,
        Ambiguous,
        Posted,
        ConfirmFailed,
        Failed,
        NeedsHuman,
        Confirmed,
        Rejected,
        Recalled,
        Closed,
        Reversed,
    ];

    /// The legal next states.
    pub fn next(self) -> &'static [State] {
        match self {
            Stored => &[Blocked, Ready, Unreadable, Recalled],
            Unreadable => &[Stored, Recalled, Closed],
            Blocked => &[Ready, Held, Posted, Rejected, Recalled, Closed],
            Ready => &[Approved, Blocked, Held, Posted, Rejected, Recalled, Closed],
            Held => &[Ready, Blocked, Approved, Posted, Rejected, Recalled, Closed],
            Approved => &[Posting, Ready, Held, Blocked, Recalled],
            Posting => &[Posted, Ambiguous, Approved, Held, Failed, NeedsHuman],
            Ambiguous => &[Posted, Approved, NeedsHuman],
            Posted => &[Confirmed, ConfirmFailed, Reversed],
            ConfirmFailed => &[Confirmed, Reversed, Closed],
            Failed => &[Ready, Blocked, Posted, Rejected, Closed],
            NeedsHuman => &[Posted, Approved, Failed, Reversed, Closed],
            Confirmed => &[Reversed],
            Rejected | Recalled | Closed | Reversed => &[],
        }
    }

    /// Whether the table has the move.
    pub fn may_become(self, next: State) -> bool {
        self.next().contains(&next)
    }

    /// An end: nothing follows.
    pub fn is_end(self) -> bool {
        self.next().is_empty()
    }

    /// Nothing more is to be done by the program: an end, or confirmed.
    pub fn is_settled(self) -> bool {
        self.is_end() || self == Confirmed
    }

    /// States in which the ledger holds, or may hold, a record of the document (family rule, 2.2).
    pub fn claims_ledger(self) -> bool {
        matches!(self, Approved | Posting | Ambiguous | Posted | ConfirmFailed | Confirmed | NeedsHuman)
    }

    /// The group of the screen; `stored` counts as blocked for the instant that it lasts.
    pub fn group(self) -> Group {
        match self {
            Stored | Unreadable | Blocked | Failed | NeedsHuman => Group::Blocked,
            Ready => Group::Ready,
            Approved | Held | Posting | Ambiguous => Group::Waiting,
            Posted | ConfirmFailed => Group::Posted,
            Confirmed => Group::Confirmed,
            Rejected | Recalled | Closed | Reversed => Group::Closed,
        }
    }

    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Stored => "stored",
            Unreadable => "unreadable",
            Blocked => "blocked",
            Ready => "ready",
            Held => "held",
            Approved => "approved",
            Posting => "posting",
            Ambiguous => "ambiguous",
            Posted => "posted",
            ConfirmFailed => "confirm_failed",
            Failed => "failed",
            NeedsHuman => "needs_human",
            Confirmed => "confirmed",
            Rejected => "rejected",
            Recalled => "recalled",
            Closed => "closed",
            Reversed => "reversed",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for State {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        State::ALL.into_iter().find(|x| x.name() == s).ok_or_else(|| format!("there is no state {s:?}"))
    }
}

/// What `--state` takes: a state in lower case, or a group with a capital letter.
pub fn states_of(word: &str) -> Result<Vec<State>, String> {
    if let Some(g) = Group::ALL.into_iter().find(|g| g.word() == word) {
        return Ok(State::ALL.into_iter().filter(|s| s.group() == g).collect());
    }
    if word == "Open" {
        return Ok(open_states());
    }
    word.parse().map(|s| vec![s])
}

/// The default view: all that waits for a person (screens.md, section 1).
pub fn open_states() -> Vec<State> {
    State::ALL
        .into_iter()
        .filter(|s| matches!(s.group(), Group::Blocked | Group::Ready) || *s == Held)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_from_the_ledger_back_to_a_create() {
        // once posted or confirmed, no path reaches approved or posting again
        for start in [Posted, ConfirmFailed, Confirmed] {
            let mut seen = vec![start];
            while let Some(n) = seen.iter().flat_map(|s| s.next()).find(|n| !seen.contains(n)).copied() {
                seen.push(n);
            }
            assert!(!seen.contains(&Posting) && !seen.contains(&Approved), "{start}");
        }
    }

    #[test]
    fn a_failed_document_needs_approval_again() {
        assert!(!Failed.may_become(Approved) && !Failed.may_become(Posting));
        assert!(!Ambiguous.may_become(Posting) && !Ambiguous.may_become(Failed));
    }

    #[test]
    fn names_round_trip_and_groups_hold_every_state() {
        for s in State::ALL {
            assert_eq!(s.name().parse::<State>(), Ok(s));
        }
        let grouped: usize = Group::ALL.iter().map(|g| states_of(g.word()).unwrap().len()).sum();
        assert_eq!(grouped, State::ALL.len());
        assert!(states_of("blockd").is_err());
    }
}
