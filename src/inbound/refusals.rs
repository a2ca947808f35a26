//! What was turned away: counted in memory, and written with an audit event at most once a minute for each reason, so
//! that nobody outside can fill the disk.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::engine::core::Core;
use crate::store::Refusal;

/// The shortest time between two writes of one reason.
const APART: Duration = Duration::from_mins(1);

#[derive(Default)]
struct Held {
    waiting: BTreeMap<(&'static str, &'static str), Refusal>,
    written: BTreeMap<(&'static str, &'static str), Instant>,
}

/// Counts what was turned away. Sources and reasons are from fixed lists.
pub struct Refusals {
    core: Arc<Core>,
    held: Mutex<Held>,
    changed: tokio::sync::Notify,
}

impl Refusals {
    /// Nothing was turned away yet.
    pub fn new(core: Arc<Core>) -> Arc<Self> {
        Arc::new(Self { core, held: Mutex::default(), changed: tokio::sync::Notify::new() })
    }

    /// Counts one.
    pub fn count(&self, source: &'static str, reason: &'static str, peer: IpAddr) {
        let now = self.core.now();
        {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            let one = held.waiting.entry((source, reason)).or_insert_with(|| Refusal {
                source: source.into(),
                reason: reason.into(),
                count: 0,
                first_at: now,
                last_at: now,
                last_peer: String::new(),
            });
            one.count += 1;
            one.last_at = now;
            one.last_peer = peer.to_string();
        }
        self.changed.notify_one();
    }

    /// What may be written now, and when the next may.
    fn take(&self, all: bool) -> (Vec<Refusal>, Option<Instant>) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let due = |held: &Held, key: &(&'static str, &'static str)| {
            held.written.get(key).map_or(now, |w| *w + APART)
        };
        let keys: Vec<_> = held.waiting.keys().copied().collect();
        let mut taken = Vec::new();
        let mut next = None;
        for key in keys {
            let at = due(&held, &key);
            if all || at <= now {
                taken.extend(held.waiting.remove(&key));
                held.written.insert(key, now);
            } else {
                next = Some(next.map_or(at, |n: Instant| n.min(at)));
            }
        }
        (taken, next)
    }

    async fn write(&self, taken: Vec<Refusal>) {
        if taken.is_empty() {
            return;
        }
        for r in &taken {
            let (source, reason, peer) = (&r.source, &r.reason, &r.last_peer);
            tracing::warn!(source, reason, count = r.count, peer, since = %r.first_at, "deliveries were turned away");
        }
        // a store that fails here fails the engine too, which says so; the count is in the log
        if let Err(error) = self.core.store.refused_deliveries(taken, self.core.now()).await {
            tracing::error!(%error, "what was turned away could not be counted in the store");
        }
    }

    /// Writes until `stop`, and what is left then.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        loop {
            let (taken, next) = self.take(false);
            self.write(taken).await;
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.changed.notified() => {}
                () = tokio::time::sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {}
            }
        }
        self.write(self.take(true).0).await;
    }
}
