//! Keys and passphrases that whoever started the program handed over: a credential file of the service manager, a
//! descriptor, a person at the terminal. The environment names the folder of the credentials at most; the secret is in
//! the file (S2).

use std::fs::{self, File, Metadata};
use std::future::Future;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::vault::key_file;
use crate::vault::private;
use crate::vault::seal::Key;

/// The name of the credential below the service manager's folder.
pub const CREDENTIAL: &str = "tieout-vault-key";
/// No secret that is handed over is longer.
const LONGEST: u64 = 16 * 1024;

/// What a passphrase is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// To open the vault.
    Unlock,
    /// A new one, typed twice.
    New,
}

/// The answer to a question: a passphrase, or why there is none.
pub type Asked<'a> = Pin<Box<dyn Future<Output = Result<SecretString, String>> + Send + 'a>>;

/// Asks a person for a passphrase, without echo.
pub trait Asker: Send + Sync {
    /// Asks.
    fn ask(&self, occasion: Occasion) -> Asked<'_>;
}

/// Where a passphrase comes from.
#[derive(Clone, Default)]
pub enum Passphrase {
    /// Nobody can be asked.
    #[default]
    Nobody,
    /// A descriptor; it is read once.
    Descriptor(i32),
    /// A person.
    Ask(Arc<dyn Asker>),
    /// A person was asked already.
    Told(SecretString),
}

impl Passphrase {
    /// The passphrase, or why there is none.
    pub async fn get(&self, occasion: Occasion) -> Result<SecretString, String> {
        match self {
            Passphrase::Nobody => Err("nobody can be asked for it here".into()),
            Passphrase::Descriptor(number) => read_descriptor(*number),
            Passphrase::Ask(asker) => asker.ask(occasion).await,
            Passphrase::Told(passphrase) => Ok(passphrase.clone()),
        }
    }
}

/// What was handed over. It prints no secret: it holds none.
#[derive(Clone, Default)]
pub struct Given {
    /// The service manager's credential file.
    pub credential: Option<PathBuf>,
    /// The descriptor with a key.
    pub descriptor: Option<i32>,
    /// The passphrase.
    pub passphrase: Passphrase,
    /// A new passphrase, when it is another one than that which opens the vault.
    pub new_passphrase: Passphrase,
}

impl std::fmt::Debug for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Given")
            .field("credential", &self.credential)
            .field("descriptor", &self.descriptor)
            .finish_non_exhaustive()
    }
}

/// The key in the service manager's credential file, after checking who else could have read or changed it.
pub fn credential(path: Option<&Path>) -> Result<Key, String> {
    let path = path.ok_or("the service manager handed over no credentials")?;
    let file = open_credential(path)?;
    key_of(file, &path.display().to_string())
}

fn open_credential(path: &Path) -> Result<File, String> {
    let shown = path.display();
    if !path.is_absolute() {
        return Err(format!("{shown} is no absolute path"));
    }
    let missing = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound => format!("there is no credential {shown}"),
        _ => format!("{shown}: {e}"),
    };
    let link = fs::symlink_metadata(path).map_err(missing)?;
    if !link.is_file() {
        return Err(format!("{shown} is a link or of another kind than a file"));
    }
    if let Some(folder) = path.parent() {
        let found = fs::symlink_metadata(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        if !found.is_dir() {
            return Err(format!("{} is a link or no folder", folder.display()));
        }
        platform::check_folder(folder, &found)?;
    }
    let file = private::open_no_follow(path).map_err(missing)?;
    let found = file.metadata().map_err(missing)?;
    if !found.is_file() {
        return Err(format!("{shown} is of another kind than a file"));
    }
    platform::check_file(path, &found)?;
    Ok(file)
}

/// The key on an inherited descriptor.
pub fn descriptor(number: Option<i32>) -> Result<Key, String> {
    let number = number.ok_or("no descriptor was named")?;
    key_of(open_descriptor(number)?, &format!("descriptor {number}"))
}

fn key_of(file: File, what: &str) -> Result<Key, String> {
    let text = read_text(file, what)?;
    key_file::decode(text.expose_secret())
        .ok_or_else(|| format!("{what} does not hold a key: 32 random bytes in base64 are one"))
}

/// The text on an inherited descriptor, without the line end.
pub fn read_descriptor(number: i32) -> Result<SecretString, String> {
    let what = format!("descriptor {number}");
    let text = read_text(open_descriptor(number)?, &what)?;
    if text.expose_secret().is_empty() {
        return Err(format!("{what} is empty"));
    }
    Ok(text)
}

/// A descriptor by its number. Its owner keeps it; this is a second view of the same file or pipe.
fn open_descriptor(number: i32) -> Result<File, String> {
    if number != 0 && number < 3 {
        return Err(format!("descriptor {number} is not for reading: give 0, or 3 and above"));
    }
    let path = PathBuf::from(format!("/dev/fd/{number}"));
    File::open(path).map_err(|e| format!("descriptor {number} cannot be read: {e}"))
}

fn read_text(file: File, what: &str) -> Result<SecretString, String> {
    let mut text = Zeroizing::new(String::with_capacity(LONGEST as usize + 1));
    file.take(LONGEST + 1).read_to_string(&mut text).map_err(|e| format!("{what} cannot be read: {e}"))?;
    if text.len() as u64 > LONGEST {
        return Err(format!("{what} holds more than a secret"));
    }
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(SecretString::from(line.strip_suffix('\r').unwrap_or(line)))
}

#[cfg(unix)]
mod platform {
    use std::os::unix::fs::MetadataExt;

    use super::{Metadata, Path};

    /// A service manager that grants access by an access list owns the file itself, and the group bits then show the
    /// mask of that list. Nobody else may read it, and no group may write it.
    pub fn check_file(path: &Path, found: &Metadata) -> Result<(), String> {
        let mode = found.mode() & 0o7777;
        let wide = if found.uid() == 0 { 0o027 } else { 0o077 };
        check(path, found, mode & wide == 0, mode)
    }

    /// Nobody else may put another file there.
    pub fn check_folder(path: &Path, found: &Metadata) -> Result<(), String> {
        let mode = found.mode() & 0o7777;
        check(path, found, mode & 0o022 == 0, mode)
    }

    fn check(path: &Path, found: &Metadata, private: bool, mode: u32) -> Result<(), String> {
        let me = rustix::process::geteuid().as_raw();
        if found.uid() != me && found.uid() != 0 {
            return Err(format!("{} belongs to another user", path.display()));
        }
        if !private {
            return Err(format!("{} has mode {mode:04o}: others could read or change it", path.display()));
        }
        Ok(())
    }
}

#[cfg(not(unix))]
mod platform {
    use super::{Metadata, Path};

    pub fn check_file(_: &Path, _: &Metadata) -> Result<(), String> {
        Ok(())
    }

    pub fn check_folder(_: &Path, _: &Metadata) -> Result<(), String> {
        Ok(())
    }
}

#[cfg(test)]
#[cfg(unix)]
#[path = "given_tests.rs"]
mod tests;
