//! Starts the program: parse, a small runtime, hand over, end within a bounded time.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;

/// Background work that has not ended by then is left behind: a stuck system call must not keep the program alive.
const FAREWELL: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let cli = match tieout::cli::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(code) => return code.into(),
    };
    start(cli).unwrap_or_else(|error| tieout::cli::failed(&format!("{error:#}")).into())
}

fn start(cli: tieout::cli::Cli) -> anyhow::Result<ExitCode> {
    tieout::cli::platform::harden();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the runtime does not start")?;
    let code = runtime.block_on(tieout::cli::run(cli));
    runtime.shutdown_timeout(FAREWELL);
    Ok(code.into())
}
