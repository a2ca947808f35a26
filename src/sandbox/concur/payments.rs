//! Payment confirmations of expense reports (contract section 2.5): one result for each document.

use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::fis;
use super::record::Status;
use super::state::State;

/// `POST …/expense/transactions/paymentconfirmations`.
pub(super) fn confirm(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    if fis::doc_type(call)? != "expense" {
        return Err(Reply::refuse(405, "Payment confirmations exist for expense only."));
    }
    let body = call.json()?;
    let items = body
        .get("processingConfirmation")
        .and_then(Value::as_array)
        .ok_or_else(|| Reply::refuse(400, "processingConfirmation must be an array."))?;
    let system = fis::system(body.get("systemId").and_then(Value::as_str))?;
    let mut results: Vec<Value> = items.iter().map(|item| one(state, item, system.as_deref())).collect();
    // the order of the results is not promised
    results.reverse();
    Ok(Reply::ok(results.into()))
}

/// Code, result and text of a refusal.
type Refusal = (u16, &'static str, &'static str);

const fn invalid(text: &'static str) -> Refusal {
    (298, "FAILURE", text)
}

fn one(state: &mut State, item: &Value, system: Option<&str>) -> Value {
    let id = item.get("docId").and_then(Value::as_str).unwrap_or_default();
    let references: Vec<String> = clearings(item).into_iter().filter_map(reference).collect();
    let (code, word, message) = match apply(state, id, item, &references, system) {
        Ok(()) => (0, "SUCCESS", ""),
        Err(refusal) => refusal,
    };
    json!({
        "code": code, "docId": id, "systemId": system, "paymentConfirmationResult": word,
        "errorMessage": message, "detailMessage": null, "paymentRef": references.first(),
    })
}

fn apply(
    state: &mut State,
    id: &str,
    item: &Value,
    references: &[String],
    system: Option<&str>,
) -> Result<(), Refusal> {
    if state.takes_server_error() {
        return Err((199, "SYSTEM_ERROR_OCCURRED", "An unknown problem occurred on the server."));
    }
    let word = check(item, references)?;
    let unknown = (116, "DOCUMENT_NOT_FOUND", "The document does not exist.");
    let index = state.index(id).ok_or(unknown)?;
    let user = |reference: &String| state.payment_references.get(reference).map(String::as_str);
    let used_here = references.iter().any(|reference| user(reference) == Some(id));
    let used_elsewhere = references.iter().any(|reference| user(reference).is_some_and(|by| by != id));
    let now = state.now;
    let record = state.records.get(index).ok_or(unknown)?;
    if record.doc_type != "expense" {
        return Err((
            115,
            "FAILURE",
            "The transaction type of this document differs from that of the request.",
        ));
    }
    if record.system.as_deref() != system && record.acknowledgements > 0 {
        return Err((99, "FAILURE", "The systemId differs from the one that acknowledged the document."));
    }
    let status = record.status.clone();
    if !status.posted() {
        // the contract's table has no code of its own for this result
        return Err((298, "NOT_POSTING_CONFIRMED", "The posting of the document was not confirmed."));
    }
    if used_here {
        return Err((298, "NOOP", "A payment confirmation with this paymentRef does already exist."));
    }
    if used_elsewhere {
        return Err(invalid("The paymentRef is used by the confirmation of another document."));
    }
    let next = match (word, &status) {
        ("CP" | "PP", Status::Paid) | (_, Status::PaymentObsolete) => {
            return Err((213, "FAILURE", "A payment confirmation exists already."));
        }
        ("CP", _) => Status::Paid,
        // a part of it leaves the document open for the rest
        ("PP", _) => Status::PostedSuccess,
        ("RE", _) => Status::PaymentReversed,
        _ => Status::PaymentObsolete,
    };
    state.set_status(index, next, now);
    if let Some(record) = state.records.get_mut(index) {
        record.payments.push(item.clone());
    }
    state.payment_references.extend(references.iter().map(|one| (one.clone(), id.to_owned())));
    Ok(())
}

