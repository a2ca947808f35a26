//! The exchange and the traits that a client asks for tokens and pace.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// A boxed future.
pub type Fut<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// HTTP methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// DELETE
    Delete,
}

/// One HTTP request. Its bodies may hold secrets (token calls): it has no `Debug`.
#[derive(Clone)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Absolute address; its host must be on the connection's allow-list.
    pub url: String,
    /// Headers, `Authorization` included.
    pub headers: Vec<(String, String)>,
    /// Body; always sent with `Content-Length`.
    pub body: Vec<u8>,
    /// How long the whole exchange may take.
    pub timeout: Duration,
}

/// The answer to one request. The body is capped at 16 MiB.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header by lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// `Retry-After` in seconds, when it is a positive number.
    pub fn retry_after(&self) -> Option<u64> {
        self.header("retry-after").and_then(|v| v.trim().parse().ok()).filter(|s| *s > 0)
    }
}

/// Why there is no answer (reliability.md, 4.3).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// Provably no request byte left: name resolution, connect, TLS, our own limits.
    #[error("not sent: {0}")]
    NotSent(String),
    /// A byte may have left: reset, time-out, truncated answer, answer over the cap.
    #[error("no answer: {reason}")]
    MaybeSent {
        /// What happened.
        reason: String,
        /// It was a real time-out (Concur: wait 5 minutes before repeating).
        timed_out: bool,
    },
}

/// One HTTP exchange. No redirect is followed and nothing is repeated behind the caller's back.
pub trait Net: Send + Sync {
    /// Sends `request` and reads the whole answer.
    fn exchange(&self, request: Request) -> Fut<'_, Result<Reply, NetError>>;
}

/// An access token in use. It does not print.
#[derive(Clone)]
pub struct Bearer {
    /// The token.
    pub token: secrecy::SecretString,
    /// The generation of the stored secret, so that only the holder of the newest one refreshes.
    pub generation: u64,
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// A person has to sign in again; the sentence says where.
    #[error("{0}")]
    Reauthorise(String),
    /// Try later (maintenance, network): the connection's reason; no document moves.
    #[error("{0}")]
    Later(String),
    /// The vault or the store failed.
    #[error("{0}")]
    Broken(String),
}

/// Access tokens of one connection: durable before use, refreshed once however many ask. The engine implements it over
/// vault and store.
pub trait Tokens: Send + Sync {
    /// A token with at least five minutes left.
    fn bearer(&self) -> Fut<'_, Result<Bearer, TokenError>>;
    /// The system refused `stale`: a newer one, refreshed at most once.
    fn after_refusal(&self, stale: &Bearer) -> Fut<'_, Result<Bearer, TokenError>>;
    /// The base address of the API for this connection (Concur's geolocation may move it).
    fn base_url(&self) -> String;
}

/// Why a call may not go out now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaceError {
    /// The breaker is open.
    #[error("{0}")]
    Open(String),
    /// The quota's answer is still in force.
    #[error("{0}")]
    Wait(String),
}

/// Pace of one connection: below the published limit, learned limits, breaker. Kinds are named by the system's folder.
pub trait Pace: Send + Sync {
    /// Waits for a place for a call of this kind; refuses while the breaker is open.
    fn acquire(&self, kind: &'static str) -> Fut<'_, Result<(), PaceError>>;
    /// What came of it: `throttled` with seconds to wait, failure, or success.
    fn report(&self, kind: &'static str, heard: Heard);
}

/// What a call's answer says about the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// An answer, business refusals included.
    Fine,
    /// 429, 403 throttle form, quota fault.
    Throttled(Option<u64>),
    /// No answer, or 5xx.
    Failed,
}
