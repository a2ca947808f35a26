//! A wrapping key in a file for its owner alone (S2, S5): mode 0600 in a directory of mode 0700, no symbolic link.
//!
//! A key file is as strong as the account it lies in. Homes of the demo and the stand-ins have one; a server without a
//! keyring may, by its owner's choice.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::vault::seal::{Key, SealError};

/// Why a key file cannot be used. Each sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It is not there.
    #[error("there is no key file {0}")]
    Missing(PathBuf),
    /// It is a symbolic link, or no regular file.
    #[error("{0} is not a regular file; a key file may not be a link")]
    NotRegular(PathBuf),
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
    /// Its content is no key.
    #[error("{0} does not hold a key")]
    Malformed(PathBuf),
    /// The file system failed.
    #[error("{path}: {source}")]
    Io {
        /// Path.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// No randomness.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// More than a key in base64 with a line end is no key file.
const LONGEST: u64 = 64;

/// Reads the key, after checking who else could.
pub fn read(path: &Path) -> Result<Key, KeyFileError> {
    check_directory(directory(path))?;
    let file = open(path)?;
    platform::check(path, &file.metadata().map_err(at(path))?, 0o600)?;
    let mut text = Zeroizing::new(String::with_capacity(LONGEST as usize + 1));
    file.take(LONGEST + 1).read_to_string(&mut text).map_err(|_| KeyFileError::Malformed(path.into()))?;
    decode(&text).ok_or_else(|| KeyFileError::Malformed(path.into()))
}

/// The key that is there already, or a new one, durable before this returns.
pub fn read_or_create(path: &Path) -> Result<Key, KeyFileError> {
    match read(path) {
        Err(KeyFileError::Missing(_)) => create(path),
        other => other,
    }
}

fn create(path: &Path) -> Result<Key, KeyFileError> {
    let directory = directory(path);
    if !directory.exists() {
        platform::make_directory(directory).map_err(at(directory))?;
    }
    check_directory(directory)?;
    let key = Key::random()?;
    let text = encode(&key);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let fresh = path.with_file_name(name);
    let written = platform::create_new(&fresh).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()
    });
    // A link in place of a rename: it never replaces a key file that somebody made meanwhile.
    let placed = written.and_then(|()| fs::hard_link(&fresh, path));
    let removed = fs::remove_file(&fresh);
    match placed {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return read(path),
        other => other.map_err(at(path))?,
    }
    removed.map_err(at(&fresh))?;
    platform::sync_directory(directory).map_err(at(directory))?;
    Ok(key)
}

/// A key as printable text.
pub fn encode(key: &Key) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(key.bytes()))
}

/// A key from printable text.
pub fn decode(text: &str) -> Option<Key> {
    let bytes = Zeroizing::new(STANDARD.decode(text.trim_end()).ok()?);
    Key::from_bytes(&bytes)
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn check_directory(directory: &Path) -> Result<(), KeyFileError> {
    match fs::metadata(directory) {
        Ok(metadata) => platform::check(directory, &metadata, 0o700),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(at(directory)(error)),
    }
}

fn open(path: &Path) -> Result<File, KeyFileError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(KeyFileError::NotRegular(path.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(KeyFileError::Missing(path.into()));
        }
        Err(error) => return Err(at(path)(error)),
    }
    platform::open(path).map_err(at(path))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> KeyFileError {
    let path = path.to_owned();
    move |source| KeyFileError::Io { path, source }
}

/// Modes and owners, where the system has them.
#[cfg(unix)]
mod platform {
    use std::fs::{DirBuilder, File, Metadata, OpenOptions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
    use std::path::Path;

    use super::KeyFileError;

    pub fn check(path: &Path, metadata: &Metadata, wanted: u32) -> Result<(), KeyFileError> {
        let mode = metadata.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(KeyFileError::TooOpen { path: path.into(), mode, wanted });
        }
        if metadata.uid() != rustix::process::geteuid().as_raw() {
            return Err(KeyFileError::NotOwned(path.into()));
        }
        Ok(())
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

    use super::KeyFileError;

    pub fn check(_path: &Path, _metadata: &Metadata, _wanted: u32) -> Result<(), KeyFileError> {
        Ok(())
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

    pub fn sync_directory(_path: &Path) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn home() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let path = dir.path().join("keys/vault.key");
        (dir, path)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn a_new_key_is_kept_for_its_owner_alone_and_read_again() {
        let (_dir, path) = home();
        assert!(matches!(read(&path), Err(KeyFileError::Missing(_))));
        let made = read_or_create(&path).unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        assert_eq!(read(&path).unwrap().bytes(), made.bytes());
        assert_eq!(read_or_create(&path).unwrap().bytes(), made.bytes());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn whoever_else_could_read_it_makes_it_unusable() {
        let (_dir, path) = home();
        read_or_create(&path).unwrap();
        for wide in [0o640, 0o604, 0o620, 0o666] {
            fs::set_permissions(&path, fs::Permissions::from_mode(wide)).unwrap();
            let sentence = read(&path).err().unwrap().to_string();
            assert!(sentence.contains("chmod 600"), "{sentence}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(read(&path).is_ok());
        fs::set_permissions(path.parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
        let sentence = read(&path).err().unwrap().to_string();
        assert!(sentence.contains("chmod 700"), "{sentence}");
        assert!(read_or_create(&path.with_file_name("other.key")).is_err());
    }

    #[test]
    fn links_and_directories_are_refused() {
        let (_dir, path) = home();
        read_or_create(&path).unwrap();
        let link = path.with_file_name("link.key");
        symlink(&path, &link).unwrap();
        assert!(matches!(read(&link), Err(KeyFileError::NotRegular(_))));
        assert!(matches!(read_or_create(&link), Err(KeyFileError::NotRegular(_))));
        let dangling = path.with_file_name("dangling.key");
        symlink(path.with_file_name("nowhere"), &dangling).unwrap();
        assert!(matches!(read_or_create(&dangling), Err(KeyFileError::NotRegular(_))));
        assert!(platform::open(&link).is_err());
        let dir = path.with_file_name("dir.key");
        fs::create_dir(&dir).unwrap();
        assert!(matches!(read(&dir), Err(KeyFileError::NotRegular(_))));
    }

    #[test]
    fn what_is_no_key_is_never_replaced() {
        let (_dir, path) = home();
        read_or_create(&path).unwrap();
        for text in ["", "short", &"A".repeat(200), "!!!!"] {
            fs::write(&path, text).unwrap();
            assert!(matches!(read_or_create(&path), Err(KeyFileError::Malformed(_))), "{text:?}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }
}
