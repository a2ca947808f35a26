//! The ways in which the data key can be wrapped, where their keys are kept, and why one does not open (S2).

use std::path::PathBuf;
use std::str::FromStr;

use crate::model::ids::ConnectionId;
use crate::store::types::StoreError;
use crate::vault::given::Given;
use crate::vault::keyring::Patience;
use crate::vault::seal::SealError;

/// How the data key is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    /// The operating system's keyring.
    Keyring,
    /// A credential file that the service manager puts before the program.
    Credential,
    /// A key on a descriptor that the program inherits.
    Descriptor,
    /// A key file.
    KeyFile,
    /// A passphrase.
    Passphrase,
}

impl Way {
    /// All, in the order of unlocking (S2).
    pub const ALL: [Way; 5] = [Way::Keyring, Way::Credential, Way::Descriptor, Way::KeyFile, Way::Passphrase];

    /// The name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Way::Keyring => "keyring",
            Way::Credential => "credential",
            Way::Descriptor => "descriptor",
            Way::KeyFile => "key_file",
            Way::Passphrase => "passphrase",
        }
    }

    /// The way of a name; hyphens are taken for underscores.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.replace('-', "_");
        Way::ALL.into_iter().find(|w| w.name() == name)
    }

    /// What a person can do when this way does not open.
    pub fn remedy(self) -> &'static str {
        match self {
            Way::Keyring => "unlock the keyring in your desktop session, or run this inside that session",
            Way::Credential => {
                "let the service manager hand over tieout-vault-key (systemd: LoadCredentialEncrypted=)"
            }
            Way::Descriptor => "hand the key over on a descriptor and name it with --vault-key-fd N",
            Way::KeyFile => "put the key file back, for its owner alone (mode 0600)",
            Way::Passphrase => "run this in a terminal, or hand the passphrase over with --passphrase-fd N",
        }
    }
}

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Way::Keyring => "keyring",
            Way::Credential => "service credential",
            Way::Descriptor => "inherited descriptor",
            Way::KeyFile => "key file",
            Way::Passphrase => "passphrase",
        })
    }
}

impl FromStr for Way {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Way::named(text).ok_or_else(|| {
            let all: Vec<_> = Way::ALL.iter().map(|w| w.name().replace('_', "-")).collect();
            format!("there is no way {text:?} to a vault: there is {}", all.join(", "))
        })
    }
}

/// Where wrapping keys are kept, and what was handed over.
#[derive(Debug, Clone)]
pub struct Places {
    /// The key file of this home.
    pub key_file: PathBuf,
    /// The keyring's account: the store's instance id, so that every home has its own item.
    pub account: String,
    /// How long the keyring may take.
    pub patience: Patience,
    /// What whoever started the program handed over.
    pub given: Given,
}

/// A way that is recorded in the store but did not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Which.
    pub way: Way,
    /// Why, as a sentence.
    pub why: String,
}

impl Skipped {
    /// Why, and what to do.
    pub fn advice(&self) -> String {
        format!("{}: {}. To do: {}", self.way, self.why, self.way.remedy())
    }
}

/// What can go wrong with the vault: all of them mean exit code 4, except [`VaultError::Stale`].
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// No way was ever set up.
    #[error("there is no vault in this store yet: `tieout connect` makes it")]
    NotMade,
    /// There is one already.
    #[error("this store has a vault already")]
    Made,
    /// None of the recorded ways opens. No other way is tried.
    #[error("the vault cannot be unlocked. {}", sentences(.0))]
    Locked(Vec<Skipped>),
    /// A way cannot be used while a wrap is made.
    #[error("the {way} cannot be used: {why}. To do: {}", .way.remedy())]
    Way {
        /// Which.
        way: Way,
        /// Why.
        why: String,
    },
    /// A recorded way cannot be used for the new key, and nobody asked for it to be dropped.
    #[error("the vault is also opened by the {}, which cannot be used here: {}. To do: {}, or drop that way with \
             --remove {}", .0.way, .0.why, .0.way.remedy(), .0.way.name().replace('_', "-"))]
    Recorded(Skipped),
    /// The last way was to be removed.
    #[error("a vault keeps at least one way to open it: add another one in the same step")]
    LastWay,
    /// A key that is kept here was to be made anew in its place: a crash between the two would lock everybody out.
    #[error("the {0} opens this vault already, and its key is not replaced in its place. For a new key add another way \
             first: `tieout vault rekey --add passphrase --remove {way}`, then \
             `tieout vault rekey --add {way} --remove passphrase`", way = .0.name().replace('_', "-"))]
    Again(Way),
    /// A way that is not recorded was to be removed.
    #[error("the vault is not opened by the {0}")]
    NotRecorded(Way),
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
    /// The vault got a new key in another process, and this one cannot follow by itself.
    #[error("the vault was given a new key meanwhile: start this program again")]
    Rekeyed,
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
    skipped.iter().map(Skipped::advice).collect::<Vec<_>>().join(". ")
}
