//! The stand-in of SAP Concur: sign-in, financial documents with their status machine, reports, people, lists and
//! suppliers, as the public contract describes them (its section 11 says what a simulator must do).
//!
//! It holds the documents of a [`Firm`], which reach the list of ready documents as its clock passes, and the ground
//! truth of what was acknowledged and confirmed.

mod acknowledge;
mod call;
mod confirm;
mod fis;
mod http;
mod identity;
mod lists;
mod record;
mod reports;
mod state;
mod switches;
mod token;
mod vendors;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::response::Response;
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::Value;

use super::firm::Firm;
use super::stand_in::StandIn;
use state::State;

/// Called around each operation, so that faults can be armed from outside.
pub trait FaultGate: Send + Sync {
    /// Runs an operation, or does not, or spoils its answer. `operation` is one of [`StandIn::operations`]; `run`
    /// takes effect only when it is awaited.
    fn around<'a>(&'a self, operation: &'static str, run: BoxFuture<'a, Response>)
    -> BoxFuture<'a, Response>;
}

/// Lets every operation through.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFaults;

impl FaultGate for NoFaults {
    fn around<'a>(
        &'a self,
        _operation: &'static str,
        run: BoxFuture<'a, Response>,
    ) -> BoxFuture<'a, Response> {
        run
    }
}

/// Names of the operations, as counted and as a fault may name them.
const OPERATIONS: &[&str] = &[
    "token",
    "disconnect",
    "list",
    "acknowledge",
    "confirm",
    "reports",
    "report",
    "users",
    "lists",
    "list_items",
    "vendors",
];

/// The stand-in of SAP Concur for one company.
pub struct Concur {
    shared: Arc<Shared>,
}

/// What the handlers of all data centres share.
struct Shared {
    firm: Firm,
    started: Timestamp,
    gate: Arc<dyn FaultGate>,
    state: Mutex<State>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Concur {
    /// A company whose clock stands at `now`: what arrives by then is there.
    #[must_use]
    pub fn new(firm: Firm, gate: Arc<dyn FaultGate>, now: Timestamp) -> Arc<Self> {
        let state = Mutex::new(State::new(&firm, now));
        Arc::new(Self { shared: Arc::new(Shared { firm, started: now, gate, state }) })
    }

    /// Makes source documents, ready at once. Either `{"documents": n, "seed": s}` for plain expense reports, or one
    /// document given in full: `{"docType": "expense", "document": {…}}`, with `"id"` if its FIS id matters.
    ///
    /// Answers `{"documents": [{"id", "docType", "businessId", "number"}]}`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the body.
    pub fn add_documents(&self, body: &Value) -> Result<Value, String> {
        self.shared.state().add_documents(body)
    }
}

impl StandIn for Concur {
    fn name(&self) -> &'static str {
        "concur"
    }

    /// The company's first data centre, and a second one to which it can be moved.
    fn routers(&self) -> Vec<(String, Router)> {
        vec![
            ("base".to_owned(), http::router(&self.shared, 0)),
            ("eu".to_owned(), http::router(&self.shared, 1)),
        ]
    }

    fn bound(&self, urls: &[String]) -> Value {
        self.shared.state().bind(urls)
    }

    fn records(&self) -> Vec<Value> {
        self.shared.state().records.iter().map(record::Record::truth).collect()
    }

    fn calls(&self) -> BTreeMap<String, u64> {
        self.shared.state().calls.clone()
    }

    fn operations(&self) -> &'static [&'static str] {
        OPERATIONS
    }

    fn switch(&self, name: &str, value: &Value) -> Result<(), String> {
        switches::switch(&mut self.shared.state(), name, value)
    }

    fn set_clock(&self, now: Timestamp) {
        self.shared.state().set_clock(now);
    }

    fn reset(&self) {
        let mut state = self.shared.state();
        let urls = std::mem::take(&mut state.urls);
        *state = State::new(&self.shared.firm, self.shared.started);
        state.urls = urls;
    }
}

#[cfg(test)]
mod tests;
