//! The posting call: prepared items side by side, under one key (contract 3.3 and 4.2; reliability.md, 4.5).

use crate::model::canonical::sha256_hex;
use crate::systems::{ItemKey, Prepared, PreparedCall};

/// A call of these items, in this order, each with exactly the bytes it was prepared with.
pub fn assemble(
    realm: &str,
    items: &[Prepared],
    keys: &[ItemKey],
    request_key: Option<&str>,
) -> PreparedCall {
    let size = items.iter().map(|i| i.bytes.len() + 1).sum::<usize>() + 32;
    let mut bytes = Vec::with_capacity(size);
    bytes.extend_from_slice(br#"{"BatchItemRequest":["#);
    for (n, item) in items.iter().enumerate() {
        if n > 0 {
            bytes.push(b',');
        }
        bytes.extend_from_slice(&item.bytes);
    }
    bytes.extend_from_slice(b"]}");
    PreparedCall { request_key: request_key.map_or_else(|| key_of(realm, keys), str::to_string), bytes }
}

/// `b-` and the first 34 hex digits of SHA-256(realm | the ordered references and generations): 36 characters.
fn key_of(realm: &str, keys: &[ItemKey]) -> String {
    let mut text = realm.to_string();
    for k in keys {
        text.push_str(&format!("|{}|{}", k.reference, k.generation));
    }
    let hex = sha256_hex(text.as_bytes());
    format!("b-{}", hex.get(..34).unwrap_or(&hex))
}
