//! The audit trail, newest first: a window of the events that a search has, the event under the cursor with what it
//! changed, where the chain stands, and the replay of a document.

pub mod detail;
mod draw;
pub mod effect;
pub mod filter;
pub mod room;

use crossterm::event::{KeyCode, KeyEvent};
use jiff::tz::TimeZone;

use crate::engine::inspect::{Compared, Looked};
use crate::model::ids::DocumentId;
use crate::store::{AuditQuery, AuditRow};
use crate::tui::effect::Effect;
use crate::tui::keys::ActionId;
use crate::tui::msg::Said;
use crate::tui::widgets::difference::Comparison;
use crate::tui::widgets::{Cursor, Input};

use detail::Changed;
use effect::{AuditEffect, Chain};

pub use detail::{detail, subject_words};
pub use draw::draw;

/// Events of one page.
const PAGE: u32 = 200;
/// Events that are held at most: the window around the cursor.
const KEPT: usize = 800;

/// Which page was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Part {
    /// The newest.
    #[default]
    Newest,
    /// Those below the last row.
    Older,
    /// Those above the first row.
    Newer,
    /// The oldest.
    Oldest,
}

/// The event under the cursor, read once.
#[derive(Debug, Clone, Default)]
pub struct Pane {
    seq: u64,
    /// What it changed.
    pub changes: Vec<Changed>,
    /// What else was recorded.
    pub rest: Vec<(String, String)>,
}

/// A document derived again, beside what was posted.
#[derive(Debug, Clone)]
pub struct Replay {
    /// Document.
    pub id: DocumentId,
    /// Its number.
    pub number: String,
    /// Both sets, once they were compared.
    pub compared: Option<Said<(Box<Compared>, Comparison)>>,
    /// What the ledger holds of it, once it was asked.
    pub looked: Option<Said<Box<Looked>>>,
}

/// The trail.
#[derive(Debug, Clone, Default)]
pub struct AuditScreen {
    /// Of this subject only: id and number.
    pub subject: Option<(String, String)>,
    /// Filter in force.
    pub search: String,
    /// The field, while somebody types.
    pub typing: Option<Input>,
    /// The window, newest first.
    pub rows: Vec<AuditRow>,
    /// There are older ones.
    pub more: bool,
    /// There are newer ones above the window.
    pub newer: bool,
    /// A first answer has come.
    pub loaded: bool,
    /// What went wrong.
    pub error: Option<String>,
    /// Cursor.
    pub cursor: Cursor,
    /// How many events the search has, once they were counted.
    pub total: Option<u64>,
    /// What is in force, for people.
    pub chips: Vec<String>,
    /// What is wrong with the search.
    pub problem: Option<String>,
    /// Where the chain stands.
    pub chain: Chain,
    /// So many of so many events are verified.
    pub verifying: Option<(u64, u64)>,
    /// The event under the cursor.
    pub pane: Pane,
    /// A replay, instead of the list.
    pub replay: Option<Box<Replay>>,
    /// The zone of days.
    pub zone: Option<TimeZone>,
    counter: u64,
    part: Part,
    fetching: bool,
}

impl AuditScreen {
    /// Shows everything, or one subject.
    pub fn open(&mut self, subject: Option<(String, String)>) -> Effect {
        let kept = std::mem::take(self);
        *self = Self {
            subject,
            counter: kept.counter,
            zone: kept.zone,
            chain: kept.chain,
            verifying: kept.verifying,
            ..Self::default()
        };
        self.ask(false, false)
    }

    /// The search in force, without position and limit.
    pub fn query(&mut self, typing: bool) -> AuditQuery {
        let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
        let search = filter::parse(&self.search, &zone, typing);
        self.chips = search.chips;
        self.problem = search.problem;
        AuditQuery { subject: self.subject.as_ref().map(|(id, _)| id.clone()), ..search.query }
    }

    /// Reads from the newest, or those below the last row.
    pub fn ask(&mut self, more: bool, debounce: bool) -> Effect {
        self.page(if more { Part::Older } else { Part::Newest }, debounce)
    }

    fn page(&mut self, part: Part, debounce: bool) -> Effect {
        self.counter += 1;
        self.fetching = true;
        self.part = part;
        let query = self.query(self.typing.is_some());
        let (first, last) = (self.rows.first().map(|r| r.seq), self.rows.last().map(|r| r.seq));
        let query = match part {
            Part::Newest => {
                let limit = u32::try_from(self.rows.len().min(KEPT)).unwrap_or(PAGE).max(PAGE);
                AuditQuery { limit, ..query }
            }
            Part::Older => AuditQuery { before: last, limit: PAGE, ..query },
            Part::Newer => AuditQuery { after: first, forward: true, limit: PAGE, ..query },
            Part::Oldest => AuditQuery { after: Some(0), forward: true, limit: PAGE, ..query },
        };
        Effect::Audit { generation: self.counter, query, more: part == Part::Older, debounce }
    }

