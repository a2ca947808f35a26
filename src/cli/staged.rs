//! A made home over served stand-ins: what `demo` and `sandbox` have in common.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::cli::config::{Config, Connection, WebConnector};
use crate::cli::error::CliError;
use crate::cli::home::{Home, HomeKind, Mark};
use crate::cli::platform;
use crate::cli::seed::{self, BOOK, CONCUR, LEDGER, Seed, TAX_BOOK};
use crate::engine::clock::ScenarioClock;
use crate::engine::host;
use crate::engine::house::{House, Opening};
use crate::inbound::{Inbound, Settings};
use crate::model::book::AutoApproval;
use crate::sandbox::assembly::{Cast, Pc, Stage};
use crate::sandbox::firm::Firm;
use crate::sandbox::quickbooks_desktop::fq_tax;
use crate::sandbox::web_connector::Tempo;

/// What one second of the Web Connector takes here: its minutes go by in 1.2 s, its five seconds of pause in 100 ms.
const SECOND: Duration = Duration::from_millis(20);

/// Which ledgers are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ledgers {
    /// QuickBooks Online, with the book `fq-us`.
    pub online: bool,
    /// QuickBooks Desktop, with the book `fq-tax`.
    pub desktop: bool,
}

impl Ledgers {
    /// All that are built.
    pub const ALL: Self = Self { online: true, desktop: true };
}

/// The PC with QuickBooks Desktop, once the home is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk {
    /// It is on, and its Web Connector comes about every second.
    On,
    /// It is off and is switched on by itself after a while; then its Web Connector comes every few seconds.
    OffFor(Duration),
}

/// What is to be made.
pub struct Wanted {
    /// `demo` or `sandbox`.
    pub kind: HomeKind,
    /// The host of the stand-ins.
    pub listen: IpAddr,
    /// The ledgers.
    pub ledgers: Ledgers,
    /// The PC with QuickBooks Desktop.
    pub desk: Desk,
    /// Generated documents in place of the sample firm's: how many, from which seed.
    pub generated: Option<(u32, u64)>,
    /// The policy of the books.
    pub auto: AutoApproval,
}

/// A home that is ready, with its stand-ins.
pub struct Staged {
    /// The stand-ins, served while this lives.
    pub stage: Stage,
    /// The home's folders.
    pub home: Home,
    /// Its settings, as written.
    pub config: Config,
    /// The business clock of this process.
    pub clock: Arc<ScenarioClock>,
    kind: HomeKind,
}

/// Serves the stand-ins and makes `home` anew: what an earlier run left there goes first.
pub async fn make(home: Home, wanted: Wanted) -> Result<Staged, CliError> {
    let failed = |e: &dyn std::fmt::Display| CliError::Failed(e.to_string());
    clear(&home)?;
    home.prepare()?;
    let history = wanted.generated.is_none();
    let books = wanted.ledgers.books();
    let firm = if history { Firm::of_books(&books).map_err(|e| failed(&e))? } else { Firm::empty() };
    let begins = seed::begins(history);
    let mut config = Config::default();
    let pc = if wanted.ledgers.desktop { Some(pc(&mut config, wanted.desk)?) } else { None };
    let cast = Cast { online: wanted.ledgers.online, pc };
    let stage = Stage::open_with(firm, wanted.listen, begins, cast).await.map_err(|e| failed(&e))?;
    for (id, system) in [(CONCUR, "concur"), (LEDGER, "quickbooks_online")] {
        let Some(given) = stage.sandbox.systems().get(system) else { continue };
        let text = |key: &str| given.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_string();
        config.connections.insert(id.into(), Connection::of_stand_in(&text("base_url"), &text("token_url")));
    }
    config.write(&home.config_file())?;
    let clock = Arc::new(ScenarioClock::new(begins));
    let seeding = seed::make(Seed {
        paths: home.paths(),
        kind: wanted.kind.name(),
        stage: &stage,
        clock: clock.clone(),
        tunings: config.tunings(),
        auto: wanted.auto,
        history,
    });
    seeding.await.map_err(|e| failed(&e))?;
    if let Some((n, from)) = wanted.generated {
        let book = books.first().copied().unwrap_or(BOOK);
        let body = serde_json::json!({ "documents": n, "seed": from, "book": book });
        stage.concur.add_documents(&body).map_err(CliError::Failed)?;
    }
    let start: Timestamp = seed::START.parse().map_err(|e| failed(&e))?;
    clock.set(start);
    home.mark(wanted.kind, Mark::now_is(start))?;
    // where the ground truth of the stand-ins is asked for, for scripts that look at a running demo
    let control = serde_json::json!({ "control": stage.sandbox.control_url() });
    platform::replace_private(&home.state.join("stand-ins.json"), control.to_string().as_bytes())?;
    if let Some(desktop) = &stage.desktop {
        match wanted.desk {
            Desk::On => desktop.begin(true, None),
            Desk::OffFor(time) => desktop.begin(false, Some(time)),
        }
    }
    Ok(Staged { stage, home, config, clock, kind: wanted.kind })
}

