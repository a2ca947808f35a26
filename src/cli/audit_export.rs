//! `tieout audit export`: the whole trail, oldest first, as CSV that a spreadsheet may open or as JSON lines.

use std::io::Write;
use std::path::PathBuf;

use crate::cli::args::AuditFormat;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::{audit, platform};
use crate::model::text::csv_cell;
use crate::store::{AuditQuery, AuditRow};

/// Events of one read.
const PAGE: u64 = 1_000;

const COLUMNS: [&str; 9] = ["seq", "at", "actor", "via", "action", "subject", "text", "fields", "hash"];

/// Runs it.
pub async fn run(
    ctx: &mut Context,
    file: Option<PathBuf>,
    format: AuditFormat,
) -> Result<ExitCode, CliError> {
    let mut target = match &file {
        Some(path) => Some(
            platform::open_new(path)
                .map_err(|e| CliError::Failed(format!("{}: {e}; nothing was exported", path.display())))?,
        ),
        None => None,
    };
    let newest = ctx.store.audit(AuditQuery { limit: 1, ..AuditQuery::default() }).await?;
    let last = newest.first().map_or(0, |r| r.seq);
    if format == AuditFormat::Csv {
        put(ctx, &mut target, &csv_line(COLUMNS.map(String::from))?)?;
    }
    let mut from = 0;
    while from < last {
        let to = from.saturating_add(PAGE).min(last);
        let query = AuditQuery {
            before: Some(to.saturating_add(1)),
            limit: u32::try_from(to - from).unwrap_or(u32::MAX),
            ..AuditQuery::default()
        };
        let mut rows = ctx.store.audit(query).await?;
        rows.reverse();
        let mut bytes = Vec::new();
        for row in rows.iter().filter(|r| r.seq > from && r.seq <= to) {
            bytes.extend(encoded(row, format)?);
        }
        put(ctx, &mut target, &bytes)?;
        from = to;
    }
    if let Some(file) = &target {
        file.sync_all()?;
    }
    let name = file.map_or_else(|| "stdout".into(), |f| f.display().to_string());
    let fields = vec![("file".into(), name.clone()), ("events".into(), last.to_string())];
    let (actor, now) = (ctx.office.actor(), ctx.office.now());
    ctx.store.note("exported".into(), "audit".into(), fields, actor, now).await?;
    ctx.out.note(&format!("{last} events to {name}"))?;
    Ok(ExitCode::Done)
}

fn put(ctx: &mut Context, target: &mut Option<std::fs::File>, bytes: &[u8]) -> std::io::Result<()> {
    match target {
        Some(file) => file.write_all(bytes),
        None => ctx.out.raw(bytes),
    }
}

fn encoded(row: &AuditRow, format: AuditFormat) -> Result<Vec<u8>, CliError> {
    if format == AuditFormat::Json {
        let mut line = audit::value(row).to_string().into_bytes();
        line.push(b'\n');
        return Ok(line);
    }
    let fields: Vec<String> = row.fields.iter().map(|(n, v)| format!("{n}={v}")).collect();
    let text = |t: &str| csv_cell(t).into_owned();
    csv_line([
        row.seq.to_string(),
        row.at.to_string(),
        text(&row.actor),
        text(&row.via),
        text(&row.action),
        text(&row.subject),
        text(&row.text),
        text(&fields.join("; ")),
        text(&row.hash),
    ])
}

/// One line of CSV (RFC 4180).
fn csv_line(cells: [String; 9]) -> Result<Vec<u8>, CliError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let failed = |e: String| CliError::Failed(format!("a line of the export cannot be written: {e}"));
    writer.write_record(&cells).map_err(|e| failed(e.to_string()))?;
    writer.into_inner().map_err(|e| failed(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_reads_text_as_text() {
        let row = AuditRow {
            seq: 3,
            at: "2026-11-04T14:30:00Z".parse().unwrap(),
            actor: "=cmd()".into(),
            via: "command".into(),
            action: "held".into(),
            subject: "B".into(),
            text: "a, \"b\"\nc".into(),
            fields: vec![("reason".into(), "+1".into())],
            hash: "00".into(),
        };
        let line = encoded(&row, AuditFormat::Csv).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_slice());
        let record = reader.records().next().unwrap().unwrap();
        assert_eq!(record.len(), COLUMNS.len());
        assert_eq!((&record[2], &record[6], &record[7]), ("'=cmd()", "a, \"b\"\nc", "reason=+1"));
        let json = encoded(&row, AuditFormat::Json).unwrap();
        assert_eq!(String::from_utf8(json).unwrap().lines().count(), 1);
    }
}
