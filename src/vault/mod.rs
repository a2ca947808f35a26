//! Secrets: sealed in the store under a data key that one of the ways of S2 wraps (reliability.md, S1–S5).
//!
//! The store holds ciphertext alone. The data key lives in memory while the program runs; at rest it is wrapped by a
//! key that a keyring, a service manager, a descriptor, a file for its owner alone, or a passphrase gives.

pub mod given;
pub mod hardening;
mod key_file;
mod keyring;
mod passphrase;
pub mod private;
mod rekey;
mod seal;
mod secrets;
mod unlock;
mod way;
mod wrapping;

pub use given::{Asked, Asker, CREDENTIAL, Given, Occasion, Passphrase};
pub use key_file::KeyFileError;
pub use keyring::{KeyringError, Patience};
pub use passphrase::SHORTEST;
pub use rekey::{Change, Rekeyed};
pub use seal::{SealError, random_text};
pub use secrets::SecretStore;
pub use unlock::{Vault, Watcher};
pub use way::{Places, Skipped, VaultError, Way};
