//! Reading a theme file: `[palette]` names colours, `[meanings]` gives each meaning a style; `inherits` begins with
//! another theme.

use std::collections::BTreeMap;
use std::ops::Range;

use ratatui::style::{Modifier, Style};
use toml::Spanned;
use toml::de::DeValue;

use super::colours::{Depth, colour};
use super::{MEANINGS, Meaning, Theme};
use crate::tui::nearest::nearest;
use crate::tui::settings::{Problem, Source, entries};

/// A text with the place where it stands: file, line and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    text: String,
    file: String,
    line: usize,
    key: String,
}

/// A style as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Written {
    fg: Option<Placed>,
    bg: Option<Placed>,
    modifiers: Modifier,
}

/// A file as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Raw {
    /// The theme it begins with.
    pub inherits: Option<String>,
    background: Option<Placed>,
    paint: Option<bool>,
    palette: BTreeMap<String, Placed>,
    meanings: BTreeMap<String, Written>,
    /// What is wrong in it.
    pub problems: Vec<Problem>,
}

const TOP: [&str; 5] = ["inherits", "background", "paint", "palette", "meanings"];
const STYLE: [&str; 7] = ["fg", "bg", "bold", "dim", "italic", "underline", "reverse"];

/// Reads a file. `file` is its name for people.
pub fn read(file: &str, text: &str) -> Raw {
    let mut source = Source::new(file, text);
    let table = source.read();
    let mut raw = Raw::default();
    let place = |source: &Source<'_>, at: &Range<usize>, key: &str, text: &str| Placed {
        text: text.into(),
        file: file.into(),
        line: source.line(at),
        key: key.into(),
    };
    for (key, at, value) in entries(table.get_ref()) {
        match (key, value.get_ref()) {
            ("inherits", DeValue::String(name)) => raw.inherits = Some(name.to_string()),
            ("background", DeValue::String(name)) => raw.background = Some(place(&source, &at, key, name)),
            ("paint", DeValue::Boolean(on)) => raw.paint = Some(*on),
            ("palette", DeValue::Table(names)) => {
                for (name, at, value) in entries(names) {
                    let path = format!("palette.{name}");
                    match value.get_ref() {
                        DeValue::String(text) if colour(text, Depth::True, false).is_some() => {
                            raw.palette.insert(name.into(), place(&source, &at, &path, text));
                        }
                        DeValue::String(text) => source.say(&at, &path, no_colour(text)),
                        _ => source.say(&at, &path, "a colour is written \"#rrggbb\" or by its name".into()),
                    }
                }
            }
            ("meanings", DeValue::Table(meanings)) => {
                for (name, at, value) in entries(meanings) {
                    let path = format!("meanings.{name}");
                    let known = || Meaning::ALL.iter().map(|(_, n, _)| *n);
                    if !known().any(|n| n == name) {
                        let hint = nearest(name, known()).map_or_else(
                            || format!("meanings are {}", known().collect::<Vec<_>>().join(", ")),
                            |n| format!("did you mean {n:?}?"),
                        );
                        source.say(&at, &path, format!("there is no meaning {name:?}; {hint}"));
                    } else if let Some(style) = style(&mut source, file, &path, &at, value) {
                        raw.meanings.insert(name.into(), style);
                    }
                }
            }
            (known, _) if TOP.contains(&known) => {
                let want = match known {
                    "paint" => "true or false",
                    "palette" | "meanings" => "a table of its own: [palette], [meanings]",
                    _ => "a text in quotes",
                };
                source.say(&at, key, format!("this is written as {want}"));
            }
            _ => {
                let hint =
                    nearest(key, TOP).map_or_else(|| TOP.join(", "), |n| format!("did you mean {n:?}?"));
                source.say(&at, key, format!("there is no key {key:?} in a theme; {hint}"));
            }
        }
    }
    raw.problems = source.problems;
    raw
}

fn no_colour(text: &str) -> String {
    format!("{text:?} is no colour; write \"#rrggbb\", a name such as \"cyan\", or a name of [palette]")
}

