//! The listeners against real sockets and real TLS: who is let in, what is kept, what is answered, and what the engine
//! then does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking and says what it skips"
)]

#[path = "../common/extra.rs"]
mod extra;
#[path = "../common/process.rs"]
mod process;

mod app_tokens;
mod caps;
mod certificates;
mod durable;
mod engine;
mod kit;
mod negatives;
mod program;
mod reload;
mod subscriptions;
mod web_connector;
