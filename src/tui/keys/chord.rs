//! Names of keys: `a`, `A`, `ctrl-d`, `pgdn`, `f5`, and sequences such as `g g`. The terminal, the table and `keys.toml`
//! meet here.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::nearest::nearest;

/// The named keys with the names that are also understood.
const NAMED: &[(&str, &[&str])] = &[
    ("space", &["spacebar", " "]),
    ("enter", &["return", "cr"]),
    ("esc", &["escape"]),
    ("tab", &[]),
    ("backtab", &["shift-tab"]),
    ("backspace", &["bs"]),
    ("insert", &["ins"]),
    ("delete", &["del"]),
    ("home", &[]),
    ("end", &[]),
    ("pgup", &["pageup", "page-up"]),
    ("pgdn", &["pagedown", "page-down", "pgdown"]),
    ("up", &[]),
    ("down", &[]),
    ("left", &[]),
    ("right", &[]),
];

/// The name of a key press; none for keys that have no name here.
pub fn key_name(key: &KeyEvent) -> Option<String> {
    let shift = key.modifiers.contains(KeyModifiers::SHIFT);
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let mut with_shift = shift;
    let base = match key.code {
        KeyCode::Char(' ') => "space".to_string(),
        // Ctrl-A and Ctrl-a are one key, but for terminals that tell them apart by Shift
        KeyCode::Char(c) if control => c.to_ascii_lowercase().to_string(),
        KeyCode::Char(c) => {
            with_shift = false;
            c.to_string()
        }
        KeyCode::Enter => "enter".into(),
        KeyCode::Esc => "esc".into(),
        KeyCode::Tab if shift => {
            with_shift = false;
            "backtab".into()
        }
        KeyCode::Tab => "tab".into(),
        KeyCode::BackTab => {
            with_shift = false;
            "backtab".into()
        }
        KeyCode::Backspace => "backspace".into(),
        KeyCode::Insert => "insert".into(),
        KeyCode::Delete => "delete".into(),
        KeyCode::Home => "home".into(),
        KeyCode::End => "end".into(),
        KeyCode::PageUp => "pgup".into(),
        KeyCode::PageDown => "pgdn".into(),
        KeyCode::Up => "up".into(),
        KeyCode::Down => "down".into(),
        KeyCode::Left => "left".into(),
        KeyCode::Right => "right".into(),
        KeyCode::F(n @ 1..=12) => format!("f{n}"),
        _ => return None,
    };
    let mut name = String::new();
    if control {
        name.push_str("ctrl-");
    }
    if key.modifiers.contains(KeyModifiers::ALT) {
        name.push_str("alt-");
    }
    if with_shift {
        name.push_str("shift-");
    }
    name.push_str(&base);
    Some(name)
}

/// The same press without Shift, for terminals that tell Shift where nothing is bound to it; none: there is no Shift.
pub fn without_shift(name: &str) -> Option<String> {
    name.contains("shift-").then(|| name.replacen("shift-", "", 1))
}

/// A key or a sequence as `keys.toml` writes it, in the names of this program. Errors are sentences.
pub fn parse_keys(text: &str) -> Result<String, String> {
    if text == " " {
        return Ok("space".into());
    }
    let mut parts = Vec::new();
    for part in text.split_whitespace() {
        parts.push(parse_key(part)?);
    }
    match parts.len() {
        0 => Err("an empty key; to take a key away write []".into()),
        1..=3 => Ok(parts.join(" ")),
        _ => Err(format!("{text:?} is longer than three keys")),
    }
}

fn parse_key(text: &str) -> Result<String, String> {
    let lower = text.to_ascii_lowercase();
    if let Some(name) = named(&lower) {
        return Ok(name);
    }
    let (mut ctrl, mut alt, mut shift) = (false, false, false);
    let mut rest = text;
    // `-` itself, and what ends in it, is a key
    while let Some((word, after)) = rest.split_once('-').filter(|(w, a)| !w.is_empty() && !a.is_empty()) {
        let flag = match word.to_ascii_lowercase().as_str() {
            "ctrl" | "control" | "c" => &mut ctrl,
            "alt" | "meta" | "m" | "a" => &mut alt,
            "shift" | "s" => &mut shift,
            _ => return Err(unknown(text)),
        };
        if *flag {
            return Err(format!("{text:?} says {word} twice"));
        }
        *flag = true;
        rest = after;
    }
    let lower = rest.to_ascii_lowercase();
    let function = lower.strip_prefix('f').and_then(|n| n.parse::<u8>().ok());
    let base = if let Some(name) = named(&lower) {
        if name == "tab" && shift {
            shift = false;
            "backtab".into()
        } else {
            name
        }
    } else if let Some(n) = function {
        if !(1..=12).contains(&n) {
            return Err(format!("{text:?}: the function keys are f1 to f12"));
        }
        format!("f{n}")
    } else {
        let mut chars = rest.chars();
        let (Some(c), None) = (chars.next(), chars.next()) else { return Err(unknown(text)) };
        if c.is_control() {
            return Err(format!("{text:?} is no key that can be written"));
        }
        if ctrl {
            // Ctrl with a capital is the same key with Shift
            shift |= c.is_ascii_uppercase();
            c.to_ascii_lowercase().to_string()
        } else if shift {
            shift = false;
            c.to_uppercase().to_string()
        } else {
            c.to_string()
        }
    };
    let mut name = String::new();
    for (on, word) in [(ctrl, "ctrl-"), (alt, "alt-"), (shift, "shift-")] {
        if on {
            name.push_str(word);
        }
    }
    Ok(name + &base)
}

