//! Help and palette: the registry, searched. What is not possible now stays visible and says why.

use crossterm::event::{KeyCode, KeyEvent};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::tui::keys::{ActionId, action};
use crate::tui::text::{left, width};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{Cursor, Input, boxed, put};

use super::Out;

/// One action with why it is not possible now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Which.
    pub id: ActionId,
    /// Its keys, as people read them.
    pub keys: String,
    /// Why not.
    pub why_not: Option<String>,
}

/// The finder.
#[derive(Debug, Clone)]
pub struct Finder {
    /// Title.
    pub title: String,
    /// Fuzzy over names (palette), or words in everything (help).
    pub fuzzy: bool,
    /// What may be found.
    pub items: Vec<Item>,
    /// What was typed.
    pub input: Input,
    /// Indexes of the matches, best first.
    pub matches: Vec<usize>,
    /// Cursor over the matches.
    pub cursor: Cursor,
}

const ROWS: usize = 24;

impl Finder {
    /// A finder over these.
    pub fn new(title: impl Into<String>, fuzzy: bool, items: Vec<Item>) -> Self {
        let matches = (0..items.len()).collect();
        Self {
            title: title.into(),
            fuzzy,
            items,
            input: Input::default(),
            matches,
            cursor: Cursor::default(),
        }
    }

    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        let n = self.matches.len();
        match key.code {
            KeyCode::Esc => return Out::Close,
            KeyCode::Enter => {
                let item = self.matches.get(self.cursor.at).and_then(|i| self.items.get(*i));
                return item.map_or(Out::Stay, |i| Out::Act(i.id));
            }
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
                    self.search();
                }
            }
        }
        Out::Stay
    }

    /// A paste.
    pub fn paste(&mut self, text: &str) -> Out {
        self.input.paste(text);
        self.search();
        Out::Stay
    }

    fn search(&mut self) {
        let typed = self.input.text().trim().to_string();
        self.cursor = Cursor::default();
        if typed.is_empty() {
            self.matches = (0..self.items.len()).collect();
            return;
        }
        if !self.fuzzy {
            let words: Vec<String> = typed.to_lowercase().split(' ').map(str::to_string).collect();
            let hit = |i: &usize| {
                let Some(item) = self.items.get(*i) else { return false };
                let a = action(item.id);
                let all =
                    format!("{} {} {} {} {}", a.name, a.word, a.help, a.group, item.keys).to_lowercase();
                words.iter().all(|w| all.contains(w.as_str()))
            };
            self.matches = (0..self.items.len()).filter(hit).collect();
            return;
        }
        let mut matcher = Matcher::new(Config::DEFAULT);
        let pattern = Pattern::parse(&typed, CaseMatching::Ignore, Normalization::Smart);
        let mut buf = Vec::new();
        let mut scored: Vec<(u32, usize)> = self
            .items
            .iter()
            .enumerate()
            .filter_map(|(i, item)| {
                let a = action(item.id);
                let text = format!("{} {}", a.word, a.name.replace('_', " "));
                let score = pattern.score(Utf32Str::new(&text, &mut buf), &mut matcher)?;
                Some((score, i))
            })
            .collect();
        scored.sort_by_key(|(score, i)| (std::cmp::Reverse(*score), *i));
        self.matches = scored.into_iter().map(|(_, i)| i).collect();
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let w = area.width.saturating_sub(4).min(100);
        let h = (self.items.len().min(ROWS) as u16 + 5).min(area.height);
        let inner = boxed(buf, area, w, h, &self.title, theme, theme.style(Meaning::Focus));
        put(buf, inner, 0, Line::styled(if self.fuzzy { ":" } else { "/" }, theme.style(Meaning::Focus)));
        let field = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(1),
            height: inner.height.min(1),
            ..inner
        };
        self.input.widget(theme.style(Meaning::Text)).render(field.intersection(buf.area), buf);
        let rows = usize::from(inner.height.saturating_sub(3)).max(1);
        let top = self.cursor.at.saturating_sub(rows - 1);
        if self.matches.is_empty() {
            let line = Line::styled("Nothing has these words.", theme.style(Meaning::Muted));
            put(buf, inner, 1, line);
        }
        let visible = self.matches.iter().enumerate().skip(top).take(rows);
        for (line, (i, item)) in visible.filter_map(|(i, m)| Some((i, self.items.get(*m)?))).enumerate() {
            put(buf, inner, 1 + line as u16, row(item, i == self.cursor.at, usize::from(inner.width), theme));
        }
        let hint = format!("Enter does it   Esc back   {} of {}", self.matches.len(), self.items.len());
        put(buf, inner, inner.height.saturating_sub(1), Line::styled(hint, theme.style(Meaning::Muted)));
    }
}

fn row(item: &Item, here: bool, w: usize, theme: &Theme) -> Line<'static> {
    let a = action(item.id);
    let base = match (here, &item.why_not) {
        (true, _) => theme.style(Meaning::Selection),
        (false, Some(_)) => theme.style(Meaning::Muted),
        (false, None) => theme.style(Meaning::Text),
    };
    let key_style = if here { base } else { theme.style(Meaning::Accent) };
    let text = match &item.why_not {
        Some(why) => format!("not now: {why}"),
        None => a.help.to_string(),
    };
    let head = left(a.word, 16);
    let key = left(&item.keys, 14);
    let rest = w.saturating_sub(width(&head) + width(&key) + 3);
    Line::from(vec![
        Span::styled(if here { ">" } else { " " }, base),
        Span::styled(key, key_style),
        Span::styled(format!(" {head} {}", left(&text, rest)), base),
    ])
    .style(base)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keys::actions;

    fn typed(fuzzy: bool, text: &str) -> Vec<ActionId> {
        let items = actions().map(|a| Item { id: a.id, keys: a.keys.join(" "), why_not: None }).collect();
        let mut f = Finder::new("t", fuzzy, items);
        f.paste(text);
        f.matches.iter().map(|i| f.items[*i].id).collect()
    }

    #[test]
    fn the_palette_is_fuzzy_and_the_help_looks_into_everything() {
        assert_eq!(typed(true, "aprv").first(), Some(&ActionId::Approve));
        assert!(typed(false, "clipboard").contains(&ActionId::Copy));
        assert!(typed(true, "zzzzzz").is_empty());
        assert_eq!(typed(false, "").len(), actions().count());
    }
}
