//! One call: pace, token, exchange, and the one repeat that a refused token allows (contract 1.6 and 2).

use secrecy::ExposeSecret;

use crate::systems::{CallError, SendError};
use crate::transport::{Bearer, Heard, Method, NetError, PaceError, Reply, Request, TokenError};

use super::faults::{Fault, Meaning};
use super::query::percent;
use super::wire::Answer;
use super::{Client, MINOR_VERSION};

/// A body and what it is.
pub(super) struct Body {
    pub bytes: Vec<u8>,
    pub content_type: String,
}

impl Client {
    /// One call to the company's API. A 401 rejects the whole request before any processing, so it is repeated once,
    /// with a new token, if a new token can mend it. Every other answer is handed back as it is.
    pub(super) async fn exchange(
        &self,
        kind: &'static str,
        method: Method,
        path: &str,
        parameters: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Result<Reply, SendError> {
        let body = body.map(|bytes| Body { bytes, content_type: "application/json".into() });
        self.exchange_as(kind, method, path, parameters, body).await
    }

    /// The same with a body of any type.
    pub(super) async fn exchange_as(
        &self,
        kind: &'static str,
        method: Method,
        path: &str,
        parameters: &[(&str, &str)],
        body: Option<Body>,
    ) -> Result<Reply, SendError> {
        let url = self.url(path, parameters);
        let bearer = self.link.tokens.bearer().await.map_err(no_token)?;
        let reply = self.once(kind, method, &url, body.as_ref(), &bearer).await?;
        if let Some(sentence) = refused_access(&reply) {
            return Err(SendError::NoToken(CallError::Reauthorise(sentence)));
        }
        if reply.status != 401 {
            return Ok(reply);
        }
        let bearer = self.link.tokens.after_refusal(&bearer).await.map_err(no_token)?;
        let reply = self.once(kind, method, &url, body.as_ref(), &bearer).await?;
        let sentence = refused_access(&reply).or_else(|| {
            (reply.status == 401)
                .then(|| "QuickBooks refuses a fresh access token too: sign in again".to_string())
        });
        match sentence {
            Some(sentence) => Err(SendError::NoToken(CallError::Reauthorise(sentence))),
            None => Ok(reply),
        }
    }

    fn url(&self, path: &str, parameters: &[(&str, &str)]) -> String {
        let base = self.link.tokens.base_url();
        let mut url = format!(
            "{}/v3/company/{}/{path}?minorversion={MINOR_VERSION}",
            base.trim_end_matches('/'),
            percent(&self.link.company)
        );
        for (name, value) in parameters {
            url.push_str(&format!("&{name}={}", percent(value)));
        }
        url
    }

    async fn once(
        &self,
        kind: &'static str,
        method: Method,
        url: &str,
        body: Option<&Body>,
        bearer: &Bearer,
    ) -> Result<Reply, SendError> {
        self.link.pace.acquire(kind).await.map_err(|e| match e {
            PaceError::Open(reason) => SendError::Net(NetError::NotSent(reason)),
            PaceError::Wait(_) => SendError::NoToken(CallError::Throttled(None)),
        })?;
        let mut headers = vec![
            ("Authorization".into(), format!("Bearer {}", bearer.token.expose_secret())),
            ("Accept".into(), "application/json".into()),
            ("User-Agent".into(), concat!("tieout/", env!("CARGO_PKG_VERSION")).into()),
        ];
        if let Some(body) = body {
            headers.push(("Content-Type".into(), body.content_type.clone()));
        }
        let request = Request {
            method,
            url: url.into(),
            headers,
            body: body.map(|b| b.bytes.clone()).unwrap_or_default(),
            timeout: self.link.request_timeout,
        };
        let heard = self.link.net.exchange(request).await;
        self.link.pace.report(kind, said(&heard));
        match &heard {
            // the support asks for this id, of refused calls first of all (contract 2)
            Ok(reply) => {
                let (status, intuit_tid) = (reply.status, reply.header("intuit_tid").unwrap_or_default());
                if status < 400 {
                    tracing::debug!(kind, status, intuit_tid, "QuickBooks Online answered");
                } else {
                    tracing::warn!(kind, status, intuit_tid, "QuickBooks Online refused");
                }
            }
            Err(error) => tracing::warn!(kind, %error, "QuickBooks Online did not answer"),
        }
        Ok(heard?)
    }

    /// A call that reads: the parsed answer, or why there is none. Nothing is repeated here.
    pub(super) async fn read(
        &self,
        kind: &'static str,
        method: Method,
        path: &str,
        parameters: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Result<Answer, CallError> {
        let reply = self.exchange(kind, method, path, parameters, body).await.map_err(from_send)?;
        answer(&reply)
    }
}

/// The answer of a call that reads.
pub(super) fn answer(reply: &Reply) -> Result<Answer, CallError> {
    let parsed = Answer::parse(&reply.body);
    if reply.status == 429 {
        return Err(CallError::Throttled(reply.retry_after()));
    }
    if let Some(fault) = parsed.as_ref().ok().and_then(Answer::fault) {
        return Err(fault.as_call_error(reply.retry_after()));
    }
    match reply.status {
        200..=299 => parsed.map_err(CallError::Shape),
        500..=599 => Err(CallError::Offline {
            reason: format!("QuickBooks Online answered {}", reply.status),
            timed_out: false,
        }),
        status => Err(CallError::Refused(format!("QuickBooks Online answered {status}"))),
    }
}

/// The same reason, for a call that reads.
pub(super) fn from_send(error: SendError) -> CallError {
    match error {
        SendError::NoToken(e) => e,
        SendError::Net(NetError::NotSent(reason)) => CallError::Offline { reason, timed_out: false },
        SendError::Net(NetError::MaybeSent { reason, timed_out }) => CallError::Offline { reason, timed_out },
    }
}

fn no_token(error: TokenError) -> SendError {
    SendError::NoToken(match error {
        TokenError::Reauthorise(sentence) => CallError::Reauthorise(sentence),
        TokenError::Later(reason) | TokenError::Broken(reason) => {
            CallError::Offline { reason, timed_out: false }
        }
    })
}

/// A 401 or 403 that no fresh token mends: the sentence of what a person has to do.
fn refused_access(reply: &Reply) -> Option<String> {
    if !matches!(reply.status, 401 | 403) {
        return None;
    }
    let fault = Answer::parse(&reply.body).ok().and_then(|a| a.fault())?;
    fault.token_mends().err()
}

/// What an answer says about the connection: the quota answers with 429, with 403, and inside items (contract 6).
fn said(heard: &Result<Reply, NetError>) -> Heard {
    let Ok(reply) = heard else { return Heard::Failed };
    let throttled = || {
        let has_fault = reply.body.windows(7).any(|w| w.eq_ignore_ascii_case(b"\"fault\""));
        let Some(answer) = has_fault.then(|| Answer::parse(&reply.body).ok()).flatten() else { return false };
        let quota = |f: &Fault| f.meaning() == Meaning::Throttled;
        answer.fault().as_ref().is_some_and(quota)
            || answer.items().into_iter().flatten().any(|i| i.fault.as_ref().is_some_and(quota))
    };
    match reply.status {
        429 => Heard::Throttled(reply.retry_after()),
        500.. => Heard::Failed,
        _ if throttled() => Heard::Throttled(reply.retry_after()),
        _ => Heard::Fine,
    }
}
