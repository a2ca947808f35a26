//! Sign-in: the forms of the token address, and what its answers mean (contract of Concur, 1.2 to 1.4).
//!
//! `token_url` may be a whole address or a host alone; the path is added to the latter, so that a geolocation can be
//! used as it came.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::call::encoded;
use super::lenient::Text;
use super::{HOSTS, errors};
use crate::systems::{ClientKeys, Grant, SignIn, SignedIn};
use crate::transport::{Method, NetError, Reply, Request};

/// Where tokens are made, below a host.
const PATH: &str = "/oauth2/v0/token";
/// Concur answers within this.
const TIMEOUT: Duration = Duration::from_mins(1);
/// How long a refresh token lives when the answer does not say.
const ESTIMATED: SignedDuration = SignedDuration::from_hours(180 * 24);
/// How long an access token lives when the answer does not say.
const HOUR: i64 = 3600;

/// Why a connection ends by itself.
const LAPSED: &str = "Concur does not accept the refresh token any more: one lasts six months, and ends when the company \
                      disconnects.";
/// What a person does then.
const NEW_REQUEST_TOKEN: &str = "Ask a Concur administrator for a new company request token for this application \
                                 (Authentication Admin, Company Request Token) and connect within 24 hours.";

/// Concur's sign-in.
#[derive(Debug, Clone, Copy)]
pub struct ConcurSignIn;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    access_token: Option<String>,
    refresh_token: Option<String>,
    expires_in: Text,
    refresh_expires_in: Text,
    geolocation: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Refusal {
    code: Text,
    error: Text,
    error_description: Text,
    geolocation: Text,
}

impl SignIn for ConcurSignIn {
    fn refresh(&self, client: &ClientKeys, refresh_token: &SecretString) -> Request {
        form(client, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose_secret())])
    }

    fn first(&self, client: &ClientKeys, grant: &Grant) -> Request {
        match grant {
            Grant::Company { company, request_token } => form(
                client,
                &[
                    ("grant_type", "password"),
                    ("username", company),
                    ("password", request_token.expose_secret()),
                    ("credtype", "authtoken"),
                ],
            ),
            Grant::Code { code, redirect } => form(
                client,
                &[
                    ("grant_type", "authorization_code"),
                    ("code", code.expose_secret()),
                    ("redirect_uri", redirect),
                ],
            ),
        }
    }

    fn read(&self, heard: Result<Reply, NetError>, now: Timestamp) -> SignedIn {
        heard_of(heard, |body| tokens(body, now))
    }

    fn application(&self, client: &ClientKeys) -> Option<Request> {
        Some(form(client, &[("grant_type", "client_credentials")]))
    }

    fn read_application(&self, heard: Result<Reply, NetError>, now: Timestamp) -> SignedIn {
        heard_of(heard, |body| application_token(body, now))
    }
}

fn heard_of(heard: Result<Reply, NetError>, read: impl FnOnce(&[u8]) -> SignedIn) -> SignedIn {
    match heard {
        Ok(reply) => {
            let correlation = errors::short(reply.header("concur-correlationid").unwrap_or("-"));
            tracing::debug!(status = reply.status, %correlation, "the sign-in answered");
            match reply.status {
                200..=299 => read(&reply.body),
                429 | 500..=599 => SignedIn::Later(format!(
                    "Concur's sign-in is not available ({}: {}).",
                    reply.status,
                    errors::sentence(&reply.body)
                )),
                status => refusal(status, &reply.body),
            }
        }
        Err(e) => SignedIn::Later(format!("Concur's sign-in gave no answer: {e}.")),
    }
}

fn form(client: &ClientKeys, fields: &[(&str, &str)]) -> Request {
    let keys =
        [("client_id", client.client_id.as_str()), ("client_secret", client.client_secret.expose_secret())];
    let pairs = keys.iter().chain(fields).map(|(k, v)| format!("{k}={}", encoded(v)));
    Request {
        method: Method::Post,
        url: address(&client.token_url),
        headers: vec![
            ("Content-Type".into(), "application/x-www-form-urlencoded".into()),
            ("Accept".into(), "application/json".into()),
        ],
        body: pairs.collect::<Vec<_>>().join("&").into_bytes(),
        timeout: TIMEOUT,
    }
}

/// The token address; a host alone gets the path.
fn address(url: &str) -> String {
    let url = url.trim_end_matches('/');
    match url.split_once("://") {
        Some((_, rest)) if !rest.contains('/') => format!("{url}{PATH}"),
        _ => url.to_owned(),
    }
}

/// Scheme and host of an address; none unless it is https, or plain on loopback.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.trim().split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().filter(|h| !h.is_empty())?;
    if host.contains('@') || host.contains(char::is_whitespace) {
        return None;
    }
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let scheme = scheme.to_ascii_lowercase();
    (scheme == "https" || (scheme == "http" && is_loopback(name)))
        .then(|| format!("{scheme}://{}", host.to_ascii_lowercase()))
}

/// A host of Concur, or this machine (a stand-in): what an answer may name. Everything else would be refused by the
/// allow-list at the next call anyway.
fn of_concur(url: &str) -> Option<String> {
    let origin = origin(url)?;
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "443"));
    let concur = port == "443" && HOSTS.iter().any(|suffix| name.ends_with(suffix));
    (concur || is_loopback(name) || is_loopback(host)).then_some(origin)
}

