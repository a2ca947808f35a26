//! Hints to look: an event that was delivered says that a connection has news, never what they are (F28). A burst of
//! hints is one look, and polling goes on whatever is hinted.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::engine::core::Core;
use crate::engine::run::{Engine, Pass};
use crate::engine::tell::plus;
use crate::engine::{EngineError, What};
use crate::model::ids::{BookId, ConnectionId};
use crate::store::{ListenerRow, ListenerState, StoreError};
use crate::transport::Fut;

/// How long hints are gathered before they are followed: the burst that comes with the first is one look.
const GATHER: Duration = Duration::from_secs(1);
/// The shortest time between two looks that hints caused.
const APART: Duration = Duration::from_secs(5);

/// The vault's field of the key that signs a connection's webhooks.
pub const WEBHOOK_KEY: &str = "webhook_verifier_token";
/// The vault's field of the key before it, which stays valid while the sender changes over.
pub const WEBHOOK_KEY_BEFORE: &str = "webhook_verifier_token_previous";

/// Where there is news.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hint {
    /// At this connection.
    Connection(ConnectionId),
    /// Somewhere: an event that names no company.
    All,
}

#[derive(Debug, Default)]
struct Waiting {
    hints: BTreeSet<Hint>,
    due: Option<Timestamp>,
    followed: Option<Timestamp>,
}

impl Waiting {
    /// Follows a clock that was set back (F40): nothing waits longer than it ever would.
    fn turn_back(&mut self, now: Timestamp) {
        self.followed = self.followed.filter(|f| *f <= now);
        self.due = self.due.map(|due| due.min(plus(now, APART)));
    }
}

/// Hints that wait to be followed.
#[derive(Debug, Default)]
pub struct Hints {
    waiting: Mutex<Waiting>,
}

impl Hints {
    /// Adds one; the same hint twice is one.
    pub fn add(&self, hint: Hint, now: Timestamp) {
        let mut held = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        held.turn_back(now);
        let earliest = held.followed.map_or(now, |f| plus(f, APART));
        held.due.get_or_insert(plus(now, GATHER).max(earliest));
        held.hints.insert(hint);
    }

    /// When what waits is to be followed.
    pub fn due(&self) -> Option<Timestamp> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).due
    }

    /// Takes what waits, once it is due.
    pub fn take(&self, now: Timestamp) -> BTreeSet<Hint> {
        let mut held = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        held.turn_back(now);
        if held.due.is_none_or(|due| due > now) {
            return BTreeSet::new();
        }
        held.due = None;
        held.followed = Some(now);
        std::mem::take(&mut held.hints)
    }
}

/// What listens for events while this process holds the engine.
pub trait Listener: Send + Sync {
    /// Listens until `stop` is cancelled. Its own trouble ends nothing: it is told, and polling goes on.
    fn listen(&self, core: Arc<Core>, stop: CancellationToken) -> Fut<'_, ()>;
    /// Where a system's events reach it, as that system writes the address.
    fn endpoint(&self, system: &str) -> Option<String>;
    /// Where the QuickBooks Web Connector reaches us, as .qwc files name it: `https://host[:port]/qbwc`. None: nothing
    /// listens for it here, or its public address is not given.
    fn web_connector(&self) -> Option<String> {
        None
    }
}

/// A listener while it runs; dropping it ends it.
pub(crate) struct Listening {
    stop: CancellationToken,
    task: Option<tokio::task::JoinHandle<()>>,
}

impl Listening {
    /// Starts what was attached, if anything was.
    pub(crate) fn start(core: &Arc<Core>) -> Self {
        let stop = CancellationToken::new();
        let task = core.listener.get().cloned().map(|listener| {
            let (core, stop) = (core.clone(), stop.clone());
            tokio::spawn(async move { listener.listen(core, stop).await })
        });
        Self { stop, task }
    }

