//! What surrounds every operation: counting, faults, who may call, and how the answer is written.

use std::sync::Arc;

use axum::extract::{RawPathParams, Request};
use axum::http::header;
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, patch, post, put};

use super::call::{Call, ErrorForm, Reply, decode_form, write};
use super::state::State;
use super::token::{self, Holder};
use super::{Shared, What, When};

/// Longest request body, in bytes.
const LONGEST_BODY: usize = 16 * 1024 * 1024;

/// What does the work of an operation.
pub(super) type Handler = fn(&mut State, &Call) -> Result<Reply, Reply>;

/// One operation of an API.
#[derive(Clone, Copy)]
pub(super) struct Operation {
    pub(super) name: &'static str,
    pub(super) errors: ErrorForm,
    /// Whose tokens may call it; `None` for the token endpoint and for signed addresses.
    pub(super) holders: Option<&'static [Holder]>,
    /// The scope that the token must have.
    pub(super) scope: Option<&'static str>,
    pub(super) handler: Handler,
}

#[derive(Clone, Copy)]
pub(super) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// An operation as the route of one data centre.
pub(super) fn serve(
    shared: &Arc<Shared>,
    center: usize,
    operation: Operation,
    method: Method,
) -> MethodRouter {
    let shared = Arc::clone(shared);
    let handler = move |params: RawPathParams, request: Request| {
        let shared = Arc::clone(&shared);
        let path = params.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        async move { answer(shared, center, operation, path, request).await }
    };
    match method {
        Method::Get => get(handler),
        Method::Post => post(handler),
        Method::Put => put(handler),
        Method::Patch => patch(handler),
        Method::Delete => delete(handler),
    }
}

async fn answer(
    shared: Arc<Shared>,
    center: usize,
    operation: Operation,
    path: Vec<(String, String)>,
    request: Request,
) -> Response {
    {
        let mut state = shared.state();
        if operation.holders.is_some() {
            state.count("api");
        }
        state.count(operation.name);
    }
    spoil(&shared, operation.name, When::Before);
    let inner = Arc::clone(&shared);
    let run = Box::pin(async move { perform(&inner, center, operation, path, request).await });
    let response = shared.gate.around(operation.name, run).await;
    spoil(&shared, operation.name, When::After);
    shared.wake.notify_one();
    response
}

/// Plays the faults that concern tokens.
fn spoil(shared: &Shared, operation: &'static str, when: When) {
    if shared.gate.strikes(operation, What::ExpireToken, when) {
        shared.state().tokens.expire_access();
    }
    if shared.gate.strikes(operation, What::Revoke, when) {
        shared.state().tokens.revoke();
    }
    if shared.gate.strikes(operation, What::Rotate, when) {
        shared.state().tokens.rotate_next = true;
    }
}

async fn perform(
    shared: &Shared,
    center: usize,
    operation: Operation,
    path: Vec<(String, String)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let query = decode_form(parts.uri.query().unwrap_or_default());
    let body = axum::body::to_bytes(body, LONGEST_BODY).await;
    let mut state = shared.state();
    let reply = match (query, body) {
        (Some(query), Ok(body)) => {
            let call = Call { center, path, query, headers: parts.headers.clone(), body: body.to_vec() };
            token::admit(&state, &call, operation.holders, operation.scope)
                .and_then(|()| (operation.handler)(&mut state, &call))
                .unwrap_or_else(|refused| refused)
        }
        (None, _) => Reply::refuse(400, "The query cannot be read."),
        (_, Err(_)) => Reply::refuse(413, "The request body is too long."),
    };
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let correlation = match text("concur-correlationid") {
        Some(sent) => sent.to_owned(),
        None => state.correlation(),
    };
    let accept = text(header::ACCEPT.as_str()).unwrap_or("application/json").to_owned();
    write(reply, operation.errors, &accept, &state.now.to_string(), &correlation)
}
