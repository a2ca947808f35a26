//! A made home over served stand-ins: what `demo` and `sandbox` have in common.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;

use crate::cli::config::{Config, Connection};
use crate::cli::error::CliError;
use crate::cli::home::{Home, HomeKind, Mark};
use crate::cli::platform;
use crate::cli::seed::{self, CONCUR, LEDGER, Seed};
use crate::engine::clock::ScenarioClock;
use crate::engine::house::Opening;
use crate::model::book::AutoApproval;
use crate::sandbox::assembly::Stage;
use crate::sandbox::firm::Firm;

/// What is to be made.
pub struct Wanted {
    /// `demo` or `sandbox`.
    pub kind: HomeKind,
    /// The host of the stand-ins.
    pub listen: IpAddr,
    /// Generated documents in place of the sample firm's: how many, from which seed.
    pub generated: Option<(u32, u64)>,
    /// The policy of the book.
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
    let firm = if history { Firm::sample().map_err(|e| failed(&e))? } else { Firm::empty() };
    let begins = seed::begins(history);
    let stage = Stage::open(firm, wanted.listen, begins).await.map_err(|e| failed(&e))?;
    let mut config = Config::default();
    for (id, system) in [(CONCUR, "concur"), (LEDGER, "quickbooks_online")] {
        let given = stage.sandbox.systems().get(system);
        let text = |key: &str| {
            given.and_then(|g| g.get(key)).and_then(|v| v.as_str()).unwrap_or_default().to_string()
        };
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
        let body = serde_json::json!({ "documents": n, "seed": from });
        stage.concur.add_documents(&body).map_err(CliError::Failed)?;
    }
    let start: Timestamp = seed::START.parse().map_err(|e| failed(&e))?;
    clock.set(start);
    home.mark(wanted.kind, Mark::now_is(start))?;
    // where the ground truth of the stand-ins is asked for, for scripts that look at a running demo
    let control = serde_json::json!({ "control": stage.sandbox.control_url() });
    platform::replace_private(&home.state.join("stand-ins.json"), control.to_string().as_bytes())?;
    Ok(Staged { stage, home, config, clock, kind: wanted.kind })
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
