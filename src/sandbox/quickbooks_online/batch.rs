//! Batches of up to thirty items (contract section 3.3) and their memory by `requestid` and `bId` (section 4.2).

use axum::http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::api::Answer;
use super::fault::ApiFault;
use super::kind::Kind;
use super::query;
use super::server::Call;
use super::state::State;
use super::switches::ThrottleForm;
use super::wire::Object;
use super::write;

const MOST: usize = 30;

/// Whether a batch holds anything but queries. One that cannot be read counts as writing.
pub fn has_writes(body: &[u8]) -> bool {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return true };
    let items = body.get("BatchItemRequest").and_then(Value::as_array);
    items.is_none_or(|items| items.iter().any(|item| item.get("Query").is_none()))
}

/// Runs all items, each for itself.
pub fn run(state: &mut State, call: &Call, lag: SignedDuration) -> Answer {
    let body: Value = serde_json::from_slice(&call.body)
        .map_err(|error| ApiFault::of("2000", format!("Invalid object : {error}"), ""))?;
    if let Some(unknown) =
        body.as_object().and_then(|body| body.keys().find(|key| *key != "BatchItemRequest"))
    {
        return Err(ApiFault::unsupported(unknown));
    }
    let items = body
        .get("BatchItemRequest")
        .and_then(Value::as_array)
        .filter(|items| !items.is_empty())
        .ok_or_else(|| ApiFault::missing("BatchItemRequest"))?;
    if items.len() > MOST {
        let detail = format!("Maximum batch size is {MOST}, {} items were supplied", items.len());
        return Err(ApiFault::of("1040", detail, ""));
    }
    let requestid = call.param("requestid").filter(|id| !id.is_empty());
    let answers: Vec<Value> = items.iter().map(|item| answer(state, item, requestid, lag)).collect();
    Ok(json!({"BatchItemResponse": answers}))
}

fn answer(state: &mut State, item: &Value, requestid: Option<&str>, lag: SignedDuration) -> Value {
    let bid = item.get("bId").and_then(Value::as_str).unwrap_or_default();
    let mut answer = match handle(state, item, bid, requestid, lag) {
        Ok(answer) => answer,
        Err(fault) => Map::from_iter([("Fault".to_owned(), fault.value())]),
    };
    answer.insert("bId".to_owned(), json!(bid));
    Value::Object(answer)
}

fn handle(
    state: &mut State,
    item: &Value,
    bid: &str,
    requestid: Option<&str>,
    lag: SignedDuration,
) -> Result<Object, ApiFault> {
    let item = item.as_object().ok_or_else(|| ApiFault::of("2000", "Invalid object : not an object", ""))?;
    if bid.is_empty() {
        return Err(ApiFault::missing("bId"));
    }
    if let Some(throttle) = state.switches.throttle
        && throttle.form == ThrottleForm::Items
        && state.above_limit(throttle.per_minute)
    {
        return Err(ApiFault::throttled(StatusCode::TOO_MANY_REQUESTS));
    }
    if let Some(statement) = item.get("Query").and_then(Value::as_str) {
        let rows = query::run(state, statement, lag)?;
        return Ok(Map::from_iter([("QueryResponse".to_owned(), rows)]));
    }
    let key = match requestid {
        Some(id) if !state.switches.requestid_whole_call => {
            if bid.chars().count() > 10 {
                return Err(ApiFault::of(
                    "2130",
                    format!("Invalid Request Id : bId {bid} is too long"),
                    "bId",
                ));
            }
            Some(format!("{id}|{bid}"))
        }
        _ => None,
    };
    if let Some(key) = &key
        && let Some((_, Value::Object(kept))) =
            state.memory.recall(key, state.now, state.switches.requestid_memory)
    {
        return Ok(kept);
    }
    let done = apply(state, item);
    let keep = match &done {
        Ok(Value::Object(answer)) => Some(answer.clone()),
        Err(fault) if state.switches.requestid_keeps_errors => {
            Some(Map::from_iter([("Fault".to_owned(), fault.value())]))
        }
        _ => None,
    };
    if let (Some(key), Some(keep)) = (key, keep) {
        let now = state.now;
        state.memory.keep(key, now, StatusCode::OK, Value::Object(keep));
    }
    match done? {
        Value::Object(answer) => Ok(answer),
        other => Ok(Map::from_iter([("Value".to_owned(), other)])),
    }
}

fn apply(state: &mut State, item: &Object) -> Answer {
    let mut entity = None;
    for (key, value) in item {
        match key.as_str() {
            "bId" | "operation" | "optionsData" => {}
            name => match (Kind::parse(name), value.as_object()) {
                (Some(kind), Some(body)) if entity.is_none() => entity = Some((kind, body)),
                _ => return Err(ApiFault::unsupported(name)),
            },
        }
    }
    let (kind, body) =
        entity.ok_or_else(|| ApiFault::of("2000", "Invalid object : the item has no entity", ""))?;
    if !kind.is_writable() {
        return Err(ApiFault::of("500", "Operation is not supported.", ""));
    }
    let operation = item.get("operation").and_then(Value::as_str).unwrap_or_default();
    match operation.to_lowercase().as_str() {
        "create" => write::create(state, kind, body),
        "update" => write::update(state, kind, body),
        "delete" => write::delete(state, kind, body),
        "void" => write::void(state, kind, body),
        "" => Err(ApiFault::missing("operation")),
        _ => Err(ApiFault::of("500", format!("Operation {operation} is not supported."), "")),
    }
}
