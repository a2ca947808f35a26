//! Files and directories for their owner alone (S5): modes 0600 and 0700, owned by this user, no symbolic links.

use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why a file or directory is not private, or cannot be used. Each sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum PrivateError {
    /// It is not there.
    #[error("there is no {0}")]
    Missing(PathBuf),
    /// It is a symbolic link, or of another kind.
    #[error("{0} is a link or of another kind than it should be")]
    OtherKind(PathBuf),
    /// Others may read it.
    #[error("{path} has mode {mode:04o}: others could read it; run chmod {wanted:03o} on it")]
    TooOpen {
        /// File or directory.
        path: PathBuf,
        /// Its mode.
        mode: u32,
        /// The mode it should have.
        wanted: u32,
    },
    /// It belongs to somebody else.
    #[error("{0} belongs to another user")]
    NotOwned(PathBuf),
    /// The file system failed.
    #[error("{path}: {source}")]
    Io {
        /// Path.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
}

/// Makes a directory for its owner alone, with those above it that are missing; one that is there has to be private.
pub fn directory(path: &Path) -> Result<(), PrivateError> {
    if !path.exists() {
        platform::make_directory(path).map_err(at(path))?;
    }
    check_directory(path)
}

/// Refuses a directory that others can read or write. Links to it are followed.
pub fn check_directory(path: &Path) -> Result<(), PrivateError> {
    let metadata = fs::metadata(path).map_err(at(path))?;
    if !metadata.is_dir() {
        return Err(PrivateError::OtherKind(path.into()));
    }
    platform::check(path, &metadata, 0o700)
}

/// Opens a regular file for reading, after checking it and its directory.
pub fn open(path: &Path) -> Result<File, PrivateError> {
    check_directory(parent(path))?;
    if !fs::symlink_metadata(path).map_err(at(path))?.is_file() {
        return Err(PrivateError::OtherKind(path.into()));
    }
    let file = platform::open(path).map_err(at(path))?;
    let metadata = file.metadata().map_err(at(path))?;
    if !metadata.is_file() {
        return Err(PrivateError::OtherKind(path.into()));
    }
    platform::check(path, &metadata, 0o600)?;
    Ok(file)
}

/// Opens a file for reading; a link in its place is refused by the system itself.
pub fn open_no_follow(path: &Path) -> io::Result<File> {
    platform::open(path)
}

/// Whether everybody on this machine can reach a file, where the system tells.
pub fn open_to_all(metadata: &Metadata) -> bool {
    platform::open_to_all(metadata)
}

/// Which file it is, and when and how it was changed last: another stamp, another content or other rights.
pub fn stamp(metadata: &Metadata) -> Stamp {
    Stamp(platform::stamp(metadata))
}

/// See [`stamp`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp([i128; 5]);

/// Writes a new file, whole and durable or not at all. False when there is one already; that one is never replaced.
pub fn create(path: &Path, content: &[u8]) -> Result<bool, PrivateError> {
    let home = parent(path);
    directory(home)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{:016x}.new", fastrand::u64(..)));
    let fresh = path.with_file_name(name);
    let written = platform::create_new(&fresh).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()
    });
    if let Err(error) = written {
        // Whatever was written is no use; the first error is the one to tell.
        fs::remove_file(&fresh).ok();
        return Err(at(&fresh)(error));
    }
    // A link in place of a rename: it never replaces what somebody made meanwhile.
    let placed = fs::hard_link(&fresh, path);
    fs::remove_file(&fresh).map_err(at(&fresh))?;
    match placed {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        other => other.map_err(at(path))?,
    }
    platform::sync_directory(home).map_err(at(home))?;
    Ok(true)
}

/// A new file of 0600, open for writing; one that is there already is an error.
pub fn new_file(path: &Path) -> io::Result<File> {
    platform::create_new(path)
}

/// A new folder of 0700; one that is there already is an error.
pub fn new_folder(path: &Path) -> io::Result<()> {
    platform::new_folder(path)
}

