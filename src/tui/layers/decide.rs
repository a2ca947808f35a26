//! A choice of two or three: the digits choose, and what cannot be undone asks once more.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::effect::Effect;
use crate::tui::text::wrap;
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{boxed, put};

use super::confirm::plain;
use super::{Layer, Out};

/// What a choice leads to.
#[derive(Debug, Clone)]
pub enum Choice {
    /// Nothing.
    Leave,
    /// This is done.
    Run(Vec<Effect>),
    /// Another dialog.
    Then(Box<Layer>),
    /// Another dialog, and what it needs is asked for.
    ThenRun(Box<Layer>, Vec<Effect>),
}

/// The dialog.
#[derive(Debug, Clone)]
pub struct Decide {
    /// Title.
    pub title: String,
    /// The facts.
    pub lines: Vec<String>,
    /// The choices, chosen by 1, 2, 3.
    pub options: Vec<(String, Choice)>,
}

impl Decide {
    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        if key.code == KeyCode::Esc {
            return Out::Close;
        }
        for (i, (_, choice)) in self.options.iter().enumerate() {
            if char::from_digit(i as u32 + 1, 10).is_some_and(|c| plain(key, c)) {
                return match choice.clone() {
                    Choice::Leave => Out::Close,
                    Choice::Run(effects) => Out::CloseAndRun(effects),
                    Choice::Then(layer) => Out::Replace(layer),
                    Choice::ThenRun(layer, effects) => Out::ReplaceAndRun(layer, effects),
                };
            }
        }
        Out::Stay
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let w = area.width.min(76);
        let lines: Vec<String> =
            self.lines.iter().flat_map(|l| wrap(l, usize::from(w).saturating_sub(4))).collect();
        let h = (lines.len() + self.options.len()) as u16 + 5;
        let inner = boxed(buf, area, w, h, &self.title, theme, theme.style(Meaning::Focus));
        for (i, l) in lines.iter().enumerate() {
            put(buf, inner, i as u16, Line::styled(l.clone(), theme.style(Meaning::Text)));
        }
        for (i, (text, _)) in self.options.iter().enumerate() {
            let line = Line::from(vec![
                Span::styled(format!("{} ", i + 1), theme.style(Meaning::Accent)),
                Span::styled(text.clone(), theme.style(Meaning::Text)),
            ]);
            put(buf, inner, (lines.len() + 1 + i) as u16, line);
        }
        let hint = Line::styled("Esc Cancel", theme.style(Meaning::Muted));
        put(buf, inner, inner.height.saturating_sub(1), hint);
    }
}
