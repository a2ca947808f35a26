//! The console: model, update, view.
//!
//! `update` takes messages and gives effects, without I/O and without a clock; `view` draws the model; the runner does
//! the effects against an [`Office`](crate::engine::Office) and sends messages back. The first frame is drawn before
//! the store is opened.

pub mod app;
pub mod effect;
pub mod findings;
pub mod format;
pub mod headless;
pub mod keys;
pub mod layers;
pub mod layout;
pub mod look;
pub mod mouse;
pub mod msg;
pub mod nearest;
mod runner;
pub mod screens;
pub mod settings;
pub mod terminal;
pub mod text;
pub mod theme;
pub mod view;
mod widgets;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::engine::Office;
use crate::engine::reconcile::Reconciled;
use crate::model::document::Document;
use crate::model::people::Actor;
use crate::store::Card;

pub use app::{Look, Model, update};
pub use headless::{Headless, Stuck};
pub use keys::{KeyLine, KeyMap, commented_default as commented_keys, key_table};
pub use screens::tieout::effect::ExportAsk;
pub use theme::{Depth, Theme};
pub use view::view;

/// Turns the bytes of a card into the source's document, for the left side of the document screen. Pure and quick.
pub type ReadSource = Arc<dyn Fn(&Card) -> Option<Document> + Send + Sync>;

/// Writes a tie-out into a new folder: the book's zone, who, and when; answers where to.
pub type WriteTieout = Arc<
    dyn Fn(&Reconciled, &ExportAsk, &TimeZone, &Actor, Timestamp) -> Result<String, String> + Send + Sync,
>;

/// Where a tie-out is written to.
#[derive(Clone)]
pub struct Export {
    /// The folder that is offered.
    pub folder: String,
    /// Writes it.
    pub write: WriteTieout,
}

/// What turns bytes and reports into what the screens show.
#[derive(Clone, Default)]
pub struct Readers {
    /// Reads the source's bytes.
    pub source: Option<ReadSource>,
    /// Writes the tie-out.
    pub export: Option<Export>,
}

/// How the console runs. The environment is read by whoever makes this.
#[derive(Clone)]
pub struct Options {
    /// The theme, ready; see [`Theme::dark`], [`Theme::mono`] (for `NO_COLOR`).
    pub theme: Theme,
    /// Signs and frames in ASCII: the locale is not UTF-8, or `TERM=linux`.
    pub ascii: bool,
    /// Nothing is changed.
    pub read_only: bool,
    /// `DEMO`, `SANDBOX` or empty, until the store tells.
    pub environment: String,
    /// tmux or screen stands between us and the terminal (`TMUX`, `TERM=screen*`).
    pub multiplexer: bool,
    /// Readers of bytes and reports.
    pub readers: Readers,
    /// The name of the theme.
    pub theme_name: String,
    /// How many colours the terminal shows.
    pub depth: Depth,
    /// Nothing spins or counts seconds.
    pub reduced_motion: bool,
    /// Clicks and the wheel are listened to.
    pub mouse: bool,
    /// The window's title says `tieout` while the console is shown.
    pub window_title: bool,
    /// An error rings the bell.
    pub bell: bool,
    /// Where themes and keys come from while the console runs.
    pub wardrobe: look::Wardrobe,
    /// The keys, with what `keys.toml` says over the defaults.
    pub keys: KeyMap,
    /// What start-up has to say (a broken theme file, a key that was not taken), as warnings.
    pub notices: Vec<String>,
    /// Somebody came over the network: a browser of theirs does not open here and cannot reach a page of this machine.
    pub remote: bool,
    /// A browser can be opened from here.
    pub browser: bool,
    /// The book that is shown first; none, or none of that name: the first one.
    pub opens: Option<crate::model::ids::BookId>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            theme: Theme::dark(Depth::True),
            ascii: false,
            read_only: false,
            environment: String::new(),
            multiplexer: false,
            readers: Readers::default(),
            theme_name: "tieout-dark".into(),
            depth: Depth::True,
            reduced_motion: false,
            mouse: false,
            window_title: false,
            bell: false,
            wardrobe: look::Wardrobe::default(),
            keys: KeyMap::default(),
            notices: Vec::new(),
            remote: false,
            browser: false,
            opens: None,
        }
    }
}

/// Why the console ended.
#[derive(Debug, thiserror::Error)]
pub enum RunError<E> {
    /// Standard input or output is no terminal.
    #[error("the console needs a terminal; without one use --auto, or a command such as `tieout queue`")]
    NotATerminal,
    /// The terminal failed.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] io::Error),
    /// A part of the program panicked; the message was printed after the terminal was given back.
    #[error("a part of the program failed; the message above says where")]
    Panicked,
    /// The store could not be opened.
    #[error("{0}")]
    Boot(E),
}

/// Shows the console until the person leaves. Draws first, then waits for `boot`, which opens the store. The terminal
/// is given back before this returns, and before a panic is printed. Needs a tokio runtime with time, I/O and signals.
pub async fn run<E: Send + 'static>(
    options: Options,
    boot: impl Future<Output = Result<Arc<dyn Office>, E>> + Send + 'static,
) -> Result<(), RunError<E>> {
    if !terminal::is_terminal() {
        return Err(RunError::NotATerminal);
    }
    let size = crossterm::terminal::size()?;
    let guard = terminal::Guard::take(terminal::Modes {
        mouse: options.mouse,
        title: options.window_title,
        protocol: options.keys.needs_protocol(),
    })?;
    let look = Look {
        theme: options.theme,
        theme_name: options.theme_name,
        depth: options.depth,
        ascii: options.ascii,
        read_only: options.read_only,
        keys: Arc::new(options.keys),
        reduced_motion: options.reduced_motion,
        mouse: options.mouse,
        bell: options.bell,
        happenings: options.wardrobe.happenings.iter().map(|h| (h.title.clone(), h.text.clone())).collect(),
    };
    let mut model = Model::new(look, options.environment, size);
    update(&mut model, msg::Msg::Resize(size.0, size.1), msg::Now::default());
    model.connection_list.remote = options.remote;
    model.connection_list.browser = options.browser;
    model.opens = options.opens;
    for notice in options.notices {
        model.say(app::Level::Warning, notice);
    }
    runner::Runner::new(guard, options.readers, options.multiplexer, options.wardrobe)
        .run(&mut model, boot)
        .await
}
