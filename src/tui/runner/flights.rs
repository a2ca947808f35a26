//! The busy counter: raised before a task starts, lowered when it ended and its last message is in the queue. Tests
//! wait for it in place of sleeping.

use tokio::sync::watch;

/// What is known of the work in the background.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pulse {
    /// Tasks that run.
    pub in_flight: usize,
    /// The number of the last change of the store that was passed on.
    pub told: u64,
    /// A task panicked.
    pub failed: bool,
}

/// Counts the tasks of a console.
#[derive(Debug, Clone, Default)]
pub struct Flights(watch::Sender<Pulse>);

impl Flights {
    /// One more task; it counts until what is returned is dropped, however the task ends.
    pub fn begin(&self) -> Flight {
        self.0.send_modify(|p| p.in_flight += 1);
        Flight(self.clone())
    }

    /// The change with this number was passed on.
    pub fn tell(&self, change: u64) {
        self.0.send_modify(|p| p.told = change);
    }

    /// Follows the counter.
    pub fn pulse(&self) -> watch::Receiver<Pulse> {
        self.0.subscribe()
    }
}

/// A task that runs.
#[derive(Debug)]
pub struct Flight(Flights);

impl Drop for Flight {
    fn drop(&mut self) {
        let failed = std::thread::panicking();
        self.0.0.send_modify(|p| {
            p.in_flight = p.in_flight.saturating_sub(1);
            p.failed |= failed;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_counts_until_it_ends_is_cut_or_panics() {
        let flights = Flights::default();
        let pulse = flights.pulse();
        let count = || pulse.borrow().in_flight;
        let (one, two, three) = (flights.begin(), flights.begin(), flights.begin());
        assert_eq!(count(), 3);
        drop(one);
        let cut = tokio::spawn(async move {
            let _two = two;
            std::future::pending::<()>().await;
        });
        tokio::task::yield_now().await;
        assert_eq!(count(), 2);
        cut.abort();
        assert!(cut.await.unwrap_err().is_cancelled());
        assert_eq!((count(), pulse.borrow().failed), (1, false));
        let fallen = std::thread::spawn(move || {
            let _three = three;
            // without the hook: the message belongs to nobody
            std::panic::resume_unwind(Box::new("fallen"));
        });
        assert!(fallen.join().is_err());
        assert_eq!((count(), pulse.borrow().failed), (0, true));
    }
}
