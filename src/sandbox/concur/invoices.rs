//! Supplier invoices as the invoice APIs see them: those of the financial documents, and payment requests that were
//! made by calls.

use std::collections::HashSet;

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use rust_decimal::Decimal;
use serde_json::Value;

use super::record::{Record, Status};
use super::requests::Posted;
use super::state::State;
use crate::sandbox::firm::{self, HappeningKind, Kind, submitted_at};

/// One invoice.
pub(super) struct Invoice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) number: String,
    pub(super) vendor: (String, String),
    pub(super) vendor_name: String,
    pub(super) currency: String,
    pub(super) total: Decimal,
    /// Login and name of the owner; nobody while it is unassigned.
    pub(super) owner: Option<(String, String)>,
    pub(super) approval: &'static str,
    pub(super) payment: &'static str,
    pub(super) method: String,
    pub(super) created: Timestamp,
    pub(super) submitted: Option<Timestamp>,
    /// The day that it belongs to: the posting date when there is one, else the day on which its process ended.
    pub(super) day: Option<Date>,
    pub(super) invoice_day: Option<Date>,
    pub(super) due: Option<Date>,
    pub(super) extracted: Option<Timestamp>,
    pub(super) paid: Option<Date>,
    pub(super) modified: Timestamp,
    /// When it shows in the digests.
    pub(super) visible: Timestamp,
}

/// What was told about the payment of an invoice (contract section 4.6).
#[derive(Debug, Clone)]
pub(super) struct Paid {
    /// `PAID`, `VOID` or `CANCEL`.
    pub(super) status: &'static str,
    pub(super) day: Date,
    pub(super) at: Timestamp,
    /// The element of the call.
    pub(super) told: Value,
}

/// Every invoice that exists by now, the oldest first.
pub(super) fn all(state: &State) -> Vec<Invoice> {
    let mut seen = HashSet::new();
    let mut found: Vec<Invoice> = Vec::new();
    for record in state.records.iter().filter(|r| r.doc_type == "invoice") {
        if seen.insert(record.business.clone()) {
            let members: Vec<&Record> = state.family(&record.business).collect();
            let live = members.iter().rev().find(|m| m.status != Status::Recalled).copied();
            found.push(of_record(state, live.unwrap_or(record)));
        }
    }
    for happening in &state.ahead {
        let HappeningKind::Ready(document) = &happening.kind else { continue };
        let id = state.ids.business(document);
        if document.kind == Kind::Invoice && submitted_at(document) <= state.now && seen.insert(id.clone()) {
            let approved = document.processed <= state.now;
            let mut one = of_payload(id, &firm::payload(&state.ids, document), submitted_at(document));
            (one.approval, one.payment) = if approved { ("A_APPR", "P_PROC") } else { ("A_PEND", "P_NOTP") };
            found.push(one);
        }
    }
    found.extend(state.requests.all.iter().map(|posted| of_posted(state, posted)));
    for one in &mut found {
        if let Some(paid) = state.requests.paid.get(&one.id) {
            one.payment = match paid.status {
                "VOID" => "P_VOID",
                "CANCEL" => "P_CANC",
                _ => "P_PAID",
            };
            one.paid = (paid.status == "PAID").then_some(paid.day);
            one.modified = one.modified.max(paid.at);
        }
    }
    found.sort_by_key(|one| one.created);
    found
}

fn of_record(state: &State, record: &Record) -> Invoice {
    let mut one = of_payload(record.business.clone(), &record.document, record.changed);
    one.modified = one.modified.max(record.changed).min(state.now);
    (one.approval, one.payment) = match &record.status {
        Status::Recalled => ("A_RESU", "P_NOTP"),
        Status::PostedFailure => ("A_APPR", "P_FAIL"),
        status if status.posted() => ("A_APPR", "P_EXTR"),
        _ => ("A_APPR", "P_PROC"),
    };
    one.extracted = record.status.posted().then_some(record.changed);
    one
}

