//! What a document's screen is made of: its card, its meaning, its history, its receipts.

use crate::model::book::ReceiptPolicy;
use crate::model::correction::Correction;
use crate::model::document::{Document, DocumentKind};
use crate::model::ids::DocumentId;
use crate::store::{AuditQuery, Card, ReceiptRow, Store, StoreError};
use crate::tui::ReadSource;
use crate::tui::msg::Sheet;

/// Events of a document that its screen shows.
const HISTORY: u32 = 20;

/// Reads it.
pub async fn sheet(
    store: &dyn Store,
    read: Option<&ReadSource>,
    id: DocumentId,
) -> Result<Sheet, StoreError> {
    let card = store.card(id).await?;
    let query = AuditQuery { subject: Some(id.to_string()), limit: HISTORY, ..AuditQuery::default() };
    let history = store.audit(query).await?;
    let receipts = receipts(store, &card).await?;
    let source = meaning(read, &card);
    Ok(Sheet { card, source, history, receipts })
}

/// A correction is written here and read here; everything else is read by its system.
fn meaning(read: Option<&ReadSource>, card: &Card) -> Option<Document> {
    if card.bytes.is_empty() {
        return None;
    }
    if card.row.kind == DocumentKind::Correction {
        return Correction::read(&card.bytes).ok().map(|c| c.as_document());
    }
    read.and_then(|r| r(card))
}

/// Asked only where the book attaches receipts.
async fn receipts(store: &dyn Store, card: &Card) -> Result<Vec<ReceiptRow>, StoreError> {
    let books = store.books().await?;
    let book = books.iter().find(|b| Some(&b.id) == card.row.book.as_ref());
    if book.is_some_and(|b| b.settings.receipts == ReceiptPolicy::Attach) {
        return store.receipts(card.row.id).await;
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::correction::Origin;
    use crate::model::money::Currency;
    use crate::tui::tests::sample;

    #[test]
    fn a_correction_is_read_without_the_reader_of_its_source() {
        let row = sample::rows().into_iter().find(|r| r.number == "B4Q7TN").unwrap();
        let mut card = sample::sheet(&row).card;
        let of = Origin {
            document: row.id,
            kind: row.kind,
            source_id: row.source_id.clone(),
            family: String::new(),
            number: row.number.clone(),
            title: String::new(),
            payee_code: "E1001".into(),
            payee: "Okafor, Amara".into(),
            payee_is_employee: true,
            currency: Currency::USD,
            approved: rust_decimal::Decimal::new(129_015, 2),
        };
        let made = Correction::Reversal { of, records: vec![], on: None, attempt: 1, reason: "twice".into() };
        card.row.kind = DocumentKind::Correction;
        card.bytes = made.bytes().unwrap();
        let broken: ReadSource = std::sync::Arc::new(|_| None);
        let document = meaning(Some(&broken), &card).unwrap();
        assert_eq!(
            (document.number.as_str(), document.title.as_str()),
            ("B4Q7TN-REV", "reverses B4Q7TN: twice")
        );
    }
}
