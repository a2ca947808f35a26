//! One document: what Concur said on the left, what the ledger will get on the right, why, checks, findings, history.

pub mod effect;
pub mod room;

mod entries;
mod history;
mod items;
mod ledger;
mod lower;
mod overrides;
mod receipts;
mod source;
mod view;
mod why;

use jiff::tz::TimeZone;

use crate::mapping::{SetDifference, differences};
use crate::model::entry::{EntrySet, Line, LineSource};
use crate::model::ids::DocumentId;
use crate::model::state::State;
use crate::tui::app::Chosen;
use crate::tui::effect::{CardFor, Effect};
use crate::tui::keys::ActionId;
use crate::tui::msg::{Said, Sheet};
use crate::tui::screens::queue::Pane;
use crate::tui::widgets::Cursor;

use effect::Extras;
use items::Item;
use ledger::Look;

pub use entries::EntryRow;
pub use source::SourceRow;
pub use view::draw;

/// The parts of a document that `Tab` walks through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// What Concur said.
    Source,
    /// What the ledger will get.
    #[default]
    Entries,
    /// Checks and findings.
    Checks,
}

/// All of them, in the order of `Tab`.
pub const PARTS: [Part; 3] = [Part::Source, Part::Entries, Part::Checks];

/// The most lines that checks scroll behind the last finding.
const FARTHEST: usize = 40;
/// Rows of entries below which the sums take none of them.
const FEWEST_WITH_SUMS: usize = 3;

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
    /// The part that has the keys.
    pub part: Part,
    /// Cursor over the lines of the right side.
    pub cursor: Cursor,
    /// Cursor over the lines of the left side.
    pub source_cursor: Cursor,
    /// Findings and what else a person has to see.
    pub items: Vec<Item>,
    /// The finding under the cursor.
    pub item: usize,
    /// Lines scrolled behind the last finding.
    below: usize,
    /// What went wrong.
    pub error: Option<String>,
    /// Columns and rows.
    pub size: (u16, u16),
    /// How today's entries differ from the approved ones.
    pub changed: Vec<SetDifference>,
    look: Option<Look>,
    extras: Extras,
    zone: Option<TimeZone>,
    counter: u64,
    asked: u64,
    extras_asked: u64,
    /// A person moved the cursor: it is not put on the line that a finding is about.
    moved: bool,
}

