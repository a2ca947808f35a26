//! Keys from their names: the way back of `keys::key_name`.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The key with this name; none where no key has it.
pub fn named(name: &str) -> Option<KeyEvent> {
    let (name, control) = without(name, "ctrl-");
    let (name, alt) = without(name, "alt-");
    let code = match name {
        "space" => KeyCode::Char(' '),
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "backtab" => KeyCode::BackTab,
        "backspace" => KeyCode::Backspace,
        "delete" => KeyCode::Delete,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pgup" => KeyCode::PageUp,
        "pgdn" => KeyCode::PageDown,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        other => {
            let mut chars = other.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => KeyCode::Char(c),
                _ => return None,
            }
        }
    };
    let mut modifiers = KeyModifiers::NONE;
    modifiers.set(KeyModifiers::CONTROL, control);
    modifiers.set(KeyModifiers::ALT, alt);
    Some(KeyEvent::new(code, modifiers))
}

/// The key that types this character.
pub fn of_char(c: char) -> KeyEvent {
    KeyEvent::from(match c {
        '\n' | '\r' => KeyCode::Enter,
        '\t' => KeyCode::Tab,
        c => KeyCode::Char(c),
    })
}

fn without<'a>(name: &'a str, prefix: &str) -> (&'a str, bool) {
    match name.strip_prefix(prefix) {
        Some(rest) if !rest.is_empty() => (rest, true),
        _ => (name, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keys::key_name;

    #[test]
    fn every_name_is_the_name_of_its_key() {
        for name in [
            "a",
            "G",
            "ü",
            "?",
            ":",
            "-",
            "space",
            "enter",
            "esc",
            "tab",
            "backtab",
            "backspace",
            "delete",
            "home",
            "end",
            "pgup",
            "pgdn",
            "up",
            "down",
            "left",
            "right",
            "ctrl-d",
            "alt-x",
            "ctrl-alt-x",
        ] {
            assert_eq!(named(name).and_then(|k| key_name(&k)).as_deref(), Some(name));
        }
        for wrong in ["", "entr", "ctrl-", "F5"] {
            assert_eq!(named(wrong), None, "{wrong:?}");
        }
    }
}
