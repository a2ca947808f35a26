//! What a command has at hand, and how it finds the document or book that an argument means.

use std::sync::Arc;

use crate::cli::args::Globals;
use crate::cli::error::CliError;
use crate::cli::open::Ready;
use crate::cli::out::Out;
use crate::engine::Office;
use crate::engine::house::House;
use crate::model::book::Book;
use crate::model::ids::BookId;
use crate::model::text::harmless;
use crate::store::{Row, Store};

/// Why approved documents wait, by book.
pub struct Waits(Vec<(BookId, String)>);

impl Waits {
    /// Why this one does; none: it does not, or it is not approved.
    pub fn of(&self, row: &Row) -> Option<&str> {
        let approved = row.state == crate::model::state::State::Approved;
        let found = self.0.iter().find(|(book, _)| approved && Some(book) == row.book.as_ref());
        found.map(|(_, why)| why.as_str())
    }
}

/// What a command has at hand.
pub struct Context {
    /// The open home.
    pub house: Arc<dyn House>,
    /// What consoles and commands may ask.
    pub office: Arc<dyn Office>,
    /// Queries.
    pub store: Arc<dyn Store>,
    /// Where the result goes.
    pub out: Out,
    /// Where the home stands, for `status`.
    pub home: String,
    /// Nothing may be written.
    pub read_only: bool,
}

impl Context {
    /// Over an open home.
    pub fn new(globals: &Globals, ready: &Ready, house: Arc<dyn House>) -> Self {
        let read_only = globals.read_only;
        Self { read_only, ..Self::over(house, Out::of(globals), ready.home.data.display().to_string()) }
    }

    /// Over any house and any output.
    pub fn over(house: Arc<dyn House>, out: Out, home: String) -> Self {
        let office = house.office();
        let store = office.store();
        Self { house, office, store, out, home, read_only: false }
    }

    /// The document that `text` means: a unique beginning of its id, its number, or a reference.
    pub async fn document(&self, text: &str) -> Result<Row, CliError> {
        let mut found = self.store.find(text.to_string()).await?;
        if found.len() > 1
            && let Some(exact) = found.iter().position(|r| r.id.to_string().eq_ignore_ascii_case(text))
        {
            return Ok(found.swap_remove(exact));
        }
        if found.len() > 1 {
            let lines = found.iter().map(|r| {
                let what = format!("  {}  {}  {}  {}  {}", r.id, r.number, r.state, r.payee, r.title);
                harmless(&what).into_owned()
            });
            let list: Vec<String> = lines.collect();
            return Err(CliError::Usage(format!(
                "{text:?} means {} documents; write more of the id:\n{}",
                list.len(),
                list.join("\n")
            )));
        }
        if found.is_empty() && text.chars().count() < 4 {
            return Err(CliError::Usage(format!(
                "{text:?} is too short: give 4 characters or more of a document's id, its number or a reference"
            )));
        }
        found.pop().ok_or_else(|| {
            CliError::Failed(format!(
                "there is no document {text:?}: give 4 characters or more of its id, its number or a reference"
            ))
        })
    }

    /// The documents that arguments mean, each once, in the order given.
    pub async fn documents(&self, texts: &[String]) -> Result<Vec<Row>, CliError> {
        let mut rows: Vec<Row> = Vec::with_capacity(texts.len());
        for text in texts {
            let row = self.document(text).await?;
            if rows.iter().all(|r| r.id != row.id) {
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// The book of that name.
    pub async fn book(&self, name: &str) -> Result<Book, CliError> {
        let books = self.store.books().await?;
        let names: Vec<String> = books.iter().map(|b| b.id.0.clone()).collect();
        books.into_iter().find(|b| b.id.as_str() == name).ok_or_else(|| {
            CliError::Usage(if names.is_empty() {
                format!("there is no book {name:?}: this home has none yet")
            } else {
                format!("there is no book {name:?}: there is {}", names.join(", "))
            })
        })
    }

    /// The book that was named, or the only one.
    pub async fn book_or_only(&self, name: Option<&str>) -> Result<Book, CliError> {
        if let Some(name) = name {
            return self.book(name).await;
        }
        let mut books = self.store.books().await?;
        match (books.pop(), books.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(_), false) => Err(CliError::Usage("there are several books: say which with --book".into())),
            (None, _) => Err(CliError::Failed("this home has no book yet".into())),
        }
    }

    /// Why approved documents wait, by book: their ledger is away, or calls tieout and has not come since.
    pub async fn waits(&self) -> Result<Waits, CliError> {
        let (books, rows) = (self.store.books().await?, self.store.connections().await?);
        let when = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%MZ").to_string();
        let of = |b: Book| {
            let ledger = rows.iter().find(|r| r.id == b.ledger)?;
            Some((b.id, crate::engine::visit_look::waits_for(ledger, &when)?))
        };
        Ok(Waits(books.into_iter().filter_map(of).collect()))
    }

    /// The id of the book that was named, if one was.
    pub async fn book_id(&self, name: Option<&str>) -> Result<Option<BookId>, CliError> {
        match name {
            Some(name) => Ok(Some(self.book(name).await?.id)),
            None => Ok(None),
        }
    }
}
