//! What a person changes about a book, for consoles and commands alike.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::engine::{EngineError, Office};
use crate::model::book::{AutoApproval, Book, BookSettings, Mode, Policy};
use crate::model::ids::{BookId, ConnectionId};
use crate::model::money::to_minor;
use crate::model::people::Actor;
use crate::store::{Store, StoreError};

/// A change of a book.
#[derive(Debug, Clone, PartialEq)]
pub enum BookChange {
    /// It goes live. What was typed has to be the ledger's name: as the company is called, or as the connection is.
    Live {
        /// What was typed.
        typed: String,
    },
    /// It is a preview again: it neither acknowledges nor posts.
    Preview,
    /// It rests.
    Pause,
    /// It goes on.
    Resume,
    /// The last closed day; none: no period is closed.
    Lock(Option<Date>),
    /// Other settings, if they are still those that were seen.
    Settings {
        /// As they were seen.
        seen: Box<BookSettings>,
        /// As they become.
        after: Box<BookSettings>,
    },
}

/// A book by its name.
pub async fn book(office: &dyn Office, id: &BookId) -> Result<Book, EngineError> {
    named(&*office.store(), id).await
}

/// Changes a book as it stands now; when somebody else was first, once more as it stands then. What is so already is not
/// written again. Answers the book before and after.
///
/// # Errors
/// What `edit` refuses; refused where others were first both times.
pub(crate) async fn edit_book(
    store: &dyn Store,
    id: &BookId,
    (by, now): (Actor, Timestamp),
    edit: impl Fn(&mut Book) -> Result<(), EngineError> + Send + Sync,
) -> Result<(Book, Book), EngineError> {
    let mut again = false;
    loop {
        let before = named(store, id).await?;
        let mut after = before.clone();
        edit(&mut after)?;
        if after == before {
            return Ok((before, after));
        }
        match store.change_book(before.clone(), after.clone(), by.clone(), now).await {
            Ok(()) => return Ok((before, after)),
            Err(StoreError::Stale { .. }) if !again => again = true,
            Err(StoreError::Stale { .. }) => return Err(meanwhile(id)),
            Err(e) => return Err(e.into()),
        }
    }
}

fn meanwhile(id: &BookId) -> EngineError {
    EngineError::Refused(format!("somebody else changed {id} meanwhile: look at it again, then change it"))
}

async fn named(store: &dyn Store, id: &BookId) -> Result<Book, EngineError> {
    let books = store.books().await?;
    let found = books.into_iter().find(|b| b.id == *id);
    found.ok_or_else(|| EngineError::Refused(format!("there is no book {id}")))
}

/// Changes a book; what is so already is not written again.
pub async fn change(office: &dyn Office, id: &BookId, change: BookChange) -> Result<Book, EngineError> {
    let edit = |book: &mut Book| apply(book, &change);
    let (_, after) = edit_book(&*office.store(), id, (office.actor(), office.now()), edit).await?;
    Ok(after)
}

fn apply(book: &mut Book, change: &BookChange) -> Result<(), EngineError> {
    match change {
        BookChange::Live { typed } => {
            let typed = typed.trim();
            if typed != book.settings.company.trim() && typed != book.ledger.as_str() {
                return Err(EngineError::Refused(format!(
                    "{typed:?} is not the name of the ledger behind {}: nothing was changed",
                    book.id
                )));
            }
            book.mode = Mode::Live;
        }
        BookChange::Preview => book.mode = Mode::Preview,
        BookChange::Pause => book.paused = true,
        BookChange::Resume => book.paused = false,
        BookChange::Lock(day) => book.settings.lock_date = *day,
        BookChange::Settings { seen, after } => {
            if **seen != book.settings {
                return Err(meanwhile(&book.id));
            }
            book.settings = (**after).clone();
        }
    }
    Ok(())
}

/// Sets the policy of a book: who approves, and up to which amount of a document in home currency.
pub async fn set_policy(
    office: &dyn Office,
    id: &BookId,
    auto: AutoApproval,
    limit: Option<Decimal>,
) -> Result<Policy, EngineError> {
    let book = book(office, id).await?;
    if let Some(limit) = limit {
        let minor = to_minor(limit, book.settings.home_currency)
            .map_err(|e| EngineError::Refused(format!("the limit: {e}")))?;
        if minor < 0 {
            return Err(EngineError::Refused("a limit is not negative".into()));
        }
    }
    let actor = office.actor();
    let policy = Policy { version: 0, auto, signed_off_by: actor.name.clone(), limit };
    office.store().put_policy(book.id.clone(), policy, actor, office.now()).await?;
    Ok(office.store().policy(book.id).await?)
}

/// Lets the books of a connection rest, or those go on that rest because of it: one that a person paused by itself stays
/// paused, and so does one whose other connection rests. Answers those that changed.
pub async fn rest(
    office: &dyn Office,
    connection: &ConnectionId,
    resting: bool,
) -> Result<Vec<BookId>, EngineError> {
    rest_books(&*office.store(), connection, resting, (office.actor(), office.now())).await
}

/// As [`rest`], for those who have no office.
pub(crate) async fn rest_books(
    store: &dyn Store,
    connection: &ConnectionId,
    resting: bool,
    (by, now): (Actor, Timestamp),
) -> Result<Vec<BookId>, EngineError> {
    let rested = store.rested().await?;
    let books = store.books().await?;
    let on = books.into_iter().filter(|b| b.source == *connection || b.ledger == *connection);
    let concerned: Vec<BookId> = if resting {
        let by_itself = |b: &Book| b.paused && !rested.iter().any(|(r, _)| *r == b.id);
        on.filter(|b| !by_itself(b)).map(|b| b.id).collect()
    } else {
        on.map(|b| b.id).filter(|id| rested.iter().any(|(b, c)| b == id && c == connection)).collect()
    };
    // before they rest: one that rests is known to, whatever happens in between
    store.put_rested(connection.clone(), concerned.clone(), resting, now).await?;
    let mut changed = Vec::new();
    for id in concerned {
        if !resting && rested.iter().any(|(b, c)| *b == id && c != connection) {
            continue;
        }
        let edit = |b: &mut Book| {
            b.paused = resting;
            Ok(())
        };
        let (before, after) = edit_book(store, &id, (by.clone(), now), edit).await?;
        if before != after {
            changed.push(id);
        }
    }
    Ok(changed)
}

#[cfg(test)]
mod tests;
