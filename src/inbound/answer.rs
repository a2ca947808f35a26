//! One request: proved, kept, answered. The order is the promise (reliability.md, I3 and S7): nothing is parsed before
//! the sender is verified, and 2xx is said after the commit.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_ENCODING, RETRY_AFTER};
use hyper::{HeaderMap, Method, Request, Response, StatusCode, Version};

use crate::engine::core::Core;
use crate::inbound::accept::Answers;
use crate::inbound::body::{self, Read};
use crate::inbound::keys::Keys;
use crate::inbound::refusals::Refusals;
use crate::inbound::schemes::{Proof, Scheme, schemes};
use crate::inbound::settings::Limits;
use crate::inbound::writer::{self, Kept, Writer};
use crate::store::Delivery;

/// What all connections of one listener share.
pub struct Front {
    /// `events` or `webhooks`.
    pub name: &'static str,
    /// Whether its senders show a client certificate.
    pub certificates: bool,
    /// Deadlines and sizes.
    pub limits: Limits,
    /// Store, clock and what hears hints.
    pub core: Arc<Core>,
    /// The way to the store.
    pub writer: Writer,
    /// Secrets of signatures.
    pub keys: Arc<Keys>,
    /// What was turned away.
    pub refusals: Arc<Refusals>,
}

/// Who sends.
#[derive(Debug, Clone)]
pub struct Peer {
    /// From where.
    pub address: IpAddr,
    /// The allowed name of its certificate, which the handshake has verified.
    pub name: Option<String>,
}

type Answer = Response<Full<Bytes>>;

/// Why a request is turned away: the words are counted and audited.
struct Refused {
    status: StatusCode,
    why: &'static str,
}

fn refused<T>(status: StatusCode, why: &'static str) -> Result<T, Refused> {
    Err(Refused { status, why })
}

impl Answers for Front {
    fn name(&self) -> &'static str {
        self.name
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    fn lasting(&self) -> Option<Duration> {
        None
    }

    async fn answer(self: Arc<Self>, peer: Peer, request: Request<Incoming>) -> Answer {
        self.request(&peer, request).await
    }
}

impl Front {
    async fn request(&self, peer: &Peer, request: Request<Incoming>) -> Answer {
        let (head, body) = request.into_parts();
        let scheme = match self.taken(peer, &head) {
            Ok(scheme) => scheme,
            Err(no) => {
                // it is taken off the wire, so that the answer is heard, and thrown away unread
                drop(body::read(body, self.limits.body_bytes, self.limits.body, false).await);
                return self.turn_away(self.name, peer, &no);
            }
        };
        match self.take(scheme, peer, &head.headers, body).await {
            Ok(()) => bare(StatusCode::OK),
            Err(no) => self.turn_away(scheme.system, peer, &no),
        }
    }

    /// What can be said before the body: who it is, and whether this is a delivery at all.
    fn taken(&self, peer: &Peer, head: &hyper::http::request::Parts) -> Result<&'static Scheme, Refused> {
        if self.certificates && peer.name.is_none() {
            return refused(StatusCode::FORBIDDEN, "the certificate has no allowed name");
        }
        if head.version != Version::HTTP_11 {
            return refused(StatusCode::HTTP_VERSION_NOT_SUPPORTED, "not HTTP/1.1");
        }
        let bare = head.uri.authority().is_none() && head.uri.query().is_none();
        let ours = |s: &&Scheme| {
            matches!(s.proof, Proof::Certificate) == self.certificates && bare && head.uri.path() == s.path
        };
        let Some(scheme) = schemes().iter().find(ours) else {
            return refused(StatusCode::NOT_FOUND, "another path");
        };
        if head.method != Method::POST {
            return refused(StatusCode::METHOD_NOT_ALLOWED, "another method");
        }
        if head.headers.contains_key(CONTENT_ENCODING) {
            return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "a compressed body");
        }
        Ok(scheme)
    }

    async fn take(
        &self,
        scheme: &'static Scheme,
        peer: &Peer,
        headers: &HeaderMap,
        body: Incoming,
    ) -> Result<(), Refused> {
        let raw = match body::read(body, self.limits.body_bytes, self.limits.body, true).await {
            Read::Whole(raw) => raw,
            Read::TooLarge => return refused(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"),
            // a slow line is nobody's fault: it may come again
            Read::Slow => return refused(StatusCode::SERVICE_UNAVAILABLE, "the body came too slowly"),
            Read::Broken => return refused(StatusCode::BAD_REQUEST, "the body broke off"),
        };
        let verified_by = self.proved(scheme, peer, headers, &raw).await?;
        let said = (scheme.read)(&raw);
        let delivery = Delivery {
            source: scheme.system.into(),
            event_id: writer::id_of(&said, &raw),
            raw,
            verified_by,
            says: said.text.clone(),
            received_at: self.core.now(),
        };
        match self.writer.keep(delivery, said, self.limits.insert).await {
            Kept::Durable => Ok(()),
            Kept::Later => refused(StatusCode::SERVICE_UNAVAILABLE, "the store could not keep it"),
        }
    }

    /// What proves the sender, for the record.
    async fn proved(
        &self,
        scheme: &'static Scheme,
        peer: &Peer,
        headers: &HeaderMap,
        raw: &[u8],
    ) -> Result<String, Refused> {
        match scheme.proof {
            Proof::Certificate => match &peer.name {
                Some(name) => Ok(format!("certificate {name}")),
                None => refused(StatusCode::FORBIDDEN, "the certificate has no allowed name"),
            },
            Proof::Signature { ok, fields } => {
                let secrets = match self.keys.of(scheme.system, fields).await {
                    Ok(secrets) if secrets.is_empty() => {
                        return refused(StatusCode::SERVICE_UNAVAILABLE, "there is no key to verify it with");
                    }
                    Ok(secrets) => secrets,
                    Err(error) => {
                        tracing::error!(%error, "the keys of signatures cannot be read");
                        return refused(StatusCode::SERVICE_UNAVAILABLE, "the keys cannot be read");
                    }
                };
                match ok(headers, raw, &secrets) {
                    Some(true) => Ok("signature".into()),
                    Some(false) => refused(StatusCode::UNAUTHORIZED, "the signature is wrong"),
                    None => refused(StatusCode::UNAUTHORIZED, "the signature is missing"),
                }
            }
        }
    }

    fn turn_away(&self, source: &'static str, peer: &Peer, no: &Refused) -> Answer {
        self.refusals.count(source, no.why, peer.address);
        let mut answer = bare(no.status);
        if no.status == StatusCode::METHOD_NOT_ALLOWED {
            answer.headers_mut().insert(ALLOW, hyper::header::HeaderValue::from_static("POST"));
        }
        if no.status == StatusCode::SERVICE_UNAVAILABLE {
            answer.headers_mut().insert(RETRY_AFTER, hyper::header::HeaderValue::from_static("30"));
        }
        answer
    }
}

fn bare(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer
}
