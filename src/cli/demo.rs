//! `tieout demo`: the sample firm with built-in stand-ins, in the console or headless.

use std::io::IsTerminal;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use crate::cli::args::{DemoArgs, Globals};
use crate::cli::auto;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::home::{Home, HomeKind};
use crate::cli::out::Out;
use crate::cli::staged::{self, Desk, Ledgers, Staged, Temporary, Wanted};
use crate::cli::{console, failpoint};
use crate::engine::house::RunOptions;
use crate::model::book::AutoApproval;

/// Runs it. Without `--home` everything is in a temporary folder that is removed at the end.
pub async fn run(globals: &Globals, args: DemoArgs) -> Result<ExitCode, CliError> {
    failpoint::arm(globals)?;
    let screen = std::io::stdout().is_terminal() && std::io::stdin().is_terminal();
    if !args.auto && !screen {
        return Err(CliError::Usage(
            "the demo's console needs a terminal: without one use `tieout demo --auto --once`".into(),
        ));
    }
    let temporary = if globals.home.is_none() { Some(Temporary::new()?) } else { None };
    let home = match (&temporary, &globals.home) {
        (Some(t), _) => t.home(),
        (None, Some(dir)) => Home::under(dir),
        (None, None) => return Err(CliError::Failed("no folder for the demo".into())),
    };
    home.may_be_seeded()?;
    if args.auto { headless(globals, home).await } else { console::demo(globals, home).await }
}

/// Makes the demo's home and serves its stand-ins.
pub async fn stage(home: Home, auto: AutoApproval, desk: Desk) -> Result<Staged, CliError> {
    let listen = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let wanted = Wanted { kind: HomeKind::Demo, listen, ledgers: Ledgers::ALL, desk, generated: None, auto };
    staged::make(home, wanted).await
}

async fn headless(globals: &Globals, home: Home) -> Result<ExitCode, CliError> {
    let staged = stage(home, AutoApproval::Clean, Desk::On).await?;
    let house = staged.open().await?;
    let at = staged.home.data.display().to_string();
    let mut ctx = Context::over(house, Out::of(globals), at);
    let options = RunOptions { wait: Some(Duration::from_mins(2)), ..RunOptions::default() };
    let code = auto::once(&mut ctx, options).await;
    staged.stage.sandbox.shutdown().await;
    code
}
