//! `tieout events`: listeners, deliveries, topics and subscriptions.

use std::io::{IsTerminal as _, Read as _};

use secrecy::SecretString;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::cli::args::{EventsArgs, EventsCommand, EventsOf};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::exit::ExitCode;
use crate::cli::table::{Table, left, right};
use crate::engine::{Ask, EventsAct};
use crate::model::ids::ConnectionId;
use crate::store::{EventAccount, KeptDelivery, ListenerRow, ListenerState, Refusal, SubscriptionState};

/// Runs it.
pub async fn run(ctx: &mut Context, args: EventsArgs) -> Result<ExitCode, CliError> {
    match args.command.unwrap_or(EventsCommand::Status { limit: 10 }) {
        EventsCommand::Status { limit } => status(ctx, limit).await,
        EventsCommand::Topics(of) => {
            let accounts = look(ctx, &of, EventsAct::Look).await?.1;
            if ctx.out.is_json() {
                ctx.out.json(&json!({ "topics": topics_json(&accounts) }))?;
            } else {
                ctx.out.table(&topics(&accounts), "The catalogue lists no topic for this application.")?;
            }
            Ok(ExitCode::Done)
        }
        EventsCommand::Subscriptions(of) => {
            let accounts = look(ctx, &of, EventsAct::Look).await?.1;
            show(ctx, None, &accounts)
        }
        EventsCommand::Subscribe(of) => act(ctx, &of, EventsAct::Subscribe).await,
        EventsCommand::Repair(of) => act(ctx, &of, EventsAct::Repair).await,
        EventsCommand::Key { connection } => key(ctx, &connection).await,
        EventsCommand::Unsubscribe { of, id, .. } => act(ctx, &of, EventsAct::Unsubscribe { id }).await,
    }
}

/// The longest key.
const LONGEST: u64 = 4096;

/// Reads a key from standard input: it never stands in the command line or the environment, where others can read it.
async fn key(ctx: &mut Context, name: &str) -> Result<ExitCode, CliError> {
    let rows = ctx.store.connections().await?;
    let connection = rows.iter().find(|r| r.id.as_str() == name).map(|r| r.id.clone());
    let connection = connection.ok_or_else(|| {
        CliError::Usage(format!("there is no connection {name:?}: see `tieout connections`"))
    })?;
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(CliError::Usage(format!(
            "give the key on standard input, so that nobody reads it over your shoulder: \
             tieout events key {name} < FILE"
        )));
    }
    let mut text = Zeroizing::new(String::new());
    stdin.lock().take(LONGEST).read_to_string(&mut text)?;
    let key = text.trim();
    if key.is_empty() || key.chars().any(char::is_whitespace) {
        return Err(CliError::Usage("standard input holds no key: one word is expected".into()));
    }
    ctx.office.webhook_key(connection, SecretString::from(key)).await?;
    let said = format!("The key of {name} is kept. The one before it stays valid until the next is given.");
    if ctx.out.is_json() {
        ctx.out.json(&json!({ "answer": said, "connection": name }))?;
    } else {
        ctx.out.text(&said)?;
    }
    Ok(ExitCode::Done)
}

type Accounts = Vec<(ConnectionId, EventAccount)>;

/// Asks the holder of the engine, and reads what it kept.
async fn look(ctx: &mut Context, of: &EventsOf, what: EventsAct) -> Result<(String, Accounts), CliError> {
    let rows = ctx.store.connections().await?;
    let connection = match &of.connection {
        None => None,
        Some(name) => {
            Some(rows.iter().find(|r| r.id.as_str() == name).map(|r| r.id.clone()).ok_or_else(|| {
                CliError::Usage(format!("there is no connection {name:?}: see `tieout connections`"))
            })?)
        }
    };
    let said = ctx.office.ask(Ask::Events { connection: connection.clone(), what }).await?;
    Ok((said, accounts(ctx, connection.as_ref()).await?))
}

