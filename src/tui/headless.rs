//! The console without a terminal: what tests and benchmarks drive.
//!
//! The model, the runner's own execution of effects against a real [`Office`], and a screen in memory. What is pressed
//! here takes the same way as in the console: `update`, the tasks of the runner, `view`. Nothing waits by sleeping:
//! [`Headless::settle`] waits until the busy counter stands at zero and every message was handled.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use tieout::tui::{Headless, Look, Readers, Theme};
//! # async fn show(office: Arc<dyn tieout::engine::Office>) -> Result<(), tieout::tui::Stuck> {
//! let look = Look { theme: Theme::mono(), ..Look::default() };
//! let mut console = Headless::open(office, Readers::default(), look, (120, 34)).await?;
//! console.press("j j enter");
//! console.settle().await?;
//! console.wait_for("HISTORY").await?;
//! println!("{}", console.screen());
//! # Ok(())
//! # }
//! ```

mod keys;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::Style;

use crate::engine::Office;
use crate::tui::app::{Look, Model, update};
use crate::tui::effect::Effect;
use crate::tui::look::Wardrobe;
use crate::tui::msg::{Msg, Now};
use crate::tui::runner::tasks::Tasks;
use crate::tui::text::width;
use crate::tui::view::view;
use crate::tui::{Readers, headless::keys::named};

/// How long a console may take to come to rest, or a text to appear. Generous: what is tested is order, not speed.
const PATIENCE: Duration = Duration::from_mins(1);

/// Something did not come. Its text holds the screen.
#[derive(thiserror::Error)]
#[error("{what}\n{screen}")]
pub struct Stuck {
    /// What was waited for.
    pub what: String,
    /// The screen at that moment.
    pub screen: String,
}

impl fmt::Debug for Stuck {
    /// As it reads: a failed test prints this.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A console on a screen in memory.
pub struct Headless {
    model: Model,
    tasks: Tasks,
    started: Instant,
    patience: Duration,
    copied: Vec<String>,
    ended: bool,
}

impl Headless {
    /// Before the store is open: what the first frame shows. [`Headless::opened`] goes on.
    pub fn closed(readers: Readers, look: Look, environment: &str, size: (u16, u16)) -> Self {
        let mut console = Self {
            model: Model::new(look, environment.to_string(), size),
            tasks: Tasks::new(readers, Wardrobe::default()),
            started: Instant::now(),
            patience: PATIENCE,
            copied: Vec::new(),
            ended: false,
        };
        console.resize(size.0, size.1);
        console
    }

    /// Opens the console on an office and lets it come to rest. Needs a tokio runtime with time.
    pub async fn open(
        office: Arc<dyn Office>,
        readers: Readers,
        look: Look,
        size: (u16, u16),
    ) -> Result<Self, Stuck> {
        let environment = office.environment();
        let mut console = Self::closed(readers, look, &environment, size);
        console.opened(office);
        console.settle().await?;
        Ok(console)
    }

    /// The store is open: the office answers from now on.
    pub fn opened(&mut self, office: Arc<dyn Office>) {
        let msg = self.tasks.opened(office);
        self.send(msg);
    }

    /// Waits this long and no longer, in place of a minute.
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// A message, as the runner takes it: the model changes, its effects start.
    pub fn send(&mut self, msg: Msg) {
        let now = Now { at: self.tasks.now(), since: self.started.elapsed() };
        for effect in update(&mut self.model, msg, now) {
            match effect {
                Effect::Quit => self.ended = true,
                Effect::Copy(text) => {
                    let said = Ok(format!("Copied {} characters.", text.chars().count()));
                    self.copied.push(text);
                    self.send(Msg::Copied(said));
                }
                // there is no shell to go back to, and nothing on the screen that could be torn
                Effect::Suspend => self.send(Msg::NoJobControl),
                Effect::Redraw => {}
                other => self.tasks.start(other, self.model.look.depth),
            }
        }
    }

    /// Keys by their names in the table of actions, separated by spaces: `"j j enter"`, `"ctrl-d"`, `"space"`. They
    /// come as quickly as a paste of keys would: nothing settles between them.
    ///
    /// # Panics
    ///
    /// On a name that no key has: the script is wrong.
    #[allow(clippy::panic, reason = "a wrong script is a bug of the test that holds it")]
    pub fn press(&mut self, keys: &str) {
        for name in keys.split_whitespace() {
            let Some(key) = named(name) else { panic!("no key is called {name:?}, in {keys:?}") };
            self.send(Msg::Key(key));
        }
    }

    /// Keys one by one: the console comes to rest after each, as under a person's hands.
    pub async fn walk(&mut self, keys: &str) -> Result<(), Stuck> {
        for name in keys.split_whitespace() {
            self.press(name);
            self.settle().await?;
        }
        Ok(())
    }

