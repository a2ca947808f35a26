//! The mapping rules of the book in parts, what has no mapping first. Every change is tried before it is saved.

pub mod dialog;
pub mod effect;
mod forms;
mod parts;
pub mod room;
mod rows;
mod view;

use crate::engine::mapping::{Board, Edit, Unmapped};
use crate::model::ids::BookId;
use crate::model::rule::RuleSet;
use crate::store::{FindingGroup, ProposalRow};
use crate::tui::app::Model;
use crate::tui::effect::Effect;
use crate::tui::format::ShownRow;
use crate::tui::msg::Said;
use crate::tui::widgets::{Cursor, Input};

pub use parts::Part;
pub use rows::{Line, What};
pub use view::draw;

use effect::MappingEffect;

/// The documents of a rule.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    /// The rule in words.
    pub title: String,
    /// Rows; none yet: still reading.
    pub rows: Option<Vec<ShownRow>>,
    /// There are more.
    pub more: bool,
    /// What went wrong.
    pub error: Option<String>,
    /// Cursor.
    pub cursor: Cursor,
    generation: u64,
}

/// The screen.
#[derive(Debug, Clone, Default)]
pub struct Mappings {
    /// The rules alone, which other screens ask about too.
    pub rules: Option<RuleSet>,
    /// Everything, once read.
    pub board: Option<Board>,
    /// Proposals for the lists, once read.
    pub proposals: Option<Vec<ProposalRow>>,
    /// The part.
    pub part: Part,
    /// Only what has a suggestion.
    pub suggesting: bool,
    /// Words that every line holds.
    pub filter: String,
    /// The filter that is being typed.
    pub typing: Option<Input>,
    /// The lines.
    pub lines: Vec<Line>,
    /// Cursor.
    pub cursor: Cursor,
    /// Documents of a rule, above the list.
    pub documents: Option<Documents>,
    /// A dry run is on its way.
    pub trying: bool,
    /// The edit whose outcome is awaited, and whether a form or an editor asked: its answer opens a dialog there alone.
    pub awaited: Option<(Edit, bool)>,
    /// What went wrong.
    pub error: Option<String>,
    book: Option<BookId>,
    counter: u64,
    board_counter: u64,
    list_counter: u64,
}

impl Mappings {
    /// Reads the rules.
    pub fn ask(&mut self, book: BookId) -> Effect {
        self.counter += 1;
        if self.book.as_ref() != Some(&book) {
            // nothing of another book stays on the screen
            let (counter, board_counter, list_counter) =
                (self.counter, self.board_counter, self.list_counter);
            let part = self.part;
            *self = Self {
                part,
                counter,
                board_counter,
                list_counter,
                book: Some(book.clone()),
                ..Self::default()
            };
        }
        Effect::Rules { generation: self.counter, book }
    }

    /// Reads everything.
    pub fn ask_board(&mut self, book: BookId) -> Effect {
        self.board_counter += 1;
        Effect::MappingRoom(MappingEffect::Board { generation: self.board_counter, book })
    }

    /// Reads the proposals.
    pub fn ask_proposals(&mut self, book: BookId) -> Effect {
        self.list_counter += 1;
        Effect::MappingRoom(MappingEffect::Proposals { generation: self.list_counter, book })
    }

    /// They arrived.
    pub fn arrived(&mut self, generation: u64, answer: Said<RuleSet>) {
        if generation != self.counter {
            return;
        }
        match answer {
            Ok(rules) => {
                self.rules = Some(rules);
                self.error = None;
            }
            Err(why) => self.error = Some(why),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rules.as_ref().map_or(0, |r| r.rules.len())
    }

    /// None.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The version that is shown.
    pub fn version(&self) -> Option<u32> {
        self.board.as_ref().map(|b| b.rules.version)
    }

    /// The line under the cursor.
    pub fn here(&self) -> Option<&Line> {
        self.lines.get(self.cursor.at)
    }

    /// The value without a mapping under the cursor.
    pub fn open_here(&self) -> Option<&Unmapped> {
        match self.here()?.what {
            What::Unmapped(i) => self.board.as_ref()?.unmapped.get(i),
            _ => None,
        }
    }
}

impl Model {
    /// What is not mapped yet: findings that a rule would mend.
    pub fn unmapped(&self) -> impl Iterator<Item = &FindingGroup> {
        self.queue.groups.iter().flatten().filter(|g| g.code.maps())
    }

    /// The one under the cursor of the mappings screen.
    pub fn unmapped_here(&self) -> Option<&FindingGroup> {
        self.mappings.open_here().map(|u| &u.group)
    }

    /// Lines of the mappings screen.
    pub fn mapping_rows(&self) -> usize {
        self.mappings.lines.len()
    }

    /// Makes the lines of the part anew; the cursor stays on what it was on.
    pub fn mapping_lines(&mut self) {
        let before = self.mappings.here().map(|l| l.what.clone());
        let settings = self.current_book().map(|b| b.settings.clone());
        let home = self.home();
        let m = &mut self.mappings;
        let Some(board) = &m.board else {
            m.lines.clear();
            return;
        };
        let source = rows::Source {
            board,
            settings: settings.as_ref(),
            proposals: m.proposals.as_deref().unwrap_or_default(),
            home,
            zone: &self.zone,
        };
        m.lines = rows::lines(&source, m.part, &m.filter, m.suggesting);
        let same = before.and_then(|w| m.lines.iter().position(|l| l.what == w));
        if let Some(at) = same {
            m.cursor.at = at;
        }
        let (n, rows) = (self.mappings.lines.len(), self.mapping_page());
        self.mappings.cursor.fit(n, rows);
    }

    /// Lines of the pane below.
    pub fn mapping_pane(&self) -> usize {
        if self.size.1 >= 30 { 6 } else { 4 }
    }

    /// Lines of the list that fit.
    pub fn mapping_page(&self) -> usize {
        // two lines of header, parts, rule, head, the rule of the pane, the footer
        usize::from(self.size.1).saturating_sub(7 + self.mapping_pane()).max(1)
    }
}
