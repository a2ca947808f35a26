//! Invoice payment confirmation v4 (contract section 4.6): 200 when all were taken, 207 when some, 400 when none, with
//! the same body each time.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::call::{Call, Reply};
use super::invoices::{self, Invoice, Paid};
use super::state::State;

/// Most payments of one call.
const MOST: usize = 500;

/// `POST /invoice/payment-confirmation/v4/payments/bulkUpdate`.
pub(super) fn update(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let body = call.json()?;
    let items = body
        .as_array()
        .filter(|items| !items.is_empty() && items.len() <= MOST)
        .ok_or_else(|| Reply::refuse(400, "The body must be an array of 1 to 500 payments."))?;
    let (mut taken, mut failed) = (Vec::new(), Vec::new());
    for item in items {
        match one(state, item) {
            Ok(id) => {
                let mut echo = item.clone();
                if let Some(fields) = echo.as_object_mut() {
                    fields.insert("requestId".to_owned(), id.into());
                }
                taken.push(echo);
            }
            Err(message) => {
                let mut echo = if item.is_object() { item.clone() } else { json!({}) };
                if let Some(fields) = echo.as_object_mut() {
                    fields.insert("errorMessage".to_owned(), message.into());
                }
                failed.push(echo);
            }
        }
    }
    let (status, word) = match (taken.len(), failed.len()) {
        (_, 0) => (200, "SUCCESS"),
        (0, _) => (400, "FAILURE"),
        _ => (207, "PARTIAL_SUCCESS"),
    };
    Ok(Reply::Json(
        status,
        json!({
            "status": word, "successCount": taken.len(), "failureCount": failed.len(),
            "successfulPayments": taken, "failedPayments": failed,
        }),
    ))
}

fn text<'a>(item: &'a Value, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| item.get(name).and_then(Value::as_str)).filter(|text| !text.is_empty())
}

fn one(state: &mut State, item: &Value) -> Result<String, String> {
    let status = match text(item, &["paymentStatus"]).unwrap_or("PAID") {
        "PAID" => "PAID",
        "VOID" => "VOID",
        "CANCEL" => "CANCEL",
        other => return Err(format!("paymentStatus {other} is not valid.")),
    };
    let day = text(item, &["paymentStatusDate"])
        .and_then(|day| day.parse::<Date>().ok())
        .ok_or("paymentStatusDate must be YYYY-MM-DD.")?;
    if text(item, &["notesToSupplier"]).is_some_and(|notes| notes.chars().count() > 500) {
        return Err("notesToSupplier is longer than 500 characters.".to_owned());
    }
    let amount = |name: &str| match item.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value @ Value::Number(_)) => {
            value.to_string().parse::<Decimal>().map(Some).map_err(|_| format!("{name} cannot be read."))
        }
        Some(_) => Err(format!("{name} must be a number.")),
    };
    let (paid, billed) = (amount("paymentAmount")?, amount("invoiceAmount")?);
    let invoice = located(state, item)?;
    if billed.is_some_and(|billed| billed != invoice.total) {
        return Err("invoiceAmount differs from the amount of the invoice.".to_owned());
    }
    if paid.is_some_and(|paid| paid.abs() > invoice.total.abs()) {
        return Err("paymentAmount is higher than the amount of the invoice.".to_owned());
    }
    match (status, invoice.payment) {
        ("PAID" | "CANCEL", "P_EXTR") | ("PAID", "P_VOID") | ("VOID" | "CANCEL", "P_PAID") => {}
        ("PAID", _) => return Err("The invoice is not in Extracted status.".to_owned()),
        _ => return Err("The invoice is not in Paid status.".to_owned()),
    }
    let at = state.now;
    state.requests.paid.insert(invoice.id.clone(), Paid { status, day, at, told: item.clone() });
    Ok(invoice.id)
}

/// The invoice by its request id, or by supplier and invoice number.
fn located(state: &State, item: &Value) -> Result<Invoice, String> {
    let mut all = invoices::all(state);
    if let Some(id) = text(item, &["requestId"]) {
        let place = all.iter().position(|one| one.id == id).ok_or("The invoice was not found.")?;
        return Ok(all.swap_remove(place));
    }
    let number = text(item, &["invoiceNumber", "vendorInvoiceNumber"])
        .ok_or("Give requestId, or the supplier and the invoice number.")?;
    let code = text(item, &["vendorCode"]);
    let name = text(item, &["vendorName"]);
    if code.is_none() && name.is_none() {
        return Err("Give requestId, or the supplier and the invoice number.".to_owned());
    }
    all.retain(|one| {
        one.number == number
            && code.is_none_or(|code| one.vendor.0 == code)
            && name.is_none_or(|name| one.vendor_name == name)
    });
    match (all.pop(), all.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(_), false) => Err("More than one invoice matches.".to_owned()),
        (None, _) => Err("The invoice was not found.".to_owned()),
    }
}
