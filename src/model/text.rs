//! Text from outside, made harmless before a screen, a log or a CSV (reliability.md, S16 and S18).

use std::borrow::Cow;

/// Replaces what could command a terminal or mislead a reader by visible markers: C0, DEL, C1, bidirectional
/// controls, characters that nobody sees, byte-order marks, line separators.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| marker(c).is_none()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match marker(c) {
            Some(m) => out.push(m),
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn marker(c: char) -> Option<char> {
    match c {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)),
        '\u{7f}' => Some('\u{2421}'),
        '\u{80}'..='\u{9f}' => Some('\u{2426}'),
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Some('¿'),
        '\u{200b}'..='\u{200d}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{feff}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180e}'
        | '\u{3164}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => Some('·'),
        '\u{2028}' | '\u{2029}' => Some('␤'),
        _ => None,
    }
}

/// A text cell for a CSV that a spreadsheet opens: a leading formula sign is defused with an apostrophe.
pub fn csv_cell(text: &str) -> Cow<'_, str> {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠') => {
            Cow::Owned(format!("'{text}"))
        }
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_as_a_command() {
        assert_eq!(harmless("Müller, Grace"), "Müller, Grace");
        assert_eq!(harmless("a\u{1b}[2Jb"), "a␛[2Jb");
        assert_eq!(harmless("x\u{9b}31m"), "x␦31m");
        assert_eq!(harmless("abc\u{202e}txt"), "abc¿txt");
        assert_eq!(harmless("line\nbreak\t\u{feff}"), "line␊break␉·");
        assert_eq!(harmless("a\u{2063}b\u{3164}c\u{fff9}d\u{e0041}e"), "a·b·c·d·e");
    }

    #[test]
    fn formulas_are_defused() {
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("Hotel"), "Hotel");
    }
}
