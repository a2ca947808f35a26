//! Lists v4, reading (contract section 5.1): cost centres, projects and offices as list items. Pages count from 1 and
//! hold a hundred.

use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::list_store::{Item, List, written};
use super::state::State;

const PAGE: usize = 100;

/// `GET /list/v4/lists`.
pub(super) fn lists(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let mut found = Vec::new();
    for list in &state.lists.all {
        if passes(call, "value", list.name)? {
            let levels = list.items.iter().map(|item| item.level).max().unwrap_or(1);
            found.push(json!({
                "id": list.id, "value": list.name, "levelCount": levels,
                "searchCriteria": "TEXT", "displayFormat": "(CODE) TEXT",
                "category": {"id": state.ids.uuid("category", list.name), "type": "Expense"},
                "isReadOnly": false, "isDeleted": false,
            }));
        }
    }
    page(call, &found)
}

/// `GET /list/v4/lists/{list}/children`: the first level.
pub(super) fn children(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let list = state
        .lists
        .list(call.path("list"))
        .ok_or_else(|| Reply::Known(404, "list.not.found", "The list was not found.".to_owned()))?;
    filtered(call, list, None)
}

/// `GET /list/v4/items/{item}`.
pub(super) fn item(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let (list, item) = known(state, call)?;
    Ok(Reply::ok(written(list, item)))
}

/// `GET …/items/{item}/children`.
pub(super) fn children_of_item(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let (list, item) = known(state, call)?;
    filtered(call, list, Some(&item.id))
}

fn known<'a>(state: &'a State, call: &Call) -> Result<(&'a List, &'a Item), Reply> {
    state
        .lists
        .item(call.path("item"))
        .ok_or_else(|| Reply::Known(404, "item.not.found", "The list item was not found.".to_owned()))
}

fn filtered(call: &Call, list: &List, parent: Option<&str>) -> Result<Reply, Reply> {
    let flag = |name: &str| call.query(name).map(|flag| flag.ends_with("true"));
    let mut found = Vec::new();
    for item in list.items.iter().filter(|item| item.parent.as_deref() == parent) {
        let either =
            passes(call, "shortCodeOrValue", &item.short)? || passes(call, "shortCodeOrValue", &item.value)?;
        let one = written(list, item);
        let has = one.pointer("/lists/0/hasChildren").and_then(Value::as_bool).unwrap_or(false);
        if either
            && item.deleted == flag("isDeleted").unwrap_or(false)
            && flag("hasChildren").is_none_or(|wanted| wanted == has)
            && passes(call, "shortCode", &item.short)?
            && passes(call, "value", &item.value)?
        {
            found.push(one);
        }
    }
    if let Some(by) = call.query("sortBy") {
        let name = if by.eq_ignore_ascii_case("value") { "value" } else { "shortCode" };
        found.sort_by_key(|item| item[name].as_str().unwrap_or_default().to_owned());
    }
    if call.query("sortDirection").is_some_and(|way| way.to_lowercase().starts_with("desc")) {
        found.reverse();
    }
    page(call, &found)
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
