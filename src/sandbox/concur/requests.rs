//! Payment requests v3: made, changed and read by calls (contract section 4.1). They land unassigned, neither
//! submitted nor approved.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value, json};

use super::call::{Call, Reply};
use super::invoices::{self, Invoice, Paid, status_name};
use super::request_rules as rules;
use super::state::State;
use crate::sandbox::firm::Employee;

/// A payment request that a call made.
#[derive(Debug, Clone)]
pub(super) struct Posted {
    pub(super) id: String,
    /// The fields of the header as they were sent, with the spelling of the text.
    pub(super) fields: Map<String, Value>,
    pub(super) lines: Vec<Value>,
    pub(super) vendor: (String, String),
    pub(super) vendor_name: String,
    pub(super) owner: Option<&'static Employee>,
    pub(super) created: Timestamp,
    pub(super) modified: Timestamp,
    /// Whether one of the same supplier and invoice number was there before.
    pub(super) duplicate: bool,
}

impl Posted {
    /// A header field as text; empty when there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Payment requests made by calls, and what was told about payments of invoices.
#[derive(Debug, Default)]
pub(super) struct Requests {
    pub(super) all: Vec<Posted>,
    pub(super) paid: HashMap<String, Paid>,
}

fn body(call: &Call) -> Result<Map<String, Value>, Reply> {
    match call.json()? {
        Value::Object(fields) => Ok(rules::spelled(fields)),
        _ => Err(Reply::refuse(400, "The request body must be an object.")),
    }
}

fn done(state: &State, id: &str) -> Reply {
    let uri = format!("{}/api/v3.0/invoice/paymentrequest/{id}", state.url(state.switches.home));
    Reply::ok(json!({ "ID": id, "URI": uri }))
}

/// `POST /api/v3.0/invoice/paymentrequest`.
pub(super) fn create(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let fields = body(call)?;
    let number = (state.requests.all.len() + 1).to_string();
    let id = state.ids.hex("posted-request", &number, 20).to_uppercase();
    let posted = checked(state, id.clone(), fields, Vec::new())?;
    state.requests.all.push(posted);
    Ok(done(state, &id))
}

/// `PUT /api/v3.0/invoice/paymentrequest`.
pub(super) fn update(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let mut sent = body(call)?;
    let id = match sent.remove("RequestID") {
        Some(Value::String(id)) if !id.is_empty() => id,
        _ => return Err(Reply::refuse(400, "RequestID is required.")),
    };
    let Some(place) = state.requests.all.iter().position(|one| one.id == id) else {
        let known = invoices::all(state).iter().any(|one| one.id == id);
        return Err(if known {
            Reply::refuse(400, "The payment request is approved and cannot be changed.")
        } else {
            Reply::refuse(404, "The payment request was not found.")
        });
    };
    let old = state.requests.all.get(place).cloned();
    let old = old.ok_or_else(|| Reply::refuse(404, "The payment request was not found."))?;
    let mut fields = old.fields.clone();
    let changes = sent.remove("LineItems");
    fields.extend(sent);
    let lines = rules::changed_lines(&state.ids, &old, changes)?;
    let mut next = checked(state, id.clone(), fields, lines)?;
    (next.created, next.duplicate) = (old.created, old.duplicate);
    if let Some(slot) = state.requests.all.get_mut(place) {
        *slot = next;
    }
    Ok(done(state, &id))
}

/// Checks header and lines. `lines` are those that stay; new ones stand in the fields.
fn checked(
    state: &State,
    id: String,
    mut fields: Map<String, Value>,
    lines: Vec<Value>,
) -> Result<Posted, Reply> {
    rules::header(&fields)?;
    let owner = rules::owner(&fields)?;
    let found = rules::vendor(&state.vendors, &fields)?;
    let field = |name: &str| super::vendors::field(found, name).to_owned();
    let (vendor, vendor_name) = ((field("VendorCode"), field("AddressCode")), field("VendorName"));
    if rules::text(&fields, "CurrencyCode").is_none() {
        fields.insert("CurrencyCode".to_owned(), field("CurrencyCode").into());
    }
    let mut lines = lines;
    let first = lines.len();
    let sent = rules::list(fields.remove("LineItems"), "LineItem");
    for (at, line) in sent.into_iter().enumerate() {
        lines.push(rules::numbered(&state.ids, &id, first + at, line));
    }
    rules::list_codes(&state.lists, &fields)?;
    for line in &lines {
        rules::line(&state.lists, line)?;
    }
    let number = rules::text(&fields, "InvoiceNumber").unwrap_or_default();
    let same = |one: &Invoice| {
        one.id != id && !number.is_empty() && one.vendor.0 == vendor.0 && one.number == number
    };
    let duplicate = invoices::all(state).iter().any(same);
    let now = state.now;
    Ok(Posted { id, fields, lines, vendor, vendor_name, owner, created: now, modified: now, duplicate })
}

/// `GET /api/v3.0/invoice/paymentrequest/{id}`.
pub(super) fn single(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let id = call.path("id");
    let invoice = invoices::all(state)
        .into_iter()
        .find(|one| one.id == id)
        .ok_or_else(|| Reply::refuse(404, "The payment request was not found."))?;
    let posted = state.requests.all.iter().find(|one| one.id == id);
    let mut fields = posted.map(|one| one.fields.clone()).unwrap_or_default();
    let told = state.requests.paid.get(id);
    let vendor = state.vendors.place(&invoice.vendor.0, &invoice.vendor.1);
    let mut address = vendor.and_then(|at| state.vendors.all.get(at)).cloned().unwrap_or_default();
    address.retain(|name, _| name != "StatusList" && !name.starts_with("Custom"));
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let answer = json!({
        "ID": invoice.id, "RequestID": invoice.id, "Name": invoice.name, "InvoiceNumber": invoice.number,
        "InvoiceDate": day(invoice.invoice_day), "PaymentDueDate": day(invoice.due),
        "UserDefinedDate": day(invoice.day),
        "CurrencyCode": invoice.currency, "InvoiceAmount": invoice.total.to_string(),
        "CalculatedAmount": invoice.total.to_string(),
        "ApprovalStatus": status_name(invoice.approval), "ApprovalStatusCode": invoice.approval,
        "PaymentStatus": status_name(invoice.payment), "PaymentStatusCode": invoice.payment,
        "PaymentMethod": invoice.method, "VendorRemitAddress": address,
        "OwnerLoginID": invoice.owner.as_ref().map(|(login, _)| login),
        "OwnerName": invoice.owner.as_ref().map(|(_, name)| name),
        "IsPaymentRequestDeleted": "false",
        "IsPaymentRequestDuplicate": posted.is_some_and(|one| one.duplicate).to_string(),
        "PaidAmount": told.map(|paid| paid.told.get("paymentAmount").map(Value::to_string)),
        "PaidDate": day(invoice.paid),
        "CheckNumber": told.and_then(|paid| paid.told.pointer("/checkNumbers/0")),
        "NotesToVendor": told.and_then(|paid| paid.told.get("notesToSupplier")),
        "ExtractDate": invoice.extracted.map(|at| at.strftime("%Y-%m-%d").to_string()),
        "LineItems": posted.map(|one| one.lines.clone()).unwrap_or_default(),
    });
    if let Value::Object(known) = answer {
        fields.extend(known);
    }
    fields.remove("VendorRemitToIdentifier");
    Ok(Reply::ok(Value::Object(fields)))
}
