//! The trial of a book: its derived entries beside what people posted by hand (accounting.md, section 13).

use jiff::civil::Date;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::mapping::{Trial, TrialEntry, trial};
use crate::model::ids::BookId;
use crate::model::state::State;
use crate::store::Query;

impl Core {
    /// Compares what the book would post between two days with the records of the ledger that are not ours. The ledger's
    /// records are those of its last reading, 120 days back.
    pub async fn trial(&self, book: &BookId, from: Date, to: Date) -> Result<Trial, EngineError> {
        let book = self.book(book).await?;
        self.forget_facts();
        let Some(facts) = self.facts(&book.ledger).await? else {
            return Err(EngineError::Refused("The ledger has not been read yet: run `tieout fetch`.".into()));
        };
        let ours = self.store.ours(book.ledger.clone()).await?;
        let mut entries = Vec::new();
        let mut query = Query {
            book: Some(book.id.clone()),
            states: vec![State::Blocked, State::Ready, State::Held],
            limit: 500,
            ..Query::default()
        };
        loop {
            let page = self.store.page(query.clone()).await?;
            for row in &page.rows {
                let Some(derived) = self.store.card(row.id).await?.derived else { continue };
                entries.extend(derived.set.entries.iter().filter(|e| e.date >= from && e.date <= to).map(
                    |e| TrialEntry {
                        document: row.id,
                        number: row.number.clone(),
                        entry_number: e.number.clone(),
                        kind: e.kind,
                        party: e.party.clone(),
                        date: e.date,
                        amount: e.total(),
                        currency: e.currency,
                    },
                ));
            }
            match page.rows.last().filter(|_| page.more) {
                Some(last) => query.from = Some(last.id),
                None => break,
            }
        }
        let near = |d: Date| {
            let week = jiff::Span::new().days(7);
            let from = from.checked_sub(week).unwrap_or(from);
            let to = to.checked_add(week).unwrap_or(to);
            d >= from && d <= to
        };
        let records: Vec<_> = facts
            .recent
            .iter()
            .filter(|r| near(r.date) && !ours.contains(&crate::mapping::record_key(r.kind, &r.id)))
            .cloned()
            .collect();
        let mut result = trial(&entries, &records);
        // what lies outside the days asked for may belong to a document outside of them
        result.only_there.retain(|r| r.date >= from && r.date <= to);
        Ok(result)
    }
}
