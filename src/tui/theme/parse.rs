//! Reading a theme file: `[palette]` names colours, `[meanings]` gives each meaning a style.

use ratatui::style::{Modifier, Style};
use toml::{Table, Value};

use super::colours::{Depth, colour};
use super::{Meaning, Theme};

/// The file is no theme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the theme cannot be read: {0}")]
pub struct ThemeProblem(pub String);

/// A theme and what was wrong in details; those details keep their fall-back.
pub fn parse(text: &str, depth: Depth) -> Result<(Theme, Vec<String>), ThemeProblem> {
    let file: Table = text.parse().map_err(|e: toml::de::Error| ThemeProblem(e.message().to_string()))?;
    let mut problems = Vec::new();
    let empty = Table::new();
    let part = |name: &str| file.get(name).and_then(Value::as_table).unwrap_or(&empty);
    let palette = part("palette");
    let meanings = part("meanings");
    for name in meanings.keys() {
        if !Meaning::ALL.iter().any(|(_, n, _)| n == name) {
            problems.push(format!("there is no meaning {name:?}"));
        }
    }
    let mut styles = [Style::new(); 14];
    for (meaning, name, fallback) in Meaning::ALL {
        let style = match meanings.get(name).map(|v| style(v, palette, depth)) {
            Some(Ok(s)) => s,
            other => {
                if let Some(Err(why)) = other {
                    problems.push(format!("{name}: {why}"));
                }
                // the order of the table puts every fall-back before its users
                fallback.and_then(|f| styles.get(f as usize).copied()).unwrap_or_default()
            }
        };
        if let Some(slot) = styles.get_mut(meaning as usize) {
            *slot = style;
        }
    }
    Ok((Theme { styles }, problems))
}

fn style(value: &Value, palette: &Table, depth: Depth) -> Result<Style, String> {
    let table = value.as_table().ok_or("a style is a table, such as { fg = \"cyan\", bold = true }")?;
    let mut s = Style::new();
    for (key, v) in table {
        match (key.as_str(), v) {
            ("fg" | "bg", Value::String(name)) => {
                let text = palette.get(name).and_then(Value::as_str).unwrap_or(name);
                let c = colour(text, depth).ok_or_else(|| format!("{text:?} is no colour"))?;
                s = if key == "fg" { s.fg(c) } else { s.bg(c) };
            }
            ("bold", Value::Boolean(on)) => s = with(s, Modifier::BOLD, *on),
            ("dim", Value::Boolean(on)) => s = with(s, Modifier::DIM, *on),
            ("italic", Value::Boolean(on)) => s = with(s, Modifier::ITALIC, *on),
            ("underline", Value::Boolean(on)) => s = with(s, Modifier::UNDERLINED, *on),
            ("reverse", Value::Boolean(on)) => s = with(s, Modifier::REVERSED, *on),
            _ => return Err(format!("{key} = {v} is not understood")),
        }
    }
    Ok(s)
}

fn with(s: Style, m: Modifier, on: bool) -> Style {
    if on { s.add_modifier(m) } else { s }
}
