//! The root of the console: its model and what every screen may ask of it.

mod act;
mod arrive;
mod correct;
mod decide;
mod fix;
mod input;
mod possible;
mod rooms;
mod toasts;
mod update;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::engine::{Progress, visit_look};
use crate::model::book::Book;
use crate::model::clock;
use crate::model::ids::{BookId, DocumentId};
use crate::model::money::Currency;
use crate::model::people::Actor;
use crate::model::state::State;
use crate::store::{ConnectionRow, Row};
use crate::systems::registry;
use crate::tui::effect::{Effect, Target};
use crate::tui::format;
use crate::tui::keys::{ActionId, Context};
use crate::tui::layers::Layer;
use crate::tui::msg::Now;
use crate::tui::screens::activity::Activity;
use crate::tui::screens::audit::AuditScreen;
use crate::tui::screens::connections::{Connections, Part};
use crate::tui::screens::document::DocumentScreen;
use crate::tui::screens::mappings::Mappings;
use crate::tui::screens::queue::Queue;
use crate::tui::screens::tieout::TieoutScreen;
use crate::tui::text::clean;
use crate::tui::widgets::chrome::TURN;

pub use crate::tui::look::Look;
pub use act::{act, go};
pub use arrive::changed;
pub use fix::{mend, mend_words};
pub use input::key as press;
pub use possible::possible;
pub use toasts::{Level, Toast, Toasts};
pub use update::update;

/// The screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// 1
    Queue,
    /// A document of the queue.
    Document,
    /// 2
    Mappings,
    /// 3
    Connections,
    /// 4
    Audit,
    /// 5
    Tieout,
    /// 6
    Activity,
}

/// Whether the store is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Opening.
    Opening,
    /// Open.
    Open,
}

/// All that the console knows.
#[derive(Debug, Clone)]
pub struct Model {
    /// Looks.
    pub look: Look,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Opening or open.
    pub phase: Phase,
    /// The instant of the last message.
    pub now: Now,
    /// The label of the surroundings.
    pub environment: String,
    /// Who acts.
    pub actor: Option<Actor>,
    /// Books.
    pub books: Vec<Book>,
    /// Connections.
    pub connections: Vec<ConnectionRow>,
    /// The book on the screen.
    pub book: Option<BookId>,
    /// The book that is shown first, where there is one of that name.
    pub opens: Option<BookId>,
    /// Its time zone.
    pub zone: TimeZone,
    /// When the source was read last, as far as this session knows.
    pub read_at: Option<jiff::Timestamp>,
    /// The screen.
    pub screen: Screen,
    /// Screens to go back to.
    pub trail: Vec<Screen>,
    /// The queue.
    pub queue: Queue,
    /// The document.
    pub document: DocumentScreen,
    /// Mapping rules.
    pub mappings: Mappings,
    /// Connections.
    pub connection_list: Connections,
    /// Audit trail.
    pub audit: AuditScreen,
    /// Tie-out.
    pub tieout: TieoutScreen,
    /// Activity.
    pub activity: Activity,
    /// Dialogs, the top one last.
    pub layers: Vec<Layer>,
    /// Keys of an unfinished sequence.
    pub waiting: Option<String>,
    /// Messages.
    pub toasts: Toasts,
    /// Running work.
    pub progress: Progress,
    /// The last click: where, and when since the start.
    pub clicked: Option<((u16, u16), std::time::Duration)>,
    /// Since when something runs, counted from the start.
    pub running_since: Option<std::time::Duration>,
    /// The console ends.
    pub ended: bool,
    generation: u64,
}

/// A document that an action is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Id.
    pub id: DocumentId,
    /// Version that was seen.
    pub version: u64,
    /// Number.
    pub number: String,
    /// Who is paid.
    pub payee: String,
    /// State that was seen.
    pub state: State,
    /// Amount in minor units with its currency.
    pub amount: Option<(i64, Currency)>,
}

impl Chosen {
    /// From a row.
    pub fn of(row: &Row) -> Self {
        Self {
            id: row.id,
            version: row.version,
            number: clean(&row.number),
            payee: clean(&row.payee),
            state: row.state,
            amount: row.minor.zip(row.currency),
        }
    }

    /// For an act.
    pub fn target(&self) -> Target {
        Target { id: self.id, version: self.version, number: self.number.clone() }
    }
}

impl Model {
    /// Before the store is open.
    pub fn new(look: Look, environment: String, size: (u16, u16)) -> Self {
        Self {
            look,
            size,
            phase: Phase::Opening,
            now: Now::default(),
            environment,
            actor: None,
            books: Vec::new(),
            connections: Vec::new(),
            book: None,
            opens: None,
            zone: TimeZone::UTC,
            read_at: None,
            screen: Screen::Queue,
            trail: Vec::new(),
            queue: Queue::default(),
            document: DocumentScreen::default(),
            mappings: Mappings::default(),
            connection_list: Connections::default(),
            audit: AuditScreen::default(),
            tieout: TieoutScreen::default(),
            activity: Activity::default(),
            layers: Vec::new(),
            waiting: None,
            toasts: Toasts::default(),
            progress: Progress::default(),
            clicked: None,
            running_since: None,
            ended: false,
            generation: 0,
        }
    }

    /// A number that no earlier request has.
    pub fn next_question(&mut self) -> u64 {
        self.generation += 1;
        self.generation
    }

