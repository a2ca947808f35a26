//! What the activity screen wants done, what comes back, and what its forms are for.

use crate::store::{Attention, ConnectionActivity, ControlBreak, EngineHolder, Run};
use crate::transport::log::LogLine;
use crate::tui::msg::Said;

use super::super::RoomEffect;

/// Something to be done outside of `update`.
#[derive(Debug, Clone)]
pub enum ActivityEffect {
    /// Who holds the engine, what it does, what needs a person, the newest runs.
    State,
    /// The lines of the log after this one.
    Log {
        /// The newest that is known.
        after: u64,
        /// Waits until there is one.
        wait: bool,
    },
}

/// What the engine does, as every console shows it.
#[derive(Debug, Clone, Default)]
pub struct EngineState {
    /// The process that holds the engine now, and whether it is this one.
    pub holder: Option<(u32, bool)>,
    /// Who took it last.
    pub taken: Option<EngineHolder>,
    /// By connection.
    pub connections: Vec<ConnectionActivity>,
    /// Documents that need a person.
    pub attention: Vec<Attention>,
    /// Control breaks that stand.
    pub breaks: Vec<ControlBreak>,
    /// The newest runs, newest first.
    pub runs: Vec<Run>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum ActivityMsg {
    /// The state.
    State(Said<Box<EngineState>>),
    /// Lines of the log.
    Log(Vec<LogLine>),
}

/// What a form is for.
#[derive(Debug, Clone)]
pub enum ActivityForm {}

impl RoomEffect for ActivityEffect {
    fn is_dangerous(&self) -> bool {
        false
    }
    fn changes(&self) -> bool {
        false
    }
    fn slot(&self) -> Option<u8> {
        Some(match self {
            ActivityEffect::State => 0,
            ActivityEffect::Log { .. } => 1,
        })
    }
}
