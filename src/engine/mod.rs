//! Fetch, derive, check, approve by policy, post, confirm, recover, schedule: the only room that changes a document's
//! state. Consoles and commands speak to it through the [`Office`].

pub mod clock;
pub mod house;
pub mod office;
pub mod wiring;

pub use office::{
    Ask, BatchPreview, Candidate, EngineError, Event, Freed, Office, PreviewLine, Progress, What,
};
