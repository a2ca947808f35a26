//! Control totals: what a fetch saw and what stands after each pass, written and checked; and anchors of the audit chain.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::engine::core::Core;
use crate::engine::{EngineError, What};
use crate::model::DocumentKind;
use crate::model::canonical::hex;
use crate::model::ids::ConnectionId;
use crate::model::money::Currency;
use crate::store::{NewRun, RunTotal};
use crate::tieout::Stage;

/// An anchor is written after so many events …
const ANCHOR_EVENTS: u64 = 1_000;
/// … or after this time, whichever comes first.
const ANCHOR_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// Count and minor units by kind, currency and stage.
type Sums = BTreeMap<(Option<DocumentKind>, Option<Currency>, Stage), (i64, i64)>;

/// What one scan of a source saw.
#[derive(Debug, Default)]
pub struct Scan {
    /// What the source says it lists, by list: the last page of a list counts.
    told: BTreeMap<String, u64>,
    items: u64,
    seen: Sums,
}

impl Scan {
    /// One page: the list it belongs to (its kind, else the cursor), what the source told, how many items came.
    pub fn page(&mut self, list: String, told: Option<u64>, items: u64) {
        self.items += items;
        let sum = self.told.entry(list).or_default();
        *sum = told.unwrap_or(*sum + items);
    }

    /// Counts one item.
    pub fn count(&mut self, kind: Option<DocumentKind>, money: Option<(Currency, i64)>, stage: Stage) {
        let sum = self.seen.entry((kind, money.map(|m| m.0), stage)).or_default();
        *sum = (sum.0 + 1, sum.1 + money.map_or(0, |m| m.1));
    }

    /// The source delivered as many as it says there are.
    pub fn complete(&self) -> bool {
        self.told.values().sum::<u64>() == self.items
    }

    /// Documents come and go while a source is read: only the scan that found nothing new is held to the source's word,
    /// and of the others what they stored counts alone.
    fn listed(&self, last: bool) -> i64 {
        if last {
            return i64::try_from(self.told.values().sum::<u64>()).unwrap_or(i64::MAX);
        }
        self.seen.iter().filter(|((_, _, stage), _)| *stage == Stage::Stored).map(|(_, s)| s.0).sum()
    }
}

/// The scans of one pass over one source, and where anchors go.
#[derive(Debug, Default)]
pub struct Ledgering {
    seen: Mutex<Vec<RunTotal>>,
    anchors: OnceLock<std::path::PathBuf>,
}

impl Ledgering {
    /// Keeps what the scans of a source saw until the pass ends.
    pub fn keep(&self, connection: &ConnectionId, scans: &[Scan]) {
        let mut sums = Sums::new();
        for (n, scan) in scans.iter().enumerate() {
            let last = n + 1 == scans.len();
            sums.entry((None, None, Stage::Listed)).or_default().0 += scan.listed(last);
            let counts = |stage: Stage| last || matches!(stage, Stage::Stored | Stage::Unreadable);
            for (key, s) in scan.seen.iter().filter(|(k, _)| counts(k.2)) {
                let sum = sums.entry(*key).or_default();
                *sum = (sum.0 + s.0, sum.1 + s.1);
            }
        }
        let rows = sums.into_iter().map(|((kind, currency, stage), (count, minor))| RunTotal {
            book: None,
            connection: connection.clone(),
            kind,
            currency,
            stage,
            count,
            minor,
        });
        let mut held = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|t| t.connection != *connection);
        held.extend(rows);
    }

    fn take(&self) -> Vec<RunTotal> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Anchors go to a file beside the database from now on.
    pub fn anchor_beside(&self, database: &Path) {
        // the first one stays: a process has one home
        drop(self.anchors.set(database.with_extension("anchors")));
    }
}

impl Core {
    /// Writes the control totals of a pass, checks the equations and tells breaks.
    pub async fn end_run(&self, pass: &'static str, started_at: Timestamp) -> Result<(), EngineError> {
        let seen = if pass == "fetch" { self.ledgering.take() } else { Vec::new() };
        let now = self.now();
        let new = self.store.put_run(NewRun { pass, started_at, seen }, now).await?;
        for b in new {
            self.tell(What::Alarm, b.book.as_ref(), None, format!("control break {}: {}", b.id, b.text));
        }
        self.anchor_if_due().await
    }

    async fn anchor_if_due(&self) -> Result<(), EngineError> {
        let Some(path) = self.ledgering.anchors.get() else { return Ok(()) };
        let head = self.store.audit_head().await?;
        let due = match head.anchored {
            None => true,
            Some((seq, at)) => {
                head.seq >= seq + ANCHOR_EVENTS
                    || (head.seq > seq && self.now().duration_since(at) >= ANCHOR_AFTER)
            }
        };
        if due {
            // a file that cannot be written is told and tried again at the next pass; nothing else waits for it
            match append(path, &anchor_line(head.seq, &head.hash, self.now())) {
                Ok(()) => {
                    let to = path.display().to_string();
                    self.store.anchor(head.seq, head.hash, to, self.now()).await?;
                }
                Err(e) => {
                    self.tell(What::Alarm, None, None, format!("{}: no anchor written: {e}", path.display()));
                }
            }
        }
        Ok(())
    }
}

/// One line of an anchor file. It is a hash without a signature: whoever keeps the file elsewhere proves with it that
/// the trail was not cut or rewritten.
pub fn anchor_line(seq: u64, hash: &[u8], at: Timestamp) -> String {
    format!("{{\"seq\":{seq},\"hash\":\"{}\",\"at\":\"{at}\"}}\n", hex(hash))
}

fn append(path: &Path, line: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(line.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_scan_is_held_to_what_the_source_says() {
        let mut first = Scan::default();
        first.page("expense".into(), Some(3), 2);
        first.page("expense".into(), Some(3), 1);
        first.page("invoice".into(), None, 2);
        assert!(first.complete());
        let mut last = Scan::default();
        last.page("expense".into(), Some(4), 3);
        assert!(!last.complete());
        first.count(Some(DocumentKind::Invoice), None, Stage::Stored);
        first.count(None, None, Stage::OutOfScope);
        assert_eq!((first.listed(false), last.listed(true)), (1, 4));
        let all = Ledgering::default();
        all.keep(&ConnectionId::from("concur"), &[first, last]);
        let totals = all.take();
        let of = |stage| totals.iter().filter(|t| t.stage == stage).map(|t| t.count).sum::<i64>();
        assert_eq!((of(Stage::Listed), of(Stage::Stored), of(Stage::OutOfScope)), (1 + 4, 1, 0));
        assert!(all.take().is_empty());
    }
}
