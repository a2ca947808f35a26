//! Choosing one of a few: the book on the screen, the theme. Typing filters; the cursor shows a theme before it is
//! chosen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::tui::effect::Effect;
use crate::tui::keys::ActionId;
use crate::tui::look::effect::{LookEffect, Why};
use crate::tui::look::place::Place;
use crate::tui::text::{left, width};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{Cursor, Input, boxed, put};

use super::Out;

/// One of the few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// It is the present one.
    pub here: bool,
    /// Its name, clean already.
    pub title: String,
    /// A line about it, clean already.
    pub note: String,
    /// Where it leads.
    pub place: Place,
}

/// The chooser.
#[derive(Debug, Clone)]
pub struct Chooser {
    /// Title.
    pub title: String,
    /// All rows.
    pub rows: Vec<Row>,
    /// What was typed.
    pub input: Input,
    /// Cursor over the rows that match.
    pub cursor: Cursor,
    /// Themes: the one that was shown before, for Esc.
    pub before: Option<String>,
}

const ROWS: usize = 12;

impl Chooser {
    /// A chooser with the cursor on the present one.
    pub fn new(title: impl Into<String>, rows: Vec<Row>) -> Self {
        let at = rows.iter().position(|r| r.here).unwrap_or(0);
        let mut cursor = Cursor { at, top: 0 };
        cursor.fit(rows.len(), ROWS);
        Self { title: title.into(), rows, input: Input::default(), cursor, before: None }
    }

    /// Of themes: they are shown while the cursor moves.
    pub fn of_themes(self, before: String) -> Self {
        Self { before: Some(before), ..self }
    }

    fn matches(&self) -> Vec<&Row> {
        let typed = self.input.text().to_lowercase();
        let words: Vec<&str> = typed.split_whitespace().collect();
        let all = |r: &&Row| {
            let text = format!("{} {}", r.title, r.note).to_lowercase();
            words.iter().all(|w| text.contains(w))
        };
        self.rows.iter().filter(all).collect()
    }

    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        let n = self.matches().len();
        let moved = match key.code {
            KeyCode::Esc => {
                return match self.before.clone() {
                    Some(name) => Out::CloseAndRun(vec![load(name)]),
                    None => Out::Close,
                };
            }
            KeyCode::Enter => {
                let place = self.matches().get(self.cursor.at).map(|r| r.place.clone());
                return place.map_or(Out::Stay, Out::Go);
            }
            KeyCode::Char('s') if self.before.is_some() && key.modifiers.contains(KeyModifiers::CONTROL) => {
                return match self.matches().get(self.cursor.at).map(|r| r.place.clone()) {
                    Some(Place::Theme(name)) => Out::Go(Place::KeptTheme(name)),
                    _ => Out::Stay,
                };
            }
            KeyCode::Down => self.cursor.act(ActionId::Down, n, ROWS),
            KeyCode::Up => self.cursor.act(ActionId::Up, n, ROWS),
            KeyCode::PageDown => self.cursor.act(ActionId::PageDown, n, ROWS),
            KeyCode::PageUp => self.cursor.act(ActionId::PageUp, n, ROWS),
            _ => {
                let typed = self.input.key(key);
                if typed {
                    self.cursor = Cursor::default();
                }
                typed
            }
        };
        if moved { self.preview() } else { Out::Stay }
    }

    /// A paste.
    pub fn paste(&mut self, text: &str) -> Out {
        self.input.paste(text);
        self.cursor = Cursor::default();
        self.preview()
    }

    fn preview(&self) -> Out {
        match (self.before.is_some(), self.matches().get(self.cursor.at).map(|r| &r.place)) {
            (true, Some(Place::Theme(name))) => Out::Run(vec![load(name.clone())]),
            _ => Out::Stay,
        }
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let w = area.width.saturating_sub(2).min(84);
        let h = self.rows.len().min(ROWS) as u16 + 5;
        let inner = boxed(buf, area, w, h, &self.title, theme, theme.style(Meaning::Focus));
        put(buf, inner, 0, Line::styled("/", theme.style(Meaning::Focus)));
        let field = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(1),
            height: inner.height.min(1),
            ..inner
        };
        self.input.widget(theme.style(Meaning::Text)).render(field.intersection(buf.area), buf);
        let matches = self.matches();
        if matches.is_empty() {
            put(buf, inner, 1, Line::styled("Nothing has these words.", theme.style(Meaning::Muted)));
        }
        let rows = usize::from(inner.height.saturating_sub(3)).clamp(1, ROWS);
        let top = self.cursor.at.saturating_sub(rows - 1);
        let inside = usize::from(inner.width);
        let widest = self.rows.iter().map(|r| width(&r.title)).max().unwrap_or(0).min(inside / 2);
        for (line, (i, r)) in matches.iter().enumerate().skip(top).take(rows).enumerate() {
            let here = i == self.cursor.at;
            let base = theme.style(if here { Meaning::Selection } else { Meaning::Text });
            let note = if here { base } else { theme.style(Meaning::Muted) };
            let lead = format!("{}{}", if here { ">" } else { " " }, if r.here { "* " } else { "  " });
            let rest = inside.saturating_sub(widest + 5);
            let spans = vec![
                Span::styled(lead, base),
                Span::styled(left(&r.title, widest), base),
                Span::styled(format!("  {}", left(&r.note, rest)), note),
            ];
            put(buf, inner, 1 + line as u16, Line::from(spans).style(base));
        }
        let keep = if self.before.is_some() { "   Ctrl-s also keeps it" } else { "" };
        let hint = format!("Enter chooses{keep}   ↑ ↓ move   Esc back   * now");
        put(buf, inner, inner.height.saturating_sub(1), Line::styled(hint, theme.style(Meaning::Muted)));
    }
}

fn load(name: String) -> Effect {
    Effect::LookRoom(LookEffect::Theme { name, why: Why::Preview })
}
