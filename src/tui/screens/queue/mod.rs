//! The queue: groups with counts and totals, a window of rows, marks, filter, sort, grouped findings.
//!
//! Only a window around the cursor is held; it is fetched by key, so that a million documents cost as much as a hundred.

pub mod effect;
pub mod room;
pub mod run;
pub mod undo;

mod arrive;
mod groups;
mod moves;
mod pane;
mod shape;
mod table;
pub mod tabs;
mod view;
mod views;

use std::collections::{BTreeMap, VecDeque};

use crate::engine::BatchPreview;
use crate::model::filter::Filter;
use crate::model::finding::FindingCode;
use crate::model::ids::{BookId, DocumentId};
use crate::model::money::Currency;
use crate::model::state::{Group, State, open_states, states_of};
use crate::store::{FindingGroup, Query, SavedView, Sort, Total};
use crate::tui::app::Chosen;
use crate::tui::effect::{Effect, Part};
use crate::tui::format::ShownRow;
use crate::tui::keys::ActionId;
use crate::tui::layout::{Column, columns, widest_amount};
use crate::tui::msg::Sheet;
use crate::tui::text::clean;
use crate::tui::widgets::{Cursor, Input};

pub use pane::{Pane, set_of};
pub use run::{Approving, Pace, Summary};
pub use shape::Shape;
pub use undo::Undo;
pub use view::{draw, position_of, summary};

/// A tab: all that waits for a person, or a group of states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// Blocked, ready and held.
    #[default]
    Open,
    /// A group.
    Of(Group),
}

impl Tab {
    /// All, in order.
    pub const ALL: [Tab; 7] = [
        Tab::Open,
        Tab::Of(Group::Blocked),
        Tab::Of(Group::Ready),
        Tab::Of(Group::Waiting),
        Tab::Of(Group::Posted),
        Tab::Of(Group::Confirmed),
        Tab::Of(Group::Closed),
    ];

    /// The word on it.
    pub fn word(self) -> &'static str {
        match self {
            Tab::Open => "Open",
            Tab::Of(g) => g.word(),
        }
    }

    /// The states in it.
    pub fn states(self) -> Vec<State> {
        match self {
            Tab::Open => open_states(),
            Tab::Of(g) => states_of(g.word()).unwrap_or_default(),
        }
    }

    /// The one `by` places further, round and round.
    fn moved(self, by: usize) -> Self {
        let at = Self::ALL.iter().position(|t| *t == self).unwrap_or(0);
        Self::ALL.get((at + by) % Self::ALL.len()).copied().unwrap_or_default()
    }
}

/// The word of a sort column on the rule.
pub fn sort_word(sort: Sort) -> &'static str {
    match sort {
        Sort::State => "state",
        Sort::PostingDate => "posting date",
        Sort::Kind => "kind",
        Sort::Payee => "payee",
        Sort::Number => "number",
        Sort::WillPost => "will post",
        Sort::Finding => "finding",
        Sort::Currency => "currency",
        Sort::Amount => "amount",
        Sort::CostCentres => "cost centres",
        Sort::Arrived => "arrival",
        Sort::Approver => "approver",
    }
}

/// The order of a column; none: it has no order of its own.
fn sort_of(column: Column) -> Option<Sort> {
    Some(match column {
        Column::State | Column::StateShort => Sort::State,
        Column::Date | Column::DateShort => Sort::PostingDate,
        Column::Kind => Sort::Kind,
        Column::Payee => Sort::Payee,
        Column::Number => Sort::Number,
        Column::WillPost => Sort::WillPost,
        Column::Finding | Column::Label => Sort::Finding,
        Column::Currency => Sort::Currency,
        Column::Amount => Sort::Amount,
        Column::CostCentres => Sort::CostCentres,
        Column::Age => Sort::Arrived,
        Column::Approver => Sort::Approver,
        Column::Receipts | Column::Reference => return None,
    })
}

