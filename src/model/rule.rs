//! Mapping rules and their precedence (design.md, "The way of a document").

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::document::{Allocation, Expense};
use crate::model::entry::Named;
use crate::model::guard::Guard;
use crate::model::ids::DocumentId;

/// What a rule decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleKind {
    /// Employee or supplier -> vendor.
    Party,
    /// Account code or expense type -> account.
    Account,
    /// Cost object -> class.
    Class,
    /// Cost object or location -> department.
    Department,
    /// Cost object -> customer or project.
    Customer,
    /// Tax code and reclaim code -> account, ledger tax code, or cost.
    Tax,
    /// The posting date of one document.
    PostingDate,
    /// A decision about one document: it is another one than the record that looks like it; the delta is accepted.
    Decision,
    /// The memo of one document, or with [`Key::Line`] the text of one of its lines.
    Text,
}

impl RuleKind {
    /// The name in tables and CSV.
    pub fn name(self) -> &'static str {
        match self {
            RuleKind::Party => "party",
            RuleKind::Account => "account",
            RuleKind::Class => "class",
            RuleKind::Department => "department",
            RuleKind::Customer => "customer",
            RuleKind::Tax => "tax",
            RuleKind::PostingDate => "posting_date",
            RuleKind::Decision => "decision",
            RuleKind::Text => "text",
        }
    }
}

/// A ledger's analysis axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DimensionKind {
    /// Class.
    Class,
    /// Department, location.
    Department,
    /// Customer, project.
    Customer,
}

impl DimensionKind {
    /// The rules that decide it.
    pub fn rule_kind(self) -> RuleKind {
        match self {
            DimensionKind::Class => RuleKind::Class,
            DimensionKind::Department => RuleKind::Department,
            DimensionKind::Customer => RuleKind::Customer,
        }
    }

    /// In a sentence.
    pub fn word(self) -> &'static str {
        match self {
            DimensionKind::Class => "class",
            DimensionKind::Department => "location",
            DimensionKind::Customer => "project",
        }
    }
}

/// A value of the source that a rule can ask for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// Account code.
    AccountCode,
    /// Expense type code.
    ExpenseType,
    /// Tax code.
    TaxCode,
    /// Reclaim code.
    ReclaimCode,
    /// Country of the tax.
    Country,
    /// Tax authority's label.
    Authority,
    /// A cost object's code in the named field: `custom1`, `employeeOrgUnit2`.
    Field(String),
    /// What a decision is about: `maybe_in_ledger:BILL-ID`, `reopened_delta`.
    About,
    /// One line of one document: ids of the expense and of its allocation at the source, as [`line_key`] writes them.
    Line,
}

/// The value of [`Key::Line`]: the ids of an expense and of one of its allocations at the source.
pub fn line_key(expense: &Expense, allocation: &Allocation) -> String {
    format!("{}/{}", expense.id, allocation.id)
}

/// What a rule gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "gives", content = "value", rename_all = "snake_case")]
pub enum Gives {
    /// A record of the ledger.
    Record(Named),
    /// Nothing, on purpose: this cost object has no such dimension.
    Nothing,
    /// Tax stays in cost.
    Cost,
    /// A tax code of a ledger that computes tax: net on the line, the reclaim as exact tax beside it.
    TaxCode(Named),
    /// Another company of the group: the book's name.
    OtherBook(String),
    /// A date.
    Date(jiff::civil::Date),
    /// Accepted by name.
    Accepted,
    /// A text.
    Text(String),
}

/// One rule. A rule with more conditions wins; two rules of equal rank for one key are refused at saving.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Unique within the book for ever.
    pub id: u32,
    /// What it decides.
    pub kind: RuleKind,
    /// For this document only: recorded and replayable, `override_used`.
    pub document: Option<DocumentId>,
    /// For this employee number or vendor code only.
    pub party: Option<String>,
    /// Values that must all be equal.
    #[serde(with = "keys_as_list")]
    pub keys: BTreeMap<Key, String>,
    /// What it gives.
    pub gives: Gives,
    /// Who made it.
    pub author: String,
    /// Why, for rules of one document.
    pub reason: Option<String>,
    /// The source says that lines of this project may be billed (customer rules). Lines of reports say so themselves; of
    /// invoices this alone decides.
    #[serde(default)]
    pub billable: bool,
}

/// The precedence of a rule: document > (employee or vendor) + key > two keys > one key > book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// The book's default.
    Book,
    /// One key (the party alone counts as one for party rules).
    OneKey,
    /// Two keys or more.
    TwoKeys(usize),
    /// Employee or vendor, and keys.
    PartyAndKey(usize),
    /// One document.
    Document(usize),
}

impl Rule {
    /// Its rank.
    pub fn rank(&self) -> Rank {
        let n = self.keys.len();
        match (self.document.is_some(), self.party.is_some(), n) {
            (true, p, n) => Rank::Document(n + usize::from(p)),
            (false, true, 0) => Rank::OneKey,
            (false, true, n) => Rank::PartyAndKey(n),
            (false, false, 0) => Rank::Book,
            (false, false, 1) => Rank::OneKey,
            (false, false, n) => Rank::TwoKeys(n),
        }
    }

    /// `party E1001, custom1 CC200`: what it asks for, for people.
    pub fn condition(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        if self.document.is_some() {
            parts.push("this document".into());
        }
        if let Some(p) = &self.party {
            parts.push(p.clone());
        }
        // ids of the source say nothing to people
        parts.extend(
            self.keys.iter().map(|(k, v)| if *k == Key::Line { "one line".into() } else { v.clone() }),
        );
        if parts.is_empty() { "the book".into() } else { parts.join(" + ") }
    }
}

