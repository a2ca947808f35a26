//! `POST /events` of the control address: delivers events now, to the subscriptions or to an address given.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::delivery::{client, send};
use super::{Shared, events};

/// Most deliveries that one call makes.
const MOST: usize = 1_000;

/// The body of the call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    /// FIS id or number of a document, or its id in the firm's table.
    document: Option<String>,
    /// Several of them.
    #[serde(default)]
    documents: Vec<String>,
    /// An event given in full.
    event: Option<Value>,
    /// Several of them.
    #[serde(default)]
    events: Vec<Value>,
    /// `statusChanged`, `reportCreated`, `reportUpdated`, `reportDeleted`; else ready for integration.
    event_type: Option<String>,
    /// How often each is sent.
    #[serde(default = "once")]
    times: usize,
    /// `given` or `reverse`.
    order: Option<String>,
    /// Where to, instead of to the subscriptions.
    url: Option<String>,
    /// A further authority that the receiver's certificate may come from, PEM.
    ca: Option<String>,
    /// Client certificate: a name of `GET /certificates`, or `none`.
    certificate: Option<String>,
    /// How long the receiver may take.
    timeout_ms: Option<u64>,
}

const fn once() -> usize {
    1
}

/// Does what the body asks for and tells each delivery.
pub(super) async fn deliver(shared: Arc<Shared>, body: Value) -> Result<Value, String> {
    let order: Order = serde_json::from_value(body).map_err(|error| format!("the body is wrong: {error}"))?;
    let planned = plan(&shared, &order)?;
    let certificate = order.certificate.as_deref().unwrap_or("good");
    let timeout = Duration::from_millis(order.timeout_ms.unwrap_or(60_000).max(1));
    let client = client(&shared, certificate, order.ca.as_deref(), timeout)?;
    let mut told = Vec::new();
    for (subscription, url, event) in planned {
        let attempt = send(&client, &url, &event).await;
        told.push(json!({
            "event": event["id"], "eventType": event["eventType"], "url": url, "subscription": subscription,
            "certificate": certificate, "status": attempt.status, "error": attempt.error,
            "outcome": attempt.outcome(),
        }));
    }
    Ok(json!({ "deliveries": told }))
}

/// Subscription, address and event of each delivery, in order.
fn plan(shared: &Shared, order: &Order) -> Result<Vec<(Option<String>, String, Value)>, String> {
    if !(1..=MOST).contains(&order.times) {
        return Err(format!("times is a number from 1 to {MOST}"));
    }
    let mut state = shared.state();
    let mut wanted: Vec<Value> = order.event.iter().chain(&order.events).cloned().collect();
    for name in order.document.iter().chain(&order.documents) {
        let index = state.named(name).ok_or_else(|| format!("no document `{name}` has arrived"))?;
        let made = match order.event_type.as_deref() {
            None => events::ready_event(&mut state, index),
            Some(kind) if kind.ends_with(".readyForIntegration") => events::ready_event(&mut state, index),
            Some(kind @ ("statusChanged" | "reportCreated" | "reportUpdated" | "reportDeleted")) => {
                events::report_event(&mut state, index, kind)
            }
            Some(other) => return Err(format!("event_type `{other}` is unknown")),
        };
        wanted.push(made.ok_or_else(|| format!("`{name}` has no such event"))?);
    }
    if wanted.is_empty() {
        return Err("name a document, or give an event".to_owned());
    }
    match order.order.as_deref() {
        None | Some("given") => {}
        Some("reverse") => wanted.reverse(),
        Some(_) => return Err("order is `given` or `reverse`".to_owned()),
    }
    let mut planned = Vec::new();
    for event in wanted {
        for _ in 0..order.times {
            match &order.url {
                Some(url) => planned.push((None, url.clone(), event.clone())),
                None => planned.extend(
                    state
                        .events
                        .subscriptions
                        .iter()
                        .filter(|one| one.takes(&event))
                        .map(|one| (Some(one.id.clone()), one.endpoint.clone(), event.clone())),
                ),
            }
        }
    }
    if planned.is_empty() {
        return Err("no subscription takes this event; give a url".to_owned());
    }
    if planned.len() > MOST {
        return Err(format!("at most {MOST} deliveries at once"));
    }
    Ok(planned)
}
