//! Findings: what a check says of a document before it is posted (accounting.md, section 7). Codes are stable.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Whether a finding stops the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The document cannot be approved.
    Blocks,
    /// A person may accept it; the policy `clean` does not.
    Warns,
}

macro_rules! codes {
    ($($variant:ident $name:literal $level:ident $label:literal;)*) => {
        /// The code of a finding.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs)]
        pub enum FindingCode { $($variant,)* }

        impl FindingCode {
            /// Every code, in the order of accounting.md, section 7.
            pub const ALL: &'static [FindingCode] = &[$(FindingCode::$variant,)*];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(FindingCode::$variant => $name,)* }
            }

            /// Whether it stops the document.
            pub fn level(self) -> Level {
                match self { $(FindingCode::$variant => Level::$level,)* }
            }

            /// The short label for a narrow column.
            pub fn label(self) -> &'static str {
                match self { $(FindingCode::$variant => $label,)* }
            }
        }
    };
}

codes! {
    NoBook "no_book" Blocks "no book";
    FlowMissing "flow_missing" Blocks "no flow";
    TestDocument "test_document" Blocks "not ours";
    OtherLedger "other_ledger" Blocks "not ours";
    OutOfScope "out_of_scope" Blocks "not ours";
    BeforeCutover "before_cutover" Blocks "not ours";
    TakenByOtherSystem "taken_by_other_system" Blocks "other system";
    PartyUnmapped "party_unmapped" Blocks "no vendor";
    PartyCurrency "party_currency" Blocks "vendor ccy";
    AccountMissing "account_missing" Blocks "no account";
    AccountUnmapped "account_unmapped" Blocks "account";
    AccountInactive "account_inactive" Blocks "account";
    AccountType "account_type" Blocks "account";
    CostObjectUnmapped "cost_object_unmapped" Blocks "no dimension";
    DimensionRequired "dimension_required" Blocks "no dimension";
    DimensionInactive "dimension_inactive" Blocks "no dimension";
    TaxUnmapped "tax_unmapped" Blocks "tax rule";
    TaxDifference "tax_difference" Blocks "tax rule";
    WhoPaysUnmapped "who_pays_unmapped" Blocks "who pays";
    PayableUnmapped "payable_unmapped" Blocks "who pays";
    CurrencyNotEnabled "currency_not_enabled" Blocks "currency";
    CardCurrency "card_currency" Blocks "currency";
    PeriodClosed "period_closed" Blocks "closed period";
    Unbalanced "unbalanced" Blocks "does not add";
    TotalMismatch "total_mismatch" Blocks "does not add";
    PartiesUnknown "parties_unknown" Blocks "does not add";
    AdvanceUnknown "advance_unknown" Blocks "advance";
    AdvanceExceeds "advance_exceeds" Blocks "advance";
    DuplicateInvoice "duplicate_invoice" Blocks "duplicate";
    MaybeInLedger "maybe_in_ledger" Blocks "in the ledger";
    PurchaseOrder "purchase_order" Blocks "order";
    Intercompany "intercompany" Blocks "other company";
    ReopenedDelta "reopened_delta" Blocks "reopened";
    NoEffect "no_effect" Blocks "no effect";
    HoldRule "hold_rule" Blocks "held by rule";
    Unreadable "unreadable" Blocks "unreadable";
    NameClash "name_clash" Warns "vendor";
    VendorNearDuplicate "vendor_near_duplicate" Warns "vendor";
    NewVendor "new_vendor" Warns "vendor";
    VendorChanged "vendor_changed" Warns "vendor";
    DimensionDropped "dimension_dropped" Warns "not held there";
    TaxCent "tax_cent" Warns "tax";
    TaxReceiptMissing "tax_receipt_missing" Warns "tax";
    SelfAssessedTax "self_assessed_tax" Warns "tax";
    DateMoved "date_moved" Warns "date";
    PriorYear "prior_year" Warns "date";
    FutureDate "future_date" Warns "date";
    OldExpense "old_expense" Warns "date";
    CardIncomplete "card_incomplete" Warns "card part";
    PossibleDuplicate "possible_duplicate" Warns "look-alike";
    ChangedAfterPosting "changed_after_posting" Warns "changed";
    PaidByConcur "paid_by_concur" Warns "Concur pays";
    ReceiptMissing "receipt_missing" Warns "paper";
    W9Missing "w9_missing" Warns "paper";
    NumberReplaced "number_replaced" Warns "text";
    TextCut "text_cut" Warns "text";
    TextSubstituted "text_substituted" Warns "text";
    NegativeDocument "negative_document" Warns "negative";
    CashAdvance "cash_advance" Warns "advance";
    DefaultUsed "default_used" Warns "by hand";
    OverrideUsed "override_used" Warns "by hand";
    OverLimit "over_limit" Warns "2nd approver";
    OwnDocument "own_document" Warns "own";
}

