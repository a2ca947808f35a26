//! Help and palette: the registry and every place, searched. What is not possible now stays visible and says why.

use crossterm::event::{KeyCode, KeyEvent};
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::model::ids::BookId;
use crate::store::Row as DocumentRow;
use crate::tui::effect::Effect;
use crate::tui::format::{money_of, state_long};
use crate::tui::keys::{ActionId, action};
use crate::tui::look::effect::LookEffect;
use crate::tui::look::place::Place;
use crate::tui::look::room::known_word;
use crate::tui::msg::Said;
use crate::tui::text::{clean, left, width, wrap};
use crate::tui::theme::{Meaning, Theme};
use crate::tui::widgets::{Cursor, Input, boxed, put};

use super::Out;

mod signs;

pub use signs::signs;

/// What a line of the finder is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// An action.
    Action(ActionId),
    /// A place to go to.
    Place(Place),
    /// Something to read: what a sign means.
    Sign,
}

/// One line with why it is not possible now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub found: Found,
    /// Its keys, as people read them; of places, what they are.
    pub keys: String,
    /// One or two words, clean already.
    pub title: String,
    /// A sentence, clean already.
    pub text: String,
    /// The heading it stands under.
    pub group: &'static str,
    /// Why not.
    pub why_not: Option<String>,
}

/// The finder.
#[derive(Debug, Clone)]
pub struct Finder {
    /// Title.
    pub title: String,
    /// Fuzzy over names and documents (palette), or words in everything (help).
    pub fuzzy: bool,
    /// What may be found.
    pub items: Vec<Item>,
    /// Documents with the words typed, from the store.
    pub documents: Vec<Item>,
    /// What was typed.
    pub input: Input,
    /// Indexes of the matches, best first: those of the items, then those of the documents.
    pub matches: Vec<usize>,
    /// Cursor over the matches.
    pub cursor: Cursor,
    /// Documents are being looked for.
    pub looking: bool,
    /// Why no documents can be looked for.
    pub error: Option<String>,
    serial: Option<u64>,
    book: Option<BookId>,
}

const ROWS: usize = 24;
/// Documents are looked for from a word of so many characters on: what the store's index needs.
const FEWEST: usize = 3;
/// The most documents that are listed.
pub const MOST: u32 = 20;

impl Finder {
    /// The help over these.
    pub fn help(title: impl Into<String>, items: Vec<Item>) -> Self {
        Self::new(title.into(), false, items, None, None)
    }

    /// The palette over these; documents are asked for under this serial; none: there is no store yet.
    pub fn palette(items: Vec<Item>, serial: Option<u64>, book: Option<BookId>) -> Self {
        Self::new("Go to, or do".into(), true, items, serial, book)
    }

    fn new(title: String, fuzzy: bool, items: Vec<Item>, serial: Option<u64>, book: Option<BookId>) -> Self {
        let matches = (0..items.len()).collect();
        Self {
            title,
            fuzzy,
            items,
            documents: Vec::new(),
            input: Input::default(),
            matches,
            cursor: Cursor::default(),
            looking: false,
            error: None,
            serial,
            book,
        }
    }

    fn item(&self, i: usize) -> Option<&Item> {
        self.items.get(i).or_else(|| self.documents.get(i.checked_sub(self.items.len())?))
    }

    /// A key.
    pub fn key(&mut self, key: KeyEvent) -> Out {
        let n = self.matches.len();
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
        if self.input.paste(text) { self.typed() } else { Out::Stay }
    }

    fn choose(&self) -> Out {
        if self.fuzzy
            && let Some(id) = known_word(self.input.text())
        {
            return Out::Act(id);
        }
        match self.matches.get(self.cursor.at).and_then(|i| self.item(*i)).map(|i| &i.found) {
            Some(Found::Action(id)) => Out::Act(*id),
            Some(Found::Place(place)) => Out::Go(place.clone()),
            Some(Found::Sign) | None => Out::Stay,
        }
    }

    /// Another text: the documents of the one before are gone, and those of this one are asked for.
    fn typed(&mut self) -> Out {
        self.documents.clear();
        self.cursor = Cursor::default();
        self.search();
        let typed = self.input.text().trim().to_string();
        self.looking = false;
        let enough = typed.split_whitespace().any(|w| w.chars().count() >= FEWEST);
        let Some(serial) = self.serial.filter(|_| self.fuzzy && enough) else { return Out::Stay };
        self.looking = true;
        let book = self.book.clone();
        Out::Run(vec![Effect::LookRoom(LookEffect::Find { serial, book, typed })])
    }

