//! `tieout replay`: derives a document again from its stored source and says what differs.

use serde_json::json;

use crate::cli::args::ReplayArgs;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;

/// Runs it.
pub async fn run(ctx: &mut Context, args: ReplayArgs) -> Result<ExitCode, CliError> {
    let row = ctx.document(&args.id).await?;
    let text = ctx.office.replay(row.id, args.dry_run).await?;
    if ctx.out.is_json() {
        let value = json!({"document": row.id.to_string(), "dry_run": args.dry_run, "result": text});
        ctx.out.json(&value)?;
    } else {
        ctx.out.text(&text)?;
    }
    Ok(ExitCode::Done)
}