    /// Events arrived; what is to be counted then.
    pub fn arrived(&mut self, generation: u64, answer: Said<Vec<AuditRow>>) -> Option<Effect> {
        if generation != self.counter {
            return None;
        }
        self.fetching = false;
        let rows = match answer {
            Ok(rows) => rows,
            Err(why) => {
                self.error = Some(why);
                return None;
            }
        };
        self.error = None;
        self.loaded = true;
        let full = rows.len() >= PAGE as usize;
        match self.part {
            Part::Newest => {
                // the cursor stays on its event unless it follows the newest
                let on =
                    if self.cursor.at == 0 { None } else { self.rows.get(self.cursor.at).map(|r| r.seq) };
                self.rows = rows;
                (self.more, self.newer) = (full, false);
                if let Some(at) = on.and_then(|seq| self.rows.iter().position(|r| r.seq == seq)) {
                    self.cursor.at = at;
                }
            }
            Part::Older => {
                self.rows.extend(rows);
                self.more = full;
                let over = self.rows.len().saturating_sub(KEPT);
                if over > 0 {
                    self.rows.drain(..over);
                    self.newer = true;
                    self.cursor.at = self.cursor.at.saturating_sub(over);
                    self.cursor.top = self.cursor.top.saturating_sub(over);
                }
            }
            Part::Newer => {
                let n = rows.len();
                self.rows.splice(0..0, rows);
                self.newer = full;
                self.cursor.at += n;
                self.cursor.top += n;
                if self.rows.len() > KEPT {
                    self.rows.truncate(KEPT);
                    self.more = true;
                }
            }
            Part::Oldest => {
                self.rows = rows;
                (self.more, self.newer) = (false, full);
                self.cursor.at = self.rows.len().saturating_sub(1);
            }
        }
        self.cursor.at = self.cursor.at.min(self.rows.len().saturating_sub(1));
        self.look();
        if self.part == Part::Newest && !self.more {
            self.total = Some(self.rows.len() as u64);
            return None;
        }
        if self.part != Part::Newest {
            return None;
        }
        let query = Box::new(self.query(self.typing.is_some()));
        Some(Effect::AuditRoom(AuditEffect::Count { generation: self.counter, query }))
    }

    /// The events were counted.
    pub fn counted(&mut self, generation: u64, answer: Said<u64>) {
        // a count that failed leaves "…": the list itself is right
        if generation <= self.counter
            && let Ok(n) = answer
        {
            self.total = Some(n);
        }
    }

    /// Reads the event under the cursor.
    pub fn look(&mut self) {
        let Some(r) = self.rows.get(self.cursor.at) else {
            self.pane = Pane::default();
            return;
        };
        if self.pane.seq != r.seq {
            self.pane = Pane { seq: r.seq, changes: detail::changes(r), rest: detail::rest(r) };
        }
    }

    /// The event under the cursor.
    pub fn current(&self) -> Option<&AuditRow> {
        self.rows.get(self.cursor.at)
    }

    /// Does an action of the list; none when it is not one.
    pub fn act(&mut self, action: ActionId, page: usize) -> Option<Vec<Effect>> {
        match action {
            ActionId::Filter => {
                self.typing = Some(Input::with(&self.search));
                return Some(Vec::new());
            }
            ActionId::Top if self.newer => {
                self.cursor = Cursor::default();
                self.rows.clear();
                return Some(vec![self.page(Part::Newest, false)]);
            }
            ActionId::Bottom if self.more => return Some(vec![self.page(Part::Oldest, false)]),
            _ => {}
        }
        if !self.cursor.act(action, self.rows.len(), page) {
            return None;
        }
        self.look();
        if self.fetching {
            return Some(Vec::new());
        }
        if self.more && self.cursor.at + 2 * page >= self.rows.len() {
            return Some(vec![self.page(Part::Older, false)]);
        }
        if self.newer && self.cursor.at < 2 * page {
            return Some(vec![self.page(Part::Newer, false)]);
        }
        Some(Vec::new())
    }

    /// A key for the filter field. None: it is closed.
    pub fn filter_key(&mut self, key: KeyEvent) -> Option<Vec<Effect>> {
        let input = self.typing.as_mut()?;
        match key.code {
            KeyCode::Enter | KeyCode::Tab | KeyCode::Up | KeyCode::Down => {
                self.typing = None;
                // what was waited for while it was typed counts now
                Some(vec![self.ask(false, false)])
            }
            KeyCode::Esc => {
                self.typing = None;
                Some(self.clear())
            }
            _ if input.key(key) => {
                self.search = input.text().to_string();
                Some(self.again(true))
            }
            _ => Some(Vec::new()),
        }
    }

    /// A paste into the filter field. None: it is closed.
    pub fn filter_paste(&mut self, text: &str) -> Option<Vec<Effect>> {
        let input = self.typing.as_mut()?;
        input.paste(text);
        self.search = input.text().to_string();
        Some(self.again(true))
    }

    /// Another search.
    pub fn seek(&mut self, search: String) -> Vec<Effect> {
        self.search = search;
        self.again(false)
    }

    /// Without filter.
    pub fn clear(&mut self) -> Vec<Effect> {
        self.seek(String::new())
    }

    fn again(&mut self, debounce: bool) -> Vec<Effect> {
        self.rows.clear();
        self.loaded = false;
        self.total = None;
        self.cursor = Cursor::default();
        vec![self.ask(false, debounce)]
    }
}
