//! `tieout` without a command, and the demo's screen: the console over a home that is opened after the first frame.

use std::future::Future;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::cli::args::Globals;
use crate::cli::config::{AUTO, Config, Glyphs, Mouse, keep_theme};
use crate::cli::environment::{Terminal, can_browse, is_remote};
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::home::Home;
use crate::cli::seed::BOOK;
use crate::cli::staged::{Desk, Staged};
use crate::cli::{demo, keys, logging, open, reconcile};
use crate::engine::Office;
use crate::engine::house::{House, RunOptions};
use crate::model::book::AutoApproval;
use crate::model::document::Document;
use crate::model::ids::BookId;
use crate::sandbox::assembly::Stage;
use crate::store::Card;
use crate::systems::registry;
use crate::tui::look::{Happening, KeepTheme, Wardrobe};
use crate::tui::theme::Library;
use crate::tui::{self, Depth, Options, RunError, Theme};

/// How long the engine may take to finish what is on the wire when the console is left.
const FAREWELL: Duration = Duration::from_secs(10);

/// How long the demo's PC with QuickBooks Desktop stays off: long enough to see what waits for it.
const ALONE: Duration = Duration::from_mins(1);

/// Runs it.
pub async fn run(globals: &Globals) -> Result<ExitCode, CliError> {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(CliError::Usage(
            "the console needs a terminal: without one use `tieout --auto`, `tieout queue` or `tieout status`, \
             with --json for programs"
                .into(),
        ));
    }
    let ready = open::prepare(globals, "console")?;
    let keep = keeping(ready.config_file.clone());
    let options = options(globals, &ready.home, ready.environment(), &ready.config, Some(keep));
    let engine = Arc::new(Engine::default());
    let running = engine.clone();
    let read_only = globals.read_only;
    let shown = show(options, async move {
        // a vault that is closed is told on the screen, and opened there (F26)
        let house = ready.open_attended().await?;
        Ok(running.start(house, read_only))
    });
    let code = shown.await;
    engine.end().await;
    code
}

/// The console on the demo's firm. The stand-ins and the history are made after the first frame.
pub async fn demo(globals: &Globals, home: Home) -> Result<ExitCode, CliError> {
    logging::start_in_memory();
    // a home that is seeded again keeps nothing: what a person wants here is said by options
    let config = match &globals.config {
        Some(file) => Config::read(file, true)?,
        None => Config::default(),
    };
    let mut options = options(globals, &home, "DEMO", &config, None);
    let engine = Arc::new(Engine::default());
    let running = engine.clone();
    let stage: Arc<Mutex<Option<Staged>>> = Arc::default();
    options.wardrobe.happenings = happenings(&stage);
    options.opens = Some(BookId::from(BOOK));
    let kept = stage.clone();
    let read_only = globals.read_only;
    let shown = show(options, async move {
        let staged = demo::stage(home, AutoApproval::Off, Desk::OffFor(ALONE)).await?;
        let house = staged.open().await?;
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(staged);
        Ok(running.start(house, read_only))
    });
    let code = shown.await;
    engine.end().await;
    let staged = stage.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(staged) = staged {
        staged.stage.sandbox.shutdown().await;
    }
    code
}

/// What a person can let happen in the demo.
fn happenings(stage: &Arc<Mutex<Option<Staged>>>) -> Vec<Happening> {
    let pc = |title: &str, text: &str, away: bool, said: &'static str| {
        let stage = stage.clone();
        let run = move || match stage.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(Staged { stage: Stage { desktop: Some(desktop), .. }, .. }) => {
                desktop.set_away(away);
                Ok(said.to_string())
            }
            _ => Err("The demo is still being made.".to_string()),
        };
        Happening { title: title.into(), text: text.into(), run: Arc::new(run) }
    };
    vec![
        pc(
            "Connector leaves",
            "The Web Connector's PC is switched off: what is approved for it waits.",
            true,
            "The PC with QuickBooks Desktop is off.",
        ),
        pc(
            "Connector returns",
            "The Web Connector's PC is switched on: what waits is posted.",
            false,
            "The PC with QuickBooks Desktop is on; its Web Connector comes in a moment.",
        ),
    ]
}

async fn show(
    options: Options,
    boot: impl Future<Output = Result<Arc<dyn Office>, CliError>> + Send + 'static,
) -> Result<ExitCode, CliError> {
    match tui::run(options, boot).await {
        Ok(()) => Ok(ExitCode::Done),
        Err(RunError::NotATerminal) => Err(CliError::Usage(RunError::<CliError>::NotATerminal.to_string())),
        Err(RunError::Terminal(e)) => Err(CliError::Output(e)),
        Err(RunError::Boot(e)) => Err(e),
        Err(RunError::Panicked) => Err(CliError::Failed(RunError::<CliError>::Panicked.to_string())),
    }
}

/// The engine beside the screen: reads, acknowledges, confirms; posts when a person asks.
#[derive(Default)]
struct Engine {
    running: Mutex<Option<(CancellationToken, tokio::task::JoinHandle<()>)>>,
}

