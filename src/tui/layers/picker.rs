//! Choosing the record that mends a finding, in place: typing filters, Enter saves the rule.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::engine::Candidate;
use crate::engine::mapping::{Edit, EditWhat};
use crate::mapping::Change;
use crate::model::finding::Mend;
use crate::model::guard::{Guard, Then};
use crate::model::ids::BookId;
use crate::model::rule::{Gives, Rule};
use crate::tui::effect::Effect;
use crate::tui::keys::ActionId;
use crate::tui::msg::Said;
use crate::tui::screens::document::effect::DocumentEffect;
use crate::tui::screens::mappings::effect::MappingEffect;
use crate::tui::text::{clean, left, width, wrap};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{Cursor, Input, boxed, put};

use super::Out;

/// The picker.
#[derive(Debug, Clone)]
pub struct Picker {
    /// Tells its questions from those of other pickers.
    pub serial: u64,
    /// Book.
    pub book: BookId,
    /// What is to be mended.
    pub mend: Mend,
    /// Title: `Class for CC450`.
    pub title: String,
    /// The finding's sentence, and what one rule frees.
    pub lines: Vec<String>,
    /// What was typed.
    pub input: Input,
    /// The rule, but for what it gives.
    pub rule: Rule,
    /// Answers that are no record: `none: it has no class`.
    pub extra: Vec<(String, Gives)>,
    /// Records; none yet: still reading.
    pub candidates: Option<Vec<Candidate>>,
    /// What went wrong.
    pub error: Option<String>,
    /// Cursor.
    pub cursor: Cursor,
    /// What happens with what was chosen.
    pub then: PickThen,
}

/// What happens with a rule whose record was chosen.
#[derive(Debug, Clone, Default)]
pub enum PickThen {
    /// It is saved.
    #[default]
    Save,
    /// What it changes is shown first.
    Try {
        /// The version of the rules that the person saw.
        expected: u32,
        /// What becomes of it.
        make: Make,
    },
}

/// What is made of the chosen record.
#[derive(Debug, Clone)]
pub enum Make {
    /// The rule of the picker.
    Rule {
        /// The rule whose place it takes.
        replaces: Option<u32>,
    },
    /// The default of a rule about whole documents.
    Default {
        /// That rule.
        guard: Box<Guard>,
        /// The rule whose place it takes.
        replaces: Option<u32>,
    },
}

const ROWS: usize = 10;

impl Picker {
    /// The question for records.
    pub fn ask(&self, debounce: bool) -> Effect {
        Effect::Candidates {
            serial: self.serial,
            book: self.book.clone(),
            mend: Box::new(self.mend.clone()),
            typed: self.input.text().to_string(),
            debounce,
        }
    }

    /// Records arrived: those of an older text are dropped.
    pub fn arrived(&mut self, serial: u64, typed: &str, answer: Said<Vec<Candidate>>) {
        if serial != self.serial || typed != self.input.text() {
            return;
        }
        match answer {
            Ok(c) => {
                self.candidates = Some(c);
                self.error = None;
            }
            Err(why) => self.error = Some(why),
        }
        self.cursor.fit(self.len(), ROWS);
    }

