//! Webhooks: signatures over raw bytes, and both formats.

use secrecy::SecretString;

use crate::systems::quickbooks_online::webhook::{Operation, WebhookError, events, signature_ok};

const OLD: &str = r#"{"eventNotifications":[{"realmId":"4620816365000001","dataChangeEvent":{"entities":[{"name":"Vendor","id":"56","operation":"Update","lastUpdated":"2026-03-02T17:05:11Z"}]}}]}"#;
const NEW: &str = r#"[{"specversion":"1.0","id":"3f0c7a52-1d7e-4a43-9d0b-2b6c6a4f8e11","source":"intuit.a1b2","type":"qbo.vendor.updated.v1","datacontenttype":"application/json","time":"2026-03-02T17:05:11.004512Z","intuitentityid":"56","intuitaccountid":"4620816365000001","data":{}}]"#;

fn tokens(list: &[&str]) -> Vec<SecretString> {
    list.iter().map(|t| (*t).to_string().into()).collect()
}

#[test]
fn the_contracts_two_vectors_are_accepted_and_nothing_else() {
    let right = tokens(&["made-up-verifier-token"]);
    let vectors = [
        (OLD, "mRxdxvUxpusDLtkbOgQpJ4tVia5Dys5w5gfuFaUpZfs="),
        (NEW, "26wzGuMyJ/BgiFdOXzzYmJO6X8FgzRq4XNQoZgG8g/M="),
    ];
    for (body, signature) in vectors {
        assert!(signature_ok(&right, body.as_bytes(), signature));
        assert!(signature_ok(&tokens(&["new", "made-up-verifier-token"]), body.as_bytes(), signature));
        assert!(!signature_ok(&tokens(&["another"]), body.as_bytes(), signature));
        assert!(!signature_ok(&[], body.as_bytes(), signature));
        assert!(!signature_ok(&right, format!("{body} ").as_bytes(), signature));
        for bad in ["", "=", "not base64!", &signature[..20], "AAAA"] {
            assert!(!signature_ok(&right, body.as_bytes(), bad), "{bad}");
        }
    }
    // an empty token signs nothing: HMAC with an empty key is known to everybody
    let empty = "thNnmggU2ex3L5XXeMNfxf8Wl8STcVZTxscSFEKSxa0=";
    assert!(!signature_ok(&tokens(&[""]), b"", empty));
}

#[test]
fn both_formats_say_the_same() {
    for body in [OLD, NEW] {
        let hints = events(body.as_bytes()).unwrap();
        assert_eq!(hints.len(), 1);
        let h = &hints[0];
        assert_eq!(
            (h.realm.as_str(), h.entity.as_str(), h.id.as_str()),
            ("4620816365000001", "Vendor", "56")
        );
        assert_eq!(h.operation, Operation::Update);
        assert_eq!(h.at.unwrap().as_second(), 1_772_471_111);
        // a repeated delivery has the same identity
        assert_eq!(events(body.as_bytes()).unwrap()[0].event_id, h.event_id);
    }
    assert_eq!(events(NEW.as_bytes()).unwrap()[0].event_id, "3f0c7a52-1d7e-4a43-9d0b-2b6c6a4f8e11");
}

#[test]
fn merges_tell_the_loser_and_companies_may_be_mixed() {
    let body = r#"{"eventNotifications":[
        {"realmId":"1","dataChangeEvent":{"entities":[
            {"name":"Vendor","id":"56","operation":"Merge","deletedId":"57","lastUpdated":"2026-03-02T09:05:11-0800"}]}},
        {"realmId":"2","dataChangeEvent":{"entities":[
            {"name":"Bill","id":"151","operation":"Void","lastUpdated":"2026-03-02T09:05:11.000-08:00"},
            {"name":"Widget","id":"9","operation":"Polish","lastUpdated":"yesterday"}]}}]}"#;
    let hints = events(body.as_bytes()).unwrap();
    let said: Vec<_> =
        hints.iter().map(|h| format!("{} {} {} {:?}", h.realm, h.entity, h.id, h.operation)).collect();
    assert_eq!(
        said,
        ["1 Vendor 57 Delete", "1 Vendor 56 Merge", "2 Bill 151 Void", "2 Widget 9 Other(\"Polish\")"]
    );
    assert_eq!(hints[1].at, hints[2].at);
    assert!(hints[1].at.is_some() && hints[3].at.is_none());
    let mut ids: Vec<_> = hints.iter().map(|h| &h.event_id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
    let new =
        NEW.replace("qbo.vendor.updated.v1", "qbo.billpayment.deleted.v1").replace(".004512Z", ".123456789Z");
    let h = events(new.as_bytes()).unwrap().remove(0);
    assert_eq!((h.entity.as_str(), h.operation), ("BillPayment", Operation::Delete));
}

#[test]
fn what_is_no_delivery_is_an_error_and_never_a_panic() {
    assert!(matches!(events(b"{"), Err(WebhookError::Json(..))));
    assert_eq!(events(b"3"), Err(WebhookError::Format));
    assert_eq!(events(b"{}"), Err(WebhookError::Format));
    assert_eq!(events(b"[]"), Ok(vec![]));
    for body in
        ["[{}]", "[null]", r#"{"eventNotifications":[{}]}"#, r#"{"eventNotifications":[{"realmId":"1"}]}"#]
    {
        assert!(matches!(events(body.as_bytes()), Err(WebhookError::Missing(_))), "{body}");
    }
    let no_kind = NEW.replace("qbo.vendor.updated.v1", "qbo");
    assert_eq!(events(no_kind.as_bytes()), Err(WebhookError::Missing("[0].type".into())));
}
