//! `tieout audit`: list, show, verify, export.

use serde_json::{Value, json};

use crate::cli::args::{AuditArgs, AuditCommand};
use crate::cli::audit_export;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::table::{Table, left, right};
use crate::store::{AuditQuery, AuditRow};

/// Runs it.
pub async fn run(ctx: &mut Context, args: AuditArgs) -> Result<ExitCode, CliError> {
    match args.command {
        AuditCommand::List { document, search, limit } => list(ctx, document, search, limit).await,
        AuditCommand::Show { seq } => show(ctx, seq).await,
        AuditCommand::Verify => verify(ctx).await,
        AuditCommand::Export { file, format } => audit_export::run(ctx, file, format).await,
    }
}

/// An event as JSON. Fields stay pairs: their order is part of what was recorded.
pub fn value(row: &AuditRow) -> Value {
    json!({
        "seq": row.seq,
        "at": row.at.to_string(),
        "actor": row.actor,
        "via": row.via,
        "action": row.action,
        "subject": row.subject,
        "number": row.number(),
        "text": row.text,
        "fields": row.fields,
        "hash": row.hash,
    })
}

/// Events for people.
pub fn table(rows: &[AuditRow]) -> Table {
    let mut table =
        Table::new(&[right("seq"), left("at"), left("who"), left("did"), left("what"), left("on")]);
    for row in rows {
        table.row([
            row.seq.to_string(),
            row.at.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
            row.actor.clone(),
            row.action.clone(),
            row.text.clone(),
            row.number().unwrap_or(&row.subject).to_string(),
        ]);
    }
    table
}

async fn list(
    ctx: &mut Context,
    document: Option<String>,
    search: Option<String>,
    limit: u32,
) -> Result<ExitCode, CliError> {
    let subject = match document {
        Some(text) => Some(ctx.document(&text).await?.id.to_string()),
        None => None,
    };
    let search = search.unwrap_or_default().split_whitespace().map(String::from).collect();
    // one more than asked for, to know whether there are more
    let query = AuditQuery { subject, limit: limit.saturating_add(1), search, ..AuditQuery::default() };
    let mut rows = ctx.store.audit(query).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    if ctx.out.is_json() {
        let events: Vec<_> = rows.iter().map(value).collect();
        ctx.out.json(&json!({"events": events, "more": more}))?;
    } else {
        ctx.out.list(&table(&rows), "No events.")?;
        if more {
            ctx.out.note(&format!("The newest {limit} events; --limit shows more."))?;
        }
    }
    Ok(ExitCode::Done)
}

async fn show(ctx: &mut Context, seq: u64) -> Result<ExitCode, CliError> {
    let query = AuditQuery { before: Some(seq.saturating_add(1)), limit: 1, ..AuditQuery::default() };
    let found = ctx.store.audit(query).await?.into_iter().find(|r| r.seq == seq);
    let Some(row) = found else {
        return Err(CliError::Failed(format!("there is no event {seq} in the audit trail")));
    };
    if ctx.out.is_json() {
        ctx.out.json(&value(&row))?;
        return Ok(ExitCode::Done);
    }
    let mut lines = vec![
        ("seq".to_string(), row.seq.to_string()),
        ("at".into(), row.at.to_string()),
        ("who".into(), row.actor),
        ("via".into(), row.via),
        ("did".into(), row.action),
        ("on".into(), row.subject),
        ("what".into(), row.text),
    ];
    lines.extend(row.fields);
    lines.push(("hash".into(), row.hash));
    let width = lines.iter().map(|(n, _)| n.chars().count()).max().unwrap_or(0);
    for (name, value) in lines {
        ctx.out.line(&format!("{name:<width$}  {value}"))?;
    }
    Ok(ExitCode::Done)
}

async fn verify(ctx: &mut Context) -> Result<ExitCode, CliError> {
    let (value, sentence, code) = match ctx.store.verify_audit().await? {
        Ok(rows) => (
            json!({"ok": true, "rows": rows}),
            format!("The audit chain holds: {rows} events."),
            ExitCode::Done,
        ),
        Err((seq, why)) => (
            json!({"ok": false, "first_bad": seq, "message": why}),
            format!("The audit chain is broken at event {seq}: {why}"),
            ExitCode::Chain,
        ),
    };
    if ctx.out.is_json() {
        ctx.out.json(&value)?;
    } else {
        ctx.out.line(&sentence)?;
    }
    Ok(code)
}
