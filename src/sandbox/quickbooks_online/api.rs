//! The Accounting API: who may call, what is called, and the envelope of the answer (contract sections 1.6, 2, 5, 6).

use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::fault::{ApiFault, unauthorized};
use super::kind::Kind;
use super::reply::Reply;
use super::server::{self, Call};
use super::state::State;
use super::switches::{Corrupt, Fail, ThrottleForm};
use super::wire::{self, Object};
use super::{OPERATIONS, attachments, batch, cdc, general_ledger, query, rates, write};

/// An answer inside of its envelope: status and body without `time`.
pub type Answer = Result<Value, ApiFault>;

/// The kind of call that a resource is counted as.
pub fn operation(resource: &str) -> &'static str {
    OPERATIONS.iter().find(|name| name.eq_ignore_ascii_case(resource)).copied().unwrap_or("other")
}

/// Answers one call to `/v3/…`. Further headers go to `headers`.
pub fn answer(
    state: &mut State,
    call: &Call,
    busy: bool,
    headers: &mut Vec<(&'static str, String)>,
) -> Reply {
    if let Some(refusal) = stranger(state, call) {
        headers.push(("www-authenticate", "Bearer realm=\"Intuit\", error=\"invalid_token\"".to_owned()));
        return refusal;
    }
    let writes = server::writes(operation(call.part(3)), call);
    if call.method == Method::GET && call.part(3).eq_ignore_ascii_case("download") {
        return match attachments::download(state, call.part(4)) {
            Ok(address) => Reply::Raw(StatusCode::OK, "text/plain;charset=UTF-8", address.into_bytes()),
            Err(problem) => {
                let (status, body) = fault(state, &problem);
                seal(state, call, status, body)
            }
        };
    }
    if let Some(reply) = throttled(state, call, headers) {
        return reply;
    }
    if writes && let Some(fail) = state.switches.fail_before_commit {
        return failed(fail);
    }
    let (status, body) = if busy {
        fault(
            state,
            &ApiFault::of("600", "Duplicate Request Id : a call with this id is being processed", ""),
        )
    } else {
        remembered(state, call, writes)
    };
    if writes && let Some(fail) = state.switches.commit_then_fail {
        return failed(fail);
    }
    seal(state, call, status, body)
}

/// Answers from memory when the call's `requestid` is known, else handles the call.
fn remembered(state: &mut State, call: &Call, writes: bool) -> (StatusCode, Value) {
    let id = call.param("requestid").filter(|id| writes && !id.is_empty()).map(str::to_owned);
    let is_batch = call.part(3).eq_ignore_ascii_case("batch");
    if let Some(id) = &id
        && id.chars().count() > if is_batch { 36 } else { 50 }
    {
        return fault(state, &ApiFault::of("2130", format!("Invalid Request Id : {id}"), "requestid"));
    }
    let whole = id.filter(|_| !is_batch || state.switches.requestid_whole_call);
    if let Some(id) = &whole
        && let Some((status, body)) = state.memory.recall(id, state.now, state.switches.requestid_memory)
    {
        return (status, body);
    }
    let (status, body) = match dispatch(state, call) {
        Ok(body) => (StatusCode::OK, body),
        Err(problem) => fault(state, &problem),
    };
    if let Some(id) = whole
        && (status == StatusCode::OK || state.switches.requestid_keeps_errors)
    {
        let now = state.now;
        state.memory.keep(id, now, status, body.clone());
    }
    (status, body)
}

fn dispatch(state: &mut State, call: &Call) -> Answer {
    if state.switches.subscription_ended {
        return Err(ApiFault::of("6190", "Subscription period has ended or canceled", ""));
    }
    let resource = call.part(3).to_lowercase();
    let get = call.method == Method::GET;
    let lag = state.switches.query_lag.max(call.lag);
    match resource.as_str() {
        "companyinfo" if get => Ok(json!({"CompanyInfo": rates::company_info(state)})),
        "preferences" if get => Ok(json!({"Preferences": rates::preferences(state)})),
        "exchangerate" if get => rates::exchange_rate(state, call),
        "exchangerate" if call.method == Method::POST => rates::set_exchange_rate(state, call),
        "upload" if call.method == Method::POST => attachments::upload(state, call),
        "reports" if get => general_ledger::report(state, call, lag),
        "cdc" if get => cdc::changes(state, call, lag),
        "query" => query_call(state, call, lag),
        "batch" if !get => batch::run(state, call, lag),
        _ => entity(state, call, get),
    }
}

fn query_call(state: &State, call: &Call, lag: SignedDuration) -> Answer {
    let statement = match call.param("query") {
        Some(statement) if call.method == Method::GET || call.body.is_empty() => statement.to_owned(),
        _ => String::from_utf8(call.body.to_vec())
            .map_err(|_| ApiFault::of("4000", "QueryParserError: the statement is not UTF-8", ""))?,
    };
    Ok(json!({"QueryResponse": query::run(state, &statement, lag)?}))
}

fn entity(state: &mut State, call: &Call, get: bool) -> Answer {
    let unsupported = || ApiFault::of("500", "Operation is not supported.", "");
    let kind = Kind::parse(call.part(3)).ok_or_else(unsupported)?;
    if get {
        let row = state.books.get(kind, call.part(4)).ok_or_else(ApiFault::not_found)?;
        return Ok(json!({kind.name(): row.value}));
    }
    if !kind.is_writable() || call.method != Method::POST {
        return Err(unsupported());
    }
    let body: Value = serde_json::from_slice(&call.body)
        .map_err(|error| ApiFault::of("2000", format!("Invalid object : {error}"), ""))?;
    let body = body.as_object().ok_or_else(|| ApiFault::of("2000", "Invalid object : not an object", ""))?;
    match call.param("operation").map(str::to_lowercase).as_deref() {
        Some("delete") => write::delete(state, kind, body),
        Some("update") if call.param("include").is_some_and(|one| one.eq_ignore_ascii_case("void")) => {
            write::void(state, kind, body)
        }
        Some("update") => write::update(state, kind, body),
        Some("create") | None if !wire::clean_object(body).contains_key("Id") => {
            write::create(state, kind, body)
        }
        None => write::update(state, kind, body),
        Some(_) => Err(unsupported()),
    }
}

/// The refusal of a call without a valid access token, or for another company.
fn stranger(state: &State, call: &Call) -> Option<Reply> {
    let refuse = |code, name, detail| {
        let body = unauthorized(code, name, detail, state.switches.fault_401_upper, state.now);
        Some(Reply::Json(StatusCode::UNAUTHORIZED, body))
    };
    let bearer = call.header("authorization").and_then(|value| value.split_once(' '));
    let Some((_, bearer)) = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) else {
        return refuse("3202", "AuthenticationFailed", "Token missing from the request");
    };
    if !state.access.accepts(bearer.trim(), state.now) {
        return refuse("3200", "AuthenticationFailed", "Token expired: the access token is not valid");
    }
    if call.part(2) != state.company.realm {
        return refuse("3201", "AuthorizationFailure", "Token is not authorized for this company");
    }
    None
}

