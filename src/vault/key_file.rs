//! A wrapping key in a file for its owner alone (S2, S5).
//!
//! A key file is as strong as the account it lies in. Homes of the demo and the stand-ins have one; a server without a
//! keyring may, by its owner's choice.

use std::io::Read;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::vault::private::{self, PrivateError};
use crate::vault::seal::{Key, SealError};

/// Why a key file cannot be used. Each sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It is not there.
    #[error("there is no key file {0}")]
    Missing(PathBuf),
    /// It is not private, or cannot be read.
    #[error(transparent)]
    Private(PrivateError),
    /// Its content is no key.
    #[error("{0} does not hold a key")]
    Malformed(PathBuf),
    /// No randomness.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl From<PrivateError> for KeyFileError {
    fn from(error: PrivateError) -> Self {
        match error {
            PrivateError::Missing(path) => KeyFileError::Missing(path),
            other => KeyFileError::Private(other),
        }
    }
}

/// More than a key in base64 with a line end is no key file.
const LONGEST: u64 = 64;

/// Reads the key, after checking who else could.
pub fn read(path: &Path) -> Result<Key, KeyFileError> {
    let file = private::open(path)?;
    let mut text = Zeroizing::new(String::with_capacity(LONGEST as usize + 1));
    file.take(LONGEST + 1).read_to_string(&mut text).map_err(|_| KeyFileError::Malformed(path.into()))?;
    decode(&text).ok_or_else(|| KeyFileError::Malformed(path.into()))
}

/// The key that is there already, or a new one, durable before this returns.
pub fn read_or_create(path: &Path) -> Result<Key, KeyFileError> {
    match read(path) {
        Err(KeyFileError::Missing(_)) => {}
        other => return other,
    }
    let key = Key::random()?;
    let mut text = encode(&key);
    text.push('\n');
    if private::create(path, text.as_bytes())? { Ok(key) } else { read(path) }
}

/// Removes the file; one that is not there is fine.
pub fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// A key as printable text.
pub fn encode(key: &Key) -> Zeroizing<String> {
    // With room for a line end, so that growing leaves no copy behind.
    let mut text = Zeroizing::new(String::with_capacity(LONGEST as usize));
    STANDARD.encode_string(key.bytes(), &mut text);
    text
}

/// A key from printable text.
pub fn decode(text: &str) -> Option<Key> {
    let bytes = Zeroizing::new(STANDARD.decode(text.trim_end()).ok()?);
    Key::from_bytes(&bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys/vault.key");
        assert!(matches!(read(&path), Err(KeyFileError::Missing(_))));
        let made = read_or_create(&path).unwrap();
        assert_eq!(read(&path).unwrap().bytes(), made.bytes());
        assert_eq!(read_or_create(&path).unwrap().bytes(), made.bytes());
    }

    #[test]
    fn what_is_no_key_is_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys/vault.key");
        read_or_create(&path).unwrap();
        for text in ["", "short", &"A".repeat(200), "!!!!"] {
            fs::write(&path, text).unwrap();
            assert!(matches!(read_or_create(&path), Err(KeyFileError::Malformed(_))), "{text:?}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }
}
