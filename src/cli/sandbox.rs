//! `tieout sandbox`: serves the stand-ins and writes a home that points at them.

use std::io::Write as _;
use std::net::{IpAddr, ToSocketAddrs as _};

use serde_json::json;

use crate::cli::args::{Globals, SandboxArgs};
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::home::{Home, HomeKind};
use crate::cli::signals::{Ending, Endings as _, Signals};
use crate::cli::staged::{self, Desk, Ledgers, Wanted};

/// The ledgers that have a stand-in.
const LEDGERS: [&str; 2] = ["quickbooks_online", "quickbooks_desktop"];

/// Runs it until SIGTERM (exit code 0) or Ctrl-C (130).
pub async fn run(globals: &Globals, args: SandboxArgs) -> Result<ExitCode, CliError> {
    let Some(dir) = &globals.home else {
        return Err(CliError::Usage("say where the home goes: --home DIR".into()));
    };
    let mut asked = Vec::with_capacity(args.ledgers.len());
    for ledger in &args.ledgers {
        let name = ledger.replace('-', "_");
        if !LEDGERS.contains(&name.as_str()) {
            let built = LEDGERS.join(", ");
            return Err(CliError::Usage(format!("there is no stand-in of {ledger:?}; built are: {built}")));
        }
        asked.push(name);
    }
    let served = |name: &str| asked.is_empty() || asked.iter().any(|a| a == name);
    let ledgers = Ledgers { online: served("quickbooks_online"), desktop: served("quickbooks_desktop") };
    let home = Home::under(dir);
    may_be_made(&home)?;
    let mut signals = Signals::listen()?;
    let wanted = Wanted {
        kind: HomeKind::Sandbox,
        listen: host(&args.listen)?,
        ledgers,
        desk: Desk::On,
        generated: args.documents.map(|n| (n, args.seed)),
        auto: args.auto_approve.into(),
    };
    let staged = staged::make(home, wanted).await?;
    let ready = json!({
        "event": "ready",
        "home": staged.home.data.display().to_string(),
        "control": staged.stage.sandbox.control_url(),
        "systems": staged.stage.sandbox.systems(),
    });
    {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{ready}")?;
        out.flush()?;
    }
    let ending = signals.next().await;
    staged.stage.sandbox.shutdown().await;
    Ok(match ending {
        Ending::Terminated => ExitCode::Done,
        Ending::Interrupted => ExitCode::Interrupted,
    })
}

/// Its own home is made anew; a folder with anything else in it is left alone.
fn may_be_made(home: &Home) -> Result<(), CliError> {
    if home.kind()?.0 == HomeKind::Sandbox {
        return Ok(());
    }
    home.may_be_seeded().map_err(CliError::from)
}

fn host(text: &str) -> Result<IpAddr, CliError> {
    let mut found =
        (text, 0).to_socket_addrs().map_err(|e| CliError::Usage(format!("--listen {text}: {e}")))?;
    found.next().map(|a| a.ip()).ok_or_else(|| CliError::Usage(format!("--listen {text}: no address")))
}
