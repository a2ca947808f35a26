//! Categories of what stands between the source and the ledger (accounting.md, section 12). The names are stable.

use serde::{Deserialize, Serialize};

use crate::model::money::Currency;

macro_rules! categories {
    ($($variant:ident $name:literal $act:literal $doc:literal;)*) => {
        /// Why an amount is on one side only.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Category { $(#[doc = $doc] $variant,)* }

        impl Category {
            /// Every category.
            pub const ALL: &'static [Category] = &[$(Category::$variant,)*];
            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(Category::$variant => $name,)* }
            }
            /// Whether a person has to act on it or comment it before a sign-off.
            pub fn needs_action(self) -> bool {
                match self { $(Category::$variant => $act,)* }
            }
        }
    };
}

categories! {
    Unexplained "unexplained" true "What no category explains: never signed.";
    InDoubt "in_doubt" true "The outcome of a write is unknown: never signed.";
    UnknownInLedger "unknown_in_ledger" true "Carries our marker, not in the store: never signed.";
    ControlBreak "control_break" true "An equation of the control totals does not hold: never signed.";
    EditedInLedger "edited_in_ledger" true "Our record was changed there.";
    DeletedInLedger "deleted_in_ledger" true "Our record was deleted there.";
    AdoptedDifference "adopted_difference" true "A linked record differs from its document.";
    NotFinal "not_final" true "In the ledger, not in its books yet.";
    Unreadable "unreadable" true "Cannot be read; the amount is from the source's list.";
    Failed "failed" true "The ledger refused it.";
    Blocked "blocked" true "A finding blocks it.";
    Held "held" true "Held.";
    Ready "ready" true "Waits for approval.";
    Approved "approved" true "Approved, not yet sent.";
    Fx "fx" true "Another rate or home amount in the ledger.";
    TaxCent "tax_cent" true "The ledger computed another cent of tax.";
    Missing "missing_in_store" true "In the source's list, not in the store, or the other way round.";
    DateSplit "date_split" false "An entry of the set is dated in another period than its document.";
    Correction "correction" false "A reversal, a repost or an accrual: made here, approved here.";
    EarlierPeriod "earlier_period" false "Dated earlier, posted in this period.";
    LaterPeriod "later_period" false "Dated in this period, posted later.";
    Adopted "adopted" false "Posted by hand and linked.";
    ByHand "by_hand" false "Other postings on control accounts.";
    NotOurs "not_ours" false "Nobody's debt: a test document, another ledger.";
    Rejected "rejected" false "Turned down, or taken back.";
    BeforeCutover "before_cutover" false "Belongs to the old process.";
    OutOfScope "out_of_scope" false "Outside what the book moves.";
    Rounding "rounding" false "The visible rounding line.";
    DimensionDropped "dimension_dropped" false "This ledger cannot hold the dimension: that cut cannot be tied.";
}

impl Category {
    /// Never signed while it stands.
    pub fn forbids_signing(self) -> bool {
        matches!(
            self,
            Category::Unexplained | Category::InDoubt | Category::UnknownInLedger | Category::ControlBreak
        )
    }
}

impl std::fmt::Display for Category {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// One reconciling item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconcilingItem {
    /// Stable within the period: `blocked:DOI-7802`. What a comment names.
    pub item: String,
    /// Category.
    pub category: Category,
    /// Document id; empty for a record without one.
    pub document: String,
    /// Number of the document or record.
    pub number: String,
    /// Party.
    pub party: String,
    /// `bill 151`; empty when nothing stands in the ledger.
    pub record: String,
    /// Currency.
    pub currency: Option<Currency>,
    /// What it adds to, or takes from, the ledger side against the source.
    pub minor: i64,
    /// Days since the posting date.
    pub days: i32,
    /// Field that differs: `line 2 amount`.
    pub field: String,
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
    /// When it changed in the ledger, where told.
    pub when: String,
    /// The difference is divisible by nine.
    pub transposed: bool,
    /// What to do, or what happened.
    pub what: String,
    /// A person has to act or comment.
    pub needs_action: bool,
    /// The comment, once there is one.
    pub comment: String,
}

impl ReconcilingItem {
    /// What a comment is said of: other figures need another comment. Days pass and are none of it.
    pub fn figures(&self) -> String {
        let currency = self.currency.map_or("", |c| c.code());
        let text = format!("{currency} {} {} {} {}", self.minor, self.field, self.before, self.after);
        text.trim().to_string()
    }
}
