//! The stand-in of SAP Concur: sign-in, financial documents with their status machine, reports, people, lists and
//! suppliers, as the public contract describes them (its section 11 says what a simulator must do).
//!
//! It holds the documents of a [`Firm`], which reach the list of ready documents as its clock passes, and the ground
//! truth of what was acknowledged and confirmed.

mod acknowledge;
mod bulk;
mod call;
mod confirm;
mod delivery;
mod digests;
mod events;
mod filter;
mod fis;
mod given;
mod http;
mod identity;
mod images;
mod invoices;
mod list_store;
mod list_write;
mod lists;
mod multipart;
mod odd;
mod on_demand;
mod payments;
mod picture;
mod pki;
mod quick;
mod record;
mod reports;
mod request_rules;
mod requests;
mod routes;
mod secrets;
mod shape;
mod spend;
mod state;
mod subscriptions;
mod switches;
mod token;
mod token_errors;
mod vendor_write;
mod vendors;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::Router;
use axum::response::Response;
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::faults::{What, When};
use super::firm::Firm;
use super::stand_in::StandIn;
use pki::Pki;
use state::State;

/// Called around each operation, so that faults can be armed from outside.
pub trait FaultGate: Send + Sync {
    /// Runs an operation, or does not, or spoils its answer. `operation` is one of [`StandIn::operations`]; `run`
    /// takes effect only when it is awaited.
    fn around<'a>(&'a self, operation: &'static str, run: BoxFuture<'a, Response>)
    -> BoxFuture<'a, Response>;

    /// Whether a fault of this kind, which needs the stand-in's own knowledge, strikes the operation now.
    fn strikes(&self, _operation: &'static str, _what: What, _when: When) -> bool {
        false
    }
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

/// Names of the operations, as counted and as a fault may name them. `deliver` is the delivery of events by the
/// stand-in itself: the faults `lose_event` and `duplicate_event` strike it.
const OPERATIONS: &[&str] = &[
    "token",
    "disconnect",
    "list",
    "acknowledge",
    "confirm",
    "confirm_payment",
    "reports",
    "report",
    "digests",
    "request",
    "request_write",
    "pay_invoices",
    "users",
    "lists",
    "list_items",
    "list_write",
    "list_bulk",
    "vendors",
    "vendor_write",
    "quick_expense",
    "image",
    "image_upload",
    "image_download",
    "topics",
    "subscriptions",
    "subscribe",
    "unsubscribe",
    "deliver",
];

/// Operations that change nothing: a dropped reply waits for one that does.
pub const READS: &[&str] = &[
    "list",
    "reports",
    "report",
    "digests",
    "request",
    "users",
    "lists",
    "list_items",
    "vendors",
    "image",
    "image_download",
    "topics",
    "subscriptions",
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
    /// Woken when an event waits or the clock moved.
    wake: Notify,
    pki: OnceLock<Result<Pki, String>>,
}

impl Shared {
    /// The certificates of the event service, made at the first use.
    fn pki(&self) -> Result<&Pki, String> {
        let made = self.pki.get_or_init(|| Pki::new().map_err(|error| error.to_string()));
        made.as_ref().map_err(Clone::clone)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Concur {
    /// A company whose clock stands at `now`: what arrives by then is there.
    #[must_use]
    pub fn new(firm: Firm, gate: Arc<dyn FaultGate>, now: Timestamp) -> Arc<Self> {
        let state = Mutex::new(State::new(&firm, now));
        let (wake, pki) = (Notify::new(), OnceLock::new());
        Arc::new(Self { shared: Arc::new(Shared { firm, started: now, gate, state, wake, pki }) })
    }

    /// Delivers events as they come, for as long as the future is polled. Without it events wait.
    pub fn deliver_events(&self) -> impl Future<Output = ()> + Send + 'static {
        delivery::run(Arc::clone(&self.shared))
    }

    /// Delivers the events that are due now and returns when none is left to send at once.
    pub async fn deliver_due(&self) {
        delivery::pass(&self.shared).await;
    }

    /// Makes source documents, ready at once. Either `{"documents": n, "seed": s}` for plain expense reports, or one
    /// document given in full: `{"docType": "expense", "document": {…}}`, with `"id"` if its FIS id matters.
    ///
    /// Answers `{"documents": [{"id", "docType", "businessId", "number"}]}`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the body.
    pub fn add_documents(&self, body: &Value) -> Result<Value, String> {
        let added = self.shared.state().add_documents(body);
        self.shared.wake.notify_one();
        added
    }
}

impl StandIn for Concur {
    fn name(&self) -> &'static str {
        "concur"
    }

    /// The company's first data centre, and a second one to which it can be moved.
    fn routers(&self) -> Vec<(String, Router)> {
        vec![
            ("base".to_owned(), routes::router(&self.shared, 0)),
            ("eu".to_owned(), routes::router(&self.shared, 1)),
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
        let done = switches::switch(&mut self.shared.state(), name, value);
        self.shared.wake.notify_one();
        done
    }

    fn set_clock(&self, now: Timestamp) {
        self.shared.state().set_clock(now);
        self.shared.wake.notify_one();
    }

    /// Payment requests, suppliers, lists, quick expenses, uploaded images, payments of invoices, events.
    fn more_records(&self) -> Value {
        let state = self.shared.state();
        let requests: Vec<Value> = state
            .requests
            .all
            .iter()
            .map(|one| {
                json!({
                    "id": one.id, "fields": one.fields, "lines": one.lines, "vendorCode": one.vendor.0,
                    "addressCode": one.vendor.1, "duplicate": one.duplicate,
                })
            })
            .collect();
        let paid: BTreeMap<&String, &Value> =
            state.requests.paid.iter().map(|(id, paid)| (id, &paid.told)).collect();
        let items: Vec<Value> = state
            .lists
            .all
            .iter()
            .flat_map(|list| list.items.iter().map(|item| list_store::written(list, item)))
            .collect();
        json!({
            "paymentRequests": requests, "invoicePayments": paid, "vendors": state.vendors.all,
            "listItems": items, "quickExpenses": state.quick.made, "images": state.images.truth(),
            "events": state.events.truth(),
        })
    }

    fn certificates(&self) -> Result<Value, String> {
        self.shared.pki().map(Pki::json)
    }

    fn send_events(&self, body: Value) -> BoxFuture<'_, Result<Value, String>> {
        Box::pin(on_demand::deliver(Arc::clone(&self.shared), body))
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
