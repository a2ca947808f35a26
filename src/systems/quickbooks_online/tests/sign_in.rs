//! The sign-in's requests and answers.

use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::*;
use crate::systems::{ClientKeys, ConsentAsk, Grant, SignedIn};

fn keys() -> ClientKeys {
    ClientKeys {
        token_url: "http://127.0.0.1:9/oauth2/v1/tokens/bearer".into(),
        client_id: "ABid".into(),
        client_secret: "s3cret".to_string().into(),
    }
}

fn now() -> Timestamp {
    "2026-11-02T09:00:00Z".parse().unwrap()
}

fn read(status: u16, body: &str) -> SignedIn {
    super::super::sign_in().read(Ok(reply(status, body)), now())
}

fn word(signed: &SignedIn) -> &'static str {
    match signed {
        SignedIn::Tokens { .. } => "tokens",
        SignedIn::Moved(_) => "moved",
        SignedIn::Reauthorise(_) => "reauthorise",
        SignedIn::Stale(_) => "stale",
        SignedIn::Later(_) => "later",
    }
}

#[test]
fn requests_are_forms_with_basic_authorisation() {
    let refresh = super::super::sign_in().refresh(&keys(), &"RT1-a+b/c=".to_string().into());
    assert!(method_is(&refresh, Method::Post));
    assert_eq!(refresh.url, keys().token_url);
    assert_eq!(refresh.body, b"grant_type=refresh_token&refresh_token=RT1-a%2Bb%2Fc%3D");
    let has = |name: &str, value: &str| refresh.headers.iter().any(|(n, v)| n == name && v == value);
    assert!(has("Authorization", "Basic QUJpZDpzM2NyZXQ="));
    assert!(has("Accept", "application/json"));
    assert!(has("Content-Type", "application/x-www-form-urlencoded"));
    let grant =
        Grant::Code { code: "AB11 x".to_string().into(), redirect: "https://example.test/qbo?a=1".into() };
    let first = super::super::sign_in().first(&keys(), &grant);
    assert_eq!(
        first.body,
        b"grant_type=authorization_code&code=AB11%20x&redirect_uri=https%3A%2F%2Fexample.test%2Fqbo%3Fa%3D1"
    );
}

#[test]
fn tokens_with_numbers_or_text_and_the_same_refresh_token_again() {
    for (expires, refresh_expires, access_until, refresh_until) in [
        ("3600", "8726400", "2026-11-02T10:00:00Z", "2027-02-11T09:00:00Z"),
        ("\"3600\"", "\"8640000\"", "2026-11-02T10:00:00Z", "2027-02-10T09:00:00Z"),
        ("null", "null", "2026-11-02T10:00:00Z", "2027-02-10T09:00:00Z"),
    ] {
        let body = format!(
            r#"{{"token_type":"bearer","access_token":"eyJ","expires_in":{expires},"refresh_token":"AB11",
                "x_refresh_token_expires_in":{refresh_expires},"id_token":"new"}}"#
        );
        let SignedIn::Tokens { access, access_until: a, refresh, refresh_until: r, base_url } =
            read(200, &body)
        else {
            panic!("{body}");
        };
        assert_eq!((access.expose_secret(), refresh.expose_secret()), ("eyJ", "AB11"));
        assert_eq!((a.to_string().as_str(), r.to_string().as_str()), (access_until, refresh_until));
        assert_eq!(base_url, None);
    }
}

