//! The registry: which systems there are, by name. A further system is one line here.

use std::sync::Arc;
use std::time::Duration;

use crate::model::document::{Document, DocumentKind};
use crate::model::rule::DimensionKind;
use crate::model::system;
use crate::systems::Unread;
use crate::systems::{
    CallsUs, Link, Lists, Push, SignIn, Source, Subscriptions, concur, quickbooks_desktop, quickbooks_online,
};

/// Gives the bytes of a document their meaning.
pub type Reader = fn(DocumentKind, &str, &[u8]) -> Result<Document, Unread>;

/// How one system is built.
pub struct Entry {
    /// The name with underscores.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Hosts that its connections may reach, besides the configured base address: suffixes that start with a dot, or
    /// whole names.
    pub hosts: &'static [&'static str],
    /// The published limits: kind (`*`: all), span, calls.
    pub limits: &'static [(&'static str, Duration, u32)],
    /// Kinds of calls that write: they may not probe a half-open breaker.
    pub writes: &'static [&'static str],
    /// Calls in flight at once.
    pub concurrency: usize,
    /// Where the API is reached unless the configuration says otherwise.
    pub base_url: &'static str,
    /// Where tokens come from unless the configuration says otherwise.
    pub token_url: &'static str,
    /// Reads a document's bytes, without a connection.
    pub read: Option<Reader>,
    /// As a source of documents.
    pub source: Option<fn(Link) -> Arc<dyn Source>>,
    /// As a ledger that is called.
    pub push: Option<fn(Link) -> Arc<dyn Push>>,
    /// Its reference data, to be read in full and written.
    pub lists: Option<fn(Link) -> Arc<dyn Lists>>,
    /// Its events; the link's tokens are those of the application.
    pub subscriptions: Option<fn(Link) -> Arc<dyn Subscriptions>>,
    /// Its sign-in; none where it signs in with us.
    pub sign_in: Option<fn() -> Arc<dyn SignIn>>,
}

impl Entry {
    /// It calls us, and waits for our answer; we cannot call it.
    pub fn calls_us(&self) -> bool {
        self.sign_in.is_none()
    }

    /// How it signs in. One that calls us signs in with us: there is nothing to be asked for.
    pub fn sign_in(&self) -> Arc<dyn SignIn> {
        self.sign_in.map_or_else(|| Arc::new(CallsUs) as Arc<dyn SignIn>, |make| make())
    }
}

/// All systems.
pub fn all() -> &'static [Entry] {
    &ALL
}

static ALL: [Entry; 3] = [
    Entry {
        name: system::CONCUR,
        title: system::CONCUR_TITLE,
        hosts: concur::HOSTS,
        // no limit is published (contract, section 9): one request in flight
        limits: &[],
        writes: concur::WRITES,
        concurrency: 1,
        base_url: "https://us2.api.concursolutions.com",
        token_url: "https://glz.api.concursolutions.com/oauth2/v0/token",
        read: Some(concur::read_document),
        source: Some(concur::connect),
        push: None,
        lists: Some(concur::lists),
        subscriptions: Some(concur::subscriptions),
        sign_in: Some(concur::sign_in),
    },
    Entry {
        name: system::QUICKBOOKS_ONLINE,
        title: system::ONLINE_TITLE,
        hosts: quickbooks_online::HOSTS,
        // contract, section 6
        limits: &[
            ("*", Duration::from_mins(1), 500),
            ("*", Duration::from_secs(1), 10),
            ("batch", Duration::from_mins(1), 40),
            ("report", Duration::from_mins(1), 200),
        ],
        writes: quickbooks_online::WRITES,
        concurrency: 4,
        base_url: "https://quickbooks.api.intuit.com",
        token_url: quickbooks_online::TOKEN_URL,
        read: None,
        source: None,
        push: Some(quickbooks_online::connect),
        lists: Some(quickbooks_online::connect_lists),
        subscriptions: None,
        sign_in: Some(quickbooks_online::sign_in),
    },
    Entry {
        name: quickbooks_desktop::NAME,
        title: system::DESKTOP_TITLE,
        hosts: &[],
        // it calls us: one request at a time, and nothing is called (contract, section 0)
        limits: &[],
        writes: &[],
        concurrency: 1,
        base_url: "",
        token_url: "",
        read: None,
        source: None,
        push: Some(quickbooks_desktop::connect),
        lists: Some(quickbooks_desktop::connect_lists),
        subscriptions: None,
        sign_in: None,
    },
];

/// What people call a system, known here or not.
pub fn title(system: &str) -> String {
    named(system).map_or_else(|| system.replace('_', " "), |e| e.title.to_string())
}

/// Why a ledger has no such dimension; none: it has.
pub fn lacks(system: &str, dimension: DimensionKind) -> Option<&'static str> {
    (system == quickbooks_desktop::NAME && dimension == DimensionKind::Department).then_some(
        "QuickBooks Desktop has no departments or locations: its dimensions are class and customer:job",
    )
}

/// What a ledger calls a dimension.
pub fn dimension_word(system: &str, dimension: DimensionKind) -> &'static str {
    match dimension {
        DimensionKind::Customer if system == quickbooks_desktop::NAME => "customer:job",
        other => other.word(),
    }
}

/// A short name for a first connection of a system: `qbo`, `concur`.
pub fn short(system: &str) -> String {
    match system {
        quickbooks_online::NAME => "qbo".into(),
        quickbooks_desktop::NAME => "qbd".into(),
        other => other.replace('_', "-"),
    }
}

/// The system of this name; hyphens are accepted.
pub fn named(name: &str) -> Option<&'static Entry> {
    let name = name.replace('-', "_");
    all().iter().find(|e| e.name == name)
}