fn day_of(text: &str) -> Option<Date> {
    Date::strptime("%m/%d/%Y", text).or_else(|_| text.get(..10).unwrap_or(text).parse()).ok()
}

/// The name of a status code for people.
pub(super) fn status_name(code: &str) -> &'static str {
    match code {
        "A_APPR" => "Approved",
        "A_PEND" => "Pending Approval",
        "A_RESU" => "Sent Back",
        "A_NOTF" => "Unassigned",
        "P_PROC" => "Pending Payment",
        "P_EXTR" => "Extracted",
        "P_FAIL" => "Financial Posting Failed",
        "P_PAID" => "Paid",
        "P_VOID" => "Voided",
        "P_CANC" => "Cancelled",
        _ => "Not Paid",
    }
}

/// An amount of a payload; zero when it is none.
fn amount(value: Option<&Value>) -> Decimal {
    let text = match value {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    text.parse().or_else(|_| Decimal::from_scientific(&text)).unwrap_or_default()
}

fn of_payload(id: String, payload: &Value, changed: Timestamp) -> Invoice {
    let header = |name: &str| payload.pointer(&format!("/requestHeader/{name}")).and_then(Value::as_str);
    let vendor = |name: &str| {
        payload.pointer(&format!("/vendor/{name}")).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let at = |name: &str| header(name).and_then(|text| text.parse::<Timestamp>().ok());
    let owner = payload.pointer("/ownerEmployee/loginId").and_then(Value::as_str).map(|login| {
        let part = |name: &str| {
            payload.pointer(&format!("/ownerEmployee/{name}")).and_then(Value::as_str).unwrap_or_default()
        };
        (login.to_owned(), format!("{}, {}", part("employeeLastName"), part("employeeFirstName")))
    });
    let mut total = amount(payload.pointer("/requestHeader/requestTotal"));
    total.rescale(total.normalize().scale().max(2));
    let text = |name: &str| header(name).unwrap_or_default().to_owned();
    let posting = header("postingDate").and_then(day_of);
    let complete = at("processCompleteDate");
    Invoice {
        id,
        name: text("requestTitle"),
        number: text("vendorInvoiceNumber"),
        vendor: (vendor("vendorCode"), vendor("vendorRemitToAddressCode")),
        vendor_name: vendor("vendorName"),
        currency: text("currencyAlphaCode"),
        total,
        owner,
        approval: "A_APPR",
        payment: "P_PROC",
        method: text("payMethodType"),
        created: at("requestCreationDate").unwrap_or(changed),
        submitted: at("submitDate"),
        day: posting.or_else(|| complete.map(|at| at.to_zoned(TimeZone::UTC).date())),
        invoice_day: header("invoiceDate").and_then(day_of),
        due: header("paymentDueDate").and_then(day_of),
        extracted: None,
        paid: None,
        modified: complete.unwrap_or(changed),
        visible: Timestamp::MIN,
    }
}

fn of_posted(state: &State, posted: &Posted) -> Invoice {
    let text = |name: &str| posted.text(name).to_owned();
    let visible = state.switches.digest_lag_seconds;
    let lag = jiff::SignedDuration::from_secs(visible);
    Invoice {
        id: posted.id.clone(),
        name: text("Name"),
        number: text("InvoiceNumber"),
        vendor: posted.vendor.clone(),
        vendor_name: posted.vendor_name.clone(),
        currency: text("CurrencyCode"),
        total: posted.text("InvoiceAmount").parse().unwrap_or_default(),
        owner: posted.owner.map(|e| (e.login(), e.list_name())),
        approval: "A_NOTF",
        payment: "P_NOTP",
        method: "CLIENT".to_owned(),
        created: posted.created,
        submitted: None,
        day: None,
        invoice_day: day_of(posted.text("InvoiceDate")),
        due: day_of(posted.text("PaymentDueDate")),
        extracted: None,
        paid: None,
        modified: posted.modified,
        visible: posted.created.checked_add(lag).unwrap_or(Timestamp::MAX),
    }
}
