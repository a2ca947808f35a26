//! Image v1 (contract section 8): a signed address that lives for 15 minutes, and the picture behind it, which is
//! read without a token.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::call::{Call, Reply, escape};
use super::state::State;
use super::{invoices, multipart, picture};

/// How long an address lives, in seconds.
const LIFE: i64 = 15 * 60;
/// Longest picture of an upload, in bytes.
const LONGEST: usize = 10 * 1024 * 1024;

/// A picture: media type and bytes.
type Picture = (&'static str, Vec<u8>);

/// Pictures that calls brought, by kind and id.
#[derive(Debug, Default)]
pub(super) struct Images {
    uploaded: HashMap<(String, String), Vec<Picture>>,
    made: u64,
}

impl Images {
    /// What calls brought, without the pictures themselves.
    pub(super) fn truth(&self) -> Vec<Value> {
        let one = |((kind, id), all): (&(String, String), &Vec<Picture>)| {
            let sizes: Vec<usize> = all.iter().map(|(_, bytes)| bytes.len()).collect();
            json!({ "kind": kind, "id": id, "bytes": sizes })
        };
        self.uploaded.iter().map(one).collect()
    }
}

fn missing() -> Reply {
    Reply::refuse(404, "There is no image.")
}

/// `GET /api/image/v1.0/{kind}/{id}`.
pub(super) fn address(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let (kind, id) = (call.path("kind"), call.path("id"));
    found(state, kind, id).ok_or_else(missing)?;
    Ok(xml(state, 200, kind, id))
}

fn xml(state: &State, status: u16, kind: &str, id: &str) -> Reply {
    let expires = state.now.as_second() + LIFE;
    let base = state.url(state.switches.home);
    let signature = signature(state, kind, id, &expires.to_string());
    let url = format!("{base}/image-store/{kind}/{id}?expires={expires}&signature={signature}");
    let text = format!("<Image><Id>{}</Id><Url>{}</Url></Image>", escape(id), escape(&url));
    Reply::Bytes(status, "application/xml", text.into_bytes())
}

fn signature(state: &State, kind: &str, id: &str, expires: &str) -> String {
    state.ids.hex("image", &format!("{kind}/{id}/{expires}"), 40)
}

/// `GET /image-store/{kind}/{id}`: the picture, while its address lives.
pub(super) fn download(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let (kind, id) = (call.path("kind"), call.path("id"));
    let expires = call.query("expires").unwrap_or_default();
    let alive = expires.parse::<i64>().is_ok_and(|end| state.now.as_second() < end);
    if !alive || call.query("signature") != Some(signature(state, kind, id, expires).as_str()) {
        return Err(Reply::refuse(403, "The address is not valid or has expired."));
    }
    let (media, bytes) = found(state, kind, id).ok_or_else(missing)?;
    Ok(Reply::Bytes(200, media, bytes))
}

/// `POST /api/image/v1.0/receipt`, `…/expenseentry/{id}`, `…/invoice/{id}`, `…/report/{id}`.
pub(super) fn upload(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let media = multipart::media(&call.body)
        .filter(|media| *media != "image/tiff")
        .ok_or_else(|| Reply::refuse(400, "The image must be a PDF, JPEG or PNG file."))?;
    if call.body.len() > LONGEST {
        return Err(Reply::refuse(400, "The image is longer than 10 MB."));
    }
    let kind = if call.path("kind").is_empty() { "receipt" } else { call.path("kind") };
    let id = if kind == "receipt" {
        if !call.path("id").is_empty() {
            return Err(Reply::refuse(400, "A receipt is uploaded without an id."));
        }
        state.images.made += 1;
        state.ids.hex("uploaded-receipt", &state.images.made.to_string(), 32).to_uppercase()
    } else {
        call.path("id").to_owned()
    };
    let known = match kind {
        "receipt" => true,
        "expenseentry" => entries(state).any(|(_, entry)| entry["entryId"] == id.as_str()),
        "report" => entries(state).any(|(record, _)| record.business == id),
        "invoice" => invoices::all(state).iter().any(|one| one.id == id),
        _ => false,
    };
    if !known {
        return Err(missing());
    }
    if kind != "report" && found(state, kind, &id).is_some() {
        return Err(Reply::refuse(400, "There is an image already; it cannot be replaced."));
    }
    let key = (kind.to_owned(), id.clone());
    state.images.uploaded.entry(key).or_default().push((media, call.body.clone()));
    Ok(xml(state, 201, kind, &id))
}

/// Every entry of every expense report, with its document.
fn entries(state: &State) -> impl Iterator<Item = (&super::record::Record, &Value)> {
    state.records.iter().filter(|record| record.doc_type == "expense").flat_map(|record| {
        let all = record.document.get("expenseEntry").and_then(Value::as_array);
        all.into_iter().flatten().map(move |entry| (record, entry))
    })
}

fn found(state: &State, kind: &str, id: &str) -> Option<Picture> {
    let key = (kind.to_owned(), id.to_owned());
    let uploaded = state.images.uploaded.get(&key);
    if let Some(one) = uploaded.and_then(|all| all.last())
        && kind != "report"
    {
        return Some(one.clone());
    }
    let text = |value: &Value, name: &str| match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let has_receipt = |entry: &Value| entry.get("entryReceiptId").is_some_and(Value::is_string);
    match kind {
        "receipt" | "expenseentry" => {
            let name = if kind == "receipt" { "entryReceiptId" } else { "entryId" };
            let (record, entry) =
                entries(state).find(|(_, entry)| entry[name] == id && has_receipt(entry))?;
            let receipt = text(entry, "entryReceiptId");
            let lines = [
                text(entry, "entryVendorDescription"),
                text(entry, "entryDescription"),
                text(entry, "entryDate").chars().take(10).collect(),
                format!(
                    "{} {}",
                    text(entry, "reportEntryTransactionAmount"),
                    text(entry, "entryCurrAlphaCode")
                ),
                format!("Report {}", record.number),
                format!("Receipt {receipt}"),
            ];
            // both kinds of file occur
            let even = receipt.bytes().last().is_some_and(|sign| sign % 2 == 0);
            Some(if even {
                ("image/png", picture::png(&lines.join("\n")))
            } else {
                ("application/pdf", picture::pdf(&lines))
            })
        }
        "report" => {
            let mut lines = vec![format!("Receipts of report {id}")];
            for (_, entry) in entries(state).filter(|(record, e)| record.business == id && has_receipt(e)) {
                let day: String = text(entry, "entryDate").chars().take(10).collect();
                lines.push(format!("{day} {}", text(entry, "entryVendorDescription")));
                lines.push(format!("  {}", text(entry, "entryReceiptId")));
            }
            let appended = uploaded.map_or(0, Vec::len);
            if appended > 0 {
                lines.push(format!("{appended} appended"));
            }
            (lines.len() > 1).then(|| ("application/pdf", picture::pdf(&lines)))
        }
        "invoice" => {
            let record = state.family(id).find(|record| record.doc_type == "invoice")?;
            let header = record.document.get("requestHeader")?;
            let lines = [
                record.document.get("vendor").map(|v| text(v, "vendorName")).unwrap_or_default(),
                format!("Invoice {}", text(header, "vendorInvoiceNumber")),
                format!("Date {}", text(header, "invoiceDate")),
                format!("Total {} {}", text(header, "requestTotal"), text(header, "currencyAlphaCode")),
            ];
            Some(("application/pdf", picture::pdf(&lines)))
        }
        _ => None,
    }
}
