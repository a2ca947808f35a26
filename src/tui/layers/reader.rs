//! Something to read: the exact request, what Concur sent, the fields of an event, all messages.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::tui::effect::Effect;
use crate::tui::keys::{ActionId, key_name};
use crate::tui::text::{clean, left};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{boxed, put};

use super::Out;

/// The reader.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// Title.
    pub title: String,
    /// Lines, clean already.
    pub lines: Vec<String>,
    /// First visible line.
    pub top: usize,
    /// First visible column.
    pub column: usize,
}

impl Reader {
    /// A text of lines.
    pub fn of(title: impl Into<String>, text: &str) -> Self {
        let lines = text.lines().map(|l| clean(&l.replace('\t', "    "))).collect();
        Self { title: title.into(), lines, ..Self::default() }
    }

    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        let Some(name) = key_name(&key) else { return Out::Stay };
        let page = 10;
        match name.as_str() {
            "esc" | "q" | "h" => return Out::Close,
            "y" => return Out::Run(vec![Effect::Copy(self.lines.join("\n"))]),
            "j" | "down" => self.top += 1,
            "k" | "up" => self.top = self.top.saturating_sub(1),
            "pgdn" | "ctrl-d" | "space" => self.top += page,
            "pgup" | "ctrl-u" => self.top = self.top.saturating_sub(page),
            "g" | "home" => self.top = 0,
            "G" | "end" => self.top = usize::MAX,
            "l" | "right" => self.column += 8,
            "left" => self.column = self.column.saturating_sub(8),
            _ => {}
        }
        self.top = self.top.min(self.lines.len().saturating_sub(page));
        let widest = self.lines.iter().map(|l| l.chars().count()).max().unwrap_or(0);
        self.column = self.column.min(widest.saturating_sub(8));
        Out::Stay
    }

    /// Draws it over nearly everything.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let (w, h) = (area.width.saturating_sub(4).min(140), area.height.saturating_sub(2));
        let h = h.min(self.lines.len() as u16 + 3).max(6);
        let inner = boxed(buf, area, w, h, &self.title, theme, theme.style(Meaning::Focus));
        let rows = usize::from(inner.height.saturating_sub(1));
        let top = self.top.min(self.lines.len().saturating_sub(rows));
        for (i, l) in self.lines.iter().skip(top).take(rows).enumerate() {
            let cut: String = l.chars().skip(self.column).collect();
            let text = left(&cut, usize::from(inner.width));
            put(buf, inner, i as u16, Line::styled(text, theme.style(Meaning::Text)));
        }
        let to = (top + rows).min(self.lines.len());
        let where_ = format!("lines {}–{to} of {}", if to == 0 { 0 } else { top + 1 }, self.lines.len());
        let hint = Line::styled(
            format!("j k scroll   ← → sideways   y copy   Esc back   {where_}"),
            theme.style(Meaning::Muted),
        );
        put(buf, inner, inner.height.saturating_sub(1), hint);
    }
}

/// Whether a key is Ctrl-C: it reaches the root through every dialog.
pub fn is_interrupt(key: &KeyEvent) -> bool {
    key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL)
}

/// What Ctrl-C means everywhere.
pub const INTERRUPT: ActionId = ActionId::Stop;
