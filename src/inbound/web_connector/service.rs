//! HTTP: paths, methods, bodies, statuses. What is no call is answered here.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::inbound::accept::Answers;
use crate::inbound::answer::Peer;
use crate::inbound::refusals::Refusals;
use crate::inbound::settings::Limits;
use crate::inbound::web_connector::envelope::{self, Fault, Outcome, Whose};
use crate::inbound::web_connector::guard::Guard;
use crate::inbound::web_connector::soap::{Bad, Call, Operation};
use crate::inbound::web_connector::spool::{self, Held, Unread};
use crate::inbound::web_connector::tickets::{Found, Tickets};
use crate::inbound::web_connector::visited::Visited;
use crate::inbound::web_connector::wsdl;

/// The listener's name.
pub const NAME: &str = "web connector";
/// Where calls come.
pub const PATH: &str = "/qbwc";
/// Where people look for help.
const SUPPORT: &str = "/support";
/// How long a connection is used; then the caller makes a new one.
const LASTING: Duration = Duration::from_mins(5);
/// How long a long call waits until the one before it is done.
const TURN: Duration = Duration::from_secs(20);
/// How often visits are looked at whose silence may be over.
const SWEEP: Duration = Duration::from_secs(30);
/// How long the visits may take to end when the listener ends.
const FAREWELL: Duration = Duration::from_secs(2);
/// Peers whose versions are remembered.
const PEERS: usize = 256;

const ABOUT: &str = "This is tieout's address for the QuickBooks Web Connector. There is nothing to see here: add the \
                     .qwc file that tieout wrote to the Web Connector on the machine where QuickBooks runs.\n";
const HELP: &str = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>tieout and the QuickBooks Web \
Connector</title></head><body><h1>tieout and the QuickBooks Web Connector</h1><p>tieout brings approved expenses into \
QuickBooks Desktop. It cannot call QuickBooks: the Web Connector calls tieout, and takes along what waits.</p><ol><li>On \
the machine where QuickBooks runs, open the Web Connector, choose Add an application, and choose the .qwc file that tieout \
wrote.</li><li>QuickBooks asks whether tieout may use the company file: sign in as Admin in single-user mode, and answer \
yes, always.</li><li>In the Web Connector, type the password that tieout showed, and tick Auto-Run.</li><li>Leave the Web \
Connector running. What waits is posted when it comes.</li></ol><p>The Web Connector's status column says how the last \
update ended. The Connections screen of tieout says more.</p></body></html>";

type Reply = Response<Full<Bytes>>;

/// The versions that callers told before they proved who they are.
#[derive(Default)]
pub struct Versions(Mutex<HashMap<IpAddr, String>>);

impl Versions {
    /// Remembers one, as far as it can be a version.
    pub fn note(&self, peer: IpAddr, version: &str) {
        let usable = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
        let version: String = version.trim().chars().filter(usable).take(32).collect();
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= PEERS && !held.contains_key(&peer) {
            held.clear();
        }
        held.insert(peer, version);
    }

    /// The one of a peer; empty: it did not say.
    pub fn of(&self, peer: IpAddr) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&peer).cloned().unwrap_or_default()
    }
}

/// The monotonic clock.
pub type Ticks = Box<dyn Fn() -> Instant + Send + Sync>;

/// The service of one listener.
pub struct Service<V> {
    /// The engine.
    pub(super) visited: V,
    /// Visits.
    pub(super) tickets: Tickets,
    /// Wrong passwords.
    pub(super) guard: Guard,
    /// Versions of callers.
    pub(super) versions: Versions,
    /// Arrivals come one after the other.
    pub(super) admission: tokio::sync::Mutex<()>,
    /// What was turned away.
    pub(super) refusals: Arc<Refusals>,
    /// One long call at a time is held in memory.
    weight: Arc<Semaphore>,
    limits: Limits,
    spool: PathBuf,
    address: String,
    ticks: Ticks,
}

