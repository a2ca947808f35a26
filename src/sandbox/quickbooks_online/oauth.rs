//! Discovery, authorize page, token endpoint and revocation (contract section 1).

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::access::{Grant, REFRESH_SECONDS};
use super::reply::Reply;
use super::server::{Call, pairs};
use super::state::State;

/// `GET /.well-known/openid_…configuration`.
pub fn discovery(state: &State) -> Reply {
    let base = &state.base_url;
    let body = json!({
        "issuer": format!("{base}/op/v1"),
        "authorization_endpoint": format!("{base}/connect/oauth2"),
        "token_endpoint": format!("{base}/oauth2/v1/tokens/bearer"),
        "userinfo_endpoint": format!("{base}/v1/openid_connect/userinfo"),
        "revocation_endpoint": format!("{base}/v2/oauth2/tokens/revoke"),
        "jwks_uri": format!("{base}/op/v1/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "address", "phone"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
    });
    Reply::Json(StatusCode::OK, body)
}

/// `GET /connect/oauth2`: consents at once, or refuses when the switch says so.
pub fn authorize(state: &mut State, call: &Call) -> Reply {
    let redirect_uri = call.param("redirect_uri").unwrap_or_default();
    if redirect_uri.is_empty() || call.param("client_id") != Some(&state.access.client_id) {
        let text = b"The redirect_uri query parameter value is invalid, or the client is unknown.".to_vec();
        return Reply::Raw(StatusCode::BAD_REQUEST, "text/plain", text);
    }
    let scope = call.param("scope").unwrap_or_default();
    let back = call.param("state").unwrap_or_default();
    let answer = if call.param("response_type") != Some("code") {
        vec![("error", "unsupported_response_type".to_owned())]
    } else if !scope.split(' ').any(|scope| scope == "com.intuit.quickbooks.accounting") {
        vec![("error", "invalid_scope".to_owned())]
    } else if state.switches.authorize_denies {
        vec![("error", "access_denied".to_owned())]
    } else {
        let now = state.now;
        let code = state.access.consent(redirect_uri, now);
        vec![("code", code), ("realmId", state.company.realm.clone())]
    };
    let mut to = redirect_uri.to_owned();
    let mut separator = if to.contains('?') { '&' } else { '?' };
    for (key, value) in answer.iter().map(|(k, v)| (*k, v.as_str())).chain([("state", back)]) {
        to.push(separator);
        to.push_str(&format!("{key}={}", escape(value)));
        separator = '&';
    }
    Reply::Redirect(to)
}

/// `GET /op/v1/jwks`: one made-up key. No `id_token` is ever given, so nothing is signed with it.
pub fn jwks() -> Reply {
    let modulus = URL_SAFE_NO_PAD.encode([0xb7; 256]);
    let key =
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "sandbox-1", "n": modulus, "e": "AQAB"});
    Reply::Json(StatusCode::OK, json!({"keys": [key]}))
}

/// `GET /v1/openid_connect/userinfo`: who consented, to a caller with an access token.
pub fn user_info(state: &State, call: &Call) -> Reply {
    let bearer = call.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    if bearer.is_some_and(|bearer| state.access.accepts(bearer.trim(), state.now)) {
        let body = json!({"sub": "5f3c1e70-0000-4000-8000-000000000001", "givenName": "Sam", "familyName": "Ortiz",
                          "email": "sam.ortiz@fernhillquay.example", "emailVerified": true});
        return Reply::Json(StatusCode::OK, body);
    }
    Reply::Json(StatusCode::UNAUTHORIZED, json!({"error": "invalid_token"}))
}

