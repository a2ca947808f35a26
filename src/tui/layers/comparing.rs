//! Two entry sets side by side, over nearly everything.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::tui::keys::key_name;
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::difference::Comparison;
use crate::tui::widgets::{boxed, put};

use super::Out;

/// The dialog.
#[derive(Debug, Clone)]
pub struct Comparing {
    /// Title.
    pub title: String,
    /// Both sets.
    pub comparison: Comparison,
}

impl Comparing {
    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        let Some(name) = key_name(&key) else { return Out::Stay };
        let page = 10;
        let c = &mut self.comparison;
        let to = match name.as_str() {
            "esc" | "q" | "h" => return Out::Close,
            "j" | "down" => c.top + 1,
            "k" | "up" => c.top.saturating_sub(1),
            "pgdn" | "ctrl-d" | "space" => c.top + page,
            "pgup" | "ctrl-u" => c.top.saturating_sub(page),
            "g" | "home" => 0,
            "G" | "end" => usize::MAX,
            _ => return Out::Stay,
        };
        // the narrow form is the longer one; what is beyond the end is cut when it is drawn
        c.scroll(to, 1, page);
        Out::Stay
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let w = area.width.saturating_sub(2).min(170);
        let lines = u16::try_from(self.comparison.lines(w.saturating_sub(4))).unwrap_or(u16::MAX);
        let h = lines.saturating_add(4).min(area.height).max(6);
        let inner = boxed(buf, area, w, h, &self.title, theme, theme.style(Meaning::Focus));
        let body = Rect { height: inner.height.saturating_sub(1), ..inner };
        self.comparison.draw(buf, body, theme);
        let hint = "j k scroll   - as it was   + as it is today   Esc back";
        put(buf, inner, inner.height.saturating_sub(1), Line::styled(hint, theme.style(Meaning::Muted)));
    }
}
