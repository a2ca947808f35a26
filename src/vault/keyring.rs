//! A wrapping key in the operating system's keyring.
//!
//! A locked keyring with nobody at the desktop never answers, so every call runs on a thread of its own under a
//! deadline; the thread may stay behind, the program does not wait for it.

use std::time::Duration;

use crate::vault::key_file::{decode, encode};
use crate::vault::seal::{Key, SealError};

/// The name under which keyrings list the item.
const SERVICE: &str = "tieout";

/// Why the keyring gave no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// There is no keyring, or it refused.
    #[error("the keyring is not available: {0}")]
    Unavailable(String),
    /// It did not answer in time: most likely it is locked and asks at a desktop.
    #[error("the keyring did not answer within {0} s; it may be locked")]
    Silent(u64),
    /// It answers, and has no such key.
    #[error("the keyring has no key for this store")]
    Missing,
    /// It holds something else under this name.
    #[error("the keyring's item is not a key")]
    Malformed,
    /// No randomness.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// How long a keyring may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// At the start nobody waits for a prompt: 2 s.
    Start,
    /// A person asked for it and may have to type a password: 60 s.
    Asked,
}

impl Patience {
    /// The deadline.
    pub fn deadline(self) -> Duration {
        match self {
            Patience::Start => Duration::from_secs(2),
            Patience::Asked => Duration::from_mins(1),
        }
    }
}

/// Reads the key of `account`.
pub async fn read(account: &str, patience: Patience) -> Result<Key, KeyringError> {
    let account = account.to_owned();
    on_its_own_thread(patience.deadline(), move || read_now(&account)).await
}

/// The key that is there already, or a new one that was read back.
pub async fn read_or_create(account: &str, patience: Patience) -> Result<Key, KeyringError> {
    let account = account.to_owned();
    on_its_own_thread(patience.deadline(), move || match read_now(&account) {
        Err(KeyringError::Missing) => {
            let key = Key::random()?;
            entry(&account)?.set_password(&encode(&key)).map_err(|e| unavailable(&e))?;
            let kept = read_now(&account)?;
            if kept.bytes() == key.bytes() { Ok(kept) } else { Err(KeyringError::Malformed) }
        }
        other => other,
    })
    .await
}

/// Removes the key of `account`; one that is not there is fine.
pub async fn remove(account: &str, patience: Patience) -> Result<(), KeyringError> {
    let account = account.to_owned();
    on_its_own_thread(patience.deadline(), move || match entry(&account)?.delete_credential() {
        Ok(()) | Err(keyring_core::Error::NoEntry) => Ok(()),
        Err(error) => Err(unavailable(&error)),
    })
    .await
}

fn read_now(account: &str) -> Result<Key, KeyringError> {
    let text = match entry(account)?.get_password() {
        Ok(text) => zeroize::Zeroizing::new(text),
        Err(keyring_core::Error::NoEntry) => return Err(KeyringError::Missing),
        Err(keyring_core::Error::BadEncoding(_)) => return Err(KeyringError::Malformed),
        Err(error) => return Err(unavailable(&error)),
    };
    decode(&text).ok_or(KeyringError::Malformed)
}

/// The item, in the store that was chosen already or else in the platform's.
fn entry(account: &str) -> Result<keyring_core::Entry, KeyringError> {
    if keyring_core::get_default_store().is_none() {
        keyring::Entry::store_status().as_ref().map_err(unavailable)?;
    }
    keyring_core::Entry::new(SERVICE, account).map_err(|e| unavailable(&e))
}

fn unavailable(error: &keyring_core::Error) -> KeyringError {
    KeyringError::Unavailable(error.to_string())
}

async fn on_its_own_thread<T: Send + 'static>(
    deadline: Duration,
    work: impl FnOnce() -> Result<T, KeyringError> + Send + 'static,
) -> Result<T, KeyringError> {
    let (answer, heard) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("tieout-keyring".into())
        // Nobody listens any more once the deadline has passed.
        .spawn(move || drop(answer.send(work())))
        .map_err(|e| KeyringError::Unavailable(format!("no thread: {e}")))?;
    match tokio::time::timeout(deadline, heard).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(KeyringError::Unavailable("its client ended early".into())),
        Err(_) => Err(KeyringError::Silent(deadline.as_secs())),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::OnceLock;

    use super::*;

    /// All tests share one keyring in memory; each uses its own account.
    pub fn mock() {
        static ONCE: OnceLock<()> = OnceLock::new();
        ONCE.get_or_init(|| {
            keyring_core::set_default_store(keyring_core::mock::Store::new().unwrap());
        });
    }

    /// The next call on this account fails like a locked keyring.
    pub fn fail_next(account: &str) {
        let entry = keyring_core::Entry::new(SERVICE, account).unwrap();
        let mock: &keyring_core::mock::Cred = entry.as_any().downcast_ref().unwrap();
        mock.set_error(keyring_core::Error::NoStorageAccess("locked".into()));
    }

    #[tokio::test]
    async fn a_key_is_made_once_and_read_again() {
        mock();
        let account = "made-once";
        assert_eq!(read(account, Patience::Start).await.err(), Some(KeyringError::Missing));
        let made = read_or_create(account, Patience::Asked).await.unwrap();
        assert_eq!(read(account, Patience::Start).await.unwrap().bytes(), made.bytes());
        assert_eq!(read_or_create(account, Patience::Start).await.unwrap().bytes(), made.bytes());
    }

    #[tokio::test]
    async fn a_refusal_and_a_foreign_item_are_told_apart() {
        mock();
        let account = "refusal";
        read_or_create(account, Patience::Start).await.unwrap();
        fail_next(account);
        let refused = read(account, Patience::Start).await.err().unwrap();
        assert!(matches!(&refused, KeyringError::Unavailable(why) if why.contains("locked")), "{refused:?}");
        keyring_core::Entry::new(SERVICE, account).unwrap().set_password("hello").unwrap();
        assert_eq!(read(account, Patience::Start).await.err(), Some(KeyringError::Malformed));
        let kept = read_or_create(account, Patience::Start).await.err();
        assert_eq!(kept, Some(KeyringError::Malformed));
    }

    #[tokio::test]
    async fn one_that_never_answers_is_left_behind() {
        let (_open, waits) = std::sync::mpsc::channel::<()>();
        let stuck = move || {
            waits.recv().ok();
            Ok(())
        };
        let heard = on_its_own_thread(Duration::from_millis(20), stuck).await;
        assert_eq!(heard, Err(KeyringError::Silent(0)));
    }
}
