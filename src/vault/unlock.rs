//! The vault itself: made once, unlocked at every start, asked for secrets by connection and field.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::model::ids::ConnectionId;
use crate::model::people::Actor;
use crate::store::types::{Sealed, StoreError, Wrap};
use crate::vault::key_file::{self, KeyFileError};
use crate::vault::keyring::{self, KeyringError, Patience};
use crate::vault::seal::{Key, Owner, SealError};
use crate::vault::secrets::SecretStore;

/// How the data key is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// The operating system's keyring.
    Keyring,
    /// A key file.
    KeyFile,
}

impl Way {
    /// All, in the order of unlocking (S2).
    pub const ALL: [Way; 2] = [Way::Keyring, Way::KeyFile];

    /// The name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Way::Keyring => "keyring",
            Way::KeyFile => "key_file",
        }
    }
}

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Way::Keyring => "keyring",
            Way::KeyFile => "key file",
        })
    }
}

/// Where wrapping keys are kept.
#[derive(Debug, Clone)]
pub struct Places {
    /// The key file of this home.
    pub key_file: PathBuf,
    /// The keyring's account: the store's instance id, so that every home has its own item.
    pub account: String,
    /// How long the keyring may take.
    pub patience: Patience,
}

/// A way that is recorded in the store but did not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Which.
    pub way: Way,
    /// Why, as a sentence.
    pub why: String,
}

/// What can go wrong with the vault: all of them mean exit code 4, except [`VaultError::Stale`].
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// No way was ever set up.
    #[error("there is no vault in this store yet")]
    NotMade,
    /// There is one already.
    #[error("this store has a vault already")]
    Made,
    /// None of the recorded ways opens.
    #[error("the vault cannot be unlocked: {}", sentences(.0))]
    Locked(Vec<Skipped>),
    /// The keyring, while a wrap was being made.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The key file, while a wrap was being made.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// A secret does not open.
    #[error("the secret {field} of {connection} cannot be opened: {source}")]
    Sealed {
        /// Connection.
        connection: ConnectionId,
        /// Field.
        field: String,
        /// Cause.
        source: SealError,
    },
    /// Sealing failed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Another process was first: read again.
    #[error("the secret was changed meanwhile")]
    Stale,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for VaultError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale { .. } => VaultError::Stale,
            other => VaultError::Store(other),
        }
    }
}

fn sentences(skipped: &[Skipped]) -> String {
    skipped.iter().map(|s| s.why.as_str()).collect::<Vec<_>>().join("; ")
}

/// Sees every secret that is opened or stored: the registry of redaction.
pub type Watcher = Arc<dyn Fn(&ConnectionId, &str, &SecretString) + Send + Sync>;

/// An unlocked vault over a store (`dyn Store` in life). It does not print.
pub struct Vault<S: SecretStore + ?Sized> {
    store: Arc<S>,
    key: Key,
    way: Way,
    skipped: Vec<Skipped>,
    watcher: Option<Watcher>,
}

impl<S: SecretStore + ?Sized> Vault<S> {
    /// Makes the vault of a store that has none, wrapped one way. The wrapping key is durable in its place before the
    /// store hears of it, so that a crash in between leaves a key without a lock, never a lock without a key.
    pub async fn create(
        store: Arc<S>,
        way: Way,
        places: &Places,
        by: Actor,
        now: Timestamp,
    ) -> Result<Self, VaultError> {
        if !store.wraps().await?.is_empty() {
            return Err(VaultError::Made);
        }
        let vault = Self { store, key: Key::random()?, way, skipped: Vec::new(), watcher: None };
        vault.add_way(way, places, by, now).await?;
        Ok(vault)
    }