/// The queue.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    /// The book.
    pub book: Option<BookId>,
    /// How it stands on the screen.
    pub shape: Shape,
    /// The tab.
    pub tab: Tab,
    /// The sort column.
    pub sort: Sort,
    /// Descending.
    pub descending: bool,
    /// The filter in force, as it was typed.
    pub search: String,
    /// What it means.
    pub filter: Filter,
    /// Why what stands in the field cannot be read; the last good filter stays in force.
    pub filter_error: Option<String>,
    /// The view that was chosen last.
    pub view: Option<SavedView>,
    /// Steps that can be taken back, the latest last.
    pub undo: Vec<Undo>,
    /// A step is being taken back, which is no step of its own: what is said once it is.
    undoing: Option<String>,
    /// Acts without an answer.
    pending: Vec<undo::Pending>,
    /// An approval under way.
    pub approving: Option<Approving>,
    /// What is posted on this console's word, until the holder answered.
    pub posting: Option<Vec<DocumentId>>,
    /// How fast the engine's work goes.
    pub pace: Pace,
    /// What came of the last one, until it was read.
    pub summary: Option<Summary>,
    /// What the post dialog is about.
    pub to_post: Vec<DocumentId>,
    /// Questions to the holder of the engine that have no answer yet.
    pub asked_holder: u32,
    /// The field, while somebody types.
    pub typing: Option<Input>,
    /// Nothing matches what stands in the field: the rows are still those of the last filter that had some.
    pub stale: bool,
    /// Moves that went past the rows at hand: they are made when the rows are there.
    pub(super) waiting: VecDeque<ActionId>,
    /// Only documents with this finding.
    pub finding: Option<(FindingCode, String, String)>,
    /// The window.
    pub rows: Vec<ShownRow>,
    /// There are rows before it.
    pub before: bool,
    /// There are rows after it.
    pub after: bool,
    /// How many rows stand before the window, when known.
    pub offset: Option<u64>,
    /// The cursor, relative to the window.
    pub cursor: Cursor,
    /// Marked documents.
    pub marks: BTreeMap<DocumentId, Chosen>,
    /// Where a range began.
    pub range: Option<DocumentId>,
    /// Totals of the book.
    pub totals: Option<Vec<Total>>,
    /// How many rows the query has, when it is narrower than the tab.
    pub counted: Option<u64>,
    /// What went wrong.
    pub error: Option<String>,
    /// The lower pane's document.
    pub pane: Option<Pane>,
    /// The whole of it, for `f`.
    pub sheet: Option<Box<Sheet>>,
    /// The effect of the marked documents.
    pub batch: Option<BatchPreview>,
    /// One row for each finding.
    pub grouped: bool,
    /// The groups.
    pub groups: Option<Vec<FindingGroup>>,
    /// Their cursor.
    pub group_cursor: Cursor,
    /// A first answer has come for the present query.
    pub loaded: bool,
    /// The group whose document is being read to be mended.
    pub fixing: u64,
    /// The rows are to be counted when the first of them are there.
    count_due: bool,
    asked: Asked,
}

/// The latest request of each kind: answers to older ones are dropped.
#[derive(Debug, Clone, Default)]
struct Asked {
    counter: u64,
    window: u64,
    fetching: bool,
    totals: u64,
    count: u64,
    groups: u64,
    card: u64,
    card_of: Option<DocumentId>,
    batch: u64,
    mark_all: u64,
}

impl Asked {
    fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }
}

impl Queue {
    /// The row under the cursor.
    pub fn current(&self) -> Option<&ShownRow> {
        self.rows.get(self.cursor.at)
    }

    /// Takes a filter; one that cannot be read is told of, and the last good one stays. True: it is another one now.
    fn set_search(&mut self, text: &str) -> bool {
        match Filter::read(text) {
            Ok(filter) => {
                self.search = text.to_string();
                self.filter_error = None;
                let changed = filter.terms != self.filter.terms;
                self.filter = filter;
                changed
            }
            Err(why) => {
                self.filter_error = Some(clean(&why.to_string()));
                false
            }
        }
    }

    /// The sort columns that are shown, from left to right.
    pub fn sorts(&self) -> Vec<Sort> {
        let shown = columns(usize::from(self.shape.width), widest_amount(&self.rows));
        shown.into_iter().filter_map(|(c, _)| sort_of(c)).collect()
    }

    /// The query without position and limit.
    pub fn query(&self) -> Query {
        Query {
            book: self.book.clone(),
            states: self.tab.states(),
            search: Vec::new(),
            filter: self.filter.clone(),
            finding: self.finding.as_ref().map(|(c, v, _)| (*c, v.clone())),
            sort: self.sort,
            descending: self.descending,
            from: None,
            backwards: false,
            limit: 0,
        }
    }

