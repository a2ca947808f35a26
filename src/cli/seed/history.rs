//! The history of October: the engine reads, people approve, and the engine posts and confirms, on an earlier clock, so
//! that store, audit trail and the ledger's truth agree. Once somebody types over a bill in the ledger.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::cli::seed::desktop::visit;
use crate::cli::seed::{BOOK, Seed, SeedError, joy, theo};
use crate::engine::core::Core;
use crate::engine::run::Engine;
use crate::model::{BookId, FindingCode, State};
use crate::store::{ApproveOne, Card, Query};

/// The first day.
pub const FIRST: &str = "2026-10-09T16:05:00Z";

/// The documents that were approved, posted and confirmed in these days.
const HISTORY: [&str; 12] =
    ["D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08", "D09", "D10", "D11", "D12"];

/// What happens on a day.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Day {
    /// The source is read, and what is ready of the history is approved and posted.
    Approve,
    /// The source is read.
    Read,
    /// Somebody changes the second line of D06's bill in the ledger.
    Typed,
}

/// Instants of the days.
const DAYS: [(&str, Day); 7] = [
    (FIRST, Day::Approve),
    ("2026-10-16T16:05:00Z", Day::Approve),
    ("2026-10-23T16:05:00Z", Day::Approve),
    ("2026-10-28T18:12:00Z", Day::Typed),
    ("2026-10-30T16:05:00Z", Day::Read),
    ("2026-11-04T13:30:00Z", Day::Read),
    ("2026-11-04T14:28:00Z", Day::Read),
];

/// Plays the days, each as far as its ledgers are there. Without a history nobody comes but the Web Connector, once.
pub async fn play(seed: &Seed<'_>, core: &Arc<Core>) -> Result<(), SeedError> {
    let online = core.store.books().await.map_err(SeedError::of)?.iter().any(|b| b.id.as_str() == BOOK);
    for (instant, day) in DAYS.into_iter().filter(|_| seed.history) {
        let at: Timestamp = instant.parse().map_err(SeedError::of)?;
        seed.stage.set_clock(at);
        seed.clock.set(at);
        if day == Day::Typed {
            if online {
                type_over(seed)?;
            }
            continue;
        }
        let engine = Engine::start(core.clone(), "seed".into()).await.map_err(SeedError::of)?;
        if let Some(pc) = &seed.stage.desktop {
            visit(pc, core, &engine).await?;
        }
        let fetched = engine.fetch(&[]).await.map_err(SeedError::of)?;
        if let Some(trouble) = fetched.remains.first() {
            return Err(SeedError(trouble.clone()));
        }
        settle(&engine).await?;
        if day == Day::Approve && online {
            approve_ready(seed, core).await?;
            settle(&engine).await?;
        }
    }
    Ok(())
}

async fn settle(engine: &Engine) -> Result<(), SeedError> {
    let remains = engine.settle(&[], Duration::ZERO).await.map_err(SeedError::of)?;
    remains.first().map_or(Ok(()), |r| Err(SeedError(r.clone())))
}

async fn approve_ready(seed: &Seed<'_>, core: &Arc<Core>) -> Result<(), SeedError> {
    let query =
        Query { book: Some(BookId::from(BOOK)), states: vec![State::Ready], limit: 500, ..Query::default() };
    let page = core.store.page(query).await.map_err(SeedError::of)?;
    let of_history = |number: &str| {
        HISTORY.iter().any(|id| seed.stage.firm.document(id).is_some_and(|d| d.number == number))
    };
    for row in page.rows.into_iter().filter(|r| of_history(&r.number)) {
        let card = core.store.card(row.id).await.map_err(SeedError::of)?;
        approve(core, &card).await?;
    }
    Ok(())
}

/// Theo Okonkwo approves; what is above the limit Joy Lin approves too.
async fn approve(core: &Arc<Core>, card: &Card) -> Result<(), SeedError> {
    let derived = card.derived.as_ref();
    let second = derived.is_some_and(|d| d.findings.iter().any(|f| f.code == FindingCode::OverLimit));
    let one = ApproveOne {
        id: card.row.id,
        version: card.row.version,
        digest: derived.map(|d| d.digest.clone()).unwrap_or_default(),
        as_delta: false,
    };
    if second {
        // the first of two signatures is kept, and answered by a refusal that says so
        let first = crate::model::people::Actor { single_person: false, ..theo() };
        core.store.approve(vec![one.clone()], first, core.now()).await.map_err(SeedError::of)?;
    }
    let by = if second { joy() } else { theo() };
    for (id, answer) in core.store.approve(vec![one], by, core.now()).await.map_err(SeedError::of)? {
        answer.map_err(|e| SeedError(format!("{id} could not be approved: {e}")))?;
    }
    Ok(())
}

/// The second line of D06's bill, 936.00, becomes 963.00: transposed digits. The bookkeeper's diary does it once.
fn type_over(seed: &Seed<'_>) -> Result<(), SeedError> {
    seed.stage.ledger.october_edit().map(drop).map_err(SeedError)
}
