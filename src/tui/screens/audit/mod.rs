//! The audit trail, newest first, in pages; of everything or of one document.

pub mod effect;
pub mod room;

use crossterm::event::{KeyCode, KeyEvent};
use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::model::ids::DocumentId;
use crate::store::{AuditQuery, AuditRow};
use crate::tui::app::Model;
use crate::tui::effect::Effect;
use crate::tui::format::minute;
use crate::tui::keys::ActionId;
use crate::tui::msg::Said;
use crate::tui::text::{clean, left};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{Cursor, Input, put, rule};

const PAGE: u32 = 200;

/// The trail.
#[derive(Debug, Clone, Default)]
pub struct AuditScreen {
    /// Of this subject only: id and number.
    pub subject: Option<(String, String)>,
    /// Filter in force.
    pub search: String,
    /// The field, while somebody types.
    pub typing: Option<Input>,
    /// What was read, newest first.
    pub rows: Vec<AuditRow>,
    /// There are older ones.
    pub more: bool,
    /// A first answer has come.
    pub loaded: bool,
    /// What went wrong.
    pub error: Option<String>,
    /// Cursor.
    pub cursor: Cursor,
    counter: u64,
    fetching: bool,
}

impl AuditScreen {
    /// Shows everything, or one subject.
    pub fn open(&mut self, subject: Option<(String, String)>) -> Effect {
        let counter = self.counter;
        *self = Self { subject, counter, ..Self::default() };
        self.ask(false, false)
    }

    /// Reads from the newest.
    pub fn ask(&mut self, more: bool, debounce: bool) -> Effect {
        self.counter += 1;
        self.fetching = true;
        let before = if more { self.rows.last().map(|r| r.seq) } else { None };
        let limit = if more { PAGE } else { (self.rows.len() as u32).clamp(PAGE, 2000) };
        let query = AuditQuery {
            subject: self.subject.as_ref().map(|(id, _)| id.clone()),
            before,
            limit,
            search: self.search.split_whitespace().map(str::to_string).collect(),
            ..AuditQuery::default()
        };
        Effect::Audit { generation: self.counter, query, more, debounce }
    }

    /// Events arrived.
    pub fn arrived(&mut self, generation: u64, more: bool, answer: Said<Vec<AuditRow>>) {
        if generation != self.counter {
            return;
        }
        self.fetching = false;
        match answer {
            Err(why) => self.error = Some(why),
            Ok(rows) => {
                self.error = None;
                self.loaded = true;
                self.more = rows.len() >= PAGE as usize;
                if more {
                    self.rows.extend(rows);
                } else {
                    // the cursor stays on its event unless it follows the newest
                    let on =
                        if self.cursor.at == 0 { None } else { self.rows.get(self.cursor.at).map(|r| r.seq) };
                    self.rows = rows;
                    if let Some(at) = on.and_then(|seq| self.rows.iter().position(|r| r.seq == seq)) {
                        self.cursor.at = at;
                    }
                    self.cursor.at = self.cursor.at.min(self.rows.len().saturating_sub(1));
                }
            }
        }
    }

    /// Does an action of the list; none when it is not one.
    pub fn act(&mut self, action: ActionId, page: usize) -> Option<Vec<Effect>> {
        if action == ActionId::Filter {
            self.typing = Some(Input::with(&self.search));
            return Some(Vec::new());
        }
        if !self.cursor.act(action, self.rows.len(), page) {
            return None;
        }
        let near = self.cursor.at + page >= self.rows.len();
        Some(if near && self.more && !self.fetching { vec![self.ask(true, false)] } else { Vec::new() })
    }

    /// A key for the filter field. None: it is closed.
    pub fn filter_key(&mut self, key: KeyEvent) -> Option<Vec<Effect>> {
        let input = self.typing.as_mut()?;
        match key.code {
            KeyCode::Enter | KeyCode::Tab | KeyCode::Up | KeyCode::Down => {
                self.typing = None;
                Some(Vec::new())
            }
            KeyCode::Esc => {
                self.typing = None;
                Some(self.clear())
            }
            _ if input.key(key) => {
                self.search = input.text().to_string();
                self.rows.clear();
                self.cursor = Cursor::default();
                Some(vec![self.ask(false, true)])
            }
            _ => Some(Vec::new()),
        }
    }

    /// A paste into the filter field. None: it is closed.
    pub fn filter_paste(&mut self, text: &str) -> Option<Vec<Effect>> {
        let input = self.typing.as_mut()?;
        input.paste(text);
        self.search = input.text().to_string();
        self.rows.clear();
        Some(vec![self.ask(false, true)])
    }

    /// Without filter.
    pub fn clear(&mut self) -> Vec<Effect> {
        self.search.clear();
        self.rows.clear();
        self.cursor = Cursor::default();
        vec![self.ask(false, false)]
    }
}