    /// Unlocks by the first recorded way that opens: keyring, then key file. A way that was never recorded is not
    /// tried; one that is recorded and does not open is named in [`Vault::skipped`] or in the error.
    pub async fn unlock(store: Arc<S>, places: &Places) -> Result<Self, VaultError> {
        let wraps = store.wraps().await?;
        if wraps.is_empty() {
            return Err(VaultError::NotMade);
        }
        let mut skipped = Vec::new();
        for way in Way::ALL {
            let Some(wrap) = wraps.iter().find(|w| w.way == way.name()) else { continue };
            match unwrap(way, wrap, places).await {
                Ok(key) => return Ok(Self { store, key, way, skipped, watcher: None }),
                Err(why) => skipped.push(Skipped { way, why }),
            }
        }
        if skipped.is_empty() {
            return Err(VaultError::NotMade);
        }
        Err(VaultError::Locked(skipped))
    }

    /// Wraps the data key another way too, or anew.
    pub async fn add_way(
        &self,
        way: Way,
        places: &Places,
        by: Actor,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let wrapping = match way {
            Way::Keyring => keyring::read_or_create(&places.account, places.patience).await?,
            Way::KeyFile => key_file::read_or_create(&places.key_file)?,
        };
        let owner = Owner::Wrap { way: way.name() };
        let (nonce, ciphertext) = wrapping.seal(self.key.bytes(), &owner)?;
        let wrap = Wrap { way: way.name().to_owned(), nonce, ciphertext };
        Ok(self.store.put_wrap(wrap, by, now).await?)
    }

    /// Every secret that is opened or stored from now on is shown to `watcher`.
    pub fn with_watcher(mut self, watcher: Watcher) -> Self {
        self.watcher = Some(watcher);
        self
    }

    /// The way that answered.
    pub fn way(&self) -> Way {
        self.way
    }

    /// Recorded ways before it that did not open: shown on screen and by `doctor`.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// A secret and its generation.
    pub async fn get(
        &self,
        connection: &ConnectionId,
        field: &str,
    ) -> Result<Option<(SecretString, u64)>, VaultError> {
        let Some(sealed) = self.store.secret(connection.clone(), field.to_owned()).await? else {
            return Ok(None);
        };
        let generation = sealed.generation;
        let owner = Owner::Secret { connection: connection.as_str(), field, generation };
        let secret = self.key.open_text(&sealed.nonce, &sealed.ciphertext, &owner).map_err(|source| {
            VaultError::Sealed { connection: connection.clone(), field: field.to_owned(), source }
        })?;
        self.show(connection, field, &secret);
        Ok(Some((secret, generation)))
    }

    /// Stores a secret if its generation is still `expected` (0: there is none yet); the new one is `expected + 1` and
    /// is returned. [`VaultError::Stale`] when another process was first.
    pub async fn put(
        &self,
        connection: &ConnectionId,
        field: &str,
        expected: u64,
        secret: &SecretString,
        by: Actor,
        now: Timestamp,
    ) -> Result<u64, VaultError> {
        self.show(connection, field, secret);
        let generation = expected.saturating_add(1);
        let owner = Owner::Secret { connection: connection.as_str(), field, generation };
        let (nonce, ciphertext) = self.key.seal_text(secret, &owner)?;
        let sealed = Sealed { generation, nonce, ciphertext };
        self.store.rotate_secret(connection.clone(), field.to_owned(), expected, sealed, by, now).await?;
        Ok(generation)
    }

    fn show(&self, connection: &ConnectionId, field: &str, secret: &SecretString) {
        if let Some(watcher) = &self.watcher {
            watcher(connection, field, secret);
        }
    }
}

async fn unwrap(way: Way, wrap: &Wrap, places: &Places) -> Result<Key, String> {
    let wrapping = match way {
        Way::Keyring => keyring::read(&places.account, places.patience).await.map_err(|e| e.to_string())?,
        Way::KeyFile => key_file::read(&places.key_file).map_err(|e| e.to_string())?,
    };
    let owner = Owner::Wrap { way: way.name() };
    let opened = wrapping.open(&wrap.nonce, &wrap.ciphertext, &owner);
    opened
        .ok()
        .and_then(|bytes| Key::from_bytes(&bytes))
        .ok_or_else(|| format!("the {way}'s key does not fit this store"))
}

#[cfg(test)]
#[path = "unlock_tests.rs"]
mod tests;