fn named(lower: &str) -> Option<String> {
    NAMED
        .iter()
        .find(|(name, also)| *name == lower || also.contains(&lower))
        .map(|(name, _)| (*name).to_string())
}

fn unknown(text: &str) -> String {
    let names = NAMED.iter().map(|(n, _)| (*n).to_string()).chain((1..=12).map(|n| format!("f{n}")));
    let last = text.rsplit('-').next().unwrap_or(text);
    let lead = text.strip_suffix(last).unwrap_or_default();
    match nearest(&last.to_ascii_lowercase(), names) {
        Some(near) => format!("{text:?} is no key; did you mean {:?}?", format!("{lead}{near}")),
        None => format!(
            "{text:?} is no key; keys are written a, A, ctrl-d, alt-x, f5, space, enter, pgdn, or g g for two in a row"
        ),
    }
}

/// Whether every terminal sends a key of its own for this, without the kitty protocol.
pub fn is_plain(keys: &str) -> bool {
    keys.split(' ').all(|key| {
        if let Some(rest) = key.strip_prefix("ctrl-") {
            // Ctrl-i is Tab, Ctrl-m and Ctrl-j are Enter, Ctrl-h is Backspace there
            return rest.len() == 1
                && rest.bytes().all(|b| b.is_ascii_lowercase())
                && !matches!(rest, "i" | "m" | "j" | "h");
        }
        if let Some(rest) = key.strip_prefix("alt-") {
            return rest.chars().count() == 1;
        }
        !key.starts_with("shift-")
    })
}

/// A key as people read it: `g g` stays, `space` becomes `Space`, `ctrl-d` becomes `Ctrl-d`.
pub fn shown_key(keys: &str) -> String {
    keys.split(' ').map(shown_one).collect::<Vec<_>>().join(" ")
}

fn shown_one(key: &str) -> String {
    for (lead, word) in [("ctrl-", "Ctrl-"), ("alt-", "Alt-"), ("shift-", "Shift-")] {
        if let Some(rest) = key.strip_prefix(lead).filter(|r| !r.is_empty()) {
            return format!("{word}{}", shown_one(rest));
        }
    }
    match key {
        "enter" => "Enter",
        "esc" => "Esc",
        "space" => "Space",
        "tab" => "Tab",
        "backtab" => "Shift-Tab",
        "backspace" => "Backspace",
        "insert" => "Ins",
        "delete" => "Del",
        "pgdn" => "PgDn",
        "pgup" => "PgUp",
        "home" => "Home",
        "end" => "End",
        "up" => "↑",
        "down" => "↓",
        "left" => "←",
        "right" => "→",
        f if f.len() > 1 && f.starts_with('f') && f[1..].parse::<u8>().is_ok() => {
            return f.to_ascii_uppercase();
        }
        other => other,
    }
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_plain_names() {
        let n = |code, m| key_name(&KeyEvent::new(code, m));
        let (none, shift, ctrl) = (KeyModifiers::NONE, KeyModifiers::SHIFT, KeyModifiers::CONTROL);
        for (code, m, want) in [
            (KeyCode::Char('a'), none, Some("a")),
            (KeyCode::Char('G'), shift, Some("G")),
            (KeyCode::Char('d'), ctrl, Some("ctrl-d")),
            (KeyCode::Char('A'), ctrl | shift, Some("ctrl-shift-a")),
            (KeyCode::F(5), none, Some("f5")),
            (KeyCode::F(13), none, None),
            (KeyCode::BackTab, shift, Some("backtab")),
            (KeyCode::Tab, shift, Some("backtab")),
            (KeyCode::Down, shift, Some("shift-down")),
            (KeyCode::Enter, KeyModifiers::ALT, Some("alt-enter")),
        ] {
            assert_eq!(n(code, m).as_deref(), want);
        }
        assert_eq!(without_shift("ctrl-shift-down").as_deref(), Some("ctrl-down"));
        assert_eq!(without_shift("down"), None);
    }

    #[test]
    fn written_keys_are_those_that_the_terminal_names() {
        for (text, want) in [
            ("a", "a"),
            ("A", "A"),
            ("shift-a", "A"),
            ("Ctrl-D", "ctrl-shift-d"),
            ("ctrl-d", "ctrl-d"),
            ("alt-ctrl-x", "ctrl-alt-x"),
            ("C-x", "ctrl-x"),
            ("Escape", "esc"),
            ("PageDown", "pgdn"),
            ("shift-tab", "backtab"),
            ("g g", "g g"),
            ("F12", "f12"),
            ("-", "-"),
            ("ctrl--", "ctrl--"),
            (" ", "space"),
            ("é", "é"),
        ] {
            assert_eq!(parse_keys(text).as_deref(), Ok(want), "{text}");
        }
        for (text, want) in [
            ("ctrl-pgdwn", "did you mean \"ctrl-pgdn\"?"),
            ("spcae", "did you mean \"space\"?"),
            ("f13", "f1 to f12"),
            ("", "write []"),
            ("g g g g", "three keys"),
            ("hyper-a", "is no key"),
            ("ctrl-ctrl-a", "twice"),
            ("\u{7}", "no key"),
        ] {
            let said = parse_keys(text).unwrap_err();
            assert!(said.contains(want), "{text}: {said}");
        }
    }

    #[test]
    fn people_read_names_with_capitals() {
        for (key, want) in [
            ("ctrl-d", "Ctrl-d"),
            ("g g", "g g"),
            ("f5", "F5"),
            ("f", "f"),
            ("ctrl-enter", "Ctrl-Enter"),
            ("ctrl--", "Ctrl--"),
        ] {
            assert_eq!(shown_key(key), want);
        }
    }
}
