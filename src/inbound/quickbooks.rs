//! Intuit's webhooks (contract of QuickBooks Online, section 9): the signature, and what either format says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hyper::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;

use crate::inbound::schemes::{Said, short, usable_id};
use crate::transport::receive::too_deep;

/// The header of the signature.
const HEADER: &str = "intuit-signature";

/// Whether one of the verifier tokens made the signature: HMAC-SHA256 over the exact body, in base64. Every token is
/// tried, and each comparison takes the same time whatever it finds. Two signatures are none.
pub fn signature(headers: &HeaderMap, body: &[u8], tokens: &[SecretString]) -> Option<bool> {
    let mut given = headers.get_all(HEADER).iter();
    let (Some(one), None) = (given.next(), given.next()) else { return None };
    let Ok(claimed) = STANDARD.decode(one.as_bytes()) else { return Some(false) };
    let mut right = false;
    for token in tokens {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(token.expose_secret().as_bytes()) else { continue };
        mac.update(body);
        right |= mac.verify_slice(&claimed).is_ok();
    }
    Some(right)
}

/// Reads a delivery: the object of the old format, or the array of the new one. It can name several companies.
pub fn read(body: &[u8]) -> Said {
    let unread = || Said { text: "not a notification that is understood".into(), ..Said::default() };
    if too_deep(body) {
        return unread();
    }
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return unread() };
    let text = |v: &Value, pointer: &str| v.pointer(pointer).and_then(Value::as_str).map(str::to_string);
    let (realms, words, event_id) = match &value {
        Value::Array(events) => {
            let realms: Vec<_> = events.iter().map(|e| text(e, "/intuitaccountid")).collect();
            let words = events.iter().filter_map(|e| text(e, "/type")).collect::<Vec<_>>();
            let id = match events.as_slice() {
                [one] => text(one, "/id"),
                _ => None,
            };
            (realms, words, id)
        }
        Value::Object(_) => {
            let Some(list) = value.pointer("/eventNotifications").and_then(Value::as_array) else {
                return unread();
            };
            let realms: Vec<_> = list.iter().map(|n| text(n, "/realmId")).collect();
            let entities = |n: &Value| {
                n.pointer("/dataChangeEvent/entities").and_then(Value::as_array).cloned().unwrap_or_default()
            };
            let name = |e: &Value| {
                format!(
                    "{} {}",
                    text(e, "/name").unwrap_or_default(),
                    text(e, "/operation").unwrap_or_default()
                )
            };
            (realms, list.iter().flat_map(entities).map(|e| name(&e)).collect(), None)
        }
        _ => return unread(),
    };
    // an event without a realm could concern any: everything is looked at
    let mut companies: Option<Vec<String>> = realms.into_iter().collect();
    if let Some(list) = &mut companies {
        list.sort();
        list.dedup();
    }
    Said {
        event_id: event_id.as_deref().and_then(usable_id),
        text: short(&words.join(", ")),
        companies: companies.filter(|c| !c.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = r#"{"eventNotifications":[{"realmId":"4620816365000001","dataChangeEvent":{"entities":[{"name":"Vendor","id":"56","operation":"Update","lastUpdated":"2026-03-02T17:05:11Z"}]}}]}"#;
    const NEW: &str = r#"[{"specversion":"1.0","id":"3f0c7a52-1d7e-4a43-9d0b-2b6c6a4f8e11","source":"intuit.a1b2","type":"qbo.vendor.updated.v1","datacontenttype":"application/json","time":"2026-03-02T17:05:11.004512Z","intuitentityid":"56","intuitaccountid":"4620816365000001","data":{}}]"#;

    fn headers(signature: &str) -> HeaderMap {
        let mut h = HeaderMap::new();
        h.insert(HEADER, signature.parse().unwrap());
        h
    }

    #[test]
    fn the_contract_s_vectors_hold() {
        let token = [SecretString::from("other"), SecretString::from("made-up-verifier-token")];
        for (body, signed) in [
            (OLD, "mRxdxvUxpusDLtkbOgQpJ4tVia5Dys5w5gfuFaUpZfs="),
            (NEW, "26wzGuMyJ/BgiFdOXzzYmJO6X8FgzRq4XNQoZgG8g/M="),
        ] {
            let h = headers(signed);
            assert_eq!(signature(&h, body.as_bytes(), &token), Some(true));
            assert_eq!(signature(&h, body.as_bytes(), &token[..1]), Some(false), "another key");
            assert_eq!(signature(&h, format!("{body} ").as_bytes(), &token), Some(false), "another body");
            assert_eq!(signature(&h, body.as_bytes(), &[]), Some(false), "no key");
        }
        assert_eq!(signature(&HeaderMap::new(), OLD.as_bytes(), &token), None);
        assert_eq!(signature(&headers("%%%"), OLD.as_bytes(), &token), Some(false));
    }

    #[test]
    fn both_formats_name_their_companies() {
        let realm = Some(vec!["4620816365000001".to_string()]);
        assert_eq!(read(OLD.as_bytes()).companies, realm);
        assert_eq!(read(OLD.as_bytes()).text, "Vendor Update");
        let new = read(NEW.as_bytes());
        assert_eq!((new.companies, new.text.as_str()), (realm, "qbo.vendor.updated.v1"));
        assert_eq!(new.event_id.as_deref(), Some("3f0c7a52-1d7e-4a43-9d0b-2b6c6a4f8e11"));
        let two = r#"{"eventNotifications":[{"realmId":"2"},{"realmId":"1"},{"realmId":"2"}]}"#;
        assert_eq!(read(two.as_bytes()).companies, Some(vec!["1".into(), "2".into()]));
        for odd in ["[]", "{}", "7", "[{}]", r#"{"eventNotifications":[{"realmId":"1"},{}]}"#] {
            assert_eq!(read(odd.as_bytes()).companies, None, "{odd}");
        }
    }
}