fn throttled(state: &mut State, call: &Call, headers: &mut Vec<(&'static str, String)>) -> Option<Reply> {
    let throttle = state.switches.throttle?;
    if throttle.form == ThrottleForm::Items && call.part(3).eq_ignore_ascii_case("batch") {
        return None;
    }
    if !state.above_limit(throttle.per_minute) {
        return None;
    }
    if let Some(seconds) = throttle.retry_after {
        headers.push(("retry-after", seconds.to_string()));
    }
    let status = match throttle.form {
        ThrottleForm::Status403 => StatusCode::FORBIDDEN,
        _ => StatusCode::TOO_MANY_REQUESTS,
    };
    let (_, body) = fault(state, &ApiFault::throttled(status));
    Some(Reply::Json(status, body))
}

fn failed(fail: Fail) -> Reply {
    match fail {
        Fail::Drop => Reply::None,
        Fail::Status(StatusCode::TOO_MANY_REQUESTS) => Reply::Json(
            StatusCode::TOO_MANY_REQUESTS,
            json!({"Fault": ApiFault::throttled(StatusCode::TOO_MANY_REQUESTS).value()}),
        ),
        Fail::Status(status) => Reply::Raw(status, "text/html", b"<html><body>error</body></html>".to_vec()),
    }
}

fn fault(state: &State, fault: &ApiFault) -> (StatusCode, Value) {
    let status = if state.switches.fault_with_200 { StatusCode::OK } else { fault.status };
    (status, json!({"Fault": fault.value()}))
}

/// Adds what every answer has, plays the switches on answers, and writes it as it was asked for.
fn seal(state: &State, call: &Call, status: StatusCode, mut body: Value) -> Reply {
    if state.switches.extra_fields {
        add_fields(&mut body);
    }
    if state.switches.code_as_number {
        numeric_codes(&mut body);
    }
    if let Some(body) = body.as_object_mut() {
        body.insert("time".to_owned(), json!(state.time()));
    }
    match state.switches.corrupt {
        Some(Corrupt::Html) => {
            let html = b"<html><head><title>502 Bad Gateway</title></head><body></body></html>".to_vec();
            return Reply::Raw(StatusCode::BAD_GATEWAY, "text/html", html);
        }
        Some(Corrupt::Truncated) => {
            let mut text = body.to_string().into_bytes();
            text.truncate(text.len() / 2);
            return Reply::Raw(status, "application/json;charset=UTF-8", text);
        }
        Some(Corrupt::Empty) => {
            return Reply::Raw(StatusCode::OK, "application/json;charset=UTF-8", Vec::new());
        }
        None => {}
    }
    let accept = call.header("accept").unwrap_or_default().to_lowercase();
    if accept.contains("json")
        || call.param("format").is_some_and(|format| format.eq_ignore_ascii_case("json"))
    {
        return Reply::Json(status, body);
    }
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    write_xml(&mut xml, "IntuitResponse", &body);
    Reply::Raw(status, "application/xml;charset=UTF-8", xml.into_bytes())
}

/// Additive fields that no client knows, in the envelope and in each entity.
fn add_fields(value: &mut Value) {
    fn entities(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(entities),
            Value::Object(object) => {
                object.values_mut().for_each(entities);
                if object.contains_key("SyncToken") {
                    object.insert("AdditiveField".to_owned(), json!({"kind": "additive"}));
                }
            }
            _ => {}
        }
    }
    entities(value);
    if let Some(object) = value.as_object_mut() {
        object.insert("additiveEnvelopeField".to_owned(), json!("additive"));
    }
}

fn numeric_codes(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(numeric_codes),
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                match value.as_str().and_then(|code| code.parse::<u32>().ok()) {
                    Some(code) if key == "code" => *value = json!(code),
                    _ => numeric_codes(value),
                }
            }
        }
        _ => {}
    }
}

fn write_xml(out: &mut String, name: &str, value: &Value) {
    if let Value::Array(items) = value {
        return items.iter().for_each(|item| write_xml(out, name, item));
    }
    out.push_str(&format!("<{name}>"));
    match value {
        Value::Object(object) => fields(out, object),
        Value::String(text) => {
            out.push_str(&text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
        }
        Value::Null | Value::Array(_) => {}
        other => out.push_str(&other.to_string()),
    }
    out.push_str(&format!("</{name}>"));
}

fn fields(out: &mut String, object: &Object) {
    object.iter().for_each(|(key, value)| write_xml(out, key, value));
}
