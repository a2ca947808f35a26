//! Opening a home: store, vault, clients, engine lock. What every command begins with.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::engine::wiring::Tuning;
use crate::model::Clock;
use crate::model::ids::{BookId, ConnectionId};
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::Attention;

/// Where a home keeps its things (interface.md, "Home").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// `tieout.db`
    pub database: PathBuf,
    /// `engine.lock`
    pub engine_lock: PathBuf,
    /// The vault's key file.
    pub key_file: PathBuf,
    /// Locks of token refreshes.
    pub locks: PathBuf,
}

/// How a home is opened.
pub struct Opening {
    /// Paths.
    pub paths: Paths,
    /// What this machine says about connections.
    pub tunings: HashMap<ConnectionId, Tuning>,
    /// The business clock.
    pub clock: Arc<dyn Clock>,
    /// Who acts.
    pub actor: Actor,
    /// `DEMO`, `SANDBOX`, or empty: the company's name.
    pub environment: String,
}

/// Why a home cannot be opened; each has an exit code of its own.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Exit code 5.
    #[error("{0}")]
    Store(#[from] crate::store::StoreError),
    /// Exit code 4.
    #[error("{0}")]
    Vault(String),
    /// Exit code 6.
    #[error("{0}")]
    Held(String),
    /// Exit code 1.
    #[error("{0}")]
    Other(String),
}

/// The summary of a run of one book (interface.md, "JSON").
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookSummary {
    /// Book.
    pub book: BookId,
    /// New documents and revisions that this run read.
    pub fetched: u64,
    /// Ledger records that this run made.
    pub posted: u64,
    /// Documents that this run confirmed.
    pub confirmed: u64,
    /// Documents by state.
    pub by_state: Vec<(State, u64)>,
    /// What needs a person.
    pub attention: Vec<Attention>,
}

/// The summary of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Books.
    pub books: Vec<BookSummary>,
    /// Connections that need a person: name, health, reason.
    pub connections: Vec<(ConnectionId, String, String)>,
    /// Control breaks that nobody closed: book, number, sentence.
    pub breaks: Vec<(Option<BookId>, i64, String)>,
    /// What remains, when the run ended before everything was settled.
    pub remains: Vec<String>,
}

impl Summary {
    /// Something needs a person: exit code 3.
    pub fn needs_person(&self) -> bool {
        !self.connections.is_empty()
            || !self.breaks.is_empty()
            || self.books.iter().any(|b| !b.attention.is_empty())
    }
}

/// How a headless run ends.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// Only these books.
    pub books: Vec<BookId>,
    /// `--wait`: what falls due within this is waited for. Default 120 s.
    pub wait: Option<Duration>,
    /// A console: nothing is approved by policy and nothing posted until a person asks.
    pub attended: bool,
}

/// An open home. The engine lock is taken when something has to run, not at opening.
pub trait House: Send + Sync {
    /// What consoles and commands hold.
    fn office(&self) -> Arc<dyn crate::engine::Office>;
    /// Holds the engine (waits up to `patience` for it, else `Held`) and runs fetch, derive, approve by policy, post and
    /// confirm until nothing can be done now and nothing falls due within the wait.
    fn run_once(
        &self,
        options: RunOptions,
        patience: Duration,
    ) -> crate::transport::Fut<'_, Result<Summary, OpenError>>;
    /// Stands by until the engine is free, then runs on each book's schedule until `stop` is cancelled.
    fn run_until(
        &self,
        options: RunOptions,
        stop: tokio_util::sync::CancellationToken,
    ) -> crate::transport::Fut<'_, Result<Summary, OpenError>>;
    /// What listens for events whenever this process holds the engine; the first that is attached stays.
    fn attach(&self, listener: Arc<dyn crate::engine::hints::Listener>) {
        drop(listener);
    }
    /// How the vault was opened: `key_file`, `keyring`.
    fn vault_way(&self) -> String;
    /// Recorded ways to the vault that did not open, with what to do: shown beside whatever a command says.
    fn vault_skipped(&self) -> Vec<String> {
        Vec::new()
    }
    /// Ends once the vault is open: at once, unless the home was opened for a console that unlocks it.
    fn unlocked(&self) -> crate::transport::Fut<'_, ()> {
        Box::pin(async {})
    }
    /// The vault itself, for `vault status` and `vault rekey`.
    fn vault(&self) -> Option<Arc<crate::vault::Vault<dyn crate::store::Store>>> {
        None
    }
    /// Who holds the engine lock now: process id, when anybody does.
    fn engine_holder(&self) -> Option<String>;
}