impl DocumentScreen {
    /// Opens a document; what the queue knows of it already is shown at once.
    pub fn open(&mut self, id: DocumentId, known: Option<Box<Sheet>>) -> Effect {
        let (counter, size, zone) = (self.counter, self.size, self.zone.take());
        *self = Self { id: Some(id), counter, size, zone, ..Self::default() };
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

    /// It arrived. True: it is what was asked last.
    pub fn arrived(&mut self, generation: u64, answer: Said<Box<Sheet>>) -> bool {
        if generation != self.asked {
            return false;
        }
        match answer {
            Ok(sheet) => {
                self.error = None;
                let version = self.sheet.as_ref().map(|s| s.card.row.version);
                if version.is_some_and(|v| v != sheet.card.row.version) {
                    // it is another one now: what the ledger said of it was about the one before
                    self.look = None;
                }
                self.take(sheet);
                true
            }
            Err(why) => {
                self.error = Some(why);
                false
            }
        }
    }

    fn take(&mut self, sheet: Box<Sheet>) {
        self.sheet = Some(sheet);
        self.rebuild();
        if !self.entries.get(self.cursor.at).is_some_and(EntryRow::is_line) {
            self.cursor.at = self.entries.iter().position(EntryRow::is_line).unwrap_or(0);
        }
        if !self.moved
            && let Some(at) = self.line_in_question()
        {
            self.cursor.at = at;
        }
        self.follow_entries();
        self.fit();
    }

    /// Formats everything again: something that it is made of changed.
    fn rebuild(&mut self) {
        let Some(sheet) = self.sheet.as_deref() else { return };
        self.changed = match &self.extras.compared {
            Some(Ok(c)) if is_frozen(sheet) => differences(&c.frozen, &c.today),
            _ => Vec::new(),
        };
        let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
        let there = ledger::rows(sheet, self.look.as_ref(), &self.extras, &zone);
        self.entries = entries::rows(sheet, &there);
        self.source = source::rows(sheet);
        self.items = items::of(sheet, self.look.as_ref(), &self.extras, &self.changed);
        self.item = self.item.min(self.items.len().saturating_sub(1));
    }

    /// The first line of which a finding says that a choice is missing.
    fn line_in_question(&self) -> Option<usize> {
        let sheet = self.sheet.as_ref()?;
        let first =
            sheet.card.derived.as_ref()?.findings.first().filter(|f| f.blocks() && !f.value.is_empty())?;
        self.entries.iter().position(|r| {
            r.place.and_then(|p| self.line_at(p)).is_some_and(|l| {
                l.why.iter().any(|w| w.because.starts_with("none") && w.because.contains(&first.value))
            })
        })
    }

    /// The document for an action.
    pub fn chosen(&self) -> Option<Chosen> {
        self.sheet.as_ref().map(|s| Chosen::of(&s.card.row))
    }

    /// The set that is shown.
    pub fn set(&self) -> Option<&EntrySet> {
        crate::tui::screens::queue::set_of(self.sheet.as_ref()?)
    }

    fn line_at(&self, (e, l): (usize, usize)) -> Option<&Line> {
        self.set()?.entries.get(e)?.lines.get(l)
    }

    /// The selected line with its entry: indexes and the line.
    pub fn selected(&self) -> Option<(usize, usize, &Line)> {
        let (e, l) = self.entries.get(self.cursor.at)?.place?;
        Some((e, l, self.line_at((e, l))?))
    }

    /// Where the selected line stems from.
    pub fn selected_source(&self) -> Option<LineSource> {
        self.selected()?.2.source
    }

    /// Whether a line of the right side is the selected one, or stems from the same line of the source.
    fn belongs(&self, at: usize, row: &EntryRow) -> bool {
        if !row.is_line() {
            return false;
        }
        if at == self.cursor.at {
            return true;
        }
        let Some(s) = self.selected_source() else { return false };
        let other = row.place.and_then(|p| self.line_at(p)).and_then(|l| l.source);
        other.is_some_and(|o| o.expense == s.expense && o.allocation == s.allocation)
    }

    /// Does an action of the document; false when it is not one.
    pub fn act(&mut self, action: ActionId) -> bool {
        let turn = |by: usize, part: Part| {
            let at = PARTS.iter().position(|p| *p == part).unwrap_or(0);
            PARTS.get((at + by) % PARTS.len()).copied().unwrap_or_default()
        };
        match action {
            ActionId::NextPart | ActionId::Right => self.part = turn(1, self.part),
            ActionId::PreviousPart | ActionId::Left => self.part = turn(PARTS.len() - 1, self.part),
            _ => return self.walk(action),
        }
        true
    }

    fn walk(&mut self, action: ActionId) -> bool {
        let page = self.body_rows();
        match self.part {
            Part::Checks => {
                let mut c = Cursor { at: self.item, top: 0 };
                if !c.act(action, self.items.len(), page) {
                    return false;
                }
                // behind the last finding the lines go on: what was verified, and why
                self.below = match action {
                    ActionId::Down if c.at == self.item => (self.below + 1).min(FARTHEST),
                    ActionId::PageDown | ActionId::HalfDown if c.at == self.item => {
                        (self.below + page / 2).min(FARTHEST)
                    }
                    ActionId::Bottom => FARTHEST,
                    ActionId::Up if self.below > 0 => {
                        self.below -= 1;
                        return true;
                    }
                    _ => 0,
                };
                self.item = c.at;
            }
            Part::Source => {
                let before = self.source_cursor.at;
                if !self.source_cursor.act(action, self.source.len(), page) {
                    return false;
                }
                let is: Vec<bool> = self.source.iter().map(SourceRow::is_line).collect();
                self.source_cursor.at = passed(&is, before, self.source_cursor.at, action);
                self.moved = true;
                self.follow_source();
            }
            Part::Entries => {
                let before = self.cursor.at;
                if !self.cursor.act(action, self.entries.len(), page) {
                    return false;
                }
                let is: Vec<bool> = self.entries.iter().map(EntryRow::is_line).collect();
                self.cursor.at = passed(&is, before, self.cursor.at, action);
                self.moved = true;
                self.follow_entries();
            }
        }
        self.fit();
        true
    }

    /// The left cursor goes to where the selected line stems from.
    fn follow_entries(&mut self) {
        let Some(s) = self.selected_source() else { return };
        if let Some(at) = self.source.iter().position(|r| r.stems(s)) {
            self.source_cursor.at = at;
        }
    }

    /// The right cursor goes to the first line that the selected share, or a share of the selected expense, became.
    fn follow_source(&mut self) {
        let Some((expense, share)) = self.source.get(self.source_cursor.at).and_then(|r| r.place) else {
            return;
        };
        let at = self.entries.iter().position(|r| {
            let stems = r.place.and_then(|p| self.line_at(p)).and_then(|l| l.source);
            stems.is_some_and(|s| s.expense == expense && share.is_none_or(|a| a == s.allocation))
        });
        if let Some(at) = at {
            self.cursor.at = at;
        }
    }

    /// Both cursors are in sight.
    pub fn fit(&mut self) {
        let page = self.body_rows();
        // the proof of the balance keeps a line of its own where not all lines fit
        let lines = page - usize::from(self.sums().is_some_and(|at| at >= page) && page > FEWEST_WITH_SUMS);
        self.cursor.fit(self.entries.len(), lines);
        // the head of the first entry is worth seeing
        if self.cursor.at < lines {
            self.cursor.top = 0;
        }
        self.source_cursor.fit(self.source.len(), page);
        if self.source_cursor.at < page {
            self.source_cursor.top = 0;
        }
    }

    /// The line of the sums.
    fn sums(&self) -> Option<usize> {
        self.entries
            .iter()
            .position(|r| matches!(r.kind, entries::RowKind::Balanced | entries::RowKind::Unbalanced))
    }

    /// The lines of the right side that `rows` show, the sums always among them.
    fn shown_entries(&self, rows: usize) -> Vec<usize> {
        let mut shown: Vec<usize> = (self.cursor.top..self.entries.len()).take(rows).collect();
        if let Some(at) = self.sums()
            && rows > FEWEST_WITH_SUMS
            && shown.last().is_some_and(|last| *last < at)
        {
            shown.truncate(rows - 1);
            shown.push(at);
        }
        shown
    }

    /// Takes a new size.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
        self.fit();
    }

