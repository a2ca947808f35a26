//! Visits driven by hand: a caller that does what it is told, a company file of a few lines, a client of a few more.

mod doubts;
mod firm;
mod first;
mod waiting;
mod work;

pub use firm::*;
