//! The vault over a store in memory and a keyring in memory.

use std::collections::BTreeMap;
use std::sync::Mutex;

use secrecy::ExposeSecret;

use super::*;
use crate::store::operations::Answer;
use crate::store::types::StoreError;
use crate::vault::given::Given;
use crate::vault::key_file;
use crate::vault::keyring::Patience;
use crate::vault::keyring::tests::{fail_next, mock};

type Kept = BTreeMap<(ConnectionId, String), Sealed>;

#[derive(Default)]
pub struct Memory {
    pub secrets: Mutex<Kept>,
    pub wraps: Mutex<Vec<Wrap>>,
}

impl SecretStore for Memory {
    fn secret(&self, connection: ConnectionId, field: String) -> Answer<'_, Option<Sealed>> {
        let found = self.secrets.lock().unwrap().get(&(connection, field)).cloned();
        Box::pin(async move { Ok(found) })
    }

    fn rotate_secret(
        &self,
        connection: ConnectionId,
        field: String,
        expected: u64,
        sealed: Sealed,
        _by: Actor,
        _now: Timestamp,
    ) -> Answer<'_, ()> {
        let mut secrets = self.secrets.lock().unwrap();
        let key = (connection, field);
        let found = secrets.get(&key).map_or(0, |s| s.generation);
        let stale = StoreError::Stale { expected: expected.to_string(), found: found.to_string() };
        let outcome = if found == expected { Ok(()) } else { Err(stale) };
        if outcome.is_ok() {
            secrets.insert(key, sealed);
        }
        Box::pin(async move { outcome })
    }

    fn wraps(&self) -> Answer<'_, Vec<Wrap>> {
        let wraps = self.wraps.lock().unwrap().clone();
        Box::pin(async move { Ok(wraps) })
    }

    fn put_wrap(&self, wrap: Wrap, _by: Actor, _now: Timestamp) -> Answer<'_, ()> {
        let mut wraps = self.wraps.lock().unwrap();
        wraps.retain(|w| w.way != wrap.way);
        wraps.push(wrap);
        wraps.sort_by(|a, b| a.way.cmp(&b.way));
        Box::pin(async { Ok(()) })
    }

    fn secrets(&self) -> Answer<'_, Vec<(ConnectionId, String, Sealed)>> {
        let all = self.secrets.lock().unwrap().clone();
        Box::pin(async move { Ok(all.into_iter().map(|((c, f), s)| (c, f, s)).collect()) })
    }

    fn rekey(&self, step: Rekey, _by: Actor, _now: Timestamp) -> Answer<'_, ()> {
        let mut secrets = self.secrets.lock().unwrap();
        let same = step.secrets.len() == secrets.len()
            && step.secrets.iter().all(|s| {
                let key = (s.connection.clone(), s.field.clone());
                secrets.get(&key).is_some_and(|found| found.generation == s.expected)
            });
        let mut wraps = self.wraps.lock().unwrap();
        let outcome = if same && *wraps == step.expected {
            for s in step.secrets {
                secrets.insert((s.connection, s.field), s.sealed);
            }
            *wraps = step.wraps;
            wraps.sort_by(|a, b| a.way.cmp(&b.way));
            Ok(())
        } else {
            Err(StoreError::Stale { expected: String::new(), found: String::new() })
        };
        Box::pin(async move { outcome })
    }
}

/// Compiles only while every store is a secret store, behind `dyn` as well.
const _: fn(&Vault<dyn crate::store::operations::Store>) -> Way = Vault::way;

pub struct Home {
    dir: tempfile::TempDir,
    pub store: Arc<Memory>,
    pub places: Places,
}

pub fn home(account: &str) -> Home {
    mock();
    let dir = tempfile::tempdir().unwrap();
    let key_file = dir.path().join("keys").join("vault.key");
    let places =
        Places { key_file, account: account.into(), patience: Patience::Asked, given: Given::default() };
    Home { dir, store: Arc::default(), places }
}

impl Home {
    pub async fn create(&self, way: Way) -> Result<Vault<Memory>, VaultError> {
        Vault::create(self.store.clone(), way, &self.places, Actor::engine(), Timestamp::UNIX_EPOCH).await
    }

    pub async fn unlock(&self) -> Result<Vault<Memory>, VaultError> {
        Vault::unlock(self.store.clone(), &self.places).await
    }
}

