//! What is known of a connection's events, as lines to read: without a call, from what is kept.

use jiff::Timestamp;

use crate::engine::visit_look;
use crate::model::ids::ConnectionId;
use crate::store::{Store, StoreError, SubscriptionState};
use crate::tui::text::{clean, left, width};

/// The newest deliveries that are listed.
const NEWEST: u32 = 20;

fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

fn words(state: SubscriptionState) -> &'static str {
    match state {
        SubscriptionState::InPlace => "in place",
        SubscriptionState::Changed => "changed",
        SubscriptionState::Missing => "missing",
        SubscriptionState::Foreign => "not ours",
    }
}

/// A heading, and rows under each other; or the sentence when there are none.
fn part(out: &mut Vec<String>, title: &str, rows: Vec<Vec<String>>, none: &str) {
    if !out.is_empty() {
        out.push(String::new());
    }
    out.push(title.into());
    if rows.is_empty() {
        out.push(format!("  {none}"));
        return;
    }
    let rows: Vec<Vec<String>> = rows.iter().map(|r| r.iter().map(|c| clean(c)).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |i: usize| rows.iter().filter_map(|r| r.get(i)).map(|c| width(c)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(c, w)| left(c, *w)).collect();
        out.push(format!("  {}", cells.join("  ").trim_end()));
    }
}

/// The text.
pub async fn text(store: &dyn Store, connection: ConnectionId) -> Result<String, StoreError> {
    let rows = store.connections().await?;
    let system = rows.iter().find(|r| r.id == connection).map(|r| r.system.clone()).unwrap_or_default();
    let calls_us = rows.iter().any(|r| r.id == connection && visit_look::calls_us(r));
    let account = store.event_account(connection).await?;
    let mut out = Vec::new();
    let topics = account.topics.iter();
    let topics = topics.map(|(t, wanted)| vec![if *wanted { "followed" } else { "" }.into(), t.clone()]);
    let checked = match (account.checked_at, account.wanted) {
        _ if calls_us => "Its Web Connector calls tieout on a schedule of its own: there are no events to follow.".to_string(),
        (None, _) => "The system was not asked for its events yet: subscribe on the connections screen to be told of them.".to_string(),
        (Some(at), true) => format!("Subscriptions are kept in place; looked at {}.", instant(at)),
        (Some(at), false) => {
            format!(
                "Nobody asked for subscriptions; looked at {}. Subscribe on the connections screen.",
                instant(at)
            )
        }
    };
    out.push(checked);
    let subscriptions = account.subscriptions.iter();
    let subscriptions =
        subscriptions.map(|s| vec![words(s.state).into(), s.topic.clone(), s.endpoint.clone(), s.id.clone()]);
    if !calls_us {
        part(&mut out, "Subscriptions", subscriptions.collect(), "No subscriptions.");
        part(&mut out, "Topics", topics.collect(), "The catalogue was not read, or lists no topic.");
    }
    let listeners = store.listeners().await?;
    let listeners = listeners.iter().map(|l| {
        let until = l.certificate_until.map(|t| format!("certificate until {}", instant(t)));
        vec![
            l.name.clone(),
            l.address.clone(),
            l.state.name().into(),
            until.unwrap_or_default(),
            l.detail.clone(),
        ]
    });
    part(&mut out, "Listeners", listeners.collect(), "Nothing listens: documents are found by polling.");
    let sums = store.delivered().await?;
    let sums = sums.iter().filter(|(source, ..)| *source == system).map(|(_, n, last)| {
        vec![format!("{n} kept of the last 31 days"), format!("the last {}", instant(*last))]
    });
    part(&mut out, "Delivered", sums.collect(), "Nothing was delivered.");
    let newest = store.deliveries(NEWEST).await?;
    let newest = newest.iter().filter(|d| d.delivery.source == system).map(|d| {
        let again = if d.repeats > 0 { format!("{} times again", d.repeats) } else { String::new() };
        let by = format!("verified by {}", d.delivery.verified_by);
        vec![instant(d.delivery.received_at), d.delivery.says.clone(), by, again]
    });
    part(&mut out, "Newest deliveries", newest.collect(), "None.");
    let refusals = store.refusals().await?;
    // what a listener turned away before it knew the sender stands under the listener's name
    let refusals = refusals.iter().map(|r| {
        let last = format!("the last {} from {}", instant(r.last_at), r.last_peer);
        vec![r.source.clone(), r.reason.clone(), format!("{} times", r.count), last]
    });
    part(&mut out, "Turned away, over all connections", refusals.collect(), "Nothing was turned away.");
    Ok(out.join("\n"))
}
