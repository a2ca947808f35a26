//! What the engine does now, by connection, the same in every console; below it what needs a person, what happened in
//! this session, the log, and the runs with their control totals.

mod draw;
pub mod effect;
mod log;
pub mod room;

use std::collections::VecDeque;

use crossterm::event::{KeyCode, KeyEvent};

use crate::engine::{Event, What};
use crate::store::{Attention, ControlBreak, Run};
use crate::tui::keys::ActionId;
use crate::tui::text::clean;
use crate::tui::theme::Meaning;
use crate::tui::widgets::{Cursor, Input};

use effect::EngineState;

pub use draw::draw;
pub use log::{LogLevel, Shown};

/// Events of a session that are kept.
const KEPT: usize = 1000;
/// Lines of the log that are kept.
const LINES: usize = 2000;

/// What the lower part shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// What needs a person.
    #[default]
    Alarms,
    /// What happened in this session.
    Events,
    /// The log.
    Log,
    /// The runs.
    Runs,
}

impl Part {
    /// All, in the order of the tabs.
    pub const ALL: [Part; 4] = [Part::Alarms, Part::Events, Part::Log, Part::Runs];

    fn word(self) -> &'static str {
        match self {
            Part::Alarms => "Alarms",
            Part::Events => "Events",
            Part::Log => "Log",
            Part::Runs => "Runs",
        }
    }

    fn moved(self, by: usize) -> Self {
        let at = Self::ALL.iter().position(|p| *p == self).unwrap_or(0);
        Self::ALL.get((at + by) % Self::ALL.len()).copied().unwrap_or_default()
    }
}

/// Something that needs a person, and where it is mended.
#[derive(Debug, Clone, PartialEq)]
pub enum Alarm {
    /// The engine itself.
    Engine(String),
    /// A connection: its place in the list, and what is wrong.
    Connection(usize, String, String),
    /// A control total that does not hold.
    Break(Box<ControlBreak>),
    /// A document.
    Document(Box<Attention>),
}

/// The screen.
#[derive(Debug, Clone, Default)]
pub struct Activity {
    /// Newest first.
    pub events: VecDeque<Event>,
    /// How many were dropped.
    pub dropped: u64,
    /// What the engine does, once it was read.
    pub state: Option<Box<EngineState>>,
    /// What went wrong with reading it.
    pub error: Option<String>,
    /// What needs a person.
    pub alarms: Vec<Alarm>,
    /// Lines of the log, oldest first.
    pub lines: VecDeque<Shown>,
    /// Those that are listed.
    pub level: LogLevel,
    /// New lines move the list.
    pub follow: bool,
    /// The lower part.
    pub part: Part,
    /// Filter of the lower part.
    pub search: String,
    /// The field, while somebody types.
    pub typing: Option<Input>,
    cursors: [Cursor; 4],
    /// A question for the log is out.
    asking: bool,
}

impl Activity {
    /// Something happened.
    pub fn push(&mut self, event: Event) {
        let cursor = self.cursor_of(Part::Events);
        if cursor.at > 0 {
            // whoever reads keeps their place
            cursor.at += 1;
            cursor.top += 1;
        }
        self.events.push_front(event);
        while self.events.len() > KEPT {
            self.events.pop_back();
            self.dropped += 1;
        }
    }

    fn cursor_of(&mut self, part: Part) -> &mut Cursor {
        let [a, b, c, d] = &mut self.cursors;
        match part {
            Part::Alarms => a,
            Part::Events => b,
            Part::Log => c,
            Part::Runs => d,
        }
    }

    /// The cursor of the part that is shown.
    pub fn cursor(&self) -> Cursor {
        let at = Part::ALL.iter().position(|p| *p == self.part).unwrap_or(0);
        self.cursors.get(at).copied().unwrap_or_default()
    }

    fn has(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.search.split_whitespace().all(|w| text.contains(&w.to_lowercase()))
    }

    /// The alarms that are listed.
    pub fn alarms(&self) -> Vec<&Alarm> {
        self.alarms.iter().filter(|a| self.has(&alarm_text(a))).collect()
    }

    /// The events that are listed, newest first.
    pub fn listed(&self) -> Vec<&Event> {
        self.events.iter().filter(|e| self.has(&format!("{} {}", e.number, e.text))).collect()
    }

    /// The lines that are listed, oldest first.
    pub fn log(&self) -> Vec<&Shown> {
        self.lines.iter().filter(|l| l.level <= self.level && self.has(&l.text)).collect()
    }

    /// The runs that are listed, newest first.
    pub fn runs(&self) -> Vec<&Run> {
        let runs = self.state.iter().flat_map(|s| &s.runs);
        runs.filter(|r| self.has(&format!("{} {}", r.id, r.pass))).collect()
    }