fn is_loopback(name: &str) -> bool {
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// The parts of an answer with tokens; an error tells where it is broken and repeats nothing of it.
fn parsed(body: &[u8]) -> Result<Answer, SignedIn> {
    // the parser's message could repeat a token, so only its place is told
    serde_json::from_slice(body)
        .map_err(|e| unreadable(&format!("it cannot be read at line {}, column {}", e.line(), e.column())))
}

fn present(token: Option<String>) -> Option<SecretString> {
    token.filter(|t| !t.is_empty()).map(SecretString::from)
}

fn access_until(expires_in: &Text, now: Timestamp) -> Timestamp {
    let seconds = expires_in.0.parse::<i64>().ok().filter(|s| (1..=86_400).contains(s)).unwrap_or(HOUR);
    later(now, SignedDuration::from_secs(seconds))
}

fn tokens(body: &[u8], now: Timestamp) -> SignedIn {
    let answer = match parsed(body) {
        Ok(answer) => answer,
        Err(broken) => return broken,
    };
    let Some(access) = present(answer.access_token) else { return unreadable("it has no access token") };
    let Some(refresh) = present(answer.refresh_token) else { return unreadable("it has no refresh token") };
    let told = answer.refresh_expires_in.0.parse::<i64>().ok().and_then(|s| Timestamp::from_second(s).ok());
    SignedIn::Tokens {
        access,
        access_until: access_until(&answer.expires_in, now),
        refresh,
        refresh_until: told.filter(|t| *t > now).unwrap_or_else(|| later(now, ESTIMATED)),
        base_url: of_concur(&answer.geolocation.0),
    }
}

/// A token of the application (section 1.2): an hour, and no refresh token.
fn application_token(body: &[u8], now: Timestamp) -> SignedIn {
    let answer = match parsed(body) {
        Ok(answer) => answer,
        Err(broken) => return broken,
    };
    let Some(access) = present(answer.access_token) else { return unreadable("it has no access token") };
    let until = access_until(&answer.expires_in, now);
    SignedIn::Tokens {
        access,
        access_until: until,
        refresh: SecretString::default(),
        refresh_until: until,
        base_url: of_concur(&answer.geolocation.0),
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

fn unreadable(why: &str) -> SignedIn {
    SignedIn::Later(format!("The answer of Concur's sign-in is of no use: {why}."))
}

/// The table of section 1.4. The code decides, not the word and not the status.
fn refusal(status: u16, body: &[u8]) -> SignedIn {
    let r: Refusal = serde_json::from_slice(body).unwrap_or_default();
    let said = errors::short(&r.error_description.or(&r.error).0);
    let code = r.code.0.parse::<u32>().ok();
    let act = |sentence: &str| SignedIn::Reauthorise(format!("{sentence} (Concur: {} {said})", r.code.0));
    match code {
        Some(16) => match of_concur(&r.geolocation.0) {
            Some(there) => SignedIn::Moved(there),
            None if r.geolocation.0.is_empty() => act(
                "The company lives in another data centre, and Concur did not say in which; ask SAP Concur support.",
            ),
            None => act(
                "The company is said to live at an address that is none of Concur's, so it is not called; ask SAP \
                 Concur support.",
            ),
        },
        Some(134) => {
            SignedIn::Later(format!("Concur is under scheduled maintenance for this company. {said}"))
        }
        Some(108) => SignedIn::Stale(format!("{LAPSED} {NEW_REQUEST_TOKEN} (Concur: 108 {said})")),
        Some(5 | 19) => act(&format!(
            "The company UUID or the request token is wrong or older than 24 hours. {NEW_REQUEST_TOKEN}"
        )),
        Some(10..=13 | 123) => {
            act("The account is disabled or its login denied; ask the Concur administrator.")
        }
        Some(14) => act("The account is locked; ask the Concur administrator."),
        Some(20) => act("Concur denies the login from this network; ask for its address to be allowed."),
        Some(21 | 139) => act("This is a user's login; connect with the company request token instead."),
        Some(51 | 52 | 100) => act("Concur did not take the company UUID as a login; check the UUID."),
        // the form is ours: a person cannot mend it, and the same form again would be refused again
        Some(65 | 120 | 135) => {
            act("Concur did not understand the form of the sign-in; report this as a fault.")
        }
        Some(53) => act("The company has not enabled this application; enable it in the App Center."),
        Some(54) => act("The application asks for more scopes than the company granted."),
        Some(59) => act("The application is disabled at Concur."),
        Some(60 | 107) => act("The application may not use this kind of sign-in; ask SAP to allow it."),
        Some(61..=64) => act("The client id or client secret is wrong; enter them again."),
        Some(106) => act(&format!("There is no refresh token to sign in with. {NEW_REQUEST_TOKEN}")),
        Some(101..=105) => act("The authorisation was not accepted; sign in again."),
        Some(136) => act(&format!("The request token was made for another application. {NEW_REQUEST_TOKEN}")),
        Some(_) => act("Concur refused the sign-in."),
        None if r.error.0 == "invalid_grant" => {
            SignedIn::Stale(format!("{LAPSED} {NEW_REQUEST_TOKEN} (Concur: {said})"))
        }
        None if matches!(status, 401 | 403) || r.error.0 == "invalid_client" => {
            act("Concur refused the client id or secret.")
        }
        None => SignedIn::Later(format!("Concur's sign-in answered {status}: {}", errors::sentence(body))),
    }
}

#[cfg(test)]
#[path = "sign_in_tests.rs"]
mod tests;
