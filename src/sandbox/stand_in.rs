//! What the control address asks of each stand-in.

use axum::Router;
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::Value;

/// One system's stand-in: its routers, its ground truth and its switches.
///
/// Implementations keep their state behind their own lock; a handler holds it only for the time of one request.
pub trait StandIn: Send + Sync {
    /// The system's name with underscores, as in `GET /truth/NAME`.
    fn name(&self) -> &'static str;

    /// One router for each port the system needs: `("base", …)` first, then for instance one per data centre.
    /// The same router serves the sockets and, in simulation, direct calls.
    fn routers(&self) -> Vec<(String, Router)>;

    /// Tells the stand-in the addresses that its routers got, in the order of [`StandIn::routers`], and returns what a
    /// client needs to sign in: `base_url`, `token_url`, ids and secrets of the made-up company.
    fn bound(&self, urls: &[String]) -> Value;

    /// Every record held now, as the system would answer it, without history.
    fn records(&self) -> Vec<Value>;

    /// Counts of calls by kind since the start or the last reset. API requests count under `api` as well as under
    /// their kind; token calls count under `token` alone.
    fn calls(&self) -> std::collections::BTreeMap<String, u64>;

    /// Names that a fault's `operation` may take.
    fn operations(&self) -> &'static [&'static str];

    /// Sets a switch of the contract's simulator section. An unknown switch or value is an error sentence.
    fn switch(&self, name: &str, value: &Value) -> Result<(), String>;

    /// Moves the stand-in's clock.
    fn set_clock(&self, now: Timestamp);

    /// Back to the seed.
    fn reset(&self);

    /// What the system holds beside [`StandIn::records`]; null when there is nothing.
    fn more_records(&self) -> Value {
        Value::Null
    }

    /// The certificates of the test PKI behind the system's events, PEM. A system without one says so.
    fn certificates(&self) -> Result<Value, String> {
        Err(format!("the stand-in {} has no certificates", self.name()))
    }

    /// Delivers events now, as `POST /events` asks, and tells what became of each. A system without events says so.
    fn send_events(&self, _body: Value) -> BoxFuture<'_, Result<Value, String>> {
        let sentence = format!("the stand-in {} sends no events", self.name());
        Box::pin(async move { Err(sentence) })
    }
}