async fn accounts(ctx: &Context, only: Option<&ConnectionId>) -> Result<Accounts, CliError> {
    let mut out = Vec::new();
    for row in ctx.store.connections().await? {
        let account = ctx.store.event_account(row.id.clone()).await?;
        if account.checked_at.is_some() && only.is_none_or(|o| *o == row.id) {
            out.push((row.id, account));
        }
    }
    Ok(out)
}

async fn act(ctx: &mut Context, of: &EventsOf, what: EventsAct) -> Result<ExitCode, CliError> {
    let (said, accounts) = look(ctx, of, what).await?;
    show(ctx, Some(&said), &accounts)
}

fn show(ctx: &mut Context, said: Option<&str>, accounts: &Accounts) -> Result<ExitCode, CliError> {
    if ctx.out.is_json() {
        ctx.out.json(&json!({ "answer": said, "subscriptions": subscriptions_json(accounts) }))?;
    } else {
        if let Some(said) = said {
            ctx.out.text(said)?;
        }
        ctx.out.table(&subscriptions(accounts), "No subscriptions.")?;
    }
    Ok(ExitCode::Done)
}

async fn status(ctx: &mut Context, limit: u32) -> Result<ExitCode, CliError> {
    let listeners = ctx.store.listeners().await?;
    let sums = ctx.store.delivered().await?;
    let newest = ctx.store.deliveries(limit).await?;
    let refusals = ctx.store.refusals().await?;
    let accounts = accounts(ctx, None).await?;
    let running = ctx.house.engine_holder().is_some();
    let failed = any_failed(&listeners, running);
    if ctx.out.is_json() {
        let delivered: Vec<_> = sums
            .iter()
            .map(|(source, n, last)| json!({"source": source, "count": n, "last_at": last.to_string()}))
            .collect();
        ctx.out.json(&json!({
            "listeners": listeners.iter().map(|l| listener_json(l, running)).collect::<Vec<_>>(),
            "delivered": delivered,
            "newest": newest.iter().map(delivery_json).collect::<Vec<_>>(),
            "turned_away": refusals.iter().map(refusal_json).collect::<Vec<_>>(),
            "subscriptions": subscriptions_json(&accounts),
        }))?;
    } else {
        ctx.out.table(
            &listeners_table(&listeners, running),
            "Nothing listens: documents are found by polling.",
        )?;
        let total: u64 = sums.iter().map(|(_, n, _)| n).sum();
        ctx.out.text(&format!("{total} deliveries of the last 31 days are kept."))?;
        ctx.out.table(&deliveries(&newest), "Nothing was delivered.")?;
        ctx.out.table(&turned_away(&refusals), "Nothing was turned away.")?;
        ctx.out.table(
            &subscriptions(&accounts),
            "No subscriptions were seen yet: see `tieout events subscribe`.",
        )?;
    }
    Ok(if failed { ExitCode::NeedsPerson } else { ExitCode::Done })
}

fn instant(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// What a listener does. Without a process that holds the engine nothing listens, whatever was said last.
fn state_word(row: &ListenerRow, running: bool) -> &'static str {
    if running { row.state.name() } else { "not running" }
}

/// Whether one that should listen cannot.
pub(super) fn any_failed(rows: &[ListenerRow], running: bool) -> bool {
    running && rows.iter().any(|l| l.state == ListenerState::Failed)
}

/// The listeners; `running`: a process holds the engine.
pub(super) fn listeners_table(rows: &[ListenerRow], running: bool) -> Table {
    let mut table = Table::new(&[
        left("listener"),
        left("address"),
        left("state"),
        left("since"),
        left("certificate until"),
        left("what is wrong"),
    ]);
    for row in rows {
        table.row([
            row.name.clone(),
            row.address.clone(),
            state_word(row, running).into(),
            instant(row.changed_at),
            row.certificate_until.map(instant).unwrap_or_default(),
            row.detail.clone(),
        ]);
    }
    table
}

