//! What a client needs to sign in to the made-up company (contract section 1.2).

use serde_json::{Map, Value};

use crate::sandbox::firm::Ids;

/// Ids and secrets of the made-up company and app; all follow from the seed.
pub(super) struct Secrets {
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) company: String,
    pub(super) request_token: String,
    pub(super) foreign_request_token: String,
    pub(super) password: String,
    pub(super) code: String,
    pub(super) redirect_uri: &'static str,
}

pub(super) fn secrets(ids: &Ids) -> Secrets {
    Secrets {
        client_id: ids.uuid("client", "id"),
        client_secret: ids.uuid("client", "secret"),
        company: ids.uuid("company", "fernhill-quay"),
        request_token: format!("at-{}", ids.hex("request-token", "ours", 28)),
        foreign_request_token: format!("at-{}", ids.hex("request-token", "other-app", 28)),
        password: ids.hex("password", "everybody", 16),
        code: ids.hex("code", "browser", 24),
        redirect_uri: "https://localhost/signed-in",
    }
}

/// What a client needs to sign in. `foreign_request_token` belongs to another app (code 136); `user_password` is
/// every employee's, `authorization_code` that of a browser sign-in.
pub(super) fn credentials(ids: &Ids) -> Map<String, Value> {
    let s = secrets(ids);
    [
        ("client_id", s.client_id),
        ("client_secret", s.client_secret),
        ("company_uuid", s.company),
        ("request_token", s.request_token),
        ("foreign_request_token", s.foreign_request_token),
        ("user_password", s.password),
        ("authorization_code", s.code),
        ("redirect_uri", s.redirect_uri.to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.into()))
    .collect()
}
