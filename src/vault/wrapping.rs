//! The key that wraps the data key, by way: made, found, used.

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::store::types::Wrap;
use crate::vault::given::{self, Occasion, Passphrase};
use crate::vault::passphrase;
use crate::vault::seal::{Key, Owner, SealError};
use crate::vault::way::{Places, Way};
use crate::vault::{key_file, keyring};

/// A wrapping key at hand. It does not print.
#[derive(Clone)]
pub struct Opened {
    /// Its way.
    pub way: Way,
    key: Key,
    /// How it was derived; empty for a key that is kept somewhere.
    header: Vec<u8>,
}

impl Opened {
    fn kept(way: Way, key: Key) -> Self {
        Self { way, key, header: Vec::new() }
    }

    /// The data key, wrapped.
    pub fn wrap(&self, data: &Key) -> Result<Wrap, SealError> {
        let owner = Owner::Wrap { way: self.way.name(), header: &self.header };
        let (nonce, sealed) = self.key.seal(data.bytes(), &owner)?;
        let mut ciphertext = self.header.clone();
        ciphertext.extend_from_slice(&sealed);
        Ok(Wrap { way: self.way.name().to_owned(), nonce, ciphertext })
    }
}

/// Splits what the store keeps into header and ciphertext.
fn parts(wrap: &Wrap) -> (&[u8], &[u8]) {
    let at = if wrap.way == Way::Passphrase.name() { passphrase::HEADER } else { 0 };
    wrap.ciphertext.split_at_checked(at).unwrap_or((&[], &[]))
}

/// The data key out of a wrap.
pub fn open(opened: &Opened, wrap: &Wrap) -> Result<Key, String> {
    let (header, sealed) = parts(wrap);
    let owner = Owner::Wrap { way: opened.way.name(), header };
    let plain: Option<Zeroizing<Vec<u8>>> = opened.key.open(&wrap.nonce, sealed, &owner).ok();
    plain.and_then(|bytes| Key::from_bytes(&bytes)).ok_or_else(|| match opened.way {
        Way::Passphrase => "the passphrase does not open this vault".into(),
        way => format!("the {way}'s key does not fit this store"),
    })
}

/// The wrapping key of a recorded way, found where it is kept. Nothing is made.
pub async fn present(way: Way, wrap: &Wrap, places: &Places) -> Result<Opened, String> {
    let key = match way {
        Way::Keyring => keyring::read(&places.account, places.patience).await.map_err(|e| e.to_string())?,
        Way::Credential => given::credential(places.given.credential.as_deref())?,
        Way::Descriptor => given::descriptor(places.given.descriptor)?,
        Way::KeyFile => key_file::read(&places.key_file).map_err(|e| e.to_string())?,
        Way::Passphrase => {
            let (header, _) = parts(wrap);
            let text = places.given.passphrase.get(Occasion::Unlock).await?;
            let key = passphrase::derive(text, header).await?;
            return Ok(Opened { way, key, header: header.to_vec() });
        }
    };
    Ok(Opened::kept(way, key))
}

/// The wrapping key for a new wrap: found where it is kept, or made there, durable before this returns. Keys that are
/// handed over are never made here.
pub async fn provide(way: Way, places: &Places) -> Result<Opened, String> {
    let key = match way {
        Way::Keyring => {
            keyring::read_or_create(&places.account, places.patience).await.map_err(|e| e.to_string())?
        }
        Way::KeyFile => key_file::read_or_create(&places.key_file).map_err(|e| e.to_string())?,
        Way::Credential => given::credential(places.given.credential.as_deref())?,
        Way::Descriptor => given::descriptor(places.given.descriptor)?,
        Way::Passphrase => {
            let text = new_passphrase(places).await?;
            passphrase::check_new(&text)?;
            let header = passphrase::new_header().map_err(|e| e.to_string())?;
            let key = passphrase::derive(text, &header).await?;
            return Ok(Opened { way, key, header });
        }
    };
    Ok(Opened::kept(way, key))
}

/// A new passphrase comes from its own descriptor, else from where passphrases come from.
async fn new_passphrase(places: &Places) -> Result<SecretString, String> {
    match &places.given.new_passphrase {
        Passphrase::Nobody => places.given.passphrase.get(Occasion::New).await,
        own => own.get(Occasion::New).await,
    }
}
