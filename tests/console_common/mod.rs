//! The demo firm behind a console without a terminal.
#![allow(dead_code, reason = "each test uses its part")]

use std::sync::Arc;
use std::time::Duration;

use tieout::cli::console::readers;
use tieout::cli::seed;
use tieout::engine::Office;
use tieout::engine::house::RunOptions;
use tieout::model::book::AutoApproval;
use tieout::tui::{Headless, Look, Stuck, Theme};
use tokio_util::sync::CancellationToken;

use crate::common::Made;

/// The firm `fq-us`, its stand-ins, and the engine beside the console.
pub struct Demo {
    pub made: Made,
    engine: Option<(CancellationToken, tokio::task::JoinHandle<()>)>,
}

impl Demo {
    /// At the first look of `tieout demo`: everything was read and nothing decided. Open 47.
    pub async fn first_look() -> Self {
        Self::after(AutoApproval::Off).await
    }

    /// After `tieout demo --auto --once`: what is clean was approved by policy, posted and confirmed.
    pub async fn after_auto() -> Self {
        Self::after(AutoApproval::Clean).await
    }

    async fn after(auto: AutoApproval) -> Self {
        let made = Made::sample(auto).await;
        made.once().await;
        // what was read took its seconds: every test begins at the same one
        made.clock.set(seed::START.parse().unwrap());
        Self { made, engine: None }
    }

    /// Starts the engine as the console does it: it reads and confirms by itself, and posts when a person asks. Without
    /// it nobody answers `p`, `f` and what else is asked of the holder.
    pub fn start_engine(&mut self) {
        let (stop, house) = (CancellationToken::new(), self.made.house.clone());
        let token = stop.clone();
        let task = tokio::spawn(async move {
            let options = RunOptions { attended: true, ..RunOptions::default() };
            house.run_until(options, token).await.unwrap();
        });
        self.engine = Some((stop, task));
    }

    /// Stops it and waits until it has let go of the engine.
    pub async fn stop_engine(&mut self) {
        if let Some((stop, task)) = self.engine.take() {
            stop.cancel();
            tokio::time::timeout(Duration::from_mins(1), task).await.unwrap().unwrap();
        }
    }

    pub fn office(&self) -> Arc<dyn Office> {
        self.made.house.office()
    }

    /// A console on it, in the dark theme.
    pub async fn console(&self, columns: u16, rows: u16) -> Result<Headless, Stuck> {
        Headless::open(self.office(), readers(), look(), (columns, rows)).await
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if let Some((stop, _)) = &self.engine {
            stop.cancel();
        }
    }
}

/// The dark theme with all colours.
pub fn look() -> Look {
    Look::default()
}

/// Without colours and in ASCII.
pub fn plain_look() -> Look {
    Look { theme: Theme::mono(), ascii: true, ..Look::default() }
}