    /// Documents arrived: those of an older text are dropped.
    pub fn found(&mut self, serial: u64, typed: &str, answer: Said<Vec<DocumentRow>>) {
        if Some(serial) != self.serial || typed != self.input.text().trim() || !self.fuzzy {
            return;
        }
        self.looking = false;
        self.error = None;
        match answer {
            Ok(rows) => self.documents = rows.into_iter().map(|r| document(&r)).collect(),
            Err(why) => self.error = Some(why),
        }
        // the line that the cursor is on stays the one that Enter does
        let on = self.matches.get(self.cursor.at).copied();
        self.search();
        if let Some(at) = on.and_then(|on| self.matches.iter().position(|m| *m == on)) {
            self.cursor.at = at;
        }
    }

    fn search(&mut self) {
        let typed = self.input.text().trim().to_string();
        let all = self.items.len() + self.documents.len();
        if typed.is_empty() {
            self.matches = (0..all).collect();
            return;
        }
        if !self.fuzzy {
            let words: Vec<String> = typed.to_lowercase().split_whitespace().map(str::to_string).collect();
            let hit = |i: &usize| {
                let Some(item) = self.item(*i) else { return false };
                let name = if let Found::Action(id) = item.found { action(id).name } else { "" };
                let all = format!("{name} {} {} {} {}", item.title, item.text, item.group, item.keys)
                    .to_lowercase();
                words.iter().all(|w| all.contains(w.as_str()))
            };
            self.matches = (0..all).filter(hit).collect();
            return;
        }
        let mut matcher = Matcher::new(Config::DEFAULT);
        let pattern = Pattern::new(&typed, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
        let mut buf = Vec::new();
        let mut scored: Vec<(u32, usize)> = self
            .items
            .iter()
            .enumerate()
            .filter_map(|(i, item)| {
                let name = if let Found::Action(id) = item.found { action(id).name } else { "" };
                let text = format!("{} {}", item.title, name.replace('_', " "));
                let score = pattern.score(Utf32Str::new(&text, &mut buf), &mut matcher)?;
                // what is called exactly so comes first
                let exact = item.title.eq_ignore_ascii_case(&typed) || name.eq_ignore_ascii_case(&typed);
                Some((if exact { u32::MAX } else { score }, i))
            })
            .collect();
        scored.sort_by_key(|(score, i)| (std::cmp::Reverse(*score), *i));
        self.matches = scored.into_iter().map(|(_, i)| i).collect();
        let documents = self.items.len()..all;
        let number = |i: &usize| self.item(*i).is_some_and(|d| d.title.eq_ignore_ascii_case(&typed));
        let (exact, others): (Vec<usize>, Vec<usize>) = documents.partition(number);
        // a number typed whole is meant, whatever else looks like it
        self.matches.splice(0..0, exact);
        self.matches.extend(others);
    }

    /// Draws it.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, theme: &Theme) {
        let w = area.width.saturating_sub(4).min(100);
        let h = (self.items.len().min(ROWS) as u16 + 7).min(area.height);
        let inner = boxed(buf, area, w, h, &self.title, theme, theme.style(Meaning::Focus));
        put(buf, inner, 0, Line::styled(if self.fuzzy { ":" } else { "/" }, theme.style(Meaning::Focus)));
        let field = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(1),
            height: inner.height.min(1),
            ..inner
        };
        self.input.widget(theme.style(Meaning::Text)).render(field.intersection(buf.area), buf);
        let inside = usize::from(inner.width);
        // above the hint the line under the cursor stands whole
        let detail = usize::from(inner.height.saturating_sub(6)).min(2);
        let rows = usize::from(inner.height.saturating_sub(2)).saturating_sub(detail).max(1);
        if self.matches.is_empty() {
            let words = match (&self.error, self.looking) {
                (_, true) => "Looking for documents…",
                (Some(why), _) => why.as_str(),
                (None, false) if self.fuzzy => "No action, place or document has these words.",
                (None, false) => "Nothing has these words.",
            };
            put(buf, inner, 1, Line::styled(left(words, inside), theme.style(Meaning::Muted)));
        }
        // headings while nothing is searched in the help
        let headings = !self.fuzzy && self.input.text().trim().is_empty();
        let mut lines: Vec<(Option<usize>, &str)> = Vec::new();
        let mut at = 0;
        for (i, item) in self.matches.iter().enumerate().filter_map(|(i, m)| Some((i, self.item(*m)?))) {
            if headings && lines.last().is_none_or(|(_, group)| *group != item.group) {
                lines.push((None, item.group));
            }
            if i == self.cursor.at {
                at = lines.len();
            }
            lines.push((Some(i), item.group));
        }
        // the heading above the cursor stays in sight at the top
        let top = at.saturating_sub(rows - 1);
        for (y, (i, group)) in lines.iter().skip(top).take(rows).enumerate() {
            let line = match i.and_then(|i| self.item(*self.matches.get(i)?)) {
                Some(item) => row(item, *i == Some(self.cursor.at), inside, theme),
                None => Line::styled(format!(" {group}"), theme.style(Meaning::Title)),
            };
            put(buf, inner, 1 + y as u16, line);
        }
        if let Some(item) = self.matches.get(self.cursor.at).and_then(|i| self.item(*i)) {
            let text =
                item.why_not.as_ref().map_or_else(|| item.text.clone(), |why| format!("Not now: {why}."));
            for (i, l) in wrap(&text, inside).into_iter().take(detail).enumerate() {
                let y = inner.height.saturating_sub(1 + detail as u16) + i as u16;
                put(buf, inner, y, Line::styled(l, theme.style(Meaning::Muted)));
            }
        }
        let page = format!("{} of {}", (self.cursor.at + 1).min(self.matches.len()), self.matches.len());
        let capped = self.documents.len() as u32 >= MOST;
        let more = match (self.looking, capped) {
            (true, _) => " · looking for documents…".to_string(),
            (false, true) => format!(" · the first {MOST} documents"),
            (false, false) => String::new(),
        };
        let verb = if self.fuzzy { "Enter goes there or does it" } else { "Enter does it" };
        let hint = format!("{verb}   PgDn more   Esc back   {page}{more}");
        put(
            buf,
            inner,
            inner.height.saturating_sub(1),
            Line::styled(left(&hint, inside), theme.style(Meaning::Muted)),
        );
    }
}