/// One listener; `running` as in [`listeners_table`].
pub(super) fn listener_json(row: &ListenerRow, running: bool) -> Value {
    json!({
        "name": row.name,
        "address": row.address,
        "state": state_word(row, running).replace(' ', "_"),
        "since": row.changed_at.to_string(),
        "certificate_until": row.certificate_until.map(|t| t.to_string()),
        "detail": crate::cli::json::text(&row.detail),
    })
}

fn deliveries(rows: &[KeptDelivery]) -> Table {
    let mut table =
        Table::new(&[left("received"), left("source"), left("says"), left("verified by"), right("again")]);
    for row in rows {
        let d = &row.delivery;
        table.row([
            instant(d.received_at),
            d.source.clone(),
            d.says.clone(),
            d.verified_by.clone(),
            row.repeats.to_string(),
        ]);
    }
    table
}

fn delivery_json(row: &KeptDelivery) -> Value {
    let d = &row.delivery;
    json!({
        "source": d.source,
        "event_id": d.event_id,
        "received_at": d.received_at.to_string(),
        "says": d.says,
        "verified_by": d.verified_by,
        "bytes": d.raw.len(),
        "repeats": row.repeats,
    })
}

fn turned_away(rows: &[Refusal]) -> Table {
    let mut table =
        Table::new(&[left("turned away"), left("why"), right("count"), left("last"), left("last from")]);
    for row in rows {
        table.row([
            row.source.clone(),
            row.reason.clone(),
            row.count.to_string(),
            instant(row.last_at),
            row.last_peer.clone(),
        ]);
    }
    table
}

fn refusal_json(row: &Refusal) -> Value {
    json!({
        "source": row.source,
        "reason": row.reason,
        "count": row.count,
        "first_at": row.first_at.to_string(),
        "last_at": row.last_at.to_string(),
        "last_peer": row.last_peer,
    })
}

fn topics(accounts: &Accounts) -> Table {
    let mut table = Table::new(&[left("connection"), left("topic"), left("followed")]);
    for (id, account) in accounts {
        for (topic, followed) in &account.topics {
            table.row([id.to_string(), topic.clone(), if *followed { "yes" } else { "no" }.into()]);
        }
    }
    table
}

fn topics_json(accounts: &Accounts) -> Vec<Value> {
    let of = |id: &ConnectionId, (topic, followed): &(String, bool)| json!({"connection": id, "topic": topic, "followed": followed});
    accounts.iter().flat_map(|(id, a)| a.topics.iter().map(move |t| of(id, t))).collect()
}

fn subscriptions(accounts: &Accounts) -> Table {
    let mut table = Table::new(&[
        left("connection"),
        left("subscription"),
        left("topic"),
        left("state"),
        left("endpoint"),
        left("checked"),
    ]);
    for (id, account) in accounts {
        for s in &account.subscriptions {
            table.row([
                id.to_string(),
                s.id.clone(),
                s.topic.clone(),
                words(s.state).into(),
                s.endpoint.clone(),
                account.checked_at.map(instant).unwrap_or_default(),
            ]);
        }
    }
    table
}

fn words(state: SubscriptionState) -> &'static str {
    match state {
        SubscriptionState::InPlace => "in place",
        SubscriptionState::Changed => "changed",
        SubscriptionState::Missing => "missing",
        SubscriptionState::Foreign => "not ours",
    }
}

fn subscriptions_json(accounts: &Accounts) -> Vec<Value> {
    let mut out = Vec::new();
    for (id, account) in accounts {
        for s in &account.subscriptions {
            out.push(json!({
                "connection": id,
                "id": s.id,
                "topic": s.topic,
                "filter": s.filter,
                "endpoint": s.endpoint,
                "companies": s.companies,
                "state": s.state.name(),
                "checked_at": account.checked_at.map(|t| t.to_string()),
            }));
        }
    }
    out
}
