//! The Web Connector's scheduler: an update every so often, as long as the PC is on.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::caller::Caller;

/// How long an application waits for its first update, and a PC that was away: one of its seconds.
const SOON: Duration = Duration::from_secs(1);
/// The shortest interval, in the Web Connector's seconds.
const SHORTEST: Duration = Duration::from_secs(1);

/// The schedule of one Web Connector; it ends when this is dropped.
pub struct Schedule {
    on: watch::Sender<bool>,
    caller: Arc<Caller>,
    task: JoinHandle<()>,
}

impl Schedule {
    /// Begins. `on`: whether the PC is. Must be called inside a tokio runtime.
    pub fn begin(caller: Arc<Caller>, on: bool) -> Arc<Self> {
        caller.set_away(!on);
        let (sender, receiver) = watch::channel(on);
        let task = tokio::spawn(run(caller.clone(), receiver));
        Arc::new(Self { on: sender, caller, task })
    }

    /// Switches the PC on or off; an update that runs when it is switched off ends in the middle.
    pub fn switch(&self, on: bool) {
        self.caller.set_away(!on);
        self.on.send_replace(on);
    }

    /// Switches the PC on after a while of real time, unless it was switched meanwhile.
    pub fn return_after(self: &Arc<Self>, wait: Duration) {
        let mut changes = self.on.subscribe();
        let own = Arc::downgrade(self);
        drop(tokio::spawn(async move {
            tokio::select! {
                _ = changes.changed() => {}
                () = tokio::time::sleep(wait) => if let Some(own) = own.upgrade() {
                    own.switch(true);
                }
            }
        }));
    }
}

impl Drop for Schedule {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(caller: Arc<Caller>, mut on: watch::Receiver<bool>) {
    loop {
        // ends with its owner
        if on.wait_for(|on| *on).await.is_err() {
            return;
        }
        let report = caller.visit().await;
        let every = caller.application().map_or(SOON, |a| a.every.max(SHORTEST));
        let wait = every.max(report.at_least.unwrap_or_default()).max(report.postponed.unwrap_or_default());
        tokio::select! {
            () = tokio::time::sleep(caller.tempo().scaled(wait)) => {}
            changed = on.changed() => if changed.is_err() { return },
        }
    }
}