    /// Types a text, one key a character.
    pub fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.send(Msg::Key(keys::of_char(c)));
        }
    }

    /// Pastes a text.
    pub fn paste(&mut self, text: &str) {
        self.send(Msg::Paste(text.into()));
    }

    /// The terminal has this size now.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.send(Msg::Resize(columns, rows));
    }

    /// Goes on until nothing is in flight: no task runs, every change of the store that this process knows was looked
    /// at, every message was handled. What the engine does by itself is not waited for: see [`Headless::wait_for`].
    pub async fn settle(&mut self) -> Result<(), Stuck> {
        let deadline = tokio::time::Instant::now() + self.patience;
        let mut pulse = self.tasks.pulse();
        loop {
            // looked at first: what a task sent before it ended is in the queue when its end is seen
            let seen = *pulse.borrow_and_update();
            let mut quiet = true;
            while let Ok(msg) = self.tasks.receive.try_recv() {
                self.send(msg);
                quiet = false;
            }
            if seen.failed {
                return Err(self.stuck("a task of the console panicked; its message was printed above"));
            }
            if quiet && self.tasks.is_idle(seen) {
                return Ok(());
            }
            if !quiet {
                continue;
            }
            tokio::select! {
                biased;
                Some(msg) = self.tasks.receive.recv() => self.send(msg),
                _ = pulse.changed() => {}
                () = tokio::time::sleep_until(deadline) => {
                    return Err(self.stuck(&format!("the console did not come to rest: {seen:?}")));
                }
            }
        }
    }

    /// Waits until the screen shows this text.
    pub async fn wait_for(&mut self, text: &str) -> Result<(), Stuck> {
        self.wait_until(&format!("{text:?} did not come"), |screen| screen.contains(text)).await
    }

    /// Waits until the screen no longer shows this text.
    pub async fn wait_gone(&mut self, text: &str) -> Result<(), Stuck> {
        self.wait_until(&format!("{text:?} did not go"), |screen| !screen.contains(text)).await
    }

    /// Waits until something holds for the screen's text; `what` is said when it never does.
    pub async fn wait_until(&mut self, what: &str, holds: impl Fn(&str) -> bool) -> Result<(), Stuck> {
        let deadline = tokio::time::Instant::now() + self.patience;
        loop {
            while let Ok(msg) = self.tasks.receive.try_recv() {
                self.send(msg);
            }
            if holds(&self.screen()) {
                return Ok(());
            }
            let wake = self.model.next_wake().map(|since| self.started + since);
            tokio::select! {
                biased;
                Some(msg) = self.tasks.receive.recv() => self.send(msg),
                () = tokio::time::sleep_until(wake.unwrap_or(self.started).into()), if wake.is_some() => {
                    self.send(Msg::Tick);
                }
                () = tokio::time::sleep_until(deadline) => return Err(self.stuck(what)),
            }
        }
    }

    /// The screen's rows, without the blanks at their ends.
    pub fn screen(&self) -> String {
        let buffer = self.frame();
        let mut out = String::new();
        for y in 0..buffer.area.height {
            let mut row = String::new();
            let mut x = 0;
            while x < buffer.area.width {
                let symbol = buffer[(x, y)].symbol();
                row.push_str(symbol);
                // the cell after a wide sign holds nothing of its own
                x += u16::try_from(width(symbol)).unwrap_or(1).max(1);
            }
            out.push_str(row.trim_end());
            out.push('\n');
        }
        out
    }

    /// The cells of the screen.
    pub fn frame(&self) -> Buffer {
        let (w, h) = self.model.size;
        let Ok(mut terminal) = Terminal::new(TestBackend::new(w, h));
        let Ok(_drawn) = terminal.draw(|frame| view(&self.model, frame));
        terminal.backend().buffer().clone()
    }

    /// How the cell at this column and row looks, both counted from 0; none outside of the screen.
    pub fn style_at(&self, column: u16, row: u16) -> Option<Style> {
        self.frame().cell((column, row)).map(|c| c.style())
    }

    /// Column and row where the screen shows this text first.
    pub fn find(&self, text: &str) -> Option<(u16, u16)> {
        self.screen().lines().enumerate().find_map(|(y, row)| {
            let before = row.get(..row.find(text)?)?;
            Some((u16::try_from(width(before)).ok()?, u16::try_from(y).ok()?))
        })
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// What was put into the clipboard, oldest first.
    pub fn copied(&self) -> &[String] {
        &self.copied
    }

    /// Whether the console was left.
    pub fn ended(&self) -> bool {
        self.ended
    }

    fn stuck(&self, what: &str) -> Stuck {
        Stuck { what: what.to_string(), screen: self.screen() }
    }
}
