//! Ids of the made-up tenant: the same seed and document give the same id in every run.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::tables::Document;

/// The first `length` hex digits (at most 64) of a hash of `parts`, lower case.
#[must_use]
pub fn digest_hex(parts: &[&str], length: usize) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut text = hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        // writing to a String cannot fail
        let _ = write!(text, "{byte:02x}");
        text
    });
    text.truncate(length);
    text
}

/// Derives ids from a seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids {
    seed: String,
}

impl Ids {
    /// Ids of this seed.
    #[must_use]
    pub fn new(seed: &str) -> Self {
        Self { seed: seed.to_owned() }
    }

    /// A number of `length` lower-case hex digits for a thing of a kind.
    #[must_use]
    pub fn hex(&self, kind: &str, thing: &str, length: usize) -> String {
        digest_hex(&[&self.seed, kind, thing], length)
    }

    /// A UUID for a thing of a kind.
    #[must_use]
    pub fn uuid(&self, kind: &str, thing: &str) -> String {
        let h = self.hex(kind, thing, 32);
        let part = |from: usize, to: usize| h.get(from..to).unwrap_or_default();
        format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
    }

    /// A positive number below ten million.
    #[must_use]
    pub fn key(&self, kind: &str, thing: &str) -> u64 {
        u64::from_str_radix(&self.hex(kind, thing, 8), 16).unwrap_or(0) % 9_999_999 + 1
    }

    /// FIS id of a document: 32 lower-case hex digits.
    ///
    /// A document that replaces another one has the greater id, as it was made later.
    #[must_use]
    pub fn document(&self, document: &Document) -> String {
        self.hex("document", &document.id, 32)
    }

    /// Business id: 20 upper-case hex digits, 32 lower-case ones for a cash advance. A reopened report (D54 of D01)
    /// and a resubmitted one (D32 of D59) share it with the first.
    #[must_use]
    pub fn business(&self, document: &Document) -> String {
        match document.kind {
            super::Kind::CashAdvance => self.hex("advance", &document.id, 32),
            super::Kind::Invoice => self.hex("request", &document.id, 20).to_uppercase(),
            _ => self.hex("report", &document.number, 20).to_uppercase(),
        }
    }
}
