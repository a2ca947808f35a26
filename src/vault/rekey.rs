//! A new data key: every secret is sealed again and every way wrapped again, in one transaction of the store. Before it
//! commits the old key opens everything, after it the new one does; there is no state between.

use jiff::Timestamp;

use crate::model::people::Actor;
use crate::store::types::{Rekey, Resealed, Sealed, Wrap};
use crate::vault::seal::{Key, Owner};
use crate::vault::secrets::SecretStore;
use crate::vault::unlock::{Held, Vault};
use crate::vault::way::{Skipped, VaultError, Way};
use crate::vault::wrapping::{Opened, present, provide};
use crate::vault::{key_file, keyring};

/// How often a change by another process is followed before giving up.
const ATTEMPTS: usize = 8;

/// What changes with the new key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Ways that open the vault from now on; of one that is recorded already the key is taken anew (a new passphrase).
    /// The key file and the keyring are refused then: their keys are made anew by removing them first.
    pub add: Vec<Way>,
    /// Ways that do not open it any more.
    pub remove: Vec<Way>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rekeyed {
    /// Secrets that were sealed again.
    pub secrets: usize,
    /// The ways that open the vault now.
    pub ways: Vec<Way>,
    /// Keys of removed ways that could not be removed from their place: a sentence each.
    pub left: Vec<String>,
}

impl<S: SecretStore + ?Sized> Vault<S> {
    /// Gives the vault a new data key. A recorded way that cannot be used here stops it unless it is removed.
    pub async fn rekey(&self, change: &Change, by: Actor, now: Timestamp) -> Result<Rekeyed, VaultError> {
        let recorded = self.ways().await?;
        if let Some(way) = change.remove.iter().find(|w| !recorded.contains(w)) {
            return Err(VaultError::NotRecorded(*way));
        }
        // its old key would be used once more, and whoever knows it would open the new vault too
        let again = |w: &&Way| matches!(w, Way::KeyFile | Way::Keyring) && recorded.contains(w);
        if let Some(way) = change.add.iter().find(again) {
            return Err(VaultError::Again(*way));
        }
        let kept = |w: &Way| (recorded.contains(w) && !change.remove.contains(w)) || change.add.contains(w);
        let ways: Vec<Way> = Way::ALL.into_iter().filter(kept).collect();
        if ways.is_empty() {
            return Err(VaultError::LastWay);
        }
        let wrapping = self.wrapping(&ways, &change.add).await?;
        for _ in 0..ATTEMPTS {
            match self.rekey_once(&wrapping, by.clone(), now).await {
                // a token was rotated meanwhile: read again, seal again
                Err(VaultError::Stale) => {}
                Err(e) => return Err(e),
                Ok(secrets) => {
                    let gone = change.remove.iter().filter(|w| !ways.contains(w));
                    let mut left = Vec::new();
                    for way in gone {
                        left.extend(self.forget_key(*way).await.err());
                    }
                    return Ok(Rekeyed { secrets, ways, left });
                }
            }
        }
        Err(VaultError::Stale)
    }

    async fn wrapping(&self, ways: &[Way], add: &[Way]) -> Result<Vec<Opened>, VaultError> {
        let held = self.current().await?;
        let mut all = Vec::with_capacity(ways.len());
        for way in ways.iter().copied() {
            let opened = if add.contains(&way) {
                provide(way, &self.places).await.map_err(|why| VaultError::Way { way, why })?
            } else if way == held.opened.way {
                held.opened.clone()
            } else {
                let wrap = held.wraps.iter().find(|w| w.way == way.name()).ok_or(VaultError::Rekeyed)?;
                let found = match present(way, wrap, &self.places).await {
                    // a key that does not fit now would lock its owner out later
                    Ok(opened) => crate::vault::wrapping::open(&opened, wrap).map(|_| opened),
                    Err(why) => Err(why),
                };
                found.map_err(|why| VaultError::Recorded(Skipped { way, why }))?
            };
            all.push(opened);
        }
        Ok(all)
    }

    async fn rekey_once(&self, wrapping: &[Opened], by: Actor, now: Timestamp) -> Result<usize, VaultError> {
        let held = self.current().await?;
        let key = Key::random()?;
        let mut secrets = Vec::new();
        for (connection, field, sealed) in self.store.secrets().await? {
            let was = sealed.generation;
            let owner = Owner::Secret { connection: connection.as_str(), field: &field, generation: was };
            let plain = held.key.open_text(&sealed.nonce, &sealed.ciphertext, &owner);
            let plain = plain.map_err(|source| VaultError::Sealed {
                connection: connection.clone(),
                field: field.clone(),
                source,
            })?;
            self.show(&connection, &field, &plain);
            // a higher generation: whoever still holds the old key cannot write over it
            let generation = was.saturating_add(1);
            let owner = Owner::Secret { connection: connection.as_str(), field: &field, generation };
            let (nonce, ciphertext) = key.seal_text(&plain, &owner)?;
            secrets.push(Resealed {
                connection,
                field,
                expected: was,
                sealed: Sealed { generation, nonce, ciphertext },
            });
        }
        let count = secrets.len();
        let wraps = wrapping.iter().map(|o| o.wrap(&key)).collect::<Result<Vec<Wrap>, _>>()?;
        let step = Rekey { expected: held.wraps.clone(), secrets, wraps };
        self.store.rekey(step, by, now).await?;
        let opened = wrapping
            .iter()
            .find(|o| o.way == held.opened.way)
            .or_else(|| wrapping.first())
            .ok_or(VaultError::LastWay)?;
        // as the store gives them back
        let wraps = self.store.wraps().await?;
        self.hold(Held { key, opened: opened.clone(), wraps });
        Ok(count)
    }

    /// The key of a removed way is of no use any more: it goes, where it is ours to remove.
    async fn forget_key(&self, way: Way) -> Result<(), String> {
        match way {
            Way::KeyFile => key_file::remove(&self.places.key_file)
                .map_err(|e| format!("the key file {} stays behind: {e}", self.places.key_file.display())),
            Way::Keyring => keyring::remove(&self.places.account, self.places.patience)
                .await
                .map_err(|e| format!("the keyring's item stays behind: {e}")),
            Way::Credential | Way::Descriptor | Way::Passphrase => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "rekey_tests.rs"]
mod tests;
