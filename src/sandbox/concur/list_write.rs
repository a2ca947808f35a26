//! Lists v4, writing: single items and bulk calls of up to 250 records (contract section 5.1).

use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::list_store::{Trouble, written};
use super::state::{State, take_one};

/// Most records of one bulk call.
const MOST: usize = 250;

fn refuse((id, message): Trouble) -> Reply {
    Reply::Known(if id.ends_with("not.found") { 404 } else { 400 }, id, message)
}

/// 429 while the switch says so.
fn limited(state: &mut State) -> Result<(), Reply> {
    if take_one(&mut state.switches.list_rate_limits) {
        let body = Reply::Known(429, "security.rate.limit.reached", "The rate limit was reached.".to_owned());
        return Err(body.with("retry-after", "0"));
    }
    Ok(())
}

fn text<'a>(body: &'a Value, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// `POST /list/v4/items`.
pub(super) fn create(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    limited(state)?;
    let body = call.json()?;
    let list = text(&body, "listId").ok_or_else(|| Reply::refuse(400, "listId is required."))?;
    let made = make(state, list, &body).map_err(refuse)?;
    answer(state, 201, &made)
}

/// `PUT /list/v4/items/{item}`.
pub(super) fn update(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    limited(state)?;
    let body = call.json()?;
    let id = call.path("item").to_owned();
    let list = state.lists.item(&id).map(|(list, _)| list.id.clone());
    let list = list.ok_or_else(|| refuse(("item.not.found", "The list item was not found.".to_owned())))?;
    state.lists.update(&list, &id, text(&body, "shortCode"), text(&body, "value")).map_err(refuse)?;
    answer(state, 200, &id)
}

/// `DELETE /list/v4/items/{item}` and `DELETE /list/v4/lists/{list}/items/{item}`.
pub(super) fn delete(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    limited(state)?;
    let id = call.path("item").to_owned();
    let list = match call.path("list") {
        "" => state.lists.item(&id).map(|(list, _)| list.id.clone()).unwrap_or_default(),
        list => list.to_owned(),
    };
    if list.is_empty() {
        return Err(refuse(("item.not.found", "The list item was not found.".to_owned())));
    }
    state.lists.delete(&list, &id).map_err(refuse)?;
    Ok(Reply::Empty(204))
}

fn make(state: &mut State, list: &str, body: &Value) -> Result<String, Trouble> {
    let parent = text(body, "parentId").or_else(|| text(body, "parentCode"));
    let (short, value) = (text(body, "shortCode").unwrap_or(""), text(body, "value").unwrap_or(""));
    state.lists.create(&state.ids, list, short, value, parent).map(|item| item.id)
}

fn answer(state: &State, status: u16, id: &str) -> Result<Reply, Reply> {
    let (list, item) = state.lists.item(id).ok_or_else(|| Reply::refuse(404, "The list item is gone."))?;
    Ok(Reply::Json(status, written(list, item)))
}

/// `POST /list/v4/lists/{list}/bulk`.
pub(super) fn bulk_create(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    bulk(state, call, |state, list, record| make(state, list, record).map(|_| ()))
}

/// `PATCH /list/v4/lists/{list}/bulk`: records name their item by `id`, `code` or `shortCode`.
pub(super) fn bulk_update(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    bulk(state, call, |state, list, record| {
        let by_id = text(record, "id").or_else(|| text(record, "code"));
        let key = by_id.or_else(|| text(record, "shortCode")).unwrap_or("");
        let short = by_id.and_then(|_| text(record, "shortCode"));
        state.lists.update(list, key, short, text(record, "value")).map(|_| ())
    })
}

fn bulk(
    state: &mut State,
    call: &Call,
    write: fn(&mut State, &str, &Value) -> Result<(), Trouble>,
) -> Result<Reply, Reply> {
    limited(state)?;
    let body = call.json()?;
    let records = body
        .get("requests")
        .and_then(Value::as_array)
        .ok_or_else(|| Reply::refuse(400, "requests must be an array."))?;
    if records.is_empty() || records.len() > MOST {
        let message = format!("A bulk call has from 1 to {MOST} records.");
        return Err(Reply::Known(400, "bulk.size", message));
    }
    let list = call.path("list");
    if state.lists.list(list).is_none() {
        return Err(refuse(("list.not.found", "The list was not found.".to_owned())));
    }
    let mut errors = Vec::new();
    for (at, record) in records.iter().enumerate() {
        let result = if take_one(&mut state.switches.list_timeouts) {
            Err(("item.operation.timeout", "The operation took too long.".to_owned()))
        } else {
            write(state, list, record)
        };
        if let Err((id, message)) = result {
            errors.push(json!({
                "id": id, "message": message, "index": at, "shortCode": record.get("shortCode"),
            }));
        }
    }
    let word = match errors.len() {
        0 => "SUCCESS",
        failed if failed == records.len() => "FAILURE",
        _ => "PARTIAL_SUCCESS",
    };
    let body = json!({
        "status": word, "recordsSucceeded": records.len() - errors.len(), "recordsFailed": errors.len(),
        "errors": errors,
    });
    Ok(Reply::ok(body).with("retry-after", "0"))
}
