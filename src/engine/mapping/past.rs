//! What a rule about documents would have hit, and documents to show a template with.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::engine::EngineError;
use crate::engine::core::Core;
use crate::engine::mapping::{PastHits, Sample};
use crate::mapping::hits;
use crate::model::document::{Document, DocumentKind};
use crate::model::guard::Guard;
use crate::model::ids::BookId;
use crate::store::{Card, Query, Sort};

/// Documents that are read for one answer, at most.
const MOST: u64 = 3_000;

impl Core {
    /// What a guard would have hit among the documents of the month before this one.
    pub async fn past_hits(&self, book: &BookId, guard: &Guard) -> Result<PastHits, EngineError> {
        let settings = self.book(book).await?.settings;
        let zone = TimeZone::get(&settings.time_zone).unwrap_or(TimeZone::UTC);
        let today = self.now().to_zoned(zone).date();
        let (from, to) = last_month(today);
        let mut out = PastHits { month: from.strftime("%Y-%m").to_string(), ..PastHits::default() };
        let mut sums = BTreeMap::new();
        let mut query = Query {
            book: Some(book.clone()),
            sort: Sort::PostingDate,
            descending: true,
            limit: 200,
            ..Query::default()
        };
        'pages: loop {
            let page = self.store.page(query.clone()).await?;
            for row in &page.rows {
                match row.posting_date {
                    Some(d) if d < from => break 'pages,
                    Some(d) if d <= to => {}
                    _ => continue,
                }
                if out.of >= MOST {
                    out.partial = true;
                    break 'pages;
                }
                let card = self.store.card(row.id).await?;
                let Some(document) = self.source_document(&card).await? else { continue };
                out.of += 1;
                if !hits(guard, &document) {
                    continue;
                }
                out.hits += 1;
                if let Some((c, m)) = row.currency.zip(row.minor) {
                    let sum: &mut i64 = sums.entry(c).or_default();
                    *sum = sum.saturating_add(m);
                }
                if out.first.len() < 8 {
                    out.first.push((row.number.clone(), row.payee.clone()));
                }
            }
            match page.rows.last().filter(|_| page.more) {
                Some(last) => query.from = Some(last.id),
                None => break,
            }
        }
        out.sums = sums.into_iter().collect();
        Ok(out)
    }

    /// A document as its source delivered it; none where the bytes are gone or cannot be read.
    pub(crate) async fn source_document(&self, card: &Card) -> Result<Option<Document>, EngineError> {
        if card.row.kind == DocumentKind::Correction {
            return Ok(None);
        }
        let Some(book) = &card.row.book else { return Ok(None) };
        let book = self.book(book).await?;
        let source = self.wires.source(&self.connection(&book.source).await?)?;
        Ok(source.read(card.row.kind, &card.row.source_id, &card.bytes).ok())
    }

    /// The newest document of a kind (of any, where none is named) that has entries.
    pub async fn memo_sample(
        &self,
        book: &BookId,
        kind: Option<DocumentKind>,
    ) -> Result<Option<Sample>, EngineError> {
        let query = Query {
            book: Some(book.clone()),
            sort: Sort::Arrived,
            descending: true,
            limit: 200,
            ..Query::default()
        };
        let page = self.store.page(query).await?;
        for row in page.rows.iter().filter(|r| kind.is_none_or(|k| k == r.kind)).take(40) {
            let card = self.store.card(row.id).await?;
            let entry = card.derived.as_ref().and_then(|d| d.set.entries.first());
            let Some(marker) = entry.map(|e| e.reference.marker()) else { continue };
            if let Some(document) = self.source_document(&card).await? {
                return Ok(Some(Sample { document, marker }));
            }
        }
        Ok(None)
    }
}

/// The first and last day of the month before the one of a day.
fn last_month(day: Date) -> (Date, Date) {
    let to = day.first_of_month().yesterday().unwrap_or(day);
    (to.first_of_month(), to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_month_ends_where_this_one_begins() {
        let of = |d: &str| last_month(d.parse().unwrap());
        assert_eq!(of("2026-11-04"), ("2026-10-01".parse().unwrap(), "2026-10-31".parse().unwrap()));
        assert_eq!(of("2026-03-31").1, "2026-02-28".parse().unwrap());
        assert_eq!(of("2027-01-01").0, "2026-12-01".parse().unwrap());
    }
}
