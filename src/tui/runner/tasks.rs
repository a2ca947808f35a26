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
use crate::tui::look::Wardrobe;
use crate::tui::msg::{Msg, Opened};
use crate::tui::theme::Depth;

use super::execute::{self, Slot, slot_of};
use super::flights::{Flights, Pulse};
use super::look;

/// Messages that may wait.
const QUEUE: usize = 256;

/// Tasks and what they send.
pub struct Tasks {
    office: Option<Arc<dyn Office>>,
    readers: Readers,
    wardrobe: Wardrobe,
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
    pub fn new(readers: Readers, wardrobe: Wardrobe) -> Self {
        let (send, receive) = mpsc::channel(QUEUE);
        Self {
            office: None,
            readers,
            wardrobe,
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

    /// Starts an effect; nothing that needs the store happens before it is open. The latest question of a kind replaces
    /// the one before; what is no question is never cut. `depth`: how many colours the terminal shows.
    pub fn start(&mut self, effect: Effect, depth: Depth) {
        let slot = slot_of(&effect);
        let task = match effect {
            Effect::LookRoom(effect) if !effect.needs_store() => {
                let (wardrobe, send) = (self.wardrobe.clone(), self.send.clone());
                let flight = self.flights.begin();
                tokio::spawn(async move {
                    let read =
                        tokio::task::spawn_blocking(move || look::from_files(&wardrobe, depth, effect));
                    if let Ok(Some(msg)) = read.await {
                        // the console may have ended meanwhile
                        let _ended = send.send(Msg::LookRoom(msg)).await;
                    }
                    drop(flight);
                })
            }
            effect => {
                let Some(office) = self.office.clone() else { return };
                let flight = self.flights.begin();
                execute::spawn(office, self.readers.clone(), effect, self.send.clone(), flight)
            }
        };
        if let Some(slot) = slot
            && let Some(older) = self.running.insert(slot, task)
        {
            older.abort();
        }
    }

    /// Watches the files of themes and keys while what is returned lives; none: there is nothing to watch.
    pub fn watch_files(&self) -> Option<notify::RecommendedWatcher> {
        look::watch(&self.wardrobe, self.send.clone())
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