/// `POST /oauth2/v1/tokens/bearer`. The contract has no proof key (PKCE): a `code_challenge` at the authorize page and a
/// `code_verifier` here are taken and not looked at, as any unknown parameter.
pub fn token(state: &mut State, call: &Call) -> Reply {
    let form = pairs(&String::from_utf8_lossy(&call.body));
    let field = |key: &str| form.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
    if let Err(refusal) = client(state, call, field("client_id"), field("client_secret")) {
        return refusal;
    }
    let now = state.now;
    let switches = state.switches.clone();
    let (granted, text) = match field("grant_type") {
        Some("refresh_token") => {
            let Some(token) = field("refresh_token") else { return refuse("invalid_request", None) };
            (state.access.refresh(token, now, &switches), "Incorrect or invalid refresh token")
        }
        Some("authorization_code") => {
            let (Some(code), Some(back)) = (field("code"), field("redirect_uri")) else {
                return refuse("invalid_request", None);
            };
            (
                state.access.exchange(code, back, now, switches.code_reuse_revokes),
                "Invalid authorization code",
            )
        }
        Some(_) => return refuse("unsupported_grant_type", None),
        None => return refuse("invalid_request", None),
    };
    match granted {
        Some(grant) => Reply::Json(StatusCode::OK, granted_body(&grant, call)),
        None => refuse("invalid_grant", switches.grant_description.then_some(text)),
    }
}

/// The answer to a refresh that runs while another with the same token does.
pub fn concurrent(state: &mut State) -> Reply {
    if state.switches.concurrent_refresh_revokes {
        state.access.revoke();
    }
    refuse("invalid_grant", state.switches.grant_description.then_some("Token invalid"))
}

/// The refresh token in the body of a token call.
pub fn refresh_token_of(body: &[u8]) -> Option<String> {
    pairs(&String::from_utf8_lossy(body)).into_iter().find(|(key, _)| key == "refresh_token").map(|(_, v)| v)
}

/// `POST /v2/oauth2/tokens/revoke`, as JSON or form.
pub fn revoke(state: &mut State, call: &Call) -> Reply {
    if let Err(refusal) = client(state, call, None, None) {
        return refusal;
    }
    let token = match serde_json::from_slice::<Value>(&call.body) {
        Ok(json) => json.get("token").and_then(Value::as_str).map(str::to_owned),
        Err(_) => pairs(&String::from_utf8_lossy(&call.body))
            .into_iter()
            .find(|(key, _)| key == "token")
            .map(|(_, value)| value),
    };
    match token {
        Some(token) if state.access.revoke_token(&token) => {
            Reply::Raw(StatusCode::OK, "application/json;charset=UTF-8", Vec::new())
        }
        _ => refuse("invalid_request", None),
    }
}

fn granted_body(grant: &Grant, call: &Call) -> Value {
    let mut body = json!({
        "token_type": "bearer",
        "access_token": grant.access_token,
        "expires_in": 3600,
        "refresh_token": grant.refresh_token,
        "x_refresh_token_expires_in": REFRESH_SECONDS,
    });
    if call.header("x-include-refresh-token-hard-expires-in") == Some("true")
        && let Some(body) = body.as_object_mut()
    {
        body.insert("x_refresh_token_hard_expires_in".to_owned(), json!(157_680_000));
    }
    body
}

fn client(state: &State, call: &Call, id: Option<&str>, secret: Option<&str>) -> Result<(), Reply> {
    let basic = call
        .header("authorization")
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|value| STANDARD.decode(value.trim()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let known = match (&basic, id, secret) {
        (Some(basic), _, _) => *basic == format!("{}:{}", state.access.client_id, state.access.client_secret),
        (None, Some(id), Some(secret)) => {
            id == state.access.client_id && secret == state.access.client_secret
        }
        _ => false,
    };
    if known {
        Ok(())
    } else {
        Err(Reply::Json(StatusCode::UNAUTHORIZED, json!({"error": "invalid_client"})))
    }
}

fn refuse(error: &str, description: Option<&str>) -> Reply {
    let mut body = json!({"error": error});
    if let (Some(body), Some(description)) = (body.as_object_mut(), description) {
        body.insert("error_description".to_owned(), json!(description));
    }
    Reply::Json(StatusCode::BAD_REQUEST, body)
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
