//! Message sets (contract 4, 6.1 and 6.2): one posting with its id, reads without one, and the clearing of what is
//! recorded.

use crate::systems::{ItemKey, Prepared, PreparedCall};

use super::write::PROLOGUE;

/// Characters of a message set's id, at most (contract 6.1).
const ID_MAX: usize = 20;

/// What QuickBooks refuses as a whole (0x80040400; contract 5.3): no message set at all.
const NOTHING: &str = "<QBXML></QBXML>";

/// The id of the message set of one posting: reference and generation, never derived from a visit (contract 6.2).
pub fn key_of(key: &ItemKey) -> String {
    format!("{}{:03}", key.reference, key.generation)
}

/// The message set around one posting. `recorded` is the last set whose outcome is recorded: QuickBooks may forget it.
///
/// Anything but exactly one item under its own key gives [`NOTHING`]: a call is limited to one item, so that this is a
/// fault of ours, and QuickBooks proves by refusing it that nothing ran.
pub fn posting(
    items: &[Prepared],
    keys: &[ItemKey],
    request_key: Option<&str>,
    recorded: Option<&str>,
) -> PreparedCall {
    let id = request_key.map_or_else(|| keys.first().map(key_of).unwrap_or_default(), str::to_string);
    // an old id with another content would be refused as a clash, or worse be taken for the old one
    let one = items.first().filter(|item| items.len() == 1 && item.item_key == id && is_id(&id));
    let Some(item) = one else {
        tracing::error!(items = items.len(), id, "not one posting with an id: nothing is sent");
        return PreparedCall { request_key: id, bytes: format!("{PROLOGUE}{NOTHING}").into_bytes() };
    };
    let old = recorded.filter(|old| *old != id && is_id(old));
    let old = old.map_or_else(String::new, |old| format!(r#" oldMessageSetID="{old}""#));
    let mut bytes = Vec::with_capacity(item.bytes.len() + 256);
    let open = format!(r#"<QBXML><QBXMLMsgsRq onError="stopOnError" newMessageSetID="{id}"{old}>"#);
    bytes.extend_from_slice(PROLOGUE.as_bytes());
    bytes.extend_from_slice(open.as_bytes());
    bytes.extend_from_slice(&item.bytes);
    bytes.extend_from_slice(b"</QBXMLMsgsRq></QBXML>");
    PreparedCall { request_key: id, bytes }
}

/// A set that clears what QuickBooks remembers of a set whose outcome is recorded, and does nothing else. It destroys
/// evidence: never before the outcome is recorded (contract 6.1).
///
/// # Errors
/// A sentence: the id is none that was ever given.
pub fn clear_set(recorded: &str) -> Result<String, String> {
    if !is_id(recorded) {
        return Err(format!("{recorded:?} is no id of a message set"));
    }
    let open = format!(r#"<QBXML><QBXMLMsgsRq onError="stopOnError" oldMessageSetID="{recorded}">"#);
    Ok(format!("{PROLOGUE}{open}</QBXMLMsgsRq></QBXML>"))
}

/// A set of reads, as [`super::queries`] makes them: no ids, because they may be repeated (contract 6.1).
pub fn reads(requests: &[String]) -> Vec<u8> {
    let body = requests.concat();
    format!(r#"{PROLOGUE}<QBXML><QBXMLMsgsRq onError="continueOnError">{body}</QBXMLMsgsRq></QBXML>"#)
        .into_bytes()
}

/// A set of one other write: a vendor that is made or changed. With an `id` its outcome can be asked for again; it is
/// never one of a posting.
///
/// # Errors
/// A sentence: the id is none that QuickBooks would take.
pub fn write_set(id: Option<&str>, recorded: Option<&str>, request: &str) -> Result<Vec<u8>, String> {
    let mut attributes = String::new();
    if let Some(id) = id {
        if !is_id(id) {
            return Err(format!("{id:?} cannot be the id of a message set"));
        }
        attributes.push_str(&format!(r#" newMessageSetID="{id}""#));
        if let Some(old) = recorded.filter(|old| *old != id && is_id(old)) {
            attributes.push_str(&format!(r#" oldMessageSetID="{old}""#));
        }
    }
    let set =
        format!(r#"<QBXML><QBXMLMsgsRq onError="stopOnError"{attributes}>{request}</QBXMLMsgsRq></QBXML>"#);
    Ok(format!("{PROLOGUE}{set}").into_bytes())
}

/// At most 20 of `[A-Z0-9-]` (contract 6.1).
pub fn is_id(id: &str) -> bool {
    (1..=ID_MAX).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
}