    /// Ends it, and lets what it was answering end.
    pub(crate) async fn end(mut self) {
        self.stop.cancel();
        if let Some(task) = self.task.take()
            && task.await.is_err()
        {
            tracing::error!("the listener of events ended by a fault of its own");
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl Core {
    /// Nothing listens while the engine is only just taken: what a process that was killed left says otherwise.
    pub(crate) async fn forget_listeners(&self) -> Result<(), StoreError> {
        for row in self.store.listeners().await? {
            if row.state != ListenerState::Closed {
                let (state, changed_at) = (ListenerState::Closed, self.now());
                let row = ListenerRow { state, changed_at, detail: String::new(), ..row };
                self.store.put_listener(row).await?;
            }
        }
        Ok(())
    }

    /// There may be news: the engine of this process looks soon.
    pub fn hint(&self, hint: Hint) {
        self.hints.add(hint, self.now());
        self.wake.notify_one();
    }
}

impl Engine {
    /// Follows the hints that are due: each connection is read once, however many events named it.
    pub async fn follow(&self, only: &[BookId]) -> Result<Pass, EngineError> {
        let hints = self.core.hints.take(self.core.now());
        if hints.is_empty() {
            return Ok(Pass::default());
        }
        self.core.tell(What::Fetched, None, None, words(&hints));
        if hints.contains(&Hint::All) {
            return self.fetch(only).await;
        }
        let among = |id: &ConnectionId| hints.contains(&Hint::Connection(id.clone()));
        self.fetch_among(only, &among).await
    }

    /// What events need now and then: old ones are forgotten, subscriptions that went missing are made again. Trouble
    /// with them moves no document.
    pub async fn keep_events(&self) -> Result<(), EngineError> {
        let now = self.core.now();
        let before = now.checked_sub(MEMORY).unwrap_or(Timestamp::MIN);
        self.core.store.purge_deliveries(before, now).await?;
        for row in self.core.store.connections().await? {
            match self.core.repair_when_due(&row).await {
                Ok(()) => {}
                Err(EngineError::Store(e @ StoreError::Fatal(_))) => return Err(e.into()),
                Err(e) => self.core.tell(
                    What::Alarm,
                    None,
                    None,
                    format!("{}: the event subscriptions could not be checked: {e}", row.id),
                ),
            }
        }
        Ok(())
    }
}

/// How long an event's id is remembered: more than the 30 days that reliability.md asks for (S7).
const MEMORY: jiff::SignedDuration = jiff::SignedDuration::from_hours(31 * 24);

/// How often [`Engine::keep_events`] is called.
pub(crate) const KEEP_EVERY: Duration = Duration::from_hours(1);

fn words(hints: &BTreeSet<Hint>) -> String {
    let names: Vec<&str> = hints
        .iter()
        .map(|h| match h {
            Hint::Connection(id) => id.as_str(),
            Hint::All => "all connections",
        })
        .collect();
    format!("events say that there is news: {} read now", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    #[test]
    fn a_burst_is_one_look() {
        let hints = Hints::default();
        for _ in 0..1000 {
            hints.add(Hint::Connection("concur-us".into()), at(0));
        }
        assert_eq!(hints.due(), Some(at(1)));
        assert!(hints.take(at(0)).is_empty(), "it is still gathered");
        assert_eq!(hints.take(at(1)), BTreeSet::from([Hint::Connection("concur-us".into())]));
        assert!(hints.take(at(100)).is_empty());
        assert_eq!(hints.due(), None);
    }

    #[test]
    fn a_clock_that_is_set_back_puts_nothing_off() {
        let (hints, day) = (Hints::default(), 86_400);
        hints.add(Hint::All, at(day));
        assert_eq!(hints.take(at(day + 1)).len(), 1);
        hints.add(Hint::All, at(day + 1));
        assert!(hints.take(at(0)).is_empty());
        assert_eq!(hints.due(), Some(at(5)));
        assert_eq!(hints.take(at(5)).len(), 1);
        hints.add(Hint::All, at(-day));
        assert_eq!(hints.due(), Some(at(1 - day)));
    }

    #[test]
    fn looks_that_hints_cause_keep_apart_and_a_later_hint_does_not_put_off_the_first() {
        let hints = Hints::default();
        hints.add(Hint::All, at(0));
        assert_eq!(hints.take(at(2)).len(), 1);
        hints.add(Hint::All, at(3));
        hints.add(Hint::Connection("qbo-us".into()), at(6));
        assert_eq!(hints.due(), Some(at(7)), "five seconds after the last look");
        assert_eq!(hints.take(at(7)).len(), 2);
    }
}
