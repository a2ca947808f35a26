//! Mapping rules as people work with them: what the board shows, what a change would do, saving, undoing, files.
//!
//! Every way to change a rule passes [`Edit`]: the change is tried, shown, and saved against the version that was shown.

mod board;
pub mod csv;
mod past;
mod save;
mod trying;

pub use board::mend_of;
pub use trying::{differences, guard_words, rule_words};

use crate::engine::{Candidate, EngineError};
use crate::mapping::Change;
use crate::model::book::WhoPays;
use crate::model::document::{Document, DocumentKind};
use crate::model::entry::Named;
use crate::model::finding::Mend;
use crate::model::ids::DocumentId;
use crate::model::money::Currency;
use crate::model::rule::{DimensionKind, Rule, RuleKind, RuleSet};
use crate::model::state::State;
use crate::store::{FindingGroup, RuleUse, RuleVersion};
use crate::systems::registry;

/// What is to be done with the rules of a book.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// The version that the person saw: another one by now refuses.
    pub expected: u32,
    /// What.
    pub what: EditWhat,
}

/// The kinds of edits.
#[derive(Debug, Clone, PartialEq)]
pub enum EditWhat {
    /// Changes, all or none.
    Changes(Vec<Change>),
    /// The rules become what they were in this version, as a new version.
    Back(u32),
}

/// A document that an edit changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Touched {
    /// Document.
    pub id: DocumentId,
    /// Its number.
    pub number: String,
    /// Payee.
    pub payee: String,
    /// Currency and approved amount in minor units.
    pub amount: Option<(Currency, i64)>,
    /// State before and after.
    pub states: (State, State),
    /// What differs, in words.
    pub what: Vec<String>,
}

/// What an edit would do to the documents that are not approved yet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RuleEffect {
    /// The version that it was tried on.
    pub version: u32,
    /// Documents that wait: blocked, ready, held.
    pub pending: u64,
    /// Documents that were derived for this answer.
    pub tried: u64,
    /// Documents that change.
    pub changed: u64,
    /// Of them those that become ready, and those that are ready no more.
    pub ready: u64,
    /// Ready now, and not afterwards.
    pub unready: u64,
    /// Approved amounts of the changed ones by currency, minor units.
    pub sums: Vec<(Currency, i64)>,
    /// The first of them.
    pub touched: Vec<Touched>,
    /// What the rules lose and get, in words.
    pub rules: Vec<String>,
}

impl RuleEffect {
    /// Not every waiting document was tried: the figures are lower bounds.
    pub fn partial(&self) -> bool {
        self.tried < self.pending
    }
}

/// A value without a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmapped {
    /// The finding with its documents and sums.
    pub group: FindingGroup,
    /// What mends it.
    pub mend: Mend,
    /// The sentence of one of the documents.
    pub sentence: String,
    /// The source's name of the value.
    pub name: String,
    /// A rule mends it; else it is put right in the ledger.
    pub mendable: bool,
    /// The rule to make, but for what it gives.
    pub rule: Rule,
    /// Records that look like it, best first; empty: nothing is near.
    pub near: Vec<Candidate>,
}

/// The ledger's record that a rule gives, as it is today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Its label today.
    pub label: String,
    /// Why it cannot be used: `inactive`, `gone`; empty: it can.
    pub trouble: &'static str,
}

/// A reimbursement method and who pays what is owed by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// The method.
    pub code: String,
    /// Who pays; none: not chosen.
    pub who: Option<WhoPays>,
    /// Documents that wait for the choice, with their sums.
    pub waiting: Option<FindingGroup>,
}

