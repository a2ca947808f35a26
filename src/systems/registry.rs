//! The registry: which systems there are, by name. A further system is one line here.

use std::sync::Arc;

use crate::systems::{Link, Push, SignIn, Source};

/// How one system is built.
pub struct Entry {
    /// The name with underscores.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Hosts that its connections may reach, besides the configured base address: suffixes that start with a dot, or
    /// whole names.
    pub hosts: &'static [&'static str],
    /// As a source of documents.
    pub source: Option<fn(Link) -> Arc<dyn Source>>,
    /// As a ledger that is called.
    pub push: Option<fn(Link) -> Arc<dyn Push>>,
    /// Its sign-in.
    pub sign_in: fn() -> Arc<dyn SignIn>,
}

/// All systems.
pub fn all() -> &'static [Entry] {
    &[]
}

/// The system of this name; hyphens are accepted.
pub fn named(name: &str) -> Option<&'static Entry> {
    let name = name.replace('-', "_");
    all().iter().find(|e| e.name == name)
}
