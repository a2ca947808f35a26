//! The table of senders: by system, where it delivers, how it proves itself, and what an event of it says. A further
//! system is one line here.

use hyper::HeaderMap;
use secrecy::SecretString;

use crate::engine::hints::{WEBHOOK_KEY, WEBHOOK_KEY_BEFORE};
use crate::inbound::{concur, quickbooks};

/// What a verified delivery says, as far as it can be understood. Nothing of it is believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The event's id, when the whole delivery is one event that has one.
    pub event_id: Option<String>,
    /// A few words for people.
    pub text: String,
    /// The companies that have news; `None`: it cannot be told which.
    pub companies: Option<Vec<String>>,
}

/// How a sender proves itself.
#[derive(Clone, Copy)]
pub enum Proof {
    /// By a client certificate.
    Certificate,
    /// By a signature over the raw body.
    Signature {
        /// Whether one of the secrets made the signature that the headers carry; none where it is missing.
        ok: fn(&HeaderMap, &[u8], &[SecretString]) -> Option<bool>,
        /// The vault's fields of the secrets; several are valid while one is replaced by the next.
        fields: &'static [&'static str],
    },
}

/// One sender.
pub struct Scheme {
    /// The system.
    pub system: &'static str,
    /// The exact path it delivers to.
    pub path: &'static str,
    /// How it proves itself.
    pub proof: Proof,
    /// What a delivery says; only asked once the sender is verified.
    pub read: fn(&[u8]) -> Said,
}

/// All senders.
pub fn schemes() -> &'static [Scheme] {
    &ALL
}

/// `Concur-Signature` is left out: its algorithm is not documented, and the required certificate proves the sender.
static ALL: [Scheme; 2] = [
    Scheme { system: "concur", path: "/concur", proof: Proof::Certificate, read: concur::read },
    Scheme {
        system: "quickbooks_online",
        path: "/quickbooks-online",
        proof: Proof::Signature { ok: quickbooks::signature, fields: &[WEBHOOK_KEY, WEBHOOK_KEY_BEFORE] },
        read: quickbooks::read,
    },
];

/// An event's id that can be kept: short and printable.
pub(crate) fn usable_id(id: &str) -> Option<String> {
    let fine = !id.is_empty() && id.len() <= 200 && id.chars().all(|c| c.is_ascii_graphic());
    fine.then(|| id.to_string())
}

/// A few words of an event, harmless and short.
pub(crate) fn short(text: &str) -> String {
    crate::model::text::harmless(text).chars().take(120).collect()
}