impl Ledgers {
    fn books(self) -> Vec<&'static str> {
        [(self.online, BOOK), (self.desktop, TAX_BOOK)]
            .into_iter()
            .filter_map(|(on, b)| on.then_some(b))
            .collect()
    }
}

/// The PC with QuickBooks Desktop, and the listener that its Web Connector calls: on a port that is free now.
fn pc(config: &mut Config, desk: Desk) -> Result<Pc, CliError> {
    let free = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let address = free.local_addr()?;
    config.listen.web_connector = Some(WebConnector::on(address));
    let minutes = match desk {
        Desk::On => 1,
        Desk::OffFor(_) => 5,
    };
    let enrolment =
        seed::desktop::enrolment(address.port(), minutes).map_err(|e| CliError::Failed(e.to_string()))?;
    let tempo = Tempo { second: SECOND, ..Tempo::default() };
    Ok(Pc { company: fq_tax::company(), enrolment, tempo })
}

/// Removes what an earlier run made: stores, keys, locks. Nothing else in the folder is touched.
fn clear(home: &Home) -> Result<(), CliError> {
    let paths = home.paths();
    let database = paths.database.display().to_string();
    for file in [
        paths.database.clone(),
        format!("{database}-wal").into(),
        format!("{database}-shm").into(),
        paths.engine_lock.clone(),
        paths.key_file.clone(),
    ] {
        match std::fs::remove_file(&file) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(CliError::Output(e)),
            _ => {}
        }
    }
    Ok(())
}

impl Staged {
    /// Opens the home in this process, with its listeners.
    pub async fn open(&self) -> Result<Arc<dyn House>, CliError> {
        let house = host::open(self.opening()).await?;
        let listen = self.config.listen.settings().map_err(CliError::Failed)?;
        if listen != Settings::default() {
            let listen = Settings { spool: Some(self.home.state.clone()), ..listen };
            house.attach(Inbound::new(listen).map_err(|e| CliError::Failed(e.to_string()))?);
        }
        Ok(house)
    }

    /// How this process opens the home: on the clock of the stand-ins.
    pub fn opening(&self) -> Opening {
        Opening {
            paths: self.home.paths(),
            tunings: self.config.tunings(),
            clock: self.clock.clone(),
            actor: crate::cli::environment::Facts::read().actor("demo"),
            environment: self.kind.environment().into(),
        }
    }
}

/// A home that is removed at the end.
pub struct Temporary {
    dir: std::path::PathBuf,
}

impl Temporary {
    /// A new private folder under the system's temporary one.
    pub fn new() -> Result<Self, CliError> {
        let name = format!("tieout-demo-{}-{}", std::process::id(), platform::since_boot().as_nanos());
        let dir = std::env::temp_dir().join(name);
        platform::private_folder(&dir)?;
        Ok(Self { dir })
    }

    /// Its folders.
    pub fn home(&self) -> Home {
        Home::under(&self.dir)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Err(e) = std::fs::remove_dir_all(&self.dir) {
            tracing::warn!("the demo's folder {} stays behind: {e}", self.dir.display());
        }
    }
}
