//! Questions about rules, each sent to the connection that answers it.

use jiff::Timestamp;

use crate::model::book::Book;
use crate::model::ids::BookId;
use crate::model::people::Actor;
use crate::store::operations::{Answer, Mappings};
use crate::store::sqlite::{SqliteStore, mappings};
use crate::store::types::{RuleDocuments, RuleUse, RuleVersion};

impl Mappings for SqliteStore {
    fn rule_uses(&self, book: BookId) -> Answer<'_, Vec<RuleUse>> {
        self.look(move |c| mappings::uses(c, &book))
    }

    fn rule_documents(&self, book: BookId, rule: u32, limit: u32) -> Answer<'_, RuleDocuments> {
        self.read(move |c| mappings::documents(c, &book, rule, limit))
    }

    fn rule_versions(&self, book: BookId, before: Option<u32>, limit: u32) -> Answer<'_, Vec<RuleVersion>> {
        self.read(move |c| mappings::versions(c, &book, before, limit))
    }

    fn change_book(&self, before: Book, after: Book, by: Actor, now: Timestamp) -> Answer<'_, ()> {
        self.write(now, None, move |tx| mappings::change_book(tx, &before, &after, &by))
    }
}
