//! Keys, and sealing with them: XChaCha20-Poly1305 with what the ciphertext belongs to as associated data (S1).

use chacha20poly1305::aead::{AeadInOut, Generate, KeyInit};
use chacha20poly1305::{Key as CipherKey, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a nonce: long enough to be drawn at random for every sealing.
const NONCE_BYTES: usize = 24;

/// What can go wrong with keys and ciphertexts. Deliberately without detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The operating system has no randomness.
    #[error("the operating system gave no random bytes")]
    NoRandomness,
    /// Sealing failed: the text is too long.
    #[error("the secret cannot be sealed")]
    Unsealable,
    /// Another key, another owner, or changed bytes.
    #[error("the key does not fit, or the sealed bytes were changed")]
    DoesNotOpen,
}

/// A 256-bit key. It does not print and is wiped when dropped.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; KEY_BYTES]>);

impl Key {
    /// A new random key.
    pub fn random() -> Result<Self, SealError> {
        <[u8; KEY_BYTES]>::try_generate()
            .map(|bytes| Self(Zeroizing::new(bytes)))
            .map_err(|_| SealError::NoRandomness)
    }

    /// A key from its bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        <[u8; KEY_BYTES]>::try_from(bytes).ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// Its bytes, to be kept somewhere safe.
    pub fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// Seals `plain` for the owner that `parts` name: (nonce, ciphertext).
    pub fn seal(&self, plain: &[u8], owner: &Owner<'_>) -> Result<(Vec<u8>, Vec<u8>), SealError> {
        let nonce = <[u8; NONCE_BYTES]>::try_generate().map_err(|_| SealError::NoRandomness)?;
        // The plain text is copied once and encrypted in place, so that no second copy stays in memory.
        let mut buffer = Vec::with_capacity(plain.len() + 16);
        buffer.extend_from_slice(plain);
        self.cipher()
            .encrypt_in_place(&XNonce::from(nonce), &owner.bytes(), &mut buffer)
            .map_err(|_| SealError::Unsealable)?;
        Ok((nonce.to_vec(), buffer))
    }

    /// Opens what was sealed for `owner`.
    pub fn open(
        &self,
        nonce: &[u8],
        ciphertext: &[u8],
        owner: &Owner<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let nonce = <[u8; NONCE_BYTES]>::try_from(nonce).map_err(|_| SealError::DoesNotOpen)?;
        let mut buffer = Zeroizing::new(ciphertext.to_vec());
        self.cipher()
            .decrypt_in_place(&XNonce::from(nonce), &owner.bytes(), &mut *buffer)
            .map_err(|_| SealError::DoesNotOpen)?;
        Ok(buffer)
    }

    /// Opens a text.
    pub fn open_text(
        &self,
        nonce: &[u8],
        ciphertext: &[u8],
        owner: &Owner<'_>,
    ) -> Result<SecretString, SealError> {
        let plain = self.open(nonce, ciphertext, owner)?;
        std::str::from_utf8(&plain).map(SecretString::from).map_err(|_| SealError::DoesNotOpen)
    }

    /// Seals a text.
    pub fn seal_text(
        &self,
        plain: &SecretString,
        owner: &Owner<'_>,
    ) -> Result<(Vec<u8>, Vec<u8>), SealError> {
        self.seal(plain.expose_secret().as_bytes(), owner)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&CipherKey::from(*self.0))
    }
}

/// Random text of this many bytes' worth, safe in an address: states, tickets.
pub fn random_text(bytes: usize) -> Result<SecretString, SealError> {
    use base64::Engine as _;
    let mut random = Zeroizing::new(Vec::with_capacity(bytes + KEY_BYTES));
    while random.len() < bytes {
        random.extend_from_slice(Key::random()?.bytes());
    }
    random.truncate(bytes);
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&*random).into())
}

/// What a ciphertext belongs to. It opens for no other owner.
#[derive(Debug, Clone, Copy)]
pub enum Owner<'a> {
    /// A secret of a connection, in one generation.
    Secret {
        /// Connection.
        connection: &'a str,
        /// Field.
        field: &'a str,
        /// Generation.
        generation: u64,
    },
    /// The data key, wrapped one way.
    Wrap {
        /// `keyring`, `key_file` …
        way: &'a str,
        /// What stands before the ciphertext: how the wrapping key was derived. Empty for a stored key.
        header: &'a [u8],
    },
}

impl Owner<'_> {
    /// Every part with its length, so that no two owners read the same.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut part = |text: &str| {
            bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
            bytes.extend_from_slice(text.as_bytes());
        };
        match self {
            Owner::Secret { connection, field, generation } => {
                part("tieout.secret.v1");
                part(connection);
                part(field);
                bytes.extend_from_slice(&generation.to_le_bytes());
            }
            Owner::Wrap { way, header } => {
                part("tieout.wrap.v1");
                part(way);
                bytes.extend_from_slice(header);
            }
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: Owner<'static> = Owner::Secret { connection: "qbo", field: "refresh", generation: 3 };

    #[test]
    fn it_opens_for_its_owner_alone() {
        let key = Key::random().unwrap();
        let (nonce, sealed) = key.seal(b"rt-1", &OWNER).unwrap();
        assert_eq!(key.open(&nonce, &sealed, &OWNER).unwrap().as_slice(), b"rt-1");
        for other in [
            Owner::Secret { connection: "qb", field: "orefresh", generation: 3 },
            Owner::Secret { connection: "qbo", field: "access", generation: 3 },
            Owner::Secret { connection: "qbo", field: "refresh", generation: 2 },
            Owner::Wrap { way: "key_file", header: &[] },
        ] {
            assert_eq!(key.open(&nonce, &sealed, &other).unwrap_err(), SealError::DoesNotOpen, "{other:?}");
        }
        assert!(Key::random().unwrap().open(&nonce, &sealed, &OWNER).is_err());
    }

    #[test]
    fn changed_bytes_do_not_open() {
        let key = Key::random().unwrap();
        let (nonce, sealed) = key.seal(b"rt-1", &OWNER).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open(&nonce, &changed, &OWNER).is_err(), "byte {at}");
        }
        assert!(key.open(&nonce[1..], &sealed, &OWNER).is_err());
        assert!(key.open(&nonce, &sealed[..8], &OWNER).is_err());
        assert!(key.open(&nonce, &[], &OWNER).is_err());
    }

    #[test]
    fn neither_keys_nor_nonces_repeat() {
        let key = Key::random().unwrap();
        assert_ne!(key.bytes(), Key::random().unwrap().bytes());
        let (first, sealed) = key.seal(b"same", &OWNER).unwrap();
        let (second, again) = key.seal(b"same", &OWNER).unwrap();
        assert_ne!(first, second);
        assert_ne!(sealed, again);
        assert!(!sealed.windows(4).any(|w| w == b"same"));
    }
}
