//! Visits driven by hand: a caller that does what it is told, a company file of a few lines, a client of a few more.

mod client;
mod doubts;
mod firm;
mod first;
mod once;
mod waiting;
mod work;

pub use client::*;
pub use firm::*;
