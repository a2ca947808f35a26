//! The sign-in's wire format (contract 1.3 to 1.5). Tokens are kept by the engine; nothing here prints them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use crate::systems::{ClientKeys, Grant, SignIn, SignedIn};
use crate::transport::{Method, NetError, Reply, Request};

use super::query::percent;
use super::wire::text;

/// Intuit's OAuth 2.0.
pub struct Intuit;

/// What the refresh token's life is taken to be when the answer does not say: 100 days (contract 1.4).
const REFRESH_LIFE: i64 = 8_640_000;
/// What the access token's life is taken to be when the answer does not say: an hour.
const ACCESS_LIFE: i64 = 3_600;

#[derive(Deserialize)]
struct Tokens {
    #[serde(default, deserialize_with = "secret")]
    access_token: Option<SecretString>,
    #[serde(default, deserialize_with = "secret")]
    refresh_token: Option<SecretString>,
    #[serde(default, deserialize_with = "text")]
    expires_in: Option<String>,
    #[serde(default, deserialize_with = "text")]
    x_refresh_token_expires_in: Option<String>,
    #[serde(default, deserialize_with = "text")]
    error: Option<String>,
    #[serde(default, deserialize_with = "text")]
    error_description: Option<String>,
}

fn secret<'de, D: Deserializer<'de>>(d: D) -> Result<Option<SecretString>, D::Error> {
    Ok(text(d)?.filter(|t| !t.is_empty()).map(SecretString::from))
}

fn form(client: &ClientKeys, body: String) -> Request {
    let pair = format!("{}:{}", client.client_id, client.client_secret.expose_secret());
    Request {
        method: Method::Post,
        url: client.token_url.clone(),
        headers: vec![
            ("Authorization".into(), format!("Basic {}", STANDARD.encode(pair))),
            ("Accept".into(), "application/json".into()),
            ("Content-Type".into(), "application/x-www-form-urlencoded".into()),
            ("User-Agent".into(), concat!("tieout/", env!("CARGO_PKG_VERSION")).into()),
        ],
        body: body.into_bytes(),
        timeout: Duration::from_secs(30),
    }
}

impl SignIn for Intuit {
    fn refresh(&self, client: &ClientKeys, refresh_token: &SecretString) -> Request {
        let token = percent(refresh_token.expose_secret());
        form(client, format!("grant_type=refresh_token&refresh_token={token}"))
    }

    fn first(&self, client: &ClientKeys, grant: &Grant) -> Request {
        // QuickBooks Online knows codes only; a grant of another shape goes out as an empty code, which Intuit refuses
        let (code, redirect) = match grant {
            Grant::Code { code, redirect } => (percent(code.expose_secret()), percent(redirect)),
            Grant::Company { .. } => (String::new(), String::new()),
        };
        form(client, format!("grant_type=authorization_code&code={code}&redirect_uri={redirect}"))
    }

    fn read(&self, heard: Result<Reply, NetError>, now: Timestamp) -> SignedIn {
        let reply = match heard {
            Ok(reply) => reply,
            Err(e) => return SignedIn::Later(format!("Intuit's sign-in did not answer: {e}")),
        };
        tracing::debug!(
            status = reply.status,
            intuit_tid = reply.header("intuit_tid").unwrap_or(""),
            "Intuit's sign-in answered"
        );
        if matches!(reply.status, 408 | 429 | 500..) {
            return SignedIn::Later(format!("Intuit's sign-in answered {}", reply.status));
        }
        let Ok(answer) = serde_json::from_slice::<Tokens>(&reply.body) else {
            return match reply.status {
                200..=299 => SignedIn::Later("Intuit's sign-in answered something unreadable".into()),
                status => SignedIn::Reauthorise(format!(
                    "Intuit's sign-in refused with {status} and no reason: check client id and secret, then sign in again"
                )),
            };
        };
        match reply.status {
            200..=299 => tokens(answer, now),
            status => refused(&answer, status),
        }
    }
}

fn tokens(answer: Tokens, now: Timestamp) -> SignedIn {
    let (Some(access), Some(refresh)) = (answer.access_token, answer.refresh_token) else {
        return SignedIn::Later("Intuit's sign-in answered without tokens".into());
    };
    SignedIn::Tokens {
        access,
        access_until: until(answer.expires_in.as_deref(), ACCESS_LIFE, now),
        refresh,
        refresh_until: until(answer.x_refresh_token_expires_in.as_deref(), REFRESH_LIFE, now),
        base_url: None,
    }
}

/// `seconds` as number or text from now on; never a float.
fn until(seconds: Option<&str>, otherwise: i64, now: Timestamp) -> Timestamp {
    let seconds = seconds.and_then(|s| s.trim().split('.').next()?.parse().ok()).unwrap_or(otherwise);
    now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// Keyed on `error`, never on its description (contract 1.5).
fn refused(answer: &Tokens, status: u16) -> SignedIn {
    let said = answer.error_description.as_deref().map(|d| format!(" ({d})")).unwrap_or_default();
    match answer.error.as_deref().unwrap_or_default() {
        "invalid_grant" => SignedIn::Stale(format!("Intuit does not take the stored refresh token{said}")),
        "invalid_client" => SignedIn::Reauthorise(format!(
            "Intuit does not know this application: check the client id and secret of the connection{said}"
        )),
        "" => SignedIn::Reauthorise(format!("Intuit's sign-in refused with {status}: sign in again")),
        other => SignedIn::Reauthorise(format!("Intuit's sign-in refused: {other}{said}")),
    }
}
