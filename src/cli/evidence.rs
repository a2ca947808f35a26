//! `tieout evidence`: the auditor's folder.

use std::path::Path;

use crate::cli::args::EvidenceArgs;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::platform;

/// Runs it.
pub async fn run(ctx: &mut Context, args: EvidenceArgs) -> Result<ExitCode, CliError> {
    let book = ctx.book_or_only(args.book.as_deref()).await?;
    empty(&args.folder)?;
    let made = ctx.office.evidence(book.id.clone(), args.period).await?;
    let failed = |e: std::io::Error| CliError::Failed(format!("{}: {e}", args.folder.display()));
    platform::private_folder(&args.folder)?;
    for (name, bytes) in &made.files {
        platform::create_private(&args.folder.join(name), bytes).map_err(failed)?;
    }
    let to = args.folder.display().to_string();
    let chain = made.verified.clone();
    let report = &made.reconciled.report;
    let told = format!(
        "{} files of {} {} to {to}: {}, {}; audit events {} to {}",
        made.files.len(),
        book.id,
        args.period,
        report.checked.text,
        made.reconciled.signed.text,
        made.chain.0,
        made.chain.1
    );
    let json = serde_json::json!({
        "folder": to,
        "book": book.id,
        "period": args.period.to_string(),
        "files": made.contents,
        "checked": report.checked.text,
        "signed": made.reconciled.signed.text,
        "audit_chain": {"first": made.chain.0, "last": made.chain.1, "hash": made.head.1},
    });
    ctx.office.evidence_written(book.id, made, to).await?;
    if ctx.out.is_json() {
        ctx.out.json(&json)?;
    } else {
        ctx.out.line(&told)?;
    }
    Ok(match chain {
        Ok(_) => ExitCode::Done,
        Err(why) => {
            ctx.out.note(&format!("The audit chain is broken at {why}"))?;
            ExitCode::Chain
        }
    })
}

/// What stands there already is never mixed with evidence.
fn empty(folder: &Path) -> Result<(), CliError> {
    match std::fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(true) => Err(CliError::Usage(format!(
            "{} is not empty: give a folder that is empty or does not exist",
            folder.display()
        ))),
        Ok(false) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(CliError::Failed(format!("{}: {e}", folder.display()))),
    }
}