/// A document as a line.
fn document(r: &DocumentRow) -> Item {
    let amount = match (r.minor, r.currency) {
        (Some(minor), Some(currency)) => money_of(minor, currency),
        _ => "no amount".into(),
    };
    Item {
        found: Found::Place(Place::Document(r.id, r.book.clone())),
        keys: "document".into(),
        title: clean(&r.number),
        // the amount first: what is last is cut
        text: format!("{amount} · {} · {}", state_long(r.state), clean(&r.payee)),
        group: "Documents",
        why_not: None,
    }
}

fn row(item: &Item, here: bool, w: usize, theme: &Theme) -> Line<'static> {
    let base = match (here, &item.why_not) {
        (true, _) => theme.style(Meaning::Selection),
        (false, Some(_)) => theme.style(Meaning::Disabled),
        (false, None) => theme.style(Meaning::Text),
    };
    let key_style = match (here, &item.found) {
        (true, _) => base,
        (false, Found::Action(_) | Found::Sign) => theme.style(Meaning::Key),
        (false, Found::Place(_)) => theme.style(Meaning::Muted),
    };
    let text = match &item.why_not {
        Some(why) => format!("not now: {why}"),
        None => item.text.clone(),
    };
    let head = left(&item.title, 18);
    let key = left(&item.keys, 16);
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

    fn typed(fuzzy: bool, text: &str) -> Vec<Found> {
        let items = actions()
            .map(|a| Item {
                found: Found::Action(a.id),
                keys: a.keys.join(" "),
                title: a.word.into(),
                text: a.help.into(),
                group: a.group,
                why_not: None,
            })
            .collect();
        let mut f = if fuzzy { Finder::palette(items, Some(1), None) } else { Finder::help("t", items) };
        f.paste(text);
        f.matches.iter().map(|i| f.items[*i].found.clone()).collect()
    }

    #[test]
    fn the_palette_is_fuzzy_and_the_help_looks_into_everything() {
        assert_eq!(typed(true, "aprv").first(), Some(&Found::Action(ActionId::Approve)));
        assert_eq!(typed(true, "post").first(), Some(&Found::Action(ActionId::Post)));
        assert!(typed(false, "clipboard").contains(&Found::Action(ActionId::Copy)));
        assert!(typed(true, "zzzzzz").is_empty());
        // signs of a pattern language are letters like others
        assert!(typed(true, "!^$'").is_empty());
        assert_eq!(typed(false, "").len(), actions().count());
    }
}
