//! The screens: each a struct with its own model, update and view. The root routes.

pub mod activity;
pub mod audit;
pub mod connections;
pub mod document;
pub mod mappings;
pub mod queue;
pub mod tieout;
