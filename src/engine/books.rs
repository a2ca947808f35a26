//! What a person changes about a book, for consoles and commands alike.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::engine::{EngineError, Office};
use crate::model::book::{AutoApproval, Book, BookSettings, Mode, Policy};
use crate::model::ids::{BookId, ConnectionId};
use crate::model::money::to_minor;

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
    let books = office.store().books().await?;
    let found = books.into_iter().find(|b| b.id == *id);
    found.ok_or_else(|| EngineError::Refused(format!("there is no book {id}")))
}

/// Changes a book; what is so already is not written again.
pub async fn change(office: &dyn Office, id: &BookId, change: BookChange) -> Result<Book, EngineError> {
    let before = book(office, id).await?;
    let mut after = before.clone();
    match change {
        BookChange::Live { typed } => {
            let typed = typed.trim();
            if typed != before.settings.company.trim() && typed != before.ledger.as_str() {
                return Err(EngineError::Refused(format!(
                    "{typed:?} is not the name of the ledger behind {id}: nothing was changed"
                )));
            }
            after.mode = Mode::Live;
        }
        BookChange::Preview => after.mode = Mode::Preview,
        BookChange::Pause => after.paused = true,
        BookChange::Resume => after.paused = false,
        BookChange::Lock(day) => after.settings.lock_date = day,
        BookChange::Settings { seen, after: settings } => {
            if *seen != before.settings {
                return Err(EngineError::Refused(format!(
                    "somebody else changed {id} meanwhile: look at it again, then change it"
                )));
            }
            after.settings = *settings;
        }
    }
    if after != before {
        office.store().put_book(after.clone(), office.actor(), office.now()).await?;
    }
    Ok(after)
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

/// Lets the books of a connection rest, or go on. Answers those that changed.
pub async fn rest(
    office: &dyn Office,
    connection: &ConnectionId,
    resting: bool,
) -> Result<Vec<BookId>, EngineError> {
    let mut changed = Vec::new();
    for mut book in office.store().books().await? {
        if (book.source == *connection || book.ledger == *connection) && book.paused != resting {
            book.paused = resting;
            changed.push(book.id.clone());
            office.store().put_book(book, office.actor(), office.now()).await?;
        }
    }
    Ok(changed)
}
