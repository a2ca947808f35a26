//! `--fail-at POINT[:N]`: where a test lets the process end as `kill -9` would. Debug builds only.

use crate::cli::args::Globals;
use crate::cli::error::CliError;

/// Arms what was asked for. The names of the points belong to the store.
#[cfg(debug_assertions)]
pub fn arm(globals: &Globals) -> Result<(), CliError> {
    let Some(point) = &globals.fail_at else { return Ok(()) };
    ARM(point).map_err(|why| CliError::Usage(format!("--fail-at {point}: {why}")))
}

/// A release has nothing to arm.
#[cfg(not(debug_assertions))]
pub fn arm(_: &Globals) -> Result<(), CliError> {
    Ok(())
}

/// PLUG: `crate::store::failpoint::arm` takes this place as soon as the store has it.
#[cfg(debug_assertions)]
const ARM: fn(&str) -> Result<(), String> = |_| Err("this build has no fail points".into());