    /// Rows of source and entries.
    pub fn body_rows(&self) -> usize {
        usize::from(self.shape().body)
    }

    /// The parts of the screen for this document; the same whichever part has the keys.
    fn shape(&self) -> view::Shape {
        let sheet = self.sheet.as_deref();
        let steps = sheet.map_or(0, |s| s.history.len().min(8));
        view::Shape::of(self.size).for_lines(self.entries.len().max(self.source.len()), steps)
    }

    /// The pane's summary, for dialogs.
    pub fn summary(&self) -> Option<Pane> {
        self.sheet.as_ref().map(|s| Pane::of(s))
    }
}

/// The frozen set counts, and nothing of it is in the ledger yet.
fn is_frozen(sheet: &Sheet) -> bool {
    sheet.card.approval.is_some() && (sheet.card.row.state == State::Approved || sheet.card.held_approved)
}

/// The cursor stands on lines only: it passes heads and sums in the direction of the move.
fn passed(is_line: &[bool], before: usize, at: usize, action: ActionId) -> usize {
    let down = at > before || matches!(action, ActionId::Down | ActionId::Top);
    let after = is_line.iter().skip(at).position(|l| *l).map(|i| at + i);
    let ahead = is_line.iter().take(at + 1).rposition(|l| *l);
    if down { after.or(ahead) } else { ahead.or(after) }.unwrap_or(before)
}
