//! The history of October: the engine reads, a person approves, and the engine posts and confirms, on an earlier clock,
//! so that store, audit trail and the ledger's truth agree.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::cli::seed::{BOOK, Seed, SeedError, theo};
use crate::engine::core::Core;
use crate::engine::run::Engine;
use crate::model::{BookId, State};
use crate::store::{ApproveOne, Query};

/// The first day.
pub const FIRST: &str = "2026-10-09T16:05:00Z";

/// Instants of the days, and whether what is ready is approved and posted then.
const DAYS: [(&str, bool); 6] = [
    (FIRST, true),
    ("2026-10-16T16:05:00Z", true),
    ("2026-10-23T16:05:00Z", true),
    ("2026-10-30T16:05:00Z", false),
    ("2026-11-04T13:30:00Z", false),
    ("2026-11-04T14:28:00Z", false),
];

/// Plays the days.
pub async fn play(seed: &Seed<'_>, core: &Arc<Core>) -> Result<(), SeedError> {
    for (instant, approve) in DAYS {
        let at: Timestamp = instant.parse().map_err(SeedError::of)?;
        seed.stage.set_clock(at);
        seed.clock.set(at);
        let engine = Engine::start(core.clone(), "seed".into()).await.map_err(SeedError::of)?;
        let fetched = engine.fetch(&[]).await.map_err(SeedError::of)?;
        if let Some(trouble) = fetched.remains.first() {
            return Err(SeedError(trouble.clone()));
        }
        settle(&engine).await?;
        if approve {
            approve_ready(core).await?;
            settle(&engine).await?;
        }
    }
    Ok(())
}

async fn settle(engine: &Engine) -> Result<(), SeedError> {
    let remains = engine.settle(&[], Duration::ZERO).await.map_err(SeedError::of)?;
    remains.first().map_or(Ok(()), |r| Err(SeedError(r.clone())))
}

async fn approve_ready(core: &Arc<Core>) -> Result<(), SeedError> {
    let query =
        Query { book: Some(BookId::from(BOOK)), states: vec![State::Ready], limit: 500, ..Query::default() };
    let page = core.store.page(query).await.map_err(SeedError::of)?;
    let mut ones = Vec::new();
    for row in page.rows {
        let card = core.store.card(row.id).await.map_err(SeedError::of)?;
        let digest = card.derived.map(|d| d.digest).unwrap_or_default();
        ones.push(ApproveOne { id: row.id, version: row.version, digest, as_delta: false });
    }
    let answers = core.store.approve(ones, theo(), core.now()).await.map_err(SeedError::of)?;
    for (id, answer) in answers {
        answer.map_err(|e| SeedError(format!("{id} could not be approved: {e}")))?;
    }
    Ok(())
}
