//! What other settings would make of a book's documents that are not approved: derived, counted, and nothing written
//! (expectations, row 14).

use std::collections::HashMap;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::model::book::Book;
use crate::model::state::State;
use crate::store::Query;

/// Documents that are read at once.
const PAGE: u32 = 500;
/// The most documents that are derived for a look at a change.
const MOST: u64 = 5_000;

/// What a change would do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tried {
    /// Documents that are not approved.
    pub documents: u64,
    /// Of them, those that come out otherwise.
    pub changed: u64,
    /// Ledger records that would be made: now, and with the change.
    pub records: (u64, u64),
    /// Lines of them.
    pub lines: (u64, u64),
    /// Ready documents.
    pub ready: (u64, u64),
    /// There are more documents than were tried.
    pub capped: bool,
}

impl Core {
    /// Derives every document of the book that waits for an approval with these settings, and counts.
    pub async fn try_settings(&self, book: Book) -> Result<Tried, EngineError> {
        self.forget_facts();
        let mut query = Query {
            book: Some(book.id.clone()),
            states: vec![State::Blocked, State::Ready, State::Held],
            limit: PAGE,
            ..Query::default()
        };
        let mut bench = self.bench(&book.id).await?;
        if let Some(bench) = &mut bench {
            bench.book.settings = book.settings.clone();
        }
        let mut benches = HashMap::from([(book.id.clone(), bench)]);
        let mut tried = Tried::default();
        loop {
            let page = self.store.page(query.clone()).await?;
            for row in &page.rows {
                if tried.documents == MOST {
                    return Ok(Tried { capped: true, ..tried });
                }
                let card = self.store.card(row.id).await?;
                let after = self.derive_card(&card, &mut benches).await?;
                let counted = |set: &crate::model::EntrySet| {
                    let lines: usize = set.entries.iter().map(|e| e.lines.len()).sum();
                    (set.entries.len() as u64, lines as u64)
                };
                let before = card.derived.as_ref().map(|d| counted(&d.set)).unwrap_or_default();
                let now = counted(&after.set);
                tried.documents += 1;
                tried.records = (tried.records.0 + before.0, tried.records.1 + now.0);
                tried.lines = (tried.lines.0 + before.1, tried.lines.1 + now.1);
                tried.ready.0 += u64::from(row.state == State::Ready);
                tried.ready.1 += u64::from(after.state == State::Ready);
                let same = card.derived.as_ref().is_some_and(|d| d.set == after.set && d.state == after.state);
                tried.changed += u64::from(!same);
            }
            match page.rows.last().filter(|_| page.more) {
                Some(last) => query.from = Some(last.id),
                None => return Ok(tried),
            }
        }
    }
}