    /// Narrower than the tab.
    pub fn filtered(&self) -> bool {
        !self.filter.is_empty() || self.finding.is_some()
    }

    /// Documents of a tab, from the totals.
    pub fn count_of(&self, tab: Tab) -> Option<u64> {
        let states = tab.states();
        let totals = self.totals.as_ref()?;
        Some(totals.iter().filter(|t| states.contains(&t.state)).map(|t| t.count).sum())
    }

    /// Sum and number of documents of a tab in one currency.
    pub fn sum_of(&self, tab: Tab, currency: Currency) -> (i64, u64) {
        let states = tab.states();
        self.totals
            .iter()
            .flatten()
            .filter(|t| t.currency == Some(currency) && states.contains(&t.state))
            .fold((0, 0), |(minor, n), t| (t.minor.saturating_add(minor), n + t.count))
    }

    /// Documents of a tab without an amount.
    pub fn without_amount(&self, tab: Tab) -> u64 {
        let states = tab.states();
        let totals = self.totals.iter().flatten();
        totals.filter(|t| t.currency.is_none() && states.contains(&t.state)).map(|t| t.count).sum()
    }

    /// How many rows the present query has.
    pub fn total_rows(&self) -> Option<u64> {
        if self.filtered() { self.counted } else { self.count_of(self.tab) }
    }

    /// Currencies in use: `home` first, then by code.
    pub fn currencies(&self, home: Option<Currency>) -> Vec<Currency> {
        let mut all: Vec<Currency> = self.totals.iter().flatten().filter_map(|t| t.currency).collect();
        all.extend(home);
        all.sort_by_key(|c| (Some(*c) != home, *c));
        all.dedup();
        all
    }

    /// The window is asked for again from the start: the query changed.
    pub fn restart(&mut self, debounce: bool) -> Vec<Effect> {
        self.cursor = Cursor::default();
        self.offset = Some(0);
        self.counted = None;
        self.loaded = false;
        self.range = None;
        self.waiting.clear();
        // counted once the first rows are there: who types does not wait for it
        self.count_due = true;
        vec![self.ask(Part::Start(self.page() * 2), debounce)]
    }

    /// The same rows again, around the cursor: something changed.
    pub fn refresh(&mut self) -> Vec<Effect> {
        let page = self.page();
        let part = match self.rows.first() {
            Some(first) if self.before => {
                Part::Around(first.row.id, page, (self.rows.len() as u32).max(page))
            }
            // some rows more than there are: new ones above must not push the cursor's row out
            _ => Part::Start((self.rows.len() as u32).max(page * 2).saturating_add(page)),
        };
        let mut effects = vec![self.ask(part, false)];
        effects.extend(self.ask_count());
        effects.push(self.ask_totals());
        effects.push(self.ask_groups());
        effects
    }

    /// Totals.
    pub fn ask_totals(&mut self) -> Effect {
        let generation = self.asked.next();
        self.asked.totals = generation;
        Effect::Totals { generation, book: self.book.clone() }
    }

    /// Groups.
    pub fn ask_groups(&mut self) -> Effect {
        let generation = self.asked.next();
        self.asked.groups = generation;
        Effect::Groups { generation, book: self.book.clone() }
    }

    fn ask_count(&mut self) -> Option<Effect> {
        if !self.filtered() {
            return None;
        }
        let generation = self.asked.next();
        self.asked.count = generation;
        Some(Effect::Count { generation, query: Box::new(self.query()) })
    }

    fn ask(&mut self, part: Part, debounce: bool) -> Effect {
        let generation = self.asked.next();
        self.asked.window = generation;
        self.asked.fetching = true;
        Effect::Window { generation, query: Box::new(self.query()), part, debounce }
    }

    /// The queue of another book; answers to this one's questions are dropped.
    pub fn of_book(&self, book: BookId) -> Self {
        let asked = Asked { counter: self.asked.counter, ..Asked::default() };
        Self {
            book: Some(book),
            shape: self.shape,
            asked,
            // what runs goes on, whatever is looked at
            approving: self.approving.clone(),
            posting: self.posting.clone(),
            pending: self.pending.clone(),
            pace: self.pace,
            summary: self.summary.clone(),
            asked_holder: self.asked_holder,
            ..Self::default()
        }
    }

    /// Rows of one page: what is visible, and never too few.
    fn page(&self) -> u32 {
        (self.shape.rows as u32).clamp(10, 200)
    }
}
