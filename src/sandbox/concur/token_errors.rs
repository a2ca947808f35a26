//! Errors of the token endpoint (contract section 1.4).

use serde_json::json;

use super::call::Reply;
use super::state::State;

/// The error of a code: HTTP 401 for a bad client, else 400; code 16 tells the right data centre.
pub(super) fn refuse(state: &State, code: u16) -> Reply {
    let (error, description) = match code {
        5 => ("invalid_grant", "Incorrect credentials. Please retry."),
        16 => ("invalid_request", "The principal lives in another data center."),
        19 => ("invalid_grant", "The request token is not valid or has expired."),
        51 => ("invalid_request", "username was not supplied"),
        52 => ("invalid_request", "password was not supplied"),
        54 => ("invalid_scope", "The requested scope exceeds the granted scope."),
        60 => ("invalid_grant", "The grant type is not allowed for this app."),
        61 => ("invalid_client", "The app is not known."),
        62 => ("invalid_request", "client_id was not supplied"),
        63 => ("invalid_request", "client_secret was not supplied"),
        64 => ("invalid_client", "Incorrect credentials. Please retry."),
        65 => ("invalid_request", "grant_type was not supplied"),
        100 => ("invalid_request", "The username was not found."),
        101 => ("invalid_request", "code was not supplied"),
        102 => ("invalid_request", "redirect_uri was not supplied"),
        103 => ("invalid_request", "The code is bad or expired."),
        104 => ("invalid_grant", "redirect_uri does not match"),
        106 => ("invalid_request", "refresh_token was not supplied"),
        108 => ("invalid_grant", "The refresh token is bad or expired."),
        120 => ("invalid_request", "credtype is not known"),
        134 => ("invalid_request", "The company is under scheduled maintenance."),
        135 => ("invalid_request", "The request body is not a form."),
        136 => ("invalid_request", "The request token was issued to another app."),
        _ => ("invalid_request", "The request was refused."),
    };
    let mut body = json!({ "code": code, "error": error, "error_description": description });
    if code == 16 {
        body["geolocation"] = state.url(state.switches.home).into();
    }
    Reply::Json(if error == "invalid_client" { 401 } else { 400 }, body)
}
