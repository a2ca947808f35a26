//! The sign-in's requests and answers.

use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::*;
use crate::systems::{ClientKeys, Grant, SignedIn};

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
