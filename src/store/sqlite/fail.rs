//! Errors inside the backend, before they become the store's.

use std::sync::{Arc, OnceLock};

use rusqlite::ErrorCode;

use crate::store::types::StoreError;

/// What stops an operation.
#[derive(Debug)]
pub enum Fail {
    /// The store's own answer: the transaction is rolled back, the store goes on.
    Store(StoreError),
    /// SQLite.
    Sql(rusqlite::Error),
    /// What stands in the database cannot be read.
    Unreadable(String),
}

/// The result inside the backend.
pub type Done<T> = Result<T, Fail>;

impl From<StoreError> for Fail {
    fn from(e: StoreError) -> Self {
        Fail::Store(e)
    }
}

impl From<rusqlite::Error> for Fail {
    fn from(e: rusqlite::Error) -> Self {
        Fail::Sql(e)
    }
}

impl From<serde_json::Error> for Fail {
    fn from(e: serde_json::Error) -> Self {
        Fail::Unreadable(e.to_string())
    }
}

impl From<String> for Fail {
    fn from(e: String) -> Self {
        Fail::Unreadable(e)
    }
}

/// Refused by a rule, in words.
pub fn refused<T>(sentence: impl Into<String>) -> Done<T> {
    Err(Fail::Store(StoreError::Refused(sentence.into())))
}

/// Set once by the first failure of the database itself; from then on every operation answers with it.
#[derive(Debug, Clone, Default)]
pub struct Poison(Arc<OnceLock<String>>);

impl Poison {
    /// Refuses when the store has failed before.
    pub fn check(&self) -> Result<(), StoreError> {
        match self.0.get() {
            Some(why) => Err(StoreError::Fatal(why.clone())),
            None => Ok(()),
        }
    }

    /// Marks the store as failed.
    pub fn set(&self, why: &str) {
        // the first failure stays
        self.0.get_or_init(|| why.to_string());
    }

    /// The error for the caller; failures of the disk or the file poison the store.
    pub fn answer(&self, fail: Fail) -> StoreError {
        match fail {
            Fail::Store(e) => e,
            Fail::Unreadable(why) => StoreError::Fatal(format!("a row cannot be read: {why}")),
            Fail::Sql(e) => {
                if is_fatal(&e) {
                    self.set(&e.to_string());
                }
                StoreError::Fatal(e.to_string())
            }
        }
    }
}

fn is_fatal(e: &rusqlite::Error) -> bool {
    matches!(
        e.sqlite_error_code(),
        Some(
            ErrorCode::SystemIoFailure
                | ErrorCode::DiskFull
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::OutOfMemory
                | ErrorCode::InternalMalfunction
        )
    )
}