    fn len(&self) -> usize {
        self.candidates.as_ref().map_or(0, Vec::len) + self.extra.len()
    }

    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        let n = self.len();
        match key.code {
            KeyCode::Esc => return Out::Close,
            KeyCode::Enter => return self.choose(),
            KeyCode::Down => {
                self.cursor.act(ActionId::Down, n, ROWS);
            }
            KeyCode::Up => {
                self.cursor.act(ActionId::Up, n, ROWS);
            }
            KeyCode::PageDown => {
                self.cursor.act(ActionId::PageDown, n, ROWS);
            }
            KeyCode::PageUp => {
                self.cursor.act(ActionId::PageUp, n, ROWS);
            }
            _ => {
                if self.input.key(key) {
                    return self.typed();
                }
            }
        }
        Out::Stay
    }

    /// A paste.
    pub fn paste(&mut self, text: &str) -> Out {
        self.input.paste(text);
        self.typed()
    }

    fn typed(&mut self) -> Out {
        self.cursor = Cursor::default();
        // what is shown belongs to another text until the answer comes: Enter must not take it
        self.candidates = None;
        Out::Run(vec![self.ask(true)])
    }

    fn choose(&self) -> Out {
        let Some(candidates) = &self.candidates else { return Out::Stay };
        let gives = match candidates.get(self.cursor.at) {
            Some(c) => Gives::Record(c.record.clone()),
            None => match self.extra.get(self.cursor.at.saturating_sub(candidates.len())) {
                Some((_, gives)) => gives.clone(),
                None => return Out::Stay,
            },
        };
        let rule = Box::new(Rule { gives, ..self.rule.clone() });
        if let Some(id) = rule.document {
            // for one document: what it changes is shown first, and a reason asked for
            let book = self.book.clone();
            return Out::CloseAndRun(vec![Effect::DocumentRoom(DocumentEffect::Try { id, book, rule })]);
        }
        let PickThen::Try { expected, make } = self.then.clone() else {
            return Out::CloseAndRun(vec![Effect::SetRule { book: self.book.clone(), rule }]);
        };
        let (change, guard) = match make {
            Make::Rule { replaces } => (Change::Set { rule, replaces }, None),
            Make::Default { guard, replaces } => {
                let guard = Box::new(Guard { then: Then::Default(rule), ..*guard });
                (Change::Guard { guard: guard.clone(), replaces }, Some(guard))
            }
        };
        let edit = Box::new(Edit { expected, what: EditWhat::Changes(vec![change]) });
        Out::CloseAndRun(vec![Effect::MappingRoom(MappingEffect::Try {
            book: self.book.clone(),
            edit,
            guard,
        })])
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let w = area.width.saturating_sub(2).min(84);
        let facts: Vec<String> =
            self.lines.iter().flat_map(|l| wrap(l, usize::from(w).saturating_sub(4))).collect();
        let h = facts.len() as u16 + ROWS as u16 + 6;
        let inner = boxed(buf, area, w, h, &self.title, theme, theme.style(Meaning::Focus));
        for (i, l) in facts.iter().enumerate() {
            put(buf, inner, i as u16, Line::styled(l.clone(), theme.style(Meaning::Text)));
        }
        let mut y = facts.len() as u16 + 1;
        put(buf, inner, y, Line::styled("/", theme.style(Meaning::Focus)));
        if y < inner.height {
            let field =
                Rect { x: inner.x + 1, y: inner.y + y, width: inner.width.saturating_sub(1), height: 1 };
            self.input.widget(theme.style(Meaning::Text)).render(field.intersection(buf.area), buf);
        }
        y += 1;
        let rows = usize::from(inner.height.saturating_sub(y + 1)).clamp(1, ROWS);
        if let Some(why) = &self.error {
            put(buf, inner, y, Line::styled(why.clone(), theme.style(Meaning::Error)));
        } else if self.candidates.is_none() {
            put(buf, inner, y, Line::styled("reading…", theme.style(Meaning::Busy)));
        } else if self.len() == 0 {
            put(buf, inner, y, Line::styled("No record has these words.", theme.style(Meaning::Muted)));
        } else {
            let top = self.cursor.at.saturating_sub(rows - 1);
            for (line, i) in (top..self.len()).take(rows).enumerate() {
                put(buf, inner, y + line as u16, self.row(i, usize::from(inner.width), theme));
            }
        }
        let what = match self.then {
            PickThen::Save if self.rule.document.is_none() => "saves the rule",
            _ => "shows what it changes",
        };
        let hint = format!("Enter {what}   ↑ ↓ choose   Esc Cancel");
        put(buf, inner, inner.height.saturating_sub(1), Line::styled(hint, theme.style(Meaning::Muted)));
    }

    fn row(&self, i: usize, w: usize, theme: &Theme) -> Line<'static> {
        let here = i == self.cursor.at;
        let base = theme.style(if here { Meaning::Selection } else { Meaning::Text });
        let note_style = if here { base } else { theme.style(Meaning::Muted) };
        let n = self.candidates.as_ref().map_or(0, Vec::len);
        let (name, note) = match self.candidates.as_ref().and_then(|c| c.get(i)) {
            Some(c) if c.score > 0 => (clean(&c.record.name), format!("{} % · {}", c.score, clean(&c.note))),
            Some(c) => (clean(&c.record.name), clean(&c.note)),
            None => {
                (self.extra.get(i.saturating_sub(n)).map(|e| e.0.clone()).unwrap_or_default(), String::new())
            }
        };
        let note_w = width(&note).min(w / 2);
        let name_w = w.saturating_sub(note_w + 2);
        Line::from(vec![
            Span::styled(if here { "> " } else { "  " }, base),
            Span::styled(left(&name, name_w), base),
            Span::styled(left(&note, note_w), note_style),
        ])
        .style(base)
    }
}
