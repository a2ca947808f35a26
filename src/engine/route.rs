//! Which book owns a document, and whether we say that we have it (reliability.md, 2.4; accounting.md, section 8).

use jiff::Timestamp;

use crate::mapping;
use crate::model::book::{Book, Mode};
use crate::model::document::Document;
use crate::model::ids::ConnectionId;

/// The book of a document of one source connection: exactly one, by ledger code. A test document of a known ledger has
/// a book too, so that it is seen there.
pub fn book_of<'a>(books: &'a [Book], source: &ConnectionId, document: &Document) -> Option<&'a Book> {
    let mut fits = books
        .iter()
        .filter(|b| b.source == *source && b.settings.ledger_codes.contains(&document.ledger_code));
    let first = fits.next();
    // two books for one ledger code are no routing: nobody owns it until a person decides
    if fits.next().is_some() { None } else { first }
}

/// Whether a document is acknowledged right after it was stored: only by a live book, routed, real, with a flow, and
/// not of the time before cut-over.
pub fn acknowledged_at_once(book: Option<&Book>, document: &Document, now: Timestamp) -> bool {
    let Some(book) = book else { return false };
    let flow = book.settings.flows.get(&document.kind);
    let in_time = match flow.and_then(|f| f.cut_over) {
        // what has no date is blocked, and is not acknowledged either
        Some(cut) => mapping::original_date(document, book, now).is_some_and(|date| date >= cut),
        None => true,
    };
    book.mode == Mode::Live && flow.is_some() && !document.is_test && in_time
}
