//! `tieout mapping export`, `import` and `suggest`: the same work as the mapping screen does.

use std::path::Path;

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::table::{Table, left, right};
use crate::engine::mapping::csv::{self, ImportPlan};
use crate::engine::mapping::{Edit, EditWhat};
use crate::mapping::Change;

/// How a file is read.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// Nothing is saved.
    pub dry_run: bool,
    /// Rules that the file lacks go.
    pub remove: bool,
    /// Lines with a mistake are left out.
    pub skip_wrong: bool,
}

/// Writes the rules of a book.
pub async fn export(ctx: &mut Context, book: Option<&str>) -> Result<ExitCode, CliError> {
    let book = ctx.book_or_only(book).await?;
    let rules = ctx.store.rules(book.id.clone()).await?;
    let text = csv::export(&rules).map_err(CliError::Failed)?;
    ctx.out.raw(text.as_bytes())?;
    Ok(ExitCode::Done)
}

/// Reads rules from a file.
pub async fn import(
    ctx: &mut Context,
    file: &Path,
    how: How,
    book: Option<&str>,
) -> Result<ExitCode, CliError> {
    let book = ctx.book_or_only(book).await?;
    let told = |e: std::io::Error| CliError::Failed(format!("{} cannot be read: {e}", file.display()));
    if std::fs::metadata(file).map_err(told)?.len() > csv::MOST_BYTES as u64 {
        return Err(CliError::Failed(format!(
            "{} is larger than 5 MB: it is no list of rules",
            file.display()
        )));
    }
    let bytes = std::fs::read(file).map_err(told)?;
    let plan = ctx.office.plan_import(book.id.clone(), bytes).await?;
    let changes = changes(&plan, how);
    let wrong = plan.wrong > 0 && !how.skip_wrong;
    let mut version = None;
    let mut said = Vec::new();
    if !wrong && !changes.is_empty() {
        let edit = Edit { expected: plan.version, what: EditWhat::Changes(changes) };
        if how.dry_run {
            let effect = ctx.office.try_rules(book.id.clone(), edit).await?;
            let least = if effect.partial() { "at least " } else { "" };
            said.push(format!("would change {least}{} pending documents; nothing was saved", effect.changed));
        } else {
            let freed = ctx.office.put_rules(book.id.clone(), edit).await?;
            version = Some(freed.version);
            said.push(format!("version {}: {} documents derived again", freed.version, freed.derived));
        }
    }
    if ctx.out.is_json() {
        let mistakes: Vec<_> =
            plan.mistakes.iter().map(|m| json!({"line": m.line, "column": m.column, "why": m.why})).collect();
        let removed = if how.remove { plan.removed.clone() } else { Vec::new() };
        let value = json!({
            "book": book.id, "lines": plan.lines, "added": plan.added, "changed": plan.changed, "removed": removed,
            "unchanged": plan.unchanged, "mistakes": mistakes, "version": version,
        });
        ctx.out.json(&value)?;
    } else {
        ctx.out.list(&table(&plan, how), "The file changes nothing.")?;
        for line in &said {
            ctx.out.note(line)?;
        }
    }
    if wrong {
        let why = format!("{} mistakes: nothing was saved. Mend the file, or add --skip-wrong", plan.wrong);
        return Err(CliError::Failed(why));
    }
    Ok(ExitCode::Done)
}

fn changes(plan: &ImportPlan, how: How) -> Vec<Change> {
    let mut out = Vec::new();
    // with a line left out, what the file lacks is not known
    if how.remove && plan.wrong == 0 {
        out.extend(plan.removals.iter().cloned());
    }
    out.extend(plan.changes.iter().cloned());
    out
}

fn table(plan: &ImportPlan, how: How) -> Table {
    let mut table = Table::new(&[right("line"), left("what"), left("column"), left("rule or mistake")]);
    for m in &plan.mistakes {
        table.row([m.line.to_string(), "mistake".into(), m.column.clone(), m.why.clone()]);
    }
    let mut row = |what: &str, text: String| {
        table.row([String::new(), what.into(), String::new(), text]);
    };
    for a in &plan.added {
        row("added", a.clone());
    }
    for (before, after) in &plan.changed {
        row("changed", format!("{before}, now {after}"));
    }
    if how.remove {
        for r in &plan.removed {
            row("removed", r.clone());
        }
    }
    table
}

/// What has no mapping, with what is near.
pub async fn suggest(ctx: &mut Context, book: Option<&str>) -> Result<ExitCode, CliError> {
    let book = ctx.book_or_only(book).await?;
    let board = ctx.office.board(book.id.clone()).await?;
    if ctx.out.is_json() {
        let list: Vec<_> = board
            .unmapped
            .iter()
            .map(|u| {
                let near: Vec<_> = u
                    .near
                    .iter()
                    .map(|c| json!({"id": c.record.id, "name": c.record.name, "score": c.score, "why": c.note}))
                    .collect();
                json!({
                    "code": u.group.code.name(), "value": u.group.value, "name": u.name,
                    "documents": u.group.count, "near": near,
                })
            })
            .collect();
        ctx.out.json(&json!({"book": book.id, "unmapped": list, "not_listed": board.more_unmapped}))?;
        return Ok(ExitCode::Done);
    }
    let mut table = Table::new(&[
        left("decides"),
        left("value"),
        left("name"),
        right("documents"),
        right("score"),
        left("near"),
        left("why"),
    ]);
    for u in &board.unmapped {
        let best = u.near.first();
        table.row([
            u.rule.kind.name().into(),
            u.rule.condition(),
            u.name.clone(),
            u.group.count.to_string(),
            best.map(|c| format!("{} %", c.score)).unwrap_or_default(),
            best.map(|c| c.record.name.clone()).unwrap_or_default(),
            best.map(|c| c.note.clone()).unwrap_or_default(),
        ]);
    }
    ctx.out.table(&table, "Everything has a mapping.")?;
    if board.more_unmapped > 0 {
        ctx.out.note(&format!("{} more values are not listed", board.more_unmapped))?;
    }
    Ok(ExitCode::Done)
}
