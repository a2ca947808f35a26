//! What a process knows of the visits that it answers: whether it holds the engine, and how far each visit is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::engine::core::Core;
use crate::model::ids::{BookId, ConnectionId};

/// Whoever was heard of within this time is still there: another caller is sent away.
const A_MOMENT: Duration = Duration::from_secs(10);
/// Whoever was not heard of for so long is taken for gone: a visitor calls every few seconds, but for the time that its
/// system works on a request.
const GONE: Duration = Duration::from_mins(2);
/// Who has everything closes its visit within this time.
const GOODBYE: Duration = Duration::from_secs(2);
/// A driver that was told to end has this long.
const LAST_WORK: Duration = Duration::from_secs(30);

/// What the process that holds the engine lets a visit do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Fencing token.
    pub epoch: u64,
    /// A person sits before it: only what was asked for goes out.
    pub attended: bool,
}

/// One visit, from its admission until the next one of the same connection.
#[derive(Default)]
pub(super) struct Open {
    pub visit: u64,
    /// When the visitor called last.
    heard: Option<Instant>,
    /// Documents that were to go out, and those that are through.
    of: u64,
    done: u64,
    /// The percentage that was told last: it never falls.
    shown: u8,
    posted: u64,
    attention: u64,
    /// The error that was brought last, number and text, when no answer came since.
    raised: Option<(String, String)>,
    /// Why it ended early.
    stopped: Option<String>,
    /// Closes when the driver has ended.
    driving: Option<watch::Receiver<()>>,
    task: Option<JoinHandle<()>>,
}

/// The visits of one process.
#[derive(Default)]
pub struct Visiting {
    hold: Mutex<Option<Hold>>,
    /// Since when.
    since: Mutex<Option<jiff::Timestamp>>,
    open: Mutex<BTreeMap<ConnectionId, Open>>,
    made: Mutex<BTreeMap<BookId, u64>>,
}

fn held<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Visiting {
    /// Since when somebody may come to this process.
    pub(super) fn since(&self) -> Option<jiff::Timestamp> {
        *held(&self.since)
    }

    /// What visits may do here; none: this process does not hold the engine.
    pub(crate) fn hold(&self) -> Option<Hold> {
        *held(&self.hold)
    }

    /// Records that visits made, by book, since the engine was taken.
    pub(crate) fn made(&self) -> BTreeMap<BookId, u64> {
        held(&self.made).clone()
    }

    pub(super) fn count_made(&self, book: &BookId, n: u64) {
        *held(&self.made).entry(book.clone()).or_default() += n;
    }

    fn with<T>(&self, id: &ConnectionId, visit: u64, change: impl FnOnce(&mut Open) -> T) -> Option<T> {
        held(&self.open).get_mut(id).filter(|o| o.visit == visit).map(change)
    }

    pub(super) fn begin(&self, id: &ConnectionId, visit: u64) {
        let open = Open { visit, heard: Some(Instant::now()), ..Open::default() };
        held(&self.open).insert(id.clone(), open);
    }

    /// The visitor called.
    pub(super) fn heard_of(&self, id: &ConnectionId, visit: u64) {
        self.with(id, visit, |o| o.heard = Some(Instant::now()));
    }

    /// Whether this visit was heard of a moment ago.
    pub(super) fn lately(&self, id: &ConnectionId, visit: u64) -> bool {
        self.heard_within(id, visit, A_MOMENT)
    }

    /// Whether this visit goes on, as far as is known.
    pub(super) fn alive(&self, id: &ConnectionId, visit: u64) -> bool {
        self.heard_within(id, visit, GONE)
    }

    fn heard_within(&self, id: &ConnectionId, visit: u64, within: Duration) -> bool {
        self.with(id, visit, |o| o.heard.is_some_and(|at| at.elapsed() < within)).unwrap_or(false)
    }

    /// As if nothing had been heard of the visitor for a long time.
    #[cfg(test)]
    pub(super) fn fell_silent(&self, id: &ConnectionId) {
        if let Some(o) = held(&self.open).get_mut(id) {
            o.heard = None;
        }
    }

    /// A driver works on the visit from now on. False: one did already, or the visit is another one.
    pub(super) fn drive(
        &self,
        id: &ConnectionId,
        visit: u64,
        start: impl FnOnce(watch::Sender<()>) -> JoinHandle<()>,
    ) -> bool {
        self.with(id, visit, |o| {
            if o.driving.is_some() {
                return false;
            }
            let (ended, driving) = watch::channel(());
            o.driving = Some(driving);
            o.task = Some(start(ended));
            true
        })
        .unwrap_or(false)
    }

    /// Waits, at most that long, until the driver of the last visit has ended.
    pub(super) async fn ended(&self, id: &ConnectionId, within: Duration) -> bool {
        let driving = held(&self.open).get(id).and_then(|o| o.driving.clone());
        let Some(mut driving) = driving else { return true };
        let gone = async move { while driving.changed().await.is_ok() {} };
        tokio::time::timeout(within, gone).await.is_ok()
    }

    /// An answer or an error is brought; whether it is the same error as the one before.
    pub(super) fn raised(&self, id: &ConnectionId, visit: u64, raised: Option<(String, String)>) -> bool {
        self.with(id, visit, |o| {
            let again = raised.is_some() && o.raised == raised;
            o.raised = raised;
            again
        })
        .unwrap_or(false)
    }

    pub(super) fn stop(&self, id: &ConnectionId, visit: u64, why: &str) {
        self.with(id, visit, |o| o.stopped.get_or_insert_with(|| why.to_string()).clone());
    }

    pub(super) fn why_stopped(&self, id: &ConnectionId, visit: u64) -> Option<String> {
        self.with(id, visit, |o| o.stopped.clone()).flatten()
    }

    /// So many more documents are to go out.
    pub(super) fn expect(&self, id: &ConnectionId, documents: u64) {
        if let Some(o) = held(&self.open).get_mut(id) {
            o.of = o.of.max(o.done + documents);
        }
    }

    /// One call is through: how many documents it carried, records it made, and how many need a person.
    pub(crate) fn carried(&self, id: &ConnectionId, documents: u64, made: u64, attention: u64) {
        if let Some(o) = held(&self.open).get_mut(id) {
            o.done += documents;
            o.posted += made;
            o.attention += attention;
        }
    }

    /// The percentage to tell: it never falls, and 100 is the end.
    pub(super) fn percent(&self, id: &ConnectionId, visit: u64, finished: bool) -> u8 {
        let tell = |o: &mut Open| {
            let share = o.done.saturating_mul(100).checked_div(o.of).unwrap_or(0).min(99);
            o.shown = if finished { 100 } else { o.shown.max(u8::try_from(share).unwrap_or(99)) };
            o.shown
        };
        self.with(id, visit, tell).unwrap_or(if finished { 100 } else { 0 })
    }

    /// Records made, and documents that need a person.
    pub(super) fn counts(&self, id: &ConnectionId, visit: u64) -> (u64, u64) {
        self.with(id, visit, |o| (o.posted, o.attention)).unwrap_or_default()
    }

    fn all(&self) -> Vec<ConnectionId> {
        held(&self.open).keys().cloned().collect()
    }
}

