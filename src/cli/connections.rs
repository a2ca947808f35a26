//! `tieout connections`: list them, ask who answers, end one, sign in again.

use serde_json::{Value, json};

use crate::cli::args::{ConnectionsArgs, ConnectionsCommand};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::table::{Table, left};
use crate::cli::{connect, connect_desktop, json};
use crate::engine::Ask;
use crate::engine::visit_look::{self, VisitLook};
use crate::store::ConnectionRow;

/// Runs it.
pub async fn run(ctx: &mut Context, args: ConnectionsArgs) -> Result<ExitCode, CliError> {
    match args.command {
        None | Some(ConnectionsCommand::List) => list(ctx).await,
        Some(ConnectionsCommand::Test { name, accept_file }) => test(ctx, &name, accept_file).await,
        Some(ConnectionsCommand::Disconnect { name }) => disconnect(ctx, &name).await,
        Some(ConnectionsCommand::Qwc { name, file, replace }) => {
            connect_desktop::write(ctx, &name, &file, replace).await
        }
        Some(ConnectionsCommand::Reauthorise { name, sign_in }) => connect::again(ctx, &name, sign_in).await,
    }
}

async fn disconnect(ctx: &mut Context, name: &str) -> Result<ExitCode, CliError> {
    let accounts = ctx.office.accounts()?;
    let done = accounts.disconnect(name).await.map_err(connect::error)?;
    let books: Vec<_> = done.paused.iter().map(ToString::to_string).collect();
    if ctx.out.is_json() {
        let revoked = done.revoked.as_ref().map(|r| match r {
            Ok(()) => json!({"taken_back": true}),
            Err(why) => json!({"taken_back": false, "why": json::text(why)}),
        });
        ctx.out.json(&json!({
            "connection": done.connection,
            "tokens": revoked,
            "secrets_removed": done.secrets,
            "books_paused": books,
        }))?;
        return Ok(ExitCode::Done);
    }
    ctx.out.line(&format!("{name} is disconnected: {} secrets were removed here", done.secrets))?;
    let calls_us =
        ctx.store.connections().await?.iter().any(|r| r.id == done.connection && visit_look::calls_us(r));
    match &done.revoked {
        None if calls_us => ctx.out.note(
            "its Web Connector is let in no more: remove tieout there, and in QuickBooks under Preferences, Integrated \
             Applications",
        )?,
        Some(Ok(())) => ctx.out.line("the system has taken its tokens back")?,
        Some(Err(why)) => ctx.out.note(&format!(
            "the system has not taken its tokens back ({why}): remove the application's access there by hand"
        ))?,
        None => ctx.out.note(
            "this system has no call that takes tokens back: remove the application's access there by hand",
        )?,
    }
    if !books.is_empty() {
        ctx.out.line(&format!(
            "paused: {}. After signing in again let them go on with `tieout books resume NAME`",
            books.join(", ")
        ))?;
    }
    Ok(ExitCode::Done)
}

async fn list(ctx: &mut Context) -> Result<ExitCode, CliError> {
    let rows = ctx.store.connections().await?;
    if ctx.out.is_json() {
        let all = connections_json(ctx, &rows).await?;
        ctx.out.json(&json!({ "connections": all }))?;
    } else {
        ctx.out.table(&table(&rows), "No connections yet.")?;
        visits(ctx, &rows).await?;
    }
    Ok(ExitCode::Done)
}

/// Connections for programs; a ledger that calls tieout has its visits.
pub async fn connections_json(ctx: &Context, rows: &[ConnectionRow]) -> Result<Vec<Value>, CliError> {
    let looks = visit_look::looks(&*ctx.store).await?;
    let one = |row: &ConnectionRow| {
        let mut value = json::connection(row);
        let look = looks.iter().find(|(id, _)| *id == row.id);
        if let (Some((_, look)), Some(map)) = (look, value.as_object_mut()) {
            map.insert("visits".into(), visit_json(row, look));
        }
        value
    };
    Ok(rows.iter().map(one).collect())
}

fn visit_json(row: &ConnectionRow, look: &VisitLook) -> Value {
    let note = &look.note;
    let at = |t: Option<jiff::Timestamp>| t.map(|t| t.to_string());
    let amounts: serde_json::Map<String, Value> =
        look.amounts.iter().map(|(c, minor)| (c.to_string(), json::minor(Some(*minor), Some(*c)))).collect();
    json!({
        "came_at": at(note.came_at),
        "served_at": at(note.served_at),
        "expected_at": at(note.expected_at),
        "connector": json::text(&note.connector),
        "product": json::text(&note.product),
        "qbxml": json::text(&note.qbxml),
        "company_name": json::text(&note.company),
        "connected_as": json::text(visit_look::asked_company(row)),
        "company_file": json::text(&note.company_file),
        "file_mode": json::text(&note.file_mode),
        "trouble": json::text(&note.trouble),
        "trouble_since": at(note.trouble_since),
        "to_do": visit_look::to_do(row, look),
        "waiting": {
            "documents": look.documents,
            "amounts": amounts,
            "asked": look.asked,
            "readings": look.readings,
            "outstanding": look.outstanding,
        },
    })
}

/// What is known of ledgers that call tieout, below their table.
pub async fn visits(ctx: &mut Context, rows: &[ConnectionRow]) -> Result<(), CliError> {
    let now = ctx.office.now();
    let when = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%MZ").to_string();
    for (id, look) in visit_look::looks(&*ctx.store).await? {
        let Some(row) = rows.iter().find(|r| r.id == id) else { continue };
        ctx.out.line("")?;
        ctx.out.line(&format!("{id}: visits of the Web Connector"))?;
        for (label, value, _) in visit_look::facts(row, &look, now, &when) {
            ctx.out.line(&format!("  {label:<13} {value}"))?;
        }
        if let Some(todo) = visit_look::to_do(row, &look) {
            ctx.out.line(&format!("  {:<13} {todo}", "to do"))?;
        }
    }
    Ok(())
}

/// Connections for people.
pub fn table(rows: &[ConnectionRow]) -> Table {
    let mut table = Table::new(&[
        left("connection"),
        left("system"),
        left("company"),
        left("health"),
        left("since"),
        left("reason"),
    ]);
    for row in rows {
        table.row([
            row.id.to_string(),
            row.system.clone(),
            row.company.clone(),
            row.health.name().into(),
            row.health_since.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
            row.health_reason.clone(),
        ]);
    }
    table
}

async fn test(ctx: &mut Context, name: &str, accept_file: bool) -> Result<ExitCode, CliError> {
    let found = |rows: Vec<ConnectionRow>| rows.into_iter().find(|r| r.id.as_str() == name);
    let missing = || CliError::Usage(format!("there is no connection {name:?}: see `tieout connections`"));
    let row = found(ctx.store.connections().await?).ok_or_else(missing)?;
    let connection = row.id;
    let ask = if accept_file { Ask::AcceptFile { connection } } else { Ask::Test { connection } };
    let answer = ctx.office.ask(ask).await?;
    let after = found(ctx.store.connections().await?).ok_or_else(missing)?;
    if ctx.out.is_json() {
        ctx.out.json(&json!({"answer": answer, "connection": json::connection(&after)}))?;
    } else {
        ctx.out.text(&answer)?;
    }
    Ok(if after.health.needs_person() { ExitCode::NeedsPerson } else { ExitCode::Done })
}
