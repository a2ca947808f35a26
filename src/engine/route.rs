//! Which book owns a document, and whether we say that we have it (reliability.md, 2.4; accounting.md, section 8).

use jiff::Timestamp;

use crate::mapping;
use crate::model::book::{Book, Mode};
use crate::model::document::Document;
use crate::model::ids::ConnectionId;

/// The book of a document of one source connection: exactly one, by ledger code. A test document of a known ledger has
/// a book too, so that it is seen there.
pub fn book_of<'a>(books: &'a [Book], source: &ConnectionId, document: &Document) -> Option<&'a Book> {
    book_of_code(books, source, &document.ledger_code)
}

/// The same by the code itself, of a document that could not be read otherwise.
pub fn book_of_code<'a>(books: &'a [Book], source: &ConnectionId, code: &str) -> Option<&'a Book> {
    let mut fits =
        books.iter().filter(|b| b.source == *source && b.settings.ledger_codes.iter().any(|c| c == code));
    let first = fits.next();
    // two books for one ledger code are no routing: nobody owns it until a person decides
    if fits.next().is_some() { None } else { first }
}

/// Whether we say that we have a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ours {
    /// A live book, routed, real, with a flow: right after it was stored.
    Yes,
    /// Not ours, or not yet.
    No,
    /// Of the time before cut-over: only when a person takes it over.
    OldProcess,
}

/// Whether a document is acknowledged right after it was stored.
pub fn ours(book: Option<&Book>, document: &Document, now: Timestamp) -> Ours {
    let Some(book) = book else { return Ours::No };
    let Some(flow) = book.settings.flows.get(&document.kind) else { return Ours::No };
    if book.mode != Mode::Live || document.is_test {
        return Ours::No;
    }
    let Some(cut) = flow.cut_over else { return Ours::Yes };
    match mapping::original_date(document, book, now) {
        Some(date) if date >= cut => Ours::Yes,
        Some(_) => Ours::OldProcess,
        // what has no date is blocked, and is not acknowledged either
        None => Ours::No,
    }
}
