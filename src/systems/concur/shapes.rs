//! Lists and objects as Concur really sends them: null and `""` stand for nothing, and one object stands for a list of
//! one (an invoice's `journal`, a payroll's `cashAdvanceApplication`; contract of Concur, 2.6 to 2.8).

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// How serde_json names the only key of a number that it hands to a visitor.
const NUMBER: &str = "$serde_json::private::Number";

/// A list; one object is a list of one, nothing is an empty list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Many<T>(pub Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(ManyVisitor(PhantomData)).map(Self)
    }
}

struct ManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ManyVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or an object")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_str<E: Error>(self, s: &str) -> Result<Self::Value, E> {
        if s.trim().is_empty() { Ok(Vec::new()) } else { Err(E::custom("expected a list, found text")) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut out = Vec::new();
        while let Some(item) = seq.next_element()? {
            out.push(item);
        }
        Ok(out)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        object(map).map(|t| vec![t])
    }
}

/// An object or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct One<T>(pub Option<T>);

impl<T> Default for One<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for One<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(OneVisitor(PhantomData)).map(Self)
    }
}

struct OneVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, s: &str) -> Result<Self::Value, E> {
        if s.trim().is_empty() { Ok(None) } else { Err(E::custom("expected an object, found text")) }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        object(map).map(Some)
    }
}

/// Reads an object, and not a number that comes in an object's clothes.
fn object<'de, T: Deserialize<'de>, A: MapAccess<'de>>(mut map: A) -> Result<T, A::Error> {
    let first: Option<String> = map.next_key()?;
    if first.as_deref() == Some(NUMBER) {
        return Err(A::Error::custom("expected an object, found a number"));
    }
    T::deserialize(MapAccessDeserializer::new(WithFirst { first, map }))
}

struct WithFirst<A> {
    first: Option<String>,
    map: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for WithFirst<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(key) => seed.deserialize(key.into_deserializer()).map(Some),
            None => self.map.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::super::lenient::Text;
    use super::*;

    #[test]
    fn lists_and_objects() {
        let read = |json: &str| serde_json::from_str::<Many<std::collections::BTreeMap<String, Text>>>(json);
        assert_eq!(read("null").unwrap().0.len(), 0);
        assert_eq!(read("\"\"").unwrap().0.len(), 0);
        assert_eq!(read("[]").unwrap().0.len(), 0);
        assert_eq!(read(r#"{"a":"1","b":"2"}"#).unwrap().0[0].len(), 2);
        assert_eq!(read(r#"[{"a":"1"},{"b":"2"}]"#).unwrap().0.len(), 2);
        assert!(read("5").is_err());
        assert!(read("\"x\"").is_err());
        let one = |json: &str| serde_json::from_str::<One<std::collections::BTreeMap<String, Text>>>(json);
        assert_eq!(one("null").unwrap().0, None);
        assert_eq!(one("\"\"").unwrap().0, None);
        assert_eq!(one(r#"{"a":"1"}"#).unwrap().0.unwrap()["a"].0, "1");
        assert!(one("5").is_err());
        assert!(one("[]").is_err());
    }
}
