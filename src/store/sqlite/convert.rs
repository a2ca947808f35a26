//! Values between columns and types.

use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::Row as SqlRow;
use rusqlite::types::Type;

/// Microseconds since 1970, UTC.
pub fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// A count for a column.
pub fn int(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A count from a column; negative ones do not occur (checked by the schema).
pub fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

/// A small count from a column.
pub fn small(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Bad(String);

fn bad(i: usize, why: impl std::fmt::Display) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(i, Type::Text, Box::new(Bad(why.to_string())))
}

/// A column that holds the name of something.
pub fn named<T: FromStr>(r: &SqlRow<'_>, i: usize) -> rusqlite::Result<T>
where
    T::Err: std::fmt::Display,
{
    r.get_ref(i)?.as_str().map_err(|e| bad(i, e))?.parse().map_err(|e| bad(i, e))
}

/// As [`named`]; the empty text is none.
pub fn named_or_none<T: FromStr>(r: &SqlRow<'_>, i: usize) -> rusqlite::Result<Option<T>>
where
    T::Err: std::fmt::Display,
{
    match r.get_ref(i)?.as_str_or_null().map_err(|e| bad(i, e))? {
        None | Some("") => Ok(None),
        Some(_) => named(r, i).map(Some),
    }
}

/// An instant.
pub fn instant(r: &SqlRow<'_>, i: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_microsecond(r.get(i)?).map_err(|e| bad(i, e))
}

/// An instant, if there is one.
pub fn instant_or_none(r: &SqlRow<'_>, i: usize) -> rusqlite::Result<Option<Timestamp>> {
    r.get::<_, Option<i64>>(i)?.map(|m| Timestamp::from_microsecond(m).map_err(|e| bad(i, e))).transpose()
}

/// A column of JSON.
pub fn json<T: serde::de::DeserializeOwned>(r: &SqlRow<'_>, i: usize) -> rusqlite::Result<T> {
    let bytes = r.get_ref(i)?.as_bytes().map_err(|e| bad(i, e))?;
    serde_json::from_slice(bytes).map_err(|e| bad(i, e))
}
