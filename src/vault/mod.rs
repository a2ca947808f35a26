//! Secrets: sealed in the store under a data key that the OS keyring or a key file wraps (reliability.md, S1–S5).
//!
//! The store holds ciphertext alone. The data key lives in memory while the program runs; at rest it is wrapped by a
//! key that a person's keyring, or a file for its owner alone, keeps.

pub mod hardening;
mod key_file;
mod keyring;
pub mod private;
mod seal;
mod secrets;
mod unlock;

pub use key_file::KeyFileError;
pub use keyring::{KeyringError, Patience};
pub use secrets::SecretStore;
pub use unlock::{Places, Skipped, Vault, VaultError, Way};
