//! What people ask about mapping rules: use, age, versions, documents (design.md, "mapping").

use jiff::Timestamp;

use crate::model::book::Book;
use crate::model::ids::BookId;
use crate::model::people::Actor;
use crate::store::operations::Answer;
use crate::store::types::{RuleDocuments, RuleUse, RuleVersion, StoreError};

/// Mapping rules beside their content. Each operation is one transaction.
pub trait Mappings: Send + Sync {
    /// How often each rule of a book is used, and since when it holds; rules of older versions are among them.
    fn rule_uses(&self, book: BookId) -> Answer<'_, Vec<RuleUse>> {
        let _ = book;
        no_mappings()
    }
    /// Documents that stand on a rule, newest first, at most `limit`.
    fn rule_documents(&self, book: BookId, rule: u32, limit: u32) -> Answer<'_, RuleDocuments> {
        let _ = (book, rule, limit);
        no_mappings()
    }
    /// Versions of a book's rules, newest first, below `before` where that is given.
    fn rule_versions(&self, book: BookId, before: Option<u32>, limit: u32) -> Answer<'_, Vec<RuleVersion>> {
        let _ = (book, before, limit);
        no_mappings()
    }
    /// Changes a book that still is what `before` says; refused as stale otherwise, so that two people do not overwrite
    /// each other.
    fn change_book(&self, before: Book, after: Book, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        let _ = (before, after, by, now);
        no_mappings()
    }
}

fn no_mappings<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(async { Err(StoreError::Unusable("this store knows nothing of the use of rules".into())) })
}
