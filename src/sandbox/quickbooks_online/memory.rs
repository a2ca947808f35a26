//! Answers kept by `requestid` (contract section 4.2), and which ids are being worked on right now.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::Notify;

/// Kept answers.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    answers: HashMap<String, (Timestamp, StatusCode, Value)>,
}

impl Memory {
    /// The answer of an earlier call with that key, unless it is older than the memory goes (`None`: endless).
    pub fn recall(
        &self,
        key: &str,
        now: Timestamp,
        memory: Option<SignedDuration>,
    ) -> Option<(StatusCode, Value)> {
        let (at, status, value) = self.answers.get(key)?;
        let fresh = memory.is_none_or(|memory| now.duration_since(*at) < memory);
        fresh.then(|| (*status, value.clone()))
    }

    /// Keeps an answer.
    pub fn keep(&mut self, key: String, now: Timestamp, status: StatusCode, value: Value) {
        self.answers.insert(key, (now, status, value));
    }
}

/// Keys of calls that have begun and not ended.
#[derive(Clone, Default)]
pub struct InFlight {
    keys: Arc<Mutex<HashSet<String>>>,
    ended: Arc<Notify>,
}

impl InFlight {
    /// Begins a call, or `None` while another with that key runs. The call ends when the guard is dropped.
    pub fn begin(&self, key: &str) -> Option<Running> {
        self.keys().insert(key.to_owned()).then(|| Running { key: key.to_owned(), of: self.clone() })
    }

    /// Waits until no other call with that key runs, then begins.
    pub async fn wait(&self, key: &str) -> Running {
        loop {
            let ended = self.ended.notified();
            tokio::pin!(ended);
            ended.as_mut().enable();
            if let Some(running) = self.begin(key) {
                return running;
            }
            ended.await;
        }
    }

    fn keys(&self) -> MutexGuard<'_, HashSet<String>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that runs.
pub struct Running {
    key: String,
    of: InFlight,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.of.keys().remove(&self.key);
        self.of.ended.notify_waiters();
    }
}
