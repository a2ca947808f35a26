//! The listeners of this machine, while this process holds the engine.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::engine::What;
use crate::engine::core::Core;
use crate::engine::hints::Listener;
use crate::inbound::accept;
use crate::inbound::answer::Front;
use crate::inbound::keys::Keys;
use crate::inbound::refusals::Refusals;
use crate::inbound::reload::{Keeper, Now, Tell};
use crate::inbound::settings::{Port, Settings, SettingsError, app_url};
use crate::inbound::web_connector;
use crate::inbound::writer::Writer;
use crate::store::{ListenerRow, ListenerState};
use crate::transport::Fut;

/// How often a listener that cannot begin tries again.
const AGAIN: Duration = Duration::from_secs(5);
/// How often certificates are looked at when nobody connects.
const LOOK: Duration = Duration::from_secs(30);

/// Where the listeners are, once they take connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bound {
    /// Events.
    pub events: Option<SocketAddr>,
    /// Webhooks.
    pub webhooks: Option<SocketAddr>,
    /// The QuickBooks Web Connector.
    pub web_connector: Option<SocketAddr>,
}

/// The listeners of one machine.
pub struct Inbound {
    settings: Settings,
    bound: watch::Sender<Bound>,
}

impl Inbound {
    /// With settings that hold together.
    pub fn new(settings: Settings) -> Result<Arc<Self>, SettingsError> {
        settings.check()?;
        Ok(Arc::new(Self { settings, bound: watch::Sender::new(Bound::default()) }))
    }

    /// Where the listeners are.
    pub fn bound(&self) -> watch::Receiver<Bound> {
        self.bound.subscribe()
    }

    async fn run(&self, core: Arc<Core>, stop: CancellationToken) {
        let refusals = Refusals::new(core.clone());
        let counting = tokio::spawn(refusals.clone().run(stop.clone()));
        let shared = Shared {
            writer: Writer::start(core.clone()),
            keys: Arc::new(Keys::new(core.clone())),
            refusals,
            core,
        };
        let Settings { events, webhooks, web_connector, .. } = &self.settings;
        tokio::join!(
            self.one("events", events.as_ref(), &shared, &stop),
            self.one("webhooks", webhooks.as_ref(), &shared, &stop),
            self.one(web_connector::NAME, web_connector.as_ref(), &shared, &stop),
        );
        if counting.await.is_err() {
            tracing::error!("counting what was turned away ended by a fault of its own");
        }
    }

    /// One listener from its beginning to its end. It is tried again until it can listen.
    async fn one(&self, name: &'static str, port: Option<&Port>, shared: &Shared, stop: &CancellationToken) {
        let Some(port) = port else { return };
        let board = Arc::new(Board::new(name, port.address, shared.core.clone()));
        let begun = loop {
            match begin(port, &board).await {
                Ok(begun) => break begun,
                Err(why) => board.put(ListenerState::Failed, why, None).await,
            }
            tokio::select! {
                () = stop.cancelled() => return board.put(ListenerState::Closed, String::new(), None).await,
                () = tokio::time::sleep(AGAIN) => {}
            }
        };
        let (listener, address, certificates) = begun;
        board.at(address);
        let until = certificates.as_ref().map(|c| c.keeper.until());
        board.put(ListenerState::Listening, String::new(), until).await;
        self.bound.send_modify(|b| match name {
            "events" => b.events = Some(address),
            web_connector::NAME => b.web_connector = Some(address),
            _ => b.webhooks = Some(address),
        });
        let watched = certificates.clone();
        tokio::select! {
            () = self.serve(name, port, listener, certificates, shared, stop) => {}
            // ends with the other
            () = watch_over(watched) => {}
        }
        board.put(ListenerState::Closed, String::new(), until).await;
    }

    /// Answers what comes until `stop`.
    async fn serve(
        &self,
        name: &'static str,
        port: &Port,
        listener: TcpListener,
        certificates: Option<Arc<Certificates>>,
        shared: &Shared,
        stop: &CancellationToken,
    ) {
        let (limits, refusals) = (port.limits.clone(), shared.refusals.clone());
        if name == web_connector::NAME {
            let spool = self.settings.spool.clone().unwrap_or_else(std::env::temp_dir);
            let address = self.web_connector().unwrap_or_default();
            let ticks = Box::new(tokio::time::Instant::now);
            let core = shared.core.clone();
            let service = web_connector::Service::new(core, refusals, limits, spool, address, ticks);
            tokio::select! {
                () = accept::run(listener, service.clone(), certificates, stop.clone()) => {}
                // ends with the other
                () = service.sweep() => {}
            }
            return service.close().await;
        }
        let front = Front {
            name,
            certificates: port.tls.as_ref().is_some_and(|t| t.clients.is_some()),
            limits,
            core: shared.core.clone(),
            writer: shared.writer.clone(),
            keys: shared.keys.clone(),
            refusals,
        };
        accept::run(listener, Arc::new(front), certificates, stop.clone()).await;
    }
}