pub fn qbo() -> ConnectionId {
    ConnectionId::from("qbo-us")
}

pub async fn put(vault: &Vault<Memory>, expected: u64, secret: &str) -> Result<u64, VaultError> {
    let secret = SecretString::from(secret);
    vault.put(&qbo(), "refresh_token", expected, &secret, Actor::engine(), Timestamp::UNIX_EPOCH).await
}

pub async fn get(vault: &Vault<Memory>) -> (String, u64) {
    let (secret, generation) = vault.get(&qbo(), "refresh_token").await.unwrap().unwrap();
    (secret.expose_secret().to_owned(), generation)
}

#[tokio::test]
async fn secrets_outlive_the_process_either_way() {
    for (way, account) in [(Way::KeyFile, "outlive-file"), (Way::Keyring, "outlive-ring")] {
        let home = home(account);
        let made = home.create(way).await.unwrap();
        assert!(made.get(&qbo(), "refresh_token").await.unwrap().is_none());
        assert_eq!(put(&made, 0, "rt-1").await.unwrap(), 1);
        drop(made);
        let vault = home.unlock().await.unwrap();
        assert_eq!((vault.way(), vault.skipped()), (way, &[][..]));
        assert_eq!(get(&vault).await, ("rt-1".into(), 1));
        assert_eq!(home.places.key_file.exists(), way == Way::KeyFile);
        let stored = home.store.secrets.lock().unwrap();
        assert!(stored.values().all(|s| !s.ciphertext.windows(4).any(|w| w == b"rt-1")));
    }
}

#[tokio::test]
async fn only_the_holder_of_the_newest_generation_rotates() {
    let home = home("rotate");
    let vault = home.create(Way::KeyFile).await.unwrap();
    put(&vault, 0, "rt-1").await.unwrap();
    let other = home.unlock().await.unwrap();
    assert_eq!(put(&other, 1, "rt-2").await.unwrap(), 2);
    assert!(matches!(put(&vault, 1, "rt-lost").await, Err(VaultError::Stale)));
    assert!(matches!(put(&vault, 0, "rt-lost").await, Err(VaultError::Stale)));
    assert_eq!(get(&vault).await, ("rt-2".into(), 2));
}

#[tokio::test]
async fn a_ciphertext_moved_elsewhere_does_not_open() {
    let home = home("moved");
    let vault = home.create(Way::KeyFile).await.unwrap();
    put(&vault, 0, "rt-1").await.unwrap();
    let sealed = home.store.secrets.lock().unwrap().values().next().cloned().unwrap();
    let older = Sealed { generation: 2, ..sealed.clone() };
    let field = || "access_token".to_owned();
    home.store.secrets.lock().unwrap().insert((qbo(), field()), sealed);
    assert!(matches!(vault.get(&qbo(), "access_token").await, Err(VaultError::Sealed { .. })));
    home.store.secrets.lock().unwrap().insert((qbo(), "refresh_token".into()), older);
    assert!(matches!(vault.get(&qbo(), "refresh_token").await, Err(VaultError::Sealed { .. })));
}

#[tokio::test]
async fn there_is_one_vault_and_none_before_it_is_made() {
    let home = home("one");
    assert!(matches!(home.unlock().await, Err(VaultError::NotMade)));
    home.create(Way::KeyFile).await.unwrap();
    assert!(matches!(home.create(Way::KeyFile).await, Err(VaultError::Made)));
    assert!(matches!(home.create(Way::Keyring).await, Err(VaultError::Made)));
}

#[tokio::test]
async fn a_keyring_that_does_not_answer_is_not_replaced_by_something_weaker() {
    let home = home("locked");
    home.create(Way::Keyring).await.unwrap();
    // A key file that nobody recorded opens nothing.
    key_file::read_or_create(&home.places.key_file).unwrap();
    fail_next("locked");
    let error = home.unlock().await.err().unwrap();
    assert!(matches!(&error, VaultError::Locked(ways) if ways.len() == 1 && ways[0].way == Way::Keyring));
    assert!(error.to_string().contains("locked"), "{error}");
    assert_eq!(home.unlock().await.unwrap().way(), Way::Keyring);
}

