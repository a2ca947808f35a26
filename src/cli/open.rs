//! Opening a home for a command: settings, folders, log, who acts, which clock; then the engine's own opening.

use std::path::PathBuf;
use std::sync::Arc;

use crate::cli::args::Globals;
use crate::cli::config::{Config, commented_default};
use crate::cli::environment::{self, Facts, can_ask};
use crate::cli::error::CliError;
use crate::cli::home::{Home, HomeKind, Mark};
use crate::cli::{failpoint, logging, platform, prompt};
use crate::engine::clock::{ScenarioClock, SystemClock};
use crate::engine::host;
use crate::engine::house::{House, Opening};
use crate::inbound::{Inbound, Settings};
use crate::model::Clock;
use crate::vault::{CREDENTIAL, Given, Passphrase, Patience, Way};

/// What is known of a home before its store is opened.
pub struct Ready {
    /// Its folders.
    pub home: Home,
    /// What it was made for.
    pub kind: HomeKind,
    /// The settings of this machine.
    pub config: Config,
    /// The file they came from.
    pub config_file: PathBuf,
    mark: Option<Mark>,
    given: Given,
    patience: Patience,
}

/// Where the home stands and its settings; nothing is made yet.
fn locate(globals: &Globals) -> Result<(Home, Config, PathBuf), CliError> {
    let mut home = Home::choose(globals.home.as_deref())?;
    let config_file = globals.config.clone().unwrap_or_else(|| home.config_file());
    let config = Config::read(&config_file, globals.config.is_some())?;
    if globals.home.is_none() {
        // folders of the settings replace the platform's; with --home everything stands under it
        home.data = config.paths.data.clone().unwrap_or(home.data);
        home.state = config.paths.state.clone().unwrap_or(home.state);
    }
    Ok((home, config, config_file))
}

/// Reads settings, makes and checks folders, starts the log. `way`: `console` or `command`.
pub fn prepare(globals: &Globals, way: &str) -> Result<Ready, CliError> {
    failpoint::arm(globals)?;
    let (home, config, config_file) = locate(globals)?;
    home.prepare()?;
    if globals.config.is_none() && !config_file.exists() {
        platform::create_private(&config_file, commented_default().as_bytes())?;
    }
    let (kind, mark) = home.kind()?;
    let to_stderr = if way == "console" { 0 } else { globals.verbose };
    logging::start(&home.logs(), config.log_level, to_stderr).map_err(CliError::Failed)?;
    let given = given(globals, way);
    Ok(Ready { home, kind, config, config_file, mark, given, patience: Patience::Start })
}

/// The keys to the vault that were handed over. A person is asked where there is one, and never under the console.
fn given(globals: &Globals, way: &str) -> Given {
    let passphrase = match globals.passphrase_fd {
        Some(number) => Passphrase::Descriptor(number),
        None if way != "console" && can_ask() => Passphrase::Ask(Arc::new(prompt::AtTerminal)),
        None => Passphrase::Nobody,
    };
    Given {
        credential: environment::credentials().map(|folder| folder.join(CREDENTIAL)),
        descriptor: globals.vault_key_fd,
        passphrase,
        new_passphrase: Passphrase::Nobody,
    }
}

impl Ready {
    /// A keyring may take as long as a person needs to type its password.
    pub fn patient(mut self) -> Self {
        self.patience = Patience::Asked;
        self
    }

    /// Where a new passphrase comes from, when not from where the old one does.
    pub fn new_passphrase(&mut self, from: Passphrase) {
        self.given.new_passphrase = from;
    }

