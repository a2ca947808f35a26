//! The connections and the books: health, what is known of each, and the first steps of a new home.

mod book_acts;
mod book_forms;
mod books;
mod detail;
pub mod effect;
mod list;
pub mod room;
mod submit;
pub mod welcome;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::engine::Door;
use crate::engine::connect_look::{BookLook, ConnectionLook};
use crate::store::Health;
use crate::tui::app::Model;
use crate::tui::keys::{ActionId, Context};
use crate::tui::text::{clean, wrap};
use crate::tui::theme::Meaning;
use crate::tui::widgets::{Cursor, put};

use effect::Looked;

/// The part of the screen that is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// Connections.
    #[default]
    Connections,
    /// Books.
    Books,
}

/// Cursors, and what is known beside the rows; connections and books themselves are those of the root.
#[derive(Debug, Clone, Default)]
pub struct Connections {
    /// The part.
    pub part: Part,
    /// Cursor of the connections.
    pub cursor: Cursor,
    /// Cursor of the books.
    pub book_cursor: Cursor,
    /// What is known; none: not read yet.
    pub looked: Option<Box<Looked>>,
    /// Why it could not be read.
    pub unlooked: Option<String>,
    /// Somebody came over the network.
    pub remote: bool,
    /// A browser can be opened.
    pub browser: bool,
    asked: u64,
    /// The first facts came: a new home begins here.
    greeted: bool,
}

impl Connections {
    /// Whether the vault is known to be closed.
    pub fn closed(&self) -> bool {
        self.looked.as_ref().is_some_and(|l| l.door != Door::Open)
    }

    /// The vault was opened here.
    fn opened(&mut self) {
        if let Some(looked) = &mut self.looked {
            looked.door = Door::Open;
        }
    }

    /// Ways to a new vault; none: there is one.
    fn ways(&self) -> Vec<crate::engine::WayOffer> {
        match self.looked.as_ref().map(|l| &l.door) {
            Some(Door::NotMade(ways)) => ways.clone(),
            _ => Vec::new(),
        }
    }

    fn look_of(&self, id: &crate::model::ids::ConnectionId) -> Option<&ConnectionLook> {
        self.looked.as_ref()?.connections.iter().find(|l| l.id == *id)
    }

    fn book_look_of(&self, id: &crate::model::ids::BookId) -> Option<&BookLook> {
        self.looked.as_ref()?.books.iter().find(|l| l.id == *id)
    }
}

/// The vault is closed, in the words of the header.
pub fn closed_words(model: &Model) -> String {
    let there = model.key(ActionId::ScreenConnections);
    match model.connection_list.looked.as_ref().map(|l| &l.door) {
        Some(Door::Locked { .. }) => {
            format!("VAULT LOCKED: {there}, then {}", model.key(ActionId::Unlock))
        }
        _ => {
            let new = model.look.keys.says(Context::Connections, ActionId::NewConnection);
            format!("not set up: {there}, then {new}")
        }
    }
}

/// Draws the part that is shown.
pub fn draw(model: &Model, buf: &mut Buffer, area: Rect) {
    let list = &model.connection_list;
    if let Some(Door::Locked { why, passphrase }) = list.looked.as_ref().map(|l| &l.door) {
        let theme = &model.look.theme;
        let unlock = model.key(ActionId::Unlock);
        let what = if *passphrase { "asks for the passphrase" } else { "tries once more" };
        let text = format!(
            "! {} tieout shows what it has and does nothing that needs a secret: it reads, tells and posts nothing. {unlock} {what}.",
            clean(why)
        );
        let lines = wrap(&text, usize::from(area.width).saturating_sub(2));
        let taken = (lines.len() as u16 + 1).min(area.height);
        for (y, l) in lines.into_iter().enumerate() {
            put(buf, area, y as u16, Line::styled(format!(" {l}"), theme.style(Meaning::Warn)));
        }
        let rest = Rect { y: area.y + taken, height: area.height - taken, ..area };
        return part(model, buf, rest);
    }
    part(model, buf, area);
}

fn part(model: &Model, buf: &mut Buffer, area: Rect) {
    if model.books.is_empty() && model.connection_list.part == Part::Connections {
        let taken = welcome::draw(model, buf, area);
        let taken = taken.min(area.height);
        let rest = Rect { y: area.y + taken, height: area.height - taken, ..area };
        if !model.connections.is_empty() {
            list::draw(model, buf, rest);
        }
        return;
    }
    match model.connection_list.part {
        Part::Connections => list::draw(model, buf, area),
        Part::Books => books::draw(model, buf, area),
    }
}

/// Facts below their rule. What does not fit is counted, never cut without a word.
fn facts(model: &Model, buf: &mut Buffer, area: Rect, lines: Vec<(String, Meaning)>) {
    let theme = &model.look.theme;
    let room = usize::from(area.height.saturating_sub(1));
    let shown = if lines.len() > room { room.saturating_sub(1) } else { lines.len() };
    let hidden = lines.len() - shown;
    for (i, (text, meaning)) in lines.into_iter().take(shown).enumerate() {
        put(buf, area, 1 + i as u16, Line::styled(text, theme.style(meaning)));
    }
    if hidden > 0 {
        let s = if hidden == 1 { "" } else { "s" };
        let text = format!(" … {hidden} more line{s}: a higher window shows them");
        put(buf, area, 1 + shown as u16, Line::styled(text, theme.style(Meaning::Muted)));
    }
}

/// What a health means to the eye.
pub fn health_meaning(h: Health) -> Meaning {
    match h {
        Health::Ok => Meaning::Ok,
        Health::Expiring | Health::Throttled | Health::Paused => Meaning::Warn,
        _ => Meaning::Error,
    }
}

/// Sign and word of a health: `✓ ok`, `! wrong company`.
pub fn health_words(h: Health) -> String {
    let sign = match h {
        Health::Ok => "✓",
        Health::Paused => "=",
        Health::Throttled => "…",
        _ => "!",
    };
    format!("{sign} {}", h.name().replace('_', " "))
}

/// A fact in two columns, wrapped under its value.
fn fact_lines(label: &str, value: &str, meaning: Meaning, w: usize) -> Vec<(String, Meaning)> {
    const LABEL: usize = 12;
    let room = w.saturating_sub(LABEL + 2).max(10);
    let rows = wrap(value, room);
    let rows = if rows.is_empty() { vec![String::new()] } else { rows };
    rows.into_iter()
        .enumerate()
        .map(|(i, row)| {
            let lead = if i == 0 { label } else { "" };
            (format!(" {} {row}", crate::tui::text::left(lead, LABEL)), meaning)
        })
        .collect()
}