#[tokio::test]
async fn a_second_recorded_way_answers_and_the_first_is_named() {
    let home = home("second");
    let vault = home.create(Way::Keyring).await.unwrap();
    put(&vault, 0, "rt-1").await.unwrap();
    vault.add_way(Way::KeyFile, &home.places, Actor::engine(), Timestamp::UNIX_EPOCH).await.unwrap();
    fail_next("second");
    let other = home.unlock().await.unwrap();
    assert_eq!((other.way(), other.skipped().len()), (Way::KeyFile, 1));
    assert_eq!(get(&other).await.0, "rt-1");
}

#[tokio::test]
async fn a_foreign_or_missing_key_file_is_said() {
    let home = home("foreign");
    home.create(Way::KeyFile).await.unwrap();
    std::fs::remove_file(&home.places.key_file).unwrap();
    let missing = home.unlock().await.err().unwrap().to_string();
    assert!(missing.contains("there is no key file"), "{missing}");
    key_file::read_or_create(&home.places.key_file).unwrap();
    let foreign = home.unlock().await.err().unwrap().to_string();
    assert!(foreign.contains("does not fit"), "{foreign}");
    assert!(home.dir.path().exists());
}

#[tokio::test]
async fn a_watcher_sees_what_is_opened_and_stored() {
    let home = home("watched");
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let sink = seen.clone();
    let vault = home.create(Way::KeyFile).await.unwrap().with_watcher(Arc::new(move |at, field, secret| {
        sink.lock().unwrap().push(format!("{at} {field} {}", secret.expose_secret()));
    }));
    put(&vault, 0, "rt-1").await.unwrap();
    get(&vault).await;
    assert_eq!(*seen.lock().unwrap(), ["qbo-us refresh_token rt-1", "qbo-us refresh_token rt-1"]);
}

#[tokio::test]
async fn a_credential_a_descriptor_and_a_passphrase_open_it_and_nothing_else_is_tried() {
    use std::os::fd::AsRawFd as _;
    for way in [Way::Credential, Way::Descriptor, Way::Passphrase] {
        let mut home = home(way.name());
        let keys = home.dir.path().join("given");
        key_file::read_or_create(&keys.join("key")).unwrap();
        std::fs::write(home.dir.path().join("words"), "a passphrase of some length\n").unwrap();
        let (key, words) = (
            std::fs::File::open(keys.join("key")).unwrap(),
            std::fs::File::open(home.dir.path().join("words")).unwrap(),
        );
        home.places.given = match way {
            Way::Credential => Given { credential: Some(keys.join("key")), ..Given::default() },
            Way::Descriptor => Given { descriptor: Some(key.as_raw_fd()), ..Given::default() },
            _ => Given {
                passphrase: crate::vault::Passphrase::Descriptor(words.as_raw_fd()),
                ..Given::default()
            },
        };
        let vault = home.create(way).await.unwrap();
        put(&vault, 0, "rt-1").await.unwrap();
        let again = home.unlock().await.unwrap();
        assert_eq!((again.way(), get(&again).await.0), (way, "rt-1".into()));
        // handed over no more; a key file that nobody recorded opens nothing
        home.places.given = Given::default();
        key_file::read_or_create(&home.places.key_file).unwrap();
        let said = home.unlock().await.err().unwrap();
        assert!(matches!(&said, VaultError::Locked(ways) if ways.len() == 1 && ways[0].way == way));
        assert!(said.to_string().contains(way.remedy()), "{said}");
    }
}

#[tokio::test]
async fn a_wrong_passphrase_is_said_and_a_short_new_one_refused() {
    use std::os::fd::AsRawFd as _;
    let mut home = home("wrong-words");
    let path = home.dir.path().join("words");
    std::fs::write(&path, "a passphrase of some length").unwrap();
    let file = std::fs::File::open(&path).unwrap();
    home.places.given.passphrase = crate::vault::Passphrase::Descriptor(file.as_raw_fd());
    home.create(Way::Passphrase).await.unwrap();
    std::fs::write(&path, "another passphrase altogether").unwrap();
    let said = home.unlock().await.err().unwrap().to_string();
    assert!(
        said.contains("the passphrase does not open this vault") && !said.contains("another pass"),
        "{said}"
    );
    std::fs::write(&path, "short").unwrap();
    let said = Vault::create(
        Arc::<Memory>::default(),
        Way::Passphrase,
        &home.places,
        Actor::engine(),
        Timestamp::UNIX_EPOCH,
    );
    assert!(said.await.err().unwrap().to_string().contains("12 characters"));
}
