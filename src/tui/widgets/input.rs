//! A field of one line: typing, editing keys, paste as one step.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::{Modifier, Style};
use tui_textarea::TextArea;

use crate::tui::text::one_line;

/// A field of one line.
#[derive(Debug, Clone, Default)]
pub struct Input(TextArea<'static>);

impl Input {
    /// A field with a text to begin with.
    pub fn with(text: &str) -> Self {
        let mut area = TextArea::new(vec![one_line(text)]);
        area.move_cursor(tui_textarea::CursorMove::End);
        Self(area)
    }

    /// What stands in it.
    pub fn text(&self) -> &str {
        self.0.lines().first().map_or("", String::as_str)
    }

    /// Takes an editing key. True when the text changed. Enter, Esc, Tab and what would move between lines is left to
    /// the owner.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter | KeyCode::Esc | KeyCode::Tab | KeyCode::BackTab | KeyCode::Up | KeyCode::Down => {
                return false;
            }
            // a line feed by control key is no text, and neither is what leaves the field
            KeyCode::Char('m' | 'j' | 'c' | 'v' | 'x' | 'y') if control => return false,
            _ => {}
        }
        let before = self.text().to_string();
        if control && key.code == KeyCode::Char('u') {
            // as in every shell, and as in fields of secrets: what stands before the cursor goes
            self.0.delete_line_by_head();
        } else {
            self.0.input(key);
        }
        before != self.text()
    }

    /// Takes a paste as one step.
    pub fn paste(&mut self, text: &str) -> bool {
        self.0.insert_str(one_line(text))
    }

    /// The widget, with a reversed cursor.
    pub fn widget(&self, style: Style) -> TextArea<'static> {
        let mut area = self.0.clone();
        area.set_style(style);
        area.set_cursor_line_style(Style::new());
        area.set_cursor_style(style.add_modifier(Modifier::REVERSED));
        area
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paste_is_one_harmless_line() {
        let mut i = Input::default();
        assert!(i.paste("two\nlines\u{1b}[2J"));
        assert_eq!(i.text(), "two lines␛[2J");
        for code in [KeyCode::Enter, KeyCode::Esc, KeyCode::Tab] {
            assert!(!i.key(KeyEvent::from(code)));
        }
        assert!(!i.key(KeyEvent::new(KeyCode::Char('m'), KeyModifiers::CONTROL)));
        assert!(i.key(KeyEvent::from(KeyCode::Backspace)));
        assert_eq!(i.text(), "two lines␛[2");
    }
}
