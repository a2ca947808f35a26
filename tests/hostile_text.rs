//! Text from outside that would turn, hide, move or break what is on the screen: in the names, memos, numbers and errors
//! of documents. Every screen is drawn on a real terminal: nothing raw is written, and every column stays where it is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking and reports by printing"
)]