struct Shared {
    core: Arc<Core>,
    writer: Writer,
    keys: Arc<Keys>,
    refusals: Arc<Refusals>,
}

type Begun = (TcpListener, SocketAddr, Option<Arc<Certificates>>);

async fn begin(port: &Port, board: &Arc<Board>) -> Result<Begun, String> {
    let certificates = match &port.tls {
        None => None,
        Some(tls) => {
            let keeper = Keeper::open(tls.clone(), board.core.clock.clone()).map_err(|e| e.to_string())?;
            Some(Arc::new(Certificates { keeper, board: board.clone() }))
        }
    };
    let listener = TcpListener::bind(port.address)
        .await
        .map_err(|e| format!("nothing can listen on {}: {e}", port.address))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    Ok((listener, address, certificates))
}

/// Looks at the certificates now and then, for ever: an end that comes near is told though nobody connects.
async fn watch_over(certificates: Option<Arc<Certificates>>) {
    let Some(certificates) = certificates else { return std::future::pending().await };
    loop {
        certificates.usable().await;
        tokio::time::sleep(LOOK).await;
    }
}

/// The certificates of a listener, and where their news go.
pub(crate) struct Certificates {
    keeper: Keeper,
    board: Arc<Board>,
}

impl Certificates {
    /// What a handshake is made with now; none once our certificate has ended.
    pub async fn usable(&self) -> Option<Arc<ServerConfig>> {
        let (now, tell) = self.keeper.look();
        let until = Some(self.keeper.until());
        match tell {
            Some(Tell::Alarm(text)) => {
                let state = match now {
                    Now::Ended => ListenerState::Failed,
                    Now::Usable(_) => ListenerState::Listening,
                };
                self.board.put(state, text, until).await;
            }
            Some(Tell::Renewed) => self.board.put(ListenerState::Listening, String::new(), until).await,
            None => {}
        }
        match now {
            Now::Usable(loaded) => Some(loaded.config.clone()),
            Now::Ended => None,
        }
    }

    /// The names that a client may have.
    pub fn names(&self) -> &[String] {
        self.keeper.names()
    }
}

/// State, what is wrong, and when the certificate ends.
type Said = (ListenerState, String, Option<Timestamp>);

/// Tells how a listener stands: to whoever watches this process, and in the store for the others.
struct Board {
    name: &'static str,
    core: Arc<Core>,
    said: Mutex<(SocketAddr, Option<Said>)>,
}

impl Board {
    fn new(name: &'static str, address: SocketAddr, core: Arc<Core>) -> Self {
        Self { name, core, said: Mutex::new((address, None)) }
    }

    fn at(&self, address: SocketAddr) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).0 = address;
    }

    async fn put(&self, state: ListenerState, detail: String, until: Option<Timestamp>) {
        let address = {
            let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            let new = Some((state, detail.clone(), until));
            if said.1 == new {
                return;
            }
            said.1 = new;
            said.0
        };
        let text = match (state, detail.is_empty()) {
            (_, false) => format!("the listener for {} ({address}): {detail}", self.name),
            (ListenerState::Listening, true) => format!("listening for {} on {address}", self.name),
            (_, true) => format!("the listener for {} is closed", self.name),
        };
        let what = if detail.is_empty() { What::Connection } else { What::Alarm };
        self.core.tell(what, None, None, text);
        let row = ListenerRow {
            name: self.name.into(),
            address: address.to_string(),
            state,
            detail,
            certificate_until: until,
            changed_at: self.core.now(),
        };
        if let Err(error) = self.core.store.put_listener(row).await {
            tracing::error!(%error, listener = self.name, "how the listener stands could not be kept");
        }
    }
}

impl Listener for Inbound {
    fn listen(&self, core: Arc<Core>, stop: CancellationToken) -> Fut<'_, ()> {
        Box::pin(self.run(core, stop))
    }

    fn endpoint(&self, system: &str) -> Option<String> {
        let scheme = crate::inbound::schemes::schemes().iter().find(|s| s.system == system)?;
        let port = match scheme.proof {
            crate::inbound::schemes::Proof::Certificate => self.settings.events.as_ref(),
            crate::inbound::schemes::Proof::Signature { .. } => self.settings.webhooks.as_ref(),
        };
        port?.endpoint.clone()
    }

    fn web_connector(&self) -> Option<String> {
        let port = self.settings.web_connector.as_ref()?;
        if let Some(endpoint) = &port.endpoint {
            return app_url(endpoint).ok();
        }
        let bound = self.bound.borrow().web_connector.map_or(port.address.port(), |a| a.port());
        (port.tls.is_none() && bound != 0).then(|| format!("http://localhost:{bound}{}", web_connector::PATH))
    }
}
