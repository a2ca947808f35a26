//! Webhooks (contract, section 9): the signature over the raw body, and both formats of the body. Pure: the receiver
//! calls it. What an event says is a hint; the record is fetched before anything is believed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;

use crate::model::canonical::sha256_hex;

/// The header that holds the signature.
pub const SIGNATURE_HEADER: &str = "intuit-signature";

/// What happened to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Made.
    Create,
    /// Changed.
    Update,
    /// Deleted, or merged into another one.
    Delete,
    /// Another record was merged into it.
    Merge,
    /// Voided.
    Void,
    /// Sent by e-mail.
    Emailed,
    /// A word that this version does not know.
    Other(String),
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The company. One delivery can mix companies.
    pub realm: String,
    /// `Vendor`, `Bill`; as it came where the name is not known.
    pub entity: String,
    /// The record's id.
    pub id: String,
    /// What happened.
    pub operation: Operation,
    /// When, where it can be read.
    pub at: Option<Timestamp>,
    /// The same for every delivery of the same event: CloudEvents' id, or a hash of what the event says.
    pub event_id: String,
}

/// Why a body is no delivery.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// No JSON.
    #[error("the body is no JSON (line {0}, column {1})")]
    Json(usize, usize),
    /// Neither of the two formats.
    #[error("the body is neither a list of events nor has it eventNotifications")]
    Format,
    /// A field that has to be there.
    #[error("{0} is missing")]
    Missing(String),
}

/// Whether `header` is the signature of exactly these bytes by one of the tokens, compared in constant time. Several
/// tokens are valid while one is replaced.
pub fn signature_ok(verifier_tokens: &[SecretString], body: &[u8], header: &str) -> bool {
    let Ok(signature) = STANDARD.decode(header.trim()) else { return false };
    let mut ok = false;
    for token in verifier_tokens.iter().filter(|t| !t.expose_secret().is_empty()) {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(token.expose_secret().as_bytes()) else { continue };
        mac.update(body);
        ok |= mac.verify_slice(&signature).is_ok();
    }
    ok
}

/// The events of a delivery, in either format. Call it after [`signature_ok`] only.
pub fn events(body: &[u8]) -> Result<Vec<Hint>, WebhookError> {
    let value: Value = serde_json::from_slice(body).map_err(|e| WebhookError::Json(e.line(), e.column()))?;
    let mut hints = Vec::new();
    match &value {
        Value::Array(list) => {
            for (n, event) in list.iter().enumerate() {
                cloud_event(n, event, &mut hints)?;
            }
        }
        Value::Object(object) => {
            let list = object.get("eventNotifications").and_then(Value::as_array);
            for (n, one) in list.ok_or(WebhookError::Format)?.iter().enumerate() {
                notification(n, one, &mut hints)?;
            }
        }
        _ => return Err(WebhookError::Format),
    }
    Ok(hints)
}

/// Text or number; empty is none.
fn text(value: &Value, name: &str) -> Option<String> {
    let text = match value.get(name)? {
        Value::String(s) => s.trim().to_string(),
        Value::Number(n) => n.to_string(),
        _ => return None,
    };
    Some(text).filter(|t| !t.is_empty())
}

fn need(value: &Value, name: &str, path: &str) -> Result<String, WebhookError> {
    text(value, name).ok_or_else(|| WebhookError::Missing(format!("{path}.{name}")))
}

fn notification(n: usize, one: &Value, hints: &mut Vec<Hint>) -> Result<(), WebhookError> {
    let path = format!("eventNotifications[{n}]");
    let realm = need(one, "realmId", &path)?;
    let entities = one.pointer("/dataChangeEvent/entities").and_then(Value::as_array);
    let entities =
        entities.ok_or_else(|| WebhookError::Missing(format!("{path}.dataChangeEvent.entities")))?;
    for (m, entity) in entities.iter().enumerate() {
        let path = format!("{path}.dataChangeEvent.entities[{m}]");
        let (name, id) = (need(entity, "name", &path)?, need(entity, "id", &path)?);
        let word = need(entity, "operation", &path)?;
        let at = text(entity, "lastUpdated").unwrap_or_default();
        // the old format has no id of an event: what it says is its identity
        let said = |id: &str, word: &str| sha256_hex(format!("{realm}|{name}|{id}|{word}|{at}").as_bytes());
        let hint = |id: String, word: &str| Hint {
            realm: realm.clone(),
            entity: known(&name),
            operation: operation(word),
            at: instant(&at),
            event_id: said(&id, word),
            id,
        };
        if let Some(gone) = text(entity, "deletedId") {
            hints.push(hint(gone, "Delete"));
        }
        hints.push(hint(id, &word));
    }
    Ok(())
}

fn cloud_event(n: usize, event: &Value, hints: &mut Vec<Hint>) -> Result<(), WebhookError> {
    let path = format!("[{n}]");
    let (event_id, kind) = (need(event, "id", &path)?, need(event, "type", &path)?);
    let realm = need(event, "intuitaccountid", &path)?;
    let id = need(event, "intuitentityid", &path)?;
    // qbo.<entity>.<created|updated|deleted|merged|…>.v1
    let mut words = kind.split('.').skip(1);
    let (Some(entity), Some(word)) = (words.next(), words.next()) else {
        return Err(WebhookError::Missing(format!("{path}.type")));
    };
    let at = instant(&text(event, "time").unwrap_or_default());
    let hint = |id: String, operation: Operation, event_id: String| Hint {
        realm: realm.clone(),
        entity: known(entity),
        id,
        operation,
        at,
        event_id,
    };
    let data = event.get("data");
    let gone = data.and_then(|d| text(d, "deletedId").or_else(|| text(d, "deleted_id")));
    if let Some(gone) = gone {
        hints.push(hint(gone, Operation::Delete, format!("{event_id}/deleted")));
    }
    hints.push(hint(id, operation(word), event_id));
    Ok(())
}

fn operation(word: &str) -> Operation {
    match word.to_ascii_lowercase().as_str() {
        "create" | "created" => Operation::Create,
        "update" | "updated" => Operation::Update,
        "delete" | "deleted" => Operation::Delete,
        "merge" | "merged" => Operation::Merge,
        "void" | "voided" => Operation::Void,
        "emailed" => Operation::Emailed,
        _ => Operation::Other(word.into()),
    }
}

/// The API's name of a kind of record, whatever case it came in.
fn known(name: &str) -> String {
    const NAMES: [&str; 16] = [
        "Account",
        "Bill",
        "BillPayment",
        "Class",
        "Customer",
        "Department",
        "Employee",
        "Item",
        "JournalEntry",
        "Preferences",
        "Purchase",
        "PurchaseOrder",
        "TaxAgency",
        "Term",
        "Vendor",
        "VendorCredit",
    ];
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    NAMES.iter().find(|n| n.eq_ignore_ascii_case(&plain)).map_or_else(|| name.into(), |n| (*n).into())
}

/// `Z`, `.000Z`, `-08:00`, and `-0700` without its colon.
fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let (head, tail) = text.split_at_checked(text.len().checked_sub(4)?)?;
    let offset = head.ends_with(['+', '-']) && tail.bytes().all(|b| b.is_ascii_digit());
    let (hours, minutes) = tail.split_at_checked(2).filter(|_| offset)?;
    format!("{head}{hours}:{minutes}").parse().ok()
}
