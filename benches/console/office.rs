//! An office over a store alone: the console reads through it, and nothing can be decided.

use std::sync::Arc;

use jiff::Timestamp;
use tieout::engine::*;
use tieout::model::finding::Mend;
use tieout::model::ids::{BookId, DocumentId};
use tieout::model::people::Actor;
use tieout::model::rule::Rule;
use tieout::model::state::State;
use tieout::store::*;
use tieout::transport::Fut;
use tokio::sync::{broadcast, watch};

/// A store to look at.
pub struct Reading {
    store: Arc<dyn Store>,
    events: broadcast::Sender<Event>,
    progress: watch::Sender<Progress>,
    changed: watch::Sender<u64>,
}

impl Reading {
    /// Over a store.
    pub fn of(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            events: broadcast::Sender::new(1),
            progress: watch::Sender::default(),
            changed: watch::Sender::default(),
        }
    }
}

fn no<'a, T: Send + 'a>() -> Fut<'a, Result<T, EngineError>> {
    Box::pin(async { Err(EngineError::Refused("a benchmark decides nothing".into())) })
}

impl Office for Reading {
    fn store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
    fn actor(&self) -> Actor {
        Actor { name: "Theo Okonkwo".into(), employee: None, via: "benchmark".into(), single_person: true }
    }
    fn approve(
        &self,
        _: Vec<ApproveOne>,
    ) -> Fut<'_, Result<Vec<(DocumentId, Result<(), StoreError>)>, EngineError>> {
        no()
    }
    fn act(&self, _: DocumentId, _: u64, _: Act) -> Fut<'_, Result<State, EngineError>> {
        no()
    }
    fn set_rule(&self, _: BookId, _: Rule) -> Fut<'_, Result<Freed, EngineError>> {
        no()
    }
    fn candidates(&self, _: BookId, _: Mend, _: String) -> Fut<'_, Result<Vec<Candidate>, EngineError>> {
        no()
    }
    fn preview(&self, _: Vec<DocumentId>) -> Fut<'_, Result<BatchPreview, EngineError>> {
        no()
    }
    fn adopt(&self, _: DocumentId, _: String) -> Fut<'_, Result<State, EngineError>> {
        no()
    }
    fn request_text(&self, _: DocumentId) -> Fut<'_, Result<String, EngineError>> {
        no()
    }
    fn replay(&self, _: DocumentId, _: bool) -> Fut<'_, Result<String, EngineError>> {
        no()
    }
    fn ask(&self, _: Ask) -> Fut<'_, Result<String, EngineError>> {
        no()
    }
    fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
    fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }
    fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
    fn environment(&self) -> String {
        "SANDBOX".into()
    }
}