impl FindingCode {
    /// Whether choosing a record, by a rule, mends every document with this finding at once.
    pub fn maps(self) -> bool {
        use FindingCode::*;
        matches!(
            self,
            PartyUnmapped
                | PartyCurrency
                | AccountMissing
                | AccountUnmapped
                | AccountInactive
                | AccountType
                | CostObjectUnmapped
                | DimensionRequired
                | DimensionInactive
                | TaxUnmapped
        )
    }
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for FindingCode {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        FindingCode::ALL
            .iter()
            .copied()
            .find(|c| c.name() == s)
            .ok_or_else(|| format!("there is no finding {s:?}"))
    }
}

impl Serialize for FindingCode {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for FindingCode {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The action that mends a finding: what the key `f` opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Mend {
    /// Choose a vendor for an employee number or vendor code.
    MapParty {
        /// Employee number or vendor code.
        code: String,
        /// The best suggestion: the ledger's record and why.
        suggestion: Option<Suggestion>,
    },
    /// Choose an account for an account code, or for an expense type when the code is empty.
    MapAccount {
        /// Account code; empty when the source sent none.
        code: String,
        /// Expense type.
        expense_type: String,
    },
    /// Choose a class, department or customer for a cost object's code.
    MapDimension {
        /// `class`, `department` or `customer`.
        dimension: crate::model::rule::DimensionKind,
        /// The source's field: `custom1`.
        field: String,
        /// The code.
        code: String,
        /// The text that goes with it.
        value: String,
    },
    /// Make a tax rule.
    MapTax {
        /// Country.
        country: String,
        /// Tax code.
        code: String,
        /// Reclaim code.
        reclaim_code: String,
    },
    /// Say who pays for this reimbursement method.
    ChooseWhoPays {
        /// The method.
        method: String,
    },
    /// Link to a record that is already there, or say that it is another one.
    Adopt {
        /// Kind of the ledger's record.
        kind: crate::model::entry::EntryKind,
        /// Its id.
        id: String,
        /// Its number.
        number: String,
    },
    /// Wait, use the next open day, or reject.
    Period {
        /// The first open day.
        next_open: jiff::civil::Date,
    },
    /// Accept the delta by name, or reject.
    AcceptDelta,
    /// A person says, with a reason, that the document is to be posted all the same; or closes or rejects it.
    Decide {
        /// What the decision is about ([`crate::model::rule::Key::About`]): `duplicate_invoice:CL-2188`.
        about: String,
        /// What is decided, in words: `it is another invoice`.
        words: String,
    },
    /// Close with a note.
    Close,
    /// Put right in the ledger (activate, enable), then read again.
    InLedger,
    /// Nothing but to reject it, so that the employee or supplier corrects it.
    Reject,
    /// Set a policy of the book.
    BookPolicy,
    /// A warning: read and accept.
    Accept,
}

/// A proposal that is never applied without consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The ledger's record.
    pub record: crate::model::entry::Named,
    /// 0 to 100.
    pub score: u8,
    /// Why: `same words in another order`.
    pub because: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is.
    pub code: FindingCode,
    /// Which value it is about (`CC450`, `6340`): equal values mend together. Empty for the document itself.
    pub value: String,
    /// The short text of the list: `CC450 has no class`.
    pub brief: String,
    /// The sentence, naming the thing.
    pub sentence: String,
    /// What mends it.
    pub mend: Mend,
}

impl Finding {
    /// A finding about `value`.
    pub fn new(
        code: FindingCode,
        value: &str,
        brief: impl Into<String>,
        sentence: impl Into<String>,
        mend: Mend,
    ) -> Self {
        Self { code, value: value.into(), brief: brief.into(), sentence: sentence.into(), mend }
    }

    /// Whether it stops the document.
    pub fn blocks(&self) -> bool {
        self.code.level() == Level::Blocks
    }
}
