//! Lists v4 (contract section 5.1): cost centres, projects and offices as list items. Pages count from 1 and hold a
//! hundred.

use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::state::State;
use crate::sandbox::firm::{COST_CENTERS, EMPLOYEES, PROJECTS};

const PAGE: usize = 100;

/// A list with its items: short code and value.
struct List {
    name: &'static str,
    items: Vec<(String, String)>,
}

fn all() -> [List; 3] {
    let centers =
        COST_CENTERS.iter().map(|(code, value)| ((*code).to_owned(), (*value).to_owned())).collect();
    // a hyphen is not allowed in a short code, so the jobs of the other books are not in the list
    let projects = PROJECTS
        .iter()
        .filter(|p| !p.code.contains('-'))
        .map(|p| (p.code.to_owned(), format!("{}:{}", p.customer, p.name)))
        .collect();
    let mut offices: Vec<(String, String)> = Vec::new();
    for e in &EMPLOYEES {
        if !offices.iter().any(|(code, _)| code == e.location) {
            offices.push((e.location.to_owned(), e.location.to_owned()));
        }
    }
    [
        List { name: "Cost Centers", items: centers },
        List { name: "Projects", items: projects },
        List { name: "Offices", items: offices },
    ]
}

/// `GET /list/v4/lists`.
pub(super) fn lists(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let mut found = Vec::new();
    for list in all() {
        if passes(call, "value", list.name)? {
            found.push(json!({
                "id": state.ids.uuid("list", list.name), "value": list.name, "levelCount": 1,
                "searchCriteria": "TEXT", "displayFormat": "(CODE) TEXT",
                "category": {"id": state.ids.uuid("category", list.name), "type": "Expense"},
                "isReadOnly": false, "isDeleted": false,
            }));
        }
    }
    page(call, &found)
}

/// `GET /list/v4/lists/{list}/children`.
pub(super) fn children(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let list = all()
        .into_iter()
        .find(|list| state.ids.uuid("list", list.name) == call.path("list"))
        .ok_or_else(|| Reply::refuse(404, "The list was not found."))?;
    let mut found = Vec::new();
    for (code, value) in &list.items {
        let either = passes(call, "shortCodeOrValue", code)? || passes(call, "shortCodeOrValue", value)?;
        let deleted = call.query("isDeleted").is_some_and(|flag| flag.ends_with("true"));
        let parent = call.query("hasChildren").is_some_and(|flag| flag.ends_with("true"));
        if either && !deleted && !parent && passes(call, "shortCode", code)? && passes(call, "value", value)?
        {
            found.push(written(state, list.name, code, value));
        }
    }
    page(call, &found)
}

/// `GET /list/v4/items/{item}`.
pub(super) fn item(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    known(state, call).map(Reply::ok)
}

/// `GET …/items/{item}/children`: all lists have one level.
pub(super) fn children_of_item(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    known(state, call)?;
    page(call, &[])
}

fn known(state: &State, call: &Call) -> Result<Value, Reply> {
    for list in all() {
        for (code, value) in &list.items {
            if item_id(state, list.name, code) == call.path("item") {
                return Ok(written(state, list.name, code, value));
            }
        }
    }
    Err(Reply::refuse(404, "The list item was not found."))
}

fn item_id(state: &State, list: &str, code: &str) -> String {
    state.ids.uuid("list-item", &format!("{list}/{code}"))
}

fn written(state: &State, list: &str, code: &str, value: &str) -> Value {
    json!({
        "id": item_id(state, list, code), "code": code, "shortCode": code, "value": value, "parentId": null,
        "level": 1, "isDeleted": false,
        "lists": [{"id": state.ids.uuid("list", list), "hasChildren": false}],
    })
}

/// A filter `op:text` with the operators `eq cp not sw ew`; a text without an operator must be equal.
fn passes(call: &Call, name: &str, text: &str) -> Result<bool, Reply> {
    let Some(filter) = call.query(name) else { return Ok(true) };
    let (operator, wanted) = filter.split_once(':').unwrap_or(("eq", filter));
    let (text, wanted) = (text.to_lowercase(), wanted.to_lowercase());
    match operator {
        "eq" => Ok(text == wanted),
        "not" => Ok(text != wanted),
        "cp" => Ok(text.contains(&wanted)),
        "sw" => Ok(text.starts_with(&wanted)),
        "ew" => Ok(text.ends_with(&wanted)),
        _ => Err(Reply::refuse(400, &format!("The operator {operator} is not known."))),
    }
}

fn page(call: &Call, found: &[Value]) -> Result<Reply, Reply> {
    let number = call.count("page", 1, 1)?;
    let content: Vec<&Value> = found.iter().skip((number - 1).saturating_mul(PAGE)).take(PAGE).collect();
    Ok(Reply::ok(json!({
        "content": content,
        "page": {
            "number": number, "size": PAGE, "totalElements": found.len(),
            "totalPages": found.len().div_ceil(PAGE),
        },
        "links": [],
    })))
}
