//! Fetch, derive, check, approve by policy, post, confirm, recover, schedule: the only room that changes a document's
//! state. Consoles and commands speak to it through the `Office`.

mod adopt;
mod candidates;
pub(crate) mod corrections;
pub mod clock;
pub mod core;
mod derive;
pub mod desk;
pub mod evidence;
mod fetch;
pub mod host;
pub mod house;
pub mod life;
pub mod lists;
pub mod lookup;
pub mod office;
pub mod papers;
mod payments;
mod policy;
mod post;
mod preview;
pub mod reconcile;
mod requests;
mod route;
pub mod run;
mod tell;
pub mod tokens;
pub mod totals;
mod trial;
mod watch;
pub mod wiring;

pub use office::{
    Ask, BatchPreview, Candidate, EngineError, Event, Freed, Office, PreviewLine, Progress, What,
};
