//! `tieout adopt`: links a document to a record that is already in the ledger, once it is verified as the same.

use crate::cli::args::AdoptArgs;
use crate::cli::context::Context;
use crate::cli::decide::{of_one, report};
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;

/// Runs it.
pub async fn run(ctx: &mut Context, args: AdoptArgs) -> Result<ExitCode, CliError> {
    let row = ctx.document(&args.id).await?;
    let answer = match ctx.office.adopt(row.id, args.record).await {
        Ok(state) => Ok(state.name().to_string()),
        Err(error) => Err(of_one(&row.number, error.into())?),
    };
    report(ctx, &[(row, answer)])
}
