//! Work that must not be left in the middle: it goes on when whoever waits for it is gone, and the program waits for it
//! at its end.

use std::sync::LazyLock;
use std::time::Duration;

use tokio_util::task::TaskTracker;

static RUNNING: LazyLock<TaskTracker> = LazyLock::new(TaskTracker::new);

/// Runs `work` to its end, whatever becomes of the caller. None: it ended by a fault of its own.
pub(crate) async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    RUNNING.spawn(work).await.ok()
}

/// Waits until such work has ended, `within` at most; whether it has.
pub async fn ended(within: Duration) -> bool {
    RUNNING.close();
    tokio::time::timeout(within, RUNNING.wait()).await.is_ok()
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn work_goes_on_when_its_caller_is_gone() {
        let (go, wait) = oneshot::channel::<()>();
        let (done, heard) = oneshot::channel();
        let caller = tokio::spawn(to_its_end(async move {
            wait.await.ok();
            done.send(()).ok();
        }));
        tokio::task::yield_now().await;
        caller.abort();
        assert!(caller.await.is_err());
        go.send(()).unwrap();
        heard.await.unwrap();
    }
}
