//! The work behind the screen: effects become tasks, tasks become messages. The console on a terminal and the one
//! without share this.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::engine::Office;
use crate::tui::Readers;
use crate::tui::effect::Effect;
use crate::tui::msg::{Msg, Opened};

use super::execute::{self, Slot, slot_of};
use super::flights::{Flights, Pulse};

/// Messages that may wait.
const QUEUE: usize = 256;

/// Tasks and what they send.
pub struct Tasks {
    office: Option<Arc<dyn Office>>,
    readers: Readers,
    running: HashMap<Slot, JoinHandle<()>>,
    watchers: Vec<JoinHandle<()>>,
    flights: Flights,
    changes: Option<watch::Receiver<u64>>,
    send: mpsc::Sender<Msg>,
    /// What came back.
    pub receive: mpsc::Receiver<Msg>,
}

impl Tasks {
    /// Nothing runs, and there is nobody to ask yet.
    pub fn new(readers: Readers) -> Self {
        let (send, receive) = mpsc::channel(QUEUE);
        Self {
            office: None,
            readers,
            running: HashMap::new(),
            watchers: Vec::new(),
            flights: Flights::default(),
            changes: None,
            send,
            receive,
        }
    }

    /// The store is open: watch what changes.
    pub fn opened(&mut self, office: Arc<dyn Office>) -> Msg {
        let msg = Msg::Opened(Opened { environment: office.environment(), actor: office.actor() });
        self.changes = Some(office.changed());
        self.watchers = execute::watch(&office, &self.send, &self.flights);
        self.office = Some(office);
        msg
    }

    /// The office's instant.
    pub fn now(&self) -> Option<Timestamp> {
        self.office.as_ref().map(|o| o.now())
    }

    /// Starts an effect; nothing happens before the store is open. The latest question of a kind replaces the one
    /// before; what is no question is never cut.
    pub fn start(&mut self, effect: Effect) {
        let Some(office) = self.office.clone() else { return };
        let slot = slot_of(&effect);
        let flight = self.flights.begin();
        let task = execute::spawn(office, self.readers.clone(), effect, self.send.clone(), flight);
        if let Some(slot) = slot
            && let Some(older) = self.running.insert(slot, task)
        {
            older.abort();
        }
    }

    /// Follows the busy counter.
    pub fn pulse(&self) -> watch::Receiver<Pulse> {
        self.flights.pulse()
    }

    /// No task runs and every change of the store that is known was passed on; messages may still wait.
    pub fn is_idle(&self, pulse: Pulse) -> bool {
        pulse.in_flight == 0 && self.changes.as_ref().is_none_or(|c| *c.borrow() == pulse.told)
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        for task in self.watchers.drain(..).chain(self.running.drain().map(|(_, t)| t)) {
            task.abort();
        }
    }
}
