//! Connections: caps, handshake, one request each. A connection that does not get on in time is cut.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::{CertificateError, Error as TlsError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::inbound::answer::Peer;
use crate::inbound::listener::Certificates;
use crate::inbound::pki::allowed_name;
use crate::inbound::refusals::Refusals;
use crate::inbound::settings::Limits;

/// How long open connections may go on when the listener ends.
const FAREWELL: Duration = Duration::from_secs(3);
/// The rest after the system could not hand over a connection (no file handles left).
const REST: Duration = Duration::from_millis(200);

/// What answers the requests of one listener.
pub trait Answers: Send + Sync + 'static {
    /// The listener's name.
    fn name(&self) -> &'static str;
    /// Deadlines and sizes.
    fn limits(&self) -> &Limits;
    /// What was turned away.
    fn refusals(&self) -> &Refusals;
    /// How long a connection carries requests; none: it carries one.
    fn lasting(&self) -> Option<Duration>;
    /// Answers one request.
    fn answer(
        self: Arc<Self>,
        peer: Peer,
        request: Request<Incoming>,
    ) -> impl Future<Output = Response<Full<Bytes>>> + Send;
}

/// How many connections there are, in all and by peer.
#[derive(Default)]
struct Open {
    held: Mutex<HashMap<IpAddr, usize>>,
}

/// One place among them, given back when it is dropped.
struct Place {
    open: Arc<Open>,
    peer: IpAddr,
}

impl Open {
    fn take(self: &Arc<Self>, peer: IpAddr, most: usize, most_of_peer: usize) -> Option<Place> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let of_peer = held.get(&peer).copied().unwrap_or(0);
        if of_peer >= most_of_peer || held.values().sum::<usize>() >= most {
            return None;
        }
        held.insert(peer, of_peer + 1);
        Some(Place { open: self.clone(), peer })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.open.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(n) = held.get_mut(&self.peer) {
            *n -= 1;
            if *n == 0 {
                held.remove(&self.peer);
            }
        }
    }
}

/// Who counts as one peer: an IPv4 address, or an IPv6 network of one customer.
fn peer_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Takes connections until `stop`.
pub async fn run<A: Answers>(
    listener: TcpListener,
    front: Arc<A>,
    certificates: Option<Arc<Certificates>>,
    stop: CancellationToken,
) {
    let open = Arc::new(Open::default());
    let mut tasks = JoinSet::new();
    loop {
        let (stream, address) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(one) => one,
                Err(error) => {
                    tracing::warn!(%error, listener = front.name(), "a connection could not be taken");
                    tokio::time::sleep(REST).await;
                    continue;
                }
            },
            Some(_) = tasks.join_next(), if !tasks.is_empty() => continue,
        };
        let peer = peer_of(address.ip());
        let limits = front.limits();
        let Some(place) = open.take(peer, limits.connections, limits.per_peer) else {
            front.refusals().count(front.name(), "too many connections", peer);
            continue;
        };
        let (front, certificates, stop) = (front.clone(), certificates.clone(), stop.clone());
        tasks.spawn(async move {
            let _place = place;
            let total = front.limits().total;
            let served = connection(&front, certificates, stream, peer, &stop);
            if tokio::time::timeout(total, served).await.is_err() {
                front.refusals().count(front.name(), "the connection took too long", peer);
            }
        });
    }
    drop(listener);
    let rest = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(FAREWELL, rest).await.is_err() {
        tasks.abort_all();
    }
}

async fn connection<A: Answers>(
    front: &Arc<A>,
    certificates: Option<Arc<Certificates>>,
    stream: TcpStream,
    address: IpAddr,
    stop: &CancellationToken,
) {
    let Some(certificates) = certificates else {
        return serve(front, stream, Peer { address, name: None }, stop).await;
    };
    let Some(config) = certificates.usable().await else {
        front.refusals().count(front.name(), "our own certificate has ended", address);
        return;
    };
    let shaking = TlsAcceptor::from(config).accept(stream);
    let stream = match tokio::time::timeout(front.limits().handshake, shaking).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return front.refusals().count(front.name(), reason(&error), address),
        Err(_) => return front.refusals().count(front.name(), "the handshake took too long", address),
    };
    let leaf = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
    let name = leaf.and_then(|leaf| allowed_name(leaf, certificates.names()));
    serve(front, stream, Peer { address, name }, stop).await;
}

/// Why a handshake failed, from a fixed list of words.
fn reason(error: &std::io::Error) -> &'static str {
    match error.get_ref().and_then(|e| e.downcast_ref::<TlsError>()) {
        Some(TlsError::NoCertificatesPresented) => "no client certificate",
        Some(TlsError::InvalidCertificate(why)) => match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the client certificate has ended"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "the client certificate is not in force yet"
            }
            CertificateError::UnknownIssuer => "a client certificate of another authority",
            CertificateError::Revoked => "the client certificate is revoked",
            _ => "the client certificate is not valid",
        },
        Some(_) => "no TLS handshake",
        None => "the handshake broke off",
    }
}

/// One request, then the connection ends, so that each delivery proves itself anew; or as many as come while it lasts.
async fn serve<A, S>(front: &Arc<A>, stream: S, peer: Peer, stop: &CancellationToken)
where
    A: Answers,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let address = peer.address;
    let seen = Arc::new(AtomicUsize::new(0));
    let service = {
        let (front, seen) = (front.clone(), seen.clone());
        service_fn(move |request| {
            let (front, peer) = (front.clone(), peer.clone());
            seen.fetch_add(1, Ordering::Relaxed);
            async move { Ok::<_, Infallible>(front.answer(peer, request).await) }
        })
    };
    let limits = front.limits();
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .max_headers(limits.header_count)
        .max_header_size(limits.header_bytes)
        .keep_alive(front.lasting().is_some())
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(serving);
    let ends = async {
        match front.lasting() {
            Some(lasting) => tokio::select! {
                () = tokio::time::sleep(lasting) => {}
                () = stop.cancelled() => {}
            },
            None => std::future::pending().await,
        }
    };
    let served = tokio::select! {
        served = serving.as_mut() => served,
        () = ends => {
            // the request that is being answered still is
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = served {
        let why = if error.is_timeout() {
            "the headers came too slowly"
        } else if error.is_parse() {
            "not HTTP"
        } else {
            "the connection broke off"
        };
        if error.is_timeout() && seen.load(Ordering::Relaxed) > 0 {
            // nothing more was asked on it
            return;
        }
        front.refusals().count(front.name(), why, address);
    }
}