/// Visits are driven as long as this lives.
#[must_use = "no visit is driven once this is dropped"]
pub struct Holding {
    core: Arc<Core>,
}

impl Core {
    /// This process holds the engine: visits may do something from now on.
    pub(crate) async fn hold_visits(
        self: &Arc<Self>,
        hold: Hold,
    ) -> Result<Holding, crate::store::StoreError> {
        for row in self.store.connections().await?.iter().filter(|r| super::calls_us(r)) {
            self.explain(row).await?;
        }
        held(&self.visiting.made).clear();
        *held(&self.visiting.since) = Some(self.now());
        *held(&self.visiting.hold) = Some(hold);
        Ok(Holding { core: self.clone() })
    }
}

impl Holding {
    /// Ends every visit. What was out and is not answered is a doubt; that is recorded before this returns.
    pub(crate) async fn end(self) {
        self.goodbye().await;
        *held(&self.core.visiting.hold) = None;
        for id in self.core.visiting.all() {
            if let Some(mailbox) = self.core.wires.mailbox(&id)
                && let Some(visit) = mailbox.visit()
            {
                let why = "tieout was closed before the answer came";
                self.core.visiting.stop(&id, visit, "tieout is being closed: update again in a moment");
                mailbox.close(visit, why);
            }
            if !self.core.visiting.ended(&id, LAST_WORK).await {
                tracing::warn!(connection = %id, "a visit did not end in time");
            }
        }
    }
}

impl Holding {
    /// A visitor that has everything closes its visit at once: it is heard first, so that it need not report a failure.
    async fn goodbye(&self) {
        let leaves = |id: &ConnectionId| {
            let mailbox = self.core.wires.mailbox(id);
            mailbox.is_some_and(|m| m.visit().is_some_and(|visit| m.is_finished(visit)))
        };
        let all = self.core.visiting.all();
        let gone = async {
            let mut again = tokio::time::interval(GOODBYE / 100);
            while all.iter().any(leaves) {
                again.tick().await;
            }
        };
        if tokio::time::timeout(GOODBYE, gone).await.is_err() {
            tracing::info!("a visitor did not close its visit before this process ended");
        }
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        *held(&self.core.visiting.hold) = None;
        for open in held(&self.core.visiting.open).values_mut() {
            if let Some(task) = open.task.take() {
                task.abort();
            }
        }
    }
}
