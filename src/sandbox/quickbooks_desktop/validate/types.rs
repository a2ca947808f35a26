//! Data types with their exact patterns (contract, 4.1).

use super::grammar::{Misfit, Part, fits};
use crate::sandbox::quickbooks_desktop::xml::Node;

/// What an element may hold.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Text of at most so many characters; 0 for no limit. A longer one is no fault of the schema (3070).
    Text(u16),
    /// An id of at most 36 characters.
    Id,
    /// A whole number, 0 or above.
    Count,
    /// AMTTYPE.
    Amount,
    /// FLOATTYPE.
    Float,
    /// DATETYPE.
    Date,
    /// DATETIMETYPE.
    Instant,
    /// BOOLTYPE.
    Bool,
    /// GUIDTYPE.
    Guid,
    /// One of several words.
    Word(&'static [&'static str]),
    /// Child elements.
    Group(&'static [Part]),
}

impl Kind {
    /// Holds an element against the type.
    pub fn check(self, node: &Node) -> Result<(), Misfit> {
        if let Some((name, _)) = node.attributes.first() {
            return Err(format!("the attribute {name} is not known in {}", node.name));
        }
        if let Self::Group(parts) = self {
            if !node.text.trim().is_empty() {
                return Err(format!("text in {}", node.name));
            }
            return fits(node, parts);
        }
        if !node.children.is_empty() {
            return Err(format!("elements in {}", node.name));
        }
        // Empty clears the field in a modification and is passed over otherwise.
        let text = node.text.as_str();
        let good = match self {
            Self::Text(_) | Self::Group(_) => true,
            Self::Id => text.chars().count() <= 36,
            Self::Count => text.is_empty() || (text.len() <= 10 && digits(text)),
            Self::Amount => text.is_empty() || amount(text),
            Self::Float => text.is_empty() || decimal(text),
            Self::Date => text.is_empty() || date(text),
            Self::Instant => text.is_empty() || instant(text),
            Self::Bool => matches!(text, "" | "true" | "false" | "0" | "1"),
            Self::Guid => text.is_empty() || guid(text),
            Self::Word(words) => words.contains(&text),
        };
        if good { Ok(()) } else { Err(format!("{} cannot hold {text:?}", node.name)) }
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `[+-]?\d{1,13}(\.\d{2})?`
pub fn amount(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, cents) = text.split_once('.').map_or((text, None), |(whole, cents)| (whole, Some(cents)));
    digits(whole) && whole.len() <= 13 && cents.is_none_or(|cents| cents.len() == 2 && digits(cents))
}

fn decimal(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, rest) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let rest = rest.unwrap_or("");
    (whole.is_empty() || digits(whole))
        && (rest.is_empty() || digits(rest))
        && !(whole.is_empty() && rest.is_empty())
}

/// `YYYY-MM-DD`. A date that no calendar has fits the pattern (status 3020 later).
pub fn date(text: &str) -> bool {
    shape(text, "dddd-dd-dd")
}

/// `YYYY-MM-DD[THH:MM[:SS[±HH:MM]]]`: no `Z`, no fractions.
pub fn instant(text: &str) -> bool {
    [
        "dddd-dd-dd",
        "dddd-dd-ddTdd:dd",
        "dddd-dd-ddTdd:dd:dd",
        "dddd-dd-ddTdd:dd:dd+dd:dd",
        "dddd-dd-ddTdd:dd:dd-dd:dd",
    ]
    .iter()
    .any(|pattern| shape(text, pattern))
}

fn shape(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(b, p)| if p == b'd' { b.is_ascii_digit() } else { b == p })
}

/// `0` or `{8-4-4-4-12}` of hexadecimal digits.
pub fn guid(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
        return text == "0";
    };
    let parts: Vec<&str> = inner.split('-').collect();
    parts.len() == 5
        && parts
            .iter()
            .zip([8, 4, 4, 4, 12])
            .all(|(part, length)| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patterns_are_those_of_the_contract() {
        for good in ["0", "12.30", "-12.30", "+5", "1234567890123.00"] {
            assert!(amount(good), "{good}");
        }
        for bad in [".50", "1.5", "1,000.00", "1.", "12345678901234", "", "1.234", " 1.00", "1e3"] {
            assert!(!amount(bad), "{bad}");
        }
        for good in ["2026-10-01", "2026-10-01T09:30", "2026-10-01T09:30:00", "2026-10-01T09:30:00-05:00"] {
            assert!(instant(good), "{good}");
        }
        for bad in
            ["2026-10-01T09:30:00Z", "2026-10-01T09:30:00.5", "2026-10-1", "10/01/2026", "2026-10-01 09:30"]
        {
            assert!(!instant(bad), "{bad}");
        }
        assert!(guid("0") && guid("{A4C1D9F0-1B2C-4D3E-8F90-123456789ABC}"));
        assert!(!guid("A4C1D9F0-1B2C-4D3E-8F90-123456789ABC") && !guid("{A4C1D9F0}") && !guid("1"));
        assert!(decimal("1.0815") && decimal(".5") && !decimal(".") && !decimal("1e2"));
    }
}
