//! Serves the stand-ins: one loopback port for each router and one for the control address.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use jiff::Timestamp;
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::clock::SandboxClock;
use super::control::{self, Control, Documents};
use super::faults::Faults;
use super::stand_in::StandIn;

/// How long a shutdown waits for open connections.
const GRACE: Duration = Duration::from_secs(2);
/// How often a running clock is told to the stand-ins.
const TICK: Duration = Duration::from_millis(200);

/// How the stand-ins are served.
pub struct Options {
    /// The address to listen on; the ports are chosen by the system.
    pub listen: IpAddr,
    /// The business time at the start.
    pub now: Timestamp,
    /// Whether the business clock goes on by itself. Without it the time changes by `POST /clock` alone.
    pub clock_runs: bool,
    /// What `POST /documents` is handed to.
    pub documents: Option<Arc<dyn Documents>>,
}

/// Why the stand-ins cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// No port could be opened.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The host that was asked for.
        address: IpAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Two stand-ins have one name.
    #[error("two stand-ins are called {0}")]
    Name(&'static str),
}

/// The stand-ins while they are served. Dropping it stops them at once.
pub struct Sandbox {
    control_url: String,
    systems: Map<String, Value>,
    control: Arc<Control>,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Opens the ports and serves. Must be called inside a tokio runtime.
    pub async fn start(
        stand_ins: Vec<Arc<dyn StandIn>>,
        faults: Faults,
        options: Options,
    ) -> Result<Self, SandboxError> {
        let stop = CancellationToken::new();
        let mut tasks = Vec::new();
        let mut systems = Map::new();
        let mut bound = Vec::new();
        for stand_in in &stand_ins {
            if systems.contains_key(stand_in.name()) {
                return Err(SandboxError::Name(stand_in.name()));
            }
            let mut urls = Vec::new();
            for (_, router) in stand_in.routers() {
                let (listener, url) = listen(options.listen).await?;
                urls.push(url);
                bound.push((listener, router));
            }
            systems.insert(stand_in.name().to_owned(), stand_in.bound(&urls));
        }
        let clock = SandboxClock::new(options.now, options.clock_runs);
        let control = Arc::new(Control::new(stand_ins, faults, clock, options.documents));
        control.tell_time();
        let (listener, control_url) = listen(options.listen).await?;
        bound.push((listener, control::router(control.clone())));
        if control.clock().runs() {
            tasks.push(tokio::spawn(tick(control.clone(), stop.clone())));
        }
        for (listener, router) in bound {
            tasks.push(tokio::spawn(serve(listener, router, stop.clone())));
        }
        Ok(Self { control_url, systems, control, stop, tasks })
    }

    /// The control address, without a trailing slash.
    pub fn control_url(&self) -> &str {
        &self.control_url
    }

    /// What a client needs to reach and sign in to each system, by its name.
    pub fn systems(&self) -> &Map<String, Value> {
        &self.systems
    }

    /// What the control address steers, for callers in this process: clock, reset, faults.
    pub fn control(&self) -> &Arc<Control> {
        &self.control
    }

    /// Stops listening, lets open calls end for two seconds, then cuts them.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        for mut task in std::mem::take(&mut self.tasks) {
            if tokio::time::timeout(GRACE, &mut task).await.is_err() {
                task.abort();
            }
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.cancel();
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn listen(host: IpAddr) -> Result<(TcpListener, String), SandboxError> {
    let failed = |source| SandboxError::Listen { address: host, source };
    let listener = TcpListener::bind(SocketAddr::new(host, 0)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, format!("http://{address}")))
}

async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let served = axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await });
    if let Err(error) = served.await {
        tracing::error!(%error, "a stand-in stopped serving");
    }
}

async fn tick(control: Arc<Control>, stop: CancellationToken) {
    let mut every = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = every.tick() => {
                control.tell_time();
            }
        }
    }
}
