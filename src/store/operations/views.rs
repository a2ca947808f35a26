//! Views of the queue that a person keeps under a name: tab, filter and sort.

use jiff::Timestamp;

use crate::store::operations::Answer;
use crate::store::types::{SavedView, StoreError};

/// Saved views. They belong to a person and to no book; nothing of them is audited, since they change no document.
pub trait Views: Send + Sync {
    /// The views of a person, by name.
    fn views(&self, person: String) -> Answer<'_, Vec<SavedView>> {
        let _ = person;
        no_views()
    }
    /// Keeps a view; one of the same name is replaced.
    fn keep_view(&self, person: String, view: SavedView, now: Timestamp) -> Answer<'_, ()> {
        let _ = (person, view, now);
        no_views()
    }
    /// Takes a view away. Missing: there is none of this name.
    fn drop_view(&self, person: String, name: String, now: Timestamp) -> Answer<'_, ()> {
        let _ = (person, name, now);
        no_views()
    }
}

fn no_views<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(async { Err(StoreError::Unusable("this store keeps no views".into())) })
}
