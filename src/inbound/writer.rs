//! The durable insert: whatever waits at one moment is one commit. Only after it the engine hears a hint, and the sender
//! its answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::engine::core::Core;
use crate::engine::hints::Hint;
use crate::inbound::schemes::Said;
use crate::model::canonical::sha256_hex;
use crate::store::{ConnectionRow, Delivery};

/// Deliveries that may wait for the store at once; further ones are told to come again.
const WAITING: usize = 256;
/// Deliveries of one commit.
const TOGETHER: usize = 128;

struct Job {
    delivery: Delivery,
    companies: Option<Vec<String>>,
    done: oneshot::Sender<bool>,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is durable, now or since it came before.
    Durable,
    /// The store is full, slow or down: the sender is to come again.
    Later,
}

/// Takes deliveries to the store. The task behind it ends when the last handle is gone.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Job>,
}

impl Writer {
    /// Starts the task; needs a running runtime.
    pub fn start(core: Arc<Core>) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING);
        tokio::spawn(run(core, waiting));
        Self { queue }
    }

    /// Keeps one delivery, or says that it could not within `patience`. One that was kept after all is a duplicate when
    /// it comes again.
    pub async fn keep(&self, delivery: Delivery, said: Said, patience: Duration) -> Kept {
        let (done, heard) = oneshot::channel();
        let job = Job { delivery, companies: said.companies, done };
        if self.queue.try_send(job).is_err() {
            return Kept::Later;
        }
        match tokio::time::timeout(patience, heard).await {
            Ok(Ok(true)) => Kept::Durable,
            Ok(Ok(false) | Err(_)) | Err(_) => Kept::Later,
        }
    }
}

/// The id under which a delivery is known: its own, or its digest.
pub fn id_of(said: &Said, raw: &[u8]) -> String {
    said.event_id.clone().unwrap_or_else(|| format!("sha256:{}", sha256_hex(raw)))
}

async fn run(core: Arc<Core>, mut waiting: mpsc::Receiver<Job>) {
    while let Some(first) = waiting.recv().await {
        let mut jobs = vec![first];
        while jobs.len() < TOGETHER
            && let Ok(next) = waiting.try_recv()
        {
            jobs.push(next);
        }
        let deliveries = jobs.iter().map(|j| j.delivery.clone()).collect();
        let kept = core.store.deliver(deliveries, core.now()).await;
        let rows = match &kept {
            Ok(new) if new.iter().any(|n| *n) => match core.store.connections().await {
                Ok(rows) => Some(rows),
                Err(error) => {
                    tracing::error!(%error, "whose events these are cannot be read: all connections are looked at");
                    None
                }
            },
            _ => None,
        };
        if let Err(error) = &kept {
            tracing::error!(%error, deliveries = jobs.len(), "deliveries could not be kept; their senders come again");
        }
        for (at, job) in jobs.into_iter().enumerate() {
            let new = kept.as_ref().ok().and_then(|k| k.get(at).copied());
            if new == Some(true) {
                for hint in hints(&job.delivery.source, job.companies.as_deref(), rows.as_deref()) {
                    core.hint(hint);
                }
            }
            if job.done.send(new.is_some()).is_err() {
                tracing::debug!("a sender did not wait for its answer; it comes again, as a duplicate");
            }
        }
    }
}

/// Where a delivery says that there is news; everywhere when it names no company. A company that is not ours is no news:
/// its events are kept and counted, and cause no call.
fn hints(system: &str, companies: Option<&[String]>, rows: Option<&[ConnectionRow]>) -> Vec<Hint> {
    let (Some(companies), Some(rows)) = (companies, rows) else { return vec![Hint::All] };
    let named = |r: &&ConnectionRow| {
        r.system == system && companies.iter().any(|c| r.company.eq_ignore_ascii_case(c))
    };
    rows.iter().filter(named).map(|r| Hint::Connection(r.id.clone())).collect()
}
