//! Where a person's tieout lives on this machine (interface.md, "Home"): the folders of the platform, or all of it
//! under one folder, and the mark of homes that were made for the demo or the stand-ins.

use std::path::{Path, PathBuf};
use std::time::Duration;

use etcetera::BaseStrategy;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::cli::platform;
use crate::engine::house::Paths;

/// What is wrong with a home.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// The platform does not say where the user's folders are.
    #[error("cannot find the user's folders: give --home DIR")]
    NoUser,
    /// A folder or file that cannot be used.
    #[error("{path}: {error}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A folder that this command did not make.
    #[error("{0} was not made by `tieout demo`: give another folder, or none")]
    NotADemo(PathBuf),
    /// A mark that cannot be read.
    #[error("{0}: the mark of this home cannot be read: {1}")]
    Mark(PathBuf, String),
}

/// What a home was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HomeKind {
    /// Real books.
    Real,
    /// `tieout sandbox --home DIR`
    Sandbox,
    /// `tieout demo`
    Demo,
}

impl HomeKind {
    /// The word in `status`; equal to the store's `instance.kind`.
    pub fn name(self) -> &'static str {
        match self {
            HomeKind::Real => "real",
            HomeKind::Sandbox => "sandbox",
            HomeKind::Demo => "demo",
        }
    }

    /// What the header shows instead of the company.
    pub fn environment(self) -> &'static str {
        match self {
            HomeKind::Real => "",
            HomeKind::Sandbox => "SANDBOX",
            HomeKind::Demo => "DEMO",
        }
    }

    fn mark(self) -> Option<&'static str> {
        match self {
            HomeKind::Real => None,
            HomeKind::Sandbox => Some("sandbox-home"),
            HomeKind::Demo => Some("demo-home"),
        }
    }
}

/// What the mark of a made-up home holds: where its business clock stands, against the time since the machine started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The business clock when the home was made.
    pub starts_at: Timestamp,
    /// Milliseconds since the machine started at that moment.
    pub boot_ms: u64,
}

impl Mark {
    /// The business clock stands at `starts_at` now.
    pub fn now_is(starts_at: Timestamp) -> Self {
        Self { starts_at, boot_ms: u64::try_from(platform::since_boot().as_millis()).unwrap_or(u64::MAX) }
    }

    /// Where the business clock stands `since_boot` after the machine started. After a restart of the machine it
    /// starts again at the fixed instant.
    pub fn at(&self, since_boot: Duration) -> Timestamp {
        let passed = since_boot.saturating_sub(Duration::from_millis(self.boot_ms));
        let passed = SignedDuration::try_from(passed).unwrap_or(SignedDuration::ZERO);
        self.starts_at.checked_add(passed).unwrap_or(self.starts_at)
    }
}

/// The folders of one home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// `config.toml`, `themes/`, `keys.toml`
    pub config: PathBuf,
    /// `tieout.db`, `engine.lock`, backups, the marks
    pub data: PathBuf,
    /// `logs/`, sockets
    pub state: PathBuf,
}

impl Home {
    /// All of it under one folder.
    pub fn under(dir: &Path) -> Self {
        Self { config: dir.into(), data: dir.into(), state: dir.into() }
    }

    /// The platform's folders for this user.
    pub fn of_user() -> Result<Self, HomeError> {
        let base = etcetera::choose_base_strategy().map_err(|_| HomeError::NoUser)?;
        let data = base.data_dir().join("tieout");
        let state = base.state_dir().map_or_else(|| data.clone(), |d| d.join("tieout"));
        Ok(Self { config: base.config_dir().join("tieout"), data, state })
    }

    /// `--home DIR`, or the user's.
    pub fn choose(dir: Option<&Path>) -> Result<Self, HomeError> {
        dir.map_or_else(Self::of_user, |d| Ok(Self::under(d)))
    }

    /// Makes the folders that are missing and checks that everything is private and no symbolic link.
    pub fn prepare(&self) -> Result<(), HomeError> {
        for folder in [&self.config, &self.data, &self.state, &self.logs(), &self.locks()] {
            platform::private_folder(folder).map_err(|error| io(folder, error))?;
        }
        let paths = self.paths();
        for file in [&self.config_file(), &paths.database, &paths.engine_lock, &paths.key_file] {
            platform::private_file(file).map_err(|error| io(file, error))?;
        }
        Ok(())
    }

