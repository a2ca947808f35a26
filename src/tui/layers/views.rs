//! The list of views: Enter shows one, `d` twice deletes one's own.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::store::SavedView;
use crate::tui::keys::ActionId;
use crate::tui::screens::queue::effect::QueueForm;
use crate::tui::screens::queue::sort_word;
use crate::tui::text::{clean, left, width};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{Cursor, boxed, put};

use super::confirm::plain;
use super::{Answers, FormFor, Out};

/// Rows of the list that are shown at once.
const ROWS: usize = 12;

/// The list.
#[derive(Debug, Clone, Default)]
pub struct Views {
    /// Those that everybody has come first.
    built_in: usize,
    views: Vec<SavedView>,
    cursor: Cursor,
    /// The one that `d` was pressed on once.
    deleting: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
    /// The kept ones are still being read.
    reading: bool,
}

impl Views {
    /// With the built-in ones; the others are being read.
    pub fn new(built_in: Vec<SavedView>) -> Self {
        Self { built_in: built_in.len(), views: built_in, reading: true, ..Self::default() }
    }

    /// One's own arrived.
    pub fn kept(&mut self, own: Vec<SavedView>) {
        self.views.truncate(self.built_in);
        self.views.extend(own);
        self.reading = false;
        self.cursor.fit(self.views.len(), ROWS);
    }

    /// One is gone.
    pub fn gone(&mut self, name: &str) {
        let built_in = self.built_in;
        let mut at = 0;
        self.views.retain(|v| {
            at += 1;
            at <= built_in || v.name != name
        });
        self.cursor.fit(self.views.len(), ROWS);
    }

    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        let n = self.views.len();
        let here = self.views.get(self.cursor.at).cloned();
        let again = self.deleting.take();
        let moved = match key.code {
            KeyCode::Down => Some(ActionId::Down),
            KeyCode::Up => Some(ActionId::Up),
            KeyCode::PageDown => Some(ActionId::PageDown),
            KeyCode::PageUp => Some(ActionId::PageUp),
            KeyCode::Home => Some(ActionId::Top),
            KeyCode::End => Some(ActionId::Bottom),
            _ if plain(key, 'j') => Some(ActionId::Down),
            _ if plain(key, 'k') => Some(ActionId::Up),
            _ => None,
        };
        if let Some(action) = moved {
            self.cursor.act(action, n, ROWS);
            return Out::Stay;
        }
        match (key.code, here) {
            (KeyCode::Esc, _) => Out::Close,
            (KeyCode::Enter, Some(view)) => submit(QueueForm::ShowView(Box::new(view))),
            (_, Some(view)) if plain(key, 'd') => {
                if self.cursor.at < self.built_in {
                    self.error = Some("This view is built in and cannot be deleted.".into());
                    Out::Stay
                } else if again.as_ref() == Some(&view.name) {
                    submit(QueueForm::DropView(view.name))
                } else {
                    self.deleting = Some(view.name);
                    Out::Stay
                }
            }
            _ => Out::Stay,
        }
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let w = area.width.min(78);
        let rows = self.views.len().min(ROWS);
        let inner = boxed(buf, area, w, rows as u16 + 6, "Views", theme, theme.style(Meaning::Focus));
        let room = usize::from(inner.width);
        let name_w = self.views.iter().map(|v| width(&v.name)).max().unwrap_or(0).clamp(8, room / 2);
        for (line, (i, v)) in self.views.iter().enumerate().skip(self.cursor.top).take(ROWS).enumerate() {
            let here = i == self.cursor.at;
            let base = theme.style(if here { Meaning::Selection } else { Meaning::Text });
            let note = if here { base } else { theme.style(Meaning::Muted) };
            let sign = if v.descending { "▼" } else { "▲" };
            let filter =
                if v.filter.is_empty() { String::new() } else { format!("{} · ", clean(&v.filter)) };
            let about = format!("{} · {filter}{} {sign}", clean(&v.tab), sort_word(v.sort));
            put(
                buf,
                inner,
                line as u16,
                Line::from(vec![
                    Span::styled(if here { "> " } else { "  " }, base),
                    Span::styled(left(&v.name, name_w), base),
                    Span::styled(left(&format!("  {about}"), room.saturating_sub(name_w + 2)), note),
                ])
                .style(base),
            );
        }
        let below = rows as u16 + 1;
        let (text, meaning) = match (&self.error, &self.deleting) {
            (_, Some(name)) => (format!("Delete {name}? d again deletes it."), Meaning::Warn),
            (Some(why), None) => (why.clone(), Meaning::Error),
            (None, None) if self.reading => ("reading your own…".into(), Meaning::Busy),
            (None, None) if self.views.len() == self.built_in => {
                ("None of your own yet.".into(), Meaning::Muted)
            }
            _ => (String::new(), Meaning::Muted),
        };
        put(buf, inner, below, Line::styled(left(&text, room), theme.style(meaning)));
        let hint = "Enter shows   d deletes your own   ↑ ↓ choose   Esc back";
        put(buf, inner, inner.height.saturating_sub(1), Line::styled(hint, theme.style(Meaning::Muted)));
    }
}

fn submit(form: QueueForm) -> Out {
    Out::Submit(FormFor::Queue(form), Answers::default())
}
