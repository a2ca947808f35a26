//! No secret leaves in a log, an error, an audit event or a shown exchange (S4): a registry of live values finds them
//! in every usual spelling, and rules by field name mask what the registry never heard of.

mod fields;
mod forms;
mod recorded;
mod writer;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

pub use recorded::Recorded;
pub use writer::{Redacting, RedactingWriter};

/// What stands in place of a secret.
pub const MARK: &str = "[redacted]";

/// Shorter values are not searched for: they would be found inside ordinary words. Field names still mask them.
pub const SHORTEST: usize = 6;

/// Values that are remembered per slot: the present one and those that just rotated away.
const REMEMBERED: usize = 4;

type Spellings = Vec<Zeroizing<String>>;

#[derive(Default)]
struct Registry {
    slots: BTreeMap<String, VecDeque<Spellings>>,
}

/// The registry of this process: whatever writes text asks it, whatever holds a secret registers it.
pub fn live() -> &'static Redactor {
    static LIVE: std::sync::LazyLock<Redactor> = std::sync::LazyLock::new(Redactor::new);
    &LIVE
}

/// The registry of live secrets, shared by everything that writes text. It does not print.
#[derive(Clone, Default)]
pub struct Redactor(Arc<RwLock<Registry>>);

impl Redactor {
    /// Nothing is registered yet; the rules by field name work.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on `secret` is masked wherever it appears. `slot` says what it is (`qbo-us/refresh_token`); the last
    /// four values of a slot are remembered, since answers to older calls may still be in flight.
    pub fn register(&self, slot: &str, secret: &SecretString) {
        let value = secret.expose_secret();
        if value.len() < SHORTEST {
            return;
        }
        let mut registry = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let values = registry.slots.entry(slot.to_owned()).or_default();
        let known = |spellings: &Spellings| spellings.first().is_some_and(|raw| raw.as_str() == value);
        if values.iter().any(known) {
            return;
        }
        values.push_back(forms::spellings(value));
        if values.len() > REMEMBERED {
            values.pop_front();
        }
    }

    /// `text` without registered secrets and without the values of secret fields.
    pub fn redact(&self, text: &str) -> String {
        fields::mask(&self.redact_values(text))
    }

    fn redact_values(&self, text: &str) -> String {
        let registry = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<&str> = registry
            .slots
            .values()
            .flatten()
            .flatten()
            .map(|spelling| spelling.as_str())
            .filter(|spelling| text.contains(spelling))
            .collect();
        // The longest first: one secret may be part of another.
        found.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
        found.iter().fold(text.to_owned(), |text, spelling| text.replace(spelling, MARK))
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use super::*;

    const SECRET: &str = "s3cr~t/Val+ue=\"99\"";

    fn redactor() -> Redactor {
        let redactor = Redactor::new();
        redactor.register("qbo/refresh", &SecretString::from(SECRET));
        redactor
    }

    #[test]
    fn a_live_value_is_found_in_every_spelling() {
        let redactor = redactor();
        for text in [
            SECRET.to_owned(),
            format!("before{SECRET}after"),
            format!("{SECRET:?}"),
            serde_json::to_string(SECRET).unwrap(),
            "s3cr~t%2FVal%2Bue%3D%2299%22".to_owned(),
            "s3cr~t%2fVal%2bue%3d%2299%22".to_owned(),
            "s3cr%7Et%2FVal%2Bue%3D%2299%22".to_owned(),
            STANDARD.encode(SECRET),
            URL_SAFE_NO_PAD.encode(SECRET),
        ] {
            let out = redactor.redact(&text);
            assert!(out.contains(MARK), "{text} -> {out}");
            for part in ["s3cr", "Val", "99", &STANDARD.encode(SECRET)[2..18]] {
                assert!(!out.contains(part), "{text} -> {out}");
            }
        }
    }

    #[test]
    fn a_live_value_is_found_inside_other_base64() {
        let redactor = redactor();
        for before in ["", "a", "ab", "abc", "client-id:"] {
            for after in ["", "x", "xy", "xyz"] {
                let text = STANDARD.encode(format!("{before}{SECRET}{after}"));
                let out = redactor.redact(&text);
                assert!(out.contains(MARK), "{before:?} {after:?}: {out}");
                let left = out.replace(MARK, "").len();
                assert!(left <= text.len() - SECRET.len(), "{before:?} {after:?}: {out}");
            }
        }
    }

    #[test]
    fn rotated_values_stay_masked_for_a_while_and_other_slots_are_not_pushed_out() {
        let redactor = redactor();
        for n in 0..10 {
            redactor.register("qbo/access", &SecretString::from(format!("access-token-{n}-x")));
        }
        assert!(redactor.redact(SECRET).contains(MARK));
        assert_eq!(redactor.redact("access-token-9-x access-token-6-x"), format!("{MARK} {MARK}"));
        assert_eq!(redactor.redact("access-token-1-x"), "access-token-1-x");
    }

    #[test]
    fn the_same_value_again_pushes_nothing_out_and_short_ones_are_left() {
        let redactor = Redactor::new();
        redactor.register("a", &SecretString::from("first-value"));
        for _ in 0..10 {
            redactor.register("a", &SecretString::from("second-value"));
        }
        redactor.register("a", &SecretString::from("the"));
        assert_eq!(redactor.redact("first-value the"), format!("{MARK} the"));
    }

    #[test]
    fn the_longer_secret_wins() {
        let redactor = Redactor::new();
        redactor.register("a", &SecretString::from("abcdef"));
        redactor.register("b", &SecretString::from("abcdefghijkl"));
        assert_eq!(redactor.redact("x abcdefghijkl y abcdef"), format!("x {MARK} y {MARK}"));
    }

    #[test]
    fn redacting_twice_changes_nothing() {
        let redactor = redactor();
        let once = redactor.redact(&format!("password={SECRET}&a=1 {{\"access_token\": \"{SECRET}\"}}"));
        assert_eq!(redactor.redact(&once), once);
    }
}
