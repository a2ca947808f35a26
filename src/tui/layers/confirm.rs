//! Yes or no about facts that are repeated: `y` does it, Enter alone does nothing, the focus is on Cancel.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::effect::Effect;
use crate::tui::text::{width, wrap};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{boxed, put};

use super::Out;

/// A question.
#[derive(Debug, Clone, Default)]
pub struct Confirm {
    /// The question whose answer completes the facts; 0: they are complete.
    pub question: u64,
    /// Title.
    pub title: String,
    /// The facts.
    pub lines: Vec<String>,
    /// What `y` does, in words: `post them`.
    pub yes: String,
    /// What `y` does.
    pub effects: Vec<Effect>,
}

/// A plain key, without control or alt.
pub fn plain(key: KeyEvent, c: char) -> bool {
    key.code == KeyCode::Char(c) && !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
}

impl Confirm {
    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        if plain(key, 'y') {
            return Out::CloseAndRun(std::mem::take(&mut self.effects));
        }
        if key.code == KeyCode::Esc || plain(key, 'n') { Out::Close } else { Out::Stay }
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let w = area.width.min(76);
        let lines: Vec<String> =
            self.lines.iter().flat_map(|l| wrap(l, usize::from(w).saturating_sub(4))).collect();
        let h = lines.len() as u16 + 4;
        let inner = boxed(buf, area, w, h, &self.title, theme, theme.style(Meaning::Danger));
        for (i, l) in lines.iter().enumerate() {
            put(buf, inner, i as u16, Line::styled(l.clone(), theme.style(Meaning::Text)));
        }
        buttons(buf, inner, theme, &format!("y {}", self.yes), "Esc Cancel");
    }
}

/// The last line of a dialog: what does it on the left, Cancel with the focus on the right.
pub fn buttons(buf: &mut Buffer, inner: Rect, theme: &Theme, yes: &str, hints: &str) {
    let cancel = "[ Cancel ]";
    let w = usize::from(inner.width);
    let used = width(yes) + width(cancel) + width(hints) + 4;
    let hints = if used <= w { hints } else { "" };
    let gap = w.saturating_sub(width(yes) + width(cancel) + width(hints) + 3);
    put(
        buf,
        inner,
        inner.height.saturating_sub(1),
        Line::from(vec![
            Span::styled(yes.to_string(), theme.style(Meaning::Accent)),
            Span::raw("   "),
            Span::styled(hints.to_string(), theme.style(Meaning::Muted)),
            Span::raw(" ".repeat(gap)),
            Span::styled(cancel, theme.style(Meaning::Selection)),
        ]),
    );
}