impl<V: Visited> Service<V> {
    /// Over the engine. `spool`: the folder for long bodies; `address`: as the description names it.
    pub fn new(
        visited: V,
        refusals: Arc<Refusals>,
        limits: Limits,
        spool: PathBuf,
        address: String,
        ticks: Ticks,
    ) -> Arc<Self> {
        Arc::new(Self {
            visited,
            tickets: Tickets::default(),
            guard: Guard::default(),
            versions: Versions::default(),
            admission: tokio::sync::Mutex::default(),
            refusals,
            weight: Arc::new(Semaphore::new(1)),
            limits,
            spool,
            address,
            ticks,
        })
    }

    /// The present on the monotonic clock.
    pub(super) fn now(&self) -> Instant {
        (self.ticks)()
    }

    /// Ends visits whose silence is over, for ever.
    pub async fn sweep(&self) {
        loop {
            tokio::time::sleep(SWEEP).await;
            self.sweep_once().await;
        }
    }

    /// Ends the visits whose silence is over now.
    pub async fn sweep_once(&self) {
        for session in self.tickets.expire(self.now()) {
            let why = "nothing was heard from the Web Connector for 45 minutes";
            self.visited.left(&session.row, session.visit, why).await;
        }
    }

    /// Nothing listens any more: all visits are over.
    pub async fn close(&self) {
        let all = async {
            for session in self.tickets.end_all(self.now()) {
                self.visited.left(&session.row, session.visit, "tieout stopped listening").await;
            }
        };
        if tokio::time::timeout(FAREWELL, all).await.is_err() {
            tracing::warn!("a visit of the Web Connector did not end in time");
        }
    }

    async fn soap(self: &Arc<Self>, peer: &Peer, head: &Parts, body: Incoming) -> Reply {
        let known = |ticket: String| async move {
            let here = !matches!(self.tickets.find(&ticket, self.now()), Found::Unknown);
            here || self.whose(&ticket).await.is_some()
        };
        let held = match spool::read(body, &self.limits, &self.spool, known).await {
            Ok(held) => held,
            Err(why) => return self.unread(peer, why),
        };
        let (call, weight) = match self.parsed(held).await {
            Ok(read) => read,
            Err(fault) => return self.faulty(peer, "not a call", &fault),
        };
        let operation = call.operation;
        if let Some(other) = action(head).filter(|a| *a != operation.name()) {
            tracing::debug!(action = %crate::model::text::harmless(other), "the action is not the call");
            let text = "the SOAPAction names another operation than the body".into();
            return self.faulty(peer, "not a call", &Fault { whose: Whose::Client, text });
        }
        match self.call(peer.address, call, weight).await {
            Ok(outcome) => xml(StatusCode::OK, envelope::answer(operation, &outcome)),
            Err(fault) => {
                tracing::warn!(operation = operation.name(), fault = %fault.text, "a call of the Web Connector failed");
                xml(StatusCode::INTERNAL_SERVER_ERROR, envelope::fault(&fault))
            }
        }
    }

    async fn parsed(&self, held: Held) -> Result<(Call, Option<OwnedSemaphorePermit>), Fault> {
        let broken = |Bad(why): Bad| Fault { whose: Whose::Client, text: why.into() };
        let Held::Spooled(..) = &held else { return Ok((held.call().map_err(broken)?, None)) };
        let ours = |text: &str| Fault { whose: Whose::Server, text: text.into() };
        let turn = tokio::time::timeout(TURN, self.weight.clone().acquire_owned()).await;
        let Ok(Ok(weight)) = turn else {
            return Err(ours("tieout still reads another long answer: run the update again"));
        };
        let call = tokio::task::spawn_blocking(move || held.call()).await;
        let call = call.map_err(|_| ours("tieout had a fault of its own: its log says more"))?;
        Ok((call.map_err(broken)?, Some(weight)))
    }