/// The clearing details; one object counts as a list of one.
fn clearings(item: &Value) -> Vec<&Value> {
    match item.get("clearingDetails") {
        Some(Value::Array(all)) => all.iter().collect(),
        Some(one @ Value::Object(_)) => vec![one],
        _ => Vec::new(),
    }
}

/// The object of a field that is an object in the examples and an array in the schema.
fn either<'a>(clearing: &'a Value, name: &str) -> Option<&'a Value> {
    match clearing.get(name) {
        Some(Value::Array(all)) => all.first(),
        other => other.filter(|value| value.is_object()),
    }
}

/// `paymentRef` of a clearing.
fn reference(clearing: &Value) -> Option<String> {
    let text = either(clearing, "clearingReference")?.get("paymentRef")?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// Whether the item is well formed; answers its status word.
fn check<'a>(item: &'a Value, references: &[String]) -> Result<&'a str, Refusal> {
    let text = |from: &'a Value, name: &str| from.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    if text(item, "docId").is_none() {
        return Err((198, "FAILURE", "docId is missing."));
    }
    let word = text(item, "processingStatusCode").unwrap_or_default();
    if !["CP", "PP", "RE", "OB"].contains(&word) {
        return Err((198, "FAILURE", "processingStatusCode must be CP, PP, RE or OB."));
    }
    if matches!(word, "RE" | "OB") && text(item, "additionalMessage").is_none() {
        return Err(invalid("A reversed or obsolete payment needs an additionalMessage."));
    }
    let details = clearings(item);
    if details.is_empty() {
        return Err((198, "FAILURE", "clearingDetails is missing."));
    }
    if references.len() != details.len() {
        return Err(invalid("Each clearing needs a clearingReference with a paymentRef."));
    }
    for (at, clearing) in details.iter().enumerate() {
        if references.iter().skip(at + 1).any(|later| Some(later) == references.get(at)) {
            return Err(invalid("A paymentRef occurs twice in one confirmation."));
        }
        if !text(clearing, "clearingDate").is_some_and(readable) {
            return Err(invalid("clearingDate must be yyyy-MM-ddTHH:mm:ss.SSSZ or yyyyMMdd."));
        }
        let amount = clearing.get("clearingAmount").filter(|v| v.is_number()).map(Value::to_string);
        if amount.is_none_or(|t| t.parse::<Decimal>().is_err()) {
            return Err((198, "FAILURE", "clearingAmount must be a number."));
        }
        if text(clearing, "clearingCurrency").is_none_or(|c| c.len() != 3) {
            return Err((198, "FAILURE", "clearingCurrency must be a currency code."));
        }
        let receiver = either(clearing, "receiver").and_then(|r| text(r, "receiverId"));
        if receiver.is_none() {
            return Err((198, "FAILURE", "receiver needs a receiverId."));
        }
        let made = either(clearing, "clearingReference");
        if made.and_then(|m| text(m, "companyCode")).is_none()
            || made.and_then(|m| text(m, "financialDocumentId")).is_none()
        {
            return Err((198, "FAILURE", "clearingReference needs companyCode and financialDocumentId."));
        }
        if !made.and_then(|m| text(m, "paymentMethod")).is_none_or(|way| matches!(way, "E" | "C")) {
            return Err((198, "FAILURE", "paymentMethod must be E or C."));
        }
    }
    Ok(word)
}

/// The two forms of `clearingDate` that Concur shows rightly. The stand-in refuses the others, so that they show.
fn readable(text: &str) -> bool {
    let day = |t: &str| {
        t.len() == 8 && t.bytes().all(|b| b.is_ascii_digit()) && Date::strptime("%Y%m%d", t).is_ok()
    };
    let instant = |t: &str| {
        t.len() == 24
            && t.as_bytes().get(19) == Some(&b'.')
            && t.strip_suffix('Z').is_some_and(|plain| plain.parse::<DateTime>().is_ok())
    };
    day(text) || instant(text)
}
