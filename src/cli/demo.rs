//! `tieout demo`: the sample firm with built-in stand-ins, in the console or headless.

use crate::cli::args::{DemoArgs, Globals};
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;

/// Runs it.
#[allow(clippy::unused_async, reason = "the commands are all awaited")]
pub async fn run(_globals: &Globals, _args: DemoArgs) -> Result<ExitCode, CliError> {
    Err(CliError::Failed("this build has no sample firm".into()))
}
