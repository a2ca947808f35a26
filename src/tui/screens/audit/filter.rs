//! What was typed into the search line: words, and fields (`who:`, `doc:`, `action:`, `conn:`, `from:`, `to:`).

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::store::AuditQuery;
use crate::tui::text::clean;

/// The fields, with what a person would call them.
pub const FIELDS: [(&str, &str); 6] = [
    ("who", "person"),
    ("doc", "document"),
    ("action", "action"),
    ("conn", "connection"),
    ("from", "from"),
    ("to", "to"),
];

/// A search, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// For the store, without position and limit.
    pub query: AuditQuery,
    /// What is in force, for people: `person: Theo`.
    pub chips: Vec<String>,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// Takes a search apart. Days are those of the zone; `to` includes its day. While somebody types, a single letter at
/// the end is not searched for yet: nearly every event has it.
pub fn parse(text: &str, zone: &TimeZone, typing: bool) -> Search {
    let mut out = Search::default();
    let mut words = Vec::new();
    for part in parts(text) {
        let field = part.split_once(':').and_then(|(k, v)| {
            let k = k.to_lowercase();
            FIELDS
                .iter()
                .find(|(name, _)| *name == k)
                .map(|(name, word)| (*name, *word, v.trim().to_string()))
        });
        let Some((name, word, value)) = field else {
            words.push(part);
            continue;
        };
        if value.is_empty() {
            continue;
        }
        let q = &mut out.query;
        match name {
            "who" => q.who.push(value.clone()),
            "doc" => q.document.push(value.clone()),
            "action" => q.action.push(value.clone()),
            "conn" => q.connection.push(value.clone()),
            _ => match instant(&value, zone, name == "to") {
                Some(at) if name == "from" => q.from = Some(at),
                Some(at) => q.to = Some(at),
                None if typing => continue,
                None => {
                    out.problem = Some(format!("{name}:{} is no day; write it as 2026-10-31", clean(&value)));
                    continue;
                }
            },
        }
        out.chips.push(format!("{word}: {}", clean(&value)));
    }
    if typing && !text.ends_with(char::is_whitespace) && words.last().is_some_and(|w| w.chars().count() == 1)
    {
        words.pop();
    }
    if !words.is_empty() {
        out.chips.push(clean(&words.join(" ")));
    }
    out.query.search = words;
    out
}

/// Parts between spaces; quotes hold a part together (`who:"Theo Okonkwo"`).
fn parts(text: &str) -> Vec<String> {
    let (mut out, mut part, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => {
                if !part.is_empty() {
                    out.push(std::mem::take(&mut part));
                }
            }
            c => part.push(c),
        }
    }
    if !part.is_empty() {
        out.push(part);
    }
    out
}

/// `2026-10-31` or `2026-10`: the beginning of it, or what comes right after it.
fn instant(text: &str, zone: &TimeZone, end: bool) -> Option<jiff::Timestamp> {
    let (day, month) = match text.parse::<Date>() {
        Ok(day) => (day, false),
        Err(_) => (format!("{text}-01").parse::<Date>().ok().filter(|_| text.len() == 7)?, true),
    };
    let day = match (end, month) {
        (false, _) => day,
        (true, false) => day.tomorrow().ok()?,
        (true, true) => day.last_of_month().tomorrow().ok()?,
    };
    Some(day.to_zoned(zone.clone()).ok()?.timestamp())
}

/// One field of a form, written as the search line has it.
pub fn written(name: &str, value: &str) -> String {
    let value = value.trim().replace('"', " ");
    match (name, value.as_str()) {
        (_, "") => String::new(),
        ("words", _) => format!("{value} "),
        _ if value.contains(char::is_whitespace) => format!("{name}:\"{value}\" "),
        _ => format!("{name}:{value} "),
    }
}

/// What stands in the search line for a field, for the form.
pub fn field(text: &str, name: &str) -> String {
    let prefix = format!("{name}:");
    let of = |p: &String| p.get(..prefix.len()).is_some_and(|k| k.eq_ignore_ascii_case(&prefix));
    parts(text).iter().filter(|p| of(p)).filter_map(|p| p.get(prefix.len()..)).collect::<Vec<_>>().join(" ")
}

/// The words of the search line that are no field.
pub fn free(text: &str) -> String {
    let is_field = |p: &String| {
        p.split_once(':').is_some_and(|(k, _)| FIELDS.iter().any(|(n, _)| k.eq_ignore_ascii_case(n)))
    };
    parts(text).into_iter().filter(|p| !is_field(p)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ny() -> TimeZone {
        TimeZone::get("America/New_York").unwrap()
    }

    #[test]
    fn fields_are_told_from_words() {
        let s = parse("posted who:\"Theo Okonkwo\" DOC:CL-2217 x:y", &ny(), false);
        assert_eq!(s.query.search, ["posted", "x:y"]);
        assert_eq!(s.query.who, ["Theo Okonkwo"]);
        assert_eq!(s.query.document, ["CL-2217"]);
        assert_eq!(s.chips, ["person: Theo Okonkwo", "document: CL-2217", "posted x:y"]);
        assert_eq!(s.problem, None);
    }

    #[test]
    fn days_are_those_of_the_book_and_the_last_one_belongs_to_it() {
        let s = parse("from:2026-10-01 to:2026-10-31", &ny(), false);
        assert_eq!(s.query.from.unwrap().to_string(), "2026-10-01T04:00:00Z");
        assert_eq!(s.query.to.unwrap().to_string(), "2026-11-01T04:00:00Z");
        let month = parse("from:2026-10 to:2026-10", &ny(), false);
        assert_eq!((month.query.from, month.query.to), (s.query.from, s.query.to));
        let wrong = parse("to:yesterday", &ny(), false);
        assert!(wrong.problem.unwrap().contains("2026-10-31") && wrong.query.to.is_none());
        assert_eq!(parse("to:20", &ny(), true).problem, None, "it is being typed");
    }

    #[test]
    fn one_letter_is_waited_for_while_it_is_typed() {
        assert_eq!(parse("posted b", &ny(), true).query.search, ["posted"]);
        assert_eq!(parse("posted b ", &ny(), true).query.search, ["posted", "b"]);
        assert_eq!(parse("posted b", &ny(), false).query.search, ["posted", "b"]);
    }

    #[test]
    fn a_form_says_what_the_line_says() {
        let line = "posted who:\"Theo Okonkwo\" to:2026-10-31 x:y";
        assert_eq!(
            (field(line, "who"), field(line, "to"), free(line)),
            ("Theo Okonkwo".into(), "2026-10-31".into(), "posted x:y".into())
        );
        let again: String = ["words", "who", "to"]
            .iter()
            .map(|n| written(n, &if *n == "words" { free(line) } else { field(line, n) }))
            .collect();
        assert_eq!(parse(&again, &ny(), false).query, parse(line, &ny(), false).query);
        assert_eq!(written("who", "a\" b"), "who:\"a  b\" ");
    }

    #[test]
    fn any_text_is_taken_apart() {
        for text in [
            "\"",
            "who:",
            "who:\"",
            ":",
            "::",
            "from:\u{202e}",
            "é:x",
            "to:9999-12-31",
            "from:-9999-01-01",
            "wh",
        ] {
            parse(text, &ny(), false);
            field(text, "who");
            free(text);
        }
    }
}
