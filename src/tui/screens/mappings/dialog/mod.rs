//! The dialogs of the mapping screen: what an edit changes, the memo editor, the differences of a file, a threshold.

mod import;
mod memo;
mod outcome;
mod threshold;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::tui::layers::Out;
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::put;

pub use import::Import;
pub use memo::MemoEditor;
pub use outcome::{Outcome, past_words};
pub use threshold::{Offer, Threshold};

/// A dialog.
#[derive(Debug, Clone)]
pub enum Dialog {
    /// What an edit changes; `y` saves it.
    Outcome(Box<Outcome>),
    /// A memo template.
    Memo(Box<MemoEditor>),
    /// The differences of a file.
    Import(Box<Import>),
    /// Which suggestions to take.
    Threshold(Box<Threshold>),
}

impl Dialog {
    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        match self {
            Dialog::Outcome(d) => d.key(key),
            Dialog::Memo(d) => d.key(key),
            Dialog::Import(d) => d.key(key),
            Dialog::Threshold(d) => d.key(key),
        }
    }

    /// A paste: fields take it as text.
    pub fn paste(&mut self, text: &str) -> Out {
        match self {
            Dialog::Memo(d) => d.paste(text),
            Dialog::Threshold(d) => d.paste(text),
            Dialog::Outcome(_) | Dialog::Import(_) => Out::Stay,
        }
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        match self {
            Dialog::Outcome(d) => d.draw(buf, area, theme),
            Dialog::Memo(d) => d.draw(buf, area, theme),
            Dialog::Import(d) => d.draw(buf, area, theme),
            Dialog::Threshold(d) => d.draw(buf, area, theme),
        }
    }
}

/// Lines that scroll, below what always stands: gives how many there are room for.
fn scrolled(
    buf: &mut Buffer,
    inner: Rect,
    from: u16,
    top: usize,
    lines: &[(String, Meaning)],
    theme: &Theme,
) {
    let rows = usize::from(inner.height.saturating_sub(from + 2));
    let top = top.min(lines.len().saturating_sub(rows));
    for (i, (text, meaning)) in lines.iter().skip(top).take(rows).enumerate() {
        put(buf, inner, from + i as u16, Line::styled(text.clone(), theme.style(*meaning)));
    }
    if lines.len() > rows {
        let to = (top + rows).min(lines.len());
        let words = format!("lines {}–{to} of {} · j k scroll", top + 1, lines.len());
        let at = inner.height.saturating_sub(2);
        put(buf, inner, at, Line::styled(words, theme.style(Meaning::Muted)));
    }
}

/// Scrolls by a key. True: it was one.
fn scroll(top: &mut usize, key: KeyEvent, lines: usize) -> bool {
    let Some(name) = crate::tui::keys::key_name(&key) else { return false };
    *top = match name.as_str() {
        "j" | "down" => *top + 1,
        "k" | "up" => top.saturating_sub(1),
        "pgdn" | "ctrl-d" | "space" => *top + 10,
        "pgup" | "ctrl-u" => top.saturating_sub(10),
        "home" => 0,
        "end" => lines,
        _ => return false,
    };
    *top = (*top).min(lines.saturating_sub(1));
    true
}
