//! The sign-in's wire format (contract 1.3 to 1.5). Tokens are kept by the engine; nothing here prints them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use crate::systems::{CameBack, ClientKeys, ConsentAsk, Grant, SignIn, SignedIn};
use crate::transport::{Method, NetError, Reply, Request};

use super::SCOPE;
use super::query::percent;
use super::wire::text;

/// Intuit's OAuth 2.0.
pub struct Intuit;

/// Where a person consents (contract 1.1).
const CONSENT_URL: &str = "https://appcenter.intuit.com/connect/oauth2";
/// Where a token is taken back (contract 1.1).
const REVOKE_URL: &str = "https://developer.api.intuit.com/v2/oauth2/tokens/revoke";
/// Characters of a state of 128 bits, at least.
const STATE_MIN: usize = 22;
/// Characters of a code, at most (contract 1.3).
const CODE_MAX: usize = 512;
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
    x_refresh_token_hard_expires_in: Option<String>,
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
            // the end five years after consent, which no refresh moves (contract 1.3)
            ("x-include-refresh-token-hard-expires-in".into(), "true".into()),
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

    fn read_first(&self, heard: Result<Reply, NetError>, now: Timestamp) -> SignedIn {
        let lost = !matches!(heard, Err(NetError::NotSent(_)));
        let again = "open the consent page and sign in again";
        match self.read(heard, now) {
            // the code may have been used: repeating it may end the tokens that it brought (contract 1.3)
            SignedIn::Later(why) if lost => SignedIn::Reauthorise(format!("{why}; {again}")),
            SignedIn::Stale(_) => {
                SignedIn::Reauthorise(format!("the code was used before or is too old; {again}"))
            }
            other => other,
        }
    }

    fn consent_url(&self, client: &ClientKeys, ask: &ConsentAsk) -> Option<String> {
        if ask.state.len() < STATE_MIN || !may_return_to(&ask.redirect) {
            return None;
        }
        let page = beside(&client.token_url, CONSENT_URL);
        Some(format!(
            "{page}?client_id={}&response_type=code&scope={}&redirect_uri={}&state={}",
            percent(&client.client_id),
            percent(SCOPE),
            percent(&ask.redirect),
            percent(&ask.state)
        ))
    }

    fn came_back(&self, address: &str, state: &str) -> Result<CameBack, String> {
        came_back(address, state)
    }

    fn revoke(&self, client: &ClientKeys, refresh_token: &SecretString) -> Option<Request> {
        let body = serde_json::json!({ "token": refresh_token.expose_secret() }).to_string();
        let mut request = form(client, body);
        request.url = beside(&client.token_url, REVOKE_URL);
        for (name, value) in &mut request.headers {
            if name == "Content-Type" {
                *value = "application/json".into();
            }
        }
        Some(request)
    }

    /// 400: the token is unknown, so it is dead already (contract 1.7).
    fn revoked(&self, heard: &Result<Reply, NetError>) -> bool {
        matches!(heard, Ok(reply) if matches!(reply.status, 200..=299 | 400))
    }
}

/// The address of another page of the sign-in: Intuit's own, or beside a token address that is not Intuit's (a stand-in
/// has all of them at one place).
fn beside(token_url: &str, official: &str) -> String {
    if token_url == super::TOKEN_URL {
        return official.into();
    }
    let path = |url: &str| {
        let (_, rest) = url.split_once("://")?;
        rest.find('/').map(|at| url.len() - rest.len() + at)
    };
    match (path(token_url), path(official)) {
        (Some(origin), Some(page)) => {
            format!(
                "{}{}",
                token_url.get(..origin).unwrap_or_default(),
                official.get(page..).unwrap_or_default()
            )
        }
        _ => official.into(),
    }
}

/// Where a person may be sent back to (contract 1.2): a page of the firm's own, or this machine with development keys.
fn may_return_to(redirect: &str) -> bool {
    let local = |rest: &str| {
        let host = rest.split(['/', ':', '?']).next().unwrap_or_default();
        host == "localhost" || host == "127.0.0.1"
    };
    match redirect.split_once("://") {
        Some(("https", rest)) => !rest.is_empty(),
        Some(("http", rest)) => local(rest),
        _ => false,
    }
}

/// The parameters of a callback address, decoded.
fn parameters(address: &str) -> Vec<(String, String)> {
    let query = address.split_once('?').map_or(address, |(_, q)| q);
    let query = query.split('#').next().unwrap_or_default();
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (unpercent(name), unpercent(value)))
        .collect()
}

fn unpercent(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        let hex = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
        match b {
            b'+' => out.push(b' '),
            b'%' => {
                let (high, low) = (hex(bytes.next()), hex(bytes.next()));
                if let (Some(high), Some(low)) = (high, low) {
                    out.extend(u8::try_from(high * 16 + low));
                }
            }
            b => out.push(b),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What a callback says (contract 1.3): the state is compared first, in constant time, and used once by the caller.
fn came_back(address: &str, state: &str) -> Result<CameBack, String> {
    let all = parameters(address.trim());
    let one = |name: &str| {
        let mut found = all.iter().filter(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str());
        let first = found.next();
        if found.next().is_some() { None } else { first }
    };
    let told = one("state").unwrap_or_default();
    let same = told.bytes().zip(state.bytes()).fold(0, |acc, (a, b)| acc | (a ^ b)) == 0;
    if !same || told.len() != state.len() || state.len() < STATE_MIN {
        return Err(
            "this address does not belong to the sign-in that was started here: start it again".into()
        );
    }
    match one("error") {
        None => {}
        Some("access_denied") => return Err("the consent was not given in QuickBooks".into()),
        Some(other) => {
            let word: String =
                other.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
            return Err(format!("Intuit's sign-in refused: {word}"));
        }
    }
    let code = one("code").filter(|c| c.len() <= CODE_MAX && c.bytes().all(|b| b.is_ascii_graphic()));
    let code = code.ok_or("the address holds no code: copy the whole address after the consent")?;
    let realm =
        one("realmId").filter(|r| (9..=32).contains(&r.len()) && r.bytes().all(|b| b.is_ascii_digit()));
    let realm =
        realm.ok_or("the address names no QuickBooks company: copy the whole address after the consent")?;
    Ok(CameBack { code: code.to_string().into(), company: realm.into() })
}

fn tokens(answer: Tokens, now: Timestamp) -> SignedIn {
    let (Some(access), Some(refresh)) = (answer.access_token, answer.refresh_token) else {
        return SignedIn::Later("Intuit's sign-in answered without tokens".into());
    };
    let rolling = until(answer.x_refresh_token_expires_in.as_deref(), REFRESH_LIFE, now);
    let hard = answer.x_refresh_token_hard_expires_in.as_deref().map(|h| until(Some(h), REFRESH_LIFE, now));
    SignedIn::Tokens {
        access,
        access_until: until(answer.expires_in.as_deref(), ACCESS_LIFE, now),
        refresh,
        refresh_until: hard.map_or(rolling, |h| h.min(rolling)),
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
