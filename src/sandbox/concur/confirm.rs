//! Posting confirmations (contract sections 2.4 and 2.5): one result for each document.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::fis;
use super::record::Status;
use super::state::State;

/// Longest message text, in characters.
const LONGEST_TEXT: usize = 1300;

/// `POST …/transactions/postingconfirmations`.
pub(super) fn confirm(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let doc_type = fis::doc_type(call)?;
    let body = call.json()?;
    let items = body
        .get("postingConfirmations")
        .and_then(Value::as_array)
        .ok_or_else(|| Reply::refuse(400, "postingConfirmations must be an array."))?;
    let system = fis::system(body.get("systemId").and_then(Value::as_str))?;
    let mut results: Vec<Value> =
        items.iter().map(|item| one(state, doc_type, item, system.as_deref())).collect();
    // the order of the results is not promised
    results.reverse();
    Ok(Reply::ok(results.into()))
}

fn one(state: &mut State, doc_type: &str, item: &Value, system: Option<&str>) -> Value {
    let id = item.get("docId").and_then(Value::as_str).unwrap_or_default();
    let (code, message) = match apply(state, doc_type, id, item, system) {
        Ok(()) => (0, ""),
        Err((code, message)) => (code, message),
    };
    let word = match code {
        0 => "SUCCESS",
        111 => "NOT_YET_ACKNOWLEDGED",
        112 => "WAS_RECALLED",
        199 => "SYSTEM_ERROR_OCCURRED",
        _ => "FAILURE",
    };
    json!({
        "code": code, "docId": id, "systemId": system, "postingConfirmationResult": word,
        "errorMessage": message, "detailMessage": null,
    })
}

type Refusal = (u16, &'static str);

fn apply(
    state: &mut State,
    doc_type: &str,
    id: &str,
    item: &Value,
    system: Option<&str>,
) -> Result<(), Refusal> {
    if state.takes_server_error() {
        return Err((199, "An unknown problem occurred on the server."));
    }
    let success = check(item)?;
    let unknown = (116, "The document does not exist.");
    let index = state.index(id).ok_or(unknown)?;
    let now = state.now;
    let record = state.records.get_mut(index).ok_or(unknown)?;
    if record.doc_type != doc_type {
        return Err((115, "The transaction type of this document differs from that of the request."));
    }
    match record.status {
        Status::Ready => return Err((111, "The document was not yet acknowledged.")),
        Status::Recalled => return Err((112, "The document was recalled.")),
        Status::Other(_) => return Err((114, "The document is in an unknown state.")),
        _ => {}
    }
    if record.system.as_deref() != system {
        return Err((99, "The systemId differs from the one that acknowledged the document."));
    }
    // a success heals an earlier error; nothing else may follow a confirmation
    if record.status.posted() || record.status == Status::PostedFailure && !success {
        return Err((113, "A posting confirmation exists already."));
    }
    record.confirmation = Some(item.clone());
    record.confirmations += u64::from(success);
    let status = if success { Status::PostedSuccess } else { Status::PostedFailure };
    state.set_status(index, status, now);
    Ok(())
}

/// Whether the item is well formed; answers whether it says success.
fn check(item: &Value) -> Result<bool, Refusal> {
    let text = |from: &Value, name: &str| from.get(name).and_then(Value::as_str).map(str::to_owned);
    if text(item, "docId").is_none_or(|id| id.is_empty()) {
        return Err((198, "docId is missing."));
    }
    let success = match text(item, "overallPostingStatusCode").as_deref() {
        Some("success") => true,
        Some("error") => false,
        _ => return Err((198, "overallPostingStatusCode must be success or error.")),
    };
    let empty = Vec::new();
    let posted = item.get("postingDocs").and_then(Value::as_array).unwrap_or(&empty);
    if success && posted.is_empty() {
        return Err((198, "A success needs at least one element of postingDocs."));
    }
    for doc in posted {
        let fits = |name: &str, longest: usize| {
            text(doc, name).is_some_and(|t| !t.is_empty() && t.chars().count() <= longest)
        };
        if !fits("companyId", 32) {
            return Err((198, "companyId is missing or longer than 32 characters."));
        }
        if !fits("documentNumber", 80) {
            return Err((198, "documentNumber is missing or longer than 80 characters."));
        }
        let year = match doc.get("fiscalYear") {
            Some(Value::String(year)) => year.clone(),
            Some(Value::Number(year)) => year.to_string(),
            _ => String::new(),
        };
        if year.len() != 4 || !year.bytes().all(|b| b.is_ascii_digit()) {
            return Err((198, "fiscalYear must have four digits."));
        }
        let date = text(doc, "postingDate").unwrap_or_default();
        if date.len() != 10 || date.parse::<Date>().is_err() {
            return Err((198, "postingDate must be YYYY-MM-DD."));
        }
    }
    let messages = item
        .get("systemMessages")
        .and_then(Value::as_array)
        .ok_or((198, "systemMessages is missing; it may be empty."))?;
    let long = |message: &Value| {
        ["messageShortText", "messageLongText"]
            .iter()
            .any(|name| text(message, name).is_some_and(|t| t.chars().count() > LONGEST_TEXT))
    };
    if messages.iter().any(long) {
        return Err((198, "A message text is longer than 1300 characters."));
    }
    Ok(success)
}
