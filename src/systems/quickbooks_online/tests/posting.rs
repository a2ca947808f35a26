//! The posting call itself: key, body, token, pace.

use super::*;
use crate::systems::quickbooks_online::batch::assemble;
use crate::systems::{CallError, Prepared, PreparedCall, SendError};

fn call() -> PreparedCall {
    PreparedCall { request_key: "b-1".into(), bytes: br#"{"BatchItemRequest":[]}"#.to_vec() }
}

fn done() -> Result<Reply, NetError> {
    ok(&json!({"BatchItemResponse": []}))
}

fn prepared(key: &str, bytes: &str) -> Prepared {
    Prepared { item_key: key.into(), bytes: bytes.as_bytes().to_vec(), lookup: Value::Null }
}

fn keyed(reference: &str, generation: u32) -> ItemKey {
    ItemKey { reference: reference.parse().unwrap(), generation }
}

#[test]
fn a_call_keeps_the_bytes_of_its_items_and_its_key_follows_from_them() {
    let items = [prepared("A", r#"{"bId":"A", "x":1.50}"#), prepared("B", r#"{"bId":"B"}"#)];
    let keys = [keyed("TO7F3A91C2K", 1), keyed("TO7F3A91C2M", 1)];
    let call = assemble(REALM, &items, &keys, None);
    assert_eq!(call.bytes, br#"{"BatchItemRequest":[{"bId":"A", "x":1.50},{"bId":"B"}]}"#);
    // SHA-256 of "4620816365000001|TO7F3A91C2K|1|TO7F3A91C2M|1": a key must never change between versions
    assert_eq!(call.request_key, EXPECTED_KEY);
    assert_eq!(call.request_key.len(), 36);
    let other = |keys: &[ItemKey]| assemble(REALM, &items, keys, None).request_key;
    assert_ne!(other(&[keyed("TO7F3A91C2M", 1), keyed("TO7F3A91C2K", 1)]), call.request_key, "order");
    assert_ne!(other(&[keyed("TO7F3A91C2K", 2), keyed("TO7F3A91C2M", 1)]), call.request_key, "generation");
    assert_ne!(assemble("1", &items, &keys, None).request_key, call.request_key, "realm");
    assert_eq!(assemble(REALM, &items[..1], &keys[..1], Some("b-kept")).request_key, "b-kept");
}

const EXPECTED_KEY: &str = "b-48a850ce220167779d21d457c5a0031de8";

#[tokio::test]
async fn a_call_goes_out_once_with_its_key_and_exact_body() {
    let script = Script::new(vec![done()]);
    let heard = client(&script).send(call()).await.unwrap();
    assert_eq!(heard.status, 200);
    let asked = script.asked.lock().unwrap();
    let request = &asked[0];
    assert!(method_is(request, Method::Post));
    assert_eq!(
        request.url,
        "http://127.0.0.1:9/v3/company/4620816365000001/batch?minorversion=75&requestid=b-1"
    );
    assert_eq!(request.body, call().bytes);
    assert_eq!(request.timeout, Duration::from_secs(130));
    let header = |n: &str| request.headers.iter().find(|(k, _)| k == n).map(|(_, v)| v.as_str());
    assert_eq!(header("Authorization"), Some("Bearer first"));
    assert_eq!(header("Accept"), Some("application/json"));
    assert_eq!(header("Content-Type"), Some("application/json"));
    assert_eq!(*script.reported.lock().unwrap(), [("batch", Heard::Fine)]);
}

#[tokio::test]
async fn an_expired_token_is_renewed_once_and_the_same_call_repeated_once() {
    let expired =
        || Ok(unauthorised("message=AuthenticationFailed; errorCode=003200; statusCode=401", "3200"));
    let script = Script::new(vec![expired(), done()]);
    assert_eq!(client(&script).send(call()).await.unwrap().status, 200);
    assert_eq!(*script.refreshed.lock().unwrap(), 1);
    {
        let asked = script.asked.lock().unwrap();
        assert_eq!((asked[0].url.as_str(), &asked[0].body), (asked[1].url.as_str(), &asked[1].body));
        assert!(asked[1].headers.contains(&("Authorization".into(), "Bearer second".into())));
    }
    // a second refusal is final
    let script = Script::new(vec![expired(), expired()]);
    let error = client(&script).send(call()).await.unwrap_err();
    assert!(matches!(error, SendError::NoToken(CallError::Reauthorise(_))), "{error:?}");
    assert_eq!((script.calls(), *script.refreshed.lock().unwrap()), (2, 1));
    // the upper-case form, without a readable body too
    let upper = json!({"Fault": fault("3200", "AUTHENTICATION", "message=AuthenticationFailed", "x")});
    for body in [upper.to_string(), String::new()] {
        let script = Script::new(vec![Ok(reply(401, &body)), done()]);
        assert!(client(&script).send(call()).await.is_ok());
    }
}

#[tokio::test]
async fn refusals_that_no_token_mends_start_no_refresh() {
    for (message, code, word) in [
        ("message=ApplicationAuthenticationFailed; errorCode=003200; statusCode=401", "3200", "keys"),
        ("message=AuthorizationFailure; errorCode=003201; statusCode=401", "3201", "consent"),
        ("message=NoAuth; errorCode=003202; statusCode=401", "3202", "no access token"),
        ("General Authentication Error", "100", "administrator"),
        ("message=x; errorCode=003100; statusCode=403", "003100", "not allowed"),
    ] {
        let script = Script::new(vec![Ok(unauthorised(message, code))]);
        match client(&script).send(call()).await {
            Err(SendError::NoToken(CallError::Reauthorise(sentence))) => {
                assert!(sentence.contains(word), "{sentence}");
            }
            other => panic!("{message}: {other:?}"),
        }
        assert_eq!(*script.refreshed.lock().unwrap(), 0, "{message}");
    }
}

#[tokio::test]
async fn nothing_else_is_ever_repeated() {
    let lost = NetError::MaybeSent { reason: "reset".into(), timed_out: false };
    for answer in [Ok(reply(500, "")), Ok(reply(429, "")), Ok(reply(400, "{}")), Err(lost)] {
        let script = Script::new(vec![answer]);
        let _heard = client(&script).send(call()).await;
        assert_eq!(script.calls(), 1);
    }
}

#[tokio::test]
async fn an_open_breaker_and_a_spent_quota_send_nothing() {
    for (closed, throttled) in
        [(PaceError::Open("open".into()), false), (PaceError::Wait("quota".into()), true)]
    {
        let script = Script::new(vec![]);
        *script.closed.lock().unwrap() = Some(closed);
        let error = client(&script).send(call()).await.unwrap_err();
        match error {
            SendError::Net(NetError::NotSent(_)) => assert!(!throttled),
            SendError::NoToken(CallError::Throttled(_)) => assert!(throttled),
            other => panic!("{other:?}"),
        }
        assert_eq!(script.calls(), 0);
    }
}

#[tokio::test]
async fn the_pace_hears_of_every_quota_answer() {
    let quota = fault("3001", "SERVICE", "message=ThrottleExceeded; errorCode=003001; statusCode=429", "d");
    let in_item = json!({"BatchItemResponse": [{"bId": "A", "Fault": quota}]});
    let old_form = json!({ "Fault": quota });
    let mut told = reply(429, "");
    told.headers.push(("retry-after".into(), "30".into()));
    for (answer, want) in [
        (Ok(told), Heard::Throttled(Some(30))),
        (Ok(reply(403, &old_form.to_string())), Heard::Throttled(None)),
        (Ok(reply(200, &in_item.to_string())), Heard::Throttled(None)),
        (Ok(reply(503, "<html>")), Heard::Failed),
        (Err(NetError::NotSent("dns".into())), Heard::Failed),
        (Ok(reply(400, "{}")), Heard::Fine),
    ] {
        let script = Script::new(vec![answer]);
        let _heard = client(&script).send(call()).await;
        assert_eq!(*script.reported.lock().unwrap(), [("batch", want)]);
    }
}
