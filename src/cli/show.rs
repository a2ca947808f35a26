//! `tieout show`: one document, or one part of it.

use serde_json::{Value, json};

use crate::cli::args::ShowArgs;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::{json, queue, show_entry};
use crate::store::{Acknowledged, AuditQuery, AuditRow, Card, ReceiptRow, ReceiptState, StoreError};

/// Runs it.
pub async fn run(ctx: &mut Context, args: ShowArgs) -> Result<ExitCode, CliError> {
    let id = ctx.document(&args.id).await?.id;
    if args.request {
        let text = ctx.office.request_text(id).await?;
        if ctx.out.is_json() {
            ctx.out.json(&json!({"id": id.to_string(), "request": text}))?;
        } else {
            ctx.out.text(&text)?;
        }
        return Ok(ExitCode::Done);
    }
    let card = ctx.store.card(id).await?;
    if args.source {
        source(ctx, &card)?;
    } else if args.entry {
        if ctx.out.is_json() {
            ctx.out.json(&show_entry::value(&card))?;
        } else {
            show_entry::print(&mut ctx.out, &card)?;
        }
    } else {
        let query = AuditQuery { subject: Some(id.to_string()), limit: 50, ..AuditQuery::default() };
        let history = ctx.store.audit(query).await?;
        let papers = papers(ctx, &card).await?;
        if ctx.out.is_json() {
            ctx.out.json(&whole(&card, &papers, &history))?;
        } else {
            let waits = ctx.waits().await?;
            print(ctx, &card, &papers, &history, waits.of(&card.row))?;
        }
    }
    Ok(ExitCode::Done)
}

/// Receipts and where they stand; none while the document is not in the ledger, or where the book attaches none.
async fn papers(ctx: &Context, card: &Card) -> Result<Vec<ReceiptRow>, CliError> {
    match ctx.store.receipts(card.row.id).await {
        Err(StoreError::Unusable(_)) => Ok(Vec::new()),
        rows => Ok(rows?),
    }
}

fn attached(papers: &[ReceiptRow]) -> usize {
    papers.iter().filter(|r| r.state == ReceiptState::Attached).count()
}

fn source(ctx: &mut Context, card: &Card) -> Result<(), CliError> {
    if card.bytes.is_empty() {
        return Err(CliError::Failed(format!("the source of {} is no longer kept", card.row.number)));
    }
    let parsed: Option<Value> = serde_json::from_slice(&card.bytes).ok();
    if ctx.out.is_json() {
        let text = String::from_utf8_lossy(&card.bytes);
        let source = parsed.unwrap_or_else(|| Value::String(text.into_owned()));
        ctx.out.json(&json!({
            "id": card.row.id.to_string(),
            "sha256": card.sha256,
            "revision": card.revision,
            "source": source,
        }))?;
        return Ok(());
    }
    let laid_out = parsed.and_then(|v| serde_json::to_string_pretty(&v).ok());
    let text = laid_out.unwrap_or_else(|| String::from_utf8_lossy(&card.bytes).into_owned());
    ctx.out.text(&text)?;
    Ok(())
}

/// All that is known of a document.
fn whole(card: &Card, papers: &[ReceiptRow], history: &[AuditRow]) -> Value {
    let mut value = show_entry::value(card);
    let Value::Object(map) = &mut value else { return value };
    map.insert("document".into(), json::row(&card.row));
    map.insert("connection".into(), json!(card.connection));
    map.insert("revision".into(), json!(card.revision));
    map.insert("sha256".into(), json!(card.sha256));
    map.insert("unreadable".into(), json!(card.unreadable));
    map.insert("acknowledged".into(), json!(card.acknowledged));
    map.insert("held_approved".into(), json!(card.held_approved));
    let approval = card
        .approval
        .as_ref()
        .map(|a| json!({"by": a.by, "at": a.at.to_string(), "digest": a.digest, "revision": a.revision}));
    map.insert("approval".into(), json!(approval));
    let outbox = card.outbox.iter().map(|o| {
        json!({
            "kind": o.kind.name(),
            "done": o.done,
            "attempts": o.attempts,
            "due_at": o.due_at.to_string(),
            "detail": json::text(&o.detail),
        })
    });
    map.insert("outbox".into(), outbox.collect());
    let receipts = papers.iter().map(|r| {
        json!({
            "file": r.name,
            "slot": r.slot.to_string(),
            "record": r.record.as_ref().map(|(kind, id)| json!({"kind": kind.name(), "id": id})),
            "state": r.state.name(),
            "detail": json::text(&r.detail),
            "sha256": json::text(&r.sha256),
            "attachment": json::text(&r.attachment),
            "attached_at": r.attached_at.map(|at| at.to_string()),
        })
    });
    let receipts: Vec<Value> = receipts.collect();
    map.insert(
        "attached".into(),
        json!({"have": attached(papers), "of": papers.len(), "receipts": receipts}),
    );
    map.insert("history".into(), history.iter().map(crate::cli::audit::value).collect());
    value
}

