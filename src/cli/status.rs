//! `tieout status`: what this home is, and the health of books, connections, queue and engine.

use serde_json::json;

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::table::{Table, left, right};
use crate::cli::{books, connections, events, json};
use crate::model::book::{Book, Policy};
use crate::model::money::{from_minor, shown};
use crate::store::{ConnectionRow, Instance, ListenerRow, Total};

/// Attention items that are counted at most.
const MANY: u32 = 10_000;

/// Runs it.
pub async fn run(ctx: &mut Context) -> Result<ExitCode, CliError> {
    let instance = ctx.store.instance().await?;
    let mut all = Vec::new();
    for book in ctx.store.books().await? {
        let policy = ctx.store.policy(book.id.clone()).await?;
        all.push((book, policy));
    }
    let rows = ctx.store.connections().await?;
    let totals = ctx.store.totals(None).await?;
    let rows_json = connections::connections_json(ctx, &rows).await?;
    let attention = ctx.store.attention(None, ctx.office.now(), MANY).await?.len();
    let listeners = ctx.store.listeners().await?;
    if ctx.out.is_json() {
        print_json(ctx, &instance, &all, rows_json, &totals, &listeners, attention)?;
    } else {
        print(ctx, &instance, &all, &rows, &totals, &listeners, attention).await?;
    }
    let failed = events::any_failed(&listeners, ctx.house.engine_holder().is_some());
    Ok(if failed { ExitCode::NeedsPerson } else { ExitCode::Done })
}

/// How the vault was opened, in a sentence.
fn vault_words(way: &str) -> String {
    match way {
        "key_file" => "unlocked by a key file".into(),
        "keyring" => "unlocked by the system's keyring".into(),
        "credential" => "unlocked by the service manager's credential".into(),
        "descriptor" => "unlocked by a key on a descriptor".into(),
        "passphrase" => "unlocked by a passphrase".into(),
        other => other.replace('_', " "),
    }
}

fn kind_words(kind: &str) -> &str {
    match kind {
        "demo" => "demo home: built-in stand-ins, no real system",
        "sandbox" => "stand-in home: no real system",
        _ => "real books",
    }
}

fn print_json(
    ctx: &mut Context,
    instance: &Instance,
    all: &[(Book, Policy)],
    rows: Vec<serde_json::Value>,
    totals: &[Total],
    listeners: &[ListenerRow],
    attention: usize,
) -> Result<(), CliError> {
    let books: Vec<_> = all
        .iter()
        .map(|(book, policy)| {
            let mut value = books::value(book, policy);
            if let Some(map) = value.as_object_mut() {
                let own = totals.iter().filter(|t| t.book.as_ref() == Some(&book.id));
                map.insert("by_state".into(), json::by_state(own.map(|t| (t.state, t.count))));
            }
            value
        })
        .collect();
    let person = instance.single_person.as_ref();
    let holder = ctx.house.engine_holder();
    ctx.out.json(&json!({
        "home": ctx.home,
        "kind": instance.kind,
        "instance": instance.id,
        "created_at": instance.created_at.to_string(),
        "time": ctx.office.now().to_string(),
        "single_person": person.map(|(name, employee)| json!({"name": name, "employee": employee})),
        "vault": ctx.house.vault_way(),
        "engine": {"holder": holder},
        "books": books,
        "connections": rows,
        "listeners": listeners.iter().map(|l| events::listener_json(l, holder.is_some())).collect::<Vec<_>>(),
        "by_state": json::by_state(totals.iter().map(|t| (t.state, t.count))),
        "totals": json::totals(totals),
        "attention": attention,
    }))?;
    Ok(())
}

async fn print(
    ctx: &mut Context,
    instance: &Instance,
    all: &[(Book, Policy)],
    rows: &[ConnectionRow],
    totals: &[Total],
    listeners: &[ListenerRow],
    attention: usize,
) -> Result<(), CliError> {
    let live = all.iter().filter(|(b, _)| b.mode == crate::model::Mode::Live).count();
    ctx.out.line(&format!("home     {} ({})", ctx.home, kind_words(&instance.kind)))?;
    let people = match &instance.single_person {
        Some((name, Some(number))) => format!("single-person mode: {name} ({number})"),
        Some((name, None)) => format!("single-person mode: {name}"),
        None => "preparer and approver are separated".into(),
    };
    ctx.out.line(&format!("people   {people}"))?;
    ctx.out.line(&format!("vault    {}", vault_words(&ctx.house.vault_way())))?;
    let holder = ctx.house.engine_holder();
    let running = holder.is_some();
    let engine = holder.map_or_else(|| "no process holds it".into(), |p| format!("held by process {p}"));
    ctx.out.line(&format!("engine   {engine}"))?;
    ctx.out.line(&format!("books    {} of {} live", live, all.len()))?;
    ctx.out.line(&format!("time     {}", ctx.office.now()))?;
    ctx.out.line("")?;
    ctx.out.table(&books::table(all), "No books yet.")?;
    ctx.out.line("")?;
    ctx.out.table(&connections::table(rows), "No connections yet.")?;
    connections::visits(ctx, rows).await?;
    ctx.out.line("")?;
    if !listeners.is_empty() {
        ctx.out.table(&events::listeners_table(listeners, running), "")?;
        ctx.out.line("")?;
    }
    let mut table =
        Table::new(&[left("book"), left("state"), right("documents"), left("ccy"), right("approved")]);
    for t in totals.iter().filter(|t| t.count > 0) {
        let amount = t.currency.map(|c| shown(from_minor(t.minor, c), c));
        table.row([
            t.book.as_ref().map(|b| b.to_string()).unwrap_or_default(),
            t.state.to_string(),
            t.count.to_string(),
            t.currency.map(|c| c.to_string()).unwrap_or_default(),
            amount.unwrap_or_default(),
        ]);
    }
    ctx.out.table(&table, "The queue is empty.")?;
    if attention > 0 {
        ctx.out.note(&format!("{attention} documents need a person: tieout queue --state Blocked"))?;
    }
    Ok(())
}
