//! Taking several suggestions at once: the person types how sure they must be, and sees which ones these are.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::engine::mapping::{Edit, EditWhat};
use crate::mapping::Change;
use crate::model::ids::BookId;
use crate::tui::effect::Effect;
use crate::tui::format::count;
use crate::tui::layers::Out;
use crate::tui::screens::mappings::effect::MappingEffect;
use crate::tui::text::{left, right, wrap};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{Input, boxed, put};

use super::scrolled;

/// A suggestion that may be taken.
#[derive(Debug, Clone)]
pub struct Offer {
    /// 0 to 100.
    pub score: u8,
    /// `class CC450 Sustainability → 450 Sustainability · same number`
    pub words: String,
    /// Documents that wait for it.
    pub documents: u64,
    /// What taking it changes.
    pub change: Change,
}

/// The dialog.
#[derive(Debug, Clone)]
pub struct Threshold {
    book: BookId,
    version: u32,
    input: Input,
    offers: Vec<Offer>,
    error: Option<String>,
}

impl Threshold {
    /// Over the suggestions of a part, surest first.
    pub fn new(book: BookId, version: u32, mut offers: Vec<Offer>) -> Self {
        offers.sort_by_key(|o| std::cmp::Reverse(o.score));
        Self { book, version, input: Input::with("90"), offers, error: None }
    }

    fn at_least(&self) -> Option<u8> {
        self.input.text().trim().trim_end_matches('%').trim().parse().ok().filter(|n| (1..=100).contains(n))
    }

    fn taken(&self) -> impl Iterator<Item = &Offer> {
        let least = self.at_least();
        self.offers.iter().filter(move |o| least.is_some_and(|l| o.score >= l))
    }

    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        match key.code {
            KeyCode::Esc => return Out::Close,
            KeyCode::Enter => {
                let changes: Vec<Change> = self.taken().map(|o| o.change.clone()).collect();
                if self.at_least().is_none() {
                    self.error = Some("write a number from 1 to 100".into());
                } else if changes.is_empty() {
                    self.error = Some("no suggestion is as sure as that".into());
                } else {
                    let edit = Edit { expected: self.version, what: EditWhat::Changes(changes) };
                    let effect =
                        MappingEffect::Try { book: self.book.clone(), edit: Box::new(edit), guard: None };
                    return Out::CloseAndRun(vec![Effect::MappingRoom(effect)]);
                }
            }
            _ => {
                if self.input.key(key) {
                    self.error = None;
                }
            }
        }
        Out::Stay
    }

    /// A paste.
    pub fn paste(&mut self, text: &str) -> Out {
        self.input.paste(text);
        self.error = None;
        Out::Stay
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let w = area.width.saturating_sub(2).min(100);
        let inside = usize::from(w).saturating_sub(4);
        let head = wrap(
            "Takes every suggestion that is at least this sure. What it changes is shown before anything is saved.",
            inside,
        );
        let least = self.at_least();
        let lines: Vec<(String, Meaning)> = self
            .offers
            .iter()
            .map(|o| {
                let taken = least.is_some_and(|l| o.score >= l);
                let docs = if o.documents == 1 {
                    " 1 doc".to_string()
                } else {
                    format!("{} docs", count(o.documents))
                };
                let room = inside.saturating_sub(6 + 6 + docs.len() + 1);
                let mark = if taken { "[x]" } else { "[ ]" };
                let score = right(&format!("{} %", o.score), 5);
                let text = format!("{mark} {score} {} {docs}", left(&o.words, room));
                (text, if taken { Meaning::Text } else { Meaning::Muted })
            })
            .collect();
        let h = head.len() as u16 + 3 + lines.len() as u16 + 5;
        let inner = boxed(buf, area, w, h, "Accept suggestions", theme, theme.style(Meaning::Focus));
        for (i, l) in head.iter().enumerate() {
            put(buf, inner, i as u16, Line::styled(l.clone(), theme.style(Meaning::Text)));
        }
        let y = head.len() as u16 + 1;
        let label = "at least, in percent: ";
        put(buf, inner, y, Line::styled(label, theme.style(Meaning::Focus)));
        if y < inner.height {
            let x = label.len() as u16;
            let width = inner.width.saturating_sub(x).min(6);
            let field = Rect { x: inner.x + x, y: inner.y + y, width, height: 1 };
            self.input.widget(theme.style(Meaning::Text)).render(field.intersection(buf.area), buf);
        }
        let n = self.taken().count();
        let said = match &self.error {
            Some(why) => (format!("! {why}"), Meaning::Error),
            None => (
                format!("{} of {} suggestions", count(n as u64), count(self.offers.len() as u64)),
                Meaning::Muted,
            ),
        };
        put(buf, inner, y + 1, Line::styled(said.0, theme.style(said.1)));
        scrolled(buf, inner, y + 3, 0, &lines, theme);
        let hint = "Enter shows what they change   Esc Cancel";
        put(buf, inner, inner.height.saturating_sub(1), Line::styled(hint, theme.style(Meaning::Muted)));
    }
}
