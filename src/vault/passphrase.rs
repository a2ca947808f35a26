//! A wrapping key from a passphrase: Argon2id, with the parameters and the salt of this vault before the ciphertext (S2).

use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::vault::seal::{KEY_BYTES, Key, SealError};

/// Memory, in KiB: 64 MiB. Also the least that is accepted.
const MEMORY: u32 = 64 * 1024;
/// Passes; also the least.
const PASSES: u32 = 3;
/// Lanes.
const LANES: u32 = 1;
/// More than this a changed store could make us spend: 1 GiB.
const MOST_MEMORY: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 64;
const SALT: usize = 16;
const MARK: &[u8; 5] = b"a2id1";
/// Mark, three numbers, salt.
pub const HEADER: usize = MARK.len() + 12 + SALT;
/// The shortest new passphrase, in characters.
pub const SHORTEST: usize = 12;

/// A new header: this vault's own salt.
pub fn new_header() -> Result<Vec<u8>, SealError> {
    let salt = Key::random()?;
    let mut header = Vec::with_capacity(HEADER);
    header.extend_from_slice(MARK);
    for number in [MEMORY, PASSES, LANES] {
        header.extend_from_slice(&number.to_le_bytes());
    }
    header.extend_from_slice(salt.bytes().get(..SALT).unwrap_or_default());
    Ok(header)
}

/// The key that `passphrase` gives under `header`. Takes a moment and 64 MiB on purpose.
pub async fn derive(passphrase: SecretString, header: &[u8]) -> Result<Key, String> {
    let header = header.to_vec();
    let work = tokio::task::spawn_blocking(move || derive_now(&passphrase, &header));
    work.await.map_err(|e| format!("the passphrase could not be worked on: {e}"))?
}

fn derive_now(passphrase: &SecretString, header: &[u8]) -> Result<Key, String> {
    let (memory, passes, lanes, salt) = read(header).ok_or("the stored parameters cannot be used")?;
    let params = Params::new(memory, passes, lanes, Some(KEY_BYTES)).map_err(|e| e.to_string())?;
    let mut out = Zeroizing::new([0u8; KEY_BYTES]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose_secret().as_bytes(), salt, &mut *out)
        .map_err(|e| e.to_string())?;
    Key::from_bytes(&*out).ok_or_else(|| "no key came of it".into())
}

/// Memory, passes, lanes and salt. Weaker parameters than ours, or absurd ones, are refused.
fn read(header: &[u8]) -> Option<(u32, u32, u32, &[u8])> {
    let rest = header.strip_prefix(MARK)?;
    let number = |at: usize| Some(u32::from_le_bytes(rest.get(at..at + 4)?.try_into().ok()?));
    let (memory, passes, lanes) = (number(0)?, number(4)?, number(8)?);
    let salt = rest.get(12..).filter(|s| s.len() == SALT)?;
    let fair = (MEMORY..=MOST_MEMORY).contains(&memory)
        && (PASSES..=MOST_PASSES).contains(&passes)
        && (1..=16).contains(&lanes);
    fair.then_some((memory, passes, lanes, salt))
}

/// Refuses a new passphrase that is too short to be one.
pub fn check_new(passphrase: &SecretString) -> Result<(), String> {
    if passphrase.expose_secret().chars().count() < SHORTEST {
        return Err(format!("a passphrase has {SHORTEST} characters or more"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_same_passphrase_gives_the_same_key_under_one_salt_only() {
        let (one, other) = (new_header().unwrap(), new_header().unwrap());
        assert_eq!((one.len(), one == other), (HEADER, false));
        let key = derive("correct horse battery".into(), &one).await.unwrap();
        assert_eq!(derive("correct horse battery".into(), &one).await.unwrap().bytes(), key.bytes());
        assert_ne!(derive("correct horse battery".into(), &other).await.unwrap().bytes(), key.bytes());
        assert_ne!(derive("correct horse batterz".into(), &one).await.unwrap().bytes(), key.bytes());
    }

    #[test]
    fn weaker_or_absurd_parameters_are_refused() {
        let header = new_header().unwrap();
        assert_eq!(read(&header).map(|(m, t, p, s)| (m, t, p, s.len())), Some((65_536, 3, 1, 16)));
        for (at, value) in [(0, 1024), (0, u32::MAX), (4, 1), (4, 1_000_000), (8, 0), (8, 1_000)] {
            let mut changed = header.clone();
            changed[MARK.len() + at..MARK.len() + at + 4].copy_from_slice(&u32::to_le_bytes(value));
            assert_eq!(read(&changed), None, "{at} {value}");
        }
        assert_eq!(read(&header[..HEADER - 1]), None);
        assert!(check_new(&"short".into()).is_err() && check_new(&"long enough, this".into()).is_ok());
    }
}
