//! A file for each screen: its effects become calls of the office.

pub mod activity;
pub mod audit;
pub mod connections;
pub mod document;
pub mod mappings;
pub mod queue;
pub mod tieout;
