//! A line of text that an act needs: the reason of a hold or refusal, a note, a record.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::model::ids::BookId;
use crate::model::rule::Rule;
use crate::store::Act;
use crate::tui::effect::{Correcting, Effect, Target};
use crate::tui::text::wrap;
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{Input, boxed, put};

use super::{Confirm, Layer, Out};

/// What the text is for.
#[derive(Debug, Clone)]
pub enum Purpose {
    /// Hold.
    Hold(Vec<Target>),
    /// Turn down.
    Reject(Vec<Target>),
    /// End.
    Close(Vec<Target>),
    /// Link to this record.
    Adopt(Target),
    /// Make a correction of this document.
    Correct(Target, Correcting),
    /// Approve what the ledger refused of it.
    ApproveRest(Target),
    /// Why a decision about one document is taken.
    Decision(BookId, Box<Rule>),
}

/// The editor.
#[derive(Debug, Clone)]
pub struct Reason {
    /// Title.
    pub title: String,
    /// The facts: which documents, how much.
    pub lines: Vec<String>,
    /// The field.
    pub input: Input,
    /// What it is for.
    pub purpose: Purpose,
    /// Enter without text.
    pub missing: bool,
}

impl Reason {
    /// A new editor.
    pub fn layer(title: impl Into<String>, lines: Vec<String>, purpose: Purpose) -> Layer {
        let title = title.into();
        Layer::Reason(Box::new(Self { title, lines, input: Input::default(), purpose, missing: false }))
    }

    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        match key.code {
            KeyCode::Esc => Out::Close,
            KeyCode::Enter => self.done(),
            _ => {
                self.missing &= !self.input.key(key);
                Out::Stay
            }
        }
    }

    /// A paste.
    pub fn paste(&mut self, text: &str) -> Out {
        self.input.paste(text);
        self.missing = false;
        Out::Stay
    }

    fn done(&mut self) -> Out {
        let text = self.input.text().trim().to_string();
        if text.is_empty() {
            self.missing = true;
            return Out::Stay;
        }
        let ask = |title: &str, yes: &str, fact: String, effect: Effect| {
            let mut lines = self.lines.clone();
            lines.push(fact);
            Out::Replace(Box::new(Layer::Confirm(Confirm {
                question: 0,
                title: title.into(),
                lines,
                yes: yes.into(),
                effects: vec![effect],
            })))
        };
        match self.purpose.clone() {
            Purpose::Hold(targets) => {
                Out::CloseAndRun(vec![Effect::Act { targets, act: Act::Hold { reason: text } }])
            }
            Purpose::Reject(targets) => ask(
                "Reject",
                "reject",
                format!("Concur and the employee will read: {text}"),
                Effect::Act { targets, act: Act::Reject { reason: text } },
            ),
            Purpose::Close(targets) => ask(
                "Close",
                "close",
                format!("It ends here, with the note: {text}"),
                Effect::Act { targets, act: Act::Close { note: text } },
            ),
            Purpose::Adopt(target) => ask(
                "Adopt",
                "adopt",
                format!("Link to {text}. Party, amount and currency are compared first; nothing is written."),
                Effect::Adopt { target, record: text },
            ),
            Purpose::Correct(target, what) => {
                Out::CloseAndRun(vec![Effect::Correct { target, what, reason: text }])
            }
            Purpose::ApproveRest(target) => ask(
                "Approve the rest",
                "approve the rest",
                format!("With the note: {text}"),
                Effect::ApproveRest { target, note: text },
            ),
            Purpose::Decision(book, mut rule) => {
                rule.reason = Some(text);
                Out::CloseAndRun(vec![Effect::SetRule { book, rule }])
            }
        }
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let w = area.width.min(76);
        let lines: Vec<String> =
            self.lines.iter().flat_map(|l| wrap(l, usize::from(w).saturating_sub(4))).collect();
        let inner =
            boxed(buf, area, w, lines.len() as u16 + 6, &self.title, theme, theme.style(Meaning::Focus));
        for (i, l) in lines.iter().enumerate() {
            put(buf, inner, i as u16, Line::styled(l.clone(), theme.style(Meaning::Text)));
        }
        let y = lines.len() as u16 + 1;
        let label = match self.purpose {
            Purpose::Close(_) | Purpose::ApproveRest(_) => "Note: ",
            Purpose::Adopt(_) => "Record: ",
            _ => "Reason: ",
        };
        put(buf, inner, y, Line::styled(label, theme.style(Meaning::Muted)));
        let lw = label.len() as u16;
        if y < inner.height && lw < inner.width {
            let field = Rect { x: inner.x + lw, y: inner.y + y, width: inner.width - lw, height: 1 };
            self.input.widget(theme.style(Meaning::Text)).render(field.intersection(buf.area), buf);
        }
        let (hint, meaning) = if self.missing {
            ("It needs a text. Esc Cancel", Meaning::Warn)
        } else {
            ("Enter go on   Esc Cancel", Meaning::Muted)
        };
        put(buf, inner, inner.height.saturating_sub(1), Line::styled(hint, theme.style(meaning)));
    }
}