/// The name of a file in its folder is on the disk too.
pub fn sync_parent(path: &Path) -> io::Result<()> {
    platform::sync_directory(parent(path))
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> PrivateError {
    let path = path.to_owned();
    move |source| match source.kind() {
        io::ErrorKind::NotFound => PrivateError::Missing(path),
        _ => PrivateError::Io { path, source },
    }
}

/// Modes and owners, where the system has them.
#[cfg(unix)]
mod platform {
    use std::fs::{DirBuilder, File, Metadata, OpenOptions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
    use std::path::Path;

    use super::PrivateError;

    pub fn check(path: &Path, metadata: &Metadata, wanted: u32) -> Result<(), PrivateError> {
        let mode = metadata.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(PrivateError::TooOpen { path: path.into(), mode, wanted });
        }
        if metadata.uid() != rustix::process::geteuid().as_raw() {
            return Err(PrivateError::NotOwned(path.into()));
        }
        Ok(())
    }

    pub fn open_to_all(metadata: &Metadata) -> bool {
        metadata.mode() & 0o007 != 0
    }

    pub fn stamp(m: &Metadata) -> [i128; 5] {
        let nanos = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        [
            nanos(m.mtime(), m.mtime_nsec()),
            nanos(m.ctime(), m.ctime_nsec()),
            i128::from(m.size()),
            i128::from(m.ino()),
            i128::from(m.mode()),
        ]
    }

    /// A link that was put there after the check is refused by the system call itself.
    pub fn open(path: &Path) -> io::Result<File> {
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
    }

    pub fn create_new(path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
    }

    pub fn make_directory(path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    pub fn new_folder(path: &Path) -> io::Result<()> {
        DirBuilder::new().mode(0o700).create(path)
    }

    pub fn sync_directory(path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }
}

/// Elsewhere the user's profile directory is what keeps others out.
#[cfg(not(unix))]
mod platform {
    use std::fs::{File, Metadata, OpenOptions};
    use std::io;
    use std::path::Path;

    use super::PrivateError;

    pub fn check(_path: &Path, _metadata: &Metadata, _wanted: u32) -> Result<(), PrivateError> {
        Ok(())
    }

    pub fn open_to_all(_metadata: &Metadata) -> bool {
        false
    }

    pub fn stamp(metadata: &Metadata) -> [i128; 5] {
        let since = metadata.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
        let nanos = since.and_then(|d| i128::try_from(d.as_nanos()).ok()).unwrap_or(-1);
        [nanos, 0, i128::from(metadata.len()), 0, i128::from(metadata.permissions().readonly())]
    }

    pub fn open(path: &Path) -> io::Result<File> {
        File::open(path)
    }

    pub fn create_new(path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(path)
    }

    pub fn make_directory(path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }

    pub fn new_folder(path: &Path) -> io::Result<()> {
        std::fs::create_dir(path)
    }

    pub fn sync_directory(_path: &Path) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn what_is_made_is_private_and_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b/file");
        assert!(create(&path, b"one").unwrap());
        assert!(!create(&path, b"two").unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(
            (mode(&path), mode(&dir.path().join("a")), mode(&dir.path().join("a/b"))),
            (0o600, 0o700, 0o700)
        );
        assert_eq!(fs::read_dir(dir.path().join("a/b")).unwrap().count(), 1);
    }

    #[test]
    fn whoever_else_could_read_it_makes_it_unusable() {
        let dir = tempfile::tempdir().unwrap();
        let (home, path) = (dir.path().join("home"), dir.path().join("home/file"));
        create(&path, b"one").unwrap();
        for wide in [0o640, 0o604, 0o620, 0o666] {
            chmod(&path, wide);
            let sentence = open(&path).unwrap_err().to_string();
            assert!(sentence.contains("chmod 600"), "{sentence}");
        }
        chmod(&path, 0o400);
        assert!(open(&path).is_ok());
        for wide in [0o755, 0o710, 0o701] {
            chmod(&home, wide);
            let sentence = open(&path).unwrap_err().to_string();
            assert!(sentence.contains("chmod 700"), "{sentence}");
            assert!(directory(&home).is_err() && create(&home.join("other"), b"x").is_err());
        }
        assert!(!home.join("other").exists());
    }

    #[test]
    fn links_and_other_kinds_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        let path = home.join("file");
        create(&path, b"one").unwrap();
        let (link, dangling) = (home.join("link"), home.join("dangling"));
        symlink(&path, &link).unwrap();
        symlink(home.join("nowhere"), &dangling).unwrap();
        assert!(matches!(open(&link), Err(PrivateError::OtherKind(_))));
        assert!(matches!(open(&dangling), Err(PrivateError::OtherKind(_))));
        assert!(!create(&dangling, b"x").unwrap());
        assert!(platform::open(&link).is_err());
        assert!(matches!(open(&home), Err(PrivateError::OtherKind(_)) | Err(PrivateError::TooOpen { .. })));
        assert!(matches!(directory(&path), Err(PrivateError::OtherKind(_))));
        assert!(matches!(open(&home.join("none")), Err(PrivateError::Missing(_))));
    }
}