    /// How many lines the part that is shown has.
    pub fn len(&self) -> usize {
        match self.part {
            Part::Alarms => self.alarms().len(),
            Part::Events => self.listed().len(),
            Part::Log => self.log().len(),
            Part::Runs => self.runs().len(),
        }
    }

    /// Whether the part that is shown has no line.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Moves in the part that is shown. None: it is no move.
    pub fn act(&mut self, action: ActionId, page: usize) -> Option<()> {
        let n = self.len();
        let part = self.part;
        if !self.cursor_of(part).act(action, n, page) {
            return None;
        }
        if part == Part::Log {
            // whoever stands on the last line follows
            self.follow = self.cursor().at + 1 >= n;
        }
        Some(())
    }

    /// Keeps the cursor within the part.
    pub fn fit(&mut self, page: usize) {
        let n = self.len();
        let (part, follow) = (self.part, self.follow);
        let cursor = self.cursor_of(part);
        if part == Part::Log && follow {
            cursor.at = n.saturating_sub(1);
        }
        cursor.fit(n, page);
    }

    /// Takes lines of the log.
    pub fn take(&mut self, lines: &[crate::transport::log::LogLine]) {
        let known = self.newest();
        self.lines.extend(lines.iter().filter(|l| l.n > known).map(Shown::of));
        while self.lines.len() > LINES {
            self.lines.pop_front();
        }
    }

    /// The number of the newest line.
    pub fn newest(&self) -> u64 {
        self.lines.back().map_or(0, |l| l.n)
    }

    /// A key for the filter field. None: it is closed.
    pub fn filter_key(&mut self, key: KeyEvent) -> Option<()> {
        let input = self.typing.as_mut()?;
        match key.code {
            KeyCode::Enter | KeyCode::Tab | KeyCode::Up | KeyCode::Down => self.typing = None,
            KeyCode::Esc => {
                self.typing = None;
                self.search.clear();
            }
            _ if input.key(key) => self.search = input.text().to_string(),
            _ => {}
        }
        Some(())
    }
}

/// What an alarm says, for the filter.
fn alarm_text(alarm: &Alarm) -> String {
    match alarm {
        Alarm::Engine(text) => text.clone(),
        Alarm::Connection(_, name, why) => format!("{name} {why}"),
        Alarm::Break(b) => b.text.clone(),
        Alarm::Document(a) => format!("{} {} {} {}", a.row.number, a.row.payee, a.message, a.remedy),
    }
}

/// Sign and meaning of an event.
fn sign(what: What) -> (&'static str, Meaning) {
    match what {
        What::Posted | What::Confirmed => ("✓", Meaning::Ok),
        What::Approved => ("●", Meaning::Accent),
        What::Refused | What::Alarm => ("!", Meaning::Error),
        What::Doubt => ("?", Meaning::Warn),
        What::Held => ("=", Meaning::Warn),
        What::Connection => ("!", Meaning::Warn),
        What::Fetched | What::Derived | What::Acknowledged => ("·", Meaning::Text),
        What::Started | What::Stopped => ("·", Meaning::Muted),
    }
}

/// A run with its control totals, for the reader (accounting.md, section 11).
fn run_text(run: &Run, zone: &jiff::tz::TimeZone) -> String {
    use crate::model::money::{from_minor, shown};
    use crate::tui::format::minute;
    use crate::tui::text::{left, right, width};
    let took = run.ended_at.duration_since(run.started_at).as_secs().max(0);
    let mut out = vec![format!(
        "{} · began {} · took {took} s",
        if run.pass == "fetch" { "a reading of the sources" } else { "a pass of work" },
        minute(run.started_at, zone)
    )];
    out.push("What a reading saw, and what stood at the end: how many, and how much.".into());
    out.push("They are compared after each run; what does not agree is an alarm.".into());
    let rows: Vec<[String; 6]> = run
        .totals
        .iter()
        .map(|t| {
            [
                t.book.as_ref().map_or_else(|| "no book".into(), |b| clean(b.as_str())),
                clean(t.connection.as_str()),
                t.kind.map_or_else(String::new, |k| clean(&k.name().replace('_', " "))),
                t.stage.name().replace('_', " "),
                t.count.to_string(),
                t.currency.map_or_else(String::new, |c| format!("{} {c}", shown(from_minor(t.minor, c), c))),
            ]
        })
        .collect();
    let heads = ["book", "connection", "kind", "stage", "count", "amount"].map(String::from);
    let mut widths = [0; 6];
    for row in rows.iter().chain([&heads]) {
        for (w, cell) in widths.iter_mut().zip(row) {
            *w = (*w).max(width(cell));
        }
    }
    out.push(String::new());
    for row in [&heads].into_iter().chain(&rows) {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(i, (c, w))| if i >= 4 { right(c, w) } else { left(c, w) })
            .collect();
        out.push(cells.join("  "));
    }
    if run.totals.is_empty() {
        out.push("This run kept no figures.".into());
    }
    out.join("\n")
}
