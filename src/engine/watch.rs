//! Notices what other processes changed: a file watch on the write-ahead log, and a poll only where there is none.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{RecursiveMode, Watcher};
use tokio_util::sync::CancellationToken;

use crate::engine::core::Core;

/// The poll where there is no file watch.
const POLL: Duration = Duration::from_secs(1);

/// When the version is read after the log was written to.
const LOOKS: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(20), Duration::from_millis(100), Duration::from_millis(500)];

/// Watches while it lives.
pub struct Watch {
    _watcher: Option<notify::RecommendedWatcher>,
    stop: CancellationToken,
}

impl Watch {
    /// Starts watching the database at `path`; needs a running runtime.
    pub fn start(core: &Arc<Core>, path: &Path) -> Self {
        let stop = CancellationToken::new();
        let touched = Arc::new(tokio::sync::Notify::new());
        let watcher = watcher(path, touched.clone());
        if let Err(e) = &watcher {
            tracing::warn!("no file watch ({e}): the store is polled once a second");
        }
        let polling = watcher.is_err();
        let (core, ended) = (Arc::downgrade(core), stop.clone());
        tokio::spawn(async move {
            let mut last = None;
            loop {
                tokio::select! {
                    () = ended.cancelled() => return,
                    () = touched.notified() => {}
                    () = tokio::time::sleep(POLL), if polling => {}
                }
                // the log is written before the commit can be seen: look again until the commit had its time
                for pause in LOOKS {
                    tokio::time::sleep(pause).await;
                    let Some(core) = core.upgrade() else { return };
                    match core.store.data_version().await {
                        Ok(version) if Some(version) != last => {
                            last = Some(version);
                            core.touch();
                        }
                        Ok(_) => {}
                        Err(e) => tracing::warn!("the store's version cannot be read: {e}"),
                    }
                }
            }
        });
        Self { _watcher: watcher.ok(), stop }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn watcher(path: &Path, touched: Arc<tokio::sync::Notify>) -> notify::Result<notify::RecommendedWatcher> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log = PathBuf::from(log);
    let name = log.file_name().map(std::ffi::OsStr::to_owned);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let ours = event
            .is_ok_and(|e| e.kind.is_modify() && e.paths.iter().any(|p| p.file_name() == name.as_deref()));
        if ours {
            touched.notify_one();
        }
    })?;
    let folder = path.parent().unwrap_or(Path::new("."));
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    Ok(watcher)
}
