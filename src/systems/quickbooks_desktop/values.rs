//! The formats of single values (contract 4.1, 4.2). Errors are the second half of a sentence.

use jiff::civil::Date;

use super::order::Content;

/// Characters of an id, at most.
const ID_MAX: usize = 36;

/// Whether a value has the format of its place.
pub fn fits(value: &str, content: &Content) -> Result<(), String> {
    match content {
        Content::Text(most) => text(value, *most),
        Content::Amount => pattern(value, "an amount with two decimals", amount),
        Content::Number => pattern(value, "a number", number),
        Content::Count => {
            pattern(value, "a number above zero", |v| digits(v, 1, 9) && v.bytes().any(|b| b != b'0'))
        }
        Content::Date => pattern(value, "a day (2026-10-27)", date),
        Content::DateTime => pattern(value, "an instant (2026-10-27T14:30:00)", date_time),
        Content::Bool => pattern(value, "true or false", |v| matches!(v, "true" | "false")),
        Content::Guid => guid(value),
        Content::Id => {
            text(value, ID_MAX)?;
            pattern(value, "an id", |v| !v.is_empty() && v.bytes().all(|b| b.is_ascii_graphic()))
        }
        Content::Word(words) => {
            if words.contains(&value) {
                Ok(())
            } else {
                Err(format!("{value:?} is not one of {}", words.join(", ")))
            }
        }
        Content::Reference(_) | Content::Group(_) => Err("elements stand here".into()),
    }
}

fn pattern(value: &str, what: &str, holds: impl Fn(&str) -> bool) -> Result<(), String> {
    if holds(value) { Ok(()) } else { Err(format!("{value:?} is not {what}")) }
}

/// Text that QuickBooks keeps as it is: Latin-1 without control characters, which have to be replaced before.
pub fn text(value: &str, most: usize) -> Result<(), String> {
    let length = value.chars().count();
    if length > most {
        return Err(format!("{length} characters are too many: at most {most}"));
    }
    match value.chars().find(|c| !held(*c)) {
        Some(c) if c.is_control() => Err(format!("the control character {c:?} cannot be written")),
        Some(c) => {
            Err(format!("{c:?} (U+{:04X}) cannot be written: QuickBooks keeps Latin-1 only", u32::from(c)))
        }
        None => Ok(()),
    }
}

/// Whether QuickBooks keeps this character.
pub fn held(c: char) -> bool {
    c <= '\u{ff}' && !c.is_control()
}

fn digits(v: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&v.len()) && v.bytes().all(|b| b.is_ascii_digit())
}

fn unsigned(v: &str) -> &str {
    v.strip_prefix(['+', '-']).unwrap_or(v)
}

fn amount(v: &str) -> bool {
    unsigned(v).split_once('.').is_some_and(|(whole, cents)| digits(whole, 1, 13) && digits(cents, 2, 2))
}

fn number(v: &str) -> bool {
    let v = unsigned(v);
    let (whole, fraction) = v.split_once('.').unwrap_or((v, "0"));
    digits(whole, 1, 28) && digits(fraction, 1, 28)
}

fn date(v: &str) -> bool {
    v.len() == 10 && v.parse::<Date>().is_ok_and(|d| d.to_string() == v)
}

fn two(v: &str, most: u8) -> bool {
    digits(v, 2, 2) && v.parse::<u8>().is_ok_and(|n| n <= most)
}

/// `YYYY-MM-DD[THH:MM[:SS[±HH:MM]]]`
fn date_time(v: &str) -> bool {
    let Some((day, time)) = v.split_once('T') else { return date(v) };
    let (clock, offset) = match time.find(['+', '-']) {
        Some(at) => (time.get(..at).unwrap_or_default(), time.get(at + 1..)),
        None => (time, None),
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let clock = match parts.as_slice() {
        [h, m] => offset.is_none() && two(h, 23) && two(m, 59),
        [h, m, s] => two(h, 23) && two(m, 59) && two(s, 59),
        _ => false,
    };
    let offset = offset.is_none_or(|o| o.split_once(':').is_some_and(|(h, m)| two(h, 14) && two(m, 59)));
    date(day) && clock && offset
}

/// `0` or `{8-4-4-4-12}`.
pub fn guid(v: &str) -> Result<(), String> {
    pattern(v, "a GUID in braces", |v| {
        let Some(inner) = v.strip_prefix('{').and_then(|v| v.strip_suffix('}')) else { return v == "0" };
        let parts: Vec<&str> = inner.split('-').collect();
        parts.len() == 5
            && parts
                .iter()
                .zip([8, 4, 4, 4, 12])
                .all(|(part, length)| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit()))
    })
}

/// An instant as QuickBooks told it, as it may be sent back: its local time without the offset, which is wrong during
/// daylight saving (contract 4.1).
///
/// # Errors
/// The second half of a sentence: it is no instant.
pub fn local_time(told: &str) -> Result<String, String> {
    let clock_at = told.find('T').map_or(told.len(), |at| at + 1);
    let (day, clock) = told.split_at_checked(clock_at).unwrap_or((told, ""));
    let clock = clock.split(['+', '-', 'Z', '.']).next().unwrap_or_default();
    let local = format!("{day}{clock}");
    fits(&local, &Content::DateTime).map(|()| local)
}
