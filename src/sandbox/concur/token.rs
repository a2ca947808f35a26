//! Sign-in: the token endpoint with its flows and error codes (contract sections 1.2 to 1.5), and who may call what.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::call::{Call, Pairs, Reply, decode_form, find};
use super::secrets::{Secrets, secrets};
use super::state::State;
use super::token_errors;
use crate::sandbox::firm::EMPLOYEES;

pub(super) const PATH: &str = "/oauth2/v0/token";

const REFRESH_HOURS: i64 = 24 * 180;
const REQUEST_HOURS: i64 = 24;
/// What the app may do when nothing else is said (contract section 1.6).
pub(super) const SCOPES: &str = "FISVC EXPRPT INVVEN INVPMT INVPO expense.report.read expense.report.readwrite \
    expense.report.workflowstatus.write invoice.paymentconfirmation.read invoice.paymentconfirmation.write \
    spend.list.read spend.list.write spend.listitem.read spend.listitem.write spend.listitem.delete \
    identity.user.ids.read identity.user.core.read identity.user.coresensitive.read \
    identity.user.enterprise.read spend.user.general.read quickexpense.writeonly user.read IMAGE \
    events.topic.read company.read openid";

/// Whose token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    Company,
    User,
    App,
}

impl Holder {
    fn name(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::User => "user",
            Self::App => "app",
        }
    }
}

#[derive(Debug, Clone)]
struct Grant {
    holder: Holder,
    subject: String,
    scope: String,
    expires: Timestamp,
}

/// Tokens that are alive.
pub(super) struct Tokens {
    access: HashMap<String, Grant>,
    refresh: HashMap<String, Grant>,
    issued: u64,
    /// The next refresh gives another refresh token, whatever the switch says.
    pub(super) rotate_next: bool,
    /// When the company request token was made; it lives for 24 hours.
    pub(super) request_issued: Timestamp,
}

impl Tokens {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            access: HashMap::new(),
            refresh: HashMap::new(),
            issued: 0,
            rotate_next: false,
            request_issued: now,
        }
    }

    /// Lets every access token end now.
    pub(super) fn expire_access(&mut self) {
        self.access.clear();
    }

    /// Takes back every token of the company and of its users.
    pub(super) fn revoke(&mut self) {
        self.access.clear();
        self.refresh.clear();
    }
}

/// Who may call an operation: right data centre, a live token, of the right kind and with the scope.
pub(super) fn admit(
    state: &State,
    call: &Call,
    holders: Option<&[Holder]>,
    scope: Option<&str>,
) -> Result<(), Reply> {
    let Some(holders) = holders else { return Ok(()) };
    if state.switches.maintenance {
        return Err(Reply::refuse(503, "The service is under scheduled maintenance."));
    }
    let grant = bearer(call)
        .and_then(|token| state.tokens.access.get(token))
        .filter(|grant| grant.expires > state.now && call.center == state.switches.home)
        .ok_or_else(|| Reply::refuse(401, "The access token is missing, expired or not valid here."))?;
    if !holders.contains(&grant.holder) {
        return Err(Reply::refuse(403, "This token type is not allowed for the requested resource."));
    }
    if scope.is_some_and(|wanted| !grant.scope.split(' ').any(|one| one == wanted)) {
        return Err(Reply::refuse(403, "The token has no scope for the requested resource."));
    }
    Ok(())
}

/// The scopes of the token that a call carries.
pub(super) fn scopes<'a>(state: &'a State, call: &Call) -> impl Iterator<Item = &'a str> + use<'a> {
    bearer(call)
        .and_then(|token| state.tokens.access.get(token))
        .map_or("", |grant| grant.scope.as_str())
        .split(' ')
}