    /// What the engine opens.
    pub fn paths(&self) -> Paths {
        Paths {
            database: self.data.join("tieout.db"),
            engine_lock: self.data.join("engine.lock"),
            key_file: self.data.join("vault.key"),
            locks: self.locks(),
        }
    }

    /// `config.toml`
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// `keys.toml`
    pub fn keys_file(&self) -> PathBuf {
        self.config.join("keys.toml")
    }

    /// `themes/`
    pub fn themes(&self) -> PathBuf {
        self.config.join("themes")
    }

    /// `logs/`
    pub fn logs(&self) -> PathBuf {
        self.state.join("logs")
    }

    fn locks(&self) -> PathBuf {
        self.state.join("locks")
    }

    /// What it was made for, with its clock.
    pub fn kind(&self) -> Result<(HomeKind, Option<Mark>), HomeError> {
        for kind in [HomeKind::Demo, HomeKind::Sandbox] {
            let Some(name) = kind.mark() else { continue };
            let path = self.data.join(name);
            platform::private_file(&path).map_err(|error| io(&path, error))?;
            match std::fs::read_to_string(&path) {
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(io(&path, error)),
                Ok(text) => {
                    let mark =
                        serde_json::from_str(&text).map_err(|e| HomeError::Mark(path, e.to_string()))?;
                    return Ok((kind, Some(mark)));
                }
            }
        }
        Ok((HomeKind::Real, None))
    }

    /// Marks the home as made by the demo or the stand-ins; a second mark replaces the first.
    pub fn mark(&self, kind: HomeKind, mark: Mark) -> Result<(), HomeError> {
        let Some(name) = kind.mark() else { return Ok(()) };
        let path = self.data.join(name);
        let text = serde_json::to_string(&mark).map_err(|e| HomeError::Mark(path.clone(), e.to_string()))?;
        platform::replace_private(&path, text.as_bytes()).map_err(|error| io(&path, error))
    }

    /// Whether `tieout demo --home DIR` may seed this folder: it is its own, empty, or not there yet.
    pub fn may_be_seeded(&self) -> Result<(), HomeError> {
        if self.kind()?.0 == HomeKind::Demo {
            return Ok(());
        }
        match std::fs::read_dir(&self.data) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(io(&self.data, error)),
            Ok(mut entries) => match entries.next() {
                None => Ok(()),
                Some(_) => Err(HomeError::NotADemo(self.data.clone())),
            },
        }
    }
}

fn io(path: &Path, error: std::io::Error) -> HomeError {
    HomeError::Io { path: path.into(), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_seeds_its_own_homes_and_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::under(&dir.path().join("h"));
        home.may_be_seeded().unwrap();
        home.prepare().unwrap();
        assert_eq!(home.kind().unwrap(), (HomeKind::Real, None));
        assert!(matches!(home.may_be_seeded(), Err(HomeError::NotADemo(_))));
        let mark = Mark::now_is("2026-11-04T14:30:00Z".parse().unwrap());
        home.mark(HomeKind::Demo, mark).unwrap();
        home.may_be_seeded().unwrap();
        assert_eq!(home.kind().unwrap(), (HomeKind::Demo, Some(mark)));
        std::fs::write(home.data.join("demo-home"), "{}").unwrap();
        assert!(matches!(home.kind(), Err(HomeError::Mark(..))));
    }

    #[test]
    fn the_business_clock_runs_on_over_processes() {
        let mark = Mark { starts_at: "2026-11-04T14:30:00Z".parse().unwrap(), boot_ms: 10_000 };
        assert_eq!(mark.at(Duration::from_secs(70)).to_string(), "2026-11-04T14:31:00Z");
        assert_eq!(mark.at(Duration::from_secs(1)).to_string(), "2026-11-04T14:30:00Z");
    }

    #[test]
    fn names_are_those_of_the_interface() {
        let home = Home::under(Path::new("/h"));
        let paths = home.paths();
        assert_eq!(paths.database, Path::new("/h/tieout.db"));
        assert_eq!(paths.engine_lock, Path::new("/h/engine.lock"));
        assert_eq!(home.config_file(), Path::new("/h/config.toml"));
        assert_eq!(home.keys_file(), Path::new("/h/keys.toml"));
        assert_eq!(home.themes(), Path::new("/h/themes"));
    }
}
