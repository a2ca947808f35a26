//! Acknowledging documents (contract section 2.3): one result for each id, whatever the others are.

use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::fis;
use super::record::Status;
use super::state::State;

/// `POST …/transactions/acknowledgements`.
pub(super) fn acknowledge(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let doc_type = fis::doc_type(call)?;
    if doc_type == "reportobligation" {
        return Err(Reply::refuse(405, "Report obligations are not acknowledged."));
    }
    let body = call.json()?;
    let ids: Vec<&str> = body
        .get("ids")
        .and_then(Value::as_array)
        .and_then(|ids| ids.iter().map(Value::as_str).collect())
        .ok_or_else(|| Reply::refuse(400, "ids must be an array of document ids."))?;
    let system = fis::system(body.get("systemId").and_then(Value::as_str))?;
    let mut results: Vec<Value> =
        ids.into_iter().map(|id| one(state, doc_type, id, system.as_deref())).collect();
    // the order of the results is not promised
    results.reverse();
    Ok(Reply::ok(results.into()))
}

fn one(state: &mut State, doc_type: &str, id: &str, system: Option<&str>) -> Value {
    let result = |code: u16, message: Option<String>| {
        let word = if code == 0 { "SUCCESS" } else { "FAILURE" };
        json!({
            "code": code, "docId": id, "systemId": system, "acknowledgeResult": word, "errorMessage": message,
        })
    };
    let fail = |code: u16, message: &str| result(code, Some(message.to_owned()));
    let Some(index) = state.index(id) else {
        return fail(104, "This document does not exist.");
    };
    let Some(record) = state.records.get_mut(index) else {
        return fail(104, "This document does not exist.");
    };
    if record.doc_type != doc_type {
        return fail(105, "The transaction type of this document differs from that of the request.");
    }
    match record.status {
        Status::Ready => {
            record.system = system.map(str::to_owned);
            record.acknowledgements += 1;
            let now = state.now;
            state.set_status(index, Status::Acknowledged, now);
            result(0, None)
        }
        Status::Acknowledged
        | Status::PostedSuccess
        | Status::PostedFailure
        | Status::Paid
        | Status::PaymentReversed
        | Status::PaymentObsolete => {
            let by = record.system.as_deref().unwrap_or("null");
            fail(101, &format!("This document was previously acknowledged by SystemId: {by}."))
        }
        Status::Recalled => fail(102, "This document was recalled before it was acknowledged."),
        Status::Other(_) => fail(103, "This document is not in the status READY."),
    }
}
