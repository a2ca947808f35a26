//! Quick expenses v4 (contract section 6): they land among the employee's available expenses. At most 120 calls in
//! five minutes for one user, both forms together.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::multipart;
use super::state::State;
use crate::sandbox::firm::{EMPLOYEES, Employee};

/// Calls of one user within [`WINDOW_MINUTES`].
const MOST: usize = 120;
const WINDOW_MINUTES: i64 = 5;
/// Longest picture, in bytes. The contract allows 50 MB; the stand-in reads bodies of 16 MB.
const LONGEST_IMAGE: usize = 15 * 1024 * 1024;

/// What calls made, and when each user called.
#[derive(Debug, Default)]
pub(super) struct Quick {
    pub(super) made: Vec<Value>,
    calls: HashMap<String, Vec<Timestamp>>,
}

/// `POST …/quickexpenses`.
pub(super) fn create(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let owner = admitted(state, call)?;
    let body = call.json()?;
    keep(state, owner, &body, None)
}

/// `POST …/quickexpenses/image`: a picture and the expense, in two parts.
pub(super) fn create_with_image(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let owner = admitted(state, call)?;
    let kind = call.header("content-type").unwrap_or_default();
    let parts = multipart::parts(kind, &call.body)
        .ok_or_else(|| Reply::refuse(400, "The request body is not multipart/form-data."))?;
    let part = |name: &str| {
        parts
            .iter()
            .find(|part| part.name == name)
            .ok_or_else(|| Reply::Known(400, "missing.part", format!("The part {name} is missing.")))
    };
    let body = serde_json::from_slice(part("quickExpenseRequest")?.body)
        .map_err(|_| Reply::refuse(400, "quickExpenseRequest is not valid JSON."))?;
    let picture = part("fileContent")?.body;
    if picture.is_empty() || picture.len() > LONGEST_IMAGE {
        return Err(Reply::refuse(400, "fileContent is empty or too long."));
    }
    let media = multipart::media(picture)
        .ok_or_else(|| Reply::refuse(400, "fileContent must be PNG, PDF, TIFF or JPEG."))?;
    keep(state, owner, &body, Some((media, picture.len())))
}

/// The owner of the path, unless too many calls came for them.
fn admitted(state: &mut State, call: &Call) -> Result<&'static Employee, Reply> {
    if call.path("context") != "TRAVELER" {
        return Err(Reply::refuse(403, "The context is not allowed."));
    }
    let user = call.path("user");
    let owner = EMPLOYEES.iter().find(|e| state.ids.uuid("employee", e.id) == user);
    let owner = owner.ok_or_else(|| Reply::refuse(404, "The user was not found."))?;
    let begin = state.now.checked_sub(SignedDuration::from_mins(WINDOW_MINUTES)).unwrap_or(state.now);
    let now = state.now;
    let calls = state.quick.calls.entry(user.to_owned()).or_default();
    calls.retain(|at| *at > begin);
    if calls.len() >= MOST {
        return Err(Reply::refuse(429, "Too many quick expenses for this user."));
    }
    calls.push(now);
    Ok(owner)
}

fn keep(
    state: &mut State,
    owner: &Employee,
    body: &Value,
    image: Option<(&str, usize)>,
) -> Result<Reply, Reply> {
    check(body)?;
    let number = (state.quick.made.len() + 1).to_string();
    let id = state.ids.hex("quick-expense", &number, 32).to_uppercase();
    state.quick.made.push(json!({
        "id": id, "employeeId": owner.id, "loginId": owner.login(), "status": "AVAILABLE", "expense": body,
        "image": image.map(|(media, bytes)| json!({ "media": media, "bytes": bytes })),
        "created": state.now.to_string(),
    }));
    let uuid = state.ids.uuid("employee", owner.id);
    let uri = format!(
        "https://quickexpense.internal.example/quickexpense/v4/users/{uuid}/context/TRAVELER/quickexpenses/{id}"
    );
    Ok(Reply::Json(201, json!({ "quickExpenseIdUri": uri })))
}

fn check(body: &Value) -> Result<(), Reply> {
    let fail = |id: &'static str, text: &str| Err(Reply::Known(400, id, text.to_owned()));
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if text("expenseTypeId").is_none() {
        return fail("missing.expenseTypeId", "expenseTypeId is required.");
    }
    if text("transactionDate").is_none_or(|day| day.len() != 10 || day.parse::<Date>().is_err()) {
        return fail("invalid.transactionDate", "transactionDate must be YYYY-MM-DD.");
    }
    let amount = body.pointer("/transactionAmount/value").filter(|value| value.is_number());
    if amount.is_none_or(|value| value.to_string().parse::<Decimal>().is_err()) {
        return fail("missing.transactionAmount", "transactionAmount.value must be a number.");
    }
    let currency = body.pointer("/transactionAmount/currencyCode").and_then(Value::as_str);
    if currency.is_none_or(|code| code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase())) {
        return fail("missing.currencyCode", "transactionAmount.currencyCode is required.");
    }
    if text("paymentTypeId").is_some_and(|kind| !["CASHX", "CPAID", "PENDC"].contains(&kind)) {
        return fail("invalid.paymentTypeId", "paymentTypeId must be CASHX, CPAID or PENDC.");
    }
    Ok(())
}
