//! `--fail-at POINT[:N]`: where a test lets the process end as `kill -9` would. Debug builds only.

use crate::cli::args::Globals;
use crate::cli::error::CliError;

/// Arms what was asked for. The names of the points belong to the store.
#[cfg(debug_assertions)]
pub fn arm(globals: &Globals) -> Result<(), CliError> {
    let Some(point) = &globals.fail_at else { return Ok(()) };
    crate::store::failpoint::arm(point).map_err(|why| CliError::Usage(format!("--fail-at {point}: {why}")))
}

/// A release has nothing to arm.
#[cfg(not(debug_assertions))]
pub fn arm(_: &Globals) -> Result<(), CliError> {
    Ok(())
}
