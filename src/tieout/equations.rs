//! The control totals of a run and the four equations between them (accounting.md, section 11; reliability.md, I17).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

macro_rules! stages {
    ($($variant:ident $name:literal $doc:literal;)*) => {
        /// A stage that a run counts.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Stage { $(#[doc = $doc] $variant,)* }

        impl Stage {
            /// Every stage.
            pub const ALL: &'static [Stage] = &[$(Stage::$variant,)*];
            /// The name in tables.
            pub fn name(self) -> &'static str {
                match self { $(Stage::$variant => $name,)* }
            }
        }
    };
}

stages! {
    Listed "listed" "Listed by the source, as it says itself.";
    Known "known" "Listed, and here already.";
    OutOfScope "out_of_scope" "Listed, of a kind that is not moved (payroll): counted, never stored.";
    Stored "stored" "Stored: by this fetch; in a post run all that the store ever took.";
    Unreadable "unreadable" "Cannot be read.";
    Routed "routed" "Belongs to a book.";
    Acknowledged "acknowledged" "The source has our acknowledgement.";
    AckRefused "ack_refused" "The source refused it.";
    Derived "derived" "Was derived.";
    Approved "approved" "Approvals in force.";
    Sent "sent" "Records that went out in a call.";
    Recorded "recorded" "In the ledger, under an approval.";
    Adopted "adopted" "Linked to what was there.";
    Refused "refused" "Refused by the ledger.";
    InDoubt "in_doubt" "The outcome is unknown.";
    Confirmed "confirmed" "The source knows.";
    ConfirmRefused "confirm_refused" "The source did not take the confirmation.";
    Standing "standing" "Over all states, as the table of totals has it.";
    Waiting "waiting" "Approved, not in the ledger yet.";
    ToConfirm "to_confirm" "In the ledger, the source does not know yet.";
    Ended "ended" "Approved, ended without a posting.";
    EndedUnconfirmed "ended_unconfirmed" "In the ledger, ended without a confirmation.";
}

impl std::str::FromStr for Stage {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        Stage::ALL.iter().copied().find(|x| x.name() == s).ok_or_else(|| format!("there is no stage {s:?}"))
    }
}

/// Count and minor units by stage, of one key (connection, kind, currency).
pub type Totals = BTreeMap<Stage, (i64, i64)>;

/// An equation and its two figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Equation {
    /// In words: `stored = sum over states`.
    pub text: String,
    /// Left side: count and minor units.
    pub left: (i64, i64),
    /// Right side.
    pub right: (i64, i64),
}

impl Equation {
    /// It holds.
    pub fn holds(&self) -> bool {
        self.left == self.right
    }
}

/// The equations that these totals allow: `fetch` totals carry what was listed, the others the standing figures.
pub fn equations(totals: &Totals) -> Vec<Equation> {
    let at = |s: Stage| totals.get(&s).copied().unwrap_or((0, 0));
    let sum = |all: &[Stage]| all.iter().fold((0, 0), |n, s| (n.0 + at(*s).0, n.1 + at(*s).1));
    let equation =
        |text: &str, left: (i64, i64), right: (i64, i64)| Equation { text: text.into(), left, right };
    let mut out = Vec::new();
    if totals.contains_key(&Stage::Listed) {
        // what a source lists has no amount before it is read: counts alone
        let right = sum(&[Stage::Known, Stage::Stored, Stage::OutOfScope]).0;
        out.push(equation("listed = already known + stored", (at(Stage::Listed).0, 0), (right, 0)));
    }
    if totals.contains_key(&Stage::Standing) {
        out.push(equation("stored = sum over states", at(Stage::Stored), at(Stage::Standing)));
        out.push(equation(
            "approved = recorded + waiting + in doubt",
            at(Stage::Approved),
            sum(&[Stage::Recorded, Stage::Waiting, Stage::InDoubt, Stage::Ended]),
        ));
        out.push(equation(
            "recorded = confirmed + to be confirmed",
            sum(&[Stage::Recorded, Stage::Adopted]),
            sum(&[Stage::Confirmed, Stage::ToConfirm, Stage::EndedUnconfirmed]),
        ));
    }
    out
}