    /// `DEMO`, `SANDBOX`, or empty for real books.
    pub fn environment(&self) -> &'static str {
        self.kind.environment()
    }

    /// The business clock: the machine's for real books; the made-up homes have one of their own that runs on.
    pub fn clock(&self) -> Arc<dyn Clock> {
        match self.mark {
            Some(mark) => Arc::new(ScenarioClock::new(mark.at(platform::since_boot()))),
            None => Arc::new(SystemClock),
        }
    }

    /// What the engine is told. `way`: `console`, `command` or `engine`, for the audit trail.
    pub fn opening(&self, way: &str) -> Opening {
        Opening {
            paths: self.home.paths(),
            tunings: self.config.tunings(),
            clock: self.clock(),
            actor: Facts::read().actor(way),
            environment: self.kind.environment().into(),
        }
    }

    /// Opens the store, and refuses settings that undercut the contract of a connection's system before anything is
    /// sent with them.
    pub async fn open(&self, way: &str) -> Result<Arc<dyn House>, CliError> {
        let house = host::open_with(self.opening(way), self.given.clone(), self.patience).await?;
        self.checked(house).await
    }

    /// Opens the home for a console, whatever its vault needs first.
    pub async fn open_attended(&self) -> Result<Arc<dyn House>, CliError> {
        let house = host::open_attended(self.opening("console"), self.given.clone(), self.patience).await?;
        self.checked(house).await
    }

    /// Opens the home; store and vault are made where there are none.
    async fn open_or_create(&self, way: Way) -> Result<Arc<dyn House>, CliError> {
        let house = host::open_or_create(self.opening("command"), way, self.given.clone()).await?;
        self.checked(house).await
    }

    async fn checked(&self, house: Arc<dyn House>) -> Result<Arc<dyn House>, CliError> {
        let rows = house.office().store().connections().await?;
        let systems: Vec<_> = rows.into_iter().map(|r| (r.id.0, r.system)).collect();
        self.config.check_floors(&systems, &self.config_file)?;
        let listen = self.config.listen.settings().map_err(CliError::Failed)?;
        if listen != Settings::default() {
            let listen = Settings { spool: Some(self.home.state.clone()), ..listen };
            house.attach(Inbound::new(listen).map_err(|e| CliError::Failed(e.to_string()))?);
        }
        Ok(house)
    }
}

/// Refuses a home that has no store yet.
pub fn exists(globals: &Globals) -> Result<(), CliError> {
    let (home, ..) = locate(globals)?;
    if !home.paths().database.exists() {
        return Err(CliError::NotSetUp(home.data.display().to_string()));
    }
    Ok(())
}

/// Opens the home of a command: [`prepare`], then [`Ready::open`].
pub async fn open(globals: &Globals) -> Result<(Ready, Arc<dyn House>), CliError> {
    exists(globals)?;
    let ready = prepare(globals, "command")?;
    let house = ready.open("command").await?;
    Ok((ready, house))
}

/// Opens the home, or makes its store and vault when it has none. `way`: what opens a new vault.
pub async fn open_or_create(globals: &Globals, way: Way) -> Result<(Ready, Arc<dyn House>), CliError> {
    let ready = prepare(globals, "command")?;
    match ready.open_or_create(way).await {
        Ok(house) => Ok((ready, house)),
        // the store stays: the next try gives it its vault, and another process may have done so already
        Err(CliError::Vault(why)) if host::lacks_vault(&ready.opening("command")).await => {
            Err(CliError::Vault(format!(
                "{why}. Or choose another way to the vault with --vault: keyring, credential, descriptor, key-file or \
             passphrase"
            )))
        }
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn globals(home: &Path) -> Globals {
        Globals { home: Some(home.into()), ..Globals::default() }
    }

    #[test]
    fn a_new_home_gets_its_folders_and_its_explained_settings() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        let ready = prepare(&globals(&home), "command").unwrap();
        assert_eq!(ready.config, Config::default());
        assert_eq!(std::fs::read_to_string(home.join("config.toml")).unwrap(), commented_default());
        assert_eq!((ready.kind, ready.opening("command").environment.as_str()), (HomeKind::Real, ""));
        assert!(ready.opening("command").actor.via.starts_with("command, "));
    }

    #[test]
    fn a_marked_home_has_its_own_clock_and_says_what_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::under(&dir.path().join("home"));
        home.prepare().unwrap();
        let start: jiff::Timestamp = "2026-11-04T14:30:00Z".parse().unwrap();
        home.mark(HomeKind::Sandbox, Mark::now_is(start)).unwrap();
        let ready = prepare(&globals(&home.data), "command").unwrap();
        assert_eq!(ready.opening("command").environment, "SANDBOX");
        let passed = ready.clock().now().duration_since(start).as_secs();
        assert!((0..3600).contains(&passed), "{passed}");
    }

    #[test]
    fn settings_that_are_wrong_stop_everything() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("config.toml"), "them = \"mono\"\n").unwrap();
        let said = prepare(&globals(dir.path()), "command").err().unwrap();
        assert!(said.to_string().contains("config.toml:1: unknown field `them`"), "{said}");
        let named = Globals { config: Some(dir.path().join("absent.toml")), ..globals(dir.path()) };
        assert!(prepare(&named, "command").is_err());
    }
}