    fn faulty(&self, peer: &Peer, why: &'static str, fault: &Fault) -> Reply {
        self.refusals.count(NAME, why, peer.address);
        xml(StatusCode::INTERNAL_SERVER_ERROR, envelope::fault(fault))
    }

    fn unread(&self, peer: &Peer, why: Unread) -> Reply {
        let no = |status, why| self.refuse(peer, status, why);
        match why {
            Unread::TooLarge => no(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"),
            Unread::Slow => no(StatusCode::REQUEST_TIMEOUT, "the body came too slowly"),
            Unread::Broken => no(StatusCode::BAD_REQUEST, "the body broke off"),
            Unread::Unknown(operation) => {
                self.refusals.count(NAME, "a ticket that is not known", peer.address);
                let outcome = match operation {
                    Operation::ReceiveResponse => Outcome::Number(-1),
                    _ => Outcome::Text(String::new()),
                };
                xml(StatusCode::OK, envelope::answer(operation, &outcome))
            }
            Unread::Disk(error) => {
                tracing::error!(%error, "a long answer could not be kept while it was read");
                let text = "tieout cannot keep a long answer: its disk may be full".into();
                xml(StatusCode::INTERNAL_SERVER_ERROR, envelope::fault(&Fault { whose: Whose::Server, text }))
            }
        }
    }

    fn refuse(&self, peer: &Peer, status: StatusCode, why: &'static str) -> Reply {
        self.refusals.count(NAME, why, peer.address);
        page(status, "text/plain; charset=utf-8", format!("{why}\n"))
    }
}

impl<V: Visited> Answers for Service<V> {
    fn name(&self) -> &'static str {
        NAME
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    fn lasting(&self) -> Option<Duration> {
        Some(LASTING)
    }

    async fn answer(self: Arc<Self>, peer: Peer, request: Request<Incoming>) -> Reply {
        let (head, body) = request.into_parts();
        if head.version != Version::HTTP_11 {
            return self.refuse(&peer, StatusCode::HTTP_VERSION_NOT_SUPPORTED, "not HTTP/1.1");
        }
        if head.headers.contains_key(CONTENT_ENCODING) {
            return self.refuse(&peer, StatusCode::UNSUPPORTED_MEDIA_TYPE, "a compressed body");
        }
        let asks = matches!(head.method, Method::GET | Method::HEAD);
        match head.uri.path() {
            PATH if head.method == Method::POST => self.soap(&peer, &head, body).await,
            PATH if asks && head.uri.query().is_some_and(|q| q.eq_ignore_ascii_case("wsdl")) => {
                xml(StatusCode::OK, wsdl::document(&self.address))
            }
            PATH if asks => page(StatusCode::OK, "text/plain; charset=utf-8", ABOUT),
            SUPPORT if asks => page(StatusCode::OK, "text/html; charset=utf-8", HELP),
            PATH | SUPPORT => {
                let mut no = self.refuse(&peer, StatusCode::METHOD_NOT_ALLOWED, "another method");
                let may = if head.uri.path() == PATH { "GET, HEAD, POST" } else { "GET, HEAD" };
                no.headers_mut().insert(ALLOW, HeaderValue::from_static(may));
                no
            }
            _ => self.refuse(&peer, StatusCode::NOT_FOUND, "another path"),
        }
    }
}

/// The operation that the header names, where it names one: it is not trusted, but it may not say something else.
fn action(head: &Parts) -> Option<&str> {
    let text = head.headers.get("soapaction")?.to_str().unwrap_or("?").trim().trim_matches('"');
    let last = text.rsplit(['/', '#']).next().unwrap_or(text);
    (!text.is_empty()).then_some(last)
}

fn xml(status: StatusCode, text: String) -> Reply {
    page(status, "text/xml; charset=utf-8", text)
}

fn page(status: StatusCode, kind: &'static str, text: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(Full::new(text.into()));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}
