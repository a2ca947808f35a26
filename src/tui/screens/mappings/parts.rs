//! The parts of the screen.

use crate::model::FindingCode;
use crate::model::rule::RuleKind;
use crate::store::FindingGroup;
use crate::tui::app::Model;

/// A part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// Employees and suppliers.
    #[default]
    Vendors,
    /// Account codes and expense types.
    Accounts,
    /// Cost objects.
    Dimensions,
    /// Tax codes.
    Tax,
    /// Reimbursement methods: who pays.
    Payment,
    /// Memo templates.
    Memo,
    /// Rules about whole documents, and decisions about one.
    Rules,
    /// Who changed what.
    Changes,
    /// The lists of the two systems.
    Lists,
}

impl Part {
    /// All, in the order of the screen.
    pub const ALL: [Part; 9] = [
        Part::Vendors,
        Part::Accounts,
        Part::Dimensions,
        Part::Tax,
        Part::Payment,
        Part::Memo,
        Part::Rules,
        Part::Changes,
        Part::Lists,
    ];

    /// Its word: whole, or as narrow terminals have it.
    pub fn word(self, wide: bool) -> &'static str {
        match self {
            Part::Vendors => "Vendors",
            Part::Accounts if wide => "Accounts",
            Part::Accounts => "Accts",
            Part::Dimensions if wide => "Dimensions",
            Part::Dimensions => "Dims",
            Part::Tax => "Tax",
            Part::Payment if wide => "Payment types",
            Part::Payment => "Pay",
            Part::Memo => "Memo",
            Part::Rules => "Rules",
            Part::Changes if wide => "Changes",
            Part::Changes => "Chgs",
            Part::Lists => "Lists",
        }
    }

    /// The part `by` places further, around the end.
    pub fn turned(self, by: isize) -> Self {
        let n = Self::ALL.len() as isize;
        let at = Self::ALL.iter().position(|p| *p == self).unwrap_or(0) as isize;
        let to = usize::try_from((at + by).rem_euclid(n)).unwrap_or(0);
        Self::ALL.get(to).copied().unwrap_or_default()
    }

    /// Where rules of a kind stand.
    pub fn of_kind(kind: RuleKind) -> Self {
        match kind {
            RuleKind::Party => Part::Vendors,
            RuleKind::Account => Part::Accounts,
            RuleKind::Class | RuleKind::Department | RuleKind::Customer => Part::Dimensions,
            RuleKind::Tax => Part::Tax,
            RuleKind::PostingDate | RuleKind::Decision | RuleKind::Text => Part::Rules,
        }
    }

    /// Where a finding is mended; none: not here.
    pub fn of_finding(code: FindingCode) -> Option<Self> {
        use FindingCode::{
            AccountInactive, AccountMissing, AccountType, AccountUnmapped, CostObjectUnmapped,
            DimensionInactive, DimensionRequired, PartyCurrency, PartyUnmapped, TaxUnmapped, WhoPaysUnmapped,
        };
        Some(match code {
            PartyUnmapped | PartyCurrency => Part::Vendors,
            AccountMissing | AccountUnmapped | AccountInactive | AccountType => Part::Accounts,
            CostObjectUnmapped | DimensionRequired | DimensionInactive => Part::Dimensions,
            TaxUnmapped => Part::Tax,
            WhoPaysUnmapped => Part::Payment,
            _ => return None,
        })
    }

    /// What can be suggested here are records of the ledger.
    pub fn has_records(self) -> bool {
        matches!(self, Part::Vendors | Part::Accounts | Part::Dimensions | Part::Tax)
    }

    /// What stands here when there is nothing.
    pub fn empty(self) -> &'static str {
        match self {
            Part::Vendors => {
                "No rule for a vendor: every payee was found by code, e-mail or exact name. {key:add_rule} adds one, {key:import_rules} imports a list."
            }
            Part::Accounts => {
                "No rule for an account: Concur sends the ledger's own account numbers. {key:add_rule} adds one, {key:import_rules} imports a list."
            }
            Part::Dimensions => {
                "No rule for a class, location or project. {key:add_rule} adds one, {key:import_rules} imports a list."
            }
            Part::Tax => "No tax rule: nothing is claimed back. {key:add_rule} adds one.",
            Part::Payment => "No reimbursement method was seen yet. {key:fetch} reads Concur.",
            Part::Memo => "The book has no flow yet. {key:connections} shows the books.",
            Part::Rules => {
                "No rule about whole documents. {key:add_rule} adds one: leave out, hold, or a default, on conditions you write."
            }
            Part::Changes => "Nobody changed the rules yet.",
            Part::Lists => {
                "No proposal for the lists of the two systems. {key:compare_lists} compares them now."
            }
        }
    }
}

impl Model {
    /// Values without a mapping in a part: those of the groups, which every screen has.
    pub fn unmapped_in(&self, part: Part) -> impl Iterator<Item = &FindingGroup> {
        self.queue.groups.iter().flatten().filter(move |g| Part::of_finding(g.code) == Some(part))
    }

    /// How many values have no mapping, over all parts: what the header counts is what the parts count.
    pub fn unmapped_count(&self) -> usize {
        self.queue.groups.iter().flatten().filter(|g| Part::of_finding(g.code).is_some()).count()
    }
}
