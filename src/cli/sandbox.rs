//! `tieout sandbox`: serves the stand-ins and writes a home that points at them.

use crate::cli::args::{Globals, SandboxArgs};
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;

/// Runs it.
#[allow(clippy::unused_async, reason = "the commands are all awaited")]
pub async fn run(_globals: &Globals, _args: SandboxArgs) -> Result<ExitCode, CliError> {
    Err(CliError::Failed("this build has no stand-ins to serve".into()))
}