fn style(
    source: &mut Source<'_>,
    file: &str,
    path: &str,
    at: &Range<usize>,
    value: &Spanned<DeValue<'_>>,
) -> Option<Written> {
    let DeValue::Table(table) = value.get_ref() else {
        source.say(at, path, "a style is a table, such as { fg = \"cyan\", bold = true }".into());
        return None;
    };
    let mut written = Written::default();
    for (key, at, value) in entries(table) {
        let modifier = match key {
            "bold" => Modifier::BOLD,
            "dim" => Modifier::DIM,
            "italic" => Modifier::ITALIC,
            "underline" => Modifier::UNDERLINED,
            "reverse" => Modifier::REVERSED,
            _ => Modifier::empty(),
        };
        match (key, value.get_ref()) {
            ("fg" | "bg", DeValue::String(name)) => {
                let placed = Placed {
                    text: name.to_string(),
                    file: file.into(),
                    line: source.line(&at),
                    key: path.into(),
                };
                *(if key == "fg" { &mut written.fg } else { &mut written.bg }) = Some(placed);
            }
            (_, DeValue::Boolean(on)) if !modifier.is_empty() => written.modifiers.set(modifier, *on),
            _ => {
                let hint = match nearest(key, STYLE) {
                    Some(near) if near != key => format!("did you mean {near:?}?"),
                    _ => "a style has fg, bg, bold, dim, italic, underline, reverse".into(),
                };
                source.say(&at, path, format!("{key:?} is not understood here; {hint}"));
                return None;
            }
        }
    }
    Some(written)
}

/// The theme that these files make, the one that the others begin with first. Details that are wrong keep their
/// fall-back.
pub fn resolve(files: &[Raw], depth: Depth) -> (Theme, Vec<Problem>) {
    let mut problems: Vec<Problem> = files.iter().flat_map(|f| f.problems.clone()).collect();
    let mut palette: BTreeMap<&str, &Placed> = BTreeMap::new();
    let mut meanings: BTreeMap<&str, &Written> = BTreeMap::new();
    for file in files {
        palette.extend(file.palette.iter().map(|(k, v)| (k.as_str(), v)));
        meanings.extend(file.meanings.iter().map(|(k, v)| (k.as_str(), v)));
    }
    let paint = files.iter().rev().find_map(|f| f.paint).unwrap_or(false);
    let mut of = |placed: &Placed| {
        let text = palette.get(placed.text.as_str()).map_or(placed.text.as_str(), |p| p.text.as_str());
        let found = colour(text, depth, paint);
        if found.is_none() {
            problems.push(Problem {
                file: placed.file.clone(),
                line: placed.line,
                key: placed.key.clone(),
                what: no_colour(&placed.text),
            });
        }
        found
    };
    let background =
        files.iter().rev().find_map(|f| f.background.as_ref()).and_then(&mut of).filter(|_| paint);
    let mut styles = [Style::new(); MEANINGS];
    for (meaning, name, fallback) in Meaning::ALL {
        // the order of the table puts every fall-back before its users
        let stands_in = fallback.and_then(|f| styles.get(f as usize).copied()).unwrap_or_default();
        let style = match meanings.get(name) {
            None => stands_in,
            Some(written) => {
                let fg = written.fg.as_ref().map(&mut of);
                let bg = written.bg.as_ref().map(&mut of);
                if fg == Some(None) || bg == Some(None) {
                    stands_in
                } else {
                    Style { fg: fg.flatten(), bg: bg.flatten(), ..Style::new() }
                        .add_modifier(written.modifiers)
                }
            }
        };
        if let Some(slot) = styles.get_mut(meaning as usize) {
            *slot = style;
        }
    }
    // what says no colour has that of text; a painted background stands under everything
    let text = styles.first().copied().unwrap_or_default();
    for style in &mut styles {
        style.fg = style.fg.or(text.fg);
        style.bg = style.bg.or(background).or(text.bg);
        if depth == Depth::None {
            (style.fg, style.bg) = (Some(ratatui::style::Color::Reset), Some(ratatui::style::Color::Reset));
        }
    }
    (Theme { styles }, problems)
}