/// All that the mappings screen shows of a book.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Board {
    /// The rules.
    pub rules: RuleSet,
    /// Use and age of each rule.
    pub uses: Vec<RuleUse>,
    /// What each rule gives today.
    pub given: Vec<(u32, Given)>,
    /// The source's names of values that rules ask for: rule, name.
    pub names: Vec<(u32, String)>,
    /// What has no mapping, most documents first.
    pub unmapped: Vec<Unmapped>,
    /// More values without a mapping than are listed.
    pub more_unmapped: u64,
    /// Reimbursement methods.
    pub methods: Vec<Method>,
    /// Versions, newest first.
    pub versions: Vec<RuleVersion>,
    /// The ledger was never read: nothing can be chosen.
    pub unread_ledger: bool,
    /// What its ledger calls dimensions, and which it does not have.
    pub ledger: LedgerWords,
}

/// What a ledger calls its dimensions, and which it does not have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerWords {
    /// Its own word for customers; empty: project or customer.
    pub customer: &'static str,
    /// Why it has no departments; none: it has.
    pub no_departments: Option<&'static str>,
}

impl LedgerWords {
    /// Of a system.
    pub fn of(system: &str) -> Self {
        let customer = registry::dimension_word(system, DimensionKind::Customer);
        Self {
            customer: if customer == DimensionKind::Customer.word() { "" } else { customer },
            no_departments: registry::lacks(system, DimensionKind::Department),
        }
    }

    /// Why rules of this kind make nothing there; none: they do.
    pub fn lacks(&self, kind: RuleKind) -> Option<&'static str> {
        self.no_departments.filter(|_| kind == RuleKind::Department)
    }

    /// Candidates in the words of the ledger.
    pub(crate) fn say(&self, found: &mut [Candidate]) {
        let general = DimensionKind::Customer.word();
        for c in found.iter_mut().filter(|c| !self.customer.is_empty() && c.note == general) {
            c.note = self.customer.into();
        }
    }

    /// Refuses rules for what the ledger does not have.
    pub(crate) fn takes<'a>(&self, rules: impl IntoIterator<Item = &'a Rule>) -> Result<(), EngineError> {
        match rules.into_iter().find_map(|r| self.lacks(r.kind)) {
            Some(why) => Err(EngineError::Refused(format!("{why}. Nothing was saved."))),
            None => Ok(()),
        }
    }
}

/// A document to show a memo template with.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The document.
    pub document: Document,
    /// The marker that its record would carry.
    pub marker: String,
}

/// What a guard would have hit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PastHits {
    /// `2026-10`
    pub month: String,
    /// Documents of that month that were looked at, and of them those that it hits.
    pub of: u64,
    /// Hits.
    pub hits: u64,
    /// Sums of the hits.
    pub sums: Vec<(Currency, i64)>,
    /// The first of them: number and payee.
    pub first: Vec<(String, String)>,
    /// There were more documents than were looked at.
    pub partial: bool,
}

/// Records that look like a value of the source, best first.
pub(crate) fn near(mend: &Mend, name: &str, all: Vec<Candidate>) -> Vec<Candidate> {
    let code = match mend {
        Mend::MapParty { code, .. } => code,
        Mend::MapAccount { code, expense_type } => {
            if code.is_empty() {
                expense_type
            } else {
                code
            }
        }
        Mend::MapDimension { code, .. } | Mend::MapTax { code, .. } => code,
        _ => return Vec::new(),
    };
    let mut list: Vec<Candidate> = all
        .into_iter()
        .map(|c| {
            let l = crate::mapping::like(code, name, &c.record.name);
            // what deriving suggested of a party stands
            let note = c.note.strip_prefix("suggested: ").unwrap_or(&c.note).to_string();
            if l.score > c.score {
                Candidate { score: l.score, note: l.because, ..c }
            } else {
                Candidate { note, ..c }
            }
        })
        .filter(|c| c.score >= 60)
        .collect();
    list.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.record.name.cmp(&b.record.name)));
    list.truncate(5);
    list
}

/// The kinds of documents that have memo templates of their own.
pub const MEMO_KINDS: [DocumentKind; 3] =
    [DocumentKind::ExpenseReport, DocumentKind::Invoice, DocumentKind::CashAdvance];

/// A record as it is written in sentences and files.
pub(crate) fn label(named: &Named) -> String {
    if named.name.is_empty() { named.id.clone() } else { named.name.clone() }
}
