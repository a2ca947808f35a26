//! What every HTTP system shares: the exchange, the traits `Tokens` and `Pace`, retry, breaker, redaction, host allow-list.
//!
//! The network seam is one HTTP exchange: a request in; status, headers and a capped body out, or an error that says
//! whether a byte may have left. Behind it is the HTTP client in life, a stand-in's router in simulation.

pub mod allow;
pub mod breaker;
mod bucket;
pub mod exchange;
pub mod filelock;
pub mod http;
pub mod log;
pub mod mailbox;
pub mod pace;
pub mod receive;
pub mod redact;
mod resolve;
pub mod retry;
pub mod router;
pub mod ticks;

pub use allow::{Allow, same_origin};
pub use filelock::FileLock;
pub use http::HttpNet;
pub use pace::{PaceConfig, PaceHealth, Pacer};
pub use redact::{Recorded, Redacting, RedactingWriter, Redactor};
pub use router::RouterNet;
pub use ticks::{ManualTicks, RuntimeTicks, Ticks};

pub use exchange::{
    Bearer, Fut, Heard, Method, Net, NetError, Pace, PaceError, Reply, Request, TokenError, Tokens,
};
