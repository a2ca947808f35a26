//! Opening the file: permissions, file system, pragmas, floor version, migrations (reliability.md, section 6).

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::store::types::StoreError;

fn unusable(what: &str, e: impl std::fmt::Display) -> StoreError {
    StoreError::Unusable(format!("{what}: {e}"))
}

/// SQLite releases that can lose or damage a write-ahead log: before 3.51.3, and 3.52.0.
pub fn check_version(number: i32) -> Result<(), StoreError> {
    if number < 3_051_003 || number == 3_052_000 {
        return Err(StoreError::Unusable(format!(
            "SQLite {number} can damage the log; 3.51.3 or later is needed"
        )));
    }
    Ok(())
}

/// Makes the directory (0700) and the file (0600) where they are missing; refuses symlinks and network file systems.
pub fn prepare(path: &Path) -> Result<(), StoreError> {
    let dir = directory(path);
    if !dir.exists() {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&dir)
            .map_err(|e| unusable("the folder cannot be made", e))?;
    }
    refuse_network(&dir)?;
    match fs::symlink_metadata(path) {
        Ok(m) if !m.is_file() => {
            return Err(StoreError::Unusable(format!("{} is no plain file", path.display())));
        }
        Ok(m) => {
            if m.permissions().mode() & 0o077 != 0 {
                fs::set_permissions(path, fs::Permissions::from_mode(0o600))
                    .map_err(|e| unusable("the file's mode cannot be set", e))?;
            }
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)
                .map_err(|e| unusable("the file cannot be made", e))?;
            file.sync_all().map_err(|e| unusable("the file cannot be made durable", e))?;
            sync_directory(&dir)?;
        }
        Err(e) => return Err(unusable("the file cannot be read", e)),
    }
    Ok(())
}

fn directory(path: &Path) -> PathBuf {
    match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

fn sync_directory(dir: &Path) -> Result<(), StoreError> {
    File::open(dir).and_then(|d| d.sync_all()).map_err(|e| unusable("the folder cannot be made durable", e))
}

#[cfg(target_os = "linux")]
fn refuse_network(dir: &Path) -> Result<(), StoreError> {
    // the numbers of statfs(2)
    const NETWORK: [(u64, &str); 9] = [
        (0x6969, "NFS"),
        (0x517B, "SMB"),
        (0xFF53_4D42, "CIFS"),
        (0xFE53_4D42, "SMB"),
        (0x0102_1997, "9P"),
        (0x5346_414F, "AFS"),
        (0x7375_7245, "Coda"),
        (0x00C3_6400, "Ceph"),
        (0x0BD0_0BD0, "Lustre"),
    ];
    let found = rustix::fs::statfs(dir).map_err(|e| unusable("the file system cannot be asked", e))?;
    let kind = found.f_type as u64 & 0xFFFF_FFFF;
    match NETWORK.iter().find(|(n, _)| *n == kind) {
        Some((_, name)) => Err(StoreError::Unusable(format!(
            "{} is on a network file system ({name}); the store needs a local disk",
            dir.display()
        ))),
        None => Ok(()),
    }
}

/// Other platforms have no common number for it: the manual says that the store needs a local disk.
#[cfg(not(target_os = "linux"))]
fn refuse_network(_: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// The connection that writes.
pub fn writer(path: &Path) -> Result<Connection, StoreError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let c =
        Connection::open_with_flags(path, flags).map_err(|e| unusable("the store cannot be opened", e))?;
    set_up(&c, true).map_err(|e| unusable("the store cannot be set up", e))?;
    Ok(c)
}

/// A connection that only reads.
pub fn reader(path: &Path) -> Result<Connection, StoreError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let c = Connection::open_with_flags(path, flags).map_err(|e| unusable("the store cannot be read", e))?;
    set_up(&c, false).map_err(|e| unusable("the store cannot be read", e))?;
    Ok(c)
}

fn set_up(c: &Connection, writes: bool) -> rusqlite::Result<()> {
    c.busy_timeout(Duration::from_secs(10))?;
    crate::store::sqlite::filter::add_functions(c)?;
    c.set_prepared_statement_cache_capacity(256);
    if writes {
        c.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        c.pragma_update(None, "synchronous", "FULL")?;
        // the holder of the engine lock checkpoints: `raise_epoch` switches it on
        c.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
        if cfg!(target_os = "macos") {
            c.pragma_update(None, "fullfsync", true)?;
            c.pragma_update(None, "checkpoint_fullfsync", true)?;
        }
    } else {
        c.pragma_update(None, "query_only", true)?;
    }
    c.pragma_update(None, "foreign_keys", true)?;
    c.pragma_update_and_check(None, "mmap_size", 0, |_| Ok(()))?;
    c.pragma_update(None, "cell_size_check", true)?;
    c.pragma_update(None, "trusted_schema", false)?;
    Ok(())
}

/// A shared lock on a file beside the database, held for as long as the store is open. Whoever gets it alone and finds
/// a log with content knows that the last process ended without closing.
pub struct Presence {
    _file: File,
    /// Nobody else has the store open, and the last one did not close it.
    pub unclean: bool,
}

impl Presence {
    /// Takes the lock.
    pub fn take(path: &Path) -> Result<Self, StoreError> {
        use rustix::fs::{FlockOperation, flock};
        let beside = |suffix: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
            .open(beside(".open"))
            .map_err(|e| unusable("the marker of open stores cannot be made", e))?;
        let alone = flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok();
        let log = fs::metadata(beside("-wal")).map_or(0, |m| m.len());
        flock(&file, FlockOperation::LockShared).map_err(|e| unusable("the store cannot be locked", e))?;
        Ok(Self { _file: file, unclean: alone && log > 0 })
    }
}

/// What `quick_check` finds; empty when the file is whole.
pub fn quick_check(c: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut s = c.prepare("PRAGMA quick_check(20)")?;
    let rows = s.query_map([], |r| r.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows.into_iter().filter(|r| r != "ok").collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_version() {
        assert!(check_version(3_051_002).is_err());
        assert!(check_version(3_051_003).is_ok());
        assert!(check_version(3_052_000).is_err());
        assert!(check_version(3_053_002).is_ok());
        assert!(check_version(rusqlite::version_number()).is_ok());
    }

    #[test]
    fn files_are_private_and_no_symlinks() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data/tieout.db");
        prepare(&path).unwrap();
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        let link = dir.path().join("link.db");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(matches!(prepare(&link), Err(StoreError::Unusable(_))));
    }
}
