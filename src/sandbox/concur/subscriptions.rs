//! Subscriptions of the event service (contract section 7.1), by app token.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::events::{INTEGRATION, REPORTS, Subscription};
use super::filter::Filter;
use super::state::State;
use super::token;

/// Most subscriptions of an app.
const MOST: usize = 5;
/// Topics with the scope that each needs.
const TOPICS: [(&str, &str); 4] = [
    (REPORTS, "expense.report.read"),
    (INTEGRATION, "FISVC"),
    ("public.concur.user.profile.identity", "identity.user.core.read"),
    ("public.concur.user.profile.spend", "spend.user.general.read"),
];
const TEST: &str = "public.test";

fn allowed(state: &State, call: &Call) -> Vec<&'static str> {
    let scopes: Vec<&str> = token::scopes(state, call).collect();
    let mut topics: Vec<&str> =
        TOPICS.iter().filter(|(_, scope)| scopes.contains(scope)).map(|(topic, _)| *topic).collect();
    if !topics.is_empty() {
        topics.push(TEST);
    }
    topics
}

/// `GET /events/v4/topics`: those whose scope the app has.
#[expect(clippy::unnecessary_wraps, reason = "every handler has this form")]
pub(super) fn topics(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    Ok(Reply::ok(json!(allowed(state, call))))
}

fn written(state: &State, one: &Subscription) -> Value {
    json!({
        "id": one.id, "filter": one.expression, "topic": one.topic,
        "webHookConfig": { "endpoint": one.endpoint },
        "applicationId": state.ids.uuid("client", "id"), "companyIds": [state.company()], "groups": [],
        "scope": one.scope,
    })
}

/// `GET /events/v4/subscriptions`.
#[expect(clippy::unnecessary_wraps, reason = "every handler has this form")]
pub(super) fn list(state: &mut State, _call: &Call) -> Result<Reply, Reply> {
    let all: Vec<Value> = state.events.subscriptions.iter().map(|one| written(state, one)).collect();
    Ok(Reply::ok(all.into()))
}

fn missing(id: &str) -> Reply {
    Reply::refuse(404, &format!("Subscription '{id}' was not found"))
}

/// `GET /events/v4/subscriptions/{id}`: an array of one, or the object itself by switch.
pub(super) fn single(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let id = call.path("id");
    let found = state.events.subscriptions.iter().find(|one| one.id == id).ok_or_else(|| missing(id))?;
    let one = written(state, found);
    Ok(Reply::ok(if state.switches.subscription_object { one } else { json!([one]) }))
}

/// `DELETE /events/v4/subscriptions/{id}`.
pub(super) fn delete(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let id = call.path("id");
    let place = state.events.subscriptions.iter().position(|one| one.id == id).ok_or_else(|| missing(id))?;
    state.events.subscriptions.remove(place);
    Ok(Reply::ok(json!({ "message": format!("Subscription '{id}' is marked for deletion") })))
}

/// `PUT /events/v4/subscriptions/webhook`: the same id again is a change.
pub(super) fn save(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let body = call.json()?;
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).filter(|t| !t.is_empty());
    let need = |pointer: &str, name: &str| {
        text(pointer).ok_or_else(|| Reply::refuse(400, &format!("{name} is required")))
    };
    let id = need("/id", "id")?;
    if !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-') {
        return Err(Reply::refuse(400, "id has lower-case letters, digits, '.' and '-' only"));
    }
    let topic = need("/topic", "topic")?;
    if !allowed(state, call).contains(&topic) {
        return Err(Reply::refuse(403, &format!("Topic '{topic}' is not allowed for this application")));
    }
    let expression = need("/filter", "filter")?;
    let filter = Filter::parse(expression)
        .ok_or_else(|| Reply::refuse(400, "filter is no regular expression that is understood"))?;
    let endpoint = need("/webHookConfig/endpoint", "webHookConfig.endpoint")?;
    if !endpoint.starts_with("https://") || endpoint.parse::<axum::http::Uri>().is_err() {
        return Err(Reply::refuse(400, "webHookConfig.endpoint must be an https address"));
    }
    let scope = TOPICS.iter().find(|(known, _)| *known == topic).map_or("", |(_, scope)| *scope).to_owned();
    if let Some(known) = state.events.find(id) {
        (known.topic, known.endpoint, known.scope) = (topic.to_owned(), endpoint.to_owned(), scope);
        (known.expression, known.filter) = (expression.to_owned(), filter);
    } else if state.events.subscriptions.len() >= MOST {
        return Err(Reply::refuse(400, "An application has at most 5 subscriptions"));
    } else {
        state.events.subscriptions.push(Subscription {
            id: id.to_owned(),
            expression: expression.to_owned(),
            filter,
            topic: topic.to_owned(),
            endpoint: endpoint.to_owned(),
            scope,
            waiting: VecDeque::new(),
            sending: false,
        });
    }
    Ok(Reply::ok(json!({ "message": format!("Subscription '{id}' saved successfully") })))
}