fn print(
    ctx: &mut Context,
    card: &Card,
    papers: &[ReceiptRow],
    history: &[AuditRow],
    waits: Option<&str>,
) -> Result<(), CliError> {
    let row = &card.row;
    let out = &mut ctx.out;
    let currency = row.currency.map(|c| c.to_string()).unwrap_or_default();
    // some ledgers keep the number in the name, where names are unique
    let code = format!(" ({})", row.payee_code);
    let code = if row.payee.ends_with(&code) { "" } else { code.as_str() };
    out.line(&format!(
        "{} · {} {} · {}{code} · {} · {} {currency}",
        row.state,
        row.kind.words(),
        row.number,
        row.payee,
        row.title,
        queue::amount(row)
    ))?;
    out.line(&format!("id            {}", row.id))?;
    if let Some(book) = &row.book {
        out.line(&format!("book          {book}"))?;
    }
    if let Some(date) = row.posting_date {
        let moved = card.derived.as_ref().and_then(|d| d.original_date).filter(|o| *o != date);
        let moved = moved.map(|o| format!(" (moved from {o})")).unwrap_or_default();
        out.line(&format!("posting date  {date}{moved}"))?;
    }
    if let Some(derived) = &card.derived {
        out.line(&format!("who pays      {}", derived.who_pays))?;
        out.line(&format!("will post     {}", derived.will_post))?;
        out.line(&format!("receipts      {} of {}", derived.receipts.0, derived.receipts.1))?;
    }
    if !row.reason.is_empty() {
        out.line(&format!("waits         {}", row.reason))?;
    }
    if let Some(why) = waits {
        out.line(&format!("waits         {}", why.strip_prefix("waits ").unwrap_or(why)))?;
    }
    if let Some(bad) = &card.unreadable {
        out.line(&format!("unreadable    {}: {}", bad.path, bad.message))?;
    }
    let acknowledged = match &card.acknowledged {
        Acknowledged::No => "no".to_string(),
        Acknowledged::Asked => "on the way".into(),
        Acknowledged::Accepted => "yes".into(),
        Acknowledged::Refused(why) => format!("refused: {why}"),
    };
    out.line(&format!("acknowledged  {acknowledged}"))?;
    if let Some(approval) = &card.approval {
        out.line(&format!("approved      by {} at {}", approval.by, approval.at))?;
    }
    for told in &card.outbox {
        let done = if told.done { "accepted" } else { "waits" };
        let attempts = match told.attempts {
            1 => "1 attempt".to_string(),
            n => format!("{n} attempts"),
        };
        let detail = if told.detail.is_empty() { String::new() } else { format!(": {}", told.detail) };
        out.line(&format!("{:<12}  {done}, {attempts}{detail}", told.kind.name()))?;
    }
    if !papers.is_empty() {
        out.line(&format!("attached      {} of {} receipts attached", attached(papers), papers.len()))?;
        for r in papers.iter().filter(|r| r.state != ReceiptState::Attached && !r.detail.is_empty()) {
            out.line(&format!("              {}: {}", r.name, r.detail))?;
        }
    }
    out.line("")?;
    show_entry::print(out, card)?;
    out.line("")?;
    out.line("history")?;
    out.table(&crate::cli::audit::table(history), "No events yet.")?;
    Ok(())
}
