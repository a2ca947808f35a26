//! The tokens of one connection as the vault seals them.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What a record takes beside its tokens, in bytes, roughly.
const FRAME: usize = 512;

/// The tokens of one connection as the vault seals them. It has no `Debug`: nothing of it is ever printed, and its
/// tokens are wiped from memory with it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(with = "secret")]
    pub access: SecretString,
    pub access_until: Timestamp,
    #[serde(with = "secret")]
    pub refresh: SecretString,
    pub refresh_until: Timestamp,
    pub base_url: Option<String>,
    pub previous: Option<Previous>,
}

/// The refresh token before, and until when it was the one in force.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Previous(#[serde(with = "secret")] pub SecretString, pub Timestamp);

impl Kept {
    /// As it is sealed.
    pub fn text(&self) -> Result<SecretString, serde_json::Error> {
        let tokens = [&self.access, &self.refresh].into_iter().chain(self.previous.as_ref().map(|p| &p.0));
        let length: usize = tokens.map(|t| t.expose_secret().len()).sum();
        // with room for all of it, so that growing leaves no copy behind
        let mut bytes = Zeroizing::new(Vec::with_capacity(2 * length + FRAME));
        serde_json::to_writer(&mut *bytes, self)?;
        let text = std::str::from_utf8(&bytes).map_err(serde::ser::Error::custom)?;
        Ok(SecretString::from(text))
    }

    /// From what was sealed.
    pub fn read(text: &SecretString) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text.expose_secret())
    }
}

/// Whether two tokens are one and the same.
pub(super) fn same(a: &SecretString, b: &SecretString) -> bool {
    a.expose_secret() == b.expose_secret()
}

mod secret {
    use secrecy::{ExposeSecret, SecretString};
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(token: &SecretString, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(token.expose_secret())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SecretString, D::Error> {
        String::deserialize(from).map(SecretString::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_always_written() {
        let text = r#"{"access":"a","access_until":"2026-11-04T14:30:00Z","refresh":"r","refresh_until":"2027-02-04T14:30:00Z","base_url":null,"previous":["p","2026-11-03T14:30:00Z"]}"#;
        let kept = Kept::read(&text.into()).unwrap();
        assert!(same(&kept.access, &"a".into()) && same(&kept.refresh, &"r".into()));
        assert!(kept.previous.as_ref().is_some_and(|p| same(&p.0, &"p".into())));
        assert_eq!(kept.text().unwrap().expose_secret(), text);
    }
}