impl fmt::Display for Gives {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Gives::Record(n) => f.write_str(&n.name),
            Gives::Nothing => f.write_str("none"),
            Gives::Cost => f.write_str("stays in cost"),
            Gives::TaxCode(n) => write!(f, "tax code {}", n.name),
            Gives::OtherBook(b) => write!(f, "other company: {b}"),
            Gives::Date(d) => write!(f, "{d}"),
            Gives::Accepted => f.write_str("accepted"),
            Gives::Text(t) => f.write_str(t),
        }
    }
}

/// One version of a book's rules: append-only; documents record the version used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSet {
    /// Rises with each change.
    pub version: u32,
    /// The rules.
    pub rules: Vec<Rule>,
    /// Rules about whole documents, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<Guard>,
    /// The highest number that was ever given; 0: the highest that is there.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub last: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl RuleSet {
    /// Adds or replaces (same kind, document, party and keys) a rule, with the next id. Two rules of equal rank for one
    /// key cannot arise: the same conditions mean the same rule.
    pub fn set(&mut self, mut rule: Rule) -> u32 {
        let next = self.next_number();
        rule.id = next;
        self.rules.retain(|r| !same_conditions(r, &rule));
        self.rules.push(rule);
        next
    }

    /// The next number, which counts as given.
    pub fn next_number(&mut self) -> u32 {
        self.last = self.last.max(self.highest()) + 1;
        self.last
    }

    /// The highest number that is there.
    pub fn highest(&self) -> u32 {
        let guards = self.guards.iter().map(|g| g.id);
        self.rules.iter().map(|r| r.id).chain(guards).max().unwrap_or(0)
    }

    /// The rule of this number.
    pub fn rule(&self, id: u32) -> Option<&Rule> {
        self.rules.iter().find(|r| r.id == id)
    }

    /// The rule with the same conditions.
    pub fn same(&self, rule: &Rule) -> Option<&Rule> {
        self.rules.iter().find(|r| same_conditions(r, rule))
    }

    /// Every rule that can decide about a line: those of the guards are among them.
    pub fn every_rule(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().chain(self.guards.iter().filter_map(Guard::default_rule))
    }

    /// Two rules that could both match one line with equal rank and give different results: refused at saving
    /// (design.md). Rules of one kind clash when their rank is equal and no key that both name differs.
    pub fn clash(&self, rule: &Rule) -> Option<&Rule> {
        self.rules.iter().find(|r| {
            r.id != rule.id
                && r.kind == rule.kind
                && r.rank() == rule.rank()
                && r.document == rule.document
                && r.party == rule.party
                && !same_conditions(r, rule)
                && r.gives != rule.gives
                && r.keys.iter().all(|(k, v)| rule.keys.get(k).is_none_or(|o| o == v))
                // an account code decides before an expense type, so these two never meet (design.md)
                && (r.keys.contains_key(&Key::AccountCode) == rule.keys.contains_key(&Key::AccountCode))
        })
    }
}

fn same_conditions(a: &Rule, b: &Rule) -> bool {
    a.kind == b.kind && a.document == b.document && a.party == b.party && a.keys == b.keys
}

/// Keys with content are no JSON object keys: written as a list of pairs.
mod keys_as_list {
    use super::{BTreeMap, Key};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(keys: &BTreeMap<Key, String>, s: S) -> Result<S::Ok, S::Error> {
        keys.iter().collect::<Vec<_>>().serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<BTreeMap<Key, String>, D::Error> {
        Ok(Vec::<(Key, String)>::deserialize(d)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(party: Option<&str>, keys: &[(Key, &str)], gives: &str) -> Rule {
        Rule {
            id: 0,
            kind: RuleKind::Class,
            document: None,
            party: party.map(Into::into),
            keys: keys.iter().map(|(k, v)| (k.clone(), (*v).to_string())).collect(),
            gives: Gives::Record(Named::new(gives, gives)),
            author: "t".into(),
            reason: None,
            billable: false,
        }
    }

    #[test]
    fn precedence_is_the_one_of_the_plan() {
        let f = |n: &str| Key::Field(n.into());
        let book = rule(None, &[], "1").rank();
        let one = rule(None, &[(f("custom1"), "CC100")], "1").rank();
        let two = rule(None, &[(f("custom1"), "CC100"), (f("custom2"), "P1")], "1").rank();
        let party = rule(Some("E1001"), &[(f("custom1"), "CC100")], "1").rank();
        let mut doc = rule(None, &[], "1");
        doc.document = Some(DocumentId(ulid::Ulid::nil()));
        assert!(book < one && one < two && two < party && party < doc.rank());
    }

    #[test]
    fn equal_rank_for_one_key_is_a_clash() {
        let f = |n: &str| Key::Field(n.into());
        let mut set = RuleSet::default();
        set.set(rule(None, &[(f("custom1"), "CC100")], "1"));
        assert!(set.clash(&rule(None, &[(f("custom1"), "CC200")], "2")).is_none());
        assert!(set.clash(&rule(None, &[(f("custom2"), "P1")], "2")).is_some());
        // the same conditions replace
        set.set(rule(None, &[(f("custom1"), "CC100")], "3"));
        assert_eq!(set.rules.len(), 1);
        assert_eq!(set.rules[0].id, 2);
    }

    #[test]
    fn rules_survive_json() {
        let r = rule(Some("E1"), &[(Key::Field("custom1".into()), "CC1"), (Key::AccountCode, "5010")], "9");
        let json = serde_json::to_string(&r).unwrap();
        assert_eq!(serde_json::from_str::<Rule>(&json).unwrap(), r);
    }
}
