//! Intents: the durable promise to make one record, and what is known of its outcome (reliability.md, 2.1 and 4.3).

use serde::{Deserialize, Serialize};

use crate::model::state::State;

/// Where an intent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentState {
    /// Durable, nothing sent, or proved not executed.
    Planned,
    /// A call that carries it is on the wire.
    Sent,
    /// The outcome of a call is unknown.
    InDoubt,
    /// The record exists and its id is known.
    Done,
    /// The ledger answered and did not write.
    Refused,
    /// Given up before anything was sent.
    Withdrawn,
}

impl IntentState {
    /// Every state.
    pub const ALL: [IntentState; 6] = [
        IntentState::Planned,
        IntentState::Sent,
        IntentState::InDoubt,
        IntentState::Done,
        IntentState::Refused,
        IntentState::Withdrawn,
    ];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            IntentState::Planned => "planned",
            IntentState::Sent => "sent",
            IntentState::InDoubt => "in_doubt",
            IntentState::Done => "done",
            IntentState::Refused => "refused",
            IntentState::Withdrawn => "withdrawn",
        }
    }
}

impl std::str::FromStr for IntentState {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        IntentState::ALL
            .into_iter()
            .find(|k| k.name() == s)
            .ok_or_else(|| format!("there is no intent state {s:?}"))
    }
}

/// The outcome of sending one item (reliability.md, 4.3). When in doubt: [`Outcome::Ambiguous`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The record exists.
    Done {
        /// Its id at the ledger.
        id: String,
        /// The number that people see there.
        number: String,
    },
    /// The ledger answered and did not write.
    Refused {
        /// The ledger's own code.
        code: String,
        /// A sentence that names account or vendor instead of ids.
        message: String,
        /// The period is closed: the document is held instead of failed.
        closed_period: bool,
    },
    /// Provably no request byte left, or the whole request was rejected before processing.
    NotSent {
        /// Why.
        reason: String,
    },
    /// An explicit quota answer: nothing written.
    Throttled {
        /// Seconds to wait, where told.
        retry_after: Option<u64>,
    },
    /// We do not know.
    Ambiguous {
        /// What happened.
        reason: String,
    },
    /// The ledger answered and did not write, because something was in use. It may be sent again, as a new generation:
    /// the ledger remembers this answer under the old key.
    Busy {
        /// What was in use.
        reason: String,
    },
    /// We do not know, and sending the same again cannot tell either: one more look-up, then a person decides.
    Lost {
        /// What the ledger said.
        reason: String,
    },
}

impl Outcome {
    /// The class in the table of attempts.
    pub fn class(&self) -> &'static str {
        match self {
            Outcome::Done { .. } => "done",
            Outcome::Refused { .. } => "refused",
            Outcome::NotSent { .. } => "not_sent",
            Outcome::Throttled { .. } => "throttled",
            Outcome::Ambiguous { .. } => "ambiguous",
            // it answered and did not write
            Outcome::Busy { .. } => "refused",
            Outcome::Lost { .. } => "ambiguous",
        }
    }

    /// What the intent becomes.
    pub fn intent_state(&self) -> IntentState {
        match self {
            Outcome::Done { .. } => IntentState::Done,
            Outcome::Refused { .. } => IntentState::Refused,
            Outcome::NotSent { .. } | Outcome::Throttled { .. } | Outcome::Busy { .. } => {
                IntentState::Planned
            }
            Outcome::Ambiguous { .. } | Outcome::Lost { .. } => IntentState::InDoubt,
        }
    }
}

/// What a document's state is, given those of its intents (reliability.md, 2.1). `Posting` while something is on the
/// wire or still to be sent beside what is done.
pub fn state_from_intents(intents: &[IntentState]) -> State {
    use IntentState::*;
    let any = |s: IntentState| intents.contains(&s);
    let live: Vec<_> = intents.iter().filter(|s| **s != Withdrawn).collect();
    if any(InDoubt) {
        State::Ambiguous
    } else if any(Sent) {
        State::Posting
    } else if !live.is_empty() && live.iter().all(|s| **s == Done) {
        State::Posted
    } else if any(Done) && any(Refused) {
        State::NeedsHuman
    } else if any(Done) {
        State::Posting
    } else if any(Refused) {
        // another slot that was not executed is withdrawn with it: the ledger holds nothing of the document
        State::Failed
    } else {
        State::Approved
    }
}

#[cfg(test)]
mod tests {
    use super::IntentState::*;
    use super::*;

    #[test]
    fn the_document_follows_its_intents() {
        for (intents, want) in [
            (&[Done, Done][..], State::Posted),
            (&[Done, InDoubt], State::Ambiguous),
            (&[Refused, InDoubt], State::Ambiguous),
            (&[Done, Planned], State::Posting),
            (&[Done, Refused], State::NeedsHuman),
            (&[Refused, Planned], State::Failed),
            (&[Refused, Withdrawn], State::Failed),
            (&[Planned, Planned], State::Approved),
            (&[Sent, Planned], State::Posting),
            (&[Done, Withdrawn], State::Posted),
        ] {
            assert_eq!(state_from_intents(intents), want, "{intents:?}");
        }
    }
}
