//! Doing what the activity screen wants done.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::engine::Office;
use crate::store::StoreError;
use crate::transport::log::recent;
use crate::tui::msg::Msg;
use crate::tui::runner::execute::said;
use crate::tui::screens::activity::effect::{ActivityEffect, ActivityMsg, EngineState};

/// Documents that need a person: so many are listed.
const LISTED: u32 = 500;
/// Runs that are listed.
const RUNS: u32 = 100;
/// Lines that come in a burst are shown together.
const BURST: Duration = Duration::from_millis(200);

/// Does it and tells what came of it; none: there is nothing to tell. What takes long may tell its steps through `send`.
pub async fn answer(
    office: &dyn Office,
    _send: &mpsc::Sender<Msg>,
    effect: ActivityEffect,
) -> Option<ActivityMsg> {
    Some(match effect {
        ActivityEffect::State => ActivityMsg::State(said(state(office).await).map(Box::new)),
        ActivityEffect::Log { after, wait } => {
            if wait {
                recent().beyond(after).await;
                tokio::time::sleep(BURST).await;
            }
            ActivityMsg::Log(recent().after(after))
        }
    })
}

async fn state(office: &dyn Office) -> Result<EngineState, StoreError> {
    let store = office.store();
    let mut runs = store.runs(Timestamp::MIN, Timestamp::MAX, RUNS).await?;
    runs.reverse();
    Ok(EngineState {
        holder: office.holder_pid().map(|pid| (pid, pid == std::process::id())),
        taken: store.last_holder().await?,
        connections: store.activity().await?,
        attention: store.attention(None, office.now(), LISTED).await?,
        breaks: store.control_breaks(None, true).await?,
        runs,
    })
}
