//! Intuit's webhooks: what the table of senders asks, over the functions of the system's own folder (contract of
//! QuickBooks Online, section 9).

use hyper::HeaderMap;
use secrecy::SecretString;

use crate::inbound::schemes::{Said, short, usable_id};
use crate::systems::quickbooks_online::webhook::{SIGNATURE_HEADER, events, signature_ok};
use crate::transport::receive::too_deep;

/// Whether one of the verifier tokens made the one signature that the headers carry. Two signatures are none.
pub fn signature(headers: &HeaderMap, body: &[u8], tokens: &[SecretString]) -> Option<bool> {
    let mut given = headers.get_all(SIGNATURE_HEADER).iter();
    let (Some(one), None) = (given.next(), given.next()) else { return None };
    Some(one.to_str().is_ok_and(|header| signature_ok(tokens, body, header)))
}

/// Reads a delivery of either format. It can name several companies; what is not understood names none.
pub fn read(body: &[u8]) -> Said {
    let unread = || Said { text: "not a notification that is understood".into(), ..Said::default() };
    if too_deep(body) {
        return unread();
    }
    let Ok(hints) = events(body) else { return unread() };
    let words: Vec<String> = hints.iter().map(|h| format!("{} {:?}", h.entity, h.operation)).collect();
    // the old format has no ids: a delivery that is repeated is repeated byte for byte, and its digest stands for it
    let cloud = body.trim_ascii_start().starts_with(b"[");
    let event_id = match hints.as_slice() {
        [one] if cloud => usable_id(&one.event_id),
        _ => None,
    };
    let mut companies: Vec<String> = hints.into_iter().map(|h| h.realm).collect();
    companies.sort();
    companies.dedup();
    Said { event_id, text: short(&words.join(", ")), companies: Some(companies).filter(|c| !c.is_empty()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"eventNotifications":[{"realmId":"4620816365000001","dataChangeEvent":{"entities":[{"name":"Vendor","id":"56","operation":"Update","lastUpdated":"2026-03-02T17:05:11Z"}]}}]}"#;

    #[test]
    fn exactly_one_header_carries_the_signature() {
        let tokens = [SecretString::from("other"), SecretString::from("made-up-verifier-token")];
        let mut headers = HeaderMap::new();
        assert_eq!(signature(&headers, BODY.as_bytes(), &tokens), None);
        let right = "mRxdxvUxpusDLtkbOgQpJ4tVia5Dys5w5gfuFaUpZfs=";
        headers.insert(SIGNATURE_HEADER, right.parse().unwrap());
        assert_eq!(signature(&headers, BODY.as_bytes(), &tokens), Some(true));
        assert_eq!(signature(&headers, BODY.as_bytes(), &tokens[..1]), Some(false), "another key");
        assert_eq!(signature(&headers, format!("{BODY} ").as_bytes(), &tokens), Some(false), "another body");
        headers.append(SIGNATURE_HEADER, right.parse().unwrap());
        assert_eq!(signature(&headers, BODY.as_bytes(), &tokens), None, "two");
    }

    #[test]
    fn a_delivery_names_its_companies() {
        let said = read(BODY.as_bytes());
        assert_eq!(said.companies, Some(vec!["4620816365000001".to_string()]));
        assert_eq!(said.text, "Vendor Update");
        let two = BODY.replace("]}}]}", r#"]}},{"realmId":"1","dataChangeEvent":{"entities":[{"name":"Bill","id":"1","operation":"Void"}]}}]}"#);
        let said = read(two.as_bytes());
        assert_eq!(said.companies, Some(vec!["1".into(), "4620816365000001".into()]));
        assert_eq!(said.event_id, None, "a delivery of several events is known by its digest");
        for odd in ["[]", "{}", "7", "[{}]", r#"{"eventNotifications":[{"realmId":"1"},{}]}"#] {
            assert_eq!(read(odd.as_bytes()).companies, None, "{odd}");
        }
    }
}
