//! Spend profiles v4.1 (contract section 5.2): reimbursement currency, ledger and country of each employee.

use serde_json::{Map, Value, json};

use super::call::{Call, Reply};
use super::identity::{Attribute, parse};
use super::state::State;
use crate::sandbox::firm::{EMPLOYEES, Employee};

const SPEND: &str = "urn:ietf:params:scim:schemas:extension:spend:2.0:User";
/// Most people of a page.
const MOST: usize = 100;

/// `GET /profile/spend/{version}/Users`.
pub(super) fn users(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    version(call)?;
    let count = call.count("count", MOST, 1)?;
    if count > MOST {
        return Err(Reply::refuse(400, "count is at most 100."));
    }
    let from = call.count("startIndex", 1, 1)?.saturating_sub(1);
    page(state, call.query("filter"), count, from, call.query("attributes"))
}

/// `POST …/Users/.search`.
pub(super) fn search(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    version(call)?;
    let body = call.json()?;
    let number = |name: &str, default: usize| {
        body.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok()).unwrap_or(default)
    };
    let filter = body.get("filter").and_then(Value::as_str);
    let from = number("startIndex", 1).saturating_sub(1);
    page(state, filter, number("count", MOST).clamp(1, MOST), from, None)
}

/// `GET …/Users/{id}`.
pub(super) fn user(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    version(call)?;
    EMPLOYEES
        .iter()
        .find(|e| state.ids.uuid("employee", e.id) == call.path("id"))
        .map(|e| Reply::ok(profile(state, e)))
        .ok_or_else(|| Reply::refuse(404, "The user was not found."))
}

fn version(call: &Call) -> Result<(), Reply> {
    match call.path("version") {
        "v4" | "v4.1" => Ok(()),
        _ => Err(Reply::refuse(404, "There is no such version.")),
    }
}

fn page(
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
            filter.as_ref().is_none_or(|(attribute, wanted)| match attribute {
                Attribute::Number => e.id == *wanted,
                Attribute::Login => e.login().eq_ignore_ascii_case(wanted),
                Attribute::Id => state.ids.uuid("employee", e.id) == *wanted,
            })
        })
        .collect();
    let resources: Vec<Value> = all
        .iter()
        .skip(from)
        .take(count)
        .map(|e| match (attributes, profile(state, e)) {
            (Some(names), Value::Object(fields)) => Value::Object(chosen(names, fields)),
            (_, whole) => whole,
        })
        .collect();
    Ok(Reply::ok(json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": all.len(), "startIndex": from + 1, "itemsPerPage": resources.len(),
        "Resources": resources,
    })))
}

fn chosen(names: &str, fields: Map<String, Value>) -> Map<String, Value> {
    let wanted = |field: &str| names.split(',').any(|name| name.trim().starts_with(field));
    fields.into_iter().filter(|(n, _)| matches!(n.as_str(), "id" | "schemas") || wanted(n)).collect()
}

fn profile(state: &State, e: &Employee) -> Value {
    let kind = match e.reimbursement {
        "CNQRPAY" => "CONCUR_PAY",
        "ADPPAYR" => "ADP_PAYROLL",
        _ => "ACCOUNTS_PAYABLE",
    };
    json!({
        "schemas": [SPEND],
        "id": state.ids.uuid("employee", e.id),
        SPEND: {
            "reimbursementCurrency": e.currency, "reimbursementType": kind, "ledgerCode": e.ledger_code,
            "country": e.country(), "locale": "en_US", "cashAdvanceAccountCode": "1250",
            "testEmployee": e.id == "E9999",
            "customData": [{"id": "custom21", "value": e.ledger_code, "syncGuid": null}],
        },
    })
}
