//! `tieout audit export`: the whole trail, oldest first, as CSV that a spreadsheet may open or as JSON lines.

use std::path::PathBuf;

use crate::cli::args::AuditFormat;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::engine::export::{ExportError, Format, export, export_to};
use crate::store::AuditQuery;

/// Runs it.
pub async fn run(
    ctx: &mut Context,
    file: Option<PathBuf>,
    format: AuditFormat,
) -> Result<ExitCode, CliError> {
    let format = match format {
        AuditFormat::Csv => Format::Csv,
        AuditFormat::Json => Format::Json,
    };
    let office = ctx.office.clone();
    let all = AuditQuery::default();
    let done = match &file {
        Some(path) => export_to(&*office, all, "", format, path).await.map_err(|e| match e {
            ExportError::File(e) => {
                CliError::Failed(format!("{}: {e}; nothing was exported", path.display()))
            }
            other => failed(other),
        })?,
        None => {
            let mut put = |bytes: &[u8]| ctx.out.raw(bytes);
            export(&*office, all, "", format, "stdout".into(), &mut put).await.map_err(failed)?
        }
    };
    ctx.out.note(&format!(
        "{} events to {}",
        done.events,
        file.map_or("stdout".into(), |f| f.display().to_string())
    ))?;
    Ok(ExitCode::Done)
}

fn failed(e: ExportError) -> CliError {
    match e {
        ExportError::File(e) => e.into(),
        ExportError::Store(e) => e.into(),
        ExportError::Engine(e) => e.into(),
    }
}