impl Engine {
    fn start(&self, house: Arc<dyn House>, read_only: bool) -> Arc<dyn Office> {
        let office = house.office();
        if !read_only {
            let stop = CancellationToken::new();
            let token = stop.clone();
            let task = tokio::spawn(async move {
                let options = RunOptions { attended: true, ..RunOptions::default() };
                // without the vault nothing can be asked of any system
                tokio::select! {
                    () = house.unlocked() => {}
                    () = token.cancelled() => return,
                }
                if let Err(error) = house.run_until(options, token).await {
                    tracing::error!(%error, "the engine stopped");
                }
            });
            *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some((stop, task));
        }
        office
    }

    async fn end(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((stop, task)) = running {
            stop.cancel();
            if tokio::time::timeout(FAREWELL, task).await.is_err() {
                tracing::warn!(
                    "the engine did not end in time; the next start looks up what was on the wire"
                );
            }
        }
    }
}

fn options(
    globals: &Globals,
    home: &Home,
    environment: &str,
    config: &Config,
    keep: Option<KeepTheme>,
) -> Options {
    let terminal = Terminal::read();
    let depth = match (globals.no_color, terminal.true_colour, terminal.many_colours) {
        (true, ..) => Depth::None,
        (_, true, _) => Depth::True,
        (_, false, true) => Depth::C256,
        (_, false, false) => Depth::C16,
    };
    let library = Library::of(&home.themes());
    let wanted = globals.theme.as_deref().or(config.theme.as_deref()).unwrap_or(AUTO);
    let name = theme_name(wanted, depth, terminal.light);
    let loaded = library.load(&name, depth);
    let (keys, mut notices) = keys::effective(&home.keys_file());
    notices.extend(loaded.problems.iter().map(ToString::to_string));
    let (theme, theme_name) = match loaded.theme {
        Some(theme) => (theme, name),
        None => (Theme::dark(depth), "tieout-dark".into()),
    };
    Options {
        theme,
        theme_name,
        depth,
        ascii: match config.glyphs {
            Glyphs::Auto => terminal.ascii,
            Glyphs::Ascii => true,
            Glyphs::Unicode => false,
        },
        reduced_motion: config.reduced_motion.unwrap_or(terminal.remote),
        mouse: match config.mouse {
            Mouse::Auto => !terminal.remote,
            Mouse::On => true,
            Mouse::Off => false,
        },
        window_title: config.window_title,
        bell: config.bell,
        wardrobe: Wardrobe { library, keys_file: Some(home.keys_file()), keep, happenings: Vec::new() },
        read_only: globals.read_only,
        environment: environment.to_string(),
        multiplexer: terminal.multiplexer,
        readers: readers(),
        keys,
        notices,
        remote: is_remote(),
        browser: can_browse(),
        opens: None,
    }
}

/// What turns the bytes of every system, and the tie-out, into what the screens show.
pub fn readers() -> tui::Readers {
    tui::Readers {
        source: Some(Arc::new(read_source)),
        export: Some(tui::Export { folder: export_folder(), write: Arc::new(reconcile::export::write) }),
    }
}

/// The theme behind `auto`; any other name is its own. The terminal is not asked (OSC 11): over a slow line its answer
/// comes after keys and would be read as keys; `COLORFGBG` says it where it is set.
fn theme_name(wanted: &str, depth: Depth, light: Option<bool>) -> String {
    match (wanted, depth, light) {
        (_, Depth::None, _) => "mono",
        (AUTO, Depth::C16, _) => "ansi16",
        (AUTO, _, Some(true)) => "tieout-light",
        (AUTO, ..) => "tieout-dark",
        (name, ..) => name,
    }
    .to_string()
}

/// Writes the chosen theme into this file.
fn keeping(file: PathBuf) -> KeepTheme {
    Arc::new(move |name| keep_theme(&file, name).map_err(|e| e.to_string()))
}

/// Where an export is offered to go: the present folder.
fn export_folder() -> String {
    std::env::current_dir().map_or_else(|_| ".".into(), |d| d.display().to_string())
}

fn read_source(card: &Card) -> Option<Document> {
    let mut readers = registry::all().iter().filter_map(|e| e.read);
    readers.find_map(|read| read(card.row.kind, &card.row.source_id, &card.bytes).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_follows_the_terminal_and_no_color_wins() {
        for (wanted, depth, light, want) in [
            (AUTO, Depth::True, None, "tieout-dark"),
            (AUTO, Depth::True, Some(true), "tieout-light"),
            (AUTO, Depth::C256, Some(false), "tieout-dark"),
            (AUTO, Depth::C16, Some(true), "ansi16"),
            ("high-contrast", Depth::C16, None, "high-contrast"),
            ("high-contrast", Depth::None, None, "mono"),
        ] {
            assert_eq!(theme_name(wanted, depth, light), want, "{wanted} {depth:?} {light:?}");
        }
    }
}