#[test]
fn answers_are_sorted_by_what_has_to_be_done() {
    for (status, body, want) in [
        (400, r#"{"error":"invalid_grant"}"#, "stale"),
        (400, r#"{"error":"invalid_grant","error_description":"Token invalid"}"#, "stale"),
        (401, r#"{"error":"invalid_client"}"#, "reauthorise"),
        (400, r#"{"error":"unsupported_grant_type"}"#, "reauthorise"),
        (400, r#"{"error":"invalid_request","error_description":"invalid_grant"}"#, "reauthorise"),
        (403, "", "reauthorise"),
        (408, "", "later"),
        (429, r#"{"error":"invalid_grant"}"#, "later"),
        (500, r#"{"error":"server"}"#, "later"),
        (503, "<html>", "later"),
        (200, "<html>", "later"),
        (200, r#"{"access_token":"x"}"#, "later"),
        (200, r#"{"access_token":"x","refresh_token":""}"#, "later"),
    ] {
        assert_eq!(word(&read(status, body)), want, "{status} {body}");
    }
    for error in
        [NetError::NotSent("dns".into()), NetError::MaybeSent { reason: "time-out".into(), timed_out: true }]
    {
        assert_eq!(word(&super::super::sign_in().read(Err(error), now())), "later");
    }
    let SignedIn::Reauthorise(sentence) = read(401, r#"{"error":"invalid_client"}"#) else { panic!() };
    assert!(sentence.contains("client id and secret"), "{sentence}");
}

/// 128 bits as hexadecimal digits.
const STATE: &str = "0123456789abcdef0123456789abcdef";

fn consent(token_url: &str, redirect: &str, state: &str) -> Option<String> {
    let client = ClientKeys { token_url: token_url.into(), ..keys() };
    let ask = ConsentAsk { redirect: redirect.into(), state: state.into() };
    super::super::sign_in().consent_url(&client, &ask)
}

#[test]
fn the_consent_page_asks_for_one_scope_and_returns_to_a_registered_page() {
    let official = super::super::TOKEN_URL;
    assert_eq!(
        consent(official, "https://example.test/qbo?a=1", STATE).unwrap(),
        format!(
            "https://appcenter.intuit.com/connect/oauth2?client_id=ABid&response_type=code\
             &scope=com.intuit.quickbooks.accounting&redirect_uri=https%3A%2F%2Fexample.test%2Fqbo%3Fa%3D1&state={STATE}"
        )
    );
    // a stand-in has all pages beside its token address
    let url =
        consent("http://127.0.0.1:4301/oauth2/v1/tokens/bearer", "http://localhost:5001/cb", STATE).unwrap();
    assert!(url.starts_with("http://127.0.0.1:4301/connect/oauth2?client_id=ABid&"), "{url}");
    for redirect in
        ["http://example.test/qbo", "http://localhost.example.test/", "ftp://localhost/", "", "https://"]
    {
        assert_eq!(consent(official, redirect, STATE), None, "{redirect}");
    }
    // a state below 128 bits starts nothing
    assert_eq!(consent(official, "https://example.test/qbo", "1234"), None);
}

#[test]
fn the_callback_is_read_once_its_state_is_ours() {
    let sign_in = super::super::sign_in();
    let back =
        |query: &str, state: &str| sign_in.came_back(&format!("https://example.test/qbo?{query}"), state);
    let good = format!("code=AB11%2Bx&state={STATE}&realmId=4620816365000001");
    let got = back(&good, STATE).ok().unwrap();
    assert_eq!((got.code.expose_secret(), got.company.as_str()), ("AB11+x", "4620816365000001"));
    assert!(sign_in.came_back(&good, STATE).is_ok(), "the query alone may be pasted");
    let long = "x".repeat(513);
    for (query, state, word) in [
        (good.clone(), "0123456789abcdef0123456789abcdee".to_string(), "does not belong"),
        (good.clone(), String::new(), "does not belong"),
        (good.replace(STATE, ""), STATE.into(), "does not belong"),
        (format!("{good}&state={STATE}"), STATE.into(), "does not belong"),
        (format!("error=access_denied&state={STATE}"), STATE.into(), "not given"),
        (format!("error=invalid_scope%1b[2J&state={STATE}"), STATE.into(), "invalid_scope2J"),
        (format!("state={STATE}&realmId=4620816365000001"), STATE.into(), "no code"),
        (format!("code={long}&state={STATE}&realmId=4620816365000001"), STATE.into(), "no code"),
        (format!("code=AB&state={STATE}"), STATE.into(), "no QuickBooks company"),
        (format!("code=AB&state={STATE}&realmId=12x"), STATE.into(), "no QuickBooks company"),
        (String::new(), STATE.into(), "does not belong"),
    ] {
        match back(&query, &state) {
            Err(why) => assert!(why.contains(word), "{query}: {why}"),
            Ok(_) => panic!("{query}"),
        }
    }
}

#[test]
fn a_code_whose_outcome_is_lost_is_never_exchanged_again() {
    let first = |heard| word(&super::super::sign_in().read_first(heard, now()));
    let lost = || NetError::MaybeSent { reason: "time-out".into(), timed_out: true };
    assert_eq!(first(Err(lost())), "reauthorise");
    assert_eq!(first(Err(NetError::NotSent("dns".into()))), "later");
    assert_eq!(first(Ok(reply(500, ""))), "reauthorise");
    assert_eq!(first(Ok(reply(200, "<html>"))), "reauthorise");
    assert_eq!(first(Ok(reply(400, r#"{"error":"invalid_grant"}"#))), "reauthorise");
    assert_eq!(first(Ok(reply(200, r#"{"access_token":"x","refresh_token":"y"}"#))), "tokens");
}

#[test]
fn the_hard_end_of_a_consent_counts_when_it_is_nearer() {
    let body = |hard: &str| {
        format!(
            r#"{{"access_token":"x","refresh_token":"y","expires_in":3600,"x_refresh_token_expires_in":8640000,
                "x_refresh_token_hard_expires_in":{hard}}}"#
        )
    };
    for (hard, end) in [
        ("86400", "2026-11-03T09:00:00Z"),
        ("157680000", "2027-02-10T09:00:00Z"),
        ("null", "2027-02-10T09:00:00Z"),
    ] {
        let SignedIn::Tokens { refresh_until, .. } = read(200, &body(hard)) else { panic!() };
        assert_eq!(refresh_until.to_string(), end, "{hard}");
    }
    let request = super::super::sign_in().refresh(&keys(), &"x".to_string().into());
    assert!(
        request.headers.iter().any(|(n, v)| n == "x-include-refresh-token-hard-expires-in" && v == "true")
    );
}

#[test]
fn revoking_says_the_token_in_the_body_only() {
    let sign_in = super::super::sign_in();
    let client = ClientKeys { token_url: super::super::TOKEN_URL.into(), ..keys() };
    let request = sign_in.revoke(&client, &"RT1-\"x\"".to_string().into()).unwrap();
    assert_eq!(request.url, "https://developer.api.intuit.com/v2/oauth2/tokens/revoke");
    assert_eq!(request.body, br#"{"token":"RT1-\"x\""}"#);
    assert!(request.headers.contains(&("Content-Type".into(), "application/json".into())));
    assert!(request.headers.contains(&("Authorization".into(), "Basic QUJpZDpzM2NyZXQ=".into())));
    let stand_in = sign_in.revoke(&keys(), &"x".to_string().into()).unwrap();
    assert_eq!(stand_in.url, "http://127.0.0.1:9/v2/oauth2/tokens/revoke");
    // an unknown token is dead already
    for (heard, dead) in [
        (Ok(reply(200, "")), true),
        (Ok(reply(400, "")), true),
        (Ok(reply(401, "")), false),
        (Ok(reply(500, "")), false),
        (Err(NetError::NotSent("dns".into())), false),
    ] {
        assert_eq!(sign_in.revoked(&heard), dead);
    }
}
