//! One event and its bytes: length-prefixed UTF-8 fields, so that no two different events read the same.

use jiff::Timestamp;

const MAGIC: &str = "tieout.event.v1";

/// What one row of the audit trail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Gapless, from 1.
    pub seq: u64,
    /// When, to the microsecond.
    pub at: Timestamp,
    /// The person, policy or program.
    pub actor: String,
    /// How they came.
    pub via: String,
    /// What they did: `approved`, `posted`, `rules_changed` …
    pub action: String,
    /// On what: a document, a book, a connection.
    pub subject: String,
    /// The rest, in order. Texts, integers and decimals as text; hashes instead of payloads.
    pub fields: Vec<(String, String)>,
}

/// Why bytes are no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Ends in the middle of a field, or a length goes beyond the end.
    #[error("the bytes end early")]
    Short,
    /// More bytes than the fields need.
    #[error("there are bytes after the last field")]
    Long,
    /// Not UTF-8.
    #[error("a field is not text")]
    NotText,
    /// Another format.
    #[error("the bytes are of another format")]
    Format,
    /// A number or time that does not read as one.
    #[error("{0:?} is no number or time")]
    Number(String),
}

impl Event {
    /// The bytes that are stored and hashed.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(128);
        let count = self.fields.len().to_string();
        let seq = self.seq.to_string();
        let at = self.at.as_microsecond().to_string();
        for text in [MAGIC, &seq, &at, &self.actor, &self.via, &self.action, &self.subject, &count] {
            push(&mut out, text);
        }
        for (name, value) in &self.fields {
            push(&mut out, name);
            push(&mut out, value);
        }
        out
    }

    /// Reads stored bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, BodyError> {
        let mut rest = bytes;
        if take(&mut rest)? != MAGIC {
            return Err(BodyError::Format);
        }
        let seq = number::<u64>(take(&mut rest)?)?;
        let at = take(&mut rest)?;
        let at = Timestamp::from_microsecond(number::<i64>(at)?).map_err(|_| BodyError::Number(at.into()))?;
        let [actor, via, action, subject] =
            [take(&mut rest)?, take(&mut rest)?, take(&mut rest)?, take(&mut rest)?].map(String::from);
        let count = number::<usize>(take(&mut rest)?)?;
        let mut fields = Vec::new();
        for _ in 0..count {
            fields.push((take(&mut rest)?.to_string(), take(&mut rest)?.to_string()));
        }
        if !rest.is_empty() {
            return Err(BodyError::Long);
        }
        Ok(Self { seq, at, actor, via, action, subject, fields })
    }

    /// The value of a field; empty when there is none.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }
}

fn push(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&(text.len() as u64).to_be_bytes());
    out.extend_from_slice(text.as_bytes());
}

fn take<'a>(rest: &mut &'a [u8]) -> Result<&'a str, BodyError> {
    let (head, tail) = rest.split_first_chunk::<8>().ok_or(BodyError::Short)?;
    let len = usize::try_from(u64::from_be_bytes(*head)).map_err(|_| BodyError::Short)?;
    let (text, tail) = tail.split_at_checked(len).ok_or(BodyError::Short)?;
    *rest = tail;
    std::str::from_utf8(text).map_err(|_| BodyError::NotText)
}

fn number<T: std::str::FromStr + ToString>(text: &str) -> Result<T, BodyError> {
    let n = text.parse::<T>().map_err(|_| BodyError::Number(text.into()))?;
    // one way to write a number: `+1` and `01` are none
    if n.to_string() == text { Ok(n) } else { Err(BodyError::Number(text.into())) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(
            seq in 1u64..,
            at in -1_000_000_000_000_000i64..4_000_000_000_000_000,
            texts in prop::array::uniform4(".{0,12}"),
            fields in prop::collection::vec((".{0,6}", ".{0,12}"), 0..5),
        ) {
            let [actor, via, action, subject] = texts;
            let at = Timestamp::from_microsecond(at).unwrap();
            let event = Event { seq, at, actor, via, action, subject, fields };
            prop_assert_eq!(Event::decode(&event.encode()), Ok(event));
        }

        #[test]
        fn any_bytes_are_refused_or_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(e) = Event::decode(&bytes) {
                prop_assert_eq!(e.encode(), bytes);
            }
        }
    }

    #[test]
    fn a_length_beyond_the_end_is_short() {
        assert_eq!(Event::decode(&[0xff; 40]), Err(BodyError::Short));
        assert_eq!(Event::decode(b""), Err(BodyError::Short));
    }
}
