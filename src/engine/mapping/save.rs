//! Saving an edit: a new version of the rules against the one that was seen, then deriving again.

use crate::engine::core::Core;
use crate::engine::mapping::{Edit, LedgerWords};
use crate::engine::{EngineError, Freed};
use crate::model::ids::BookId;
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::StoreError;

impl Core {
    /// Saves an edit and derives again what it concerns. A stale one is refused with who was first.
    pub async fn put_rules(&self, book: &BookId, edit: &Edit, by: Actor) -> Result<Freed, EngineError> {
        let (before, rules, settings) = self.edited(book, edit, &by.name).await?;
        let now = self.now();
        let old = self.book(book).await?;
        let ledger = LedgerWords::of(&self.connection(&old.ledger).await?.system);
        ledger.takes(rules.rules.iter().filter(|r| !before.rules.contains(r)))?;
        let (same_rules, same_settings) =
            (rules.rules == before.rules && rules.guards == before.guards, settings == old.settings);
        if same_rules && same_settings {
            return Err(EngineError::Refused("That changes nothing: the rules are so already.".into()));
        }
        if !same_settings {
            let mut new = old.clone();
            new.settings = settings;
            match self.store.change_book(old, new, by.clone(), now).await {
                Err(StoreError::Stale { .. }) => {
                    let why = "Somebody changed the book meanwhile. Nothing was saved. r reads it again.";
                    return Err(EngineError::Refused(why.into()));
                }
                other => other?,
            }
        }
        let version = if same_rules {
            before.version
        } else {
            match self.store.put_rules(book.clone(), before.version, rules, by, now).await {
                Err(StoreError::Stale { .. }) => {
                    return Err(EngineError::Refused(self.changed_by(book, edit.expected).await?));
                }
                other => other?,
            }
        };
        // another process may have read the ledger since
        self.forget_facts();
        let moved = self.derive_due(Some(book), true).await?;
        let mut ready = Vec::new();
        for id in &moved {
            if self.store.card(*id).await?.row.state == State::Ready {
                ready.push(*id);
            }
        }
        self.touch();
        Ok(Freed { version, derived: moved.len() as u64, ready })
    }
}
