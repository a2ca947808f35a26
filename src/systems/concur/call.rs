//! One call: pace, token, exchange, and what its status means (contract of Concur, 1.5 and 9).
//!
//! A refused token means that the call was turned away as a whole, so it is renewed and the call repeated once. Nothing
//! else is repeated here, but for one case: a read of a legacy address that answers 400, which may be a limit or a
//! deadlock there, and is asked once more after the pace was told. Writes are never repeated here: what became of one
//! is told by [`Reached`].

use crate::systems::CallError;
use crate::transport::{Heard, Method, NetError, PaceError, Reply, Request, TokenError};

use super::{Concur, errors};

/// One call to be made.
pub struct Call {
    /// The kind that pace knows: `fis`, `v3`, `lists`, `identity`, `images`, `events`, or one of the writes
    /// ([`super::WRITES`]).
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
    /// A 400 is an answer whose body is read (bulk payment confirmation, 4.6).
    pub reads_400: bool,
}

/// How far a call came that brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// Nothing was done at the other end: there was no token or no place, or it was turned away as a whole (401, 403,
    /// 429).
    TurnedAway,
    /// Provably no byte left.
    NotSent,
    /// We do not know.
    Perhaps,
    /// It was answered and not done.
    Refused {
        /// The id of the error, or the status.
        code: String,
        /// What was said.
        message: String,
    },
}

/// Why a call brought nothing.
#[derive(Debug)]
pub struct Trouble {
    /// For the caller.
    pub error: CallError,
    /// For whoever wrote.
    pub reached: Reached,
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
            reads_400: false,
        }
    }

    /// A call with a JSON body.
    pub fn send(kind: &'static str, method: Method, path: String, body: &serde_json::Value) -> Self {
        Self { method, body: body.to_string().into_bytes(), ..Self::get(kind, path) }
    }
}

impl Concur {
    /// Makes a call; the answer is a 2xx, or a 404 or 400 where that is one.
    pub(super) async fn call(&self, call: Call) -> Result<Reply, CallError> {
        self.attempt(call).await.map_err(|t| t.error)
    }

    /// The same, and how far it came.
    pub(super) async fn attempt(&self, call: Call) -> Result<Reply, Trouble> {
        let mut bearer = self.link.tokens.bearer().await.map_err(no_token)?;
        let (mut renewed, mut asked_again) = (false, false);
        loop {
            self.link.pace.acquire(call.kind).await.map_err(no_place)?;
            let heard = self.link.net.exchange(self.request(&call, &bearer.token)).await;
            let reply = match heard {
                Ok(reply) => reply,
                Err(e) => {
                    self.link.pace.report(call.kind, Heard::Failed);
                    return Err(no_answer(call.kind, e));
                }
            };
            let correlation = errors::short(reply.header("concur-correlationid").unwrap_or("-"));
            tracing::debug!(kind = call.kind, status = reply.status, %correlation, "concur answered");
            match reply.status {
                200..=299 => {
                    self.link.pace.report(call.kind, Heard::Fine);
                    return Ok(reply);
                }
                400 if call.reads_400 => {
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
                400 if call.legacy && !asked_again => {
                    asked_again = true;
                    self.link.pace.report(call.kind, Heard::Throttled(reply.retry_after()));
                }
                status => {
                    self.link.pace.report(call.kind, what_pace_hears(&reply));
                    return Err(refused(status, &reply));
                }
            }
        }
    }

    fn request(&self, call: &Call, token: &secrecy::SecretString) -> Request {
        use secrecy::ExposeSecret as _;
        let mut headers = vec![("Authorization".to_owned(), format!("Bearer {}", token.expose_secret()))];
        if !call.headers.iter().any(|(name, _)| *name == "Accept") {
            headers.push(("Accept".to_owned(), "application/json".to_owned()));
        }
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

/// What an answer that is none says about the connection.
pub fn what_pace_hears(reply: &Reply) -> Heard {
    match reply.status {
        429 => Heard::Throttled(reply.retry_after()),
        500..=599 => Heard::Failed,
        _ => Heard::Fine,
    }
}

/// What a status means that is no answer to the question.
pub fn refused(status: u16, reply: &Reply) -> Trouble {
    let said = errors::sentence(&reply.body);
    let trouble = |error, reached| Trouble { error, reached };
    match status {
        401 => trouble(
            CallError::Reauthorise(format!(
                "Concur refused a new access token ({said}). Sign in again with a company request token."
            )),
            Reached::TurnedAway,
        ),
        403 => trouble(
            CallError::Refused(format!(
                "403: no permission: {said}. The application lacks a scope, or the company has not enabled it."
            )),
            Reached::TurnedAway,
        ),
        429 => trouble(CallError::Throttled(reply.retry_after()), Reached::TurnedAway),
        500..=599 => {
            let word = if status == 503 { "Concur is under maintenance" } else { "Concur failed" };
            trouble(offline(format!("{word} ({status}: {said})")), Reached::Perhaps)
        }
        300..=399 => {
            trouble(CallError::Shape(format!("a redirect ({status}) that is not followed")), Reached::Perhaps)
        }
        _ => {
            let code = errors::id(&reply.body).unwrap_or_else(|| status.to_string());
            trouble(CallError::Refused(format!("{status}: {said}")), Reached::Refused { code, message: said })
        }
    }
}

fn no_token(e: TokenError) -> Trouble {
    let error = match e {
        TokenError::Reauthorise(why) => CallError::Reauthorise(why),
        TokenError::Later(why) | TokenError::Broken(why) => offline(why),
    };
    Trouble { error, reached: Reached::TurnedAway }
}

/// There is no place for a call now.
pub fn no_place(e: PaceError) -> Trouble {
    let error = match e {
        PaceError::Open(why) => offline(why),
        PaceError::Wait(why) => {
            tracing::debug!(%why, "the quota is still in force");
            CallError::Throttled(None)
        }
    };
    Trouble { error, reached: Reached::TurnedAway }
}

/// There was no answer.
pub fn no_answer(kind: &str, e: NetError) -> Trouble {
    tracing::debug!(kind, error = %e, "concur gave no answer");
    match e {
        NetError::NotSent(reason) => Trouble {
            error: offline(format!("Concur cannot be reached: {reason}")),
            reached: Reached::NotSent,
        },
        NetError::MaybeSent { reason, timed_out } => Trouble {
            error: CallError::Offline { reason: format!("Concur gave no answer: {reason}"), timed_out },
            reached: Reached::Perhaps,
        },
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
