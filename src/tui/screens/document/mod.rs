//! One document: what Concur said on the left, what the ledger will get on the right, why, checks, findings, history.

pub mod effect;
pub mod room;

mod entries;
mod lower;
mod source;
mod view;

use crate::model::entry::{EntrySet, Line, LineSource};
use crate::model::ids::DocumentId;
use crate::tui::app::Chosen;
use crate::tui::effect::{CardFor, Effect};
use crate::tui::keys::ActionId;
use crate::tui::msg::{Said, Sheet};
use crate::tui::screens::queue::Pane;
use crate::tui::widgets::Cursor;

pub use entries::EntryRow;
pub use source::SourceRow;
pub use view::draw;

/// The parts of a narrow document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// What Concur said.
    Source,
    /// What the ledger will get.
    #[default]
    Entries,
    /// Why, checks and findings (below 80 columns).
    Checks,
}

/// The document screen.
#[derive(Debug, Clone, Default)]
pub struct DocumentScreen {
    /// Which.
    pub id: Option<DocumentId>,
    /// What is known of it.
    pub sheet: Option<Box<Sheet>>,
    /// The lines of the right side, formatted on arrival.
    pub entries: Vec<EntryRow>,
    /// The lines of the left side, formatted on arrival.
    pub source: Vec<SourceRow>,
    /// The part that is shown or has the keys.
    pub part: Part,
    /// Cursor over the lines of the right side.
    pub cursor: Cursor,
    /// First visible line of the left side.
    pub source_top: usize,
    /// What went wrong.
    pub error: Option<String>,
    /// Columns and rows.
    pub size: (u16, u16),
    counter: u64,
    asked: u64,
}

impl DocumentScreen {
    /// Opens a document; what the queue knows of it already is shown at once.
    pub fn open(&mut self, id: DocumentId, known: Option<Box<Sheet>>) -> Effect {
        let counter = self.counter;
        let size = self.size;
        *self = Self { id: Some(id), counter, size, ..Self::default() };
        if let Some(sheet) = known.filter(|s| s.card.row.id == id) {
            self.take(sheet);
        }
        self.ask(id)
    }

    fn ask(&mut self, id: DocumentId) -> Effect {
        self.counter += 1;
        self.asked = self.counter;
        Effect::Card { generation: self.counter, id, purpose: CardFor::Document }
    }

    /// Reads it again.
    pub fn refresh(&mut self) -> Option<Effect> {
        self.id.map(|id| self.ask(id))
    }

    /// It arrived.
    pub fn arrived(&mut self, generation: u64, answer: Said<Box<Sheet>>) {
        if generation != self.asked {
            return;
        }
        match answer {
            Ok(sheet) => {
                self.error = None;
                self.take(sheet);
            }
            Err(why) => self.error = Some(why),
        }
    }

    fn take(&mut self, sheet: Box<Sheet>) {
        self.entries = entries::rows(&sheet);
        self.source = source::rows(&sheet);
        self.sheet = Some(sheet);
        if !self.entries.get(self.cursor.at).is_some_and(EntryRow::is_line) {
            self.cursor.at = self.entries.iter().position(EntryRow::is_line).unwrap_or(0);
        }
        self.fit();
    }

    /// The document for an action.
    pub fn chosen(&self) -> Option<Chosen> {
        self.sheet.as_ref().map(|s| Chosen::of(&s.card.row))
    }

    /// The set that is shown.
    pub fn set(&self) -> Option<&EntrySet> {
        crate::tui::screens::queue::set_of(self.sheet.as_ref()?)
    }

    /// The selected line with its entry: indexes and the line.
    pub fn selected(&self) -> Option<(usize, usize, &Line)> {
        let (e, l) = self.entries.get(self.cursor.at)?.place?;
        let line = self.set()?.entries.get(e)?.lines.get(l)?;
        Some((e, l, line))
    }

    /// Where the selected line stems from.
    pub fn selected_source(&self) -> Option<LineSource> {
        self.selected()?.2.source
    }

    /// Does an action of the document; none when it is not one.
    pub fn act(&mut self, action: ActionId) -> bool {
        let parts = self.parts();
        let turn = |by: usize, part: Part| {
            let at = parts.iter().position(|p| *p == part).unwrap_or(0);
            parts.get((at + by) % parts.len().max(1)).copied().unwrap_or_default()
        };
        match action {
            ActionId::NextPart | ActionId::Right => self.part = turn(1, self.part),
            ActionId::PreviousPart | ActionId::Left => self.part = turn(parts.len() - 1, self.part),
            _ => {
                let page = self.body_rows();
                if self.part == Part::Source {
                    let mut c = Cursor { at: self.source_top, top: self.source_top };
                    if !c.act(action, self.source.len(), page) {
                        return false;
                    }
                    self.source_top = c.at.min(self.source.len().saturating_sub(page));
                    return true;
                }
                let before = self.cursor.at;
                if !self.cursor.act(action, self.entries.len(), page) {
                    return false;
                }
                self.step_to_line(before, action);
                self.fit();
            }
        }
        true
    }

    /// The cursor stands on debits and credits only: it passes heads in the direction of the move.
    fn step_to_line(&mut self, before: usize, action: ActionId) {
        let is = |r: &EntryRow| r.is_line();
        let at = self.cursor.at;
        let down = at > before || matches!(action, ActionId::Down | ActionId::Top);
        let after = self.entries.iter().skip(at).position(is).map(|i| at + i);
        let ahead = self.entries.iter().take(at + 1).rposition(is);
        self.cursor.at = if down { after.or(ahead) } else { ahead.or(after) }.unwrap_or(before);
    }

    /// The selected line and the line of the source that it stems from are in sight.
    pub fn fit(&mut self) {
        let page = self.body_rows();
        self.cursor.fit(self.entries.len(), page);
        // the head of the first entry is worth seeing
        if self.cursor.at < page {
            self.cursor.top = 0;
        }
        let Some(s) = self.selected_source() else { return };
        let Some(at) = self.source.iter().position(|r| r.stems(s)) else { return };
        if at < self.source_top {
            self.source_top = at.saturating_sub(1);
        } else if at >= self.source_top + page {
            self.source_top = at + 1 - page;
        }
    }

    /// Takes a new size.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
        if !self.parts().contains(&self.part) {
            self.part = Part::default();
        }
        self.fit();
    }

    /// The parts that `Tab` walks through.
    pub fn parts(&self) -> &'static [Part] {
        if self.size.0 < 80 {
            &[Part::Source, Part::Entries, Part::Checks]
        } else {
            &[Part::Source, Part::Entries]
        }
    }

    /// Rows of source and entries.
    pub fn body_rows(&self) -> usize {
        usize::from(self.shape().body)
    }

    /// The parts of the screen for this document; the same whichever part has the keys.
    fn shape(&self) -> view::Shape {
        view::Shape::of(self.size).for_lines(self.entries.len().max(self.source.len()))
    }

    /// The pane's summary, for dialogs.
    pub fn summary(&self) -> Option<Pane> {
        self.sheet.as_ref().map(|s| Pane::of(s))
    }
}
