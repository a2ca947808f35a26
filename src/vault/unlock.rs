//! The vault itself: made once, unlocked at every start, asked for secrets by connection and field.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use secrecy::SecretString;

use crate::model::ids::ConnectionId;
use crate::model::people::Actor;
use crate::store::types::{Rekey, Sealed, Wrap};
use crate::vault::seal::{Key, Owner};
use crate::vault::secrets::SecretStore;
use crate::vault::way::{Places, Skipped, VaultError, Way};
use crate::vault::wrapping::{Opened, open, present, provide};

/// Sees every secret that is opened or stored: the registry of redaction.
pub type Watcher = Arc<dyn Fn(&ConnectionId, &str, &SecretString) + Send + Sync>;

/// How often a change by another process is followed before giving up.
const ATTEMPTS: usize = 4;

/// What opens secrets, as of the wraps that stood in the store when it was taken.
pub(super) struct Held {
    /// The data key.
    pub key: Key,
    /// What unwrapped it.
    pub opened: Opened,
    /// The wraps then: another process gave the vault a new key when they differ.
    pub wraps: Vec<Wrap>,
}

/// An unlocked vault over a store (`dyn Store` in life). It does not print.
pub struct Vault<S: SecretStore + ?Sized> {
    pub(super) store: Arc<S>,
    pub(super) places: Places,
    held: Mutex<Arc<Held>>,
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
        let opened = provide(way, places).await.map_err(|why| VaultError::Way { way, why })?;
        let key = Key::random()?;
        let wrap = opened.wrap(&key)?;
        // only where there is still none: of two that make it at once, one has made it
        let first = Rekey { expected: Vec::new(), secrets: Vec::new(), wraps: vec![wrap.clone()] };
        store.rekey(first, by, now).await.map_err(|e| match VaultError::from(e) {
            VaultError::Stale => VaultError::Made,
            other => other,
        })?;
        let held = Held { key, opened, wraps: vec![wrap] };
        Ok(Self::over(store, places, held, Vec::new()))
    }

    /// Unlocks by the first recorded way that opens, in the order of [`Way::ALL`]. A way that was never recorded is not
    /// tried; one that is recorded and does not open is named in [`Vault::skipped`] or in the error.
    pub async fn unlock(store: Arc<S>, places: &Places) -> Result<Self, VaultError> {
        let wraps = store.wraps().await?;
        if wraps.is_empty() {
            return Err(VaultError::NotMade);
        }
        let mut skipped = Vec::new();
        for way in Way::ALL {
            let Some(wrap) = wraps.iter().find(|w| w.way == way.name()) else { continue };
            let found = match present(way, wrap, places).await {
                Ok(opened) => open(&opened, wrap).map(|key| (opened, key)),
                Err(why) => Err(why),
            };
            match found {
                Ok((opened, key)) => {
                    return Ok(Self::over(store, places, Held { key, opened, wraps }, skipped));
                }
                Err(why) => skipped.push(Skipped { way, why }),
            }
        }
        if skipped.is_empty() {
            return Err(VaultError::NotMade);
        }
        Err(VaultError::Locked(skipped))
    }

    fn over(store: Arc<S>, places: &Places, held: Held, skipped: Vec<Skipped>) -> Self {
        let places = places.clone();
        Self { store, places, held: Mutex::new(Arc::new(held)), skipped, watcher: None }
    }

    /// Wraps the data key another way too, or anew.
    pub async fn add_way(
        &self,
        way: Way,
        places: &Places,
        by: Actor,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let held = self.current().await?;
        let opened = provide(way, places).await.map_err(|why| VaultError::Way { way, why })?;
        let wrap = opened.wrap(&held.key)?;
        self.store.put_wrap(wrap, by, now).await?;
        self.follow().await.map(|_| ())
    }

    /// Every secret that is opened or stored from now on is shown to `watcher`.
    pub fn with_watcher(mut self, watcher: Watcher) -> Self {
        self.watcher = Some(watcher);
        self
    }

    /// The way that answered.
    pub fn way(&self) -> Way {
        self.held().opened.way
    }

    /// Recorded ways before it that did not open: shown on screen and by `doctor`.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// All recorded ways, in the order of unlocking.
    pub async fn ways(&self) -> Result<Vec<Way>, VaultError> {
        let wraps = self.store.wraps().await?;
        Ok(Way::ALL.into_iter().filter(|w| wraps.iter().any(|x| x.way == w.name())).collect())
    }

    pub(super) fn held(&self) -> Arc<Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn hold(&self, held: Held) -> Arc<Held> {
        let held = Arc::new(held);
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = held.clone();
        held
    }

    /// The data key in force: another process may have changed it.
    pub(super) async fn current(&self) -> Result<Arc<Held>, VaultError> {
        let held = self.held();
        if self.store.wraps().await? == held.wraps { Ok(held) } else { self.follow().await }
    }

    /// Opens the present wraps with the wrapping key in memory, so that nobody is asked a second time.
    async fn follow(&self) -> Result<Arc<Held>, VaultError> {
        let held = self.held();
        let wraps = self.store.wraps().await?;
        let own = wraps.iter().find(|w| w.way == held.opened.way.name());
        let key = own.and_then(|wrap| open(&held.opened, wrap).ok()).ok_or(VaultError::Rekeyed)?;
        Ok(self.hold(Held { key, opened: held.opened.clone(), wraps }))
    }

    /// A secret and its generation.
    pub async fn get(
        &self,
        connection: &ConnectionId,
        field: &str,
    ) -> Result<Option<(SecretString, u64)>, VaultError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let Some(sealed) = self.store.secret(connection.clone(), field.to_owned()).await? else {
                return Ok(None);
            };
            let generation = sealed.generation;
            let owner = Owner::Secret { connection: connection.as_str(), field, generation };
            let held = self.held();
            match held.key.open_text(&sealed.nonce, &sealed.ciphertext, &owner) {
                Ok(secret) => {
                    self.show(connection, field, &secret);
                    return Ok(Some((secret, generation)));
                }
                // the vault may have a new key since
                Err(_) if attempt < ATTEMPTS && self.store.wraps().await? != held.wraps => {
                    self.follow().await?;
                }
                Err(source) => {
                    return Err(VaultError::Sealed {
                        connection: connection.clone(),
                        field: field.to_owned(),
                        source,
                    });
                }
            }
        }
    }

    /// Stores a secret if its generation is still `expected` (0: there is none yet); the new one is higher and is
    /// returned. [`VaultError::Stale`] when another process was first.
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
        let mut expected = expected;
        for _ in 0..ATTEMPTS {
            let held = self.current().await?;
            let generation = expected.saturating_add(1);
            let owner = Owner::Secret { connection: connection.as_str(), field, generation };
            let (nonce, ciphertext) = held.key.seal_text(secret, &owner)?;
            let sealed = Sealed { generation, nonce, ciphertext };
            let rotated = self.store.rotate_secret(
                connection.clone(),
                field.to_owned(),
                expected,
                sealed,
                by.clone(),
                now,
            );
            rotated.await?;
            if self.store.wraps().await? == held.wraps {
                return Ok(generation);
            }
            // sealed under a key that was replaced at this moment: once more, under the one in force
            expected = generation;
        }
        Err(VaultError::Rekeyed)
    }

    pub(super) fn show(&self, connection: &ConnectionId, field: &str, secret: &SecretString) {
        if let Some(watcher) = &self.watcher {
            watcher(connection, field, secret);
        }
    }
}

#[cfg(test)]
#[path = "unlock_tests.rs"]
pub(super) mod tests;
