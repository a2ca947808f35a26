//! The control address: ground truth, faults, switches, clock and reset. It is beside the contracts, and no client
//! of a system knows it.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::clock::SandboxClock;
use super::faults::{Fault, Faults, What};
use super::stand_in::StandIn;

/// Makes source documents for `POST /documents`.
pub trait Documents: Send + Sync {
    /// Adds what the body asks for and tells what was added, or says in a sentence why not.
    fn add(&self, body: &Value) -> Result<Value, String>;
}

/// What the control address steers.
pub struct Control {
    stand_ins: Vec<Arc<dyn StandIn>>,
    faults: Faults,
    clock: SandboxClock,
    documents: Option<Arc<dyn Documents>>,
    telling: Mutex<()>,
}

impl Control {
    /// Stand-ins, the fault plan they share, the business clock, and who makes documents, if anybody does.
    pub fn new(
        stand_ins: Vec<Arc<dyn StandIn>>,
        faults: Faults,
        clock: SandboxClock,
        documents: Option<Arc<dyn Documents>>,
    ) -> Self {
        Self { stand_ins, faults, clock, documents, telling: Mutex::new(()) }
    }

    /// The business clock. After a change of it, [`Control::tell_time`].
    pub fn clock(&self) -> &SandboxClock {
        &self.clock
    }

    /// Tells all stand-ins the business time now.
    pub fn tell_time(&self) -> Timestamp {
        let _one_at_a_time = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        self.stand_ins.iter().for_each(|one| one.set_clock(now));
        now
    }

    /// Moves the business clock.
    pub fn set_clock(&self, now: Timestamp) {
        self.clock.set(now);
        self.tell_time();
    }

    /// Everything back to the seed: stand-ins, faults, clock.
    pub fn reset(&self) -> Timestamp {
        self.faults.clear();
        self.clock.reset();
        self.stand_ins.iter().for_each(|one| one.reset());
        self.tell_time()
    }

    /// The fault plan.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    fn stand_in(&self, name: &str) -> Result<&Arc<dyn StandIn>, Refusal> {
        self.stand_ins
            .iter()
            .find(|one| one.name() == name)
            .ok_or_else(|| Refusal(StatusCode::NOT_FOUND, format!("there is no stand-in {name}")))
    }
}

struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

type Answer = Result<Json<Value>, Refusal>;

fn bad(sentence: impl Into<String>) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, sentence.into())
}

fn read<T: for<'de> Deserialize<'de>>(body: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| bad(format!("the body cannot be read: {error}")))
}

/// The control address as a router.
pub fn router(control: Arc<Control>) -> Router {
    Router::new()
        .route("/truth/{name}", get(truth))
        .route("/faults", get(list_faults).post(arm_fault))
        .route("/switches/{name}", post(switch))
        .route("/clock", post(set_clock))
        .route("/reset", post(reset))
        .route("/documents", post(add_documents))
        .route("/events", post(send_events))
        .route("/certificates", get(certificates))
        .with_state(control)
}

async fn truth(State(control): State<Arc<Control>>, Path(name): Path<String>) -> Answer {
    let one = control.stand_in(&name)?;
    let mut calls = one.calls();
    // the sum over the API is not a kind: each request counts once here
    calls.remove("api");
    let mut truth = json!({"records": one.records(), "calls": calls});
    match one.more_records() {
        Value::Null => {}
        more => truth["more"] = more,
    }
    Ok(Json(truth))
}

async fn list_faults(State(control): State<Arc<Control>>) -> Json<Value> {
    let operations: Map<String, Value> =
        control.stand_ins.iter().map(|one| (one.name().to_owned(), json!(one.operations()))).collect();
    Json(json!({
        "operations": operations,
        "what": What::ALL.map(What::word),
        "armed": control.faults.list(),
        "fired": control.faults.fired(),
    }))
}

async fn arm_fault(State(control): State<Arc<Control>>, body: Bytes) -> Answer {
    let fault: Fault = read(&body)?;
    let one = control.stand_in(&fault.system)?;
    if fault.operation != "*" && !one.operations().contains(&fault.operation.as_str()) {
        return Err(bad(format!("{} has no operation {}", fault.system, fault.operation)));
    }
    let events = matches!(fault.what, What::DuplicateEvent | What::LoseEvent);
    if events && !one.operations().contains(&"deliver") {
        return Err(Refusal(StatusCode::NOT_IMPLEMENTED, NO_EVENTS.to_owned()));
    }
    control.faults.arm(fault).map_err(bad)?;
    Ok(Json(json!({"armed": control.faults.list().len()})))
}

async fn switch(State(control): State<Arc<Control>>, Path(name): Path<String>, body: Bytes) -> Answer {
    let one = control.stand_in(&name)?;
    let switches: Map<String, Value> = read(&body)?;
    for (switch, value) in &switches {
        one.switch(switch, value).map_err(bad)?;
    }
    Ok(Json(json!({"set": switches.len()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    now: Option<Timestamp>,
    advance_seconds: Option<i64>,
}

async fn set_clock(State(control): State<Arc<Control>>, body: Bytes) -> Answer {
    match read(&body)? {
        Move { now: Some(now), advance_seconds: None } => control.clock.set(now),
        Move { now: None, advance_seconds: Some(seconds) } => {
            control.clock.advance(seconds).map_err(bad)?;
        }
        _ => return Err(bad("say either now or advance_seconds")),
    }
    Ok(Json(json!({"now": control.tell_time().to_string()})))
}

async fn reset(State(control): State<Arc<Control>>) -> Json<Value> {
    Json(json!({"now": control.reset().to_string()}))
}

async fn add_documents(State(control): State<Arc<Control>>, body: Bytes) -> Answer {
    let documents = control.documents.as_ref().ok_or_else(|| {
        Refusal(StatusCode::NOT_IMPLEMENTED, "these stand-ins have no source that makes documents".to_owned())
    })?;
    let body: Value = read(&body)?;
    documents.add(&body).map(Json).map_err(bad)
}

const NO_EVENTS: &str = "no stand-in sends events yet";

/// Delivers events of the system that the body names; of Concur when it names none.
async fn send_events(State(control): State<Arc<Control>>, body: Bytes) -> Answer {
    let mut order: Map<String, Value> = read(&body)?;
    let named = match order.remove("system") {
        Some(Value::String(name)) => Some(name),
        None => None,
        Some(_) => return Err(bad("system is a text")),
    };
    let name = named.as_deref().unwrap_or("concur");
    let one = match control.stand_in(name) {
        Ok(one) => one,
        Err(refusal) if named.is_some() => return Err(refusal),
        Err(_) => return Err(Refusal(StatusCode::NOT_IMPLEMENTED, NO_EVENTS.to_owned())),
    };
    one.send_events(Value::Object(order)).await.map(Json).map_err(bad)
}

/// The certificates of every system that has some, by its name.
async fn certificates(State(control): State<Arc<Control>>) -> Json<Value> {
    let found: Map<String, Value> = control
        .stand_ins
        .iter()
        .filter_map(|one| Some((one.name().to_owned(), one.certificates().ok()?)))
        .collect();
    Json(Value::Object(found))
}

#[cfg(test)]
#[path = "control_tests.rs"]
mod tests;
