//! Payment request digests (contract section 4.2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Number, Value, json};

use super::call::{Call, Reply};
use super::invoices::{self, Invoice};
use super::state::State;

/// Most digests of a page.
const MOST: usize = 1000;

/// `GET /api/v3.0/invoice/paymentrequestdigests`.
pub(super) fn list(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let limit = call.count("limit", MOST, 1)?.min(MOST);
    let from = match call.query("offset") {
        None => 0,
        Some(text) => place(text).ok_or_else(|| Reply::refuse(400, "The offset is not valid."))?,
    };
    let mut chosen = Vec::new();
    for one in invoices::all(state) {
        if one.visible <= state.now && fits(&one, call)? {
            chosen.push(one);
        }
    }
    let page: Vec<Value> = chosen.iter().skip(from).take(limit).map(|one| written(state, one)).collect();
    let next = from.saturating_add(limit);
    let next_page = (next < chosen.len()).then(|| {
        let base = state.url(state.switches.home);
        let offset = URL_SAFE_NO_PAD.encode(format!("digests:{next}"));
        format!("{base}/api/v3.0/invoice/paymentrequestdigests?limit={limit}&offset={offset}")
    });
    let name = if state.switches.digest_items { "Items" } else { "PaymentRequestDigest" };
    Ok(Reply::ok(json!({ name: page, "NextPage": next_page, "TotalCount": chosen.len() })))
}

fn place(text: &str) -> Option<usize> {
    let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    decoded.strip_prefix("digests:")?.parse().ok()
}

fn utc_day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

fn fits(one: &Invoice, call: &Call) -> Result<bool, Reply> {
    let among = |name: &str, code: &str| {
        call.query(name).is_none_or(|wanted| wanted.split(',').any(|part| part.trim() == code))
    };
    let mut fits = among("approvalStatus", one.approval)
        && among("paymentStatus", one.payment)
        && among("payMethodType", &one.method)
        && call.query("vendorInvoiceNumber").is_none_or(|wanted| one.number.eq_ignore_ascii_case(wanted));
    for (name, day) in [
        ("createDate", Some(utc_day(one.created))),
        ("submitDate", one.submitted.map(utc_day)),
        ("userDefinedDate", one.day),
        ("paidDate", one.paid),
        ("lastModifiedDate", Some(utc_day(one.modified))),
        ("extractedDate", one.extracted.map(utc_day)),
    ] {
        // the day itself is in neither
        if let Some(limit) = day_of_query(call, &format!("{name}After"))? {
            fits = fits && day.is_some_and(|day| day > limit);
        }
        if let Some(limit) = day_of_query(call, &format!("{name}Before"))? {
            fits = fits && day.is_some_and(|day| day < limit);
        }
    }
    Ok(fits)
}

fn day_of_query(call: &Call, name: &str) -> Result<Option<Date>, Reply> {
    let Some(text) = call.query(name) else { return Ok(None) };
    let day = text.parse::<Date>().ok().filter(|_| text.len() == 10);
    day.map(Some).ok_or_else(|| Reply::refuse(400, &format!("{name} is not a date of the form YYYY-MM-DD.")))
}

fn written(state: &State, one: &Invoice) -> Value {
    let time = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M:%S.0").to_string();
    let day = |day: Date| format!("{day} 00:00:00.0");
    let uri = format!("{}/api/v3.0/invoice/paymentrequest/{}", state.url(state.switches.home), one.id);
    let (id, address) =
        if state.switches.digest_items { ("PaymentRequestId", "URI") } else { ("ID", "PaymentRequestUri") };
    json!({
        id: one.id, address: uri, "VendorName": one.vendor_name, "InvoiceNumber": one.number,
        "ApprovalStatusCode": one.approval, "PaymentStatusCode": one.payment,
        "Total": one.total.to_string().parse::<Number>().map_or(Value::Null, Value::Number),
        "CurrencyCode": one.currency, "PaymentMethod": one.method,
        "OwnerLoginID": one.owner.as_ref().map(|(login, _)| login),
        "OwnerName": one.owner.as_ref().map(|(_, name)| name), "IsDeleted": false,
        "CreateDate": time(one.created), "SubmitDate": one.submitted.map(time),
        "UserDefinedDate": one.day.map(day), "PaidDate": one.paid.map(day),
        "ExtractedDate": one.extracted.map(time), "LastModifiedDate": time(one.modified),
    })
}
