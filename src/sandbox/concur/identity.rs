//! People (contract section 5.2): identity v4 and v4.1, for the way from an employee to a ledger's vendor.

use serde_json::{Map, Value, json};

use super::call::{Call, Reply};
use super::state::State;
use crate::sandbox::firm::{EMPLOYEES, Employee, approver_of};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// Most people of a page.
const MOST: usize = 1000;

/// `GET /profile/identity/{version}/Users`.
pub(super) fn users(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    version(call)?;
    let count = call.count("count", 100, 1)?.min(MOST);
    let from = match call.query("cursor") {
        None => call.count("startIndex", 1, 1)?.saturating_sub(1),
        Some(cursor) => after(cursor)?,
    };
    found(state, call.query("filter"), count, from, call.query("attributes"))
}

/// The place that a cursor stands for.
fn after(cursor: &str) -> Result<usize, Reply> {
    cursor
        .strip_prefix("after-")
        .and_then(|at| at.parse().ok())
        .ok_or_else(|| Reply::refuse(400, "The cursor is not valid."))
}

/// `POST …/Users/.search`.
pub(super) fn search(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    version(call)?;
    let body = call.json()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    const SEARCH: &str = "urn:ietf:params:scim:api:messages:concur:2.0:SearchRequest";
    let schemas = body.get("schemas").and_then(Value::as_array);
    if !schemas.is_none_or(|all| all.iter().any(|one| one == SEARCH)) {
        return Err(Reply::refuse(400, "schemas does not name the search request."));
    }
    let from = match text("cursor") {
        None => 0,
        Some(cursor) => after(cursor)?,
    };
    let count = body.get("count").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let attributes = match body.get("attributes") {
        Some(Value::Array(names)) => {
            Some(names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","))
        }
        _ => text("attributes").map(str::to_owned),
    };
    found(state, text("filter"), count.unwrap_or(100).clamp(1, MOST), from, attributes.as_deref())
}

/// `GET …/Users/{id}`.
pub(super) fn user(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    version(call)?;
    EMPLOYEES
        .iter()
        .find(|e| state.ids.uuid("employee", e.id) == call.path("id"))
        .map(|e| Reply::ok(person(state, e, call.query("attributes"))))
        .ok_or_else(|| Reply::refuse(404, "The user was not found."))
}

fn version(call: &Call) -> Result<(), Reply> {
    match call.path("version") {
        "v4" | "v4.1" => Ok(()),
        _ => Err(Reply::refuse(404, "There is no such version.")),
    }
}

fn found(
    state: &State,
    filter: Option<&str>,
    count: usize,
    from: usize,
    attributes: Option<&str>,
) -> Result<Reply, Reply> {
    let filter = filter.map(parse).transpose()?;
    let all: Vec<&Employee> = EMPLOYEES
        .iter()
        .filter(|e| {
            filter.as_ref().is_none_or(|(attribute, wanted)| match *attribute {
                Attribute::Number => e.id == *wanted,
                Attribute::Login => e.login().eq_ignore_ascii_case(wanted),
                Attribute::Id => state.ids.uuid("employee", e.id) == *wanted,
            })
        })
        .collect();
    let page: Vec<Value> = all.iter().skip(from).take(count).map(|e| person(state, e, attributes)).collect();
    let next = from.saturating_add(count);
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:concur:2.0:ListResponse"],
        "totalResults": all.len(), "startIndex": from + 1, "itemsPerPage": page.len(), "Resources": page,
    });
    if next < all.len() {
        body["nextCursor"] = format!("after-{next}").into();
    }
    Ok(Reply::ok(body))
}

/// What a filter looks at.
#[derive(Clone, Copy)]
pub(super) enum Attribute {
    Number,
    Login,
    Id,
}

/// `employeeNumber eq "E1007"`, `userName eq "…"`, `emails.value eq "…"` or `id eq "…"`; the attribute may carry its schema in front.
pub(super) fn parse(filter: &str) -> Result<(Attribute, &str), Reply> {
    let refuse = || Reply::refuse(400, "The filter is not supported.");
    let (name, rest) = filter.trim().split_once(' ').ok_or_else(refuse)?;
    let (operator, value) = rest.trim().split_once(' ').ok_or_else(refuse)?;
    let attribute = match name.rsplit([':', '.']).next() {
        Some("employeeNumber") => Attribute::Number,
        Some("id") => Attribute::Id,
        Some("userName" | "value") => Attribute::Login,
        _ => return Err(refuse()),
    };
    let value = value.trim().strip_prefix('"').and_then(|v| v.strip_suffix('"')).ok_or_else(refuse)?;
    if operator.eq_ignore_ascii_case("eq") { Ok((attribute, value)) } else { Err(refuse()) }
}

fn person(state: &State, e: &Employee, attributes: Option<&str>) -> Value {
    let manager = approver_of(e.id);
    let whole = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "id": state.ids.uuid("employee", e.id), "userName": e.login(), "active": true,
        "displayName": format!("{} {}", e.first, e.last), "title": e.role,
        "name": {
            "givenName": e.first, "familyName": e.last, "formatted": e.list_name(),
        },
        "emails": [{"value": e.login(), "type": "work", "verified": true}],
        ENTERPRISE: {
            "employeeNumber": e.id, "companyId": state.company(), "costCenter": e.cost_center,
            "manager": {"value": state.ids.uuid("employee", manager), "employeeNumber": manager},
        },
    });
    let (Some(attributes), Value::Object(fields)) = (attributes, &whole) else { return whole };
    let kept: Map<String, Value> = fields
        .iter()
        .filter(|(name, _)| {
            matches!(name.as_str(), "id" | "schemas")
                || attributes.split(',').any(|one| one.trim().starts_with(name.as_str()))
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Value::Object(kept)
}
