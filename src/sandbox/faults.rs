//! The fault plan that all stand-ins share: what goes wrong, where, how often, and how often it did.
//!
//! A stand-in wraps each operation in [`Faults::apply`], which plays the faults of the wire (dropped or cut answers,
//! resets, delays, statuses). Faults that need the system's own knowledge (tokens, lagging reads, events) are asked
//! for by [`Faults::fires`].

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use futures::{StreamExt, stream};
use serde::Serialize;
use serde_json::Value;

pub use super::fault::{Fault, What, When};

/// A fault of the plan and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Armed {
    /// The fault as it was armed.
    #[serde(flatten)]
    pub fault: Fault,
    /// How often it fired.
    pub fired: u64,
    /// How often it may still fire; absent: without end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<u64>,
}

#[derive(Debug, Default)]
struct Plan {
    armed: Vec<(Armed, fastrand::Rng)>,
    fired: BTreeMap<String, u64>,
}

/// The plan; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    plan: Arc<Mutex<Plan>>,
}

impl Faults {
    /// An empty plan.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fault, or says in a sentence why it makes no sense.
    pub fn arm(&self, mut fault: Fault) -> Result<(), String> {
        fault.check()?;
        if matches!(fault.what, What::DropReply | What::Truncate) {
            fault.when = When::After;
        }
        if fault.what == What::LagReads {
            fault.when = When::Before;
        }
        let left = if fault.rate.is_some() { fault.count } else { Some(fault.count.unwrap_or(1)) };
        let dice = fastrand::Rng::with_seed(fault.seed.unwrap_or(0));
        self.plan().armed.push((Armed { fault, fired: 0, left }, dice));
        Ok(())
    }

    /// Forgets all faults and counts.
    pub fn clear(&self) {
        *self.plan() = Plan::default();
    }

    /// All faults armed since the last [`Faults::clear`], spent ones included.
    pub fn list(&self) -> Vec<Armed> {
        self.plan().armed.iter().map(|(armed, _)| armed.clone()).collect()
    }

    /// How often each kind of fault fired, by `system/operation/what`, the operation being the one it struck.
    pub fn fired(&self) -> BTreeMap<String, u64> {
        self.plan().fired.clone()
    }

    /// The next armed fault of one kind and time that strikes this call, if any; it counts as fired.
    pub fn fires(&self, system: &str, operation: &str, what: What, when: When) -> Option<Fault> {
        self.strike(system, operation, |fault| fault.what == what && fault.when == when)
    }

    /// Plays the faults of the wire around one call. `handle` is the call; it runs unless a fault comes before it.
    pub async fn apply<F>(&self, system: &str, operation: &str, handle: F) -> Response
    where
        F: Future<Output = Response>,
    {
        self.play(system, operation, |_| true, handle).await
    }

    /// [`Faults::apply`] for a call that changes nothing: `drop_reply` waits for the next one that does.
    pub async fn apply_read<F>(&self, system: &str, operation: &str, handle: F) -> Response
    where
        F: Future<Output = Response>,
    {
        self.play(system, operation, |what| what != What::DropReply, handle).await
    }

    async fn play<F>(
        &self,
        system: &str,
        operation: &str,
        concerned: impl Fn(What) -> bool,
        handle: F,
    ) -> Response
    where
        F: Future<Output = Response>,
    {
        self.wait(system, operation, When::Before).await;
        let wanted =
            |fault: &Fault, when| fault.when == when && fault.what.ends_a_call() && concerned(fault.what);
        if let Some(fault) = self.strike(system, operation, |fault| wanted(fault, When::Before)) {
            return match fault.what {
                What::Status => canned(&fault),
                _ => aborted(),
            };
        }
        let response = handle.await;
        self.wait(system, operation, When::After).await;
        match self.strike(system, operation, |fault| wanted(fault, When::After)) {
            None => response,
            Some(fault) => match fault.what {
                What::Status => canned(&fault),
                What::Truncate => truncated(response).await,
                _ => aborted(),
            },
        }
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets every delay that strikes this call pass, one after the other.
    async fn wait(&self, system: &str, operation: &str, when: When) {
        let wanted = |fault: &Fault| fault.what == What::Delay && fault.when == when;
        let delays = self.plan().strike(system, operation, usize::MAX, wanted);
        let total: Duration = delays.iter().filter_map(Fault::delay).sum();
        if !total.is_zero() {
            tokio::time::sleep(total).await;
        }
    }

    fn strike(&self, system: &str, operation: &str, wanted: impl Fn(&Fault) -> bool) -> Option<Fault> {
        self.plan().strike(system, operation, 1, wanted).pop()
    }
}

impl Plan {
    /// The armed faults that strike a call, at most so many, each at most once.
    fn strike(
        &mut self,
        system: &str,
        operation: &str,
        most: usize,
        wanted: impl Fn(&Fault) -> bool,
    ) -> Vec<Fault> {
        let mut struck = Vec::new();
        for (armed, dice) in &mut self.armed {
            let fault = &armed.fault;
            let here = fault.system == system && (fault.operation == "*" || fault.operation == operation);
            if struck.len() == most || !here || armed.left == Some(0) || !wanted(fault) {
                continue;
            }
            if fault.rate.is_some_and(|rate| dice.f64() >= rate) {
                continue;
            }
            armed.fired += 1;
            armed.left = armed.left.map(|left| left - 1);
            *self.fired.entry(format!("{system}/{operation}/{}", fault.what.word())).or_default() += 1;
            struck.push(fault.clone());
        }
        struck
    }
}

/// An answer that never comes: over a socket the connection ends, in a direct call the body is an error.
pub fn aborted() -> Response {
    let body = Body::from_stream(stream::once(async { Err::<Bytes, _>(cut()) }));
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("64"));
    response
}

async fn truncated(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { return aborted() };
    head.headers.remove(TRANSFER_ENCODING);
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len().max(1)));
    let half = bytes.slice(..bytes.len() / 2);
    let rest = stream::once(async {
        tokio::task::yield_now().await;
        Err(cut())
    });
    Response::from_parts(head, Body::from_stream(stream::once(async { Ok(half) }).chain(rest)))
}

fn canned(fault: &Fault) -> Response {
    let (kind, body) = match &fault.body {
        None => ("text/plain", Body::empty()),
        Some(Value::String(text)) => ("text/plain", Body::from(text.clone())),
        Some(json) => ("application/json;charset=UTF-8", Body::from(json.to_string())),
    };
    let mut response = Response::new(body);
    *response.status_mut() = fault
        .status
        .and_then(|status| StatusCode::from_u16(status).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in fault.headers.iter().flatten() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "the connection was cut by the fault plan")
}

#[cfg(test)]
#[path = "faults_tests.rs"]
mod tests;
