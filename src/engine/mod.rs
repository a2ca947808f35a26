//! Fetch, derive, check, approve by policy, post, confirm, recover, schedule: the only room that changes a document's
//! state. Consoles and commands speak to it through the `Office`.

pub mod accruals;
pub mod activity;
mod adopt;
pub mod app_tokens;
pub mod books;
mod candidates;
pub mod clock;
pub mod connect;
pub mod connect_ask;
pub mod connect_book;
pub mod connect_callback;
pub mod connect_desktop;
pub mod connect_lead;
pub mod connect_look;
pub mod connect_loopback;
mod connect_sign_in;
pub mod core;
pub(crate) mod corrections;
mod derive;
pub mod desk;
pub mod door;
pub mod evidence;
pub mod export;
mod fetch;
pub mod hints;
pub mod host;
pub mod house;
pub mod inspect;
pub mod life;
pub mod lists;
pub mod lookup;
pub mod mapping;
mod memory;
pub mod office;
pub mod outfile;
pub mod papers;
mod payments;
mod policy;
mod poll;
mod post;
mod post_again;
mod post_first;
mod preview;
pub mod qwc;
pub mod reconcile;
mod requests;
mod route;
pub mod run;
mod subscribe;
mod tell;
mod token_record;
pub mod tokens;
pub mod totals;
mod trial;
mod try_settings;
pub mod visit;
pub mod visit_look;
mod watch;
pub mod whole;
pub mod wiring;

pub use door::{Door, VaultWay, WayOffer};
pub use subscribe::EventsAct;
pub use try_settings::Tried;

pub use office::{
    Ask, BatchPreview, Candidate, EngineError, Event, Freed, Office, PreviewLine, Progress, What,
};
