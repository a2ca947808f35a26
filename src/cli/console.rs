//! `tieout` without a command: the console. It refuses to start where there is no terminal, and says what to use there.

use std::io::IsTerminal;

use crate::cli::args::Globals;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::open::{self, Ready};
use crate::transport::Fut;

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
    CONSOLE(globals, ready).await
}

/// How the console is run: it draws before it opens the store with [`Ready::open`].
type Console = fn(&Globals, Ready) -> Fut<'_, Result<ExitCode, CliError>>;

/// PLUG: the console's own entry takes this place.
const CONSOLE: Console = |_, _| {
    Box::pin(async {
        Err(CliError::Failed("this build has no console: use the commands of `tieout --help`".into()))
    })
};

/// The console on the demo's firm.
pub async fn demo(_globals: &Globals, _home: crate::cli::home::Home) -> Result<ExitCode, CliError> {
    Err(CliError::Failed("this build has no console".into()))
}
