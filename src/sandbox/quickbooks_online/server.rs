//! The HTTP face: takes a request apart, plays the fault plan around it, and sends the answer.

use std::sync::Arc;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Query, Request, State as Shared};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use jiff::SignedDuration;
use tokio::runtime::Handle;

use super::super::faults::{What, When, aborted};
use super::memory::Running;
use super::reply::Reply;
use super::{NAME, Realm, api, attachments, batch, oauth};

/// The largest body that is taken.
const MAX_BODY: usize = 104 * 1024 * 1024;

const PLAIN: &str = "text/plain";

/// One request, taken apart.
pub struct Call {
    /// The HTTP method.
    pub method: Method,
    /// The path's parts; only the first ones in lower case.
    pub path: Vec<String>,
    /// URL parameters, decoded.
    pub params: Vec<(String, String)>,
    /// Headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// How far reads lag behind writes in this call.
    pub lag: SignedDuration,
}

impl Call {
    /// A URL parameter by its name in any case.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A part of the path, or an empty text.
    pub fn part(&self, at: usize) -> &str {
        self.path.get(at).map(String::as_str).unwrap_or_default()
    }
}

/// The stand-in as a router.
pub fn router(realm: Arc<Realm>) -> Router {
    Router::new().fallback(handle).with_state(realm)
}

/// Decodes `a=b&c=d`.
pub fn pairs(encoded: &str) -> Vec<(String, String)> {
    format!("/?{encoded}")
        .parse::<Uri>()
        .ok()
        .and_then(|uri| Query::<Vec<(String, String)>>::try_from_uri(&uri).ok())
        .map(|query| query.0)
        .unwrap_or_default()
}

async fn handle(Shared(realm): Shared<Arc<Realm>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let path: Vec<String> =
        head.uri.path().split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let place = path.iter().map(|part| part.to_lowercase()).collect::<Vec<_>>();
    let place = place.iter().map(String::as_str).collect::<Vec<_>>();
    let operation = match place.as_slice() {
        [".well-known", "openid_configuration" | "openid_sandbox_configuration"] => "discovery",
        ["op", "v1", "jwks"] => "jwks",
        ["v1", "openid_connect", "userinfo"] => "userinfo",
        ["connect", "oauth2"] => "authorize",
        ["oauth2", "v1", "tokens", "bearer"] => "token",
        ["v2", "oauth2", "tokens", "revoke"] => "revoke",
        ["files", _] => "files",
        ["v3", "company", _, resource, ..] => api::operation(resource),
        _ => "other",
    };
    {
        let mut state = realm.state();
        if matches!(place.as_slice(), ["v3", ..]) {
            state.count("api");
        }
        state.count(operation);
    }
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        let tid = realm.state().next_tid();
        let reply = Reply::Raw(StatusCode::PAYLOAD_TOO_LARGE, PLAIN, Vec::new());
        return reply.into_response(&[("intuit_tid", tid)]);
    };
    let params = pairs(head.uri.query().unwrap_or_default());
    let lag = token_faults(&realm, operation, When::Before);
    let call = Call { method: head.method, path, params, headers: head.headers, body, lag };
    let work = async move {
        let (running, busy) = begin(&realm, operation, &call).await;
        let handled = async { answer(&realm, operation, &call, busy) };
        let response = if writes(operation, &call) {
            realm.faults.apply(NAME, operation, handled).await
        } else {
            realm.faults.apply_read(NAME, operation, handled).await
        };
        token_faults(&realm, operation, When::After);
        drop(running);
        response
    };
    // A caller that gives up does not stop a call that has arrived.
    match Handle::try_current() {
        Ok(runtime) => runtime.spawn(work).await.unwrap_or_else(|_| aborted()),
        Err(_) => work.await,
    }
}

/// Whether the call can change something. A batch of queries alone cannot.
pub fn writes(operation: &str, call: &Call) -> bool {
    match operation {
        _ if call.method != Method::POST => false,
        "query" => false,
        "batch" => batch::has_writes(&call.body),
        _ => true,
    }
}

/// Notes a call that must not run twice at once. The second part tells that another one with its key runs.
async fn begin(realm: &Realm, operation: &str, call: &Call) -> (Option<Running>, bool) {
    let key = match operation {
        "token" => oauth::refresh_token_of(&call.body).map(|token| format!("refresh {token}")),
        _ if call.method == Method::POST => call.param("requestid").map(|id| format!("request {id}")),
        _ => None,
    };
    let waits = operation != "token" && realm.state().switches.requestid_waits;
    match key {
        None => (None, false),
        Some(key) if waits => (Some(realm.in_flight.wait(&key).await), false),
        Some(key) => {
            let running = realm.in_flight.begin(&key);
            let busy = running.is_none();
            (running, busy)
        }
    }
}

/// Plays the faults that need to know tokens and reads; returns how far this call's reads lag.
fn token_faults(realm: &Realm, operation: &str, when: When) -> SignedDuration {
    let fires = |what| realm.faults.fires(NAME, operation, what, when);
    if fires(What::ExpireToken).is_some() {
        realm.state().access.expire();
    }
    if fires(What::Revoke).is_some() {
        realm.state().access.revoke();
    }
    if fires(What::Rotate).is_some() {
        realm.state().access.rotate_next();
    }
    fires(What::LagReads).map_or(SignedDuration::ZERO, |fault| {
        fault.delay_ms.map_or(SignedDuration::from_secs(5), |ms| {
            SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX))
        })
    })
}

fn answer(realm: &Realm, operation: &str, call: &Call, busy: bool) -> Response {
    let mut state = realm.state();
    let mut headers = vec![("intuit_tid", state.next_tid())];
    let reply = match operation {
        "discovery" => oauth::discovery(&state),
        "jwks" => oauth::jwks(),
        "userinfo" => oauth::user_info(&state, call),
        "files" => attachments::stored(&state, call),
        "authorize" => oauth::authorize(&mut state, call),
        "token" if call.method != Method::POST => {
            Reply::Raw(StatusCode::METHOD_NOT_ALLOWED, PLAIN, Vec::new())
        }
        "token" if busy => oauth::concurrent(&mut state),
        "token" => oauth::token(&mut state, call),
        "revoke" => oauth::revoke(&mut state, call),
        _ if call.part(0).eq_ignore_ascii_case("v3") => api::answer(&mut state, call, busy, &mut headers),
        _ => Reply::Raw(StatusCode::NOT_FOUND, PLAIN, b"Not Found".to_vec()),
    };
    drop(state);
    reply.into_response(&headers)
}
