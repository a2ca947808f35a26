//! Fetch, derive, check, approve by policy, post, confirm, recover, schedule: the only room that changes a document's
//! state. Consoles and commands speak to it through the `Office`.

mod adopt;
pub mod app_tokens;
mod candidates;
pub mod clock;
pub mod core;
mod derive;
pub mod desk;
mod fetch;
pub mod hints;
pub mod host;
pub mod house;
pub mod life;
pub mod lookup;
pub mod office;
mod policy;
mod post;
mod preview;
mod requests;
mod route;
pub mod run;
mod subscribe;
mod tell;
pub mod tokens;
mod watch;
pub mod wiring;

pub use subscribe::EventsAct;

pub use office::{
    Ask, BatchPreview, Candidate, EngineError, Event, Freed, Office, PreviewLine, Progress, What,
};
