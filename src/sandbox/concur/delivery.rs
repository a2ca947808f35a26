//! Delivers events (contract section 7.3): HTTPS with a client certificate, in order for each subscription, again
//! after 5xx, 401, 403, 429 and broken connections, never after another 4xx, for at most 72 hours.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Certificate, Client, Identity};
use serde_json::{Value, json};

use super::{Shared, What, When};

/// How long an endpoint may take to answer.
const TIMEOUT: Duration = Duration::from_mins(1);
/// How long an event is kept.
const RETENTION_HOURS: i64 = 72;
/// Wait before the second attempt, in seconds; it doubles up to [`LONGEST_WAIT`]. The contract tells no schedule.
const FIRST_WAIT: i64 = 5;
const LONGEST_WAIT: i64 = 600;

/// What became of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attempt {
    /// The status of the answer, when one came.
    pub(super) status: Option<u16>,
    /// What broke, when none came.
    pub(super) error: Option<String>,
    /// It was not sent, and will not be.
    given_up: bool,
}

impl Attempt {
    /// `delivered`, `retry` or `dropped`.
    pub(super) fn outcome(&self) -> &'static str {
        match self.status {
            _ if self.given_up => "dropped",
            Some(200..=299) => "delivered",
            None | Some(401 | 403 | 429 | 500..=599) => "retry",
            Some(_) => "dropped",
        }
    }

    fn broken(error: impl std::fmt::Display) -> Self {
        Self { status: None, error: Some(error.to_string()), given_up: false }
    }

    fn given_up(reason: &str) -> Self {
        Self { status: None, error: Some(reason.to_owned()), given_up: true }
    }
}

/// An HTTPS client that trusts the test authority (and `ca`, PEM) and shows a client certificate, or `none`.
pub(super) fn client(
    shared: &Shared,
    certificate: &str,
    ca: Option<&str>,
    timeout: Duration,
) -> Result<Client, String> {
    let pki = shared.pki()?;
    let read = |pem: &str| Certificate::from_pem_bundle(pem.as_bytes()).map_err(|e| chain(&e));
    let mut trusted = read(&pki.ca)?;
    if let Some(ca) = ca {
        trusted.extend(read(ca)?);
    }
    let mut builder = Client::builder()
        .tls_certs_only(trusted)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(timeout);
    if certificate != "none" {
        let pair = pki.client(certificate).ok_or_else(|| format!("there is no certificate {certificate}"))?;
        let both = format!("{}{}", pair.certificate, pair.key);
        builder = builder.identity(Identity::from_pem(both.as_bytes()).map_err(|e| chain(&e))?);
    }
    builder.build().map_err(|e| chain(&e))
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}

/// Sends one event.
pub(super) async fn send(client: &Client, url: &str, event: &Value) -> Attempt {
    let correlation = event["correlationId"].as_str().unwrap_or_default();
    let sent = client
        .post(url)
        .header("content-type", "application/json")
        .header("Concur-Correlationid", correlation)
        .body(event.to_string())
        .send()
        .await;
    match sent {
        Ok(answer) => Attempt { status: Some(answer.status().as_u16()), error: None, given_up: false },
        Err(error) => Attempt::broken(chain(&error)),
    }
}

/// Delivers whatever is due, for as long as it is polled. It wakes when an event came or the clock moved.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut running = FuturesUnordered::new();
    loop {
        for id in idle(&shared) {
            running.push(drain(Arc::clone(&shared), id));
        }
        tokio::select! {
            () = shared.wake.notified() => {}
            Some(()) = running.next(), if !running.is_empty() => {}
        }
    }
}

/// Delivers what is due now, once, and returns when nothing is.
pub(super) async fn pass(shared: &Arc<Shared>) {
    let mut running: FuturesUnordered<_> =
        idle(shared).into_iter().map(|id| drain(Arc::clone(shared), id)).collect();
    while running.next().await.is_some() {}
}

/// Subscriptions whose first event is due and is not being sent; they count as sending from here on.
fn idle(shared: &Shared) -> Vec<String> {
    let mut state = shared.state();
    let now = state.now;
    state
        .events
        .subscriptions
        .iter_mut()
        .filter(|one| !one.sending && one.waiting.front().is_some_and(|first| first.due <= now))
        .map(|one| {
            one.sending = true;
            one.id.clone()
        })
        .collect()
}

/// Sends the waiting events of one subscription in order, until one has to wait.
async fn drain(shared: Arc<Shared>, id: String) {
    let certificate = shared.state().switches.event_certificate.clone();
    let client = client(&shared, &certificate, None, TIMEOUT);
    while let Some((url, event, made)) = first(&shared, &id) {
        let too_old = {
            let now = shared.state().now;
            now.duration_since(made) > SignedDuration::from_hours(RETENTION_HOURS)
        };
        if too_old || shared.gate.strikes("deliver", What::LoseEvent, When::Before) {
            let reason = if too_old { "older than 72 hours" } else { "lost by the fault plan" };
            let attempt = Attempt::given_up(reason);
            settle(&shared, &id, &event, &attempt);
            continue;
        }
        let twice = shared.gate.strikes("deliver", What::DuplicateEvent, When::Before);
        let attempt = match &client {
            Err(error) => Attempt::broken(error),
            Ok(client) => {
                let first = send(client, &url, &event).await;
                if twice { send(client, &url, &event).await } else { first }
            }
        };
        settle(&shared, &id, &event, &attempt);
    }
}

/// Address, first event and its age of a subscription, when it is due. Else the subscription is idle again.
fn first(shared: &Shared, id: &str) -> Option<(String, Value, Timestamp)> {
    let mut state = shared.state();
    let now = state.now;
    let subscription = state.events.find(id)?;
    let found = subscription.waiting.front().filter(|first| first.due <= now);
    let found = found.map(|one| (subscription.endpoint.clone(), one.event.clone(), one.made));
    if found.is_none() {
        subscription.sending = false;
    }
    found
}

/// Notes an attempt: the event is done, dropped, or waits for the next attempt before all that follow it.
fn settle(shared: &Shared, id: &str, event: &Value, attempt: &Attempt) {
    let mut state = shared.state();
    let now = state.now;
    state.events.remember(json!({
        "subscription": id, "event": event["id"], "eventType": event["eventType"], "at": now.to_string(),
        "status": attempt.status, "error": attempt.error, "outcome": attempt.outcome(),
    }));
    let Some(subscription) = state.events.find(id) else { return };
    let same = subscription.waiting.front().is_some_and(|first| first.event["id"] == event["id"]);
    if !same {
        return;
    }
    if attempt.outcome() != "retry" {
        subscription.waiting.pop_front();
    } else if let Some(first) = subscription.waiting.front_mut() {
        first.attempts += 1;
        let wait = FIRST_WAIT.checked_shl(first.attempts - 1).unwrap_or(LONGEST_WAIT).clamp(1, LONGEST_WAIT);
        first.due = now.checked_add(SignedDuration::from_secs(wait)).unwrap_or(Timestamp::MAX);
    }
}