    /// Where keys go when no layer wants them.
    pub fn context(&self) -> Context {
        match self.screen {
            Screen::Queue if self.queue.grouped => Context::Groups,
            Screen::Queue => Context::Queue,
            Screen::Document => Context::Document,
            Screen::Mappings => Context::Mappings,
            Screen::Connections if self.connection_list.part == Part::Books => Context::Books,
            Screen::Connections => Context::Connections,
            Screen::Audit => Context::Audit,
            Screen::Tieout => Context::Tieout,
            Screen::Activity => Context::Activity,
        }
    }

    /// The key of an action for a sentence on this screen, as people read it: `p`, `Ctrl-x`, or `:post` without one.
    pub fn key(&self, id: ActionId) -> String {
        self.look.keys.says(self.context(), id)
    }

    /// A sentence with keys in it, `{key:fix} chooses a record`, with the keys of the screen that is shown.
    pub fn worded(&self, text: &str) -> String {
        self.look.keys.worded(self.context(), text)
    }

    /// Shows a screen; the one before is where Esc goes back to.
    pub fn go(&mut self, screen: Screen) -> Vec<Effect> {
        act::go(self, screen)
    }

    /// The book on the screen.
    pub fn current_book(&self) -> Option<&Book> {
        self.books.iter().find(|b| Some(&b.id) == self.book.as_ref())
    }

    /// The home currency of the book on the screen: first in every list of sums.
    pub fn home(&self) -> Option<Currency> {
        self.current_book().map(|b| b.settings.home_currency)
    }

    /// What people call the ledger of the book.
    pub fn ledger_title(&self) -> String {
        let Some(book) = self.current_book() else { return String::new() };
        let system = self.connections.iter().find(|c| c.id == book.ledger).map_or("", |c| c.system.as_str());
        system_title(system)
    }

    /// The ledger of the book, or of one of all books, that cannot be called and calls us.
    pub fn caller_posted_to(&self) -> Option<String> {
        let of = self.current_book().map(|b| &b.ledger);
        let mut ledgers = self.connections.iter().filter(|c| of.is_none_or(|of| *of == c.id));
        ledgers.find(|c| visit_look::calls_us(c)).map(|c| system_title(&c.system))
    }

    /// Why an approved document waits: its ledger is away, or calls us and has not come since.
    pub fn waits_for(&self, row: &Row) -> Option<String> {
        let ledger = self.waited_for(row)?;
        let now = self.now.at.unwrap_or(ledger.health_since);
        let when = |at| format::since(at, now, &self.zone);
        visit_look::waits_for(ledger, &when).map(|text| clean(&text))
    }

    /// The same in a few columns.
    pub fn waits_briefly(&self, row: &Row) -> Option<String> {
        let ledger = self.waited_for(row)?;
        let now = self.now.at.unwrap_or(ledger.health_since);
        let when = |at| {
            let text = format::since(at, now, &self.zone);
            // another day: the day alone
            text.get(5..10).filter(|_| text.len() > 10).map(str::to_string).unwrap_or(text)
        };
        visit_look::waits_briefly(ledger, &when)
    }

    fn waited_for(&self, row: &Row) -> Option<&ConnectionRow> {
        let book = self.books.iter().find(|b| Some(&b.id) == row.book.as_ref())?;
        let ledger = self.connections.iter().find(|c| c.id == book.ledger)?;
        (row.state == State::Approved).then_some(ledger)
    }

    /// The documents that an action is about: the marked ones, else the one under the cursor.
    pub fn chosen(&self) -> Vec<Chosen> {
        match self.screen {
            Screen::Document => self.document.chosen().into_iter().collect(),
            Screen::Queue if self.queue.grouped => Vec::new(),
            Screen::Queue if !self.queue.marks.is_empty() => self.queue.marks.values().cloned().collect(),
            Screen::Queue => self.queue.current().map(|r| Chosen::of(&r.row)).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Takes the zone of the book on the screen.
    pub fn take_zone(&mut self) {
        if let Some(zone) = self.current_book().and_then(|b| clock::zone(&b.settings.time_zone).ok()) {
            self.audit.zone = Some(zone.clone());
            self.zone = zone;
        }
    }

    /// When something on the screen changes by itself, counted from the start.
    pub fn next_wake(&self) -> Option<std::time::Duration> {
        // the sign of running work turns, or its seconds go on; nothing else moves by itself
        let turn = self.running_since.map(|since| {
            let step = if self.look.reduced_motion { 1000 } else { TURN.as_millis() };
            let passed = self.now.since.saturating_sub(since).as_millis();
            let next = (passed / step + 1) * step;
            since + std::time::Duration::from_millis(u64::try_from(next).unwrap_or(u64::MAX))
        });
        [self.toasts.next_end(), turn].into_iter().flatten().min()
    }
}

/// What people call a system.
pub fn system_title(system: &str) -> String {
    clean(&registry::title(system))
}

/// Sums by currency, in the order of the codes.
pub fn sums(amounts: impl IntoIterator<Item = (i64, Currency)>) -> BTreeMap<Currency, i64> {
    let mut out = BTreeMap::new();
    for (minor, currency) in amounts {
        let sum: &mut i64 = out.entry(currency).or_default();
        *sum = sum.saturating_add(minor);
    }
    out
}
