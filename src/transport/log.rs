//! The last lines of this process's log, in memory: redacted and harmless like those of the file, for the screen that
//! shows them.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use tokio::sync::watch;
use tracing_subscriber::fmt::MakeWriter;

/// Lines that are kept.
const KEPT: usize = 2_000;
/// Of one line, so many bytes are kept.
const LONGEST: usize = 8 * 1024;

/// One line, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Rises by one with each line.
    pub n: u64,
    /// JSON, as the file has it.
    pub json: String,
}

/// A bounded ring of lines.
#[derive(Debug, Clone)]
pub struct Recent(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    lines: Mutex<VecDeque<LogLine>>,
    newest: watch::Sender<u64>,
}

impl Default for Recent {
    fn default() -> Self {
        Self(Arc::new(Inner { lines: Mutex::default(), newest: watch::channel(0).0 }))
    }
}

/// The ring of this process.
pub fn recent() -> Recent {
    static RECENT: LazyLock<Recent> = LazyLock::new(Recent::default);
    RECENT.clone()
}

impl Recent {
    fn push(&self, line: &str) {
        let line = line.trim_end();
        if line.is_empty() {
            return;
        }
        let mut end = line.len().min(LONGEST);
        while !line.is_char_boundary(end) {
            end -= 1;
        }
        let mut lines = self.0.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let n = lines.back().map_or(0, |l| l.n) + 1;
        lines.push_back(LogLine { n, json: line.get(..end).unwrap_or_default().to_string() });
        if lines.len() > KEPT {
            lines.pop_front();
        }
        drop(lines);
        self.0.newest.send_replace(n);
    }

    /// The lines after this one, oldest first.
    pub fn after(&self, n: u64) -> Vec<LogLine> {
        let lines = self.0.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().filter(|l| l.n > n).cloned().collect()
    }

    /// Waits until there is a line after this one.
    pub async fn beyond(&self, n: u64) {
        let mut newest = self.0.newest.subscribe();
        // the sender lives as long as this
        drop(newest.wait_for(|m| *m > n).await);
    }
}

/// Takes whole lines.
#[derive(Debug)]
pub struct RecentWriter(Recent);

impl Write for RecentWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for line in String::from_utf8_lossy(bytes).lines() {
            self.0.push(line);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Recent {
    type Writer = RecentWriter;

    fn make_writer(&'a self) -> RecentWriter {
        RecentWriter(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;
    use crate::transport::{Redacting, Redactor};

    #[test]
    fn it_is_bounded_and_in_order() {
        let ring = Recent::default();
        for i in 0..3_000 {
            ring.push(&format!("{i}\n"));
        }
        let all = ring.after(0);
        assert_eq!((all.len(), all[0].n, all[1_999].json.as_str()), (KEPT, 1_001, "2999"));
        assert_eq!(ring.after(2_998).len(), 2);
        ring.push(&"é".repeat(LONGEST));
        assert!(ring.after(3_000)[0].json.len() <= LONGEST);
    }

    #[test]
    fn what_it_holds_is_redacted_and_harmless() {
        let (ring, redactor) = (Recent::default(), Redactor::new());
        redactor.register("x", &SecretString::from("live-secret-1"));
        let layer =
            tracing_subscriber::fmt::layer().json().with_writer(Redacting::new(ring.clone(), redactor));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            tracing::info!(password = "hunter22", "took live-secret-1 \u{1b}[2J");
        });
        let lines = ring.after(0);
        assert_eq!(lines.len(), 1);
        let text = &lines[0].json;
        assert!(
            !text.contains("live-secret") && !text.contains("hunter22") && !text.contains('\u{1b}'),
            "{text}"
        );
        assert!(serde_json::from_str::<serde_json::Value>(text).is_ok());
    }

    #[tokio::test]
    async fn whoever_waits_is_woken_by_the_next_line() {
        let ring = Recent::default();
        ring.push("one");
        ring.beyond(0).await;
        let waiting = tokio::spawn({
            let ring = ring.clone();
            async move { ring.beyond(1).await }
        });
        ring.push("two");
        waiting.await.unwrap();
    }
}
