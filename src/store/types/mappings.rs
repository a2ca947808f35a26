//! Rules as the store knows them: how often they are used, since when, and their versions.

use jiff::Timestamp;

use crate::model::rule::RuleSet;
use crate::store::types::Row;

/// How a rule is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleUse {
    /// The rule's number.
    pub rule: u32,
    /// Documents whose entries of today stand on it.
    pub documents: u64,
    /// The version that brought it.
    pub version: u32,
    /// When that was.
    pub since: Timestamp,
}

/// One version of a book's rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleVersion {
    /// Rises with each change.
    pub version: u32,
    /// Who made it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// All rules of it.
    pub rules: RuleSet,
}

/// Documents that a rule decides, newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RuleDocuments {
    /// Rows.
    pub rows: Vec<Row>,
    /// There are more.
    pub more: bool,
}
