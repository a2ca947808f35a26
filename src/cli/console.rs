//! `tieout` without a command, and the demo's screen: the console over a home that is opened after the first frame.

use std::future::Future;
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::cli::args::Globals;
use crate::cli::environment::Terminal;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::home::Home;
use crate::cli::{demo, keys, open, prompt, reconcile};
use crate::engine::Office;
use crate::engine::house::{House, RunOptions};
use crate::model::book::AutoApproval;
use crate::model::document::Document;
use crate::store::Card;
use crate::systems::registry;
use crate::tui::theme::Library;
use crate::tui::{self, Depth, Options, RunError, Theme};
use crate::vault::Way;

/// How long the engine may take to finish what is on the wire when the console is left.
const FAREWELL: Duration = Duration::from_secs(10);

/// Runs it.
pub async fn run(globals: &Globals) -> Result<ExitCode, CliError> {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(CliError::Usage(
            "the console needs a terminal: without one use `tieout --auto`, `tieout queue` or `tieout status`, \
             with --json for programs"
                .into(),
        ));
    }
    match over_home(globals, None).await {
        // nobody can be asked under the screen: it was given back, the question comes first, and the screen again
        Err(CliError::Vault(why)) if why.contains(Way::Passphrase.remedy()) => {
            let passphrase = prompt::secret("Passphrase of the vault: ").await?;
            over_home(globals, Some(passphrase)).await
        }
        other => other,
    }
}

async fn over_home(globals: &Globals, passphrase: Option<SecretString>) -> Result<ExitCode, CliError> {
    let mut ready = open::prepare(globals, "console")?;
    if let Some(passphrase) = passphrase {
        ready.told(passphrase);
    }
    let options = options(globals, &ready.home, ready.environment());
    let engine = Arc::new(Engine::default());
    let running = engine.clone();
    let read_only = globals.read_only;
    let shown = show(options, async move {
        let house = ready.open("console").await?;
        Ok(running.start(house, read_only))
    });
    let code = shown.await;
    engine.end().await;
    code
}

/// The console on the demo's firm. The stand-ins and the history are made after the first frame.
pub async fn demo(globals: &Globals, home: Home) -> Result<ExitCode, CliError> {
    let options = options(globals, &home, "DEMO");
    let engine = Arc::new(Engine::default());
    let running = engine.clone();
    let stage = Arc::new(Mutex::new(None));
    let kept = stage.clone();
    let read_only = globals.read_only;
    let shown = show(options, async move {
        let staged = demo::stage(home, AutoApproval::Off).await?;
        let house = crate::engine::host::open(staged.opening()).await?;
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

fn options(globals: &Globals, home: &Home, environment: &str) -> Options {
    let terminal = Terminal::read();
    let depth = match (terminal.true_colour, terminal.many_colours) {
        (true, _) => Depth::True,
        (false, true) => Depth::C256,
        (false, false) => Depth::C16,
    };
    let (theme, notice) = theme(globals, home, depth);
    let (keys, mut notices) = keys::effective(&home.keys_file());
    notices.extend(notice);
    Options {
        theme,
        ascii: terminal.ascii,
        read_only: globals.read_only,
        environment: environment.to_string(),
        multiplexer: terminal.multiplexer,
        readers: readers(),
        keys,
        notices,
    }
}

/// What turns the bytes of every system, and the tie-out, into what the screens show.
pub fn readers() -> tui::Readers {
    tui::Readers {
        source: Some(Arc::new(read_source)),
        export: Some(tui::Export { folder: export_folder(), write: Arc::new(reconcile::export::write) }),
    }
}

/// Where an export is offered to go: the present folder.
fn export_folder() -> String {
    std::env::current_dir().map_or_else(|_| ".".into(), |d| d.display().to_string())
}

/// The theme that was asked for; what is wrong with it is said, and a missing one is the built-in one.
fn theme(globals: &Globals, home: &Home, depth: Depth) -> (Theme, Option<String>) {
    let depth = if globals.no_color { Depth::None } else { depth };
    let name = globals.theme.as_deref().unwrap_or("tieout-dark");
    let loaded = Library::of(&home.themes()).load(name, depth);
    let problem = loaded.problems.first().map(ToString::to_string);
    (loaded.theme.unwrap_or_else(|| Theme::dark(depth)), problem)
}

fn read_source(card: &Card) -> Option<Document> {
    let mut readers = registry::all().iter().filter_map(|e| e.read);
    readers.find_map(|read| read(card.row.kind, &card.row.source_id, &card.bytes).ok())
}