fn bearer(call: &Call) -> Option<&str> {
    let (scheme, token) = call.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// `DELETE /app-mgmt/v0/connections`: the tokens of the caller's connection die.
pub(super) fn disconnect(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    let gone = bearer(call)
        .and_then(|token| state.tokens.access.get(token))
        .cloned()
        .ok_or_else(|| Reply::refuse(401, "The access token is missing."))?;
    let other = |grant: &Grant| grant.holder != gone.holder || grant.subject != gone.subject;
    state.tokens.access.retain(|_, grant| other(grant));
    state.tokens.refresh.retain(|_, grant| other(grant));
    Ok(Reply::Empty(200))
}

/// `POST /oauth2/v0/token`.
pub(super) fn token(state: &mut State, call: &Call) -> Result<Reply, Reply> {
    issue(state, call).map_err(|code| token_errors::refuse(state, code))
}

fn issue(state: &mut State, call: &Call) -> Result<Reply, u16> {
    let is_form =
        call.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let form = std::str::from_utf8(&call.body)
        .ok()
        .filter(|_| is_form)
        .and_then(|text| decode_form(text.trim()))
        .ok_or(135_u16)?;
    if state.switches.maintenance {
        return Err(134);
    }
    let secrets = secrets(&state.ids);
    let client = find(&form, "client_id").ok_or(62_u16)?;
    let secret = find(&form, "client_secret").ok_or(63_u16)?;
    let grant = find(&form, "grant_type").ok_or(65_u16)?;
    if client != secrets.client_id {
        return Err(61);
    }
    if secret != secrets.client_secret {
        return Err(64);
    }
    match grant {
        "password" => by_password(state, call, &form, &secrets),
        "refresh_token" => by_refresh(state, call, &form),
        "client_credentials" => Ok(grant_tokens(state, Holder::App, secrets.client_id, None)),
        "authorization_code" => by_code(state, call, &form, &secrets),
        _ => Err(60),
    }
}

fn by_password(state: &mut State, call: &Call, form: &Pairs, secrets: &Secrets) -> Result<Reply, u16> {
    let user = find(form, "username").ok_or(51_u16)?;
    let password = find(form, "password").ok_or(52_u16)?;
    match find(form, "credtype").unwrap_or("password") {
        "authtoken" => {
            if password == secrets.foreign_request_token {
                return Err(136);
            }
            let age = state.now.duration_since(state.tokens.request_issued);
            let alive = age < SignedDuration::from_hours(REQUEST_HOURS);
            if user != secrets.company || password != secrets.request_token || !alive {
                return Err(19);
            }
            here(state, call)?;
            Ok(grant_new(state, Holder::Company, secrets.company.clone()))
        }
        "password" => {
            let owner = EMPLOYEES.iter().find(|e| e.login() == user).ok_or(100_u16)?;
            if password != secrets.password {
                return Err(5);
            }
            here(state, call)?;
            Ok(grant_new(state, Holder::User, owner.login()))
        }
        _ => Err(120),
    }
}

fn by_refresh(state: &mut State, call: &Call, form: &Pairs) -> Result<Reply, u16> {
    let sent = find(form, "refresh_token").ok_or(106_u16)?;
    let grant =
        state.tokens.refresh.get(sent).filter(|grant| grant.expires > state.now).cloned().ok_or(108_u16)?;
    here(state, call)?;
    if let Some(scope) = find(form, "scope")
        && !scope.split(' ').all(|one| state.switches.scopes.split(' ').any(|granted| granted == one))
    {
        return Err(54);
    }
    if state.switches.rotate_refresh_token || std::mem::take(&mut state.tokens.rotate_next) {
        state.tokens.refresh.remove(sent);
        return Ok(grant_new(state, grant.holder, grant.subject));
    }
    let kept = (sent.to_owned(), grant.expires);
    Ok(grant_tokens(state, grant.holder, grant.subject, Some(kept)))
}

fn by_code(state: &mut State, call: &Call, form: &Pairs, secrets: &Secrets) -> Result<Reply, u16> {
    let code = find(form, "code").ok_or(101_u16)?;
    let redirect = find(form, "redirect_uri").ok_or(102_u16)?;
    if code != secrets.code {
        return Err(103);
    }
    if redirect != secrets.redirect_uri {
        return Err(104);
    }
    here(state, call)?;
    let owner = EMPLOYEES.first().map(|e| e.login()).unwrap_or_default();
    Ok(grant_new(state, Holder::User, owner))
}

/// The company lives in one data centre; the others say where.
fn here(state: &State, call: &Call) -> Result<(), u16> {
    if call.center == state.switches.home { Ok(()) } else { Err(16) }
}

fn grant_new(state: &mut State, holder: Holder, subject: String) -> Reply {
    let expires = after(state.now, REFRESH_HOURS);
    let refresh = state.ids.uuid("refresh", &(state.tokens.issued + 1).to_string());
    let grant = Grant { holder, subject: subject.clone(), scope: state.switches.scopes.clone(), expires };
    state.tokens.refresh.insert(refresh.clone(), grant);
    grant_tokens(state, holder, subject, Some((refresh, expires)))
}

fn grant_tokens(
    state: &mut State,
    holder: Holder,
    subject: String,
    refresh: Option<(String, Timestamp)>,
) -> Reply {
    state.tokens.issued += 1;
    let seconds = 60 * state.switches.access_minutes;
    let expires = state.now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
    let place = state.tokens.issued.to_string();
    let claims = |use_: &str| {
        json!({
            "sub": subject, "use": use_, "iat": state.now.as_second(), "exp": expires.as_second(), "n": place,
            "concur.type": holder.name(), "concur.version": 3,
        })
    };
    let jwt = |claims: Value| {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let signature = state.ids.hex("signature", &claims.to_string(), 43);
        format!("{}.{}.{signature}", part(r#"{"alg":"RS256","typ":"JWT"}"#), part(&claims.to_string()))
    };
    let access = jwt(claims("access"));
    let mut body = json!({
        "expires_in": seconds.to_string(), "scope": state.switches.scopes, "token_type": "Bearer",
        "access_token": access, "id_token": jwt(claims("id")), "geolocation": geolocation(state),
    });
    if state.switches.expires_in_number {
        body["expires_in"] = seconds.into();
    }
    if let (Some(fields), Some((token, expires))) = (body.as_object_mut(), refresh) {
        fields.insert("refresh_token".to_owned(), token.into());
        if !state.switches.hide_refresh_expiry {
            fields.insert("refresh_expires_in".to_owned(), expires.as_second().into());
        }
    }
    let scope = state.switches.scopes.clone();
    state.tokens.access.insert(access, Grant { holder, subject, scope, expires });
    Reply::ok(body)
}

/// The company's data centre; one page of the contract's sources shows it with the path of the token endpoint.
fn geolocation(state: &State) -> String {
    let path = if state.switches.geolocation_with_path { PATH } else { "" };
    format!("{}{path}", state.url(state.switches.home))
}

fn after(now: Timestamp, hours: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX)
}