/// Draws the list.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let theme = &model.look.theme;
    let screen = &model.audit;
    let w = usize::from(area.width);
    if let Some(input) = &screen.typing {
        put(buf, area, 0, Line::styled("/", theme.style(Meaning::Focus)));
        let field =
            Rect { x: area.x + 1, width: area.width.saturating_sub(1), height: area.height.min(1), ..area };
        input.widget(theme.style(Meaning::Text)).render(field.intersection(buf.area), buf);
    } else {
        let mut title = match &screen.subject {
            Some((_, number)) => format!("audit trail of {number}"),
            None => "audit trail, newest first".into(),
        };
        if !screen.search.trim().is_empty() {
            title.push_str(&format!(" · filter: {} · Esc clears", clean(screen.search.trim())));
        }
        let shown = format!("{}{}", screen.rows.len(), if screen.more { "+" } else { "" });
        let at = format!("{} of {shown}", if screen.rows.is_empty() { 0 } else { screen.cursor.at + 1 });
        rule(buf, area, 0, &title, &at, theme);
    }
    let line = |seq: &str, at: &str, action: &str, on: &str, text: &str| {
        let rest = w.saturating_sub(2 + 7 + 17 + 15 + 13);
        format!(
            "  {} {} {} {} {}",
            left(seq, 6),
            left(at, 16),
            left(action, 14),
            left(on, 12),
            left(text, rest)
        )
    };
    put(
        buf,
        area,
        1,
        Line::styled(line("event", "when", "what", "on", "who and how"), theme.style(Meaning::Muted)),
    );
    if let Some(why) = &screen.error {
        put(
            buf,
            area,
            3,
            Line::styled(
                format!("  The trail cannot be read: {why}. r reads again."),
                theme.style(Meaning::Error),
            ),
        );
        return;
    }
    if screen.rows.is_empty() {
        let words = if !screen.loaded {
            "  reading…"
        } else if screen.search.trim().is_empty() {
            "  Nothing is recorded here yet."
        } else {
            "  No event matches. Esc clears the filter."
        };
        put(buf, area, 3, Line::styled(words, theme.style(Meaning::Text)));
        return;
    }
    let rows = usize::from(area.height.saturating_sub(2));
    for (i, r) in screen.rows.iter().enumerate().skip(screen.cursor.top).take(rows) {
        let here = i == screen.cursor.at;
        let mut text = line(
            &r.seq.to_string(),
            &minute(r.at, &model.zone),
            &clean(&r.action),
            &subject_words(r),
            &clean(&who_and_how(r)),
        );
        if here {
            text.replace_range(0..1, ">");
        }
        let style = theme.style(if here { Meaning::Selection } else { Meaning::Text });
        put(buf, area, 2 + (i - screen.cursor.top) as u16, Line::styled(text, style));
    }
}

/// What an event is about, as people name it: the document's number, a book or connection, else the end of the id.
pub fn subject_words(r: &AuditRow) -> String {
    let number = r.fields.iter().find(|(k, v)| k == "number" && !v.is_empty()).map(|(_, v)| clean(v));
    number.unwrap_or_else(|| match r.subject.parse::<DocumentId>() {
        Ok(_) => format!(
            "…{}",
            r.subject.chars().skip(r.subject.chars().count().saturating_sub(6)).collect::<String>()
        ),
        Err(_) => clean(&r.subject),
    })
}

/// The sentence, with who did it before it unless it begins with that already.
fn who_and_how(r: &AuditRow) -> String {
    if r.text.starts_with(&r.actor) { r.text.clone() } else { format!("{}: {}", r.actor, r.text) }
}

/// All of an event, for the reader: the time in the book's zone, nothing empty and nothing twice.
pub fn detail(r: &AuditRow, zone: &TimeZone) -> String {
    let on = subject_words(r);
    let subject = if on == r.subject || r.subject.ends_with(on.trim_start_matches('…')) {
        r.subject.clone()
    } else {
        format!("{on} ({})", r.subject)
    };
    let when = r.at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string();
    let seq = r.seq.to_string();
    let head = [
        ("event", seq.as_str()),
        ("when", &when),
        ("who", &r.actor),
        ("via", &r.via),
        ("what", &r.action),
        ("on", &subject),
    ];
    let mut text = String::new();
    for (word, value) in head.into_iter().filter(|(_, v)| !v.is_empty()) {
        text.push_str(&format!("{} {}\n", left(word, 8), clean(value)));
    }
    text.push_str(&format!("\n{}\n\n", clean(&r.text)));
    let said = |k: &str, v: &str| {
        v.is_empty()
            || k == "number" && v == on
            || k == "actor" && v == r.actor
            || k == "via" && v == r.via
            || k == "subject" && v == r.subject
    };
    for (k, v) in r.fields.iter().filter(|(k, v)| !said(k, v)) {
        text.push_str(&format!("{}: {}\n", clean(k), clean(v)));
    }
    text.push_str(&format!("\nhash {}", r.hash));
    text
}
