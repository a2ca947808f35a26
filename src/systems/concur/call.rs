//! One call: pace, token, exchange, and what its status means (contract of Concur, 1.5 and 9).
//!
//! All calls that this folder makes are safe to repeat (section 9), so a refused token is renewed and the call repeated
//! once. Nothing else is repeated here, but for one case: a legacy address that answers 400, which may be a limit or a
//! deadlock there, and is asked once more after the pace was told.

use crate::systems::CallError;
use crate::transport::{Heard, Method, NetError, PaceError, Reply, Request, TokenError};

use super::{Concur, errors};

/// One call to be made.
pub struct Call {
    /// The kind that pace knows: `fis`, `fis_write`, `v3`, `lists`, `identity`.
    pub kind: &'static str,
    /// Method.
    pub method: Method,
    /// Path and query below the base address.
    pub path: String,
    /// Headers besides the usual.
    pub headers: Vec<(&'static str, &'static str)>,
    /// JSON body; empty for none.
    pub body: Vec<u8>,
    /// A 400 may be a passing limit (v3 addresses).
    pub legacy: bool,
    /// A 404 is an answer: there is no such thing.
    pub may_be_absent: bool,
}

impl Call {
    /// A GET.
    pub fn get(kind: &'static str, path: String) -> Self {
        Self {
            kind,
            method: Method::Get,
            path,
            headers: Vec::new(),
            body: Vec::new(),
            legacy: false,
            may_be_absent: false,
        }
    }
}

impl Concur {
    /// Makes a call; the answer is a 2xx, or a 404 where that is one.
    pub(super) async fn call(&self, call: Call) -> Result<Reply, CallError> {
        let mut bearer = self.link.tokens.bearer().await.map_err(no_token)?;
        let (mut renewed, mut asked_again) = (false, false);
        loop {
            self.link.pace.acquire(call.kind).await.map_err(no_place)?;
            let heard = self.link.net.exchange(self.request(&call, &bearer.token)).await;
            let reply = match heard {
                Ok(reply) => reply,
                Err(e) => {
                    self.link.pace.report(call.kind, Heard::Failed);
                    return Err(no_answer(&call, e));
                }
            };
            let correlation = errors::short(reply.header("concur-correlationid").unwrap_or("-"));
            tracing::debug!(kind = call.kind, status = reply.status, %correlation, "concur answered");
            let said = || errors::sentence(&reply.body);
            match reply.status {
                200..=299 => {
                    self.link.pace.report(call.kind, Heard::Fine);
                    return Ok(reply);
                }
                404 if call.may_be_absent => {
                    self.link.pace.report(call.kind, Heard::Fine);
                    return Ok(reply);
                }
                401 | 403 if !renewed => {
                    self.link.pace.report(call.kind, Heard::Fine);
                    renewed = true;
                    bearer = self.link.tokens.after_refusal(&bearer).await.map_err(no_token)?;
                }
                401 => {
                    self.link.pace.report(call.kind, Heard::Fine);
                    return Err(CallError::Reauthorise(format!(
                        "Concur refused a new access token ({}). Sign in again with a company request token.",
                        said()
                    )));
                }
                403 => {
                    self.link.pace.report(call.kind, Heard::Fine);
                    return Err(CallError::Refused(format!(
                        "403: no permission: {}. The application lacks a scope, or the company has not enabled it.",
                        said()
                    )));
                }
                429 => {
                    self.link.pace.report(call.kind, Heard::Throttled(reply.retry_after()));
                    return Err(CallError::Throttled(reply.retry_after()));
                }
                400 if call.legacy && !asked_again => {
                    asked_again = true;
                    self.link.pace.report(call.kind, Heard::Throttled(reply.retry_after()));
                }
                status @ 500..=599 => {
                    self.link.pace.report(call.kind, Heard::Failed);
                    let word = if status == 503 { "Concur is under maintenance" } else { "Concur failed" };
                    return Err(offline(format!("{word} ({status}: {})", said())));
                }
                status @ 300..=399 => {
                    self.link.pace.report(call.kind, Heard::Fine);
                    return Err(CallError::Shape(format!("a redirect ({status}) that is not followed")));
                }
                status => {
                    self.link.pace.report(call.kind, Heard::Fine);
                    return Err(CallError::Refused(format!("{status}: {}", said())));
                }
            }
        }
    }

    fn request(&self, call: &Call, token: &secrecy::SecretString) -> Request {
        use secrecy::ExposeSecret as _;
        let mut headers = vec![
            ("Authorization".to_owned(), format!("Bearer {}", token.expose_secret())),
            ("Accept".to_owned(), "application/json".to_owned()),
        ];
        if !call.body.is_empty() {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        headers.extend(call.headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        Request {
            method: call.method,
            url: format!("{}{}", self.link.tokens.base_url().trim_end_matches('/'), call.path),
            headers,
            body: call.body.clone(),
            timeout: self.link.request_timeout,
        }
    }
}

fn offline(reason: String) -> CallError {
    CallError::Offline { reason, timed_out: false }
}

fn no_token(e: TokenError) -> CallError {
    match e {
        TokenError::Reauthorise(why) => CallError::Reauthorise(why),
        TokenError::Later(why) | TokenError::Broken(why) => offline(why),
    }
}

fn no_place(e: PaceError) -> CallError {
    match e {
        PaceError::Open(why) => offline(why),
        PaceError::Wait(why) => {
            tracing::debug!(%why, "the quota is still in force");
            CallError::Throttled(None)
        }
    }
}

fn no_answer(call: &Call, e: NetError) -> CallError {
    tracing::debug!(kind = call.kind, error = %e, "concur gave no answer");
    match e {
        NetError::NotSent(reason) => offline(format!("Concur cannot be reached: {reason}")),
        NetError::MaybeSent { reason, timed_out } => {
            CallError::Offline { reason: format!("Concur gave no answer: {reason}"), timed_out }
        }
    }
}

/// A query value or form field, percent-encoded.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
    }
    out
}

/// The reverse of [`encoded`]; what is no escape stays as it is.
pub fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(b) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).and_then(|h| std::str::from_utf8(h).ok());
        match (b, hex.and_then(|h| u8::from_str_radix(h, 16).ok())) {
            (b'%', Some(v)) => {
                out.push(v);
                at += 3;
            }
            _ => {
                out.push(*b);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
