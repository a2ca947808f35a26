//! The routes of one data centre, and what surrounds every operation: counting, faults, who may call.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawPathParams, Request};
use axum::http::header;
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, post};

use super::call::{Call, ErrorForm, Reply, decode_form, write};
use super::state::State;
use super::token::{Holder, PATH};
use super::{Shared, acknowledge, confirm, fis, identity, lists, reports, token, vendors};

/// Longest request body, in bytes.
const LONGEST_BODY: usize = 16 * 1024 * 1024;

/// One operation of an API.
#[derive(Clone, Copy)]
struct Operation {
    name: &'static str,
    errors: ErrorForm,
    /// Whose tokens may call it; `None` for the token endpoint.
    holders: Option<&'static [Holder]>,
    handler: fn(&mut State, &Call) -> Result<Reply, Reply>,
}

const COMPANY: Option<&[Holder]> = Some(&[Holder::Company]);
const PERSON: Option<&[Holder]> = Some(&[Holder::Company, Holder::User]);

const FIS: &str = "/financialintegration/fi/v4/companies/transactiontypes/{docType}/transactions";

/// The router of a data centre: 0 is the first one, 1 the one to which the company can be moved.
pub(super) fn router(shared: &Arc<Shared>, center: usize) -> Router {
    let fis = |name, handler| Operation { name, errors: ErrorForm::Message, holders: COMPANY, handler };
    let legacy = |name, handler| Operation { name, errors: ErrorForm::Legacy, holders: PERSON, handler };
    let people = |handler| Operation { name: "users", errors: ErrorForm::Scim, holders: COMPANY, handler };
    let list = |name, handler| Operation { name, errors: ErrorForm::Lists, holders: PERSON, handler };
    let token = Operation { name: "token", errors: ErrorForm::Message, holders: None, handler: token::token };
    let disconnect = Operation {
        name: "disconnect",
        errors: ErrorForm::Message,
        holders: PERSON,
        handler: token::disconnect,
    };
    let on = |operation: Operation, method: Method| serve(shared, center, operation, method);
    let users = "/profile/identity/{version}/Users";
    Router::new()
        .route(PATH, on(token, Method::Post))
        .route("/app-mgmt/v0/connections", on(disconnect, Method::Delete))
        .route(FIS, on(fis("list", fis::list), Method::Get))
        .route(
            &format!("{FIS}/acknowledgements"),
            on(fis("acknowledge", acknowledge::acknowledge), Method::Post),
        )
        .route(&format!("{FIS}/postingconfirmations"), on(fis("confirm", confirm::confirm), Method::Post))
        .route("/api/v3.0/expense/reports", on(legacy("reports", reports::list), Method::Get))
        .route("/api/v3.0/expense/reports/{id}", on(legacy("report", reports::single), Method::Get))
        .route("/api/v3.1/invoice/vendors", on(legacy("vendors", vendors::list), Method::Get))
        .route(users, on(people(identity::users), Method::Get))
        .route(&format!("{users}/.search"), on(people(identity::search), Method::Post))
        .route(&format!("{users}/{{id}}"), on(people(identity::user), Method::Get))
        .route("/list/v4/lists", on(list("lists", lists::lists), Method::Get))
        .route("/list/v4/lists/{list}/children", on(list("list_items", lists::children), Method::Get))
        .route(
            "/list/v4/lists/{list}/items/{item}/children",
            on(list("list_items", lists::children_of_item), Method::Get),
        )
        .route("/list/v4/items/{item}", on(list("list_items", lists::item), Method::Get))
        .route("/list/v4/items/{item}/children", on(list("list_items", lists::children_of_item), Method::Get))
}

#[derive(Clone, Copy)]
enum Method {
    Get,
    Post,
    Delete,
}

fn serve(shared: &Arc<Shared>, center: usize, operation: Operation, method: Method) -> MethodRouter {
    let shared = Arc::clone(shared);
    let handler = move |params: RawPathParams, request: Request| {
        let shared = Arc::clone(&shared);
        let path = params.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        async move { answer(shared, center, operation, path, request).await }
    };
    match method {
        Method::Get => get(handler),
        Method::Post => post(handler),
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
    let inner = Arc::clone(&shared);
    let run = Box::pin(async move { perform(&inner, center, operation, path, request).await });
    shared.gate.around(operation.name, run).await
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
            token::admit(&state, &call, operation.holders)
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
