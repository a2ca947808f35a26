//! The console's screen in memory: what a frame costs beside the store.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tieout::model::people::Actor;
use tieout::store::{Row, Store, Total};
use tieout::tui::app::{Look, Model, update};
use tieout::tui::format::ShownRow;
use tieout::tui::msg::{Facts, Msg, Now, Opened, Sheet};
use tieout::tui::screens::queue::Pane;
use tieout::tui::view;

use crate::data::{Done, now};

const COLUMNS: u16 = 120;
const ROWS: u16 = 40;

/// A console on a terminal in memory.
pub struct Screen {
    model: Model,
    terminal: Terminal<TestBackend>,
}

impl Screen {
    /// Open on the store's book.
    pub fn open(store: &dyn Store) -> Done<Self> {
        let look = Look::default();
        let mut model = Model::new(look, "SANDBOX".into(), (COLUMNS, ROWS));
        let actor = Actor {
            name: "Theo Okonkwo".into(),
            employee: None,
            via: "console".into(),
            single_person: false,
        };
        let facts = Facts { books: now(store.books())?, connections: now(store.connections())? };
        let opened = Opened { environment: "SANDBOX".into(), actor };
        for msg in [Msg::Resize(COLUMNS, ROWS), Msg::Opened(opened), Msg::Facts(Ok(facts))] {
            // what it asks is what the benchmark reads
            let _ = update(&mut model, msg, Now::default());
        }
        Ok(Self { model, terminal: Terminal::new(TestBackend::new(COLUMNS, ROWS))? })
    }

    /// Takes what was read and draws the whole screen; only what changed is written to the terminal.
    pub fn draw(&mut self, rows: Vec<Row>, totals: Vec<Total>, sheet: Sheet) -> Done<()> {
        let queue = &mut self.model.queue;
        queue.rows = rows.into_iter().map(ShownRow::of).collect();
        queue.totals = Some(totals);
        queue.pane = Some(Pane::of(&sheet));
        queue.sheet = Some(Box::new(sheet));
        queue.loaded = true;
        let model = &self.model;
        self.terminal.draw(|frame| view(model, frame))?;
        Ok(())
    }

    /// The screen as text.
    pub fn text(&self) -> String {
        self.terminal.backend().to_string()
    }
}
